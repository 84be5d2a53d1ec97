package keyword

import (
	"slices"
	"strings"
)

// disguised says whether reading digits, signs and letters of other scripts as
// the letters of the entry is more likely than what they are by themselves.
func (s *scan) disguised(e *entry, i, end int, path int32) bool {
	var digits, signs, drawn, natives, capitals, pairs, plain, plainer int
	for p := path; p >= 0; p = s.steps[p].prev {
		st := &s.steps[p]
		c := &s.cells[st.cell]
		if c.code != st.code && !c.is(exotic) && c.end-c.start == 1 && c.kind != letter {
			plainer++
		}
		switch {
		case c.kind == digit && c.code != st.code:
			digits++
		case c.kind == sign:
			signs++
			drawn += int(st.end - st.cell)
		case c.kind == letter && c.r >= 0x80 && c.code != st.code:
			natives++
		case st.end > st.cell && c.kind == letter:
			pairs++
		case c.kind == letter && c.code != st.code && c.is(upper) && !c.is(exotic):
			capitals++
		default:
			plain++
		}
	}
	switch {
	case e.is(isNarrow) && natives == 0:
		return false
	case natives > 0 && plain+digits+signs == 0 && !e.is(isNarrow) && s.otherScript(i, end):
		return false
	case capitals > 0 && (!s.smallLetters(i, end) || ordinary(s.word(i, end))):
		return false
	case pairs > 0 && ordinary(s.word(i, end)):
		return false
	case digits > 0 && s.codeLike(e, i, end, digits, plain+natives):
		return false
	case !s.enoughLetters(e, plainer, digits+signs+plain+natives+pairs+capitals-plainer):
		return false
	}
	return signs == 0 || s.signsRead(i, end, signs+digits+drawn)
}

// enoughLetters says whether a match with so many plain digits and signs for
// letters has enough else beside them. A row of signs alone is how people swear
// in comics, and two digits in a word of three letters are a number.
func (s *scan) enoughLetters(e *entry, substitutes, letters int) bool {
	switch {
	case substitutes == 0:
		return true
	case len(e.letters) < 4:
		return substitutes == 1 || substitutes == 2 && letters == 1 && !s.digitsOnly(e)
	case s.apart:
		return substitutes <= letters
	}
	return letters > 0 || s.kinds(e, digit) > 0
}

// digitsOnly says whether every letter of the match is written as a letter or
// digit.
func (s *scan) digitsOnly(e *entry) bool { return s.kinds(e, sign) == 0 }

// kinds counts the letters of the match that are written as cells of a kind.
func (s *scan) kinds(e *entry, k kind) int {
	n := 0
	for i := range e.letters {
		if s.cells[s.first[i]].kind == k {
			n++
		}
	}
	return n
}

// smallLetters says whether any of the cells i to end is a small letter, among
// which a capital i passes for an l.
func (s *scan) smallLetters(i, end int) bool {
	for k := i; k < end; k++ {
		if c := &s.cells[k]; c.kind == letter && !c.is(upper) {
			return true
		}
	}
	return false
}

// otherScript says whether the text has words, outside of the cells i to end,
// that can only be read in a script other than Latin.
func (s *scan) otherScript(i, end int) bool {
	if s.native < 0 {
		s.native = s.natives(0, len(s.cells))
	}
	return s.native-s.natives(i, end) >= 2
}

// natives counts the letters of other scripts that nobody takes for Latin.
func (s *scan) natives(i, end int) int {
	n := 0
	for k := i; k < end; k++ {
		c := &s.cells[k]
		if c.foreign() {
			n++
		}
	}
	return n
}

// word gives the cells i to end as they are written, letters and digits only.
func (s *scan) word(i, end int) string {
	var out strings.Builder
	for k := i; k < end; k++ {
		if c := &s.cells[k]; c.word() {
			out.WriteRune(c.r)
		}
	}
	return out.String()
}

// codeLike says whether a match with digits for letters looks like a postcode,
// a plate, a part number, a hash or a parameter.
func (s *scan) codeLike(e *entry, i, end, digits, letters int) bool {
	if digits+letters > 8 && letters >= digits {
		return false
	}
	capitals, small := 0, 0
	for k := i; k < end; k++ {
		switch c := &s.cells[k]; {
		case c.is(upper) && !c.is(exotic):
			capitals++
		case c.kind == letter:
			small++
		}
	}
	switch {
	case letters == 0 && small == 0 && capitals == 0 && len(e.letters) < 6:
		return true
	case capitals > 0 && small == 0:
		return digits*3 > letters || len(e.letters) < 4 || s.cells[end-1].kind == digit
	case s.hex(i, end) && s.codeNear(i, end):
		return true
	}
	return s.parameter(i)
}

// codeNear says whether a token with digits is joined to the cells i to end.
func (s *scan) codeNear(i, end int) bool {
	for k := i - 1; k >= 0 && !s.cells[k].blank() && s.cells[k].kind != wall && i-k < 40; k-- {
		if s.cells[k].kind == digit {
			return true
		}
	}
	for k := end; k < len(s.cells) && !s.cells[k].blank() && s.cells[k].kind != wall && k-end < 40; k++ {
		if s.cells[k].kind == digit {
			return true
		}
	}
	return false
}

// parameter says whether cell i stands in the query of a link.
func (s *scan) parameter(i int) bool {
	equals := false
	for k := i - 1; k >= 0 && !s.cells[k].blank() && s.cells[k].kind != wall && i-k < 200; k-- {
		switch s.cells[k].r {
		case '=':
			equals = true
		case '?':
			return equals
		}
	}
	return false
}

