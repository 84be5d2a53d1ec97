package keyword_test

import (
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

// TestWorstCase holds every adversary to 50 ms, and marks, references and
// direction controls to ten times the cost of plain text, in processor time: other
// work on the machine only ever adds to it, so the best of many runs counts.
func TestWorstCase(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	for name, terms := range map[string][]keyword.Term{"each term in a list": inLists(evasion.HostileTerms()), "the same terms in every list": inEveryList()} {
		t.Run(name, func(t *testing.T) { worst(t, terms) })
	}
}

// inEveryList gives the terms that fit the hostile texts to each of 100 lists,
// some of them allowed there as well.
func inEveryList() []keyword.Term {
	lines := evasion.HostileTerms()
	terms := inLists(lines[:10_000])
	for list := range 100 {
		for i, l := range lines[10_000:] {
			terms = append(terms, keyword.Term{Text: l, Line: l, List: list, Allowed: i%5 == 0 && list%2 == 0})
		}
	}
	return terms
}

func worst(t *testing.T, terms []keyword.Term) {
	m, err := keyword.Compile(terms)
	if err != nil {
		t.Fatal(err)
	}
	plain := strings.Repeat(evasion.Kilobyte(), 64)
	base := best(0, func() { m.Find(plain) })
	for name, text := range evasion.Hostile() {
		limit := 50 * time.Millisecond
		if name == "zalgo" || name == "references" || name == "bidi" || name == "nested" || name == "percent" || name == "letters" {
			limit = 10 * base
		}
		took := best(limit, func() { m.Find(text) })
		t.Logf("%-12s %8.2f ms, %.1f times plain text", name, took.Seconds()*1e3, float64(took)/float64(base))
		if took > limit*slower {
			t.Errorf("%s: %v for 64 KB, want %v", name, took, limit)
		}
	}
}

// best is the least time f takes, over runs long enough for the clock: three
// without a limit, else up to ten until it is well below.
func best(limit time.Duration, f func()) time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	least := time.Hour
	for n := 0; n < 10 && (limit > 0 && least > limit/2 || limit == 0 && n < 3); n++ {
		start, runs := processorTime(), 0
		for processorTime()-start < 40*time.Millisecond {
			f()
			runs++
		}
		least = min(least, (processorTime()-start)/time.Duration(runs))
	}
	return least
}

// processorTime is what this thread has used so far.
func processorTime() time.Duration {
	const thread = 1 // RUSAGE_THREAD
	var u syscall.Rusage
	if err := syscall.Getrusage(thread, &u); err != nil {
		panic(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

// TestCost guards the goals, 40 µs for a comment of 1 KB with 10,000 terms and 1.3
// times what it takes with 100, with room for slower machines; the benchmarks
// measure them.
func TestCost(t *testing.T) {
	if testing.Short() || slower > 1 {
		t.Skip("measures time")
	}
	text := evasion.Kilobyte()
	small, large := compiled(t, 100), compiled(t, 10_000)
	least, ratio := time.Hour, 99.0
	for n := 0; n < 8 && (least > 80*time.Microsecond || ratio > 1.6); n++ {
		took := best(0, func() { large.Find(text) })
		least = min(least, took)
		ratio = min(ratio, float64(took)/float64(best(0, func() { small.Find(text) })))
	}
	t.Logf("%v with 10,000 terms, %.2f times that of 100", least, ratio)
	if least > 80*time.Microsecond || ratio > 1.6 {
		t.Errorf("%v, %.2f times", least, ratio)
	}
}
