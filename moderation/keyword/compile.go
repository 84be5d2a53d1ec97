package keyword

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// What an entry stands for.
const (
	isPrefix   uint16 = 1 << iota // any ending counts
	isHost                        // exact, with its dots
	isPerson                      // possessive endings only
	isReversed                    // "Surname, First": the first gap holds a comma
	isInitial                     // the first letter is an initial
	isStem                        // lacks its last vowel, needs an ending
	isAllowed                     // never a hit
	isNarrow                      // ASCII look-alikes stand for letters of another script
	isStemY                       // a stem that lacks y rather than e
)

// entry is one spelling of a term in the automaton.
type entry struct {
	term    int32
	kind    uint16
	letters []uint16
	gaps    []uint8 // positions in letters where a new word begins, ascending
}

func (e *entry) is(k uint16) bool { return e.kind&k != 0 }

// gapAt says whether a new word may begin at letter k, or a dot of a host lies
// on either side of it.
func (e *entry) gapAt(k int) bool {
	if e.is(isHost) && k > 0 {
		return e.letters[k-1] == codeDot || k < len(e.letters) && e.letters[k] == codeDot
	}
	for _, g := range e.gaps {
		if int(g) == k {
			return true
		}
	}
	return false
}

// Matcher is a compiled list. It is immutable and safe for concurrent use.
type Matcher struct {
	terms   []Term
	entries []entry // sorted by letters
	trie    trie
	letters map[rune]uint16
	signs   []int // terms without any letter, matched as they are
	masks   index
	slips   slipIndex
	scratch *sync.Pool
}

// Compile prepares a list. An error names the term and wraps [ErrTerms].
func Compile(terms []Term) (*Matcher, error) {
	if len(terms) > MaxTerms {
		return nil, fmt.Errorf("%w: more than %d terms", ErrTerms, MaxTerms)
	}
	m := &Matcher{terms: slices.Clone(terms), letters: map[rune]uint16{}}
	c := compiler{m: m, f: folder{letters: m.letters}}
	for i, t := range m.terms {
		if err := c.add(int32(i), t); err != nil {
			return nil, fmt.Errorf("%w: term %d, %q: %s", ErrTerms, i+1, t.Line, err.Error())
		}
	}
	slices.SortStableFunc(m.entries, func(a, b entry) int { return slices.Compare(a.letters, b.letters) })
	m.trie = build(m.entries)
	m.indexMasks()
	m.indexSlips()
	m.scratch = &sync.Pool{New: func() any { return &scan{m: m, f: folder{letters: m.letters}} }}
	return m, nil
}

// compiler turns terms into entries.
type compiler struct {
	m *Matcher
	f folder
}

func (c *compiler) add(i int32, t Term) error {
	if t.Text == "" || len(t.Text) > MaxTermBytes {
		return fmt.Errorf("needs 1 to %d bytes", MaxTermBytes)
	}
	var kind uint16
	if t.Prefix {
		kind |= isPrefix
	}
	if t.Allowed {
		kind |= isAllowed
	}
	words := strings.Fields(t.Text)
	switch {
	case hostTerm(t.Text):
		return c.host(i, t.Text, kind|isHost)
	case personTerm(words):
		c.person(i, words, kind|isPerson)
	default:
		c.spell(i, t.Text, kind)
	}
	if n := len(c.m.entries); n == 0 || c.m.entries[n-1].term != i {
		if strings.TrimSpace(t.Text) == "" {
			return errors.New("shows nothing")
		}
		c.m.signs = append(c.m.signs, int(i))
	}
	return nil
}

// hostTerm says whether a term is the name of a host: labels with dots
// between them, and no space.
func hostTerm(text string) bool {
	labels := strings.Split(text, ".")
	for _, l := range labels {
		if l == "" || strings.IndexFunc(l, func(r rune) bool {
			return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '-' && !unicode.IsMark(r)
		}) >= 0 {
			return false
		}
	}
	return len(labels) > 1 && len(labels[len(labels)-1]) > 1
}

// personTerm says whether a term names a person: several words, each with a
// capital letter first.
func personTerm(words []string) bool {
	for _, w := range words {
		if r, _ := utf8.DecodeRuneInString(w); !unicode.IsUpper(r) {
			return false
		}
	}
	return len(words) > 1
}

func (c *compiler) host(i int32, text string, kind uint16) error {
	c.f.fold(text)
	e := entry{term: i, kind: kind}
	for k := range c.f.cells[:len(c.f.cells)-1] {
		cell := &c.f.cells[k]
		e.letters = append(e.letters, c.code(cell.r))
	}
	c.m.entries = append(c.m.entries, e)
	return nil
}

// spell adds the spellings of a word or phrase.
func (c *compiler) spell(i int32, text string, kind uint16) {
	for _, s := range spellings(text) {
		e, ok := c.entry(i, s, kind)
		if !ok {
			continue
		}
		c.m.entries = append(c.m.entries, e)
		if kind&(isPrefix|isAllowed|isPerson) == 0 {
			c.stem(e)
		}
		c.narrow(e)
	}
}

// spellings gives a text and its transliterations.
func spellings(text string) []string {
	all := []string{text}
	low := strings.ToLower(text)
	wide := strings.NewReplacer("ö", "oe", "ø", "oe", "ü", "ue", "ä", "ae", "å", "aa").Replace(low)
	if wide != low {
		all = append(all, wide)
	}
	return all
}

