package storetest

import (
	"context"
	"database/sql"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

// plan is a list query, the indexes that it may read, and how many statements
// it takes at most.
type plan struct {
	name    string
	run     func(ctx context.Context, w *world) error
	queries int
	indexes string // separated by spaces; primary for the key of a table
}

// testPlans asks the database how it runs each list query: by its index, and
// without sorting.
func testPlans(t *testing.T, w *world) {
	all, sites, _ := crowd(w, 60)
	for range 3 { // roots with replies; the second page starts within the last
		root := w.add(models.Approved, nil)
		w.add(models.Approved, &root)
		all = append([]models.Comment{root}, all...)
	}
	db := raw(t, w.address)
	for _, p := range plans(w, all, sites) {
		w.traced.take()
		if err := p.run(t.Context(), w); err != nil {
			t.Fatalf("%s: %v", p.name, err)
		}
		statements := w.traced.take()
		if n := len(statements); n == 0 || n > p.queries {
			t.Errorf("%s: %d statements, at most %d wanted", p.name, n, p.queries)
		}
		for _, sql := range statements {
			steps := explain(t, db, w.address, sql)
			for _, fault := range faults(steps, p.indexes) {
				t.Errorf("%s: %s\n%s\n%s", p.name, fault, sql, strings.Join(steps, "\n"))
			}
		}
	}
}

func plans(w *world, all []models.Comment, sites []int64) []plan {
	article, c := w.article.ID, all[0]
	few := []int64{all[0].ID, all[1].ID}
	at := store.Place{Likes: 1, Root: c.Root, Path: c.Path}
	list := []plan{
		{"oldest", func(ctx context.Context, w *world) error { _, err := w.ThreadOldest(ctx, article, nil, 50); return err }, 1, "comments_thread"},
		{"oldest after", func(ctx context.Context, w *world) error { _, err := w.ThreadOldest(ctx, article, &at, 50); return err }, 1, "comments_thread"},
		{"before", func(ctx context.Context, w *world) error { _, err := w.ThreadBefore(ctx, article, at, 50); return err }, 1, "comments_thread"},
		{"newest", func(ctx context.Context, w *world) error { _, err := w.ThreadNewest(ctx, article, nil, 50); return err }, 2, "comments_thread comments_roots"},
		{"newest after", func(ctx context.Context, w *world) error { _, err := w.ThreadNewest(ctx, article, &at, 50); return err }, 3, "comments_thread comments_roots"},
		{"top", func(ctx context.Context, w *world) error { _, err := w.ThreadTop(ctx, article, nil, 50); return err }, 2, "comments_thread comments_top"},
		{"top after", func(ctx context.Context, w *world) error { _, err := w.ThreadTop(ctx, article, &at, 50); return err }, 3, "comments_thread comments_top"},
		{"newest before", func(ctx context.Context, w *world) error {
			_, err := w.ThreadNewestBefore(ctx, article, at, 50)
			return err
		}, 3, "comments_thread comments_roots"},
		{"top before", func(ctx context.Context, w *world) error {
			_, _, err := w.ThreadTopBefore(ctx, article, at, 50)
			return err
		}, 3, "comments_thread comments_top"},
		{"articles", func(ctx context.Context, w *world) error {
			_, _, err := w.ListArticles(ctx, 1, "", 9, 50, 50)
			return err
		}, 1, "articles_site sites_pkey primary"},
		{"articles by age", func(ctx context.Context, w *world) error { _, err := w.ArticlesByAge(ctx, 1, 9, true, 50); return err }, 1,
			"articles_site sites_pkey primary"},
		{"flat of a site", func(ctx context.Context, w *world) error {
			_, _, err := w.Flat(ctx, store.FlatFilter{Site: 1, Since: start}, &store.FlatPlace{At: c.CreatedAt, ID: c.ID}, 50, 100)
			return err
		}, 2, "comments_time primary"},
		{"flat of an article", func(ctx context.Context, w *world) error {
			_, _, err := w.Flat(ctx, store.FlatFilter{Article: article, Oldest: true}, &store.FlatPlace{At: start, ID: 1}, 50, 100)
			return err
		}, 2, "comments_flat primary"},
		{"flat of a site back", func(ctx context.Context, w *world) error {
			_, _, err := w.FlatBefore(ctx, store.FlatFilter{Site: 1, Since: start, Oldest: true}, store.FlatPlace{At: c.CreatedAt, ID: c.ID}, 50, 100)
			return err
		}, 2, "comments_time primary"},
		{"flat of an article back", func(ctx context.Context, w *world) error {
			_, _, err := w.FlatBefore(ctx, store.FlatFilter{Article: article}, store.FlatPlace{At: start, ID: 1}, 50, 100)
			return err
		}, 2, "comments_flat primary"},
		{"busiest articles", func(ctx context.Context, w *world) error {
			_, err := w.Busiest(ctx, store.ByArticle, 1, start, 9, 99)
			return err
		}, 1, "comments_time sort"},
		{"busiest authors", func(ctx context.Context, w *world) error {
			_, err := w.Busiest(ctx, store.ByAuthor, 1, start, 9, 99)
			return err
		}, 1, "comments_time sort"},
		{"sources", func(ctx context.Context, w *world) error { _, err := w.Sources(ctx, few); return err }, 1, "primary"},
		{"sites of a thread", func(ctx context.Context, w *world) error {
			_, err := w.SitesOfThread(ctx, sites, "disqus:1")
			return err
		}, 1,
			"primary sqlite_autoindex_aliases_1 sort"},
		{"sites of a post", func(ctx context.Context, w *world) error { _, err := w.SitesOfPost(ctx, sites, "disqus:1"); return err }, 1,
			"comments_external sort"},
		{"author", func(ctx context.Context, w *world) error { _, err := w.AuthorComments(ctx, 1, 50); return err }, 1, "comments_author"},
		{"keys", func(ctx context.Context, w *world) error {
			_, err := w.CommentsByKey(ctx, []store.SiteKey{{SiteID: 1, Key: "a"}, {SiteID: 2, Key: "b"}})
			return err
		}, 1, "comments_key"},
		{"aliases", func(ctx context.Context, w *world) error {
			_, err := w.Aliases(ctx, []store.Alias{{SiteID: 1, Kind: 1, Value: "a"}, {SiteID: 1, Kind: 2, Value: "b"}})
			return err
		}, 1, "primary"},
		{"aliases of an article", func(ctx context.Context, w *world) error { _, err := w.ArticleAliases(ctx, 1, 9); return err }, 1, "aliases_article"},
		{"authors by key", func(ctx context.Context, w *world) error {
			_, err := w.AuthorsByKey(ctx, []store.AuthorKey{{SiteID: 1, Key: "a"}, {SiteID: 2, Key: "b"}})
			return err
		}, 1, "authors_site_id_key_key sqlite_autoindex_authors_1"},
		{"rates", func(ctx context.Context, w *world) error {
			_, err := w.Rates(ctx, []store.RateKey{{RuleID: 1, Key: "a"}, {RuleID: 2, Key: "b"}})
			return err
		}, 1, "primary"},
		{"findings", func(ctx context.Context, w *world) error { _, err := w.Findings(ctx, few); return err }, 1, "primary"},
		{"reports", func(ctx context.Context, w *world) error { _, err := w.OpenReports(ctx, few); return err }, 1, "reports_comment_id_reporter_key sqlite_autoindex_reports_1 primary sort"},
		{"held revisions", func(ctx context.Context, w *world) error { _, err := w.HeldRevisions(ctx, few); return err }, 1, "revisions_comment primary"},
		{"revisions", func(ctx context.Context, w *world) error { _, err := w.Revisions(ctx, 1); return err }, 1, "revisions_comment"},
		{"last decisions", func(ctx context.Context, w *world) error { _, err := w.LastDecisions(ctx, few); return err }, 1, "decisions_comment decisions_undoes primary"},
		{"decisions", func(ctx context.Context, w *world) error { _, err := w.Decisions(ctx, 1); return err }, 1, "decisions_comment decisions_undoes primary"},
		{"claims", func(ctx context.Context, w *world) error { _, err := w.ClaimsOf(ctx, few, start); return err }, 1, "primary"},
		{"claim by token", func(ctx context.Context, w *world) error { _, _ = w.ClaimByToken(ctx, []byte("a")); return nil }, 1, "claims_token_hash_key sqlite_autoindex_claims_1 primary"},
		{"credential", func(ctx context.Context, w *world) error { _, _ = w.Credential(ctx, "token", []byte("a")); return nil }, 1,
			"credentials_hash_key sqlite_autoindex_credentials_1"},
		{"credentials", func(ctx context.Context, w *world) error { _, err := w.Credentials(ctx, 1, "token"); return err }, 1, "credentials_moderator"},
		{"rules at", func(ctx context.Context, w *world) error { _, err := w.RulesAt(ctx, 1, 3); return err }, 1, "rule_versions_site sort"},
		{"rule versions", func(ctx context.Context, w *world) error { _, err := w.RuleVersions(ctx, 1); return err }, 1, "primary sqlite_autoindex_rule_versions_1"},
		{"verdicts", func(ctx context.Context, w *world) error { _, err := w.Verdicts(ctx, 1); return err }, 1, "primary sqlite_autoindex_verdicts_1"},
		{"verdicts of", func(ctx context.Context, w *world) error { _, err := w.VerdictsOf(ctx, few); return err }, 1, "primary sqlite_autoindex_verdicts_1"},
		{"next verdict", func(ctx context.Context, w *world) error { _, err := w.NextVerdict(ctx, 1); return err }, 1, "primary sqlite_autoindex_verdicts_1"},
		{"findings by verdict", func(ctx context.Context, w *world) error { _, err := w.FindingsByVerdict(ctx, 1); return err }, 1, "primary"},
		{"sketches", func(ctx context.Context, w *world) error { _, err := w.SketchesSince(ctx, 1, 3, 5, 50); return err }, 1, "sketches_site"},
		{"tallies", func(ctx context.Context, w *world) error { _, err := w.Tallies(ctx, 1); return err }, 1, "primary rules_site rules_name sort"},
		{"tallies of rules", func(ctx context.Context, w *world) error { _, err := w.TalliesOf(ctx, few); return err }, 1, "primary"},
		{"log", func(ctx context.Context, w *world) error { _, err := w.Notes(ctx, 1, "", false, 9, 50); return err }, 1, "notes_site primary"},
		{"log of a kind", func(ctx context.Context, w *world) error { _, err := w.Notes(ctx, 1, "rule", false, 0, 50); return err }, 1, "notes_kind primary"},
		{"alerts", func(ctx context.Context, w *world) error { _, err := w.Notes(ctx, 1, "", true, 0, 50); return err }, 1, "notes_alert primary"},
		{"noted", func(ctx context.Context, w *world) error { _, err := w.NotedSince(ctx, 1, "brake", start); return err }, 1, "notes_rule primary"},
		{"backtests", func(ctx context.Context, w *world) error { _, err := w.Backtests(ctx, 1, 0, 50); return err }, 1, "backtests_site"},
		{"backtests of a rule", func(ctx context.Context, w *world) error { _, err := w.Backtests(ctx, 1, 3, 50); return err }, 1, "backtests_rule"},
		{"running backtests", func(ctx context.Context, w *world) error { _, err := w.RunningBacktests(ctx); return err }, 1, "backtests_running"},
		{"imports", func(ctx context.Context, w *world) error { _, err := w.Imports(ctx, 1, 9, 50); return err }, 1, "imports_site primary"},
		{"active imports", func(ctx context.Context, w *world) error { _, err := w.ActiveImports(ctx); return err }, 1, "imports_active primary"},
		{"noted by an import", func(ctx context.Context, w *world) error { _, err := w.NotedBy(ctx, 1, 9, 50); return err }, 1, "imported_comment"},
		{"replies to imported", func(ctx context.Context, w *world) error { _, err := w.RepliesTo(ctx, 1, few); return err }, 1, "primary comments_article imported_comment"},
		{"articles of an import", func(ctx context.Context, w *world) error {
			_, err := w.ArticlesMadeBy(ctx, 1, 0, false, 50)
			return err
		}, 1, "articles_run comments_article move_steps_article move_steps_target"},
		{"authors of an import", func(ctx context.Context, w *world) error { _, err := w.AuthorsMadeBy(ctx, 1, 0, true, 50); return err }, 1,
			"authors_run comments_author imported_comment"},
		{"past", func(ctx context.Context, w *world) error {
			return w.Past(ctx, 1, 0, math.MaxInt64, func(*store.PastComment) error { return nil })
		}, 1, "comments_time primary sqlite_autoindex_verdicts_1"},
		{"count of the past", func(ctx context.Context, w *world) error { _, err := w.CountPast(ctx, 1, 0, 9); return err }, 1, "comments_time"},
		{"held only by", func(ctx context.Context, w *world) error { _, err := w.HeldOnlyBy(ctx, 5, 0, 0, 50); return err }, 3,
			"findings_rule primary decisions_comment decisions_undoes sort"},
		{"addressed", func(ctx context.Context, w *world) error { _, err := w.Addressed(ctx, start, 50); return err }, 1, "comments_address"},
		{"authors before", func(ctx context.Context, w *world) error { _, err := w.AuthorsBefore(ctx, few, 9); return err }, 1, "comments_author"},
		{"last comments", func(ctx context.Context, w *world) error {
			_, err := w.LastComments(ctx, []store.AuthorArticle{{Author: 1, Article: 1}, {Author: 2, Article: 1}})
			return err
		}, 1, "comments_author sort"},
		{"claim of the sample", func(ctx context.Context, w *world) error {
			return ignoreNone(w.Write(ctx, func(tx *store.Tx) error {
				_, err := tx.Claim(ctx, &models.Claim{ModeratorID: 1}, []byte("s"), sites, []models.Lane{models.LaneSample}, 0)
				return err
			}))
		}, 2, "comments_sample"},
		{"events", func(ctx context.Context, w *world) error { _, err := w.EventsSince(ctx, 3, 50); return err }, 1, "primary"},
		{"lane counts", func(ctx context.Context, w *world) error { _, err := w.LaneCounts(ctx, sites); return err }, 1, "primary"},
		{"free items", func(ctx context.Context, w *world) error {
			_, _, err := w.claim(ctx, 1, "t", 0)
			return ignoreNone(err)
		}, 2, "comments_lane"},
	}
	queue := func(name string, f store.QueueFilter, index string) {
		f.Sites = sites
		for _, after := range []*store.QueuePlace{nil, {Priority: 1, At: start.UnixMilli(), ID: 3}} {
			list = append(list, plan{fmt.Sprintf("%s after %v", name, after), func(ctx context.Context, w *world) error {
				_, _, err := w.QueuePage(ctx, f, after, 100, 100)
				return err
			}, 2, index + " primary"})
		}
	}
	queue("queue oldest", store.QueueFilter{}, "comments_lane")
	queue("queue newest", store.QueueFilter{Sort: "newest"}, "comments_lane")
	queue("queue priority", store.QueueFilter{Sort: "priority"}, "comments_lane_priority")
	queue("queue of the sample", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}}, "comments_sample")
	queue("queue of the sample newest", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}, Sort: "newest"}, "comments_sample")
	queue("queue of the sample in an article", store.QueueFilter{Lanes: []models.Lane{models.LaneSample}, Article: article}, "comments_lane_article")
	queue("queue of every lane by name", store.QueueFilter{Lanes: models.Lanes[:]}, "comments_lane")
	queue("queue of article", store.QueueFilter{Article: article}, "comments_lane_article")
	queue("queue of author", store.QueueFilter{Author: c.AuthorID}, "comments_author")
	queue("queue of rule", store.QueueFilter{Rule: 5}, "comments_lane findings_rule")
	queue("status", store.QueueFilter{Status: models.Approved}, "comments_status")
	queue("status of rule", store.QueueFilter{Status: models.Approved, Rule: 5}, "findings_rule")
	return list
}

