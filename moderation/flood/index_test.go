package flood_test

import (
	"encoding/binary"
	"math"
	"runtime"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"postbag/moderation/flood"
)

// twin does what an Index promises, without tables and without bounds on effort.
type twin struct {
	most    int
	entries []flood.Entry
}

func (w *twin) add(e flood.Entry) {
	if e.Signature.Blank() {
		return
	}
	w.entries = append(w.entries, e)
	if len(w.entries) > w.most {
		w.entries = w.entries[1:]
	}
}

func (w *twin) prune(before int64) {
	for len(w.entries) > 0 && w.entries[0].At < before {
		w.entries = w.entries[1:]
	}
}

// shareBand reports whether two signatures agree in one of the pairs of hashes that
// make a bucket.
func shareBand(a, b flood.Signature) bool {
	x, y := a.Bytes()[1:], b.Bytes()[1:]
	for i := 0; i < 24*4; i += 4 {
		if binary.LittleEndian.Uint32(x[i:]) == binary.LittleEndian.Uint32(y[i:]) {
			return true
		}
	}
	return false
}

// copies returns the numbers of comments, authors and articles: of all entries near
// the text, those that are copies of it or of a copy.
func (w *twin) copies(e flood.Entry, since int64, similarity float64) (int, int, int) {
	reached := []flood.Entry{e}
	near := slices.DeleteFunc(slices.Clone(w.entries), func(x flood.Entry) bool {
		return x.At < since || x.ID == e.ID || e.Signature.Similarity(&x.Signature) < max(similarity/2, 0.2)
	})
	for i := 0; i < len(reached); i++ {
		near = slices.DeleteFunc(near, func(x flood.Entry) bool {
			if reached[i].Signature.Similarity(&x.Signature) < similarity || !shareBand(reached[i].Signature, x.Signature) {
				return false
			}
			reached = append(reached, x)
			return true
		})
	}
	distinct := func(value func(flood.Entry) int64) int {
		seen := map[int64]bool{}
		for _, x := range reached {
			seen[value(x)] = true
		}
		return len(seen)
	}
	return distinct(func(x flood.Entry) int64 { return x.ID }),
		distinct(func(x flood.Entry) int64 { return x.Author }),
		distinct(func(x flood.Entry) int64 { return x.Article })
}

// Against the twin: any order of adding, pruning and looking, with few enough copies
// that no bound is met.
func TestIndexDoesAsItsTwin(t *testing.T) {
	p := newProse(8)
	var texts []flood.Signature
	for range 6 {
		text := p.text(150)
		for range 5 {
			texts = append(texts, flood.Sketch(text, false))
			text = p.change(text, 4)
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		most := rapid.IntRange(1, 40).Draw(t, "most")
		ix, w := flood.New(most, rapid.Uint64().Draw(t, "seed")), &twin{most: most}
		if rapid.Bool().Draw(t, "late") {
			ix.StartAt(math.MaxUint32 - 20)
		}
		for i := range rapid.IntRange(1, 120).Draw(t, "steps") {
			e := flood.Entry{
				ID: int64(rapid.IntRange(1, 60).Draw(t, "id")), At: int64(i) * hour, Signature: rapid.SampledFrom(texts).Draw(t, "text"),
				Author: int64(rapid.IntRange(1, 5).Draw(t, "author")), Article: int64(rapid.IntRange(1, 3).Draw(t, "article")),
			}
			got := ix.Look(e, flood.Reach{})
			copies, authors, articles := w.copies(e, e.At-24*hour, flood.DefaultSimilarity)
			if got.Copies != copies || got.Authors != authors || got.Articles != articles {
				t.Fatalf("step %d: %+v, want %d, %d, %d", i, got, copies, authors, articles)
			}
			if rapid.IntRange(0, 9).Draw(t, "prune") == 0 {
				before := int64(i-rapid.IntRange(0, 40).Draw(t, "age")) * hour
				ix.Prune(before)
				w.prune(before)
			}
			ix.Add(e)
			w.add(e)
			if ix.Len() != len(w.entries) {
				t.Fatalf("step %d: %d held, want %d", i, ix.Len(), len(w.entries))
			}
		}
	})
}

// stream is what readers write, with floods in it, at one comment a second.
func stream(seed uint64, n int) []flood.Entry {
	p := newProse(seed)
	entries := make([]flood.Entry, n)
	flooded := p.text(150)
	for i := range entries {
		text := p.varied(150)
		switch p.IntN(10) {
		case 0:
			text = p.change(flooded, 2)
		case 1:
			flooded = text
		}
		entries[i] = flood.Entry{ID: int64(i + 1), At: noon + int64(i)*1000, Author: p.Int64N(500), Article: p.Int64N(50), Signature: flood.Sketch(text, false)}
	}
	return entries
}

