package rate_test

import (
	"errors"
	"fmt"
	"math"
	"net/netip"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"postbag/moderation/rate"
)

// start is a time of day in the product's lifetime, in Unix nanoseconds.
const start = int64(1_790_000_000_000_000_000)

func TestTake(t *testing.T) {
	second := func(n int) time.Duration { return time.Duration(n) * time.Second }
	type event struct {
		at        time.Duration
		allowed   bool
		retry     time.Duration
		remaining int
	}
	for _, c := range []struct {
		name   string
		limit  rate.Limit
		events []event
	}{
		{"no burst", rate.Limit{Count: 5, Per: time.Minute}, []event{
			{0, true, 0, 0}, {0, false, second(12), 0}, {second(11), false, second(1), 0}, {second(12), true, 0, 0}, {second(13), false, second(11), 0}}},
		{"burst of five", rate.Limit{Count: 5, Per: time.Minute, Burst: 4}, []event{
			{0, true, 0, 4}, {0, true, 0, 3}, {0, true, 0, 2}, {0, true, 0, 1}, {0, true, 0, 0}, {0, false, second(12), 0},
			{second(12), true, 0, 0}, {second(12), false, second(12), 0}, {second(48), true, 0, 2}, {second(600), true, 0, 4}}},
		{"five in any minute", rate.Limit{Count: 1, Per: time.Minute, Burst: 4}, []event{
			{0, true, 0, 4}, {0, true, 0, 3}, {0, true, 0, 2}, {0, true, 0, 1}, {second(59), true, 0, 0}, {second(59), false, second(1), 0}, {second(60), true, 0, 0}}},
		{"refusals cost nothing", rate.Limit{Count: 1, Per: time.Minute}, []event{
			{0, true, 0, 0}, {second(1), false, second(59), 0}, {second(2), false, second(58), 0}, {second(59), false, second(1), 0}, {second(60), true, 0, 0}}},
		{"the clock goes back", rate.Limit{Count: 1, Per: time.Minute, Burst: 1}, []event{
			{second(99999), true, 0, 1}, {0, false, second(60), 0}, {second(60), true, 0, 0}}},
		{"not valid", rate.Limit{Per: time.Minute}, []event{{0, false, time.Minute, 0}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			var tat int64
			for i, e := range c.events {
				got := c.limit.Take(tat, start+int64(e.at))
				if got.Allowed != e.allowed || got.RetryAfter != e.retry || got.Remaining != e.remaining {
					t.Errorf("event %d at %v: %+v, want %+v", i, e.at, got, e)
				}
				tat = got.TAT
			}
		})
	}
}

func TestValidate(t *testing.T) {
	for _, c := range []struct {
		limit rate.Limit
		valid bool
	}{
		{rate.Limit{Count: 1, Per: time.Microsecond}, true},
		{rate.Limit{Count: 60, Per: time.Hour, Burst: 59}, true},
		{rate.Limit{Count: 1, Per: rate.MaxRecovery}, true},
		{rate.Limit{Count: 1, Per: rate.MaxRecovery + 1}, false},
		{rate.Limit{Count: 1, Per: rate.MaxRecovery / 2, Burst: 1}, true},
		{rate.Limit{Count: 1, Per: rate.MaxRecovery / 2, Burst: 2}, false},
		{rate.Limit{Count: 2, Per: time.Microsecond}, false},
		{rate.Limit{Count: 0, Per: time.Hour}, false},
		{rate.Limit{Count: -1, Per: time.Hour}, false},
		{rate.Limit{Count: 1}, false},
		{rate.Limit{Count: 1, Per: -time.Hour}, false},
		{rate.Limit{Count: 1, Per: time.Hour, Burst: -1}, false},
		{rate.Limit{Count: math.MaxInt, Per: math.MaxInt64, Burst: math.MaxInt}, false},
	} {
		err := c.limit.Validate()
		if (err == nil) != c.valid || err != nil && !errors.Is(err, rate.ErrLimit) {
			t.Errorf("%+v: %v, want valid %v", c.limit, err, c.valid)
		}
	}
}

