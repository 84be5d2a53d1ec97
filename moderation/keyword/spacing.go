package keyword

import "strings"

const minUneven = 5 // letters of an entry that may stand unevenly apart

// gap is what stands between two letters.
type gap struct {
	signs int
	blank bool
	line  bool
	width rune // of the white space
	stop  bool // a sentence ends
	comma bool
	dash  bool
	other bool // a sign that neither joins words nor marks them up
	r     rune // the last sign
}

func (g gap) none() bool { return g.signs == 0 && !g.blank }

func (s *scan) gap(from, to int) gap {
	var g gap
	for k := from; k < to; k++ {
		c := &s.cells[k]
		if c.blank() {
			g.blank, g.line, g.width = true, g.line || c.kind == newline, max(g.width, c.r)
			if k > from && strings.ContainsRune(".!?", s.cells[k-1].r) {
				g.stop = true
			}
			continue
		}
		g.signs++
		g.r = c.r
		switch c.r {
		case ',', ';', ':':
			g.comma = g.comma || c.r == ','
			g.other = true
		case '-':
			g.dash = true
		case '.', '!', '?':
			g.other = g.other || c.r != '.'
		case '*', '_', '~', '`', '"', '\'', '(', ')', '[', ']', '>', '/', '+', '|', '·', '•', '\\', '&', '#':
		default:
			g.other = true
		}
	}
	return g
}

// spread is how the letters of one word stand apart.
type spread struct {
	solid, signs, blanks, lines int
	width                       rune
	at                          int // letter behind the last gap
	dash                        bool
	uneven                      bool // one gap has white space or a sign that another lacks
}

func (w spread) apart() bool { return w.solid == 0 && w.signs+w.blanks > 0 }

func (s *scan) spread(a, b int) spread {
	var w spread
	var before gap
	for k := a + 1; k < b; k++ {
		g := s.gap(int(s.last[k-1])+1, int(s.first[k]))
		w.uneven = w.uneven || k > a+1 && (g.blank != before.blank || g.blank && g.r != before.r)
		before = g
		switch {
		case g.none():
			w.solid++
			continue
		case g.blank:
			w.blanks++
			w.width = max(w.width, g.width)
		default:
			w.signs++
		}
		if g.line {
			w.lines++
		}
		w.dash = w.dash || g.dash
		w.at = k
	}
	return w
}

// spaced says whether the letters of the match stand apart in a way that still
// reads as the entry, and returns the cell behind it once more.
func (s *scan) spaced(e *entry, i, end int) (int, bool) {
	n := len(e.letters)
	var first, whole spread
	s.apart = true
	for a := 0; a < n; {
		b := a + 1
		for b < n && !e.gapAt(b) {
			b++
		}
		w := s.spread(a, b)
		if !w.apart() && w.signs+w.blanks > 0 && !s.brokenWord(e, a, b, w) || w.apart() && w.uneven && n < minUneven {
			return 0, false
		}
		s.apart = s.apart && w.solid == 0
		if a == 0 {
			first = w
		}
		if w.apart() || b-a > 1 {
			whole = w
		}
		if b < n && !s.between(e, b, w.apart() || b-a == 1 && first.apart()) {
			return 0, false
		}
		a = b
	}
	if first.apart() && !s.chainStart(i, first) {
		return 0, false
	}
	if whole.apart() {
		return s.chainEnd(e, end, whole)
	}
	return end, true
}

// between says whether the gap before letter k may stand between two words.
func (s *scan) between(e *entry, k int, apart bool) bool {
	g := s.gap(int(s.last[k-1])+1, int(s.first[k]))
	switch {
	case e.is(isReversed) && len(e.gaps) > 0 && int(e.gaps[0]) == k:
		return g.comma && g.signs == 1
	case e.is(isInitial) && !e.is(isReversed) && k == int(e.gaps[len(e.gaps)-1]) || e.is(isInitial) && !e.is(isReversed) && k == 1:
		return !g.none() && !g.other && g.signs <= 2
	case g.none():
		return true
	case apart:
		return !g.stop || g.signs > 1 || !g.blank
	case g.stop:
		return false
	case g.blank && g.dash:
		return g.line && g.signs == 1
	case g.blank:
		return !g.other && g.signs <= 4
	}
	return !g.other && g.signs <= 3 && (e.is(isPerson) || !s.sentence(k, g))
}

// sentence says whether the gap before letter k looks like the end of a
// sentence whose space was forgotten.
func (s *scan) sentence(k int, g gap) bool {
	return strings.ContainsRune(".!?,;:", g.r) && s.cells[s.first[k]].is(upper) && !s.cells[s.last[k-1]].is(upper)
}

