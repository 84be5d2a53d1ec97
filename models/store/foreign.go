package store

import (
	"bytes"
	"database/sql"
	"errors"
	"fmt"
	"io"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"postbag/models/intake"
)

// Foreign is a SQLite database of another system, which may be damaged or hostile.
// It is a private copy that is opened read-only, takes little memory, and is gone
// when closed.
type Foreign struct {
	*sql.DB
	dir string
}

// sqliteMagic begins every SQLite database.
const sqliteMagic = "SQLite format 3\x00"

// OpenForeign copies a database of at most limit bytes and opens the copy. What is
// no sound database is refused with an *intake.SyntaxError. A write-ahead log
// beside the file is not seen.
func OpenForeign(file io.Reader, limit int64) (f *Foreign, err error) {
	f = &Foreign{}
	if f.dir, err = os.MkdirTemp("", "postbag-foreign-"); err != nil { // mode 0700
		return nil, fmt.Errorf("open foreign database: %w", err)
	}
	path := filepath.Join(f.dir, "copy.db")
	if err = copyForeign(path, file, limit); err == nil {
		err = f.open(path)
	}
	if err != nil {
		return nil, errors.Join(err, f.Close())
	}
	_ = os.RemoveAll(f.dir) // where the system lets an open file go, nothing is left even when the process is killed
	return f, nil
}

func unsound(err error, format string, args ...any) error {
	return &intake.SyntaxError{Line: 1, Detail: fmt.Sprintf(format, args...), Err: err}
}

func copyForeign(path string, file io.Reader, limit int64) (err error) {
	head := make([]byte, len(sqliteMagic))
	n, err := io.ReadFull(file, head)
	switch {
	case n == 0 && err == io.EOF:
		return unsound(nil, "The file is empty.")
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return unsound(err, "The file cannot be read: %v.", err)
	case string(head[:n]) != sqliteMagic:
		return unsound(nil, "The file is no SQLite database; it begins with %.20q.", head[:n])
	}
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("copy foreign database: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	size, err := io.Copy(out, io.MultiReader(bytes.NewReader(head), io.LimitReader(file, limit)))
	switch {
	case errors.Is(err, io.ErrUnexpectedEOF):
		return unsound(err, "The file ends in the middle of its compressed data: it is truncated.")
	case err != nil:
		return fmt.Errorf("copy foreign database: %w", err)
	case size > limit:
		return unsound(nil, "The database is larger than %d bytes.", limit)
	}
	return nil
}

// open opens the copy and looks at it as a whole: a database whose pages lead in
// circles could be read without end.
func (f *Foreign) open(path string) (err error) {
	params := url.Values{
		"mode": {"ro"}, "immutable": {"1"},
		"_pragma": {"query_only(1)", "trusted_schema(0)", "cell_size_check(1)", "cache_size(-4096)", "temp_store(FILE)", "mmap_size(0)"},
	}
	if f.DB, err = sqlitePool(path, 1, params); err != nil {
		return fmt.Errorf("open foreign database: %w", err)
	}
	var verdict string
	err = f.QueryRow("PRAGMA quick_check(1)").Scan(&verdict)
	switch {
	case err != nil:
		return unsound(err, "The database is truncated or damaged: %v.", err)
	case verdict != "ok" && !strings.HasPrefix(verdict, "NULL value in "): // a value, not the file
		return unsound(nil, "The database is truncated or damaged: %.200s.", verdict)
	}
	return nil
}

// Close removes the copy.
func (f *Foreign) Close() error {
	var err error
	if f.DB != nil {
		err = f.DB.Close()
	}
	return errors.Join(err, os.RemoveAll(f.dir))
}
