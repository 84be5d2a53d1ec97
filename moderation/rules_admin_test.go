package moderation_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

// nobody saves rules from the command line.
var nobody = models.Moderator{}

// words is a draft that holds comments with a word.
func words(name, word string) moderation.RuleDraft {
	return moderation.RuleDraft{Name: name, Kind: "keyword", Action: models.Hold, Spec: fmt.Sprintf(`{"terms":[%q]}`, word)}
}

func TestRules(t *testing.T) {
	b := newBench(t, false)
	draft := words(" Bad  words ", "bad")
	r, err := b.AddRule(t.Context(), nobody, "news", draft)
	if err != nil || r.Version != 1 || r.Mode != "enforce" || r.Name != "Bad words" || r.Promise != -1 {
		t.Fatalf("%+v, %v", r, err)
	}
	id := models.RuleID.Format(r.ID)
	if c := b.post(t, moderationOf("a bad word")).Comment; c.Status != models.Pending {
		t.Errorf("with the rule: %s", c.Status)
	}
	draft.Spec, draft.Kind = `{"terms":["worse"]}`, ""
	if r, err = b.SetRule(t.Context(), nobody, id, 1, draft); err != nil || r.Version != 2 || r.Kind != "keyword" {
		t.Fatalf("%+v, %v", r, err)
	}
	if c := b.post(t, moderationOf("a bad word again")).Comment; c.Status != models.Approved {
		t.Errorf("with the changed rule: %s", c.Status)
	}
	_, err = b.SetRule(t.Context(), nobody, id, 1, words("Bad words", "other"))
	refusal(t, err, models.CodeConflict)
	if got, err := b.Rule(t.Context(), id); err != nil || got.Version != 2 || got.Spec != draft.Spec {
		t.Errorf("%+v, %v", got, err)
	}
	if same, err := b.SetRule(t.Context(), nobody, id, 2, draft); err != nil || same.Version != 2 {
		t.Errorf("a change of nothing: version %d, %v", same.Version, err)
	}
	if err := b.DeleteRule(t.Context(), nobody, id); err != nil {
		t.Fatal(err)
	}
	if c := b.post(t, moderationOf("a worse word")).Comment; c.Status != models.Approved {
		t.Errorf("without the rule: %s", c.Status)
	}
	refusal(t, b.DeleteRule(t.Context(), nobody, id), models.CodeNotFound)
	_, err = b.Rule(t.Context(), id)
	refusal(t, err, models.CodeNotFound)
	_, err = b.SetRule(t.Context(), nobody, id, 2, draft)
	refusal(t, err, models.CodeNotFound)
	_, err = b.SetRuleMode(t.Context(), nobody, id, 2, "shadow")
	refusal(t, err, models.CodeNotFound)
	_, err = b.Rules(t.Context(), "nowhere")
	refusal(t, err, models.CodeNotFound)
	_, err = b.RuleVersions(t.Context(), "rzzz")
	refusal(t, err, models.CodeNotFound)
	versions, err := b.RuleVersions(t.Context(), id)
	if err != nil || len(versions) != 2 || versions[0].Version != 2 || versions[1].Spec != `{"terms":["bad"]}` {
		t.Errorf("versions of the deleted rule: %+v, %v", versions, err)
	}
}

func TestSetRuleMode(t *testing.T) {
	d := newDesk(t)
	r := d.rule(t, "vile", models.Reject)
	id := models.RuleID.Format(r.ID)
	shadow, err := d.SetRuleMode(t.Context(), d.anna, id, 1, "shadow")
	if err != nil || shadow.Mode != "shadow" || shadow.Version != 2 || shadow.Spec != r.Spec {
		t.Fatalf("%+v, %v", shadow, err)
	}
	if c := d.post(t, moderationOf("vile")).Comment; c.Status != models.Approved {
		t.Errorf("in shadow mode: %s", c.Status)
	}
	_, err = d.SetRuleMode(t.Context(), d.anna, id, 1, "enforce")
	refusal(t, err, models.CodeConflict)
	_, err = d.SetRuleMode(t.Context(), d.anna, id, 2, "on")
	if f := refusal(t, err, models.CodeInvalid).Fields; len(f) != 1 || f[0].Field != "mode" {
		t.Errorf("fields %+v", f)
	}
	versions, err := d.RuleVersions(t.Context(), id)
	if err != nil || len(versions) != 2 || versions[0].By != d.anna.ID || versions[0].Mode != "shadow" {
		t.Errorf("%+v, %v", versions, err)
	}
}

