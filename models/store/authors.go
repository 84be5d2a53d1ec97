package store

import (
	"context"
	"fmt"

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

// AuthorsByKey returns the authors with the given keys.
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
	}
	rows, err := gorm.G[authorRow](q.db).Where(either.sql, either.args...).Find(ctx)
	for i := range rows {
		found[AuthorKey{rows[i].SiteID, rows[i].Key}] = rows[i].model()
	}
	return found, err
}

// InsertAuthors stores new authors, whose ids the caller has set.
func (tx *Tx) InsertAuthors(ctx context.Context, authors []*models.Author) error {
	if len(authors) == 0 {
		return nil
	}
	rows := make([]authorRow, len(authors))
	for i, a := range authors {
		rows[i] = newAuthorRow(a)
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
