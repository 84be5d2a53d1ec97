package flood

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// Bounds of a [Reach]; what lies beyond them is taken as the bound.
const (
	MinSimilarity = 0.3
	MaxSimilarity = 0.95
	MaxWindow     = 72 * time.Hour

	// DefaultSimilarity meets the goals in the package comment for comments of
	// 150 characters.
	DefaultSimilarity = 0.375
	DefaultWindow     = 24 * time.Hour
)

// MaxCopies is where counting stops: a cluster with so many copies has that many
// or more, and its First and Since are those of the oldest counted.
const MaxCopies = 256

const (
	anchor   = 0.5  // part of the similarity that a copy of a copy still has to the text
	noise    = 0.2  // and what it has in any case: unrelated texts stay below
	patience = 6    // entries of one bucket met in vain before it is left
	effort   = 4096 // entries met in one look-up
	hubs     = 32   // copies whose own copies are looked for
	waiting  = 64   // possible copies of copies

	alike = 1 << 31 // mark of an entry that is a copy; those below are bands
)

// Reach says what counts as a copy.
type Reach struct {
	Window      time.Duration // how old it may be, up to MaxWindow; 0 is DefaultWindow
	Similarity  float64       // from MinSimilarity to MaxSimilarity, in steps of 1/64; 0 is DefaultSimilarity
	SameArticle bool          // on the same article only
}

// Cluster is a comment together with the earlier ones that say the same. It counts
// the comment itself: one that nobody copied has Copies, Authors and Articles 1. The
// zero Cluster is that of a comment whose signature is blank.
type Cluster struct {
	Copies     int     // comments, at most MaxCopies
	Authors    int     // different authors of them
	Articles   int     // different articles they stand on
	First      int64   // ID of the oldest earlier one, 0 when there is none
	Since      int64   // when that was written, Unix milliseconds
	Similarity float64 // of the most similar earlier one; 0 when there is none
}

// Look returns the cluster of a comment, which need not be in the index. Entries
// with its ID, unless that is 0, are not its copies; entries from after e.At count as
// recent. Time is bounded, whatever the index holds.
func (ix *Index) Look(e Entry, r Reach) Cluster {
	if e.Signature.Blank() {
		return Cluster{}
	}
	s := ix.search(e, r)
	s.run()
	return s.cluster()
}

// bounded returns the window in milliseconds and the similarity.
func (r Reach) bounded() (int64, float64) {
	similarity := cmp.Or(r.Similarity, DefaultSimilarity)
	if math.IsNaN(similarity) {
		similarity = DefaultSimilarity
	}
	window := min(max(cmp.Or(r.Window, DefaultWindow), 0), MaxWindow)
	return window.Milliseconds(), min(max(similarity, MinSimilarity), MaxSimilarity)
}

// search is one look-up.
type search struct {
	*Index
	of       Entry
	since    int64 // the earliest time that counts
	isCopy   int   // equal hashes that make a copy
	isNearly int   // equal hashes that the copy of a copy still has with the text
	inside   bool  // on the same article only

	effort int // entries it may still meet
	best   int // equal hashes of the most similar copy
}

func (ix *Index) search(e Entry, r Reach) search {
	if ix.look == math.MaxUint32 {
		ix.renumber()
	}
	ix.look++
	ix.copies, ix.nearly = ix.copies[:0], ix.nearly[:0]
	window, similarity := r.bounded()
	return search{
		Index:    ix,
		of:       e,
		since:    max(e.At, math.MinInt64+window) - window,
		isCopy:   int(math.Round(similarity * hashes)),
		isNearly: int(math.Round(max(similarity*anchor, noise) * hashes)),
		inside:   r.SameArticle,
		effort:   effort,
	}
}

// run finds the copies, then the copies of the copies.
func (s *search) run() {
	s.walk(&s.of.Signature)
	for i := 0; i < min(len(s.copies), hubs) && !s.over(); i++ {
		hub := &s.at(s.copies[i]).Signature
		s.walk(hub)
		s.join(hub)
	}
}

// over reports whether the search has to end.
func (s *search) over() bool { return s.effort <= 0 || len(s.copies) >= MaxCopies-1 }

// walk meets the entries that share a bucket with a signature, in every bucket the
// newest first. A bucket is walked once.
func (s *search) walk(sig *Signature) {
	for b := range bands {
		first := s.newest(b, sig.band(b))
		if !s.holds(first) {
			continue
		}
		newest, bit := s.at(first), uint32(1)<<b
		if newest.seen == s.look && newest.marks&bit != 0 {
			continue
		}
		for n, vain := first, 0; s.holds(n) && vain < patience && !s.over(); n = s.at(n).older[b] {
			if !s.meet(n) {
				vain++
			}
		}
		newest.marks |= bit
	}
}

// meet compares an entry with the text, unless it has been met before, counts it if
// it is a copy within reach, and reports whether it is one at all: a copy on another
// article was not met in vain.
func (s *search) meet(number uint32) bool {
	e := s.at(number)
	s.effort--
	if e.seen == s.look {
		return e.marks&alike != 0
	}
	e.seen, e.marks = s.look, 0
	if e.At < s.since {
		return false
	}
	equal := s.of.Signature.agree(&e.Signature)
	within := (!s.inside || e.Article == s.of.Article) && (e.ID == 0 || e.ID != s.of.ID)
	switch {
	case equal >= s.isCopy && within:
		s.count(number, equal)
	case equal >= s.isCopy:
		e.marks = alike
	case equal >= s.isNearly && within && len(s.nearly) < waiting:
		s.nearly = append(s.nearly, number)
	}
	return e.marks&alike != 0
}

// join counts those of the nearly similar that are copies of a copy.
func (s *search) join(hub *Signature) {
	rest := s.nearly[:0]
	for _, number := range s.nearly {
		sig := &s.at(number).Signature
		if hub.agree(sig) >= s.isCopy {
			s.count(number, s.of.Signature.agree(sig))
		} else {
			rest = append(rest, number)
		}
	}
	s.nearly = rest
}

// count adds a copy.
func (s *search) count(number uint32, equal int) {
	s.copies = append(s.copies, number)
	s.at(number).marks |= alike
	s.best = max(s.best, equal)
}

func (s *search) cluster() Cluster {
	c := Cluster{Similarity: float64(s.best) / hashes}
	if len(s.copies) > 0 {
		oldest := s.at(slices.Min(s.copies))
		c.First, c.Since = oldest.ID, oldest.At
	}
	c.Copies = s.distinct(s.of.ID, func(e *Entry) int64 { return e.ID })
	c.Authors = s.distinct(s.of.Author, func(e *Entry) int64 { return e.Author })
	c.Articles = s.distinct(s.of.Article, func(e *Entry) int64 { return e.Article })
	return c
}

// distinct counts the different values among the comment, which has own, and its
// copies.
func (s *search) distinct(own int64, value func(*Entry) int64) int {
	s.ids = append(s.ids[:0], own)
	for _, number := range s.copies {
		s.ids = append(s.ids, value(&s.at(number).Entry))
	}
	slices.Sort(s.ids)
	return len(slices.Compact(s.ids))
}
