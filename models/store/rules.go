package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

type ruleRow struct {
	ID        int64
	SiteID    int64
	Name      string
	Kind      string
	Action    models.Action
	Mode      string
	Reason    string
	Spec      string
	Version   int
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	UpdatedAt int64 `gorm:"autoUpdateTime:false"`
}

func (ruleRow) TableName() string { return "rules" }

func (r *ruleRow) model() models.Rule {
	return models.Rule{
		ID: r.ID, SiteID: r.SiteID, Name: r.Name, Kind: r.Kind, Action: r.Action, Mode: r.Mode, Reason: r.Reason, Spec: r.Spec,
		Version: r.Version, CreatedAt: fromMillis(r.CreatedAt), UpdatedAt: fromMillis(r.UpdatedAt),
	}
}

// Rules returns the rules of a site in the order in which they were made.
func (q Query) Rules(ctx context.Context, site int64) ([]models.Rule, error) {
	rows, err := gorm.G[ruleRow](q.db).Where("site_id = ?", site).Order("id").Find(ctx)
	rules := make([]models.Rule, len(rows))
	for i := range rows {
		rules[i] = rows[i].model()
	}
	return rules, err
}

// Rule returns one rule.
func (q Query) Rule(ctx context.Context, id int64) (models.Rule, error) {
	row, err := first(ctx, gorm.G[ruleRow](q.db).Where("id = ?", id))
	return row.model(), err
}

// AddRule stores a new rule as version 1 and sets its ID and times.
func (tx *Tx) AddRule(ctx context.Context, r *models.Rule) error {
	row := ruleRow{0, r.SiteID, r.Name, r.Kind, r.Action, r.Mode, r.Reason, r.Spec, 1, millis(tx.Now), millis(tx.Now)}
	if err := gorm.G[ruleRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add rule: %w", err)
	}
	*r = row.model()
	tx.Emit(models.Event{SiteID: r.SiteID, Kind: models.EventSite})
	return nil
}

// SaveRule stores a new version of a rule, provided that r.Version is still its
// version; ErrConflict otherwise.
func (tx *Tx) SaveRule(ctx context.Context, r *models.Rule) error {
	row := ruleRow{Name: r.Name, Action: r.Action, Mode: r.Mode, Reason: r.Reason, Spec: r.Spec, Version: r.Version + 1, UpdatedAt: millis(tx.Now)}
	n, err := gorm.G[ruleRow](tx.db).Where("id = ? AND version = ?", r.ID, r.Version).
		Select("Name", "Action", "Mode", "Reason", "Spec", "Version", "UpdatedAt").Updates(ctx, row)
	switch {
	case err != nil:
		return fmt.Errorf("save rule: %w", err)
	case n == 0:
		return ErrConflict
	}
	r.Version, r.UpdatedAt = row.Version, fromMillis(row.UpdatedAt)
	tx.Emit(models.Event{SiteID: r.SiteID, Kind: models.EventSite})
	return nil
}

// DeleteRule removes a rule. What it found on comments stays on record.
func (tx *Tx) DeleteRule(ctx context.Context, r *models.Rule) error {
	if err := changed(gorm.G[ruleRow](tx.db).Where("id = ?", r.ID).Delete(ctx)); err != nil {
		return fmt.Errorf("delete rule: %w", err)
	}
	tx.Emit(models.Event{SiteID: r.SiteID, Kind: models.EventSite})
	return nil
}

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
