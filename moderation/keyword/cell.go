package keyword

import (
	"strings"
	"unicode"
)

// kind says what a cell is to the matcher.
type kind uint8

const (
	letter  kind = iota + 1
	digit        // 0 to 9, each also readable as a letter
	sign         // anything else that shows; some signs are readable as letters
	space        // white space within a line
	newline      // white space with a line break, or a block tag
	wall         // end of a part of the text; no match crosses it
)

// Flags of a cell.
const (
	upper  uint8 = 1 << iota // written as a capital letter
	exotic                   // not written as the plain ASCII character
	turned                   // drawn upside down
	accent                   // a vowel sign of a script that needs its marks
)

// cell is one thing a reader sees, with the bytes it was read from. Invisible
// characters, marks, tags and references have no cell of their own.
type cell struct {
	start, end int32   // half-open byte range in the original text
	r          rune    // lower-case letter, digit or sign; width of a space
	code       uint16  // the letter in the automaton's alphabet, 0 for none
	alt        [2]byte // other ASCII letters this may be read as
	kind       kind
	flag       uint8
}

func (c *cell) word() bool { return c.kind == letter || c.kind == digit }

func (c *cell) blank() bool { return c.kind == space || c.kind == newline }

func (c *cell) is(f uint8) bool { return c.flag&f != 0 }

// reads says whether the cell may be read as the ASCII letter or digit r.
func (c *cell) reads(r rune) bool {
	return c.r == r || r < 0x80 && (rune(c.alt[0]) == r || rune(c.alt[1]) == r)
}

// foreign says whether the cell is a letter of another script that nobody takes
// for a Latin one.
func (c *cell) foreign() bool {
	return c.kind == letter && c.r >= 0x80 && unicode.IsLetter(c.r) && (c.alt[0] == 0 || strings.ContainsRune("бджзилфцчшщъыэюяδζθλμξπσςφψω", c.r))
}

// plainLetter says whether the cell is a letter with one reading only.
func (c *cell) plainLetter() bool { return c.kind == letter && c.alt[0] == 0 }

// sameLetter says whether two cells may show the same letter, as the parts of
// a stretched one do.
func sameLetter(a, b *cell) bool {
	if a.r == b.r {
		return true
	}
	return b.alt[0] != 0 && a.reads(rune(b.alt[0])) || b.alt[1] != 0 && a.reads(rune(b.alt[1])) || a.alt[0] != 0 && b.reads(rune(a.alt[0])) || a.alt[1] != 0 && b.reads(rune(a.alt[1]))
}

// digitLetters and signLetters give the letters that ASCII digits and signs
// stand for in disguised words ("leet").
func digitLetters(r rune) [2]byte {
	switch r {
	case '0':
		return [2]byte{'o'}
	case '1':
		return [2]byte{'i', 'l'}
	case '2':
		return [2]byte{'z', 'r'}
	case '3':
		return [2]byte{'e'}
	case '4':
		return [2]byte{'a'}
	case '5':
		return [2]byte{'s'}
	case '6':
		return [2]byte{'g', 'b'}
	case '7':
		return [2]byte{'t', 'l'}
	case '8':
		return [2]byte{'b'}
	case '9':
		return [2]byte{'g', 'q'}
	}
	return [2]byte{}
}

func signLetters(r rune) [2]byte {
	switch r {
	case '@':
		return [2]byte{'a'}
	case '$':
		return [2]byte{'s'}
	case '!':
		return [2]byte{'i', 'l'}
	case '|':
		return [2]byte{'l', 'i'}
	case '+':
		return [2]byte{'t'}
	case '#':
		return [2]byte{'h'}
	case '(', '<', '{', '[':
		return [2]byte{'c'}
	case '^':
		return [2]byte{'a'}
	}
	return [2]byte{}
}

// Codes of the automaton's alphabet. Letters beyond ASCII follow lastCode.
const (
	codeDigit = 27 // '0'
	codeDot   = 37
	codeDash  = 38
	lastCode  = 38
)

// asciiCode gives the code of an ASCII letter, digit, dot or hyphen, else 0.
func asciiCode(r rune) uint16 {
	switch {
	case r >= 'a' && r <= 'z':
		return uint16(r - 'a' + 1)
	case r >= '0' && r <= '9':
		return uint16(r - '0' + codeDigit)
	case r == '.':
		return codeDot
	case r == '-':
		return codeDash
	}
	return 0
}