// limits draws limits whose interval is often not a whole number.
func limits(t *rapid.T) rate.Limit {
	return rate.Limit{
		Count: rapid.IntRange(1, 20).Draw(t, "count"),
		Per:   time.Duration(rapid.Int64Range(20_000, 20_050).Draw(t, "per")),
		Burst: rapid.IntRange(0, 12).Draw(t, "burst"),
	}
}

// twin is the limit by its meaning: it remembers every admitted event, and admits
// one more when every span that begins at an earlier one and ends now holds at
// most one event more than it has earned, the burst included.
type twin struct {
	limit    rate.Limit
	admitted []int64
}

func (w *twin) take(now int64) bool {
	interval := int64(math.Ceil(float64(w.limit.Per) / float64(w.limit.Count)))
	for i, at := range w.admitted {
		events := int64(len(w.admitted) - i + 1)
		if (events-1)*interval > now-at+int64(w.limit.Burst)*interval {
			return false
		}
	}
	w.admitted = append(w.admitted, now)
	return true
}

func TestTakeMatchesTheTwin(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := limits(t)
		w := twin{limit: limit}
		tat, now := int64(0), start
		for range rapid.IntRange(1, 120).Draw(t, "events") {
			now += rapid.SampledFrom([]int64{0, 0, 1, int64(limit.Per) / int64(limit.Count), int64(limit.Per) / 3, 2 * int64(limit.Per)}).Draw(t, "wait")
			got := limit.Take(tat, now)
			if want := w.take(now); got.Allowed != want {
				t.Fatalf("at %d: allowed %v, want %v", now-start, got.Allowed, want)
			}
			consistent(t, limit, tat, now, got)
			tat = got.TAT
		}
		for _, from := range w.admitted {
			if n := within(w.admitted, from, from+int64(limit.Per)); n > limit.Count+limit.Burst {
				t.Fatalf("%d events in one window of %+v", n, limit)
			}
		}
	})
}

// consistent checks what a reading says of the events that may follow it.
func consistent(t *rapid.T, limit rate.Limit, tat, now int64, got rate.Reading) {
	if !got.Allowed {
		if got.TAT > tat || got.RetryAfter <= 0 || got.Remaining != 0 {
			t.Fatalf("refusal %+v of tat %d", got, tat)
		}
		retry := now + int64(got.RetryAfter)
		if limit.Take(got.TAT, retry-1).Allowed || !limit.Take(got.TAT, retry).Allowed {
			t.Fatalf("retry after %v is not the first moment", got.RetryAfter)
		}
		return
	}
	more, next := 0, got.TAT
	for r := limit.Take(next, now); r.Allowed; r = limit.Take(next, now) {
		more, next = more+1, r.TAT
	}
	if more != got.Remaining {
		t.Fatalf("remaining %d, but %d more were admitted", got.Remaining, more)
	}
}

func within(times []int64, from, to int64) int {
	n := 0
	for _, at := range times {
		if at >= from && at < to {
			n++
		}
	}
	return n
}

func TestBoundIsReached(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := limits(t)
		tat, n := int64(0), 0
		for now := start; now < start+int64(limit.Per); {
			r := limit.Take(tat, now)
			if tat = r.TAT; r.Allowed {
				n++
			} else {
				now += int64(r.RetryAfter)
			}
		}
		if n != limit.Count+limit.Burst {
			t.Fatalf("a greedy key got %d of %+v", n, limit)
		}
	})
}

func TestExpiredKeyIsLikeNew(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := limits(t)
		tat := start + rapid.Int64Range(-50_000, 50_000).Draw(t, "tat")
		if same := limit.Take(tat, start) == limit.Take(0, start); limit.Expired(tat, start) && !same {
			t.Fatalf("expired tat %d matters", tat-start)
		}
	})
}

