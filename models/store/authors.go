package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"postbag/models"
)

// AuthorKey names an author within a site.
type AuthorKey struct {
	SiteID int64
	Key    string
}

// Author returns one author.
func (q Query) Author(ctx context.Context, id int64) (models.Author, error) {
	row, err := first(ctx, gorm.G[authorRow](q.db).Where("id = ?", id))
	return row.model(), err
}

// Authors returns the authors with the given ids, at most 1,000.
func (q Query) Authors(ctx context.Context, ids []int64) (map[int64]models.Author, error) {
	found := make(map[int64]models.Author, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := gorm.G[authorRow](q.db).Where("id IN ?", ids).Find(ctx)
	for i := range rows {
		found[rows[i].ID] = rows[i].model()
	}
	return found, err
}

// AuthorsByKey returns the authors with the given keys. The key of somebody
// signed in also finds the imported author that was claimed with it.
func (q Query) AuthorsByKey(ctx context.Context, keys []AuthorKey) (map[AuthorKey]models.Author, error) {
	found := make(map[AuthorKey]models.Author, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	lists := map[int64][]string{}
	for _, k := range keys {
		lists[k.SiteID] = append(lists[k.SiteID], k.Key)
	}
	var either anyOf
	for site, list := range lists {
		either.add("site_id = ? AND key IN ?", site, list)
		if slices.ContainsFunc(list, isLogin) {
			either.add("site_id = ? AND login <> '' AND login IN ?", site, list)
		}
	}
	rows, err := gorm.G[authorRow](q.db).Where(either.sql, either.args...).Find(ctx)
	for i := range rows {
		found[AuthorKey{rows[i].SiteID, rows[i].Key}] = rows[i].model()
		if rows[i].Login != "" {
			found[AuthorKey{rows[i].SiteID, rows[i].Login}] = rows[i].model()
		}
	}
	return found, err
}

// isLogin reports whether a key is that of somebody signed in.
func isLogin(key string) bool { return strings.HasPrefix(key, models.LoginPrefix) }

// InsertAuthors stores new authors, whose ids the caller has set.
func (tx *Tx) InsertAuthors(ctx context.Context, authors []*models.Author) error {
	return tx.insertAuthors(ctx, authors, 0)
}

// insertAuthors stores authors that an import made, or with 0 nobody's.
func (tx *Tx) insertAuthors(ctx context.Context, authors []*models.Author, run int64) error {
	if len(authors) == 0 {
		return nil
	}
	rows := make([]authorRow, len(authors))
	for i, a := range authors {
		rows[i] = newAuthorRow(a)
		rows[i].Run = run
	}
	if err := tx.db.WithContext(ctx).CreateInBatches(rows, 200).Error; err != nil {
		return fmt.Errorf("insert authors: %w", conflict(err))
	}
	return nil
}

// SetSanction writes a sanction of an author.
func (tx *Tx) SetSanction(ctx context.Context, a *models.Author) error {
	row := authorRow{Sanction: a.Sanction, Until: millis(a.Until)}
	return changed(gorm.G[authorRow](tx.db).Where("id = ?", a.ID).Select("Sanction", "Until").Updates(ctx, row))
}

// AuthorComments returns the latest comments of an author, newest first.
func (q Query) AuthorComments(ctx context.Context, author int64, limit int) ([]models.Comment, error) {
	rows, err := gorm.G[commentRow](q.db).Where("author_id = ?", author).Order("id DESC").Limit(limit).Find(ctx)
	return commentModels(rows), err
}

// AuthorsBefore returns how many comments of each status, as it is now, authors
// had written before a time in Unix milliseconds; at most 1,000 authors. Nothing
// else of the authors is filled in. Those without comments are left out.
func (q Query) AuthorsBefore(ctx context.Context, authors []int64, before int64) (map[int64]models.Author, error) {
	found := make(map[int64]models.Author, len(authors))
	if len(authors) == 0 {
		return found, nil
	}
	var rows []authorRow
	err := q.db.WithContext(ctx).Raw("SELECT author_id AS id, "+authorCounts+" FROM comments WHERE author_id IN ? AND created_at < ? GROUP BY author_id",
		authors, before).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("count comments of authors: %w", err)
	}
	for _, r := range rows {
		found[r.ID] = models.Author{ID: r.ID, Approved: r.Approved, Pending: r.Pending, Removed: r.Removed, Spam: r.Spam}
	}
	return found, nil
}

const authorCounts = "COUNT(CASE WHEN status = 2 THEN 1 END) AS approved, COUNT(CASE WHEN status = 1 THEN 1 END) AS pending, " +
	"COUNT(CASE WHEN status = 3 THEN 1 END) AS removed, COUNT(CASE WHEN status = 4 THEN 1 END) AS spam"

// AuthorArticle is one author in one thread.
type AuthorArticle struct{ Author, Article int64 }

// lastComments is how many of an author's comments LastComments looks at.
const lastComments = 100

// LastComments returns when authors last wrote in threads, in Unix milliseconds,
// whatever became of it. It looks at the latest 100 comments of each author;
// pairs without one among them are left out.
func (q Query) LastComments(ctx context.Context, pairs []AuthorArticle) (map[AuthorArticle]int64, error) {
	found := make(map[AuthorArticle]int64, len(pairs))
	if len(pairs) == 0 {
		return found, nil
	}
	var latest []string
	for _, p := range pairs {
		latest = append(latest, fmt.Sprintf("SELECT author_id, article_id, MAX(created_at) AS at FROM (SELECT author_id, article_id, created_at FROM comments "+
			"WHERE author_id = %d ORDER BY id DESC LIMIT %d) AS b WHERE article_id = %d GROUP BY author_id, article_id", p.Author, lastComments, p.Article))
	}
	for some := range slices.Chunk(latest, maxBranches) {
		var rows []struct{ AuthorID, ArticleID, At int64 }
		if err := q.exec(ctx, strings.Join(some, " UNION ALL "), &rows); err != nil {
			return nil, fmt.Errorf("find last comments: %w", err)
		}
		for _, r := range rows {
			found[AuthorArticle{r.AuthorID, r.ArticleID}] = r.At
		}
	}
	return found, nil
}
