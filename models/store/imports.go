package store

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

// Imported notes as which comment a post of another system is stored.
type Imported struct {
	SiteID     int64
	ExternalID string // such as disqus:5585802847
	CommentID  int64
	Digest     int64  // of author, second and text
	Run        int64  // the import that stored it
	Thread     string // id of its thread there, such as disqus:123
	Version    int    // of the comment when it was stored; 0 for the first
}

type importedRow struct {
	SiteID     int64
	ExternalID string
	CommentID  int64
	Digest     int64
	Run        int64
	Thread     string
	Version    int
}

func (importedRow) TableName() string { return "imported" }

// in narrows a column to the values of a list that is passed as JSON. One
// statement serves lists of every length.
func (q Query) in(column string) string {
	if q.db.Name() == "sqlite" {
		return column + " IN (SELECT value FROM json_each(?))"
	}
	return column + " IN (SELECT jsonb_array_elements_text(CAST(? AS JSONB)))"
}

// ImportedComments finds what posts of another system are stored as: id,
// article and place of the comment, by external id. Unknown ids are left out.
func (q Query) ImportedComments(ctx context.Context, site int64, externalIDs []string) (map[string]models.Comment, error) {
	found := make(map[string]models.Comment, len(externalIDs))
	if len(externalIDs) == 0 {
		return found, nil
	}
	var rows []struct {
		ExternalID string
		ID         int64
		ArticleID  int64
		Depth      int
		Root       []byte
		Path       []byte
	}
	err := q.db.WithContext(ctx).Raw("SELECT i.external_id, c.id, c.article_id, c.depth, c.root, c.path FROM imported AS i "+
		"JOIN comments AS c ON c.id = i.comment_id WHERE i.site_id = ? AND "+q.in("i.external_id"), site, encode(externalIDs)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find imported comments: %w", err)
	}
	for _, r := range rows {
		found[r.ExternalID] = models.Comment{ID: r.ID, SiteID: site, ArticleID: r.ArticleID, Depth: r.Depth, Root: r.Root, Path: r.Path}
	}
	return found, nil
}

// ImportedDigests finds which posts of another system are stored, with the
// digests that they had then; 0 when none was noted.
func (q Query) ImportedDigests(ctx context.Context, site int64, externalIDs []string) (map[string]int64, error) {
	found := make(map[string]int64, len(externalIDs))
	if len(externalIDs) == 0 {
		return found, nil
	}
	var rows []importedRow
	err := q.db.WithContext(ctx).Raw("SELECT external_id, digest FROM imported WHERE site_id = ? AND "+q.in("external_id"), site, encode(externalIDs)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find imported comments: %w", err)
	}
	for _, r := range rows {
		found[r.ExternalID] = r.Digest
	}
	return found, nil
}

// AliasesOfKind returns the names of one kind that articles have.
func (q Query) AliasesOfKind(ctx context.Context, kind AliasKind, articles []int64) (map[int64][]string, error) {
	found := make(map[int64][]string, len(articles))
	if len(articles) == 0 {
		return found, nil
	}
	rows, err := gorm.G[aliasRow](q.db).Where("kind = ? AND article_id IN ?", kind, articles).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list aliases: %w", err)
	}
	for _, r := range rows {
		found[r.ArticleID] = append(found[r.ArticleID], r.Value)
	}
	return found, nil
}

// AliasesNamed is Aliases for long lists of one kind.
func (q Query) AliasesNamed(ctx context.Context, site int64, kind AliasKind, values []string) (map[string]int64, error) {
	found := make(map[string]int64, len(values))
	if len(values) == 0 {
		return found, nil
	}
	var rows []aliasRow
	err := q.db.WithContext(ctx).Raw("SELECT value, article_id FROM aliases WHERE site_id = ? AND kind = ? AND "+q.in("value"),
		site, kind, encode(values)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find aliases: %w", err)
	}
	for _, r := range rows {
		found[r.Value] = r.ArticleID
	}
	return found, nil
}

// AuthorIDs finds authors of a site by their keys, or by those they had before
// somebody took them over.
func (q Query) AuthorIDs(ctx context.Context, site int64, keys []string) (map[string]int64, error) {
	found := make(map[string]int64, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	var rows []authorRow
	err := q.db.WithContext(ctx).Raw("SELECT id, key FROM authors WHERE site_id = ? AND "+q.in("key")+
		" UNION ALL SELECT id, claimed_key AS key FROM authors WHERE site_id = ? AND claimed_key <> '' AND "+q.in("claimed_key"),
		site, encode(keys), site, encode(keys)).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("find authors: %w", err)
	}
	for i := range rows {
		found[rows[i].Key] = rows[i].ID
	}
	return found, nil
}

// importCache is the page cache of the writing connection during an import, in
// KiB. An import writes each page about once, so a larger one gains nothing.
const importCache = 4 << 10

