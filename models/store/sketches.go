package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"
)

// Sketch is what finds near copies of a comment; package flood gives its bytes
// meaning. A comment has one for its text and one for each edit.
type Sketch struct {
	ID        int64 // grows in the order in which sketches are committed
	CommentID int64
	SiteID    int64
	AuthorID  int64
	ArticleID int64
	At        int64 // Unix milliseconds: when the text was posted
	Sketch    []byte
}

type sketchRow Sketch

func (sketchRow) TableName() string { return "sketches" }

// AddSketches stores sketches, all in one statement for up to 200 of them, and
// sets their IDs.
func (tx *Tx) AddSketches(ctx context.Context, sketches []Sketch) error {
	if len(sketches) == 0 {
		return nil
	}
	rows := make([]sketchRow, len(sketches))
	for i, s := range sketches {
		rows[i] = sketchRow(s)
	}
	if err := gorm.G[sketchRow](tx.db).CreateInBatches(ctx, &rows, 200); err != nil {
		return fmt.Errorf("add sketches: %w", err)
	}
	for i := range rows {
		sketches[i].ID = rows[i].ID
	}
	return nil
}

// SketchesSince returns the sketches of a site with an ID after one, of texts
// posted at or after a time in Unix milliseconds, in the order of their IDs, at
// most limit.
func (q Query) SketchesSince(ctx context.Context, site, after, since int64, limit int) ([]Sketch, error) {
	rows, err := gorm.G[sketchRow](q.db).Where("site_id = ? AND id > ? AND at >= ?", site, after, since).Order("id").Limit(limit).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read sketches: %w", err)
	}
	sketches := make([]Sketch, len(rows))
	for i, r := range rows {
		sketches[i] = Sketch(r)
	}
	return sketches, nil
}

// PruneSketches forgets sketches of texts posted before a time in Unix
// milliseconds, at most limit of them, and says how many went.
func (tx *Tx) PruneSketches(ctx context.Context, before int64, limit int) (int, error) {
	n, err := gorm.G[sketchRow](tx.db).Where("id IN (SELECT id FROM sketches WHERE at < ? ORDER BY at LIMIT ?)", before, limit).Delete(ctx)
	if err != nil {
		return 0, fmt.Errorf("prune sketches: %w", err)
	}
	return n, nil
}
