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
	RuleID  int64 // 0 for the site's and the article's own settings
	Version int   // of the rule
	Name    string
	Action  Action
	Reason  string // for the reader, when Action is Reject; never says which term
	Detail  string // for the moderator
	Matches []Match
}

// Verdict is what the rules said of one comment.
type Verdict struct {
	Findings   []Finding
	RetryAfter time.Duration // when a rate rule refuses
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

// Rule is one rule of a site as stored. Spec is the JSON of its kind's
// conditions; package rules gives it meaning.
type Rule struct {
	ID        int64
	SiteID    int64
	Name      string
	Kind      string // keyword, rate, links, author
	Action    Action
	Mode      string // enforce, hold-only, shadow, draft
	Reason    string // shown to the reader on Reject
	Spec      string
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}
