package storetest

import (
	"context"
	"errors"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

func testComments(t *testing.T, w *world) {
	ctx := t.Context()
	c := models.Comment{
		Status: models.Approved, Badge: "staff", Format: models.HTML, EditedAt: start, ExternalID: "disqus:1", Key: "key-1",
		AddrHash: []byte{0, 1}, NetHash: []byte{2}, Priority: 3,
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return w.insert(ctx, tx, &c, nil) })
	equal(t, "lane", c.Lane, models.LaneNew)
	equal(t, "comment", w.comment(c.ID), c)
	reply := w.add(models.Approved, &c)
	_, err := w.Comment(ctx, 999)
	wantErr(t, "unknown", err, store.ErrNotFound)
	equal(t, "comments", len(must(w.Comments(ctx, []int64{c.ID, reply.ID, 999}))(t)), 2)
	key := store.SiteKey{SiteID: w.site.ID, Key: "key-1"}
	found := must(w.CommentsByKey(ctx, []store.SiteKey{key, {SiteID: w.site.ID, Key: ""}, {SiteID: 9, Key: "key-1"}}))(t)
	equal(t, "by key", []int64{found[key].ID, int64(len(found))}, []int64{c.ID, 1})
	_, err = w.CommentByExternal(ctx, w.site.ID, "disqus:1")
	wantErr(t, "not recorded as imported", err, store.ErrNotFound)
	for _, twin := range []models.Comment{{Key: "key-1"}, {ExternalID: "disqus:1"}} {
		twin.Status = models.Pending
		err := w.Write(ctx, func(tx *store.Tx) error { return w.insert(ctx, tx, &twin, nil) })
		wantErr(t, "twin", err, store.ErrConflict)
	}
	for i := range 2 {
		w.write(func(ctx context.Context, tx *store.Tx) error {
			first := must(tx.NextIDs("comment", 3))(t)
			equal(t, "next ids", must(tx.NextIDs("comment", 1))(t), first+3)
			if i == 1 && first <= reply.ID {
				t.Errorf("id %d was given before", first)
			}
			return nil
		})
	}
	w.sound()
}

// testConflict saves from a stale copy, and from copies that are stale only in
// numbers that carry no version.
func testConflict(t *testing.T, w *world) {
	ctx := t.Context()
	c := w.add(models.Pending, nil)
	seen := w.comment(c.ID)
	w.setStatus(c.ID, models.Approved)
	late := seen
	late.Status = models.Spam
	wantErr(t, "stale", w.Write(ctx, func(tx *store.Tx) error { return tx.SaveComment(ctx, &seen, &late) }), store.ErrConflict)
	equal(t, "status", w.comment(c.ID).Status, models.Approved)
	equal(t, "version", w.comment(c.ID).Version, 2)

	before := w.comment(c.ID)
	w.add(models.Approved, &c)
	after := before
	after.Status = models.Removed
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveComment(ctx, &before, &after) })
	equal(t, "a reply came meanwhile: tombstone", after.Tombstone(), true)
	w.sound()

	failed := errors.New("no")
	err := w.Write(ctx, func(tx *store.Tx) error {
		if err := w.insert(ctx, tx, &models.Comment{Status: models.Approved}, nil); err != nil {
			return err
		}
		return failed
	})
	wantErr(t, "rollback", err, failed)
	w.sound()
}

// testOneTransaction replies and removes the parent in the same transaction.
func testOneTransaction(t *testing.T, w *world) {
	parent := w.add(models.Approved, nil)
	reply := models.Comment{Status: models.Approved}
	w.events = nil
	w.write(func(ctx context.Context, tx *store.Tx) error {
		if err := w.insert(ctx, tx, &reply, &parent); err != nil {
			return err
		}
		removed := parent
		removed.Status = models.Removed
		return tx.SaveComment(ctx, &parent, &removed)
	})
	equal(t, "tombstone", w.comment(parent.ID).Shown, true)
	if len(w.events) != 1 || w.events[0].Kind != models.EventUpdated {
		t.Errorf("events %+v, want one event: the parent is a tombstone now", w.events)
	}
	w.sound()
}

