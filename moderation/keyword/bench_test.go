package keyword_test

import (
	"fmt"
	"math/rand/v2"
	"runtime"
	"strings"
	"testing"

	"postbag/moderation/keyword"
)

// benchTerms makes n terms of the kinds a newsroom has: words, phrases, names.
func benchTerms(n int) []keyword.Term {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	terms := make([]keyword.Term, 0, n)
	for len(terms) < n {
		text := syllables(rng)
		switch len(terms) % 10 {
		case 0:
			text += " " + syllables(rng)
		case 1:
			text = strings.ToUpper(text[:1]) + text[1:] + " O'" + strings.ToUpper("t") + syllables(rng)
		case 2:
			text += ".example.org"
		}
		terms = append(terms, keyword.Term{Text: text, Line: text})
	}
	return terms
}

func syllables(rng *rand.Rand) string {
	var b strings.Builder
	for range 2 + rng.IntN(3) {
		b.WriteByte("bcdfghjklmnprstvw"[rng.IntN(17)])
		b.WriteByte("aeiou"[rng.IntN(5)])
		if rng.IntN(3) == 0 {
			b.WriteByte("lnrst"[rng.IntN(5)])
		}
	}
	return b.String()
}

// kilobyte is a comment of 1 KB in plain English.
func kilobyte() string {
	s := "The council said on Monday that the footbridge near Ferry Road will stay closed until April, after 37 residents complained about the timetable. " +
		"I have lived in this town since 1984 and never saw so many cones, lorries and \"temporary\" lights; it's a scandal, isn't it? Perhaps the mayor could explain " +
		"why £12,500 was spent on a survey that nobody reads. Meanwhile our school bus waits twenty minutes at the junction (see https://paper.example.org/local/2024/bus). "
	return strings.Repeat(s, 3)[:1024]
}

func compiled(tb testing.TB, n int) *keyword.Matcher {
	tb.Helper()
	m, err := keyword.Compile(benchTerms(n))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		m, text := compiled(b, n), kilobyte()
		b.Run(fmt.Sprintf("terms=%d/bytes=1024", n), func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				m.Find(text)
			}
		})
	}
}

func BenchmarkFold(b *testing.B) {
	text := kilobyte()
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		keyword.Fold(text)
	}
}

func BenchmarkCompile(b *testing.B) {
	terms := benchTerms(10_000)
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keyword.Compile(terms); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSize holds a matcher of 10,000 terms to 10 MB.
func TestSize(t *testing.T) {
	terms := benchTerms(10_000)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	m, err := keyword.Compile(terms)
	if err != nil {
		t.Fatal(err)
	}
	runtime.GC()
	runtime.ReadMemStats(&after)
	size := int64(after.HeapAlloc) - int64(before.HeapAlloc)
	t.Logf("%.2f MB for %d terms", float64(size)/1e6, len(terms))
	if size > 10<<20 {
		t.Errorf("%d bytes", size)
	}
	runtime.KeepAlive(m)
}
