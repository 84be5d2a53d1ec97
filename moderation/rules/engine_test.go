package rules_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation/rules"
)

var errUnreadable = errors.New("unreadable")

func word(id int64, action models.Action, mode, spec string) models.Rule {
	return models.Rule{ID: id, Name: "words", Kind: rules.Keyword, Action: action, Mode: mode, Spec: spec, Version: 3}
}

// TestAllRulesRun is the promise that no reason hides another: all findings are
// recorded and the strongest action wins.
func TestAllRulesRun(t *testing.T) {
	engine, err := rules.Compile([]models.Rule{
		word(1, models.Hold, rules.Enforce, `{"terms":["quenby"]}`),
		word(2, models.Reject, rules.Shadow, `{"terms":["quenby"]}`),
		word(3, models.Reject, rules.HoldOnly, `{"terms":["verity lane"]}`),
		word(4, models.Reject, rules.Draft, `{"terms":["quenby"]}`),
		{ID: 5, Name: "links", Kind: rules.Links, Action: models.Tag, Mode: rules.Enforce, Spec: `{"more_than":1}`},
		{ID: 6, Name: "first", Kind: rules.Author, Action: models.Hold, Mode: rules.Enforce, Spec: `{"approved_below":1}`},
	})
	if err != nil {
		t.Fatal(err)
	}
	text := "Été: Quenby of Verity Lane"
	reading := engine.Read(rules.Input{Text: text, Links: []string{"https://a.example", "https://b.example"}})
	v := reading.Conclude(rules.Facts{Mode: models.PreMode}, nil)
	var names []string
	for _, f := range v.Findings {
		names = append(names, f.Action.String()+" "+f.Name)
	}
	if got, want := strings.Join(names, ", "), "hold words,  words, hold words, tag links, hold first, hold Pre-moderation"; got != want {
		t.Errorf("findings %q, want %q", got, want)
	}
	if v.Action() != models.Hold {
		t.Errorf("action %s, want hold", v.Action())
	}
	m := v.Findings[0].Matches
	if len(m) != 1 || text[m[0].Start:m[0].End] != "Quenby" || v.Findings[0].Version != 3 {
		t.Errorf("evidence %+v", v.Findings[0])
	}
}

func TestFieldsAreLookedAt(t *testing.T) {
	engine, err := rules.Compile([]models.Rule{word(1, models.Hold, rules.Enforce, `{"terms":["quenby"],"fields":["name","email","link"]}`)})
	if err != nil {
		t.Fatal(err)
	}
	for name, in := range map[string]struct {
		input rules.Input
		field string
	}{
		"name":  {rules.Input{Name: "Quenby", Text: "x"}, "name"},
		"email": {rules.Input{Email: "quenby@mail.example"}, "email"},
		"link":  {rules.Input{Links: []string{"https://quenby.example/"}}, "link"},
		"text":  {rules.Input{Text: "quenby"}, ""},
	} {
		v := engine.Read(in.input).Conclude(rules.Facts{}, nil)
		var field string
		if len(v.Findings) > 0 {
			field = v.Findings[0].Matches[0].Field
		}
		if field != in.field {
			t.Errorf("%s: found in %q, want %q", name, field, in.field)
		}
	}
}

func TestRateRule(t *testing.T) {
	engine, err := rules.Compile([]models.Rule{{ID: 7, Name: "fast", Kind: rules.Rate, Action: models.Slow, Mode: rules.Enforce, Spec: `{"count":2,"seconds":60,"by":["author","article"]}`}})
	if err != nil {
		t.Fatal(err)
	}
	keys := map[string]string{"author": "u1", "article": "a1", "address": ""}
	if got := engine.RateKeys(keys)[7]; got != "author:u1|article:a1" {
		t.Errorf("key %q", got)
	}
	if got := engine.RateKeys(map[string]string{"author": "u1"}); len(got) != 0 {
		t.Errorf("keys %v for a comment without an article", got)
	}
	tats := map[int64]int64{}
	facts := rules.Facts{Keys: keys, Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)}
	var actions []models.Action
	for range 3 {
		v := engine.Read(rules.Input{}).Conclude(facts, tats)
		actions = append(actions, v.Action())
		if v.Action() == models.Slow && v.RetryAfter != 30*time.Second {
			t.Errorf("retry after %s, want 30s", v.RetryAfter)
		}
	}
	if actions[0] != models.Allow || actions[1] != models.Allow || actions[2] != models.Slow {
		t.Errorf("actions %v", actions)
	}
}

func TestFailureHolds(t *testing.T) {
	v := rules.Failing(errUnreadable).Read(rules.Input{Text: "hello"}).Conclude(rules.Facts{}, nil)
	if v.Action() != models.Hold {
		t.Errorf("action %s, want hold", v.Action())
	}
}

func TestInvalidRules(t *testing.T) {
	valid := word(1, models.Hold, rules.Enforce, `{"terms":["a word"]}`)
	for name, change := range map[string]func(*models.Rule){
		"no name":        func(r *models.Rule) { r.Name = " " },
		"unknown kind":   func(r *models.Rule) { r.Kind = "vibes" },
		"unknown mode":   func(r *models.Rule) { r.Mode = "maybe" },
		"no action":      func(r *models.Rule) { r.Action = models.NoAction },
		"slow word list": func(r *models.Rule) { r.Action = models.Slow },
		"no terms":       func(r *models.Rule) { r.Spec = `{"terms":[]}` },
		"unknown member": func(r *models.Rule) { r.Spec = `{"term":["x"]}` },
		"unknown field":  func(r *models.Rule) { r.Spec = `{"terms":["x"],"fields":["body"]}` },
		"not JSON":       func(r *models.Rule) { r.Spec = `terms` },
		"rejecting rate": func(r *models.Rule) {
			r.Kind, r.Action, r.Spec = rules.Rate, models.Reject, `{"count":1,"seconds":1,"by":["author"]}`
		},
		"rate by nothing": func(r *models.Rule) { r.Kind, r.Action, r.Spec = rules.Rate, models.Slow, `{"count":1,"seconds":1}` },
		"rate of nothing": func(r *models.Rule) {
			r.Kind, r.Action, r.Spec = rules.Rate, models.Slow, `{"count":0,"seconds":1,"by":["author"]}`
		},
		"rate by the moon": func(r *models.Rule) {
			r.Kind, r.Action, r.Spec = rules.Rate, models.Slow, `{"count":1,"seconds":1,"by":["moon"]}`
		},
		"negative links": func(r *models.Rule) { r.Kind, r.Spec = rules.Links, `{"more_than":-1}` },
		"author of zero": func(r *models.Rule) { r.Kind, r.Spec = rules.Author, `{"approved_below":0}` },
	} {
		r := valid
		change(&r)
		if err := rules.Check(r); err == nil {
			t.Errorf("%s: accepted", name)
		}
		if _, err := rules.Compile([]models.Rule{valid, r}); err == nil {
			t.Errorf("%s: compiled", name)
		}
	}
	if err := rules.Check(valid); err != nil {
		t.Errorf("valid rule: %v", err)
	}
}
