package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"postbag/models"
	"postbag/models/store"
)

// moveBatch is how many steps one transaction takes at most; those that move
// comments take fewer.
const moveBatch = 200

const (
	// maxCarried is after how many comments a transaction takes no further step.
	maxCarried = 1000
	// carryCost is what joining or parting two articles costs, in comments moved,
	// beside the comments themselves.
	carryCost = 30
)

// WorkMove does what is left of a move that was begun, or of its undo, in short
// transactions, between which others write. It can be interrupted at any time
// and called again. progress, when set, is told how many steps are done.
func (s *Service) WorkMove(ctx context.Context, id int64, progress func(m models.Move)) (models.Move, error) {
	var m models.Move
	w := &moveWork{s: s}
	for {
		err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
			if m, err = tx.Move(ctx, id); err != nil {
				return err
			}
			return w.part(ctx, tx, &m)
		})
		switch {
		case err != nil:
			return m, fmt.Errorf("work on move: %w", translate(err, "move"))
		case m.State != models.MoveRunning && m.State != models.MoveUndoing:
			return m, nil
		}
		if progress != nil {
			progress(m)
		}
	}
}

// moveWork does the steps of one move, one transaction after the other.
type moveWork struct {
	s     *Service
	state models.MoveState
	seq   int // where the next part begins
}

// part does a part of a move and writes down how far it is.
func (w *moveWork) part(ctx context.Context, tx *store.Tx, m *models.Move) error {
	if was := w.state; was != m.State {
		w.state, w.seq = m.State, 0
		if m.State == models.MoveUndoing {
			w.seq = m.Total
		}
	}
	report, err := ReportOf(m)
	if err != nil {
		return err
	}
	p := &movePart{s: w.s, tx: tx, move: m, report: &report, urls: map[int64]string{}, changed: map[int64]bool{}, moved: map[int64]bool{}}
	was, ended := m.State, false
	switch m.State {
	case models.MoveRunning:
		ended, err = p.forward(ctx, &w.seq)
	case models.MoveUndoing:
		ended, err = p.back(ctx, &w.seq)
	default:
		return nil
	}
	if err != nil {
		return err
	}
	if ended {
		if err := p.end(ctx); err != nil {
			return err
		}
	}
	m.Report = encodeJSON(report)
	p.announce()
	return inOrder(
		func() error { return tx.SaveMoveSteps(ctx, p.saved) },
		func() error { return tx.SaveMove(ctx, m, was) },
	)
}

// movePart is one transaction of a move.
type movePart struct {
	s      *Service
	tx     *store.Tx
	move   *models.Move
	report *MoveReport

	articles map[int64]models.Article
	found    map[store.Alias]int64 // who has the names that the steps give
	names    []store.MoveName      // to be given
	urls     map[int64]string      // to be set
	saved    []models.MoveStep     // to be written
	carried  int                   // comments that were moved, and carryCost for each step
	changed  map[int64]bool        // articles that pages are to be built of anew
	moved    map[int64]bool        // and those whose readers have to ask again who they read
}

// forward does the next steps.
func (p *movePart) forward(ctx context.Context, seq *int) (ended bool, err error) {
	steps, err := p.tx.MoveStepsAhead(ctx, p.move.ID, *seq, moveBatch)
	if err != nil || len(steps) == 0 {
		return err == nil, err
	}
	if err := p.load(ctx, steps); err != nil {
		return false, err
	}
	for i := range steps {
		more, err := p.step(ctx, &steps[i])
		if err != nil {
			return false, fmt.Errorf("step %d: %w", steps[i].Seq, err)
		}
		p.saved = append(p.saved, steps[i])
		*seq = steps[i].Seq
		if more || p.carried >= maxCarried {
			break
		}
	}
	return false, p.write(ctx)
}

func (p *movePart) load(ctx context.Context, steps []models.MoveStep) (err error) {
	list := make([]*models.MoveStep, len(steps))
	for i := range steps {
		list[i] = &steps[i]
	}
	if p.found, err = newNames(ctx, p.tx.Query, p.move.SiteID, list); err != nil {
		return err
	}
	p.articles, err = articlesOfSteps(ctx, p.tx.Query, list, p.found)
	return err
}

