package keyword

import "slices"

// Bounds of one walk through the automaton.
const (
	maxGap    = 7     // cells between two letters of a term
	maxWalk   = 4_096 // cells of one match
	maxStates = 48    // readings followed at the same time
	maxFar    = 40    // letters stretched over gaps
	minWalk   = 12    // cells and states of one walk while the budget is spent
	minStates = 2
	budget    = 2      // steps that each cell of a text adds to the budget,
	freeSteps = 40_000 // steps to begin with, and
	tryCost   = 16     // steps that one decision costs
	maxDebt   = 1_000  // steps that a walk may spend beyond the budget
)

// state is one way to read the cells since the start of a walk.
type state struct {
	node  int32
	path  int32 // last step in scan.steps, -1 for none
	last  int32 // cell that the last letter was read from
	multi bool  // two letters of this word stood side by side
	broke bool  // a line break broke this word
	far   uint8 // letters stretched over a gap
}

// step says that a letter of the term was read from a cell.
type step struct {
	prev      int32
	cell, end int32 // first and last cell
	stay      bool  // the letter before, stretched
	code      uint16
}

// scan matches one text. It is reused from text to text.
type scan struct {
	m         *Matcher
	f         folder
	cells     []cell
	cur, next []state
	steps     []step
	hits
	native int     // letters that nobody takes for Latin, -1 for not counted
	first  []int32 // first cell of each letter of the match at hand
	last   []int32
	stays  int  // cells that stretch a letter of it
	run    int  // the longest stretch
	apart  bool // its letters stand apart
	budget int  // steps left before walks are cut short
	width  int  // states that a walk may keep
	tries  int  // words of the list that masks or slips may still be held against
}

// walks starts a walk wherever a word may begin.
func (s *scan) walks() {
	s.budget = freeSteps
	for i := range s.cells {
		s.budget = max(s.budget, -maxDebt) + budget
		c := &s.cells[i]
		switch c.kind {
		case letter:
			if i > 0 && s.cells[i-1].kind == letter && !s.innerStart(i) || s.shortForm(i) {
				continue
			}
		case digit:
			if i > 0 && s.cells[i-1].word() {
				continue
			}
		case sign:
			if !s.signStart(i) {
				continue
			}
		default:
			continue
		}
		if s.budget <= 0 {
			s.plain(i)
			if i > 0 && !s.cells[i-1].blank() && s.cells[i-1].kind != wall {
				continue
			}
		}
		if s.alive(i) {
			s.walk(i)
		}
	}
}

// innerStart says whether a word may begin at a letter that follows another:
// in scripts without spaces, and at a hump of a hashtag.
func (s *scan) innerStart(i int) bool {
	c, before := &s.cells[i], &s.cells[i-1]
	if c.r >= 0x80 && c.r != before.r && !c.is(accent) && (unspaced(c.r) || unspaced(before.r)) {
		return true
	}
	return c.is(upper) && !before.is(upper) && c.r < 0x80 && s.tagged(i)
}

// tagged says whether the token around cell i begins with '#' or '@'.
func (s *scan) tagged(i int) bool {
	for k := i - 1; k >= 0 && i-k < 64; k-- {
		if c := &s.cells[k]; c.r == '#' || c.r == '@' {
			return true
		} else if !c.word() && c.r != '_' && c.r != '-' {
			return false
		}
	}
	return false
}

// signStart says whether a sign at cell i can be the first letter of a word.
func (s *scan) signStart(i int) bool {
	if i > 0 && s.cells[i-1].word() {
		return false
	}
	c, n := &s.cells[i], &s.cells[i+1]
	if c.alt[0] != 0 && (n.word() || n.kind == sign) {
		return true
	}
	return c.alt[0] != 0 && c.is(exotic) || n.kind == sign && s.drawing(i)
}

// drawing says whether a letter drawn with signs begins at cell i.
func (s *scan) drawing(i int) bool {
	if !drawable(s.cells[i].r) {
		return false
	}
	found := false
	eachDrawing(s.cells, i, func(int, byte) bool {
		found = true
		return false
	})
	return found
}

