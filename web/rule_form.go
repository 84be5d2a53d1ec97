package web

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"strconv"
	"strings"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rulefile"
	"postbag/moderation/rules"
	"postbag/web/ui"
)

// faults collects what is wrong with a form before the service sees it.
type faults []models.FieldError

func (f *faults) add(field, detail string) {
	*f = append(*f, models.FieldError{Field: field, Detail: detail})
}

// err is the refusal, nil when nothing is wrong.
func (f faults) err() error {
	if len(f) == 0 {
		return nil
	}
	return &models.Error{Code: models.CodeInvalid, Detail: "Some fields need your attention.", Fields: f}
}

// ruleDraft reads the form of a rule, or the rule written as text.
func ruleDraft(form url.Values) (moderation.RuleDraft, error) {
	if form.Get("as") == "text" {
		return textDraft(form.Get("yaml"))
	}
	var wrong faults
	kind := form.Get("kind")
	draft := moderation.RuleDraft{
		Name: form.Get("name"), Kind: kind, Mode: form.Get("mode"), Reason: form.Get("reason"), Code: form.Get("code"), Tag: form.Get("tag"),
		Legal: form.Get("legal") != "", Scope: models.Scope{Sections: lines(form.Get("sections")), Articles: lines(form.Get("articles"))},
	}
	var ok bool
	if draft.Action, ok = models.ParseAction(form.Get("action")); !ok {
		wrong.add("action", "Choose what happens.")
	}
	if text := form.Get("priority"); text != "" {
		draft.Priority = formNumber(text, "priority", &wrong)
	}
	draft.Spec = formSpec(form, kind, &wrong)
	return draft, wrong.err()
}

// textDraft reads a rule that is written as YAML.
func textDraft(text string) (moderation.RuleDraft, error) {
	list, problems := rulefile.Parse([]byte(text))
	var wrong faults
	for _, p := range problems {
		wrong.add("yaml", fmt.Sprintf("Line %d: %s", p.Line, p.Detail))
	}
	if len(problems) == 0 && len(list) != 1 {
		wrong.add("yaml", "Write exactly one rule here. To change several at once, use “Import and export”.")
	}
	if err := wrong.err(); err != nil {
		return moderation.RuleDraft{}, err
	}
	return draftOf(&list[0]), nil
}

func draftOf(r *models.Rule) moderation.RuleDraft {
	return moderation.RuleDraft{
		Name: r.Name, Kind: r.Kind, Action: r.Action, Mode: r.Mode, Reason: r.Reason, Code: r.Code, Tag: r.Tag, Priority: r.Priority,
		Legal: r.Legal, Scope: r.Scope, Spec: r.Spec,
	}
}

// formSpec reads the conditions of a rule from its form.
func formSpec(form url.Values, kind string, wrong *faults) string {
	if kind == rules.Combination {
		return parseConditions(form.Get(conditionsField), wrong)
	}
	spec := map[string]any{}
	for _, f := range specFields(kind) {
		if v := formMember(form, f, wrong); v != nil {
			spec[member(f.Name)] = v
		}
	}
	text, err := json.Marshal(spec)
	if err != nil {
		wrong.add("", "These conditions cannot be stored.")
	}
	return string(text)
}

// formMember reads one field, nil when it is left empty.
func formMember(form url.Values, f ui.SpecField, wrong *faults) any {
	text := strings.TrimSpace(form.Get(f.Name))
	switch f.Type {
	case "lines":
		if list := lines(text); len(list) > 0 {
			return list
		}
	case "checks":
		if list := form[f.Name]; len(list) > 0 {
			return list
		}
		if f.Name == "fields" {
			wrong.add("fields", "Choose where to look.")
		}
	case "flag":
		if text != "" {
			return true
		}
	case "number", "duration":
		if text == "" {
			return nil
		}
		n := formNumber(text, f.Name, wrong)
		if unit, err := strconv.Atoi(form.Get(f.Name + "_unit")); f.Type == "duration" && err == nil && n < 1<<31 && unit <= 86400 {
			n *= unit
		}
		return n
	default:
		if text != "" {
			return text
		}
	}
	return nil
}