// TestNoDrift takes the events of a year at an interval that is not whole.
func TestNoDrift(t *testing.T) {
	limit := rate.Limit{Count: 7, Per: time.Minute}
	tat, now := int64(0), start
	for range 1_000_000 {
		r := limit.Take(tat, now)
		if !r.Allowed {
			now += int64(r.RetryAfter)
			r = limit.Take(tat, now)
		}
		tat = r.TAT
	}
	ideal := float64(time.Minute) / 7 * 999_999
	if off := float64(now-start) - ideal; off < 0 || off > 1_000_000 {
		t.Errorf("a million events are %v ns off the schedule", off)
	}
}

func FuzzTake(f *testing.F) {
	f.Add(5, int64(time.Minute), 4, int64(0), start)
	f.Add(1, int64(1), 0, int64(math.MaxInt64), int64(math.MinInt64))
	f.Fuzz(func(t *testing.T, count int, per int64, burst int, tat, now int64) {
		limit := rate.Limit{Count: count, Per: time.Duration(per), Burst: burst}
		if now < 0 || now > math.MaxInt64-2*int64(rate.MaxRecovery) {
			return // outside of 1970 to 2260
		}
		r := limit.Take(tat, now)
		if limit.Validate() != nil {
			if r.Allowed {
				t.Error("a limit that is not valid admits")
			}
			return
		}
		if r.Allowed == (r.RetryAfter > 0) || r.RetryAfter < 0 || r.RetryAfter > rate.MaxRecovery || r.Remaining < 0 || r.Remaining > burst {
			t.Errorf("%+v of %+v", r, limit)
		}
		if r.Allowed && r.TAT <= now || !r.Allowed && r.TAT > tat {
			t.Errorf("tat %d of %d at %d", r.TAT, tat, now)
		}
	})
}

func TestNetwork(t *testing.T) {
	for in, want := range map[string][]string{
		"192.0.2.77":                   {"192.0.2.77/32", "192.0.2.0/24"},
		"::ffff:192.0.2.77":            {"192.0.2.77/32", "192.0.2.0/24"},
		"2001:DB8:aaaa:bbcc:1:2:3:4":   {"2001:db8:aaaa:bbcc::/64", "2001:db8:aaaa:bb00::/56", "2001:db8:aaaa::/48"},
		"fe80::1%eth0":                 {"fe80::/64", "fe80::/56", "fe80::/48"},
		"::1":                          {"::/64", "::/56", "::/48"},
		"2001:db8:aaaa:bbff:ffff::abc": {"2001:db8:aaaa:bbff::/64", "2001:db8:aaaa:bb00::/56", "2001:db8:aaaa::/48"},
	} {
		if got := rate.Network(netip.MustParseAddr(in)); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", in, got, want)
		}
	}
	if got := rate.Network(netip.Addr{}); got != nil {
		t.Errorf("invalid address: %v", got)
	}
}

func BenchmarkTake(b *testing.B) {
	limit := rate.Limit{Count: 5, Per: time.Minute, Burst: 4}
	tat, now := int64(0), start
	b.ReportAllocs()
	for b.Loop() {
		now += int64(time.Second)
		tat = limit.Take(tat, now).TAT
	}
}

func BenchmarkNetwork(b *testing.B) {
	addr := netip.MustParseAddr("2001:db8:aaaa:bbcc:1:2:3:4")
	b.ReportAllocs()
	for b.Loop() {
		rate.Network(addr)
	}
}

func ExampleLimit_Take() {
	limit := rate.Limit{Count: 5, Per: time.Minute, Burst: 1}
	var tat int64 // as stored
	for range 3 {
		r := limit.Take(tat, start)
		fmt.Println(r.Allowed, r.Remaining, r.RetryAfter)
		tat = r.TAT
	}
	// Output:
	// true 1 0s
	// true 0 0s
	// false 0 12s
}
