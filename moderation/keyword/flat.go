package keyword

import "unicode/utf8"

// Flat returns the words of text as a reader sees them, for comparing texts:
// letters in lower case, disguised ones as what they show, without marks,
// invisible characters, tags and punctuation, one space between two words. An
// apostrophe parts no word ("don't" is "dont"). Digits stay digits. The words
// in the addresses of links follow the text. Equal texts give equal results in
// every process of one version. It takes time linear in the length of text.
func Flat(text string) string {
	w := flatter{out: make([]byte, 0, len(text)+utf8.UTFMax)}
	w.f.begin(text)
	w.read(0, len(text))
	if w.f.override || w.f.turned {
		w.out, w.gap = w.out[:0], false
		w.f.body(text)
		w.write(w.f.cells)
	}
	for i := 0; i < len(w.f.links); i++ {
		w.gap = true
		w.read(w.f.links[i].start, w.f.links[i].end)
	}
	return string(w.out)
}

// flatter writes words without making cells of what is plain.
type flatter struct {
	f   folder
	out []byte
	gap bool // something stands between the last letter and the next
}

// read writes the words of a part of the text.
func (w *flatter) read(at, to int) {
	text := w.f.text[:to]
	w.f.cells = w.f.cells[:0]
	for at < to {
		b := text[at]
		switch {
		case b|0x20 >= 'a' && b|0x20 <= 'z':
			w.letter(rune(b | 0x20))
		case b >= '0' && b <= '9':
			w.letter(rune(b))
		case b >= 0x80 || b == '&' || b == '<' || b == '[' || b == ']' || b == '%' || b == '=' || b == '\\':
			at = w.fold(text, at)
			continue
		default:
			w.gap = w.gap || b != '\'' && b != 0x7f && (b >= ' ' || b >= '\t' && b <= '\r')
		}
		w.f.cells = w.f.cells[:0]
		at++
	}
}

// fold writes what is folded at text[at], and returns the index behind it. The
// last cell is kept, because a mark that follows belongs to it.
func (w *flatter) fold(text string, at int) int {
	before := len(w.f.cells)
	if text[at] < utf8.RuneSelf {
		at = w.f.special(text, at)
	} else {
		r, n := utf8.DecodeRuneInString(text[at:])
		w.f.emit(r, at, at+n)
		at += n
	}
	if n := len(w.f.cells); n > before {
		w.write(w.f.cells[before:])
		w.f.cells = append(w.f.cells[:0], w.f.cells[n-1])
	}
	return at
}

func (w *flatter) write(cells []cell) {
	for i := range cells {
		if c := &cells[i]; c.word() {
			w.letter(shown(c))
		} else {
			w.gap = w.gap || c.r != '\''
		}
	}
}

// letter writes a letter or digit, and the space due before it.
func (w *flatter) letter(r rune) {
	if w.gap && len(w.out) > 0 {
		w.out = append(w.out, ' ')
	}
	w.gap = false
	w.out = utf8.AppendRune(w.out, r)
}
