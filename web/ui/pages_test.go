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
	form := ui.Form{Values: url.Values{"name": {"Courier"}, "email": {"a@b.c"}, "seconds_unit": {"60"}, "version": {"2"}, "days": {"7"}, "fields": {"text"}, "terms": {"lorem\nipsum"}}}
	type page = struct {
		render func(io.Writer) error
		want   []string
	}
	rule := func(kind string, fields ...ui.SpecField) ui.RulePage {
		return ui.RulePage{Frame: frame, ID: "r1", Name: "Names", Action: "/console/rules/r1", Site: "courier", Kind: kind, Form: form, Spec: fields,
			Actions: []string{"hold", "reject"}, Modes: []string{"shadow", "enforce"}, Reasons: []ui.Option{{Value: "abuse", Label: "Abuse"}},
			Try: ui.Try{FormID: "rule-form", Form: form, Result: tried()}, Spans: []ui.Option{{Value: "7", Label: "7 days"}},
			Figures:   &ui.RuleRow{ID: "r1", Fired: 1283, State: "braked", Braked: 2, Hint: "It fired too often.", Precision: ui.Share{Of: 20, Percent: 5, Low: 0.9, High: 23.6}},
			Backtests: []ui.BacktestRow{{ID: "b1", State: "done", At: day, Days: 30, Comments: 12300, Fired: 41}, {ID: "b2", State: "failed", At: day}},
			Versions:  []ui.VersionRow{{Version: 2, Action: "hold", Mode: "shadow", At: day}}}
	}
	typed := ui.RulePage{Frame: frame, Action: "/console/rules/new", Site: "courier", Kind: "keyword", AsText: true, Form: ui.Form{Values: url.Values{"yaml": {"name: x"}}}}
	refused := rule("keyword", ui.SpecField{Name: "terms", Type: "lines", Rows: 3, Required: true})
	refused.Form.Errors = map[string]string{"terms": "Line 2: too long.", "reason": "Too long.", "odd": "Who knows?", "": "All of it."}
	refused.Stored = &ui.StoredRule{By: "Bo", Text: "name: <x>"}
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
			return p.Articles(w, ui.ArticlesPage{Frame: frame, Sites: []ui.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}, Return: "/console/articles?q=x", Steps: []string{"normal", "slow"}, NextURL: "/console/articles?cursor=c",
				Articles: []ui.ArticleRow{{Key: "a1", Title: "Title", URL: "https://x.example/1", ID: "77", Site: "a", State: "closed", Mode: "pre", SiteMode: "post", Heat: "slow", Why: "40 comments in 5 minutes.", Approved: 1283, Pending: 1, ThreadURL: "/thread/a?id=77"}}})
		}, []string{`action="/console/articles/a1"`, "1,283 comments", "1 waiting", `<option value="closed" selected>`, `rel="next"`, "id 77", "slow mode", "40 comments in 5 minutes", `name="cool" value="1"`}},
		"articles-none": {func(w io.Writer) error { return p.Articles(w, ui.ArticlesPage{Frame: frame, Query: "zz"}) }, []string{"No article matches “zz”"}},
		"sites": {func(w io.Writer) error {
			return p.Sites(w, ui.SitesPage{Frame: frame, Form: form, Sites: []ui.SiteRow{{Key: "courier", Name: "Courier", Mode: "post", Origins: []string{"https://x.example"}, Queue: 2}}})
		}, []string{`href="/console/sites/courier"`, "2 waiting"}},
		"site": {func(w io.Writer) error {
			return p.Site(w, ui.SitePage{Frame: frame, Key: "courier", APIKey: "public-key", Form: form, Snippet: snippet})
		}, []string{`action="/console/sites/courier"`, `name="reasons"`, "public-key"}},
		"signin-none": {func(w io.Writer) error {
			return p.SignIn(w, ui.SignInPage{Frame: frame, Key: "courier", Name: "Courier <1>"})
		}, []string{"Make new keys", "Courier &lt;1&gt;", `name="generation" value="0"`}},
		"signin": {func(w io.Writer) error {
			return p.SignIn(w, ui.SignInPage{Frame: frame, Key: "courier", APIKey: "public", Enabled: true, Generation: 2, EarlierUntil: day, Secret: "s3cr3t",
				Settings: ui.Form{Values: url.Values{"max_age": {"2"}, "max_age_unit": {"3600"}}, Errors: map[string]string{"skew": "Use a time."}}, Checked: &ui.SignInChecked{ID: "7", Email: "a@b.c"}})
		}, []string{"s3cr3t", "16 November 2026", `this.page.api_key = &#34;public&#34;`, `name="at_once"`, `id="f-skew-error"`, `min="0"`, "Anonymous", "$message = base64_encode", `name="generation" value="2"`}},
		"signin-off": {func(w io.Writer) error {
			return p.SignIn(w, ui.SignInPage{Frame: frame, Key: "courier", APIKey: "public", Checked: &ui.SignInChecked{Fault: "Too <old>."}, Take: ui.Form{Errors: map[string]string{"secret": "Too short."}}})
		}, []string{"Sign-in is switched off", "Too &lt;old&gt;.", `<details class="fold" open>`}},
		"team": {func(w io.Writer) error {
			return p.Team(w, ui.TeamPage{Frame: frame, Invite: &ui.InviteLink{Email: "b@b.c", URL: "https://p.example/console/invite?token=x", ExpiresAt: day},
				Members: []ui.Member{{ID: "m1", Name: "Ada", Role: "admin", Self: true}, {ID: "m2", Name: "Bo", Role: "moderator", LastSeen: day, Disabled: true}}})
		}, []string{`action="/console/team/m2"`, "16 November 2026", "https://p.example/console/invite?token=x"}},
		"rules": {func(w io.Writer) error {
			return p.Rules(w, ui.RulesPage{Frame: frame, Site: "courier", Kinds: []string{"keyword", "rate"}, Starter: true, Sample: &ui.Share{Of: 212, Percent: 2.83, Low: 1.3, High: 6},
				Rules: []ui.RuleRow{{ID: "r1", Name: "Names", Kind: "keyword", Action: "hold", Mode: "shadow", Summary: "34 terms", Scope: []string{"/crime/"}, Priority: "urgent", Tag: "name", Legal: true, Version: 4,
					Fired: 1283, LastFired: day, State: "braked", Braked: 3, Hint: "It fired too often.", Precision: ui.Share{Of: 20, Percent: 95, Low: 76.4, High: 99.1}}},
				Try: ui.Try{Site: "courier", Result: tried()}})
		}, []string{`action="/console/rules/r1/mode"`, `value="shadow" class="seg-shadow" aria-pressed="true"`, `name="version" value="4"`, "34 terms", "/crime/", "Urgent", "legal duty", "1,283",
			"95 %", "76 %", "99.1 %", "It fired too often.", `action="/console/rules/r1/release"`, `name="version" value="3"`, "/console/rules/new?site=courier&amp;kind=rate", `action="/console/rules/starter"`,
			"about 2.8 % (1.3 % to 6.0 %)", `data-try`, "<mark>crooks</mark>"}},
		"rules-moderator": {func(w io.Writer) error {
			return p.Rules(w, ui.RulesPage{Frame: ui.Frame{User: &ui.User{Name: "Bo"}}, Site: "courier", Rules: []ui.RuleRow{{ID: "r1", Name: "Names", Mode: "enforce"}}})
		}, []string{`chip-mode-enforce`, "not judged yet"}},
		"rules-none": {func(w io.Writer) error { return p.Rules(w, ui.RulesPage{Frame: frame, Site: "courier"}) }, []string{"No rules yet"}},
		"rule-keyword": {func(w io.Writer) error {
			return p.Rule(w, rule("keyword", ui.SpecField{Name: "terms", Type: "lines", Rows: 3, Required: true}, ui.SpecField{Name: "fields", Type: "checks", Options: []string{"text", "name"}, Set: "rule.field"}))
		}, []string{"lorem\nipsum</textarea>", `name="fields" value="text" id="f-fields" checked`, `action="/console/rules/r1/delete"`, `id="rule-form"`, `form="rule-form"`,
			`formaction="/console/rules/try"`, `formaction="/console/backtests"`, `name="version" value="2"`, "fired on 41 of 12,300", "Did not finish", "This rule does not fire.", "Version 2", "Postbag itself"}},
		"rule-rate": {func(w io.Writer) error {
			return p.Rule(w, rule("rate", ui.SpecField{Name: "count", Type: "number", Min: 1, Max: 9}, ui.SpecField{Name: "seconds", Type: "duration"}))
		}, []string{`name="seconds_unit"`, `<option value="60" selected>`, `max="9" min="1"`}},
		"rule-links": {func(w io.Writer) error {
			return p.Rule(w, rule("links", ui.SpecField{Name: "more_than", Type: "number", Max: 9}, ui.SpecField{Name: "shorteners", Type: "flag"}))
		}, []string{`type="checkbox" name="shorteners" value="1"`}},
		"rule-flood": {func(w io.Writer) error {
			return p.Rule(w, rule("flood", ui.SpecField{Name: "across", Type: "choice", Options: []string{"site", "article"}, Set: "rule.across"}))
		}, []string{`type="radio" name="across" value="site"`}},
		"rule-expression": {func(w io.Writer) error {
			v := rule("expression", ui.SpecField{Name: "when", Type: "code", Rows: 3})
			v.Variables = []ui.Variable{{Name: "author.approved", Type: "number", Doc: "comments that were approved"}}
			return p.Rule(w, v)
		}, []string{`class="code-field" dir="ltr" spellcheck="false"`, "author.approved", "comments that were approved"}},
		"rule-text":    {func(w io.Writer) error { return p.Rule(w, typed) }, []string{`name="as" value="text"`, "name: x</textarea>", `href="/console/rules/new?site=courier&amp;kind=keyword"`}},
		"rule-refused": {func(w io.Writer) error { return p.Rule(w, refused) }, []string{"4 things need your attention", `<a href="#f-terms">Words and phrases</a>: Line 2: too long.`, "All of it.", "Who knows?", `id="f-terms-error"`, "Bo saved this rule", "name: &lt;x&gt;", "autofocus"}},
		"backtest": {func(w io.Writer) error { return p.Backtest(w, backtest()) }, []string{"Would have held 41 of 12,300 comments (0.3 %), about 2 a day.", "moderators later removed 30 and approved 5", "<rect x=", "<title>1 Nov 2026: 3</title>",
			`<th scope="row">1 Nov 2026</th>`, `name="mode" value="hold-only"`, "1 of 30", "<mark>crooks</mark>", `href="/console/rules/r2"`, "No address was known."}},
		"backtest-running": {func(w io.Writer) error {
			v := backtest()
			v.State, v.Result, v.Done, v.Frame.Refresh = "running", nil, 6150, 2
			return p.Backtest(w, v)
		}, []string{`<progress class="progress" max="100" value="50"`, `<noscript><meta http-equiv="refresh" content="2"></noscript>`, `data-backtest="/api/b1"`, `action="/console/backtests/b1/cancel"`}},
		"backtest-failed": {func(w io.Writer) error {
			return p.Backtest(w, ui.BacktestPage{Frame: frame, State: "failed", Problem: "The server stopped."})
		}, []string{"Did not finish", "The server stopped."}},
		"backtest-outdated": {func(w io.Writer) error { v := backtest(); v.Outdated = true; return p.Backtest(w, v) }, []string{"has been changed since"}},
		"backtest-nothing": {func(w io.Writer) error {
			v := backtest()
			v.Result = &ui.BacktestResult{Comments: 12300}
			return p.Backtest(w, v)
		}, []string{"Would have fired on none of 12,300 comments."}},
		"words": {func(w io.Writer) error {
			return p.Words(w, ui.WordsPage{Frame: frame, Site: "courier", Form: form, Formats: []string{"plain", "wordpress"}, Fields: []string{"text"},
				Preview: &ui.WordsPreview{Terms: 412, Sample: []string{"casino"}, Duplicates: 2, Note: "WordPress looks inside words.", More: 3,
					Skipped: []ui.SkippedLine{{Line: 7, Text: "1.2.3.4", Why: "An address."}}, Changed: []ui.SkippedLine{{Line: 9, Text: "*x*", Why: "Stars."}}}})
		}, []string{"412 entries can be used", "1.2.3.4", "An address.", "and 3 more", "2 stand there twice", "WordPress looks inside words.", `name="do" value="add"`, `enctype="multipart/form-data"`}},
		"file": {func(w io.Writer) error {
			return p.RulesFile(w, ui.RulesFilePage{Frame: frame, Site: "courier", Form: form, Plan: &ui.RulesPlan{Added: []string{"Casino"}, Kept: []string{"Old"}}})
		}, []string{"1 rule would change", "Casino", "Not in the file, and kept", `name="do" value="apply"`, "/console/rules/export?site=courier"}},
		"file-bad": {func(w io.Writer) error {
			return p.RulesFile(w, ui.RulesFilePage{Frame: frame, Site: "courier", Problems: []ui.FileProblem{{Line: 3, Text: "No such field.", Source: "auhtor: <1>"}}})
		}, []string{"1 fault in the file", "Line 3:", "auhtor: &lt;1&gt;"}},
		"moves": {func(w io.Writer) error {
			return p.Moves(w, ui.MovesPage{Frame: frame, Sites: []ui.Option{{Value: "a", Label: "A"}, {Value: "b", Label: "B"}}, Site: "a", Form: form, NextURL: "/console/moves?cursor=v1",
				Moves: []ui.MoveRow{{ID: "v1", Kind: "host", State: "done", Title: "old.example → <new>", By: "Ada", At: day, Articles: 1283}}})
		}, []string{`name="do" value="map"`, `name="do" value="redirects"`, "/console/moves/v1", "1,283", "&lt;new&gt;", `rel="next"`}},
		"move": {func(w io.Writer) error {
			return p.Move(w, ui.MovePage{Frame: frame, Site: "a", Move: ui.MoveRow{ID: "v1", Kind: "map", State: "planned", Title: "map.csv", At: day, Articles: 2}, Origins: []string{"new.example"},
				Numbers: []ui.MoveNumber{{Key: "articles", N: 1283}}, Faults: []ui.FileProblem{{Line: 3, Text: "No address.", Source: "<x>"}}, FaultsMore: 7, Notes: []ui.FileProblem{{Text: "Answers 404."}}, NotesMore: 8,
				Changes: []ui.MoveChange{{From: "https://x.example/1", To: "https://y.example/1", Into: "a7", Comments: 1, Detail: "Closed."}}, ChangesMore: 9})
		}, []string{`name="skip_bad"`, `name="do" value="run"`, `name="do" value="drop"`, "1,283", "new.example", "&lt;x&gt;", "And 7 more", "And 8 more", "And 9 more", "article a7", "1 comment"}},
		"move-running": {func(w io.Writer) error {
			return p.Move(w, ui.MovePage{Frame: ui.Frame{User: user, Refresh: 2}, Move: ui.MoveRow{ID: "v1", State: "running"}, Busy: true, CanUndo: true, Done: 1, Total: 4, Problem: "Bad.", UndoneBy: "Bo"})
		}, []string{"data-again", `http-equiv="refresh"`, `value="25"`, `name="do" value="undo"`, "Bad.", "undone by Bo"}},
		"log": {func(w io.Writer) error {
			return p.Log(w, ui.LogPage{Frame: frame, Site: "courier", Kinds: []string{"rule", "brake"}, Kind: "brake", Alerts: true, NextURL: "/console/log?cursor=x",
				Notes: []ui.NoteRow{{Kind: "brake", Text: "It fired too often.", Alert: true, At: day, URL: "/console/rules/r1"}, {Kind: "rule", Text: "Switched on.", By: "Bo", At: day}}})
		}, []string{"It fired too often.", "Postbag itself", "Bo", `<option value="brake" selected>`, `name="alerts" value="1" checked`, `rel="next"`}},
		"imports": {func(w io.Writer) error {
			return p.Imports(w, ui.ImportsPage{Frame: frame, Site: "courier", Sites: []ui.Option{{Value: "courier"}, {Value: "herald"}}, Formats: []ui.ImportFormat{{Key: "disqus", Name: "Disqus", About: "XML."}},
				Limit: "2.0 GiB", Form: ui.Form{Values: url.Values{"origins_only": {"1"}}, Errors: map[string]string{"file": "Choose a file."}}, NextURL: "/console/imports?cursor=i1",
				Runs: []ui.ImportRow{{ID: "i2", File: "<a>.xml", Format: "Disqus", State: "interrupted", By: "Bo", At: day, Added: 1283}}})
		}, []string{`enctype="multipart/form-data"`, "at most 2.0 GiB", "&lt;a&gt;.xml", "Interrupted", "1,283 comments added", `id="f-file-error"`, `name="origins_only" value="1" checked`, `rel="next"`}},
		"import": {func(w io.Writer) error { return p.Import(w, imported()) }, []string{"Added 41 comments, of 60 posts", "far.example", "thread-missing", `href="/thread/courier?id=1"`, `formaction="/console/imports/i2/cancel"`,
			"/console/imports/i2/undo", "report.json", "3 comments are here already", "See what waits", "Disk full."}},
		"import-running": {func(w io.Writer) error {
			v := imported()
			v.State, v.Percent, v.Text, v.Frame.Refresh = "running", 47, "Sorting.", 2
			return p.Import(w, v)
		}, []string{`<progress class="progress" max="100" value="47"`, "Sorting.", `data-run="/p"`, `content="2"`, "You can close this page."}},
		"import-undone": {func(w io.Writer) error {
			v := imported()
			v.State = "undone"
			return p.Import(w, v)
		}, []string{"The import is undone", "2 a moderator decided", "<dd>39</dd>"}},
		"import-undo": {func(w io.Writer) error {
			return p.ImportUndo(w, ui.ImportUndoPage{Frame: frame, ID: "i2", File: "a.xml", Done: true, Undo: imported().Undo})
		}, []string{"Undo the import", `action="/console/imports/i2/undo"`, "disqus:7", "2 names of older articles stay"}},
		"import-looking": {func(w io.Writer) error {
			return p.ImportUndo(w, ui.ImportUndoPage{Frame: frame, ID: "i2", File: "a.xml", Seen: 1000, Total: 1283})
		}, []string{"1,000 of 1,283 comments", "data-run"}},
		"log-none": {func(w io.Writer) error { return p.Log(w, ui.LogPage{Frame: frame}) }, []string{"Nothing has happened yet"}},
		"account": {func(w io.Writer) error {
			return p.Account(w, ui.AccountPage{Frame: frame, NewToken: "pb_secret", Tokens: []ui.Token{{ID: "t1", Name: "bot", CreatedAt: day}}})
		}, []string{"pb_secret", `action="/console/account/tokens/t1/revoke"`, "never used", "data-shortcuts-switch"}},
		"error": {func(w io.Writer) error {
			return p.Error(w, ui.ErrorPage{Status: 404, Title: "Not found", Detail: "That page is not here.", NextURL: "/console", NextLabel: "Go to the queue"})
		}, []string{"404", "That page is not here.", "Go to the queue"}},
		"thread":        {func(w io.Writer) error { return p.Thread(w, thread()) }, []string{`<p>Hello</p>`, `id="comment-c1"`, "Anonymous", "This comment was deleted.", `rel="next"`, `name="parent" value="c2"`, `aria-describedby="f-text-error f-text-hint"`, `lang="en" dir="ltr"`, `name="key" value="k-12345678"`, "&lt;b&gt;typed"}},
		"thread-closed": {func(w io.Writer) error { return p.Thread(w, ui.ThreadPage{SiteName: "Courier", Closed: true}) }, []string{"This discussion is closed."}},
		"thread-members": {func(w io.Writer) error {
			return p.Thread(w, ui.ThreadPage{SiteName: "Courier", URL: "https://x.example/1", Members: true, Form: ui.Form{Values: url.Values{"text": {"<typed>"}}}})
		}, []string{"Only readers who are signed in to Courier", "Sign in on the page", "&lt;typed&gt;</textarea>"}},
		"post": {func(w io.Writer) error {
			return p.Post(w, ui.PostPage{Language: p.Language("fr"), SiteName: "Courier", Title: "Title <1>", URL: "https://x.example/1#comment-c2", Comment: ui.ThreadComment{ID: "c2", Anchor: "comment-c2", Badge: "member", Body: "<p>Second</p>", CreatedAt: day},
				Parent: &ui.ThreadComment{ID: "c1", Anchor: "comment-c1", Tombstone: true}, ParentURL: "https://x.example/1#comment-c1"})
		}, []string{`<h1 class="sr">Commentaire de Anonyme</h1>`, `lang="fr"`, "<p>Second</p>", "Membre", "Ce commentaire a été supprimé.", "Title &lt;1&gt;", `href="https://x.example/1#comment-c2"`}},
		"post-missing": {func(w io.Writer) error {
			return p.Post(w, ui.PostPage{Language: p.Language(), Missing: true, Detail: "Too <long>."})
		}, []string{"This comment cannot be shown", "Too &lt;long&gt;."}},
		"demo": {func(w io.Writer) error {
			return p.Demo(w, ui.DemoPage{ArticleURL: "http://127.0.0.1:8080/demo", ScriptURL: "/embed.js?site=demo", ThreadURL: "/thread/demo?id=harbour", ConsoleURL: "/console"})
		}, []string{`src="/embed.js?site=demo"`, `href="/thread/demo?id=harbour"`}},
	}
}

