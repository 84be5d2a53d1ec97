package interchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"

	"postbag/models/intake"
)

// lookAhead is how many objects are read to know which members there are.
const lookAhead = 100

// jsonRows reads an array of objects, or an object a line, as a table whose
// columns are the members of the first hundred. Members of an object within are
// columns called outer.inner.
type jsonRows struct {
	*lineReader
	array bool
	names []string
	place map[string]int
	ahead []jsonRow
	begin int
}

// jsonRow is an object, or why there is none.
type jsonRow struct {
	members map[string]string
	line    int
	err     error
}

func newJSONRows(r io.Reader) (*jsonRows, error) {
	lines, err := newLineReader(r, maxRow)
	if err != nil {
		return nil, err
	}
	t := &jsonRows{lineReader: lines, place: map[string]int{}}
	if err := t.open(); err != nil {
		return nil, err
	}
	names := map[string]bool{}
	for len(t.ahead) < lookAhead {
		row := t.read()
		if t.ahead = append(t.ahead, row); row.err != nil && !isRecordError(row.err) {
			break
		}
		for name := range row.members {
			names[name] = true
		}
	}
	if t.names = slices.Sorted(maps.Keys(names)); len(t.names) > maxColumns {
		return nil, t.syntax(nil, "The objects have %d different members; at most %d are read.", len(t.names), maxColumns)
	}
	for i, name := range t.names {
		t.place[name] = i
	}
	if last := t.ahead[len(t.ahead)-1].err; len(t.names) == 0 && last != nil && last != io.EOF {
		return nil, last
	} else if len(t.names) == 0 {
		return nil, t.syntax(nil, "The file has no object in it: it should be an array of objects, or have one object a line.")
	}
	return t, nil
}

func isRecordError(err error) bool {
	_, ok := err.(*intake.RecordError)
	return ok
}

func (t *jsonRows) columns() []string { return t.names }
func (t *jsonRows) at() int           { return t.begin }

func (t *jsonRows) next() ([]string, error) {
	var row jsonRow
	if len(t.ahead) > 0 {
		row, t.ahead = t.ahead[0], t.ahead[1:]
	} else {
		row = t.read()
	}
	t.begin = row.line
	if row.err != nil {
		return nil, row.err
	}
	cells := make([]string, len(t.names))
	for name, value := range row.members {
		if i, ok := t.place[name]; ok {
			cells[i] = value
		}
	}
	return cells, nil
}

// open finds out whether the file is an array.
func (t *jsonRows) open() error {
	if mark, _ := t.in.Peek(3); string(mark) == "\ufeff" {
		_, _ = t.in.Discard(3)
	}
	c, err := t.skip("")
	switch {
	case err == io.EOF:
		return t.syntax(nil, "The file is empty.")
	case err != nil:
		return err
	case c == '[':
		t.array, t.line = true, t.line+1
		return nil
	case c != '{':
		return t.syntax(nil, "The file does not begin with [ or {: it is not JSON.")
	}
	return t.in.UnreadByte()
}

// skip passes over blanks, and the bytes in also, and returns what follows.
func (t *jsonRows) skip(also string) (byte, error) {
	for {
		c, err := t.byte()
		if err != nil || !bytes.ContainsRune([]byte(" \t\r\n"+also), rune(c)) {
			return c, err
		}
	}
}

func (t *jsonRows) byte() (byte, error) {
	c, err := t.in.ReadByte()
	if t.offset++; c == '\n' {
		t.line++
	}
	if err != nil && err != io.EOF {
		err = t.syntax(err, "The file cannot be read any further: %v.", err)
	}
	return c, err
}

// read reads an object.
func (t *jsonRows) read() jsonRow {
	text, err := t.nextObject()
	row := jsonRow{line: t.begin, err: err}
	if err != nil {
		return row
	}
	var members map[string]any
	dec := json.NewDecoder(bytes.NewReader(text))
	dec.UseNumber()
	if err := dec.Decode(&members); err != nil || dec.More() || members == nil {
		row.err = &intake.RecordError{Kind: "post", Line: row.line, Code: "bad-json", Detail: fmt.Sprintf("It is not an object: %.100v.", err)}
		return row
	}
	row.members = map[string]string{}
	for name, value := range members {
		flatten(row.members, name, value, true)
	}
	return row
}

// flatten writes a value as a cell, an object as several.
func flatten(to map[string]string, name string, value any, deeper bool) {
	switch value := value.(type) {
	case string:
		to[name] = value
	case json.Number:
		to[name] = value.String()
	case bool:
		to[name] = strconv.FormatBool(value)
	case map[string]any:
		if !deeper {
			return
		}
		for inner, v := range value {
			flatten(to, name+"."+inner, v, false)
		}
	default:
		to[name] = ""
	}
}

// nextObject returns the text of the next object.
func (t *jsonRows) nextObject() ([]byte, error) {
	if !t.array {
		line, err := t.lineReader.next()
		t.begin = t.line
		return line, err
	}
	c, err := t.skip(",")
	t.begin = t.line
	switch {
	case err == io.EOF:
		return nil, t.syntax(io.ErrUnexpectedEOF, "The file ends before its array does: it is truncated.")
	case err != nil:
		return nil, err
	case c == ']':
		if _, err := t.skip(""); err != io.EOF {
			return nil, t.syntax(nil, "Something follows the end of the array.")
		}
		return nil, io.EOF
	case c != '{':
		return nil, t.syntax(nil, "An object should begin here, but %q does.", c)
	}
	return t.object()
}

// object reads to the brace that ends an object that began.
func (t *jsonRows) object() ([]byte, error) {
	text := []byte{'{'}
	quoted, escaped := false, false
	for depth := 1; depth > 0; {
		c, err := t.byte()
		switch {
		case err == io.EOF:
			return nil, t.syntax(io.ErrUnexpectedEOF, "The file ends inside the object that begins at line %d: it is truncated.", t.begin)
		case err != nil:
			return nil, err
		case len(text) > maxRow:
			return nil, t.syntax(nil, "The object that begins at line %d is longer than %d bytes.", t.begin, maxRow)
		case escaped:
			escaped = false
		case quoted:
			quoted, escaped = c != '"', c == '\\'
		case c == '"':
			quoted = true
		case c == '{' || c == '[':
			depth++
		case c == '}' || c == ']':
			depth--
		}
		text = append(text, c)
	}
	return text, nil
}
