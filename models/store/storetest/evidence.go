package storetest

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

func testVerdicts(t *testing.T, w *world) {
	ctx := t.Context()
	a, b, old := w.add(models.Approved, nil), w.add(models.Approved, nil), w.add(models.Approved, nil)
	list := []store.Verdict{
		{CommentID: a.ID, Revision: 3, Facts: `{"Now":1,"Name":"Zoë \"?\" $1"}`}, {CommentID: a.ID, Seq: 1, Revision: 4, Facts: "{}"}, {CommentID: b.ID, Facts: "[]"},
	}
	w.traced.take()
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddVerdicts(ctx, list) })
	equal(t, "statements beside the transaction's", len(statements(w.traced.take(), "verdicts")), 1)
	equal(t, "of one comment", must(w.Verdicts(ctx, a.ID))(t), list[:2])
	equal(t, "of several", must(w.VerdictsOf(ctx, []int64{b.ID, a.ID, old.ID}))(t), list)
	equal(t, "none asked", len(must(w.VerdictsOf(ctx, nil))(t)), 0)
	wantErr(t, "twice", w.Write(ctx, func(tx *store.Tx) error { return tx.AddVerdicts(ctx, list[:1]) }), store.ErrConflict)
	for id, want := range map[int64]int{a.ID: 2, b.ID: 1, old.ID: 1} {
		equal(t, "next", must(w.NextVerdict(ctx, id))(t), want)
	}
	list[0].Facts, list[2].Facts = "'a'", `{"b":"?"}`
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.SaveFacts(ctx, []store.Verdict{list[0], list[2], {CommentID: old.ID}}), tx.SaveFacts(ctx, nil), tx.AddVerdicts(ctx, nil))
	})
	equal(t, "facts", must(w.VerdictsOf(ctx, []int64{a.ID, b.ID, old.ID}))(t), list)
}

// statements picks those that name a table.
func statements(all []string, table string) (found []string) {
	for _, sql := range all {
		if strings.Contains(sql, table) {
			found = append(found, sql)
		}
	}
	return found
}

func testFindings(t *testing.T, w *world) {
	ctx := t.Context()
	c, other := w.add(models.Pending, nil), w.add(models.Pending, nil)
	why := []models.Finding{
		{RuleID: 1, Version: 2, Name: "Words", Action: models.Hold, Tag: "rude", Priority: 10, Reason: "no", Code: "rude", Detail: "a word",
			Matches: []models.Match{{Field: "text", Start: 1, End: 3}}},
		{Name: "Mode", Action: models.Hold},
		{RuleID: 2, Version: 1, Name: "Trial", Would: models.Reject, Raise: 4},
	}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddFindings(ctx, map[int64][]models.Finding{c.ID: why, other.ID: nil})
	})
	now := func() []models.Finding { return must(w.Findings(ctx, []int64{c.ID, other.ID}))(t)[c.ID] }
	equal(t, "findings", now(), why)
	equal(t, "none asked", len(must(w.Findings(ctx, nil))(t)), 0)
	replace := func(verdict int, findings []models.Finding) {
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.ReplaceFindings(ctx, c.ID, verdict, findings) })
	}
	replace(1, why[1:])
	equal(t, "replaced", now(), why[1:])
	equal(t, "queue of a rule that fired once", len(queue(t, w, store.QueueFilter{Sites: []int64{w.site.ID}, Rule: 1}, 9, 9)), 0)
	equal(t, "queue of a rule that still fires", queue(t, w, store.QueueFilter{Sites: []int64{w.site.ID}, Rule: 2}, 9, 9), []int64{c.ID})
	replace(2, nil)
	equal(t, "none", len(now()), 0)
	replace(3, why[:1])
	equal(t, "fired again", now(), why[:1])
	equal(t, "history", must(w.FindingsByVerdict(ctx, c.ID))(t), map[int][]models.Finding{0: why, 1: why[1:], 3: why[:1]})
}