// testRipple hides and shows along a chain.
func testRipple(t *testing.T, w *world) {
	root := w.add(models.Approved, nil)
	a := w.add(models.Approved, &root)
	b := w.add(models.Approved, &a)
	shown := func() (list []int64) {
		for _, c := range must(w.ThreadOldest(t.Context(), w.article.ID, nil, 10))(t) {
			list = append(list, c.ID)
		}
		w.sound()
		return list
	}
	steps := []struct {
		id     int64
		status models.Status
		want   []int64
		events []models.EventKind
	}{
		{root.ID, models.Removed, []int64{root.ID, a.ID, b.ID}, []models.EventKind{models.EventUpdated}},
		{a.ID, models.Deleted, []int64{root.ID, a.ID, b.ID}, []models.EventKind{models.EventUpdated}},
		{b.ID, models.Spam, nil, []models.EventKind{models.EventHidden, models.EventHidden, models.EventHidden}},
		{b.ID, models.Approved, []int64{root.ID, a.ID, b.ID}, []models.EventKind{models.EventShown, models.EventUpdated, models.EventUpdated}},
		{root.ID, models.Approved, []int64{root.ID, a.ID, b.ID}, []models.EventKind{models.EventUpdated}},
		{b.ID, models.Pending, []int64{root.ID}, []models.EventKind{models.EventHidden, models.EventHidden, models.EventEntered}},
		{root.ID, models.Spam, nil, []models.EventKind{models.EventHidden}},
		{root.ID, models.Removed, nil, nil},
	}
	for i, s := range steps {
		w.events = nil
		w.setStatus(s.id, s.status)
		equal(t, "shown", shown(), s.want)
		if len(w.events) != len(s.events) {
			t.Errorf("step %d: events %+v, want %v", i, w.events, s.events)
		}
		for _, e := range w.events {
			if i := index(s.events, e.Kind); i < 0 {
				t.Errorf("step %d: event %+v was not expected", i, e)
			} else {
				s.events = append(s.events[:i:i], s.events[i+1:]...)
			}
			equal(t, "count in the event", e.Count, must(w.Article(t.Context(), w.article.ID))(t).Approved)
		}
	}

	// a public reply below what nobody sees brings the whole chain up
	hidden := w.add(models.Removed, nil)
	below := w.add(models.Spam, &hidden)
	reply := w.add(models.Approved, &below)
	equal(t, "brought up", shown(), []int64{hidden.ID, below.ID, reply.ID})
}

func index(kinds []models.EventKind, kind models.EventKind) int {
	for i, k := range kinds {
		if k == kind {
			return i
		}
	}
	return -1
}

// testLane follows a comment through the lanes, and its time of queueing.
func testLane(t *testing.T, w *world) {
	counts := func() models.LaneCounts {
		w.sound()
		return must(w.LaneCounts(t.Context(), []int64{w.site.ID}))(t)[w.site.ID]
	}
	c := w.add(models.Pending, nil)
	queued := c.QueuedAt
	equal(t, "pending", counts(), models.LaneCounts{0, 1})
	w.events = nil
	c = w.save(c.ID, func(c *models.Comment) { c.Escalated = true })
	equal(t, "escalated", counts(), models.LaneCounts{0, 0, 0, 0, 1})
	equal(t, "events", []any{w.events[0].Kind, w.events[0].Lane, w.events[1].Kind, w.events[1].Lane},
		[]any{models.EventLeft, models.LanePending, models.EventEntered, models.LaneEscalated})
	if !c.QueuedAt.After(queued) {
		t.Error("another lane: queued anew")
	}
	c = w.save(c.ID, func(c *models.Comment) { c.Escalated, c.QueuedAt = false, queued })
	equal(t, "an undo restores the place", w.comment(c.ID).QueuedAt, queued)
	c = w.save(c.ID, func(c *models.Comment) { c.Status, c.Reviewed = models.Approved, true })
	equal(t, "approved", counts(), models.LaneCounts{})
	equal(t, "no place", w.comment(c.ID).QueuedAt, time.Time{})
	c = w.save(c.ID, func(c *models.Comment) { c.Status, c.QueuedAt = models.Pending, queued })
	equal(t, "an undo restores the place", w.comment(c.ID).QueuedAt, queued)
	w.save(c.ID, func(c *models.Comment) { c.Status, c.Reviewed = models.Approved, false })
	equal(t, "new", counts(), models.LaneCounts{0, 0, 0, 1})
	equal(t, "no site", len(must(w.LaneCounts(t.Context(), nil))(t)), 0)
}
