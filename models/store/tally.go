package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"gorm.io/gorm"

	"postbag/models"
)

// tally gathers what a transaction does to the numbers that people see, so that
// many changes cost one update for each article, author and lane.
type tally struct {
	articles map[int64]counts
	authors  map[int64]counts
	lanes    map[siteLane]int
	replies  map[int64]int // comment → change of its shown replies
	sizes    map[int64]int // root comment → change of the size of its branch
}

// counts are changes of the number of comments by status.
type counts [int(models.Deleted) + 1]int

type siteLane struct {
	site int64
	lane models.Lane
}

func (t *tally) ready() {
	if t.articles == nil {
		*t = tally{map[int64]counts{}, map[int64]counts{}, map[siteLane]int{}, map[int64]int{}, map[int64]int{}}
	}
}

// record notes that a comment went from one state to another; before is nil for
// a new comment.
func (t *tally) record(before, after *models.Comment) {
	t.ready()
	t.status(after, after.Status, 1)
	t.lane(after, 1)
	if before != nil {
		t.status(before, before.Status, -1)
		t.lane(before, -1)
	}
}

// lane counts a comment in its lane, and in that of the sample while it is in
// both.
func (t *tally) lane(c *models.Comment, n int) {
	t.lanes[siteLane{c.SiteID, c.Lane}] += n
	if c.Sampled && c.Lane == models.LaneNew {
		t.lanes[siteLane{c.SiteID, models.LaneSample}] += n
	}
}

func (t *tally) status(c *models.Comment, status models.Status, n int) {
	article, author := t.articles[c.ArticleID], t.authors[c.AuthorID]
	article[status] += n
	author[status] += n
	t.articles[c.ArticleID], t.authors[c.AuthorID] = article, author
}

// writeTally brings the counters up to date. Each kind is one statement,
// however many rows changed.
func (tx *Tx) writeTally(ctx context.Context) error {
	t := &tx.tally
	if err := tx.flushReplies(ctx); err != nil {
		return err
	}
	if err := tx.addArticles(ctx, t.articles); err != nil {
		return fmt.Errorf("count articles: %w", err)
	}
	if err := tx.addAuthors(ctx, t.authors); err != nil {
		return fmt.Errorf("count authors: %w", err)
	}
	if err := tx.addLanes(ctx, t.lanes); err != nil {
		return fmt.Errorf("count lanes: %w", err)
	}
	return nil
}

func (tx *Tx) addArticles(ctx context.Context, changes map[int64]counts) error {
	var values []int64
	for _, id := range sortedKeys(changes) {
		if a, p := changes[id][models.Approved], changes[id][models.Pending]; a != 0 || p != 0 {
			values = append(values, id, int64(a), int64(p))
		}
	}
	if len(values) == 0 {
		return nil
	}
	return tx.exec(ctx, "WITH v (id, a, p) AS (VALUES "+tuples(values, 3)+") UPDATE articles SET approved = approved + v.a, pending = pending + v.p "+
		"FROM v WHERE articles.id = v.id", nil)
}

// approvedNow returns the numbers of public comments that the events tell.
func (tx *Tx) approvedNow(ctx context.Context) (map[int64]int, error) {
	ids := map[int64]bool{}
	for _, e := range tx.events {
		if e.Count < 0 && e.ArticleID != 0 {
			ids[e.ArticleID] = true
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	var rows []articleRow
	err := tx.exec(ctx, "SELECT id, approved FROM articles WHERE id IN ("+list(sortedKeys(ids))+")", &rows)
	approved := make(map[int64]int, len(rows))
	for _, r := range rows {
		approved[r.ID] = r.Approved
	}
	return approved, err
}

func (tx *Tx) addAuthors(ctx context.Context, changes map[int64]counts) error {
	var values []int64
	for _, id := range sortedKeys(changes) {
		if c := changes[id]; c != (counts{}) {
			values = append(values, id, int64(c[models.Approved]), int64(c[models.Pending]), int64(c[models.Removed]), int64(c[models.Spam]))
		}
	}
	if len(values) == 0 {
		return nil
	}
	return tx.exec(ctx, "WITH v (id, a, p, r, s) AS (VALUES "+tuples(values, 5)+") UPDATE authors SET approved = approved + v.a, "+
		"pending = pending + v.p, removed = removed + v.r, spam = spam + v.s FROM v WHERE authors.id = v.id", nil)
}

func (tx *Tx) addLanes(ctx context.Context, changes map[siteLane]int) error {
	var values []int64
	for k, n := range changes {
		if n != 0 && k.lane != models.NoLane {
			values = append(values, k.site, int64(k.lane), int64(n))
		}
	}
	if len(values) == 0 {
		return nil
	}
	return tx.exec(ctx, "INSERT INTO lane_counts (site_id, lane, n) VALUES "+tuples(values, 3)+
		" ON CONFLICT (site_id, lane) DO UPDATE SET n = lane_counts.n + excluded.n", nil)
}

// addReplies changes live_replies and returns the comments as they are then.
func (tx *Tx) addReplies(ctx context.Context, changes map[int64]int) (rows []commentRow, err error) {
	values := pairs(changes)
	if len(values) == 0 {
		return nil, nil
	}
	err = tx.exec(ctx, "WITH v (id, n) AS (VALUES "+tuples(values, 2)+") UPDATE comments SET live_replies = live_replies + v.n FROM v "+
		"WHERE comments.id = v.id RETURNING comments.id, site_id, article_id, parent_id, root, status, shown, live_replies", &rows)
	return rows, err
}

func (tx *Tx) addSizes(ctx context.Context, changes map[int64]int) error {
	values := pairs(changes)
	if len(values) == 0 {
		return nil
	}
	return tx.exec(ctx, "WITH v (id, n) AS (VALUES "+tuples(values, 2)+") UPDATE comments SET thread_size = thread_size + v.n FROM v "+
		"WHERE comments.id = v.id", nil)
}

// pairs lists what really changes.
func pairs(changes map[int64]int) (values []int64) {
	for _, id := range sortedKeys(changes) {
		if n := changes[id]; n != 0 {
			values = append(values, id, int64(n))
		}
	}
	return values
}

// exec runs a statement that is different every time, and so is not worth
// preparing. Its text holds numbers, never what comes from outside; that goes to
// args. What it returns goes to rows, when that is not nil.
func (q Query) exec(ctx context.Context, sql string, rows any, args ...any) error {
	db := q.db.WithContext(ctx)
	switch prepared := db.Statement.ConnPool.(type) {
	case *gorm.PreparedStmtTX:
		db.Statement.ConnPool = prepared.Tx
	case *gorm.PreparedStmtDB:
		db.Statement.ConnPool = prepared.ConnPool
	}
	if rows == nil {
		return db.Exec(sql, args...).Error
	}
	return db.Raw(sql, args...).Scan(rows).Error
}

// list writes numbers for IN.
func list(values []int64) string {
	var b strings.Builder
	for i, v := range values {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	return b.String()
}

// tuples writes numbers as rows of VALUES.
func tuples(values []int64, width int) string {
	var b strings.Builder
	for i, v := range values {
		switch {
		case i == 0:
			b.WriteByte('(')
		case i%width == 0:
			b.WriteString("),(")
		default:
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(v, 10))
	}
	b.WriteByte(')')
	return b.String()
}

func sortedKeys[V any](m map[int64]V) []int64 {
	keys := make([]int64, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}
