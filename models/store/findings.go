package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"postbag/models"
)

type findingRow struct {
	CommentID int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq       int   `gorm:"primaryKey;autoIncrement:false"` // the order in which the engine gave them
	RuleID    int64
	Version   int
	Name      string
	Action    models.Action
	Reason    string
	Detail    string
	Matches   string // JSON
}

func (findingRow) TableName() string { return "findings" }

func (r *findingRow) model() (models.Finding, error) {
	f := models.Finding{RuleID: r.RuleID, Version: r.Version, Name: r.Name, Action: r.Action, Reason: r.Reason, Detail: r.Detail}
	return f, decode(r.Matches, &f.Matches)
}

// Findings returns what the rules found on comments, at most 1,000 of them, in
// the order in which it was stored. Comments without findings are left out.
func (q Query) Findings(ctx context.Context, comments []int64) (map[int64][]models.Finding, error) {
	found := map[int64][]models.Finding{}
	if len(comments) == 0 {
		return found, nil
	}
	rows, err := gorm.G[findingRow](q.db).Where("comment_id IN ?", comments).Order("comment_id, seq").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	for i := range rows {
		f, err := rows[i].model()
		if err != nil {
			return nil, err
		}
		found[rows[i].CommentID] = append(found[rows[i].CommentID], f)
	}
	return found, nil
}

// AddFindings stores the findings of comments that have none yet.
func (tx *Tx) AddFindings(ctx context.Context, findings map[int64][]models.Finding) error {
	var rows []findingRow
	for _, id := range sortedKeys(findings) {
		for seq, f := range findings[id] {
			rows = append(rows, findingRow{id, seq, f.RuleID, f.Version, f.Name, f.Action, f.Reason, f.Detail, encode(f.Matches)})
		}
	}
	if len(rows) == 0 {
		return nil
	}
	if err := gorm.G[findingRow](tx.db).CreateInBatches(ctx, &rows, 200); err != nil {
		return fmt.Errorf("add findings: %w", conflict(err))
	}
	return nil
}

// ReplaceFindings stores the findings of an edited comment in place of the
// earlier ones.
func (tx *Tx) ReplaceFindings(ctx context.Context, comment int64, findings []models.Finding) error {
	if _, err := gorm.G[findingRow](tx.db).Where("comment_id = ?", comment).Delete(ctx); err != nil {
		return fmt.Errorf("replace findings: %w", err)
	}
	return tx.AddFindings(ctx, map[int64][]models.Finding{comment: findings})
}
