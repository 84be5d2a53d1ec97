package brake

import (
	"math"
	"slices"
)

const (
	// MinFires is how many networks a rule must have fired on before it can trip.
	MinFires = 5
	// MostNetworks is how many networks are remembered; with the last of them the
	// watch ends.
	MostNetworks = 16
	// MaxStrangers is how many networks of strangers count.
	MaxStrangers = 2
	// Alpha is the probability below which what was seen is not put down to chance.
	Alpha = 0.003

	leastBound  = 0.05
	perPromise  = 5
	perMillion  = 1e6
	strangerBit = 1 // of a remembered network
)

// Sighting is one comment that the rule has judged.
type Sighting struct {
	Network  uint32 // short hash of the sender's network, or of whatever tells senders apart; its lowest bit is not used
	Stranger bool   // the site did not know the author when the rule was saved
	Fired    bool
}

// Watch is what is known of one version of a rule. The zero Watch has seen
// nothing. It is stored between comments.
type Watch struct {
	// Seen is the number of comments that were evidence.
	Seen int64
	// Networks are those that the rule fired on, in the order in which it did; the
	// lowest bit tells a stranger's.
	Networks []uint32
}

// Over reports whether the watch has ended because it remembers all it can.
func (w *Watch) Over() bool { return len(w.Networks) >= MostNetworks }

// Observe takes note of a comment and reports whether it was evidence.
func (w *Watch) Observe(s Sighting) bool {
	if w.Over() || w.knows(s.Network) || s.Stranger && w.strangers() >= MaxStrangers {
		return false
	}
	w.Seen++
	if s.Fired {
		entry := s.Network &^ strangerBit
		if s.Stranger {
			entry |= strangerBit
		}
		w.Networks = append(slices.Clip(w.Networks), entry)
	}
	return true
}

func (w *Watch) knows(network uint32) bool {
	return slices.ContainsFunc(w.Networks, func(n uint32) bool { return n&^strangerBit == network&^strangerBit })
}

func (w *Watch) strangers() int {
	n := 0
	for _, entry := range w.Networks {
		n += int(entry & strangerBit)
	}
	return n
}

// Tripped reports whether the rule has fired on far more than bound, a share from
// 0 to 1, of the comments seen.
func (w *Watch) Tripped(bound float64) bool {
	fires := len(w.Networks)
	return fires >= MinFires && Tail(w.Seen, fires, bound) < Alpha
}

// Bound returns the share of comments that a rule may fire on, 0.05 to 1. promise
// is the share that its backtest fired on, in parts per million; below 0 when there
// was none.
func Bound(promise int) float64 {
	return min(max(leastBound, perPromise*float64(promise)/perMillion), 1)
}

// Tail returns the probability of k or more hits in n independent tries that each
// hit with probability p. It takes time linear in k; its error is below 1e-12, so
// a smaller probability may come out as 0.
func Tail(n int64, k int, p float64) float64 {
	switch {
	case k <= 0 || p >= 1:
		return 1
	case int64(k) > n || p <= 0:
		return 0
	}
	term, fewer := math.Exp(float64(n)*math.Log1p(-p)), 0.0
	for i := range k {
		fewer += term
		term *= float64(n-int64(i)) / float64(i+1) * p / (1 - p)
	}
	return min(max(1-fewer, 0), 1)
}
