package flood_test

import (
	"testing"

	"postbag/moderation/flood"
)

// goal is one row of the table in the package comment: floods of six texts, scattered
// among comments on other things.
type goal struct {
	size   int     // mean characters
	change string  // what is changed in each copy
	third  float64 // least share of third texts for which both earlier ones are counted
	later  float64 // least share of later texts for which at least two are
}

var goals = []goal{
	{60, "1 word", 0.95, 0.95}, {60, "2 words", 0.65, 0.7}, {60, "3 words", 0.35, 0.4}, {60, "link", 0.75, 0.85},
	{150, "1 word", 0.99, 0.99}, {150, "2 words", 0.99, 0.99}, {150, "3 words", 0.95, 0.95}, {150, "link", 0.99, 0.99},
	{600, "1 word", 0.99, 0.99}, {600, "2 words", 0.99, 0.99}, {600, "3 words", 0.99, 0.99}, {600, "link", 0.99, 0.99},
}

// apply changes a text as a goal says.
func (g goal) apply(p prose, text, link string) (string, string) {
	switch g.change {
	case "1 word":
		return p.change(text, 1), ""
	case "2 words":
		return p.change(text, 2), ""
	case "3 words":
		return p.change(text, 3), ""
	}
	return text, p.link()
}

const floodSize = 6

// flood returns the texts of one flood: the original and its copies, each made from
// the original or from the copy before.
func (g goal) flood(p prose, fromLast bool) []string {
	original, link := p.varied(g.size), ""
	if g.change == "link" {
		link = p.link()
	}
	last := original
	texts := []string{original + " " + link}
	for range floodSize - 1 {
		from := original
		if fromLast {
			from = last
		}
		last, link = g.apply(p, from, link)
		texts = append(texts, last+" "+link)
	}
	return texts
}

// measure plays floods, mixed at random into as many other comments of the same
// length, and returns the shares of third and of later texts that are caught.
func (g goal) measure(p prose, floods int, fromLast bool) (third, later float64) {
	type turn struct{ flood, text int }
	var texts [][]string
	var turns []turn
	for f := range floods {
		texts = append(texts, g.flood(p, fromLast))
		for range floodSize {
			turns = append(turns, turn{f, 0}, turn{-1, 0})
		}
	}
	p.Shuffle(len(turns), func(i, j int) { turns[i], turns[j] = turns[j], turns[i] })
	ix, next := flood.New(100_000, 1), make([]int, floods)
	for i, at := range turns {
		id := int64(i + 1)
		if at.flood < 0 {
			ix.Add(entry(id, noon+id*1000, id, id, p.varied(g.size)))
			continue
		}
		n := next[at.flood]
		next[at.flood]++
		e := entry(id, noon+id*1000, id, id, texts[at.flood][n])
		switch c := ix.Look(e, flood.Reach{}); {
		case n == 2 && c.Copies >= 3:
			third++
		case n > 2 && c.Copies >= 3:
			later++
		}
		ix.Add(e)
	}
	return third / float64(floods), later / float64((floodSize-3)*floods)
}

func TestCopiesAreCaught(t *testing.T) {
	floods := 500
	if testing.Short() {
		floods = 60
	}
	for i, g := range goals {
		for _, fromLast := range []bool{false, true} {
			third, later := g.measure(newProse(uint64(31+i)), floods, fromLast)
			t.Logf("%d characters, %s changed, each from the last %t: third %.1f %%, later %.1f %%", g.size, g.change, fromLast, 100*third, 100*later)
			if third < g.third || later < g.later {
				t.Errorf("want at least %.0f %% and %.0f %%", 100*g.third, 100*g.later)
			}
		}
	}
}

// Two comments on different things, compared and looked up: at most one pair in
// 10,000 is taken for a copy.
func TestUnrelatedTextsAreNot(t *testing.T) {
	n := 3000
	if testing.Short() {
		n = 800
	}
	for _, size := range []int{60, 150, 600} {
		p := newProse(uint64(size))
		ix := flood.New(n, 1)
		var signatures []flood.Signature
		pairs, copies, counted := 0, 0, 0
		for i := range int64(n) {
			e := entry(i+1, noon, i, i, p.varied(size))
			counted += max(0, ix.Look(e, flood.Reach{}).Copies-1)
			for j := range signatures {
				pairs++
				if e.Signature.Similarity(&signatures[j]) >= flood.DefaultSimilarity {
					copies++
				}
			}
			signatures = append(signatures, e.Signature)
			ix.Add(e)
		}
		t.Logf("%d characters: of %d pairs %d similar, %d counted", size, pairs, copies, counted)
		if copies*10_000 > pairs || counted*10_000 > pairs {
			t.Errorf("more than 1 in 10,000")
		}
	}
}

// Thirty readers write the same; the index is asked as the engine asks it.
func TestAgreementIsNoFlood(t *testing.T) {
	for _, text := range []string{"i agree", "first", "well said", "i totally agree with this article", "thank you for sharing this", "rip"} {
		ix := flood.New(100, 1)
		for i := range int64(30) {
			e := entry(i+1, noon+i, i, i, text)
			if c := ix.Look(e, flood.Reach{Similarity: flood.MinSimilarity}); c != (flood.Cluster{}) {
				t.Errorf("%q: %+v", text, c)
			}
			ix.Add(e)
		}
	}
}

// Thirty accounts write the same slogan of 24 letters, with a host in it.
func TestSloganWithHostIsAFlood(t *testing.T) {
	ix := flood.New(100, 1)
	for i := range int64(30) {
		e := flood.Entry{ID: i + 1, At: noon + i, Author: i, Article: i, Signature: flood.Sketch("real news only on spam example", true)}
		if c := ix.Look(e, flood.Reach{}); c.Copies != int(i)+1 {
			t.Fatalf("copy %d: %+v", i+1, c)
		}
		ix.Add(e)
	}
}
