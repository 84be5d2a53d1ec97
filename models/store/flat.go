package store

import (
	"context"
	"fmt"
	"slices"
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

// FlatPlace is a cut in a list by time: behind the comment with that time and
// id.
type FlatPlace struct {
	At time.Time
	ID int64
}

// Flat returns up to limit approved comments by time, whatever they answer,
// behind a cut (nil: from the start), and the cut to go on from, nil at the
// end. It looks at no more than scan comments, so that a page can be short
// although more follow.
func (q Query) Flat(ctx context.Context, f FlatFilter, after *FlatPlace, limit, scan int) ([]models.Comment, *FlatPlace, error) {
	rows, err := q.flatRange(f, after, false).Limit(scan).Find(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list comments by time: %w", err)
	}
	var next *FlatPlace
	ids, end := approvedAmong(rows, limit)
	switch {
	case end < len(rows):
		next = flatPlace(&rows[end-1])
	case len(rows) == scan:
		next = flatPlace(&rows[scan-1])
	}
	comments, err := q.flatComments(ctx, ids)
	return comments, next, err
}

// FlatBefore is Flat backwards: what comes before a cut, the comment at the cut
// included, in the order of the list, and the cut to go on backwards from, nil
// at the start. It needs a scan of at least 2.
func (q Query) FlatBefore(ctx context.Context, f FlatFilter, before FlatPlace, limit, scan int) ([]models.Comment, *FlatPlace, error) {
	rows, err := q.flatRange(f, &before, true).Limit(scan).Find(ctx)
	if err != nil {
		return nil, nil, fmt.Errorf("list comments by time: %w", err)
	}
	ids, end := approvedAmong(rows[:min(len(rows), scan-1)], limit)
	var previous *FlatPlace
	if end < len(rows) {
		previous = flatPlace(&rows[end])
	}
	slices.Reverse(ids)
	comments, err := q.flatComments(ctx, ids)
	return comments, previous, err
}

// approvedAmong returns the ids of up to limit comments that are approved, and
// the number of rows looked at.
func approvedAmong(rows []commentRow, limit int) (ids []int64, end int) {
	for i := range rows {
		if len(ids) == limit {
			return ids, i
		}
		if rows[i].Status == models.Approved {
			ids = append(ids, rows[i].ID)
		}
	}
	return ids, len(rows)
}

func (q Query) flatComments(ctx context.Context, ids []int64) ([]models.Comment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	comments, err := q.inOrder(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read comments by time: %w", err)
	}
	return comments, nil
}

func flatPlace(r *commentRow) *FlatPlace { return &FlatPlace{fromMillis(r.CreatedAt), r.ID} }

// flatRange is a range of one index, in its order or, back from the cut, against
// it.
func (q Query) flatRange(f FlatFilter, at *FlatPlace, back bool) gorm.ChainInterface[commentRow] {
	from := gorm.G[commentRow](q.db).Select("id, status, created_at")
	chain := from.Where("site_id = ?", f.Site)
	if f.Article != 0 {
		chain = from.Where("article_id = ? AND shown", f.Article)
	}
	if !f.Since.IsZero() {
		chain = chain.Where("created_at >= ?", millis(f.Since))
	}
	order, sign := "created_at DESC, id DESC", "<"
	if f.Oldest != back {
		order, sign = "created_at, id", ">"
	}
	if back {
		sign += "="
	}
	if at != nil {
		chain = chain.Where("(created_at, id) "+sign+" (?, ?)", millis(at.At), at.ID)
	}
	return chain.Order(order)
}

// Source is what a comment was made from.
type Source struct {
	Text       string
	Format     models.Format
	ExternalID string // in the system it was imported from, or empty
}

// Sources returns what comments were made from.
func (q Query) Sources(ctx context.Context, ids []int64) (map[int64]Source, error) {
	found := make(map[int64]Source, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := gorm.G[commentRow](q.db).Select("id, text, format, external_id").Where("id IN ?", ids).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("find sources: %w", err)
	}
	for i := range rows {
		found[rows[i].ID] = Source{rows[i].Text, rows[i].Format, rows[i].ExternalID}
	}
	return found, nil
}

// SitesOfThread returns which of the sites know an article by the id of a thread
// of another system, by id.
func (q Query) SitesOfThread(ctx context.Context, sites []int64, external string) (found []int64, err error) {
	err = q.db.WithContext(ctx).Raw("SELECT site_id FROM aliases WHERE site_id IN ? AND kind = ? AND value = ? ORDER BY site_id",
		sites, AliasImported, external).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("find sites of a thread: %w", err)
	}
	return found, nil
}

// SitesOfPost returns which of the sites have a comment with an id of another
// system, by id.
func (q Query) SitesOfPost(ctx context.Context, sites []int64, external string) (found []int64, err error) {
	err = q.db.WithContext(ctx).Raw("SELECT site_id FROM comments WHERE site_id IN ? AND external_id = ? AND external_id <> '' ORDER BY site_id",
		sites, external).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("find sites of a post: %w", err)
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
