package rules

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"reflect"
	"slices"
	"strings"
	"unicode/utf8"
)

// Limits on the JSON of the conditions.
const (
	MaxSpecBytes = 2 << 20
	maxSpecDepth = 16
)

// ParseSpec reads and checks the conditions of a kind. The result is a pointer
// to the spec type of the kind, nil when there are problems.
func ParseSpec(kind, text string) (any, []Problem) {
	c := newCompiler(nil)
	s, _ := c.conditions(kind, text)
	if len(c.list) > 0 {
		return nil, c.list
	}
	return s, nil
}

// Fields lists the members that the conditions of a kind can have, as they are
// written; nil for a kind that does not exist.
func Fields(kind string) []string {
	if kind == "" {
		return nil
	}
	s := newSpec(kind)
	if s == nil {
		return nil
	}
	return memberNames(reflect.TypeOf(s).Elem())
}

// read decodes the JSON of a spec. Unknown members, members given twice and
// values of the wrong type are all noted, each with its path.
func (p *problems) read(text string, s spec) bool {
	if len(text) > MaxSpecBytes {
		p.add("spec", "The conditions are larger than %d bytes. Make several rules of this one.", MaxSpecBytes)
		return false
	}
	if !utf8.ValidString(text) {
		p.add("spec", "The conditions are not valid UTF-8.")
		return false
	}
	dec := json.NewDecoder(strings.NewReader(text))
	dec.UseNumber()
	tree, err := p.value(dec, "spec", 0)
	if err == nil {
		if _, more := dec.Token(); !errors.Is(more, io.EOF) {
			err = errors.New("something follows the closing brace")
		}
	}
	if err != nil {
		p.add("spec", "The conditions are not valid JSON: %s.", plainJSONError(err))
		return false
	}
	p.fit("spec", tree, reflect.TypeOf(s).Elem())
	if len(p.list) > 0 {
		return false
	}
	if err := json.Unmarshal([]byte(text), s); err != nil {
		p.add("spec", "The conditions cannot be read: %s.", err)
	}
	return len(p.list) == 0
}

func plainJSONError(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "they end too early"
	}
	return strings.TrimSuffix(err.Error(), ".")
}

// value reads one JSON value: an object becomes a map, a list a slice.
func (p *problems) value(dec *json.Decoder, at string, depth int) (any, error) {
	if depth > maxSpecDepth {
		return nil, errors.New("they are nested too deeply")
	}
	token, err := dec.Token()
	if err != nil {
		return nil, err
	}
	switch token {
	case json.Delim('{'):
		return p.object(dec, at, depth)
	case json.Delim('['):
		list := []any{}
		for dec.More() {
			v, err := p.value(dec, fmt.Sprintf("%s[%d]", at, len(list)), depth+1)
			if err != nil {
				return nil, err
			}
			list = append(list, v)
		}
		_, err := dec.Token()
		return list, err
	}
	return token, nil
}

func (p *problems) object(dec *json.Decoder, at string, depth int) (any, error) {
	members := map[string]any{}
	for dec.More() {
		token, err := dec.Token()
		if err != nil {
			return nil, err
		}
		name, _ := token.(string)
		if _, twice := members[name]; twice {
			p.add(at+"."+name, "This is given twice.")
		}
		if members[name], err = p.value(dec, at+"."+name, depth+1); err != nil {
			return nil, err
		}
	}
	_, err := dec.Token()
	return members, err
}

// fit notes where a JSON value does not have the shape of a type.
func (p *problems) fit(at string, v any, t reflect.Type) {
	switch t.Kind() {
	case reflect.Pointer:
		p.fit(at, v, t.Elem())
	case reflect.Struct:
		p.fitObject(at, v, t)
	case reflect.Slice:
		list, ok := v.([]any)
		if !ok {
			p.add(at, "Write a list: […].")
		}
		for i, e := range list {
			p.fit(fmt.Sprintf("%s[%d]", at, i), e, t.Elem())
		}
	case reflect.Int:
		number, ok := v.(json.Number)
		if n, err := number.Int64(); !ok || err != nil || int64(int(n)) != n {
			p.add(at, "Write a whole number.")
		}
	case reflect.Bool:
		if _, ok := v.(bool); !ok {
			p.add(at, "Write true or false.")
		}
	default:
		if _, ok := v.(string); !ok {
			p.add(at, "Write a text in quotation marks.")
		}
	}
}

func (p *problems) fitObject(at string, v any, t reflect.Type) {
	members, ok := v.(map[string]any)
	if !ok {
		p.add(at, "Write conditions in braces: {…}.")
		return
	}
	names := memberNames(t)
	for _, name := range slices.Sorted(maps.Keys(members)) {
		if i := slices.Index(names, name); i >= 0 {
			p.fit(at+"."+name, members[name], memberType(t, name))
			continue
		}
		if t == reflect.TypeFor[Condition]() && name == Rate {
			p.add(at+"."+name, "A rate rule stands alone, because it counts every comment.")
			continue
		}
		p.add(at+"."+name, "There is no field %s%s The fields are: %s.", quote(name), didYouMean(name, names), strings.Join(names, ", "))
	}
}

// memberNames lists the members of a spec type as they are written, those of an
// embedded type included.
func memberNames(t reflect.Type) []string {
	var names []string
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous {
			names = append(names, memberName(f))
		}
	}
	return names
}

func memberName(f reflect.StructField) string {
	name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
	return name
}

func memberType(t reflect.Type, name string) reflect.Type {
	for _, f := range reflect.VisibleFields(t) {
		if !f.Anonymous && memberName(f) == name {
			return f.Type
		}
	}
	return nil
}
