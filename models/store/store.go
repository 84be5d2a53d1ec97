// Package store keeps everything that Postbag must not lose, on SQLite or on
// PostgreSQL, behind one set of methods. It is the only package that knows SQL
// and GORM.
//
// Both databases are used in the same way: many readers, one writing
// transaction at a time (one connection on SQLite, an advisory lock on
// PostgreSQL). Whoever wants throughput puts more work into one transaction.
// In return every counter is exact, events are numbered in the order in which
// they were committed, and nothing ever deadlocks.
//
// Package moderation is its only caller.
package store

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"
	"sync"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/logger"

	"postbag/models"
)

// ErrNotFound says that a row does not exist. Lookups return it instead of an
// empty value.
var ErrNotFound = errors.New("not found")

// ErrConflict says that a row is not what the caller saw any more, or that a
// unique value is taken.
var ErrConflict = errors.New("conflict")

// Options are what a Store needs beside its address. The zero value is usable.
type Options struct {
	// Clock tells the time; nil means time.Now.
	Clock func() time.Time
	// Rand is the source of secrets; nil means crypto/rand.
	Rand io.Reader
	// Trace, when set, is told every SQL statement. Tests count with it.
	Trace func(sql string)
}

// Store is an open database.
type Store struct {
	Query // reads, each on the pool of readers

	address string // as given to Open
	path    string // of the SQLite file
	write   *gorm.DB
	clock   func() time.Time
	rand    io.Reader
	origin  int64 // tells this process's events from those of others
	wait    waiter
	closer  []func() error

	turn      chan struct{} // holds one token: who takes it writes
	mu        sync.Mutex
	committed func([]models.Event)
}

// Open opens the database at address: a postgres:// URL, or the path of an
// SQLite file, created when missing. It brings the schema up to date.
func Open(ctx context.Context, address string, opts Options) (*Store, error) {
	s := &Store{address: address, clock: opts.Clock, rand: opts.Rand, turn: make(chan struct{}, 1)}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	var seed [8]byte
	if _, err := io.ReadFull(s.rand, seed[:]); err != nil {
		return nil, fmt.Errorf("open database: %w", err)
	}
	s.origin = int64(binary.BigEndian.Uint64(seed[:]) >> 1)
	open := s.openSQLite
	if IsPostgres(address) {
		open = s.openPostgres
	}
	if err := open(ctx, address, gormConfig(opts.Trace)); err != nil {
		_ = s.Close()
		return nil, fmt.Errorf("open database %s: %w", Redact(address), err)
	}
	return s, nil
}

// IsPostgres reports whether an address names a PostgreSQL database.
func IsPostgres(address string) bool {
	return strings.HasPrefix(address, "postgres://") || strings.HasPrefix(address, "postgresql://")
}

// Redact leaves the password out of a database address.
func Redact(address string) string {
	if !IsPostgres(address) {
		return address
	}
	scheme, rest, _ := strings.Cut(address, "://")
	rest, params, _ := strings.Cut(rest, "?")
	if at := strings.LastIndexByte(rest, '@'); at >= 0 {
		user, _, _ := strings.Cut(rest[:at], ":")
		rest = user + rest[at:]
	}
	query, err := url.ParseQuery(params)
	if err != nil || params == "" {
		return scheme + "://" + rest
	}
	if query.Has("password") {
		query.Set("password", "")
	}
	return scheme + "://" + rest + "?" + query.Encode()
}

// Close ends all connections. The caller has stopped writing.
func (s *Store) Close() error {
	var errs []error
	for i := len(s.closer) - 1; i >= 0; i-- {
		errs = append(errs, s.closer[i]())
	}
	s.closer = nil
	return errors.Join(errs...)
}

// Ping reports whether the database answers.
func (s *Store) Ping(ctx context.Context) error {
	sql, err := s.Query.db.DB()
	if err != nil {
		return err
	}
	return sql.PingContext(ctx)
}

