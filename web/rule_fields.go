package web

import (
	"encoding/json"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postbag/models"
	"postbag/moderation/rules"
	"postbag/web/ui"
)

// What the form of a rule offers.
func ruleModes() []string {
	modes := rules.Modes()
	slices.Reverse(modes)
	return modes
}

func isRuleKind(kind string) bool { return slices.Contains(rules.Kinds(), kind) }

func ruleActions(kind string) []string {
	switch kind {
	case rules.Rate:
		return []string{"slow", "hold", "escalate", "tag", "close"}
	case rules.Flood:
		return []string{"hold", "slow", "reject", "escalate", "tag", "close"}
	}
	return []string{"hold", "reject", "escalate", "tag", "allow", "slow", "close"}
}

// conditionsField is the text box of a combination, which is written as YAML.
const conditionsField = "conditions"

// specFields lists what the form of a kind asks for. A field is named after the
// member of the conditions that it fills; that of author kinds has a name of its
// own, because "kind" is the rule's.
func specFields(kind string) []ui.SpecField {
	switch kind {
	case rules.Keyword:
		return []ui.SpecField{
			{Name: "terms", Type: "lines", Rows: 12, Required: true},
			{Name: "fields", Type: "checks", Options: rules.KeywordFields(), Set: "rule.field"},
			{Name: "at_least", Type: "number", Min: 1, Max: rules.MaxTerms},
		}
	case rules.Rate:
		return []ui.SpecField{
			{Name: "count", Type: "number", Required: true, Min: 1, Max: rules.MaxRateCount},
			{Name: "seconds", Type: "duration", Required: true},
			{Name: "burst", Type: "number", Max: rules.MaxRateCount},
			{Name: "by", Type: "checks", Options: rules.RateKeys(), Set: "rule.who"},
		}
	case rules.Flood:
		return []ui.SpecField{
			{Name: "copies", Type: "number", Required: true, Min: 2, Max: 1000},
			{Name: "hours", Type: "number", Required: true, Min: 1, Max: rules.MaxFloodHours},
			{Name: "similarity", Type: "number", Min: 1, Max: 100},
			{Name: "authors", Type: "number", Min: 1, Max: 1000},
			{Name: "across", Type: "choice", Options: []string{"site", "article"}, Set: "rule.across"},
		}
	case rules.Links:
		return []ui.SpecField{
			{Name: "more_than", Type: "number", Max: 1000},
			{Name: "shorteners", Type: "flag"}, {Name: "defanged", Type: "flag"}, {Name: "first_link", Type: "flag"},
			{Name: "hosts", Type: "lines", Rows: 5}, {Name: "except_hosts", Type: "lines", Rows: 5},
		}
	case rules.Author:
		return []ui.SpecField{
			{Name: "approved_below", Type: "number", Max: 100_000}, {Name: "younger_than_hours", Type: "number", Max: 100_000},
			{Name: "removed_at_least", Type: "number", Max: 100_000}, {Name: "removed_share_above", Type: "number", Max: 100},
			{Name: "author_kind", Type: "checks", Options: rules.AuthorKinds(), Set: "author.kind"},
			{Name: "names", Type: "lines", Rows: 5},
		}
	case rules.Expression:
		return []ui.SpecField{{Name: "when", Type: "code", Rows: 4, Required: true}}
	case rules.Combination:
		return []ui.SpecField{{Name: conditionsField, Type: "code", Rows: 14, Required: true}}
	}
	return nil
}

// member is the member of the conditions that a field fills.
func member(field string) string { return strings.TrimPrefix(field, "author_") }

// newRuleForm is the form of a rule that is yet to be written. It only watches.
func newRuleForm(kind string) ui.Form {
	form := openForm("action", ruleActions(kind)[0], "mode", rules.Shadow, "across", "site", "seconds_unit", "60", "days", "30")
	switch kind {
	case rules.Keyword:
		form.Values["fields"] = []string{"text", "name", "link"}
	case rules.Rate:
		form.Values["by"] = []string{"author"}
	case rules.Flood:
		form.Values.Set("copies", "3")
		form.Values.Set("hours", "24")
		form.Values.Set("similarity", strconv.Itoa(rules.DefaultSimilarity))
	case rules.Author:
		form.Values.Set("approved_below", "1")
	case rules.Combination:
		form.Values.Set(conditionsField, "all:\n  - keyword:\n      terms: [one, two]\n  - not:\n      author:\n        approved_below: 3\n")
	}
	return form
}

// storedRuleForm is the form of a stored rule.
func storedRuleForm(r *models.Rule) (ui.Form, error) {
	form := openForm("name", r.Name, "action", r.Action.String(), "mode", r.Mode, "reason", r.Reason, "code", r.Code, "tag", r.Tag,
		"priority", strconv.Itoa(r.Priority), "sections", strings.Join(r.Scope.Sections, "\n"), "articles", strings.Join(r.Scope.Articles, "\n"),
		"version", strconv.Itoa(r.Version), "days", "30")
	if r.Legal {
		form.Values.Set("legal", "1")
	}
	if r.Kind == rules.Combination {
		text, err := conditionsText(r)
		form.Values.Set(conditionsField, text)
		return form, err
	}
	spec := map[string]any{}
	if err := json.Unmarshal([]byte(r.Spec), &spec); err != nil {
		return form, err
	}
	for _, f := range specFields(r.Kind) {
		fillField(form.Values, f, spec[member(f.Name)])
	}
	if r.Kind == rules.Keyword && len(form.Values["fields"]) == 0 {
		form.Values["fields"] = []string{"text", "name", "link"}
	}
	return form, nil
}

// fillField puts a member of stored conditions into its field.
func fillField(form url.Values, f ui.SpecField, value any) {
	switch v := value.(type) {
	case string:
		form.Set(f.Name, v)
	case bool:
		if v {
			form.Set(f.Name, "1")
		}
	case float64:
		fillNumber(form, f, int(v))
	case []any:
		var list []string
		for _, entry := range v {
			if text, ok := entry.(string); ok {
				list = append(list, text)
			}
		}
		if f.Type == "lines" {
			form.Set(f.Name, strings.Join(list, "\n"))
		} else {
			form[f.Name] = list
		}
	case nil:
		if f.Type == "choice" {
			form.Set(f.Name, f.Options[0])
		}
	}
}

// fillNumber writes a number; a duration in the longest unit that holds it.
func fillNumber(form url.Values, f ui.SpecField, n int) {
	if f.Type == "duration" {
		unit := 1
		for _, longer := range []int{60, 3600, 86400} {
			if n%longer == 0 {
				unit = longer
			}
		}
		form.Set(f.Name+"_unit", strconv.Itoa(unit))
		n /= unit
	}
	form.Set(f.Name, strconv.Itoa(n))
}
