package rules_test

import (
	"encoding/json"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

func when(source string) string {
	text, err := json.Marshal(rules.ExpressionSpec{When: source})
	if err != nil {
		panic(err)
	}
	return string(text)
}

func TestExpression(t *testing.T) {
	text := "LOOK at this!!!!! @anna @bob 😀🇬🇧👩🏽‍🚒\n> quoted line\nmail me@mail.example or call +44 20 7946 0018, раypal"
	in := rules.Input{Text: text, Name: "Q", Links: []string{"https://a.example/x", "https://b.example", "https://a.example/y"}}
	facts := rules.Facts{
		Edit:    true,
		Author:  rules.AuthorFacts{Kind: "guest", Approved: 2, Removed: 1, Spam: 1, Pending: 4, Since: now - 50*hour},
		Article: rules.ArticleFacts{Ident: "i1", URL: "https://news.example//Crime/x?y", Mode: models.PostMode, Heat: 1},
	}
	for _, source := range []string{
		"links == 3 && author.approved < 3", "len(hosts) == 2 && hosts[0] == 'a.example'", "any(hosts, # endsWith '.example')", "count(hosts, # startsWith 'a') == 1", "all(hosts, len(#) == 9)",
		"mentions == 2", "emoji == 3", "lines == 3", "words == 18", "emails == 1", "phones == 1", "mixed_scripts == 1", "longest_run == 5",
		"quote_share > 10 && quote_share < 20", "upper_share >= 5 && upper_share < 20", "letters > 40 && length > letters", "digits == 12",
		"text contains 'LOOK'", "not (folded contains 'LOOK')", "folded contains 'paypal'", "name == 'Q'", "edit",
		"text matches '(?i)l[o0]{2}k'", "author.kind in ['guest','email']", "author.removed == 2 && author.removed_share == 50 && author.pending == 4",
		"author.hours == 50", "author.sanction == ''", "article.heat == 1 && article.mode == 'post' && article.ident == 'i1'", "article.path startsWith '/crime/'",
		"article.url contains '//Crime'", "time.hour == 9 && time.weekday == 'monday'", "links > 2 ? words > 3 : false", "max(links, 7) == 7", "!(links > 20 or words < 2)",
		"indexOf(text, '@anna') > 3 && hasPrefix(lower(text), 'look')", "links / 2 > 1.4",
	} {
		if f := fired(t, rules.Expression, when(source), in, facts); f == nil || rules.Failed(f) {
			t.Errorf("%s is not true: %+v", source, f)
		}
		if f := fired(t, rules.Expression, when("!("+source+")"), in, facts); f != nil {
			t.Errorf("!(%s) is true", source)
		}
	}
}

// TestExpressionExplains: a finding shows the expression, the numbers it was true
// of, and what its patterns matched.
func TestExpressionExplains(t *testing.T) {
	f := fired(t, rules.Expression, when("author.approved < 3 && text matches '[0-9]+ quid'"), rules.Input{Text: "for 50 quid, no 60 quid"}, rules.Facts{})
	if f == nil || f.Detail != "“author.approved < 3 && text matches '[0-9]+ quid'”: author.approved 0" {
		t.Errorf("%+v", f)
	}
	if len(f.Matches) != 2 || f.Matches[1] != (models.Match{Field: "text", Start: 16, End: 23}) {
		t.Errorf("matches %+v", f.Matches)
	}
}

// TestEnvironmentIsComplete: every documented variable can be used, and says what
// it is.
func TestEnvironmentIsComplete(t *testing.T) {
	compare := map[string]string{"text": " == ''", "number": " == 0", "yes or no": "", "list of texts": " == []"}
	for _, v := range rules.Environment() {
		if v.Doc == "" || compare[v.Type] == "" && v.Type != "yes or no" {
			t.Errorf("%+v is not documented", v)
		}
		if v.Type == "list of texts" {
			v.Name = "len(" + v.Name + ")"
			v.Type = "number"
		}
		if problems := rules.Check(rule(1, rules.Expression, models.Hold, when(v.Name+compare[v.Type]))); problems != nil {
			t.Errorf("%s: %v", v.Name, problems)
		}
	}
}

// TestExpressionProblems: what is wrong is told, with the place and a
// suggestion; what could cost too much or cannot be replayed is refused.
func TestExpressionProblems(t *testing.T) {
	for source, want := range map[string]string{
		"":                                      "Write what must be true, such as links > 2 && author.approved < 3.",
		"links > ":                              "Line 1, column 8: unexpected token EOF.",
		"links":                                 "Expected bool, but got int.",
		"lnks > 2":                              "Line 1, column 1: there is no variable “lnks”, did you mean “links”?",
		"links > 2 &&\n author.aproved < 2":     "Line 2, column 9: there is no variable “author.aproved”, did you mean “author.approved”?",
		"auhtor.approved < 2":                   "Line 1, column 1: there is no variable “auhtor”, did you mean “author”?",
		"text > 3":                              "Line 1, column 6: invalid operation: > (mismatched types string and int).",
		"now() > 3":                             "Line 1, column 1: there is no function “now” here",
		"repeat('a', 9999999) == text":          "Line 1, column 1: there is no function “repeat” here",
		"len(1..9999999) > 3":                   "Line 1, column 6: a range can be too long",
		"links matches 'a'":                     "Line 1, column 1: cannot use int as argument (type string) to call matches.",
		"text matches name":                     "Line 1, column 6: a pattern must stand in quotation marks.",
		"text matches '('":                      "Line 1, column 6: this is not a regular expression",
		"text matches '((a{1,30}){1,30})'":      "Line 1, column 6: the patterns of this expression are too large together",
		"text matches '" + long(301, "a") + "'": "Line 1, column 6: a pattern has at most 300 bytes.",
		"text matches 'a{70}' or name matches 'b{90}'": "Line 1, column 30: the patterns of this expression are too large together",
		"len(text + text) > 3":                         "Line 1, column 10: + adds numbers only.",
		"any(hosts, any(hosts, # == ''))":              "Line 1, column 12: “any” cannot stand within any, all, none, one or count.",
		"any(['a','b'], text matches 'a')":             "Line 1, column 21: no pattern can be matched for each entry of a list",
		"let x = links; x > 2":                         "Line 1, column 5: only conditions can stand here",
		"{'a': 1}.a == 1":                              "Line 1, column 1: only conditions can stand here",
		"map(hosts, #) == hosts":                       "Line 1, column 1: there is no function “map” here",
		"$env.links > 2":                               "Line 1, column 1: there is no variable “$env”",
		"hosts[0] == 'a'":                              "This fails for a comment without text and links: line 1, column 6: index out of range: 0 (array length is 0).",
		"10 % links == 0":                              "This fails for a comment without text and links: line 1, column 4: runtime error: integer divide by zero.",
		"links > 1" + long(1995, " "):                  "An expression has at most 2000 bytes",
		"links > 1" + long(199, " or links > 1"):       "An expression has at most 2000 bytes",
		"links" + long(201, "+1") + " > 1":             "Line 1, column 206: compilation failed: expression exceeds maximum allowed nodes.",
	} {
		problems := rules.Check(rule(1, rules.Expression, models.Hold, when(source)))
		if len(problems) != 1 || problems[0].Path != "spec.when" || !strings.HasPrefix(problems[0].Detail, want) {
			t.Errorf("%.60q: %+v, want %q", source, problems, want)
		}
	}
}

func long(n int, piece string) string { return strings.Repeat(piece, n) }

// TestPersonalData: telephone numbers and addresses are told from other numbers.
func TestPersonalData(t *testing.T) {
	for text, want := range map[string]bool{
		"call 020 7946 0018":          true,
		"call +44 (0)20 7946-0018":    true,
		"call (020) 79460018":         true,
		"07946001823 is his":          true,
		"ring 555 123 4567 now":       true,
		"0049/30/1234567":             true,
		"write to a.b+c@mail.example": true,
		"in 1914-1918 and 1939-1945":  false,
		"on 2026-11-23 09:00 sharp":   false,
		"on 23.11.2026 12 people":     false,
		"it cost 12.000.000.000":      false,
		"it cost 12 000 000 000":      false,
		"from 192.168.1.100":          false,
		"0.123456789 of them":         false,
		"ISBN 978-3-16-148410-0":      false,
		"card 4111 1111 1111 1111":    false,
		"case 20261123":               false,
		"@anna and b@c":               false,
		"1, 2, 3, 4, 5, 6, 7, 8, 9":   false,
	} {
		if f := fired(t, rules.Expression, when("phones > 0 || emails > 0"), rules.Input{Text: text}, rules.Facts{}); (f != nil) != want {
			t.Errorf("%q: %v, want %v", text, f != nil, want)
		}
	}
}
