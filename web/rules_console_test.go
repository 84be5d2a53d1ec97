package web_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// A rule of every kind as somebody fills in its form, and the conditions that
// are stored.
func ruleForms() map[string]struct {
	fields []string
	spec   string
} {
	type form = struct {
		fields []string
		spec   string
	}
	return map[string]form{
		"keyword":     {[]string{"terms", "turnip\n\n# roots\nswede*", "fields", "text", "fields", "name", "at_least", "2"}, `{"at_least":2,"fields":["text","name"],"terms":["turnip","# roots","swede*"]}`},
		"rate":        {[]string{"count", "5", "seconds", "2", "seconds_unit", "3600", "burst", "0", "by", "author", "by", "article"}, `{"burst":0,"by":["author","article"],"count":5,"seconds":7200}`},
		"flood":       {[]string{"copies", "3", "hours", "24", "similarity", "70", "authors", "2", "across", "article"}, `{"across":"article","authors":2,"copies":3,"hours":24,"similarity":70}`},
		"links":       {[]string{"more_than", "0", "hosts", "casino.example\npalace.example", "except_hosts", "news.example", "shorteners", "1", "first_link", "1"}, `{"except_hosts":["news.example"],"first_link":true,"hosts":["casino.example","palace.example"],"more_than":0,"shorteners":true}`},
		"author":      {[]string{"approved_below", "3", "removed_share_above", "50", "author_kind", "guest", "names", "Admin\nEditor"}, `{"approved_below":3,"kind":["guest"],"names":["Admin","Editor"],"removed_share_above":50}`},
		"expression":  {[]string{"when", "links > 2 && author.approved < 3"}, `{"when":"links \u003e 2 \u0026\u0026 author.approved \u003c 3"}`},
		"combination": {[]string{"conditions", "at_least: 2\nof:\n  - keyword:\n      terms: [hill school]\n  - keyword:\n      terms: [mill lane]\n  - not:\n      author:\n        younger_than: 7d\n"}, `{"at_least":2,"of":[{"keyword":{"terms":["hill school"]}},{"keyword":{"terms":["mill lane"]}},{"not":{"author":{"younger_than_hours":168}}}]}`},
	}
}

// Every kind can be written in a form and comes back in the form as it was typed;
// saving it again is no change, and makes no new version.
func TestRuleFormsOfEveryKind(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	for kind, tt := range ruleForms() {
		t.Run(kind, func(t *testing.T) {
			r.doWith(client, request{path: "/console/rules/new?site=news&kind=" + kind}).wantPage(t, 200, "Save rule", "Try a text", "Start backtest")
			head := []string{"site", "news", "kind", kind, "name", "My " + kind, "action", "hold", "mode", "hold-only", "priority", "20", "tag", "look", "sections", "/crime/\n/courts/", "articles", "story", "legal", "1"}
			r.form(client, "/console/rules/new", append(head, tt.fields...)...).wantRedirect(t, "/console/rules?done=rule-saved&site=news")
			stored := r.rule(t, "My "+kind)
			if !sameJSON(stored.Spec, tt.spec) || stored.Action != models.Hold || stored.Mode != "hold-only" || stored.Priority != 20 || stored.Tag != "look" || !stored.Legal ||
				fmt.Sprint(stored.Scope) != "{[/crime/ /courts/] [story]}" {
				t.Fatalf("stored %+v, want %s", stored, tt.spec)
			}
			path := "/console/rules/" + models.RuleID.Format(stored.ID)
			got := r.doWith(client, request{path: path})
			got.wantPage(t, 200, "My "+kind, "/crime/\n/courts/", `<option value="20" selected>`)
			again := formOf(t, got.body)
			r.form(client, path, again...).wantRedirect(t, "/console/rules?done=rule-saved&site=news")
			if saved := r.rule(t, "My "+kind); !sameJSON(saved.Spec, tt.spec) || saved.Version != 1 || fmt.Sprint(saved.Scope) != fmt.Sprint(stored.Scope) {
				t.Errorf("saved again without a change: %+v", saved)
			}
			r.doWith(client, request{path: path + "?as=text"}).wantPage(t, 200, "My "+kind, `name="as" value="text"`)
		})
	}
	r.doWith(client, request{path: "/console/rules?site=news"}).wantPage(t, 200, "My keyword", "My flood", "Urgent", "legal duty", "Only in", "look")
	r.doWith(client, request{path: "/console/rules/new?site=news&kind=odd"}).wantPage(t, 404)
	r.doWith(client, request{path: "/console/rules/new?site=nowhere&kind=rate"}).wantPage(t, 404)
}

