package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// The states of a rule in a report.
const (
	RuleNew   = "new"   // too little is decided to say more
	RuleOK    = "ok"    // nothing speaks against it
	RuleNoisy = "noisy" // it stops too many good comments
	RuleStale = "stale" // it has not fired for long
	// RuleBraked is a rule that the brake has put into shadow mode, and that nobody
	// has changed since.
	RuleBraked = "braked"
)

// From what on a report judges a rule.
const (
	enoughDecided = 20                  // comments
	staleAfter    = 90 * 24 * time.Hour // without firing
	fairHold      = 0.50                // of what a rule holds, at least so much should be bad
	fairReject    = 0.95                // of what it refuses for good
)

// RuleReports says how each rule of a site does, in the order of the rules.
func (s *Service) RuleReports(ctx context.Context, site string) ([]RuleReport, error) {
	entry, err := s.site(site)
	if err != nil {
		return nil, err
	}
	list, err := s.store.Rules(ctx, entry.ID)
	if err != nil {
		return nil, fmt.Errorf("report on rules: %w", err)
	}
	tallies, err := s.store.Tallies(ctx, entry.ID)
	if err != nil {
		return nil, fmt.Errorf("report on rules: %w", err)
	}
	stopped, err := s.stoppedRules(ctx, entry.ID)
	if err != nil {
		return nil, fmt.Errorf("report on rules: %w", err)
	}
	reports := make([]RuleReport, len(list))
	for i := range list {
		own := slices.DeleteFunc(slices.Clone(tallies), func(t models.RuleTally) bool { return t.RuleID != list[i].ID })
		since, err := s.sameSince(ctx, &list[i], own)
		if err != nil {
			return nil, fmt.Errorf("report on rules: %w", err)
		}
		reports[i] = newRuleReport(list[i], own, since, s.clock())
		if note, ok := stopped[list[i].ID]; ok && list[i].Mode == rules.Shadow && note.CreatedAt.Equal(list[i].UpdatedAt) {
			reports[i].State, reports[i].Hint, reports[i].Braked = RuleBraked, note.Text, list[i].Version-1
		}
	}
	return reports, nil
}

// maxStopped bounds how many notes of the brake a report looks through.
const maxStopped = 2 * MaxRules

// stoppedRules returns the brake's latest note about each rule.
func (s *Service) stoppedRules(ctx context.Context, site int64) (map[int64]models.Note, error) {
	notes, err := s.store.Notes(ctx, site, noteBrake, true, 0, maxStopped)
	latest := map[int64]models.Note{}
	for _, n := range notes {
		if _, ok := latest[n.RuleID]; !ok {
			latest[n.RuleID] = n
		}
	}
	return latest, err
}

// maxLookedBack bounds how many earlier versions of a rule a report looks at.
const maxLookedBack = 20

// sameSince returns the first version of a rule from which on its conditions and
// scope have been what they are, as far as there are tallies. Only a rule with
// tallies of earlier versions needs to be looked at for that, and its versions
// are read one by one, because a word list can be long.
func (s *Service) sameSince(ctx context.Context, r *models.Rule, tallies []models.RuleTally) (int, error) {
	earliest := r.Version
	for _, t := range tallies {
		earliest = min(earliest, t.Version)
	}
	since := r.Version
	for since > max(earliest, r.Version-maxLookedBack) {
		before, err := s.store.RuleVersion(ctx, r.ID, since-1)
		switch {
		case errors.Is(err, store.ErrNotFound):
			return since, nil
		case err != nil:
			return 0, err
		case !sameConditions(&before.Rule, r):
			return since, nil
		}
		since--
	}
	return since, nil
}

// newRuleReport adds up the versions of a rule from one on.
func newRuleReport(r models.Rule, tallies []models.RuleTally, since int, now time.Time) RuleReport {
	p := RuleReport{Rule: r, Summary: rules.Summary(r)}
	var seen int64
	for _, t := range tallies {
		if t.Version < since {
			continue
		}
		p.Fired, p.Removed, p.Approved = p.Fired+t.Fired, p.Removed+t.Removed, p.Approved+t.Approved
		p.Sampled, p.SampledRemoved, p.SampledApproved = p.Sampled+t.Sampled, p.SampledRemoved+t.SampledRemoved, p.SampledApproved+t.SampledApproved
		if p.FirstAt.IsZero() || !t.FirstAt.IsZero() && t.FirstAt.Before(p.FirstAt) {
			p.FirstAt = t.FirstAt
		}
		if t.LastAt.After(p.LastAt) {
			p.LastAt = t.LastAt
		}
		if t.Version == r.Version {
			seen = t.Seen
		}
	}
	p.Precision, p.SampledPrecision = share(p.Removed, p.Removed+p.Approved), share(p.SampledRemoved, p.SampledRemoved+p.SampledApproved)
	p.Low, p.High = Wilson(p.Removed, p.Removed+p.Approved)
	p.SampledLow, p.SampledHigh = Wilson(p.SampledRemoved, p.SampledRemoved+p.SampledApproved)
	p.Watched = len(braked([]models.Rule{r})) > 0 && (seen < youngSeen || now.Sub(r.UpdatedAt) < youngFor)
	p.judge(now)
	return p
}

