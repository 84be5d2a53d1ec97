package moderation_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"golang.org/x/sync/errgroup"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
	"postbag/moderation/rulefile"
)

// promise stores what a backtest of a rule promised.
func (b *bench) promise(tb testing.TB, r models.Rule, ppm int) {
	tb.Helper()
	if err := b.store.Write(tb.Context(), func(tx *store.Tx) error { return tx.SetPromise(tb.Context(), &r, ppm) }); err != nil {
		tb.Fatal(err)
	}
}

func holdRule(name, word string) models.Rule {
	return models.Rule{Name: name, Kind: "keyword", Action: models.Hold, Mode: "enforce", Spec: `{"terms":["` + word + `"]}`}
}

func TestApplyRules(t *testing.T) {
	d := newDesk(t) // with the rule "dubious"
	first := []models.Rule{holdRule("One", "one"), holdRule("Two", "two"), holdRule("DUBIOUS", "dubious")}
	plan, err := d.ApplyRules(t.Context(), d.anna, "news", first, moderation.ApplyOptions{DryRun: true})
	if err != nil {
		t.Fatal(err)
	}
	if list, _ := d.Rules(t.Context(), "news"); len(list) != 1 {
		t.Errorf("a dry run left %d rules", len(list))
	}
	done, err := d.ApplyRules(t.Context(), d.anna, "news", first, moderation.ApplyOptions{})
	if err != nil || !reflect.DeepEqual(done, plan) {
		t.Fatalf("%+v, %v; the dry run said %+v", done, err, plan)
	}
	want := moderation.RulesPlan{Added: []string{"One", "Two"}, Changed: []string{"DUBIOUS"}}
	if plan.Notes = nil; !reflect.DeepEqual(plan, want) {
		t.Errorf("%+v", plan)
	}
	again, err := d.ApplyRules(t.Context(), d.anna, "news", first, moderation.ApplyOptions{Prune: true})
	if err != nil || len(again.Unchanged) != 3 || len(again.Notes) != 0 {
		t.Errorf("the same again: %+v, %v", again, err)
	}
	second := []models.Rule{holdRule("Two", "zwei"), {Name: "One", Kind: "links", Action: models.Tag, Mode: "shadow", Spec: `{"more_than":2}`}}
	kept, err := d.ApplyRules(t.Context(), d.anna, "news", second[:1], moderation.ApplyOptions{})
	if err != nil || strings.Join(kept.Kept, ",") != "DUBIOUS,One" || strings.Join(kept.Changed, ",") != "Two" {
		t.Errorf("without prune: %+v, %v", kept, err)
	}
	pruned, err := d.ApplyRules(t.Context(), d.anna, "news", second, moderation.ApplyOptions{Prune: true})
	if err != nil || strings.Join(pruned.Removed, ",") != "DUBIOUS" || strings.Join(pruned.Unchanged, ",") != "Two" || strings.Join(pruned.Changed, ",") != "One" {
		t.Errorf("with prune: %+v, %v", pruned, err)
	}
	list, err := d.Rules(t.Context(), "news")
	if err != nil || len(list) != 2 || list[0].Name != "Two" || list[0].Version != 2 || list[1].Kind != "links" || list[1].Version != 1 {
		t.Errorf("%+v, %v", list, err)
	}
	_, err = d.ApplyRules(t.Context(), d.anna, "nowhere", nil, moderation.ApplyOptions{})
	refusal(t, err, models.CodeNotFound)
}

// A list with one mistake changes nothing at all, and every mistake is told.
func TestApplyIsAllOrNothing(t *testing.T) {
	d := newDesk(t)
	list := []models.Rule{holdRule("One", "one"), holdRule("Two", "!"), holdRule("ONE", "three"), {Name: "Four", Kind: "rate", Action: models.Slow, Mode: "enforce", Spec: "{}"}}
	for _, o := range []moderation.ApplyOptions{{}, {DryRun: true}, {Prune: true}} {
		_, err := d.ApplyRules(t.Context(), d.anna, "news", list, o)
		var paths []string
		for _, f := range refusal(t, err, models.CodeInvalid).Fields {
			paths = append(paths, f.Field)
		}
		if got := strings.Join(paths, " "); got != "rules[1].spec.terms[0] rules[1].spec.terms rules[2].name rules[3].spec.count rules[3].spec.seconds rules[3].spec.by" {
			t.Errorf("%+v: %s", o, got)
		}
	}
	stored, err := d.Rules(t.Context(), "news")
	if err != nil || len(stored) != 1 || stored[0].Name != "dubious" || stored[0].Version != 1 {
		t.Errorf("left %+v, %v", stored, err)
	}
}

