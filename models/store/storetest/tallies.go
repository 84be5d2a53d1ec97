package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

func testTallies(t *testing.T, w *world) {
	ctx := t.Context()
	a, b := w.addRule("A", 0), w.addRule("B", 0)
	add := func(changes ...models.RuleTally) {
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddTallies(ctx, changes) })
	}
	at := func(minute int) time.Time { return start.Add(time.Duration(minute) * time.Minute) }
	add()
	add(models.RuleTally{RuleID: a.ID, Version: 1, Seen: 9, Removed: 1})
	w.traced.take()
	add(models.RuleTally{RuleID: a.ID, Version: 1, Seen: 1, Fired: 4, Sampled: 3, Networks: []uint32{7, 8}, FirstAt: at(5), LastAt: at(5)},
		models.RuleTally{RuleID: b.ID, Version: 1, Fired: 1, FirstAt: at(1), LastAt: at(1)},
		models.RuleTally{RuleID: a.ID, Version: 2, Fired: 1, FirstAt: at(2), LastAt: at(2), Networks: []uint32{1}},
		models.RuleTally{RuleID: a.ID, Version: 1, Fired: 1, Approved: 2, SampledRemoved: 1, SampledApproved: 2, FirstAt: at(4), LastAt: at(4)},
		models.RuleTally{RuleID: 99, Version: 1, Fired: 1})
	equal(t, "statements", len(statements(w.traced.take(), "rule_tallies")), 1)
	add(models.RuleTally{RuleID: a.ID, Version: 1, Removed: -1, Networks: []uint32{8, 9}}, models.RuleTally{RuleID: a.ID, Version: 2, LastAt: at(9), FirstAt: at(8), Networks: []uint32{}})
	want := []models.RuleTally{
		{RuleID: a.ID, Version: 1, Seen: 10, Fired: 5, Approved: 2, Sampled: 3, SampledRemoved: 1, SampledApproved: 2, Networks: []uint32{8, 9}, FirstAt: at(4), LastAt: at(5)},
		{RuleID: a.ID, Version: 2, Fired: 1, FirstAt: at(2), LastAt: at(9), Networks: []uint32{}},
		{RuleID: b.ID, Version: 1, Fired: 1, FirstAt: at(1), LastAt: at(1)},
	}
	equal(t, "of the site", must(w.Tallies(ctx, w.site.ID))(t), want)
	equal(t, "of a rule", must(w.TalliesOf(ctx, []int64{b.ID, 98}))(t), want[2:])
	equal(t, "of none", len(must(w.TalliesOf(ctx, nil))(t)), 0)
	equal(t, "of another site", len(must(w.Tallies(ctx, w.addSite("blog").ID))(t)), 0)
}

func testSampleTallies(t *testing.T, w *world) {
	ctx := t.Context()
	blog := w.addSite("blog")
	equal(t, "nothing drawn", must(w.Sample(ctx, w.site.ID))(t), models.SampleTally{})
	for _, changes := range []map[int64]models.SampleTally{
		{w.site.ID: {Drawn: 3, Removed: 1}, blog.ID: {Drawn: 1}}, {w.site.ID: {Drawn: 1, Removed: -1, Approved: 1}}, {blog.ID: {}}, nil,
	} {
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddSamples(ctx, changes) })
	}
	equal(t, "sample", must(w.Sample(ctx, w.site.ID))(t), models.SampleTally{Drawn: 4, Approved: 1})
	equal(t, "another", must(w.Sample(ctx, blog.ID))(t), models.SampleTally{Drawn: 1})
}

// testOutcomes names what each last word means.
func testOutcomes(t *testing.T, _ *world) {
	for settled, want := range map[models.Choice]store.Outcome{
		0: store.Undecided, models.ChooseApprove: store.Passed, models.ChooseRemove: store.Taken, models.ChooseSpam: store.Taken,
	} {
		c := models.Comment{Status: models.Deleted, Settled: settled}
		equal(t, settled.String(), store.OutcomeOf(&c), want)
	}
}

// testCheckTallies spoils what is counted about rules and the sample.
func testCheckTallies(t *testing.T, w *world) {
	r := w.addRule("A", 0)
	fired := models.Finding{RuleID: r.ID, Version: 1, Name: "A", Action: models.Tag}
	approved, spam := models.Comment{Status: models.Approved, Sampled: true, Settled: models.ChooseApprove}, models.Comment{Status: models.Spam, Settled: models.ChooseSpam}
	extra := models.Comment{Status: models.Approved, Sampled: true, Extra: true, Settled: models.ChooseRemove}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		findings := map[int64][]models.Finding{}
		for _, c := range []*models.Comment{&approved, &spam, &extra} {
			if err := w.insert(ctx, tx, c, nil); err != nil {
				return err
			}
			findings[c.ID] = []models.Finding{fired, {Name: "Mode"}, fired} // twice on one comment is once
		}
		return errors.Join(tx.AddFindings(ctx, findings), tx.AddSamples(ctx, map[int64]models.SampleTally{w.site.ID: {Drawn: 1, Approved: 1}}),
			tx.AddTallies(ctx, []models.RuleTally{{RuleID: r.ID, Version: 1, Fired: 3, Removed: 2, Approved: 1, Sampled: 2, SampledApproved: 1, SampledRemoved: 1, Seen: 8}}))
	})
	w.sound()
	edited := models.Finding{RuleID: r.ID, Version: 2, Name: "A", Action: models.Hold}
	w.write(func(ctx context.Context, tx *store.Tx) error { // the tallies follow the findings there are now
		return errors.Join(tx.ReplaceFindings(ctx, spam.ID, 1, []models.Finding{edited}), tx.AddTallies(ctx, []models.RuleTally{
			{RuleID: r.ID, Version: 1, Fired: -1, Removed: -1}, {RuleID: r.ID, Version: 2, Fired: 1, Removed: 1}}))
	})
	w.sound()
	db := raw(t, w.address)
	var list []spoil
	for _, column := range []string{"fired", "removed", "approved", "sampled", "sampled_removed", "sampled_approved"} {
		list = append(list, spoil{"rule_tallies." + column, "UPDATE rule_tallies SET " + column + " = " + column + " + 1 WHERE version = 2",
			"UPDATE rule_tallies SET " + column + " = " + column + " - 1 WHERE version = 2"})
	}
	for _, column := range []string{"drawn", "removed", "approved"} {
		list = append(list, spoil{"sample_tallies." + column, "UPDATE sample_tallies SET " + column + " = " + column + " + 1",
			"UPDATE sample_tallies SET " + column + " = " + column + " - 1"})
	}
	list = append(list,
		spoil{"rule_tallies.fired", "UPDATE rule_tallies SET rule_id = 99 WHERE version = 2", "UPDATE rule_tallies SET rule_id = 1 WHERE version = 2"},
		spoil{"sample_tallies.drawn", "UPDATE comments SET extra = FALSE", "UPDATE comments SET extra = (id = 3)"},
		spoil{"rule_tallies.removed", "UPDATE comments SET settled = 1 WHERE id = 2", "UPDATE comments SET settled = 3 WHERE id = 2"},
		spoil{"lane_counts.n", "UPDATE lane_counts SET n = n + 1 WHERE lane = 5", "UPDATE lane_counts SET n = n - 1 WHERE lane = 5"})
	spoilAll(t, w, db, list)
}
