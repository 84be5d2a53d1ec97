package main

import (
	"fmt"
	"maps"
	"runtime"
	"slices"
	"strings"
	"time"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

const (
	manyTerms  = 10_000
	fewTerms   = 100
	listsOfSet = 100
)

// costTable measures the matcher and writes it as Markdown.
func costTable() (string, error) {
	few, _, err := compile(evasion.ManyTerms(fewTerms))
	if err != nil {
		return "", err
	}
	many, bytes, err := compile(evasion.ManyTerms(manyTerms))
	if err != nil {
		return "", err
	}
	text := evasion.Kilobyte()
	least := least(func() { few.Find(text) }, func() { many.Find(text) }, func() { keyword.Flat(text) })
	var b strings.Builder
	fmt.Fprintf(&b, "## Cost\n\nTerms are spread over %d lists of one set. Processor time of one core, the best of many runs; %s.\n\n", listsOfSet, runtime.GOARCH)
	fmt.Fprintf(&b, "| a comment of 1 KB | |\n|---|---:|\n| fold and match, %d terms | %.0f µs |\n| fold and match, %d terms | %.0f µs |\n", fewTerms, micros(least[0]), manyTerms, micros(least[1]))
	fmt.Fprintf(&b, "| %d terms to %d | %.2f times |\n| canonical text alone (flood rules) | %.0f µs |\n| memory of %d terms | %.1f MB |\n\n", manyTerms, fewTerms, float64(least[1])/float64(least[0]), micros(least[2]), manyTerms, float64(bytes)/1e6)
	hostile, err := hostileTable()
	return b.String() + hostile, err
}

func micros(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1e3 }

// compile prepares terms, and says how much memory they take.
func compile(lines []string) (*keyword.Matcher, int64, error) {
	terms := make([]keyword.Term, len(lines))
	for i, l := range lines {
		terms[i] = keyword.Term{Text: l, Line: l, List: i % listsOfSet}
	}
	before := heap()
	m, err := keyword.Compile(terms)
	if err != nil {
		return nil, 0, fmt.Errorf("compile %d terms: %w", len(lines), err)
	}
	return m, heap() - before, nil
}

func heap() int64 {
	var s runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&s)
	return int64(s.HeapAlloc)
}

// least gives the least processor time that each function took. They take turns, so that
// other work on the machine slows all of them alike.
func least(run ...func()) []time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	const turns, each = 12, 20 * time.Millisecond
	best := make([]time.Duration, len(run))
	for range turns {
		for i, f := range run {
			start, n := processorTime(), 0
			for n == 0 || processorTime()-start < each {
				f()
				n++
			}
			if took := (processorTime() - start) / time.Duration(n); best[i] == 0 || took < best[i] {
				best[i] = took
			}
		}
	}
	return best
}

// hostileTable measures 64 KB of each hostile text beside plain text.
func hostileTable() (string, error) {
	m, _, err := compile(evasion.HostileTerms())
	if err != nil {
		return "", err
	}
	texts := evasion.Hostile()
	names := slices.Sorted(maps.Keys(texts))
	plain := strings.Repeat(evasion.Kilobyte(), 64)
	run := []func(){func() { m.Find(plain) }}
	for _, name := range names {
		run = append(run, func() { m.Find(texts[name]) })
	}
	took := least(run...)
	var b strings.Builder
	fmt.Fprintf(&b, "64 KB made to cost as much as possible, with %d terms and some that fit them; plain text takes %.1f ms.\n\n", manyTerms, micros(took[0])/1e3)
	b.WriteString("| text | time | to plain text |\n|---|---:|---:|\n")
	for i, name := range names {
		fmt.Fprintf(&b, "| %s | %.1f ms | %.1f times |\n", name, micros(took[i+1])/1e3, float64(took[i+1])/float64(took[0]))
	}
	return b.String(), nil
}
