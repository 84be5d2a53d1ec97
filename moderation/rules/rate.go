package rules

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"postbag/moderation/rate"
)

// Limits of a rate rule.
const (
	MaxRateCount = 1_000_000
	MaxRateTime  = 31 * 24 * time.Hour
)

// tiers are the networks that an address is counted under as well, and how many
// times more they may send: providers give one subscriber up to a /48.
func tiers() []tier {
	return []tier{{"address", 1}, {"address/56", 4}, {"address/48", 16}}
}

type tier struct {
	key   string
	times int
}

const (
	keySeparator = "|"
	maxHosts     = 10 // of one comment that are counted
)

// rateLimit is a compiled rate rule.
type rateLimit struct {
	limit rate.Limit
	by    []string
}

func (s *RateSpec) compile(c *compiler, at string) condition {
	burst := s.Count - 1
	if s.Burst != nil {
		burst = *s.Burst
		c.within(at+".burst", s.Burst, 0, MaxRateCount)
	}
	c.within(at+".count", &s.Count, 1, MaxRateCount)
	c.within(at+".seconds", &s.Seconds, 1, int(MaxRateTime/time.Second))
	if len(s.By) == 0 {
		c.add(at+".by", "Name at least one of: %s.", strings.Join(RateKeys(), ", "))
	}
	for i, by := range s.By {
		c.oneOf(at+".by"+index(i), by, RateKeys()...)
		if slices.Contains(s.By[:i], by) {
			c.add(at+".by"+index(i), "%s is given twice.", quote(by))
		}
	}
	limit := rate.Limit{Count: s.Count, Per: time.Duration(s.Seconds) * time.Second, Burst: burst}
	if len(c.list) == 0 && scaled(limit, 16).Validate() != nil {
		c.add(at, "This is more than can be counted: lower count or burst, or write a longer time.")
	}
	return &rateLimit{limit: limit, by: s.By}
}

// scaled returns a limit that admits so many times more, at once (Burst + 1) as
// well as in the long run.
func scaled(l rate.Limit, times int) rate.Limit {
	return rate.Limit{Count: l.Count * times, Per: l.Per, Burst: (l.Burst+1)*times - 1}
}

// counter is a counter of a rule, and how many times its limit holds there.
type counter struct {
	Counter
	times int
	wide  string // the network it is for, when that is wider than an address
}

// counters returns the counters that a comment with these keys is counted by:
// one for each combination of values, none when a key has no value.
func (r *rateLimit) counters(rule int64, keys map[string][]string) []counter {
	list := []counter{{Counter: Counter{Rule: rule}, times: 1}}
	for _, by := range r.by {
		var next []counter
		for _, before := range list {
			for _, t := range keysBy(by) {
				for _, value := range keys[t.key][:min(len(keys[t.key]), maxHosts)] {
					if value != "" {
						next = append(next, before.with(t, value))
					}
				}
			}
		}
		list = next
	}
	return list
}

func keysBy(by string) []tier {
	if by == "address" {
		return tiers()
	}
	return []tier{{by, 1}}
}

func (c counter) with(t tier, value string) counter {
	if c.Key != "" {
		c.Key += keySeparator
	}
	c.Key += t.key + ":" + value
	c.times *= t.times
	if t.times > 1 {
		c.wide = strings.TrimPrefix(t.key, "address")
	}
	return c
}

func (r *rateLimit) holds(c *comment) evidence {
	var e evidence
	if c.facts.Edit {
		return e
	}
	for _, k := range r.counters(c.rule.ID, c.facts.Keys) {
		limit := scaled(r.limit, k.times)
		got := limit.Take(c.facts.arrival(k.Counter), c.facts.Now*int64(time.Millisecond))
		c.taken = append(c.taken, RateFact{k.Counter, got.TAT})
		if wait := milliseconds(got.RetryAfter); !got.Allowed && (e.truth == no || wait > e.wait) {
			e = evidence{truth: yes, wait: wait, detail: r.detail(limit, k, wait)}
		}
	}
	return e
}

// arrival returns the stored arrival time of a counter.
func (f *Facts) arrival(k Counter) int64 {
	for i := range f.Rates {
		if f.Rates[i].Counter == k {
			return f.Rates[i].TAT
		}
	}
	return 0
}

func milliseconds(d time.Duration) int64 {
	return int64((d + time.Millisecond - 1) / time.Millisecond)
}

func (r *rateLimit) detail(l rate.Limit, k counter, wait int64) string {
	by := strings.Join(r.by, " and ")
	if k.wide != "" {
		by = strings.Replace(by, "address", "network ("+k.wide+")", 1)
	}
	return fmt.Sprintf("faster than %s in %s by %s; the next is due in %s", count(l.Count, "comment"), span(l.Per.Milliseconds()), by, span(wait))
}

func (s *RateSpec) summary() string {
	return fmt.Sprintf("faster than %s in %s by %s", count(s.Count, "comment"), span(int64(s.Seconds)*1000), strings.Join(s.By, " and "))
}