// OnCommit sets the function that is told the events of every transaction of
// this process, in the order of the commits, after the commit and before Write
// returns. The function must not write.
func (s *Store) OnCommit(fn func([]models.Event)) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.committed = fn
}

// Write runs fn in the one writing transaction. When fn returns an error,
// nothing of it remains. When Write returns nil, everything is on disk.
//
// Writers of one process take turns here, so that they hold no connection while
// they wait and their events are told in the order of their ids.
func (s *Store) Write(ctx context.Context, fn func(*Tx) error) error {
	select {
	case s.turn <- struct{}{}:
		defer func() { <-s.turn }()
	case <-ctx.Done():
		return ctx.Err()
	}
	events, err := s.transact(ctx, fn)
	if err != nil {
		return err
	}
	s.mu.Lock()
	committed := s.committed
	s.mu.Unlock()
	if committed != nil && len(events) > 0 {
		committed(events)
	}
	return nil
}

func (s *Store) transact(ctx context.Context, fn func(*Tx) error) (events []models.Event, err error) {
	err = s.write.WithContext(ctx).Transaction(func(db *gorm.DB) error {
		if err := s.wait.lock(db); err != nil {
			return err
		}
		tx := &Tx{Query: Query{db: db}, store: s, Now: s.clock()}
		if err := fn(tx); err != nil {
			return err
		}
		var err error
		events, err = tx.finish(ctx)
		return err
	})
	return events, err
}

// Snapshot calls fn with a Query that sees one moment, whatever others write
// meanwhile. fn should be quick: as long as it runs, the database keeps that
// moment for it.
func (s *Store) Snapshot(ctx context.Context, fn func(Query) error) error {
	var opts []*sql.TxOptions
	if s.db.Name() != "sqlite" { // where every transaction sees one moment
		opts = append(opts, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	}
	return s.Query.db.WithContext(ctx).Transaction(func(db *gorm.DB) error { return fn(Query{db}) }, opts...)
}

// Query reads. On a Store every call may see a later state; inside a
// transaction all calls see one.
type Query struct {
	db *gorm.DB
}

// Tx is the writing transaction. It must not outlive the function it was given
// to.
type Tx struct {
	Query
	Now   time.Time // one time for all that the transaction writes
	store *Store

	tally  tally
	events []models.Event
}

// Emit records an event. It gets its id when the transaction ends.
func (tx *Tx) Emit(e models.Event) {
	e.CreatedAt = tx.Now
	e.Origin = tx.store.origin
	tx.events = append(tx.events, e)
}

// emitComment records an event about a comment. The number of public comments
// in its article is filled in when the transaction ends.
func (tx *Tx) emitComment(c *models.Comment, kind models.EventKind, lane models.Lane) {
	tx.Emit(models.Event{SiteID: c.SiteID, ArticleID: c.ArticleID, CommentID: c.ID, Kind: kind, Lane: lane, Count: -1})
}

func gormConfig(trace func(string)) *gorm.Config {
	return &gorm.Config{
		SkipDefaultTransaction: true,
		QueryFields:            true, // name the columns, so that a newer schema may have more
		PrepareStmt:            true,
		PrepareStmtMaxSize:     256,
		Logger:                 traceLogger{logger.Discard, trace},
		TranslateError:         true,
	}
}

// traceLogger passes statements on to a test; otherwise GORM stays silent,
// because errors are returned and logged once by whoever handles them.
type traceLogger struct {
	logger.Interface
	trace func(string)
}

func (l traceLogger) LogMode(logger.LogLevel) logger.Interface { return l }

func (l traceLogger) Trace(_ context.Context, _ time.Time, fc func() (string, int64), _ error) {
	if l.trace != nil {
		sql, _ := fc()
		l.trace(sql)
	}
}

func millis(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.UnixMilli()
}

func fromMillis(ms int64) time.Time {
	if ms == 0 {
		return time.Time{}
	}
	return time.UnixMilli(ms).UTC()
}
