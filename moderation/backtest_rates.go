package moderation

import (
	"time"

	"postbag/moderation/rules"
)

// meter keeps the counters of a rule on trial, as the database keeps those of
// the rules in force, and forgets those that limit nothing any more: a stored
// arrival time that has passed is like none.
type meter struct {
	tats   map[string]int64 // Unix nanoseconds, by key
	latest int64            // of the times seen
	enough int              // counters at which it looks for what to forget
}

const (
	fewCounters = 4096
	// meterSlack is how far back in time a later comment may be: the clocks of two
	// servers do not agree to the millisecond.
	meterSlack = time.Minute
)

func newMeter() *meter { return &meter{tats: map[string]int64{}, enough: fewCounters} }

// read returns the counters as they are before a comment.
func (m *meter) read(counters []rules.Counter) []rules.RateFact {
	facts := make([]rules.RateFact, len(counters))
	for i, c := range counters {
		facts[i] = rules.RateFact{Counter: c, TAT: m.tats[c.Key]}
	}
	return facts
}

// take stores the counters of a comment that was taken at a time in Unix
// milliseconds.
func (m *meter) take(taken []rules.RateFact, at int64) {
	for _, f := range taken {
		if f.Rule == trialID && f.TAT != 0 {
			m.tats[f.Key] = f.TAT
		}
	}
	m.latest = max(m.latest, at*int64(time.Millisecond))
	if len(m.tats) >= m.enough {
		m.forget()
	}
}

// forget drops what has passed. It runs each time the counters have doubled, so
// its cost is constant for each comment.
func (m *meter) forget() {
	for key, tat := range m.tats {
		if tat <= m.latest-int64(meterSlack) {
			delete(m.tats, key)
		}
	}
	m.enough = max(fewCounters, 2*len(m.tats))
}
