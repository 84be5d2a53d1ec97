package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
)

// Verdict is what was known when the rules judged a comment: enough to judge it
// again. What they found is in the findings of the same Seq.
type Verdict struct {
	CommentID int64
	Seq       int    // 0 when it was posted, then one more for each edit
	Revision  int    // of the site's rules
	Facts     string // JSON; package rules gives it meaning
}

type verdictRow struct {
	CommentID int64 `gorm:"primaryKey;autoIncrement:false"`
	Seq       int   `gorm:"primaryKey;autoIncrement:false"`
	Revision  int
	Facts     string
}

func (verdictRow) TableName() string { return "verdicts" }

// maxVerdicts bounds how many verdicts on one comment are read.
const maxVerdicts = 200

// AddVerdicts stores verdicts, all in one statement for up to 200 of them.
// ErrConflict: a comment has one with that Seq.
func (tx *Tx) AddVerdicts(ctx context.Context, verdicts []Verdict) error {
	if len(verdicts) == 0 {
		return nil
	}
	rows := make([]verdictRow, len(verdicts))
	for i, v := range verdicts {
		rows[i] = verdictRow(v)
	}
	if err := gorm.G[verdictRow](tx.db).CreateInBatches(ctx, &rows, 200); err != nil {
		return fmt.Errorf("add verdicts: %w", conflict(err))
	}
	return nil
}

// Verdicts returns the verdicts on a comment, oldest first, at most 200.
// Comments from before verdicts were kept, and imported ones, have none.
func (q Query) Verdicts(ctx context.Context, comment int64) ([]Verdict, error) {
	rows, err := gorm.G[verdictRow](q.db).Where("comment_id = ?", comment).Order("seq").Limit(maxVerdicts).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	return verdictModels(rows), nil
}

// VerdictsOf returns the verdicts on comments, at most 1,000 of them, ordered by
// comment and Seq.
func (q Query) VerdictsOf(ctx context.Context, comments []int64) ([]Verdict, error) {
	if len(comments) == 0 {
		return nil, nil
	}
	rows, err := gorm.G[verdictRow](q.db).Where("comment_id IN ?", comments).Order("comment_id, seq").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read verdicts: %w", err)
	}
	return verdictModels(rows), nil
}

func verdictModels(rows []verdictRow) []Verdict {
	verdicts := make([]Verdict, len(rows))
	for i, r := range rows {
		verdicts[i] = Verdict(r)
	}
	return verdicts
}

// NextVerdict returns the Seq of the next verdict on a comment that was edited,
// at least 1.
func (q Query) NextVerdict(ctx context.Context, comment int64) (int, error) {
	var seq int
	err := q.db.WithContext(ctx).Raw("SELECT COALESCE(MAX(seq), 0) + 1 FROM verdicts WHERE comment_id = ?", comment).Scan(&seq).Error
	if err != nil {
		return 0, fmt.Errorf("number verdict: %w", err)
	}
	return seq, nil
}

// SaveFacts replaces the facts of stored verdicts, at most 1,000: what may not be
// kept any longer is taken out of them. Unknown verdicts are left out.
func (tx *Tx) SaveFacts(ctx context.Context, verdicts []Verdict) error {
	if len(verdicts) == 0 {
		return nil
	}
	var values []string
	var args []any
	for _, v := range verdicts {
		values = append(values, fmt.Sprintf("(%d, %d, ?)", v.CommentID, v.Seq))
		args = append(args, v.Facts)
	}
	err := tx.exec(ctx, "WITH v (comment_id, seq, facts) AS (VALUES "+strings.Join(values, ", ")+") UPDATE verdicts SET facts = v.facts FROM v "+
		"WHERE verdicts.comment_id = v.comment_id AND verdicts.seq = v.seq", nil, args...)
	if err != nil {
		return fmt.Errorf("save facts: %w", err)
	}
	return nil
}
