package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"postbag/models"
)

type revisionRow struct {
	ID        int64
	CommentID int64
	Text      string
	Tree      string
	HTML      string `gorm:"column:html"`
	Held      bool
	Run       int64 // the import that brought it
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (revisionRow) TableName() string { return "revisions" }

func (r *revisionRow) model() models.Revision {
	return models.Revision{
		ID: r.ID, CommentID: r.CommentID, Text: r.Text, Tree: r.Tree, HTML: r.HTML, Held: r.Held, CreatedAt: fromMillis(r.CreatedAt),
	}
}

// maxRevisions bounds how many revisions of one comment are read.
const maxRevisions = 100

// HeldRevisions returns the latest held revision of each comment that has one;
// at most 1,000 comments.
func (q Query) HeldRevisions(ctx context.Context, comments []int64) (map[int64]models.Revision, error) {
	found := map[int64]models.Revision{}
	if len(comments) == 0 {
		return found, nil
	}
	rows, err := gorm.G[revisionRow](q.db).
		Where("id IN (SELECT MAX(id) FROM revisions WHERE comment_id IN ? AND held GROUP BY comment_id)", comments).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read held revisions: %w", err)
	}
	for i := range rows {
		found[rows[i].CommentID] = rows[i].model()
	}
	return found, nil
}

// Revisions returns the revisions of a comment, oldest first, at most 100.
func (q Query) Revisions(ctx context.Context, comment int64) ([]models.Revision, error) {
	rows, err := gorm.G[revisionRow](q.db).Where("comment_id = ?", comment).Order("id").Limit(maxRevisions).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read revisions: %w", err)
	}
	revisions := make([]models.Revision, len(rows))
	for i := range rows {
		revisions[i] = rows[i].model()
	}
	return revisions, nil
}

// Revision returns one revision.
func (q Query) Revision(ctx context.Context, id int64) (models.Revision, error) {
	row, err := first(ctx, gorm.G[revisionRow](q.db).Where("id = ?", id))
	return row.model(), err
}

// AddRevision stores a revision and sets its ID and CreatedAt. The caller keeps
// the comment's HeldEdit (SaveComment).
func (tx *Tx) AddRevision(ctx context.Context, r *models.Revision) error {
	row := revisionRow{CommentID: r.CommentID, Text: r.Text, Tree: r.Tree, HTML: r.HTML, Held: r.Held, CreatedAt: millis(tx.Now)}
	if err := gorm.G[revisionRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add revision: %w", err)
	}
	r.ID, r.CreatedAt = row.ID, fromMillis(row.CreatedAt)
	return nil
}

// SetRevisionHeld says whether a revision waits for a moderator.
func (tx *Tx) SetRevisionHeld(ctx context.Context, id int64, held bool) error {
	return changed(gorm.G[revisionRow](tx.db).Where("id = ?", id).Update(ctx, "held", held))
}
