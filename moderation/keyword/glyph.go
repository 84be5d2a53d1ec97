package keyword

import (
	"unicode"
	"unicode/utf8"
)

// Operations of the glyph table: the first byte of a reading.
const (
	opHidden  = 'I' // nothing to see
	opMark    = 'M' // a mark on the letter before
	opSpace   = 'S'
	opNewline = 'N'
	opText    = 'L' // these ASCII characters, one after the other
	opEither  = 'P' // one ASCII letter, then its second reading
	opNative  = 'A' // a letter of its own, then ASCII letters it looks like
	opSign    = 'G' // a sign, then ASCII letters it looks like
)

// glyph returns the reading of a character beyond ASCII, or "" when the table
// has none. Two lookups in constant strings; nothing is allocated.
func glyph(r rune) string {
	if r >= 0x20000 {
		if r >= 0xE0000 && r < 0xE1000 {
			return string(rune(opHidden))
		}
		return ""
	}
	b := int(r) / glyphBlock * 2
	at := (int(glyphIndex[b])<<8 | int(glyphIndex[b+1])) * glyphBlock * 2
	at += int(r) % glyphBlock * 2
	id := (int(glyphData[at])<<8 | int(glyphData[at+1])) * glyphSlot
	return glyphReading[id+1 : id+1+int(glyphReading[id])]
}

// emit appends the cells of one character that was read from text[start:end].
func (f *folder) emit(r rune, start, end int) {
	if r < 0x80 {
		f.emitASCII(byte(r), start, end, 0)
		return
	}
	reading := glyph(r)
	if reading == "" {
		f.emitOther(r, start, end)
		return
	}
	f.emitReading(r, reading[0], reading[1:], start, end)
	if turnedGlyph(r) && len(f.cells) > 0 {
		f.cells[len(f.cells)-1].flag |= turned
		f.turned = true
	}
}

func (f *folder) emitReading(r rune, op byte, body string, start, end int) {
	switch op {
	case opHidden:
		f.hide(r)
		if attached(r) {
			f.extend(end)
		}
	case opMark:
		f.extend(end)
	case opSpace:
		f.blank(space, start, end)
	case opNewline:
		f.blank(newline, start, end)
	case opText:
		f.emitText(r, body, start, end)
	case opEither:
		f.emitASCII(body[0], start, end, exotic)
		f.cells[len(f.cells)-1].alt[0] = body[1]
	case opNative:
		native, n := utf8.DecodeRuneInString(body)
		f.push(cell{start: int32(start), end: int32(end), r: native, kind: letter, flag: exotic | capital(r), code: f.code(native), alt: two(body[n:])})
	case opSign:
		f.push(cell{start: int32(start), end: int32(end), r: r, kind: sign, flag: exotic, alt: two(body)})
	}
}

// attached says whether an invisible character belongs to the one before, as
// part of one grapheme (UAX #29): variation selectors, the grapheme joiner and
// tag characters.
func attached(r rune) bool {
	return r >= 0xFE00 && r <= 0xFE0F || r == 0x034F || r >= 0x180B && r <= 0x180F && r != 0x180E || r >= 0xE0000
}

func two(s string) (alt [2]byte) {
	copy(alt[:], s)
	return alt
}

func capital(r rune) uint8 {
	if unicode.IsUpper(r) {
		return upper
	}
	return 0
}

// emitText emits a character that is read as ASCII text. All its cells come
// from the same bytes.
func (f *folder) emitText(r rune, text string, start, end int) {
	for i := 0; i < len(text); i++ {
		f.emitASCII(text[i], start, end, exotic|capital(r))
	}
}

// emitOther emits a character the table does not know: a letter, vowel sign or
// digit of its script, or a sign.
func (f *folder) emitOther(r rune, start, end int) {
	c := cell{start: int32(start), end: int32(end), r: r, kind: sign, flag: exotic}
	switch {
	case r >= 0xAC00 && r <= 0xD7A3:
		f.emitHangul(r, start, end)
		return
	case unicode.IsLetter(r):
		c.kind, c.r, c.flag = letter, unicode.ToLower(r), exotic|capital(r)
		c.code = f.code(c.r)
	case unicode.IsMark(r):
		if n := len(f.cells); n == 0 || f.cells[n-1].kind != letter || f.cells[n-1].r < 0x80 {
			f.extend(end)
			return
		}
		c.kind, c.flag, c.code = letter, exotic|accent, f.code(r)
	case unicode.IsDigit(r):
		c.kind, c.code = letter, f.code(r)
	case unicode.IsSpace(r):
		f.blank(space, start, end)
		return
	}
	f.push(c)
}

// emitHangul splits a syllable into its letters, so that both ways of writing
// one are the same (Unicode, section 3.12).
func (f *folder) emitHangul(r rune, start, end int) {
	s := r - 0xAC00
	jamo := [3]rune{0x1100 + s/588, 0x1161 + s%588/28, 0x11A7 + s%28}
	for i, j := range jamo {
		if i == 2 && j == 0x11A7 {
			return
		}
		flag := exotic
		if i > 0 {
			flag |= accent
		}
		f.push(cell{start: int32(start), end: int32(end), r: j, kind: letter, flag: flag, code: f.code(j)})
	}
}
