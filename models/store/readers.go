package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

type reportRow struct {
	ID        int64
	CommentID int64
	Reason    string
	Text      string
	Reporter  []byte
	Open      bool
	Run       int64 // the import that brought it
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (reportRow) TableName() string { return "reports" }

// maxReports bounds the reports that are read of all comments of one call.
const maxReports = 1000

// OpenReports returns the open reports on comments, at most 1,000 comments and
// 1,000 reports, oldest first.
func (q Query) OpenReports(ctx context.Context, comments []int64) (map[int64][]models.Report, error) {
	found := map[int64][]models.Report{}
	if len(comments) == 0 {
		return found, nil
	}
	rows, err := gorm.G[reportRow](q.db).Where("comment_id IN ? AND open", comments).Order("id").Limit(maxReports).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read reports: %w", err)
	}
	for _, r := range rows {
		found[r.CommentID] = append(found[r.CommentID], models.Report{
			ID: r.ID, CommentID: r.CommentID, Reason: r.Reason, Text: r.Text, Reporter: r.Reporter, Open: r.Open, CreatedAt: fromMillis(r.CreatedAt),
		})
	}
	return found, nil
}

// AddReport stores an open report and sets its ID and CreatedAt. It reports
// false when the same reporter has reported the comment before. The caller
// keeps the comment's number of reports (SaveComment).
func (tx *Tx) AddReport(ctx context.Context, r *models.Report) (added bool, err error) {
	row := reportRow{CommentID: r.CommentID, Reason: r.Reason, Text: r.Text, Reporter: r.Reporter, Open: true, CreatedAt: millis(tx.Now)}
	result := gorm.WithResult()
	err = gorm.G[reportRow](tx.db, result, clause.OnConflict{DoNothing: true}).Create(ctx, &row)
	if err != nil {
		return false, fmt.Errorf("add report: %w", err)
	}
	if result.RowsAffected == 0 {
		return false, nil
	}
	r.ID, r.Open, r.CreatedAt = row.ID, true, fromMillis(row.CreatedAt)
	return true, nil
}

// SetReportsOpen opens or closes all reports on a comment and says how many
// changed.
func (tx *Tx) SetReportsOpen(ctx context.Context, comment int64, open bool) (int, error) {
	n, err := gorm.G[reportRow](tx.db).Where("comment_id = ? AND open <> ?", comment, open).Update(ctx, "open", open)
	if err != nil {
		return 0, fmt.Errorf("set reports: %w", err)
	}
	return n, nil
}

type likeRow struct {
	CommentID int64  `gorm:"primaryKey;autoIncrement:false"`
	Reader    []byte `gorm:"primaryKey"`
}

func (likeRow) TableName() string { return "likes" }

const addLikes = "UPDATE comments SET likes = likes + ? WHERE id = ? RETURNING likes"

// Like puts a reader's like on a comment or takes it off, and returns how many
// likes the comment has then. Doing it twice changes nothing. It sets c.Likes.
func (tx *Tx) Like(ctx context.Context, c *models.Comment, reader []byte, on bool) (int, error) {
	n, err := tx.setLike(ctx, likeRow{c.ID, reader}, on)
	if err != nil {
		return 0, fmt.Errorf("like: %w", err)
	}
	likes := []int{}
	if err := tx.db.WithContext(ctx).Raw(addLikes, n, c.ID).Scan(&likes).Error; err != nil {
		return 0, fmt.Errorf("count likes: %w", err)
	}
	if len(likes) == 0 {
		return 0, ErrNotFound
	}
	c.Likes = likes[0]
	if n != 0 && c.Shown {
		tx.emitComment(c, models.EventUpdated, models.NoLane)
	}
	return c.Likes, nil
}

// setLike returns the change of the number of likes.
func (tx *Tx) setLike(ctx context.Context, row likeRow, on bool) (int, error) {
	if !on {
		n, err := gorm.G[likeRow](tx.db).Where("comment_id = ? AND reader = ?", row.CommentID, row.Reader).Delete(ctx)
		return -n, err
	}
	result := gorm.WithResult()
	err := gorm.G[likeRow](tx.db, result, clause.OnConflict{DoNothing: true}).Create(ctx, &row)
	return int(result.RowsAffected), err
}