// unspaced says whether r belongs to a script that is written without spaces
// between words.
func unspaced(r rune) bool {
	switch {
	case r < 0x0E00:
		return false
	case r < 0x0F00, r >= 0x1000 && r < 0x10A0, r >= 0x1780 && r < 0x1800: // Thai, Lao, Myanmar, Khmer
		return true
	}
	return r >= 0x3040 && r < 0x3100 || r >= 0x3400 && r < 0xA000 || r >= 0xF900 && r < 0xFB00 || r >= 0x20000 && r < 0x32000
}

// alive follows the plain letters at cell i, and says whether a walk from
// there can come to anything. Nearly every word of a text ends here.
func (s *scan) alive(i int) bool {
	if s.chained(i) {
		return false
	}
	t := &s.m.trie
	node := int32(0)
	for k := i; ; k++ {
		c := &s.cells[k]
		if c.kind != letter {
			return s.aliveAt(i, k, node)
		}
		next := t.child(node, c.code)
		same := k > i && c.r == s.cells[k-1].r
		switch {
		case c.alt[0] != 0, same && next != 0, glyphPair(s.cells, k) && t.child(node, pairCode(c)) != 0:
			return true
		case same:
			next = node
		case next == 0:
			return false
		}
		if node = next; t.nodes[node].out != 0 && s.endsAt(node, k+1) {
			return true
		}
	}
}

// aliveAt says whether a walk that followed letters from i to k comes past
// cell k, which is none.
func (s *scan) aliveAt(i, k int, node int32) bool {
	c := &s.cells[k]
	if node == 0 {
		return c.kind != digit || !s.number(k)
	}
	if k == i+1 && c.kind == space && s.cells[k+1].kind == letter && s.cells[k+2].kind == letter && s.m.trie.nodes[node].out == 0 && !s.m.trie.nodes[node].gap {
		return false // a word of one letter before a longer one
	}
	blank := c.blank() || c.kind == wall || c.kind == sign && c.alt[0] == 0 && s.cells[k+1].kind == space
	return !blank || k-i < 2 || s.m.trie.nodes[node].out != 0 || s.m.trie.nodes[node].gap || c.kind == newline
}

const maxNumber = 10 // cells of a plain number

// number says whether a plain number begins at cell k, and no term of the list
// begins with its first digit.
func (s *scan) number(k int) bool {
	if s.m.trie.child(0, s.cells[k].code) != 0 {
		return false
	}
	n := k
	for (s.cells[n].kind == digit || (s.cells[n].r == ',' || s.cells[n].r == '.') && s.cells[n+1].kind == digit) && n-k < maxNumber {
		n++
	}
	c := &s.cells[n]
	return n-k < maxNumber && (c.blank() || c.kind == wall || c.kind == sign && s.cells[n+1].blank())
}

// endsAt says whether an entry that ends at node may end before cell k.
func (s *scan) endsAt(node int32, k int) bool {
	if s.cells[k].kind != letter || s.innerStart(k) {
		return true
	}
	first := int(s.m.trie.nodes[node].out - 1)
	n := len(s.m.entries[first].letters)
	for x := first; x < len(s.m.entries) && len(s.m.entries[x].letters) == n && (x == first || slices.Equal(s.m.entries[x].letters, s.m.entries[first].letters)); x++ {
		if s.endingAt(&s.m.entries[x], k) >= 0 {
			return true
		}
	}
	return false
}

// chained says whether cell i continues a stretched letter that is spread over
// single letters ("a a a a"): a walk from the first of them covers it.
func (s *scan) chained(i int) bool {
	if s.cells[i+1].word() {
		return false
	}
	for k := i - 1; k >= 0 && i-k <= maxGap; k-- {
		if c := &s.cells[k]; c.word() {
			return sameLetter(c, &s.cells[i]) && (k == 0 || !s.cells[k-1].word()) && !s.shortForm(k)
		} else if c.kind == wall {
			return false
		}
	}
	return false
}