func testSketches(t *testing.T, w *world) {
	ctx := t.Context()
	blog := w.addSite("blog")
	var all []store.Sketch
	for i := range 6 {
		c := w.add(models.Approved, nil)
		site := []int64{w.site.ID, blog.ID}[i%3/2]
		all = append(all, store.Sketch{CommentID: c.ID, SiteID: site, AuthorID: 5, ArticleID: 6, At: int64(10 * i), Sketch: []byte{0, byte(i), 255}})
	}
	all = append(all, all[0]) // an edit of the first comment
	all[6].Sketch, all[6].At = []byte{7}, 60
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.AddSketches(ctx, all), tx.AddSketches(ctx, nil))
	})
	for i, s := range all {
		if s.ID == 0 || i > 0 && s.ID <= all[i-1].ID {
			t.Errorf("sketch %d got the id %d", i, s.ID)
		}
	}
	since := func(after, at int64, limit int) []store.Sketch {
		return must(w.SketchesSince(ctx, w.site.ID, after, at, limit))(t)
	}
	equal(t, "all of a site", since(0, 0, 9), []store.Sketch{all[0], all[1], all[3], all[4], all[6]})
	equal(t, "since a time", since(0, 30, 9), []store.Sketch{all[3], all[4], all[6]})
	equal(t, "after an id", since(all[1].ID, 0, 2), []store.Sketch{all[3], all[4]})
	for _, want := range []int{2, 1, 0} {
		w.write(func(ctx context.Context, tx *store.Tx) error {
			equal(t, "pruned", must(tx.PruneSketches(ctx, 30, 2))(t), want)
			return nil
		})
	}
	equal(t, "left", since(0, 0, 9), []store.Sketch{all[3], all[4], all[6]})
}

func testAddresses(t *testing.T, w *world) {
	ctx := t.Context()
	var list []int64
	for range 3 {
		c := models.Comment{Status: models.Approved, AddrHash: []byte{1}, NetHash: []byte{2}, WideHash: []byte{3, 4}}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.insert(ctx, tx, &c, nil) })
		list = append(list, c.ID)
	}
	w.add(models.Approved, nil) // without an address
	third := w.comment(list[2]).CreatedAt
	equal(t, "before the third", must(w.Addressed(ctx, third, 9))(t), list[:2])
	equal(t, "limited", must(w.Addressed(ctx, third.Add(time.Hour), 1))(t), list[:1])
	before := w.comment(list[0])
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.ForgetAddresses(ctx, list[:1]), tx.ForgetAddresses(ctx, nil))
	})
	equal(t, "left", must(w.Addressed(ctx, third.Add(time.Hour), 9))(t), list[1:])
	before.AddrHash, before.NetHash, before.WideHash = nil, nil, nil
	equal(t, "nothing else changed", w.comment(list[0]), before)
}

// testAuthorHistory asks what authors had done before a time, and when they last
// wrote in a thread.
func testAuthorHistory(t *testing.T, w *world) {
	ctx := t.Context()
	other := w.addArticle(w.site)
	bob := w.addAuthor(w.site, "bob")
	var last models.Comment
	for i, status := range []models.Status{models.Approved, models.Approved, models.Pending, models.Removed, models.Spam, models.Deleted} {
		last = models.Comment{SiteID: w.site.ID, ArticleID: []int64{w.article.ID, other.ID}[i/5], AuthorID: bob.ID, Status: status}
		w.write(func(ctx context.Context, tx *store.Tx) error { return w.insert(ctx, tx, &last, nil) })
	}
	at := last.CreatedAt.UnixMilli()
	none := models.Author{ID: bob.ID, Approved: 2, Pending: 1, Removed: 1, Spam: 1}
	equal(t, "all", must(w.AuthorsBefore(ctx, []int64{bob.ID, w.author.ID}, at+1))(t), map[int64]models.Author{bob.ID: none})
	none.Spam, none.Removed = 0, 0
	equal(t, "before", must(w.AuthorsBefore(ctx, []int64{bob.ID}, at-2000))(t), map[int64]models.Author{bob.ID: none})
	equal(t, "none asked", len(must(w.AuthorsBefore(ctx, nil, at))(t)), 0)
	pairs := []store.AuthorArticle{{Author: bob.ID, Article: w.article.ID}, {Author: bob.ID, Article: other.ID}, {Author: w.author.ID, Article: other.ID}}
	equal(t, "last comments", must(w.LastComments(ctx, pairs))(t), map[store.AuthorArticle]int64{pairs[0]: at - 1000, pairs[1]: at})
	equal(t, "no pairs", len(must(w.LastComments(ctx, nil))(t)), 0)
}

func testHeat(t *testing.T, w *world) {
	ctx := t.Context()
	other, third := w.addArticle(w.site), w.addArticle(w.site)
	w.article.Heat, w.article.HeatLevel, other.Heat, other.HeatLevel = `{"a":"?'"}`, 3, "x", 1
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(tx.SaveHeats(ctx, []models.Article{w.article, other}), tx.SaveHeats(ctx, nil))
	})
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveArticle(ctx, &other) })
	for _, want := range []models.Article{w.article, other, third} {
		equal(t, "article", must(w.Article(ctx, want.ID))(t), want)
	}
}
