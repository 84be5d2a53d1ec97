package keyword

import (
	"slices"
	"strings"
)

// index finds words of the list by a key. Keys are sorted.
type index []wordRef

// wordRef is one word of an entry: its letters from at, n of them.
type wordRef struct {
	key   uint32
	entry int32
	at, n uint8
}

func (x index) sort() {
	slices.SortFunc(x, func(a, b wordRef) int {
		switch {
		case a.key != b.key:
			return int(int64(a.key) - int64(b.key))
		case a.entry != b.entry:
			return int(a.entry - b.entry)
		}
		return int(a.at) - int(b.at)
	})
}

// find returns the words with a key.
func (x index) find(key uint32) []wordRef {
	lo, _ := slices.BinarySearchFunc(x, key, func(w wordRef, key uint32) int { return int(int64(w.key) - int64(key)) })
	hi := lo
	for hi < len(x) && x[hi].key == key {
		hi++
	}
	return x[lo:hi]
}

// eachWord calls visit with the words of the entries that masks and slips
// apply to.
func (m *Matcher) eachWord(visit func(w wordRef)) {
	for i := range m.entries {
		e := &m.entries[i]
		if e.kind&(isHost|isPrefix|isReversed|isInitial|isStem|isAllowed|isNarrow) != 0 {
			continue
		}
		for a, n := 0, len(e.letters); a < n; {
			b := a + 1
			for b < n && !e.gapAt(b) {
				b++
			}
			visit(wordRef{entry: int32(i), at: uint8(a), n: uint8(b - a)})
			a = b
		}
	}
}

// maskKey joins what a mask leaves visible: the length, the first letter, and
// the second or the last one.
func maskKey(n int, first, other uint16, last bool) uint32 {
	key := uint32(n&0xff)<<24 | uint32(first&0xfff)<<12 | uint32(other&0x7ff)<<1
	if last {
		key |= 1
	}
	return key
}

func (m *Matcher) indexMasks() {
	m.eachWord(func(w wordRef) {
		if w.n < 3 {
			return
		}
		letters := m.entries[w.entry].letters[w.at : int(w.at)+int(w.n)]
		w.key = maskKey(len(letters), letters[0], letters[1], false)
		m.masks = append(m.masks, w)
		w.key = maskKey(len(letters), letters[0], letters[len(letters)-1], true)
		m.masks = append(m.masks, w)
	})
	m.masks.sort()
}

const (
	maxMasked = 64    // letters of a masked word
	freeTries = 5_000 // words of the list that masks, or slips, of a text are held against,
	wordTries = 6     // and as many more for each of them
)

// masked is a word with a block of signs: cells from to at, the block up to
// behind, the rest up to end.
type masked struct{ from, at, behind, end int }

// findMasks finds words with a block of signs instead of letters. The first
// letter and at least two letters are visible, and the block is as long as
// what it hides.
func (s *scan) findMasks() {
	s.tries = freeTries
	for k := 1; k < len(s.cells); k++ {
		if s.cells[k].kind != sign || !s.cells[k-1].word() {
			continue
		}
		w := s.maskedAt(k)
		if w.end == 0 {
			continue
		}
		s.tries += wordTries
		s.unmask(w, w.end)
		for _, ending := range [...]string{"s", "es", "ed", "er", "ing", "y"} {
			if n := w.end - len(ending); n >= w.behind && n-w.from > 3 && s.readsAs(n, ending) == w.end {
				s.unmask(w, n)
			}
		}
	}
}

// maskedAt returns the masked word whose block begins at cell k, if any.
func (s *scan) maskedAt(k int) masked {
	w := masked{from: k, at: k, behind: k}
	for w.behind < len(s.cells) && s.cells[w.behind].kind == sign && w.behind-k < maxMasked {
		if strings.ContainsRune("=`,;:\"'()[]<>\\/{}", s.cells[w.behind].r) {
			break
		}
		w.behind++
	}
	for !s.cells[w.behind].word() && w.behind > k && strings.ContainsRune(".!?", s.cells[w.behind-1].r) {
		w.behind--
	}
	if w.behind == k {
		return masked{}
	}
	for w.from > 0 && s.cells[w.from-1].word() && k-w.from < maxMasked {
		w.from--
	}
	w.end = w.behind
	for s.cells[w.end].word() && w.end-w.behind < maxMasked {
		w.end++
	}
	if s.letterCells(w.from, w.at)+s.letterCells(w.behind, w.end) < 2 || w.end-w.from > maxMasked || w.end-w.from < 3 || !s.maskSigns(w) {
		return masked{}
	}
	return w
}

func (s *scan) letterCells(from, to int) int {
	n := 0
	for k := from; k < to; k++ {
		if s.cells[k].kind == letter {
			n++
		}
	}
	return n
}

// maskSigns says whether the block of w can be a mask: not a hyphen or full
// stop by itself, not the punctuation or the footnote sign at the end of a
// word, not a mark-up sign that stands in front of the word too, not what joins
// the parts of a short formula.
func (s *scan) maskSigns(w masked) bool {
	trailing, single := w.end == w.behind, w.behind-w.at == 1
	for k := w.at; k < w.behind; k++ {
		r := s.cells[k].r
		switch {
		case (r == '.') != (s.cells[w.at].r == '.'):
			return false
		case trailing && strings.ContainsRune(".!?-+|~^", r),
			trailing && single && strings.ContainsRune("$%&@", r),
			single && strings.ContainsRune(".&", r),
			single && r == '-' && w.end-w.from < 5,
			w.end-w.from == 3 && r < 0x80 && r != '*' && r != '#':
			return false
		}
	}
	if !trailing {
		return true
	}
	return w.from == 0 || s.cells[w.from-1].r != s.cells[w.at].r
}

