package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"gorm.io/gorm"

	"postbag/models"
)

// first runs a query for one row and turns its absence into ErrNotFound.
func first[T any](ctx context.Context, q gorm.ChainInterface[T]) (T, error) {
	row, err := q.Take(ctx)
	if errors.Is(err, gorm.ErrRecordNotFound) {
		err = ErrNotFound
	}
	return row, err
}

// changed turns a statement that met no row into ErrNotFound.
func changed(n int, err error) error {
	if err == nil && n == 0 {
		return ErrNotFound
	}
	return err
}

// Comment returns one comment.
func (q Query) Comment(ctx context.Context, id int64) (models.Comment, error) {
	row, err := first(ctx, gorm.G[commentRow](q.db).Where("id = ?", id))
	return row.model(), err
}

// Comments returns the comments with the given ids, in any order; unknown ids
// are left out. At most 1,000 ids.
func (q Query) Comments(ctx context.Context, ids []int64) ([]models.Comment, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	rows, err := gorm.G[commentRow](q.db).Where("id IN ?", ids).Find(ctx)
	return commentModels(rows), err
}

// SiteKey is an idempotency key within a site.
type SiteKey struct {
	SiteID int64
	Key    string
}

// CommentsByKey returns the comments that were sent with the given keys.
func (q Query) CommentsByKey(ctx context.Context, keys []SiteKey) (map[SiteKey]models.Comment, error) {
	found := map[SiteKey]models.Comment{}
	if len(keys) == 0 {
		return found, nil
	}
	bySite := map[int64][]string{}
	for _, k := range keys {
		bySite[k.SiteID] = append(bySite[k.SiteID], k.Key)
	}
	var either anyOf
	for site, wanted := range bySite {
		either.add("site_id = ? AND key <> '' AND key IN ?", site, wanted)
	}
	rows, err := gorm.G[commentRow](q.db).Where(either.sql, either.args...).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("find comments by key: %w", err)
	}
	for i := range rows {
		found[SiteKey{rows[i].SiteID, rows[i].Key}] = rows[i].model()
	}
	return found, nil
}

// CommentByExternal returns the comment that an import took over from a post
// with the given external id, or that it recognised as the same.
func (q Query) CommentByExternal(ctx context.Context, site int64, externalID string) (models.Comment, error) {
	row, err := first(ctx, gorm.G[commentRow](q.db).
		Where("id = (SELECT comment_id FROM imported WHERE site_id = ? AND external_id = ?)", site, externalID))
	return row.model(), err
}

// InsertComments stores new comments with all that is counted about them. Ids
// and places are set by the caller (NextIDs, models.NewPlace), and so are the
// LiveReplies and ThreadSize of comments whose replies come in the same call;
// Lane and Shown are derived here. It emits nothing: whether a new comment is
// news is the caller's to say.
func (tx *Tx) InsertComments(comments []*models.Comment) error {
	if len(comments) == 0 {
		return nil
	}
	rows := make([]commentRow, len(comments))
	for i, c := range comments {
		c.Shown = c.Status == models.Approved || c.LiveReplies > 0
		if c.Lane = c.LaneFor(); c.Lane != models.NoLane && c.QueuedAt.IsZero() {
			c.QueuedAt = tx.Now
		}
		if c.ParentID == 0 && c.Shown {
			c.ThreadSize++
		}
		rows[i] = newCommentRow(c)
		tx.tally.record(nil, c)
	}
	if err := tx.db.CreateInBatches(rows, 200).Error; err != nil {
		return fmt.Errorf("insert comments: %w", conflict(err))
	}
	return nil
}

// SaveComment writes what decisions, edits and reports change of a comment,
// provided that nobody changed it since before was read: its version must still
// be before.Version. Otherwise it returns ErrConflict. Version, Lane, Shown,
// QueuedAt and what is counted are set in after, and every counter follows. A
// comment that changes its lane is claimed by nobody.
func (tx *Tx) SaveComment(ctx context.Context, before, after *models.Comment) error {
	was, err := tx.current(ctx, before)
	if err != nil {
		return err
	}
	after.ArticleID = was.ArticleID // a move may have taken it along
	after.Likes, after.LiveReplies, after.ThreadSize = was.Likes, was.LiveReplies, was.ThreadSize
	after.Sampled, after.Extra = was.Sampled, was.Extra
	after.Version = was.Version + 1
	after.Shown = after.Status == models.Approved || after.LiveReplies > 0
	after.Lane = after.LaneFor()
	after.ChangedAt = was.ChangedAt
	if after.Status != was.Status {
		after.ChangedAt = tx.Now
	}
	columns := []any{"Reviewed", "Settled", "Escalated", "HeldEdit", "Lane", "Shown", "Version", "QueuedAt", "ChangedAt", "Priority",
		"Text", "Tree", "HTML", "EditedAt", "Reports"}
	if after.Lane != was.Lane {
		tx.moveLane(was, after)
		columns = append(columns, "ClaimID", "ClaimedUntil")
	}
	n, err := gorm.G[commentRow](tx.db).Where("id = ? AND version = ?", was.ID, was.Version).Select("Status", columns...).
		Updates(ctx, newCommentRow(after))
	switch {
	case err != nil:
		return fmt.Errorf("save comment: %w", err)
	case n == 0:
		return ErrConflict
	}
	tx.tally.record(was, after)
	tx.emitChange(was, after)
	if was.Shown != after.Shown {
		return tx.ripple(ctx, after)
	}
	return nil
}

// current reads what the caller may have read too early: numbers that change
// without a new version when others reply or like.
func (tx *Tx) current(ctx context.Context, seen *models.Comment) (*models.Comment, error) {
	if err := tx.flushReplies(ctx); err != nil {
		return nil, err
	}
	row, err := first(ctx, gorm.G[commentRow](tx.db).Where("id = ? AND version = ?", seen.ID, seen.Version))
	if errors.Is(err, ErrNotFound) {
		return nil, ErrConflict
	}
	if err != nil {
		return nil, fmt.Errorf("save comment: %w", err)
	}
	c := row.model()
	return &c, nil
}

// moveLane keeps the time of queueing of what an undo brings back, and starts
// it anew for everything else.
func (tx *Tx) moveLane(before, after *models.Comment) {
	if before.Lane != models.NoLane {
		tx.emitComment(after, models.EventLeft, before.Lane)
	}
	if after.Lane == models.NoLane {
		after.QueuedAt = time.Time{}
		return
	}
	if after.QueuedAt.Equal(before.QueuedAt) || after.QueuedAt.IsZero() {
		after.QueuedAt = tx.Now
	}
	tx.emitComment(after, models.EventEntered, after.Lane)
}

// emitChange tells readers what they see of a change.
func (tx *Tx) emitChange(before, after *models.Comment) {
	kind := models.EventUpdated
	switch {
	case !before.Shown && !after.Shown:
		return
	case before.Shown && after.Shown && before.Status == after.Status && before.HTML == after.HTML:
		return
	case before.Shown && after.Shown && before.Status != models.Approved && after.Status != models.Approved:
		return // a tombstone for another reason
	case !before.Shown:
		kind = models.EventShown
	case !after.Shown:
		kind = models.EventHidden
	}
	tx.emitComment(after, kind, models.NoLane)
}

func conflict(err error) error {
	if errors.Is(err, gorm.ErrDuplicatedKey) {
		return fmt.Errorf("%w: %w", ErrConflict, err)
	}
	return err
}
