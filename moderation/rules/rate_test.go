package rules_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation/rules"
)

// post judges one comment after the other, storing the counters as the database
// does, and returns the verdicts.
func post(e *rules.Engine, facts rules.Facts, stored map[rules.Counter]int64, times ...int64) []models.Verdict {
	var all []models.Verdict
	for _, at := range times {
		facts.Now, facts.Rates = at, nil
		for _, c := range e.Counters(facts.Keys) {
			facts.Rates = append(facts.Rates, rules.RateFact{Counter: c, TAT: stored[c]})
		}
		v, taken := e.Read(rules.Input{}).Conclude(&facts)
		if v.Action() != models.Slow {
			for _, k := range taken {
				stored[k.Counter] = k.TAT
			}
		}
		all = append(all, v)
	}
	return all
}

func TestRateRule(t *testing.T) {
	e := mustCompile(t, rule(7, rules.Rate, models.Slow, `{"count":2,"seconds":60,"by":["author","article"]}`))
	facts := rules.Facts{Keys: map[string][]string{"author": {"u1"}, "article": {"a1"}, "address": nil}}
	if got := e.Counters(facts.Keys); !slices.Equal(got, []rules.Counter{{Rule: 7, Key: "author:u1|article:a1"}}) {
		t.Errorf("counters %+v", got)
	}
	for _, keys := range []map[string][]string{nil, {"author": {"u1"}}, {"author": {"u1"}, "article": {""}}} {
		if got := e.Counters(keys); len(got) != 0 {
			t.Errorf("counters %+v of %v", got, keys)
		}
	}
	stored := map[rules.Counter]int64{}
	verdicts := post(e, facts, stored, now, now, now, now+100, now+29_999, now+30_000)
	var got []string
	for _, v := range verdicts {
		got = append(got, v.Action().String()+" "+v.RetryAfter.String())
	}
	// Trying again does not make the wait longer, and it is rounded up.
	if want := "allow 0s, allow 0s, slow 30s, slow 30s, slow 1s, allow 0s"; strings.Join(got, ", ") != want {
		t.Errorf("got %q", strings.Join(got, ", "))
	}
	if d := verdicts[2].Findings[0].Detail; d != "faster than 2 comments in 1 minute by author and article; the next is due in 30 s" {
		t.Errorf("detail %q", d)
	}
	facts.Edit = true
	if v := post(e, facts, stored, now)[0]; len(v.Findings) != 0 {
		t.Errorf("an edit is counted: %+v", v)
	}
}

// TestTiers: the wider networks around an IPv6 address may send 4 and 16 times as
// much, and no more.
func TestTiers(t *testing.T) {
	e := mustCompile(t, rule(1, rules.Rate, models.Slow, `{"count":3,"seconds":60,"burst":0,"by":["address"]}`))
	for name, c := range map[string]struct {
		keys func(i int) map[string][]string
		want int // admitted at one moment of 100
	}{
		"one address": {func(int) map[string][]string {
			return map[string][]string{"address": {"a"}, "address/56": {"b"}, "address/48": {"c"}}
		}, 1},
		"IPv4 addresses": {func(i int) map[string][]string {
			return map[string][]string{"address": {fmt.Sprint(i)}}
		}, 100},
	} {
		stored := map[rules.Counter]int64{}
		admitted := 0
		for i := range 100 {
			if v := post(e, rules.Facts{Keys: c.keys(i)}, stored, now)[0]; v.Action() != models.Slow {
				admitted++
			}
		}
		if admitted != c.want {
			t.Errorf("%s: %d admitted, want %d", name, admitted, c.want)
		}
	}
	within := func(wide, wider func(i int) string) int {
		stored, admitted := map[rules.Counter]int64{}, 0
		for i := range 240 {
			keys := map[string][]string{"address": {fmt.Sprint(i)}, "address/56": {wide(i)}, "address/48": {wider(i)}}
			if v := post(e, rules.Facts{Keys: keys}, stored, now+int64(i)*minute/240)[0]; v.Action() != models.Slow {
				admitted++
			}
		}
		return admitted
	}
	same := func(int) string { return "x" }
	each := func(i int) string { return fmt.Sprint(i) }
	if n := within(same, same); n != 15 { // 8 at once, and 8 a minute
		t.Errorf("%d admitted in a /56 within a minute, want 15", n)
	}
	if n := within(each, same); n != 63 {
		t.Errorf("%d admitted in a /48 within a minute, want 63", n)
	}
}

