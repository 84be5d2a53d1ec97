package storetest

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// queue reads the whole queue page by page.
func queue(t *testing.T, w *world, f store.QueueFilter, limit, scan int) []int64 {
	t.Helper()
	all := []int64{}
	for after := (*store.QueuePlace)(nil); ; {
		page, next, err := w.QueuePage(t.Context(), f, after, limit, scan)
		if err != nil {
			t.Fatalf("%+v: %v", f, err)
		}
		if len(page) > limit {
			t.Fatalf("a page of %d with limit %d", len(page), limit)
		}
		if all = append(all, ids(page)...); next == nil {
			return all
		}
		if len(all) > 1000 || after != nil && *next == *after {
			t.Fatalf("%+v: the pages do not end after %+v", f, *next)
		}
		after = next
	}
}

// crowd fills two sites with comments in every state, some with findings.
func crowd(w *world, n int) (all []models.Comment, sites []int64, rule int64) {
	r := rand.New(rand.NewPCG(3, 4))
	blog := w.addSite("blog")
	articles := []models.Article{w.article, w.addArticle(w.site), w.addArticle(blog)}
	bob, eve := w.addAuthor(w.site, "bob"), w.addAuthor(blog, "eve")
	all = make([]models.Comment, n)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		for i := range all {
			article := articles[r.IntN(3)]
			author := []models.Author{w.author, bob, eve}[r.IntN(3)]
			all[i] = models.Comment{
				SiteID: article.SiteID, ArticleID: article.ID, AuthorID: author.ID, AuthorName: author.Name,
				Status: models.Status(1 + r.IntN(4)), Reviewed: r.IntN(2) == 0, Escalated: r.IntN(8) == 0, Priority: max(0, r.IntN(6)-2),
				QueuedAt: start.Add(time.Duration(r.IntN(20)) * time.Second), Text: fmt.Sprintf("Some Text %d", i%7),
			}
			if err := w.insert(ctx, tx, &all[i], nil); err != nil {
				return err
			}
			if i%3 > 0 {
				continue
			}
			twice := []models.Finding{{RuleID: 5, Name: "a"}, {RuleID: 6, Name: "b"}, {RuleID: 5, Name: "c"}}
			if err := tx.AddFindings(ctx, map[int64][]models.Finding{all[i].ID: twice}); err != nil {
				return err
			}
		}
		return nil
	})
	for i := range all {
		all[i] = w.comment(all[i].ID)
	}
	return all, []int64{w.site.ID, blog.ID}, 5
}

// expected is the queue by definition.
func expected(all []models.Comment, f store.QueueFilter, ruled func(f store.QueueFilter, id int64) bool) []int64 {
	var fit []models.Comment
	for _, c := range all {
		in := c.Lane != models.NoLane && (len(f.Lanes) == 0 || slices.Contains(f.Lanes, c.Lane))
		if f.Status != 0 {
			in = c.Status == f.Status
		}
		in = in && slices.Contains(f.Sites, c.SiteID) && (f.Article == 0 || c.ArticleID == f.Article) && (f.Author == 0 || c.AuthorID == f.Author)
		in = in && (f.Rule == 0 || ruled(f, c.ID)) && strings.Contains(strings.ToLower(c.Text+c.AuthorName), strings.ToLower(f.Text))
		if in {
			fit = append(fit, c)
		}
	}
	slices.SortFunc(fit, func(a, b models.Comment) int {
		byQueue := int(a.QueuedAt.Sub(b.QueuedAt))
		byID := int(a.ID - b.ID)
		or := func(x ...int) int {
			for _, n := range x {
				if n != 0 {
					return n
				}
			}
			return 0
		}
		switch {
		case f.Author != 0 || f.Status != 0 && f.Rule != 0:
			if f.Status != 0 || f.Sort == "newest" {
				return -byID
			}
			return byID
		case f.Status != 0:
			return -or(int(a.ChangedAt.Sub(b.ChangedAt)), byID)
		case f.Sort == "newest":
			return -or(byQueue, byID)
		case f.Sort == "priority" && f.Article == 0:
			return or(b.Priority-a.Priority, byQueue, byID)
		}
		return or(byQueue, byID)
	})
	return ids(fit)
}

// testQueue compares every filter, order and some page sizes with the
// definition.
func testQueue(t *testing.T, w *world) {
	all, sites, rule := crowd(w, 150)
	ruled := func(f store.QueueFilter, id int64) bool { return f.Rule == rule && (id-all[0].ID)%3 == 0 }
	filters := []store.QueueFilter{
		{Sites: sites}, {Sites: sites[:1]}, {Sites: sites, Lanes: []models.Lane{models.LanePending}},
		{Sites: sites, Lanes: []models.Lane{models.LaneNew, models.LaneEscalated}},
		{Sites: sites, Article: w.article.ID}, {Sites: sites[1:], Article: w.article.ID}, {Sites: sites, Author: w.author.ID},
		{Sites: sites[1:], Author: w.author.ID}, {Sites: sites, Rule: rule}, {Sites: sites, Rule: 99}, {Sites: sites, Text: "TEXT 3"},
		{Sites: sites, Text: "bo"}, {Sites: sites, Rule: rule, Text: "text 3", Article: w.article.ID, Author: w.author.ID},
		{Sites: nil},
	}
	for _, f := range filters {
		for _, sort := range []string{"", "oldest", "newest", "priority"} {
			f.Sort = sort
			testFilter(t, w, f, expected(all, f, ruled))
		}
		f.Sort, f.Lanes = "", nil
		for status := models.Pending; status <= models.Deleted; status++ {
			f.Status = status
			testFilter(t, w, f, expected(all, f, ruled))
		}
	}
}

func testFilter(t *testing.T, w *world, f store.QueueFilter, want []int64) {
	t.Helper()
	if want == nil {
		want = []int64{}
	}
	for _, limit := range []int{1, 7, 50, 200} {
		if limit == 1 && len(want) > 60 {
			continue // one comment at a time is tried on the shorter ones
		}
		equal(t, fmt.Sprintf("%+v by %d", f, limit), queue(t, w, f, limit, 10), want)
	}
}

// testQueueBound counts what one call costs when nothing fits.
func testQueueBound(t *testing.T, w *world) {
	all, sites, _ := crowd(w, 150)
	f := store.QueueFilter{Sites: sites, Text: "nowhere"}
	w.traced.take()
	page, next, err := w.QueuePage(t.Context(), f, nil, 10, 20)
	if err != nil || len(page) != 0 || next == nil {
		t.Errorf("got %v, %v, %v; want an empty page and a place to go on from", ids(page), next, err)
	}
	equal(t, "queries", len(w.traced.take()), 2)
	if _, _, err := w.QueuePage(t.Context(), store.QueueFilter{Sites: sites}, nil, 50, 1000); err != nil {
		t.Error(err)
	}
	equal(t, "queries of an ordinary page", len(w.traced.take()), 2)
	var many []int64
	for i := range 120 {
		many = append(many, int64(i+1))
	}
	equal(t, "many sites", queue(t, w, store.QueueFilter{Sites: many}, 200, 1000), expected(all, store.QueueFilter{Sites: many}, nil))
}
