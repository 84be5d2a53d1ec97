package rules_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// TestProblems: everything that is wrong with a rule is told at once, with its
// path and what to write instead.
func TestProblems(t *testing.T) {
	for _, c := range []struct{ kind, spec, want string }{
		{rules.Keyword, `{"terms":[]}`, `spec.terms: A list needs at least one word.`},
		{rules.Keyword, `{"terms":["!only allowed"]}`, `spec.terms: A list needs at least one word.`},
		{rules.Keyword, `{"term":["x"]}`, `spec.term: There is no field “term”, did you mean “terms”? The fields are: terms, fields, at_least.`},
		{rules.Keyword, `{"Terms":["x"]}`, `spec.Terms: There is no field “Terms”, did you mean “terms”? The fields are: terms, fields, at_least.`},
		{rules.Keyword, `{"terms":["x"],"terms":["y"]}`, `spec.terms: This is given twice.`},
		{rules.Keyword, `{"terms":"x"}`, `spec.terms: Write a list: […].`},
		{rules.Keyword, `{"terms":["x",5,"` + long(201, "y") + `","*"],"fields":["body"]}`, `spec.terms[1]: Write a text in quotation marks.`},
		{rules.Keyword, `{"terms":["x","` + long(201, "y") + `","*","a\tb"],"fields":["txt"],"at_least":5}`,
			`spec.terms[1]: “` + long(60, "y") + `…” cannot be a term: term longer than 200 bytes. | spec.terms[2]: “*” cannot be a term: no word beside the signs. | ` +
				`spec.terms[3]: A term is one line of text. | spec.at_least: Write a number from 1 to the number of terms. | ` +
				`spec.fields[0]: There is no “txt”, did you mean “text”? Choose from: text, name, email, link.`},
		{rules.Keyword, `{"terms":["x"]} x`, `spec: The conditions are not valid JSON: something follows the closing brace.`},
		{rules.Keyword, `{"terms":["x"`, `spec: The conditions are not valid JSON: they end too early.`},
		{rules.Keyword, ``, `spec: The conditions are not valid JSON: they end too early.`},
		{rules.Keyword, `null`, `spec: Write conditions in braces: {…}.`},
		{rules.Keyword, "\xff", `spec: The conditions are not valid UTF-8.`},
		{rules.Keyword, long(40, "[") + long(40, "]"), `spec: The conditions are not valid JSON: they are nested too deeply.`},
		{rules.Keyword, `{"terms":["x"],"at_least":1.5}`, `spec.at_least: Write a whole number.`},
		{rules.Keyword, `{"terms":["x"],"at_least":null}`, `spec.at_least: Write a whole number.`},
		{rules.Rate, `{}`, `spec.count: Write a number from 1 to 1000000. | spec.seconds: Write a number from 1 to 2678400. | spec.by: Name at least one of: author, address, network, article, site, host, newcomers.`},
		{rules.Rate, `{"count":1,"seconds":1,"by":["moon","author","author"],"burst":-1}`,
			`spec.burst: Write a number from 0 to 1000000. | spec.by[0]: There is no “moon”. Choose from: author, address, network, article, site, host, newcomers. | spec.by[2]: “author” is given twice.`},
		{rules.Rate, `{"count":999999,"seconds":1,"by":["author"]}`, `spec: This is more than can be counted: lower count or burst, or write a longer time.`},
		{rules.Flood, `{"copies":1,"hours":500,"similarity":20,"across":"sites","authors":3}`,
			`spec.copies: Write a number from 2 to 256. | spec.hours: Write a number from 1 to 72. | spec.similarity: Write a number from 30 to 100. | ` +
				`spec.across: There is no “sites”, did you mean “site”? Choose from: site, article. | spec.authors: Write a number from 1 to 1.`},
		{rules.Links, `{}`, `spec: Give at least one of: more_than, hosts, shorteners, defanged, first_link.`},
		{rules.Links, `{"except_hosts":["a.example"]}`, `spec: Give at least one of: more_than, hosts, shorteners, defanged, first_link.`},
		{rules.Links, `{"more_than":-1,"hosts":["https://a.example/x","localhost"]}`, `spec.more_than: Write a number from 0 to 999. | ` +
			`spec.hosts[0]: “https://a.example/x” is not a host. Write it as in example.com, without http:// and path, or .ru for everything below. | ` +
			`spec.hosts[1]: “localhost” is not a host. Write it as in example.com, without http:// and path, or .ru for everything below.`},
		{rules.Author, `{}`, `spec: Give at least one condition: approved_below, removed_at_least, removed_share_above, younger_than_hours, names, kind.`},
		{rules.Author, `{"approved_below":0,"removed_share_above":100,"kind":["guests"],"names":[]}`,
			`spec.approved_below: Write a number from 1 to 1000. | spec.removed_share_above: Write a number from 0 to 99. | ` +
				`spec.kind[0]: There is no “guests”, did you mean “guest”? Choose from: guest, sso, email, imported, moderator. | spec.names: A list needs at least one word.`},
		{rules.Combination, `{}`, `spec: Give exactly one of: all, any, or of with at_least.`},
		{rules.Combination, `{"all":[]}`, `spec.all: Give at least one condition.`},
		{rules.Combination, `{"all":[{}],"any":[{}]}`, `spec: Give exactly one of: all, any, or of with at_least.`},
		{rules.Combination, `{"at_least":2,"of":[{"links":{"first_link":true}}]}`, `spec.at_least: Write a number from 1 to the number of conditions, 1.`},
		{rules.Combination, `{"at_least":2,"all":[{"links":{"first_link":true}}]}`, `spec.at_least: at_least goes with of.`},
		{rules.Combination, `{"all":[{"rate":{"count":1}}]}`, `spec.all[0].rate: A rate rule stands alone, because it counts every comment.`},
		{rules.Combination, `{"all":[{"keywords":{"terms":["x"]}}]}`,
			`spec.all[0].keywords: There is no field “keywords”, did you mean “keyword”? The fields are: keyword, links, author, expression, flood, not, all, any, at_least, of.`},
		{rules.Combination, `{"all":[{"links":{"first_link":true},"not":{}}]}`, `spec.all[0]: Give exactly one of: keyword, links, author, expression, flood, not, all, any, of.`},
		{rules.Combination, `{"any":[{"not":{"keyword":{"terms":["x","!"]}}},{"expression":{"when":"link > 1"}}]}`,
			`spec.any[0].not.keyword.terms[1]: “!” cannot be a term: no word beside the signs. | spec.any[1].expression.when: Line 1, column 1: there is no variable “link”, did you mean “links”?`},
		{rules.Combination, `{"all":[{"all":[{"all":[{"all":[{"all":[{"links":{"first_link":true}}]}]}]}]}]}`, `spec.all[0].all[0].all[0].all[0]: Conditions are nested more than 4 deep. Make several rules of this one.`},
		{rules.Combination, `{"all":[{"not":{"not":{"not":{"not":{"links":{"first_link":true}}}}}}]}`, `spec.all[0].not.not.not: Conditions are nested more than 4 deep. Make several rules of this one.`},
		{rules.Combination, `{"any":[` + strings.TrimSuffix(long(31, `{"links":{"first_link":true}},`), ",") + `]}`, `spec.any[30]: A rule has at most 30 conditions. Make several rules of this one.`},
		{rules.Combination, `{"any":[{"flood":{"copies":2,"hours":1}},{"flood":{"copies":2,"hours":2}}]}`, `spec.any[1].flood: A rule can have one flood condition. Make two rules of this one.`},
	} {
		spec, problems := rules.ParseSpec(c.kind, c.spec)
		if got := list(problems); got != c.want || spec != nil {
			t.Errorf("%s %.80s:\n got %s\nwant %s", c.kind, c.spec, got, c.want)
		}
		if got := list(rules.Check(rule(1, c.kind, models.Hold, c.spec))); got != c.want {
			t.Errorf("%s %.80s: Check says %s", c.kind, c.spec, got)
		}
	}
}

