package e2e_test

import (
	"context"
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// club is a news site with accounts of its own.
type club struct {
	*world
	secret string
	site   string // origin
}

// newClub starts the site: /login signs Ada in and closes its window, /logout
// signs her out; the pages vouch for her as long as she has the cookie.
func newClub(t *testing.T, w *world) *club {
	t.Helper()
	c := &club{world: w}
	mux := http.NewServeMux()
	mux.HandleFunc("/story/{name}", c.story)
	mux.HandleFunc("/config.js", c.config)
	mux.HandleFunc("/login", func(rw http.ResponseWriter, _ *http.Request) {
		http.SetCookie(rw, &http.Cookie{Name: "member", Value: "42", Path: "/"})
		rw.Header().Set("Content-Type", "text/html")
		_, _ = fmt.Fprintf(rw, `<!doctype html><title>Signed in</title><script src="/close.js"></script>`)
	})
	mux.HandleFunc("/close.js", func(rw http.ResponseWriter, _ *http.Request) {
		rw.Header().Set("Content-Type", "text/javascript")
		_, _ = fmt.Fprintf(rw, "if (opener) { opener.vouched = %q; close(); }", c.payload(time.Now()))
	})
	mux.HandleFunc("/logout", func(rw http.ResponseWriter, r *http.Request) {
		http.SetCookie(rw, &http.Cookie{Name: "member", Path: "/", MaxAge: -1})
		http.Redirect(rw, r, "/story/out", http.StatusSeeOther)
	})
	mux.HandleFunc("/page.css", w.article)
	mux.HandleFunc("/favicon.ico", w.article)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	u, _ := url.Parse(server.URL)
	c.site = "http://localhost:" + u.Port()
	origins := []string{w.news, c.site}
	ctx := context.Background()
	if _, err := w.service.PatchSite(ctx, "news", moderation.SitePatch{Origins: &origins}); err != nil {
		t.Fatal(err)
	}
	sso, err := w.service.ConfigureSSO(ctx, models.Moderator{}, "news", moderation.SSOPatch{})
	if err != nil {
		t.Fatal(err)
	}
	c.secret = sso.Secret
	return c
}

func (c *club) payload(at time.Time) string {
	content, _ := json.Marshal(map[string]any{"id": 42, "username": "Ada Lovelace", "email": "ada@example.org", "avatar": "https://elsewhere.example/a.png"})
	return signed(c.secret, content, at)
}

// signed is a payload as a site makes it, of what it says of its reader in JSON.
func signed(secret string, content []byte, at time.Time) string {
	message, stamp := base64.StdEncoding.EncodeToString(content), fmt.Sprint(at.Unix())
	h := hmac.New(sha1.New, []byte(secret))
	h.Write([]byte(message + " " + stamp))
	return message + " " + hex.EncodeToString(h.Sum(nil)) + " " + stamp
}

// config is the page's half of the contract. ?how=live looks at what the window
// of the sign-in left in the page; ?how=stale vouches with an old payload.
func (c *club) config(rw http.ResponseWriter, r *http.Request) {
	payload := ""
	if _, err := r.Cookie("member"); err == nil {
		payload = c.payload(time.Now())
	}
	said := fmt.Sprintf("%q", payload)
	switch r.URL.Query().Get("how") {
	case "live":
		said = "window.vouched ?? \"\""
	case "stale":
		said = fmt.Sprintf("%q", c.payload(time.Now().Add(-3*time.Hour)))
	case "hostile":
		said = `{toString: null}`
	}
	rw.Header().Set("Content-Type", "text/javascript")
	_, _ = fmt.Fprintf(rw, `function disqus_config() {
  this.page.remote_auth_s3 = %s;
  this.callbacks.onIdentify.push((reader) => { window.identified = reader.name; });
  this.sso = {name: "Sign in with the Post", button: "https://elsewhere.example/b.png", icon: "https://elsewhere.example/i.png",
    url: "%s/login", logout: "/logout", profile_url: "javascript:alert(1)", width: "400", height: "300"};
}`, said, c.site)
}

func (c *club) story(rw http.ResponseWriter, r *http.Request) {
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'self' %[1]s; connect-src %[1]s; style-src 'self'; base-uri 'none'; "+
		"require-trusted-types-for 'script'; trusted-types 'none'", c.postbag))
	dir, lang := "ltr", "en"
	if r.URL.Query().Get("lang") == "ar" {
		dir, lang = "rtl", "ar"
	}
	_, _ = fmt.Fprintf(rw, `<!doctype html><html lang="%s" dir="%s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>%s</title><link rel="stylesheet" href="/page.css"></head><body class="%[6]s"><main><h1>%[3]s</h1><div id="disqus_thread"></div></main>
<script src="/config.js?how=%[4]s"></script><script src="%[5]s/embed.js?site=news"></script></body></html>`,
		lang, dir, headline, url.QueryEscape(r.URL.Query().Get("how")), c.postbag, html.EscapeString(r.URL.Query().Get("scheme")))
}

