package rules_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// comment is an ordinary comment of about 600 bytes.
const comment = `I have lived on this street for twenty-two years and I have never seen it this bad. The council promised us a crossing in 2019, ` +
	`again in 2021, and once more before the last election; where is it? My neighbour's children walk to St Anne's every morning along a road where ` +
	`nobody keeps to 30. Mr Patel from the residents' group wrote to them three times (I have the letters) and got one reply, two lines long. ` +
	`The report at https://council.example/transport/report-2026 says "no budget until spring", yet there is money for flower beds. ` +
	`I'm not angry with the staff, they do what they can!`

// hundredRules is a large site: 50 word lists with 10,000 terms in all, 20
// expressions, 30 others.
func hundredRules() []models.Rule {
	random := rand.New(rand.NewPCG(1, 2))
	word := func() string {
		var b strings.Builder
		for range 3 + random.IntN(3) {
			b.WriteByte("bcdfghjklmnprstvwz"[random.IntN(18)])
			b.WriteByte("aeiou"[random.IntN(5)])
		}
		return b.String()
	}
	var list []models.Rule
	add := func(kind string, action models.Action, spec string) {
		list = append(list, rule(int64(len(list)+1), kind, action, spec))
	}
	for range 50 {
		spec := rules.KeywordSpec{}
		for range 200 {
			spec.Terms = append(spec.Terms, word())
		}
		text, _ := json.Marshal(spec)
		add(rules.Keyword, models.Hold, string(text))
	}
	for i := range 20 {
		add(rules.Expression, models.Hold, when([]string{
			"links > %d && author.approved < 3", "upper_share > 7%d && letters > 30", "text contains 'spam %d' || folded contains 'casino'",
			"text matches '(?i)buy +now +%d'", "time.hour > 2%d && article.heat > 1",
		}[i%5]))
		list[len(list)-1].Spec = strings.Replace(list[len(list)-1].Spec, "%d", fmt.Sprint(i/5), 1)
	}
	for i := range 10 {
		add(rules.Rate, models.Slow, fmt.Sprintf(`{"count":%d,"seconds":60,"by":["%s"]}`, 50+i, []string{"author", "address", "site", "article", "host"}[i%5]))
		add(rules.Links, models.Hold, fmt.Sprintf(`{"more_than":%d,"hosts":["bad%d.example"],"shorteners":%v,"defanged":true}`, i+3, i, i < 2))
	}
	for i := range 5 {
		add(rules.Flood, models.Hold, fmt.Sprintf(`{"copies":%d,"hours":24}`, i+3))
		add(rules.Combination, models.Hold, fmt.Sprintf(`{"all":[{"author":{"approved_below":%d}},{"any":[{"links":{"more_than":5}},{"author":{"removed_at_least":3}}]}]}`, i+1))
	}
	return list
}

// fiftyPatterns are expressions with a regular expression each.
func fiftyPatterns() []models.Rule {
	var list []models.Rule
	for i := range 50 {
		pattern := []string{`(?i)buy +now +%d`, `\\b(cheap|free)[ -]*(pills|loans)%d\\b`, `[A-Z]{5,9} *%d!`, `call me at [0-9 ]{6,}%d`, `(?i)casino|poker|roulette%d`}[i%5]
		list = append(list, rule(int64(300+i), rules.Expression, models.Hold, when("text matches '"+fmt.Sprintf(pattern, i)+"'")))
	}
	return list
}

func benchFacts(e *rules.Engine) *rules.Facts {
	f := &rules.Facts{
		Now: now, Author: rules.AuthorFacts{ID: 7, Kind: "guest", Approved: 12, Since: now - 100*hour}, Article: rules.ArticleFacts{ID: 9, URL: "https://news.example/local/road", Mode: models.PostMode},
		Keys: map[string][]string{"author": {"u7"}, "address": {"h1"}, "address/56": {"h2"}, "address/48": {"h3"}, "site": {"s"}, "article": {"a9"}, "host": {"council.example"}},
	}
	for _, c := range e.Counters(f.Keys) {
		f.Rates = append(f.Rates, rules.RateFact{Counter: c, TAT: now * 1_000_000})
	}
	for _, q := range e.FloodQueries() {
		f.Floods = append(f.Floods, rules.FloodFact{Rule: q.Rule, Copies: 1, Authors: 1, Articles: 1})
	}
	return f
}

