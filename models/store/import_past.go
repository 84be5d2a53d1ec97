package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"gorm.io/gorm"

	"postbag/models"
)

// ImportedPast is what happened to comments of an ImportBatch. The ids are those of
// the file, each there once; decisions name each other and revisions by them.
type ImportedPast struct {
	Revisions []models.Revision
	Reports   []models.Report
	Decisions []models.Decision
	KeepIDs   bool // those that are free
}

// insertPast stores what happened to imported comments, as history: nothing follows
// from it. Who reported is not known here, so each report bears a made-up reader.
func (tx *Tx) insertPast(ctx context.Context, p *ImportedPast, run int64) error {
	p.undoneOnce()
	revisions, err := tx.renumber(ctx, "revisions", p.KeepIDs, listOf(p.Revisions, func(r *models.Revision) int64 { return r.ID }))
	if err != nil {
		return err
	}
	reports, err := tx.renumber(ctx, "reports", p.KeepIDs, listOf(p.Reports, func(r *models.Report) int64 { return r.ID }))
	if err != nil {
		return err
	}
	decisions, err := tx.renumber(ctx, "decisions", p.KeepIDs, listOf(p.Decisions, func(d *models.Decision) int64 { return d.ID }))
	if err != nil {
		return err
	}
	err = create(ctx, tx, p.Revisions, func(r *models.Revision) revisionRow {
		return revisionRow{ID: revisions[r.ID], CommentID: r.CommentID, Text: r.Text, Tree: r.Tree, HTML: r.HTML, Held: r.Held, Run: run, CreatedAt: millis(r.CreatedAt)}
	})
	if err == nil {
		err = create(ctx, tx, p.Reports, func(r *models.Report) reportRow {
			return reportRow{
				ID: reports[r.ID], CommentID: r.CommentID, Reason: r.Reason, Text: r.Text, Reporter: madeUpReader("report %d", r.ID), Open: r.Open, Run: run,
				CreatedAt: millis(r.CreatedAt),
			}
		})
	}
	if err == nil {
		err = create(ctx, tx, p.Decisions, func(d *models.Decision) decisionRow {
			d.Before.Revision = revisions[d.Before.Revision]
			return decisionRow{
				ID: decisions[d.ID], SiteID: d.SiteID, CommentID: d.CommentID, ModeratorID: d.ModeratorID, RuleID: d.RuleID, Choice: d.Choice, Reason: d.Reason, Note: d.Note,
				FromStatus: d.From, ToStatus: d.To, Before: encode(d.Before), After: d.After, Undoes: decisions[d.Undoes], Run: run, CreatedAt: millis(d.CreatedAt),
			}
		})
	}
	if err != nil {
		return fmt.Errorf("insert history: %w", conflict(err))
	}
	return nil
}

// undoneOnce leaves out a second undo of one decision.
func (p *ImportedPast) undoneOnce() {
	undone := map[int64]bool{}
	for i := range p.Decisions {
		d := &p.Decisions[i]
		if undone[d.Undoes] {
			d.Undoes = 0
		}
		undone[d.Undoes] = d.Undoes > 0
	}
}

// create inserts a row for each of a list.
func create[T, R any](ctx context.Context, tx *Tx, list []T, row func(*T) R) error {
	rows := make([]R, len(list))
	for i := range list {
		rows[i] = row(&list[i])
	}
	return inSizes(rows, func(some []R) error { return tx.db.WithContext(ctx).Create(&some).Error })
}

func listOf[T any](list []T, id func(*T) int64) []int64 {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = id(&list[i])
	}
	return ids
}

// renumber finds for ids of a file those under which rows of a table are stored: the
// same where they are free and shall be kept, else the next ones.
func (tx *Tx) renumber(ctx context.Context, table string, keep bool, ids []int64) (map[int64]int64, error) {
	numbers := make(map[int64]int64, len(ids))
	if len(ids) == 0 {
		return numbers, nil
	}
	var missing []int64
	if !keep {
		missing = ids
	} else {
		var taken []int64
		if err := tx.exec(ctx, "SELECT id FROM "+table+" WHERE id IN ("+list(ids)+")", &taken); err != nil {
			return nil, fmt.Errorf("find ids: %w", err)
		}
		for _, id := range taken {
			numbers[id] = -1
		}
		for _, id := range ids {
			if numbers[id] == 0 {
				numbers[id] = id
			} else {
				missing = append(missing, id)
			}
		}
	}
	next, err := tx.reserve(ctx, table, ids, keep, len(missing))
	for i, id := range missing {
		numbers[id] = next + int64(i)
	}
	return numbers, err
}

