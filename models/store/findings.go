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
	Would     models.Action
	Tag       string
	Priority  int
	Raise     int
	Reason    string
	Code      string
	Detail    string
	Matches   string // JSON
	Verdict   int    // the Seq of the verdict that it belongs to
	Past      bool   // an edit was judged since
}

func (findingRow) TableName() string { return "findings" }

func newFindingRow(comment int64, seq, verdict int, f *models.Finding) findingRow {
	return findingRow{
		CommentID: comment, Seq: seq, RuleID: f.RuleID, Version: f.Version, Name: f.Name, Action: f.Action, Would: f.Would, Tag: f.Tag,
		Priority: f.Priority, Raise: f.Raise, Reason: f.Reason, Code: f.Code, Detail: f.Detail, Matches: encode(f.Matches), Verdict: verdict,
	}
}

func (r *findingRow) model() (models.Finding, error) {
	f := models.Finding{
		RuleID: r.RuleID, Version: r.Version, Name: r.Name, Action: r.Action, Would: r.Would, Tag: r.Tag, Priority: r.Priority, Raise: r.Raise,
		Reason: r.Reason, Code: r.Code, Detail: r.Detail,
	}
	return f, decode(r.Matches, &f.Matches)
}

// Findings returns what the rules found on comments, at most 1,000 of them, in
// the order in which it was stored. Of an edited comment it is what they found
// on the last edit. Comments without findings are left out.
func (q Query) Findings(ctx context.Context, comments []int64) (map[int64][]models.Finding, error) {
	found := map[int64][]models.Finding{}
	if len(comments) == 0 {
		return found, nil
	}
	rows, err := gorm.G[findingRow](q.db).Where("comment_id IN ? AND NOT past", comments).Order("comment_id, seq").Find(ctx)
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

// FindingsByVerdict returns all that the rules ever found on a comment, by the
// Seq of the verdict. Verdicts without findings are left out.
func (q Query) FindingsByVerdict(ctx context.Context, comment int64) (map[int][]models.Finding, error) {
	rows, err := gorm.G[findingRow](q.db).Where("comment_id = ?", comment).Order("comment_id, seq").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read findings: %w", err)
	}
	found := map[int][]models.Finding{}
	for i := range rows {
		f, err := rows[i].model()
		if err != nil {
			return nil, err
		}
		found[rows[i].Verdict] = append(found[rows[i].Verdict], f)
	}
	return found, nil
}

// AddFindings stores the findings of comments that have none yet, those of
// verdict 0.
func (tx *Tx) AddFindings(ctx context.Context, findings map[int64][]models.Finding) error {
	var rows []findingRow
	for _, id := range sortedKeys(findings) {
		for seq := range findings[id] {
			rows = append(rows, newFindingRow(id, seq, 0, &findings[id][seq]))
		}
	}
	return tx.insertFindings(ctx, rows)
}

// ReplaceFindings stores the findings of an edited comment, those of a later
// verdict, in place of the earlier ones. The earlier ones stay on record: see
// FindingsByVerdict.
func (tx *Tx) ReplaceFindings(ctx context.Context, comment int64, verdict int, findings []models.Finding) error {
	if _, err := gorm.G[findingRow](tx.db).Where("comment_id = ? AND NOT past", comment).Update(ctx, "past", true); err != nil {
		return fmt.Errorf("replace findings: %w", err)
	}
	var next int
	err := tx.db.WithContext(ctx).Raw("SELECT COALESCE(MAX(seq), -1) + 1 FROM findings WHERE comment_id = ?", comment).Scan(&next).Error
	if err != nil {
		return fmt.Errorf("replace findings: %w", err)
	}
	rows := make([]findingRow, len(findings))
	for i := range findings {
		rows[i] = newFindingRow(comment, next+i, verdict, &findings[i])
	}
	return tx.insertFindings(ctx, rows)
}

func (tx *Tx) insertFindings(ctx context.Context, rows []findingRow) error {
	if len(rows) == 0 {
		return nil
	}
	if err := gorm.G[findingRow](tx.db).CreateInBatches(ctx, &rows, 200); err != nil {
		return fmt.Errorf("add findings: %w", conflict(err))
	}
	return nil
}
