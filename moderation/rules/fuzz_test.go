package rules_test

import (
	"encoding/json"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// FuzzCheck: no conditions of any kind make the package panic; what Check takes
// compiles, runs, and reads back as it was written.
func FuzzCheck(f *testing.F) {
	for kind, spec := range map[string]string{
		rules.Keyword: `{"terms":["a*","!b","c d"],"fields":["text"],"at_least":1}`, rules.Rate: `{"count":5,"seconds":60,"burst":4,"by":["address","host"]}`,
		rules.Flood: `{"copies":3,"hours":24,"similarity":60,"across":"site","authors":1}`, rules.Links: `{"more_than":2,"hosts":["a.example"],"shorteners":true,"defanged":true}`,
		rules.Author: `{"approved_below":1,"names":["x"],"kind":["guest"]}`, rules.Expression: `{"when":"links > 2 && any(hosts, # contains 'a') || text matches '^a+$'"}`,
		rules.Combination: `{"at_least":1,"of":[{"not":{"keyword":{"terms":["x"]}}},{"all":[{"links":{"first_link":true}}]}]}`,
	} {
		f.Add(kind, spec, "some text, https://a.example 020 7946 0018")
	}
	for _, source := range []string{"hosts[0][1:2] == 'a'", "10 % links > 2", "(((1)))==1", "text[links:] == ''", "-author.approved ** 9 > .5", "# > 1", "nil == nil", "author?.approved ?? 1 > 2", "'a' in author"} {
		f.Add(rules.Expression, when(source), "text")
	}
	f.Fuzz(func(t *testing.T, kind, spec, text string) {
		r := rule(1, kind, models.Tag, spec)
		problems := rules.Check(r)
		for _, p := range problems {
			if p.Path == "" || p.Detail == "" {
				t.Errorf("a problem without words: %+v", p)
			}
		}
		rules.Summary(r)
		e, err := rules.Compile([]models.Rule{r}, nil)
		if (err == nil) != (len(problems) == 0) {
			t.Fatalf("Compile says %v, Check %v", err, problems)
		}
		if err != nil {
			return
		}
		parsed, _ := rules.ParseSpec(kind, spec)
		again, err := json.Marshal(parsed)
		if err != nil {
			t.Fatal(err)
		}
		if r.Spec = string(again); rules.Check(r) != nil {
			t.Errorf("%s is written as %s, which is wrong: %v", spec, again, rules.Check(r))
		}
		facts := rules.Facts{Now: now, Keys: map[string][]string{"author": {"u"}, "host": {"a", "b"}, "address": {"x"}}}
		v, _ := e.Read(rules.Input{Text: text, Name: text, Links: []string{text}}).Conclude(&facts)
		inBounds(t, v, text)
	})
}

// inBounds checks that what a verdict marks lies in its text.
func inBounds(t *testing.T, v models.Verdict, text string) {
	t.Helper()
	for _, f := range v.Findings {
		for _, m := range f.Matches {
			if m.Start < 0 || m.Start > m.End || m.End > len(text) {
				t.Errorf("match %+v in %d bytes", m, len(text))
			}
		}
	}
}

// FuzzText: no text makes the starter rules fail or mark what is not there.
func FuzzText(f *testing.F) {
	starter := rules.Starter()
	for i := range starter {
		starter[i].ID, starter[i].Mode = int64(i+1), rules.Enforce
	}
	e := mustCompile(f, starter...)
	for _, text := range []string{"hxxp://a[.]b", "x dot com", "+44 20 7946 0018", "a@b.example", "@a", "> quote\n", "раy", "\xff\xfe", "https://%zz", "]](((", "İ dot COM"} {
		f.Add(text, "https://bit.ly/x")
	}
	f.Fuzz(func(t *testing.T, text, link string) {
		v, _ := e.Read(rules.Input{Text: text, Name: link, Links: []string{link, text}}).Conclude(&rules.Facts{Now: now})
		for i := range v.Findings {
			if rules.Failed(&v.Findings[i]) {
				t.Errorf("%+v", v.Findings[i])
			}
			for _, m := range v.Findings[i].Matches {
				if m.Field == "text" && (m.Start > m.End || m.End > len(text)) {
					t.Errorf("match %+v in %d bytes", m, len(text))
				}
			}
		}
	})
}