// A name says which rule is meant, in the queue and in files: no two rules of a
// site have the same.
func TestRuleNamesAreUnique(t *testing.T) {
	b := newBench(t, false)
	if _, err := b.AddSite(t.Context(), moderation.NewSite{Key: "other", Name: "Other", Origins: []string{"https://other.example"}, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	first, err := b.AddRule(t.Context(), nobody, "news", words("Éclair", "bad"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.AddRule(t.Context(), nobody, "news", words(" éCLAIR ", "worse"))
	r := refusal(t, err, models.CodeConflict)
	if !strings.Contains(r.Detail, "already a rule “éCLAIR”") || len(r.Fields) != 1 || r.Fields[0].Field != "name" {
		t.Errorf("%s, %+v", r.Detail, r.Fields)
	}
	second, err := b.AddRule(t.Context(), nobody, "news", words("Other", "worse"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = b.SetRule(t.Context(), nobody, models.RuleID.Format(second.ID), 1, words("éclair", "worse"))
	refusal(t, err, models.CodeConflict)
	if _, err = b.SetRule(t.Context(), nobody, models.RuleID.Format(first.ID), 1, words("ÉCLAIR", "bad")); err != nil {
		t.Errorf("its own name in other letters: %v", err)
	}
	if _, err = b.AddRule(t.Context(), nobody, "other", words("Éclair", "bad")); err != nil {
		t.Errorf("on another site: %v", err)
	}
}

func TestRuleRefusals(t *testing.T) {
	b := newBench(t, false)
	good := words("Bad words", "bad")
	r, err := b.AddRule(t.Context(), nobody, "news", good)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		change func(*moderation.RuleDraft)
		field  string
	}{
		"name":       {func(d *moderation.RuleDraft) { d.Name = " " }, "name"},
		"long name":  {func(d *moderation.RuleDraft) { d.Name = strings.Repeat("é", 101) }, "name"},
		"mode":       {func(d *moderation.RuleDraft) { d.Mode = "sometimes" }, "mode"},
		"action":     {func(d *moderation.RuleDraft) { d.Action = models.NoAction }, "action"},
		"no action":  {func(d *moderation.RuleDraft) { d.Action = models.Close + 1 }, "action"},
		"priority":   {func(d *moderation.RuleDraft) { d.Priority = 5 }, "priority"},
		"tag":        {func(d *moderation.RuleDraft) { d.Tag = strings.Repeat("t", 41) }, "tag"},
		"code":       {func(d *moderation.RuleDraft) { d.Code = strings.Repeat("c", 41) }, "code"},
		"section":    {func(d *moderation.RuleDraft) { d.Scope.Sections = []string{"/a/", "crime"} }, "scope.sections[1]"},
		"article":    {func(d *moderation.RuleDraft) { d.Scope.Articles = []string{" "} }, "scope.articles[0]"},
		"reason":     {func(d *moderation.RuleDraft) { d.Reason = strings.Repeat("é", 301) }, "reason"},
		"control":    {func(d *moderation.RuleDraft) { d.Reason = "a\x00b" }, "reason"},
		"no JSON":    {func(d *moderation.RuleDraft) { d.Spec = "terms" }, "spec"},
		"unknown":    {func(d *moderation.RuleDraft) { d.Spec = `{"terms":["bad"],"more":1}` }, "spec.more"},
		"no terms":   {func(d *moderation.RuleDraft) { d.Spec = `{"terms":[]}` }, "spec.terms"},
		"field":      {func(d *moderation.RuleDraft) { d.Spec = `{"terms":["bad"],"fields":["shoe"]}` }, "spec.fields[0]"},
		"too large":  {func(d *moderation.RuleDraft) { d.Spec = `{"terms":["` + strings.Repeat("x", 2<<20) + `"]}` }, "spec"},
		"bad entry":  {func(d *moderation.RuleDraft) { d.Spec = `{"terms":["a","b","!"]}` }, "spec.terms[2]"},
		"not UTF-8":  {func(d *moderation.RuleDraft) { d.Spec = "{\"terms\":[\"\xff\"]}" }, "spec"},
		"wrong type": {func(d *moderation.RuleDraft) { d.Spec = `{"terms":"bad"}` }, "spec.terms"},
	} {
		t.Run(name, func(t *testing.T) {
			in := good
			c.change(&in)
			_, err := b.AddRule(t.Context(), nobody, "news", in)
			f := refusal(t, err, models.CodeInvalid).Fields
			if len(f) != 1 || f[0].Field != c.field || !strings.HasSuffix(f[0].Detail, ".") || !strings.ContainsAny(f[0].Detail[:1], "ABCDEFGHIJKLMNOPQRSTUVWXYZ\xe2") {
				t.Errorf("fields %+v", f)
			}
			_, err = b.SetRule(t.Context(), nobody, models.RuleID.Format(r.ID), 1, in)
			refusal(t, err, models.CodeInvalid)
		})
	}
	for _, kind := range []string{"", "regex"} {
		in := good
		in.Kind = kind
		_, err := b.AddRule(t.Context(), nobody, "news", in)
		if f := refusal(t, err, models.CodeInvalid).Fields; f[0].Field != "kind" {
			t.Errorf("kind %q: %+v", kind, f)
		}
	}
	in := good
	in.Kind = "links"
	_, err = b.SetRule(t.Context(), nobody, models.RuleID.Format(r.ID), 1, in)
	refusal(t, err, models.CodeInvalid)
	if rules, err := b.Rules(t.Context(), "news"); err != nil || len(rules) != 1 || rules[0].Version != 1 {
		t.Errorf("refused rules left %+v, %v", rules, err)
	}
}

// The code of a rule is one of the site's reasons. One that was, and is not any
// more, is in nobody's way.
func TestRuleCodesAreReasons(t *testing.T) {
	b := newBench(t, false)
	draft := words("Words", "bad")
	draft.Code = "spma"
	_, err := b.AddRule(t.Context(), nobody, "news", draft)
	f := refusal(t, err, models.CodeInvalid).Fields
	if len(f) != 1 || f[0].Field != "code" || f[0].Detail != "This site has no reason “spma”, did you mean “spam”? Its reasons are: off-topic, abuse, personal-data, legal, spam, other." {
		t.Errorf("fields %+v", f)
	}
	_, err = b.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "x", Rule: &draft})
	if f := refusal(t, err, models.CodeInvalid).Fields; len(f) != 1 || f[0].Field != "rule.code" {
		t.Errorf("fields %+v", f)
	}
	list := []models.Rule{holdRule("A", "a"), holdRule("B", "b")}
	list[1].Code = "nonsense"
	for _, o := range []moderation.ApplyOptions{{}, {DryRun: true}} {
		_, err = b.ApplyRules(t.Context(), nobody, "news", list, o)
		if f := refusal(t, err, models.CodeInvalid).Fields; len(f) != 1 || f[0].Field != "rules[1].code" {
			t.Errorf("fields %+v", f)
		}
	}
	draft.Code = "spam"
	r, err := b.AddRule(t.Context(), nobody, "news", draft)
	if err != nil || r.Code != "spam" {
		t.Fatalf("%+v, %v", r, err)
	}
	id := models.RuleID.Format(r.ID)
	reasons := []models.Reason{{Key: "rude", Label: "Rude"}}
	if _, err := b.PatchSite(t.Context(), "news", moderation.SitePatch{Reasons: &reasons}); err != nil {
		t.Fatal(err)
	}
	if _, err := b.SetRuleMode(t.Context(), nobody, id, 1, "shadow"); err != nil {
		t.Errorf("a switch of mode: %v", err)
	}
	draft.Spec = `{"terms":["worse"]}`
	if _, err := b.SetRule(t.Context(), nobody, id, 2, draft); err != nil {
		t.Errorf("other words: %v", err)
	}
	draft.Code = "abuse"
	_, err = b.SetRule(t.Context(), nobody, id, 3, draft)
	refusal(t, err, models.CodeInvalid)
}

func TestRulesAreBounded(t *testing.T) {
	b := newBench(t, false)
	list := make([]models.Rule, moderation.MaxRules)
	for i := range list {
		list[i] = models.Rule{Name: fmt.Sprint("rule ", i), Kind: "links", Action: models.Hold, Mode: "draft", Spec: `{"more_than":2}`}
	}
	if plan, err := b.ApplyRules(t.Context(), nobody, "news", list, moderation.ApplyOptions{}); err != nil || len(plan.Added) != moderation.MaxRules {
		t.Fatalf("%d added, %v", len(plan.Added), err)
	}
	one := moderation.RuleDraft{Name: "more", Kind: "links", Action: models.Hold, Spec: `{"more_than":2}`}
	_, err := b.AddRule(t.Context(), nobody, "news", one)
	refusal(t, err, models.CodeConflict)
	_, err = b.ApplyRules(t.Context(), nobody, "news", []models.Rule{{Name: "more", Kind: "links", Action: models.Hold, Spec: `{"more_than":2}`}}, moderation.ApplyOptions{})
	refusal(t, err, models.CodeConflict)
}

// TestRuleChangesAreLogged: who changed which rule, and what, stands in the log.
func TestRuleChangesAreLogged(t *testing.T) {
	d := newDesk(t)
	r := d.rule(t, "vile", models.Reject)
	id := models.RuleID.Format(r.ID)
	draft := moderation.RuleDraft{Name: "Vile words", Action: models.Hold, Mode: "hold-only", Tag: "vile", Priority: 10, Legal: true, Spec: `{"terms":["vile","viler"]}`,
		Scope: models.Scope{Sections: []string{"/crime/"}}}
	if _, err := d.SetRule(t.Context(), d.anna, id, 1, draft); err != nil {
		t.Fatal(err)
	}
	if err := d.DeleteRule(t.Context(), d.ben, id); err != nil {
		t.Fatal(err)
	}
	page, err := d.Notes(t.Context(), "news", moderation.NoteQuery{Kind: "rule", Limit: 2})
	if err != nil || len(page.Notes) != 2 || page.Next == "" {
		t.Fatalf("%+v, %v", page, err)
	}
	gone, changed := page.Notes[0], page.Notes[1]
	if gone.ModeratorName != "Ben" || gone.Subject != id || !strings.HasPrefix(gone.Text, "Deleted the rule “Vile words”") {
		t.Errorf("%+v", gone)
	}
	want := "Changed the rule “vile”: name “Vile words” instead of “vile”, mode “hold-only” instead of “enforce”, action “hold” instead of “reject”, " +
		"tag “vile” instead of “”, reason “” instead of “Not here.”, priority 10 instead of 0, now for a legal duty, another scope, other conditions."
	if changed.ModeratorID != d.anna.ID || changed.Text != want {
		t.Errorf("by %d: %s", changed.ModeratorID, changed.Text)
	}
	rest, err := d.Notes(t.Context(), "news", moderation.NoteQuery{Kind: "rule", Cursor: page.Next})
	if err != nil || rest.Next != "" || len(rest.Notes) != 2 || !strings.HasPrefix(rest.Notes[0].Text, "Added the rule “vile”: reject: ") {
		t.Errorf("%+v, %v", rest, err)
	}
	for _, q := range []moderation.NoteQuery{{Kind: "gossip"}, {Limit: 101}, {Limit: -1}, {Cursor: "?"}, {Cursor: "-1"}} {
		_, err := d.Notes(t.Context(), "news", q)
		refusal(t, err, models.CodeInvalid)
	}
	_, err = d.Notes(t.Context(), "nowhere", moderation.NoteQuery{})
	refusal(t, err, models.CodeNotFound)
	if alerts, err := d.Notes(t.Context(), "news", moderation.NoteQuery{Alerts: true}); err != nil || len(alerts.Notes) != 0 {
		t.Errorf("alerts %+v, %v", alerts, err)
	}
}

// What a backtest promised stands for as long as the rule fires on the same
// comments.
func TestPromiseFollowsConditions(t *testing.T) {
	b := newBench(t, false)
	r, err := b.AddRule(t.Context(), nobody, "news", words("Words", "bad"))
	if err != nil {
		t.Fatal(err)
	}
	id := models.RuleID.Format(r.ID)
	b.promise(t, r, 700)
	if r, err = b.SetRuleMode(t.Context(), nobody, id, 1, "shadow"); err != nil || r.Promise != 700 {
		t.Errorf("after a switch of mode: %d, %v", r.Promise, err)
	}
	same := words("Other name", "bad")
	same.Spec = `{ "terms" : ["bad"] }`
	if r, err = b.SetRule(t.Context(), nobody, id, 2, same); err != nil || r.Promise != 700 {
		t.Errorf("after a change of the name: %d, %v", r.Promise, err)
	}
	if r, err = b.SetRule(t.Context(), nobody, id, 3, words("Other name", "worse")); err != nil || r.Promise != -1 {
		t.Errorf("after a change of the words: %d, %v", r.Promise, err)
	}
	stored, err := b.Rule(t.Context(), id)
	if err != nil || stored.Promise != -1 || stored.Version != 4 {
		t.Errorf("%+v, %v", stored, err)
	}
}

// TestRuleSavesMeet: many save at once; nothing is lost, nothing is there twice.
func TestRuleSavesMeet(t *testing.T) {
	b := newBench(t, false)
	const n = 8
	errs := make(chan error, 2*n)
	for i := range n {
		go func() {
			_, err := b.AddRule(t.Context(), nobody, "news", words(fmt.Sprint("own ", i), "bad"))
			errs <- err
		}()
		go func() {
			_, err := b.AddRule(t.Context(), nobody, "news", words("shared", "bad"))
			errs <- err
		}()
	}
	codes := map[models.Code]int{}
	for range 2 * n {
		err := <-errs
		codes[models.CodeOf(err)]++
		if err != nil && models.CodeOf(err) == "" {
			t.Error(err)
		}
	}
	list, err := b.Rules(t.Context(), "news")
	if err != nil || len(list) != codes[""] {
		t.Errorf("%d rules after %v, %v", len(list), codes, err)
	}
	if n := len(slices.DeleteFunc(list, func(r models.Rule) bool { return r.Name != "shared" })); n != 1 {
		t.Errorf("%d rules of one name", n)
	}
}

// A rule that is tried before it is saved keeps what the trial promised.
func TestPromiseOfATrial(t *testing.T) {
	d := newDesk(t)
	for i := range 8 {
		text := fmt.Sprint("A calm remark, number ", i)
		if i < 2 {
			text = fmt.Sprint("A bad remark, number ", i)
		}
		d.say(t, text)
	}
	draft := words("Words", "bad")
	run, err := d.StartBacktest(t.Context(), d.anna, moderation.BacktestRequest{Site: "news", Draft: &draft})
	if err != nil {
		t.Fatal(err)
	}
	waitFor(t, "the backtest", func() bool {
		now, err := d.Backtest(t.Context(), models.BacktestID.Format(run.ID))
		return err == nil && now.State == "done"
	})
	other, err := d.AddRule(t.Context(), d.anna, "news", words("Others", "worse"))
	if err != nil || other.Promise != -1 {
		t.Errorf("another rule: %d, %v", other.Promise, err)
	}
	draft.Name, draft.Mode = "Words under another name", "shadow"
	r, err := d.AddRule(t.Context(), d.anna, "news", draft)
	if err != nil || r.Promise != 250_000 {
		t.Errorf("the rule that was tried: %d, %v", r.Promise, err)
	}
	if r, err = d.SetRule(t.Context(), d.anna, models.RuleID.Format(other.ID), 1, draft); models.CodeOf(err) != models.CodeConflict {
		t.Errorf("%+v, %v", r, err)
	}
	draft.Name = "Others"
	if r, err = d.SetRule(t.Context(), d.anna, models.RuleID.Format(other.ID), 1, draft); err != nil || r.Promise != 250_000 {
		t.Errorf("a rule that became what was tried: %d, %v", r.Promise, err)
	}
}
