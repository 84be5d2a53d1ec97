package moderation

import (
	"encoding/json"
	"fmt"
	"time"

	"postbag/models"
)

// BacktestRequest says which rule to try, and on which comments.
type BacktestRequest struct {
	Site string // key
	// Rule is the public id of a stored rule, empty for a new one. It is compared
	// with what is tried.
	Rule string
	// Draft is what to try; nil tries the stored rule as it is.
	Draft *RuleDraft
	// From and To bound the comments by the time they were written: from From up
	// to, not including, To. Zero is no bound.
	From, To time.Time
	// Each, when set, is told every comment of the span that the rule fires on,
	// in order, with the finding it would have made.
	Each func(comment int64, f models.Finding)
}

// BacktestResult is what a rule would have done to past comments. It is stored as
// JSON, as evidence of what was known when the rule was switched on; a name in
// it keeps its meaning for ever.
type BacktestResult struct {
	Comments int     `json:"comments"` // looked at
	Fired    int     `json:"fired"`    // of them
	Share    float64 `json:"share"`    // Fired of Comments, 0 to 1
	// Actions counts what the rule would have done to the comments it fired on.
	Actions []BacktestAction `json:"actions"`

	Removed   int `json:"removed"`   // of Fired: a moderator removed it or marked it as spam
	Approved  int `json:"approved"`  // of Fired: a moderator approved it
	Undecided int `json:"undecided"` // of Fired: nobody has looked, or its author withdrew it
	// Precision is the share of Removed in what was decided, Low and High its
	// 95 % interval (Wilson 1927); all 0 when nothing was decided.
	Precision float64 `json:"precision"`
	Low       float64 `json:"low"`
	High      float64 `json:"high"`

	Days     []BacktestDay    `json:"days"` // with comments, oldest first, the latest 1,100 at most
	Load     BacktestLoad     `json:"load"`
	Change   BacktestChange   `json:"change"`
	Overlap  []BacktestRule   `json:"overlap"` // other rules that fired on the same comments, most first, at most 10
	Alone    int              `json:"alone"`   // of Fired: no other rule would have kept it from readers
	Examples BacktestExamples `json:"examples"`

	Derived   int      `json:"derived"`    // of Comments: facts were worked out from what is stored, because none were kept
	Notes     []string `json:"notes"`      // sentences: what could not be replayed exactly, and what was assumed
	Elapsed   int64    `json:"elapsed"`    // milliseconds
	PerSecond int      `json:"per_second"` // comments
}

// BacktestAction is one action and how many comments it would have met.
type BacktestAction struct {
	Action string `json:"action"`
	Count  int    `json:"count"`
}

// BacktestDay is one day in UTC.
type BacktestDay struct {
	Day      string `json:"day"` // 2006-01-02
	Comments int    `json:"comments"`
	Fired    int    `json:"fired"`
	Removed  int    `json:"removed"` // of Fired, as in BacktestResult
	Approved int    `json:"approved"`
	Held     int    `json:"held"` // newly held, because of the change
}

// BacktestLoad is what the change adds to the queue, in comments a day, over all
// days from the first comment to the last.
type BacktestLoad struct {
	Median float64 `json:"median"`
	Max    int     `json:"max"`
	MaxDay string  `json:"max_day"` // 2006-01-02, empty when Max is 0
}

// BacktestChange compares the rules in force with the same rules after the
// change, on the same facts. Counts are of comments.
type BacktestChange struct {
	NewlyHeld     int            `json:"newly_held"`     // published before, held after
	NewlyRejected int            `json:"newly_rejected"` // rejected after, not before
	NewlySlowed   int            `json:"newly_slowed"`   // turned away for a while after, not before
	NewlyReleased int            `json:"newly_released"` // published after, not before
	Gained        int            `json:"gained"`         // the tested rule fires, its version in force does not
	Lost          int            `json:"lost"`           // the version in force fires, the tested one does not
	InForce       bool           `json:"in_force"`       // there is a version in force to compare with
	Moves         []BacktestMove `json:"moves"`          // strongest action before and after, most first
}

// BacktestMove is a change of the strongest action of all rules.
type BacktestMove struct {
	From     string            `json:"from"`
	To       string            `json:"to"`
	Count    int               `json:"count"`
	Examples []BacktestExample `json:"examples"` // at most 5
}

// BacktestRule is another rule of the site.
type BacktestRule struct {
	Rule  string `json:"rule"` // public id; empty for the site's and the article's own settings
	Name  string `json:"name"`
	Count int    `json:"count"`
}

// BacktestExamples are at most 20 comments of each outcome, drawn evenly.
type BacktestExamples struct {
	Removed   []BacktestExample `json:"removed"`
	Approved  []BacktestExample `json:"approved"`
	Undecided []BacktestExample `json:"undecided"`
}

// BacktestExample is one comment that the rule fired on.
type BacktestExample struct {
	Comment string          `json:"comment"` // public id
	Article string          `json:"article"` // public key
	Title   string          `json:"title"`   // of the article
	Author  string          `json:"author"`  // name
	At      time.Time       `json:"at"`
	Status  string          `json:"status"` // now
	Action  string          `json:"action"` // of the tested rule
	Excerpt string          `json:"excerpt"`
	Matches []BacktestMatch `json:"matches"` // in the excerpt, or in another field as a whole
	Detail  string          `json:"detail"`
}

// BacktestMatch is a half-open range of bytes in an excerpt (field text) or in
// the named field.
type BacktestMatch struct {
	Field string `json:"field"`
	Start int    `json:"start"`
	End   int    `json:"end"`
}

// DecodeBacktest reads what a stored run tested and, once it is done, what came
// of it.
func DecodeBacktest(b *models.Backtest) (models.Rule, BacktestResult, error) {
	var rule models.Rule
	var result BacktestResult
	if err := json.Unmarshal([]byte(b.Rule), &rule); err != nil {
		return rule, result, fmt.Errorf("read the rule of backtest %d: %w", b.ID, err)
	}
	if b.Result == "" {
		return rule, result, nil
	}
	if err := json.Unmarshal([]byte(b.Result), &result); err != nil {
		return rule, result, fmt.Errorf("read the result of backtest %d: %w", b.ID, err)
	}
	return rule, result, nil
}

// Replayed is one verdict, as it is stored and as the same rules and facts give it
// again.
type Replayed struct {
	Comment     int64
	Seq         int // 0 when it was posted, then one for each edit
	Revision    int // of the site's rules
	Stored      []models.Finding
	Again       models.Verdict
	Equal       bool
	Differences []string // sentences, at most 20
}

// ReplayRequest says which verdicts to replay.
type ReplayRequest struct {
	Site     string // key
	From, To time.Time
}

// ReplaySummary says what came of replaying many verdicts.
type ReplaySummary struct {
	Comments  int        // looked at
	Verdicts  int        // replayed
	Equal     int        // of Verdicts
	Different int        // of Verdicts
	Without   int        // of Comments: no facts were kept, so there is nothing to replay
	First     []Replayed // that differ, at most 20
}