// glyphPair says whether two letters that together look like another begin
// at cell k: rn for m, cl for d, vv and uu for w.
func glyphPair(cells []cell, k int) bool {
	a, b := cells[k].r, cells[k+1].r
	return a == 'r' && b == 'n' || a == 'c' && b == 'l' || a == 'v' && b == 'v' || a == 'u' && b == 'u'
}

// pairCode gives the letter that a pair beginning with c looks like.
func pairCode(c *cell) uint16 {
	switch c.r {
	case 'r':
		return asciiCode('m')
	case 'c':
		return asciiCode('d')
	}
	return asciiCode('w')
}

// walk follows every reading of the cells from i on.
func (s *scan) walk(i int) {
	s.steps = s.steps[:0]
	s.cur = append(s.cur[:0], state{path: -1, last: int32(i)})
	limit := maxWalk
	s.width = maxStates
	if s.budget <= 0 {
		limit = minWalk
	}
	for k := i; k < len(s.cells) && len(s.cur) > 0 && k-i < limit; k++ {
		if s.budget <= 0 {
			s.width = minStates
		}
		if s.budget <= -maxDebt && k-i >= minWalk {
			return
		}
		s.next = s.next[:0]
		s.budget -= len(s.cur)
		for _, st := range s.cur {
			s.follow(st, i, k)
		}
		s.cur, s.next = s.next, s.cur
	}
}

// plain follows the letters from cell i on as they are written, past what may
// stand between words. It keeps terms that are not disguised from being missed
// in a text that has spent its steps.
func (s *scan) plain(i int) {
	t := &s.m.trie
	s.steps = s.steps[:0]
	node := int32(0)
	for k, last := i, i; k < len(s.cells) && k-last <= maxGap; k++ {
		c := &s.cells[k]
		code := c.code
		if c.kind == sign {
			code = asciiCode(c.r)
		}
		next := t.child(node, code)
		switch {
		case next != 0:
			node, last = next, k
			s.steps = append(s.steps, step{prev: int32(len(s.steps)) - 1, cell: int32(k), end: int32(k), code: code})
			if first := t.nodes[node].out; first != 0 {
				s.accept(int(first-1), i, k, int32(len(s.steps))-1)
			}
		case c.word() || c.kind == wall || !t.nodes[node].gap:
			return
		}
	}
}

// follow reads cell k in state st, in every way there is.
func (s *scan) follow(st state, i, k int) {
	if int(st.last) > k || int(st.last) == k && st.path >= 0 {
		s.keep(st) // this cell was read with the one before
		return
	}
	c := &s.cells[k]
	switch c.kind {
	case letter, digit:
		s.readLetter(st, i, k)
	case sign:
		s.readSign(st, i, k)
	case space, newline:
		s.passBlank(st, i, k)
	}
}

func (s *scan) readLetter(st state, i, k int) {
	c := &s.cells[k]
	s.advance(st, i, k, k, c.code)
	for _, a := range c.alt {
		if a != 0 {
			s.advance(st, i, k, k, asciiCode(rune(a)))
		}
	}
	if glyphPair(s.cells, k) {
		s.advance(st, i, k, k+1, pairCode(c))
	}
	if st.path < 0 {
		return
	}
	if int(st.last) != k-1 {
		if st.far == maxFar || s.cells[k+1].word() || s.cells[k-1].word() {
			s.dotWord(st, i, k)
			return
		}
		st.far++
	}
	if label := s.m.trie.label(st.node); label == c.code || c.alt[0] != 0 && label == asciiCode(rune(c.alt[0])) || c.alt[1] != 0 && label == asciiCode(rune(c.alt[1])) {
		s.push(st, i, k, k, st.node, step{prev: st.path, cell: int32(k), end: int32(k), stay: true, code: label})
	}
	s.dotWord(st, i, k)
}

