package moderation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"postbag/models"
	"postbag/moderation/rules"
)

// trialID stands for the tested rule while it is on trial, so that its counters
// and findings are never mixed up with those of the version in force.
const trialID = -1

// plan is a rule on trial, with what is needed to judge by it.
//
// Every comment is judged by watch alone, which has the tested rule and the
// version of it that is in force: where neither fires, the change changes
// nothing, however many other rules there are. Only where one does, after is
// asked, which has all rules as they would be. No rule but one that allows lifts
// the finding of another, so what the rules in force say is the same with the one
// finding in the place of the other; where allowing comes in, now is asked too.
type plan struct {
	site    *siteEntry
	tested  models.Rule // as it would run
	stored  models.Rule // the one that it would change; ID 0 for none
	spec    any         // of tested, as rules.ParseSpec returns it
	inForce bool        // stored runs at present, be it in shadow
	lifts   bool        // tested or stored allows
	watch   *rules.Engine
	after   *rules.Engine
	now     *rules.Engine // the rules in force
	alone   *rules.Engine // the tested rule by itself, for its counters and floods
}

// plan checks a request and compiles what it needs.
func (s *Service) plan(ctx context.Context, req BacktestRequest) (*plan, error) {
	site, err := s.site(req.Site)
	if err != nil {
		return nil, err
	}
	if !req.To.IsZero() && !req.From.Before(req.To) {
		return nil, models.Invalid("from", "The span is empty: from must be before to.")
	}
	p := &plan{site: site}
	if err := s.choose(ctx, p, req); err != nil {
		return nil, err
	}
	inForce, err := s.store.Rules(ctx, site.ID)
	if err != nil {
		return nil, fmt.Errorf("plan backtest: %w", err)
	}
	return p, p.compile(inForce)
}

// choose finds the rule to test, and the one it would change.
func (s *Service) choose(ctx context.Context, p *plan, req BacktestRequest) error {
	switch {
	case req.Rule != "":
		stored, err := s.Rule(ctx, req.Rule)
		if err != nil {
			return err
		}
		if stored.SiteID != p.site.ID {
			return models.Refuse(models.CodeNotFound, "There is no such rule on this site.")
		}
		p.stored, p.tested = stored, stored
	case req.Draft == nil:
		return models.Invalid("rule", "Say which rule to test: a stored one, or a new one.")
	default:
		p.tested = models.Rule{SiteID: p.site.ID}
	}
	if req.Draft == nil {
		return nil
	}
	p.tested.Kind = cmp.Or(req.Draft.Kind, p.tested.Kind)
	return req.Draft.change(&p.tested)
}

// compile makes the engines. A draft or a shadow rule is tested as if it were
// switched on; hold-only is a way of running, and stays.
func (p *plan) compile(inForce []models.Rule) error {
	if p.tested.Mode != rules.HoldOnly {
		p.tested.Mode = rules.Enforce
	}
	tested := p.tested
	tested.ID, tested.Promise = trialID, -1
	shadow := tested
	shadow.Mode = rules.Shadow
	watch, after := []models.Rule{shadow}, []models.Rule{tested}
	for _, r := range inForce {
		if r.ID != p.stored.ID {
			after = append(after, r)
			continue
		}
		watch = append(watch, r)
		p.inForce = r.Mode != rules.Draft
	}
	p.spec, _ = rules.ParseSpec(tested.Kind, tested.Spec)
	p.lifts = tested.Action == models.Allow || p.inForce && p.stored.Action == models.Allow
	for _, engine := range []struct {
		at   **rules.Engine
		list []models.Rule
	}{{&p.watch, watch}, {&p.after, after}, {&p.now, inForce}, {&p.alone, watch[:1]}} {
		var err error
		if *engine.at, err = rules.Compile(engine.list, p.site.engine); err != nil {
			return unusable(err)
		}
	}
	return nil
}

// unusable refuses rules that are well as they are, but too many or too large
// together.
func unusable(err error) error {
	var problem *rules.Problem
	if errors.As(err, &problem) {
		return models.Invalid(problem.Path, problem.Detail)
	}
	return err
}

// warmUp is how long before the span its counters and floods must begin, to be
// what they would be had the rule run all along: a counter has forgotten
// everything after the time in which its burst is earned.
func (p *plan) warmUp() time.Duration {
	var longest time.Duration
	for _, q := range p.alone.FloodQueries() {
		longest = max(longest, time.Duration(q.Hours)*time.Hour)
	}
	if spec, ok := p.spec.(*rules.RateSpec); ok {
		burst := spec.Count - 1
		if spec.Burst != nil {
			burst = *spec.Burst
		}
		longest = time.Duration(float64(spec.Seconds) / float64(spec.Count) * float64(burst+1) * float64(time.Second))
	}
	return longest
}
