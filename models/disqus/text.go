package disqus

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxReference is the longest "&...;" that is looked at, in bytes.
const maxReference = 36

// sink collects the text of one element, up to a limit. A nil sink drops it.
type sink struct {
	buf   []byte
	start int  // where this text begins in buf
	limit int  // bytes that it may have
	over  bool // it had more; the rest was dropped
	cr    bool // the last raw byte was a carriage return
	high  rune // a high surrogate reference that waits for its low half, or 0
}

// open starts a text of at most limit bytes behind what buf holds.
func (t *sink) open(limit int) {
	t.start, t.limit, t.over, t.cr, t.high = len(t.buf), limit, false, false, 0
}

// raw adds bytes as they stand in the file, with line ends made "\n" (XML 1.0, 2.11).
func (t *sink) raw(b []byte) {
	if t == nil || len(b) == 0 {
		return
	}
	t.flushHigh()
	if t.cr && b[0] == '\n' {
		b = b[1:]
	}
	t.cr = false
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			t.add(b)
			return
		}
		t.add(b[:i])
		t.add([]byte{'\n'})
		b = b[i+1:]
		if len(b) == 0 {
			t.cr = true
			return
		}
		if b[0] == '\n' {
			b = b[1:]
		}
	}
}

func (t *sink) add(b []byte) {
	if room := t.limit - (len(t.buf) - t.start); len(b) > room {
		t.over = true
		b = b[:max(room, 0)]
	}
	t.buf = append(t.buf, b...)
}

// reference adds what the reference at the front of b stands for and returns
// its length. What is no reference is text: "&" alone, one byte.
func (t *sink) reference(b []byte) int {
	end := bytes.IndexByte(b[:min(len(b), maxReference)], ';')
	if end < 0 {
		t.raw(b[:1])
		return 1
	}
	ref := b[1:end]
	if len(ref) > 1 && ref[0] == '#' {
		if r, ok := number(ref[1:]); ok {
			t.char(r)
			return end + 1
		}
	}
	if text, ok := entity(b[:end+1]); ok {
		t.cr = false
		t.flushHigh()
		t.add([]byte(text))
		return end + 1
	}
	t.raw(b[:1])
	return 1
}

// char adds a character given by number. Some exporters wrote characters beyond
// U+FFFF as two references, one for each surrogate; these are joined.
func (t *sink) char(r rune) {
	t.cr = false
	if t.high != 0 {
		if pair := utf16.DecodeRune(t.high, r); pair != utf8.RuneError {
			t.high, r = 0, pair
		}
		t.flushHigh()
	}
	if r >= 0xD800 && r < 0xDC00 {
		t.high = r
		return
	}
	t.add(utf8.AppendRune(nil, r))
}

// flushHigh gives up waiting for a low surrogate.
func (t *sink) flushHigh() {
	if t.high != 0 {
		t.high = 0
		t.add([]byte("\uFFFD"))
	}
}

// number reads the digits of a character reference; out of range is U+FFFD.
func number(b []byte) (rune, bool) {
	base := 10
	if len(b) > 1 && b[0] == 'x' {
		base, b = 16, b[1:]
	}
	n, err := strconv.ParseUint(string(b), base, 64)
	if err != nil {
		return 0, false
	}
	if n > utf8.MaxRune {
		n = utf8.RuneError
	}
	return rune(n), true
}

// entity is the text of an XML or HTML entity such as "&amp;". A name that only
// begins like one ("&copyright;") is none.
func entity(b []byte) (string, bool) {
	for _, c := range b[1 : len(b)-1] {
		if !isASCIIAlnum(c) {
			return "", false
		}
	}
	text := html.UnescapeString(string(b))
	return text, text[len(text)-1] != ';'
}

func isASCIIAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// dropControls makes a space of each control character that XML forbids and
// that no comment means: databases and browsers trip over them.
func dropControls(b []byte) {
	for i, c := range b {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' {
			b[i] = ' '
		}
	}
}
