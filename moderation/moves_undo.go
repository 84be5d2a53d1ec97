package moderation

import (
	"context"
	"fmt"

	"postbag/models"
)

// back takes the last steps back.
func (p *movePart) back(ctx context.Context, seq *int) (ended bool, err error) {
	steps, err := p.tx.MoveStepsBack(ctx, p.move.ID, *seq, moveBatch)
	if err != nil || len(steps) == 0 {
		return err == nil, err
	}
	if err := p.load(ctx, steps); err != nil {
		return false, err
	}
	for i := 0; i < len(steps); {
		n, more, err := p.takeBack(ctx, steps[i:])
		if err != nil {
			return false, fmt.Errorf("take back step %d: %w", steps[i].Seq, err)
		}
		p.saved = append(p.saved, steps[i:i+n]...)
		i += n
		*seq = steps[i-1].Seq
		if more || p.carried >= maxCarried {
			break
		}
	}
	return false, p.tx.SetURLs(ctx, p.urls)
}

// takeBack takes back one step that moved comments, or as many as follow each
// other that only changed names. n is how many.
func (p *movePart) takeBack(ctx context.Context, steps []models.MoveStep) (n int, more bool, err error) {
	if steps[0].TargetID != 0 {
		more, err = p.bringBack(ctx, &steps[0])
		return 1, more, err
	}
	for n < len(steps) && steps[n].TargetID == 0 {
		s := &steps[n]
		if a, ok := p.articles[s.ArticleID]; ok && a.URL == s.URL && s.URLWas != s.URL {
			p.urls[a.ID] = s.URLWas
		}
		p.changed[s.ArticleID] = true
		s.State = models.StepUndone
		p.move.Done--
		n++
	}
	return n, false, p.tx.TakeNamesBack(ctx, p.move.SiteID, p.move.ID, steps[n-1].Seq, steps[0].Seq)
}

// bringBack returns the comments of a step and then its names, so that whoever
// comes before all are back still finds the rest.
func (p *movePart) bringBack(ctx context.Context, s *models.MoveStep) (more bool, err error) {
	_, here := p.articles[s.ArticleID]
	_, there := p.articles[s.TargetID]
	if !here || !there { // an import that brought one of them was undone
		s.State = models.StepSkipped
		p.report.Skipped++
		p.move.Done--
		return false, nil
	}
	part, err := p.tx.BranchesBack(ctx, p.move.ID, s.Seq, s.TargetID, s.ArticleID)
	if err != nil {
		return false, err
	}
	if s.How == models.StepSplit && !part.More {
		// An article that a split made has nothing of its own: all of it goes back.
		if part, err = p.tx.BranchesOut(ctx, p.move.ID, s.Seq, s.TargetID, s.ArticleID, ""); err != nil {
			return false, err
		}
	}
	p.carried += part.Comments + carryCost
	p.moved[s.ArticleID], p.moved[s.TargetID] = true, true
	s.State = models.StepMoving
	if part.More {
		return true, nil
	}
	shell, into := s.ArticleID, int64(0)
	if s.How == models.StepSplit {
		shell, into = s.TargetID, s.ArticleID
	}
	s.State = models.StepUndone
	p.move.Done--
	return false, inOrder(
		func() error { return p.tx.TakeNamesBack(ctx, p.move.SiteID, p.move.ID, s.Seq, s.Seq) },
		func() error { return p.tx.SetMovedTo(ctx, shell, into) },
	)
}
