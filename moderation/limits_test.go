package moderation_test

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// limit is a rate rule as the reference knows it.
type limit struct {
	by      string
	count   int
	burst   int
	seconds int
}

func (l limit) interval() time.Duration {
	return (time.Duration(l.seconds)*time.Second + time.Duration(l.count) - 1) / time.Duration(l.count)
}

func (l limit) wide(times int) limit {
	l.count, l.burst = l.count*times, (l.burst+1)*times-1
	return l
}

func limits() []limit {
	return []limit{{"author", 3, 2, 60}, {"address", 4, 1, 30}, {"article", 60, 20, 60}, {"host", 40, 10, 60}, {"site", 150, 60, 60}}
}

// sliding is the reference: it remembers when each key was let in, and knows
// nothing of arrival times to come.
type sliding struct {
	limits map[string]limit
	log    map[string][]time.Time
}

// admit notes a comment that was let in.
func (s *sliding) admit(keys map[string]limit, now time.Time) {
	for k, l := range keys {
		s.limits[k] = l
		s.log[k] = append(s.log[k], now)
	}
}

// wait is how long a key must wait at a time, by its log: every earlier moment
// from which on more was let in than was earned.
func (s *sliding) wait(key string, l limit, now time.Time) time.Duration {
	log, longest := s.log[key], time.Duration(0)
	for i, at := range log {
		events := time.Duration(len(log) - i) // from at to now, and one more is wanted
		if due := at.Add((events - time.Duration(l.burst)) * l.interval()); due.After(now) {
			longest = max(longest, due.Sub(now))
		}
	}
	return longest
}

// worst is how long a comment with these keys must wait, in whole seconds.
func (s *sliding) worst(keys map[string]limit, now time.Time) time.Duration {
	longest := time.Duration(0)
	for k, l := range keys {
		longest = max(longest, s.wait(k, l, now))
	}
	return (longest + time.Second - 1) / time.Second * time.Second
}

// check looks at every window that begins with an admitted comment.
func (s *sliding) check(t *testing.T) {
	for key, log := range s.log {
		l := s.limits[key]
		for i, from := range log {
			n := 0
			for _, at := range log[i:] {
				if at.Before(from.Add(time.Duration(l.seconds) * time.Second)) {
					n++
				}
			}
			if n > l.count+l.burst {
				t.Errorf("%s: %d in one window, at most %d are allowed", key, n, l.count+l.burst)
			}
		}
	}
}

// poster is somebody who writes, with the keys that the rules should find.
type poster struct {
	in   moderation.Submission
	keys map[string]limit
}

func newPoster(rng *rand.Rand, i int) poster {
	name, page, host := fmt.Sprint("reader ", rng.IntN(40)), fmt.Sprint("story-", rng.IntN(3)), fmt.Sprintf("host%d.example", rng.IntN(6))
	from := randomAddr(rng)
	rules := limits()
	p := poster{in: moderation.Submission{
		Text: fmt.Sprintf("Comment %d: [see](https://%s.%s/page).", i, fmt.Sprint("sub", rng.IntN(1000)), host), Name: name, Email: "reader@mail.example",
		Article: article(page), Addr: from,
	}, keys: map[string]limit{"author " + name + author(from): rules[0], "article " + page: rules[2], "host " + host: rules[3], "site": rules[4]}}
	bits := map[int]int{32: 1}
	if from.Is6() {
		bits = map[int]int{64: 1, 56: 4, 48: 16}
	}
	for n, times := range bits {
		prefix, _ := from.Prefix(n)
		p.keys["address "+prefix.String()] = rules[1].wide(times)
	}
	return p
}

// author is what tells guests of one name and e-mail apart: the network.
func author(from netip.Addr) string {
	bits := 24
	if from.Is6() {
		bits = 64
	}
	prefix, _ := from.Prefix(bits)
	return " " + prefix.String()
}