// brokenWord says whether a word of the entry, its letters a to b, may be
// broken by signs between some of its letters only, or by the end of a line.
func (s *scan) brokenWord(e *entry, a, b int, w spread) bool {
	if w.blanks > 0 {
		whole := b-a >= 6 && !s.twoWords(a, w.at, b)
		return w.blanks == 1 && w.lines == 1 && w.signs == 0 && (w.dash || whole)
	}
	if e.is(isStem) && len(e.letters) < 4 {
		return false
	}
	for k := a + 1; k < b; k++ {
		g := s.gap(int(s.last[k-1])+1, int(s.first[k]))
		if g.signs > 4 || g.signs > 0 && k-a > 1 && b-k > 1 && s.sentence(k, g) {
			return false
		}
		if g.r == '\'' && s.contraction(a, k, b) {
			return false
		}
	}
	return w.signs > 1 || b-a > 6 || !s.twoWords(a, w.at, b)
}

// contraction says whether the letters a to k are an ordinary word and those
// from k to b a short form behind its apostrophe, as in "we'll".
func (s *scan) contraction(a, k, b int) bool {
	switch s.letters(k, b) {
	case "s", "d", "ll", "ve", "re", "m", "t", "em":
		left := s.letters(a, k)
		return len(left) < 3 || ordinary(left)
	}
	return false
}

// twoWords says whether both parts of a broken word are ordinary words.
func (s *scan) twoWords(a, k, b int) bool {
	return plainWord(s.letters(a, k)) && plainWord(s.letters(k, b))
}

// plainWord says whether a word is in the word list or a short common one.
func plainWord(w string) bool {
	switch len(w) {
	case 1:
		return false
	case 2:
		return strings.Contains(" go on to at in it is as an am be by do he if me my no of or so up us we hi ad oh ok ", " "+w+" ")
	}
	return ordinary(w)
}

// letters gives the ASCII letters a to b of the match.
func (s *scan) letters(a, b int) string {
	var out strings.Builder
	for k := a; k < b; k++ {
		out.WriteRune(s.cells[s.first[k]].r)
	}
	return out.String()
}

// chainStart says whether a chain of single letters may begin at cell i: no
// letter of the same chain stands before it, but for a one-letter word.
func (s *scan) chainStart(i int, w spread) bool {
	k := i - 1
	for k >= 0 && !s.cells[k].word() && s.cells[k].kind != wall && i-k <= maxGap {
		k--
	}
	if k < 0 || !s.cells[k].word() || k > 0 && s.cells[k-1].word() || s.shortForm(k) {
		return true
	}
	if !s.sameChain(s.gap(k+1, i), w) {
		return true
	}
	return w.blanks > 0 && oneLetterWord(s.cells[k].r) && !s.chainBefore(k, w)
}

// shortForm says whether the single letter at cell k belongs to the word before
// it, as in "it's".
func (s *scan) shortForm(k int) bool {
	return k > 1 && s.cells[k-1].r == '\'' && s.cells[k-2].word() && !s.cells[k+1].word()
}

func (s *scan) chainBefore(i int, w spread) bool {
	k := i - 1
	for k >= 0 && !s.cells[k].word() && s.cells[k].kind != wall && i-k <= maxGap {
		k--
	}
	return k >= 0 && s.cells[k].word() && (k == 0 || !s.cells[k-1].word()) && s.sameChain(s.gap(k+1, i), w)
}

// sameChain says whether a gap is like those within the chain.
func (s *scan) sameChain(g gap, w spread) bool {
	if w.blanks == 0 {
		return !g.blank
	}
	return g.blank && !g.line && !g.stop && !g.comma && g.width <= w.width
}

func oneLetterWord(r rune) bool {
	return strings.ContainsRune("aiouyeà", r)
}

// chainEnd says whether a chain of single letters may end before cell end, and
// takes in an ending that is spelled in the same way.
func (s *scan) chainEnd(e *entry, end int, w spread) (int, bool) {
	var rest []rune
	at := end
	last := end
	for len(rest) < maxEnding {
		k := at
		for k < len(s.cells)-1 && !s.cells[k].word() && s.cells[k].kind != wall && k-at <= maxGap {
			k++
		}
		if k == at || !s.cells[k].word() || s.cells[k+1].word() || !s.sameChain(s.gap(at, k), w) {
			break
		}
		rest = append(rest, s.cells[k].r)
		at = k + 1
		last = at
	}
	switch {
	case len(rest) == 0:
		return end, true
	case s.chainEnding(e, string(rest)):
		return last, true
	}
	return end, w.blanks > 0 && len(rest) == 1 && oneLetterWord(rest[0])
}

func (s *scan) chainEnding(e *entry, rest string) bool {
	switch {
	case e.is(isPrefix):
		return true
	case e.is(isPerson):
		return rest == "s"
	}
	for _, list := range [...][]string{endings(), tails()} {
		for _, x := range list {
			if x == rest {
				return true
			}
		}
	}
	return false
}