// rule finds a stored rule by its name.
func (r *rig) rule(t *testing.T, name string) models.Rule {
	t.Helper()
	list, err := r.service.Rules(t.Context(), "news")
	r.must(err)
	for _, rule := range list {
		if rule.Name == name {
			return rule
		}
	}
	t.Fatalf("there is no rule %q", name)
	return models.Rule{}
}

func sameJSON(a, b string) bool {
	var x, y any
	return json.Unmarshal([]byte(a), &x) == nil && json.Unmarshal([]byte(b), &y) == nil && fmt.Sprint(x) == fmt.Sprint(y)
}

var (
	textareas = regexp.MustCompile(`(?s)<textarea[^>]* name="([^"]+)"[^>]*>\n(.*?)</textarea>`)
	inputs    = regexp.MustCompile(`<input [^>]*>`)
	selects   = regexp.MustCompile(`(?s)<select[^>]* name="([^"]+)".*?</select>`)
	chosen    = regexp.MustCompile(`<option value="([^"]*)" selected>`)
	attribute = regexp.MustCompile(`(type|name|value)="([^"]*)"`)
)

// formOf reads the fields of the rule's form as a browser would send them.
func formOf(t *testing.T, page string) []string {
	t.Helper()
	_, page, _ = strings.Cut(page, `id="rule-form"`)
	page, _, _ = strings.Cut(page, "</form>")
	var pairs []string
	for _, m := range textareas.FindAllStringSubmatch(page, -1) {
		pairs = append(pairs, m[1], unescape(m[2]))
	}
	for _, m := range selects.FindAllStringSubmatch(page, -1) {
		if option := chosen.FindStringSubmatch(m[0]); option != nil {
			pairs = append(pairs, m[1], option[1])
		}
	}
	for _, tag := range inputs.FindAllString(page, -1) {
		at := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
			at[m[1]] = m[2]
		}
		if box := at["type"] == "radio" || at["type"] == "checkbox"; !box || strings.Contains(tag, " checked") {
			pairs = append(pairs, at["name"], unescape(at["value"]))
		}
	}
	return pairs
}

func unescape(text string) string {
	return strings.NewReplacer("&amp;", "&", "&lt;", "<", "&gt;", ">", "&#34;", `"`, "&#39;", "'", "&#43;", "+").Replace(text)
}

// What is wrong with a form is said at its field, with the line, and nothing that
// was typed is lost.
func TestRefusedRuleForms(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	head := func(kind string, more ...string) []string {
		return append([]string{"site", "news", "kind", kind, "name", "Mine", "action", "hold", "mode", "enforce"}, more...)
	}
	tests := []struct {
		name   string
		fields []string
		want   []string
	}{
		{"no name", append(head("links", "more_than", "1"), "name", ""), nil},
		{"no words", head("keyword", "terms", "", "fields", "text"), []string{`id="f-terms-error"`}},
		{"a bad line", head("keyword", "terms", "leek\n\n!\n", "fields", "text"), []string{`id="f-terms-error">Line 3: `, "leek"}},
		{"nowhere to look", head("keyword", "terms", "leek"), []string{"Choose where to look.", "leek"}},
		{"no number", head("links", "more_than", "few"), []string{`id="f-more-than-error">Write a whole number.`}},
		{"two faults", head("rate", "count", "x", "seconds", "y", "by", "author"), []string{"2 things need your attention", `id="f-count-error"`, `id="f-seconds-error"`}},
		{"a bad host", head("links", "hosts", "good.example\nnot a host"), []string{`id="f-hosts-error">Line 2: `}},
		{"a bad section", head("links", "more_than", "1", "sections", "crime"), []string{`id="f-sections-error">Line 1: `, "<details open>"}},
		{"a bad formula", head("expression", "when", "links >"), []string{`id="f-when-error"`, "links &gt;</textarea>"}},
		{"an unknown variable", head("expression", "when", "auhtor.approved > 1"), []string{"auhtor"}},
		{"a bad combination", head("combination", "conditions", "all:\n  - keyword:\n      term: [x]\n"), []string{`id="f-conditions-error">Line 3: `, "terms"}},
		{"no combination", head("combination", "conditions", "keyword:\n  terms: [x]\n"), []string{"Begin with all, any"}},
		{"no action", append(head("links", "more_than", "1"), "action", "explode"), nil},
		{"bad text", []string{"site", "news", "kind", "keyword", "as", "text", "yaml", "version: 1\nrules:\n  - name: X\n    keywrod: {terms: [x]}\n    action: hold\n"}, []string{`id="f-yaml-error">Line 4: `, "keyword"}},
		{"two rules as text", []string{"site", "news", "kind", "keyword", "as", "text", "yaml", "version: 1\nrules: []\n"}, []string{"exactly one rule"}},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			values := url.Values{}
			for i := 0; i+1 < len(test.fields); i += 2 {
				if name := test.fields[i]; name == "name" || name == "action" {
					values.Set(name, test.fields[i+1])
				} else {
					values.Add(name, test.fields[i+1])
				}
			}
			got := r.doWith(client, request{method: "POST", path: "/console/rules/new", body: values})
			got.wantPage(t, 422, `id="problems"`, "autofocus")
			for _, want := range test.want {
				if !strings.Contains(got.body, want) {
					t.Errorf("the page lacks %q", want)
				}
			}
		})
	}
	if list, err := r.service.Rules(t.Context(), "news"); err != nil || len(list) != 0 {
		t.Errorf("stored %v, %v", list, err)
	}
}

