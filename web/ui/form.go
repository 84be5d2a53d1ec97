package ui

import (
	"maps"
	"net/url"
	"slices"
	"strings"
)

// Form carries what a person typed and what was wrong with it, so that a refused form comes back as it was. Values holds the stored values
// when the page is opened, the posted ones after a refusal; passwords are never shown again. Errors maps a field's name to a sentence that
// says how to put it right; the empty name speaks of the form as a whole.
type Form struct {
	Values url.Values
	Errors map[string]string
}

// Value returns the first value of a field, or "".
func (f Form) Value(name string) string { return f.Values.Get(name) }

// Error returns the sentence for a field, or "".
func (f Form) Error(name string) string { return f.Errors[name] }

// Has reports whether value is among the values of a field.
func (f Form) Has(name, value string) bool {
	for _, v := range f.Values[name] {
		if v == value {
			return true
		}
	}
	return false
}

// fieldView is one labelled input of a form, with its error and hint tied to it.
type fieldView struct {
	ID, Name, Kind, Label, Hint, Value, Error string
	Autocomplete, Rows, Max, Min, Describe    string
	Form                                      string // id of the form that it belongs to, when it stands outside
	Required, Wide                            bool
	Code                                      bool // set in a fixed-width face, from left to right, without spelling
	Plain                                     bool // nothing is said of its being optional
}

// field builds the view of an input. kind is an input type or "textarea"; label and hint are catalogue keys; options is a space-separated
// list of required, wide, code, plain, autocomplete=…, form=…, rows=…, max=… and min=….
func (p *Pages) field(form Form, name, kind, label, hint, options string) fieldView {
	if hint != "" {
		hint = p.Text(hint)
	}
	return newField(form, name, kind, p.Text(label), hint, options)
}

// newField is field with the texts themselves.
func newField(form Form, name, kind, label, hint, options string) fieldView {
	v := fieldView{ID: fieldID(name), Name: name, Kind: kind, Label: label, Hint: hint, Error: form.Error(name)}
	if kind != "password" {
		v.Value = form.Value(name)
	}
	var describe []string
	if v.Error != "" {
		describe = append(describe, v.ID+"-error")
	}
	if hint != "" {
		describe = append(describe, v.ID+"-hint")
	}
	v.Describe = strings.Join(describe, " ")
	for _, option := range strings.Fields(options) {
		v.set(strings.Cut(option, "="))
	}
	return v
}

// set takes one option of a field.
func (v *fieldView) set(key, value string, _ bool) {
	switch key {
	case "required":
		v.Required = true
	case "wide":
		v.Wide = true
	case "code":
		v.Code = true
	case "plain":
		v.Plain = true
	case "autocomplete":
		v.Autocomplete = value
	case "form":
		v.Form = value
	case "rows":
		v.Rows = value
	case "max":
		v.Max = value
	case "min":
		v.Min = value
	}
}

// problemView is one line of the summary above a refused form.
type problemView struct{ ID, Label, Text string }

// problems lists what is wrong with a form in the order of its fields, which are given as pairs: the field's name and the catalogue key of
// its label. What concerns the whole form comes first, what concerns a field that is not named last.
func (p *Pages) problems(form Form, fields ...string) []problemView {
	left := maps.Clone(form.Errors)
	var list []problemView
	if text := left[""]; text != "" {
		list = append(list, problemView{Text: text})
	}
	delete(left, "")
	for i := 0; i+1 < len(fields); i += 2 {
		if text, ok := left[fields[i]]; ok {
			list = append(list, problemView{ID: fieldID(fields[i]), Label: p.Text(fields[i+1]), Text: text})
			delete(left, fields[i])
		}
	}
	for _, name := range slices.Sorted(maps.Keys(left)) {
		list = append(list, problemView{Text: left[name]})
	}
	return list
}

// fieldID is the id of the input of a field.
func fieldID(name string) string { return "f-" + strings.ReplaceAll(name, "_", "-") }
