package rulefile_test

import (
	"fmt"
	"os"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation/markup"
	"postbag/moderation/rulefile"
	"postbag/moderation/rules"
)

const guide = "../../docs/rules.md"

func readGuide(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile(guide)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

// example is a block of YAML in the guide, and the lines of the table below it.
type example struct {
	line int
	yaml string
	rows []string
}

// examples finds the blocks, each with the table that has to follow it.
func examples(text string) []example {
	var list []example
	lines := strings.Split(text, "\n")
	for i := 0; i < len(lines); i++ {
		if lines[i] != "```yaml" {
			continue
		}
		e := example{line: i + 2}
		for i++; lines[i] != "```"; i++ {
			e.yaml += lines[i] + "\n"
		}
		if i+4 < len(lines) && lines[i+2] == "| comment | circumstances | result |" {
			for i += 4; strings.HasPrefix(lines[i], "| "); i++ {
				e.rows = append(e.rows, lines[i])
			}
		}
		list = append(list, e)
	}
	return list
}

// TestGuideExamples reads every example of the guide, compiles its rules, and
// judges the comments of its table.
func TestGuideExamples(t *testing.T) {
	list := examples(readGuide(t))
	kinds := map[string]int{}
	rows := 0
	for _, e := range list {
		t.Run(fmt.Sprint("line ", e.line), func(t *testing.T) {
			found, problems := rulefile.Parse([]byte(e.yaml))
			if len(problems) > 0 {
				t.Fatal(&rulefile.Error{File: guide, Problems: problems})
			}
			for i := range found {
				found[i].ID = int64(i + 1)
				kinds[found[i].Kind]++
			}
			engine, err := rules.Compile(found, nil)
			if err != nil {
				t.Fatal(err)
			}
			if len(e.rows) == 0 {
				t.Error("no table with comments follows")
			}
			for _, row := range e.rows {
				rows++
				cells := strings.Split(strings.Trim(row, "| "), "|")
				if len(cells) != 3 {
					t.Fatalf("%s: a row has three cells", row)
				}
				c := newProbe(t, engine, strings.TrimSpace(cells[0]), strings.TrimSpace(cells[1]))
				if got, want := c.judge(t), strings.TrimSpace(cells[2]); got != want {
					t.Errorf("%s\ngot %s", row, got)
				}
			}
		})
	}
	if len(kinds) != len(rules.Kinds()) || len(list) < 13 || rows < 55 {
		t.Errorf("%d examples with %d comments of the kinds %v", len(list), rows, kinds)
	}
}

// probe is one comment of a table.
type probe struct {
	engine *rules.Engine
	in     rules.Input
	facts  rules.Facts
	times  int // the comment is sent so often, the last one counts
}

func newProbe(t *testing.T, engine *rules.Engine, text, circumstances string) *probe {
	t.Helper()
	doc, err := markup.Markdown(text)
	if err != nil {
		t.Fatal(err)
	}
	p := &probe{engine: engine, in: rules.Input{Text: text}, times: 1}
	for _, l := range doc.Links {
		p.in.Links = append(p.in.Links, l.Href)
	}
	p.facts = rules.Facts{
		Now: time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC).UnixMilli(), Links: p.in.Links,
		Article: rules.ArticleFacts{Mode: models.PostMode}, Author: rules.AuthorFacts{Kind: "guest"},
		Keys: map[string][]string{"author": {"1"}, "host": rules.Hosts(p.in.Links)},
	}
	for _, c := range strings.Split(circumstances, ",") {
		if c = strings.TrimSpace(c); c != "" && !p.set(c) {
			t.Fatalf("%q is no circumstance that the test knows", c)
		}
	}
	return p
}

var circumstance = regexp.MustCompile(`^(?:on (/\S*)|article (\S+)|named (.+)|(\d+) approved|(\d+) removed|comment (\d+) of the same minute|copy (\d+) by (\d+) authors|(pre-moderated))$`)

