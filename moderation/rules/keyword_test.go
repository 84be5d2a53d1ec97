package rules_test

import (
	"fmt"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// TestFieldsAreLookedAt: a term is found wherever the rule looks, and nowhere
// else, disguised or not.
func TestFieldsAreLookedAt(t *testing.T) {
	all := rules.Input{
		Text: "see [here](https://quenby.example/a)", Name: "Quen\u200bby", Email: "quenby@mail.example",
		Links: []string{"https://quenby.example/a", "https://b.example/Quenby"},
	}
	for _, c := range []struct {
		fields string
		in     rules.Input
		want   string
	}{
		{`["text"]`, all, "text"}, // as typed in the address
		{`["name"]`, all, "name"},
		{`["email"]`, all, "email"},
		{`["link"]`, all, "link link"},
		{`["text","link"]`, all, "text link"}, // the first is marked where it was typed
		{`["text","name","email","link"]`, all, "text name email link"},
		{`[]`, rules.Input{Email: "quenby@mail.example"}, ""},
		{`[]`, rules.Input{Name: "Mrs Quenby"}, "name"},
		{`[]`, rules.Input{Text: "no", Links: []string{"https://quenby.example"}}, "link"},
		{`["link"]`, rules.Input{Text: "Quenby"}, ""},
		{`["text"]`, rules.Input{Text: "[Quen](https://by.example/)"}, "text"}, // split over a link
		{`["text"]`, rules.Input{Text: "Q u e n b y"}, "text"},
	} {
		var fields []string
		if f := fired(t, rules.Keyword, `{"terms":["quenby"],"fields":`+c.fields+`}`, c.in, rules.Facts{}); f != nil {
			for _, m := range f.Matches {
				fields = append(fields, m.Field)
			}
		}
		if got := strings.Join(fields, " "); got != c.want {
			t.Errorf("%s in %+v: found in %q, want %q", c.fields, c.in, got, c.want)
		}
	}
}

// TestAtLeast: different terms count, wherever they stand; one said twice, or
// inside another, does not.
func TestAtLeast(t *testing.T) {
	const spec = `{"terms":["Verity Lane","Verity Lane School","Tolliver","aunt"],"fields":["text","name"],"at_least":2}`
	for text, want := range map[string]string{
		"She lived in Verity Lane.":                 "",
		"Verity Lane, yes, Verity Lane!":            "",
		"They met at Verity Lane School.":           "",
		"Tolliver of Verity Lane":                   "matches 2 different terms: “Tolliver”, “Verity Lane”",
		"her aunt, at Verity Lane School":           "matches 2 different terms: “aunt”, “Verity Lane”, “Verity Lane School”",
		"T0lliver's aunt saw Verity Lane yesterday": "matches 3 different terms: “Tolliver”, “aunt”, “Verity Lane”",
	} {
		f := fired(t, rules.Keyword, spec, rules.Input{Text: text}, rules.Facts{})
		got := ""
		if f != nil {
			got = f.Detail
		}
		if got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
	f := fired(t, rules.Keyword, spec, rules.Input{Text: "I know the aunt", Name: "Tolliver"}, rules.Facts{})
	if f == nil || len(f.Matches) != 2 || f.Matches[1] != (models.Match{Field: "name", Start: 0, End: 8}) {
		t.Errorf("across fields: %+v", f)
	}
}

// TestSlipsHoldAtMost: what is perhaps a typing slip never rejects, never allows,
// and never closes.
func TestSlipsHoldAtMost(t *testing.T) {
	const slip = "they said contarband was there"
	spec := `{"terms":["contraband"]}`
	for action, want := range map[models.Action]string{
		models.Reject: "hold 0", models.Escalate: "hold 0", models.Close: "hold 0", models.Slow: "hold 0", models.Tag: "tag 0", models.Allow: "",
	} {
		v := judge(t, rule(1, rules.Keyword, action, spec), rules.Input{Text: slip}, rules.Facts{})
		got := ""
		for _, f := range v.Findings {
			got = fmt.Sprint(f.Action, " ", f.Raise)
		}
		if got != want {
			t.Errorf("%s: %q, want %q", action, got, want)
		}
	}
	sure := judge(t, rule(1, rules.Keyword, models.Reject, spec), rules.Input{Text: slip + ", contraband"}, rules.Facts{})
	if sure.Action() != models.Reject {
		t.Errorf("a sure hit beside a slip: %s", sure.Action())
	}
	two := `{"terms":["contraband","Tolliver"],"at_least":2}`
	if v := judge(t, rule(1, rules.Keyword, models.Reject, two), rules.Input{Text: slip + ", Tolliver"}, rules.Facts{}); v.Action() != models.Hold {
		t.Errorf("two terms, one a slip: %s", v.Action())
	}
}

// TestListsDoNotShareAllowedWords: what one rule allows, another still finds.
func TestListsDoNotShareAllowedWords(t *testing.T) {
	e := mustCompile(t,
		rule(1, rules.Keyword, models.Hold, `{"terms":["quenby","!quenby hall"]}`),
		rule(2, rules.Keyword, models.Hold, `{"terms":["quenby"]}`),
	)
	v, _ := e.Read(rules.Input{Text: "at Quenby Hall"}).Conclude(&rules.Facts{Now: now})
	if len(v.Findings) != 1 || v.Findings[0].RuleID != 2 {
		t.Errorf("findings %+v", v.Findings)
	}
}

// TestFindingsStaySmall: a text full of terms is marked in part.
func TestFindingsStaySmall(t *testing.T) {
	f := fired(t, rules.Keyword, `{"terms":["quenby","turnip","tolliver","marrow","beetroot"]}`, rules.Input{Text: strings.Repeat("quenby turnip tolliver marrow beetroot ", 400)}, rules.Facts{})
	if f == nil || len(f.Matches) != 100 || f.Detail != "matches “quenby”, “turnip”, “tolliver” …" {
		t.Errorf("%d matches, %q", len(f.Matches), f.Detail)
	}
}
