package rules_test

import (
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// TestStarter: every starter rule is sound, only records, and has its own name;
// each finds what it is for, and none minds an ordinary comment.
func TestStarter(t *testing.T) {
	flood := []rules.FloodFact{{Copies: 3, Authors: 1}}
	examples := map[string]struct {
		text   string
		author rules.AuthorFacts
	}{
		"Links by newcomers":            {text: "see https://a.example"},
		"Many links":                    {text: "https://a.example https://b.example https://c.example https://d.example"},
		"Link shorteners":               {text: "see bit.ly/2x"},
		"Links in disguise":             {text: "see hxxps://a.example"},
		"First comment":                 {text: "hello"},
		"Often removed before":          {text: "hello", author: rules.AuthorFacts{Approved: 2, Removed: 2, Spam: 1}},
		"The same text again and again": {text: "hello"},
		"Shouting":                      {text: "THIS IS A DISGRACE AND THEY ALL KNOW IT"},
		"Personal data":                 {text: "he lives at 3 Low Road, 020 7946 0018"},
		"Many mentions":                 {text: "@a @b @c @d @e @f"},
		"Mixed alphabets":               {text: "my раyраl account"},
		"Insults (an example)":          {text: "sh*t up, you 1d10t"},
	}
	ordinary := rules.Input{
		Text: "I read the report twice. The council spent £1,250,000 in 2024-2025, see https://council.example/report; Dr O'Brien said so on 12.03.2026.",
		Name: "Anna", Links: []string{"https://council.example/report"},
	}
	regular := rules.AuthorFacts{Approved: 12, Removed: 1, Since: now - 1000*hour}
	names := map[string]bool{}
	for _, r := range rules.Starter() {
		if p := rules.Check(r); p != nil || r.Mode != rules.Shadow || names[r.Name] {
			t.Errorf("%s: mode %s, problems %v", r.Name, r.Mode, p)
		}
		names[r.Name] = true
		c, ok := examples[r.Name]
		f := rules.Facts{Author: c.author, Floods: flood}
		v := judge(t, r, rules.Input{Text: c.text, Links: linksOf(c.text)}, f)
		if !ok || len(v.Findings) != 1 || v.Action() != models.Allow || v.Findings[0].Would != r.Action {
			t.Errorf("%s on %q: %+v", r.Name, c.text, v.Findings)
		}
		if v := judge(t, r, ordinary, rules.Facts{Author: regular}); len(v.Findings) != 0 {
			t.Errorf("%s on an ordinary comment: %s", r.Name, v.Findings[0].Detail)
		}
		if strings.Contains(rules.Summary(r), "{") {
			t.Errorf("%s: summary %q", r.Name, rules.Summary(r))
		}
	}
}