func formNumber(text, field string, wrong *faults) int {
	n, err := strconv.Atoi(strings.TrimSpace(text))
	if err != nil {
		wrong.add(field, "Write a whole number.")
	}
	return n
}

// The conditions of a combination stand in the file of rules between these two
// pieces, indented by four.
const (
	beforeConditions = "version: 1\nrules:\n  - name: rule\n"
	afterConditions  = "\n    action: hold\n"
	fileIndent       = "    "
)

// parseConditions reads the conditions of a combination as they stand in a file.
func parseConditions(text string, wrong *faults) string {
	indented := fileIndent + strings.ReplaceAll(strings.TrimRight(text, "\n \t"), "\n", "\n"+fileIndent)
	list, problems := rulefile.Parse([]byte(beforeConditions + indented + afterConditions))
	last := strings.Count(text, "\n") + 1
	for _, p := range problems {
		line := min(max(p.Line-strings.Count(beforeConditions, "\n"), 1), last)
		wrong.add(conditionsField, fmt.Sprintf("Line %d: %s", line, p.Detail))
	}
	if len(list) != 1 {
		return ""
	}
	if list[0].Kind != rules.Combination {
		wrong.add(conditionsField, "Line 1: Begin with all, any, or at_least and of.")
	}
	return list[0].Spec
}

// conditionsText writes the conditions of a stored combination.
func conditionsText(r *models.Rule) (string, error) {
	file, err := rulefile.Format("", []models.Rule{{Name: "rule", Kind: r.Kind, Spec: r.Spec, Action: models.Hold, Mode: rules.Enforce}})
	if err != nil {
		return "", err
	}
	text := strings.TrimPrefix(string(file), beforeConditions)
	text, _, _ = strings.Cut(text, afterConditions)
	return strings.TrimPrefix(strings.ReplaceAll(text, "\n"+fileIndent, "\n"), fileIndent) + "\n", nil
}

// ruleText writes one rule as a file.
func ruleText(r *models.Rule) (string, error) {
	file, err := rulefile.Format("", []models.Rule{*r})
	return string(file), err
}

// problemPath is where the service found something wrong: spec.terms[3].
var problemPath = regexp.MustCompile(`^(?:rule\.)?(?:spec\.|scope\.)?([a-z_]+)(?:\[(\d+)\])?`)

// ruleFaults names the fields of the form that a refusal is about, and the line
// within a list.
func ruleFaults(err error, form url.Values) map[string]string {
	var refusal *models.Error
	if !errors.As(err, &refusal) {
		return nil
	}
	named := map[string]string{}
	for _, f := range refusal.Fields {
		name, detail := ruleFault(f, form)
		if named[name] != "" {
			detail = named[name] + "\n" + detail
		}
		named[name] = detail
	}
	if len(named) == 0 {
		named[""] = refusal.Detail
	}
	return named
}

func ruleFault(f models.FieldError, form url.Values) (name, detail string) {
	if form.Get("as") == "text" {
		return "yaml", f.Detail
	}
	inSpec := strings.HasPrefix(strings.TrimPrefix(f.Field, "rule."), "spec")
	if inSpec && form.Get("kind") == rules.Combination {
		return conditionsField, f.Detail
	}
	parts := problemPath.FindStringSubmatch(f.Field)
	if parts == nil || parts[1] == "spec" {
		return "", f.Detail
	}
	name, detail = parts[1], f.Detail
	if inSpec && name == "kind" {
		name = "author_kind"
	}
	if n, err := strconv.Atoi(parts[2]); err == nil && len(form[name]) == 1 {
		detail = fmt.Sprintf("Line %d: %s", lineOf(form.Get(name), n), detail)
	}
	return name, detail
}

// lineOf returns the line, from 1, of the nth entry of a list of which empty
// lines are no part.
func lineOf(text string, n int) int {
	number := 0
	for line := range strings.Lines(text) {
		number++
		if strings.TrimSpace(line) == "" {
			continue
		}
		if n--; n < 0 {
			break
		}
	}
	return max(number, 1)
}