func tried() *ui.TryResult {
	return &ui.TryResult{Action: "hold", Verdict: "It would wait.", Silent: true, Problems: []string{"Line 1: no."}, Untried: []string{"Rate"},
		Parts:    []ui.Part{{Text: "All "}, {Text: "crooks", Marked: true}},
		Findings: []ui.TryFinding{{Name: "Names", Effect: "holds it", Action: "hold", Detail: "matches", Words: []string{"crooks"}, Mine: true}, {Name: "Casino", Effect: "would refuse it"}},
		Folds:    []ui.Fold{{Field: "text", Text: "all crooks", Readings: []ui.Reading{{Written: "ĸ", What: "read as k"}}}}}
}

func imported() ui.ImportPage {
	articles := []ui.ImportArticle{{Name: "https://courier.example/1", URL: "/thread/courier?id=1", Posts: 50, Threads: 2}}
	return ui.ImportPage{Frame: frame, ID: "i2", Site: "courier", SiteName: "Courier", File: "a.xml", Format: "Disqus", Size: "14 KiB", State: "failed", Problem: "Disk full.", By: "Bo", At: day,
		Kept: true, Added: 41, Progress: "/p", Undoable: true, PendingURL: "/console?lane=pending", ArticlesURL: "/console/articles",
		Report: &ui.ImportReport{Total: 60, Classes: []ui.ImportClass{{Key: "approved", N: 42}, {Key: "orphaned", N: 12}}, Added: 41, Unchanged: 3, Skipped: 1, Threads: 4, Articles: 3, Merged: ui.ImportList{All: 1, List: articles},
			Foreign: ui.ImportList{All: 2, List: articles}, Hosts: []string{"far.example"}, Largest: articles, Tallied: 3, Images: 2, ProblemCount: 61, Downloads: "/f/",
			Problems: []ui.ImportProblem{{Line: 7, ID: "12", Code: "thread-missing", Detail: "Not there."}}, ProblemPage: 1, PrevURL: "?problems=0", NextURL: "?problems=2"},
		Undo: &ui.ImportUndo{Removed: 39, Kept: 2, TakenDown: 1, Articles: 3, Names: 1, Authors: 4, Stays: 2, Why: []ui.ImportClass{{Key: "decided", N: 2}},
			List: []ui.ImportKept{{ID: "c7", External: "disqus:7", Why: "decided", URL: "/console?article=a1"}}}}
}