var benchInput = rules.Input{Text: comment, Name: "Anna Bell", Links: []string{"https://council.example/transport/report-2026"}}

// BenchmarkHundredRules is one comment from text to verdict.
func BenchmarkHundredRules(b *testing.B) {
	e := mustCompile(b, hundredRules()...)
	facts := benchFacts(e)
	b.ReportAllocs()
	for b.Loop() {
		e.Read(benchInput).Conclude(facts)
	}
}

func BenchmarkRead(b *testing.B) {
	e := mustCompile(b, hundredRules()...)
	b.ReportAllocs()
	for b.Loop() {
		e.Read(benchInput)
	}
}

func BenchmarkConclude(b *testing.B) {
	e := mustCompile(b, hundredRules()...)
	facts, reading := benchFacts(e), e.Read(benchInput)
	b.ReportAllocs()
	for b.Loop() {
		reading.Conclude(facts)
	}
}

// BenchmarkOneRule is what a backtest pays for each comment, by kind.
func BenchmarkOneRule(b *testing.B) {
	for kind, spec := range map[string]string{
		rules.Keyword: `{"terms":["quenby","turnip","tolliver"]}`, rules.Links: `{"more_than":2}`, rules.Author: `{"approved_below":1}`,
		rules.Expression: when("links > 2 && author.approved < 3"), rules.Rate: `{"count":5,"seconds":60,"by":["author"]}`,
	} {
		b.Run(kind, func(b *testing.B) {
			e := mustCompile(b, rule(1, kind, models.Hold, spec))
			facts := benchFacts(e)
			b.ReportAllocs()
			for b.Loop() {
				e.Read(benchInput).Conclude(facts)
			}
		})
	}
}

// BenchmarkCompile is a saved change of one rule of a hundred: first when a word
// list changed, then when anything else did.
func BenchmarkCompile(b *testing.B) {
	all := hundredRules()
	first := mustCompile(b, all...)
	for name, previous := range map[string]*rules.Engine{"all": nil, "reuse": first} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if _, err := rules.Compile(all, previous); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkFactsJSON(b *testing.B) {
	facts := benchFacts(mustCompile(b, hundredRules()...))
	b.ReportAllocs()
	for b.Loop() {
		text, err := json.Marshal(facts)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(text)), "bytes")
	}
}

// heaviest are the costliest rules that Check takes.
func heaviest() []models.Rule {
	list := []models.Rule{
		rule(201, rules.Expression, models.Hold, when("text matches '(a+)+$' || text matches '(a|aa)+b' || folded matches '[^z]{120}z'")),
		rule(202, rules.Expression, models.Hold, when("any(["+strings.TrimSuffix(long(150, "'qqq',"), ",")+"], text contains #)")),
		rule(203, rules.Links, models.Hold, `{"more_than":900,"defanged":true,"shorteners":true,"hosts":[".zz"],"except_hosts":["a.example"]}`),
	}
	for i := range list {
		if p := rules.Check(list[i]); p != nil {
			panic(p[0].Error())
		}
	}
	return list
}

// hostileInputs are comments at the size limit that are made to cost much.
func hostileInputs() map[string]rules.Input {
	const size = 20 << 10
	fill := func(piece string) string { return strings.Repeat(piece, size/len(piece)) }
	inputs := map[string]rules.Input{}
	for name, piece := range map[string]string{
		"a": "a", "brackets": "a[.", "dots": "a dot ", "digits": "1 ", "ats": "a@a.", "words": "quenby ", "slashes": "/ /", "scheme": "h**p:", "marks": "e\u0301\u0302", "emoji": "👩‍🚒",
	} {
		inputs[name] = rules.Input{Text: fill(piece), Name: fill(piece)[:60]}
	}
	var links []string
	for i := range 800 {
		links = append(links, fmt.Sprintf("https://h%d.example/", i))
	}
	inputs["links"] = rules.Input{Text: strings.Join(links, " "), Links: links}
	return inputs
}
