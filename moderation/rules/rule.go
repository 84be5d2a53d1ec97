package rules

import (
	"postbag/models"
)

// rule is one compiled rule.
type rule struct {
	models.Rule
	scope  scope
	when   condition
	floods []FloodQuery // what it asks about copies: one question or none
}

// condition is one compiled condition: a leaf, or a combination of others.
type condition interface {
	// holds says whether the condition is true of a comment, and why. It may
	// panic: the rule then holds the comment.
	holds(c *comment) evidence
}

// truth says how sure a condition is. A term that is perhaps only a typing slip
// leaves it in doubt, and a rule in doubt does no more than hold. Conditions are
// combined as in Kleene's logic of three values: and is the least, or the
// greatest, not turns them round.
type truth int8

const (
	no truth = iota
	perhaps
	yes
)

// evidence is why a condition holds.
type evidence struct {
	truth
	detail  string // for moderators: a piece of a sentence
	matches []models.Match
	wait    int64 // milliseconds until a rate or flood condition would no longer hold
}

// maxMatches is how many places a finding marks; the rest is seen anyway.
const maxMatches = 100

// The steps of the heat ladder of an article.
const (
	heatSlow    = 1
	heatHoldNew = 2
	heatHoldAll = 3
	heatClosed  = 4
)

// finding makes a finding of the evidence, within what the mode of the rule
// allows.
func (r *rule) finding(e evidence) models.Finding {
	f := models.Finding{
		RuleID: r.ID, Version: r.Version, Name: r.Name, Action: r.Action,
		Detail: clip(e.detail), Matches: e.matches[:min(len(e.matches), maxMatches)],
	}
	if e.truth == perhaps {
		f.Action = min(f.Action, models.Hold)
	}
	switch r.Mode {
	case Shadow:
		f.Action, f.Would = models.NoAction, f.Action
		return f
	case HoldOnly:
		if f.Action > models.Escalate {
			f.Action = models.Hold
		}
	}
	return r.act(f)
}

// maxDetail is how long a detail may be, in characters.
const maxDetail = 500

func clip(text string) string {
	if len(text) <= maxDetail {
		return text
	}
	r := []rune(text)
	if len(r) <= maxDetail {
		return text
	}
	return string(r[:maxDetail]) + "…"
}

// act spells out what an action means for the comment and for its article.
func (r *rule) act(f models.Finding) models.Finding {
	f.Tag = r.Tag
	switch f.Action {
	case models.Close:
		f.Action, f.Raise = models.Hold, heatClosed
	case models.Slow:
		if !r.counts() {
			f.Action, f.Raise = models.Tag, heatSlow
		}
	case models.Reject:
		f.Reason, f.Code = r.Reason, r.Code
	}
	switch f.Action {
	case models.Tag:
		if f.Tag == "" {
			f.Tag = r.Name
		}
	case models.Hold, models.Escalate:
		f.Priority = r.Priority
	}
	return f
}

// counts reports whether the rule is about how many comments there are, so that
// waiting helps.
func (r *rule) counts() bool { return r.Kind == Rate || r.Kind == Flood }

const failedDetail = "The rule failed, so the comment is held: "

// failed is the finding of a rule that could not be asked.
func (r *rule) failed(why string) models.Finding {
	f := models.Finding{RuleID: r.ID, Version: r.Version, Name: r.Name, Action: models.Hold, Priority: r.Priority, Detail: failedDetail + clip(why)}
	if r.Mode == Shadow {
		f.Action, f.Would = models.NoAction, models.Hold
	}
	return f
}
