package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Order puts pairs of numbers in order, on disk: as many as there are, in
// constant memory. It is gone when closed, and not safe for concurrent use.
type Order struct {
	db      *sql.DB
	dir     string
	pending []any
}

// Pair is a group and something in it.
type Pair struct{ Group, ID int64 }

// orderRows is how many pairs are written in one statement.
const orderRows = 500

// OpenOrder makes an empty one in a directory of its own below dir, the system's
// directory for temporary files when empty.
func OpenOrder(ctx context.Context, dir string) (*Order, error) {
	dir, err := os.MkdirTemp(dir, "postbag-order-")
	if err != nil {
		return nil, fmt.Errorf("open order: %w", err)
	}
	o := &Order{dir: dir}
	if o.db, err = openTemporary(filepath.Join(dir, "order.db")); err == nil {
		_, err = o.db.ExecContext(ctx, "CREATE TABLE pairs (grp INTEGER NOT NULL, id INTEGER NOT NULL); BEGIN")
	}
	if err != nil {
		return nil, errors.Join(fmt.Errorf("open order: %w", err), o.Close())
	}
	return o, nil
}

// openTemporary opens a database that nothing survives in: without a journal, with
// little memory.
func openTemporary(path string) (*sql.DB, error) {
	params := url.Values{"_pragma": {
		"journal_mode(OFF)", "synchronous(OFF)", "locking_mode(EXCLUSIVE)", "cache_size(-1024)", "temp_store(FILE)",
	}}
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+params.Encode())
	if err == nil {
		db.SetMaxOpenConns(1)
	}
	return db, err
}

// Close removes it.
func (o *Order) Close() error {
	var err error
	if o.db != nil {
		err = o.db.Close()
	}
	return errors.Join(err, os.RemoveAll(o.dir))
}

// Add adds a pair.
func (o *Order) Add(ctx context.Context, p Pair) error {
	if o.pending = append(o.pending, p.Group, p.ID); len(o.pending) < 2*orderRows {
		return nil
	}
	return o.flush(ctx)
}

func (o *Order) flush(ctx context.Context) error {
	if len(o.pending) == 0 {
		return nil
	}
	_, err := o.db.ExecContext(ctx, "INSERT INTO pairs VALUES (?,?)"+strings.Repeat(",(?,?)", len(o.pending)/2-1), o.pending...)
	if o.pending = o.pending[:0]; err != nil {
		return fmt.Errorf("order: %w", err)
	}
	return nil
}

// Sort ends the adding.
func (o *Order) Sort(ctx context.Context) error {
	if err := o.flush(ctx); err != nil {
		return err
	}
	if _, err := o.db.ExecContext(ctx, "COMMIT; CREATE INDEX pairs_order ON pairs (grp, id)"); err != nil {
		return fmt.Errorf("order: %w", err)
	}
	return nil
}

// After returns the next pairs behind one, at most limit: by group, then by id.
func (o *Order) After(ctx context.Context, p Pair, limit int) ([]Pair, error) {
	rows, err := o.db.QueryContext(ctx, "SELECT grp, id FROM pairs WHERE (grp, id) > (?, ?) ORDER BY grp, id LIMIT ?", p.Group, p.ID, limit)
	if err != nil {
		return nil, fmt.Errorf("read in order: %w", err)
	}
	return scanAll(rows, func(p *Pair) []any { return []any{&p.Group, &p.ID} })
}
