package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"postbag/models"
)

// FlatFilter says which public comments a list by time holds.
type FlatFilter struct {
	Site    int64
	Article int64     // 0 for all of the site
	Since   time.Time // zero for no bound; a comment of that moment is in
	Oldest  bool      // oldest first, else newest first
}

// FlatPlace is a position in a list by time: after the comment with that time
// and id.
type FlatPlace struct {
	At time.Time
	ID int64
}

// Flat returns up to limit approved comments by time, whatever they answer,
// after a place (nil: from the start), and the place to go on from, nil at the
// end. It looks at no more than scan comments, so that a page can be short
// although more follow.
func (q Query) Flat(ctx context.Context, f FlatFilter, after *FlatPlace, limit, scan int) ([]models.Comment, *FlatPlace, error) {
	rows, err := q.flatRange(f, after).Limit(scan).Find(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list comments by time: %w", err)
	}
	var ids []int64
	var next *FlatPlace
	for i := range rows {
		if len(ids) == limit {
			next = flatPlace(&rows[i-1])
			break
		}
		if rows[i].Status == models.Approved {
			ids = append(ids, rows[i].ID)
		}
	}
	if next == nil && len(rows) == scan {
		next = flatPlace(&rows[scan-1])
	}
	if len(ids) == 0 {
		return nil, next, nil
	}
	comments, err := q.inOrder(ctx, ids)
	if err != nil {
		return nil, nil, fmt.Errorf("read comments by time: %w", err)
	}
	return comments, next, nil
}

func flatPlace(r *commentRow) *FlatPlace { return &FlatPlace{fromMillis(r.CreatedAt), r.ID} }

// flatRange is a range of one index, in its order.
func (q Query) flatRange(f FlatFilter, after *FlatPlace) gorm.ChainInterface[commentRow] {
	from := gorm.G[commentRow](q.db).Select("id, status, created_at")
	chain := from.Where("site_id = ?", f.Site)
	if f.Article != 0 {
		chain = from.Where("article_id = ? AND shown", f.Article)
	}
	if !f.Since.IsZero() {
		chain = chain.Where("created_at >= ?", millis(f.Since))
	}
	order, sign := "created_at DESC, id DESC", "<"
	if f.Oldest {
		order, sign = "created_at, id", ">"
	}
	if after != nil {
		chain = chain.Where("(created_at, id) "+sign+" (?, ?)", millis(after.At), after.ID)
	}
	return chain.Order(order)
}

// ExternalIDs returns the ids that comments have in the system they were
// imported from. Comments that were not imported are left out.
func (q Query) ExternalIDs(ctx context.Context, ids []int64) (map[int64]string, error) {
	found := make(map[int64]string, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := gorm.G[commentRow](q.db).Select("id, external_id").Where("id IN ?", ids).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("find external ids: %w", err)
	}
	for i := range rows {
		if rows[i].ExternalID != "" {
			found[rows[i].ID] = rows[i].ExternalID
		}
	}
	return found, nil
}

// Busy is an article or an author with the number of comments in a time.
type Busy struct {
	ID int64
	N  int
}

// What Busiest counts comments by, as the name of a column.
const (
	ByArticle = "article_id"
	ByAuthor  = "author_id"
)

const busiest = "SELECT %[1]s AS id, COUNT(*) AS n FROM (SELECT %[1]s, status FROM comments WHERE site_id = ? AND created_at >= ? " +
	"ORDER BY created_at DESC, id DESC LIMIT ?) AS latest WHERE status = ? GROUP BY %[1]s ORDER BY n DESC, %[1]s DESC LIMIT ?"

// Busiest returns up to limit articles or authors of a site with the most
// approved comments since a time, the busiest first, counted over at most scan
// of the latest comments. by is ByArticle or ByAuthor.
func (q Query) Busiest(ctx context.Context, by string, site int64, since time.Time, limit, scan int) ([]Busy, error) {
	var list []Busy
	err := q.db.WithContext(ctx).Raw(fmt.Sprintf(busiest, by), site, millis(since), scan, models.Approved, limit).Scan(&list).Error
	if err != nil {
		return nil, fmt.Errorf("list the busiest: %w", err)
	}
	return list, nil
}