// TestInvalidRulesReplaceNothing: no rule of the corpus of wrong files ever
// takes the place of one that works, whichever way it comes.
func TestInvalidRulesReplaceNothing(t *testing.T) {
	d := newDesk(t)
	good := holdRule("A", "quenby")
	if _, err := d.ApplyRules(t.Context(), d.anna, "news", []models.Rule{good}, moderation.ApplyOptions{}); err != nil {
		t.Fatal(err)
	}
	stored, err := d.Rules(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	files, err := filepath.Glob("rulefile/testdata/invalid/*.yaml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		list, problems := rulefile.Parse(text)
		if len(problems) == 0 || list != nil {
			t.Errorf("%s: read as %d rules", file, len(list))
		}
	}
	for _, spec := range invalidSpecs() {
		for _, kind := range []string{"keyword", "rate", "flood", "links", "author", "expression", "combination"} {
			bad := models.Rule{Name: "A", Kind: kind, Action: models.Hold, Mode: "enforce", Spec: spec}
			if _, err := d.ApplyRules(t.Context(), d.anna, "news", []models.Rule{bad}, moderation.ApplyOptions{Prune: true}); models.CodeOf(err) != models.CodeInvalid {
				t.Errorf("%s %s: apply says %v", kind, spec, err)
			}
			draft := moderation.RuleDraft{Name: "B", Kind: kind, Action: models.Hold, Spec: spec}
			if _, err := d.AddRule(t.Context(), d.anna, "news", draft); models.CodeOf(err) != models.CodeInvalid {
				t.Errorf("%s %s: add says %v", kind, spec, err)
			}
		}
	}
	if after, err := d.Rules(t.Context(), "news"); err != nil || !reflect.DeepEqual(after, stored) {
		t.Errorf("the rules are now %+v, %v", after, err)
	}
	if c := d.post(t, moderationOf("Quenby was there")).Comment; c.Status != models.Pending {
		t.Errorf("the good rule does not hold any more: %s", c.Status)
	}
}

// invalidSpecs are wrong for every kind.
func invalidSpecs() []string {
	return []string{
		``, `{`, `[]`, `null`, `"terms"`, `{}`, `{"terms":[]}`, `{"terms":["!"]}`, `{"terms":["a"],"terms":["b"]}`, `{"terms":["a"]} x`, `{"term":["a"]}`,
		`{"count":0,"seconds":60,"by":["author"]}`, `{"count":5,"seconds":60}`, `{"count":5,"seconds":-1,"by":["author"]}`, `{"count":1e3,"seconds":60,"by":["author"]}`,
		`{"copies":1,"hours":24}`, `{"copies":3,"hours":1000}`, `{"more_than":-1}`, `{"more_than":"2"}`, `{"hosts":["not a host"]}`, `{"approved_below":0}`,
		`{"kind":["nobody"]}`, `{"when":""}`, `{"when":"links >"}`, `{"when":"links + 1"}`, `{"when":"nothing > 1"}`, `{"all":[]}`, `{"all":[{}]}`, `{"any":[{"rate":{}}]}`,
		`{"at_least":3,"of":[{"links":{"more_than":1}}]}`, `{"all":[{"links":{"more_than":1},"author":{"approved_below":1}}]}`,
		strings.Repeat(`{"not":`, 20) + `{}` + strings.Repeat(`}`, 20), "{\"when\":\"\xff\"}",
	}
}

// TestSavedChangesAreLiveEverywhere: a rule saved in one process judges the next
// comment in another, as a rule within a second, on both databases.
func TestSavedChangesAreLiveEverywhere(t *testing.T) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) {
			at := address(t)
			here, there := serviceAt(t, at), serviceAt(t, at)
			if _, err := here.AddSite(t.Context(), moderation.NewSite{Key: "news", Name: "News", Origins: []string{"https://news.example"}, NoRules: true}); err != nil {
				t.Fatal(err)
			}
			waitFor(t, "the site", func() bool { _, err := there.Site(t.Context(), "news"); return err == nil })
			r, err := here.AddRule(t.Context(), nobody, "news", words("Words", "quenby"))
			if err != nil {
				t.Fatal(err)
			}
			id := models.RuleID.Format(r.ID)
			took := []time.Duration{waitFor(t, "a new rule", holds(t, there, true))}
			for version, mode := range []string{"shadow", "enforce", "draft", "hold-only", "shadow"} {
				if _, err := here.SetRuleMode(t.Context(), nobody, id, version+1, mode); err != nil {
					t.Fatal(err)
				}
				took = append(took, waitFor(t, mode, holds(t, there, mode == "enforce" || mode == "hold-only")))
			}
			t.Logf("live in the other process after %v", took)
			if slices.Sort(took); took[len(took)/2] > time.Second {
				t.Errorf("live in the other process after %v, as a rule", took[len(took)/2])
			}
		})
	}
}

func serviceAt(t *testing.T, address string) *moderation.Service {
	t.Helper()
	st := storetest.Open(t, address, store.Options{})
	s, err := moderation.New(t.Context(), st, moderation.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return s
}

// holds says whether a process would hold, or not, a comment with the word.
func holds(t *testing.T, s *moderation.Service, want bool) func() bool {
	return func() bool {
		r, err := s.TestRules(t.Context(), moderation.Probe{Site: "news", Text: "Quenby!"})
		if err != nil {
			t.Fatal(err)
		}
		return (r.Verdict.Action() == models.Hold) == want
	}
}

// waitFor waits for a condition and returns how long that took. It is patient with
// a busy machine.
func waitFor(t *testing.T, what string, is func() bool) time.Duration {
	t.Helper()
	start := time.Now()
	for !is() {
		if time.Since(start) > 10*time.Second {
			t.Fatalf("%s is not live after ten seconds", what)
		}
	}
	return time.Since(start)
}

// TestSavesWaitForEachOther: whoever saves many rules at once gets all of them.
func TestSavesWaitForEachOther(t *testing.T) {
	b := newBench(t, false)
	var all errgroup.Group
	for i := range 40 {
		all.Go(func() error {
			_, err := b.AddRule(t.Context(), nobody, "news", words(fmt.Sprint("List ", i), fmt.Sprint("quenby", i)))
			return err
		})
	}
	if err := all.Wait(); err != nil {
		t.Fatal(err)
	}
	if list, err := b.Rules(t.Context(), "news"); err != nil || len(list) != 40 {
		t.Errorf("%d rules, %v", len(list), err)
	}
}
