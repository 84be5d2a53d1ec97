package rules_test

import (
	"regexp"
	"slices"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// TestPatternPieces: what is looked for before a pattern runs.
func TestPatternPieces(t *testing.T) {
	for source, want := range map[string][]string{
		`(?i)Buy +now`:                       {"buy"},
		`\b(cheap|free)[ -]*pills?\b`:        {"cheap", "free"},
		`(casino|poker)`:                     {"casino", "poker"},
		`call me at [0-9]{6}`:                {"call me at "},
		`(viagra){2,3}`:                      {"viagra"},
		`(viagra)?x`:                         nil,
		`.*`:                                 nil,
		`[A-Z]{5}`:                           nil,
		`ab|.`:                               nil,
		`ключ abc`:                           {" abc"},
		`aa|bb|cc|dd|ee|ff|gg|hh|ii|jj`:      nil,
		`^(?:https?://)?evil[.]example(/|$)`: {"evil.example"},
	} {
		if _, got, err := rules.MatchPattern(source, ""); err != nil || !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q, %v", source, got, want, err)
		}
	}
}

// FuzzPattern: the quick look never changes what a pattern matches.
func FuzzPattern(f *testing.F) {
	for _, source := range []string{`(?i)buy +now`, `\b(cheap|free)[ -]*pills?\b`, `casino|poker`, `(?i)(?-i:A)bk+s`, `a{2,3}b?`, `^ab$`, `(?s).x(?:yz)*`, `(?i)ſk`, `\x{212a}a`} {
		for _, text := range []string{"", "BUY  NOW", "free-pills", "CASINO", "Ab\u212a\u017f", "aab", "ab", "poKer", "\xffab"} {
			f.Add(source, text)
		}
	}
	f.Fuzz(func(t *testing.T, source, text string) {
		got, pieces, err := rules.MatchPattern(source, text)
		if err != nil {
			return
		}
		if want := regexp.MustCompile(source).MatchString(text); got != want {
			t.Errorf("%s on %q: %v, want %v; pieces %q", source, text, got, want, pieces)
		}
	})
}

// TestPatternsKeepTheirOrder: each pattern of an expression is matched against
// its own text.
func TestPatternsKeepTheirOrder(t *testing.T) {
	in := rules.Input{Text: "one two", Name: "three"}
	for source, want := range map[string]bool{
		"text matches 'one' && name matches 'three'":                                      true,
		"name matches 'one' || text matches 'three'":                                      false,
		"(name matches 'three') == (text matches 'two')":                                  true,
		"not (text matches 'four') && lower(name) matches '^t' && text matches 'o$'":      true,
		"text matches 'x' ? name matches 'one' : name matches 'hree'":                     true,
		"len(hosts) > 0 && name matches 'x' || text matches 'e t' && !(name matches 'y')": true,
	} {
		v := judge(t, rule(1, rules.Expression, models.Hold, when(source)), in, rules.Facts{})
		if got := len(v.Findings) == 1 && !rules.Failed(&v.Findings[0]); got != want {
			t.Errorf("%s: %v", source, got)
		}
	}
}
