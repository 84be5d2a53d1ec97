package rules

import (
	"encoding/json"

	"postbag/models"
)

// Starter returns rules for a news site to begin with, all in shadow mode: they
// record what they would have done, and nothing more, until somebody has looked
// at that and switches them on. The word list is three words long, as an example
// of one: which words a site minds is the site's to say.
func Starter() []models.Rule {
	return []models.Rule{
		starter("Links by newcomers", models.Hold, Links, LinksSpec{FirstLink: true}),
		starter("Many links", models.Hold, Links, LinksSpec{MoreThan: new(3)}),
		starter("Link shorteners", models.Hold, Links, LinksSpec{Shorteners: true}),
		starter("Links in disguise", models.Hold, Links, LinksSpec{Defanged: true}),
		starter("First comment", models.Tag, Author, AuthorSpec{ApprovedBelow: new(1)}),
		starter("Often removed before", models.Hold, Combination, CombinationSpec{All: []Condition{
			{Author: &AuthorSpec{RemovedAtLeast: new(3)}}, {Author: &AuthorSpec{RemovedShareAbove: new(50)}},
		}}),
		starter("The same text again and again", models.Hold, Flood, FloodSpec{Copies: 3, Hours: 24}),
		starter("Shouting", models.Tag, Expression, ExpressionSpec{"letters >= 30 && upper_share > 70 || longest_run > 12"}),
		starter("Personal data", models.Hold, Expression, ExpressionSpec{"phones > 0 || emails > 0"}),
		starter("Many mentions", models.Hold, Expression, ExpressionSpec{"mentions > 5"}),
		starter("Mixed alphabets", models.Hold, Expression, ExpressionSpec{"mixed_scripts > 0 && author.approved < 5"}),
		starter("Insults (an example)", models.Tag, Keyword, KeywordSpec{Terms: []string{"idiot", "moron", "shut up"}}),
	}
}

func starter(name string, action models.Action, kind string, spec any) models.Rule {
	text, err := json.Marshal(spec)
	if err != nil {
		panic(err) // specs are plain data
	}
	return models.Rule{Name: name, Kind: kind, Action: action, Mode: Shadow, Spec: string(text), Promise: -1}
}
