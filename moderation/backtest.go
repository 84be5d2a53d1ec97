package moderation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// The states of a backtest.
const (
	backtestRunning   = "running"
	backtestDone      = "done"
	backtestCancelled = "cancelled"
	backtestFailed    = "failed"
)

const (
	maxBacktests  = 2  // under way at one time, on all sites together
	listBacktests = 50 // of a rule that are listed

	// backtestSilence is how long a run may say nothing: then its process is
	// gone.
	backtestSilence = time.Minute
	// backtestPulse is how often a run writes how far it is, and looks whether
	// somebody has cancelled it.
	backtestPulse = 500 * time.Millisecond
)

// StartBacktest begins to try a rule on past comments, and returns at once; the
// run goes on in this process, and Backtest says how far it is. Its result is
// kept.
//
// A site has one run at a time (CodeConflict), and two go on at once on all
// sites (CodeBusy). When a run ends and the stored rule has the conditions that
// were tested, the share of comments on which they hold becomes its promise.
func (s *Service) StartBacktest(ctx context.Context, by models.Moderator, req BacktestRequest) (models.Backtest, error) {
	p, err := s.plan(ctx, req)
	if err != nil {
		return models.Backtest{}, err
	}
	b := models.Backtest{
		SiteID: p.site.ID, RuleID: p.stored.ID, Version: p.stored.Version, ModeratorID: by.ID, From: req.From, To: req.To, Rule: encodeJSON(p.tested),
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if err := s.room(ctx, tx, p.site); err != nil {
			return err
		}
		return tx.AddBacktest(ctx, &b)
	})
	if err != nil {
		return models.Backtest{}, err
	}
	s.run(func() { s.runStored(s.life, p, req, b) })
	return b, nil
}

// room makes sure that one more run may begin.
func (s *Service) room(ctx context.Context, tx *store.Tx, site *siteEntry) error {
	if err := endSilent(ctx, tx); err != nil {
		return err
	}
	running, err := tx.RunningBacktests(ctx)
	if err != nil {
		return err
	}
	for i := range running {
		if running[i].SiteID == site.ID {
			return models.Refuse(models.CodeConflict, "Another rule is being tried on this site. Wait until that has ended, or cancel it.")
		}
	}
	if len(running) >= maxBacktests {
		return models.Refuse(models.CodeBusy, "Two rules are being tried on other sites of this server. Start it again when one of them has ended.")
	}
	return nil
}

// endSilent fails runs that nobody works on any more.
func endSilent(ctx context.Context, tx *store.Tx) error {
	_, err := tx.StaleBacktests(ctx, tx.Now.Add(-backtestSilence), "Postbag stopped while it ran. Start it again.")
	return err
}

// runStored runs a backtest whose row is stored, and writes down how it ends.
func (s *Service) runStored(ctx context.Context, p *plan, req BacktestRequest, b models.Backtest) {
	result, err := s.runWatched(ctx, p, req, &b)
	switch {
	case err == nil:
		b.State, b.Result = backtestDone, encodeJSON(result)
	case errors.Is(err, errCancelled):
		return
	case ctx.Err() != nil:
		b.State, b.Problem = backtestFailed, "Postbag stopped while it ran. Start it again."
	default:
		s.log.Error("a backtest failed", "backtest", b.ID, "error", err)
		b.State, b.Problem = backtestFailed, "It failed, for a reason that is in Postbag's log. Start it again."
	}
	if err := s.endStored(context.WithoutCancel(ctx), p, &b, &result); err != nil {
		s.log.Error("the end of a backtest could not be written", "backtest", b.ID, "error", err)
	}
}

// endStored writes the end of a run, and the promise of the rule that it was
// about when that is still the rule.
func (s *Service) endStored(ctx context.Context, p *plan, b *models.Backtest, result *BacktestResult) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		if err := tx.SaveBacktest(ctx, b); err != nil || b.State != backtestDone || result.Comments == 0 {
			return err
		}
		return promise(ctx, tx, p, result)
	})
	if errors.Is(err, store.ErrConflict) {
		return nil // cancelled at the last moment
	}
	return err
}

// promise notes the share of comments that a rule fired on, provided that the
// stored rule still looks for what was tested.
func promise(ctx context.Context, tx *store.Tx, p *plan, result *BacktestResult) error {
	if p.stored.ID == 0 {
		return nil
	}
	now, err := tx.Rule(ctx, p.stored.ID)
	switch {
	case errors.Is(err, store.ErrNotFound): // deleted meanwhile
		return nil
	case err != nil:
		return err
	case !sameConditions(&now, &p.tested):
		return nil
	}
	return tx.SetPromise(ctx, &now, int(result.Share*1e6+0.5))
}

