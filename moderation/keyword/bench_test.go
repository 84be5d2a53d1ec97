package keyword_test

import (
	"fmt"
	"runtime"
	"testing"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

// inLists spreads terms over 100 lists.
func inLists(lines []string) []keyword.Term {
	terms := make([]keyword.Term, len(lines))
	for i, l := range lines {
		terms[i] = keyword.Term{Text: l, Line: l, List: i % 100}
	}
	return terms
}

func compiled(tb testing.TB, n int) *keyword.Matcher {
	tb.Helper()
	m, err := keyword.Compile(inLists(evasion.ManyTerms(n)))
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func BenchmarkFind(b *testing.B) {
	for _, n := range []int{100, 1_000, 10_000} {
		m, text := compiled(b, n), evasion.Kilobyte()
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
	text := evasion.Kilobyte()
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		keyword.Fold(text)
	}
}

func BenchmarkCompile(b *testing.B) {
	terms := inLists(evasion.ManyTerms(10_000))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := keyword.Compile(terms); err != nil {
			b.Fatal(err)
		}
	}
}

// TestSize holds a matcher of 10,000 terms to 10 MB.
func TestSize(t *testing.T) {
	terms := inLists(evasion.ManyTerms(10_000))
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

func BenchmarkFlat(b *testing.B) {
	text := evasion.Kilobyte()
	b.ReportAllocs()
	b.SetBytes(int64(len(text)))
	for b.Loop() {
		keyword.Flat(text)
	}
}

func BenchmarkAdversaries(b *testing.B) {
	m, err := keyword.Compile(inLists(evasion.HostileTerms()))
	if err != nil {
		b.Fatal(err)
	}
	for name, text := range evasion.Hostile() {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				m.Find(text)
			}
		})
	}
}
