package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postbag/models"
	"postbag/models/store"
)

// noteMove is the kind of the notes about moves.
const noteMove = "move"

// planDrop is how many steps of a plan that was never run go at a time.
const planDrop = 5000

// TryMove says what a move would do, and stores nothing.
func (s *Service) TryMove(ctx context.Context, req MoveRequest) (MoveReport, error) {
	p, err := s.newMovePlan(req)
	if err != nil {
		return MoveReport{}, err
	}
	err = p.make(ctx)
	return p.report, err
}

// PlanMove works out what a move does and stores it, to be looked at and then
// run. Nothing else changes. An earlier plan of the site that was not run is
// forgotten. CodeConflict: another move of the site is under way.
func (s *Service) PlanMove(ctx context.Context, by models.Moderator, req MoveRequest) (models.Move, error) {
	p, err := s.newMovePlan(req)
	if err != nil {
		return models.Move{}, err
	}
	m, err := s.beginPlan(ctx, by, p)
	if err != nil {
		return m, err
	}
	if err := s.fillPlan(ctx, p, &m); err != nil {
		return m, errors.Join(err, s.dropPlan(context.WithoutCancel(ctx), m.ID))
	}
	return m, nil
}

// beginPlan stores a move without steps, in the place of an earlier plan.
func (s *Service) beginPlan(ctx context.Context, by models.Moderator, p *movePlan) (models.Move, error) {
	m := models.Move{SiteID: p.site.ID, Kind: p.req.Kind, State: models.MovePlanning, ModeratorID: by.ID, Title: p.title()}
	if err := s.dropPlans(ctx, p.site.ID); err != nil {
		return m, err
	}
	return m, s.store.Write(ctx, func(tx *store.Tx) error {
		return inOrder(
			func() error { return soleMove(ctx, tx, m.SiteID, 0) },
			func() error { return tx.AddMove(ctx, &m) },
		)
	})
}

// fillPlan works out the steps of a move that is being planned.
func (s *Service) fillPlan(ctx context.Context, p *movePlan, m *models.Move) error {
	p.sink = func(steps []models.MoveStep) error {
		for i := range steps {
			steps[i].MoveID = m.ID
		}
		return s.store.Write(ctx, func(tx *store.Tx) error { return tx.AddMoveSteps(ctx, steps) })
	}
	if err := p.make(ctx); err != nil {
		return err
	}
	m.State, m.Done, m.Total, m.Origins, m.Report = models.MovePlanned, 0, p.seq, p.report.Origins, encodeJSON(p.report)
	err := s.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveMove(ctx, m, models.MovePlanning) })
	return translate(err, "move")
}

// soleMove refuses a move while another one of the site is under way.
func soleMove(ctx context.Context, tx *store.Tx, site, but int64) error {
	open, err := tx.OpenMoves(ctx)
	if err != nil {
		return err
	}
	for i := range open {
		if m := &open[i]; m.SiteID == site && m.ID != but && m.State != models.MovePlanning {
			return models.Refuse(models.CodeConflict, "Move %s of this site is not finished. Wait for it, resume it, or undo it first.", m.PublicID())
		}
	}
	return nil
}

// dropPlans forgets plans of a site that were not run.
func (s *Service) dropPlans(ctx context.Context, site int64) error {
	const latest = 100 // a plan takes the place of the one before: there are never more
	moves, err := s.store.Moves(ctx, site, 0, latest)
	if err != nil {
		return err
	}
	for i := range moves {
		if m := &moves[i]; m.State == models.MovePlanned || m.State == models.MovePlanning {
			if err := s.dropPlan(ctx, m.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *Service) dropPlan(ctx context.Context, move int64) error {
	for n := planDrop; n == planDrop; {
		err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
			m, err := tx.Move(ctx, move)
			if err != nil || m.State != models.MovePlanned && m.State != models.MovePlanning {
				n = 0
				return err
			}
			if n, err = tx.DropMoveSteps(ctx, move, planDrop); err != nil || n == planDrop {
				return err
			}
			return tx.DropMove(ctx, move)
		})
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("drop plan: %w", err)
		}
	}
	return nil
}

// DropMove forgets a planned move that is not wanted. CodeConflict: it has run.
func (s *Service) DropMove(ctx context.Context, id string) error {
	m, err := s.Move(ctx, id)
	if err != nil {
		return err
	}
	if m.State != models.MovePlanned && m.State != models.MovePlanning {
		return models.Refuse(models.CodeConflict, "This move has run. Undo it instead.")
	}
	return s.dropPlan(ctx, m.ID)
}

// Move returns a move by its public id.
func (s *Service) Move(ctx context.Context, id string) (models.Move, error) {
	number, ok := models.MoveID.Parse(id)
	if !ok {
		return models.Move{}, translate(store.ErrNotFound, "move")
	}
	m, err := s.store.Move(ctx, number)
	return m, translate(err, "move")
}

// Moves returns a page of a site's moves, newest first, and the cursor of the
// next page, empty at the end.
func (s *Service) Moves(ctx context.Context, site string, limit int, cursor string) ([]models.Move, string, error) {
	entry, err := s.site(site)
	if err != nil {
		return nil, "", err
	}
	if limit, err = pageSize(limit, DefaultPage, MaxPage); err != nil {
		return nil, "", err
	}
	before, ok := int64(0), true
	if cursor != "" {
		if before, ok = models.MoveID.Parse(cursor); !ok {
			return nil, "", models.Invalid("cursor", "This cursor is not one of ours. Start again from the first page.")
		}
	}
	list, err := s.store.Moves(ctx, entry.ID, before, limit+1)
	if err != nil || len(list) <= limit {
		return list, "", err
	}
	return list[:limit], list[limit-1].PublicID(), nil
}