// TestHostsCountApart: each linked host has a counter of its own, and one that
// is over its limit is enough.
func TestHostsCountApart(t *testing.T) {
	e := mustCompile(t, rule(1, rules.Rate, models.Hold, `{"count":1,"seconds":3600,"by":["host"]}`))
	stored := map[rules.Counter]int64{}
	try := func(hosts ...string) models.Action {
		return post(e, rules.Facts{Keys: map[string][]string{"host": hosts}}, stored, now)[0].Action()
	}
	if a, b, c, d := try("a", "b"), try("c", "b"), try("d"), try(); a != models.Allow || b != models.Hold || c != models.Allow || d != models.Allow {
		t.Error(a, b, c, d)
	}
	var many []string
	for i := range 40 {
		many = append(many, fmt.Sprint("h", i))
	}
	if n := len(e.Counters(map[string][]string{"host": many})); n != 10 {
		t.Errorf("%d counters for 40 hosts", n)
	}
}

// TestScopeOfRates: a rule out of scope counts nothing.
func TestScopeOfRates(t *testing.T) {
	r := rule(1, rules.Rate, models.Slow, `{"count":1,"seconds":60,"by":["site"]}`)
	r.Scope.Sections = []string{"/crime/"}
	f := rules.Facts{Now: now, Keys: map[string][]string{"site": {"1"}}, Article: rules.ArticleFacts{URL: "https://news.example/sport/x"}}
	if _, taken := mustCompile(t, r).Read(rules.Input{}).Conclude(&f); len(taken) != 0 {
		t.Errorf("taken %+v", taken)
	}
}

func TestFlood(t *testing.T) {
	r := rule(1, rules.Flood, models.Slow, `{"copies":3,"hours":24,"authors":2}`)
	e := mustCompile(t, r, rule(2, rules.Combination, models.Hold, `{"all":[{"flood":{"copies":2,"hours":1,"similarity":80,"across":"article"}},{"author":{"approved_below":1}}]}`))
	if got := e.FloodQueries(); !slices.Equal(got, []rules.FloodQuery{{Rule: 1, Hours: 24, Similarity: rules.DefaultSimilarity}, {Rule: 2, Hours: 1, Similarity: 80, Article: true}}) {
		t.Errorf("queries %+v", got)
	}
	for _, c := range []struct {
		fact rules.FloodFact
		want string
	}{
		{rules.FloodFact{Rule: 1, Copies: 2, Authors: 2}, ""},
		{rules.FloodFact{Rule: 1, Copies: 3, Authors: 1}, ""},
		{rules.FloodFact{Rule: 9, Copies: 3, Authors: 2}, ""},
		{rules.FloodFact{Rule: 1, Copies: 3, Authors: 2, Articles: 1, First: 46, Since: now - 23*hour, Similarity: 91}, "slow 1h0m0s: the 3rd like it in 24 hours, by 2 authors, up to 91 % alike; the first is c1a"},
		{rules.FloodFact{Rule: 1, Copies: 12, Authors: 3, Articles: 4, Since: now - 25*hour}, "slow 1s: the 12th like it in 24 hours, by 3 authors on 4 articles"},
		{rules.FloodFact{Rule: 2, Copies: 2, Authors: 1, Articles: 1}, "hold 0s: the 2nd like it in 1 hour, by 1 author; no comment of this author was approved yet"},
	} {
		v, _ := e.Read(rules.Input{}).Conclude(&rules.Facts{Now: now, Floods: []rules.FloodFact{c.fact}})
		got := ""
		for _, f := range v.Findings {
			got = fmt.Sprintf("%s %s: %s", f.Action, v.RetryAfter.Round(time.Second), f.Detail)
		}
		if got != c.want {
			t.Errorf("%+v: %q, want %q", c.fact, got, c.want)
		}
	}
}
