package store

import (
	"context"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// RateKey is one counter of a rate rule.
type RateKey struct {
	RuleID int64
	Key    string
}

type rateRow struct {
	RuleID int64
	Key    string
	TAT    int64 `gorm:"column:tat"`
}

func (rateRow) TableName() string { return "rates" }

// Rates returns the theoretical arrival times that are stored for the keys.
func (q Query) Rates(ctx context.Context, keys []RateKey) (map[RateKey]int64, error) {
	found := make(map[RateKey]int64, len(keys))
	if len(keys) == 0 {
		return found, nil
	}
	lists := map[int64][]string{}
	for _, k := range keys {
		lists[k.RuleID] = append(lists[k.RuleID], k.Key)
	}
	var either anyOf
	for rule, list := range lists {
		either.add("rule_id = ? AND key IN ?", rule, list)
	}
	rows, err := gorm.G[rateRow](q.db).Where(either.sql, either.args...).Find(ctx)
	for _, r := range rows {
		found[RateKey{r.RuleID, r.Key}] = r.TAT
	}
	return found, err
}

// SetRates stores theoretical arrival times.
func (tx *Tx) SetRates(ctx context.Context, tats map[RateKey]int64) error {
	if len(tats) == 0 {
		return nil
	}
	rows := make([]rateRow, 0, len(tats))
	for k, tat := range tats {
		rows = append(rows, rateRow{k.RuleID, k.Key, tat})
	}
	upsert := clause.OnConflict{
		Columns:   []clause.Column{{Name: "rule_id"}, {Name: "key"}},
		DoUpdates: clause.AssignmentColumns([]string{"tat"}),
	}
	return tx.db.WithContext(ctx).Clauses(upsert).CreateInBatches(rows, 200).Error
}

// PruneRates forgets counters whose time has come before a moment, at most
// limit of them: they no longer limit anything.
func (tx *Tx) PruneRates(ctx context.Context, before int64, limit int) (int, error) {
	return gorm.G[rateRow](tx.db).
		Where("(rule_id, key) IN (SELECT rule_id, key FROM rates WHERE tat < ? ORDER BY tat LIMIT ?)", before, limit).Delete(ctx)
}