func randomAddr(rng *rand.Rand) netip.Addr {
	if rng.IntN(2) == 0 {
		return netip.AddrFrom4([4]byte{192, 0, byte(rng.IntN(2)), byte(rng.IntN(12))})
	}
	return wideAddr(byte(rng.IntN(2)), byte(rng.IntN(3)), byte(rng.IntN(4)), rng.Uint64())
}

// wideAddr is an address in 2001:db8:<48>::/48, of which the next byte tells the
// /56 and the one after the /64.
func wideAddr(net48, net56, net64 byte, host uint64) netip.Addr {
	a := [16]byte{0x20, 0x01, 0x0d, 0xb8, 0, net48, net56, net64}
	binary.BigEndian.PutUint64(a[8:], host)
	return netip.AddrFrom16(a)
}

// TestRateRulesAreExact: 64 posters at once, who share authors, addresses,
// articles and linked hosts at random; a restart in the middle; and on PostgreSQL
// two processes all the time.
func TestRateRulesAreExact(t *testing.T) {
	t.Run("sqlite", func(t *testing.T) {
		b := newBenchAt(t, storetest.Migrated(t), false)
		addLimits(t, b)
		exact(t, b, func(int) *bench { return b })
	})
	t.Run("postgres", func(t *testing.T) {
		b := newBenchAt(t, storetest.Postgres(t), false)
		addLimits(t, b)
		other := b.another(t)
		exact(t, b, func(i int) *bench { return []*bench{b, other}[i%2] })
	})
}

func exact(t *testing.T, b *bench, process func(int) *bench) {
	rounds := 40
	if testing.Short() {
		rounds = 12
	}
	rng := rand.New(rand.NewPCG(7, 11))
	ref := &sliding{map[string]limit{}, map[string][]time.Time{}}
	admitted, refused := 0, 0
	for round := range rounds {
		if round == rounds/2 {
			b.restart(t)
		}
		b.advance(time.Duration(rng.IntN(6000)) * time.Millisecond)
		crowd := make([]poster, 64)
		for i := range crowd {
			crowd[i] = newPoster(rng, 64*round+i)
		}
		before := make([]time.Duration, len(crowd))
		for i := range crowd {
			before[i] = ref.worst(crowd[i].keys, b.clock())
		}
		results := postAll(crowd, process)
		for i, err := range results {
			if err == nil {
				ref.admit(crowd[i].keys, b.clock())
				admitted++
			}
		}
		for i, err := range results {
			if err == nil {
				if before[i] > 0 {
					t.Errorf("round %d: admitted, though it had to wait %v", round, before[i])
				}
				continue
			}
			refused++
			r := refusal(t, err, models.CodeRateLimited)
			// The state in which it was judged lies between those of before and after.
			if after := ref.worst(crowd[i].keys, b.clock()); r.RetryAfter < before[i] || r.RetryAfter > after || r.RetryAfter < time.Second {
				t.Errorf("round %d: told to wait %v, which is not between %v and %v", round, r.RetryAfter, before[i], after)
			}
		}
	}
	ref.check(t)
	if admitted < 100 || refused < 100 {
		t.Errorf("%d admitted and %d refused prove nothing", admitted, refused)
	}
	b.sound(t)
}

func addLimits(t *testing.T, b *bench) {
	t.Helper()
	for _, l := range limits() {
		draft := moderation.RuleDraft{Name: l.by, Kind: "rate", Action: models.Slow, Mode: "enforce",
			Spec: fmt.Sprintf(`{"count":%d,"seconds":%d,"burst":%d,"by":[%q]}`, l.count, l.seconds, l.burst, l.by)}
		if _, err := b.AddRule(t.Context(), models.Moderator{}, "news", draft); err != nil {
			t.Fatal(err)
		}
	}
}

// postAll lets everybody write at the same moment.
func postAll(crowd []poster, process func(int) *bench) []error {
	errs := make([]error, len(crowd))
	var wg sync.WaitGroup
	for i := range crowd {
		wg.Go(func() { _, errs[i] = process(i).try(crowd[i].in) })
	}
	wg.Wait()
	return errs
}

