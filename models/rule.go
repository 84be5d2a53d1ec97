package models

import "time"

// Scope says where a rule holds. An empty scope is the whole site; with both
// lists, one match in either is enough.
type Scope struct {
	// Sections are paths of the site, such as /crime/: the rule holds for
	// articles whose URL is below one of them. An article without a URL is in no
	// section.
	Sections []string
	// Articles are public keys, identifiers or URLs of articles. A rule with
	// several is a case: one list for everything published about it.
	Articles []string
}

// Whole reports whether the scope is the whole site.
func (s Scope) Whole() bool { return len(s.Sections) == 0 && len(s.Articles) == 0 }

// Rule is one rule of a site as stored. Spec is the JSON of its kind's
// conditions; package rules gives it meaning.
type Rule struct {
	ID       int64
	SiteID   int64
	Name     string // no two rules of a site have the same
	Kind     string // keyword, rate, flood, links, author, expression, combination
	Scope    Scope
	Action   Action
	Mode     string // enforce, hold-only, shadow, draft
	Tag      string // label on the comment for moderators
	Priority int    // of comments it holds: 0 normal, 10 high, 20 urgent
	Reason   string // shown to the reader on Reject
	Code     string // the site's reason key, recorded on Reject
	Legal    bool   // set for a legal duty: the brake alerts, but never demotes it
	// Promise is the share of comments that its backtest fired on, in parts per
	// million; -1 when it was never backtested in this version.
	Promise   int
	Spec      string
	Version   int
	CreatedAt time.Time
	UpdatedAt time.Time
}

// RuleVersion is one version of a rule, kept for as long as verdicts name it.
// It held from revision Since of the site's rules up to, not including, Until;
// Until is 0 while it holds.
type RuleVersion struct {
	Rule
	Since, Until int
	By           int64 // the moderator who saved it, 0 for the command line and for Postbag itself
}

// RuleTally counts what became of the comments that one version of a rule fired
// on. All counts are of comments.
type RuleTally struct {
	RuleID          int64
	Version         int
	Seen            int64 // judged while the version was watched by the brake
	Fired           int64 // shadow mode included
	Removed         int64 // of Fired: a moderator removed it or marked it as spam in the end
	Approved        int64 // of Fired: a moderator approved it in the end
	Sampled         int64 // of Fired: drawn into the random sample
	SampledRemoved  int64
	SampledApproved int64
	Networks        []uint32  // short hashes of different networks it fired on while watched, at most 16
	FirstAt, LastAt time.Time // it fired; zero for never
}

// SampleTally counts the random sample of a site: comments that no rule held,
// drawn for a moderator to judge.
type SampleTally struct {
	Drawn, Removed, Approved int64
}

// Note is one line of the log of a site: what changed, who did it, and why.
// The log is append-only.
type Note struct {
	ID            int64
	SiteID        int64
	Kind          string // rule, brake, heat, article, release
	Subject       string // public id of the rule or article
	ModeratorID   int64  // 0 for Postbag itself and for the command line
	ModeratorName string
	RuleID        int64  // the rule that caused it, or 0
	Alert         bool   // somebody should look at it
	Text          string // one sentence
	CreatedAt     time.Time
}

// Backtest is one run of a rule over past comments, kept as evidence of what
// was known when the rule was switched on.
type Backtest struct {
	ID          int64
	SiteID      int64
	RuleID      int64 // 0 for a rule that is not stored yet
	Version     int   // of the stored rule that it tested or would change
	ModeratorID int64
	State       string // running, done, cancelled, failed
	Rule        string // the tested rule, JSON
	From, To    time.Time
	Done, Total int64  // comments
	Result      string // JSON, empty until done; package moderation gives it meaning
	Problem     string // why it failed
	CreatedAt   time.Time
	UpdatedAt   time.Time
}