func list(problems []rules.Problem) string {
	var all []string
	for i := range problems {
		all = append(all, problems[i].Error())
	}
	return strings.Join(all, " | ")
}

// TestHeadProblems: what rules of all kinds have.
func TestHeadProblems(t *testing.T) {
	valid := rule(1, rules.Keyword, models.Hold, `{"terms":["a word"]}`)
	if problems := rules.Check(valid); problems != nil {
		t.Errorf("valid rule: %v", problems)
	}
	for path, change := range map[string]func(*models.Rule){
		"name":     func(r *models.Rule) { r.Name = " " },
		"name ":    func(r *models.Rule) { r.Name = long(101, "é") },
		"name  ":   func(r *models.Rule) { r.Name = "a\nb" },
		"tag":      func(r *models.Rule) { r.Tag = long(41, "x") },
		"reason":   func(r *models.Rule) { r.Reason = long(301, "x") },
		"code":     func(r *models.Rule) { r.Code = "\xff" },
		"kind":     func(r *models.Rule) { r.Kind = "keywrd" },
		"mode":     func(r *models.Rule) { r.Mode = "maybe" },
		"priority": func(r *models.Rule) { r.Priority = 5 },
		"action":   func(r *models.Rule) { r.Action = models.NoAction },
		"action ":  func(r *models.Rule) { r.Action = 99 },
		"action  ": func(r *models.Rule) {
			r.Kind, r.Spec, r.Action = rules.Rate, `{"count":1,"seconds":1,"by":["site"]}`, models.Reject
		},
		"action   ":         func(r *models.Rule) { r.Kind, r.Spec, r.Action = rules.Flood, `{"copies":2,"hours":1}`, models.Allow },
		"scope.sections[1]": func(r *models.Rule) { r.Scope.Sections = []string{"/a", "https://news.example/a/"} },
		"scope.articles[0]": func(r *models.Rule) { r.Scope.Articles = []string{" "} },
		"scope.articles":    func(r *models.Rule) { r.Scope.Articles = slices.Repeat([]string{"x"}, 1001) },
		"scope.sections":    func(r *models.Rule) { r.Scope.Sections = slices.Repeat([]string{"/x"}, 101) },
	} {
		r := valid
		change(&r)
		problems := rules.Check(r)
		if len(problems) != 1 || problems[0].Path != strings.TrimSpace(path) || !strings.HasSuffix(problems[0].Detail, ".") {
			t.Errorf("%s: %+v", path, problems)
		}
		var problem *rules.Problem
		if _, err := rules.Compile([]models.Rule{valid, r}, nil); !errors.As(err, &problem) || problem.Path != strings.TrimSpace(path) {
			t.Errorf("%s compiles: %v", path, err)
		}
		r.Mode = rules.Draft
		if _, err := rules.Compile([]models.Rule{valid, r}, nil); err != nil {
			t.Errorf("%s stops the others as a draft: %v", path, err)
		}
	}
}

