package interchange

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"postbag/models/intake"
)

// Bounds of a JSON export.
const (
	jsonDepth = 64      // nested objects and arrays of one record
	jsonValue = 4 << 20 // bytes of one record that are looked at for what it is
	jsonName  = 4 << 10 // bytes of the name of a member
)

// jsonRecord is an element of an array that is a member of the object, or the
// value of another member.
type jsonRecord struct {
	member string
	value  []byte // valid until the next one is read
	over   bool   // it is larger than jsonValue; the rest was dropped
	line   int    // where it begins, from 1
}

// decode reads the record, and says what keeps it from being one.
func (e *jsonRecord) decode(to any, kind string) *intake.RecordError {
	bad := &intake.RecordError{Kind: kind, Line: e.line}
	if e.over {
		bad.Code, bad.Detail = intake.CodeTooLarge, fmt.Sprintf("It is larger than %d bytes.", jsonValue)
		return bad
	}
	if err := json.Unmarshal(e.value, to); err != nil {
		bad.Code, bad.Detail = "bad-json", fmt.Sprintf("It cannot be read as a %s: %v.", kind, err)
		return bad
	}
	return nil
}

// objectReader reads a file that is one JSON object, of which some members are
// long arrays. It hands out the elements of arrays one by one, and holds one.
type objectReader struct {
	*intake.Source
	in      *bufio.Reader
	of      string // what the file should be, such as "a Commento export"
	line    int    // that has been come to, from 1
	offset  int64
	begun   bool
	members int
	member  string // whose array is being read; elements counts what was read of it
	within  bool
	element int
	value   []byte
	over    bool
}

func newObjectReader(r io.Reader, of string) (*objectReader, error) {
	src, err := intake.Open(r)
	if err != nil {
		return nil, err
	}
	return &objectReader{Source: src, in: bufio.NewReaderSize(src, 64<<10), of: of, line: 1}, nil
}

func (r *objectReader) syntax(format string, args ...any) error {
	return &intake.SyntaxError{Line: r.line, Offset: r.offset, Detail: fmt.Sprintf(format, args...)}
}

// readByte is the next byte of the file. Its end is an error.
func (r *objectReader) readByte() (byte, error) {
	c, err := r.in.ReadByte()
	if err != nil {
		return 0, r.broken(err)
	}
	r.offset++
	if c == '\n' {
		r.line++
	}
	return c, nil
}

// broken says why the file has no more bytes where it must have some.
func (r *objectReader) broken(err error) error {
	detail := fmt.Sprintf("The file cannot be read any further: %v.", err)
	switch {
	case err == io.EOF && r.members == 0 && r.member == "":
		detail = fmt.Sprintf("The file is empty, or ends at once: this is not %s.", r.of)
	case err == io.EOF:
		detail, err = "The file ends before its last bracket: it is truncated.", io.ErrUnexpectedEOF
	case errors.Is(err, io.ErrUnexpectedEOF):
		detail = "The file ends in the middle of its compressed data: it is truncated."
	}
	return &intake.SyntaxError{Line: r.line, Offset: r.offset, Detail: detail, Err: err}
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }

// peek passes over blanks and looks at the byte behind them.
func (r *objectReader) peek() (byte, error) {
	for {
		b, err := r.in.Peek(1)
		if len(b) == 0 {
			return 0, r.broken(err)
		}
		if !isBlank(b[0]) {
			return b[0], nil
		}
		if _, err := r.readByte(); err != nil {
			return 0, err
		}
	}
}

// expect passes over blanks and the byte c.
func (r *objectReader) expect(c byte) error {
	got, err := r.peek()
	if err != nil {
		return err
	}
	if got != c {
		return r.syntax("%q stands here where %q must stand.", got, c)
	}
	_, err = r.readByte()
	return err
}

// next returns the next record, and io.EOF when the file ends as it should.
func (r *objectReader) next() (jsonRecord, error) {
	if !r.begun {
		r.begun = true
		if err := r.begin(); err != nil {
			return jsonRecord{}, err
		}
	}
	for {
		record, found, err := r.step()
		if found || err != nil {
			return record, err
		}
	}
}

// begin goes into the object.
func (r *objectReader) begin() error {
	if mark, _ := r.in.Peek(3); string(mark) == "\xef\xbb\xbf" {
		_, _ = r.in.Discard(3)
		r.offset += 3
	}
	c, err := r.peek()
	switch {
	case err != nil:
		return err
	case c == '<':
		return r.syntax("The file begins like XML or a web page: this is not %s.", r.of)
	case c != '{':
		return r.syntax("The file does not begin with a JSON object: this is not %s.", r.of)
	}
	return r.expect('{')
}

