package brake_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"pgregory.net/rapid"

	"postbag/moderation/brake"
)

// TestTail compares with figures from tables, and with the sum of the other side.
func TestTail(t *testing.T) {
	for _, c := range []struct {
		n    int64
		k    int
		p    float64
		want float64
	}{
		{20, 5, 0.05, 0.0025739403346527}, // 1 − 0.9974260597
		{10, 10, 0.5, 1.0 / 1024},
		{10, 1, 0.5, 1023.0 / 1024},
		{1, 1, 0.25, 0.25},
		{5, 6, 0.5, 0},
		{5, 0, 0.5, 1},
		{5, 3, 0, 0},
		{5, 3, 1, 1},
		{1 << 40, 16, 0.05, 1},
	} {
		if got := brake.Tail(c.n, c.k, c.p); math.Abs(got-c.want) > 1e-12 {
			t.Errorf("P(X ≥ %d), n %d, p %v: %v, want %v", c.k, c.n, c.p, got, c.want)
		}
	}
}

func TestTailMirrors(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 60).Draw(t, "n")
		k := rapid.IntRange(1, int(n)).Draw(t, "k")
		p := rapid.Float64Range(0.01, 0.99).Draw(t, "p")
		// k hits or more are n−k misses or fewer.
		sum := brake.Tail(n, k, p) + brake.Tail(n, int(n)-k+1, 1-p)
		if math.Abs(sum-1) > 1e-9 {
			t.Fatalf("both sides add up to %v", sum)
		}
		if brake.Tail(n, k, p) < brake.Tail(n, k, p/2)-1e-12 || brake.Tail(n+1, k, p) < brake.Tail(n, k, p)-1e-12 {
			t.Fatal("more chances make it less likely")
		}
	})
}

func TestBound(t *testing.T) {
	for promise, want := range map[int]float64{-1: 0.05, 0: 0.05, 9_999: 0.05, 10_000: 0.05, 20_000: 0.1, 200_000: 1, 1_000_000: 1} {
		if got := brake.Bound(promise); math.Abs(got-want) > 1e-12 {
			t.Errorf("promise %d: bound %v, want %v", promise, got, want)
		}
	}
}

// TestFiveOfTwenty is the promise that an evenly wrong rule is stopped within 20
// comments, wherever its hits lie.
func TestFiveOfTwenty(t *testing.T) {
	for shift := range 10 {
		var w brake.Watch
		tripped := 0
		for i := range 20 {
			w.Observe(brake.Sighting{Network: uint32(2 * (i + 1)), Fired: (i*3+shift)%10 < 3})
			if w.Tripped(brake.Bound(-1)) {
				tripped = i + 1
				break
			}
		}
		if tripped == 0 {
			t.Errorf("three hits in ten, from %d on: still running after 20 comments", shift)
		}
	}
}

// TestNobodyTripsItAlone sends nothing but comments that fire.
func TestNobodyTripsItAlone(t *testing.T) {
	for name, sighting := range map[string]func(i int) brake.Sighting{
		"one network":               func(int) brake.Sighting { return brake.Sighting{Network: 8, Fired: true} },
		"four networks":             func(i int) brake.Sighting { return brake.Sighting{Network: uint32(2 * (i % 4)), Fired: true} },
		"strangers from everywhere": func(i int) brake.Sighting { return brake.Sighting{Network: uint32(2 * i), Fired: true, Stranger: true} },
		"strangers, and two he has been": func(i int) brake.Sighting {
			return brake.Sighting{Network: uint32(2 * i), Fired: true, Stranger: i >= 2}
		},
	} {
		var w brake.Watch
		for i := range 10_000 {
			w.Observe(sighting(i))
			if w.Tripped(brake.Bound(-1)) {
				t.Errorf("%s: tripped at comment %d", name, i+1)
				break
			}
		}
	}
}

// TestSpammerDoesNotHide: his fires are no evidence, and no cover for a rule that
// hits others.
func TestSpammerDoesNotHide(t *testing.T) {
	var w brake.Watch
	for i := range 200 {
		w.Observe(brake.Sighting{Network: uint32(2 * i), Fired: true, Stranger: true})
	}
	if w.Seen != brake.MaxStrangers {
		t.Fatalf("%d comments of strangers were evidence", w.Seen)
	}
	for i := range 20 {
		w.Observe(brake.Sighting{Network: uint32(2 * (1000 + i)), Fired: i%3 == 0})
	}
	if !w.Tripped(brake.Bound(-1)) {
		t.Errorf("%+v has not tripped", w)
	}
}

func TestNetworksCountOnce(t *testing.T) {
	var w brake.Watch
	for range 3 {
		w.Observe(brake.Sighting{Network: 6, Fired: true})
		w.Observe(brake.Sighting{Network: 7, Fired: true, Stranger: true}) // the same but for the unused bit
		w.Observe(brake.Sighting{Network: 10})
	}
	if len(w.Networks) != 1 || w.Seen != 4 {
		t.Errorf("%+v, want one network and four comments", w)
	}
}

func TestWatchEnds(t *testing.T) {
	var w brake.Watch
	for i := range 100 * brake.MostNetworks {
		w.Observe(brake.Sighting{Network: uint32(2 * i), Fired: i%100 == 99})
	}
	if !w.Over() || len(w.Networks) != brake.MostNetworks || w.Observe(brake.Sighting{Network: 1 << 20}) {
		t.Errorf("%d networks, over %v", len(w.Networks), w.Over())
	}
	if w.Tripped(brake.Bound(-1)) {
		t.Error("a rule that fires on one comment in a hundred has tripped")
	}
}