func TestManyProblemsAreCut(t *testing.T) {
	spec := `{"terms":["x"` + long(2000, `,5`) + `]}`
	if problems := rules.Check(rule(1, rules.Keyword, models.Hold, spec)); len(problems) != 50 {
		t.Errorf("%d problems", len(problems))
	}
}

// TestLimits: at the limit a rule is good, above it is not.
func TestLimits(t *testing.T) {
	terms := func(n int) string {
		words := make([]string, n)
		for i := range words {
			words[i] = fmt.Sprintf(`"word%c%c%c%c"`, 'a'+i%26, 'a'+i/26%26, 'a'+i/676%26, 'a'+i/17576)
		}
		return `{"terms":[` + strings.Join(words, ",") + `]}`
	}
	hosts := func(n int) string {
		var all []string
		for i := range n {
			all = append(all, fmt.Sprintf(`"h%d.example"`, i))
		}
		return `{"hosts":[` + strings.Join(all, ",") + `]}`
	}
	for _, c := range []struct{ kind, good, bad string }{
		{rules.Keyword, terms(rules.MaxTerms), terms(rules.MaxTerms + 1)},
		{rules.Links, hosts(rules.MaxHosts), hosts(rules.MaxHosts + 1)},
		{rules.Keyword, `{"terms":["x"]}` + long(rules.MaxSpecBytes-15, " "), `{"terms":["x"]}` + long(rules.MaxSpecBytes-14, " ")},
		{rules.Rate, `{"count":1000000,"seconds":2678400,"by":["address"]}`, `{"count":1000000,"seconds":2678401,"by":["address"]}`},
		{rules.Expression, when("links > 1" + long(rules.MaxExpression-9, " ")), when("links > 1" + long(rules.MaxExpression-8, " "))},
	} {
		if p := rules.Check(rule(1, c.kind, models.Hold, c.good)); p != nil {
			t.Errorf("%s at the limit: %v", c.kind, p[0])
		}
		if p := rules.Check(rule(1, c.kind, models.Hold, c.bad)); p == nil {
			t.Errorf("%s above the limit is taken", c.kind)
		}
	}
}

