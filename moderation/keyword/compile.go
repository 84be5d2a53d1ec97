package keyword

import (
	"cmp"
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

// entry is one spelling in the automaton. Terms that are spelled alike, of one
// list or of several, share it: what is decided once holds for all of them.
type entry struct {
	term    int32 // of the only term, until entries are shared
	owners  int32 // first of its terms in Matcher.owners
	count   int32 // how many terms
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

// Matcher is a compiled set of lists. It is immutable and safe for concurrent
// use.
type Matcher struct {
	terms   []Term
	lists   int     // one more than the highest list
	entries []entry // sorted by letters
	owners  []int32 // the terms of each entry, side by side
	trie    trie
	letters map[rune]uint16
	signs   map[rune][]signTerm // terms without any letter, by their first sign
	masks   index
	slips   slipIndex
	scratch *sync.Pool
}

// Compile prepares a set of lists: terms of any lists in any order. An error
// names the term and wraps [ErrTerms].
func Compile(terms []Term) (*Matcher, error) {
	lists, err := countLists(terms)
	if err != nil {
		return nil, err
	}
	m := &Matcher{terms: slices.Clone(terms), lists: lists, letters: map[rune]uint16{}, signs: map[rune][]signTerm{}}
	c := compiler{m: m, f: folder{letters: m.letters}}
	for i, t := range m.terms {
		if err := c.add(int32(i), t); err != nil {
			return nil, fmt.Errorf("%w: term %d, %q: %s", ErrTerms, i+1, t.Line, err.Error())
		}
	}
	m.share()
	m.trie = build(m.entries)
	m.indexMasks()
	m.indexSlips()
	m.scratch = &sync.Pool{New: func() any { return &scan{m: m, f: folder{letters: m.letters}, hits: hits{m: m}} }}
	return m, nil
}

// countLists holds a set to its limits, and returns one more than its highest
// list.
func countLists(terms []Term) (int, error) {
	if len(terms) > MaxSetTerms {
		return 0, fmt.Errorf("%w: more than %d terms in all lists", ErrTerms, MaxSetTerms)
	}
	var counts []int
	for i, t := range terms {
		if t.List < 0 || t.List >= MaxLists {
			return 0, fmt.Errorf("%w: term %d, %q: list %d is not between 0 and %d", ErrTerms, i+1, t.Line, t.List, MaxLists-1)
		}
		for len(counts) <= t.List {
			counts = append(counts, 0)
		}
		if counts[t.List]++; counts[t.List] > MaxTerms {
			return 0, fmt.Errorf("%w: more than %d terms in list %d", ErrTerms, MaxTerms, t.List)
		}
	}
	return len(counts), nil
}

// share sorts the entries by their letters, and makes one of those that are
// spelled alike.
func (m *Matcher) share() {
	slices.SortFunc(m.entries, func(a, b entry) int {
		return cmp.Or(slices.Compare(a.letters, b.letters), cmp.Compare(a.kind, b.kind), slices.Compare(a.gaps, b.gaps), cmp.Compare(a.term, b.term))
	})
	all := m.entries
	m.entries = all[:0]
	for i := 0; i < len(all); {
		e := all[i]
		e.owners = int32(len(m.owners))
		for ; i < len(all) && all[i].kind == e.kind && slices.Equal(all[i].letters, e.letters) && slices.Equal(all[i].gaps, e.gaps); i++ {
			if n := len(m.owners); n == int(e.owners) || m.owners[n-1] != all[i].term {
				m.owners = append(m.owners, all[i].term)
			}
		}
		e.count = int32(len(m.owners)) - e.owners
		m.entries = append(m.entries, e)
	}
	m.entries = slices.Clip(m.entries)
}

// ownersOf gives the terms of an entry.
func (m *Matcher) ownersOf(e *entry) []int32 { return m.owners[e.owners : e.owners+e.count] }

const maxLetters = 60_000 // different letters beyond ASCII; codes have 16 bits

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
		c.m.addSign(i, t)
	}
	if len(c.m.letters) > maxLetters {
		return fmt.Errorf("more than %d different letters in all lists", maxLetters)
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

// narrow adds the spellings of a term of another script in the ASCII letters
// that look like its own: one with the first such letter of each, one with the
// second.
func (c *compiler) narrow(e entry) {
	for second := range 2 {
		letters := slices.Clone(e.letters)
		changed, n := false, 0
		for k := range c.f.cells {
			cell := &c.f.cells[k]
			if !cell.word() {
				continue
			}
			if alt := cmp.Or(cell.alt[second], cell.alt[0]); cell.r >= 0x80 && alt != 0 && n < len(letters) {
				changed = changed || second == 0 || cell.alt[1] != 0
				letters[n] = asciiCode(rune(alt))
			}
			n++
		}
		if changed && n == len(letters) {
			e.kind, e.letters = e.kind|isNarrow, letters
			c.m.entries = append(c.m.entries, e)
		}
	}
}

// person adds a name as written, with the surname first, and with the initial
// of the first name.
func (c *compiler) person(i int32, words []string, kind uint16) {
	first, surname := words[:len(words)-1], words[len(words)-1]
	given := strings.Join(first, " ")
	for _, s := range surnames(surname) {
		c.spell(i, given+" "+s, kind)
		if rest, ok := strings.CutPrefix(s, "Mc"); ok && rest != "" {
			c.spell(i, given+" Mc "+rest, kind)
			c.spell(i, given+" M'"+rest, kind)
		}
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
