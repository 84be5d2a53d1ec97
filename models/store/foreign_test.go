package store_test

import (
	"database/sql"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/models/intake"
	"postbag/models/interchange"
	"postbag/models/store"
)

func foreignFile(t testing.TB, statements string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "x.db")
	db := must(sql.Open("sqlite", path))
	if _, err := db.Exec(statements); err != nil {
		t.Fatal(err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// A foreign database has a bound, is read-only, and one with a write-ahead log is
// read without it.
func TestOpenForeign(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	file := foreignFile(t, "PRAGMA journal_mode = WAL; CREATE TABLE x (y); INSERT INTO x VALUES (7)")
	for limit, want := range map[int64]bool{int64(len(file)): true, int64(len(file)) - 1: false} {
		f, err := store.OpenForeign(strings.NewReader(file), limit)
		if (err == nil) != want {
			t.Errorf("at a limit of %d: %v", limit, err)
		}
		if err != nil {
			continue
		}
		var y int
		if err := f.QueryRow("SELECT y FROM x").Scan(&y); err != nil || y != 7 {
			t.Errorf("y is %d, %v", y, err)
		}
		if _, err := f.Exec("INSERT INTO x VALUES (8)"); err == nil {
			t.Error("it can be written")
		}
		if err := f.Close(); err != nil {
			t.Error(err)
		}
	}
	if left, _ := os.ReadDir(os.Getenv("TMPDIR")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// FuzzForeign: whatever a file holds, reading it as the database of Isso ends, and
// what is wrong is said with a place.
func FuzzForeign(f *testing.F) {
	file := foreignFile(f, "PRAGMA page_size = 512; CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR UNIQUE, title VARCHAR); "+
		"CREATE TABLE comments (tid, id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT, modified FLOAT, mode INTEGER, text VARCHAR, author VARCHAR, email VARCHAR, likes INTEGER); "+
		"INSERT INTO threads VALUES (1, '/a', 'A'); INSERT INTO comments VALUES (1, 1, NULL, 1580134069.5, NULL, 1, 'Hi', 'Ann', 'ann@mail.example', 2)")
	f.Add(0, []byte("\xff"))
	f.Add(100, []byte("\x00\x01"))
	f.Add(len(file)-40, []byte("\xff\xff\xff\x7f"))
	f.Fuzz(func(t *testing.T, at int, patch []byte) {
		if at < 0 || at+len(patch) > len(file) {
			return
		}
		db, err := store.OpenForeign(strings.NewReader(file[:at]+string(patch)+file[at+len(patch):]), 1<<20)
		var syntax *intake.SyntaxError
		if err != nil {
			if !errors.As(err, &syntax) {
				t.Error(err)
			}
			return
		}
		defer db.Close()
		r, err := interchange.NewIssoReader(db.DB, 1000, "https://news.example")
		for n := 0; err == nil && n < 10_000; n++ {
			var bad *intake.RecordError
			if _, err = r.Next(); errors.As(err, &bad) {
				err = nil
			}
		}
		if err != io.EOF && !errors.As(err, &syntax) {
			t.Error(err)
		}
		if r != nil {
			if err := r.Close(); err != nil && !errors.As(err, &syntax) {
				t.Log(err)
			}
		}
	})
}
