package keyword

import (
	"cmp"
	"slices"
)

const (
	maxHits    = 4_000  // hits collected in one text, before lists have to share
	maxAllowed = 20_000 // allowed words remembered of one text
)

// hits collects what is found in one text.
//
// When the text holds more than maxHits, it is read a second time: by then it
// is known which words are allowed and which lists have a hit that counts, and
// only the lists that have none yet take one more. So the cost is that of two
// readings, and no list is without a hit because another has many.
type hits struct {
	m       *Matcher
	found   []Hit
	allowed []allowance     // sorted once all are known
	full    bool            // maxHits were found, and then more
	again   bool            // this is the second reading
	best    []certainty     // of the hits of each list, in the second reading
	spent   map[*int32]bool // terms that have nothing to gain there, by the first
}

// certainty says what a list has: nothing, a slip, or a sure hit.
type certainty uint8

const (
	none certainty = iota
	perhaps
	sure
)

func certain(slip bool) certainty {
	if slip {
		return perhaps
	}
	return sure
}

// allowance is an allowed word of a list in the text.
type allowance struct{ list, start, end int32 }

func (h *hits) begin() {
	h.found, h.allowed = h.found[:0], h.allowed[:0]
	h.full, h.again = false, false
}

// hit records the cells i to end as a match of the terms of an entry.
func (s *scan) hit(e *entry, i, end int, slip bool) {
	if e.is(isInitial) && i == int(s.first[0]) {
		i = int(s.last[0]) // "a A. Surname" begins with the capital
	}
	start, stop := s.cells[i].start, s.cells[i].end
	for k := i; k < end; k++ {
		if c := &s.cells[k]; !c.blank() && c.kind != wall {
			start, stop = min(start, c.start), max(stop, c.end)
		}
	}
	s.record(s.m.ownersOf(e), e.is(isAllowed), byteRange{int(start), int(stop)}, slip)
}

// record takes a hit of each of the terms.
func (h *hits) record(terms []int32, allowed bool, at byteRange, slip bool) {
	switch {
	case allowed:
		h.allow(terms, at)
	case h.again:
		h.rescue(terms, at, slip)
	default:
		for _, t := range terms {
			if len(h.found) == maxHits {
				h.full = true
				return
			}
			h.take(t, at, slip)
		}
	}
}

func (h *hits) take(term int32, at byteRange, slip bool) {
	t := &h.m.terms[term]
	h.found = append(h.found, Hit{Term: int(term), List: t.List, Line: t.Line, Start: at.start, End: at.end, Slip: slip})
}

// allow remembers an allowed word. Beyond maxAllowed it is forgotten, and what
// it would allow is a hit: whoever repeats a word without end gains nothing.
func (h *hits) allow(terms []int32, at byteRange) {
	if h.again {
		return
	}
	for _, t := range terms {
		if len(h.allowed) < maxAllowed {
			h.allowed = append(h.allowed, allowance{int32(h.m.terms[t].List), int32(at.start), int32(at.end)})
		}
	}
}

// sortAllowed sorts the allowed words by list and start, and lets each reach
// to the farthest end of those before it in its list.
func (h *hits) sortAllowed() {
	slices.SortFunc(h.allowed, func(a, b allowance) int {
		return cmp.Or(cmp.Compare(a.list, b.list), cmp.Compare(a.start, b.start))
	})
	for i := 1; i < len(h.allowed); i++ {
		if a, b := &h.allowed[i-1], &h.allowed[i]; a.list == b.list {
			b.end = max(a.end, b.end)
		}
	}
}

// isAllowed says whether a range lies within an allowed word of a list.
func (h *hits) isAllowed(list int, at byteRange) bool {
	n, _ := slices.BinarySearchFunc(h.allowed, at.start, func(a allowance, start int) int {
		if int(a.list) < list || int(a.list) == list && int(a.start) <= start {
			return -1
		}
		return 1
	})
	return n > 0 && int(h.allowed[n-1].list) == list && int(h.allowed[n-1].end) >= at.end
}

// lookAgain prepares the second reading, and says whether one is needed.
func (h *hits) lookAgain() bool {
	if !h.full {
		return false
	}
	h.again = true
	h.best = slices.Grow(h.best[:0], h.m.lists)[:h.m.lists]
	clear(h.best)
	h.spent = map[*int32]bool{}
	for _, f := range h.found {
		if !h.isAllowed(f.List, byteRange{f.Start, f.End}) {
			h.best[f.List] = max(h.best[f.List], certain(f.Slip))
		}
	}
	return slices.Min(h.best) < sure
}

// pointless says whether nothing is to be gained by a hit of an entry: in the
// first reading because there are enough, in the second because its lists have
// a sure one. It remembers that they do.
func (h *hits) pointless(e *entry) bool {
	if !h.again {
		return !e.is(isAllowed)
	}
	return e.is(isAllowed) || h.served(h.m.ownersOf(e))
}

func (h *hits) served(terms []int32) bool {
	if h.spent[&terms[0]] {
		return true
	}
	for _, t := range terms {
		if h.best[h.m.terms[t].List] < sure {
			return false
		}
	}
	h.spent[&terms[0]] = true
	return true
}

// rescue takes a hit of the terms whose lists have none as certain.
func (h *hits) rescue(terms []int32, at byteRange, slip bool) {
	if h.served(terms) {
		return
	}
	for _, t := range terms {
		list := h.m.terms[t].List
		if h.best[list] < certain(slip) && !h.isAllowed(list, at) {
			h.best[list] = certain(slip)
			h.take(t, at, slip)
		}
	}
}

// settle sorts the hits, drops what is allowed, and keeps the longest of the
// hits of one term that overlap, a sure one before a slip.
func (h *hits) settle() []Hit {
	if len(h.found) == 0 {
		return nil
	}
	slices.SortFunc(h.found, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Term, b.Term), cmp.Compare(a.Start, b.Start), cmp.Compare(certain(b.Slip), certain(a.Slip)), cmp.Compare(b.End, a.End))
	})
	out := make([]Hit, 0, 4)
	for _, f := range h.found {
		if h.isAllowed(f.List, byteRange{f.Start, f.End}) {
			continue
		}
		if n := len(out); n > 0 && out[n-1].Term == f.Term && f.Start < out[n-1].End {
			if last := &out[n-1]; last.Slip && !f.Slip || last.Slip == f.Slip && f.End-f.Start > last.End-last.Start {
				*last = f
			}
			continue
		}
		out = append(out, f)
	}
	slices.SortFunc(out, func(a, b Hit) int {
		return cmp.Or(cmp.Compare(a.Start, b.Start), cmp.Compare(a.End, b.End), cmp.Compare(a.Term, b.Term))
	})
	return out
}