// A process that has run for long and one that has just read the window from the
// database answer alike, whatever their seeds and sizes.
func TestARebuiltIndexAnswersAlike(t *testing.T) {
	entries := stream(21, 8000)
	old, fresh := flood.New(100_000, 1), flood.New(5000, 99)
	fresh.StartAt(math.MaxUint32 - 2500)
	const window = 4000
	for i, e := range entries {
		old.Add(e)
		old.Prune(e.At - window*1000)
		if i >= 4500-window {
			fresh.Add(e)
		}
	}
	fresh.Prune(entries[len(entries)-1].At - window*1000)
	if old.Len() != fresh.Len() || old.Len() > window+1 {
		t.Fatalf("%d and %d entries", old.Len(), fresh.Len())
	}
	found := 0
	for _, e := range entries[len(entries)-window:] {
		a, b := old.Look(e, flood.Reach{}), fresh.Look(e, flood.Reach{})
		if a != b {
			t.Fatalf("comment %d: %+v and %+v", e.ID, a, b)
		}
		if a.Copies >= 3 {
			found++
		}
	}
	if found < window/20 {
		t.Errorf("only %d in a flood: nothing was compared", found)
	}
}

// The tables shrink with what is held.
func TestPruningGivesMemoryBack(t *testing.T) {
	ix := flood.New(10_000, 1)
	for _, e := range stream(22, 6000) {
		ix.Add(e)
	}
	full := ix.Cells()
	ix.Prune(noon + 5900*1000)
	if ix.Len() != 100 || ix.Cells() > full/10 {
		t.Errorf("%d entries, %d cells of %d", ix.Len(), ix.Cells(), full)
	}
	ix.Prune(math.MaxInt64)
	if ix.Len() != 0 {
		t.Errorf("%d entries", ix.Len())
	}
}

func TestMemoryPerEntry(t *testing.T) {
	if testing.Short() {
		t.Skip("fills a large index")
	}
	const n = 100_000
	p := newProse(23)
	signatures := make([]flood.Signature, n)
	for i := range signatures {
		signatures[i] = flood.Sketch(p.varied(150), false)
	}
	before := heap()
	ix := flood.New(200_000, 1)
	for i, s := range signatures {
		ix.Add(flood.Entry{ID: int64(i), At: noon, Signature: s})
	}
	each := float64(heap()-before) / n
	runtime.KeepAlive(ix)
	runtime.KeepAlive(signatures)
	t.Logf("%.0f bytes an entry", each)
	if each > 400 {
		t.Errorf("%.0f bytes an entry, want at most 400", each)
	}
}

func heap() uint64 {
	var m runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&m)
	return m.HeapAlloc
}

// forged returns n signatures that agree with s in the first bands, too few to be
// similar, and that are otherwise random.
func forged(p prose, s flood.Signature, bands, n int) []flood.Signature {
	stored := s.Bytes()
	list := make([]flood.Signature, n)
	for i := range list {
		for at := 1 + 4*bands; at < len(stored); at++ {
			stored[at] = byte(p.Uint32())
		}
		list[i], _ = flood.Parse(stored)
	}
	return list
}

// An attacker fills the buckets of a text: with unrelated texts the look-up leaves
// those buckets soon and finds the copies by others; with copies it stops counting.
func TestHostileBuckets(t *testing.T) {
	attack := 100_000
	if testing.Short() {
		attack = 10_000
	}
	p := newProse(24)
	original := flood.Sketch(petition, false)
	ix := flood.New(200_000, 1)
	ix.Add(flood.Entry{ID: 1, At: noon, Author: 1, Article: 1, Signature: original})
	ix.Add(flood.Entry{ID: 2, At: noon, Author: 2, Article: 1, Signature: original})
	for i, s := range forged(p, original, 6, attack) {
		ix.Add(flood.Entry{ID: int64(i + 10), At: noon, Author: 3, Article: 1, Signature: s})
	}
	asked := flood.Entry{At: noon, Author: 4, Article: 1, Signature: original}
	if c, met := ix.Look(asked, flood.Reach{}), ix.Met(asked, flood.Reach{}); c.Copies != 3 || c.First != 1 || met > 500 {
		t.Errorf("forged buckets: %+v, met %d", c, met)
	}
	for i := range int64(attack) {
		ix.Add(flood.Entry{ID: int64(attack+10) + i, At: noon, Author: i, Article: 1, Signature: original})
	}
	if c, met := ix.Look(asked, flood.Reach{}), ix.Met(asked, flood.Reach{}); c.Copies != flood.MaxCopies || met > flood.Effort {
		t.Errorf("copies: %+v, met %d", c, met)
	}
	elsewhere := flood.Reach{SameArticle: true}
	asked.Article = 2
	if c, met := ix.Look(asked, elsewhere), ix.Met(asked, elsewhere); c.Copies != 1 || met > flood.Effort {
		t.Errorf("copies elsewhere: %+v, met %d", c, met)
	}
}

func TestSizeIsBounded(t *testing.T) {
	for most, want := range map[int]int{-1: 1, 0: 1, 1: 1, 255: 255, 256: 256, 257: 257, 1000: 1000} {
		ix := flood.New(most, 1)
		for i := range int64(2100) {
			ix.Add(entry(i, noon, i, i, petition))
		}
		if ix.Len() != want {
			t.Errorf("New(%d) holds %d, want %d", most, ix.Len(), want)
		}
	}
}
