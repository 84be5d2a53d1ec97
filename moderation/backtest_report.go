package moderation

import (
	"time"

	"postbag/models"
	"postbag/models/store"
)

// Bounds of the lists in a result.
const (
	maxBacktestDays     = 1100
	maxBacktestOverlap  = 10
	maxBacktestExamples = 20 // of each outcome
	maxMoveExamples     = 5  // of each move
)

// ruling is what the rules say of one past comment: as they are, and after the
// change.
type ruling struct {
	*past
	text     string           // that was judged
	finding  *models.Finding  // of the tested rule, nil when it does not fire
	replaced bool             // its version in force fires
	others   []models.Finding // of the other rules and of the settings, after the change
	from, to models.Action    // strongest of all rules, before the change and after it
}

// fate is what becomes of a comment, from weak to strong.
type fate int8

const (
	published fate = iota
	held
	rejected
	slowed
)

func fateOf(a models.Action) fate {
	switch a {
	case models.Hold, models.Escalate, models.Close:
		return held
	case models.Reject:
		return rejected
	case models.Slow:
		return slowed
	}
	return published
}

// move is the strongest action of all rules, before and after the change.
type move struct{ from, to models.Action }

// other is a rule beside the tested one, or a setting.
type other struct {
	id   int64
	name string
}

// outcomeOf says what a moderator made of a comment in the end. Of an imported
// one that is its status there.
func outcomeOf(p *past) store.Outcome {
	switch {
	case p.Settled == models.ChooseApprove, p.derived && p.Reviewed && p.Status == models.Approved:
		return store.Passed
	case p.Settled == models.ChooseRemove, p.Settled == models.ChooseSpam,
		p.derived && p.Reviewed && (p.Status == models.Removed || p.Status == models.Spam):
		return store.Taken
	}
	return store.Undecided
}

// evidence gathers the result of a backtest, one comment after the other.
type evidence struct {
	result   BacktestResult
	actions  map[models.Action]int
	outcomes map[store.Outcome]*sample
	days     map[int64]*BacktestDay // by the number of the day since 1970
	moves    map[move]*sample
	overlap  map[other]int
}

func newEvidence() *evidence {
	return &evidence{
		actions: map[models.Action]int{}, outcomes: map[store.Outcome]*sample{}, days: map[int64]*BacktestDay{}, moves: map[move]*sample{},
		overlap: map[other]int{},
	}
}

const day = int64(24 * time.Hour / time.Millisecond)

// day returns the day of a time in Unix milliseconds.
func (e *evidence) day(at int64) *BacktestDay {
	n := at / day
	if at < n*day {
		n--
	}
	d := e.days[n]
	if d == nil {
		d = &BacktestDay{Day: time.UnixMilli(n * day).UTC().Format(time.DateOnly)}
		e.days[n] = d
	}
	return d
}

// look counts a comment of the span, whether the rule fires or not.
func (e *evidence) look(p *past) {
	e.result.Comments++
	e.day(p.CreatedAt).Comments++
	if p.derived {
		e.result.Derived++
	}
}

// add counts a comment on which the tested rule or its version in force fires.
func (e *evidence) add(r *ruling) {
	if r.finding != nil {
		e.fire(r)
	}
	switch change := &e.result.Change; {
	case r.finding != nil && !r.replaced:
		change.Gained++
	case r.finding == nil && r.replaced:
		change.Lost++
	}
	e.compare(r)
}

// fire counts a comment on which the tested rule fires.
func (e *evidence) fire(r *ruling) {
	d := e.day(r.CreatedAt)
	e.result.Fired++
	d.Fired++
	e.actions[r.finding.Action]++
	became := outcomeOf(r.past)
	sampleOf(e.outcomes, became, maxBacktestExamples).offer(r)
	switch became {
	case store.Taken:
		e.result.Removed++
		d.Removed++
	case store.Passed:
		e.result.Approved++
		d.Approved++
	default:
		e.result.Undecided++
	}
	e.besides(r)
}

// besides counts which other rules and settings fire on the comment.
func (e *evidence) besides(r *ruling) {
	alone := true
	met := map[other]bool{}
	for i := range r.others {
		f := &r.others[i]
		alone = alone && fateOf(f.Action) == published
		if o := (other{f.RuleID, f.Name}); !met[o] {
			met[o] = true
			e.overlap[o]++
		}
	}
	if alone {
		e.result.Alone++
	}
}

// compare counts what the change does to the comment.
func (e *evidence) compare(r *ruling) {
	m := move{r.from, r.to}
	if m.from == m.to {
		return
	}
	sampleOf(e.moves, m, maxMoveExamples).offer(r)
	change := &e.result.Change
	from, to := fateOf(m.from), fateOf(m.to)
	switch {
	case from == to:
	case to == published:
		change.NewlyReleased++
	case to == rejected:
		change.NewlyRejected++
	case to == slowed:
		change.NewlySlowed++
	case from == published:
		change.NewlyHeld++
		e.day(r.CreatedAt).Held++
	}
}
