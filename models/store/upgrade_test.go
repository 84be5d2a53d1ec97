package store_test

import (
	"database/sql"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver "pgx"
	"github.com/pressly/goose/v3"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
)

// TestUpgrade fills a database of the first schema, opens it, and expects
// everything to be there still.
func TestUpgrade(t *testing.T) {
	t.Run("SQLite", func(t *testing.T) { testUpgrade(t, storetest.SQLite(t)) })
	t.Run("PostgreSQL", func(t *testing.T) { testUpgrade(t, storetest.Schema(t, storetest.Postgres(t))) })
}

func testUpgrade(t *testing.T, address string) {
	db := first(t, address)
	before := dump(t, db, nil)
	for _, table := range firstTables() {
		if len(before[table].rows) == 0 {
			t.Errorf("%s is empty: nothing of it is tried", table)
		}
	}
	s := storetest.Open(t, address, store.Options{})
	after := dump(t, db, before)
	for name, was := range before {
		if name != "rules" && !slices.Equal(after[name].rows, was.rows) {
			t.Errorf("%s:\n got %q\nwant %q", name, after[name].rows, was.rows)
		}
	}
	if got, want := len(after["rules"].rows), len(before["rules"].rows); got != want {
		t.Errorf("%d rules, want %d", got, want)
	}
	sound(t, s)
	upgraded(t, s)
	again := storetest.Open(t, address, store.Options{}) // a second time there is nothing to do
	sound(t, again)
}

// must returns what a call returned, and ends the test on an error.
func must[T any](v T, err error) T {
	if err != nil {
		panic(err)
	}
	return v
}

func sound(t *testing.T, s *store.Store) {
	t.Helper()
	problems, err := s.Check(t.Context())
	if err != nil || len(problems) > 0 {
		t.Errorf("check: %+v, %v", problems, err)
	}
}

// upgraded looks at what the upgrade added.
func upgraded(t *testing.T, s *store.Store) {
	ctx := t.Context()
	rules := must(s.Rules(ctx, 1))
	var names []string
	for _, r := range rules {
		names = append(names, r.Name)
		if !r.Scope.Whole() || r.Promise != -1 {
			t.Errorf("rule %+v", r)
		}
	}
	if want := []string{"Words", "words (2)", "WORDS (3)", "words (2) (4)", "Links"}; !slices.Equal(names, want) {
		t.Errorf("names %q, want %q", names, want)
	}
	if got := must(s.RulesAt(ctx, 1, 0)); fmt.Sprint(got) != fmt.Sprint(rules) {
		t.Errorf("rules at revision 0:\n%+v\nwant\n%+v", got, rules)
	}
	if site := must(s.Sites(ctx))[0]; site.Revision != 0 || site.Sample != 20 {
		t.Errorf("site %+v", site)
	}
	var settled []models.Choice
	for id := range int64(6) {
		settled = append(settled, must(s.Comment(ctx, id+1)).Settled)
	}
	if want := []models.Choice{models.ChooseApprove, 0, models.ChooseRemove, models.ChooseSpam, 0, 0}; !slices.Equal(settled, want) {
		t.Errorf("settled %v, want %v", settled, want)
	}
	tallies := must(s.Tallies(ctx, 1))
	if len(tallies) != 2 || tallies[1].Fired != 3 || tallies[1].Approved != 1 || tallies[1].Removed != 2 || tallies[1].LastAt.UnixMilli() != 4000 {
		t.Errorf("tallies %+v", tallies)
	}
	if noted := must(s.NotedBy(ctx, 0, 0, 9)); !slices.Equal(noted, []int64{6}) {
		t.Errorf("imported before runs were kept: %v", noted)
	}
	err := s.Write(ctx, func(tx *store.Tx) error {
		r := models.Rule{SiteID: 1, Name: "New", Kind: "links", Mode: "draft", Spec: "{}"}
		return errors.Join(tx.AddRule(ctx, &r, 0), tx.SaveRule(ctx, &rules[0], 0), tx.AddNote(ctx, &models.Note{SiteID: 1}),
			tx.AddImport(ctx, &models.Import{SiteID: 1, State: models.ImportRunning}),
			tx.ReplaceFindings(ctx, 5, 1, nil), tx.AddVerdicts(ctx, []store.Verdict{{CommentID: 1}}),
			tx.AddTallies(ctx, []models.RuleTally{{RuleID: 1, Version: 1, Fired: -1}}), tx.AddMove(ctx, &models.Move{SiteID: 1, State: models.MovePlanned}))
	})
	if err != nil {
		t.Errorf("write after the upgrade: %v", err)
	}
}