// TestRetryAfter: whoever waits as long as told is let in, a second earlier not;
// and asking again in the meantime changes nothing.
func TestRetryAfter(t *testing.T) {
	b := newBench(t, false)
	b.rate(t, `{"count":3,"seconds":100,"burst":1,"by":["author"]}`)
	say := func() error {
		_, err := b.try(moderation.Submission{Text: "Once more.", Name: "Ann", Addr: addr(1)})
		return err
	}
	for range 2 {
		if err := say(); err != nil {
			t.Fatal(err)
		}
	}
	left := refusal(t, say(), models.CodeRateLimited).RetryAfter
	if left != 34*time.Second { // an interval is 33.3 s
		t.Fatalf("retry after %v, want 34 s", left)
	}
	for ; left > time.Second; left -= time.Second {
		if got := refusal(t, say(), models.CodeRateLimited).RetryAfter; got != left {
			t.Fatalf("retry after %v, want %v", got, left)
		}
		b.advance(time.Second)
	}
	refusal(t, say(), models.CodeRateLimited)
	b.advance(time.Second)
	if err := say(); err != nil {
		t.Errorf("after the wait: %v", err)
	}
}

func (b *bench) rate(tb testing.TB, spec string) {
	tb.Helper()
	_, err := b.AddRule(tb.Context(), models.Moderator{}, "news", moderation.RuleDraft{Name: spec, Kind: "rate", Action: models.Slow, Mode: "enforce", Spec: spec})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestWideNetworks: addresses of one /64 are one sender, and those who have a
// whole /56 or /48 meet the limit of the wider network.
func TestWideNetworks(t *testing.T) {
	for name, c := range map[string]struct {
		from func(i int) netip.Addr
		want int
	}{
		"1,000 addresses of a /64": {func(i int) netip.Addr { return wideAddr(1, 1, 1, uint64(i)) }, 5},
		"256 networks of a /56":    {func(i int) netip.Addr { return wideAddr(1, 1, byte(i), uint64(i)) }, 20},
		"all of a /48":             {func(i int) netip.Addr { return wideAddr(1, byte(i%250), byte(i/250), uint64(i)) }, 80},
		"1,000 IPv4 addresses":     {func(i int) netip.Addr { return netip.AddrFrom4([4]byte{198, 51, byte(i / 250), byte(i % 250)}) }, 1000},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t, false)
			b.rate(t, `{"count":5,"seconds":3600,"burst":4,"by":["address"]}`)
			crowd := make([]poster, 1000)
			for i := range crowd {
				crowd[i].in = moderation.Submission{Text: "Hello.", Name: fmt.Sprint("Reader ", i), Addr: c.from(i)}
			}
			got := 0
			for _, err := range postAll(crowd, func(int) *bench { return b }) {
				var refusal *models.Error
				switch {
				case err == nil:
					got++
				case !errors.As(err, &refusal) || refusal.Code != models.CodeRateLimited:
					t.Fatal(err)
				}
			}
			if got != c.want {
				t.Errorf("%d were let in, want %d", got, c.want)
			}
		})
	}
}

// TestNewcomersShareACounter: authors without an approved comment are counted
// together, and leave the count with their first.
func TestNewcomersShareACounter(t *testing.T) {
	b := newBench(t, false)
	b.rate(t, `{"count":3,"seconds":3600,"burst":2,"by":["newcomers"]}`)
	say := func(name string) error {
		_, err := b.try(moderation.Submission{Text: "Good morning.", Name: name, Addr: addr(1)})
		return err
	}
	for i := range 3 {
		if err := say(fmt.Sprint("New ", i)); err != nil {
			t.Fatal(err)
		}
	}
	refusal(t, say("New 3"), models.CodeRateLimited)
	if err := say("New 0"); err != nil {
		t.Errorf("somebody whose comment was approved: %v", err)
	}
}
