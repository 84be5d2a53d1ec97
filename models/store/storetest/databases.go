// Package storetest holds the tests that every database behind package store
// must pass, and opens databases for the tests of other packages.
//
// Run is the whole suite. It works on real databases only: SQLite in a
// temporary folder, PostgreSQL in a database of its own that is dropped
// afterwards.
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"

	"postbag/models/store"
)

// Environment variables: the address of a PostgreSQL server where databases can
// be created, and whether a missing one fails the test instead of skipping it.
const (
	EnvPostgres = "POSTBAG_TEST_POSTGRES"
	EnvRequire  = "POSTBAG_REQUIRE"
)

const defaultPostgres = "postgres://postgres@127.0.0.1:5432/postgres"

// SQLite returns the address of an SQLite database that does not exist yet.
func SQLite(t testing.TB) string {
	return filepath.Join(t.TempDir(), "postbag.db")
}

// Migrated returns the address of an SQLite database that has its tables and
// nothing in them. The migrations run once; each call copies what they left,
// since hundreds of tests begin with it.
func Migrated(t testing.TB) string {
	t.Helper()
	content, err := migrated()
	if err != nil {
		t.Fatalf("migrate an empty database: %v", err)
	}
	address := SQLite(t)
	if err := os.WriteFile(address, content, 0o600); err != nil {
		t.Fatal(err)
	}
	return address
}

var migrated = sync.OnceValues(func() ([]byte, error) {
	folder, err := os.MkdirTemp("", "postbag-migrated-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(folder) }()
	address := filepath.Join(folder, "postbag.db")
	s, err := store.Open(context.Background(), address, store.Options{})
	if err != nil {
		return nil, err
	}
	if err := s.Close(); err != nil {
		return nil, err
	}
	if left, _ := filepath.Glob(address + "-*"); len(left) > 0 {
		return nil, fmt.Errorf("the database is not in one file: %v", left)
	}
	return os.ReadFile(address)
})

// Postgres creates an empty PostgreSQL database, which is dropped when the test
// ends, and returns its address. Without a server the test is skipped.
func Postgres(t testing.TB) string {
	t.Helper()
	server := os.Getenv(EnvPostgres)
	if server == "" {
		server = defaultPostgres
	}
	db, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatalf("%s: %v", EnvPostgres, err)
	}
	t.Cleanup(func() { _ = db.Close() })
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := db.PingContext(ctx); err != nil {
		missing := t.Skipf
		if os.Getenv(EnvRequire) == "1" {
			missing = t.Fatalf
		}
		missing("no PostgreSQL at %s (%v); start one with: docker run --rm -p 5432:5432 -e POSTGRES_HOST_AUTH_METHOD=trust postgres:17, "+
			"or set %s", store.Redact(server), err, EnvPostgres)
	}
	name := "postbag_test_" + strings.ToLower(rand.Text())
	if _, err := db.Exec("CREATE DATABASE " + name); err != nil {
		t.Fatalf("create database: %v", err)
	}
	t.Cleanup(func() {
		if _, err := db.Exec("DROP DATABASE " + name + " WITH (FORCE)"); err != nil {
			t.Errorf("drop database: %v", err)
		}
	})
	if _, err := db.Exec("ALTER DATABASE " + name + " SET synchronous_commit = off"); err != nil { // nothing here must survive a power failure
		t.Fatalf("set up database: %v", err)
	}
	address, err := url.Parse(server)
	if err != nil {
		t.Fatalf("%s: %v", EnvPostgres, err)
	}
	address.Path = "/" + name
	return address.String()
}

// Schema makes an empty schema in a PostgreSQL database and returns an address
// that leads there. It stands for a database of its own, and is made in no time.
func Schema(t testing.TB, address string) string {
	t.Helper()
	name := "test_" + strings.ToLower(rand.Text())
	if _, err := raw(t, address).Exec("CREATE SCHEMA " + name); err != nil {
		t.Fatalf("create schema: %v", err)
	}
	inside, err := url.Parse(address)
	if err != nil {
		t.Fatalf("parse %s: %v", store.Redact(address), err)
	}
	query := inside.Query()
	query.Set("search_path", name)
	query.Set("synchronous_commit", "off") // nothing here must survive a power failure
	inside.RawQuery = query.Encode()
	return inside.String()
}

// Open opens a database until the test ends.
func Open(t testing.TB, address string, opts store.Options) *store.Store {
	t.Helper()
	s, err := store.Open(t.Context(), address, opts)
	if err != nil {
		t.Fatalf("open %s: %v", store.Redact(address), err)
	}
	t.Cleanup(func() {
		if err := s.Close(); err != nil {
			t.Errorf("close: %v", err)
		}
	})
	return s
}

// raw opens a database beside the store, to look at it or to spoil it.
func raw(t testing.TB, address string) *sql.DB {
	t.Helper()
	driver, name := "sqlite", "file:"+address+"?_pragma=busy_timeout(15000)"
	if store.IsPostgres(address) {
		driver, name = "pgx", address
	}
	db, err := sql.Open(driver, name)
	if err != nil {
		t.Fatalf("open raw: %v", err)
	}
	t.Cleanup(func() { _ = db.Close() })
	return db
}

// Count returns how many rows a table has.
func Count(t testing.TB, address, table string) (n int) {
	t.Helper()
	if err := raw(t, address).QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+table).Scan(&n); err != nil {
		t.Fatalf("count %s: %v", table, err)
	}
	return n
}