// first makes a database of the first schema with rows in every table.
func first(t *testing.T, address string) *sql.DB {
	t.Helper()
	driver, name, dir, dialect := "sqlite", "file:"+address, "migrations/sqlite", goose.DialectSQLite3
	if store.IsPostgres(address) {
		driver, name, dir, dialect = "pgx", address, "migrations/postgres", goose.DialectPostgres
	}
	db := must(sql.Open(driver, name))
	t.Cleanup(func() { _ = db.Close() })
	provider := must(goose.NewProvider(dialect, db, os.DirFS(dir)))
	if _, err := provider.UpTo(t.Context(), 1); err != nil {
		t.Fatalf("make the first schema: %v", err)
	}
	for _, insert := range firstRows() {
		if store.IsPostgres(address) {
			insert = strings.ReplaceAll(insert, "x'", "'\\x")
		}
		if _, err := db.ExecContext(t.Context(), insert); err != nil {
			t.Fatalf("%v\n%s", err, insert)
		}
	}
	return db
}

// contents are the columns of a table and its rows as text.
type contents struct {
	columns []string
	rows    []string
}

// dump reads the tables of the first schema: all columns, or those of an earlier
// dump.
func dump(t *testing.T, db *sql.DB, like map[string]contents) map[string]contents {
	t.Helper()
	all := map[string]contents{}
	for _, table := range firstTables() {
		columns := "*"
		if like != nil {
			columns = strings.Join(like[table].columns, ", ")
		}
		all[table] = read(t, db, "SELECT "+columns+" FROM "+table)
	}
	return all
}

