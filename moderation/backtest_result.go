package moderation

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// articles lists the articles of all examples.
func (e *evidence) articles() []int64 {
	var ids []int64
	add := func(s *sample) {
		for _, d := range s.drawn {
			ids = append(ids, d.article)
		}
	}
	for _, s := range e.outcomes {
		add(s)
	}
	for _, s := range e.moves {
		add(s)
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// finish puts together what was gathered. titles are the articles of the
// examples.
func (e *evidence) finish(titles map[int64]models.Article, elapsed time.Duration) BacktestResult {
	r := e.result
	if r.Comments > 0 {
		r.Share = float64(r.Fired) / float64(r.Comments)
	}
	if decided := r.Removed + r.Approved; decided > 0 {
		r.Precision = float64(r.Removed) / float64(decided)
		r.Low, r.High = Wilson(int64(r.Removed), int64(decided))
	}
	r.Actions, r.Overlap = e.actionList(), e.overlapList()
	r.Days, r.Load = e.dayList()
	r.Change.Moves = e.moveList(titles)
	r.Examples = BacktestExamples{
		Removed:   e.outcomes[store.Taken].examples(titles),
		Approved:  e.outcomes[store.Passed].examples(titles),
		Undecided: e.outcomes[store.Undecided].examples(titles),
	}
	r.Elapsed = elapsed.Milliseconds()
	r.PerSecond = int(float64(r.Comments) / max(elapsed.Seconds(), 1e-3))
	return r
}

func (e *evidence) actionList() []BacktestAction {
	list := []BacktestAction{}
	for _, a := range slices.Sorted(maps.Keys(e.actions)) {
		list = append(list, BacktestAction{a.String(), e.actions[a]})
	}
	return list
}

func (e *evidence) overlapList() []BacktestRule {
	list := []BacktestRule{}
	for o, n := range e.overlap {
		list = append(list, BacktestRule{models.RuleID.Format(o.id), o.name, n})
	}
	slices.SortFunc(list, func(a, b BacktestRule) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.Name, b.Name), cmp.Compare(a.Rule, b.Rule))
	})
	return list[:min(len(list), maxBacktestOverlap)]
}

// dayList returns the days, and what the change adds to the queue on them. Days
// without comments count for the load: nothing is added on them.
func (e *evidence) dayList() ([]BacktestDay, BacktestLoad) {
	numbers := slices.Sorted(maps.Keys(e.days))
	list, load := []BacktestDay{}, BacktestLoad{}
	if len(numbers) == 0 {
		return list, load
	}
	var added []int // on the days on which anything is
	for _, n := range numbers {
		d := e.days[n]
		list = append(list, *d)
		if d.Held > 0 {
			added = append(added, d.Held)
		}
		if d.Held > load.Max {
			load.Max, load.MaxDay = d.Held, d.Day
		}
	}
	load.Median = medianOf(added, int(numbers[len(numbers)-1]-numbers[0]+1))
	return list[max(0, len(list)-maxBacktestDays):], load
}

// medianOf returns the median of n numbers, of which those above zero are given.
func medianOf(above []int, n int) float64 {
	slices.Sort(above)
	at := func(i int) int {
		if i -= n - len(above); i >= 0 {
			return above[i]
		}
		return 0
	}
	return float64(at((n-1)/2)+at(n/2)) / 2
}

func (e *evidence) moveList(titles map[int64]models.Article) []BacktestMove {
	list := []BacktestMove{}
	for m, s := range e.moves {
		list = append(list, BacktestMove{m.from.String(), m.to.String(), s.seen, s.examples(titles)})
	}
	slices.SortFunc(list, func(a, b BacktestMove) int {
		return cmp.Or(cmp.Compare(b.Count, a.Count), cmp.Compare(a.From, b.From), cmp.Compare(a.To, b.To))
	})
	return list
}
