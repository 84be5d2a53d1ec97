package models

import "time"

// Match is a piece of a comment that made a rule fire: a half-open range of
// bytes in the original text of one field.
type Match struct {
	Field      string // text, name, email or link
	Start, End int
}

// Finding is one rule that fired on one comment, with its evidence.
type Finding struct {
	RuleID   int64 // 0 for the site's and the article's own settings
	Version  int   // of the rule
	Name     string
	Action   Action // on the comment; NoAction in shadow mode
	Would    Action // what a shadow rule would have done, else NoAction
	Tag      string // label for moderators, or empty
	Priority int    // of a held comment in the queue; higher comes first
	Raise    int    // step of the heat ladder that the article is to reach at least; 0 for none
	Reason   string // for the reader, when Action is Reject; never says which term
	Code     string // the site's reason key that goes with Reason, or empty
	Detail   string // for the moderator
	Matches  []Match
}

// Verdict is what the rules said of one comment.
type Verdict struct {
	Findings   []Finding
	RetryAfter time.Duration // when a rate rule or a hot article refuses; whole seconds, rounded up
}

// Action returns the strongest action of all findings, Allow when there are
// none.
func (v *Verdict) Action() Action {
	strongest := Allow
	for i := range v.Findings {
		strongest = max(strongest, v.Findings[i].Action)
	}
	return strongest
}