// footnote says whether the sign of w follows an ordinary word.
func (s *scan) footnote(w masked) bool {
	return w.end == w.behind && w.behind-w.at == 1 && plainWord(s.word(w.from, w.at))
}

// unmask looks for the words that the cells w.from to end may hide.
func (s *scan) unmask(w masked, end int) {
	n := end - w.from
	other, last := w.from+1, false
	if w.at-w.from < 2 {
		other, last = end-1, true
		if end <= w.behind {
			return
		}
	}
	for _, a := range s.codes(w.from) {
		for _, b := range s.codes(other) {
			if a == 0 || b == 0 {
				continue
			}
			for _, ref := range s.m.masks.find(maskKey(n, a, b, last)) {
				if s.tries <= 0 {
					return
				}
				s.tries--
				s.tryMask(w, end, ref)
			}
		}
	}
}

// codes gives the letters that cell k may be read as.
func (s *scan) codes(k int) [3]uint16 {
	c := &s.cells[k]
	return [3]uint16{c.code, asciiCode(rune(c.alt[0])), asciiCode(rune(c.alt[1]))}
}

func (s *scan) shows(k int, code uint16) bool {
	c := &s.cells[k]
	return code != 0 && (c.code == code || c.alt[0] != 0 && asciiCode(rune(c.alt[0])) == code || c.alt[1] != 0 && asciiCode(rune(c.alt[1])) == code)
}

func (s *scan) tryMask(w masked, end int, ref wordRef) {
	e := &s.m.entries[ref.entry]
	if len(e.gaps) == 0 && s.footnote(w) {
		return
	}
	for k := w.from; k < end; k++ {
		if (k < w.at || k >= w.behind) && !s.shows(k, e.letters[int(ref.at)+k-w.from]) {
			return
		}
	}
	s.tryAround(e, ref, w.from, end, w.end, false)
}

// tryAround reports a match of an entry one word of which was read from the
// cells from to end, the ending of that word included up to behind, when the
// other words of the entry stand around it.
func (s *scan) tryAround(e *entry, ref wordRef, from, end, behind int, slip bool) {
	if s.full && s.pointless(e) {
		return
	}
	start, ok := s.wordsBefore(e, int(ref.at), from, slip)
	if !ok {
		return
	}
	stop, ok := s.wordsBehind(e, int(ref.at)+int(ref.n), end, slip)
	if !ok || stop != end && behind != end {
		return
	}
	if stop == end {
		stop = behind
	}
	if !s.leftEdge(e, start) {
		return
	}
	if stop, ok = s.rightEdge(e, stop-1); ok {
		s.hit(e, start, stop, slip)
	}
}

// wordsBefore matches the first n letters of an entry backwards from cell k.
// With slips, a word may lack vowels.
func (s *scan) wordsBefore(e *entry, n, k int, slips bool) (int, bool) {
	for n > 0 {
		to := k
		for e.gapAt(n) && k > 0 && !s.cells[k-1].word() && s.cells[k-1].kind != wall && to-k < maxGap {
			k--
		}
		if k < to && !plainGap(s.gap(k, to)) || k == 0 {
			return 0, false
		}
		a := n - 1
		for a > 0 && !e.gapAt(a) {
			a--
		}
		from := k
		for from > 0 && s.cells[from-1].word() && k-from < maxSlipLetter {
			from--
		}
		if s.sameLetters(e, a, n, k-(n-a)) {
			from = k - (n - a)
		} else if !slips || !s.shortOf(e, a, n, from, k) {
			return 0, false
		}
		n, k = a, from
	}
	return k, true
}

// wordsBehind matches the letters of an entry from n on at cell k.
func (s *scan) wordsBehind(e *entry, n, k int, slips bool) (int, bool) {
	for n < len(e.letters) {
		from := k
		for e.gapAt(n) && !s.cells[k].word() && s.cells[k].kind != wall && k-from < maxGap {
			k++
		}
		if k > from && !plainGap(s.gap(from, k)) {
			return 0, false
		}
		b := n + 1
		for b < len(e.letters) && !e.gapAt(b) {
			b++
		}
		to := k
		for s.cells[to].word() && to-k < maxSlipLetter {
			to++
		}
		if s.sameLetters(e, n, b, k) {
			to = k + b - n
		} else if !slips || !s.shortOf(e, n, b, k, to) {
			return 0, false
		}
		n, k = b, to
	}
	return k, true
}

// sameLetters says whether the letters a to b of an entry stand at cell k.
func (s *scan) sameLetters(e *entry, a, b, k int) bool {
	if k < 0 || k+b-a > len(s.cells) {
		return false
	}
	for n := a; n < b; n++ {
		if c := &s.cells[k+n-a]; !c.word() && c.alt[0] == 0 || !s.shows(k+n-a, e.letters[n]) {
			return false
		}
	}
	return true
}

// shortOf says whether the cells from to end are the letters a to b of an
// entry with a slip.
func (s *scan) shortOf(e *entry, a, b, from, end int) bool {
	var x, y [maxSlipLetter]byte
	word := x[:0]
	for k := from; k < end; k++ {
		c, ok := plainByte(&s.cells[k])
		if !ok || len(word) == maxSlipLetter {
			return false
		}
		word = append(word, c)
	}
	meant := wordLetters(y[:0], e, wordRef{at: uint8(a), n: uint8(min(b-a, 255))})
	return len(word) > 1 && len(meant) > 2 && word[0] == meant[0] && (swapped(word, meant) || lacksVowels(word, meant))
}

// plainGap says whether a gap may stand between two words of a phrase.
func plainGap(g gap) bool {
	return !g.stop && !g.other && g.signs <= 3 && (!g.blank || !g.dash || g.line)
}
