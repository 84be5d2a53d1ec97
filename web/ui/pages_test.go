package ui_test

import (
	"bytes"
	"encoding/json"
	"html/template"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/web/ui"
)

var (
	user    = &ui.User{Name: "Ada <Reyes>", Email: "ada@example.org", Admin: true}
	frame   = ui.Frame{User: user}
	day     = time.Date(2026, 11, 16, 9, 30, 0, 0, time.UTC)
	snippet = ui.Snippet{SiteKey: "courier", Embed: `<script src="https://p.example/embed.js?site=courier" async></script>`, Count: "<script>", Shortname: "p.example/courier"}
)

func mustPages(tb testing.TB) *ui.Pages {
	tb.Helper()
	p, err := ui.New(func(name string) string { return "/assets/" + name })
	if err != nil {
		tb.Fatal(err)
	}
	return p
}

func mustRender(tb testing.TB, render func(io.Writer) error) string {
	tb.Helper()
	var out bytes.Buffer
	if err := render(&out); err != nil {
		tb.Fatal(err)
	}
	return out.String()
}

// pages renders every page in a filled state; each text is one that must be on it.
func pages(p *ui.Pages) map[string]struct {
	render func(io.Writer) error
	want   []string
} {
	form := ui.Form{Values: url.Values{"name": {"Courier"}, "email": {"a@b.c"}, "n": {"5"}, "fields": {"text"}, "terms": {"lorem\nipsum"}}}
	type page = struct {
		render func(io.Writer) error
		want   []string
	}
	rule := func(kind string) ui.RulePage {
		return ui.RulePage{Frame: frame, ID: "r1", Action: "/console/rules/r1", Site: "courier", Kind: kind, Form: form,
			Actions: []string{"hold", "reject"}, Modes: []string{"enforce", "shadow"}, Whos: []string{"author"}, Fields: []string{"text", "name"}}
	}
	return map[string]page{
		"login":  {func(w io.Writer) error { return p.Login(w, ui.LoginPage{Form: form, Next: "/console/rules"}) }, []string{`name="password"`, `value="a@b.c"`, `value="/console/rules"`}},
		"link":   {func(w io.Writer) error { return p.Login(w, ui.LoginPage{Token: "tok", Name: "Ada"}) }, []string{`name="token" value="tok"`, "Sign in as Ada"}},
		"invite": {func(w io.Writer) error { return p.Invite(w, ui.InvitePage{Token: "tok", Name: "Ada", Email: "a@b.c"}) }, []string{`action="/console/invite"`}},
		"setup":  {func(w io.Writer) error { return p.Setup(w, ui.SetupPage{Token: "tok"}) }, []string{`name="site_key"`, `name="origins"`, `name="mode" value="pre"`, `value="tok"`}},
		"setupdone": {func(w io.Writer) error {
			return p.SetupDone(w, ui.SetupDonePage{SiteName: "Courier", Snippet: snippet})
		}, []string{"&lt;script src=", "p.example/courier", "--site courier"}},
		"queue": {func(w io.Writer) error { return p.Queue(w, ui.QueuePage{Frame: frame}) }, []string{`data-api="/api/v1/moderation"`, "<noscript>", "Ada &lt;Reyes&gt;"}},
		"articles": {func(w io.Writer) error {
			return p.Articles(w, ui.ArticlesPage{Frame: frame, Sites: []ui.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}, Return: "/console/articles?q=x", NextURL: "/console/articles?cursor=c",
				Articles: []ui.ArticleRow{{Key: "a1", Title: "Title", URL: "https://x.example/1", ID: "77", Site: "a", State: "closed", Mode: "pre", SiteMode: "post", Approved: 1283, Pending: 1, ThreadURL: "/thread/a?id=77"}}})
		}, []string{`action="/console/articles/a1"`, "1,283 comments", "1 waiting", `<option value="closed" selected>`, `rel="next"`, "id 77"}},
		"articles-none": {func(w io.Writer) error { return p.Articles(w, ui.ArticlesPage{Frame: frame, Query: "zz"}) }, []string{"No article matches “zz”"}},
		"sites": {func(w io.Writer) error {
			return p.Sites(w, ui.SitesPage{Frame: frame, Form: form, Sites: []ui.SiteRow{{Key: "courier", Name: "Courier", Mode: "post", Origins: []string{"https://x.example"}, Queue: 2}}})
		}, []string{`href="/console/sites/courier"`, "2 waiting"}},
		"site": {func(w io.Writer) error {
			return p.Site(w, ui.SitePage{Frame: frame, Key: "courier", Form: form, Snippet: snippet})
		}, []string{`action="/console/sites/courier"`, `name="reasons"`}},
		"team": {func(w io.Writer) error {
			return p.Team(w, ui.TeamPage{Frame: frame, Invite: &ui.InviteLink{Email: "b@b.c", URL: "https://p.example/console/invite?token=x", ExpiresAt: day},
				Members: []ui.Member{{ID: "m1", Name: "Ada", Role: "admin", Self: true}, {ID: "m2", Name: "Bo", Role: "moderator", LastSeen: day, Disabled: true}}})
		}, []string{`action="/console/team/m2"`, "16 November 2026", "https://p.example/console/invite?token=x"}},
		"rules": {func(w io.Writer) error {
			return p.Rules(w, ui.RulesPage{Frame: frame, Site: "courier", Kinds: []string{"keyword", "rate"}, Rules: []ui.RuleRow{{ID: "r1", Name: "Names", Kind: "keyword", Action: "hold", Mode: "shadow", Enabled: true, Summary: "34 terms"}}})
		}, []string{`action="/console/rules/r1/enabled"`, "Only watch", "34 terms", "/console/rules/new?site=courier&amp;kind=rate"}},
		"rule-keyword": {func(w io.Writer) error { return p.Rule(w, rule("keyword")) }, []string{"lorem\nipsum</textarea>", `name="fields" value="text" checked`, `action="/console/rules/r1/delete"`}},
		"rule-rate":    {func(w io.Writer) error { return p.Rule(w, rule("rate")) }, []string{`name="per"`, `name="who"`}},
		"rule-links":   {func(w io.Writer) error { return p.Rule(w, rule("links")) }, []string{`name="n" value="5"`}},
		"rule-first":   {func(w io.Writer) error { return p.Rule(w, rule("first")) }, []string{`name="action"`}},
		"account": {func(w io.Writer) error {
			return p.Account(w, ui.AccountPage{Frame: frame, NewToken: "pb_secret", Tokens: []ui.Token{{ID: "t1", Name: "bot", CreatedAt: day}}})
		}, []string{"pb_secret", `action="/console/account/tokens/t1/revoke"`, "never used", "data-shortcuts-switch"}},
		"error": {func(w io.Writer) error {
			return p.Error(w, ui.ErrorPage{Status: 404, Title: "Not found", Detail: "That page is not here.", NextURL: "/console", NextLabel: "Go to the queue"})
		}, []string{"404", "That page is not here.", "Go to the queue"}},
		"thread":        {func(w io.Writer) error { return p.Thread(w, thread()) }, []string{`<p>Hello</p>`, `id="comment-c1"`, "Anonymous", "This comment is no longer here.", `rel="next"`, `name="parent" value="c2"`, `aria-describedby="f-text-error"`, `lang="cy"`, `name="key" value="k-12345678"`, "&lt;b&gt;typed"}},
		"thread-closed": {func(w io.Writer) error { return p.Thread(w, ui.ThreadPage{SiteName: "Courier", Closed: true}) }, []string{"Comments on this article are closed."}},
		"demo": {func(w io.Writer) error {
			return p.Demo(w, ui.DemoPage{ArticleURL: "http://127.0.0.1:8080/demo", ScriptURL: "/embed.js?site=demo", ThreadURL: "/thread/demo?id=harbour", ConsoleURL: "/console"})
		}, []string{`src="/embed.js?site=demo"`, `href="/thread/demo?id=harbour"`}},
	}
}

