package ui

import (
	"io"
	"strconv"
	"time"
)

// BacktestPage is GET /console/backtests/{id}. While it runs the page polls API; the form under the result posts mode to
// /console/backtests/{id}/apply, that under the progress nothing to /console/backtests/{id}/cancel.
type BacktestPage struct {
	Frame       Frame
	ID          string
	API         string // of the moderation API: answers with state, done and total
	Site        string
	RuleID      string // "" for a rule that is not stored
	RuleName    string
	Summary     string // of the tested rule, in one line
	Kind        string
	Action      string // of the tested rule
	Text        string // the tested rule as YAML
	State       string // running, done, cancelled, failed
	Problem     string
	Done, Total int
	From, To    time.Time
	StartedAt   time.Time
	By          string
	Outdated    bool // the stored rule has changed since
	Result      *BacktestResult
}

// BacktestResult is what a rule would have done.
type BacktestResult struct {
	Comments, Fired              int
	PerDay                       float64
	Removed, Approved, Undecided int   // of Fired, by a moderator in the end
	Precision                    Share // of those that somebody decided
	Days                         []DayCount
	Load                         string   // in words: comments a day more in the queue
	Changes                      []string // sentences: what differs from the rules in force
	Overlap                      []Overlap
	Examples                     []ExampleGroup
	Notes                        []string // what could not be replayed, in sentences
}

// DayCount is how many comments of a day, or of several, the rule fires on.
type DayCount struct {
	Day             time.Time
	Label           string
	Fired, Comments int
}

// Overlap is another rule that fires on the same comments.
type Overlap struct {
	ID, Name string
	Both     int
}

// ExampleGroup is a handful of comments with one outcome: removed, approved, undecided.
type ExampleGroup struct {
	Outcome string
	All     int
	List    []Example
}

// Example is one comment that the rule fires on.
type Example struct {
	ID, Author, Article string
	At                  time.Time
	Parts               []Part
	Detail              string
}

// BacktestRow is one run in the list of a rule's backtests.
type BacktestRow struct {
	ID, State       string
	At              time.Time
	Days            int // 0 for all
	Comments, Fired int
	Version         int
}

// Running reports whether the run is under way.
func (v BacktestPage) Running() bool { return v.State == "running" }

// Percent is how far the run is, 0 to 100.
func (v BacktestPage) Percent() int {
	if v.Total == 0 {
		return 0
	}
	return min(100, v.Done*100/v.Total)
}

// FiredShare is the share of comments that the rule fires on.
func (r BacktestResult) FiredShare() float64 {
	if r.Comments == 0 {
		return 0
	}
	return 100 * float64(r.Fired) / float64(r.Comments)
}

// The size of the drawing of days, in its own units.
const (
	chartWidth  = 600
	chartHeight = 96
)

// bar is one column of the drawing.
type bar struct{ X, Y, Width, Height, Title string }

// Bars lays out the columns of the drawing: one for each entry of Days, the highest as high as the drawing.
func (r BacktestResult) Bars() []bar {
	top := 1
	for _, d := range r.Days {
		top = max(top, d.Fired)
	}
	step := float64(chartWidth) / float64(max(len(r.Days), 1))
	bars := make([]bar, 0, len(r.Days))
	for i, d := range r.Days {
		height := float64(d.Fired) / float64(top) * chartHeight
		if d.Fired > 0 {
			height = max(height, 2)
		}
		gap := min(step*0.2, 3)
		bars = append(bars, bar{
			X: decimal(float64(i)*step + gap/2), Y: decimal(chartHeight - height), Width: decimal(min(step-gap, 28)), Height: decimal(height),
			Title: d.Label + ": " + groupDigits(d.Fired),
		})
	}
	return bars
}

// Top is the most in one entry of Days.
func (r BacktestResult) Top() int {
	top := 0
	for _, d := range r.Days {
		top = max(top, d.Fired)
	}
	return top
}

// LastLabel names the last entry of Days.
func (r BacktestResult) LastLabel() string {
	if len(r.Days) < 2 {
		return ""
	}
	return r.Days[len(r.Days)-1].Label
}

// Backtest renders a run and its result.
func (p *Pages) Backtest(w io.Writer, v BacktestPage) error { return p.render(w, "backtest", v) }

func decimal(x float64) string { return strconv.FormatFloat(x, 'f', 1, 64) }

// percent writes a share as people read it: two digits that count, never a small one as 0.
func percent(x float64) string {
	switch {
	case x <= 0:
		return "0 %"
	case x < 0.1:
		return "under 0.1 %"
	case x < 9.95, x > 99 && x < 100:
		return strconv.FormatFloat(x, 'f', 1, 64) + " %"
	}
	return strconv.FormatFloat(x, 'f', 0, 64) + " %"
}

// About writes a daily number as people say it.
func About(x float64) string {
	switch {
	case x <= 0:
		return "0"
	case x < 0.95:
		return "fewer than 1"
	}
	return groupDigits(int(x + 0.5))
}
