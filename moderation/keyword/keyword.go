package keyword

import (
	"strings"
	"unicode/utf8"
)

// Hit is one place where a term stands in a text.
type Hit struct {
	Term       int    // index of the term in the compiled set
	List       int    // the list of the term
	Line       string // the entry as written in the list
	Start, End int    // half-open byte offsets in the original text
	Slip       bool   // perhaps a typing slip: may hold a comment, never reject it
}

// Find returns the hits of all lists in text, in order of their start. Hits of
// one term do not overlap; those of different terms, and of equal terms in two
// lists, may. It takes time linear in the length of text, and never fails:
// bytes that are not UTF-8 are signs.
//
// At most 4,000 hits are collected, and beyond that one hit of each list that
// would have none, a sure one where there is one: words repeated without end
// cannot hide those of another list.
func (m *Matcher) Find(text string) []Hit {
	if len(text) == 0 {
		return nil
	}
	s := m.scratch.Get().(*scan)
	defer m.scratch.Put(s)
	s.f.fold(text)
	s.cells, s.native = s.f.cells, -1
	s.begin()
	s.collect(text)
	s.sortAllowed()
	if s.lookAgain() {
		s.collect(text)
	}
	return s.settle()
}

// collect finds everything in the text at hand.
func (s *scan) collect(text string) {
	s.walks()
	s.findMasks()
	s.findSlips()
	s.findSigns(text)
}

// signTerm is a term without any letter.
type signTerm struct {
	text    string
	allowed bool
	owners  []int32 // the terms that are written so
}

// addSign adds a term that has no letters.
func (m *Matcher) addSign(i int32, t Term) {
	first, _ := utf8.DecodeRuneInString(t.Text)
	same := m.signs[first]
	for k := range same {
		if same[k].text == t.Text && same[k].allowed == t.Allowed {
			same[k].owners = append(same[k].owners, i)
			return
		}
	}
	m.signs[first] = append(same, signTerm{t.Text, t.Allowed, []int32{i}})
}

// findSigns finds the terms that have no letters.
func (s *scan) findSigns(text string) {
	if len(s.m.signs) == 0 {
		return
	}
	for at, r := range text {
		for _, t := range s.m.signs[r] {
			if strings.HasPrefix(text[at:], t.text) {
				s.record(t.owners, t.allowed, byteRange{at, at + len(t.text)}, false)
			}
		}
	}
}
