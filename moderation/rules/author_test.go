package rules_test

import (
	"testing"

	"postbag/moderation/rules"
)

func TestAuthor(t *testing.T) {
	for _, c := range []struct {
		spec   string
		name   string
		author rules.AuthorFacts
		want   string
	}{
		{`{"approved_below":1}`, "", rules.AuthorFacts{}, "no comment of this author was approved yet"},
		{`{"approved_below":3}`, "", rules.AuthorFacts{Approved: 2}, "the author has only 2 approved comments"},
		{`{"approved_below":3}`, "", rules.AuthorFacts{Approved: 3}, ""},
		{`{"approved_below":3}`, "", rules.AuthorFacts{Sanction: "trust"}, ""},
		{`{"removed_at_least":2}`, "", rules.AuthorFacts{Removed: 1, Spam: 1}, "2 comments of the author removed"},
		{`{"removed_at_least":2}`, "", rules.AuthorFacts{Removed: 1, Pending: 5}, ""},
		{`{"removed_share_above":50}`, "", rules.AuthorFacts{Approved: 1, Removed: 2}, "66 % of the author's comments were removed"},
		{`{"removed_share_above":50}`, "", rules.AuthorFacts{Approved: 1, Removed: 1}, ""},
		{`{"removed_share_above":0}`, "", rules.AuthorFacts{}, ""},
		{`{"younger_than_hours":24}`, "", rules.AuthorFacts{}, "the author was never here before"},
		{`{"younger_than_hours":24}`, "", rules.AuthorFacts{Since: now - 2*hour}, "the author first came 2 hours ago"},
		{`{"younger_than_hours":24}`, "", rules.AuthorFacts{Since: now - 24*hour}, ""},
		{`{"names":["editor"]}`, "The Ed1tor", rules.AuthorFacts{Sanction: "trust"}, "the name matches “editor”"},
		{`{"names":["editor"]}`, "Editha", rules.AuthorFacts{}, ""},
		{`{"kind":["guest","email"]}`, "", rules.AuthorFacts{Kind: "email"}, "the author is of the kind email"},
		{`{"kind":["guest"]}`, "", rules.AuthorFacts{Kind: "sso"}, ""},
		{`{"approved_below":1,"kind":["guest"]}`, "", rules.AuthorFacts{Kind: "guest"}, "no comment of this author was approved yet; the author is of the kind guest"},
	} {
		f := fired(t, rules.Author, c.spec, rules.Input{Name: c.name, Text: "the editor"}, rules.Facts{Author: c.author})
		got := ""
		if f != nil {
			got = f.Detail
		}
		if got != c.want {
			t.Errorf("%s of %+v: %q, want %q", c.spec, c.author, got, c.want)
		}
	}
}