func thread() ui.ThreadPage {
	reply := ui.ThreadComment{ID: "c2", Anchor: "comment-c2", Parent: "c1", Depth: 1, Body: template.HTML("<p>Second</p>"), CreatedAt: day, ReplyURL: "?reply=c2#reply-form"}
	return ui.ThreadPage{Lang: "cy", Site: "courier", SiteName: "Courier", Action: "/thread/courier?id=1", ID: "1", URL: "https://x.example/1", Title: "Title", Count: 2, Key: "k-12345678",
		Comments: []ui.ThreadComment{
			{ID: "c1", Anchor: "comment-c1", Author: "Bo", Badge: "staff", Body: "<p>Hello</p>", CreatedAt: day, Edited: true, Likes: 1, ReplyURL: "?reply=c1#reply-form"},
			reply,
			{ID: "c3", Anchor: "comment-c3", Parent: "c2", Depth: 2, Tombstone: true},
			{ID: "c4", Anchor: "comment-c4", Parent: "c3", Depth: 3, Body: "<p>Deep</p>", CreatedAt: day},
			{ID: "c9", Anchor: "comment-c9", Parent: "c-not-here", Depth: 4, Body: "<p>Stray</p>", CreatedAt: day},
		},
		NextURL: "?cursor=x", OldestURL: "?sort=oldest", NewestURL: "?sort=newest", ReplyTo: &reply, CancelReply: "?id=1",
		Form:   ui.Form{Values: url.Values{"text": {"<b>typed"}}, Errors: map[string]string{"text": "Please write something."}},
		Posted: &ui.Posted{Message: "Your comment waits for a moderator."}}
}