// Readers sign in with the accounts of the site, one after the other in one
// browser.
func TestSignIn(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	c := newClub(t, w)
	b := newBrowser(t)
	for _, part := range []struct {
		name string
		run  func(*testing.T, *club, *browser)
	}{
		{"the page is loaded anew, and the draft is kept", signsIn},
		{"the page knows, and nothing is loaded anew", signsInPlace},
		{"the author edits from another browser", editsElsewhere},
		{"signing out", signsOut},
		{"a payload that is too old", isStale},
		{"a window that does not open", isBlocked},
		{"a session that ends while the page is open", sessionEnds},
		{"only members may write", membersOnly},
	} {
		t.Run(part.name, func(t *testing.T) { part.run(t, c, &browser{t, b.ctx}) })
	}
}

const posting = `byText(".login", "Posting as Ada Lovelace")`

func signsIn(t *testing.T, c *club, b *browser) {
	tb := b.open(c.site, c.postbag)
	tb.visit(c.site + "/story/one")
	tb.fill("Comment", "Half a thought")
	tb.press("Sign in with the Post")
	tb.until("the reader is signed in", posting+` && window.identified === "Ada Lovelace"`)
	tb.until("the draft is back", `field("Comment").value === "Half a thought"`)
	if eval[bool](tb, `!!field("Name")`) {
		t.Error("a reader who is signed in is asked for a name")
	}
	if eval[bool](tb, `$$(".login a").some((a) => !a.href.startsWith("http"))`) {
		t.Error("a link to something else than a page")
	}
	tb.press("Post comment")
	tb.until("the comment bears the badge", `byText("article .by", "Ada Lovelace") && byText("article .badge", "Member")`)
	if eval[bool](tb, `JSON.stringify({...localStorage}).includes("Half a thought")`) {
		t.Error("the comment of somebody signed in is kept on the device")
	}
}

func signsInPlace(t *testing.T, c *club, b *browser) {
	tb := b.open(c.site, c.postbag)
	tb.visit(c.site + "/story/two?how=live")
	eval[bool](tb, "window.stays = true")
	tb.fill("Comment", "Another thought")
	tb.until("a guest is asked for a name", `field("Name")`)
	tb.press("Sign in with the Post")
	tb.until("the reader is signed in", posting)
	if !eval[bool](tb, `window.stays && field("Comment").value === "Another thought"`) {
		t.Error("the page was loaded anew, or the draft is lost")
	}
}

func editsElsewhere(t *testing.T, c *club, b *browser) {
	c.rule("harkness")
	one, two := b.open(c.site, c.postbag), b.open(c.site, c.postbag)
	for _, tb := range []*tab{one, two} {
		tb.visit(c.site + "/login")
	}
	one.visit(c.site + "/story/three")
	one.until("the reader is signed in", posting)
	for _, text := range []string{"Public *words*.", "It was Harkness."} {
		one.fill("Comment", text)
		one.press("Post comment")
		one.until("the comment is there", fmt.Sprintf(`byText("article .body", %s)`, quote(text[:6])))
	}
	two.visit(c.site + "/story/three")
	two.until("the comment that waits is there", `byText(".waiting .body", "It was Harkness.")`)
	two.until("both can be changed", `$$("[data-act=edit]").length === 2`)
	two.click(`byText("article:not(.waiting)", "Public").querySelector("[data-act=edit]")`, "Edit")
	two.until("the text is as it was typed", `field("Comment") && root.activeElement.value === "Public *words*."`)
	two.key(" More.")
	two.press("Save changes")
	one.until("the change is seen by the other", `byText("article .body", "More.")`)
	c2 := newChecker(t, b, c.site, c.postbag)
	c2.tab.visit(c.site + "/login")
	c2.tab.visit(c.site + "/story/three")
	c2.tab.until("the reader is signed in", posting)
	c2.check("signed in")
	c2.tab.visit(c.site + "/story/three?scheme=dark")
	c2.tab.until("the reader is signed in", posting)
	c2.check("signed in, on a dark page")
	c2.tab.visit(c.site + "/story/three?lang=ar")
	c2.tab.until("the reader is signed in", `byText(".login", "Ada Lovelace")`)
	c2.check("signed in, from right to left")
	c2.tab.size(390, 844)
	if eval[bool](c2.tab, "document.documentElement.scrollWidth > innerWidth") {
		t.Error("the page is wider than a narrow screen")
	}
}