// TestObserveLeavesCopies: a Watch is stored by value, and a copy of it must not
// change behind the back of whoever keeps it.
func TestObserveLeavesCopies(t *testing.T) {
	var w brake.Watch
	w.Observe(brake.Sighting{Network: 2, Fired: true})
	a, b := w, w
	a.Observe(brake.Sighting{Network: 4, Fired: true})
	b.Observe(brake.Sighting{Network: 6, Fired: true})
	if a.Networks[1] != 4 || b.Networks[1] != 6 || len(w.Networks) != 1 {
		t.Errorf("%v, %v, %v", w, a, b)
	}
}

// chance sums over all courses: the probability that a rule which fires on a share
// of the comments trips within n of them.
func chance(bound, share float64, n int) float64 {
	var at [brake.MostNetworks + 1]float64 // probability of so many fires, not tripped
	at[0] = 1
	tripped := 0.0
	for seen := 1; seen <= n; seen++ {
		var next [brake.MostNetworks + 1]float64
		for k, p := range at[:brake.MostNetworks] {
			next[k] += p * (1 - share)
			w := brake.Watch{Seen: int64(seen), Networks: make([]uint32, k+1)}
			if w.Tripped(bound) {
				tripped += p * share
			} else {
				next[k+1] += p * share
			}
		}
		at = next
	}
	return tripped
}

// TestErrors holds the package comment to its figures.
func TestErrors(t *testing.T) {
	least := brake.Bound(-1)
	for _, c := range []struct {
		bound, share float64
		within       int
		from, to     float64
	}{
		{least, 0.05, 5000, 0.012, 0.0135},
		{least, 0.04, 5000, 0, 0.0033},
		{least, 0.01, 20_000, 0, 2e-6},
		{brake.Bound(50_000), 0.05, 20_000, 0, 2e-6}, // as promised, of rules that promise much
		{brake.Bound(100_000), 0.1, 20_000, 0, 1e-6},
		{least, 0.3, 20, 0.76, 1},
		{least, 0.3, 40, 0.97, 1},
		{least, 0.3, 60, 0.998, 1},
	} {
		if got := chance(c.bound, c.share, c.within); got < c.from || got > c.to {
			t.Errorf("bound %v, fires on %v: trips within %d with probability %v, want %v to %v", c.bound, c.share, c.within, got, c.from, c.to)
		}
	}
}

// traffic is a news site's: few readers write much and many little, some are new,
// and several share a network.
type traffic struct {
	rng    *rand.Rand
	zipf   *rand.Zipf
	newOne uint32
	news   float64 // share of comments by strangers
}

func newTraffic(seed uint64, strangers float64) *traffic {
	rng := rand.New(rand.NewPCG(seed, 1))
	return &traffic{rng: rng, zipf: rand.NewZipf(rng, 1.2, 20, 4000), news: strangers}
}

func (f *traffic) next(share float64) brake.Sighting {
	s := brake.Sighting{Fired: f.rng.Float64() < share}
	if f.rng.Float64() < f.news {
		f.newOne++
		s.Stranger, s.Network = true, 2*(1<<20+f.newOne/3)
	} else {
		s.Network = 2 * uint32(f.zipf.Uint64())
	}
	return s
}

// TestBurst: a rule that keeps its promise is left alone however much is written.
// Ten ordinary days in one, with 1,000 seeds.
func TestBurst(t *testing.T) {
	trips := 0
	for seed := range uint64(1000) {
		f := newTraffic(seed, 0.3)
		var w brake.Watch
		for range 5000 {
			w.Observe(f.next(0.01))
			if w.Tripped(brake.Bound(10_000)) {
				trips++
				break
			}
		}
	}
	if trips > 0 {
		t.Errorf("%d of 1,000 bursts tripped a rule that kept its promise", trips)
	}
}

// TestBadRuleOnLivelySite: readers without a past count less, but a rule that hits
// everybody alike is stopped all the same.
func TestBadRuleOnLivelySite(t *testing.T) {
	const seeds = 2000
	stopped := map[int]int{}
	for seed := range uint64(seeds) {
		f := newTraffic(seed, 0.3)
		var w brake.Watch
		for i := range 200 {
			w.Observe(f.next(0.3))
			if w.Tripped(brake.Bound(-1)) {
				for _, within := range []int{20, 40, 100} {
					if i < within {
						stopped[within]++
					}
				}
				break
			}
		}
	}
	for within, atLeast := range map[int]float64{20: 0.5, 40: 0.9, 100: 0.99} {
		if got := float64(stopped[within]) / seeds; got < atLeast {
			t.Errorf("%.1f %% stopped within %d comments, want %.1f %%", 100*got, within, 100*atLeast)
		}
	}
	t.Logf("of %d rules that hit 30 %%: %v stopped within so many comments", seeds, stopped)
}

func BenchmarkObserve(b *testing.B) {
	f := newTraffic(1, 0.3)
	b.ReportAllocs()
	var w brake.Watch
	for b.Loop() {
		if w.Observe(f.next(0.01)); w.Tripped(0.05) || w.Over() {
			w = brake.Watch{}
		}
	}
}

func ExampleWatch() {
	var w brake.Watch
	bound := brake.Bound(4_000) // its backtest fired on 0.4 % of the comments
	for comment := 1; !w.Tripped(bound); comment++ {
		w.Observe(brake.Sighting{Network: uint32(comment) << 1, Fired: comment%3 == 0})
		if w.Tripped(bound) {
			fmt.Printf("fired on %d of %d", len(w.Networks), w.Seen)
		}
	}
	// Output: fired on 5 of 15
}
