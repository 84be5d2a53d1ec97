package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

type moveNameRow struct {
	MoveID int64
	Seq    int
	Kind   AliasKind
	Value  string
	WasID  int64
	NowID  int64
}

func (moveNameRow) TableName() string { return "move_names" }

type moveRootRow struct {
	MoveID    int64
	Seq       int
	CommentID int64
}

func (moveRootRow) TableName() string { return "move_roots" }

// MoveName is a name that a step of a move gives to an article.
type MoveName struct {
	Seq     int
	Name    Alias
	Article int64
	Was     int64 // the article that has it so far; 0 for a new name
}

// GiveNames gives articles names and keeps a record of it. A new name must be
// free; one that changes hands must belong to Was.
func (tx *Tx) GiveNames(ctx context.Context, move int64, names []MoveName) error {
	var added []aliasRow
	notes := make([]moveNameRow, len(names))
	for i, n := range names {
		notes[i] = moveNameRow{move, n.Seq, n.Name.Kind, n.Name.Value, n.Was, n.Article}
		if n.Was == 0 {
			added = append(added, aliasRow{SiteID: n.Name.SiteID, Kind: n.Name.Kind, Value: n.Name.Value, ArticleID: n.Article})
			continue
		}
		err := changed(gorm.G[aliasRow](tx.db).Where("site_id = ? AND kind = ? AND value = ? AND article_id = ?", n.Name.SiteID, n.Name.Kind, n.Name.Value, n.Was).
			Update(ctx, "article_id", n.Article))
		if err != nil {
			return fmt.Errorf("give name: %w", err)
		}
	}
	err := inSizes(added, func(some []aliasRow) error { return tx.db.WithContext(ctx).Create(&some).Error })
	if err == nil {
		err = tx.noteNames(ctx, notes)
	}
	if err != nil {
		return fmt.Errorf("give names: %w", conflict(err))
	}
	return nil
}

func (tx *Tx) noteNames(ctx context.Context, notes []moveNameRow) error {
	return inSizes(notes, func(some []moveNameRow) error {
		return tx.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&some).Error
	})
}

// GiveAllNames gives the names of one article to another and keeps a record of
// it.
func (tx *Tx) GiveAllNames(ctx context.Context, move int64, seq int, from, to int64) error {
	db := tx.db.WithContext(ctx)
	err := db.Exec("INSERT INTO move_names (move_id, seq, kind, value, was_id, now_id) SELECT ?, ?, kind, value, ?, ? FROM aliases WHERE article_id = ?",
		move, seq, from, to, from).Error
	if err == nil {
		err = db.Exec("UPDATE aliases SET article_id = ? WHERE article_id = ?", to, from).Error
	}
	if err != nil {
		return fmt.Errorf("give names: %w", err)
	}
	return nil
}

// TakeNamesBack undoes what steps first to last of a move did to names: new ones
// go, others return. A name that the steps' article does not have any more stays
// where it is.
func (tx *Tx) TakeNamesBack(ctx context.Context, site, move int64, first, last int) error {
	db := tx.db.WithContext(ctx)
	err := db.Exec("UPDATE aliases SET article_id = n.was_id FROM move_names AS n WHERE n.move_id = ? AND n.seq BETWEEN ? AND ? AND n.was_id > 0 "+
		"AND aliases.site_id = ? AND aliases.kind = n.kind AND aliases.value = n.value AND aliases.article_id = n.now_id", move, first, last, site).Error
	if err == nil {
		err = db.Exec("DELETE FROM aliases WHERE (site_id, kind, value, article_id) IN (SELECT CAST(? AS BIGINT), kind, value, now_id FROM move_names "+
			"WHERE move_id = ? AND seq BETWEEN ? AND ? AND was_id = 0)", site, move, first, last).Error
	}
	if err == nil {
		err = db.Exec("DELETE FROM move_names WHERE move_id = ? AND seq BETWEEN ? AND ?", move, first, last).Error
	}
	if err != nil {
		return fmt.Errorf("take names back: %w", err)
	}
	return nil
}

// SetURLs writes the URLs of articles, in one statement.
func (tx *Tx) SetURLs(ctx context.Context, urls map[int64]string) error {
	if len(urls) == 0 {
		return nil
	}
	var values []string
	var args []any
	for _, id := range sortedKeys(urls) {
		values = append(values, fmt.Sprintf("(%d, ?)", id))
		args = append(args, urls[id])
	}
	err := tx.exec(ctx, "WITH v (id, url) AS (VALUES "+strings.Join(values, ", ")+") UPDATE articles SET url = v.url FROM v WHERE articles.id = v.id", nil, args...)
	if err != nil {
		return fmt.Errorf("set URLs: %w", err)
	}
	return nil
}

// SetMovedTo notes that an article went into another one, or with 0 that it is
// one again.
func (tx *Tx) SetMovedTo(ctx context.Context, article, to int64) error {
	if err := tx.db.WithContext(ctx).Exec("UPDATE articles SET moved_to = ? WHERE id = ?", to, article).Error; err != nil {
		return fmt.Errorf("move article: %w", err)
	}
	return nil
}

