package rules_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// now is when comments are written in these tests: Monday 2026-11-23, 09:00 UTC.
const now = int64(1_795_424_400_000)

const (
	minute = int64(60_000)
	hour   = 60 * minute
)

// rule makes a rule in force.
func rule(id int64, kind string, action models.Action, spec string) models.Rule {
	return models.Rule{ID: id, Name: fmt.Sprint("rule ", id), Kind: kind, Action: action, Mode: rules.Enforce, Spec: spec, Version: 3}
}

func in(mode string, r models.Rule) models.Rule {
	r.Mode = mode
	return r
}

func mustCompile(t testing.TB, all ...models.Rule) *rules.Engine {
	t.Helper()
	e, err := rules.Compile(all, nil)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// judge returns the verdict of one rule.
func judge(t testing.TB, r models.Rule, in rules.Input, f rules.Facts) models.Verdict {
	t.Helper()
	if f.Now == 0 {
		f.Now = now
	}
	v, _ := mustCompile(t, r).Read(in).Conclude(&f)
	return v
}

// fired returns the only finding of a rule, or nil.
func fired(t testing.TB, kind, spec string, in rules.Input, f rules.Facts) *models.Finding {
	t.Helper()
	v := judge(t, rule(1, kind, models.Hold, spec), in, f)
	if len(v.Findings) == 0 {
		return nil
	}
	return &v.Findings[0]
}

// TestAllRulesRun is the promise that no reason hides another: all findings are
// recorded and the strongest action wins.
func TestAllRulesRun(t *testing.T) {
	engine := mustCompile(t,
		rule(1, rules.Keyword, models.Hold, `{"terms":["quenby"]}`),
		in(rules.Shadow, rule(2, rules.Keyword, models.Reject, `{"terms":["quenby"]}`)),
		in(rules.HoldOnly, rule(3, rules.Keyword, models.Reject, `{"terms":["verity lane"]}`)),
		in(rules.Draft, rule(4, rules.Keyword, models.Reject, `{"terms":["quenby"]}`)),
		rule(5, rules.Links, models.Tag, `{"more_than":1}`),
		rule(6, rules.Author, models.Hold, `{"approved_below":1}`),
		rule(7, rules.Expression, models.Escalate, `{"when":"links == 2"}`),
	)
	text := "Été: Quenby of Verity Lane"
	reading := engine.Read(rules.Input{Text: text, Links: []string{"https://a.example", "https://b.example"}})
	v, _ := reading.Conclude(&rules.Facts{Now: now, Article: rules.ArticleFacts{Mode: models.PreMode}})
	var got []string
	for _, f := range v.Findings {
		got = append(got, fmt.Sprintf("%s/%s %s", f.Action, f.Would, f.Name))
	}
	want := "hold/ rule 1, /reject rule 2, hold/ rule 3, tag/ rule 5, hold/ rule 6, escalate/ rule 7, hold/ Pre-moderation"
	if strings.Join(got, ", ") != want {
		t.Errorf("findings %q, want %q", got, want)
	}
	if v.Action() != models.Escalate {
		t.Errorf("action %s, want escalate", v.Action())
	}
	m := v.Findings[0].Matches
	if len(m) != 1 || text[m[0].Start:m[0].End] != "Quenby" || v.Findings[0].Version != 3 {
		t.Errorf("evidence %+v", v.Findings[0])
	}
	if n := len(engine.Rules()); n != 6 {
		t.Errorf("%d rules run, want 6", n)
	}
}

// TestActionsAndModes is the table of what a rule of each action does in each
// mode.
func TestActionsAndModes(t *testing.T) {
	for _, c := range []struct {
		action models.Action
		mode   string
		kind   string
		want   string // action/would, raise, tag, priority, reason, code
	}{
		{models.Allow, rules.Enforce, rules.Keyword, `allow/ 0 "" 0 "" ""`},
		{models.Tag, rules.Enforce, rules.Keyword, `tag/ 0 "rule 1" 0 "" ""`},
		{models.Hold, rules.Enforce, rules.Keyword, `hold/ 0 "" 20 "" ""`},
		{models.Escalate, rules.Enforce, rules.Keyword, `escalate/ 0 "" 20 "" ""`},
		{models.Reject, rules.Enforce, rules.Keyword, `reject/ 0 "" 0 "Mind the rules." "abuse"`},
		{models.Slow, rules.Enforce, rules.Keyword, `tag/ 1 "rule 1" 0 "" ""`},
		{models.Slow, rules.Enforce, rules.Flood, `slow/ 0 "" 0 "" ""`},
		{models.Close, rules.Enforce, rules.Keyword, `hold/ 4 "" 20 "" ""`},
		{models.Escalate, rules.HoldOnly, rules.Keyword, `escalate/ 0 "" 20 "" ""`},
		{models.Reject, rules.HoldOnly, rules.Keyword, `hold/ 0 "" 20 "" ""`},
		{models.Slow, rules.HoldOnly, rules.Flood, `hold/ 0 "" 20 "" ""`},
		{models.Slow, rules.HoldOnly, rules.Keyword, `hold/ 0 "" 20 "" ""`},
		{models.Close, rules.HoldOnly, rules.Keyword, `hold/ 0 "" 20 "" ""`},
		{models.Tag, rules.HoldOnly, rules.Keyword, `tag/ 0 "rule 1" 0 "" ""`},
		{models.Reject, rules.Shadow, rules.Keyword, `/reject 0 "" 0 "" ""`},
		{models.Close, rules.Shadow, rules.Keyword, `/close 0 "" 0 "" ""`},
		{models.Slow, rules.Shadow, rules.Flood, `/slow 0 "" 0 "" ""`},
		{models.Allow, rules.Shadow, rules.Keyword, `/allow 0 "" 0 "" ""`},
	} {
		t.Run(c.action.String()+" "+c.mode+" "+c.kind, func(t *testing.T) {
			r := rule(1, c.kind, c.action, `{"terms":["quenby"]}`)
			if c.kind == rules.Flood {
				r.Spec = `{"copies":2,"hours":1}`
			}
			r.Mode, r.Priority, r.Reason, r.Code = c.mode, 20, "Mind the rules.", "abuse"
			v := judge(t, r, rules.Input{Text: "Quenby"}, rules.Facts{Floods: []rules.FloodFact{{Rule: 1, Copies: 2, Authors: 1, Since: now - minute}}})
			if len(v.Findings) != 1 {
				t.Fatalf("%d findings", len(v.Findings))
			}
			f := v.Findings[0]
			if got := fmt.Sprintf("%s/%s %d %q %d %q %q", f.Action, f.Would, f.Raise, f.Tag, f.Priority, f.Reason, f.Code); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
			if slow := f.Action == models.Slow; slow != (v.RetryAfter > 0) {
				t.Errorf("retry after %s", v.RetryAfter)
			}
		})
	}
}

func TestTagHasALabel(t *testing.T) {
	r := rule(1, rules.Keyword, models.Hold, `{"terms":["quenby"]}`)
	r.Tag = "case 7"
	if f := judge(t, r, rules.Input{Text: "quenby"}, rules.Facts{}).Findings[0]; f.Tag != "case 7" {
		t.Errorf("tag %q", f.Tag)
	}
}

// TestAllowLiftsWaitingOnly is what an allow rule may do: a comment need not
// wait for any moderator, but what another rule or a sanction says stands.
func TestAllowLiftsWaitingOnly(t *testing.T) {
	allow := rule(1, rules.Expression, models.Allow, `{"when":"author.approved > 10"}`)
	known := rules.AuthorFacts{Approved: 11}
	for name, c := range map[string]struct {
		also  models.Rule
		facts rules.Facts
		want  models.Action
	}{
		"pre-moderation":   {facts: rules.Facts{Author: known, Article: rules.ArticleFacts{Mode: models.PreMode}}, want: models.Allow},
		"heat":             {facts: rules.Facts{Author: known, Article: rules.ArticleFacts{Heat: 3}}, want: models.Allow},
		"slow mode stays":  {facts: rules.Facts{Author: known, Article: rules.ArticleFacts{Heat: 1, SlowSeconds: 60, LastByAuthor: now - 1}}, want: models.Slow},
		"a rule stays":     {also: rule(2, rules.Keyword, models.Hold, `{"terms":["quenby"]}`), facts: rules.Facts{Author: known}, want: models.Hold},
		"a sanction stays": {facts: rules.Facts{Author: rules.AuthorFacts{Approved: 11, Sanction: "premod"}}, want: models.Hold},
		"not for others":   {facts: rules.Facts{Article: rules.ArticleFacts{Mode: models.PreMode}}, want: models.Hold},
	} {
		all := []models.Rule{allow}
		if c.also.ID != 0 {
			all = append(all, c.also)
		}
		c.facts.Now = now
		v, _ := mustCompile(t, all...).Read(rules.Input{Text: "quenby"}).Conclude(&c.facts)
		if v.Action() != c.want {
			t.Errorf("%s: %s, want %s", name, v.Action(), c.want)
		}
	}
	shadow, _ := mustCompile(t, in(rules.Shadow, allow)).Read(rules.Input{}).Conclude(&rules.Facts{Now: now, Author: known, Article: rules.ArticleFacts{Mode: models.PreMode}})
	if shadow.Action() != models.Hold {
		t.Errorf("a shadow rule allows: %s", shadow.Action())
	}
}

func TestSettings(t *testing.T) {
	for name, c := range map[string]struct {
		facts rules.Facts
		want  models.Action
		retry int
	}{
		"nothing":              {rules.Facts{}, models.Allow, 0},
		"pre-moderated site":   {rules.Facts{Article: rules.ArticleFacts{Mode: models.PreMode}}, models.Hold, 0},
		"trusted author there": {rules.Facts{Article: rules.ArticleFacts{Mode: models.PreMode}, Author: rules.AuthorFacts{Sanction: "trust"}}, models.Allow, 0},
		"sanctioned author":    {rules.Facts{Author: rules.AuthorFacts{Sanction: "premod"}}, models.Hold, 0},
		"slow, first comment":  {rules.Facts{Article: rules.ArticleFacts{Heat: 1, SlowSeconds: 60}}, models.Allow, 0},
		"slow, too early":      {rules.Facts{Article: rules.ArticleFacts{Heat: 1, SlowSeconds: 60, LastByAuthor: now - 18_500}}, models.Slow, 42},
		"slow, in time":        {rules.Facts{Article: rules.ArticleFacts{Heat: 1, SlowSeconds: 60, LastByAuthor: now - 60_000}}, models.Allow, 0},
		"slow, clock back":     {rules.Facts{Article: rules.ArticleFacts{Heat: 1, SlowSeconds: 60, LastByAuthor: now + hour}}, models.Slow, 60},
		"slow, an edit":        {rules.Facts{Edit: true, Article: rules.ArticleFacts{Heat: 1, SlowSeconds: 60, LastByAuthor: now - 1}}, models.Allow, 0},
		"slow, trusted":        {rules.Facts{Author: rules.AuthorFacts{Sanction: "trust"}, Article: rules.ArticleFacts{Heat: 1, SlowSeconds: 60, LastByAuthor: now - 1}}, models.Allow, 0},
		"hold new, new":        {rules.Facts{Article: rules.ArticleFacts{Heat: 2}}, models.Hold, 0},
		"hold new, known":      {rules.Facts{Article: rules.ArticleFacts{Heat: 2}, Author: rules.AuthorFacts{Approved: 1}}, models.Allow, 0},
		"hold all":             {rules.Facts{Article: rules.ArticleFacts{Heat: 3}, Author: rules.AuthorFacts{Approved: 1}}, models.Hold, 0},
		"hold all, an edit":    {rules.Facts{Edit: true, Article: rules.ArticleFacts{Heat: 3}, Author: rules.AuthorFacts{Approved: 1}}, models.Hold, 0},
		"read-only":            {rules.Facts{Article: rules.ArticleFacts{Heat: 4}, Author: rules.AuthorFacts{Approved: 1}}, models.Hold, 0},
	} {
		c.facts.Now = now
		v, _ := mustCompile(t).Read(rules.Input{}).Conclude(&c.facts)
		if v.Action() != c.want || int(v.RetryAfter.Seconds()) != c.retry {
			t.Errorf("%s: %s, retry after %s", name, v.Action(), v.RetryAfter)
		}
	}
}

// TestFailureHolds is the promise that a rule that fails publishes nothing, and
// stops no other.
func TestFailureHolds(t *testing.T) {
	all := []models.Rule{
		rule(1, rules.Author, models.Tag, `{"approved_below":1}`),
		rule(2, rules.Author, models.Tag, `{"approved_below":2}`),
		in(rules.Shadow, rule(3, rules.Author, models.Reject, `{"approved_below":2}`)),
		rule(4, rules.Expression, models.Allow, `{"when":"len(hosts) == 0 || hosts[len(hosts) + 1] == \"\""}`),
	}
	e := mustCompile(t, all...)
	rules.PlantPanic(e, 1)
	rules.PlantPanic(e, 3)
	v, _ := e.Read(rules.Input{Links: []string{"https://a.example"}}).Conclude(&rules.Facts{Now: now})
	var got []string
	for i := range v.Findings {
		f := &v.Findings[i]
		got = append(got, fmt.Sprintf("%d %s/%s %v", f.RuleID, f.Action, f.Would, rules.Failed(f)))
	}
	if strings.Join(got, ", ") != "1 hold/ true, 2 tag/ false, 3 /hold true, 4 hold/ true" {
		t.Errorf("findings %q", got)
	}
}

// TestUnreadableTextHolds: when the text cannot be read, every rule about it
// holds, and the others go on.
func TestUnreadableTextHolds(t *testing.T) {
	e := mustCompile(t,
		rule(1, rules.Keyword, models.Tag, `{"terms":["quenby"]}`),
		rule(2, rules.Links, models.Tag, `{"more_than":1}`),
		rule(3, rules.Expression, models.Tag, `{"when":"links > 5"}`),
		rule(4, rules.Author, models.Tag, `{"approved_below":1}`),
	)
	r := e.Read(rules.Input{Text: "harmless"})
	rules.PlantBroken(r)
	v, _ := r.Conclude(&rules.Facts{Now: now})
	failed := 0
	for i := range v.Findings {
		if rules.Failed(&v.Findings[i]) {
			failed++
		}
	}
	if failed != 3 || len(v.Findings) != 4 || v.Action() != models.Hold {
		t.Errorf("%d of %d findings are failures: %+v", failed, len(v.Findings), v.Findings)
	}
}

func TestFailingEngineHolds(t *testing.T) {
	v, taken := rules.Failing(errors.New("unreadable")).Read(rules.Input{Text: "hello"}).Conclude(&rules.Facts{Now: now})
	if v.Action() != models.Hold || !rules.Failed(&v.Findings[0]) || len(taken) != 0 {
		t.Errorf("verdict %+v", v)
	}
	if e := rules.Failing(errors.New("x")); len(e.Rules())+len(e.Counters(nil))+len(e.FloodQueries()) != 0 {
		t.Error("a failing engine asks for something")
	}
}

// TestReuse: what did not change is taken from the engine before.
func TestReuse(t *testing.T) {
	words := rule(1, rules.Keyword, models.Hold, `{"terms":["quenby"]}`)
	formula := rule(2, rules.Expression, models.Hold, `{"when":"links > 2"}`)
	limit := rule(3, rules.Rate, models.Slow, `{"count":1,"seconds":60,"by":["author"]}`)
	first := mustCompile(t, words, formula, limit)
	limit.Spec = `{"count":2,"seconds":60,"by":["author"]}`
	second, err := rules.Compile([]models.Rule{words, formula, limit}, first)
	if err != nil || !rules.SameWords(first, second) || !rules.SameExpression(first, second, "links > 2") {
		t.Errorf("nothing is reused: %v", err)
	}
	words.Spec = `{"terms":["quenby","turnip"]}`
	third, err := rules.Compile([]models.Rule{words, formula, limit}, second)
	if err != nil || rules.SameWords(second, third) {
		t.Errorf("a changed list is not compiled: %v", err)
	}
	if v, _ := third.Read(rules.Input{Text: "turnip"}).Conclude(&rules.Facts{Now: now}); len(v.Findings) != 1 {
		t.Errorf("findings %+v", v.Findings)
	}
}
