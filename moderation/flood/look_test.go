package flood_test

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"postbag/moderation/flood"
)

const (
	hour = 3_600_000
	noon = 1_760_000_000_000 // the time at which most tests begin
)

const petition = "please sign the petition against the new incinerator before the council votes on friday it takes one minute"

func entry(id, at, author, article int64, text string) flood.Entry {
	return flood.Entry{ID: id, At: at, Author: author, Article: article, Signature: flood.Sketch(text, false)}
}

func TestLook(t *testing.T) {
	changed := strings.Replace(petition, "friday", "monday", 1)
	held := []flood.Entry{
		entry(1, noon-30*hour, 10, 100, petition),
		entry(2, noon-3*hour, 11, 100, changed),
		entry(3, noon-2*hour, 11, 101, petition),
		entry(4, noon-1*hour, 12, 102, "my grandfather planted that orchard in the spring after the war and never sold an apple"),
		entry(5, noon+1, 13, 101, petition),
		entry(6, noon-1*hour, 14, 101, "i agree"),
	}
	asked := entry(0, noon, 13, 101, petition)
	for name, test := range map[string]struct {
		entry flood.Entry
		reach flood.Reach
		want  flood.Cluster
	}{
		"a day":               {asked, flood.Reach{}, flood.Cluster{Copies: 4, Authors: 2, Articles: 2, First: 2, Since: noon - 3*hour, Similarity: 1}},
		"two days":            {asked, flood.Reach{Window: 48 * time.Hour}, flood.Cluster{Copies: 5, Authors: 3, Articles: 2, First: 1, Since: noon - 30*hour, Similarity: 1}},
		"more than allowed":   {asked, flood.Reach{Window: 9999 * time.Hour}, flood.Cluster{Copies: 5, Authors: 3, Articles: 2, First: 1, Since: noon - 30*hour, Similarity: 1}},
		"to the millisecond":  {asked, flood.Reach{Window: 2 * time.Hour}, flood.Cluster{Copies: 3, Authors: 2, Articles: 1, First: 3, Since: noon - 2*hour, Similarity: 1}},
		"a millisecond less":  {asked, flood.Reach{Window: 2*time.Hour - time.Millisecond}, flood.Cluster{Copies: 2, Authors: 1, Articles: 1, First: 5, Since: noon + 1, Similarity: 1}},
		"one article":         {asked, flood.Reach{SameArticle: true}, flood.Cluster{Copies: 3, Authors: 2, Articles: 1, First: 3, Since: noon - 2*hour, Similarity: 1}},
		"only the same":       {asked, flood.Reach{Similarity: 0.95}, flood.Cluster{Copies: 3, Authors: 2, Articles: 1, First: 3, Since: noon - 2*hour, Similarity: 1}},
		"no number":           {asked, flood.Reach{Similarity: math.NaN()}, flood.Cluster{Copies: 4, Authors: 2, Articles: 2, First: 2, Since: noon - 3*hour, Similarity: 1}},
		"an edited comment":   {entry(5, noon+2, 13, 101, petition), flood.Reach{}, flood.Cluster{Copies: 3, Authors: 2, Articles: 2, First: 2, Since: noon - 3*hour, Similarity: 1}},
		"a text of its own":   {entry(0, noon, 9, 101, "the ferry to the island was late again because of the fog this morning"), flood.Reach{}, flood.Cluster{Copies: 1, Authors: 1, Articles: 1}},
		"small talk":          {entry(0, noon, 9, 101, "i agree"), flood.Reach{}, flood.Cluster{}},
		"the end of time":     {entry(0, math.MaxInt64, 9, 101, petition), flood.Reach{}, flood.Cluster{Copies: 1, Authors: 1, Articles: 1}},
		"the beginning of it": {entry(0, math.MinInt64, 13, 101, petition), flood.Reach{}, flood.Cluster{Copies: 5, Authors: 3, Articles: 2, First: 1, Since: noon - 30*hour, Similarity: 1}},
	} {
		ix := flood.New(100, 1)
		for _, e := range held {
			ix.Add(e)
		}
		if got := ix.Look(test.entry, test.reach); got != test.want {
			t.Errorf("%s:\n got %+v\nwant %+v", name, got, test.want)
		}
	}
}

