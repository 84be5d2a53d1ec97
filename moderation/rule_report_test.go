package moderation_test

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
)

// tally adds to the numbers of a version of a rule.
func (b *bench) tally(tb testing.TB, t models.RuleTally) {
	tb.Helper()
	err := b.store.Write(tb.Context(), func(tx *store.Tx) error { return tx.AddTallies(tb.Context(), []models.RuleTally{t}) })
	if err != nil {
		tb.Fatal(err)
	}
}

func (b *bench) report(tb testing.TB, name string) moderation.RuleReport {
	tb.Helper()
	list, err := b.RuleReports(tb.Context(), "news")
	if err != nil {
		tb.Fatal(err)
	}
	for _, r := range list {
		if r.Rule.Name == name {
			return r
		}
	}
	tb.Fatalf("no report on %q among %d", name, len(list))
	return moderation.RuleReport{}
}

// TestRuleReports counts what moderators made of the comments of a rule.
func TestRuleReports(t *testing.T) {
	d := newDesk(t)
	if r := d.report(t, "dubious"); r.State != moderation.RuleNew || r.Fired != 0 || r.Low != 0 || r.High != 1 || !r.Watched || r.Hint == "" ||
		!strings.Contains(r.Summary, "hold") {
		t.Errorf("%+v", r)
	}
	for i := range 3 {
		id := d.say(t, fmt.Sprintf("dubious %d", i))
		choice := models.ChooseRemove
		if i == 0 {
			choice = models.ChooseApprove
		}
		d.decide(t, d.anna, id, choice)
	}
	d.say(t, "dubious and undecided")
	r := d.report(t, "dubious")
	low, high := moderation.Wilson(2, 3)
	if r.Fired != 4 || r.Removed != 2 || r.Approved != 1 || r.Precision != 2.0/3 || r.Low != low || r.High != high || r.State != moderation.RuleNew || !r.LastAt.Equal(d.clock()) {
		t.Errorf("%+v", r)
	}
	_, err := d.RuleReports(t.Context(), "nowhere")
	refusal(t, err, models.CodeNotFound)
}

// A report is about the conditions that the rule has now: what its earlier words
// did does not count, what it did in another mode does.
func TestRuleReportsFollowConditions(t *testing.T) {
	b := newBench(t, false)
	r, err := b.AddRule(t.Context(), nobody, "news", words("Words", "bad"))
	if err != nil {
		t.Fatal(err)
	}
	id := models.RuleID.Format(r.ID)
	if _, err := b.SetRule(t.Context(), nobody, id, 1, words("Words", "worse")); err != nil {
		t.Fatal(err)
	}
	for version, mode := range []string{"shadow", "enforce"} {
		if _, err := b.SetRuleMode(t.Context(), nobody, id, version+2, mode); err != nil {
			t.Fatal(err)
		}
	}
	for version, fired := range []int64{1000, 100, 10, 1} {
		b.tally(t, models.RuleTally{RuleID: r.ID, Version: version + 1, Fired: fired, Removed: fired})
	}
	if got := b.report(t, "Words"); got.Fired != 111 || got.Removed != 111 || got.Rule.Version != 4 {
		t.Errorf("%+v", got)
	}
}

func TestRuleStates(t *testing.T) {
	const days = 24 * time.Hour
	type ruleCase struct {
		action            models.Action
		mode              string
		legal             bool
		removed, approved int64
		age, silent       time.Duration // since it was saved, and since it fired; silent 0: never
		state, hint       string
	}
	byName := map[string]ruleCase{
		"young":                   {models.Hold, "enforce", false, 0, 0, time.Hour, 0, moderation.RuleNew, "none of its comments"},
		"few decided":             {models.Hold, "enforce", false, 0, 19, time.Hour, time.Minute, moderation.RuleNew, "19 of its comments"},
		"right":                   {models.Hold, "enforce", false, 12, 8, time.Hour, time.Minute, moderation.RuleOK, ""},
		"perhaps half":            {models.Hold, "enforce", false, 6, 14, time.Hour, time.Minute, moderation.RuleOK, ""},
		"noisy":                   {models.Hold, "enforce", false, 5, 15, time.Hour, time.Minute, moderation.RuleNoisy, "Put it into shadow mode"},
		"noisy in shadow":         {models.Hold, "shadow", false, 1, 19, time.Hour, time.Minute, moderation.RuleNoisy, "before you switch it on"},
		"noisy for a legal duty":  {models.Hold, "enforce", true, 1, 19, time.Hour, time.Minute, moderation.RuleNoisy, "it stays on"},
		"refuses, sure":           {models.Reject, "enforce", false, 98, 2, time.Hour, time.Minute, moderation.RuleOK, ""},
		"refuses, not sure":       {models.Reject, "enforce", false, 80, 20, time.Hour, time.Minute, moderation.RuleNoisy, "Let it hold instead"},
		"the same, held":          {models.Reject, "hold-only", false, 80, 20, time.Hour, time.Minute, moderation.RuleOK, ""},
		"tags only":               {models.Tag, "enforce", false, 0, 100, time.Hour, time.Minute, moderation.RuleOK, ""},
		"draft":                   {models.Hold, "draft", false, 0, 0, 100 * days, 0, "", ""},
		"never fired":             {models.Hold, "enforce", false, 0, 0, 91 * days, 0, moderation.RuleStale, "never fired"},
		"not fired for long":      {models.Hold, "enforce", false, 30, 0, 200 * days, 91 * days, moderation.RuleStale, "last fired on 20 June 2027"},
		"fired 89 days ago":       {models.Hold, "enforce", false, 30, 0, 200 * days, 89 * days, moderation.RuleOK, ""},
		"saved 89 days ago":       {models.Hold, "enforce", false, 0, 0, 89 * days, 0, moderation.RuleNew, ""},
		"silent for a legal duty": {models.Hold, "enforce", true, 0, 0, 200 * days, 0, moderation.RuleNew, ""},
	}
	// The oldest rule is saved first: time only goes on.
	cases := slices.SortedFunc(maps.Keys(byName), func(a, b string) int { return cmp.Compare(byName[b].age, byName[a].age) })
	b := newBench(t, false)
	now := b.now.Add(300 * days)
	for _, name := range cases {
		c := byName[name]
		b.now = now.Add(-c.age)
		d := words(name, "bad")
		d.Action, d.Mode, d.Legal, d.Reason = c.action, c.mode, c.legal, "No."
		r, err := b.AddRule(t.Context(), nobody, "news", d)
		if err != nil {
			t.Fatal(err)
		}
		tally := models.RuleTally{RuleID: r.ID, Version: 1, Fired: c.removed + c.approved, Removed: c.removed, Approved: c.approved}
		if c.silent > 0 {
			tally.FirstAt, tally.LastAt = now.Add(-c.silent), now.Add(-c.silent)
		}
		b.tally(t, tally)
	}
	b.now = now
	for _, name := range cases {
		got, c := b.report(t, name), byName[name]
		if got.State != c.state || !strings.Contains(got.Hint, c.hint) || c.hint != "" && !strings.HasSuffix(got.Hint, ".") {
			t.Errorf("%s: %s: %s", name, got.State, got.Hint)
		}
	}
}

