package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"

	"postbag/models"
)

type noteRow struct {
	ID            int64
	SiteID        int64
	Kind          string
	Subject       string
	ModeratorID   int64
	ModeratorName string `gorm:"->"`
	RuleID        int64
	Alert         bool
	Text          string
	CreatedAt     int64 `gorm:"autoCreateTime:false"`
}

func (noteRow) TableName() string { return "notes" }

func (r *noteRow) model() models.Note {
	return models.Note{
		ID: r.ID, SiteID: r.SiteID, Kind: r.Kind, Subject: r.Subject, ModeratorID: r.ModeratorID, ModeratorName: r.ModeratorName,
		RuleID: r.RuleID, Alert: r.Alert, Text: r.Text, CreatedAt: fromMillis(r.CreatedAt),
	}
}

const noteSelect = "id, site_id, kind, subject, moderator_id, rule_id, alert, text, created_at, " +
	"COALESCE((SELECT name FROM moderators WHERE moderators.id = notes.moderator_id), '') AS moderator_name"

// AddNote writes a line into the log of a site for good and sets its ID and
// CreatedAt.
func (tx *Tx) AddNote(ctx context.Context, n *models.Note) error {
	row := noteRow{
		SiteID: n.SiteID, Kind: n.Kind, Subject: n.Subject, ModeratorID: n.ModeratorID, RuleID: n.RuleID, Alert: n.Alert, Text: n.Text,
		CreatedAt: millis(tx.Now),
	}
	if err := gorm.G[noteRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add note: %w", err)
	}
	n.ID, n.CreatedAt = row.ID, fromMillis(row.CreatedAt)
	return nil
}

// NotedSince reports whether the log has a line of a kind about a rule that is
// not older than a time.
func (q Query) NotedSince(ctx context.Context, rule int64, kind string, since time.Time) (bool, error) {
	var ids []int64
	err := q.db.WithContext(ctx).Raw("SELECT id FROM (SELECT id, created_at FROM notes WHERE rule_id > 0 AND rule_id = ? AND kind = ? "+
		"ORDER BY id DESC LIMIT 1) AS n WHERE created_at >= ?", rule, kind, millis(since)).Scan(&ids).Error
	if err != nil {
		return false, fmt.Errorf("read log: %w", err)
	}
	return len(ids) > 0, nil
}

// Notes returns lines of the log of a site, newest first, from below the id
// before (0: from the newest), at most limit: of one kind, or of all when kind
// is empty; only alerts, or all.
func (q Query) Notes(ctx context.Context, site int64, kind string, alerts bool, before int64, limit int) ([]models.Note, error) {
	chain := gorm.G[noteRow](q.db).Select(noteSelect).Where("site_id = ?", site)
	if kind != "" {
		chain = chain.Where("kind = ?", kind)
	}
	if alerts {
		chain = chain.Where("alert")
	}
	if before > 0 {
		chain = chain.Where("id < ?", before)
	}
	rows, err := chain.Order("id DESC").Limit(limit).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read log: %w", err)
	}
	notes := make([]models.Note, len(rows))
	for i := range rows {
		notes[i] = rows[i].model()
	}
	return notes, nil
}