func signsOut(t *testing.T, c *club, b *browser) {
	tb := b.open(c.site, c.postbag)
	tb.visit(c.site + "/login")
	tb.visit(c.site + "/story/out")
	tb.until("the reader is signed in", posting)
	tb.press("Sign out")
	tb.until("nobody is signed in", `byText("button", "Sign in with the Post")`)
	tb.fill("Comment", "As a guest.")
	tb.fill("Name", "Gus")
	tb.press("Post comment")
	tb.until("the guest bears no badge", `byText("article .by", "Gus") && !$("article .badge")`)
}

func isStale(t *testing.T, c *club, b *browser) {
	check := newChecker(t, b, c.site, c.postbag)
	for _, how := range []string{"stale", "hostile"} {
		check.tab.visit(c.site + "/story/four?how=" + how)
		check.tab.until("nobody is signed in", `byText("button", "Sign in with the Post") && !byText(".login", "Posting as")`)
	}
	check.check("signed out")
}

func isBlocked(t *testing.T, c *club, b *browser) {
	tb := b.open(c.site, c.postbag)
	tb.visit(c.site + "/story/five")
	eval[bool](tb, "(window.open = () => null, true)")
	tb.press("Sign in with the Post")
	tb.until("there is a link instead", `byText(".login", "did not open") && root.activeElement === $(".login a[href$='/login']")`)
}

// The session ends; what is sent then is sent as the reader whom the page vouches
// for.
func sessionEnds(t *testing.T, c *club, b *browser) {
	tb := b.open(c.site, c.postbag)
	tb.visit(c.site + "/login")
	tb.visit(c.site + "/story/six")
	tb.until("the reader is signed in", posting)
	if _, err := c.service.ConfigureSSO(context.Background(), models.Moderator{}, "news", moderation.SSOPatch{Rotate: true}); err != nil {
		t.Fatal(err)
	}
	tb.tolerate(true) // the refusal of the ended session
	tb.fill("Comment", "After the change of keys.")
	tb.press("Post comment")
	tb.until("the comment is the reader's", `byText("article .by", "Ada Lovelace") && byText("article .badge", "Member")`)
	sso, err := c.service.ConfigureSSO(context.Background(), models.Moderator{}, "news", moderation.SSOPatch{Rotate: true, AtOnce: true})
	if err != nil {
		t.Fatal(err)
	}
	tb.fill("Comment", "Nobody vouches for this.")
	tb.press("Post comment")
	tb.until("the reader is asked to sign in", `byText(".error", "not signed in any more") && byText("button", "Sign in with the Post") && field("Comment").value`)
	tb.tolerate(false)
	c.secret = sso.Secret
}

func membersOnly(t *testing.T, c *club, b *browser) {
	yes := true
	if _, err := c.service.ConfigureSSO(context.Background(), models.Moderator{}, "news", moderation.SSOPatch{MembersOnly: &yes}); err != nil {
		t.Fatal(err)
	}
	tb := b.open(c.site, c.postbag)
	tb.visit(c.site + "/story/seven")
	tb.until("the reader is told", `byText(".login", "Sign in to write a comment.")`)
	tb.fill("Comment", "Patience.")
	if eval[bool](tb, `!!field("Name")`) {
		t.Error("a guest is asked for a name where guests may not write")
	}
	tb.shootAll("members")
}
