package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// testFlat compares lists by time with a sieve over all comments, for every
// order, bound and page size.
func testFlat(t *testing.T, w *world) {
	r := rand.New(rand.NewPCG(3, 4))
	all := []models.Comment{w.add(models.Approved, nil)}
	for i := range 24 {
		var parent *models.Comment
		if r.IntN(2) == 0 {
			parent = &all[r.IntN(len(all))]
		}
		status := models.Approved
		if i%3 == 0 {
			status = models.Removed
		}
		all = append(all, w.add(status, parent))
	}
	middle := all[len(all)/2].CreatedAt
	for _, f := range []store.FlatFilter{
		{Site: w.site.ID}, {Site: w.site.ID, Oldest: true}, {Site: w.site.ID, Since: middle}, {Site: w.site.ID, Since: middle, Oldest: true},
		{Article: w.article.ID}, {Article: w.article.ID, Oldest: true}, {Article: w.article.ID, Since: middle}, {Article: w.article.ID + 1},
	} {
		want := sieve(all, f, w.article.ID)
		for _, limit := range []int{1, 2, 7, 100} {
			for _, scan := range []int{3, 100} {
				equal(t, fmt.Sprintf("%+v by %d of %d", f, limit, scan), flatPages(t, w, f, limit, max(scan, limit)), want)
				if len(want) > 0 {
					equal(t, fmt.Sprintf("%+v back by %d of %d", f, limit, scan), flatBack(t, w, f, want[len(want)-1], limit, max(scan, limit)), want)
				}
			}
		}
	}
}

func sieve(all []models.Comment, f store.FlatFilter, article int64) (want []int64) {
	for _, c := range all {
		if c.Status == models.Approved && !c.CreatedAt.Before(f.Since) && (f.Article == 0 || f.Article == article) {
			want = append(want, c.ID)
		}
	}
	if !f.Oldest {
		slices.Reverse(want)
	}
	return want
}

func flatPages(t *testing.T, w *world, f store.FlatFilter, limit, scan int) (all []int64) {
	t.Helper()
	var after *store.FlatPlace
	for range 100 {
		page, next, err := w.Flat(t.Context(), f, after, limit, scan)
		if err != nil || len(page) > limit {
			t.Fatalf("%d comments, limit %d: %v", len(page), limit, err)
		}
		if all = append(all, ids(page)...); next == nil {
			return all
		}
		after = next
	}
	t.Fatal("the pages do not end")
	return nil
}

// flatBack reads the pages from the one that ends with a comment back to the
// first.
func flatBack(t *testing.T, w *world, f store.FlatFilter, last int64, limit, scan int) (all []int64) {
	t.Helper()
	c := w.comment(last)
	cut := &store.FlatPlace{At: c.CreatedAt, ID: c.ID}
	for range 100 {
		page, previous, err := w.FlatBefore(t.Context(), f, *cut, limit, scan)
		if err != nil || len(page) > limit {
			t.Fatalf("%d comments, limit %d: %v", len(page), limit, err)
		}
		if all = append(ids(page), all...); previous == nil {
			return all
		}
		cut = previous
	}
	t.Fatal("the pages do not end")
	return nil
}

