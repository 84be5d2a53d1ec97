package rulefile

import (
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"postbag/models"
	"postbag/moderation/rules"
)

// Format writes rules as a file that Parse reads to equal rules: all but ID,
// site, version, promise and times. comment stands at its top, a line of the
// file for each of its lines. The same rules always give the same file.
//
// It fails on a rule whose conditions cannot be read.
func Format(comment string, list []models.Rule) ([]byte, error) {
	var w writer
	for line := range strings.Lines(comment) {
		w.line(0, strings.TrimRight("# "+strings.TrimSpace(line), " "))
	}
	w.line(0, "version: "+version)
	if len(list) == 0 {
		w.line(0, "rules: []")
		return []byte(w.String()), nil
	}
	w.line(0, "rules:")
	for i := range list {
		r := &list[i]
		fields, err := ruleFields(r)
		if err != nil {
			return nil, fmt.Errorf("write rule %q: %w", r.Name, err)
		}
		if i > 0 {
			w.line(0, "")
		}
		w.item(2, fields)
	}
	return []byte(w.String()), nil
}

// pair is one field of the file. Its value is a string that stands there as it
// is, a list of texts, an object, or a list of objects.
type pair struct {
	name  string
	value any
}

type object []pair

func ruleFields(r *models.Rule) (object, error) {
	o := object{{"name", scalar(r.Name)}}
	when, err := conditions(r)
	if err != nil {
		return nil, err
	}
	o = append(o, when...)
	if !r.Scope.Whole() {
		o = append(o, pair{"scope", scopeFields(&r.Scope)})
	}
	o = append(o, pair{"action", r.Action.String()})
	if i := r.Priority / 10; i > 0 && i < len(priorityNames()) {
		o = append(o, pair{"priority", priorityNames()[i]})
	}
	for _, p := range []struct{ name, text string }{{"tag", r.Tag}, {"reason", r.Reason}, {"code", r.Code}} {
		if p.text != "" {
			o = append(o, pair{p.name, scalar(p.text)})
		}
	}
	if r.Legal {
		o = append(o, pair{"legal", "true"})
	}
	return append(o, pair{"mode", scalar(r.Mode)}), nil
}

func scopeFields(s *models.Scope) object {
	var o object
	if len(s.Sections) > 0 {
		o = append(o, pair{"sections", s.Sections})
	}
	if len(s.Articles) > 0 {
		o = append(o, pair{"articles", s.Articles})
	}
	return o
}

var errConditions = errors.New("its conditions cannot be read")

// conditions returns the fields that hold the conditions of a rule.
func conditions(r *models.Rule) (object, error) {
	dec := json.NewDecoder(strings.NewReader(r.Spec))
	dec.UseNumber()
	var tree map[string]any
	if err := dec.Decode(&tree); err != nil {
		return nil, fmt.Errorf("%w: %w", errConditions, err)
	}
	fields, err := fromTree(r.Kind, tree)
	if err != nil || r.Kind == rules.Combination {
		return fields, err
	}
	return object{{r.Kind, short(r.Kind, fields)}}, nil
}

// short is the form of a kind whose conditions are one text.
func short(of string, fields object) any {
	if of == rules.Expression && len(fields) == 1 {
		return fields[0].value
	}
	return fields
}

// fromTree turns the JSON of conditions into fields, in the order of the
// schema.
func fromTree(of string, tree map[string]any) (object, error) {
	o, left := object{}, len(tree)
	for _, f := range fieldsOf(of) {
		v, ok := tree[f.key()]
		if !ok {
			continue
		}
		left--
		if v == nil {
			continue // null says nothing
		}
		value, err := fromValue(f, v)
		if err != nil {
			return nil, err
		}
		o = append(o, pair{f.name, value})
	}
	if left > 0 {
		return nil, fmt.Errorf("%w: a field is not known", errConditions)
	}
	return o, nil
}

func fromValue(f field, v any) (any, error) {
	switch v := v.(type) {
	case json.Number:
		return fromNumber(f, v)
	case bool:
		return strconv.FormatBool(v), nil
	case string:
		return scalar(v), nil
	case map[string]any:
		return fromObject(f, v)
	case []any:
		if f.form == parts {
			return fromParts(v)
		}
		return fromEntries(v)
	}
	return nil, errConditions
}

func fromObject(f field, v map[string]any) (any, error) {
	switch f.form {
	case part:
		return fromTree(condition, v)
	case kind:
		o, err := fromTree(f.name, v)
		return short(f.name, o), err
	}
	return nil, errConditions
}

func fromNumber(f field, v json.Number) (any, error) {
	n, err := v.Int64()
	switch {
	case err != nil:
		return nil, errConditions
	case f.form == seconds:
		return span(int(n)), nil
	case f.form == hours:
		return span(int(n) * 3600), nil
	}
	return v.String(), nil
}

func fromEntries(v []any) ([]string, error) {
	list := make([]string, len(v))
	for i, e := range v {
		text, ok := e.(string)
		if !ok {
			return nil, errConditions
		}
		list[i] = text
	}
	return list, nil
}

func fromParts(v []any) ([]object, error) {
	list := make([]object, len(v))
	for i, e := range v {
		tree, ok := e.(map[string]any)
		if !ok {
			return nil, errConditions
		}
		o, err := fromTree(condition, tree)
		if err != nil {
			return nil, err
		}
		list[i] = o
	}
	return list, nil
}

// writer writes the lines of a file.
type writer struct{ strings.Builder }

func (w *writer) line(indent int, text string) {
	if text != "" {
		w.WriteString(strings.Repeat(" ", indent))
	}
	w.WriteString(text)
	w.WriteByte('\n')
}

// item writes an object as an entry of a list.
func (w *writer) item(indent int, o object) {
	var inner writer
	inner.fields(indent+2, o)
	text := inner.String()
	if text == "" {
		w.line(indent, "- {}")
		return
	}
	w.WriteString(strings.Repeat(" ", indent) + "- " + text[indent+2:])
}

func (w *writer) fields(indent int, o object) {
	for _, p := range o {
		switch v := p.value.(type) {
		case string:
			w.line(indent, p.name+": "+v)
		case []string:
			w.entries(indent, p.name, v)
		case object:
			if len(v) == 0 {
				w.line(indent, p.name+": {}")
				continue
			}
			w.line(indent, p.name+":")
			w.fields(indent+2, v)
		case []object:
			if len(v) == 0 {
				w.line(indent, p.name+": []")
				continue
			}
			w.line(indent, p.name+":")
			for _, one := range v {
				w.item(indent+2, one)
			}
		}
	}
}

const (
	maxInLine  = 5  // entries of a list that stands in one line
	maxInWidth = 80 // characters of such a list
)

// entries writes a list of texts: in one line when it is short, else as a block
// of lines, or one by one in quotes when a line could not hold one of them.
func (w *writer) entries(indent int, name string, list []string) {
	if len(list) <= maxInLine {
		words := make([]string, len(list))
		for i, e := range list {
			words[i] = inList(e)
		}
		if line := "[" + strings.Join(words, ", ") + "]"; len([]rune(line)) <= maxInWidth {
			w.line(indent, name+": "+line)
			return
		}
	}
	if slices.ContainsFunc(list, func(e string) bool { return !isLine(e) }) {
		w.line(indent, name+":")
		for _, e := range list {
			w.line(indent+2, "- "+quote(e))
		}
		return
	}
	w.line(indent, name+": |")
	for _, e := range list {
		w.line(indent+2, e)
	}
}
