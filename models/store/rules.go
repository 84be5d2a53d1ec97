package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"postbag/models"
)

type ruleRow struct {
	ID        int64
	SiteID    int64
	Name      string
	Kind      string
	Scope     string // JSON
	Action    models.Action
	Mode      string
	Tag       string
	Priority  int
	Reason    string
	Code      string
	Legal     bool
	Promise   int
	Spec      string
	Version   int
	CreatedAt int64 `gorm:"autoCreateTime:false"`
	UpdatedAt int64 `gorm:"autoUpdateTime:false"`
}

func (ruleRow) TableName() string { return "rules" }

func newRuleRow(r *models.Rule) ruleRow {
	return ruleRow{
		ID: r.ID, SiteID: r.SiteID, Name: r.Name, Kind: r.Kind, Scope: encode(r.Scope), Action: r.Action, Mode: r.Mode, Tag: r.Tag,
		Priority: r.Priority, Reason: r.Reason, Code: r.Code, Legal: r.Legal, Promise: r.Promise, Spec: r.Spec, Version: r.Version,
		CreatedAt: millis(r.CreatedAt), UpdatedAt: millis(r.UpdatedAt),
	}
}

func (r *ruleRow) model() (models.Rule, error) {
	rule := models.Rule{
		ID: r.ID, SiteID: r.SiteID, Name: r.Name, Kind: r.Kind, Action: r.Action, Mode: r.Mode, Tag: r.Tag, Priority: r.Priority,
		Reason: r.Reason, Code: r.Code, Legal: r.Legal, Promise: r.Promise, Spec: r.Spec, Version: r.Version,
		CreatedAt: fromMillis(r.CreatedAt), UpdatedAt: fromMillis(r.UpdatedAt),
	}
	return rule, decode(r.Scope, &rule.Scope)
}

func ruleModels(rows []ruleRow) ([]models.Rule, error) {
	rules := make([]models.Rule, len(rows))
	for i := range rows {
		var err error
		if rules[i], err = rows[i].model(); err != nil {
			return nil, fmt.Errorf("rule %d: %w", rows[i].ID, err)
		}
	}
	return rules, nil
}

// Rules returns the rules of a site in the order in which they were made.
func (q Query) Rules(ctx context.Context, site int64) ([]models.Rule, error) {
	rows, err := gorm.G[ruleRow](q.db).Where("site_id = ?", site).Order("id").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list rules: %w", err)
	}
	return ruleModels(rows)
}

// Rule returns one rule.
func (q Query) Rule(ctx context.Context, id int64) (models.Rule, error) {
	row, err := first(ctx, gorm.G[ruleRow](q.db).Where("id = ?", id))
	if err != nil {
		return models.Rule{}, err
	}
	return row.model()
}

// AddRule stores a new rule as version 1, saved by a moderator (0: by nobody in
// particular), and sets its ID, Version and times. ErrConflict: the site has a
// rule of that name; the transaction must end then.
func (tx *Tx) AddRule(ctx context.Context, r *models.Rule, by int64) error {
	row := newRuleRow(r)
	row.ID, row.Version, row.CreatedAt, row.UpdatedAt = 0, 1, millis(tx.Now), millis(tx.Now)
	if err := gorm.G[ruleRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add rule: %w", conflict(err))
	}
	r.ID, r.Version, r.CreatedAt, r.UpdatedAt = row.ID, row.Version, fromMillis(row.CreatedAt), fromMillis(row.UpdatedAt)
	return tx.recordVersion(ctx, r, by)
}

// SaveRule stores a new version of a rule, saved by a moderator, provided that
// r.Version is still its version, and sets Version and UpdatedAt. ErrConflict:
// it is not, or the site has another rule of that name, after which the
// transaction must end. The kind of a rule never changes.
func (tx *Tx) SaveRule(ctx context.Context, r *models.Rule, by int64) error {
	row := newRuleRow(r)
	row.Version, row.UpdatedAt = r.Version+1, millis(tx.Now)
	n, err := gorm.G[ruleRow](tx.db).Where("id = ? AND version = ?", r.ID, r.Version).
		Select("Name", "Scope", "Action", "Mode", "Tag", "Priority", "Reason", "Code", "Legal", "Promise", "Spec", "Version", "UpdatedAt").
		Updates(ctx, row)
	switch {
	case err != nil:
		return fmt.Errorf("save rule: %w", conflict(err))
	case n == 0:
		return ErrConflict
	}
	r.Version, r.UpdatedAt = row.Version, fromMillis(row.UpdatedAt)
	return tx.recordVersion(ctx, r, by)
}

// DeleteRule removes a rule. Its versions, and what it found on comments, stay
// on record.
func (tx *Tx) DeleteRule(ctx context.Context, r *models.Rule) error {
	if err := changed(gorm.G[ruleRow](tx.db).Where("id = ?", r.ID).Delete(ctx)); err != nil {
		return fmt.Errorf("delete rule: %w", err)
	}
	_, err := tx.endVersion(ctx, r)
	return err
}

// SetPromise notes the share of comments that a rule's backtest fired on, in
// parts per million. That makes no new version: the rule judges as before.
// ErrConflict: r.Version is not its version any more.
func (tx *Tx) SetPromise(ctx context.Context, r *models.Rule, promise int) error {
	n, err := gorm.G[ruleRow](tx.db).Where("id = ? AND version = ?", r.ID, r.Version).Update(ctx, "promise", promise)
	switch {
	case err != nil:
		return fmt.Errorf("set promise: %w", err)
	case n == 0:
		return ErrConflict
	}
	if err := tx.db.WithContext(ctx).Exec(setVersionPromise, promise, r.ID, r.Version).Error; err != nil {
		return fmt.Errorf("set promise: %w", err)
	}
	r.Promise = promise
	tx.Emit(models.Event{SiteID: r.SiteID, Kind: models.EventSite})
	return nil
}
