package storetest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// claim takes items for a moderator for an hour.
func (w *world) claim(ctx context.Context, moderator int64, token string, limit int) (c models.Claim, items []models.Comment, err error) {
	err = w.Write(ctx, func(tx *store.Tx) error {
		c = models.Claim{ModeratorID: moderator, ExpiresAt: tx.Now.Add(time.Hour)}
		items, err = tx.Claim(ctx, &c, []byte(token), []int64{w.site.ID}, []models.Lane{models.LanePending, models.LaneNew}, limit)
		return err
	})
	return c, items, err
}

func testClaims(t *testing.T, w *world) {
	ctx := t.Context()
	m := w.addModerator("zoe@example.org", models.RoleModerator)
	var waiting []int64
	for range 5 {
		waiting = append(waiting, w.add(models.Pending, nil).ID)
	}
	w.events = nil
	first, items, err := w.claim(ctx, m.ID, "one", 3)
	equal(t, "claimed", fmt.Sprint(ids(items), err), fmt.Sprint(waiting[:3], error(nil)))
	equal(t, "events", []any{len(w.events), w.events[0].Kind, w.events[0].Lane}, []any{3, models.EventClaimed, models.LanePending})
	_, items, err = w.claim(ctx, m.ID, "two", 3)
	equal(t, "the rest", fmt.Sprint(ids(items), err), fmt.Sprint(waiting[3:], error(nil)))
	_, _, err = w.claim(ctx, m.ID, "three", 3)
	wantErr(t, "nothing left", err, store.ErrNotFound)
	_, err = w.ClaimByToken(ctx, []byte("three"))
	wantErr(t, "no claim stored", err, store.ErrNotFound)
	got := must(w.ClaimByToken(ctx, []byte("one")))(t)
	first.ModeratorName = m.Name
	equal(t, "by token", got, first)
	now := w.clock.Now()
	claims := must(w.ClaimsOf(ctx, []int64{waiting[0], 999}, now))(t)
	equal(t, "in force", claims, map[int64]models.Claim{waiting[0]: first})
	equal(t, "expired", len(must(w.ClaimsOf(ctx, waiting[:1], first.ExpiresAt))(t)), 0)
	equal(t, "none asked", len(must(w.ClaimsOf(ctx, nil, now))(t)), 0)

	w.save(waiting[0], func(c *models.Comment) { c.Priority++ })
	equal(t, "a change within the lane keeps the claim", len(must(w.ClaimsOf(ctx, waiting[:1], now))(t)), 1)
	w.setStatus(waiting[0], models.Approved)
	equal(t, "a decision ends it", len(must(w.ClaimsOf(ctx, waiting[:1], now))(t)), 0)

	until := first.ExpiresAt.Add(time.Hour)
	w.events = nil
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.RenewClaim(ctx, first.ID, until) })
	equal(t, "renewed events", len(w.events), 2)
	equal(t, "renewed", must(w.ClaimsOf(ctx, waiting[1:2], first.ExpiresAt))(t)[waiting[1]].ExpiresAt, until)
	w.events = nil
	w.write(func(ctx context.Context, tx *store.Tx) error {
		equal(t, "released", must(tx.ReleaseClaim(ctx, first.ID))(t), waiting[1:3])
		return nil
	})
	equal(t, "events", []any{len(w.events), w.events[0].Kind}, []any{2, models.EventReleased})
	for _, again := range []func(*store.Tx) error{
		func(tx *store.Tx) error { _, err := tx.ReleaseClaim(ctx, first.ID); return err },
		func(tx *store.Tx) error { return tx.RenewClaim(ctx, first.ID, until) },
	} {
		wantErr(t, "gone", w.Write(ctx, again), store.ErrNotFound)
	}
	testExpiry(t, w, m, waiting[1:])
}

// testExpiry lets a claim end by itself.
func testExpiry(t *testing.T, w *world, m models.Moderator, waiting []int64) {
	t.Helper()
	ctx := t.Context()
	w.clock.now = w.clock.now.Add(2 * time.Hour)
	_, items, err := w.claim(ctx, m.ID, "later", 10)
	equal(t, "expired items are free", fmt.Sprint(ids(items), err), fmt.Sprint(waiting, error(nil)))
	w.write(func(ctx context.Context, tx *store.Tx) error {
		equal(t, "pruned", must(tx.PruneClaims(ctx, tx.Now, 10))(t), 1)
		equal(t, "pruned again", must(tx.PruneClaims(ctx, tx.Now, 10))(t), 0)
		return nil
	})
	equal(t, "still held", len(must(w.ClaimsOf(ctx, waiting, w.clock.Now()))(t)), len(waiting))
	w.write(func(ctx context.Context, tx *store.Tx) error {
		equal(t, "all pruned", must(tx.PruneClaims(ctx, tx.Now.Add(5*time.Hour), 10))(t), 1)
		return nil
	})
	equal(t, "free", len(must(w.ClaimsOf(ctx, waiting, w.clock.Now()))(t)), 0)
}

// testExclusive lets moderators of two processes claim at once.
func testExclusive(t *testing.T, w *world) {
	for range 60 {
		w.add(models.Pending, nil)
	}
	other := *w
	other.Store = Open(t, w.address, store.Options{Clock: w.clock.Now})
	var mu sync.Mutex
	var held []int64
	var group sync.WaitGroup
	for m := range 8 {
		from := []*world{w, &other}[m%2]
		group.Go(func() {
			for i := range 100 {
				_, items, err := from.claim(t.Context(), int64(m+1), fmt.Sprint(m, "-", i), 4)
				if errors.Is(err, store.ErrNotFound) {
					return
				}
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				held = append(held, ids(items)...)
				mu.Unlock()
			}
		})
	}
	group.Wait()
	equal(t, "items given away", len(held), 60)
	slices.Sort(held)
	equal(t, "each once", len(slices.Compact(held)), 60)
}
