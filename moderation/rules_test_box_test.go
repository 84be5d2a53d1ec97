package moderation_test

import (
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

func TestTestRules(t *testing.T) {
	d := newDesk(t)
	d.rule(t, "vile", models.Reject)
	for name, c := range map[string]struct {
		in   moderation.Probe
		want models.Action
		n    int
	}{
		"fine":     {moderation.Probe{Text: "good"}, models.Allow, 0},
		"held":     {moderation.Probe{Text: "dubious"}, models.Hold, 1},
		"both":     {moderation.Probe{Text: "dubious and vile"}, models.Reject, 2},
		"the name": {moderation.Probe{Text: "good", Name: "Vile"}, models.Reject, 1},
	} {
		c.in.Site = "news"
		r, err := d.TestRules(t.Context(), c.in)
		if err != nil || r.Verdict.Action() != c.want || len(r.Verdict.Findings) != c.n || r.Rule != 0 {
			t.Errorf("%s: %+v, %v", name, r, err)
		}
	}
	_, err := d.TestRules(t.Context(), moderation.Probe{Site: "news"})
	refusal(t, err, models.CodeInvalid)
	_, err = d.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "x", Email: "nobody"})
	refusal(t, err, models.CodeInvalid)
	_, err = d.TestRules(t.Context(), moderation.Probe{Site: "nowhere", Text: "x"})
	refusal(t, err, models.CodeNotFound)
	if q, err := d.Queue(t.Context(), d.anna, moderation.QueueQuery{}); err != nil || len(q.Items) != 0 {
		t.Errorf("a test stored %d comments, %v", len(q.Items), err)
	}
}

// The test box marks the words and says how disguises were read.
func TestTestBoxExplains(t *testing.T) {
	d := newDesk(t)
	r, err := d.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "  Most d\u200bubi\u043eus, see https://example.org/x  ", Name: "Rita", Email: "rita@example.org"})
	if err != nil || len(r.Verdict.Findings) != 1 {
		t.Fatalf("%+v, %v", r, err)
	}
	f := r.Verdict.Findings[0]
	if len(f.Matches) != 1 || r.Text[f.Matches[0].Start:f.Matches[0].End] != "d\u200bubi\u043eus" || f.Name != "dubious" || f.Detail == "" {
		t.Errorf("evidence %+v in %q", f, r.Text)
	}
	var fields []string
	for _, fold := range r.Folds {
		fields = append(fields, fold.Field)
	}
	if strings.Join(fields, " ") != "text name email link" || !strings.Contains(r.Folds[0].Folded, "dubious") || len(r.Folds[0].Readings) != 2 {
		t.Errorf("folds %+v", r.Folds)
	}
}

// An unsaved rule is asked in its place among the stored ones.
func TestTestBoxAsksUnsavedRules(t *testing.T) {
	d := newDesk(t)
	stored, err := d.Rules(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	id := models.RuleID.Format(stored[0].ID)
	probe := func(in moderation.Probe) moderation.TestResult {
		t.Helper()
		in.Site = "news"
		r, err := d.TestRules(t.Context(), in)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	draft := words("New", "quaint")
	r := probe(moderation.Probe{Text: "dubious and quaint", Rule: &draft})
	if len(r.Verdict.Findings) != 2 || r.Rule != moderation.UnsavedRule || r.Verdict.Findings[1].RuleID != r.Rule || r.Verdict.Findings[1].Action != models.Hold {
		t.Errorf("beside: %+v", r.Verdict)
	}
	r = probe(moderation.Probe{Text: "dubious and quaint", Rule: &draft, ID: id})
	if len(r.Verdict.Findings) != 1 || r.Rule != stored[0].ID || r.Verdict.Findings[0].RuleID != r.Rule {
		t.Errorf("instead: %+v", r.Verdict)
	}
	if f := r.Verdict.Findings[0]; f.Version != 1 {
		t.Errorf("instead of version 1: %+v", f)
	}
	draft.Mode = "draft"
	r = probe(moderation.Probe{Text: "quaint", Rule: &draft})
	if len(r.Verdict.Findings) != 1 || r.Verdict.Findings[0].Would != models.Hold || r.Verdict.Action() != models.Allow {
		t.Errorf("a draft: %+v", r.Verdict)
	}
	draft.Mode, draft.Name = "enforce", ""
	if r = probe(moderation.Probe{Text: "quaint", Rule: &draft}); len(r.Verdict.Findings) != 1 {
		t.Errorf("without a name yet: %+v", r.Verdict)
	}
	draft.Scope.Sections = []string{"/crime/"}
	if r = probe(moderation.Probe{Text: "quaint", Rule: &draft, Article: article("sport/1")}); len(r.Verdict.Findings) != 0 {
		t.Errorf("out of scope: %+v", r.Verdict)
	}
	if r = probe(moderation.Probe{Text: "quaint", Rule: &draft, Article: article("crime/1")}); len(r.Verdict.Findings) != 1 {
		t.Errorf("in scope: %+v", r.Verdict)
	}
	bad := moderation.RuleDraft{Kind: "keyword", Action: models.Hold, Spec: `{"terms":["a","!"]}`}
	_, err = d.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "x", Rule: &bad})
	if f := refusal(t, err, models.CodeInvalid).Fields; len(f) != 1 || f[0].Field != "rule.spec.terms[1]" {
		t.Errorf("fields %+v", f)
	}
	if _, err := d.AddSite(t.Context(), moderation.NewSite{Key: "other", Name: "Other", Origins: []string{"https://other.example"}, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	draft.Scope = models.Scope{}
	for site, id := range map[string]string{"other": id, "news": "rzzz"} {
		_, err := d.TestRules(t.Context(), moderation.Probe{Site: site, Text: "x", Rule: &draft, ID: id})
		if f := refusal(t, err, models.CodeInvalid).Fields; len(f) != 1 || f[0].Field != "id" {
			t.Errorf("rule %s on %s: %+v", id, site, f)
		}
	}
	if list, err := d.Rules(t.Context(), "news"); err != nil || len(list) != 1 {
		t.Errorf("a test stored a rule: %+v, %v", list, err)
	}
}

// What cannot be asked about one comment is said.
func TestTestBoxNamesWhatItLeavesOut(t *testing.T) {
	b := newBench(t, true) // with rate rules
	for range 7 {
		r, err := b.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "hello"})
		if err != nil || len(r.Verdict.Findings) != 0 || len(r.Untried) != 3 || r.Untried[0] != "Too fast: a minute" {
			t.Fatalf("%+v, %v", r, err)
		}
	}
}

// The mode of an article that is known is the one that holds for a test.
func TestTestBoxKnowsTheArticle(t *testing.T) {
	d := newDesk(t)
	key := d.post(t, moderationOf("good")).Comment.ArticleID
	mode := models.PreMode
	if _, err := d.PatchArticle(t.Context(), d.anna, models.ArticleID.Format(key), moderation.ArticlePatch{Mode: &mode}); err != nil {
		t.Fatal(err)
	}
	r, err := d.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "good", Article: article("story")})
	if err != nil || r.Verdict.Action() != models.Hold || r.Verdict.Findings[0].RuleID != 0 {
		t.Errorf("%+v, %v", r.Verdict, err)
	}
	allow := words("Good words", "good")
	allow.Action = models.Allow
	r, err = d.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "good", Article: article("story"), Rule: &allow})
	if err != nil || r.Verdict.Action() != models.Allow {
		t.Errorf("an unsaved rule that lifts it: %+v, %v", r.Verdict, err)
	}
}
