package store

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/pressly/goose/v3"
	"gorm.io/driver/sqlite"
	"gorm.io/gorm"
	sqlitedb "modernc.org/sqlite"
	sqlitecode "modernc.org/sqlite/lib"
)

//go:embed migrations
var migrations embed.FS

// openSQLite opens one writing connection and a pool of read-only ones.
//
// Write-ahead logging lets readers go on beside the writer; synchronous=FULL
// makes every commit survive a power failure; BEGIN IMMEDIATE takes the write
// lock first, so that a transaction never fails half-way because another
// process wrote in between.
func (s *Store) openSQLite(ctx context.Context, path string, config *gorm.Config) error {
	path = strings.TrimPrefix(path, "sqlite://")
	s.path = path
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return err
	}
	writer, err := s.pool(path, 1, url.Values{
		"_pragma": {"journal_mode(WAL)", "synchronous(FULL)", "foreign_keys(1)", "busy_timeout(15000)", "cache_size(-24576)", "temp_store(MEMORY)"},
		"_txlock": {"immediate"},
	})
	if err != nil {
		return err
	}
	if err := checkSQLite(ctx, writer); err != nil {
		return err
	}
	if err := migrate(ctx, writer, goose.DialectSQLite3, "sqlite"); err != nil {
		return err
	}
	reader, err := s.pool(path, max(2, runtime.NumCPU()), url.Values{
		"mode":    {"ro"},
		"_pragma": {"query_only(1)", "busy_timeout(15000)", "cache_size(-16384)"},
	})
	if err != nil {
		return err
	}
	watch, err := s.pool(path, 1, url.Values{"mode": {"ro"}, "_pragma": {"query_only(1)", "busy_timeout(15000)"}})
	if err != nil {
		return err
	}
	s.wait = &sqliteWaiter{watch: watch}
	if s.write, err = gorm.Open(sqliteDialector{sqlite.Dialector{Conn: writer}}, config); err != nil {
		return err
	}
	db, err := gorm.Open(sqliteDialector{sqlite.Dialector{Conn: reader}}, config)
	s.Query = Query{db}
	return err
}

// pool opens connections that Close ends.
func (s *Store) pool(path string, size int, params url.Values) (*sql.DB, error) {
	db, err := sqlitePool(path, size, params)
	if err == nil {
		s.closer = append(s.closer, db.Close)
	}
	return db, err
}

func sqlitePool(path string, size int, params url.Values) (*sql.DB, error) {
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath()+"?"+params.Encode())
	if err != nil {
		return nil, err
	}
	db.SetMaxOpenConns(size)
	db.SetMaxIdleConns(size)
	return db, nil
}

// checkSQLite makes sure that the settings took: the driver ignores those that
// it does not know.
func checkSQLite(ctx context.Context, db *sql.DB) error {
	var mode string
	var sync int
	if err := db.QueryRowContext(ctx, "PRAGMA journal_mode").Scan(&mode); err != nil {
		return err
	}
	if err := db.QueryRowContext(ctx, "PRAGMA synchronous").Scan(&sync); err != nil {
		return err
	}
	if mode != "wal" || sync != 2 {
		return fmt.Errorf("journal_mode is %s and synchronous %d; wal and 2 are needed (is the file on a network drive?)", mode, sync)
	}
	return nil
}

func migrate(ctx context.Context, db *sql.DB, dialect goose.Dialect, dir string, opts ...goose.ProviderOption) error {
	files, err := fs.Sub(migrations, "migrations/"+dir)
	if err != nil {
		return err
	}
	provider, err := goose.NewProvider(dialect, db, files, opts...)
	if err != nil {
		return fmt.Errorf("read migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// sqliteDialector translates the error codes of the pure-Go driver, which the
// stock dialector does not know.
type sqliteDialector struct{ sqlite.Dialector }

func (sqliteDialector) Translate(err error) error {
	var coded *sqlitedb.Error
	if errors.As(err, &coded) {
		switch coded.Code() {
		case sqlitecode.SQLITE_CONSTRAINT_UNIQUE, sqlitecode.SQLITE_CONSTRAINT_PRIMARYKEY:
			return gorm.ErrDuplicatedKey
		}
	}
	return err
}
