package rulefile_test

import (
	"encoding/json"
	"os"
	"reflect"
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rulefile"
	"postbag/moderation/rules"
)

func mustParse(t *testing.T, text string) []models.Rule {
	t.Helper()
	list, problems := rulefile.Parse([]byte(text))
	if len(problems) > 0 {
		t.Fatal(&rulefile.Error{File: "test.yaml", Problems: problems})
	}
	return list
}

func readValid(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("testdata/valid/every-kind.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestParse(t *testing.T) {
	list := mustParse(t, readValid(t))
	want := []models.Rule{
		{
			Name: "Names under an order", Kind: "keyword", Action: models.Escalate, Mode: "hold-only", Tag: "court order: 3 March", Priority: 20, Code: "legal", Legal: true,
			Scope: models.Scope{Sections: []string{"/crime/"}, Articles: []string{"story-1", "https://news.example/a"}},
			Spec:  `{"at_least":2,"fields":["text","name","email","link"],"terms":["Quenby","Verity Lane","!Quenbyshire"]}`,
		},
		{Name: "88", Kind: "keyword", Action: models.Reject, Mode: "enforce", Reason: "Not here.", Spec: `{"terms":["88","O'Brien","!x","null"]}`},
		{Name: "Rate", Kind: "rate", Action: models.Slow, Mode: "enforce", Spec: `{"burst":0,"by":["author"],"count":5,"seconds":90}`},
		{Name: "Flood", Kind: "flood", Action: models.Close, Mode: "draft", Spec: `{"across":"article","authors":2,"copies":3,"hours":48,"similarity":80}`},
		{
			Name: "Links", Kind: "links", Action: models.Tag, Mode: "enforce",
			Spec: `{"defanged":false,"except_hosts":["b.example"],"first_link":true,"hosts":["a.example"],"more_than":0,"shorteners":true}`,
		},
		{
			Name: "Author", Kind: "author", Action: models.Escalate, Mode: "shadow",
			Spec: `{"approved_below":3,"kind":["guest","sso"],"names":["editor","Daily News"],"removed_at_least":2,"removed_share_above":50,"younger_than_hours":36}`,
		},
		{Name: "Expression", Kind: "expression", Action: models.Allow, Mode: "enforce", Spec: `{"when":"links > 2 && author.approved < 3"}`},
		{Name: "Long expression", Kind: "expression", Action: models.Hold, Mode: "enforce", Spec: `{"when":"links > 2 &&\n  author.approved < 3"}`},
		{
			Name: "All", Kind: "combination", Action: models.Hold, Mode: "enforce",
			Spec: `{"all":[{"keyword":{"terms":["a"]}},{"not":{"links":{"more_than":1}}},{"any":[{"expression":{"when":"words > 3"}},{"flood":{"copies":2,"hours":24}}]}]}`,
		},
		{Name: "Of", Kind: "combination", Action: models.Hold, Mode: "enforce", Spec: `{"at_least":1,"of":[{"author":{"approved_below":1}},{"expression":{"when":"edit"}}]}`},
	}
	for i := range want {
		if i >= len(list) || !reflect.DeepEqual(list[i], want[i]) {
			t.Errorf("rule %d\n got %+v\nwant %+v", i, list[min(i, len(list)-1)], want[i])
		}
	}
	if len(list) != len(want) {
		t.Errorf("%d rules", len(list))
	}
}

// However it is written, it means the same: line ends, a byte order mark, JSON.
func TestOtherSpellings(t *testing.T) {
	text := readValid(t)
	want := mustParse(t, text)
	for name, other := range map[string]string{
		"CRLF": strings.ReplaceAll(text, "\n", "\r\n"), "byte order mark": "\ufeff" + text, "document start": "---\n" + text, "no last line end": strings.TrimSuffix(text, "\n"),
	} {
		if got := mustParse(t, other); !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	got := mustParse(t, "{\n\t\"version\": 1,\n\t\"rules\": [{\"name\": \"A\", \"keyword\": {\"terms\": [\"a\\u00e9\", \"\\ud83d\\ude00\"], \"at_least\": 1}, \"action\": \"hold\", \"legal\": true}]\n}\n")
	if len(got) != 1 || got[0].Spec != `{"at_least":1,"terms":["aé","😀"]}` || !got[0].Legal {
		t.Errorf("JSON: %+v", got)
	}
	if got := mustParse(t, "version: 1\nrules: []\n"); len(got) != 0 {
		t.Errorf("no rules: %+v", got)
	}
}

func TestFormat(t *testing.T) {
	list := []models.Rule{
		{
			Name: "Names: an order", Kind: "keyword", Action: models.Hold, Mode: "shadow", Priority: 10, Reason: "It's \"so\".",
			Spec: `{"terms":["Quenby","Verity Lane","a","b","c","!d"],"fields":["text","name"]}`,
		},
		{Name: "Shouting", Kind: "expression", Action: models.Tag, Mode: "enforce", Spec: `{"when":"upper_share > 70"}`},
		{Name: "Both", Kind: "combination", Action: models.Hold, Mode: "enforce", Spec: `{"any":[{"rate":null,"links":{"more_than":2}},{"author":{"younger_than_hours":48}}]}`},
	}
	const want = `# Rules.
version: 1
rules:
  - name: "Names: an order"
    keyword:
      terms: |
        Quenby
        Verity Lane
        a
        b
        c
        !d
      fields: [text, name]
    action: hold
    priority: high
    reason: "It's \"so\"."
    mode: shadow

  - name: Shouting
    expression: upper_share > 70
    action: tag
    mode: enforce

  - name: Both
    any:
      - links:
          more_than: 2
      - author:
          younger_than: 2d
    action: hold
    mode: enforce
`
	got, err := rulefile.Format("Rules.", list)
	if err != nil || string(got) != want {
		t.Errorf("%v\n%s", err, got)
	}
	if got, err := rulefile.Format("", nil); err != nil || string(got) != "version: 1\nrules: []\n" {
		t.Errorf("%v, %s", err, got)
	}
	for _, spec := range []string{"", "{", "[]", `{"term":["a"]}`, `{"terms":[1]}`, `{"at_least":1.5}`, `{"terms":{}}`} {
		if got, err := rulefile.Format("", []models.Rule{{Name: "A", Kind: "keyword", Spec: spec}}); err == nil {
			t.Errorf("%s: %s", spec, got)
		}
	}
}

// TestFieldsAreThoseOfRules: a file can say everything that the conditions of a
// kind can say, and nothing else.
func TestFieldsAreThoseOfRules(t *testing.T) {
	inFile := map[string]string{"seconds": "per", "hours": "within", "younger_than_hours": "younger_than"}
	for _, kind := range rules.Kinds() {
		if kind == rules.Combination {
			continue // its fields stand in the rule
		}
		_, problems := rulefile.Parse([]byte("version: 1\nrules:\n  - name: A\n    action: hold\n    " + kind + ": {xyzzy: 1}\n"))
		if len(problems) != 1 {
			t.Fatalf("%s: %v", kind, problems)
		}
		_, known, _ := strings.Cut(problems[0].Detail, "use one of ")
		got := strings.Split(known, ", ")
		var want []string
		for _, f := range rules.Fields(kind) {
			if inFile[f] != "" {
				f = inFile[f]
			}
			want = append(want, f)
		}
		slices.Sort(got)
		slices.Sort(want)
		if !slices.Equal(got, want) {
			t.Errorf("%s: the file knows %v, the rules %v", kind, got, want)
		}
	}
}

// The starter set, as every rule, survives being written and read.
func TestStarterSet(t *testing.T) {
	file, err := rulefile.Format("", rules.Starter())
	if err != nil {
		t.Fatal(err)
	}
	got := mustParse(t, string(file))
	for i, want := range rules.Starter() {
		want.Promise = 0
		if a, b := same(t, got[i]), same(t, want); !reflect.DeepEqual(a, b) {
			t.Errorf("got %+v\nwant %+v", a, b)
		}
	}
}

// Times are written with the largest unit that fits, and mean the same.
func TestTimes(t *testing.T) {
	for seconds, want := range map[int]string{1: "1s", 59: "59s", 60: "1m", 90: "90s", 3600: "1h", 86400: "24h", 90000: "25h", 2 * 86400: "2d", 31 * 86400: "31d"} {
		spec, err := json.Marshal(rules.RateSpec{Count: 1, Seconds: seconds, By: []string{"author"}})
		if err != nil {
			t.Fatal(err)
		}
		file, err := rulefile.Format("", []models.Rule{{Name: "A", Kind: "rate", Action: models.Slow, Mode: "enforce", Spec: string(spec)}})
		if err != nil || !strings.Contains(string(file), "per: "+want+"\n") {
			t.Errorf("%d seconds: %v\n%s", seconds, err, file)
		}
		if got := mustParse(t, string(file)); same(t, got[0]).Spec != same(t, models.Rule{Spec: string(spec)}).Spec {
			t.Errorf("%d seconds read as %s", seconds, got[0].Spec)
		}
	}
	for _, wrong := range []string{"0s", "-1s", "1", "1 m", "1M", "1.5h", "1h30m", "99999999s", "32d", "٣s", "[1m]", `"1m"`} {
		_, problems := rulefile.Parse([]byte("version: 1\nrules:\n  - name: A\n    rate: {count: 1, per: " + wrong + ", by: [author]}\n    action: slow\n"))
		if len(problems) != 1 || problems[0].Path != "rules[0].rate.per" {
			t.Errorf("%s: %v", wrong, problems)
		}
	}
}
