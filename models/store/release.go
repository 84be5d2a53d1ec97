package store

import (
	"context"
	"fmt"

	"postbag/models"
)

// heldOnlyBy picks, of comments that a version of a rule stopped, those that
// nothing else keeps back: they wait, or the rule refused them; no other current
// finding holds or refuses them; no decision of a moderator stands.
const heldOnlyBy = "SELECT id FROM comments AS c WHERE id IN (%s) AND (status = 1 OR (status = 3 AND NOT reviewed)) " +
	"AND NOT EXISTS (SELECT 1 FROM findings AS f WHERE f.comment_id = c.id AND NOT past AND action >= 3 AND (rule_id <> %d OR version <> %d)) " +
	"AND NOT EXISTS (SELECT 1 FROM decisions AS d WHERE d.comment_id = c.id AND moderator_id > 0 AND undoes = 0 " +
	"AND NOT EXISTS (SELECT 1 FROM decisions AS u WHERE u.undoes > 0 AND u.undoes = d.id)) ORDER BY id"

// stoppedBy lists comments that a version of a rule stopped, whatever became of
// them.
const stoppedBy = "SELECT DISTINCT comment_id FROM findings WHERE rule_id = ? AND NOT past AND comment_id > ? AND version = ? AND action >= 3 " +
	"ORDER BY comment_id LIMIT ?"

// HeldOnlyBy returns comments that only one version of a rule keeps from being
// public, after an id, in the order of their ids, at most limit: they are
// pending, or the rule refused them, no other rule and no setting holds them, and
// no moderator's decision about them stands. A public comment with an edit that
// waits is not among them.
//
// It reads what the rule stopped in pieces, so that no query lasts long.
func (q Query) HeldOnlyBy(ctx context.Context, rule int64, version int, after int64, limit int) ([]models.Comment, error) {
	var ids []int64
	for len(ids) < limit {
		var stopped, held []int64
		if err := q.db.WithContext(ctx).Raw(stoppedBy, rule, after, version, pastRows).Scan(&stopped).Error; err != nil {
			return nil, fmt.Errorf("find what a rule stopped: %w", err)
		}
		if len(stopped) == 0 {
			break
		}
		if err := q.exec(ctx, fmt.Sprintf(heldOnlyBy, list(stopped), rule, version), &held); err != nil {
			return nil, fmt.Errorf("find what only a rule holds: %w", err)
		}
		ids, after = append(ids, held...), stopped[len(stopped)-1]
	}
	comments, err := q.inOrder(ctx, ids[:min(limit, len(ids))])
	if err != nil {
		return nil, fmt.Errorf("read what a rule holds: %w", err)
	}
	return comments, nil
}