func TestRuleSavedMeanwhile(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	added, err := r.service.AddRule(t.Context(), r.admin, "news", moderation.RuleDraft{Name: "Roots", Kind: "keyword", Action: models.Hold, Mode: "shadow", Spec: `{"terms":["turnip"]}`})
	r.must(err)
	id := models.RuleID.Format(added.ID)
	_, err = r.service.SetRuleMode(t.Context(), r.admin, id, 1, "enforce")
	r.must(err)
	mine := []string{"version", "1", "name", "Roots", "action", "hold", "mode", "shadow", "terms", "turnip\nleek", "fields", "text"}
	got := r.form(client, "/console/rules/"+id, mine...)
	got.wantPage(t, 409, "Root saved this rule while you were editing", "mode: enforce", "turnip\nleek", `name="version" value="2"`)
	mine[1] = "2"
	r.form(client, "/console/rules/"+id, mine...).wantRedirect(t, "/console/rules?done=rule-saved&site=news")
	r.form(client, "/console/rules/"+id+"/mode", "version", "1", "mode", "draft").wantPage(t, 409)
	r.form(client, "/console/rules/"+id+"/mode", "version", "3", "mode", "draft", "return", "/console/rules?site=news").wantRedirect(t, "/console/rules?done=rule-draft&site=news")
	r.form(client, "/console/rules/"+id+"/mode", "version", "4", "mode", "odd").wantPage(t, 422)
	r.form(client, "/console/rules/"+id+"/delete").wantRedirect(t, "/console/rules?done=rule-deleted&site=news")
	r.doWith(client, request{path: "/console/rules/" + id}).wantPage(t, 404)
}

func TestRuleAsText(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	text := "version: 1\nrules:\n  - name: By hand\n    any:\n      - links: {more_than: 3}\n      - keyword: {terms: [swede]}\n    action: tag\n    mode: shadow\n"
	r.doWith(client, request{path: "/console/rules/new?site=news&kind=combination&as=text"}).wantPage(t, 200, "version: 1")
	r.form(client, "/console/rules/new", "site", "news", "kind", "combination", "as", "text", "yaml", text).wantRedirect(t, "/console/rules?done=rule-saved&site=news")
	stored := r.rule(t, "By hand")
	if stored.Kind != "combination" || stored.Action != models.Tag {
		t.Errorf("stored %+v", stored)
	}
	path := "/console/rules/" + models.RuleID.Format(stored.ID)
	got := r.doWith(client, request{path: path + "?as=text"})
	got.wantPage(t, 200, "swede")
	r.form(client, path, formOf(t, got.body)...).wantRedirect(t, "/console/rules?done=rule-saved&site=news")
	if again := r.rule(t, "By hand"); again.Spec != stored.Spec {
		t.Errorf("saved again as text: %s, want %s", again.Spec, stored.Spec)
	}
}

