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
	WAL bool // it was written with a write-ahead log: a file beside it may hold more
	dir string
}

// sqliteMagic begins every SQLite database; sqliteHead is how long what stands before
// its first page is, of which a byte says whether it is written with a log.
const (
	sqliteMagic = "SQLite format 3\x00"
	sqliteHead  = 100
	sqliteRead  = 19 // 2 with a write-ahead log
)

// OpenForeign copies a database of at most limit bytes and opens the copy. What is
// no sound database is refused with an *intake.SyntaxError. A write-ahead log
// beside the file is not seen.
func OpenForeign(file io.Reader, limit int64) (f *Foreign, err error) {
	f = &Foreign{}
	if f.dir, err = os.MkdirTemp("", "postbag-foreign-"); err != nil { // mode 0700
		return nil, fmt.Errorf("open foreign database: %w", err)
	}
	path := filepath.Join(f.dir, "copy.db")
	if f.WAL, err = copyForeign(path, file, limit); err == nil {
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

func copyForeign(path string, file io.Reader, limit int64) (wal bool, err error) {
	head := make([]byte, sqliteHead)
	n, err := io.ReadFull(file, head)
	head = head[:n]
	switch {
	case n == 0 && err == io.EOF:
		return false, unsound(nil, "The file is empty.")
	case err != nil && !errors.Is(err, io.ErrUnexpectedEOF):
		return false, unsound(err, "The file cannot be read: %v.", err)
	case !bytes.HasPrefix(head, []byte(sqliteMagic)):
		return false, unsound(nil, "The file is no SQLite database; it begins with %.20q.", head[:min(n, len(sqliteMagic))])
	}
	wal = n == sqliteHead && head[sqliteRead] == 2
	return wal, copyRest(path, io.MultiReader(bytes.NewReader(head), io.LimitReader(file, limit)), limit)
}

func copyRest(path string, file io.Reader, limit int64) (err error) {
	out, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return fmt.Errorf("copy foreign database: %w", err)
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	size, err := io.Copy(out, file)
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
		return unsound(err, "The database is truncated or damaged: %v.%s", err, f.hint())
	case verdict != "ok" && !strings.HasPrefix(verdict, "NULL value in "): // a value, not the file
		return unsound(nil, "The database is truncated or damaged: %.200s.%s", verdict, f.hint())
	}
	return nil
}

// hint says what may be missing.
func (f *Foreign) hint() string {
	if !f.WAL {
		return ""
	}
	return " It is written with a write-ahead log, so a part of it may be in the file beside it that ends in -wal."
}

// Close removes the copy.
func (f *Foreign) Close() error {
	var err error
	if f.DB != nil {
		err = f.DB.Close()
	}
	return errors.Join(err, os.RemoveAll(f.dir))
}