// A comment that was edited is in the index twice, and is one copy.
func TestAnEditedCommentCountsOnce(t *testing.T) {
	ix := flood.New(100, 1)
	for i := range int64(5) {
		ix.Add(entry(7, noon+i, 10, 100, petition))
	}
	if got := ix.Look(entry(8, noon+9, 11, 100, petition), flood.Reach{}); got.Copies != 2 || got.First != 7 {
		t.Errorf("%+v", got)
	}
}

// The third copy resembles only the first; the second is counted through it.
func TestCopiesOfACopyCount(t *testing.T) {
	p := newProse(5)
	joined := 0
	for range 300 {
		first := p.text(150)
		second, third := p.change(first, 5), p.change(first, 5)
		a, b := flood.Sketch(second, false), flood.Sketch(third, false)
		if s := flood.Sketch(first, false); s.Similarity(&a) < 0.375 || s.Similarity(&b) < 0.375 || a.Similarity(&b) >= 0.375 {
			continue
		}
		ix := flood.New(100, 1)
		ix.Add(entry(1, noon, 1, 1, first))
		ix.Add(entry(2, noon, 2, 1, second))
		if ix.Look(entry(3, noon, 3, 1, third), flood.Reach{}).Copies == 3 {
			joined++
		} else if a.Similarity(&b) >= 0.25 {
			t.Errorf("similarity %.2f, but not joined", a.Similarity(&b))
		}
	}
	if joined < 50 {
		t.Errorf("only %d joined: the test does not reach the case", joined)
	}
}

// A text turns into others word by word. Each step is a copy of the one before it,
// but counts only while it still resembles the text that is asked about.
func TestChainsDoNotMergeUnrelatedTexts(t *testing.T) {
	p := newProse(6)
	const size = 40
	text := func() []string { return strings.Fields(p.text(400))[:size] }
	ix := flood.New(1000, 1)
	now, steps := text(), int64(0)
	for range 4 {
		next := text()
		for _, i := range p.Perm(size) {
			now[i] = next[i]
			steps++
			ix.Add(entry(steps, noon, steps, 1, strings.Join(now, " ")))
		}
	}
	got := ix.Look(entry(0, noon, 0, 1, strings.Join(now, " ")), flood.Reach{})
	if got.Copies < size/3 || got.Copies > size || got.First <= 3*size {
		t.Errorf("of a chain of %d steps, %d for each text, %d count, the first of them step %d", steps, size, got.Copies, got.First)
	}
}

func TestCountingStopsAtMaxCopies(t *testing.T) {
	ix := flood.New(1000, 1)
	for i := range int64(999) {
		want := min(int(i)+1, flood.MaxCopies)
		if got := ix.Look(entry(i+1, noon+i, i, i, petition), flood.Reach{}); got.Copies != want || got.Authors != want || got.Articles != want {
			t.Fatalf("copy %d: %+v", i+1, got)
		}
		ix.Add(entry(i+1, noon+i, i, i, petition))
	}
}

// Copies everywhere else do not hide the two on this article.
func TestAnArticleInAFlood(t *testing.T) {
	ix := flood.New(1000, 1)
	ix.Add(entry(1, noon, 1, 100, petition))
	ix.Add(entry(2, noon, 2, 100, petition))
	for i := range int64(500) {
		ix.Add(entry(i+3, noon, i, i+200, petition))
	}
	if got := ix.Look(entry(0, noon, 3, 100, petition), flood.Reach{SameArticle: true}); got.Copies != 3 || got.First != 1 {
		t.Errorf("%+v", got)
	}
}

func ExampleIndex_Look() {
	ix := flood.New(200_000, 42)
	for i, text := range []string{
		"please sign the petition against the new incinerator before friday",
		"please sign that petition against the new incinerator before friday",
		"please sign the petition against our new incinerator before friday",
	} {
		e := flood.Entry{ID: int64(i + 1), At: noon + int64(i)*60_000, Author: int64(i), Article: 7, Signature: flood.Sketch(text, false)}
		c := ix.Look(e, flood.Reach{Window: time.Hour})
		fmt.Println(c.Copies, "copies by", c.Authors, "authors, the first is", c.First)
		ix.Add(e)
	}
	// Output:
	// 1 copies by 1 authors, the first is 0
	// 2 copies by 2 authors, the first is 1
	// 3 copies by 3 authors, the first is 1
}
