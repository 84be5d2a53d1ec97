package rules

import (
	"strings"

	"postbag/models"
)

// Summary says in one line of words what a rule does: what it looks for and
// what follows. A rule whose conditions cannot be read has only its kind.
func Summary(r models.Rule) string {
	what := r.Kind
	var p problems
	if s := newSpec(r.Kind); s != nil && p.read(r.Spec, s) {
		what = s.summary()
	}
	text := r.Action.String() + ": " + what
	if places := append(append([]string{}, r.Scope.Sections...), r.Scope.Articles...); len(places) > 0 {
		text += "; only in " + quoteList(places)
	}
	return text + modeNote(r.Mode)
}

func modeNote(mode string) string {
	switch strings.ToLower(mode) {
	case Shadow:
		return " (only recorded)"
	case HoldOnly:
		return " (holds at most)"
	case Draft:
		return " (off)"
	}
	return ""
}
