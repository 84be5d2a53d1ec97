package store

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
)

// Backup writes a copy of an SQLite database to a new file, as it is at one
// moment, while others go on to read and write. A file that exists is never
// overwritten, and a file that appears is complete and on disk. A PostgreSQL
// database is backed up with its own tools; the error says how.
func (s *Store) Backup(ctx context.Context, file string) error {
	if s.path == "" {
		return fmt.Errorf("back up with PostgreSQL's own tool: pg_dump --format=custom --file=%q %q", file, Redact(s.address))
	}
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("backup: %s exists already; name a new file", file)
	}
	temp, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*")
	if err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	defer os.Remove(temp.Name())
	defer temp.Close()
	if err := s.copyTo(ctx, temp.Name()); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := temp.Sync(); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	if err := publish(temp.Name(), file); err != nil {
		return fmt.Errorf("backup: %w", err)
	}
	return nil
}

// copyTo has a connection of its own, so that nobody waits for it.
func (s *Store) copyTo(ctx context.Context, file string) error {
	db, err := sqlitePool(s.path, 1, url.Values{"_pragma": {"busy_timeout(15000)"}})
	if err != nil {
		return err
	}
	defer db.Close()
	_, err = db.ExecContext(ctx, "VACUUM INTO ?", file)
	return err
}

// publish gives a finished file its name, unless the name was taken meanwhile.
// A link does both at once; where there are no links, a rename must do.
func publish(temp, file string) error {
	switch err := os.Link(temp, file); {
	case errors.Is(err, fs.ErrExist):
		return err
	case err != nil:
		if err := os.Rename(temp, file); err != nil {
			return err
		}
	}
	dir, err := os.Open(filepath.Dir(file))
	if err != nil {
		return err
	}
	defer dir.Close()
	return dir.Sync()
}
