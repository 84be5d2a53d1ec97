package keyword

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// MaxReadings is the most that [Readings] lists.
const MaxReadings = 100

// Reading is one place where a text shows something other than it says.
type Reading struct {
	Start, End int    // half-open byte offsets in the original text
	Shown      string // what is read there, "" for nothing
	What       string // the disguise in a few words: "zero-width space", "Cyrillic а read as a"
}

// Readings explains how the matcher reads text: shown is the text as a reader
// sees it, the addresses of its links and the second reading of upside-down
// words on lines of their own; list names the places, in their order, where the
// reading differs from what is written, or has another besides. Plain text
// gives none, and capital letters none. It takes time linear in the length of
// text.
func Readings(text string) (shown string, list []Reading) {
	var f folder
	f.body(text)
	r := reader{text: text, cells: slices.Clone(f.cells)}
	r.native = nativeWords(r.cells)
	r.hidden()
	r.characters()
	r.order()
	r.apart()
	slices.SortStableFunc(r.list, func(a, b Reading) int { return a.Start - b.Start })
	for i := 0; i < len(f.links); i++ {
		f.wall(f.links[i].start)
		f.segment(f.links[i].start, f.links[i].end)
	}
	return spell(f.cells, nativeWords(f.cells)), r.list[:min(len(r.list), MaxReadings)]
}

func spell(cells []cell, native []bool) string {
	var b strings.Builder
	for i := range cells {
		if native[i] {
			b.WriteRune(cells[i].r)
		} else {
			b.WriteRune(shown(&cells[i]))
		}
	}
	return b.String()
}

// reader compares cells with the text they were read from.
type reader struct {
	text   string
	cells  []cell
	native []bool // of each cell: it stands in a word of another script
	list   []Reading
}

// add lists a reading. Each kind of reading stops at the bound by itself, so
// that no kind keeps another out before all are sorted.
func (r *reader) add(count *int, start, end int, shown, what string) {
	if *count++; *count <= MaxReadings {
		r.list = append(r.list, Reading{Start: start, End: end, Shown: shown, What: what})
	}
}

// hidden lists what has no cell: tags, addresses, invisible characters.
func (r *reader) hidden() {
	byStart := slices.Clone(r.cells)
	slices.SortFunc(byStart, func(a, b cell) int { return int(a.start - b.start) })
	count, at := 0, 0
	for i := range byStart {
		r.gap(&count, at, int(byStart[i].start))
		at = max(at, int(byStart[i].end))
	}
	r.gap(&count, at, len(r.text))
}

// gap lists what stands between two cells: one entry for each stretch of the
// same kind.
func (r *reader) gap(count *int, at, to int) {
	for at < to {
		end, what := r.nothing(at, to)
		for end < to {
			next, same := r.nothing(end, to)
			if same != what {
				break
			}
			end = next
		}
		if what != "" {
			r.add(count, at, end, "", what)
		}
		at = end
	}
}

// nothing names what stands at a place that shows nothing, and says where it
// ends.
func (r *reader) nothing(at, to int) (int, string) {
	switch r.text[at] {
	case '<':
		if n := strings.IndexByte(r.text[at:to], '>'); n >= 0 {
			return at + n + 1, "tag that does not show"
		}
		return to, "tag that does not show"
	case '(', '[':
		return to, "address of a link, read behind the text"
	case '&':
		if c, next, ok := reference(r.text, at); ok && next <= to {
			return next, "character reference to " + invisible(c)
		}
	case '%', '\\':
		return to, "encoded " + invisible(0)
	}
	c, n := utf8.DecodeRuneInString(r.text[at:to])
	return at + n, invisible(c)
}

// invisible names a character that shows nothing.
func invisible(c rune) string {
	switch {
	case c == 0xAD:
		return "soft hyphen"
	case c == 0x200B:
		return "zero-width space"
	case c == 0x200C || c == 0x200D:
		return "zero-width joiner"
	case c == 0x2060 || c == 0xFEFF:
		return "zero-width no-break space"
	case c >= lre && c <= rlo || c >= lri && c <= pdi || c == 0x200E || c == 0x200F || c == 0x061C:
		return "control of the writing direction"
	case c >= 0xFE00 && c <= 0xFE0F || c >= 0xE0100 && c <= 0xE01EF:
		return "variation selector"
	case c >= 0xE0000 && c <= 0xE007F:
		return "tag character"
	case c == 0x115F || c == 0x1160 || c == 0x3164 || c == 0xFFA0 || c == 0x2800:
		return "blank letter"
	case unicode.IsMark(c):
		return "mark without a letter"
	case c < ' ' || c >= 0x7f && c < 0xA0:
		return "control character"
	}
	return "invisible character"
}

// characters lists the cells that do not show what is written.
func (r *reader) characters() {
	count := 0
	for i := 0; i < len(r.cells) && count <= MaxReadings; i++ {
		c := &r.cells[i]
		if c.kind == wall {
			return
		}
		first := i
		for i+1 < len(r.cells) && r.cells[i+1].start == c.start && r.cells[i+1].kind != wall {
			i++
		}
		raw := r.text[c.start:c.end]
		shown := spell(r.cells[first:i+1], r.native[first:i+1])
		if what := r.what(first, raw, shown); what != "" {
			r.add(&count, int(c.start), int(c.end), shown, what)
		}
	}
}

