package store

import (
	"context"
	"fmt"

	"postbag/models"
)

// ruleVersionRow is one row of rule_versions, whose columns are those of rules
// and when they held.
type ruleVersionRow struct {
	Rule  ruleRow `gorm:"embedded"`
	Since int
	Until int
	ByID  int64
}

const (
	ruleColumns = "version, site_id, name, kind, scope, action, mode, tag, priority, reason, code, legal, promise, spec, created_at, updated_at"

	versionSelect = "SELECT rule_id AS id, since, until, by_id, " + ruleColumns + " FROM rule_versions "

	addVersion = "INSERT INTO rule_versions (rule_id, since, until, by_id, " + ruleColumns + ") " +
		"SELECT id, CAST(? AS BIGINT), 0, CAST(? AS BIGINT), " + ruleColumns + " FROM rules WHERE id = ?"

	setVersionPromise = "UPDATE rule_versions SET promise = ? WHERE rule_id = ? AND version = ?"
)

// maxVersions bounds how many versions of one rule are read.
const maxVersions = 500

// recordVersion keeps a rule as it is now, under a new revision of its site.
func (tx *Tx) recordVersion(ctx context.Context, r *models.Rule, by int64) error {
	revision, err := tx.endVersion(ctx, r)
	if err != nil {
		return err
	}
	if err := tx.db.WithContext(ctx).Exec(addVersion, revision, by, r.ID).Error; err != nil {
		return fmt.Errorf("record rule version: %w", err)
	}
	return nil
}

// endVersion begins a new revision of a site's rules, in which the version of
// the rule that held does not hold any more.
func (tx *Tx) endVersion(ctx context.Context, r *models.Rule) (revision int, err error) {
	db := tx.db.WithContext(ctx)
	if err := db.Raw("UPDATE sites SET revision = revision + 1 WHERE id = ? RETURNING revision", r.SiteID).Scan(&revision).Error; err != nil {
		return 0, fmt.Errorf("count revision: %w", err)
	}
	if err := db.Exec("UPDATE rule_versions SET until = ? WHERE rule_id = ? AND until = 0", revision, r.ID).Error; err != nil {
		return 0, fmt.Errorf("end rule version: %w", err)
	}
	tx.Emit(models.Event{SiteID: r.SiteID, Kind: models.EventSite})
	return revision, nil
}

// RulesAt returns the rules of a site as they were in a revision, in the order
// in which they were made. Unlike Sites and Rules, read one after the other, it
// never mixes two revisions.
func (q Query) RulesAt(ctx context.Context, site int64, revision int) ([]models.Rule, error) {
	rows, err := q.versions(ctx, "WHERE site_id = ? AND since <= ? AND (until = 0 OR until > ?) ORDER BY rule_id", site, revision, revision)
	if err != nil {
		return nil, fmt.Errorf("read rules of a revision: %w", err)
	}
	rules := make([]models.Rule, len(rows))
	for i := range rows {
		rules[i] = rows[i].Rule
	}
	return rules, nil
}

// RuleVersions returns the versions of a rule, newest first, at most 500. Those
// of a deleted rule are still there.
func (q Query) RuleVersions(ctx context.Context, rule int64) ([]models.RuleVersion, error) {
	list, err := q.versions(ctx, "WHERE rule_id = ? ORDER BY version DESC LIMIT ?", rule, maxVersions)
	if err != nil {
		return nil, fmt.Errorf("list rule versions: %w", err)
	}
	return list, nil
}

// RuleVersion returns one version of a rule.
func (q Query) RuleVersion(ctx context.Context, rule int64, version int) (models.RuleVersion, error) {
	list, err := q.versions(ctx, "WHERE rule_id = ? AND version = ?", rule, version)
	switch {
	case err != nil:
		return models.RuleVersion{}, fmt.Errorf("read rule version: %w", err)
	case len(list) == 0:
		return models.RuleVersion{}, ErrNotFound
	}
	return list[0], nil
}

func (q Query) versions(ctx context.Context, where string, args ...any) ([]models.RuleVersion, error) {
	var rows []ruleVersionRow
	if err := q.db.WithContext(ctx).Raw(versionSelect+where, args...).Scan(&rows).Error; err != nil {
		return nil, err
	}
	versions := make([]models.RuleVersion, len(rows))
	for i, row := range rows {
		rule, err := row.Rule.model()
		if err != nil {
			return nil, fmt.Errorf("rule %d: %w", rule.ID, err)
		}
		versions[i] = models.RuleVersion{Rule: rule, Since: row.Since, Until: row.Until, By: row.ByID}
	}
	return versions, nil
}
