package ui

import (
	"strconv"
	"strings"
)

// specView is one field of a rule's conditions, ready to be drawn.
type specView struct {
	fieldView
	Type    string
	Options []specOption
	Units   []specOption // of a duration: seconds, minutes, hours, days
}

// specOption is one choice of a field. ID is set for the first, so that the summary of problems can lead there.
type specOption struct {
	Value, Label, ID string
	Checked          bool
}

// spec builds the view of a field of a kind's conditions.
func (p *Pages) spec(kind string, form Form, f SpecField) specView {
	key := "spec." + kind + "." + f.Name
	hint := key + ".hint"
	if _, ok := p.texts[hint]; !ok {
		hint = ""
	}
	v := specView{fieldView: p.field(form, f.Name, inputType(f.Type), key, hint, ""), Type: f.Type}
	if f.Type == "duration" {
		v.Units = p.units(form.Value(f.Name + "_unit"))
	}
	v.Required = f.Required
	v.Code = f.Type == "code"
	if f.Rows > 0 {
		v.Rows = strconv.Itoa(f.Rows)
	}
	if f.Max > 0 {
		v.Min, v.Max = strconv.Itoa(f.Min), strconv.Itoa(f.Max)
	}
	for i, value := range f.Options {
		o := specOption{Value: value, Label: p.label(f.Set, value), Checked: form.Has(f.Name, value)}
		if i == 0 {
			o.ID = v.ID
		}
		v.Options = append(v.Options, o)
	}
	return v
}

// units are the choices beside a duration, each with its length in seconds as the value.
func (p *Pages) units(chosen string) []specOption {
	list := []specOption{
		{Value: "1", Label: p.Text("unit.seconds")}, {Value: "60", Label: p.Text("unit.minutes")},
		{Value: "3600", Label: p.Text("unit.hours")}, {Value: "86400", Label: p.Text("unit.days")},
	}
	for i := range list {
		list[i].Checked = list[i].Value == chosen
	}
	return list
}

// inputType is the kind of input behind a type of field.
func inputType(kind string) string {
	switch kind {
	case "lines", "code":
		return "textarea"
	case "number", "duration":
		return "number"
	}
	return "text"
}

// ruleFields pairs the fields of a rule's form with the keys of their labels, for the summary of problems.
func ruleFields(kind string, spec []SpecField) []string {
	pairs := []string{"name", "rule.name"}
	for _, f := range spec {
		pairs = append(pairs, f.Name, "spec."+kind+"."+f.Name)
	}
	for _, name := range strings.Fields("sections articles action priority tag reason code mode legal yaml") {
		pairs = append(pairs, name, "rule."+name)
	}
	return pairs
}

// ruleProblems is problems for the form of a rule.
func (p *Pages) ruleProblems(v RulePage) []problemView {
	return p.problems(v.Form, ruleFields(v.Kind, v.Spec)...)
}
