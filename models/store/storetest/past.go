package storetest

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// many stores n comments at once; shape changes each before it is stored.
func (w *world) many(n int, shape func(i int, c *models.Comment)) []*models.Comment {
	w.t.Helper()
	comments := make([]*models.Comment, n)
	w.write(func(_ context.Context, tx *store.Tx) error {
		first, err := tx.NextIDs("comment", n)
		if err != nil {
			return err
		}
		for i := range comments {
			c := &models.Comment{
				ID: first + int64(i), SiteID: w.site.ID, ArticleID: w.article.ID, AuthorID: w.author.ID, AuthorName: w.author.Name,
				Status: models.Approved, Version: 1, Text: fmt.Sprint("text ", i), CreatedAt: start, ChangedAt: start,
			}
			shape(i, c)
			place := models.NewPlace(nil, c.ID, c.CreatedAt)
			c.Root, c.Path = place.Root, place.Path
			comments[i] = c
		}
		return tx.InsertComments(comments)
	})
	return comments
}

// readPast reads the past of the world's site.
func readPast(t *testing.T, w *world, from, to int64) (list []store.PastComment) {
	t.Helper()
	err := w.Past(t.Context(), w.site.ID, from, to, func(c *store.PastComment) error { list = append(list, *c); return nil })
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// testPast reads one comment with all that is known about it.
func testPast(t *testing.T, w *world) {
	c := models.Comment{
		Status: models.Removed, Reviewed: true, Settled: models.ChooseSpam, Sampled: true, Text: "Zoë\n'?' $1", Format: models.HTML,
		AddrHash: []byte{1}, NetHash: []byte{2, 0}, WideHash: []byte{3, 4},
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		if err := w.insert(ctx, tx, &c, nil); err != nil {
			return err
		}
		return tx.AddVerdicts(ctx, []store.Verdict{{CommentID: c.ID, Revision: 5, Facts: `{"Now":1}`}})
	})
	plain := w.add(models.Pending, nil)
	want := []store.PastComment{
		{ID: c.ID, ArticleID: c.ArticleID, AuthorID: c.AuthorID, Status: models.Removed, Reviewed: true, Settled: models.ChooseSpam, Sampled: true,
			AuthorName: c.AuthorName, Text: c.Text, Format: models.HTML, CreatedAt: c.CreatedAt.UnixMilli(), AddrHash: []byte{1}, NetHash: []byte{2, 0},
			WideHash: []byte{3, 4}, Revision: 5, Facts: `{"Now":1}`},
		{ID: plain.ID, ArticleID: plain.ArticleID, AuthorID: plain.AuthorID, Status: models.Pending, Reviewed: true, AuthorName: plain.AuthorName, Text: plain.Text,
			CreatedAt: plain.CreatedAt.UnixMilli()},
	}
	equal(t, "past", readPast(t, w, 0, math.MaxInt64), want)
	w.write(func(ctx context.Context, tx *store.Tx) error { // an edit was judged, and refused
		return tx.AddVerdicts(ctx, []store.Verdict{{CommentID: c.ID, Seq: 1, Facts: "{}"}, {CommentID: c.ID, Seq: 2, Facts: "{}"}})
	})
	want[0].Edited = true
	w.save(plain.ID, func(c *models.Comment) { c.EditedAt = start })
	want[1].Edited = true
	equal(t, "edited", readPast(t, w, 0, math.MaxInt64), want)
}

// testPastOrder reads more than one chunk, with many comments in one
// millisecond, from parts of the time.
func testPastOrder(t *testing.T, w *world) {
	blog := w.addSite("blog")
	other := w.addArticle(blog)
	at := func(i int) int64 { return start.UnixMilli() + int64(i*7919%11/3) }
	all := w.many(4500, func(i int, c *models.Comment) {
		c.CreatedAt = time.UnixMilli(at(i))
		if i%9 == 0 {
			c.SiteID, c.ArticleID = blog.ID, other.ID
		}
	})
	all = slices.DeleteFunc(all, func(c *models.Comment) bool { return c.SiteID != w.site.ID })
	slices.SortFunc(all, func(a, b *models.Comment) int {
		return cmp.Or(a.CreatedAt.Compare(b.CreatedAt), cmp.Compare(a.ID, b.ID))
	})
	for _, span := range [][2]int64{{0, math.MaxInt64}, {start.UnixMilli() + 1, start.UnixMilli() + 3}, {start.UnixMilli() + 3, start.UnixMilli() + 3}} {
		var want, got []int64
		for _, c := range all {
			if ms := c.CreatedAt.UnixMilli(); ms >= span[0] && ms < span[1] {
				want = append(want, c.ID)
			}
		}
		for _, c := range readPast(t, w, span[0], span[1]) {
			got = append(got, c.ID)
		}
		equal(t, fmt.Sprint("from ", span), got, want)
		equal(t, "count", must(w.CountPast(t.Context(), w.site.ID, span[0], span[1]))(t), int64(len(want)))
	}
}

// testPastStops reads long texts, stops in the middle, and looks whether the
// database is free meanwhile.
func testPastStops(t *testing.T, w *world) {
	long := strings.Repeat("long ", 200_000)
	w.many(12, func(_ int, c *models.Comment) { c.Text = long })
	seen := 0
	err := w.Past(t.Context(), w.site.ID, 0, math.MaxInt64, func(c *store.PastComment) error {
		seen++
		equal(t, "length", len(c.Text) == len(long), seen <= 12)
		if seen == 1 {
			idle(t, w)
			w.add(models.Approved, nil)
		}
		return nil
	})
	equal(t, "all, and the new one", fmt.Sprint(seen, err), "13 <nil>")

	enough := errors.New("enough")
	seen = 0
	got := w.Past(t.Context(), w.site.ID, 0, math.MaxInt64, func(*store.PastComment) error { seen++; return enough })
	equal(t, "the error of the caller, as it is", fmt.Sprint(seen, got == enough), "1 true")
	ctx, cancel := context.WithCancel(t.Context())
	seen = 0
	err = w.Past(ctx, w.site.ID, 0, math.MaxInt64, func(*store.PastComment) error { seen++; cancel(); return nil })
	wantErr(t, "cancelled", err, context.Canceled)
	equal(t, "at once", seen, 1)
}

// idle fails when a query or a transaction is open: on SQLite the log could not
// be folded back, on PostgreSQL a connection waits in it.
func idle(t *testing.T, w *world) {
	t.Helper()
	db, open := raw(t, w.address), 0
	ask := "PRAGMA wal_checkpoint(TRUNCATE)"
	if store.IsPostgres(w.address) {
		ask = "SELECT COUNT(*), 0, 0 FROM pg_stat_activity WHERE datname = current_database() AND backend_type = 'client backend' AND " +
			"state <> 'idle' AND pid <> pg_backend_pid()"
	}
	var rest [2]int
	if err := db.QueryRowContext(t.Context(), ask).Scan(&open, &rest[0], &rest[1]); err != nil || open != 0 {
		t.Errorf("%d transactions are open (%v)", open, err)
	}
}
