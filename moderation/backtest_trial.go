package moderation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync/atomic"
	"time"

	"postbag/models"
	"postbag/moderation/rules"
)

// trial is one run of a plan.
type trial struct {
	*plan
	s               *Service
	start, from, to int64 // Unix milliseconds; from start to from it only warms up
	each            func(int64, models.Finding)
	progress        func(done, total int64)

	done, total atomic.Int64 // comments, for whoever watches
	passed      int64

	edits      []edition  // to come, by time
	live, bare simulation // of comments with stored facts, and of those without
	authors    map[int64]memory
	evidence   *evidence
	nameless   int // comments that a rule by address could not count
	textless   int // verdicts whose text is gone
	edited     int // comments of the span that were
}

// simulation is what the rule on trial has counted so far. Comments with stored
// facts have one of their own, because that is all that a rule in force then
// would have seen: what was imported took no part.
type simulation struct {
	rates  *meter
	floods *echoes
}

func newTrial(s *Service, p *plan, req BacktestRequest) *trial {
	t := &trial{plan: p, s: s, each: req.Each, authors: map[int64]memory{}, evidence: newEvidence()}
	t.from, t.to = spanOf(req.From, req.To)
	t.start = max(0, t.from-t.warmUp().Milliseconds())
	t.live, t.bare = t.simulation(), t.simulation()
	return t
}

func (p *plan) simulation() simulation {
	return simulation{newMeter(), newEchoes(p.alone.FloodQueries())}
}

// run looks at all comments of the span, and before that at as many as the
// counters of the rule need.
func (t *trial) run(ctx context.Context) (BacktestResult, error) {
	began := time.Now()
	total, err := t.s.store.CountPast(ctx, t.site.ID, t.start, t.to)
	if err != nil {
		return BacktestResult{}, fmt.Errorf("backtest: %w", err)
	}
	t.total.Store(total)
	if err := t.s.scan(ctx, t.site.ID, t.start, t.to, t.prepare, t.conclude); err != nil {
		return BacktestResult{}, fmt.Errorf("backtest: %w", err)
	}
	t.catchUp(endOfTime)
	t.tell()
	titles, err := t.s.store.Articles(ctx, t.evidence.articles())
	if err != nil {
		return BacktestResult{}, fmt.Errorf("backtest: %w", err)
	}
	result := t.evidence.finish(titles, time.Since(began))
	result.Change.InForce, result.Notes = t.inForce, t.notes(&result)
	return result, nil
}

func (t *trial) tell() {
	t.done.Store(t.passed)
	if t.progress != nil {
		t.progress(t.passed, max(t.passed, t.total.Load()))
	}
}

// conclude judges a comment as it was posted. Its edits are judged when their
// time has come, so that everything is counted in the order in which it happened.
func (t *trial) conclude(p *past) error {
	if t.passed++; t.passed%progressEvery == 0 {
		t.tell()
	}
	t.catchUp(p.CreatedAt)
	if p.derived {
		t.recall(p)
	}
	if len(p.moments) == 1 {
		p.ruling = t.judge(p, &p.moments[0])
		t.count(p)
		return nil
	}
	own := *p // so that its convoy need not be kept
	own.ruling = t.judge(&own, &own.moments[0])
	for i := range own.moments[1:] {
		t.postpone(edition{&own, i + 1})
	}
	return nil
}

// edition is an edit of a comment: one of its moments, but the first.
type edition struct {
	*past
	moment int
}

func (e *edition) at() int64 { return e.moments[e.moment].facts.Now }

// postpone puts an edit in its place among those that are to come, by time.
func (t *trial) postpone(e edition) {
	at, _ := slices.BinarySearchFunc(t.edits, e.at(), func(other edition, now int64) int { return cmp.Compare(other.at(), now+1) })
	t.edits = slices.Insert(t.edits, at, e)
}

// catchUp judges the edits from before a time. A comment counts once, after its
// last edit, by the last of its texts that the rule fires on.
func (t *trial) catchUp(now int64) {
	for len(t.edits) > 0 && t.edits[0].at() < now {
		e := t.edits[0]
		t.edits = t.edits[1:]
		if r := t.judge(e.past, &e.moments[e.moment]); r != nil && (r.finding != nil || e.ruling == nil || e.ruling.finding == nil) {
			e.ruling = r
		}
		if e.moment == len(e.moments)-1 {
			t.count(e.past)
		}
	}
}

