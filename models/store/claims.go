package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"postbag/models"
)

type claimRow struct {
	ID            int64
	TokenHash     []byte
	ModeratorID   int64
	ModeratorName string `gorm:"->"`
	ExpiresAt     int64
}

func (claimRow) TableName() string { return "claims" }

func (r *claimRow) model() models.Claim {
	return models.Claim{ID: r.ID, ModeratorID: r.ModeratorID, ModeratorName: r.ModeratorName, ExpiresAt: fromMillis(r.ExpiresAt)}
}

const claimSelect = "id, token_hash, moderator_id, expires_at, " +
	"COALESCE((SELECT name FROM moderators WHERE moderators.id = claims.moderator_id), '') AS moderator_name"

// Claim gives the oldest items of the lanes that nobody works on to
// c.ModeratorID until c.ExpiresAt, at most limit of them, oldest first, and sets
// c.ID. The token is kept as its hash. ErrNotFound: nothing is free; then no
// claim is stored.
//
// It walks the queue from its old end, so its cost is that of the items taken
// and of the claimed ones before them, not of the queue.
func (tx *Tx) Claim(ctx context.Context, c *models.Claim, tokenHash []byte, sites []int64, lanes []models.Lane, limit int) ([]models.Comment, error) {
	ids, err := tx.freeItems(ctx, sites, lanes, limit)
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	if len(ids) == 0 {
		return nil, ErrNotFound
	}
	row := claimRow{TokenHash: tokenHash, ModeratorID: c.ModeratorID, ExpiresAt: millis(c.ExpiresAt)}
	if err := gorm.G[claimRow](tx.db).Create(ctx, &row); err != nil {
		return nil, fmt.Errorf("claim: %w", conflict(err))
	}
	c.ID = row.ID
	_, err = gorm.G[commentRow](tx.db).Where("id IN ?", ids).Select("ClaimID", "ClaimedUntil").
		Updates(ctx, commentRow{ClaimID: row.ID, ClaimedUntil: row.ExpiresAt})
	if err != nil {
		return nil, fmt.Errorf("claim: %w", err)
	}
	comments, err := tx.inOrder(ctx, ids)
	for i := range comments {
		tx.emitComment(&comments[i], models.EventClaimed, comments[i].Lane)
	}
	return comments, err
}

// freeItems finds the oldest items of the lanes without a claim in force.
func (tx *Tx) freeItems(ctx context.Context, sites []int64, lanes []models.Lane, limit int) ([]int64, error) {
	free := laneBranches(sites, lanes)
	for i := range free {
		free[i].where += " AND claimed_until <= ?"
		free[i].args = append(free[i].args, millis(tx.Now))
	}
	places, err := tx.walk(ctx, free, orderOldest, limit)
	return placeIDs(places), err
}

// ClaimByToken returns the claim with a token's hash, expired or not.
func (q Query) ClaimByToken(ctx context.Context, hash []byte) (models.Claim, error) {
	row, err := first(ctx, gorm.G[claimRow](q.db).Select(claimSelect).Where("token_hash = ?", hash))
	return row.model(), err
}

// RenewClaim moves the end of a claim and of everything that it still holds.
func (tx *Tx) RenewClaim(ctx context.Context, id int64, until time.Time) error {
	if err := changed(gorm.G[claimRow](tx.db).Where("id = ?", id).Update(ctx, "expires_at", millis(until))); err != nil {
		return fmt.Errorf("renew claim: %w", err)
	}
	rows, err := gorm.G[commentRow](tx.db).Select(claimedColumns).Where("claim_id > 0 AND claim_id = ?", id).Find(ctx)
	if err != nil {
		return fmt.Errorf("renew claim: %w", err)
	}
	if _, err := gorm.G[commentRow](tx.db).Where("claim_id > 0 AND claim_id = ?", id).Update(ctx, "claimed_until", millis(until)); err != nil {
		return fmt.Errorf("renew claim: %w", err)
	}
	for i := range rows {
		c := rows[i].model()
		tx.emitComment(&c, models.EventClaimed, c.Lane)
	}
	return nil
}

const claimedColumns = "id, site_id, article_id, lane"

// ReleaseClaim ends a claim and returns the comments that it still held.
func (tx *Tx) ReleaseClaim(ctx context.Context, id int64) ([]int64, error) {
	if err := changed(gorm.G[claimRow](tx.db).Where("id = ?", id).Delete(ctx)); err != nil {
		return nil, fmt.Errorf("release claim: %w", err)
	}
	return tx.freeClaimed(ctx, []int64{id})
}

// freeClaimed takes the marks of claims off the comments.
func (tx *Tx) freeClaimed(ctx context.Context, claims []int64) ([]int64, error) {
	rows, err := gorm.G[commentRow](tx.db).Select(claimedColumns).Where("claim_id > 0 AND claim_id IN ?", claims).Order("id").Find(ctx)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		c := rows[i].model()
		ids[i] = c.ID
		tx.emitComment(&c, models.EventReleased, c.Lane)
	}
	_, err = gorm.G[commentRow](tx.db).Where("id IN ?", ids).Select("ClaimID", "ClaimedUntil").Updates(ctx, commentRow{})
	return ids, err
}

const claimsOf = "SELECT comments.id AS comment_id, claims.id, claims.moderator_id, claims.expires_at, COALESCE(moderators.name, '') AS moderator_name " +
	"FROM comments JOIN claims ON claims.id = comments.claim_id LEFT JOIN moderators ON moderators.id = claims.moderator_id " +
	"WHERE comments.id IN ? AND comments.claimed_until > ?"

// ClaimsOf returns the claims in force on comments, at most 1,000 comments.
func (q Query) ClaimsOf(ctx context.Context, comments []int64, now time.Time) (map[int64]models.Claim, error) {
	found := map[int64]models.Claim{}
	if len(comments) == 0 {
		return found, nil
	}
	var rows []struct {
		CommentID int64
		Claim     claimRow `gorm:"embedded"`
	}
	if err := q.db.WithContext(ctx).Raw(claimsOf, comments, millis(now)).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read claims: %w", err)
	}
	for i := range rows {
		found[rows[i].CommentID] = rows[i].Claim.model()
	}
	return found, nil
}

// PruneClaims forgets claims that ended before a time, at most limit of them,
// and says how many went.
func (tx *Tx) PruneClaims(ctx context.Context, before time.Time, limit int) (int, error) {
	rows, err := gorm.G[claimRow](tx.db).Select("id").Where("expires_at < ?", millis(before)).Order("expires_at").Limit(limit).Find(ctx)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	ids := make([]int64, len(rows))
	for i, r := range rows {
		ids[i] = r.ID
	}
	if _, err := tx.freeClaimed(ctx, ids); err != nil {
		return 0, fmt.Errorf("prune claims: %w", err)
	}
	return gorm.G[claimRow](tx.db).Where("id IN ?", ids).Delete(ctx)
}
