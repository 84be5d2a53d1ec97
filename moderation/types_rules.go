package moderation

import (
	"time"

	"postbag/models"
	"postbag/moderation/keyword"
)

// RuleDraft is a rule to be stored. Spec is JSON, whose members depend on Kind:
// see the spec types of package rules.
type RuleDraft struct {
	Name     string // no other rule of the site has it, letter case aside
	Kind     string
	Action   models.Action
	Mode     string // enforce when empty
	Reason   string
	Code     string
	Tag      string
	Priority int
	Legal    bool
	Scope    models.Scope
	Spec     string
}

// ApplyOptions say how ApplyRules works.
type ApplyOptions struct {
	DryRun bool // check and compare, write nothing
	Prune  bool // delete the rules of the site that are not in the list
}

// RulesPlan says what a list of rules changes, or would change. A rule stands by
// its name in exactly one of the lists.
type RulesPlan struct {
	Added, Changed, Unchanged []string // of the list, in its order
	Removed                   []string // deleted, because they were not in the list
	Kept                      []string // not in the list, and left as they are
	Notes                     []string // a sentence for each change
}

// NoteQuery asks for a page of the log of a site.
type NoteQuery struct {
	Kind   string // rule, brake, heat, article or release; empty means all
	Alerts bool   // only what somebody should look at
	Limit  int    // 1 to 100; 0 means 50
	Cursor string // from an earlier page
}

// NotePage is a page of the log, newest first.
type NotePage struct {
	Notes []models.Note
	Next  string // cursor, empty at the end
}

// Probe is a comment that nobody wrote, to see what the rules say of it.
type Probe struct {
	Site    string // key
	Article models.ArticleRef
	Text    string
	Name    string
	Email   string
	Rule    *RuleDraft // a rule that is not saved, asked beside those that are; a draft records, as in shadow mode
	ID      string     // public id of the stored rule that Rule would replace; empty for a new one
}

// UnsavedRule is the RuleID of the findings of an unsaved rule that would
// replace none.
const UnsavedRule = -1

// TestResult is what the rules say of a probe.
type TestResult struct {
	Text    string // as judged; the matches are ranges of it
	Verdict models.Verdict
	Rule    int64 // RuleID of the findings of the unsaved rule; 0 without one
	Folds   []Fold
	Untried []string // names of the rules that count comments, and so cannot be asked about one
}

// Fold is how the matcher reads a field.
type Fold struct {
	Field    string // text, name, email or link
	Text     string // as written
	Folded   string // as a reader sees it, disguises undone
	Readings []keyword.Reading
}

// RuleReport says how a rule does, from what moderators decided about the
// comments it fired on. The counts are of all its versions with the conditions
// and the scope that it has now.
type RuleReport struct {
	Rule    models.Rule
	Summary string // one line in words

	Fired, Removed, Approved                 int64   // comments; removed and approved by moderators in the end
	Precision, Low, High                     float64 // share that was removed, with its Wilson interval of 95 %; 0, 0 and 1 while nothing is decided
	Sampled, SampledRemoved, SampledApproved int64   // of those in the random sample, which favours no comment
	SampledPrecision, SampledLow             float64
	SampledHigh                              float64
	FirstAt, LastAt                          time.Time // it fired; zero for never

	State   string // braked, stale, noisy, new or ok; empty for a draft
	Braked  int    // the version that the brake has stopped, which ReleaseRule takes; 0 unless State is braked
	Hint    string // one sentence that says what to do; may be empty
	Watched bool   // the brake is on it
}

// SampleReport estimates what the rules let through: the share of bad comments
// among all that none of them stopped, from the random sample.
type SampleReport struct {
	Drawn, Removed, Approved int64
	Share, Low, High         float64 // removed of the decided, with its Wilson interval of 95 %
}

// ReleaseResult says what a release did.
type ReleaseResult struct {
	Restored int // comments
	Skipped  int // changed meanwhile, or somebody works on them
}
