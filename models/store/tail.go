package store

import (
	"context"
	"database/sql"
	"fmt"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"
	"gorm.io/gorm"

	"postbag/models"
)

// waiter is what the two databases do differently about several processes: how
// writers take turns, and how a process learns that another one wrote.
type waiter interface {
	// lock waits for this transaction's turn to write.
	lock(db *gorm.DB) error
	// notify tells other processes about events up to an id, within the
	// transaction.
	notify(db *gorm.DB, last int64) error
	// changed returns when another process may have written, or after a while.
	changed(ctx context.Context) error
	// stop ends the watching, for now.
	stop(ctx context.Context)
}

// sqliteInterval bounds how long another process's commit stays unnoticed.
const sqliteInterval = 200 * time.Millisecond

// sqliteWaiter asks SQLite's data version, which changes with every commit of
// another connection and costs no disk access. It keeps one connection, because
// the version means something on one connection only.
type sqliteWaiter struct {
	watch   *sql.DB
	version int64
}

func (*sqliteWaiter) lock(*gorm.DB) error          { return nil } // BEGIN IMMEDIATE has done it
func (*sqliteWaiter) notify(*gorm.DB, int64) error { return nil }
func (w *sqliteWaiter) stop(context.Context)       { w.version = 0 }

func (w *sqliteWaiter) changed(ctx context.Context) error {
	tick := time.NewTicker(sqliteInterval)
	defer tick.Stop()
	for {
		var version int64
		if err := w.watch.QueryRowContext(ctx, "PRAGMA data_version").Scan(&version); err != nil {
			return err
		}
		if version != w.version {
			w.version = version
			return nil
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-tick.C:
		}
	}
}

// postgresWaiter listens on a connection of its own.
type postgresWaiter struct {
	pool *pgxpool.Pool
	conn *pgxpool.Conn
}

const (
	postgresChannel  = "postbag"
	postgresInterval = 5 * time.Second // looked at even when no notification came
)

func (*postgresWaiter) lock(db *gorm.DB) error {
	return db.Exec("SELECT pg_advisory_xact_lock(?)", int64(writerLock)).Error
}

func (*postgresWaiter) notify(db *gorm.DB, last int64) error {
	return db.Exec("SELECT pg_notify(?, ?)", postgresChannel, strconv.FormatInt(last, 10)).Error
}

func (w *postgresWaiter) changed(ctx context.Context) error {
	if w.conn == nil {
		conn, err := w.pool.Acquire(ctx)
		if err != nil {
			return err
		}
		if _, err := conn.Exec(ctx, "LISTEN "+postgresChannel); err != nil {
			conn.Release()
			return err
		}
		w.conn = conn
		return nil // whatever came before the listening is looked at now
	}
	wait, cancel := context.WithTimeout(ctx, postgresInterval)
	defer cancel()
	_, err := w.conn.Conn().WaitForNotification(wait)
	if err == nil || ctx.Err() == nil && wait.Err() != nil {
		return nil
	}
	w.stop(ctx) // the connection is lost or the process ends
	return err
}

// stop closes the listening connection: given back, it would go on to listen.
func (w *postgresWaiter) stop(ctx context.Context) {
	if w.conn == nil {
		return
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
	defer cancel()
	_ = w.conn.Conn().Close(closing)
	w.conn.Release()
	w.conn = nil
}

// Follow passes the events that other processes have committed after one of them
// (LastEvent) to fn, in order, until ctx ends. A lost connection is taken up
// again; failed tells about it. A Store has one follower at a time.
func (s *Store) Follow(ctx context.Context, after int64, fn func([]models.Event), failed func(error)) {
	defer s.wait.stop(ctx)
	for ctx.Err() == nil {
		var err error
		if after, err = s.follow(ctx, after, fn); err != nil && ctx.Err() == nil {
			failed(fmt.Errorf("follow events: %w", err))
			pause(ctx, time.Second)
		}
	}
}

// follow waits once and passes on what came after the event last.
func (s *Store) follow(ctx context.Context, last int64, fn func([]models.Event)) (int64, error) {
	if err := s.wait.changed(ctx); err != nil {
		return last, err
	}
	return s.foreignEvents(ctx, last, fn)
}

func (s *Store) foreignEvents(ctx context.Context, last int64, fn func([]models.Event)) (int64, error) {
	for {
		events, err := s.EventsSince(ctx, last, 500)
		if err != nil || len(events) == 0 {
			return last, err
		}
		last = events[len(events)-1].ID
		foreign := events[:0]
		for _, e := range events {
			if e.Origin != s.origin {
				foreign = append(foreign, e)
			}
		}
		if len(foreign) > 0 {
			fn(foreign)
		}
	}
}

func pause(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}
