package intake

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

const (
	windowSize = 64 << 10 // bytes of the file in memory
	maxTag     = 16 << 10 // bytes of one tag
	maxName    = 128      // bytes of an element's name
	maxStray   = 4 << 10  // bytes before the first "<"
)

// Event is what a Scanner came to.
type Event uint8

// The events.
const (
	StartElement Event = iota
	EndElement
	EndOfFile
)

// Scanner cuts XML into start tags, end tags and text. It keeps a window of the
// file and the names of the open elements, nothing more.
type Scanner struct {
	src      io.Reader
	buf      []byte
	pos, end int   // unread part of buf
	base     int64 // offset of buf[0] in the file
	err      error // why src has no more

	of       string // what the file should be, such as "a Disqus export"
	maxDepth int
	names    []byte // qualified names of the open elements, one after the other
	depths   []int  // where each begins in names

	Line    int    // that has been come to, from 1
	Name    []byte // of the last tag; valid until Next
	Local   []byte // the same without its prefix
	ID      []byte // its id attribute, nil without one; valid until Next
	TagLine int    // the line it begins on
	closing bool   // it was <name/>: its end is due
}

// NewScanner reads src, which should be what of says ("a Disqus export"), with
// elements nested no deeper than maxDepth.
func NewScanner(src io.Reader, of string, maxDepth int) *Scanner {
	return &Scanner{src: src, buf: make([]byte, windowSize), Line: 1, of: of, maxDepth: maxDepth}
}

// Depth is how many elements are open.
func (s *Scanner) Depth() int { return len(s.depths) }

// Offset is how many bytes of the unpacked file have been read.
func (s *Scanner) Offset() int64 { return s.base + int64(s.pos) }

// Syntax says what is wrong at this place of the file.
func (s *Scanner) Syntax(format string, args ...any) error {
	return &SyntaxError{Line: s.Line, Offset: s.Offset(), Detail: fmt.Sprintf(format, args...)}
}

// fill reads more behind what is unread; false when there is no more.
func (s *Scanner) fill() bool {
	if s.err != nil {
		return false
	}
	copy(s.buf, s.buf[s.pos:s.end])
	s.base += int64(s.pos)
	s.pos, s.end = 0, s.end-s.pos
	for range 100 {
		n, err := s.src.Read(s.buf[s.end:])
		s.end += n
		s.err = err
		if n > 0 || err != nil {
			return n > 0
		}
	}
	s.err = io.ErrNoProgress
	return false
}

// need makes n bytes readable, or as many as there are.
func (s *Scanner) need(n int) []byte {
	for s.end-s.pos < n && s.fill() {
	}
	return s.buf[s.pos:s.end]
}

// advance moves over n readable bytes.
func (s *Scanner) advance(n int) {
	s.Line += bytes.Count(s.buf[s.pos:s.pos+n], []byte{'\n'})
	s.pos += n
}

// Next goes to the next tag or to the end, and gives the text before it to t.
func (s *Scanner) Next(t *Text) (Event, error) {
	if s.closing {
		s.closing = false
		s.pop()
		return EndElement, nil
	}
	for {
		s.text(t)
		b := s.need(9)
		if len(b) == 0 {
			return EndOfFile, s.readError()
		}
		s.TagLine = s.Line
		switch {
		case len(b) < 2:
			return 0, s.Truncated("inside a tag")
		case b[1] == '/':
			return EndElement, s.endTag()
		case b[1] != '!' && b[1] != '?':
			return StartElement, s.startTag()
		}
		if err := s.markup(b, t); err != nil {
			return 0, err
		}
	}
}

// readError is the trouble below the Scanner, nil at a plain end of file.
func (s *Scanner) readError() error {
	if s.err == nil || errors.Is(s.err, io.EOF) {
		return nil
	}
	detail := fmt.Sprintf("The file cannot be read any further: %v.", s.err)
	if errors.Is(s.err, io.ErrUnexpectedEOF) {
		detail = "The file ends in the middle of its compressed data: it is truncated."
	}
	return &SyntaxError{Line: s.Line, Offset: s.Offset(), Detail: detail, Err: s.err}
}

