package storetest

import (
	"context"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// patience bounds every wait; a machine under load gets there too.
const patience = 30 * time.Second

func testEvents(t *testing.T, w *world) {
	ctx := t.Context()
	c := w.add(models.Pending, nil)
	last := must(w.LastEvent(ctx))(t)
	w.events = nil
	w.write(func(ctx context.Context, tx *store.Tx) error {
		approved := c
		approved.Status = models.Approved
		return tx.SaveComment(ctx, &c, &approved)
	})
	want := w.events
	equal(t, "kinds", []any{len(want), want[0].Kind, want[0].Lane, want[1].Kind, want[1].Count},
		[]any{2, models.EventLeft, models.LanePending, models.EventShown, 1})
	stored := must(w.EventsSince(ctx, last, 10))(t)
	for i := range stored {
		stored[i].CreatedAt, want[i].CreatedAt = time.Time{}, time.Time{}
	}
	equal(t, "stored", stored, want)
	equal(t, "next ids", []int64{want[0].ID, want[1].ID}, []int64{last + 1, last + 2})
	equal(t, "limited", len(must(w.EventsSince(ctx, last, 1))(t)), 1)

	w.events = nil
	wantErr(t, "failed", w.Write(ctx, func(tx *store.Tx) error {
		tx.Emit(models.Event{SiteID: w.site.ID, Kind: models.EventSite})
		return store.ErrConflict
	}), store.ErrConflict)
	equal(t, "no event without a commit", len(w.events), 0)
	equal(t, "no id either", must(w.LastEvent(ctx))(t), last+2)

	oldest := must(w.OldestEvent(ctx))(t)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		equal(t, "pruned", must(tx.PruneEvents(ctx, last+2, 1))(t), 1)
		equal(t, "next", must(tx.OldestEvent(ctx))(t), oldest+1)
		_, err := tx.PruneEvents(ctx, last+3, 1000)
		equal(t, "empty", must(tx.OldestEvent(ctx))(t), int64(0))
		return err
	})
	equal(t, "ids are never given twice", must(w.LastEvent(ctx))(t), last+2)
}

// testOrder lets many write at once and expects the events of each transaction
// to be told whole, in the order of their ids.
func testOrder(t *testing.T, w *world) {
	w.events = nil
	var group sync.WaitGroup
	var once sync.Once
	w.OnCommit(func(events []models.Event) {
		w.events = append(w.events, events...)
		once.Do(func() { w.nobodyWrites(t, &group) })
	})
	for range 16 {
		group.Go(func() {
			for range 4 {
				c := models.Comment{Status: models.Approved, Reviewed: true}
				w.write(func(ctx context.Context, tx *store.Tx) error {
					tx.Emit(models.Event{SiteID: w.site.ID, ArticleID: w.article.ID, Kind: models.EventShown, Count: -1})
					return w.insert(ctx, tx, &c, nil)
				})
			}
		})
	}
	group.Wait()
	equal(t, "events", len(w.events), 64)
	for i, e := range w.events {
		equal(t, "count", e.Count, i+1)
		if i > 0 && e.ID != w.events[i-1].ID+1 {
			t.Errorf("event %d came after %d", e.ID, w.events[i-1].ID)
		}
	}
}

// nobodyWrites expects that no transaction begins while a commit is told.
func (w *world) nobodyWrites(t *testing.T, group *sync.WaitGroup) {
	began := make(chan struct{})
	group.Go(func() {
		w.write(func(context.Context, *store.Tx) error { close(began); return nil })
	})
	select {
	case <-began:
		t.Error("a transaction began while a commit was being told")
	case <-time.After(50 * time.Millisecond):
	}
}

// testFollow has two processes write and listen to each other.
func testFollow(t *testing.T, w *world) {
	other := *w
	other.Store = Open(t, w.address, store.Options{Clock: w.clock.Now})
	after, err := w.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	emit(w, 1) // before anybody follows
	emit(&other, 2)
	ctx, cancel := context.WithCancel(t.Context())
	heard := [2]chan models.Event{make(chan models.Event, 1000), make(chan models.Event, 1000)}
	var group sync.WaitGroup
	for i, s := range []*world{w, &other} {
		group.Go(func() {
			s.Follow(ctx, after, func(events []models.Event) {
				for _, e := range events {
					heard[i] <- e
				}
			}, func(err error) { t.Error(err) })
		})
	}
	for range 20 {
		emit(w, 1)
		emit(&other, 2)
	}
	for i, count := range []int{2, 1} {
		last := after
		for range 21 {
			e := next(t, heard[i], count)
			if e.ID <= last {
				t.Errorf("event %d after %d", e.ID, last)
			}
			last = e.ID
		}
	}
	cancel()
	group.Wait()
}

func emit(w *world, count int) {
	w.write(func(_ context.Context, tx *store.Tx) error {
		tx.Emit(models.Event{SiteID: w.site.ID, Kind: models.EventSite, Count: count})
		return nil
	})
}

// next waits for an event, which must have a count.
func next(t *testing.T, heard chan models.Event, count int) models.Event {
	t.Helper()
	select {
	case e := <-heard:
		if e.Count != count {
			t.Errorf("heard %+v, want an event with count %d", e, count)
		}
		return e
	case <-time.After(patience):
		t.Fatalf("no event with count %d came", count)
		return models.Event{}
	}
}

// testWriters posts from 64 goroutines of two processes at once, and opens the
// database again.
func testWriters(t *testing.T, w *world) {
	other := *w
	other.Store = Open(t, w.address, store.Options{Clock: w.clock.Now})
	parent := w.add(models.Approved, nil)
	var group sync.WaitGroup
	for i := range 64 {
		from := []*world{w, &other}[i%2]
		group.Go(func() {
			for range 3 {
				c := models.Comment{Status: models.Approved}
				from.write(func(ctx context.Context, tx *store.Tx) error { return from.insert(ctx, tx, &c, &parent) })
			}
		})
	}
	for range 3 {
		w.sound() // one moment in the middle of it
	}
	group.Wait()
	again := Open(t, w.address, store.Options{})
	equal(t, "comments", must(again.Article(t.Context(), w.article.ID))(t).Approved, 193)
	equal(t, "replies", w.comment(parent.ID).LiveReplies, 192)
	w.sound()

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	wantErr(t, "cancelled", w.Write(ctx, func(*store.Tx) error { return nil }), context.Canceled)
	func() {
		defer func() { _ = recover() }()
		_ = w.Write(t.Context(), func(*store.Tx) error { panic("writer") })
	}()
	if err := w.Write(t.Context(), func(*store.Tx) error { return nil }); err != nil {
		t.Errorf("after a panic: %v", err)
	}
}