func (p *probe) set(text string) bool {
	m := circumstance.FindStringSubmatch(text)
	if m == nil {
		return false
	}
	number := func(i int) int { n, _ := strconv.Atoi(m[i]); return n }
	switch {
	case m[1] != "":
		p.facts.Article.URL = "https://news.example" + m[1]
	case m[2] != "":
		p.facts.Article.Ident = m[2]
	case m[3] != "":
		p.in.Name = m[3]
	case m[4] != "":
		p.facts.Author.Approved = number(4)
	case m[5] != "":
		p.facts.Author.Removed = number(5)
	case m[6] != "":
		p.times = number(6)
	case m[7] != "":
		for _, q := range p.engine.FloodQueries() {
			p.facts.Floods = append(p.facts.Floods, rules.FloodFact{Rule: q.Rule, Copies: number(7), Authors: number(8), Articles: 1, Similarity: 100})
		}
	case m[9] != "":
		p.facts.Article.Mode = models.PreMode
	}
	return true
}

// judge says in the words of the guide what becomes of the comment.
func (p *probe) judge(t *testing.T) string {
	t.Helper()
	var v models.Verdict
	for range p.times {
		var taken []rules.RateFact
		v, taken = p.engine.Read(p.in).Conclude(&p.facts)
		p.facts.Rates = taken
	}
	result := map[models.Action]string{
		models.Allow: "published", models.Tag: "published", models.Hold: "held", models.Escalate: "second opinion", models.Reject: "refused", models.Slow: "wait",
	}[v.Action()]
	if v.Action() == models.Slow {
		result += fmt.Sprintf(" %d s", int(v.RetryAfter.Seconds()))
	}
	for _, f := range v.Findings {
		if rules.Failed(&f) {
			t.Errorf("the rule failed: %s", f.Detail)
		}
		result += effects(&f, v.Action())
	}
	return result
}

func effects(f *models.Finding, strongest models.Action) string {
	text := map[int]string{10: ", high", 20: ", urgent"}[f.Priority]
	if f.Action == models.Tag && strongest == models.Tag {
		text += ", tagged “" + f.Tag + "”"
	}
	if f.Would != models.NoAction {
		text += ", recorded: " + f.Would.String()
	}
	return text + map[int]string{1: ", article to slow", 4: ", article to read-only"}[f.Raise]
}

// TestGuideListsVariables: the guide lists the variables of expressions as they
// are. When it does not, the test prints the table that belongs there.
func TestGuideListsVariables(t *testing.T) {
	var want strings.Builder
	want.WriteString("| variable | is a | namely |\n|---|---|---|\n")
	for _, v := range rules.Environment() {
		fmt.Fprintf(&want, "| `%s` | %s | %s |\n", v.Name, v.Type, v.Doc)
	}
	_, rest, _ := strings.Cut(readGuide(t), "<!-- environment: written by TestGuideListsVariables -->\n\n")
	got, _, ok := strings.Cut(rest, "\n<!-- end -->")
	if !ok || got != want.String() {
		t.Errorf("write between the marks:\n%s", want.String())
	}
}

// The limits that the guide names are those of the code.
func TestGuideNamesLimits(t *testing.T) {
	text := readGuide(t)
	for _, want := range []string{
		fmt.Sprintf("| rules of a site | %d |", rulefile.MaxRules),
		fmt.Sprintf("| entries of a word list | %d,%03d;", rules.MaxTerms/1000, rules.MaxTerms%1000),
		fmt.Sprintf("| conditions of a rule | %d MB as JSON; %d in a combination, %d deep |", rules.MaxSpecBytes>>20, rules.MaxConditions, rules.MaxNesting),
		fmt.Sprintf("| sections, articles of a scope | %d, %d,%03d |", rules.MaxSections, rules.MaxArticles/1000, rules.MaxArticles%1000),
		fmt.Sprintf("| an expression | %d,%03d bytes |", rules.MaxExpression/1000, rules.MaxExpression%1000),
		fmt.Sprintf("| name, tag, reason, code | %d, %d, %d, %d characters |", rules.MaxName, rules.MaxTag, rules.MaxReason, rules.MaxCode),
		fmt.Sprintf("A file has at most %d MB and %d rules.", rulefile.MaxBytes>>20, rulefile.MaxRules),
		"`7d`; 31 days at most", fmt.Sprintf("whole hours, at most %d hours", rules.MaxFloodHours), fmt.Sprintf("(%d when left out)", rules.DefaultSimilarity),
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the guide does not say %q", want)
		}
	}
	if rules.MaxRateTime != 31*24*time.Hour {
		t.Error("the guide names other limits of rate and flood rules")
	}
}
