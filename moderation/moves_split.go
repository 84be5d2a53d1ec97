package moderation

import (
	"context"

	"postbag/models"
)

// split plans that the comments of one thread leave an article.
func (p *movePlan) split(ctx context.Context) error { return models.Invalid("kind", "Not yet.") }

// beginSplit makes the article that a thread goes to.
func (p *movePart) beginSplit(ctx context.Context, s *models.MoveStep, a *models.Article) (more bool, err error) {
	p.skip(s)
	return false, nil
}
