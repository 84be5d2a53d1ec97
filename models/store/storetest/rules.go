package storetest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

// addRule stores a rule of the world's site.
func (w *world) addRule(name string, by int64) models.Rule {
	w.t.Helper()
	r := models.Rule{SiteID: w.site.ID, Name: name, Kind: "keyword", Action: models.Hold, Mode: "enforce", Spec: `{"terms":["x"]}`, Promise: -1}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRule(ctx, &r, by) })
	return r
}

// saveRule stores a new version of a rule.
func (w *world) saveRule(r models.Rule, by int64) models.Rule {
	w.t.Helper()
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveRule(ctx, &r, by) })
	return r
}

func (w *world) revision() int {
	w.t.Helper()
	for _, s := range must(w.Sites(w.t.Context()))(w.t) {
		if s.ID == w.site.ID {
			return s.Revision
		}
	}
	return -1
}

func testRules(t *testing.T, w *world) {
	ctx := t.Context()
	r := models.Rule{
		SiteID: w.site.ID, Name: "Words", Kind: "keyword", Scope: models.Scope{Sections: []string{"/crime/"}, Articles: []string{"a1", "post-7"}},
		Action: models.Hold, Mode: "enforce", Tag: "rude", Priority: 20, Reason: "no", Code: "rude", Legal: true, Promise: 1200, Spec: `{"terms":["x"]}`,
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRule(ctx, &r, 0) })
	equal(t, "version", r.Version, 1)
	equal(t, "rules", must(w.Rules(ctx, w.site.ID))(t), []models.Rule{r})
	stale := r
	r.Name, r.Scope, r.Action, r.Mode, r.Tag, r.Priority = "More words", models.Scope{}, models.Reject, "shadow", "", 0
	r.Reason, r.Code, r.Legal, r.Promise, r.Spec = "because", "other", false, -1, `{"terms":["y"]}`
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveRule(ctx, &r, 0) })
	equal(t, "rule", must(w.Rule(ctx, r.ID))(t), r)
	equal(t, "version", r.Version, 2)
	wantErr(t, "stale", w.Write(ctx, func(tx *store.Tx) error { return tx.SaveRule(ctx, &stale, 0) }), store.ErrConflict)
	equal(t, "untouched", must(w.Rule(ctx, r.ID))(t), r)
	w.events = nil
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteRule(ctx, &r) })
	equal(t, "event", fmt.Sprint(len(w.events), w.events[0].Kind), fmt.Sprint(1, models.EventSite))
	wantErr(t, "twice", w.Write(ctx, func(tx *store.Tx) error { return tx.DeleteRule(ctx, &r) }), store.ErrNotFound)
	_, err := w.Rule(ctx, r.ID)
	wantErr(t, "gone", err, store.ErrNotFound)
	if next := w.addRule("Next", 0); next.ID <= r.ID {
		t.Errorf("the id %d of a deleted rule was given again: %d", r.ID, next.ID)
	}
}

// testRuleNames gives two rules of a site the same name, in whatever case.
func testRuleNames(t *testing.T, w *world) {
	ctx := t.Context()
	w.addRule("Words", 0)
	other, before := w.addRule("Links", 0), w.revision()
	twin := models.Rule{SiteID: w.site.ID, Name: "WORDS", Kind: "links", Mode: "draft", Spec: "{}"}
	wantErr(t, "added", w.Write(ctx, func(tx *store.Tx) error { return tx.AddRule(ctx, &twin, 0) }), store.ErrConflict)
	renamed := other
	renamed.Name = "words"
	wantErr(t, "renamed", w.Write(ctx, func(tx *store.Tx) error { return tx.SaveRule(ctx, &renamed, 0) }), store.ErrConflict)
	equal(t, "revision", w.revision(), before)
	equal(t, "versions", len(must(w.RuleVersions(ctx, other.ID))(t)), 1)
	other.Name = "LINKS"
	w.saveRule(other, 0)
	twin.SiteID = w.addSite("blog").ID
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRule(ctx, &twin, 0) })
}

// testVersions changes rules at random and asks for every state they were in.
func testVersions(t *testing.T, w *world) {
	ctx := t.Context()
	m := w.addModerator("zoe@example.org", models.RoleAdmin)
	var states [][]models.Rule
	state := func() {
		for w.revision() >= len(states) {
			states = append(states, nil)
		}
		states[w.revision()] = must(w.Rules(ctx, w.site.ID))(t)
	}
	state()
	a := w.addRule("A", m.ID)
	state()
	b := w.addRule("B", 0)
	state()
	a.Spec = `{"terms":["new"]}`
	a = w.saveRule(a, m.ID)
	state()
	w.write(func(ctx context.Context, tx *store.Tx) error { // several changes at once
		a.Mode, b.Mode = "shadow", "draft"
		return errors.Join(tx.SaveRule(ctx, &a, m.ID), tx.SaveRule(ctx, &b, m.ID), tx.DeleteRule(ctx, &a))
	})
	state()
	c := w.addRule("A", 0) // the name is free again
	state()
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.DeleteRule(ctx, &b) })
	state()
	for revision, want := range states {
		if revision == 4 || revision == 5 { // within the transaction: nobody saw these
			continue
		}
		equal(t, fmt.Sprint("revision ", revision), must(w.RulesAt(ctx, w.site.ID, revision))(t), want)
	}
	versions := must(w.RuleVersions(ctx, a.ID))(t)
	var holds []string
	for _, v := range versions {
		holds = append(holds, fmt.Sprintf("v%d %d-%d by %d %s", v.Version, v.Since, v.Until, v.By, v.Mode))
	}
	equal(t, "versions of a deleted rule", holds, []string{
		fmt.Sprintf("v3 4-6 by %d shadow", m.ID), fmt.Sprintf("v2 3-4 by %d enforce", m.ID), fmt.Sprintf("v1 1-3 by %d enforce", m.ID)})
	equal(t, "one version", must(w.RuleVersion(ctx, a.ID, 2))(t), versions[1])
	equal(t, "version in force", must(w.RuleVersions(ctx, c.ID))(t), []models.RuleVersion{{Rule: c, Since: 7}})
	_, err := w.RuleVersion(ctx, a.ID, 4)
	wantErr(t, "unknown version", err, store.ErrNotFound)
	equal(t, "another site", len(must(w.RulesAt(ctx, w.addSite("blog").ID, 99))(t)), 0)
}

// testPromise notes a backtest on the version that it tested, and on no other.
func testPromise(t *testing.T, w *world) {
	ctx := t.Context()
	r := w.addRule("A", 0)
	before := w.revision()
	w.events = nil
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetPromise(ctx, &r, 450) })
	equal(t, "event", fmt.Sprint(len(w.events), w.events[0].Kind), fmt.Sprint(1, models.EventSite))
	equal(t, "promise", []int{r.Promise, must(w.Rule(ctx, r.ID))(t).Promise, must(w.RulesAt(ctx, w.site.ID, before))(t)[0].Promise}, []int{450, 450, 450})
	equal(t, "no new version", fmt.Sprint(must(w.Rule(ctx, r.ID))(t).Version, w.revision()), fmt.Sprint(1, before))
	stale := r
	r.Promise = -1
	r = w.saveRule(r, 0)
	wantErr(t, "stale", w.Write(ctx, func(tx *store.Tx) error { return tx.SetPromise(ctx, &stale, 9) }), store.ErrConflict)
	equal(t, "promises", fmt.Sprint(must(w.RuleVersions(ctx, r.ID))(t)[0].Promise, must(w.RuleVersions(ctx, r.ID))(t)[1].Promise), "-1 450")
}
