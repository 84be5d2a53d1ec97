package storetest

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

func testDecisions(t *testing.T, w *world) {
	ctx := t.Context()
	m := w.addModerator("zoe@example.org", models.RoleModerator)
	c, other := w.add(models.Pending, nil), w.add(models.Pending, nil)
	d := models.Decision{
		SiteID: w.site.ID, CommentID: c.ID, ModeratorID: m.ID, Choice: models.ChooseApprove, Reason: "rude", Note: "fine", From: models.Pending, To: models.Approved,
		Before: models.CommentState{Status: models.Pending, Reports: 2, QueuedAt: start, Revision: 4}, After: 2,
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddDecision(ctx, &d) })
	d.ModeratorName = m.Name
	equal(t, "decision", must(w.Decision(ctx, d.ID))(t), d)
	_, err := w.Decision(ctx, 999)
	wantErr(t, "unknown", err, store.ErrNotFound)
	undo := models.Decision{SiteID: w.site.ID, CommentID: c.ID, RuleID: 3, Choice: models.ChooseUndo, From: models.Approved, To: models.Pending, Undoes: d.ID}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		err := tx.AddDecision(ctx, &undo)
		again := undo
		wantErr(t, "undone already", tx.AddDecision(ctx, &again), store.ErrConflict)
		_, readErr := tx.Decision(ctx, d.ID) // the transaction goes on
		return errors.Join(err, readErr)
	})
	d.Undone = true
	equal(t, "decisions", must(w.Decisions(ctx, c.ID))(t), []models.Decision{d, undo})
	equal(t, "last", must(w.LastDecisions(ctx, []int64{c.ID, other.ID}))(t), map[int64]models.Decision{c.ID: undo})
	equal(t, "none asked", len(must(w.LastDecisions(ctx, nil))(t)), 0)

	db := raw(t, w.address)
	for _, sql := range []string{"UPDATE decisions SET note = ''", "DELETE FROM decisions"} {
		if _, err := db.ExecContext(ctx, sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: got %v, want a refusal", sql, err)
		}
	}
	equal(t, "untouched", len(must(w.Decisions(ctx, c.ID))(t)), 2)
}

func testRevisions(t *testing.T, w *world) {
	ctx := t.Context()
	c := w.add(models.Approved, nil)
	var all []models.Revision
	for i := range 3 {
		r := models.Revision{CommentID: c.ID, Text: fmt.Sprint("v", i), Tree: "[]", HTML: "<p>", Held: i > 0}
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddRevision(ctx, &r) })
		all = append(all, r)
	}
	equal(t, "revisions", must(w.Revisions(ctx, c.ID))(t), all)
	equal(t, "revision", must(w.Revision(ctx, all[1].ID))(t), all[1])
	equal(t, "held", must(w.HeldRevisions(ctx, []int64{c.ID, 99}))(t), map[int64]models.Revision{c.ID: all[2]})
	w.save(c.ID, func(c *models.Comment) { c.HeldEdit = true })
	equal(t, "lane", w.comment(c.ID).Lane, models.LanePending)
	w.sound()
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.SetRevisionHeld(ctx, all[1].ID, false), tx.SetRevisionHeld(ctx, all[2].ID, false))
	})
	w.save(c.ID, func(c *models.Comment) { c.HeldEdit, c.Text, c.HTML = false, "v2", "<p>v2</p>" })
	equal(t, "published", w.events[len(w.events)-1].Kind, models.EventUpdated)
	equal(t, "none held", len(must(w.HeldRevisions(ctx, []int64{c.ID}))(t)), 0)
	equal(t, "none asked", len(must(w.HeldRevisions(ctx, nil))(t)), 0)
	wantErr(t, "unknown", w.Write(ctx, func(tx *store.Tx) error { return tx.SetRevisionHeld(ctx, 99, true) }), store.ErrNotFound)
	_, err := w.Revision(ctx, 99)
	wantErr(t, "unknown", err, store.ErrNotFound)
	w.sound()
}

func testReports(t *testing.T, w *world) {
	ctx := t.Context()
	c := w.add(models.Approved, nil)
	report := func(reporter string) bool {
		r := models.Report{CommentID: c.ID, Reason: "spam", Text: "ad", Reporter: []byte(reporter)}
		var added bool
		w.write(func(ctx context.Context, tx *store.Tx) (err error) {
			added, err = tx.AddReport(ctx, &r)
			return err
		})
		if added && (r.ID == 0 || !r.Open) {
			t.Errorf("added %+v", r)
		}
		return added
	}
	equal(t, "reports", []bool{report("a"), report("a"), report("b")}, []bool{true, false, true})
	open := must(w.OpenReports(ctx, []int64{c.ID, 99}))(t)
	equal(t, "open", []any{len(open), len(open[c.ID]), open[c.ID][0].Reason, open[c.ID][0].Text, string(open[c.ID][1].Reporter)}, []any{1, 2, "spam", "ad", "b"})
	equal(t, "none asked", len(must(w.OpenReports(ctx, nil))(t)), 0)
	w.save(c.ID, func(c *models.Comment) { c.Reports = 2 })
	equal(t, "lane", w.comment(c.ID).Lane, models.LaneReported)
	w.sound()
	for i, want := range []int{2, 0, 2} {
		w.write(func(ctx context.Context, tx *store.Tx) error {
			equal(t, "changed", must(tx.SetReportsOpen(ctx, c.ID, i == 2))(t), want)
			return nil
		})
	}
	equal(t, "open again", len(must(w.OpenReports(ctx, []int64{c.ID}))(t)[c.ID]), 2)
	w.sound()
}

func testLikes(t *testing.T, w *world) {
	ctx := t.Context()
	c, hidden := w.add(models.Approved, nil), w.add(models.Pending, nil)
	like := func(c models.Comment, reader string, on bool) (likes, events int) {
		w.events = nil
		w.write(func(ctx context.Context, tx *store.Tx) (err error) {
			likes, err = tx.Like(ctx, &c, []byte(reader), on)
			return err
		})
		equal(t, "c.Likes", c.Likes, likes)
		return likes, len(w.events)
	}
	for _, step := range []struct {
		reader        string
		on            bool
		likes, events int
	}{{"a", true, 1, 1}, {"a", true, 1, 0}, {"b", true, 2, 1}, {"a", false, 1, 1}, {"a", false, 1, 0}} {
		likes, events := like(c, step.reader, step.on)
		equal(t, fmt.Sprintf("%+v", step), []int{likes, events}, []int{step.likes, step.events})
	}
	equal(t, "count in the event", must(w.EventsSince(ctx, 0, 100))(t)[len(must(w.EventsSince(ctx, 0, 100))(t))-1].Count, 1)
	likes, events := like(hidden, "a", true)
	equal(t, "hidden", []int{likes, events}, []int{1, 0})
	err := w.Write(ctx, func(tx *store.Tx) error {
		_, err := tx.Like(ctx, &models.Comment{ID: 999}, []byte("a"), false)
		return err
	})
	wantErr(t, "unknown", err, store.ErrNotFound)
	w.sound()
}
