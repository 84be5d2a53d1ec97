package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"postbag/models"
)

type eventRow struct {
	ID        int64
	SiteID    int64
	ArticleID int64
	CommentID int64
	Kind      models.EventKind
	Lane      models.Lane
	Count     int
	Origin    int64
	CreatedAt int64
}

func (eventRow) TableName() string { return "events" }

func (r eventRow) model() models.Event {
	return models.Event{
		ID: r.ID, SiteID: r.SiteID, ArticleID: r.ArticleID, CommentID: r.CommentID,
		Kind: r.Kind, Lane: r.Lane, Count: r.Count, Origin: r.Origin, CreatedAt: fromMillis(r.CreatedAt),
	}
}

// LastEvent returns the id of the latest event, 0 when there is none.
func (q Query) LastEvent(ctx context.Context) (int64, error) {
	return gorm.G[int64](q.db).Raw("SELECT event FROM ids").First(ctx)
}

// EventsSince returns events after an id, oldest first, at most limit.
func (q Query) EventsSince(ctx context.Context, after int64, limit int) ([]models.Event, error) {
	rows, err := gorm.G[eventRow](q.db).Where("id > ?", after).Order("id").Limit(limit).Find(ctx)
	if err != nil {
		return nil, err
	}
	events := make([]models.Event, len(rows))
	for i, r := range rows {
		events[i] = r.model()
	}
	return events, nil
}

// OldestEvent returns the id of the earliest event that is still stored, 0 when
// there is none.
func (q Query) OldestEvent(ctx context.Context) (int64, error) {
	return gorm.G[int64](q.db).Raw("SELECT COALESCE(MIN(id), 0) FROM events").First(ctx)
}

// PruneEvents forgets events older than the given one, at most limit of them,
// and says how many went. Streams that resume from before it start anew.
func (tx *Tx) PruneEvents(ctx context.Context, before int64, limit int) (int, error) {
	return gorm.G[eventRow](tx.db).Where("id IN (SELECT id FROM events WHERE id < ? ORDER BY id LIMIT ?)", before, limit).Delete(ctx)
}

// finish writes what the transaction gathered: counters, then events.
func (tx *Tx) finish(ctx context.Context) ([]models.Event, error) {
	if err := tx.writeTally(ctx); err != nil {
		return nil, err
	}
	if len(tx.events) == 0 {
		return nil, nil
	}
	approved, err := tx.approvedNow(ctx)
	if err != nil {
		return nil, fmt.Errorf("count for events: %w", err)
	}
	first, err := tx.NextIDs("event", len(tx.events))
	if err != nil {
		return nil, fmt.Errorf("number events: %w", err)
	}
	rows := make([]eventRow, len(tx.events))
	for i := range tx.events {
		e := &tx.events[i]
		e.ID = first + int64(i)
		if e.Count < 0 {
			e.Count = approved[e.ArticleID]
		}
		rows[i] = eventRow{e.ID, e.SiteID, e.ArticleID, e.CommentID, e.Kind, e.Lane, e.Count, e.Origin, millis(e.CreatedAt)}
	}
	if err := tx.db.CreateInBatches(rows, 200).Error; err != nil {
		return nil, fmt.Errorf("write events: %w", err)
	}
	return tx.events, tx.store.wait.notify(tx.db, rows[len(rows)-1].ID)
}

// NextIDs reserves n ids of a kind (comment, article, author or event) and
// returns the first. Reserved ids are never given twice.
func (tx *Tx) NextIDs(kind string, n int) (int64, error) {
	var last int64
	var sql string
	switch kind {
	case "comment":
		sql = "UPDATE ids SET comment = comment + ? RETURNING comment"
	case "article":
		sql = "UPDATE ids SET article = article + ? RETURNING article"
	case "author":
		sql = "UPDATE ids SET author = author + ? RETURNING author"
	default:
		sql = "UPDATE ids SET event = event + ? RETURNING event"
	}
	err := tx.db.Raw(sql, n).Scan(&last).Error
	return last - int64(n) + 1, err
}
