package intake

import (
	"bytes"
	"html"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// maxReference is the longest "&...;" that is looked at, in bytes.
const maxReference = 36

// Text collects the text of one element, up to a limit. A nil Text drops it.
type Text struct {
	Buf   []byte
	From  int  // where this text begins in Buf
	Limit int  // bytes that it may have
	Over  bool // it had more; the rest was dropped
	cr    bool // the last raw byte was a carriage return
	high  rune // a high surrogate reference that waits for its low half, or 0
}

// Open starts a text of at most limit bytes behind what Buf holds.
func (t *Text) Open(limit int) {
	t.From, t.Limit, t.Over, t.cr, t.high = len(t.Buf), limit, false, false, 0
}

// Close ends the text and returns it.
func (t *Text) Close() []byte {
	t.flushHigh()
	return t.Buf[t.From:]
}

// raw adds bytes as they stand in the file, with line ends made "\n" (XML 1.0, 2.11).
func (t *Text) raw(b []byte) {
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

func (t *Text) add(b []byte) {
	if room := t.Limit - (len(t.Buf) - t.From); len(b) > room {
		t.Over = true
		b = b[:max(room, 0)]
	}
	t.Buf = append(t.Buf, b...)
}

// reference adds what the reference at the front of b stands for and returns
// its length. What is no reference is text: "&" alone, one byte.
func (t *Text) reference(b []byte) int {
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
func (t *Text) char(r rune) {
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
func (t *Text) flushHigh() {
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
		if !IsAlnum(c) {
			return "", false
		}
	}
	text := html.UnescapeString(string(b))
	return text, text[len(text)-1] != ';'
}

// IsAlnum says whether c is an ASCII letter or digit.
func IsAlnum(c byte) bool {
	return c >= '0' && c <= '9' || c >= 'A' && c <= 'Z' || c >= 'a' && c <= 'z'
}

// DropControls makes a space of each control character that XML forbids and
// that no comment means: databases and browsers trip over them.
func DropControls(b []byte) {
	for i, c := range b {
		if c < 0x20 && c != '\n' && c != '\t' && c != '\r' {
			b[i] = ' '
		}
	}
}
