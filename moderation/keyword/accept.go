package keyword

import (
	"slices"
	"strings"
)

const maxEdge = 24 // digits at the edge of a match

// accept tries the entries that end with the letter read from cell last.
func (s *scan) accept(first, i, last int, path int32) {
	letters := s.m.entries[first].letters
	for x := first; x < len(s.m.entries); x++ {
		e := &s.m.entries[x]
		if x > first && !slices.Equal(e.letters, letters) {
			return
		}
		s.try(e, i, last, path)
	}
}

// try decides whether the cells that spell an entry are a match: the cheap
// tests of both edges first, then the way the letters are set apart, then
// whether the text is better read as something ordinary.
func (s *scan) try(e *entry, i, last int, path int32) {
	if s.full && s.pointless(e) {
		return
	}
	end, ok := s.rightEdge(e, last)
	if !ok || !s.leftEdge(e, i) {
		return
	}
	s.budget -= tryCost
	s.positions(e, path)
	if e.is(isHost) {
		if s.hostSpelled(e, path) {
			s.hit(e, i, end, false)
		}
		return
	}
	end, ok = s.spaced(e, i, end)
	if !ok || !s.disguised(e, i, end, path) || !s.named(e, i, end) {
		return
	}
	stretched, ok := s.stretched(e, i, end, last)
	if ok && !s.otherWord(e, i, end) {
		s.hit(e, i, end, stretched)
	}
}

// positions finds the cells of each letter of the match that ends with path.
func (s *scan) positions(e *entry, path int32) {
	n := len(e.letters)
	s.first, s.last = grown(s.first, n), grown(s.last, n)
	s.stays, s.run = 0, 0
	k, run := n-1, 0
	var end int32 = -1
	for p := path; p >= 0 && k >= 0; p = s.steps[p].prev {
		st := &s.steps[p]
		if end < 0 {
			end = st.end
		}
		if st.stay {
			s.stays++
			run++
			s.run = max(s.run, run)
			continue
		}
		s.first[k], s.last[k] = st.cell, end
		end, run = -1, 0
		k--
	}
}

func grown(list []int32, n int) []int32 {
	if cap(list) < n {
		return make([]int32, n)
	}
	return list[:n]
}

// rightEdge returns the cell behind the match whose last letter is cell last,
// its ending included, and whether a word may end there.
func (s *scan) rightEdge(e *entry, last int) (int, bool) {
	n := last + 1
	c := &s.cells[n]
	switch {
	case e.is(isHost):
		return n, !c.word() && ((c.r != '-' && c.r != '.') || !s.cells[n+1].word())
	case c.kind == letter:
		if e.is(isStem) || !s.innerStart(n) {
			n = s.endingAt(e, n)
		}
		return n, n >= 0
	case e.is(isStem):
		return n, false
	case c.kind == digit:
		if n = s.endingAt(e, last+1); n >= 0 && !s.cells[n].word() && !e.is(isPrefix) {
			return n, true
		}
		n = last + 1
		for s.cells[n].kind == digit && n-last < maxEdge {
			n++
		}
		return last + 1, !s.cells[n].word() && !s.hex(last+1-len(e.letters), n)
	case c.r == '\'' && s.cells[n+1].kind == letter:
		return n, s.clitic(n + 1)
	}
	return n, true
}

// clitic says whether cell k begins a short form that follows an apostrophe.
func (s *scan) clitic(k int) bool {
	for _, w := range [...]string{"s", "d", "ll", "ve", "re", "m", "em"} {
		if s.spelled(k, w) >= 0 {
			return true
		}
	}
	return false
}

// hex says whether the cells i to end look like a number to base 16.
func (s *scan) hex(i, end int) bool {
	digits := false
	for k := max(i, 0); k < end; k++ {
		c := &s.cells[k]
		digits = digits || c.kind == digit
		if c.kind != digit && c.r != ':' && (c.r < 'a' || c.r > 'f') {
			return false
		}
	}
	return digits
}

// leftEdge says whether a word may begin at cell i.
func (s *scan) leftEdge(e *entry, i int) bool {
	if i == 0 {
		return true
	}
	before := &s.cells[i-1]
	switch {
	case e.is(isHost):
		return !before.word() && (before.r != '-' || i < 2 || !s.cells[i-2].word())
	case before.kind == letter:
		return s.innerStart(i)
	case before.kind == digit:
		k := i - 1
		for k > 0 && s.cells[k-1].kind == digit && i-k < maxEdge {
			k--
		}
		return (k == 0 || !s.cells[k-1].word()) && !s.hex(k, min(i+len(e.letters), len(s.cells)))
	case before.r == '\'' && i > 1 && s.cells[i-2].kind == letter:
		single := i < 3 || !s.cells[i-3].word()
		return !(single && s.cells[i-2].is(upper) && s.cells[i].is(upper)) && !e.is(isInitial)
	}
	return true
}

// hostSpelled says whether a host stands there letter for letter, and its dots
// alone are disguised.
func (s *scan) hostSpelled(e *entry, path int32) bool {
	if s.stays > 0 {
		return false
	}
	for k := range e.letters {
		c := &s.cells[s.first[k]]
		dot := e.letters[k] == codeDot
		if !dot && asciiCode(c.r) != e.letters[k] && c.code != e.letters[k] && (c.kind != letter || c.r < 0x80) {
			return false
		}
		if k == 0 {
			continue
		}
		from, to := int(s.last[k-1])+1, int(s.first[k])
		if from == to {
			continue
		}
		if !dot && e.letters[k-1] != codeDot || !s.aroundDot(from, to) {
			return false
		}
	}
	return s.dotsEven(e)
}

// aroundDot says whether only brackets and spaces stand between a dot of a
// host and its neighbour.
func (s *scan) aroundDot(from, to int) bool {
	for k := from; k < to; k++ {
		if c := &s.cells[k]; c.kind != space && (c.kind != sign || !strings.ContainsRune("[](){}<>-_", c.r)) {
			return false
		}
	}
	return to-from <= 3
}

// dotsEven says whether every dot with room behind it has room before it too: a
// dot with a space behind it alone ends a sentence.
func (s *scan) dotsEven(e *entry) bool {
	for k := 1; k+1 < len(e.letters); k++ {
		if e.letters[k] != codeDot {
			continue
		}
		before, after := s.first[k]-s.last[k-1], s.first[k+1]-s.last[k]
		if before == 1 && after > 1 {
			return false
		}
	}
	return true
}
