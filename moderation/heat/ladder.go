package heat

import (
	"cmp"
	"math"
	"time"
)

// Config is what is usual on a site, and how slow slow mode is. A share that is 0 or
// not a number is the default; what lies beyond a bound is taken as the bound.
type Config struct {
	New        float64       // share of comments by authors without an approved one: 0.05 to 0.8, default 0.3
	Duplicates float64       // share of copies of another's comment: 0.002 to 0.2, default 0.01
	Fired      float64       // share that a rule holds, rejects or escalates: 0.005 to 0.3, default 0.03
	Wait       time.Duration // between two comments of an author in slow mode: 10 s to 1 h, default 1 min
}

func (c Config) bounded() Config {
	share := func(x, usual, low, high float64) float64 {
		if x == 0 || math.IsNaN(x) {
			return usual
		}
		return min(max(x, low), high)
	}
	return Config{
		New:        share(c.New, 0.3, 0.05, 0.8),
		Duplicates: share(c.Duplicates, 0.01, 0.002, 0.2),
		Fired:      share(c.Fired, 0.03, 0.005, 0.3),
		Wait:       min(max(cmp.Or(c.Wait, time.Minute), 10*time.Second), time.Hour),
	}
}

// Signal is one thing that happened on an article. Without Reported and Refused it is
// a comment that was submitted, whatever became of it.
type Signal struct {
	NewAuthor bool // its author has no approved comment
	Duplicate bool // it is a copy of comments by others; repeating oneself is a matter of rate rules
	Fired     bool // a rule in force held, rejected or escalated it; not heat, pre-moderation or a sanction
	Reported  bool // instead of a comment: a reader reported one
	Refused   bool // instead of a comment: a rate rule or slow mode asked somebody to wait
}

// minDwell is the number of comments for which an article stays on a level before
// Observe raises it again.
const minDwell = 4

// Ladder weighs signals against what is usual on a site. It is immutable and safe
// for concurrent use.
type Ladder struct {
	config Config
	rungs  [ReadOnly]rung
}

// rung is the test that leads from one level to the next: log-likelihood ratios of
// trouble to peace, in 1/1000 nat.
type rung struct {
	duplicate, fired, clean int64 // evidence of trouble in a comment
	stranger, known         int64 // hint in the standing of its author
	need                    int64 // evidence that makes the step
	hints                   int64 // of which at most so much may be hints
}

const reportHint = 500 // of one report, in 1/1000 nat

// NewLadder prepares the tests for a site. Peace is what is usual with an allowance:
// half as much trouble again, and 5 % more new authors.
func NewLadder(c Config) *Ladder {
	c = c.bounded()
	duplicates, fired, strangers := 1.5*c.Duplicates, 1.5*c.Fired, c.New+0.05
	trouble := duplicates + fired
	mixed := rung{
		duplicate: ratio(duplicates+0.10, duplicates),
		fired:     ratio(fired+0.06, fired),
		clean:     ratio(1-trouble-0.16, 1-trouble),
		stranger:  ratio(min(strangers+0.4, 0.95), strangers),
		known:     ratio(max(1-strangers-0.4, 0.05), 1-strangers),
		hints:     6 * thousand,
	}
	slow, holdNew := mixed, mixed
	slow.need, holdNew.need = 13*thousand, 13.5*thousand
	return &Ladder{config: c, rungs: [...]rung{
		slow,
		holdNew,
		troubled(trouble+0.1, trouble+0.35, 3*thousand),
		troubled(0.8, 0.95, 8*thousand),
	}}
}

// troubled is the test of a share of trouble, copies and comments stopped by rules
// taken together, of low at most against one of high.
func troubled(low, high float64, need int64) rung {
	low, high = min(low, 0.8), min(high, 0.95)
	return rung{duplicate: ratio(high, low), fired: ratio(high, low), clean: ratio(1-high, 1-low), need: need}
}

// ratio is the log-likelihood ratio in 1/1000 nat.
func ratio(trouble, peace float64) int64 {
	return int64(math.Round(thousand * math.Log(trouble/peace)))
}

// Wait returns how long an author waits between two comments in slow mode.
func (l *Ladder) Wait() time.Duration { return l.config.Wait }

// Observe returns the state after a signal at now, Unix milliseconds. The level is
// the same or the next higher one.
func (l *Ladder) Observe(s State, now int64, signal Signal) State {
	s = s.fade(now)
	switch {
	case signal.Refused:
		s.Refused = add(s.Refused, thousand)
	case signal.Reported:
		s.Reports = add(s.Reports, thousand)
		s.Hint = add(s.Hint, reportHint)
	default:
		s = l.comment(s, signal)
	}
	return l.climb(s, now)
}

func (l *Ladder) comment(s State, signal Signal) State {
	r := &l.rungs[min(max(s.Level, Normal), HoldAll)]
	proof, hint := r.clean, r.known
	s.Comments = add(s.Comments, thousand)
	if signal.NewAuthor {
		s.New = add(s.New, thousand)
		hint = r.stranger
	}
	if signal.Fired {
		s.Fired = add(s.Fired, thousand)
		proof = r.fired
	}
	if signal.Duplicate {
		s.Duplicates = add(s.Duplicates, thousand)
		proof = max(r.duplicate, proof)
	}
	s.Proof, s.Hint = add(s.Proof, proof), add(s.Hint, hint)
	s.Dwell = min(s.Dwell+1, minDwell)
	return s
}

// climb makes the step up when there is evidence for it.
func (l *Ladder) climb(s State, now int64) State {
	if s.Level < Normal || s.Level >= ReadOnly || s.Dwell < minDwell {
		return s
	}
	r := &l.rungs[s.Level]
	need := r.need
	if now < s.Calm {
		need *= 2
	}
	if s.Proof+min(s.Hint, r.hints) < need {
		return s
	}
	next := s.at(s.Level+1, now, false)
	if s.Level == Normal { // the next step goes by the same test, with a little more evidence
		next.Proof, next.Hint = s.Proof, s.Hint
	}
	return next
}

// add keeps a sum between 0 and its bound.
func add(sum, change int64) int64 { return min(max(sum+change, 0), most) }
