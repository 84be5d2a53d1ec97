package web_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"postbag/models"
	"postbag/web"
)

// form posts a form of the console.
func (r *rig) form(client *http.Client, path string, pairs ...string) reply {
	r.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return r.doWith(client, request{method: "POST", path: path, body: values})
}

// wantRedirect checks for a 303 to a path.
func (p reply) wantRedirect(tb testing.TB, to string) {
	tb.Helper()
	if p.status != http.StatusSeeOther || p.header.Get("Location") != to {
		tb.Fatalf("%d to %q, want 303 to %q: %s", p.status, p.header.Get("Location"), to, p.body)
	}
}

// wantPage checks the status, the headers of a page, and that it holds texts.
func (p reply) wantPage(tb testing.TB, status int, texts ...string) {
	tb.Helper()
	if p.status != status || p.header.Get("Content-Type") != "text/html; charset=utf-8" {
		tb.Fatalf("%d %q, want page %d: %s", p.status, p.header.Get("Content-Type"), status, p.body)
	}
	for _, text := range texts {
		if !strings.Contains(html.UnescapeString(p.body), text) {
			tb.Errorf("the page lacks %q: %s", text, p.body)
		}
	}
	csp := p.header.Get("Content-Security-Policy")
	if !strings.HasPrefix(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") || !strings.Contains(csp, "frame-ancestors 'none'") ||
		p.header.Get("Cache-Control") != "no-store" || p.header.Get("X-Content-Type-Options") != "nosniff" || p.header.Get("Referrer-Policy") == "" {
		tb.Errorf("headers of the page: %v", p.header)
	}
	if regexp.MustCompile(`(?i)<style|<script(?: [^>]*)?>[^<]|\son[a-z]+=|\sstyle=|javascript:`).MatchString(p.body) {
		tb.Error("the page needs inline scripts or styles, which its policy forbids")
	}
}

func TestSetUpInTheBrowser(t *testing.T) {
	r := newRig(t)
	fresh := r.unused(t)
	secret, err := fresh.accounts.SetUpSecret(t.Context())
	fresh.must(err)
	client := fresh.browser()
	fresh.doWith(client, request{path: "/console"}).wantRedirect(t, "/console/login?next=%2Fconsole")
	fresh.doWith(client, request{path: "/console/login"}).wantPage(t, 200, "set-up link")
	fresh.doWith(client, request{path: "/console/setup?token=wrong"}).wantPage(t, 403, "does not work")
	fresh.doWith(client, request{path: "/console/setup?token=" + secret}).wantPage(t, 200, secret)
	answers := []string{"token", secret, "name", "Ada", "email", "ada@news.example", "password", rootPass, "site_key", "courier", "site_name", "The Courier", "origins", "https://courier.example\n", "mode", "pre"}
	bad := append([]string{}, answers...)
	bad[9] = "Not A Key"
	fresh.form(client, "/console/setup", bad...).wantPage(t, 422, "A key has", "The Courier")
	fresh.form(client, "/console/setup", answers...).wantPage(t, 200, `<script src="`+fresh.base+`/embed.js?site=courier" async></script>`, "/courier")
	fresh.doWith(client, request{path: "/console"}).wantPage(t, 200, "Ada", `id="queue"`)
	fresh.form(fresh.browser(), "/console/setup", answers...).wantPage(t, 403)
	if site, err := fresh.service.Site(t.Context(), "courier"); err != nil || site.Mode != models.PreMode {
		t.Errorf("site %v, %v", site, err)
	}
}

// unused is a server that nobody has set up.
func (r *rig) unused(tb testing.TB) *rig {
	tb.Helper()
	return newRigWith(tb, func(*rig) {})
}

func TestSignIn(t *testing.T) {
	r := newRig(t)
	r.must(r.accounts.SetPassword(t.Context(), r.admin.ID, rootPass))
	client := r.browser()
	r.form(client, "/console/login", "email", rootAddress, "password", "wrong").wantPage(t, 401, "not right", rootAddress)
	r.form(client, "/console/login", "email", "nobody@news.example", "password", "wrong").wantPage(t, 401, "not right")
	r.form(client, "/console/login", "email", rootAddress, "password", rootPass, "next", "/console/rules?site=news").wantRedirect(t, "/console/rules?site=news")
	r.doWith(client, request{path: "/console/account"}).wantPage(t, 200, rootAddress)
	r.doWith(client, request{path: "/console/login?next=%2Fconsole%2Fteam"}).wantRedirect(t, "/console/team")
	r.form(client, "/console/logout").wantRedirect(t, "/console/login?done=signed-out")
	r.doWith(client, request{path: "/console/login?done=signed-out"}).wantPage(t, 200, "You are signed out")
	r.doWith(client, request{path: "/console/account"}).wantRedirect(t, "/console/login?next=%2Fconsole%2Faccount")
	r.form(client, "/console/login", "email", rootAddress, "password", rootPass, "next", "https://evil.example/console").wantRedirect(t, "/console")
}

func TestSessionCookie(t *testing.T) {
	for address, secure := range map[string]bool{"": false, "https://comments.example": true} {
		r := newRig(t, func(c *web.Config) { c.PublicURL = address })
		link, err := r.accounts.ConsoleLink(t.Context(), r.admin.ID)
		r.must(err)
		got := r.form(r.browser(), "/console/login", "token", link)
		cookie := got.header.Get("Set-Cookie")
		for _, want := range []string{"postbag_session=", "Path=/", "HttpOnly", "SameSite=Strict"} {
			if !strings.Contains(cookie, want) {
				t.Errorf("cookie %q lacks %s", cookie, want)
			}
		}
		if strings.Contains(cookie, "Secure") != secure {
			t.Errorf("cookie %q, secure %t", cookie, secure)
		}
	}
}

func TestConsoleLinkWorksOnce(t *testing.T) {
	r := newRig(t)
	link, err := r.accounts.ConsoleLink(t.Context(), r.admin.ID)
	r.must(err)
	for range 2 {
		r.get("/console/open?token="+link).wantPage(t, 200, "Root", link)
	}
	r.form(r.browser(), "/console/login", "token", link).wantRedirect(t, "/console")
	r.form(r.browser(), "/console/login", "token", link).wantPage(t, 401, "has been used")
	r.get("/console/open?token="+link).wantPage(t, 403, "does not work")
}

func TestFormsOfOtherSites(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	for name, header := range map[string]map[string]string{
		"cross-site":     {"Sec-Fetch-Site": "cross-site"},
		"same-site":      {"Sec-Fetch-Site": "same-site"},
		"another origin": {"Origin": "https://evil.example"},
	} {
		for _, path := range []string{"/console/logout", "/console/sites/news", "/console/login", "/thread/news"} {
			got := r.doWith(client, request{method: "POST", path: path, body: url.Values{"name": {"Stolen"}, "text": {"spam"}, "url": {articleURL}}, header: header})
			got.wantPage(t, 403, "another site")
			_ = name
		}
	}
	if r.count(articleURL) != 0 {
		t.Error("a comment was posted from another site")
	}
	r.doWith(client, request{path: "/console", header: map[string]string{"Sec-Fetch-Site": "cross-site"}}).wantPage(t, 200)
}

func TestTeam(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	got := r.form(client, "/console/team", "name", "Bea", "email", "bea@news.example", "role", "moderator", "how", "link")
	got.wantPage(t, 200, "bea@news.example")
	link := regexp.MustCompile(`/console/invite\?token=[A-Za-z0-9_.~-]+`).FindString(got.body)
	bea := r.browser()
	r.doWith(bea, request{path: link}).wantPage(t, 200, "Bea")
	token := strings.TrimPrefix(link, "/console/invite?token=")
	r.form(bea, "/console/invite", "token", token, "password", "short").wantPage(t, 422, "Bea")
	r.form(bea, "/console/invite", "token", token, "password", rootPass).wantRedirect(t, "/console")
	r.doWith(bea, request{path: "/console"}).wantPage(t, 200, "Bea")
	r.doWith(bea, request{path: link}).wantPage(t, 403, "does not work")
	r.form(client, "/console/team", "name", "Bea", "email", "bea@news.example", "role", "moderator", "how", "link").wantPage(t, 409, "already")
	r.form(client, "/console/team", "name", "Cid", "email", "nothing", "role", "moderator", "how", "password", "password", "x").wantPage(t, 422)

	m, err := r.service.ModeratorByEmail(t.Context(), "bea@news.example")
	r.must(err)
	member := "/console/team/" + models.ModeratorID.Format(m.ID)
	for _, path := range []string{"/console/team", member, "/console/sites", "/console/rules/new"} {
		r.form(bea, path, "do", "role", "role", "admin").wantPage(t, 403, "Only admins")
	}
	r.form(client, member, "do", "role", "role", "admin").wantRedirect(t, "/console/team?done=member-saved")
	r.form(client, member, "do", "link").wantPage(t, 200, "/console/invite?token=")
	r.form(client, member, "do", "disable").wantRedirect(t, "/console/team?done=member-disabled")
	r.doWith(bea, request{path: "/console"}).wantRedirect(t, "/console/login?next=%2Fconsole")
	r.form(client, "/console/team/"+models.ModeratorID.Format(r.admin.ID), "do", "disable").wantPage(t, 409, "only admin")
	r.form(client, member, "do", "nothing").wantPage(t, 400)
	r.form(client, "/console/team/m99", "do", "enable").wantPage(t, 404)
	added := r.form(client, "/console/team", "name", "Dot", "email", "dot@news.example", "role", "admin", "how", "password", "password", rootPass)
	r.doWith(client, request{path: added.header.Get("Location")}).wantPage(t, 200, "Dot can sign in now")
}

func TestSitesInTheBrowser(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.doWith(client, request{path: "/console/sites"}).wantPage(t, 200, "The News")
	r.form(client, "/console/sites", "key", "news", "name", "Other", "origins", "https://x.example", "mode", "post").wantPage(t, 409, "already", "Other")
	r.form(client, "/console/sites", "key", "daily", "name", "Daily", "origins", "https://daily.example", "mode", "post").wantRedirect(t, "/console/sites/daily?done=site-added")
	r.doWith(client, request{path: "/console/sites/daily?done=site-added"}).wantPage(t, 200, "The site is added", "embed.js?site=daily", "daily.example")
	r.form(client, "/console/sites/daily", "name", "Daily", "origins", "not a host!", "mode", "pre", "reasons", "odd").wantPage(t, 422, "not an address")
	r.form(client, "/console/sites/daily", "name", "Daily 2", "origins", "https://daily.example\r\nhttps://m.daily.example", "mode", "pre", "reasons", "rude: Rude words\n\nlaw: Law", "sample", "50", "count_zero", "", "count_one", " A <b> voice ", "count_many", "{num} voices").
		wantRedirect(t, "/console/sites/daily?done=site-saved")
	site, err := r.service.Site(t.Context(), "daily")
	if err != nil || site.Name != "Daily 2" || len(site.Hosts) != 2 || len(site.Reasons) != 2 || site.Reasons[0] != (models.Reason{Key: "rude", Label: "Rude words"}) || site.Sample != 50 ||
		site.Counts != (models.CountTexts{One: "A <b> voice", Many: "{num} voices"}) {
		t.Errorf("site %+v, %v", site, err)
	}
	r.doWith(client, request{path: "/console/sites/daily"}).wantPage(t, 200, `value="{num} voices"`, `<details class="fold" open><summary>Numbers beside links`)
	r.form(client, "/console/sites/daily", "name", "Daily 2", "origins", "https://daily.example", "mode", "pre", "count_many", "voices").wantPage(t, 422, "where the number stands")
	r.form(client, "/console/sites/daily", "name", "Daily 2", "origins", "https://daily.example", "mode", "pre", "sample", "1001").wantPage(t, 422, "from 0 to 1000")
	r.form(client, "/console/sites/daily", "name", "Daily 2", "origins", "https://daily.example", "mode", "pre", "sample", "some").wantPage(t, 422, "Write a whole number.")
	r.doWith(client, request{path: "/console/sites/nowhere"}).wantPage(t, 404)
}

func TestArticlesInTheBrowser(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.comment("One.")
	got := r.doWith(client, request{path: "/console/articles?q=Story"})
	got.wantPage(t, 200, "Story")
	action := regexp.MustCompile(`/console/articles/a[0-9a-z]+`).FindString(got.body)
	r.form(client, action, "state", "closed", "mode", "pre", "notice", "Closed for the night.", "return", "/console/articles?q=Story").
		wantRedirect(t, "/console/articles?done=article-saved&q=Story")
	r.get("/thread/news?id=story").wantPage(t, 200, "Closed for the night.", "discussion is closed")
	r.form(client, action, "state", "open", "mode", "", "notice", "", "return", "https://evil.example").wantRedirect(t, "/console/articles?done=article-saved")
	r.form(client, action, "state", "odd").wantPage(t, 422)
}

func TestAccount(t *testing.T) {
	r := newRig(t)
	r.must(r.accounts.SetPassword(t.Context(), r.admin.ID, rootPass))
	client, other := r.signedIn(), r.signedIn()
	r.form(client, "/console/account/password", "current", "wrong", "password", rootPass+"2").wantPage(t, 422, "not your current password")
	r.form(client, "/console/account/password", "current", rootPass, "password", rootPass+"2").wantRedirect(t, "/console/account?done=password-changed")
	r.doWith(client, request{path: "/console/account"}).wantPage(t, 200)
	r.doWith(other, request{path: "/console/account"}).wantRedirect(t, "/console/login?next=%2Fconsole%2Faccount")
	got := r.form(client, "/console/account/tokens", "name", "deploy script")
	got.wantPage(t, 200, "deploy script")
	token := regexp.MustCompile(`id="new-token"><code>([^<]+)</code>`).FindStringSubmatch(got.body)
	if token == nil {
		t.Fatalf("no token is shown: %s", got.body)
	}
	as := map[string]string{"Authorization": "Bearer " + token[1]}
	r.do(request{path: "/api/v1/moderation/me", header: as}).want(t, 200)
	revoke := regexp.MustCompile(`/console/account/tokens/\d+/revoke`).FindAllString(r.doWith(client, request{path: "/console/account"}).body, -1)
	r.form(client, revoke[len(revoke)-1]).wantRedirect(t, "/console/account?done=token-revoked")
	r.form(client, revoke[0]).wantRedirect(t, "/console/account?done=token-revoked")
	r.do(request{path: "/api/v1/moderation/me", header: as}).wantProblem(t, 401, "unauthorized")
	r.form(client, "/console/account/tokens/999/revoke").wantPage(t, 404)
	r.form(client, "/console/account/tokens", "name", "").wantPage(t, 422)
}

// TestConsoleIsClosed asks for every page and every method of the console
// without a session.
func TestConsoleIsClosed(t *testing.T) {
	r := newRig(t)
	open := map[string]bool{"/": true, "/console/setup": true, "/console/login": true, "/console/open": true, "/console/invite": true, "/console/logout": true}
	n := 0
	for _, line := range web.Routes(r.server) {
		if !line.Console || open[line.Path] {
			continue
		}
		n++
		path := strings.NewReplacer(":site", "news", ":article", "a1", ":member", "m1", ":rule", "r1", ":token", "1", ":backtest", "b1", ":claim", "x", ":comment", "c1", ":decision", "d1", ":author", "u1").Replace(line.Path)
		got := r.do(request{method: line.Method, path: path, body: url.Values{}})
		if line.API && got.status != 401 || !line.API && (got.status != 303 || !strings.HasPrefix(got.header.Get("Location"), "/console/login")) {
			t.Errorf("%s %s without a session: %d %s", line.Method, path, got.status, got.body)
		}
	}
	if n < 40 {
		t.Errorf("only %d routes were asked", n)
	}
}