// The test box answers a script in JSON, a form with the page it stands on, and
// says of a rule that is not finished what is missing.
func TestTryBox(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.holdWords("turnip")
	ask := func(pairs ...string) obj {
		t.Helper()
		values := url.Values{}
		for i := 0; i+1 < len(pairs); i += 2 {
			values.Add(pairs[i], pairs[i+1])
		}
		return r.doWith(client, request{method: "POST", path: "/console/rules/try", body: values, header: map[string]string{"Accept": "application/json"}}).want(t, 200)
	}
	said := ask("site", "news", "try_text", "Ünd a tμrnip 😡!")
	if said["action"] != "hold" || fmt.Sprint(said["parts"]) != "[map[marked:false text:Ünd a ] map[marked:true text:tμrnip] map[marked:false text: 😡!]]" {
		t.Errorf("said %v", said)
	}
	if f := said["findings"].([]any)[0].(obj); f["effect"] != "holds it" || f["mine"] != false || fmt.Sprint(f["words"]) != "[tμrnip]" || said["folds"].([]any)[0].(obj)["field"] != "the comment" {
		t.Errorf("findings %v", said["findings"])
	}
	mine := []string{"site", "news", "kind", "keyword", "name", "Mine", "action", "reject", "reason", "No roots.", "mode", "enforce", "fields", "text", "try_text", "A swede."}
	if said = ask(append(mine, "terms", "swede")...); said["verdict"] != "It would be rejected. The reader reads: “No roots.”" || said["silent"] != false {
		t.Errorf("said %v", said)
	}
	if said = ask(append(mine, "terms", "leek")...); said["action"] != "allow" || said["silent"] != true {
		t.Errorf("said %v", said)
	}
	if said = ask(append(mine, "terms", "leek\n!")...); said["action"] != "allow" || !strings.Contains(fmt.Sprint(said["problems"]), "Line 2: ") {
		t.Errorf("said %v of a rule that is not finished", said)
	}
	if said = ask("site", "news", "try_text", strings.Repeat("x", 6000)); said["action"] != "problem" || said["verdict"] == "" {
		t.Errorf("said %v of too long a text", said)
	}
	r.form(client, "/console/rules/try", append(mine, "terms", "swede")...).wantPage(t, 200, "<mark>swede</mark>", "New rule", "It would be rejected.")
	r.form(client, "/console/rules/try", "site", "news", "try_text", "turnip").wantPage(t, 200, "<mark>turnip</mark>", "It would wait for a moderator.")
	r.form(client, "/console/rules/try", "site", "nowhere", "try_text", "x").wantPage(t, 404)
}

func TestBacktestInTheBrowser(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	for range 3 {
		r.comment("A turnip.", obj{"key": fmt.Sprint(time.Now().UnixNano())})
	}
	r.comment("A swede.")
	form := []string{"site", "news", "kind", "keyword", "name", "Roots", "action", "hold", "mode", "shadow", "terms", "turnip", "fields", "text", "days", "30"}
	started := r.form(client, "/console/backtests", form...)
	page := started.header.Get("Location")
	if started.status != http.StatusSeeOther || !strings.HasPrefix(page, "/console/backtests/b") {
		t.Fatalf("started: %d %q %s", started.status, page, started.body)
	}
	got := r.ended(t, client, page)
	got.wantPage(t, 200, "Would have held 3 of 4 comments (75 %)", "Nobody has decided on 3.", "<mark>turnip</mark>", "Switch on, hold only", "name: Roots")
	r.form(client, page+"/apply", "mode", "shadow").wantRedirect(t, "/console/rules?done=rule-shadow&site=news")
	if rule := r.rule(t, "Roots"); rule.Mode != "shadow" || rule.Version != 1 {
		t.Errorf("stored %+v", rule)
	}
	r.form(client, page+"/apply", "mode", "enforce").wantRedirect(t, "/console/rules?done=rule-enforce&site=news")
	rule := r.rule(t, "Roots")
	if rule.Mode != "enforce" || rule.Version != 2 {
		t.Errorf("switched on %+v", rule)
	}
	path := "/console/rules/" + models.RuleID.Format(rule.ID)
	r.form(client, path, "version", "2", "name", "Roots", "action", "hold", "mode", "enforce", "terms", "swede", "fields", "text").wantRedirect(t, "/console/rules?done=rule-saved&site=news")
	r.doWith(client, request{path: page}).wantPage(t, 200, "has been changed since")
	changed := append([]string{"id", models.RuleID.Format(rule.ID)}, form...)
	r.ended(t, client, r.form(client, "/console/backtests", changed...).header.Get("Location")).wantPage(t, 200, "Would have held 3 of 4 comments", "Beside the rules in force")
	r.doWith(client, request{path: path}).wantPage(t, 200, "Earlier backtests", "fired on 3 of 4")
	form[len(form)-1] = "soon"
	r.form(client, "/console/backtests", form...).wantPage(t, 422, "Write a whole number.")
	r.form(client, page+"/apply", "mode", "odd").wantPage(t, 422)
	r.form(client, page+"/cancel").wantRedirect(t, page+"?done=backtest-cancelled")
	r.doWith(client, request{path: "/console/backtests/b99"}).wantPage(t, 404)
}