// Truncated says that the file ends where it should not.
func (s *Scanner) Truncated(where string) error {
	if err := s.readError(); err != nil {
		return err
	}
	return &SyntaxError{Line: s.Line, Offset: s.Offset(), Err: io.ErrUnexpectedEOF,
		Detail: fmt.Sprintf("The file ends %s: it is truncated.", where)}
}

// text gives everything up to the next "<" to t.
func (s *Scanner) text(t *Text) {
	for {
		b := s.need(1)
		if len(b) == 0 {
			return
		}
		stop := bytes.IndexByte(b, '<')
		if stop >= 0 {
			b = b[:stop]
		}
		if amp := bytes.IndexByte(b, '&'); amp >= 0 && t != nil {
			t.raw(b[:amp])
			s.advance(amp)
			b = s.need(maxReference)
			s.advance(t.reference(b))
			continue
		}
		t.raw(b)
		s.advance(len(b))
		if stop >= 0 {
			return
		}
	}
}

// markup passes over a comment, a processing instruction or CDATA at the front of b.
func (s *Scanner) markup(b []byte, t *Text) error {
	switch {
	case b[1] == '?':
		return s.instruction()
	case bytes.HasPrefix(b, []byte("<!--")):
		s.advance(4)
		return s.until("-->", nil, "inside a comment")
	case bytes.HasPrefix(b, []byte("<![CDATA[")):
		s.advance(9)
		return s.until("]]>", t, "inside a CDATA section")
	case len(b) < 9:
		return s.Truncated("inside a declaration")
	case bytes.EqualFold(b[:9], []byte("<!DOCTYPE")):
		return s.Syntax("The file has a DOCTYPE. No export needs one, and it can make a reader fetch or multiply data, so it is refused.")
	}
	return s.Syntax("A declaration that no export has begins here (%q).", b[:9])
}

// until gives everything before end to t and passes over end.
func (s *Scanner) until(end string, t *Text, where string) error {
	for {
		b := s.need(len(end))
		if i := bytes.Index(b, []byte(end)); i >= 0 {
			t.raw(b[:i])
			s.advance(i + len(end))
			return nil
		}
		if len(b) < len(end) {
			return s.Truncated(where)
		}
		keep := len(b) - len(end) + 1
		t.raw(b[:keep])
		s.advance(keep)
	}
}

// instruction passes over <?...?>; the XML declaration must not name another encoding than UTF-8.
func (s *Scanner) instruction() error {
	decl := s.need(512)
	if i := bytes.Index(decl, []byte("?>")); i >= 0 {
		decl = decl[:i]
	}
	if enc := declaredEncoding(decl); enc != "" {
		return s.Syntax("The file says that it is encoded in %s; only UTF-8 is read. Convert it first, and say UTF-8 in its first line.", enc)
	}
	s.advance(2)
	return s.until("?>", nil, "inside a processing instruction")
}

// declaredEncoding returns the encoding of an XML declaration when it is not UTF-8 or a part of it.
func declaredEncoding(decl []byte) string {
	if !bytes.HasPrefix(decl, []byte("<?xml")) {
		return ""
	}
	_, rest, ok := bytes.Cut(decl, []byte("encoding"))
	if !ok {
		return ""
	}
	rest = bytes.TrimLeft(rest, " \t\r\n=")
	if len(rest) < 2 {
		return ""
	}
	name, _, _ := bytes.Cut(rest[1:], rest[:1])
	for _, known := range []string{"utf-8", "utf8", "us-ascii", "ascii"} {
		if bytes.EqualFold(name, []byte(known)) {
			return ""
		}
	}
	return fmt.Sprintf("%.40q", name)
}