func read(t *testing.T, db *sql.DB, query string) (c contents) {
	t.Helper()
	rows := must(db.QueryContext(t.Context(), query))
	defer rows.Close()
	c.columns = must(rows.Columns())
	for rows.Next() {
		fields, into := make([]any, len(c.columns)), make([]any, len(c.columns))
		for i := range fields {
			into[i] = &fields[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		c.rows = append(c.rows, fmt.Sprint(fields...))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	slices.Sort(c.rows)
	return c
}

// comment is a row of the first comments table: a root comment.
func comment(id int64, status models.Status, reviewed bool, lane models.Lane, external string) string {
	at, size := 1000*id, 0
	if status == models.Approved {
		size = 1
	}
	return fmt.Sprintf("INSERT INTO comments VALUES (%d, 1, 1, 0, 0, x'%012x%012x', x'', %d, %t, FALSE, FALSE, %d, %t, 1, %d, %d, 0, 0, 0, 1, 'Ann', '', "+
		"'A text', 0, '[]', '<p>A text</p>', %d, 0, 0, 0, %d, 0, '%s', 'key-%d', x'01', x'02')",
		id, at, id, status, reviewed, lane, status == models.Approved, at, at, at, size, external, id)
}

// firstTables are the tables of the first schema.
func firstTables() []string {
	return strings.Fields("ids settings sites site_hosts articles aliases authors comments revisions rules findings rates moderators " +
		"credentials decisions reports likes claims lane_counts events imported")
}

// firstRows are what a server of the first schema may have written: among it
// rules of the same name, and a name that an upgrade would choose.
func firstRows() []string {
	return []string{
		"UPDATE ids SET comment = 6, article = 1, author = 1, event = 2",
		"INSERT INTO settings VALUES ('key', 'value')",
		"INSERT INTO sites (key, name, mode, max_length, reasons, language, created_at) VALUES ('news', 'News', 'post', 5000, '[]', 'en', 1)",
		"INSERT INTO site_hosts VALUES (1, 'example.org')",
		"INSERT INTO articles VALUES (1, 1, 'post-1', 'https://example.org/1', 'Title', FALSE, '', '', 2, 1, 1)",
		"INSERT INTO aliases VALUES (1, 1, 'post-1', 1)",
		"INSERT INTO authors VALUES (1, 1, 'guest', 'ann', 'Ann', '', 2, 1, 2, 1, '', 0, 1)",
		comment(1, models.Approved, true, models.NoLane, ""),
		comment(2, models.Approved, false, models.LaneNew, ""),
		comment(3, models.Removed, true, models.NoLane, ""),
		comment(4, models.Spam, true, models.NoLane, ""),
		comment(5, models.Pending, false, models.LanePending, ""),
		comment(6, models.Removed, true, models.NoLane, "disqus:6"), // nobody here decided that
		"INSERT INTO lane_counts VALUES (1, 1, 1), (1, 3, 1)",
		"INSERT INTO revisions (comment_id, text, tree, html, held, created_at) VALUES (1, 'Old', '[]', '<p>', FALSE, 1)",
		"INSERT INTO rules (site_id, name, kind, action, mode, reason, spec, version, created_at, updated_at) VALUES " +
			"(1, 'Words', 'keyword', 3, 'enforce', 'no', '{\"terms\":[\"x\"]}', 2, 1, 2), (1, 'words', 'keyword', 3, 'enforce', '', '{}', 1, 1, 1), " +
			"(1, 'WORDS', 'keyword', 3, 'enforce', '', '{}', 1, 1, 1), (1, 'words (2)', 'keyword', 3, 'enforce', '', '{}', 1, 1, 1), " +
			"(1, 'Links', 'links', 5, 'shadow', '', '{}', 1, 1, 1)",
		"INSERT INTO findings VALUES (1, 0, 1, 2, 'Words', 3, '', 'd', '[]'), (3, 0, 1, 2, 'Words', 3, '', '', '[]'), (3, 1, 1, 2, 'Words', 3, '', '', '[]'), " +
			"(4, 0, 1, 2, 'Words', 3, '', '', '[]'), (5, 0, 1, 1, 'Words', 3, '', '', '[]'), (5, 1, 0, 0, 'Mode', 3, '', '', '[]')",
		"INSERT INTO rates VALUES (1, 'u1', 5)",
		"INSERT INTO moderators (email, name, password_hash, role, disabled, created_at) VALUES ('zoe@example.org', 'Zoe', 'h', 'admin', FALSE, 1)",
		"INSERT INTO credentials (hash, kind, moderator_id, label, created_at, used_at, expires_at) VALUES (x'01', 'session', 1, '', 1, 1, 1)",
		"INSERT INTO decisions (site_id, comment_id, moderator_id, rule_id, choice, reason, note, from_status, to_status, before, after, undoes, created_at) VALUES " +
			"(1, 1, 1, 0, 1, '', '', 1, 2, '{}', 2, 0, 1), (1, 3, 1, 0, 2, '', '', 1, 3, '{}', 2, 0, 1), (1, 4, 1, 0, 3, '', '', 1, 4, '{}', 2, 0, 1)",
		"INSERT INTO reports (comment_id, reason, text, reporter, open, created_at) VALUES (1, 'spam', '', x'01', FALSE, 1)",
		"INSERT INTO likes VALUES (1, x'01')",
		"UPDATE comments SET likes = 1 WHERE id = 1",
		"INSERT INTO claims (token_hash, moderator_id, expires_at) VALUES (x'01', 1, 1)",
		"INSERT INTO events VALUES (1, 1, 1, 1, 1, 0, 1, 5, 1), (2, 1, 1, 5, 4, 1, 1, 5, 1)",
		"INSERT INTO imported VALUES (1, 'disqus:6', 6, 99)",
	}
}