// branchBatch is how many comments at most a part of a move takes along, as far
// as whole branches allow.
const branchBatch = 2000

// MovePart says how far a part of a move has come.
type MovePart struct {
	Comments int
	More     bool // there is more to move
}

// BranchesOut moves a part of an article's comments to another article, whole
// branches at a time, and keeps a record of their roots. With a thread only
// those go that were imported from it. Nothing else changes of a comment: its
// branch, its place and what is counted in it are its own.
func (tx *Tx) BranchesOut(ctx context.Context, move int64, seq int, from, to int64, thread string) (MovePart, error) {
	roots, more, err := tx.rootsOf(ctx, from, thread)
	if err != nil || len(roots) == 0 {
		return MovePart{}, err
	}
	notes := make([]moveRootRow, len(roots))
	for i, id := range roots {
		notes[i] = moveRootRow{move, seq, id}
	}
	err = inSizes(notes, func(some []moveRootRow) error {
		return tx.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&some).Error
	})
	if err != nil {
		return MovePart{}, fmt.Errorf("note branches: %w", err)
	}
	n, err := tx.moveBranches(ctx, roots, from, to)
	return MovePart{n, more}, err
}

// BranchesBack returns a part of the comments that a step took along, with what
// was answered to them since. What is not where the step put it stays there.
func (tx *Tx) BranchesBack(ctx context.Context, move int64, seq int, from, to int64) (MovePart, error) {
	var rows []rootSize
	err := tx.exec(ctx, "SELECT r.comment_id AS id, COALESCE(c.thread_size, 1) AS size FROM move_roots AS r LEFT JOIN comments AS c ON c.id = r.comment_id "+
		"WHERE r.move_id = ? AND r.seq = ? ORDER BY r.comment_id LIMIT ?", &rows, move, seq, branchBatch)
	if err != nil {
		return MovePart{}, fmt.Errorf("list branches: %w", err)
	}
	roots := fitting(rows)
	if len(roots) == 0 {
		return MovePart{}, nil
	}
	n, err := tx.moveBranches(ctx, roots, from, to)
	if err != nil {
		return MovePart{}, err
	}
	err = tx.exec(ctx, "DELETE FROM move_roots WHERE move_id = ? AND seq = ? AND comment_id IN ("+list(roots)+")", nil, move, seq)
	if err != nil {
		return MovePart{}, fmt.Errorf("forget branches: %w", err)
	}
	return MovePart{n, len(roots) < len(rows) || len(rows) == branchBatch}, nil
}

// rootSize is a root comment and how many shown comments its branch has.
type rootSize struct {
	ID   int64
	Size int
}

// fitting returns as many roots, at least one, as have branches that fit a part.
func fitting(rows []rootSize) []int64 {
	var roots []int64
	size := 0
	for _, r := range rows {
		if size += max(r.Size, 1); size > branchBatch && len(roots) > 0 {
			break
		}
		roots = append(roots, r.ID)
	}
	return roots
}

// rootsOf picks root comments of an article for the next part: those that
// readers see first, then the others.
func (tx *Tx) rootsOf(ctx context.Context, article int64, thread string) (roots []int64, more bool, err error) {
	only, args := "", []any{article}
	if thread != "" {
		only = " AND EXISTS (SELECT 1 FROM imported AS i WHERE i.site_id = comments.site_id AND i.external_id = comments.external_id AND i.thread = ?)"
		args = append(args, thread)
	}
	for _, shown := range []string{"shown", "NOT shown"} {
		var rows []rootSize
		err := tx.exec(ctx, "SELECT id, thread_size AS size FROM comments WHERE article_id = ? AND "+shown+" AND parent_id = 0"+only+" ORDER BY root LIMIT ?",
			&rows, append(args[:len(args):len(args)], branchBatch)...)
		if err != nil {
			return nil, false, fmt.Errorf("list branches: %w", err)
		}
		if roots = fitting(rows); len(roots) > 0 {
			return roots, true, nil // whether there is more shows next time
		}
	}
	return nil, false, nil
}

// moveBranches takes the branches of root comments from one article to another
// and counts them there. It returns how many comments went.
func (tx *Tx) moveBranches(ctx context.Context, roots []int64, from, to int64) (int, error) {
	moved := 0
	tx.tally.ready()
	for _, shown := range []string{"shown", "NOT shown"} {
		var rows []struct{ Status models.Status }
		err := tx.exec(ctx, "UPDATE comments SET article_id = ? WHERE article_id = ? AND "+shown+
			" AND root IN (SELECT root FROM comments WHERE id IN ("+list(roots)+")) RETURNING status", &rows, to, from)
		if err != nil {
			return 0, fmt.Errorf("move branches: %w", err)
		}
		moved += len(rows)
		left, joined := tx.tally.articles[from], tx.tally.articles[to]
		for _, r := range rows {
			left[r.Status]--
			joined[r.Status]++
		}
		tx.tally.articles[from], tx.tally.articles[to] = left, joined
	}
	return moved, nil
}