func ignoreNone(err error) error {
	if err == store.ErrNotFound {
		return nil
	}
	return err
}

// explain returns the steps of the plan for a statement.
func explain(t *testing.T, db *sql.DB, address, statement string) []string {
	t.Helper()
	conn := must(db.Conn(t.Context()))(t)
	defer conn.Close()
	ask, columns := "EXPLAIN QUERY PLAN ", 4
	if store.IsPostgres(address) {
		// With few rows a scan or a sort is cheap: shown only when there is no other way.
		_, err := conn.ExecContext(t.Context(), "SET enable_seqscan = off; SET enable_sort = off")
		if err != nil {
			t.Fatal(err)
		}
		ask, columns = "EXPLAIN (COSTS off) ", 1
	}
	rows, err := conn.QueryContext(t.Context(), ask+statement)
	if err != nil {
		t.Fatalf("%v\n%s", err, statement)
	}
	defer rows.Close()
	var steps []string
	for rows.Next() {
		fields := make([]string, columns)
		into := make([]any, columns)
		for i := range fields {
			into[i] = &fields[i]
		}
		if err := rows.Scan(into...); err != nil {
			t.Fatal(err)
		}
		steps = append(steps, fields[columns-1])
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	return steps
}

// reading finds the index in a step of a plan of SQLite or PostgreSQL.
var reading = regexp.MustCompile(`USING (?:COVERING )?INDEX (\w+)|Index (?:Only )?Scan (?:Backward )?(?:using|on) (\w+)|USING (?:INTEGER )?(PRIMARY) KEY`)

// sorting finds a sort, and scanning a walk through a whole table.
var (
	sorting  = regexp.MustCompile(`TEMP B-TREE|Sort$`)
	scanning = regexp.MustCompile(`SCAN (comments|articles|authors|findings|decisions|revisions|reports|claims|credentials|events|rates|aliases|lane_counts|rules|rule_versions|verdicts|sketches|rule_tallies|notes)|SCAN backtests$|Seq Scan`)
)

// faults names the steps of a plan that sort, read a whole table, or read
// another index.
func faults(steps []string, indexes string) (found []string) {
	allowed := strings.Fields(indexes)
	for _, step := range steps {
		if sorting.MatchString(step) && !slices.Contains(allowed, "sort") || scanning.MatchString(step) {
			found = append(found, strings.TrimSpace(step))
		}
		name := strings.Join(submatches(step), "")
		if name == "" {
			continue
		}
		if name == "PRIMARY" || strings.HasSuffix(name, "_pkey") {
			name = "primary"
		}
		if !slices.Contains(allowed, name) {
			found = append(found, "reads "+name)
		}
	}
	return found
}

func submatches(step string) []string {
	match := reading.FindStringSubmatch(step)
	return match[min(1, len(match)):]
}