// errCancelled ends a run that somebody cancelled.
var errCancelled = errors.New("the backtest was cancelled")

// runWatched runs a backtest, writes down how far it is, and ends it when its
// row says that it is not running any more.
func (s *Service) runWatched(ctx context.Context, p *plan, req BacktestRequest, b *models.Backtest) (BacktestResult, error) {
	ctx, cancel := context.WithCancelCause(ctx)
	t := newTrial(s, p, req)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		s.watch(ctx, t, *b, cancel)
	}()
	result, err := t.run(ctx)
	if err != nil && errors.Is(context.Cause(ctx), errCancelled) {
		err = errCancelled
	}
	cancel(nil)
	<-watched
	b.Done, b.Total = t.done.Load(), t.total.Load()
	return result, err
}

// watch saves the progress of a run until its context ends.
func (s *Service) watch(ctx context.Context, t *trial, b models.Backtest, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(backtestPulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		b.Done, b.Total = t.done.Load(), t.total.Load()
		err := s.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveBacktest(ctx, &b) })
		switch {
		case errors.Is(err, store.ErrConflict):
			cancel(errCancelled)
			return
		case err != nil && ctx.Err() == nil:
			s.log.Warn("the progress of a backtest could not be written", "backtest", b.ID, "error", err)
		}
	}
}

// RunBacktest tries a rule on past comments and waits for the result, which is
// not stored. progress, when set, is told now and then how many comments are
// done, and of how many.
func (s *Service) RunBacktest(ctx context.Context, req BacktestRequest, progress func(done, total int64)) (BacktestResult, error) {
	p, err := s.plan(ctx, req)
	if err != nil {
		return BacktestResult{}, err
	}
	t := newTrial(s, p, req)
	t.progress = progress
	return t.run(ctx)
}

// Backtest returns a run by its public id.
func (s *Service) Backtest(ctx context.Context, id string) (models.Backtest, error) {
	number, ok := models.BacktestID.Parse(id)
	if !ok {
		return models.Backtest{}, translate(store.ErrNotFound, "backtest")
	}
	b, err := s.store.Backtest(ctx, number)
	if err == nil && s.silent(&b) {
		err = s.store.Write(ctx, func(tx *store.Tx) error { return endSilent(ctx, tx) })
		if err == nil {
			b, err = s.store.Backtest(ctx, number)
		}
	}
	return b, translate(err, "backtest")
}

// silent reports whether the process of a run seems to be gone.
func (s *Service) silent(b *models.Backtest) bool {
	return b.State == backtestRunning && s.clock().Sub(b.UpdatedAt) > backtestSilence
}

// Backtests lists the latest 50 runs of a site, newest first. rule is the public
// id of a rule, or empty for all.
func (s *Service) Backtests(ctx context.Context, site, rule string) ([]models.Backtest, error) {
	entry, err := s.site(site)
	if err != nil {
		return nil, err
	}
	number, ok := models.RuleID.Parse(rule)
	if rule != "" && !ok {
		return nil, translate(store.ErrNotFound, "rule")
	}
	list, err := s.store.Backtests(ctx, entry.ID, number, listBacktests)
	if err != nil {
		return nil, fmt.Errorf("list backtests: %w", err)
	}
	for i := range list {
		if s.silent(&list[i]) {
			if list[i], err = s.Backtest(ctx, models.BacktestID.Format(list[i].ID)); err != nil {
				return nil, err
			}
		}
	}
	return list, nil
}

// CancelBacktest ends a run, whichever process it is in. Cancelling one that has
// ended changes nothing.
func (s *Service) CancelBacktest(ctx context.Context, id string) (models.Backtest, error) {
	b, err := s.Backtest(ctx, id)
	if err != nil || b.State != backtestRunning {
		return b, err
	}
	b.State = backtestCancelled
	err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveBacktest(ctx, &b) })
	if errors.Is(err, store.ErrConflict) {
		return s.Backtest(ctx, id) // it ended by itself
	}
	return b, err
}

// encodeJSON writes a value of ours, which always encodes.
func encodeJSON(v any) string {
	data, err := json.Marshal(v)
	if err != nil {
		panic(fmt.Sprintf("encode %T: %v", v, err))
	}
	return string(data)
}
