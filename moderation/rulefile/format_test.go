package rulefile_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"reflect"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rulefile"
	"postbag/moderation/rules"
)

// maker makes random rules that package rules accepts.
type maker struct {
	*rand.Rand
	leaves, floods int
}

func (m *maker) pick(list ...string) string { return list[m.IntN(len(list))] }

func (m *maker) chance(percent int) bool { return m.IntN(100) < percent }

// word makes a word that is awkward to write.
func (m *maker) word() string {
	awkward := []string{
		"Quenby", "verity lane", "O'Brien", "!allowed", "prefix*", "true", "null", "12", "0x1f", "1e3", "~", "- dash", "a: b", "key:", "#tag", "a #b",
		"naïve", "żółw", "名前", "क्षि", "a\"b", `back\slash`, "[x]", "{y}", "&a", "*b", "!!str", "%p", "@q", "`r`", "|", ">", "?", "? x", "---", "...",
		"don't", "'single'", "a,b", "https://example.org/a?b=c#d", "yes", "No", "x\u200dy", "\u00a0x\u00a0", "\U0001F600", "a  b", "=", "<<", ".", "é́",
	}
	return awkward[m.IntN(len(awkward))] + m.pick("", "", "1", "x")
}

func (m *maker) words(most int) []string {
	list := []string{"first"}
	for range m.IntN(most) {
		list = append(list, m.word())
	}
	return list
}

// some adds a member now and then.
func (m *maker) some(tree map[string]any, name string, value any) {
	if m.chance(50) {
		tree[name] = value
	}
}

func (m *maker) conditions(kind string, depth int) map[string]any {
	t := map[string]any{}
	switch kind {
	case rules.Keyword:
		t["terms"] = m.words(12)
		m.some(t, "fields", [][]string{{"text"}, {"name", "email"}, {}, {"link"}}[m.IntN(4)])
		m.some(t, "at_least", 1)
	case rules.Rate:
		t["count"], t["seconds"], t["by"] = 1+m.IntN(100), 1+m.IntN(100_000), []string{m.pick("author", "address", "host", "newcomers")}
		m.some(t, "burst", m.IntN(10))
	case rules.Flood:
		t["copies"], t["hours"] = 2+m.IntN(10), 1+m.IntN(72)
		m.some(t, "similarity", 50+m.IntN(50))
		m.some(t, "across", m.pick("site", "article"))
		m.some(t, "authors", 2)
	case rules.Links:
		t["more_than"] = m.IntN(10)
		m.some(t, "hosts", []string{"example.org", "b.example"})
		m.some(t, "except_hosts", []string{"c.example"})
		m.some(t, "shorteners", m.chance(50))
		m.some(t, "first_link", true)
	case rules.Author:
		t["approved_below"] = 1 + m.IntN(9)
		m.some(t, "removed_share_above", m.IntN(99))
		m.some(t, "younger_than_hours", 1+m.IntN(200))
		m.some(t, "names", m.words(8))
		m.some(t, "kind", []string{"guest", "sso"})
	case rules.Expression:
		t["when"] = m.pick("links > 2", `links > 2 && author.approved < 3`, `text contains "a: b # c"`, "(links > 1) || \n links == 0", `!(links > 2)`)
	case rules.Combination:
		return m.combination(depth)
	}
	return t
}

func (m *maker) combination(depth int) map[string]any {
	var list []any
	for range 1 + m.IntN(3) {
		list = append(list, m.condition(depth+1))
	}
	switch m.IntN(3) {
	case 0:
		return map[string]any{"all": list}
	case 1:
		return map[string]any{"any": list}
	}
	return map[string]any{"at_least": 1, "of": list}
}

func (m *maker) condition(depth int) map[string]any {
	if depth < rules.MaxNesting && m.chance(25) {
		return map[string]any{"not": m.condition(depth + 1)}
	}
	if depth < rules.MaxNesting && m.chance(25) && m.leaves < 10 {
		return m.combination(depth)
	}
	m.leaves++
	kind := m.pick(rules.Keyword, rules.Links, rules.Author, rules.Expression)
	return map[string]any{kind: m.conditions(kind, depth)}
}

func (m *maker) rule(t *testing.T, n int) models.Rule {
	m.leaves = 0
	kind := rules.Kinds()[m.IntN(len(rules.Kinds()))]
	spec, err := json.Marshal(m.conditions(kind, 1))
	if err != nil {
		t.Fatal(err)
	}
	r := models.Rule{
		Name: fmt.Sprintf("%s %d", m.word(), n), Kind: kind, Spec: string(spec), Action: []models.Action{models.Tag, models.Hold, models.Escalate, models.Slow, models.Close}[m.IntN(5)],
		Mode: m.pick(rules.Modes()...), Priority: 10 * m.IntN(3), Legal: m.chance(20),
	}
	if m.chance(30) {
		r.Tag, r.Code, r.Reason = m.word(), "off-topic", strings.Repeat(m.word()+" ", 3)+"."
	}
	if m.chance(30) {
		r.Scope.Sections = []string{"/crime/", "/a b/ü"}
	}
	if m.chance(30) {
		r.Scope.Articles = m.words(9)
	}
	return r
}

// same makes the JSON of conditions comparable.
func same(t *testing.T, r models.Rule) models.Rule {
	t.Helper()
	var tree any
	if err := json.Unmarshal([]byte(r.Spec), &tree); err != nil {
		t.Fatalf("spec %q: %v", r.Spec, err)
	}
	text, err := json.Marshal(tree)
	if err != nil {
		t.Fatal(err)
	}
	r.Spec = string(text)
	return r
}

// TestFormatIsReadBack is the promise that an export says all that a rule says:
// whatever rules a site has, the file is read to equal ones, and writing those
// gives the same file.
func TestFormatIsReadBack(t *testing.T) {
	m := &maker{Rand: rand.New(rand.NewPCG(3, 14))}
	kinds := map[string]int{}
	for range 600 {
		var list []models.Rule
		for n := range 1 + m.IntN(4) {
			r := m.rule(t, n)
			for _, p := range rules.Check(r) {
				t.Fatalf("the maker made a wrong rule: %+v: %v", r, p)
			}
			list = append(list, r)
			kinds[r.Kind]++
		}
		file, err := rulefile.Format("The rules.\nDo not lose them.", list)
		if err != nil {
			t.Fatal(err)
		}
		got, problems := rulefile.Parse(file)
		if len(problems) > 0 {
			t.Fatalf("%s\n%v", file, problems)
		}
		for i := range list {
			if want, got := same(t, list[i]), same(t, got[i]); !reflect.DeepEqual(got, want) {
				t.Fatalf("%s\n got %+v\nwant %+v", file, got, want)
			}
		}
		if again, err := rulefile.Format("The rules.\nDo not lose them.", got); err != nil || string(again) != string(file) {
			t.Fatalf("written again: %v\n%s\nbefore:\n%s", err, again, file)
		}
	}
	if len(kinds) != len(rules.Kinds()) {
		t.Errorf("made only %v", kinds)
	}
}
