package heat_test

import (
	"math/rand/v2"
	"slices"
	"testing"

	"postbag/moderation/heat"
)

// mix is a kind of traffic: shares of comments.
type mix struct{ strangers, duplicates, fired float64 }

// usual is what a site has day by day.
var usual = mix{0.3, 0.01, 0.03}

func (m mix) draw(r *rand.Rand) heat.Signal {
	return heat.Signal{NewAuthor: r.Float64() < m.strangers, Duplicate: r.Float64() < m.duplicates, Fired: r.Float64() < m.fired}
}

// News breaks: the usual mix at the usual pace of a comment a minute, then ten times
// and a hundred times as many, for a day's worth of comments. No article leaves normal.
func TestBreakingNewsStaysNormal(t *testing.T) {
	seeds := 1000
	if testing.Short() {
		seeds = 50
	}
	l := heat.NewLadder(heat.Config{})
	for seed := range seeds {
		r := rand.New(rand.NewPCG(uint64(seed), 41))
		var s heat.State
		now := int64(noon)
		for _, phase := range []struct{ comments, gap int64 }{{200, minute}, {1500, minute / 10}, {3000, minute / 100}, {300, minute}} {
			for range phase.comments {
				now += 1 + r.Int64N(2*phase.gap)
				if s = l.Observe(s, now, usual.draw(r)); s.Level != heat.Normal {
					t.Fatalf("seed %d: %s", seed, l.Figures(s))
				}
			}
		}
	}
}

// alarms counts how often so many comments of a mix raise an article from a level,
// each time beginning anew.
func alarms(l *heat.Ladder, m mix, from heat.Level, comments int) int {
	r := rand.New(rand.NewPCG(1, 2))
	start := heat.State{}.Raise(from, noon)
	s, count := start, 0
	for i := range int64(comments) {
		if s = l.Observe(s, noon+i*50, m.draw(r)); s.Level > from {
			s = start
			count++
		}
	}
	return count
}

// How often comments that are no trouble, or a little, raise an article.
func TestFalseAlarms(t *testing.T) {
	comments := 10_000_000
	if testing.Short() {
		comments = 500_000
	}
	l := heat.NewLadder(heat.Config{})
	for name, test := range map[string]struct {
		mix  mix
		from heat.Level
		most int // in 1,000,000
	}{
		"the usual":                     {usual, heat.Normal, 1},
		"the usual, in slow mode":       {usual, heat.Slow, 1},
		"half again as many strangers":  {mix{0.45, 0.01, 0.03}, heat.Normal, 20},
		"twice the trouble":             {mix{0.3, 0.02, 0.06}, heat.Normal, 50},
		"a crowd from elsewhere":        {mix{0.9, 0.01, 0.03}, heat.Normal, 100},
		"a crowd, to hold-new":          {mix{0.9, 0.01, 0.03}, heat.Slow, 40},
		"the usual, in hold-new":        {usual, heat.HoldNew, 40},
		"half of it trouble, read-only": {mix{0.9, 0.3, 0.3}, heat.HoldAll, 1},
	} {
		got := alarms(l, test.mix, test.from, comments)
		t.Logf("%s: %d in %d comments", name, got, comments)
		if got > test.most*comments/1_000_000 {
			t.Errorf("%s: %d alarms in %d comments, want at most %d in a million", name, got, comments, test.most)
		}
	}
}

// arrivals returns the numbers of the comments at which brigades of a mix bring an
// article to a level, in order; those that do not within 1,000 are left out.
func arrivals(l *heat.Ladder, m mix, to heat.Level, brigades int) []int {
	var at []int
	for seed := range brigades {
		r := rand.New(rand.NewPCG(uint64(seed), 43))
		var s heat.State
		for i := 1; i <= 1000; i++ {
			if s = l.Observe(s, noon+int64(i)*5000, m.draw(r)); s.Level >= to {
				at = append(at, i)
				break
			}
		}
	}
	slices.Sort(at)
	return at
}

// How soon trouble is answered.
func TestBrigades(t *testing.T) {
	const brigades = 2000
	l := heat.NewLadder(heat.Config{})
	brigade := mix{0.7, 0.4, 0.03}
	for name, test := range map[string]struct {
		mix    mix
		to     heat.Level
		within int
		share  float64 // of the brigades, at least
	}{
		"a brigade, to hold-new":           {brigade, heat.HoldNew, 30, 0.98},
		"a brigade, to hold-all":           {brigade, heat.HoldAll, 100, 0.995},
		"copies by known authors":          {mix{0.3, 0.4, 0}, heat.HoldNew, 60, 0.99},
		"40 % stopped by rules":            {mix{0.3, 0.01, 0.4}, heat.HoldAll, 150, 0.98},
		"nearly all trouble, to read-only": {mix{0.9, 0.9, 0.9}, heat.ReadOnly, 120, 0.99},
	} {
		at := arrivals(l, test.mix, test.to, brigades)
		soon, _ := slices.BinarySearch(at, test.within+1)
		share := float64(soon) / brigades
		t.Logf("%s: within %d comments %.1f %%, median %d", name, test.within, 100*share, at[len(at)/2])
		if share < test.share {
			t.Errorf("%s: only %.1f %% within %d comments", name, 100*share, test.within)
		}
	}
	if at := arrivals(l, brigade, heat.ReadOnly, brigades); len(at) > brigades/200 {
		t.Errorf("%d of %d brigades closed the article, though 60 %% were no trouble", len(at), brigades)
	}
}
