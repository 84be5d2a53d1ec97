package storetest

import (
	"context"
	"database/sql"
	"errors"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

// operations is the length of the random walk of testCounts.
const operations = 2000

// testCounts does random things, several in each transaction, and then expects
// Check to find nothing.
func testCounts(t *testing.T, w *world) {
	r := rand.New(rand.NewPCG(7, 9))
	articles := []models.Article{w.article, w.addArticle(w.site)}
	authors := []models.Author{w.author, w.addAuthor(w.site, "bob")}
	var known []int64
	for done := 0; done < operations; {
		w.write(func(ctx context.Context, tx *store.Tx) error {
			for n := 1 + r.IntN(20); n > 0; n-- {
				done++
				id, err := step(ctx, w, tx, r, articles, authors, known)
				if err != nil {
					return err
				}
				if id != 0 {
					known = append(known, id)
				}
			}
			return nil
		})
		if done%400 < 10 {
			w.sound()
		}
	}
	w.sound()
}

// step does one random thing and returns the id of a new comment, if any.
func step(ctx context.Context, w *world, tx *store.Tx, r *rand.Rand, articles []models.Article, authors []models.Author, known []int64) (int64, error) {
	if len(known) < 5 || r.IntN(4) == 0 {
		c := models.Comment{Status: models.Status(1 + r.IntN(5)), Reviewed: r.IntN(2) == 0}
		author := authors[r.IntN(len(authors))]
		c.SiteID, c.ArticleID, c.AuthorID = w.site.ID, articles[r.IntN(len(articles))].ID, author.ID
		var parent *models.Comment
		if len(known) > 0 && r.IntN(5) > 0 {
			p, err := tx.Comment(ctx, known[r.IntN(len(known))])
			if err != nil {
				return 0, err
			}
			parent = &p
		}
		err := w.insert(ctx, tx, &c, parent)
		return c.ID, err
	}
	before, err := tx.Comment(ctx, known[r.IntN(len(known))])
	if err != nil {
		return 0, err
	}
	after := before
	reader := []byte{byte(r.IntN(5))}
	switch r.IntN(6) {
	case 0:
		_, err := tx.Like(ctx, &before, reader, r.IntN(2) == 0)
		return 0, err
	case 1:
		added, err := tx.AddReport(ctx, &models.Report{CommentID: before.ID, Reason: "spam", Reporter: reader})
		if err != nil || !added {
			return 0, err
		}
		after.Reports++
	case 2:
		n, err := tx.SetReportsOpen(ctx, before.ID, false)
		if err != nil {
			return 0, err
		}
		after.Reports, after.Reviewed, after.Escalated = before.Reports-n, true, false
	case 3:
		after.Escalated, after.Reviewed = r.IntN(2) == 0, r.IntN(2) == 0
	default:
		after.Status = models.Status(1 + r.IntN(5))
	}
	return 0, tx.SaveComment(ctx, &before, &after)
}

// testCheck spoils each thing that Check looks at and expects to be told.
func testCheck(t *testing.T, w *world) {
	root := w.add(models.Approved, nil)
	reply := w.add(models.Approved, &root)
	w.add(models.Pending, &reply)
	w.add(models.Spam, nil)
	w.sound()
	db := raw(t, w.address)
	spoilAll(t, w, db, []spoil{
		{"articles.approved", "UPDATE articles SET approved = approved + 1", "UPDATE articles SET approved = approved - 1"},
		{"articles.pending", "UPDATE articles SET pending = 7", "UPDATE articles SET pending = 1"},
		{"authors.approved", "UPDATE authors SET approved = 7", "UPDATE authors SET approved = 2"},
		{"authors.pending", "UPDATE authors SET pending = 7", "UPDATE authors SET pending = 1"},
		{"authors.removed", "UPDATE authors SET removed = 7", "UPDATE authors SET removed = 0"},
		{"authors.spam", "UPDATE authors SET spam = 0", "UPDATE authors SET spam = 1"},
		{"lane_counts.n", "UPDATE lane_counts SET n = n + 1", "UPDATE lane_counts SET n = n - 1"},
		{"lane_counts.n", "DELETE FROM lane_counts", "INSERT INTO lane_counts (site_id, lane, n) VALUES (1, 1, 1)"},
		{"comments.lane", "UPDATE comments SET reviewed = NOT reviewed WHERE id = 1", "UPDATE comments SET reviewed = NOT reviewed WHERE id = 1"},
		{"comments.shown", "UPDATE comments SET shown = NOT shown WHERE id = 4", "UPDATE comments SET shown = NOT shown WHERE id = 4"},
		{"comments.live_replies", "UPDATE comments SET live_replies = 3 WHERE id = 1", "UPDATE comments SET live_replies = 1 WHERE id = 1"},
		{"comments.thread_size", "UPDATE comments SET thread_size = 3 WHERE id = 1", "UPDATE comments SET thread_size = 2 WHERE id = 1"},
		{"comments.likes", "UPDATE comments SET likes = 3 WHERE id = 1", "UPDATE comments SET likes = 0 WHERE id = 1"},
		{"comments.reports", "UPDATE comments SET reports = 3 WHERE id = 3", "UPDATE comments SET reports = 0 WHERE id = 3"},
		{"comments.held_edit", "UPDATE comments SET held_edit = NOT held_edit WHERE id = 4", "UPDATE comments SET held_edit = NOT held_edit WHERE id = 4"},
		{"comments.article_id", "UPDATE comments SET site_id = 9 WHERE id = 4", "UPDATE comments SET site_id = 1 WHERE id = 4"},
		{"comments.parent_id", "UPDATE comments SET parent_id = 99 WHERE id = 3", "UPDATE comments SET parent_id = 2 WHERE id = 3"},
		{"comments.path", "UPDATE comments SET depth = 1 WHERE id = 3", "UPDATE comments SET depth = 2 WHERE id = 3"},
		{"comments.path", "UPDATE comments SET depth = 1 WHERE id = 1", "UPDATE comments SET depth = 0 WHERE id = 1"},
	})
	if !store.IsPostgres(w.address) { // PostgreSQL refuses these
		found := spoilt(t, w, func() error {
			_, err := db.ExecContext(t.Context(), "PRAGMA foreign_keys = 0; INSERT INTO findings (comment_id, seq, rule_id, version, name, action, reason, detail, matches) VALUES (99, 0, 1, 1, '', 1, '', '', '[]')")
			return err
		})
		for _, what := range []string{"findings.comment_id", "points to a missing row of comments"} {
			if !strings.Contains(found, what) {
				t.Errorf("%s: Check found only %q", what, found)
			}
		}
	}
}

// spoil is a statement that Check must notice, and one that takes it back.
type spoil struct{ what, spoil, mend string }

// spoilAll spoils one thing after the other.
func spoilAll(t *testing.T, w *world, db *sql.DB, list []spoil) {
	t.Helper()
	for _, s := range list {
		found := spoilt(t, w, func() error { _, err := db.ExecContext(t.Context(), s.spoil); return err })
		if !strings.Contains(found, s.what) {
			t.Errorf("%s: Check found only %q", s.spoil, found)
		}
		if _, err := db.ExecContext(t.Context(), s.mend); err != nil {
			t.Fatal(err)
		}
		w.sound()
	}
}

// spoilt returns what Check finds after something was spoilt.
func spoilt(t *testing.T, w *world, spoil func() error) string {
	t.Helper()
	if err := spoil(); err != nil {
		t.Fatal(err)
	}
	var found strings.Builder
	for _, p := range must(w.Check(t.Context()))(t) {
		found.WriteString(p.What + ": " + p.Detail + "\n")
	}
	return found.String()
}

// testBackup copies a database in which every table has rows.
func testBackup(t *testing.T, w *world) {
	c := w.add(models.Approved, nil)
	r := w.addRule("A", 0)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return errors.Join(
			tx.AddVerdicts(ctx, []store.Verdict{{CommentID: c.ID, Facts: "{}"}}),
			tx.AddFindings(ctx, map[int64][]models.Finding{c.ID: {{RuleID: r.ID, Version: 1}}}),
			tx.AddTallies(ctx, []models.RuleTally{{RuleID: r.ID, Version: 1, Fired: 1}}),
			tx.AddSketches(ctx, []store.Sketch{{CommentID: c.ID, SiteID: w.site.ID, Sketch: []byte{1}}}),
			tx.AddSamples(ctx, map[int64]models.SampleTally{w.site.ID: {Removed: 1}}),
			tx.AddSamples(ctx, map[int64]models.SampleTally{w.site.ID: {Removed: -1}}),
			tx.AddNote(ctx, &models.Note{SiteID: w.site.ID, Text: "x"}),
			tx.AddBacktest(ctx, &models.Backtest{SiteID: w.site.ID}),
		)
	})
	file := filepath.Join(t.TempDir(), "a copy.db")
	err := w.Backup(t.Context(), file)
	if store.IsPostgres(w.address) {
		if err == nil || !strings.Contains(err.Error(), "pg_dump") {
			t.Errorf("got %v, want the name of the tool", err)
		}
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := w.Backup(t.Context(), file); err == nil {
		t.Error("a file was overwritten")
	}
	left := must(filepath.Glob(filepath.Join(filepath.Dir(file), "*")))(t)
	equal(t, "files", left, []string{file})
	again := Open(t, file, store.Options{})
	equal(t, "comments", must(again.Article(t.Context(), w.article.ID))(t).Approved, 1)
	equal(t, "problems", len(must(again.Check(t.Context()))(t)), 0)
	rows := tableSizes(t, w.address)
	equal(t, "rows of every table", tableSizes(t, file), rows)
	for _, table := range []string{"rule_versions", "verdicts", "sketches", "rule_tallies", "sample_tallies", "notes", "backtests"} {
		if rows[table] == 0 {
			t.Errorf("%s is empty: nothing of it was tried", table)
		}
	}
}

// tableSizes counts the rows of every table of an SQLite database.
func tableSizes(t *testing.T, address string) map[string]int {
	t.Helper()
	db := raw(t, address)
	rows, err := db.QueryContext(t.Context(), "SELECT name FROM sqlite_schema WHERE type = 'table'")
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	sizes := map[string]int{}
	for rows.Next() {
		var name string
		var n int
		if err := errors.Join(rows.Scan(&name), db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+name).Scan(&n)); err != nil {
			t.Fatal(err)
		}
		sizes[name] = n
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return sizes
}