// RunMove begins a planned move. With skipBad it does what it can when lines of
// its map cannot be used. The work is done by WorkMove, or in the background by
// StartMove.
func (s *Service) RunMove(ctx context.Context, by models.Moderator, id string, skipBad bool) (models.Move, error) {
	m, err := s.Move(ctx, id)
	if err != nil {
		return m, err
	}
	report, err := ReportOf(&m)
	switch {
	case err != nil:
		return m, err
	case m.State != models.MovePlanned:
		return m, models.Refuse(models.CodeConflict, "This move was begun already.")
	case len(report.Faults) > 0 && !skipBad:
		return m, models.Refuse(models.CodeInvalid, "%s cannot be used, so nothing was done. Mend the list, or say that the rest is to be done.",
			plural(len(report.Faults)+report.FaultsOmitted, "line", "lines"))
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		m.State, m.ModeratorID = models.MoveRunning, by.ID
		return inOrder(
			func() error { return soleMove(ctx, tx, m.SiteID, m.ID) },
			func() error { return tx.SaveMove(ctx, &m, models.MovePlanned) },
			func() error { return addHosts(ctx, tx, m.SiteID, m.Origins) },
			func() error { return s.logMove(ctx, tx, by, &m, "was begun") },
		)
	})
	return m, translate(err, "move")
}

// UndoMove begins to take a move back, from its last step to its first.
// CodeConflict: a later move goes on from where this one led; that has to be
// undone first.
func (s *Service) UndoMove(ctx context.Context, by models.Moderator, id string) (models.Move, error) {
	m, err := s.Move(ctx, id)
	if err != nil {
		return m, err
	}
	was := m.State
	switch was {
	case models.MoveUndoing:
		return m, nil
	case models.MoveDone, models.MoveRunning:
	default:
		return m, models.Refuse(models.CodeConflict, "There is nothing to undo: this move is %s.", m.State)
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		later, err := tx.MovesSince(ctx, m.ID, 10)
		if err != nil {
			return err
		}
		if len(later) > 0 {
			return models.Refuse(models.CodeConflict, "Later moves changed the same articles. Undo them first, in this order: %s.", moveIDs(later))
		}
		m.State, m.UndoneBy = models.MoveUndoing, by.ID
		return inOrder(
			func() error { return soleMove(ctx, tx, m.SiteID, m.ID) },
			func() error { return tx.SaveMove(ctx, &m, was) },
			func() error { return s.logMove(ctx, tx, by, &m, "is being undone") },
		)
	})
	return m, translate(err, "move")
}

func moveIDs(moves []models.Move) string {
	ids := make([]string, len(moves))
	for i := range moves {
		ids[i] = moves[i].PublicID()
	}
	return strings.Join(ids, ", ")
}

// StartMove does the work of a move that was begun in the background. What is
// left when the process ends is done after the next start.
func (s *Service) StartMove(id int64) {
	s.run(func() {
		if _, err := s.WorkMove(s.life, id, nil); err != nil && s.life.Err() == nil {
			s.log.Error("a move stopped", "move", models.MoveID.Format(id), "error", err)
		}
	})
}

// ResumeMoves goes on in the background with all moves that were interrupted.
func (s *Service) ResumeMoves(ctx context.Context) error {
	open, err := s.store.OpenMoves(ctx)
	for i := range open {
		if open[i].State != models.MovePlanning {
			s.StartMove(open[i].ID)
		}
	}
	return err
}

func (s *Service) logMove(ctx context.Context, tx *store.Tx, by models.Moderator, m *models.Move, what string) error {
	return tx.AddNote(ctx, &models.Note{
		SiteID: m.SiteID, Kind: noteMove, Subject: m.PublicID(), ModeratorID: by.ID, ModeratorName: by.Name,
		Text: clip("Move "+m.PublicID()+" ("+m.Title+") "+what+": "+strconv.Itoa(m.Total)+" articles.", 500),
	})
}

// addHosts adds hosts to a site.
func addHosts(ctx context.Context, tx *store.Tx, site int64, hosts []string) error {
	if len(hosts) == 0 {
		return nil
	}
	stored, err := storedSite(ctx, tx.Query, site)
	if err != nil {
		return err
	}
	stored.Hosts = append(stored.Hosts, hosts...)
	slices.Sort(stored.Hosts)
	stored.Hosts = slices.Compact(stored.Hosts)
	return tx.SaveSite(ctx, &stored)
}

// dropHosts takes hosts off a site again, but never the last one.
func dropHosts(ctx context.Context, tx *store.Tx, site int64, hosts []string) error {
	if len(hosts) == 0 {
		return nil
	}
	stored, err := storedSite(ctx, tx.Query, site)
	if err != nil {
		return err
	}
	left := slices.DeleteFunc(slices.Clone(stored.Hosts), func(h string) bool { return slices.Contains(hosts, h) })
	if len(left) == 0 {
		return nil
	}
	stored.Hosts = left
	return tx.SaveSite(ctx, &stored)
}
