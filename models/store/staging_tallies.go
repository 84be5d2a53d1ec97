package store

import (
	"context"
	"fmt"
)

// ArticleTally is how many posts of each class a file has for one article.
type ArticleTally struct {
	StagedArticle // Posts counts all of them; at most 100 threads

	Approved, Held, Deleted, Spam, Duplicate int
}

const tallySchema = `CREATE TABLE tallies AS SELECT article, COUNT(*) AS n, SUM(class = 5) AS approved, SUM(class = 6) AS held, SUM(class = 2) AS deleted,
	SUM(class = 3) AS spam, SUM(class = 4) AS duplicate FROM posts WHERE class > 1 GROUP BY article ORDER BY n DESC, article`

// EachTally calls fn with every article of a sorted staging that has posts, those
// with the most first. It is called once.
func (s *Staging) EachTally(ctx context.Context, fn func(*ArticleTally) error) error {
	if err := s.run(ctx, "count posts of articles", tallySchema); err != nil {
		return err
	}
	type row struct {
		ArticleTally
		place int64
	}
	for after := int64(0); ; {
		rows, err := s.query(ctx, "SELECT t.rowid, t.article, a.own, t.n, t.approved, t.held, t.deleted, t.spam, t.duplicate FROM tallies AS t "+
			"JOIN articles AS a ON a.seq = t.article WHERE t.rowid > ? ORDER BY t.rowid LIMIT 500", after)
		if err != nil {
			return fmt.Errorf("count posts of articles: %w", err)
		}
		some, err := scanAll(rows, func(r *row) []any {
			return []any{&r.place, &r.Seq, &r.Own, &r.Posts, &r.Approved, &r.Held, &r.Deleted, &r.Spam, &r.Duplicate}
		})
		if err != nil || len(some) == 0 {
			return err
		}
		after = some[len(some)-1].place
		for i := range some {
			t := &some[i].ArticleTally
			if t.Threads, err = s.Threads(ctx, t.Seq, 100); err != nil {
				return err
			}
			if err := fn(t); err != nil {
				return err
			}
		}
	}
}