// TestOldSpecs: what was stored before this version is still a rule.
func TestOldSpecs(t *testing.T) {
	for kind, spec := range map[string]string{
		rules.Keyword: `{"terms":["a","# comment",""],"fields":["text","name"]}`, rules.Links: `{"more_than":2}`, rules.Author: `{"approved_below":1}`,
		rules.Rate: `{"count":5,"seconds":60,"burst":4,"by":["author","address","network","article"]}`,
	} {
		if p := rules.Check(rule(1, kind, models.Hold, spec)); p != nil {
			t.Errorf("%s: %v", kind, p)
		}
	}
}

func TestSuggest(t *testing.T) {
	fields := []string{"author", "article", "action", "mode"}
	for word, want := range map[string]string{"auhtor": "author", "autor": "author", "Author": "author", "aticle": "article", "mod": "mode", "x": "", "": "", "zebra": "", long(65, "a"): ""} {
		if got := rules.Suggest(word, fields); got != want {
			t.Errorf("%s: %q, want %q", word, got, want)
		}
	}
}

func TestFields(t *testing.T) {
	for _, kind := range rules.Kinds() {
		if len(rules.Fields(kind)) == 0 {
			t.Errorf("%s has no fields", kind)
		}
	}
	if rules.Fields("vibes") != nil {
		t.Error("fields of a kind that does not exist")
	}
}

// TestSummary: a rule of each kind in one line.
func TestSummary(t *testing.T) {
	for _, c := range []struct {
		rule models.Rule
		want string
	}{
		{rule(1, rules.Keyword, models.Reject, `{"terms":["a","b"],"fields":["name"],"at_least":2}`), "reject: at least 2 of 2 terms in name"},
		{rule(1, rules.Rate, models.Slow, `{"count":5,"seconds":60,"by":["author","article"]}`), "slow: faster than 5 comments in 1 minute by author and article"},
		{rule(1, rules.Flood, models.Hold, `{"copies":3,"hours":24,"across":"article","authors":2}`), "hold: the same text 3 times in 24 hours on one article, by at least 2 authors"},
		{in(rules.Shadow, rule(1, rules.Links, models.Hold, `{"more_than":2,"hosts":["a.example"],"shorteners":true,"except_hosts":["b.example"]}`)),
			"hold: more than 2 links, or links to “a.example”, or link shorteners, but not to “b.example” (only recorded)"},
		{rule(1, rules.Author, models.Hold, `{"approved_below":2,"kind":["guest"]}`), "hold: an author with fewer than 2 approved comments, or of the kind guest"},
		{rule(1, rules.Expression, models.Tag, when("links > 2\n && edit")), "tag: links > 2 && edit"},
		{rule(1, rules.Combination, models.Hold, `{"all":[{"links":{"first_link":true}},{"not":{"any":[{"author":{"kind":["sso"]}}]}}]}`),
			"hold: a first link by an author without an approved comment and not (an author of the kind sso)"},
		{rule(1, rules.Combination, models.Hold, `broken`), "hold: combination"},
	} {
		if got := rules.Summary(c.rule); got != c.want {
			t.Errorf("%q, want %q", got, c.want)
		}
	}
}

func TestUnknownKind(t *testing.T) {
	if spec, problems := rules.ParseSpec("keywords", `{}`); spec != nil || len(problems) != 1 || problems[0].Path != "kind" || !strings.Contains(problems[0].Detail, "“keyword”") {
		t.Errorf("%v, %v", spec, problems)
	}
}
