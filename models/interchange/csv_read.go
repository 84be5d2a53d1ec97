package interchange

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"postbag/models/intake"
)

// Bounds of tables.
const (
	maxRow     = 1 << 20 // bytes of a row, or of an object
	maxColumns = 500
)

// csvRows reads rows: RFC 4180, with the separator that the first row has, and
// any line ends.
type csvRows struct {
	*intake.Source
	in     *bufio.Reader
	sep    byte
	names  []string
	own    bool // TableWriter wrote it
	line   int  // that has been come to, from 1
	begin  int  // line of the row that was read last
	offset int64
}

func newCSVRows(r io.Reader) (*csvRows, error) {
	src, err := intake.Open(r)
	if err != nil {
		return nil, err
	}
	t := &csvRows{Source: src, in: bufio.NewReaderSize(src, 64<<10), line: 1}
	head, _ := t.in.Peek(64 << 10)
	if bytes.HasPrefix(head, []byte("\xff\xfe")) || bytes.HasPrefix(head, []byte("\xfe\xff")) {
		return nil, t.syntax(nil, "The file is encoded in UTF-16; only UTF-8 is read. Convert it first.")
	}
	if bytes.HasPrefix(head, []byte("\ufeff")) {
		n, _ := t.in.Discard(3)
		t.offset, head = int64(n), head[3:]
	}
	t.sep = separator(head)
	t.names, err = t.row()
	switch {
	case err == io.EOF:
		return nil, t.syntax(nil, "The file is empty.")
	case err != nil:
		return nil, plainError(t, err)
	case len(t.names) > maxColumns:
		return nil, t.syntax(nil, "The first row has %d columns; at most %d are read.", len(t.names), maxColumns)
	}
	for i, name := range t.names {
		t.names[i] = strings.TrimSpace(name)
	}
	t.own = slices.Equal(t.names, columns())
	return t, nil
}

// plainError makes of the flaw of the first row one of the file.
func plainError(t *csvRows, err error) error {
	var bad *intake.RecordError
	if errors.As(err, &bad) {
		return t.syntax(nil, "The first row, with the names of the columns, cannot be read: %s", bad.Detail)
	}
	return err
}

// separator is the one that stands most often in the first row, outside of quotes.
func separator(head []byte) byte {
	counts := map[byte]int{}
	quoted := false
	for _, c := range head {
		if c == '"' {
			quoted = !quoted
		}
		if c == '\n' && !quoted {
			break
		}
		if !quoted {
			counts[c]++
		}
	}
	best := byte(',')
	for _, c := range []byte(";\t") {
		if counts[c] > counts[best] {
			best = c
		}
	}
	return best
}

func (t *csvRows) columns() []string { return t.names }
func (t *csvRows) at() int           { return t.begin }

func (t *csvRows) syntax(err error, format string, args ...any) error {
	return &intake.SyntaxError{Line: t.line, Offset: t.offset, Detail: fmt.Sprintf(format, args...), Err: err}
}

// next returns the cells of the next row, as many as there are columns.
func (t *csvRows) next() ([]string, error) {
	for {
		cells, err := t.row()
		switch {
		case err != nil:
			return nil, err
		case len(cells) == 1 && strings.TrimSpace(cells[0]) == "" && len(t.names) > 1:
			continue // a blank line
		case len(cells) != len(t.names):
			return nil, t.bad("fields", fmt.Sprintf("It has %s fields than there are columns (%d).", fewerOrMore(len(cells), len(t.names)), len(t.names)))
		}
		return cells, nil
	}
}

func fewerOrMore(n, than int) string {
	if n < than {
		return "fewer"
	}
	return "more"
}

func (t *csvRows) bad(code, detail string) error {
	return &intake.RecordError{Kind: "post", Line: t.begin, Code: code, Detail: detail}
}

// csvState is where the reading of a row stands.
type csvState struct {
	cells  []string
	cell   []byte
	inside bool // quotes
	closed bool // the quotes of this cell ended
	since  int  // line on which the quotes began
	wrong  bool
}

// row reads to the end of a row. Cells beyond one too many are not kept.
func (t *csvRows) row() ([]string, error) {
	t.begin = t.line
	var s csvState
	for size := 0; ; size++ {
		c, err := t.in.ReadByte()
		switch {
		case err == io.EOF && s.inside:
			return nil, &intake.SyntaxError{Line: s.since, Offset: t.offset, Detail: "The quote that begins here never ends: the file is truncated, or a quote too many.", Err: io.ErrUnexpectedEOF}
		case err == io.EOF && size == 0:
			return nil, io.EOF
		case err == io.EOF:
			return t.end(&s)
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, t.syntax(err, "The file ends in the middle of its compressed data: it is truncated.")
		case err != nil:
			return nil, t.syntax(err, "The file cannot be read any further: %v.", err)
		case size > maxRow && s.inside:
			return nil, &intake.SyntaxError{Line: s.since, Offset: t.offset, Detail: fmt.Sprintf("The quote that begins here does not end within %d bytes.", maxRow)}
		case size > maxRow:
			return nil, t.syntax(nil, "This row is longer than %d bytes.", maxRow)
		}
		if t.offset++; t.take(&s, c) {
			return t.end(&s)
		}
	}
}

// take adds a byte to a row, and reports whether the row ends with it.
func (t *csvRows) take(s *csvState, c byte) bool {
	switch {
	case s.inside && c == '"':
		if !t.follows('"') {
			s.inside, s.closed = false, true
			return false
		}
		s.cell = append(s.cell, c)
	case s.inside:
		if c == '\n' {
			t.line++
		}
		s.cell = append(s.cell, c)
	case c == '\n' || c == '\r':
		if c == '\r' {
			t.follows('\n')
		}
		t.line++
		return true
	case c == t.sep:
		t.push(s)
	case c == '"' && len(s.cell) == 0 && !s.closed:
		s.inside, s.since = true, t.line
	case s.closed:
		s.wrong = s.wrong || c != ' '
	default:
		s.cell = append(s.cell, c)
	}
	return false
}

// follows passes over the next byte if it is c.
func (t *csvRows) follows(c byte) bool {
	if b, _ := t.in.Peek(1); len(b) == 0 || b[0] != c {
		return false
	}
	_, _ = t.in.Discard(1)
	t.offset++
	return true
}

func (t *csvRows) push(s *csvState) {
	if len(s.cells) <= max(len(t.names), maxColumns) {
		s.cells = append(s.cells, string(s.cell))
	}
	s.cell, s.closed = s.cell[:0], false
}

func (t *csvRows) end(s *csvState) ([]string, error) {
	if t.push(s); s.wrong {
		return nil, t.bad("bad-quote", "Something stands between the end of a quote and the next field. A quote within a quoted field is written twice.")
	}
	return s.cells, nil
}
