package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

type decisionRow struct {
	ID            int64
	SiteID        int64
	CommentID     int64
	ModeratorID   int64
	ModeratorName string `gorm:"->"`
	RuleID        int64
	Choice        models.Choice
	Reason        string
	Note          string
	FromStatus    models.Status
	ToStatus      models.Status
	Before        string // JSON
	After         int
	Undoes        int64
	Undone        bool  `gorm:"->"`
	Run           int64 // the import that brought it
	CreatedAt     int64 `gorm:"autoCreateTime:false"`
}

func (decisionRow) TableName() string { return "decisions" }

func (r *decisionRow) model() (models.Decision, error) {
	d := models.Decision{
		ID: r.ID, SiteID: r.SiteID, CommentID: r.CommentID, ModeratorID: r.ModeratorID, ModeratorName: r.ModeratorName, RuleID: r.RuleID,
		Choice: r.Choice, Reason: r.Reason, Note: r.Note, From: r.FromStatus, To: r.ToStatus, After: r.After,
		Undoes: r.Undoes, Undone: r.Undone, CreatedAt: fromMillis(r.CreatedAt),
	}
	if r.Before == "" {
		return d, nil
	}
	return d, decode(r.Before, &d.Before)
}

func decisionModels(rows []decisionRow) ([]models.Decision, error) {
	decisions := make([]models.Decision, len(rows))
	for i := range rows {
		var err error
		if decisions[i], err = rows[i].model(); err != nil {
			return nil, err
		}
	}
	return decisions, nil
}

const decisionSelect = "id, site_id, comment_id, moderator_id, rule_id, choice, reason, note, from_status, to_status, " +
	"before, after, undoes, created_at, " +
	"COALESCE((SELECT name FROM moderators WHERE moderators.id = decisions.moderator_id), '') AS moderator_name, " +
	"EXISTS (SELECT 1 FROM decisions AS u WHERE u.undoes > 0 AND u.undoes = decisions.id) AS undone"

// maxDecisions bounds how many decisions on one comment are read.
const maxDecisions = 200

// Decision returns one decision.
func (q Query) Decision(ctx context.Context, id int64) (models.Decision, error) {
	row, err := first(ctx, gorm.G[decisionRow](q.db).Select(decisionSelect).Where("id = ?", id))
	if err != nil {
		return models.Decision{}, err
	}
	return row.model()
}

// LastDecisions returns the latest decision on each comment that has one; at
// most 1,000 comments.
func (q Query) LastDecisions(ctx context.Context, comments []int64) (map[int64]models.Decision, error) {
	found := map[int64]models.Decision{}
	if len(comments) == 0 {
		return found, nil
	}
	rows, err := gorm.G[decisionRow](q.db).Select(decisionSelect).
		Where("id IN (SELECT MAX(id) FROM decisions WHERE comment_id IN ? GROUP BY comment_id)", comments).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read last decisions: %w", err)
	}
	decisions, err := decisionModels(rows)
	for _, d := range decisions {
		found[d.CommentID] = d
	}
	return found, err
}

// Decisions returns the decisions on a comment, oldest first, at most 200.
func (q Query) Decisions(ctx context.Context, comment int64) ([]models.Decision, error) {
	rows, err := gorm.G[decisionRow](q.db).Select(decisionSelect).Where("comment_id = ?", comment).Order("id").Limit(maxDecisions).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read decisions: %w", err)
	}
	return decisionModels(rows)
}

// AddDecision stores a decision for good and sets its ID and CreatedAt.
// ErrConflict: the decision that it undoes is undone already. The transaction
// can go on after that.
func (tx *Tx) AddDecision(ctx context.Context, d *models.Decision) error {
	row := decisionRow{
		SiteID: d.SiteID, CommentID: d.CommentID, ModeratorID: d.ModeratorID, RuleID: d.RuleID, Choice: d.Choice, Reason: d.Reason, Note: d.Note,
		FromStatus: d.From, ToStatus: d.To, Before: encode(d.Before), After: d.After, Undoes: d.Undoes, CreatedAt: millis(tx.Now),
	}
	result := gorm.WithResult()
	if err := gorm.G[decisionRow](tx.db, result, clause.OnConflict{DoNothing: true}).Create(ctx, &row); err != nil {
		return fmt.Errorf("add decision: %w", err)
	}
	if result.RowsAffected == 0 {
		return ErrConflict
	}
	d.ID, d.CreatedAt = row.ID, fromMillis(row.CreatedAt)
	return nil
}
