package storetest

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// start is the time that a world's clock begins with.
var start = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)

// clock tells a time that moves by one second at each look, so that every
// transaction has its own.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(time.Second)
	return c.now
}

// world is a database with a site, an article and an author.
type world struct {
	*store.Store
	t       testing.TB
	address string
	clock   *clock
	site    models.Site
	article models.Article
	author  models.Author
	events  []models.Event // committed by this store
	traced  *trace
}

// trace keeps the statements of a store.
type trace struct {
	mu  sync.Mutex
	sql []string
}

func (r *trace) add(sql string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.sql = append(r.sql, sql)
}

// take returns the statements since the last call.
func (r *trace) take() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	sql := r.sql
	r.sql = nil
	return sql
}

func newWorld(t testing.TB, address string) *world {
	t.Helper()
	w := &world{t: t, address: address, clock: &clock{now: start}, traced: &trace{}}
	w.Store = Open(t, address, store.Options{Clock: w.clock.Now, Trace: w.traced.add})
	w.OnCommit(func(events []models.Event) { w.events = append(w.events, events...) })
	w.site = w.addSite("news")
	w.article = w.addArticle(w.site)
	w.author = w.addAuthor(w.site, "ann")
	return w
}

// write runs fn in a transaction that must succeed.
func (w *world) write(fn func(ctx context.Context, tx *store.Tx) error) {
	w.t.Helper()
	ctx := w.t.Context()
	if err := w.Write(ctx, func(tx *store.Tx) error { return fn(ctx, tx) }); err != nil {
		w.t.Fatalf("write: %v", err)
	}
}

func (w *world) addSite(key string) models.Site {
	s := models.Site{
		Key: key, Name: "The " + key, Hosts: []string{"a.example", key + ".example"}, Mode: models.PostMode, MaxLength: 5000,
		Reasons: []models.Reason{{Key: "rude", Label: "Rude"}}, Language: "en",
	}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddSite(ctx, &s) })
	return s
}

func (w *world) addArticle(site models.Site) models.Article {
	a := models.Article{SiteID: site.ID, SiteKey: site.Key, Title: "Title", CreatedAt: start}
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if a.ID, err = tx.NextIDs("article", 1); err != nil {
			return err
		}
		a.URL, a.Ident = fmt.Sprintf("https://example.org/%d", a.ID), fmt.Sprint("post-", a.ID)
		return tx.InsertArticles(ctx, []*models.Article{&a})
	})
	return a
}

func (w *world) addAuthor(site models.Site, key string) models.Author {
	a := models.Author{SiteID: site.ID, Kind: "guest", Key: key, Name: key, CreatedAt: start}
	w.write(func(ctx context.Context, tx *store.Tx) (err error) {
		if a.ID, err = tx.NextIDs("author", 1); err != nil {
			return err
		}
		return tx.InsertAuthors(ctx, []*models.Author{&a})
	})
	return a
}

// insert stores a comment below parent (nil: a root) as a submission does.
func (w *world) insert(ctx context.Context, tx *store.Tx, c *models.Comment, parent *models.Comment) error {
	id, err := tx.NextIDs("comment", 1)
	if err != nil {
		return err
	}
	c.ID, c.Version, c.CreatedAt, c.ChangedAt = id, 1, tx.Now, tx.Now
	if c.SiteID == 0 {
		c.SiteID, c.ArticleID = w.site.ID, w.article.ID
	}
	if c.AuthorID == 0 {
		c.AuthorID, c.AuthorName = w.author.ID, w.author.Name
	}
	if c.Text == "" {
		c.Text = fmt.Sprint("text ", id)
	}
	c.HTML, c.Tree = "<p>"+c.Text+"</p>", `["`+c.Text+`"]`
	if parent != nil {
		c.ParentID, c.SiteID, c.ArticleID = parent.ID, parent.SiteID, parent.ArticleID
	}
	place := models.NewPlace(parent, c.ID, c.CreatedAt)
	c.Root, c.Path, c.Depth = place.Root, place.Path, place.Depth
	if err := tx.InsertComments([]*models.Comment{c}); err != nil {
		return err
	}
	if c.Shown && parent != nil {
		tx.CountShown(parent.ID, w.rootOf(ctx, tx, parent), 1)
	}
	return nil
}

func (w *world) rootOf(ctx context.Context, tx *store.Tx, c *models.Comment) int64 {
	for c.ParentID != 0 {
		parent, err := tx.Comment(ctx, c.ParentID)
		if err != nil {
			w.t.Fatalf("root: %v", err)
		}
		c = &parent
	}
	return c.ID
}

// add stores one comment of a status in its own transaction.
func (w *world) add(status models.Status, parent *models.Comment) models.Comment {
	w.t.Helper()
	c := models.Comment{Status: status, Reviewed: true}
	w.write(func(ctx context.Context, tx *store.Tx) error { return w.insert(ctx, tx, &c, parent) })
	return c
}

// save changes a comment as it is now.
func (w *world) save(id int64, change func(*models.Comment)) models.Comment {
	w.t.Helper()
	before := w.comment(id)
	after := before
	change(&after)
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveComment(ctx, &before, &after) })
	return after
}

func (w *world) setStatus(id int64, status models.Status) models.Comment {
	w.t.Helper()
	return w.save(id, func(c *models.Comment) { c.Status = status })
}

func (w *world) comment(id int64) models.Comment {
	w.t.Helper()
	return must(w.Comment(w.t.Context(), id))(w.t)
}

// sound fails the test when Check finds anything.
func (w *world) sound() {
	w.t.Helper()
	for _, p := range must(w.Check(w.t.Context()))(w.t) {
		w.t.Errorf("check: %s %d %s", p.What, p.ID, p.Detail)
	}
}

// must returns what a call returned, and fails the test on an error:
// must(call())(t).
func must[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

// equal compares what was got with what was wanted.
func equal[T any](t testing.TB, what string, got, want T) {
	t.Helper()
	if g, w := fmt.Sprintf("%+v", got), fmt.Sprintf("%+v", want); g != w {
		t.Errorf("%s:\n got %s\nwant %s", what, g, w)
	}
}

func wantErr(t testing.TB, what string, err, want error) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Errorf("%s: got %v, want %v", what, err, want)
	}
}

func ids(comments []models.Comment) []int64 {
	list := make([]int64, len(comments))
	for i, c := range comments {
		list[i] = c.ID
	}
	return list
}
