package store

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

// Outcome is what a moderator made of a comment in the end. The tallies of
// rules and of the sample count outcomes, and Check counts them again.
type Outcome int8

// The outcomes of a comment.
const (
	Undecided Outcome = 0
	Taken     Outcome = 1 // removed, or marked as spam
	Passed    Outcome = 2 // approved
)

// OutcomeOf returns the outcome of a comment: the moderators' last word on what
// its findings are about.
func OutcomeOf(c *models.Comment) Outcome {
	switch c.Settled {
	case models.ChooseApprove:
		return Passed
	case models.ChooseRemove, models.ChooseSpam:
		return Taken
	}
	return Undecided
}

// maxTallies bounds the tallies that are read of one site.
const maxTallies = 10_000

type tallyRow struct {
	RuleID          int64 `gorm:"primaryKey;autoIncrement:false"`
	Version         int   `gorm:"primaryKey;autoIncrement:false"`
	Seen            int64
	Fired           int64
	Removed         int64
	Approved        int64
	Sampled         int64
	SampledRemoved  int64
	SampledApproved int64
	Networks        string // JSON, or empty
	FirstAt         int64
	LastAt          int64
}

func (tallyRow) TableName() string { return "rule_tallies" }

func newTallyRow(t *models.RuleTally) tallyRow {
	row := tallyRow{
		RuleID: t.RuleID, Version: t.Version, Seen: t.Seen, Fired: t.Fired, Removed: t.Removed, Approved: t.Approved, Sampled: t.Sampled,
		SampledRemoved: t.SampledRemoved, SampledApproved: t.SampledApproved, FirstAt: millis(t.FirstAt), LastAt: millis(t.LastAt),
	}
	if t.Networks != nil {
		row.Networks = encode(t.Networks)
	}
	return row
}

func (r *tallyRow) model() (models.RuleTally, error) {
	t := models.RuleTally{
		RuleID: r.RuleID, Version: r.Version, Seen: r.Seen, Fired: r.Fired, Removed: r.Removed, Approved: r.Approved, Sampled: r.Sampled,
		SampledRemoved: r.SampledRemoved, SampledApproved: r.SampledApproved, FirstAt: fromMillis(r.FirstAt), LastAt: fromMillis(r.LastAt),
	}
	if r.Networks == "" {
		return t, nil
	}
	return t, decode(r.Networks, &t.Networks)
}

func tallyModels(rows []tallyRow) ([]models.RuleTally, error) {
	tallies := make([]models.RuleTally, len(rows))
	for i := range rows {
		var err error
		if tallies[i], err = rows[i].model(); err != nil {
			return nil, fmt.Errorf("tally of rule %d: %w", rows[i].RuleID, err)
		}
	}
	return tallies, nil
}

// Tallies returns what became of the comments that the rules of a site fired
// on, of every version of every rule there is, by rule and version; at most
// 10,000.
func (q Query) Tallies(ctx context.Context, site int64) ([]models.RuleTally, error) {
	rows, err := gorm.G[tallyRow](q.db).Where("rule_id IN (SELECT id FROM rules WHERE site_id = ?)", site).
		Order("rule_id, version").Limit(maxTallies).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tallies: %w", err)
	}
	return tallyModels(rows)
}

// TalliesOf returns the tallies of all versions of rules, at most 1,000 rules, by
// rule and version; at most 10,000.
func (q Query) TalliesOf(ctx context.Context, rules []int64) ([]models.RuleTally, error) {
	if len(rules) == 0 {
		return nil, nil
	}
	rows, err := gorm.G[tallyRow](q.db).Where("rule_id IN ?", rules).Order("rule_id, version").Limit(maxTallies).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read tallies: %w", err)
	}
	return tallyModels(rows)
}

// AddTallies adds to the tallies of rules: every number is a change, the earliest
// FirstAt and the latest LastAt stay, and Networks replace the stored ones unless
// they are nil. Several changes of one version are one.
func (tx *Tx) AddTallies(ctx context.Context, changes []models.RuleTally) error {
	changes = mergeTallies(changes)
	if len(changes) == 0 {
		return nil
	}
	rows := make([]tallyRow, len(changes))
	for i := range changes {
		rows[i] = newTallyRow(&changes[i])
	}
	if err := gorm.G[tallyRow](tx.db, addToTally()).CreateInBatches(ctx, &rows, 200); err != nil {
		return fmt.Errorf("add tallies: %w", err)
	}
	return nil
}