// step does one step, or a part of one that moves many comments; then the
// transaction ends, and more is true.
func (p *movePart) step(ctx context.Context, s *models.MoveStep) (more bool, err error) {
	a, ok := p.articles[s.ArticleID]
	if s.State == models.StepMoving {
		return p.carry(ctx, s)
	}
	if !ok || a.MovedTo != 0 || a.SiteID != p.move.SiteID {
		p.skip(s)
		return false, nil
	}
	target := s.TargetID
	switch s.How {
	case models.StepURL:
		target, _ = choose(aliasesOf(a.SiteID, models.ArticleRef{URL: s.URL}), p.found)
	case models.StepText:
		target = 0
	case models.StepSplit:
		return p.beginSplit(ctx, s, &a)
	}
	if target != 0 && target != a.ID {
		return p.beginMerge(ctx, s, &a, target)
	}
	if s.How == models.StepMerge {
		p.skip(s)
		return false, nil
	}
	if a.URL != s.URL {
		s.URLWas, p.urls[a.ID] = a.URL, s.URL
	} else {
		s.URLWas = a.URL
	}
	p.give(s, a.ID)
	p.changed[a.ID] = true
	s.State = models.StepDone
	p.move.Done++
	return false, nil
}

func (p *movePart) skip(s *models.MoveStep) {
	s.State = models.StepSkipped
	p.report.Skipped++
	p.move.Done++
}

// give notes the names of a step that are free for an article.
func (p *movePart) give(s *models.MoveStep, article int64) {
	urls := s.Names
	if s.How != models.StepText {
		urls = append([]string{s.URL}, s.Names...)
	}
	for _, url := range urls {
		for _, n := range aliasesOf(p.move.SiteID, models.ArticleRef{URL: url}) {
			if p.found[n] == 0 {
				p.found[n] = article
				p.names = append(p.names, store.MoveName{Seq: s.Seq, Name: n, Article: article})
			}
		}
	}
}

// beginMerge gives the names of an article to another one, so that whoever comes
// is led there, and then its comments.
func (p *movePart) beginMerge(ctx context.Context, s *models.MoveStep, a *models.Article, target int64) (more bool, err error) {
	into, ok := p.articles[target]
	if !ok {
		if into, err = p.tx.Article(ctx, target); err != nil && !errors.Is(err, store.ErrNotFound) {
			return false, err
		}
	}
	if into.ID == 0 || into.MovedTo != 0 || into.SiteID != a.SiteID {
		p.skip(s)
		return false, nil
	}
	s.TargetID, s.URLWas = target, a.URL
	if s.How == models.StepURL {
		p.give(s, target)
	}
	err = inOrder(
		func() error { return p.write(ctx) }, // so that names of earlier steps go along
		func() error { return p.tx.GiveAllNames(ctx, p.move.ID, s.Seq, a.ID, target) },
		func() error { return p.tx.SetMovedTo(ctx, a.ID, target) },
	)
	if err != nil {
		return false, err
	}
	for n, article := range p.found {
		if article == a.ID {
			p.found[n] = target
		}
	}
	gone := *a
	gone.MovedTo = target
	p.articles[a.ID] = gone
	return p.carry(ctx, s)
}

// carry moves comments of a step that is under way.
func (p *movePart) carry(ctx context.Context, s *models.MoveStep) (more bool, err error) {
	part, err := p.tx.BranchesOut(ctx, p.move.ID, s.Seq, s.ArticleID, s.TargetID, s.Thread)
	if err != nil {
		return false, err
	}
	p.moved[s.ArticleID], p.moved[s.TargetID] = true, true
	s.Comments += part.Comments
	p.carried += part.Comments + carryCost
	p.report.Moved += part.Comments
	s.State = models.StepMoving
	if !part.More {
		s.State = models.StepDone
		p.move.Done++
	}
	return part.More, nil
}

// write gives names and sets URLs that are noted.
func (p *movePart) write(ctx context.Context) error {
	err := inOrder(
		func() error { return p.tx.GiveNames(ctx, p.move.ID, p.names) },
		func() error { return p.tx.SetURLs(ctx, p.urls) },
	)
	p.names = p.names[:0]
	clear(p.urls)
	return err
}

// announce makes pages and streams follow.
func (p *movePart) announce() {
	for _, list := range []struct {
		ids  map[int64]bool
		kind models.EventKind
	}{{p.changed, models.EventArticle}, {p.moved, models.EventMoved}} {
		ids := keys(list.ids)
		slices.Sort(ids)
		for _, id := range ids {
			p.tx.Emit(models.Event{SiteID: p.move.SiteID, ArticleID: id, Kind: list.kind, Count: -1})
		}
	}
}

// end closes a move or its undo.
func (p *movePart) end(ctx context.Context) error {
	m := p.move
	if m.State == models.MoveRunning {
		m.State = models.MoveDone
		return p.s.logMove(ctx, p.tx, models.Moderator{ID: m.ModeratorID}, m, "is done")
	}
	m.State = models.MoveUndone
	return inOrder(
		func() error { return dropHosts(ctx, p.tx, m.SiteID, m.Origins) },
		func() error { return p.s.logMove(ctx, p.tx, models.Moderator{ID: m.UndoneBy}, m, "was undone") },
	)
}
