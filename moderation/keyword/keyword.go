package keyword

import (
	"cmp"
	"slices"
	"strings"
)

// Hit is one place where a term stands in a text.
type Hit struct {
	Term       int    // index of the term in the compiled list
	Line       string // the entry as written in the list
	Start, End int    // half-open byte offsets in the original text
	Slip       bool   // perhaps a typing slip: may hold a comment, never reject it
}

// Find returns the hits in text, in order of their start. Hits of one term do
// not overlap; those of different terms may. It takes time linear in the
// length of text, and never fails: bytes that are not UTF-8 are signs.
func (m *Matcher) Find(text string) []Hit {
	if len(text) == 0 {
		return nil
	}
	s := m.scratch.Get().(*scan)
	defer m.scratch.Put(s)
	s.found, s.allowed, s.native = s.found[:0], s.allowed[:0], -1
	s.f.fold(text)
	s.cells, s.budget = s.f.cells, budget*len(s.f.cells)+freeSteps
	s.walks()
	s.findMasks()
	s.findSlips()
	s.findSigns(text)
	return s.settle()
}

// findSigns finds the terms that have no letters.
func (s *scan) findSigns(text string) {
	for _, i := range s.m.signs {
		t := s.m.terms[i]
		for at := 0; ; {
			n := strings.Index(text[at:], t.Text)
			if n < 0 {
				break
			}
			start, end := at+n, at+n+len(t.Text)
			at = end
			if t.Allowed {
				s.allowed = append(s.allowed, byteRange{start, end})
				continue
			}
			s.found = append(s.found, Hit{Term: i, Line: t.Line, Start: start, End: end})
		}
	}
}

// settle sorts the hits, drops what is allowed, and keeps the longest of the
// hits of one term that overlap, a sure one before a slip.
func (s *scan) settle() []Hit {
	if len(s.found) == 0 {
		return nil
	}
	slices.SortFunc(s.found, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Term, b.Term), cmp.Compare(a.Start, b.Start), compareBool(a.Slip, b.Slip), cmp.Compare(b.End, a.End))
	})
	out := make([]Hit, 0, 4)
	for _, h := range s.found {
		if s.isAllowed(h) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Term == h.Term && h.Start < out[n-1].End {
			if out[n-1].Slip && !h.Slip || out[n-1].Slip == h.Slip && h.End-h.Start > out[n-1].End-out[n-1].Start {
				out[n-1] = h
			}
			continue
		}
		out = append(out, h)
	}
	slices.SortFunc(out, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Term, b.Term))
	})
	return out
}

func compareBool(a, b bool) int {
	switch {
	case a == b:
		return 0
	case b:
		return -1
	}
	return 1
}

func (s *scan) isAllowed(h Hit) bool {
	for _, a := range s.allowed {
		if a.start <= h.Start && h.End <= a.end {
			return true
		}
	}
	return false
}
