package storetest

import (
	"context"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

// testHeldOnlyBy asks for what one version of a rule keeps back, among much that
// it does not.
func testHeldOnlyBy(t *testing.T, w *world) {
	m := w.addModerator("zoe@example.org", models.RoleModerator)
	hold := models.Finding{RuleID: 5, Version: 2, Action: models.Hold}
	add := func(status models.Status, findings ...models.Finding) int64 {
		c := models.Comment{Status: status}
		w.write(func(ctx context.Context, tx *store.Tx) error {
			if err := w.insert(ctx, tx, &c, nil); err != nil {
				return err
			}
			return tx.AddFindings(ctx, map[int64][]models.Finding{c.ID: findings})
		})
		return c.ID
	}
	decide := func(id int64, moderator int64, choice models.Choice, undoes int64) int64 {
		d := models.Decision{SiteID: w.site.ID, CommentID: id, ModeratorID: moderator, Choice: choice, Undoes: undoes}
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddDecision(ctx, &d) })
		return d.ID
	}
	reject, tag := hold, models.Finding{RuleID: 6, Version: 1, Action: models.Tag}
	reject.Action = models.Reject
	shadow, former := models.Finding{RuleID: 7, Version: 1, Would: models.Reject}, models.Finding{RuleID: 5, Version: 1, Action: models.Hold}
	later := models.Finding{RuleID: 5, Version: 3, Action: models.Hold}

	held := add(models.Pending, hold)
	refused := add(models.Removed, reject)
	decide(refused, 0, models.ChooseReject, 0)
	withWeaker := add(models.Pending, tag, hold, shadow, hold)
	undone := add(models.Pending, hold)
	decide(undone, m.ID, models.ChooseUndo, decide(undone, m.ID, models.ChooseApprove, 0))
	edited := add(models.Pending, former)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.ReplaceFindings(ctx, edited, 1, []models.Finding{hold})
	})
	want := []int64{held, refused, withWeaker, undone, edited}

	add(models.Pending, hold, later)
	add(models.Pending, hold, former)                                                // another version holds it as well
	add(models.Pending, hold, models.Finding{Action: models.Hold})                   // and so does the site's mode
	add(models.Pending, tag, models.Finding{RuleID: 5, Version: 2})                  // it did not hold
	add(models.Approved, hold)                                                       // public
	add(models.Deleted, hold)                                                        // withdrawn
	decide(add(models.Pending, hold), m.ID, models.ChooseEscalate, 0)                // a moderator wants it looked at
	decide(add(models.Removed, hold), m.ID, models.ChooseRemove, 0)                  // a moderator took it down
	w.save(add(models.Removed, hold), func(c *models.Comment) { c.Reviewed = true }) // as it was imported
	past := add(models.Pending, hold)
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.ReplaceFindings(ctx, past, 1, nil) })

	ctx := t.Context()
	equal(t, "all", ids(must(w.HeldOnlyBy(ctx, 5, 2, 0, 99))(t)), want)
	equal(t, "one", ids(must(w.HeldOnlyBy(ctx, 5, 2, 0, 1))(t)), want[:1])
	equal(t, "after", ids(must(w.HeldOnlyBy(ctx, 5, 2, refused, 2))(t)), want[2:4])
	equal(t, "another version", len(must(w.HeldOnlyBy(ctx, 5, 9, 0, 99))(t)), 0)
}

// testHeldOnlyByMany looks for a few comments in a queue of thousands that were
// published long ago.
func testHeldOnlyByMany(t *testing.T, w *world) {
	findings := map[int64][]models.Finding{}
	var want []int64
	all := w.many(4200, func(i int, c *models.Comment) {
		if i == 1999 || i == 2000 || i == 4199 {
			c.Status = models.Pending
		}
	})
	for _, c := range all {
		findings[c.ID] = []models.Finding{{RuleID: 5, Version: 2, Action: models.Hold}}
		if c.Status == models.Pending {
			want = append(want, c.ID)
		}
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddFindings(ctx, findings) })
	for limit, want := range map[int][]int64{99: want, 1: want[:1], 2: want[:2]} {
		equal(t, "found", ids(must(w.HeldOnlyBy(t.Context(), 5, 2, 0, limit))(t)), want)
	}
}