// Frugal runs fn while the writing connection keeps few pages in memory.
func (s *Store) Frugal(ctx context.Context, fn func() error) error {
	if s.write.Name() != "sqlite" {
		return fn()
	}
	var before int
	if err := s.write.WithContext(ctx).Raw("PRAGMA cache_size").Scan(&before).Error; err != nil {
		return fmt.Errorf("limit cache: %w", err)
	}
	set := func(ctx context.Context, size int) error {
		if err := s.write.WithContext(ctx).Exec(fmt.Sprintf("PRAGMA cache_size = %d", size)).Error; err != nil {
			return fmt.Errorf("limit cache: %w", err)
		}
		return nil
	}
	if err := set(ctx, -importCache); err != nil {
		return err
	}
	return errors.Join(fn(), set(context.WithoutCancel(ctx), before))
}

// ImportBatch is what one transaction of an import stores.
type ImportBatch struct {
	Run      int64             // the import; what it stores bears this number
	Articles []*models.Article // new ones; the caller has set the ids
	Names    map[Alias]int64   // of articles; one that another article has stays there
	Authors  []*models.Author  // new ones
	Comments []*models.Comment // parents before their replies; the caller has set ids, parents and places
	Notes    []Imported
	Past     ImportedPast // of Comments
}

// InsertImported stores what comes from another system, with all that is
// counted about it: a hidden comment with a public reply becomes a tombstone,
// whether the reply comes with it or later. Readers are told nothing.
func (tx *Tx) InsertImported(ctx context.Context, b *ImportBatch) error {
	tx.countBranches(b.Comments)
	names := make([]aliasRow, 0, len(b.Names))
	for a, article := range b.Names {
		names = append(names, aliasRow{a.SiteID, a.Kind, a.Value, article, b.Run})
	}
	notes := make([]importedRow, len(b.Notes))
	for i, n := range b.Notes {
		notes[i] = importedRow(n)
		notes[i].Run, notes[i].Version = b.Run, max(1, n.Version)
	}
	err := inSizes(b.Articles, func(some []*models.Article) error { return tx.insertArticles(ctx, some, b.Run) })
	if err == nil {
		err = inSizes(names, func(some []aliasRow) error {
			return tx.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&some).Error
		})
	}
	if err == nil {
		err = inSizes(b.Authors, func(some []*models.Author) error { return tx.insertAuthors(ctx, some, b.Run) })
	}
	if err == nil {
		err = inSizes(b.Comments, tx.InsertComments)
	}
	if err == nil {
		err = tx.insertLikes(ctx, b.Comments)
	}
	if err == nil {
		err = inSizes(notes, func(some []importedRow) error { return tx.db.WithContext(ctx).Create(&some).Error })
	}
	if err == nil {
		err = tx.insertPast(ctx, &b.Past, b.Run)
	}
	if err != nil {
		return fmt.Errorf("insert imported: %w", conflict(err))
	}
	return nil
}

// importedReader is the length of made-up readers, in bytes. Those of readers
// here are longer.
const importedReader = 8

// madeUpReader is a reader that stands for one who is not known here.
func madeUpReader(what string, n int64) []byte {
	reader := sha256.Sum256(fmt.Appendf(nil, "imported "+what, n))
	return reader[:importedReader]
}

// insertLikes stores the likes that comments bring along. Who gave them is not
// known here, so each bears a made-up reader.
func (tx *Tx) insertLikes(ctx context.Context, comments []*models.Comment) error {
	for _, c := range comments {
		likes := make([]likeRow, c.Likes)
		for i := range likes {
			likes[i] = likeRow{c.ID, madeUpReader("like %d", int64(i))}
		}
		err := inSizes(likes, func(some []likeRow) error { return tx.db.WithContext(ctx).Create(&some).Error })
		if err != nil {
			return err
		}
	}
	return nil
}

// inSizes calls fn for parts of 128, 64, 32, … 1 rows. Every list is made of at
// most eight sizes, so that a prepared statement exists for each: statements of
// many rows are large, and one for every length would fill the memory.
func inSizes[T any](rows []T, fn func([]T) error) error {
	for size := 128; len(rows) > 0; {
		if size > len(rows) {
			size /= 2
			continue
		}
		if err := fn(rows[:size:size]); err != nil {
			return err
		}
		rows = rows[size:]
	}
	return nil
}

// countBranches sets LiveReplies and ThreadSize of the comments, and notes what
// changes above them, going from the last reply up.
func (tx *Tx) countBranches(comments []*models.Comment) {
	tx.tally.ready()
	own := make(map[int64]*models.Comment, len(comments))
	for _, c := range comments {
		own[c.ID] = c
	}
	for i := len(comments) - 1; i >= 0; i-- {
		c := comments[i]
		if c.ParentID == 0 || c.Status != models.Approved && c.LiveReplies == 0 {
			continue
		}
		if parent := own[c.ParentID]; parent != nil {
			parent.LiveReplies++
		} else {
			tx.tally.replies[c.ParentID]++
		}
		if root := own[rootID(c.Root)]; root != nil {
			root.ThreadSize++
		} else {
			tx.tally.sizes[rootID(c.Root)]++
		}
	}
}