// The report on a site's sample says what its rules let through.
func TestSampleReport(t *testing.T) {
	b := newBench(t, false)
	if r, err := b.SampleReport(t.Context(), "news"); err != nil || r != (moderation.SampleReport{High: 1}) {
		t.Errorf("nothing drawn: %+v, %v", r, err)
	}
	site, err := b.Site(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	err = b.store.Write(t.Context(), func(tx *store.Tx) error {
		return tx.AddSamples(t.Context(), map[int64]models.SampleTally{site.ID: {Drawn: 50, Removed: 2, Approved: 38}})
	})
	if err != nil {
		t.Fatal(err)
	}
	low, high := moderation.Wilson(2, 40)
	if r, err := b.SampleReport(t.Context(), "news"); err != nil || r != (moderation.SampleReport{50, 2, 38, 0.05, low, high}) {
		t.Errorf("%+v, %v", r, err)
	}
	_, err = b.SampleReport(t.Context(), "nowhere")
	refusal(t, err, models.CodeNotFound)
}

// TestReleaseRule: what only one version of a rule stopped is public again, in
// one call, once, and each of the decisions can be taken back.
func TestReleaseRule(t *testing.T) {
	d := newDesk(t)
	r := d.rule(t, "vile", models.Reject)
	id := models.RuleID.Format(r.ID)
	var held []string
	const n = 104 // more than one batch
	for i := range n {
		d.advance(time.Minute)
		c, err := d.try(moderation.Submission{Text: fmt.Sprintf("dubious number %d", i), Name: fmt.Sprint("Reader ", i), Addr: addr(byte(i))})
		if err != nil {
			t.Fatal(err)
		}
		held = append(held, c.Comment.PublicID())
	}
	both := d.say(t, "dubious, and quaint")
	d.rule(t, "quaint", models.Hold)
	twice := d.say(t, "dubious, and quaint again")
	decided := d.say(t, "dubious, decided")
	d.decide(t, d.anna, decided, models.ChooseRemove)
	if _, err := d.try(moderation.Submission{Text: "vile", Name: "Vic", Addr: addr(200)}); models.CodeOf(err) != models.CodeRejected {
		t.Fatal(err)
	}
	dubious := d.report(t, "dubious").Rule
	got, err := d.ReleaseRule(t.Context(), d.ben, models.RuleID.Format(dubious.ID), 1)
	if err != nil || got.Restored != n+1 || got.Skipped != 0 {
		t.Fatalf("%+v, %v", got, err)
	}
	for _, c := range append(held, both) {
		if item := d.look(t, c); item.Comment.Status != models.Approved || item.Decision.ModeratorName != "Ben" {
			t.Fatalf("%+v", item.Comment)
		}
	}
	if s := d.look(t, twice).Comment.Status; s != models.Pending {
		t.Errorf("what another rule holds is %s", s)
	}
	if s := d.look(t, decided).Comment.Status; s != models.Removed {
		t.Errorf("what was decided is %s", s)
	}
	if again, err := d.ReleaseRule(t.Context(), d.ben, models.RuleID.Format(dubious.ID), 1); err != nil || again.Restored != 0 {
		t.Errorf("again: %+v, %v", again, err)
	}
	if got, err := d.ReleaseRule(t.Context(), d.ben, id, 1); err != nil || got.Restored != 1 {
		t.Errorf("what a rule refused: %+v, %v", got, err)
	}
	d.undo(t, d.anna, *d.look(t, held[0]).Decision)
	if s := d.look(t, held[0]).Comment.Status; s != models.Pending {
		t.Errorf("after an undo: %s", s)
	}
	notes, err := d.Notes(t.Context(), "news", moderation.NoteQuery{Kind: "release"})
	if err != nil || len(notes.Notes) != 2 || notes.Notes[1].ModeratorName != "Ben" ||
		notes.Notes[1].Text != "Released 105 comments that only the rule “dubious”, version 1, had stopped." {
		t.Errorf("%+v, %v", notes, err)
	}
	for _, version := range []int{0, 2} {
		_, err = d.ReleaseRule(t.Context(), d.ben, id, version)
		refusal(t, err, models.CodeNotFound)
	}
	_, err = d.ReleaseRule(t.Context(), d.ben, "nothing", 1)
	refusal(t, err, models.CodeNotFound)
	d.sound(t)
}
