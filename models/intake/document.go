package intake

import (
	"bytes"
	"fmt"
	"io"
)

// Begin passes over what stands before the root element, a byte order mark for
// one, and goes to the root, which must have the name. hint returns what is added
// to the refusal of another root, such as " but a web page"; it may be nil.
func (s *Scanner) Begin(root string, hint func(root []byte) string) error {
	if err := s.stray(); err != nil {
		return err
	}
	ev, err := s.Next(nil)
	switch {
	case err != nil:
		return err
	case ev == EndOfFile:
		return s.Syntax("The file has no root element <%s>: this is not %s.", root, s.of)
	case string(s.Local) != root:
		return s.Syntax("The root element is called %.40q, not %q: this is not %s%s.", s.Local, root, s.of, guess(s.Local, hint))
	}
	return nil
}

// guess helps somebody who took the wrong file.
func guess(root []byte, hint func([]byte) string) string {
	if string(root) == "html" {
		return " but a web page"
	}
	if hint == nil {
		return ""
	}
	return hint(root)
}

// stray passes over a byte order mark and other bytes before the first "<".
func (s *Scanner) stray() error {
	b := s.need(maxStray)
	switch {
	case len(b) == 0 && s.readError() == nil:
		return s.Syntax("The file is empty.")
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")),
		bytes.HasPrefix(b, []byte("<\x00")), bytes.HasPrefix(b, []byte("\x00<")):
		return s.Syntax("The file is encoded in UTF-16; only UTF-8 is read. Convert it first.")
	}
	if bytes.HasPrefix(b, []byte("\x1f\x8b")) {
		return s.Syntax("The file is packed with gzip twice: unpack it once and import what is in it.")
	}
	i := bytes.IndexByte(b, '<')
	if i < 0 {
		if err := s.readError(); err != nil {
			return err
		}
		return s.Syntax("The file does not begin with XML: this is not %s.", s.of)
	}
	s.advance(i)
	return nil
}

// End checks that nothing but blanks, zero bytes and comments follows the root,
// whose end was just read. It returns io.EOF then.
func (s *Scanner) End(root string) error {
	for {
		b := s.need(1)
		if i := bytes.IndexFunc(b, notBlank); i >= 0 {
			s.advance(i)
		} else {
			s.advance(len(b))
			if len(b) > 0 {
				continue
			}
			if err := s.readError(); err != nil {
				return err
			}
			return io.EOF
		}
		b = s.need(4)
		if !bytes.HasPrefix(b, []byte("<!--")) && !bytes.HasPrefix(b, []byte("<?")) {
			return s.Syntax("Something follows the end of the export, </%s>. Were two files put together?", root)
		}
		if err := s.markup(b, nil); err != nil {
			return err
		}
	}
}

func notBlank(c rune) bool {
	return c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != 0
}

// Skip passes over the element that has just begun.
func (s *Scanner) Skip() error {
	for depth := s.Depth(); s.Depth() >= depth; {
		ev, err := s.Next(nil)
		if err != nil {
			return err
		}
		if ev == EndOfFile {
			return s.Truncated("inside an element")
		}
	}
	return nil
}

// Within adds to the error of a truncated file in which record it ends.
func Within(err error, kind, id string, line int) error {
	if syntax, ok := err.(*SyntaxError); ok && syntax.Err == io.ErrUnexpectedEOF {
		syntax.Detail += fmt.Sprintf(" The last %s, %s, begins at line %d and is not whole.", kind, id, line)
	}
	return err
}
