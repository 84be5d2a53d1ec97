package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

func TestCombination(t *testing.T) {
	const (
		word = `{"keyword":{"terms":["quenby"]}}`
		slip = `{"keyword":{"terms":["contraband"]}}`
		link = `{"links":{"more_than":0}}`
		neww = `{"author":{"approved_below":1}}`
		long = `{"expression":{"when":"length > 1000"}}`
	)
	in := rules.Input{Text: "Quenby has contarband", Links: []string{"https://a.example"}}
	for _, c := range []struct{ spec, want string }{
		{`{"all":[` + word + `,` + link + `]}`, "reject: matches “quenby”; 1 link; more than 0 is too many"},
		{`{"all":[` + word + `,` + long + `]}`, ""},
		{`{"any":[` + long + `,` + neww + `]}`, "reject: no comment of this author was approved yet"},
		{`{"any":[` + long + `]}`, ""},
		{`{"at_least":2,"of":[` + word + `,` + long + `,` + neww + `]}`, "reject: matches “quenby”; no comment of this author was approved yet"},
		{`{"at_least":3,"of":[` + word + `,` + long + `,` + neww + `]}`, ""},
		{`{"all":[` + word + `,{"not":` + long + `}]}`, "reject: matches “quenby”; not: length > 1000"},
		{`{"all":[{"not":` + word + `}]}`, ""},
		{`{"all":[` + word + `,{"any":[` + long + `,{"all":[` + link + `,{"not":` + long + `}]}]}]}`, "reject: matches “quenby”; 1 link; more than 0 is too many; not: length > 1000"},
		// What hangs on a slip may hold, and no more.
		{`{"all":[` + slip + `,` + link + `]}`, "hold: perhaps matches “contraband” with a typing slip; 1 link; more than 0 is too many"},
		{`{"any":[` + slip + `,` + word + `]}`, "reject: perhaps matches “contraband” with a typing slip; matches “quenby”"},
		{`{"at_least":2,"of":[` + slip + `,` + word + `]}`, "hold: perhaps matches “contraband” with a typing slip; matches “quenby”"},
		{`{"at_least":2,"of":[` + slip + `,` + word + `,` + link + `]}`, "reject: perhaps matches “contraband” with a typing slip; matches “quenby”; 1 link; more than 0 is too many"},
		{`{"all":[{"not":` + slip + `}]}`, "hold: not: 1 term"},
	} {
		v := judge(t, rule(1, rules.Combination, models.Reject, c.spec), in, rules.Facts{})
		got := ""
		for _, f := range v.Findings {
			got = fmt.Sprint(f.Action, ": ", f.Detail)
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.spec, got, c.want)
		}
	}
}

// TestDetailIsBounded: what a rule of many conditions says fits on a screen.
func TestDetailIsBounded(t *testing.T) {
	var parts []string
	for i := range rules.MaxConditions {
		parts = append(parts, fmt.Sprintf(`{"expression":{"when":"links < %d && length < 1000 && author.approved < 5"}}`, i+1))
	}
	v := judge(t, rule(1, rules.Combination, models.Hold, `{"any":[`+strings.Join(parts, ",")+`]}`), rules.Input{}, rules.Facts{})
	if len(v.Findings) != 1 || len([]rune(v.Findings[0].Detail)) != 501 {
		t.Errorf("%+v", v.Findings)
	}
}