func backtest() ui.BacktestPage {
	example := ui.Example{ID: "c1", Author: "Bo", Article: "Title", At: day, Parts: []ui.Part{{Text: "crooks", Marked: true}}, Detail: "matches"}
	return ui.BacktestPage{Frame: frame, ID: "b1", API: "/api/b1", Site: "courier", RuleID: "r1", RuleName: "Names", Summary: "34 terms", Kind: "keyword", Action: "hold", Text: "name: Names",
		State: "done", Done: 12300, Total: 12300, From: day, To: day, By: "Ada",
		Result: &ui.BacktestResult{Comments: 12300, Fired: 41, PerDay: 1.9, Removed: 30, Approved: 5, Undecided: 6, Precision: ui.Share{Of: 35, Percent: 85.7, Low: 70, High: 94},
			Days: []ui.DayCount{{Label: "1 Nov 2026", Fired: 3, Comments: 400}, {Label: "2 Nov 2026", Comments: 390}}, Load: "about 2 a day", Changes: []string{"36 more"},
			Overlap: []ui.Overlap{{ID: "r2", Name: "Casino", Both: 4}}, Notes: []string{"No address was known."},
			Examples: []ui.ExampleGroup{{Outcome: "removed", All: 30, List: []ui.Example{example}}, {Outcome: "approved"}}}}
}

