package web

import (
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rules"
	"postbag/web/ui"
)

// The modes between which a rule's switch goes.
const (
	modeEnforce = rules.Enforce
	modeDraft   = rules.Draft
)

// What the form of a rule offers.
func ruleKinds() []string     { return []string{rules.Keyword, rules.Rate, rules.Links, rules.Author} }
func ruleModes() []string     { return []string{rules.Enforce, rules.HoldOnly, rules.Shadow, rules.Draft} }
func rateKeys() []string      { return []string{"author", "address", "network", "article"} }
func keywordFields() []string { return []string{"text", "name", "email", "link"} }

func isRuleKind(kind string) bool { return slices.Contains(ruleKinds(), kind) }

func ruleActions(kind string) []string {
	if kind == rules.Rate {
		return []string{"slow", "hold", "tag"}
	}
	return []string{"hold", "reject", "escalate", "tag"}
}

// ruleSpec holds the conditions of a rule of any kind, as stored.
type ruleSpec struct {
	Terms         []string `json:"terms,omitempty"`
	Fields        []string `json:"fields,omitempty"`
	Count         int      `json:"count,omitempty"`
	Seconds       int      `json:"seconds,omitempty"`
	Burst         *int     `json:"burst,omitempty"`
	By            []string `json:"by,omitempty"`
	MoreThan      *int     `json:"more_than,omitempty"`
	ApprovedBelow int      `json:"approved_below,omitempty"`
}

// readSpec reads stored conditions; the service has checked them.
func readSpec(stored string) ruleSpec {
	var spec ruleSpec
	if json.Unmarshal([]byte(stored), &spec) != nil {
		return ruleSpec{}
	}
	return spec
}

// summary says in one line what a rule looks for.
func (r ruleSpec) summary(kind string) string {
	switch kind {
	case rules.Keyword:
		return fmt.Sprintf("%d terms", len(r.Terms))
	case rules.Rate:
		return fmt.Sprintf("%d in %s per %s", r.Count, period(r.Seconds), strings.Join(r.By, " and "))
	case rules.Links:
		if r.MoreThan != nil {
			return fmt.Sprintf("more than %d links", *r.MoreThan)
		}
	case rules.Author:
		return fmt.Sprintf("fewer than %d approved comments", r.ApprovedBelow)
	}
	return ""
}

func period(seconds int) string {
	for _, unit := range []struct {
		seconds int
		name    string
	}{{86400, "day"}, {3600, "hour"}, {60, "minute"}} {
		switch n := seconds / unit.seconds; {
		case seconds%unit.seconds != 0 || n == 0:
		case n == 1:
			return "a " + unit.name
		default:
			return fmt.Sprintf("%d %ss", n, unit.name)
		}
	}
	return fmt.Sprintf("%d seconds", seconds)
}

// form fills the form of a rule.
func (r ruleSpec) form(rule *models.Rule) ui.Form {
	form := openForm("name", rule.Name, "action", rule.Action.String(), "mode", rule.Mode, "message", rule.Reason, "terms", strings.Join(r.Terms, "\n"))
	form.Values["fields"] = r.Fields
	if len(r.Fields) == 0 {
		form.Values["fields"] = []string{"text", "name", "link"}
	}
	form.Values["who"] = r.By
	switch {
	case r.Count > 0:
		form.Values.Set("n", strconv.Itoa(r.Count))
		form.Values.Set("per", strconv.Itoa(r.Seconds))
	case r.MoreThan != nil:
		form.Values.Set("n", strconv.Itoa(*r.MoreThan))
	}
	return form
}

// ruleDraft reads the form of a rule. Conditions that the form does not show
// stay as they are in spec.
func ruleDraft(form url.Values, kind string, spec ruleSpec) (moderation.RuleDraft, error) {
	draft := moderation.RuleDraft{Name: form.Get("name"), Kind: kind, Mode: form.Get("mode"), Reason: form.Get("message")}
	var ok bool
	if draft.Action, ok = models.ParseAction(form.Get("action")); !ok {
		return draft, models.Invalid("action", "Choose what happens.")
	}
	if err := spec.read(form, kind); err != nil {
		return draft, err
	}
	text, err := json.Marshal(spec)
	draft.Spec = string(text)
	return draft, err
}

func (r *ruleSpec) read(form url.Values, kind string) error {
	var err error
	switch kind {
	case rules.Keyword:
		r.Terms, r.Fields = lines(form.Get("terms")), form["fields"]
		if len(r.Fields) == 0 {
			return models.Invalid("fields", "Choose where to look.")
		}
	case rules.Rate:
		if r.Count, err = formNumber(form, "n"); err != nil {
			return err
		}
		r.Seconds, err = formNumber(form, "per")
		r.By = form["who"]
	case rules.Links:
		var n int
		n, err = formNumber(form, "n")
		r.MoreThan = &n
	case rules.Author:
		r.ApprovedBelow = max(r.ApprovedBelow, 1)
	}
	return err
}

func formNumber(form url.Values, name string) (int, error) {
	n, err := strconv.Atoi(strings.TrimSpace(form.Get(name)))
	if err != nil {
		return 0, models.Invalid(name, "Write a whole number.")
	}
	return n, nil
}