func (s *scan) readSign(st state, i, k int) {
	c := &s.cells[k]
	for _, a := range c.alt {
		if a != 0 {
			s.advance(st, i, k, k, asciiCode(rune(a)))
		}
	}
	if !drawable(c.r) || !drawable(s.cells[k+1].r) && s.cells[k+1].kind == sign {
		s.passSign(st, i, k)
		return
	}
	eachDrawing(s.cells, k, func(n int, letter byte) bool {
		s.advance(st, i, k, k+n-1, asciiCode(rune(letter)))
		return true
	})
	s.passSign(st, i, k)
}

// passSign passes a sign between two letters.
func (s *scan) passSign(st state, i, k int) {
	c := &s.cells[k]
	if st.path < 0 || k-int(st.last) > maxGap {
		return
	}
	if c.r == '.' || c.r == '-' {
		s.advance(st, i, k, k, asciiCode(c.r))
	}
	s.keep(st)
}

// passBlank passes white space: between words, between single letters, and
// where a line breaks a word.
func (s *scan) passBlank(st state, i, k int) {
	if st.path < 0 || k-int(st.last) > maxGap {
		return
	}
	gap := s.m.trie.nodes[st.node].gap
	if st.multi && !gap {
		if s.cells[k].kind != newline || st.broke {
			return
		}
		st.broke = true
	}
	st.multi = st.multi && !gap
	s.keep(st)
}

// dotWord reads the word "dot" as the dot of a host.
func (s *scan) dotWord(st state, i, k int) {
	if int(st.last) == k-1 || k+3 >= len(s.cells) || s.cells[k+3].word() {
		return
	}
	if s.cells[k].r == 'd' && s.cells[k+1].reads('o') && s.cells[k+2].r == 't' {
		s.advance(st, i, k, k+2, codeDot)
	}
}

// advance reads cells k to last as one letter.
func (s *scan) advance(st state, i, k, last int, code uint16) {
	next := s.m.trie.child(st.node, code)
	if next == 0 {
		return
	}
	st.multi = st.path >= 0 && (st.multi || int(st.last) == k-1)
	s.push(st, i, k, last, next, step{prev: st.path, cell: int32(k), end: int32(last), code: code})
}

// push follows a new state, and reports what ends there.
func (s *scan) push(st state, i, k, last int, node int32, how step) {
	for _, other := range s.next {
		if other.node == node && other.last == int32(last) && other.multi == st.multi {
			return
		}
	}
	st.node, st.path, st.last = node, int32(len(s.steps)), int32(last)
	s.steps = append(s.steps, how)
	s.keep(st)
	if first := s.m.trie.nodes[node].out; first != 0 {
		s.accept(int(first-1), i, last, st.path)
	}
}

func (s *scan) keep(st state) {
	if len(s.next) < s.width {
		s.next = append(s.next, st)
	}
}

// drawings are letters drawn with several signs of which r is the first: the
// signs, then the letter.
func drawings(r rune) string {
	switch r {
	case '|':
		return `|<k |{k |\|n |\/|m |v|m |/\|w |_|u |-|h |)d |>p |3b |_l |=f |2r `
	case '/':
		return `/\/n /\/\m /\a /-\a `
	case '\\':
		return `\/v \/\/w `
	case '(':
		return `(_)u ()o `
	case '[':
		return `[]o `
	case '>':
		return `><x `
	case ')':
		return `)(x `
	case '_':
		return `_|j `
	}
	return ""
}

// eachDrawing calls visit with the length and the letter of each drawing that
// stands at cell k, until it returns false.
func eachDrawing(cells []cell, k int, visit func(n int, letter byte) bool) {
	list := drawings(cells[k].r)
	for from := 0; from < len(list); {
		n := 0
		for list[from+n+1] != ' ' && k+n < len(cells) && cells[k+n].r == rune(list[from+n]) {
			n++
		}
		end := from + n
		for list[end] != ' ' {
			end++
		}
		if end == from+n+1 && !visit(n, list[end-1]) {
			return
		}
		from = end + 1
	}
}

// drawable says whether a drawing may begin or go on with r.
func drawable(r rune) bool {
	switch r {
	case '|', '/', '\\', '(', ')', '[', ']', '<', '>', '{', '_', '-', '=':
		return true
	}
	return false
}