// step reads an element of the open array, or goes to the next member.
func (r *objectReader) step() (record jsonRecord, found bool, err error) {
	if r.within {
		return r.nextElement()
	}
	c, err := r.peek()
	if err != nil {
		return record, false, err
	}
	if c == '}' {
		return record, false, r.end()
	}
	if r.members++; r.members > 1 {
		if err := r.expect(','); err != nil {
			return record, false, err
		}
	}
	if err := r.name(); err != nil {
		return record, false, err
	}
	if c, err = r.peek(); err != nil {
		return record, false, err
	}
	if c == '[' {
		r.within, r.element = true, 0
		return record, false, r.expect('[')
	}
	return r.record()
}

func (r *objectReader) nextElement() (record jsonRecord, found bool, err error) {
	c, err := r.peek()
	if err != nil {
		return record, false, err
	}
	if c == ']' {
		r.within = false
		return record, false, r.expect(']')
	}
	if r.element++; r.element > 1 {
		if err := r.expect(','); err != nil {
			return record, false, err
		}
	}
	return r.record()
}

func (r *objectReader) record() (record jsonRecord, found bool, err error) {
	if _, err := r.peek(); err != nil {
		return record, false, err
	}
	record = jsonRecord{member: r.member, line: r.line}
	err = r.take(jsonValue)
	record.value, record.over = r.value, r.over
	return record, err == nil, err
}

// name reads the name of a member, and the colon behind it.
func (r *objectReader) name() error {
	if c, err := r.peek(); err != nil || c != '"' {
		if err == nil {
			err = r.syntax("%q stands here where the name of a member must stand.", c)
		}
		return err
	}
	if err := r.take(jsonName); err != nil {
		return err
	}
	if r.over || json.Unmarshal(r.value, &r.member) != nil {
		return r.syntax("The name of a member cannot be read.")
	}
	return r.expect(':')
}

// take reads a value to its end and keeps at most limit bytes of it.
func (r *objectReader) take(limit int) error {
	r.value, r.over = r.value[:0], false
	c, err := r.peek()
	if err != nil {
		return err
	}
	if c != '{' && c != '[' && c != '"' {
		return r.takeWord()
	}
	open := make([]byte, 0, jsonDepth) // the brackets that will close what is open
	for first := true; first || len(open) > 0; first = false {
		if c, err = r.readByte(); err != nil {
			return err
		}
		r.keep(c, limit)
		switch {
		case c == '"':
			err = r.takeString(limit)
		case c == '{' || c == '[':
			if len(open) == jsonDepth {
				return r.syntax("Values are nested deeper than %d. No export does that.", jsonDepth)
			}
			open = append(open, c+2) // in ASCII } is { + 2, and ] is [ + 2
		case c == '}' || c == ']':
			if open[len(open)-1] != c {
				return r.syntax("%q closes what %q must close.", c, open[len(open)-1])
			}
			open = open[:len(open)-1]
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (r *objectReader) keep(c byte, limit int) {
	if len(r.value) == limit {
		r.over = true
		return
	}
	r.value = append(r.value, c)
}

// takeString reads a string behind its first quote.
func (r *objectReader) takeString(limit int) error {
	for escaped := false; ; {
		c, err := r.readByte()
		if err != nil {
			return err
		}
		r.keep(c, limit)
		switch {
		case escaped:
			escaped = false
		case c == '\\':
			escaped = true
		case c == '"':
			return nil
		}
	}
}

// takeWord reads a number, true, false or null.
func (r *objectReader) takeWord() error {
	for {
		b, err := r.in.Peek(1)
		if len(b) == 0 {
			return r.broken(err)
		}
		if isBlank(b[0]) || strings.IndexByte(",]}", b[0]) >= 0 {
			break
		}
		if len(r.value) == jsonName {
			return r.syntax("A number is longer than %d digits.", jsonName)
		}
		c, err := r.readByte()
		if err != nil {
			return err
		}
		r.value = append(r.value, c)
	}
	if !json.Valid(r.value) {
		return r.syntax("%.40q is no value.", r.value)
	}
	return nil
}

// end passes over the last bracket and makes sure that nothing follows it.
func (r *objectReader) end() error {
	if err := r.expect('}'); err != nil {
		return err
	}
	for {
		c, err := r.in.ReadByte()
		switch {
		case err == io.EOF:
			return io.EOF
		case err != nil:
			return r.broken(err)
		case !isBlank(c) && c != 0:
			return r.syntax("Something follows the end of the export. Were two files put together?")
		}
	}
}
