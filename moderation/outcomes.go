package moderation

import (
	"context"
	"maps"
	"slices"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// ruleVersion names one version of a rule.
type ruleVersion struct {
	rule    int64
	version int
}

// tallies gathers what a transaction changes of the numbers by which rules and
// the random sample are judged: on how many comments each version of a rule
// fired, and what moderators made of those in the end.
type tallies struct {
	rules   map[ruleVersion]*models.RuleTally
	samples map[int64]models.SampleTally
}

func newTallies() *tallies {
	return &tallies{rules: map[ruleVersion]*models.RuleTally{}, samples: map[int64]models.SampleTally{}}
}

// clone is the same, to be changed apart.
func (t *tallies) clone() *tallies {
	c := newTallies()
	for v, tally := range t.rules {
		same := *tally
		c.rules[v] = &same
	}
	maps.Copy(c.samples, t.samples)
	return c
}

func (t *tallies) of(v ruleVersion) *models.RuleTally {
	tally := t.rules[v]
	if tally == nil {
		tally = &models.RuleTally{RuleID: v.rule, Version: v.version}
		t.rules[v] = tally
	}
	return tally
}

// versions lists the versions of rules that fired, each once.
func versions(findings []models.Finding) []ruleVersion {
	var list []ruleVersion
	for i := range findings {
		v := ruleVersion{findings[i].RuleID, findings[i].Version}
		if v.rule != 0 && !slices.Contains(list, v) {
			list = append(list, v)
		}
	}
	return list
}

// count adds a comment with the findings on its present text: n is 1 for the
// state that it enters and -1 for the one that it leaves. Every change of a
// comment is both, so the numbers are always those that a recount would give.
func (t *tallies) count(c *models.Comment, findings []models.Finding, n int64) {
	var removed, approved int64
	switch store.OutcomeOf(c) {
	case store.Taken:
		removed = n
	case store.Passed:
		approved = n
	}
	for _, v := range versions(findings) {
		tally := t.of(v)
		tally.Fired += n
		tally.Removed += removed
		tally.Approved += approved
		if c.Sampled {
			tally.Sampled += n
			tally.SampledRemoved += removed
			tally.SampledApproved += approved
		}
	}
	if c.Sampled && !c.Extra {
		s := t.samples[c.SiteID]
		t.samples[c.SiteID] = models.SampleTally{Drawn: s.Drawn + n, Removed: s.Removed + removed, Approved: s.Approved + approved}
	}
}

// fire notes when rules fired, also on what is not stored because it was refused.
func (t *tallies) fire(findings []models.Finding, now time.Time) {
	for _, v := range versions(findings) {
		tally := t.of(v)
		if tally.FirstAt.IsZero() {
			tally.FirstAt = now
		}
		tally.LastAt = now
	}
}

// save writes what has changed.
func (t *tallies) save(ctx context.Context, tx *store.Tx) error {
	changes := make([]models.RuleTally, 0, len(t.rules))
	for _, tally := range t.rules {
		if !unchanged(tally) {
			changes = append(changes, *tally)
		}
	}
	if err := tx.AddTallies(ctx, changes); err != nil {
		return err
	}
	samples := make(map[int64]models.SampleTally, len(t.samples))
	for site, change := range t.samples {
		if change != (models.SampleTally{}) {
			samples[site] = change
		}
	}
	return tx.AddSamples(ctx, samples)
}

func unchanged(t *models.RuleTally) bool {
	return t.Seen == 0 && t.Fired == 0 && t.Removed == 0 && t.Approved == 0 && t.Sampled == 0 && t.SampledRemoved == 0 && t.SampledApproved == 0 &&
		t.Networks == nil && t.LastAt.IsZero()
}
