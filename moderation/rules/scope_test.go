package rules_test

import (
	"testing"

	"postbag/models"
	"postbag/moderation/rules"
)

// TestScope: a rule holds where it says, however the address of a page is
// written, and nowhere else.
func TestScope(t *testing.T) {
	crime := models.Scope{Sections: []string{"/crime/"}}
	one := models.Scope{Articles: []string{"https://www.news.example/crime/trial/"}}
	shop := models.Scope{Articles: []string{"news.example/show?p=12"}}
	for _, c := range []struct {
		scope models.Scope
		at    rules.ArticleFacts
		want  bool
	}{
		{models.Scope{}, rules.ArticleFacts{}, true},
		{crime, rules.ArticleFacts{}, false},
		{crime, rules.ArticleFacts{ID: 7, Ident: "/crime/"}, false},
		{crime, url("https://news.example/crime/trial"), true},
		{crime, url("https://news.example/crime"), true},
		{crime, url("https://news.example/crimea/x"), false},
		{crime, url("https://news.example/uk/crime/x"), false},
		{crime, url("https://news.example/CRIME/x"), true},
		{crime, url("https://news.example//crime//x"), true},
		{crime, url("https://news.example/%63rime/x"), true},
		{crime, url("https://news.example/%2563rime/x"), true},
		{crime, url("https://news.example/crime%2Fx"), true},
		{crime, url("https://news.example/./sport/../crime/x"), true},
		{crime, url("https://news.example/%2e/crime/x"), true},
		{crime, url("https://news.example/\\crime\\x"), true},
		{crime, url("https://news.example/crime;v=1/x"), true},
		{crime, url("HTTPS://NEWS.EXAMPLE:443/Crime?x=1#y"), true},
		{crime, url("https://news.example/sport?/crime/"), false},
		{crime, url("https://news.example/sport#/crime/"), false},
		{models.Scope{Sections: []string{"/"}}, url("https://news.example"), true},
		{models.Scope{Sections: []string{"/Crime"}}, url("https://news.example/crime/x"), true},
		{one, url("http://news.example/crime/trial#top"), true},
		{one, url("https://news.example/crime//Trial/?utm_source=x"), true},
		{one, url("https://news.example/crime/trial2"), false},
		{one, url("https://other.example/crime/trial"), false},
		{shop, url("https://news.example/show?p=12"), true},
		{shop, url("https://news.example/show?x=1&p=12"), true},
		{shop, url("https://news.example/show?p=13"), false},
		{shop, url("https://news.example/show"), false},
		{models.Scope{Articles: []string{"a7"}}, rules.ArticleFacts{ID: 7}, true},
		{models.Scope{Articles: []string{"a7"}}, rules.ArticleFacts{ID: 8}, false},
		{models.Scope{Articles: []string{"story/12"}}, rules.ArticleFacts{ID: 8, Ident: "story/12"}, true},
		{models.Scope{Articles: []string{"a8", "a7"}, Sections: []string{"/crime"}}, rules.ArticleFacts{ID: 7, URL: "https://news.example/sport"}, true},
	} {
		r := rule(1, rules.Author, models.Hold, `{"approved_below":1}`)
		r.Scope = c.scope
		if v := judge(t, r, rules.Input{}, rules.Facts{Article: c.at}); (len(v.Findings) == 1) != c.want {
			t.Errorf("%+v at %+v: want %v", c.scope, c.at, c.want)
		}
	}
}

func url(address string) rules.ArticleFacts { return rules.ArticleFacts{ID: 1, URL: address} }