func TestEveryPageRenders(t *testing.T) {
	for name, page := range pages(mustPages(t)) {
		t.Run(name, func(t *testing.T) {
			got := mustRender(t, page.render)
			for _, want := range page.want {
				if !strings.Contains(got, want) {
					t.Errorf("missing %q in\n%s", want, got)
				}
			}
		})
	}
}

var (
	inlineScript  = regexp.MustCompile(`(?i)<script(?:\s[^>]*)?>[^<]`)
	inlineHandler = regexp.MustCompile(`(?i)\s(on[a-z]+|style)\s*=`)
	tagged        = regexp.MustCompile(`<[^!][^>]*>`)
	idAttr        = regexp.MustCompile(`\sid="([^"]*)"`)
	refAttr       = regexp.MustCompile(`\s(?:for|aria-describedby|aria-labelledby)="([^"]*)"`)
)

// A strict content security policy forbids inline script and style; labels and descriptions must point at something, and ids be unique.
func TestPagesAreStrictAndTied(t *testing.T) {
	for name, page := range pages(mustPages(t)) {
		t.Run(name, func(t *testing.T) {
			got := mustRender(t, page.render)
			if m := inlineScript.FindString(got); m != "" {
				t.Errorf("inline script %q", m)
			}
			ids := map[string]bool{}
			for _, tag := range tagged.FindAllString(got, -1) {
				if m := inlineHandler.FindString(tag); m != "" {
					t.Errorf("inline %q in %s", m, tag)
				}
				if m := idAttr.FindStringSubmatch(tag); m != nil {
					if ids[m[1]] {
						t.Errorf("id %q twice", m[1])
					}
					ids[m[1]] = true
				}
			}
			for _, m := range refAttr.FindAllStringSubmatch(got, -1) {
				for _, id := range strings.Fields(m[1]) {
					if !ids[id] {
						t.Errorf("reference to missing id %q", id)
					}
				}
			}
			if strings.Contains(got, "ZgotmplZ") {
				t.Error("a value was refused by the template's escaper")
			}
		})
	}
}

// The catalogue and the templates agree: no text is missing, and none is left over.
func TestTextsMatchTemplates(t *testing.T) {
	raw, err := os.ReadFile("templates/texts.en.json")
	if err != nil {
		t.Fatal(err)
	}
	texts := map[string]string{}
	if err := json.Unmarshal(raw, &texts); err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("templates/*.html")
	if err != nil {
		t.Fatal(err)
	}
	sources, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := regexp.MustCompile(`"([a-z]+[a-z.-]*)"`)
	call := regexp.MustCompile(`\{\{[^}]*\(?\b(tn?) "([^"]+)"`)
	seen := map[string]bool{}
	for _, file := range append(files, sources...) {
		body, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range used.FindAllStringSubmatch(string(body), -1) {
			seen[m[1]] = true
		}
		for _, m := range call.FindAllStringSubmatch(string(body), -1) {
			key := m[2]
			if m[1] == "tn" {
				key += ".other"
			}
			if texts[key] == "" {
				t.Errorf("%s: no text %q", file, key)
			}
		}
	}
	open := []string{"flash.", "nav.", "rule.kind.", "rule.action.", "rule.mode.", "rule.field.", "rule.who.", "role.", "badge.", "mode.short."}
	for key := range texts {
		base := strings.TrimSuffix(strings.TrimSuffix(key, ".one"), ".other")
		if seen[key] || seen[base] {
			continue
		}
		if !startsWithAny(key, open) {
			t.Errorf("text %q is not used", key)
		}
	}
}

func startsWithAny(s string, prefixes []string) bool {
	for _, prefix := range prefixes {
		if strings.HasPrefix(s, prefix) {
			return true
		}
	}
	return false
}

func TestThreadNests(t *testing.T) {
	got := mustRender(t, func(w io.Writer) error { return mustPages(t).Thread(w, thread()) })
	if n := strings.Count(got, `<ol class="comments">`); n != 4 {
		t.Errorf("%d lists, want 4: one per level of the branch", n)
	}
	if strings.Index(got, "Stray") < strings.Index(got, "Deep") {
		t.Error("a comment without its parent lost its place")
	}
}

func TestFlash(t *testing.T) {
	p := mustPages(t)
	if f := p.Flash("member-added", "Bo"); f == nil || f.Text != "Bo can sign in now." {
		t.Errorf("flash = %+v", f)
	}
	if f := p.Flash("<script>"); f != nil {
		t.Errorf("unknown code gave %+v", f)
	}
	got := mustRender(t, func(w io.Writer) error {
		return p.Rules(w, ui.RulesPage{Frame: ui.Frame{User: user, Flash: &ui.Flash{Kind: "ok", Text: "Done", UndoAction: "/console/rules/r1/enabled", UndoFields: url.Values{"enabled": {"1"}}}}})
	})
	if !strings.Contains(got, `action="/console/rules/r1/enabled"`) || !strings.Contains(got, `name="enabled" value="1"`) {
		t.Errorf("no undo form in\n%s", got)
	}
}
