package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

// read is one of the three orders of a thread.
type read func(ctx context.Context, article int64, after *store.Place, limit int) ([]models.Comment, error)

func place(c models.Comment) *store.Place {
	return &store.Place{Likes: c.Likes, Root: c.Root, Path: c.Path}
}

// pages reads a thread page by page.
func pages(t *testing.T, w *world, r read, limit int) []int64 {
	t.Helper()
	var all []int64
	root := map[string]models.Comment{}
	for after := (*store.Place)(nil); ; {
		page := must(r(t.Context(), w.article.ID, after, limit))(t)
		if len(page) > limit {
			t.Fatalf("a page of %d with limit %d", len(page), limit)
		}
		if all = append(all, ids(page)...); len(all) > 1000 {
			t.Fatal("the pages do not end")
		}
		if len(page) < limit {
			return all
		}
		for _, c := range page {
			if c.ParentID == 0 {
				root[string(c.Root)] = c
			}
		}
		last := page[len(page)-1]
		after = place(last)
		after.Likes = root[string(last.Root)].Likes
	}
}

// testThread compares every order and page size with a walk over the tree.
func testThread(t *testing.T, w *world) {
	r := rand.New(rand.NewPCG(1, 2))
	all := []models.Comment{w.add(models.Approved, nil)}
	for range 60 {
		var parent *models.Comment
		if r.IntN(4) > 0 {
			parent = &all[r.IntN(len(all))]
		}
		status := models.Approved
		if r.IntN(5) == 0 {
			status = models.Removed
		}
		all = append(all, w.add(status, parent))
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range all {
			for like := range r.IntN(3) {
				if _, err := tx.Like(ctx, &all[i], []byte{byte(like)}, true); err != nil {
					return err
				}
			}
		}
		return nil
	})
	w.sound()
	for i := range all {
		all[i] = w.comment(all[i].ID)
	}
	orders := []struct {
		name string
		read read
		cmp  func(a, b models.Comment) int
	}{
		{"oldest", w.ThreadOldest, func(a, b models.Comment) int { return int(a.ID - b.ID) }},
		{"newest", w.ThreadNewest, func(a, b models.Comment) int { return int(b.ID - a.ID) }},
		{"top", w.ThreadTop, func(a, b models.Comment) int {
			if a.Likes != b.Likes {
				return b.Likes - a.Likes
			}
			return int(b.ID - a.ID)
		}},
	}
	for _, o := range orders {
		want := walkTree(all, o.cmp)
		for limit := 1; limit <= len(want)+1; limit++ {
			equal(t, fmt.Sprint(o.name, " by ", limit), pages(t, w, o.read, limit), want)
		}
		testBefore(t, w, o.name, want)
	}
}

// walkTree lists the shown comments depth first: roots by cmp, replies by age.
func walkTree(all []models.Comment, cmp func(a, b models.Comment) int) []int64 {
	children := map[int64][]models.Comment{}
	for _, c := range all {
		if c.Shown {
			children[c.ParentID] = append(children[c.ParentID], c)
		}
	}
	slices.SortFunc(children[0], cmp)
	var list []int64
	var visit func(parent int64)
	visit = func(parent int64) {
		for _, c := range children[parent] {
			list = append(list, c.ID)
			visit(c.ID)
		}
	}
	visit(0)
	return list
}

// testBefore reads backwards from every comment, in pages of several sizes.
func testBefore(t *testing.T, w *world, name string, order []int64) {
	t.Helper()
	likes := map[string]int{} // of roots
	for _, id := range order {
		if c := w.comment(id); c.ParentID == 0 {
			likes[string(c.Root)] = c.Likes
		}
	}
	for i, id := range order {
		at := place(w.comment(id))
		at.Likes = likes[string(at.Root)]
		for _, limit := range []int{1, 3, 5, 20, len(order)} {
			before, of := readBefore(t, w, name, *at, limit)
			want := slices.Clone(order[max(0, i-limit):i])
			slices.Reverse(want)
			equal(t, fmt.Sprint(name, " before by ", limit), ids(before), want)
			if n := len(before); n > 0 && name == "top" {
				equal(t, "likes of the last root", of, likes[string(before[n-1].Root)])
			}
		}
	}
}

// readBefore is the counterpart of an order.
func readBefore(t *testing.T, w *world, name string, at store.Place, limit int) (page []models.Comment, likes int) {
	t.Helper()
	var err error
	switch name {
	case "oldest":
		page, err = w.ThreadBefore(t.Context(), w.article.ID, at, limit)
	case "newest":
		page, err = w.ThreadNewestBefore(t.Context(), w.article.ID, at, limit)
	default:
		page, likes, err = w.ThreadTopBefore(t.Context(), w.article.ID, at, limit)
	}
	if err != nil {
		t.Fatal(err)
	}
	return page, likes
}

// testDeep makes a chain of replies that is longer than the shown depth.
func testDeep(t *testing.T, w *world) {
	c := w.add(models.Approved, nil)
	want := []int64{c.ID}
	for range models.MaxDepth + 20 {
		c = w.add(models.Approved, &c)
		want = append(want, c.ID)
	}
	equal(t, "depth", c.Depth, models.MaxDepth)
	equal(t, "length of the path", len(c.Path), 12*models.MaxDepth)
	for _, limit := range []int{7, 50, 100} {
		equal(t, "oldest", pages(t, w, w.ThreadOldest, limit), want)
		equal(t, "newest", pages(t, w, w.ThreadNewest, limit), want)
	}
	w.sound()
	for _, id := range want[:len(want)-1] {
		w.setStatus(id, models.Removed)
	}
	equal(t, "a chain of tombstones", pages(t, w, w.ThreadTop, 9), want)
	w.setStatus(c.ID, models.Removed)
	equal(t, "all gone", len(pages(t, w, w.ThreadTop, 9)), 0)
	w.sound()
}

// testEmptyThread reads what is not there.
func testEmptyThread(t *testing.T, w *world) {
	w.add(models.Pending, nil)
	for _, r := range []read{w.ThreadOldest, w.ThreadNewest, w.ThreadTop} {
		equal(t, "empty", len(must(r(t.Context(), w.article.ID, nil, 10))(t)), 0)
	}
}