// ended loads the page of a backtest until that has ended.
func (r *rig) ended(t *testing.T, client *http.Client, page string) reply {
	t.Helper()
	deadline := time.Now().Add(30 * time.Second)
	got := r.doWith(client, request{path: page})
	for strings.Contains(got.body, "<progress") && time.Now().Before(deadline) {
		got = r.doWith(client, request{path: page})
	}
	return got
}

func TestWordListsInTheBrowser(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.doWith(client, request{path: "/console/rules/words?site=news"}).wantPage(t, 200, "WordPress", "Disqus")
	r.form(client, "/console/rules/words", "site", "news", "format", "disqus", "do", "look", "text", "casino, viagra\n1.2.3.4").
		wantPage(t, 200, "2 entries can be used", "1.2.3.4", "Make a rule of it")
	r.form(client, "/console/rules/words", "site", "news", "format", "odd", "text", "x").wantPage(t, 422, "plain, wordpress or disqus")
	r.form(client, "/console/rules/words", "site", "news", "format", "plain", "text", " ").wantPage(t, 422, "no entry here")
	r.form(client, "/console/rules/words", "site", "news", "format", "plain", "do", "add", "text", "casino", "name", "", "fields", "text").wantPage(t, 422, "casino", "needs a name")
	got := r.upload(client, "/console/rules/words", "casino\r\nroulette\r\n", "site", "news", "format", "plain", "do", "add", "name", "Gambling", "fields", "text")
	rule := r.rule(t, "Gambling")
	got.wantRedirect(t, "/console/rules/"+models.RuleID.Format(rule.ID)+"?done=words-added")
	if rule.Mode != "shadow" || rule.Spec != `{"terms":["casino","roulette"],"fields":["text"]}` {
		t.Errorf("stored %+v", rule)
	}
}

// upload posts a form with a file.
func (r *rig) upload(client *http.Client, path, content string, pairs ...string) reply {
	r.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	for i := 0; i+1 < len(pairs); i += 2 {
		r.must(w.WriteField(pairs[i], pairs[i+1]))
	}
	part, err := w.CreateFormFile("file", "list.txt")
	r.must(err)
	_, err = part.Write([]byte(content))
	r.must(err)
	r.must(w.Close())
	return r.doWith(client, request{method: "POST", path: path, body: body.String(), header: map[string]string{"Content-Type": w.FormDataContentType()}})
}

func TestRulesFileInTheBrowser(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.holdWords("turnip")
	got := r.doWith(client, request{path: "/console/rules/export?site=news"})
	if got.status != 200 || got.header.Get("Content-Disposition") != `attachment; filename="rules-news.yaml"` || !strings.Contains(got.body, "turnip") {
		t.Fatalf("export %d %v %s", got.status, got.header, got.body)
	}
	r.doWith(client, request{path: "/console/rules/export?site=nowhere"}).wantPage(t, 404)
	r.doWith(client, request{path: "/console/rules/file?site=news"}).wantPage(t, 200, "Show what would change", "postbag rules export --site news")
	r.upload(client, "/console/rules/file", got.body, "site", "news", "do", "plan").wantPage(t, 200, "Nothing would change", "turnip")
	file := "version: 1\nrules:\n  - name: Greens\n    keyword: {terms: [leek]}\n    action: hold\n"
	r.form(client, "/console/rules/file", "site", "news", "do", "plan", "prune", "1", "yaml", file).wantPage(t, 200, "2 rules would change", "Greens", "Words", "Apply these changes")
	r.form(client, "/console/rules/file", "site", "news", "do", "plan", "yaml", strings.Replace(file, "keyword", "keywodr", 1)).wantPage(t, 422, "1 fault in the file", "Line 4:", "keywodr: {terms: [leek]}")
	if list, _ := r.service.Rules(t.Context(), "news"); len(list) != 1 || list[0].Name != "Words" {
		t.Errorf("looking has changed something: %v", list)
	}
	r.form(client, "/console/rules/file", "site", "news", "do", "apply", "prune", "1", "yaml", file).wantRedirect(t, "/console/rules?done=rules-applied&site=news")
	if list, _ := r.service.Rules(t.Context(), "news"); len(list) != 1 || list[0].Name != "Greens" {
		t.Errorf("rules %v", list)
	}
	r.upload(client, "/console/rules/file", strings.Repeat("x", 5<<20), "site", "news").wantPage(t, 413, "too large")
}