// addToTally says what an insertion does to a tally that is there.
func addToTally() clause.OnConflict {
	on := clause.OnConflict{Columns: []clause.Column{{Name: "rule_id"}, {Name: "version"}}}
	set := func(column, value string) {
		on.DoUpdates = append(on.DoUpdates, clause.Assignment{Column: clause.Column{Name: column}, Value: gorm.Expr(value)})
	}
	for _, column := range strings.Fields("seen fired removed approved sampled sampled_removed sampled_approved") {
		set(column, "rule_tallies."+column+" + excluded."+column)
	}
	set("networks", "CASE WHEN excluded.networks = '' THEN rule_tallies.networks ELSE excluded.networks END")
	set("first_at", "CASE WHEN excluded.first_at > 0 AND (rule_tallies.first_at = 0 OR excluded.first_at < rule_tallies.first_at) "+
		"THEN excluded.first_at ELSE rule_tallies.first_at END")
	set("last_at", "CASE WHEN rule_tallies.last_at > excluded.last_at THEN rule_tallies.last_at ELSE excluded.last_at END")
	return on
}

func compareTallies(a, b models.RuleTally) int {
	return cmp.Or(cmp.Compare(a.RuleID, b.RuleID), cmp.Compare(a.Version, b.Version))
}

// mergeTallies makes one change of several of the same version, in the order of
// rules and versions.
func mergeTallies(changes []models.RuleTally) []models.RuleTally {
	sorted := slices.Clone(changes)
	slices.SortStableFunc(sorted, compareTallies)
	merged := sorted[:0]
	for _, t := range sorted {
		if n := len(merged); n > 0 && compareTallies(merged[n-1], t) == 0 {
			merged[n-1] = sumTallies(merged[n-1], t)
		} else {
			merged = append(merged, t)
		}
	}
	return merged
}

func sumTallies(a, b models.RuleTally) models.RuleTally {
	a.Seen += b.Seen
	a.Fired += b.Fired
	a.Removed += b.Removed
	a.Approved += b.Approved
	a.Sampled += b.Sampled
	a.SampledRemoved += b.SampledRemoved
	a.SampledApproved += b.SampledApproved
	if b.Networks != nil {
		a.Networks = b.Networks
	}
	if a.FirstAt.IsZero() || !b.FirstAt.IsZero() && b.FirstAt.Before(a.FirstAt) {
		a.FirstAt = b.FirstAt
	}
	if b.LastAt.After(a.LastAt) {
		a.LastAt = b.LastAt
	}
	return a
}

type sampleRow struct {
	SiteID   int64 `gorm:"primaryKey;autoIncrement:false"`
	Drawn    int64
	Removed  int64
	Approved int64
}

func (sampleRow) TableName() string { return "sample_tallies" }

// Sample returns the tally of a site's random sample, which is empty when
// nothing was drawn.
func (q Query) Sample(ctx context.Context, site int64) (models.SampleTally, error) {
	rows, err := gorm.G[sampleRow](q.db).Where("site_id = ?", site).Limit(1).Find(ctx)
	if err != nil || len(rows) == 0 {
		return models.SampleTally{}, err
	}
	return models.SampleTally{Drawn: rows[0].Drawn, Removed: rows[0].Removed, Approved: rows[0].Approved}, nil
}

const addToSample = " ON CONFLICT (site_id) DO UPDATE SET drawn = sample_tallies.drawn + excluded.drawn, " +
	"removed = sample_tallies.removed + excluded.removed, approved = sample_tallies.approved + excluded.approved"

// AddSamples adds to the tallies of the random samples of sites: every number is
// a change.
func (tx *Tx) AddSamples(ctx context.Context, changes map[int64]models.SampleTally) error {
	var values []int64
	for _, site := range sortedKeys(changes) {
		if c := changes[site]; c != (models.SampleTally{}) {
			values = append(values, site, c.Drawn, c.Removed, c.Approved)
		}
	}
	if len(values) == 0 {
		return nil
	}
	if err := tx.exec(ctx, "INSERT INTO sample_tallies (site_id, drawn, removed, approved) VALUES "+tuples(values, 4)+addToSample, nil); err != nil {
		return fmt.Errorf("add to samples: %w", err)
	}
	return nil
}