// count adds a comment of the span to the evidence.
func (t *trial) count(p *past) {
	if p.CreatedAt < t.from {
		return
	}
	t.evidence.look(p)
	if len(p.moments) > 1 {
		t.edited++
	}
	if p.ruling == nil {
		return
	}
	t.evidence.add(p.ruling)
	if t.each != nil && p.ruling.finding != nil {
		t.each(p.ID, *p.ruling.finding)
	}
}

// judge says what the rules say of one text; nil when neither the tested rule nor
// its version in force fires, because then nothing changes.
func (t *trial) judge(p *past, m *moment) *ruling {
	if m.gone && p.CreatedAt >= t.from {
		t.textless++
	}
	facts := m.facts
	watched := t.simulate(p, m, &facts)
	if len(watched.Findings) == 0 || !t.fires(&watched) {
		return nil
	}
	after, _ := t.after.Read(m.input).Conclude(&facts)
	r := &ruling{past: p, text: m.text, to: after.Action()}
	for _, f := range after.Findings {
		if f.RuleID == trialID {
			f.RuleID, f.Version = t.stored.ID, t.tested.Version
			r.finding = &f
			continue
		}
		r.others = append(r.others, f)
	}
	old := findingOf(&watched, t.stored.ID)
	r.replaced = t.inForce && old != nil
	before := models.Verdict{Findings: r.others}
	switch {
	case t.lifts:
		before, _ = t.now.Read(m.input).Conclude(&facts)
	case r.replaced:
		before.Findings = append(slices.Clip(before.Findings), *old)
	}
	r.from = before.Action()
	return r
}

// fires reports whether the tested rule or its version in force fires.
func (t *trial) fires(v *models.Verdict) bool {
	return findingOf(v, trialID) != nil || t.inForce && findingOf(v, t.stored.ID) != nil
}

// simulate asks the tested rule and its version in force. The facts are completed
// by what the tested rule would have counted so far, and that is counted on.
func (t *trial) simulate(p *past, m *moment, facts *rules.Facts) models.Verdict {
	sim := &t.live
	if p.derived {
		sim = &t.bare
	}
	counts := !facts.Edit && !t.addressGone(p, facts)
	if counts {
		facts.Rates = append(slices.Clip(facts.Rates), sim.rates.read(t.alone.Counters(facts.Keys))...)
	}
	facts.Floods = append(slices.Clip(facts.Floods), sim.floods.hear(p, m)...)
	verdict, taken := m.reading.Conclude(facts)
	if counts {
		sim.rates.take(taken, facts.Now)
	}
	return verdict
}

// addressGone reports whether the tested rule counts by address and that is not
// known of a comment any more.
func (t *trial) addressGone(p *past, facts *rules.Facts) bool {
	spec, ok := t.spec.(*rules.RateSpec)
	if !ok {
		return false
	}
	for _, by := range spec.By {
		if by != "address" && by != "network" {
			continue
		}
		if known := facts.Keys[by]; len(known) == 0 || known[0] == rules.Forgotten {
			if p.CreatedAt >= t.from {
				t.nameless++
			}
			return true
		}
	}
	return false
}

// findingOf returns the finding of a rule, nil when it did not fire.
func findingOf(v *models.Verdict, rule int64) *models.Finding {
	for i := range v.Findings {
		if v.Findings[i].RuleID == rule {
			return &v.Findings[i]
		}
	}
	return nil
}

// notes says what could not be replayed exactly, and what was assumed.
func (t *trial) notes(r *BacktestResult) []string {
	list := []string{}
	note := func(format string, args ...any) { list = append(list, fmt.Sprintf(format, args...)) }
	if r.Derived > 0 {
		note("%d comments have no stored facts, because they were imported or are older than the facts are. The history of their authors was counted "+
			"from the comments as they are now, articles are taken in their present mode, and sanctions and heat of that time are not known.", r.Derived)
	}
	if t.nameless > 0 {
		note("The rule counts by address, and the addresses of %d comments are not known any more. It did not count those.", t.nameless)
	}
	if t.edited > 0 {
		note("%d comments were edited. Each counts once, when the rule fires on any of its texts.", t.edited)
	}
	if t.textless > 0 {
		note("%d texts that were changed since are not on record any more. The present text was judged instead.", t.textless)
	}
	if t.tested.Kind == rules.Rate || t.tested.Kind == rules.Flood {
		note("Comments that were turned away when they were sent are not stored, so they could not be counted.")
	}
	for _, other := range t.after.Rules() {
		if other.ID != trialID && (other.Kind == rules.Rate || other.Kind == rules.Flood) {
			note("Other rate and flood rules are compared with what they had counted when each comment came; one that did not run then does not fire on it.")
			break
		}
	}
	return list
}
