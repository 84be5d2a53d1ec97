package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"strings"
	"time"

	"postbag/models/store"
	"postbag/moderation"
)

// closeTime is how long a command waits for its last work when it ends.
const closeTime = 10 * time.Second

// existing refuses to go on without a database, for commands that have nothing
// to do in an empty one. On PostgreSQL the connection says what is wrong.
func existing(address string) error {
	if store.IsPostgres(address) {
		return nil
	}
	if _, err := os.Stat(sqlitePath(address)); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no database at %s; name the one that postbag serve uses with --db", address)
	}
	return nil
}

func sqlitePath(address string) string { return strings.TrimPrefix(address, "sqlite://") }

// openStore opens the database and, when that fails, says what to look at.
func openStore(ctx context.Context, address string) (*store.Store, error) {
	st, err := store.Open(ctx, address, store.Options{})
	switch {
	case err == nil:
		return st, nil
	case ctx.Err() != nil:
		return nil, ctx.Err()
	case store.IsPostgres(address):
		return nil, fmt.Errorf("%w\nCheck that PostgreSQL runs there and that the user may log in and create tables", err)
	}
	return nil, fmt.Errorf("%w\nCheck that the file and its folder can be written, or choose another file with --db", err)
}

// withService runs fn on the opened database.
func withService(ctx context.Context, address string, o moderation.Options, fn func(*moderation.Service) error) error {
	st, err := openStore(ctx, address)
	if err != nil {
		return err
	}
	svc, err := moderation.New(ctx, st, o)
	if err != nil {
		return errors.Join(err, st.Close())
	}
	err = fn(svc)
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTime)
	defer cancel()
	return errors.Join(err, svc.Close(closing), st.Close())
}

// logger writes to the error output, one line per entry.
func (a *app) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(a.stderr, nil))
}

// service is withService for commands that a person waits for: they need a
// database that exists, and log nothing but warnings.
func (a *app) service(ctx context.Context, address string, fn func(*moderation.Service) error) error {
	if err := existing(address); err != nil {
		return err
	}
	return withService(ctx, address, a.quiet(), fn)
}

func (a *app) quiet() moderation.Options {
	return moderation.Options{Logger: slog.New(slog.NewTextHandler(a.stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))}
}
