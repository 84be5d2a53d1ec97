package moderation_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

const issoTables = `
CREATE TABLE threads (id INTEGER PRIMARY KEY, uri VARCHAR(256) UNIQUE, title VARCHAR(256));
CREATE TABLE comments (tid REFERENCES threads(id), id INTEGER PRIMARY KEY, parent INTEGER, created FLOAT NOT NULL, modified FLOAT, mode INTEGER,
	remote_addr VARCHAR, text VARCHAR, author VARCHAR, email VARCHAR, website VARCHAR, likes INTEGER DEFAULT 0, dislikes INTEGER DEFAULT 0,
	voters BLOB NOT NULL, notification INTEGER DEFAULT 0);`

const issoRows = `
INSERT INTO threads VALUES (1, '/harbour/', 'The harbour'), (2, 'https://old.example/x', NULL), (3, 'post-7', ''), (4, NULL, 'Nothing');
INSERT INTO comments (tid, id, parent, created, modified, mode, text, author, email, likes, dislikes, voters) VALUES
	(1, 1, NULL, 1580134069.2444, NULL, 1, 'First *line*', 'Ann', 'ann@mail.example', 4, 1, x'00'),
	(1, 2, 3, 1580134080, 1580134090.5, 1, 'Below', 'Ann', NULL, 0, 7, x'00'),
	(1, 3, NULL, 1580134075, NULL, 4, '', NULL, 'gone@mail.example', 0, 0, x'00'),
	(3, 4, NULL, 1580134100, NULL, 2, 'Wait', NULL, NULL, 0, 0, x'00'),
	(2, 5, NULL, 1580134110, NULL, 1, '<p>From <b>Disqus</b></p>', 'Ann', 'ann@mail.example', 0, 0, x'00'),
	(1, 6, NULL, 'yesterday', NULL, 1, 'When', NULL, NULL, 0, 0, x'00'),
	(9, 7, NULL, 1580134110, NULL, 1, 'Lost', NULL, NULL, 0, 0, x'00'),
	(1, 8, NULL, 1580134110, NULL, 1, printf('%.*c', 70000, 'x'), NULL, NULL, 0, 0, x'00'),
	(1, 9, NULL, 1580134120, NULL, 8, x'6869', 7, NULL, 'many', 0, x'00');`

// isso makes a database.
func isso(t testing.TB, statements string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "comments.db")
	db, err := sql.Open("sqlite", path)
	if err == nil {
		_, err = db.Exec(statements)
	}
	if err = errors.Join(err, db.Close()); err != nil {
		t.Fatal(err)
	}
	content, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

func TestImportIsso(t *testing.T) {
	file := isso(t, issoTables+issoRows)
	t.Setenv("TMPDIR", t.TempDir())
	eachArchive(t, func(t *testing.T, a *archive) {
		for i, o := range []moderation.ImportOptions{{DryRun: true}, {}, {}} {
			o.Format = "isso"
			r := a.take(t, []string{file, gzipped(t, file), file}[i], o)
			if want := (moderation.ImportedPosts{Total: 9, Approved: 3, Pending: 2, Deleted: 1, Orphaned: 1, Failed: 2}); r.Posts != want {
				t.Errorf("posts are %+v", r.Posts)
			}
			if want := []int{6, 6, 0}[i]; r.Added != want || r.Added+r.Unchanged != 6 {
				t.Errorf("run %d: %d added, %d unchanged", i, r.Added, r.Unchanged)
			}
			if got := codes(r); got != "4 4 too-large, 10 6 bad-date, 11 7 thread-missing, 12 8 too-large" {
				t.Errorf("problems %s", got)
			}
			if r.Threads.Total != 4 || r.Threads.Articles != 3 || len(r.Threads.Foreign) != 1 {
				t.Errorf("threads: %+v", r.Threads)
			}
		}
		c := func(n int) models.Comment { return a.stored(t, fmt.Sprintf("isso:%d", n)) }
		first, reply, gone, held, html, odd := c(1), c(2), c(3), c(4), c(5), c(9)
		if first.HTML != "<p>First <em>line</em></p>" || first.Likes != 4 || first.AuthorName != "Ann" || first.CreatedAt.UnixMilli() != 1580134069244 {
			t.Errorf("the first is %+v", first)
		}
		if !gone.Tombstone() || reply.ParentID != gone.ID || reply.AuthorID == first.AuthorID || reply.EditedAt.UnixMilli() != 1580134090500 {
			t.Errorf("the reply is %+v", reply)
		}
		if held.Lane != models.LanePending || html.HTML != "<p>From <strong>Disqus</strong></p>" || html.AuthorID != first.AuthorID || odd.Status != models.Pending || odd.Text != "hi" {
			t.Errorf("held is %+v, HTML %+v, odd %+v", held, html, odd)
		}
		if ids, _ := a.read(t, models.ArticleRef{URL: "https://news.example/harbour"}, ""); len(ids) != 3 {
			t.Errorf("the page shows %q", ids)
		}
		if out := a.written(t, "postbag"); strings.Contains(out, "gone@") || !strings.Contains(out, `"post-7"`) {
			t.Errorf("the address of somebody who deleted is there, or the page's own id is not: %s", out)
		}
	})
	if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "postbag-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}

func TestImportIsso_refused(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	t.Setenv("TMPDIR", t.TempDir())
	many := isso(t, issoTables+"INSERT INTO threads VALUES (1, '/a', ''); WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i+1 FROM n WHERE i < 2000) "+
		"INSERT INTO comments (tid, id, created, mode, text, voters) SELECT 1, i, 1580134069, 1, printf('%.*c', 100, 'x'), x'00' FROM n;")
	for name, test := range map[string]struct{ file, want string }{
		"empty":        {"", "empty"},
		"text":         {"Hello", "no SQLite database"},
		"half a magic": {"SQLite", "no SQLite database"},
		"only a magic": {"SQLite format 3\x00", "damaged"},
		"other tables": {isso(t, "CREATE TABLE x (y)"), `no table "threads"`},
		"a view":       {isso(t, "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title); CREATE VIEW comments AS SELECT 1"), `no table "comments"`},
		"a column less": {isso(t, "CREATE TABLE threads (id INTEGER PRIMARY KEY, uri, title); CREATE TABLE comments (id INTEGER PRIMARY KEY, tid)"),
			"not the database of Isso"},
		"computed":    {isso(t, strings.Replace(issoTables, "text VARCHAR", "text AS (zeroblob(1000000000))", 1)), "computed"},
		"truncated":   {many[:len(many)/2], "truncated"},
		"damaged":     {many[:60_000] + strings.Repeat("\xff", 8192) + many[60_000+8192:], "damaged"},
		"half packed": {gzipped(t, many)[:2000], "truncated"},
	} {
		r, err := a.Import(t.Context(), from(test.file), moderation.ImportOptions{Site: "news", Format: "isso"})
		var syntax *intake.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || r.Added != 0 {
			t.Errorf("%s: %v, %d added", name, err, r.Added)
		}
	}
	if out := a.written(t, "postbag"); strings.Contains(out, `"type":"article"`) {
		t.Error("a refused file left something behind")
	}
	if left, _ := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "postbag-*")); len(left) > 0 {
		t.Errorf("left behind: %q", left)
	}
}
