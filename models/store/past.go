package store

import (
	"context"
	"fmt"

	"postbag/models"
)

// PastComment is a comment as a backtest needs it.
type PastComment struct {
	ID, ArticleID, AuthorID int64
	Status                  models.Status
	Reviewed                bool
	Settled                 models.Choice
	Sampled                 bool
	Edited                  bool // it was changed, or its author tried to
	AuthorName              string
	Text                    string // as it is now
	Format                  models.Format
	CreatedAt               int64 // Unix milliseconds
	AddrHash                []byte
	NetHash                 []byte
	WideHash                []byte
	Revision                int    // of the site's rules when it was posted, as in its first verdict
	Facts                   string // of the first verdict; empty when it has none
}

// A chunk of past comments is read in one query and handed out when the query
// is over: no transaction stays open while the caller works, so nothing keeps
// SQLite's log from being folded back or PostgreSQL from cleaning up.
const (
	pastRows  = 2000
	pastBytes = 4 << 20 // of text; a chunk ends early beyond it
)

const (
	countPast = "SELECT COUNT(*) FROM comments WHERE site_id = ? AND created_at >= ? AND created_at < ?"

	pastComments = "SELECT c.id, c.article_id, c.author_id, c.status, c.reviewed, c.sampled, c.author_name, c.text, c.format, " +
		"c.created_at, c.edited_at > 0 OR c.held_edit OR (SELECT seq FROM verdicts AS e WHERE e.comment_id = c.id AND e.seq = 1) IS NOT NULL, " +
		"c.settled, c.addr_hash, c.net_hash, c.wide_hash, COALESCE(v.revision, 0), COALESCE(v.facts, '') " +
		"FROM comments AS c LEFT JOIN verdicts AS v ON v.comment_id = c.id AND v.seq = 0 " +
		"WHERE c.site_id = ? AND (c.created_at, c.id) > (?, ?) AND c.created_at < ? ORDER BY c.created_at, c.id LIMIT ?"
)

// Past hands every comment of a site that was written from one time up to, not
// including, another (Unix milliseconds) to fn, in the order of their times, and
// of their ids within one millisecond. fn may keep what is in the comment, but not
// the comment. An error of fn ends it and is returned as it is. Comments that are
// written meanwhile may be missed.
//
// Memory is bounded, writers are never blocked, and fn may use the store.
func (s *Store) Past(ctx context.Context, site, from, to int64, fn func(*PastComment) error) error {
	at, id := from, int64(0)
	var chunk pastChunk
	for {
		if err := chunk.read(ctx, s.Query, site, at, id, to); err != nil {
			return fmt.Errorf("read past comments: %w", err)
		}
		for i := range chunk.comments {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := fn(&chunk.comments[i]); err != nil {
				return err
			}
		}
		if chunk.last {
			return nil
		}
		end := chunk.comments[len(chunk.comments)-1]
		at, id = end.CreatedAt, end.ID
	}
}

// CountPast returns how many comments Past would hand out.
func (q Query) CountPast(ctx context.Context, site, from, to int64) (int64, error) {
	var n int64
	if err := q.db.WithContext(ctx).Raw(countPast, site, from, to).Scan(&n).Error; err != nil {
		return 0, fmt.Errorf("count past comments: %w", err)
	}
	return n, nil
}

// pastChunk is a part of the past; its memory is used again and again.
type pastChunk struct {
	comments []PastComment
	last     bool
}

func (p *pastChunk) read(ctx context.Context, q Query, site, at, id, to int64) error {
	rows, err := q.db.WithContext(ctx).Raw(pastComments, site, at, id, to, pastRows).Rows()
	if err != nil {
		return err
	}
	defer rows.Close()
	p.comments, p.last = p.comments[:0], true
	for bytes := 0; rows.Next(); {
		var c PastComment
		err := rows.Scan(&c.ID, &c.ArticleID, &c.AuthorID, &c.Status, &c.Reviewed, &c.Sampled, &c.AuthorName, &c.Text, &c.Format,
			&c.CreatedAt, &c.Edited, &c.Settled, &c.AddrHash, &c.NetHash, &c.WideHash, &c.Revision, &c.Facts)
		if err != nil {
			return err
		}
		p.comments = append(p.comments, c)
		if bytes += len(c.Text) + len(c.Facts); bytes > pastBytes || len(p.comments) == pastRows {
			p.last = false
			break
		}
	}
	if err := rows.Err(); err != nil {
		return err
	}
	return rows.Close()
}
