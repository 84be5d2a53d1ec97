package store

import (
	"context"
	"fmt"
	"math"

	"postbag/models/intake"
)

// AddPast adds one thing that happened to a post of the file. It reports false, and
// adds nothing, when there is one of its kind with its id.
func (s *Staging) AddPast(ctx context.Context, p *intake.Past) (bool, error) {
	kind, id := 0, int64(0)
	switch {
	case p.Revision != nil:
		kind, id = 1, p.Revision.ID
	case p.Report != nil:
		kind, id = 2, p.Report.ID
	case p.Decision != nil:
		kind, id = 3, p.Decision.ID
	}
	result, err := s.exec(ctx, "INSERT INTO past (post, line, kind, id, data) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", p.Post, p.Line, kind, id, encode(p))
	if err != nil {
		return false, fmt.Errorf("stage history: %w", err)
	}
	n, err := result.RowsAffected()
	return n == 1, err
}

// Past returns what happened to posts, by their ids in the file, each in the order
// of the file.
func (s *Staging) Past(ctx context.Context, posts []string) (map[string][]intake.Past, error) {
	rows, err := s.query(ctx, "SELECT data FROM past WHERE post IN (SELECT value FROM json_each(?)) ORDER BY seq", encode(posts))
	if err != nil {
		return nil, fmt.Errorf("read history: %w", err)
	}
	lines, err := scanAll(rows, func(line *string) []any { return []any{line} })
	found := map[string][]intake.Past{}
	for _, line := range lines {
		var p intake.Past
		if err == nil {
			err = decode(line, &p)
		}
		found[p.Post] = append(found[p.Post], p)
	}
	return found, err
}

// LostPast returns how many things happened to posts that are not in the file, and
// the line of the first.
func (s *Staging) LostPast(ctx context.Context) (n, line int, err error) {
	err = s.db.QueryRowContext(ctx, "SELECT COUNT(*), COALESCE(MIN(line), 0) FROM past WHERE NOT EXISTS (SELECT 1 FROM posts WHERE dsq = post)").Scan(&n, &line)
	if err != nil {
		return 0, 0, fmt.Errorf("count history: %w", err)
	}
	return n, line, nil
}

// People returns authors of the staging by number from above after, at most limit.
func (s *Staging) People(ctx context.Context, after int64, limit int) ([]int64, error) {
	rows, err := s.query(ctx, "SELECT id FROM authors WHERE id > ? AND more <> '' ORDER BY id LIMIT ?", after, limit)
	if err != nil {
		return nil, fmt.Errorf("list people: %w", err)
	}
	return scanAll(rows, func(id *int64) []any { return []any{id} })
}

// StagedIDs returns the ids of posts, or of threads, in the file, in its order, from
// behind the seq after, at most limit, and the last seq.
func (s *Staging) StagedIDs(ctx context.Context, table string, after int64, limit int) (ids []string, last int64, err error) {
	if table != "threads" {
		table = "posts"
	}
	rows, err := s.query(ctx, "SELECT seq, dsq FROM "+table+" WHERE seq > ? ORDER BY seq LIMIT ?", after, limit)
	if err != nil {
		return nil, after, fmt.Errorf("list ids: %w", err)
	}
	type row struct {
		seq int64
		id  string
	}
	found, err := scanAll(rows, func(r *row) []any { return []any{&r.seq, &r.id} })
	last = math.MaxInt64
	for _, r := range found {
		ids, last = append(ids, r.id), r.seq
	}
	return ids, last, err
}