// judge says how the rule does, and what to do about it.
func (p *RuleReport) judge(now time.Time) {
	decided := p.Removed + p.Approved
	fair := fairHold
	if p.Rule.Action == models.Reject && p.Rule.Mode != rules.HoldOnly {
		fair = fairReject
	}
	switch {
	case p.Rule.Mode == rules.Draft:
	case p.stale(now):
		p.State, p.Hint = RuleStale, p.staleHint()
	case !p.stops():
		p.State = RuleOK
	case decided < enoughDecided:
		p.State = RuleNew
		p.Hint = fmt.Sprintf("Moderators have decided about %s of its comments; from %d on the numbers say something.", ofThem(decided), enoughDecided)
	case p.High < fair:
		p.State, p.Hint = RuleNoisy, p.noisyHint(fair)
	default:
		p.State = RuleOK
	}
}

// stops reports whether the rule is meant to keep comments back, so that it can
// be wrong about one. What rate rules refuse can be sent again.
func (p *RuleReport) stops() bool {
	return p.Rule.Kind != rules.Rate && p.Rule.Action >= models.Hold
}

// stale reports whether the rule has long been there without firing. One for a
// legal duty waits for as long as the duty lasts.
func (p *RuleReport) stale(now time.Time) bool {
	return !p.Rule.Legal && now.Sub(p.Rule.UpdatedAt) > staleAfter && now.Sub(p.LastAt) > staleAfter
}

func (p *RuleReport) staleHint() string {
	if p.LastAt.IsZero() {
		return "It has never fired. Look whether it says what you mean, or delete it."
	}
	return fmt.Sprintf("It last fired on %s. Look whether it is still needed, or delete it.", p.LastAt.UTC().Format("2 January 2006"))
}

func (p *RuleReport) noisyHint(fair float64) string {
	text := fmt.Sprintf("Moderators approved %d of the %d comments that they decided about: at most %s of its hits are right, and %s should be. ",
		p.Approved, p.Removed+p.Approved, percent(p.High), percent(fair))
	switch {
	case p.Rule.Mode == rules.Shadow:
		return text + "Make its conditions narrower before you switch it on."
	case p.Rule.Legal:
		return text + "It serves a legal duty, so it stays on; see whether its conditions can be narrower."
	case fair == fairReject:
		return text + "Let it hold instead of refuse, or make its conditions narrower."
	}
	return text + "Put it into shadow mode, or make its conditions narrower."
}

func ofThem(n int64) string {
	if n == 0 {
		return "none"
	}
	return fmt.Sprint(n)
}

// SampleReport estimates what the rules of a site let through.
func (s *Service) SampleReport(ctx context.Context, site string) (SampleReport, error) {
	entry, err := s.site(site)
	if err != nil {
		return SampleReport{}, err
	}
	t, err := s.store.Sample(ctx, entry.ID)
	if err != nil {
		return SampleReport{}, fmt.Errorf("report on the sample: %w", err)
	}
	p := SampleReport{Drawn: t.Drawn, Removed: t.Removed, Approved: t.Approved, Share: share(t.Removed, t.Removed+t.Approved)}
	p.Low, p.High = Wilson(t.Removed, t.Removed+t.Approved)
	return p, nil
}

// ReleaseRule approves everything that one version of a rule, and nothing else,
// keeps from being public: what it holds and what it refused. Each approval is
// an ordinary decision of the moderator, and can be taken back. What was
// decided before, or is held by another rule, stays.
//
// It works in batches of 100, each a transaction, so an interrupted release is
// completed by the next one.
func (s *Service) ReleaseRule(ctx context.Context, by models.Moderator, id string, version int) (ReleaseResult, error) {
	number, ok := models.RuleID.Parse(id)
	if !ok {
		return ReleaseResult{}, translate(store.ErrNotFound, "rule")
	}
	r, err := s.store.RuleVersion(ctx, number, version)
	if err != nil {
		return ReleaseResult{}, translate(err, "version of this rule")
	}
	var done ReleaseResult
	for after := int64(0); ; {
		held, err := s.store.HeldOnlyBy(ctx, number, version, after, MaxDecisions)
		if err == nil && len(held) > 0 {
			after = held[len(held)-1].ID
			err = s.release(ctx, by, &r.Rule, held, &done)
		}
		if err != nil {
			return done, fmt.Errorf("release what a rule holds: %w", err)
		}
		if len(held) < MaxDecisions {
			return done, s.noteRelease(ctx, by, &r.Rule, done.Restored)
		}
	}
}

// release approves one batch.
func (s *Service) release(ctx context.Context, by models.Moderator, r *models.Rule, held []models.Comment, done *ReleaseResult) error {
	acts := make([]act, len(held))
	for i := range held {
		acts[i] = act{
			comment: held[i].ID, by: by, choice: models.ChooseApprove, version: held[i].Version,
			note: fmt.Sprintf("Released: only the rule “%s”, version %d, had stopped it.", r.Name, r.Version),
		}
	}
	outcomes, err := s.perform(ctx, acts, (*desk).decide)
	for i := range outcomes {
		if outcomes[i].Err != nil {
			done.Skipped++
		} else {
			done.Restored++
		}
	}
	return err
}

func (s *Service) noteRelease(ctx context.Context, by models.Moderator, r *models.Rule, restored int) error {
	if restored == 0 {
		return nil
	}
	return s.store.Write(ctx, func(tx *store.Tx) error {
		return tx.AddNote(ctx, &models.Note{
			SiteID: r.SiteID, Kind: noteRelease, Subject: models.RuleID.Format(r.ID), ModeratorID: by.ID, RuleID: r.ID,
			Text: fmt.Sprintf("Released %d comments that only the rule “%s”, version %d, had stopped.", restored, r.Name, r.Version),
		})
	})
}
