package keyword

import (
	"strings"
	"unicode/utf8"
)

// folder turns a text into cells. It is reused from text to text.
type folder struct {
	text      string
	cells     []cell
	links     []link          // addresses of links, read after the text itself
	controls  []control       // writing direction controls, by cell
	letters   map[rune]uint16 // codes of letters beyond ASCII that the list uses
	override  bool            // some control overrides the direction
	turned    bool            // some letter is drawn upside down
	nextGT    int             // index of the next '>' at or after the last '<'
	nextClose int             // index of the next bracket that may end a link
	defines   bool            // some line of the text defines the address of a link
}

type byteRange struct{ start, end int }

const (
	maxTagBytes = 1_000 // a longer `<…>` is text
)

// fold reads text into f.cells: the text first, then the address of each link
// behind a wall. It takes time linear in the length of text.
func (f *folder) fold(text string) {
	f.body(text)
	f.readLinks()
	f.wall(len(text))
}

// body reads text without the addresses of its links.
func (f *folder) body(text string) {
	f.begin(text)
	f.segment(0, len(text))
	if f.override {
		f.reorder()
	}
	if f.turned {
		f.unturn()
	}
}

func (f *folder) begin(text string) {
	f.text, f.cells, f.links, f.controls = text, f.cells[:0], f.links[:0], f.controls[:0]
	f.override, f.turned, f.nextGT, f.nextClose = false, false, -1, -1
	f.defines = strings.Contains(text, "]:")
}

func (f *folder) segment(at, to int) {
	text := f.text[:to]
	for at < to {
		b := text[at]
		switch {
		case b|0x20 >= 'a' && b|0x20 <= 'z':
			f.emitLetter(b, at)
			at++
		case b >= 0x80:
			r, n := utf8.DecodeRuneInString(text[at:])
			f.emit(r, at, at+n)
			at += n
		default:
			at = f.special(text, at)
		}
	}
}

// emitLetter is the path of nearly every byte.
func (f *folder) emitLetter(b byte, at int) {
	r := rune(b | 0x20)
	c := cell{start: int32(at), end: int32(at) + 1, r: r, code: uint16(r - 'a' + 1), kind: letter}
	if b < 'a' {
		c.flag = upper
		if b == 'I' {
			c.alt[0] = 'l'
		}
	}
	f.cells = append(f.cells, c)
}

// special reads what begins with an ASCII character other than a letter, and
// returns the index behind it.
func (f *folder) special(text string, at int) int {
	switch text[at] {
	case '&':
		if r, next, ok := reference(text, at); ok {
			f.emit(r, at, next)
			return next
		}
	case '<':
		if next := f.tag(text, at); next > at {
			return next
		}
	case ']':
		f.emitASCII(']', at, at+1, 0)
		return f.linkTail(text, at+1)
	case '%':
		if next := f.percent(text, at); next > at {
			return next
		}
	case '=':
		if next := f.quoted(text, at); next > at {
			return next
		}
	case '[':
		if next := bracketTag(text, at); next > at {
			return next
		}
	case '\\':
		if r, n := escape(text[at:]); n > 0 {
			f.emit(r, at, at+n)
			return at + n
		}
	}
	f.emitASCII(text[at], at, at+1, 0)
	return at + 1
}

// emitASCII appends the cell of one ASCII character.
func (f *folder) emitASCII(b byte, start, end int, flag uint8) {
	r := rune(b)
	c := cell{start: int32(start), end: int32(end), r: r, kind: sign, flag: flag}
	switch {
	case b|0x20 >= 'a' && b|0x20 <= 'z':
		if b < 'a' {
			c.flag |= upper
		}
		c.kind, c.r = letter, r|0x20
		c.code = uint16(c.r - 'a' + 1)
	case b >= '0' && b <= '9':
		c.kind, c.code, c.alt = digit, asciiCode(r), digitLetters(r)
	case b == ' ' || b == '\t' || b == '\v' || b == '\f':
		f.blank(space, start, end)
		return
	case b == '\n' || b == '\r':
		f.blank(newline, start, end)
		return
	case b < ' ' || b == 0x7f:
		return
	default:
		c.alt = signLetters(r)
	}
	f.cells = append(f.cells, c)
}

func (f *folder) push(c cell) { f.cells = append(f.cells, c) }

// extend lets the cell before take in a mark that ends at end.
func (f *folder) extend(end int) {
	if n := len(f.cells); n > 0 && f.cells[n-1].kind != wall && !f.cells[n-1].blank() && int(f.cells[n-1].end) < end {
		f.cells[n-1].end = int32(end)
	}
}

// blank appends white space, or widens the white space before.
func (f *folder) blank(k kind, start, end int) {
	n, c := len(f.cells), len(f.controls)
	if n > 0 && f.cells[n-1].blank() && (c == 0 || f.controls[c-1].at < n) {
		last := &f.cells[n-1]
		last.end, last.kind = int32(end), max(last.kind, k)
		last.r++
		return
	}
	f.push(cell{start: int32(start), end: int32(end), r: 1, kind: k})
}

func (f *folder) code(r rune) uint16 {
	if r < 0x80 {
		return asciiCode(r)
	}
	return f.letters[r]
}

// Folded is a text as the matcher reads it, with the way back to the original.
type Folded struct {
	Text string // plain letters, digits and signs, one space or newline between
	from []int32
	to   []int32
}

// Fold returns what the matcher reads in text: every disguised character as
// the letter it shows, nothing invisible. Where a character has two readings
// the first is given, in a word of another script the letter itself; digits and
// signs stay themselves. The addresses of
// links follow the text, each on a line of its own.
func Fold(text string) Folded {
	var f folder
	f.fold(text)
	var out Folded
	var b strings.Builder
	native := nativeWords(f.cells)
	for i := range f.cells[:len(f.cells)-1] {
		c := &f.cells[i]
		r := shown(c)
		if native[i] {
			r = c.r
		}
		b.WriteRune(r)
		for n := utf8.RuneLen(r); n > 0; n-- {
			out.from, out.to = append(out.from, c.start), append(out.to, c.end)
		}
	}
	out.Text = b.String()
	return out
}

// nativeWords says of each cell whether it stands in a word of another script:
// one with no letter a to z, in a text with letters that nobody takes for one.
// There a letter is itself, whatever it looks like.
func nativeWords(cells []cell) []bool {
	native := make([]bool, len(cells))
	foreign := 0
	for i := range cells {
		if cells[i].foreign() {
			foreign++
		}
	}
	for i := 0; i < len(cells) && foreign > 1; i++ {
		latin, j := false, i
		for ; j < len(cells) && cells[j].kind == letter; j++ {
			latin = latin || cells[j].r < 0x80
		}
		for k := i; k < j; k++ {
			native[k] = !latin
		}
		i = j
	}
	return native
}

func shown(c *cell) rune {
	switch {
	case c.kind == space:
		return ' '
	case c.kind == newline || c.kind == wall:
		return '\n'
	case c.r >= 0x80 && c.alt[0] != 0:
		return rune(c.alt[0])
	case !utf8.ValidRune(c.r):
		return utf8.RuneError
	}
	return c.r
}

// Original maps a half-open byte range of f.Text to the smallest byte range of
// the original text that holds all it was read from. It panics when the range
// is not within f.Text.
func (f Folded) Original(start, end int) (int, int) {
	if start >= end {
		return 0, 0
	}
	from, to := f.from[start], f.to[start]
	for i := start; i < end; i++ {
		from, to = min(from, f.from[i]), max(to, f.to[i])
	}
	return int(from), int(to)
}