// reserve makes sure that no later row gets one of the ids that are kept, and
// returns the first of n ids that nobody else gets.
func (tx *Tx) reserve(ctx context.Context, table string, ids []int64, keep bool, n int) (int64, error) {
	var highest int64
	if keep {
		for _, id := range ids {
			highest = max(highest, id)
		}
	}
	var last int64
	sql := fmt.Sprintf("SELECT MAX(COALESCE((SELECT MAX(id) FROM %[1]s), 0), COALESCE((SELECT MAX(seq) FROM sqlite_sequence WHERE name = '%[1]s'), 0), %[2]d)", table, highest)
	if tx.db.Name() != "sqlite" {
		sequence := fmt.Sprintf("pg_get_serial_sequence('%s', 'id')", table)
		sql = fmt.Sprintf("SELECT setval(%[1]s, GREATEST(nextval(%[1]s), %[2]d) + %[3]d) - %[3]d", sequence, highest, n)
	}
	if err := tx.exec(ctx, sql, &last); err != nil {
		return 0, fmt.Errorf("reserve ids: %w", err)
	}
	return last + 1, nil
}

// RaiseIDs makes sure that no later comment, article or author gets an id up to
// these, which come with an import.
func (tx *Tx) RaiseIDs(ctx context.Context, comment, article, author int64) error {
	err := tx.exec(ctx, fmt.Sprintf("UPDATE ids SET comment = CASE WHEN comment < %[1]d THEN %[1]d ELSE comment END, "+
		"article = CASE WHEN article < %[2]d THEN %[2]d ELSE article END, author = CASE WHEN author < %[3]d THEN %[3]d ELSE author END", comment, article, author), nil)
	if err != nil {
		return fmt.Errorf("raise ids: %w", err)
	}
	return nil
}

// Strangers reports whether any of these ids, of articles, authors or comments, is
// that of another site.
func (q Query) Strangers(ctx context.Context, table string, site int64, ids []int64) (bool, error) {
	switch table {
	case "articles", "authors", "comments":
	default:
		return false, errors.New("no such table")
	}
	if len(ids) == 0 {
		return false, nil
	}
	var found []int64
	err := q.exec(ctx, fmt.Sprintf("SELECT id FROM %s WHERE id IN (%s) AND site_id <> %d LIMIT 1", table, list(ids), site), &found)
	return len(found) > 0, err
}

// OnlyOf reports whether a site has no article, author or comment but those that a
// run of an import made.
func (q Query) OnlyOf(ctx context.Context, site, run int64) (bool, error) {
	var others int
	err := q.exec(ctx, fmt.Sprintf("SELECT (CASE WHEN EXISTS (SELECT 1 FROM articles WHERE site_id = %[1]d AND run <> %[2]d) THEN 1 ELSE 0 END) + "+
		"(CASE WHEN EXISTS (SELECT 1 FROM authors WHERE site_id = %[1]d AND run <> %[2]d) THEN 1 ELSE 0 END) + "+
		"(CASE WHEN EXISTS (SELECT 1 FROM comments AS c WHERE site_id = %[1]d AND NOT EXISTS (SELECT 1 FROM imported AS i WHERE i.comment_id = c.id AND i.run = %[2]d)) "+
		"THEN 1 ELSE 0 END)", site, run), &others)
	if err != nil {
		return false, fmt.Errorf("look for what a site has: %w", err)
	}
	return others == 0, nil
}

// KnownRules returns those rules of a site, of whatever version, that there are or
// were.
func (q Query) KnownRules(ctx context.Context, site int64) (map[int64]bool, error) {
	var ids []int64
	if err := q.exec(ctx, fmt.Sprintf("SELECT DISTINCT rule_id FROM rule_versions WHERE site_id = %d", site), &ids); err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	known := make(map[int64]bool, len(ids))
	for _, id := range ids {
		known[id] = true
	}
	return known, nil
}

// Recall finds the account with an e-mail address, or makes one that nobody can open,
// for somebody of whom only decisions are known. It keeps the id when that is free.
func (tx *Tx) Recall(ctx context.Context, m *models.Moderator) error {
	known, err := tx.ModeratorByEmail(ctx, m.Email)
	if err == nil {
		*m = known
		return nil
	}
	if !errors.Is(err, ErrNotFound) {
		return err
	}
	numbers, err := tx.renumber(ctx, "moderators", true, []int64{m.ID})
	if err != nil {
		return err
	}
	row := moderatorRow{ID: numbers[m.ID], Email: strings.ToLower(m.Email), Name: m.Name, Role: models.RoleModerator, Disabled: true, CreatedAt: millis(tx.Now)}
	if err := gorm.G[moderatorRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("recall moderator: %w", conflict(err))
	}
	*m = row.model()
	return nil
}
