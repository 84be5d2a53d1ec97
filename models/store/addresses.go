package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
)

// Addressed returns comments written before a time whose sender's address
// is still stored as a hash, oldest first, at most limit.
func (q Query) Addressed(ctx context.Context, before time.Time, limit int) ([]int64, error) {
	var ids []int64
	err := q.db.WithContext(ctx).Raw("SELECT id FROM comments WHERE created_at < ? AND addr_hash IS NOT NULL ORDER BY created_at, id LIMIT ?",
		millis(before), limit).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("find addresses: %w", err)
	}
	return ids, nil
}

// ForgetAddresses drops the hashes of the sender's address and networks from
// comments, at most 1,000 of them. The comments keep their version: nothing that
// people see changes.
func (tx *Tx) ForgetAddresses(ctx context.Context, comments []int64) error {
	if len(comments) == 0 {
		return nil
	}
	_, err := gorm.G[commentRow](tx.db).Where("id IN ?", comments).Select("AddrHash", "NetHash", "WideHash").Updates(ctx, commentRow{})
	if err != nil {
		return fmt.Errorf("forget addresses: %w", err)
	}
	return nil
}