// entry folds a text into letters and gaps; ok is false without letters.
func (c *compiler) entry(i int32, text string, kind uint16) (entry, bool) {
	c.f.fold(text)
	e := entry{term: i, kind: kind}
	gap := false
	for k := range c.f.cells[:len(c.f.cells)-1] {
		cell := &c.f.cells[k]
		r := cell.r
		switch {
		case cell.kind == sign && cell.alt[0] != 0 && k > 0 && r != '-' && (c.f.cells[k-1].word() || k+2 < len(c.f.cells) && c.f.cells[k+1].word()):
			r = rune(cell.alt[0])
		case !cell.word():
			gap = true
			continue
		}
		if gap && len(e.letters) > 0 {
			e.gaps = append(e.gaps, uint8(len(e.letters)))
		}
		gap = false
		e.letters = append(e.letters, c.code(r))
	}
	return e, len(e.letters) > 0 && len(e.letters) <= MaxTermBytes
}

// stem adds a word without its final e or y, which an ending may replace.
func (c *compiler) stem(e entry) {
	n := len(e.letters)
	if n < 4 || e.letters[n-1] != asciiCode('e') && e.letters[n-1] != asciiCode('y') || e.gapAt(n-1) {
		return
	}
	e.kind |= isStem
	if e.letters[n-1] == asciiCode('y') {
		e.kind |= isStemY
	}
	e.letters = e.letters[:n-1]
	c.m.entries = append(c.m.entries, e)
}

// narrow adds the spelling of a term of another script in the ASCII letters
// that look like its own.
func (c *compiler) narrow(e entry) {
	changed := false
	letters := slices.Clone(e.letters)
	for i, k := range c.natives() {
		if i < len(letters) && k != 0 {
			letters[i], changed = asciiCode(rune(k)), true
		}
	}
	if changed && len(c.natives()) == len(letters) {
		e.kind, e.letters = e.kind|isNarrow, letters
		c.m.entries = append(c.m.entries, e)
	}
}

// natives gives the ASCII look-alike of each word cell last folded, or 0.
func (c *compiler) natives() []byte {
	var out []byte
	for k := range c.f.cells {
		if cell := &c.f.cells[k]; cell.word() {
			b := byte(0)
			if cell.r >= 0x80 {
				b = cell.alt[0]
			}
			out = append(out, b)
		}
	}
	return out
}

// person adds a name as written, with the surname first, and with the initial
// of the first name.
func (c *compiler) person(i int32, words []string, kind uint16) {
	first, surname := words[:len(words)-1], words[len(words)-1]
	for _, s := range surnames(surname) {
		given := strings.Join(first, " ")
		c.spell(i, given+" "+s, kind)
		c.reversed(i, s, given, kind)
		c.initial(i, []string{firstLetter(first[0])}, s, kind)
		c.reversed(i, s, firstLetter(first[0]), kind|isInitial)
		if letters := initials(first); len(letters) > 1 {
			c.initial(i, letters, s, kind)
		}
	}
}

// surnames gives a surname with Mc and with Mac.
func surnames(s string) []string {
	for _, p := range [...][2]string{{"Mc", "Mac"}, {"Mac", "Mc"}} {
		if rest, ok := strings.CutPrefix(s, p[0]); ok {
			if r, _ := utf8.DecodeRuneInString(rest); unicode.IsUpper(r) {
				return []string{s, p[1] + rest}
			}
		}
	}
	return []string{s}
}

func firstLetter(s string) string {
	_, n := utf8.DecodeRuneInString(s)
	return s[:n]
}

func initials(words []string) []string {
	var out []string
	for _, w := range strings.FieldsFunc(strings.Join(words, " "), func(r rune) bool { return r == ' ' || r == '-' }) {
		out = append(out, firstLetter(w))
	}
	return out
}

func (c *compiler) reversed(i int32, surname, given string, kind uint16) {
	for _, s := range spellings(surname + " , " + given) {
		before, _, _ := strings.Cut(s, ",")
		head, _ := c.entry(i, before, kind)
		e, ok := c.entry(i, s, kind|isReversed)
		if !ok || len(head.letters) == len(e.letters) {
			return
		}
		comma := uint8(len(head.letters))
		e.gaps = slices.DeleteFunc(e.gaps, func(g uint8) bool { return g == comma })
		e.gaps = append([]uint8{comma}, e.gaps...)
		c.m.entries = append(c.m.entries, e)
	}
}

func (c *compiler) initial(i int32, letters []string, surname string, kind uint16) {
	for _, s := range spellings(strings.Join(letters, " ") + " " + surname) {
		if e, ok := c.entry(i, s, kind|isInitial); ok {
			c.m.entries = append(c.m.entries, e)
		}
	}
}

// code gives the code of a letter of a term, a new one where it is the first.
func (c *compiler) code(r rune) uint16 {
	if r < 0x80 {
		return asciiCode(r)
	}
	if k := c.m.letters[r]; k != 0 {
		return k
	}
	k := uint16(lastCode + 1 + len(c.m.letters))
	c.m.letters[r] = k
	return k
}