// testBusiest counts what the latest comments are about.
func testBusiest(t *testing.T, w *world) {
	other, quiet := w.addArticle(w.site), w.addArticle(w.site)
	var second time.Time
	for i, article := range []int64{quiet.ID, other.ID, w.article.ID, other.ID} {
		c := models.Comment{SiteID: w.site.ID, ArticleID: article, Status: models.Approved}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.insert(ctx, tx, &c, nil) })
		if i == 1 {
			second = c.CreatedAt
		}
	}
	w.add(models.Spam, nil)
	read := func(since time.Time, limit, scan int) []store.Busy {
		return must(w.Busiest(t.Context(), store.ByArticle, w.site.ID, since, limit, scan))(t)
	}
	equal(t, "all", read(time.Time{}, 9, 99), []store.Busy{{ID: other.ID, N: 2}, {ID: quiet.ID, N: 1}, {ID: w.article.ID, N: 1}})
	equal(t, "since the second", read(second, 9, 99), []store.Busy{{ID: other.ID, N: 2}, {ID: w.article.ID, N: 1}})
	equal(t, "the first", read(time.Time{}, 1, 99), []store.Busy{{ID: other.ID, N: 2}})
	equal(t, "of three looked at", read(time.Time{}, 9, 3), []store.Busy{{ID: other.ID, N: 1}, {ID: w.article.ID, N: 1}})
	authors := must(w.Busiest(t.Context(), store.ByAuthor, w.site.ID, time.Time{}, 9, 99))(t)
	equal(t, "authors", authors, []store.Busy{{ID: w.author.ID, N: 4}})
}

// testSources reads what comments were made from.
func testSources(t *testing.T, w *world) {
	own := models.Comment{Status: models.Approved, Text: "*typed*"}
	old := models.Comment{Status: models.Approved, Text: "<b>old</b>", Format: models.HTML, ExternalID: "disqus:7"}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		if err := w.insert(ctx, tx, &own, nil); err != nil {
			return err
		}
		return w.insert(ctx, tx, &old, nil)
	})
	equal(t, "sources", must(w.Sources(t.Context(), []int64{own.ID, old.ID, 99}))(t), map[int64]store.Source{
		own.ID: {Text: "*typed*"}, old.ID: {Text: "<b>old</b>", Format: models.HTML, ExternalID: "disqus:7"},
	})
}

// testSitesKnowing finds the sites that a number of another system belongs to.
func testSitesKnowing(t *testing.T, w *world) {
	other := w.addSite("other")
	there := w.addArticle(other)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		c := models.Comment{Status: models.Approved, ExternalID: "disqus:7"}
		if err := w.insert(ctx, tx, &c, nil); err != nil {
			return err
		}
		return tx.AddAliases(ctx, map[store.Alias]int64{
			{SiteID: other.ID, Kind: store.AliasImported, Value: "disqus:1"}:  there.ID,
			{SiteID: w.site.ID, Kind: store.AliasImported, Value: "disqus:1"}: w.article.ID,
			{SiteID: other.ID, Kind: store.AliasImported, Value: "disqus:2"}:  there.ID,
			{SiteID: other.ID, Kind: store.AliasIdent, Value: "disqus:3"}:     there.ID,
		})
	})
	both := []int64{w.site.ID, other.ID}
	for value, want := range map[string][]int64{"disqus:1": both, "disqus:2": {other.ID}, "disqus:3": nil} {
		equal(t, value, must(w.SitesOfThread(t.Context(), both, value))(t), want)
	}
	equal(t, "of one site", must(w.SitesOfThread(t.Context(), both[:1], "disqus:1"))(t), both[:1])
	equal(t, "post", must(w.SitesOfPost(t.Context(), both, "disqus:7"))(t), both[:1])
	equal(t, "own comments have no number", must(w.SitesOfPost(t.Context(), both, ""))(t), nil)
}

// testArticlesByAge reads articles in both orders.
func testArticlesByAge(t *testing.T, w *world) {
	second, third := w.addArticle(w.site), w.addArticle(w.site)
	w.addArticle(w.addSite("other"))
	read := func(after int64, oldest bool, limit int) (list []int64) {
		for _, a := range must(w.ArticlesByAge(t.Context(), w.site.ID, after, oldest, limit))(t) {
			list = append(list, a.ID)
		}
		return list
	}
	equal(t, "newest", read(0, false, 9), []int64{third.ID, second.ID, w.article.ID})
	equal(t, "oldest", read(0, true, 2), []int64{w.article.ID, second.ID})
	equal(t, "newest after", read(third.ID, false, 1), []int64{second.ID})
	equal(t, "oldest after", read(second.ID, true, 9), []int64{third.ID})
}