// what names the disguise of the cell at i, which was read from raw, or gives
// "" when it is none.
func (r *reader) what(i int, raw, shown string) string {
	c := &r.cells[i]
	written, n := utf8.DecodeRuneInString(raw)
	switch {
	case c.blank():
		return ""
	case raw[0] == '&' && n < len(raw):
		return "character reference " + raw + " read as " + shown
	case raw[0] == '%' && n < len(raw):
		return "percent-encoding " + raw + " read as " + shown
	case raw[0] == '\\' && n < len(raw):
		return "escape " + raw + " read as " + shown
	case written == utf8.RuneError:
		return "byte that is no text"
	case written >= 0x80 && !r.native[i] && string(unicode.ToLower(written)) != shown && !unicode.IsPunct(written):
		return fmt.Sprintf("%s %c read as %s", kindOf(written), written, shown)
	case n < len(raw):
		return attachedTo(raw[n:])
	case written < 0x80 && c.kind != letter && c.alt[0] != 0:
		return r.substitute(i)
	}
	return ""
}

// attachedTo names what follows a character within one grapheme.
func attachedTo(rest string) string {
	marks := 0
	for _, c := range rest {
		if !unicode.IsMark(c) || attached(c) {
			return invisible(c)
		}
		marks++
	}
	if marks == 1 {
		return "mark on a letter"
	}
	return fmt.Sprintf("%d marks on a letter", marks)
}

// kindOf says what sort of character is read as another.
func kindOf(c rune) string {
	for _, s := range [...]struct {
		name  string
		table *unicode.RangeTable
	}{
		{"Cyrillic", unicode.Cyrillic}, {"Greek", unicode.Greek}, {"Armenian", unicode.Armenian}, {"Hebrew", unicode.Hebrew}, {"Cherokee", unicode.Cherokee},
		{"Coptic", unicode.Coptic}, {"Chinese", unicode.Han}, {"Japanese", unicode.Hiragana}, {"Japanese", unicode.Katakana}, {"Thai", unicode.Thai},
		{"Canadian syllabic", unicode.Canadian_Aboriginal}, {"Lisu", unicode.Lisu}, {"Georgian", unicode.Georgian}, {"Korean", unicode.Hangul},
	} {
		if unicode.Is(s.table, c) {
			return s.name
		}
	}
	switch {
	case c >= 0xFF01 && c <= 0xFF5E:
		return "fullwidth"
	case c >= 0x1D400 && c <= 0x1D7FF:
		return "mathematical"
	case turnedGlyph(c):
		return "upside-down"
	case enclosedGlyph(c):
		return "enclosed"
	case unicode.Is(unicode.Latin, c):
		return "Latin"
	case unicode.IsLetter(c):
		return "letter"
	case unicode.IsDigit(c):
		return "digit"
	}
	return "sign"
}

func enclosedGlyph(c rune) bool {
	return c >= 0x2460 && c <= 0x24FF || c >= 0x1F100 && c <= 0x1F1FF
}

// substitute names a digit or sign among letters that may stand for a letter.
func (r *reader) substitute(i int) string {
	c := &r.cells[i]
	if c.kind == sign && (i == 0 || !r.cells[i-1].word() || i+1 == len(r.cells) || !r.cells[i+1].word()) {
		return ""
	}
	from, to := i, i+1
	for from > 0 && i-from < maxMasked && (r.cells[from-1].word() || r.cells[from-1].alt[0] != 0) {
		from--
	}
	for to < len(r.cells) && to-i < maxMasked && (r.cells[to].word() || r.cells[to].alt[0] != 0) {
		to++
	}
	letters := 0
	for k := from; k < to; k++ {
		if r.cells[k].kind == letter {
			letters++
		}
	}
	if letters < 2 {
		return ""
	}
	what := fmt.Sprintf("%c may be read as %c", c.r, c.alt[0])
	if c.alt[1] != 0 {
		what += fmt.Sprintf(" or %c", c.alt[1])
	}
	if c.kind == digit {
		return "digit " + what
	}
	return "sign " + what
}

// order lists the stretches that are read from behind.
func (r *reader) order() {
	count := 0
	for i := 0; i < len(r.cells); i++ {
		j := i
		for j+1 < len(r.cells) && r.cells[j+1].kind != wall && r.cells[j+1].end <= r.cells[j].start {
			j++
		}
		if j > i {
			what, shown := "text direction reversed", spell(r.cells[i:j+1], r.native[i:j+1])
			if over, found := upended(r.cells[i : j+1]); found {
				what, shown = "upside-down, read from behind", over
			}
			r.add(&count, int(r.cells[j].start), int(r.cells[i].end), shown, what)
		}
		i = j
	}
}

// upended gives what cells show when the page is turned, and whether any of
// them is drawn upside down.
func upended(cells []cell) (string, bool) {
	over := slices.Clone(cells)
	found := false
	for i := range over {
		if over[i].is(turned) {
			found = true
		} else if r := turnedOver(over[i].r); r != 0 {
			over[i].r = rune(r)
		}
	}
	return spell(over, make([]bool, len(over))), found
}

// apart lists single letters that stand apart and are read as one word.
func (r *reader) apart() {
	count := 0
	for i := 0; i < len(r.cells) && r.cells[i].kind != wall; i++ {
		end, word := r.chain(i)
		if utf8.RuneCountInString(word) > 2 {
			r.add(&count, int(r.cells[i].start), int(r.cells[end-1].end), word, "letters set apart, read as one word")
			i = end - 1
		}
	}
}

// chain gives the word spelled by single letters from cell i on, and the cell
// behind it.
func (r *reader) chain(i int) (int, string) {
	var word []rune
	end := i
	for k := i; k < len(r.cells) && r.cells[k].kind == letter; {
		if k > 0 && r.cells[k-1].word() || k+1 < len(r.cells) && r.cells[k+1].word() {
			break
		}
		word = append(word, shown(&r.cells[k]))
		end = k + 1
		for k++; k < len(r.cells) && k-end < maxGap && !r.cells[k].word() && r.cells[k].kind != wall; {
			k++
		}
	}
	return end, string(word)
}