func TestStarterSetAndLog(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.doWith(client, request{path: "/console/log"}).wantPage(t, 200, "Nothing has happened yet")
	r.doWith(client, request{path: "/console/rules"}).wantPage(t, 200, "Add the starter set")
	r.form(client, "/console/rules/starter", "site", "news").wantRedirect(t, "/console/rules?done=starter-added&site=news")
	list, err := r.service.Rules(t.Context(), "news")
	r.must(err)
	for _, rule := range list {
		if rule.Mode != "shadow" {
			t.Errorf("%s is in mode %s, want shadow", rule.Name, rule.Mode)
		}
	}
	page := r.doWith(client, request{path: "/console/rules"})
	if page.wantPage(t, 200, list[0].Name); len(list) == 0 || strings.Contains(page.body, "Add the starter set") {
		t.Errorf("%d rules, and the set is offered again", len(list))
	}
	r.form(client, "/console/rules/starter", "site", "news").wantRedirect(t, "/console/rules?done=starter-added&site=news")
	if again, _ := r.service.Rules(t.Context(), "news"); len(again) != len(list) {
		t.Errorf("%d rules, then %d", len(list), len(again))
	}
	id := models.RuleID.Format(list[0].ID)
	r.doWith(client, request{path: "/console/log?site=news&kind=rule"}).wantPage(t, 200, "Root", `href="/console/rules/`+id)
	r.doWith(client, request{path: "/console/log?site=news&alerts=1"}).wantPage(t, 200, "Nothing of this kind")
	r.doWith(client, request{path: "/console/log?site=news&kind=odd"}).wantPage(t, 422)
	r.doWith(client, request{path: "/console/log?site=nowhere"}).wantPage(t, 404)
	r.form(client, "/console/rules/"+id+"/release", "version", "1").wantRedirect(t, "/console/rules/"+id+"?done=rule-released&n=0")
	r.doWith(client, request{path: "/console/rules/" + id + "?done=rule-released&n=1283"}).wantPage(t, 200, "Restored: 1,283 comments")
	r.doWith(client, request{path: "/console/rules/" + id + "?done=rule-released&n=<b>"}).wantPage(t, 200, "Restored: 0 comments")
}

func TestHeatInTheBrowser(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.comment("One.")
	got := r.doWith(client, request{path: "/console/articles?site=news"})
	action := regexp.MustCompile(`/console/articles/a[0-9a-z]+`).FindString(got.body)
	save := []string{"state", "open", "mode", "", "notice", "", "heat", "hold-all"}
	r.form(client, action, save...).wantRedirect(t, "/console/articles?done=article-saved")
	r.doWith(client, request{path: "/console/articles?site=news"}).wantPage(t, 200, "hold everybody", "Back to normal")
	if held := r.comment("Two."); held["comment"].(obj)["status"] != "pending" {
		t.Errorf("a comment on an article that holds everybody is %v", held["comment"])
	}
	save[len(save)-1] = "read-only"
	r.form(client, action, save...).wantRedirect(t, "/console/articles?done=article-saved")
	if thread := r.get(threadPath).want(t, 200)["article"].(obj); thread["state"] != "closed" {
		t.Errorf("to readers a read-only article is %v", thread["state"])
	}
	key := strings.TrimPrefix(action, "/console/articles/")
	if article := r.api("GET", "/articles/"+key, nil).want(t, 200); article["state"] != "open" || article["heat"] != "read-only" {
		t.Errorf("to moderators it is %v", article)
	}
	r.do(request{method: "POST", path: postPath, body: strings.Replace(sound, "Hello", "Late", 1)}).wantProblem(t, 403, "closed")
	r.form(client, action, append(save, "cool", "1")...).wantRedirect(t, "/console/articles?done=article-saved")
	page := r.doWith(client, request{path: "/console/articles?site=news"})
	if page.wantPage(t, 200); strings.Contains(page.body, "Back to normal") {
		t.Error("the article is still hot")
	}
	r.form(client, action, "state", "open", "mode", "", "heat", "boiling").wantPage(t, 422)
	r.doWith(client, request{path: "/console/log?site=news&kind=heat"}).wantPage(t, 200, "Root")
}
