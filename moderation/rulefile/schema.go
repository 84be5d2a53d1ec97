package rulefile

import (
	"time"

	"postbag/moderation/rules"
)

// maxAge bounds the age of an author that a rule asks for, in hours.
const maxAge = 10 * 366 * 24

// form says how the value of a field is written.
type form int8

const (
	number  form = iota // 5
	truth               // true or false
	text                // a word, or a text in quotes
	entries             // a list of texts: [a, b], one on each line with a hyphen, or a block of lines
	seconds             // 30s, 5m, 24h, 7d; seconds in JSON
	hours               // 24h, 7d; hours in JSON
	part                // the conditions of a kind, or a combination
	parts               // a list of parts
	kind                // the conditions of the kind that the field is named after
)

// field is one field of the conditions of a kind.
type field struct {
	name string // in a file
	form form
	json string // in JSON, when it has another name there
	most int    // of a time, in its unit
}

func (f field) key() string {
	if f.json != "" {
		return f.json
	}
	return f.name
}

// condition is the kind of what stands in a combination.
const condition = "condition"

// fieldsOf lists the fields of the conditions of a kind, in the order in which
// they are written.
func fieldsOf(of string) []field {
	switch of {
	case rules.Keyword:
		return []field{{name: "terms", form: entries}, {name: "fields", form: entries}, {name: "at_least", form: number}}
	case rules.Rate:
		return []field{{name: "count", form: number}, {"per", seconds, "seconds", int(rules.MaxRateTime / time.Second)}, {name: "burst", form: number}, {name: "by", form: entries}}
	case rules.Flood:
		return []field{{name: "copies", form: number}, {"within", hours, "hours", rules.MaxFloodHours}, {name: "similarity", form: number}, {name: "across", form: text}, {name: "authors", form: number}}
	case rules.Links:
		return []field{
			{name: "more_than", form: number}, {name: "hosts", form: entries}, {name: "except_hosts", form: entries},
			{name: "shorteners", form: truth}, {name: "defanged", form: truth}, {name: "first_link", form: truth},
		}
	case rules.Author:
		return []field{
			{name: "approved_below", form: number}, {name: "removed_at_least", form: number}, {name: "removed_share_above", form: number},
			{"younger_than", hours, "younger_than_hours", maxAge}, {name: "names", form: entries}, {name: "kind", form: entries},
		}
	case rules.Expression:
		return []field{{name: "when", form: text}}
	case rules.Combination:
		return []field{{name: "all", form: parts}, {name: "any", form: parts}, {name: "at_least", form: number}, {name: "of", form: parts}}
	case condition:
		list := []field{{name: "not", form: part}}
		for _, k := range rules.Kinds() {
			if k != rules.Combination {
				list = append(list, field{name: k, form: kind})
			}
		}
		return append(list, fieldsOf(rules.Combination)...)
	}
	return nil
}

func namesOf(fields []field) []string {
	names := make([]string, len(fields))
	for i, f := range fields {
		names[i] = f.name
	}
	return names
}

// instead says what to write for the fields that have another name in JSON.
func instead(fields []field) map[string]string {
	names := map[string]string{}
	for _, f := range fields {
		if f.json != "" {
			names[f.json] = f.name + ": " + map[form]string{seconds: "1m", hours: "24h"}[f.form]
		}
	}
	return names
}
