package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"postbag/models/store"
)

// backup copies the database to a new file.
func (a *app) backup(ctx context.Context, f *flags) error {
	db := f.database()
	args, err := f.parse("FILE")
	if err != nil {
		return err
	}
	if err := existing(*db); err != nil {
		return err
	}
	st, err := openStore(ctx, *db)
	if err != nil {
		return err
	}
	if err := errors.Join(st.Backup(ctx, args[0]), st.Close()); err != nil {
		return err
	}
	info, err := os.Stat(args[0])
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Wrote %s (%d bytes). To use it: postbag restore %s --db NEW.db\n", args[0], info.Size(), args[0])
	return err
}

// restore puts a copy in the place of a missing SQLite file, once it has been
// read through.
func (a *app) restore(ctx context.Context, f *flags) error {
	db := f.database()
	args, err := f.parse("FILE")
	if err != nil {
		return err
	}
	if store.IsPostgres(*db) {
		return wrong("restore is for SQLite; for PostgreSQL use pg_restore or psql")
	}
	target := sqlitePath(*db)
	for _, name := range []string{target, target + "-wal", target + "-shm"} {
		if _, err := os.Lstat(name); !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s exists and is never overwritten; stop the server and move it away, or choose another --db", name)
		}
	}
	temporary, err := copyBeside(args[0], target)
	if err != nil {
		return err
	}
	defer os.Remove(temporary)
	if err := a.recount(ctx, temporary); err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	if err := os.Link(temporary, target); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(target)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Restored %s. Start the server: postbag serve --db %s\n", target, target)
	return err
}

// copyBeside copies an SQLite file to a temporary one in target's folder and
// waits until it is on disk.
func copyBeside(source, target string) (string, error) {
	from, err := os.Open(source)
	if err != nil {
		return "", err
	}
	defer from.Close()
	magic := make([]byte, len(sqliteMagic))
	if _, err := io.ReadFull(from, magic); err != nil || string(magic) != sqliteMagic {
		return "", fmt.Errorf("%s is not an SQLite database, as postbag backup writes them", source)
	}
	if _, err := from.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	to, err := os.CreateTemp(filepath.Dir(target), ".postbag-restore-*")
	if err != nil {
		return "", err
	}
	_, err = io.Copy(to, from)
	if err := errors.Join(err, to.Sync(), to.Close()); err != nil {
		return "", errors.Join(err, os.Remove(to.Name()))
	}
	return to.Name(), nil
}

// sqliteMagic begins every SQLite file (www.sqlite.org/fileformat.html, 1.3).
const sqliteMagic = "SQLite format 3\x00"

func syncFolder(name string) error {
	folder, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(folder.Sync(), folder.Close())
}

// check recounts everything that is counted.
func (a *app) check(ctx context.Context, f *flags) error {
	db := f.database()
	if _, err := f.parse(); err != nil {
		return err
	}
	if err := existing(*db); err != nil {
		return err
	}
	if err := a.recount(ctx, *db); err != nil {
		return err
	}
	_, err := fmt.Fprintln(a.stdout, "No problem found.")
	return err
}

// recount lists what does not agree and fails when there is any.
func (a *app) recount(ctx context.Context, address string) error {
	st, err := openStore(ctx, address)
	if err != nil {
		return err
	}
	problems, err := st.Check(ctx)
	if err := errors.Join(err, st.Close()); err != nil {
		return err
	}
	for _, p := range problems {
		fmt.Fprintf(a.stdout, "%s %d: %s\n", p.What, p.ID, p.Detail)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d problems found; keep a copy of the database before you change anything", len(problems))
	}
	return nil
}
