package store

import (
	"context"
	"fmt"

	"postbag/models"
)

// CountShown notes that a reply became visible (n = 1) or vanished (n = -1)
// below a parent and its root comment. SaveComment does this by itself; it is
// for comments that InsertComments stores below older ones. A parent that was
// hidden becomes a tombstone, and its parents in turn.
func (tx *Tx) CountShown(parent, root int64, n int) {
	tx.tally.ready()
	tx.tally.replies[parent] += n
	tx.tally.sizes[root] += n
}

// ripple carries a change of visibility upwards: a hidden comment with a shown
// reply becomes a tombstone, and a tombstone without one disappears. It goes up
// at most as far as the chain of replies, one statement for each step.
func (tx *Tx) ripple(ctx context.Context, c *models.Comment) error {
	n := 1
	if !c.Shown {
		n = -1
	}
	if c.ParentID != 0 {
		tx.tally.replies[c.ParentID] += n
	}
	tx.tally.sizes[rootID(c.Root)] += n
	return tx.flushReplies(ctx)
}

// rootID reads the id of a root comment from the place of its branch.
func rootID(root []byte) int64 {
	c := models.Comment{Root: root}
	return c.RootID()
}

// flushReplies writes the gathered changes of live_replies, lets them ripple,
// and then writes those of thread_size.
func (tx *Tx) flushReplies(ctx context.Context) error {
	for len(tx.tally.replies) > 0 {
		changes := tx.tally.replies
		tx.tally.replies = map[int64]int{}
		rows, err := tx.addReplies(ctx, changes)
		if err != nil {
			return fmt.Errorf("count replies: %w", err)
		}
		for _, row := range rows {
			if err := tx.turn(ctx, row); err != nil {
				return fmt.Errorf("show tombstone: %w", err)
			}
		}
	}
	sizes := tx.tally.sizes
	if len(sizes) == 0 {
		return nil
	}
	tx.tally.sizes = map[int64]int{}
	return tx.addSizes(ctx, sizes)
}

// turn shows or hides a comment that is not public when its first reply comes
// or its last one goes.
func (tx *Tx) turn(ctx context.Context, row commentRow) error {
	n, kind := -1, models.EventHidden
	switch shown := row.Status == models.Approved || row.LiveReplies > 0; {
	case shown == row.Shown:
		return nil
	case shown:
		n, kind = 1, models.EventUpdated
	}
	if err := tx.db.WithContext(ctx).Exec("UPDATE comments SET shown = ? WHERE id = ?", n > 0, row.ID).Error; err != nil {
		return err
	}
	c := row.model()
	tx.emitComment(&c, kind, models.NoLane)
	if row.ParentID != 0 {
		tx.tally.replies[row.ParentID] += n
	}
	tx.tally.sizes[rootID(row.Root)] += n
	return nil
}
