package rules

import (
	"crypto/sha256"
	"strings"

	"postbag/models"
	"postbag/moderation/keyword"
)

// Engine is the compiled rules of one site. It is immutable and safe for
// concurrent use.
type Engine struct {
	rules    []rule
	words    *keyword.Matcher // of all word lists; nil without any
	digest   [sha256.Size]byte
	programs map[string]*formula
	needs    needs
	failure  string // why every comment is held, when it is
}

// Failing returns an engine that holds every comment, for a site whose rules
// cannot be used.
func Failing(err error) *Engine {
	return &Engine{failure: "The rules of this site cannot be used, so every comment is held: " + err.Error()}
}

// Failed reports whether a finding says that a rule, or all of them, could not
// be asked. Somebody should look at it.
func Failed(f *models.Finding) bool {
	return strings.HasPrefix(f.Detail, failedDetail) || f.RuleID == 0 && f.Name == failingName
}

const failingName = "Rules"

// Rules returns the rules that run: all but the drafts.
func (e *Engine) Rules() []models.Rule {
	list := make([]models.Rule, len(e.rules))
	for i := range e.rules {
		list[i] = e.rules[i].Rule
	}
	return list
}

// Counters lists the counters that a comment with these keys may be counted by;
// their stored arrival times belong into Facts.Rates.
func (e *Engine) Counters(keys map[string][]string) []Counter {
	var list []Counter
	for i := range e.rules {
		if limit, ok := e.rules[i].when.(*rateLimit); ok {
			for _, c := range limit.counters(e.rules[i].ID, keys) {
				list = append(list, c.Counter)
			}
		}
	}
	return list
}

// FloodQuery is what a rule asks about copies of a comment: how many comments of
// the last Hours are at least so alike, on the same article or on the whole
// site. The answer belongs into Facts.Floods; without one the rule does not fire.
type FloodQuery struct {
	Rule       int64
	Hours      int
	Similarity int  // percent
	Article    bool // else the whole site
}

// FloodQueries lists the questions of all rules, at most one of each.
func (e *Engine) FloodQueries() []FloodQuery {
	var list []FloodQuery
	for i := range e.rules {
		list = append(list, e.rules[i].floods...)
	}
	return list
}