// signsRead says whether the signs of a match are letters rather than
// brackets, separators or an exclamation mark.
func (s *scan) signsRead(i, end, substitutes int) bool {
	c := &s.cells[i]
	switch {
	case end-i == 3 && s.cells[i+1].r == '^':
		return false // a power, or a sum of bits
	case c.r == '#' && (substitutes == 1 || end-i < 5):
		return false
	case strings.ContainsRune("([{<|", c.r) && (end-i < 4 || substitutes == 1 && s.closed(i, end)):
		return false
	}
	if last := &s.cells[end-1]; last.kind == sign && substitutes == 1 && end-i > 1 {
		switch last.r {
		case '!', '|', '(', '[', '<', '{':
			w := s.word(i, end-1)
			return len(w) > 2 && !ordinary(w)
		}
	}
	return !s.address(i, end)
}

// closed says whether the bracket or bar at cell i has its other half on the
// same line behind the match.
func (s *scan) closed(i, end int) bool {
	other := map[rune]rune{'(': ')', '[': ']', '{': '}', '<': '>', '|': '|'}[s.cells[i].r]
	for k := end; k < len(s.cells) && s.cells[k].kind != newline && s.cells[k].kind != wall && k-end < 400; k++ {
		if s.cells[k].r == other {
			return true
		}
	}
	return false
}

// address says whether the cells i to end hold the '@' of a mail address.
func (s *scan) address(i, end int) bool {
	at := false
	for k := i + 1; k < end; k++ {
		at = at || s.cells[k].r == '@'
	}
	if !at {
		return false
	}
	for k := end; k+1 < len(s.cells) && !s.cells[k].blank() && s.cells[k].kind != wall && k-end < 80; k++ {
		if s.cells[k].r == '.' && s.cells[k+1].word() {
			return true
		}
	}
	return false
}

// stretched says whether the repeated letters of a match are a disguise, and
// whether they may be no more than a slip. It refuses words that are ordinary
// as they stand, or once they are shortened.
func (s *scan) stretched(e *entry, i, end, last int) (slip, ok bool) {
	stays := s.stays
	if stays == 0 && end == last+1 || len(e.gaps) > 0 || s.apart {
		return stays == 1, true
	}
	if stays > 0 && end > last+1 && s.doubledLast(last) {
		stays--
	}
	written := s.word(i, end)
	if ordinary(written) && !s.spells(e, written) {
		return false, false
	}
	if !tripled(written) {
		return stays == 1, true
	}
	for _, w := range shortened(written) {
		if ordinary(w) && !s.spells(e, w) {
			return false, false
		}
	}
	return stays == 1, true
}

func (s *scan) doubledLast(last int) bool {
	return last > 0 && sameLetter(&s.cells[last-1], &s.cells[last])
}

// spells says whether a word is the entry, with or without an ending.
func (s *scan) spells(e *entry, w string) bool {
	for k, code := range e.letters {
		if k >= len(w) || asciiCode(rune(w[k])) != code {
			return false
		}
	}
	rest := w[len(e.letters):]
	switch {
	case e.is(isPrefix):
		return true
	case e.is(isStem):
		return slices.Contains(stemEndings(e), rest)
	case rest == "" || slices.Contains(endings(), rest):
		return true
	case rest[0] == w[len(e.letters)-1] && slices.Contains(vowelEndings(), rest[1:]):
		return true
	}
	return compound(rest)
}

// tripled says whether a letter stands three times in a row in w.
func tripled(w string) bool {
	for i := 2; i < len(w); i++ {
		if w[i] == w[i-1] && w[i] == w[i-2] {
			return true
		}
	}
	return false
}

// shortened gives the words that one stretched inside may stand for: its run of
// three letters or more as two and as one. With more runs than one, or a run at
// the end, any word may be stretched, and it gives none.
func shortened(w string) []string {
	at, n := 0, 0
	for i := 0; i < len(w); {
		j := i
		for j < len(w) && w[j] == w[i] {
			j++
		}
		if j-i >= 3 {
			if n > 0 || j == len(w) {
				return nil
			}
			at, n = i, j-i
		}
		i = j
	}
	return []string{w[:at+2] + w[at+n:], w[:at+1] + w[at+n:]}
}

// named applies what holds for names alone.
func (s *scan) named(e *entry, i, end int) bool {
	switch {
	case e.is(isReversed) && e.is(isInitial):
		return s.cells[end-1].is(upper) && s.cells[end].r == '.'
	case e.is(isReversed):
		return !s.listed(i, end)
	case e.is(isInitial):
		return s.initialAlone(i)
	}
	return true
}

// listed says whether "Surname, First" is the seam of two names in a list:
// a capitalised word right before it and right behind it.
func (s *scan) listed(i, end int) bool {
	if end+1 >= len(s.cells) || s.cells[end].kind != space || !s.cells[end+1].is(upper) || i < 2 || s.cells[i-1].kind != space {
		return false
	}
	k := i - 2
	for k > 0 && s.cells[k-1].word() {
		k--
	}
	return s.cells[k].is(upper)
}

// initialAlone says whether the initial at cell i is the first one, and no
// part of a short form.
func (s *scan) initialAlone(i int) bool {
	k := i - 1
	for k >= 0 && !s.cells[k].word() && s.cells[k].kind != wall && !(s.cells[k].kind == newline) && i-k <= 3 {
		if s.cells[k].r == '\'' {
			return false
		}
		k--
	}
	if k < 0 || !s.cells[k].word() {
		return true
	}
	c := &s.cells[k]
	alone := c.is(upper) && (k == 0 || !s.cells[k-1].word())
	return !alone || c.r != s.cells[i].r && s.cells[k+1].r != '.' && (c.r == 'i' || c.r == 'a')
}