func thread() ui.ThreadPage {
	reply := ui.ThreadComment{ID: "c2", Anchor: "comment-c2", Parent: "c1", Depth: 1, Body: template.HTML("<p>Second</p>"), CreatedAt: day, ReplyURL: "?reply=c2#reply-form"}
	return ui.ThreadPage{Site: "courier", SiteName: "Courier", Action: "/thread/courier?id=1", ID: "1", URL: "https://x.example/1", Title: "Title", Count: 2, Key: "k-12345678",
		Comments: []ui.ThreadComment{
			{ID: "c1", Anchor: "comment-c1", Author: "Bo", Badge: "staff", Body: "<p>Hello</p>", CreatedAt: day, Edited: true, Likes: 1, ReplyURL: "?reply=c1#reply-form"},
			reply,
			{ID: "c3", Anchor: "comment-c3", Parent: "c2", Depth: 2, Tombstone: true},
			{ID: "c4", Anchor: "comment-c4", Parent: "c3", Depth: 3, Body: "<p>Deep</p>", CreatedAt: day},
			{ID: "c9", Anchor: "comment-c9", Parent: "c-not-here", Depth: 4, Body: "<p>Stray</p>", CreatedAt: day},
		},
		NextURL: "?cursor=x", OldestURL: "?sort=oldest", NewestURL: "?sort=newest", ReplyTo: &reply, CancelReply: "?id=1",
		Form:   ui.Form{Values: url.Values{"text": {"<b>typed"}}, Errors: map[string]string{"text": "Please write something."}},
		Posted: &ui.Posted{}}
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
	open := []string{"flash.", "nav.", "rule.kind.", "rule.action.", "rule.mode.", "rule.field.", "rule.who.", "role.", "badge.", "mode.short.", "rule.priority.", "rule.state.", "rule.across.", "author.kind.", "spec.",
		"try.verdict.", "try.effect.", "try.would.", "try.unread", "try.counting", "backtest.would.", "backtest.state.", "backtest.change.", "backtest.examples.", "backtest.load.",
		"words.format.", "log.kind.", "heat.", "import.state.", "import.class.", "import.means.", "import.why.", "import.reading", "import.sorting", "import.writing", "import.left", "moves.kind.", "moves.state.", "moves.busy.", "moves.number.", "signin.fault.", "signin.hint.", "signin.sample."}
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

// The samples on the page are those of the documentation.
func TestSamplesAreDocumented(t *testing.T) {
	docs, err := os.ReadFile("../../docs/sso.md")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("templates/samples/*.txt")
	if err != nil || len(files) < 7 {
		t.Fatalf("samples %v, %v", files, err)
	}
	for _, file := range files {
		code, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		if !bytes.Contains(docs, code) {
			t.Errorf("docs/sso.md does not show %s", file)
		}
	}
}

func TestSpan(t *testing.T) {
	p := mustPages(t)
	for d, want := range map[time.Duration]string{
		0: "1 second", time.Second: "1 second", 90 * time.Second: "1 minute 30 seconds", 25 * time.Minute: "25 minutes", time.Hour + time.Second: "1 hour",
		3*time.Hour + 5*time.Minute + time.Second: "3 hours 5 minutes", 1500 * 24 * time.Hour: "1,500 days",
	} {
		if got := p.Span(d); got != want {
			t.Errorf("Span(%s) = %q, want %q", d, got, want)
		}
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
		return p.Rules(w, ui.RulesPage{Frame: ui.Frame{User: user, Flash: &ui.Flash{Kind: "ok", Text: "Done", UndoAction: "/console/rules/r1/mode", UndoFields: url.Values{"mode": {"draft"}}}}})
	})
	if !strings.Contains(got, `action="/console/rules/r1/mode"`) || !strings.Contains(got, `name="mode" value="draft"`) {
		t.Errorf("no undo form in\n%s", got)
	}
}
