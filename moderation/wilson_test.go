package moderation_test

import (
	"math"
	"math/rand/v2"
	"testing"

	"postbag/moderation"
)

// The interval has closed forms at its ends and in the middle; the other values
// are solutions of its defining equation, |p̂-p| = z·√(p(1-p)/n).
func TestWilson(t *testing.T) {
	const z2 = 3.841458820694124 // z² at 95 %
	for _, c := range []struct {
		hits, of  int64
		low, high float64
	}{
		{0, 0, 0, 1},
		{0, -1, 0, 1},
		{0, 10, 0, z2 / (10 + z2)},
		{10, 10, 10 / (10 + z2), 1},
		{0, 1, 0, z2 / (1 + z2)},
		{5, 10, 0.5 - math.Sqrt(z2*(10+z2))/(2*(10+z2)), 0.5 + math.Sqrt(z2*(10+z2))/(2*(10+z2))},
		{500, 1000, 0.5 - math.Sqrt(z2*(1000+z2))/(2*(1000+z2)), 0.5 + math.Sqrt(z2*(1000+z2))/(2*(1000+z2))},
		{1, 10, 0.017876213095072, 0.404150026795238},
		{81, 263, 0.255293838806, 0.366218862829},
	} {
		low, high := moderation.Wilson(c.hits, c.of)
		if math.Abs(low-c.low) > 5e-4 || math.Abs(high-c.high) > 5e-4 {
			t.Errorf("%d of %d: %.12f to %.12f, want %.12f to %.12f", c.hits, c.of, low, high, c.low, c.high)
		}
	}
	for n := int64(1); n <= 300; n++ {
		for k := int64(0); k <= n; k++ {
			low, high := moderation.Wilson(k, n)
			p := float64(k) / float64(n)
			if !(0 <= low && low <= p && p <= high && high <= 1) {
				t.Fatalf("%d of %d: %v to %v", k, n, low, high)
			}
			for _, end := range []float64{low, high} {
				if d := math.Abs(p-end) - math.Sqrt(z2*end*(1-end)/float64(n)); math.Abs(d) > 1e-9 && end > 0 && end < 1 {
					t.Fatalf("%d of %d: %v does not solve the equation, off by %g", k, n, end, d)
				}
			}
		}
	}
}

// TestWilsonCovers: for rules whose true share is known, the interval holds it
// in about 95 of 100 cases, whatever the share and however few were decided.
func TestWilsonCovers(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	const rules = 20_000
	covered := 0
	for range rules {
		truth := 0.02 + 0.96*r.Float64()
		n := 20 + r.Int64N(300)
		hits := int64(0)
		for range n {
			if r.Float64() < truth {
				hits++
			}
		}
		if low, high := moderation.Wilson(hits, n); low <= truth && truth <= high {
			covered++
		}
	}
	if got := float64(covered) / rules; got < 0.93 || got > 0.97 {
		t.Errorf("the interval holds the truth in %.1f %% of cases", 100*got)
	}
}
