package rules_test

import (
	"runtime"
	"slices"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"postbag/models"
)

// TestCost: one comment against a hundred rules, from text to verdict, takes less
// than a millisecond 99 times in 100, and so it does with 50 regular expressions
// more. What counts is the processor time of this thread, because other work on
// the machine only ever adds to the rest.
func TestCost(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	for name, all := range map[string][]models.Rule{"hundred rules": hundredRules(), "and fifty patterns": append(hundredRules(), fiftyPatterns()...)} {
		e := mustCompile(t, all...)
		facts := benchFacts(e)
		if v, _ := e.Read(benchInput).Conclude(facts); len(v.Findings) != 0 {
			t.Fatalf("an ordinary comment: %+v", v.Findings)
		}
		times := measure(2000, func() { e.Read(benchInput).Conclude(facts) })
		t.Logf("%s: median %v, p99 %v", name, times[len(times)/2], times[len(times)*99/100])
		if p99 := times[len(times)*99/100]; p99 > time.Millisecond {
			t.Errorf("%s: p99 is %v", name, p99)
		}
	}
}

// TestWorstCost: no comment takes more than 100 ms, however it is made, with the
// costliest rules that Check takes among those that look at it.
func TestWorstCost(t *testing.T) {
	if testing.Short() {
		t.Skip("measures time")
	}
	e := mustCompile(t, append(hundredRules(), heaviest()...)...)
	facts := benchFacts(e)
	for name, in := range hostileInputs() {
		took := measure(3, func() { e.Read(in).Conclude(facts) })[0]
		t.Logf("%-10s %v", name, took)
		if took > 100*time.Millisecond {
			t.Errorf("%s takes %v", name, took)
		}
	}
}

// measure returns the times that f takes, sorted.
func measure(n int, f func()) []time.Duration {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	times := make([]time.Duration, n)
	for i := range times {
		start := processorTime()
		f()
		times[i] = processorTime() - start
	}
	slices.Sort(times)
	return times
}

// processorTime is what this thread has used so far, to the nanosecond.
func processorTime() time.Duration {
	const thread = 3 // CLOCK_THREAD_CPUTIME_ID
	var ts syscall.Timespec
	if _, _, failed := syscall.Syscall(syscall.SYS_CLOCK_GETTIME, thread, uintptr(unsafe.Pointer(&ts)), 0); failed != 0 {
		panic(failed)
	}
	return time.Duration(ts.Nano())
}
