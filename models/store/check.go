package store

import (
	"context"
	"fmt"

	"postbag/models"
)

// Problem is something in the database that contradicts the rest.
type Problem struct {
	What   string // the kind of problem, a table and a column
	ID     int64  // of the row: article, author, comment or site
	Detail string
}

// maxProblems bounds the problems of each kind that Check tells.
const maxProblems = 100

// recount is a statement that finds the rows of one kind of problem: id, what is
// stored, and what it should be.
type recount struct{ what, sql string }

// Check counts everything anew and compares, as it is at one moment: others may
// go on to write. It reads the whole database, so its cost grows with it. No
// problem means that every number and every place agrees with the comments.
func (s *Store) Check(ctx context.Context) (problems []Problem, err error) {
	err = s.Snapshot(ctx, func(q Query) (err error) {
		problems, err = q.check(ctx)
		return err
	})
	return problems, err
}

func (q Query) check(ctx context.Context) ([]Problem, error) {
	var problems []Problem
	for _, r := range recounts() {
		var rows []struct{ ID, Stored, Counted int64 }
		// Counted first, as a whole: for the sake of a few rows PostgreSQL would count anew for each comment.
		if err := q.db.WithContext(ctx).Raw("WITH r AS MATERIALIZED ("+r.sql+") SELECT * FROM r ORDER BY 1 LIMIT ?", maxProblems).Scan(&rows).Error; err != nil {
			return nil, fmt.Errorf("check %s: %w", r.what, err)
		}
		for _, row := range rows {
			problems = append(problems, Problem{r.what, row.ID, fmt.Sprintf("is %d, should be %d", row.Stored, row.Counted)})
		}
	}
	if q.db.Name() != "sqlite" {
		return problems, nil
	}
	file, err := q.checkFile(ctx)
	return append(problems, file...), err
}

// checkFile asks SQLite whether the file itself is sound.
func (q Query) checkFile(ctx context.Context) ([]Problem, error) {
	var problems []Problem
	var lines []string
	if err := q.db.WithContext(ctx).Raw(fmt.Sprintf("PRAGMA integrity_check(%d)", maxProblems)).Scan(&lines).Error; err != nil {
		return nil, fmt.Errorf("check file: %w", err)
	}
	for _, line := range lines {
		if line != "ok" {
			problems = append(problems, Problem{What: "file", Detail: line})
		}
	}
	var broken []struct {
		Table  string
		Rowid  int64
		Parent string
	}
	err := q.db.WithContext(ctx).Raw("SELECT \"table\", COALESCE(rowid, 0) AS rowid, parent FROM pragma_foreign_key_check LIMIT ?", maxProblems).Scan(&broken).Error
	if err != nil {
		return nil, fmt.Errorf("check references: %w", err)
	}
	for _, b := range broken {
		problems = append(problems, Problem{b.Table, b.Rowid, "points to a missing row of " + b.Parent})
	}
	return problems, nil
}

func recounts() []recount {
	status := func(s models.Status) string { return fmt.Sprintf("SUM(CASE WHEN status = %d THEN 1 ELSE 0 END)", s) }
	byStatus := func(table, column string, s models.Status) recount {
		key := table[:len(table)-1] + "_id"
		return recount{table + "." + column, "SELECT t.id AS id, t." + column + " AS stored, COALESCE(c.n, 0) AS counted FROM " + table + " AS t " +
			"LEFT JOIN (SELECT " + key + " AS k, " + status(s) + " AS n FROM comments GROUP BY " + key + ") AS c ON c.k = t.id " +
			"WHERE t." + column + " <> COALESCE(c.n, 0)"}
	}
	return []recount{
		byStatus("articles", "approved", models.Approved),
		byStatus("articles", "pending", models.Pending),
		byStatus("authors", "approved", models.Approved),
		byStatus("authors", "pending", models.Pending),
		byStatus("authors", "removed", models.Removed),
		byStatus("authors", "spam", models.Spam),
		{"lane_counts.n", wrongLaneCounts},
		{"comments.lane", wrongLane},
		{"comments.shown", wrongShown},
		ofComment("live_replies", "SELECT parent_id AS k, COUNT(*) AS n FROM comments WHERE shown AND parent_id > 0 GROUP BY parent_id"),
		ofComment("thread_size", "SELECT id AS k, n FROM (SELECT id, parent_id, COUNT(*) OVER (PARTITION BY article_id, root) AS n FROM comments WHERE shown) AS b "+
			"WHERE parent_id = 0"),
		ofComment("likes", "SELECT comment_id AS k, COUNT(*) AS n FROM likes GROUP BY comment_id"),
		ofComment("reports", "SELECT comment_id AS k, COUNT(*) AS n FROM reports WHERE open GROUP BY comment_id"),
		{"comments.held_edit", wrongHeldEdit},
		{"comments.article_id", wrongArticle},
		{"comments.parent_id", missingParent},
		{"articles.moved_to", leftBehind},
		{"comments.path", wrongRootPlace + " UNION ALL " + wrongReplyPlace},
		{"findings.comment_id", lostFindings},
		wrongTally("fired", "TRUE"),
		wrongTally("removed", taken),
		wrongTally("approved", passed),
		wrongTally("sampled", "c.sampled"),
		wrongTally("sampled_removed", "c.sampled AND "+taken),
		wrongTally("sampled_approved", "c.sampled AND "+passed),
		wrongSample("drawn", "TRUE"),
		wrongSample("removed", taken),
		wrongSample("approved", passed),
	}
}

// ofComment compares a column with a count for each comment: columns k and n.
func ofComment(column, counts string) recount {
	return recount{"comments." + column, "SELECT t.id AS id, t." + column + " AS stored, COALESCE(c.n, 0) AS counted FROM comments AS t " +
		"LEFT JOIN (" + counts + ") AS c ON c.k = t.id WHERE t." + column + " <> COALESCE(c.n, 0)"}
}

// OutcomeOf in SQL.
const (
	taken  = "c.settled IN (2, 3)"
	passed = "c.settled = 1"
)

// wrongTally compares a tally of each version of a rule with the comments that it
// fires on, as they are now, and that meet a condition.
func wrongTally(column, condition string) recount {
	return recount{"rule_tallies." + column, "SELECT rule_id AS id, SUM(stored) AS stored, SUM(counted) AS counted FROM (" +
		"SELECT rule_id, version, " + column + " AS stored, 0 AS counted FROM rule_tallies UNION ALL " +
		"SELECT f.rule_id, f.version, 0, COUNT(DISTINCT f.comment_id) FROM findings AS f JOIN comments AS c ON c.id = f.comment_id " +
		"WHERE f.rule_id > 0 AND NOT f.past AND " + condition + " GROUP BY f.rule_id, f.version) AS b " +
		"GROUP BY rule_id, version HAVING SUM(stored) <> SUM(counted)"}
}

// wrongSample compares the tally of each site's sample with the comments.
func wrongSample(column, condition string) recount {
	return recount{"sample_tallies." + column, "SELECT site_id AS id, SUM(stored) AS stored, SUM(counted) AS counted FROM (" +
		"SELECT site_id, " + column + " AS stored, 0 AS counted FROM sample_tallies UNION ALL " +
		"SELECT c.site_id, 0, COUNT(*) FROM comments AS c WHERE c.sampled AND NOT c.extra AND " + condition + " GROUP BY c.site_id) AS b " +
		"GROUP BY site_id HAVING SUM(stored) <> SUM(counted)"}
}

const (
	wrongLaneCounts = "SELECT site_id AS id, SUM(stored) AS stored, SUM(counted) AS counted FROM (" +
		"SELECT site_id, lane, n AS stored, 0 AS counted FROM lane_counts UNION ALL " +
		"SELECT site_id, lane, 0, COUNT(*) FROM comments WHERE lane > 0 GROUP BY site_id, lane UNION ALL " +
		"SELECT site_id, 5, 0, COUNT(*) FROM comments WHERE sampled AND lane = 3 GROUP BY site_id) AS b " +
		"GROUP BY site_id, lane HAVING SUM(stored) <> SUM(counted)"

	// wrongLane is Comment.LaneFor in SQL.
	wrongLane = "SELECT id, lane AS stored, should AS counted FROM (SELECT id, lane, CASE " +
		"WHEN escalated AND status IN (1, 2) THEN 4 " +
		"WHEN status = 1 OR (status = 2 AND held_edit) THEN 1 " +
		"WHEN status = 2 AND reports > 0 THEN 2 " +
		"WHEN status = 2 AND NOT reviewed THEN 3 ELSE 0 END AS should FROM comments) AS b WHERE lane <> should"

	wrongShown = "SELECT id, CASE WHEN shown THEN 1 ELSE 0 END AS stored, CASE WHEN shown THEN 0 ELSE 1 END AS counted FROM comments " +
		"WHERE shown <> (status = 2 OR live_replies > 0)"

	wrongHeldEdit = "SELECT id, CASE WHEN held_edit THEN 1 ELSE 0 END AS stored, CASE WHEN held_edit THEN 0 ELSE 1 END AS counted FROM comments " +
		"WHERE held_edit <> EXISTS (SELECT 1 FROM revisions WHERE revisions.comment_id = comments.id AND held)"

	wrongArticle = "SELECT c.id AS id, c.site_id AS stored, a.site_id AS counted FROM comments AS c JOIN articles AS a ON a.id = c.article_id " +
		"WHERE c.site_id <> a.site_id"

	// leftBehind: an article that went into another one has no names, and no
	// comments but while a move is under way.
	leftBehind = "SELECT a.id AS id, (SELECT COUNT(*) FROM comments WHERE article_id = a.id) + (SELECT COUNT(*) FROM aliases WHERE article_id = a.id) AS stored, " +
		"0 AS counted FROM articles AS a WHERE a.moved_to > 0 AND (EXISTS (SELECT 1 FROM comments WHERE article_id = a.id) OR " +
		"EXISTS (SELECT 1 FROM aliases WHERE article_id = a.id)) AND NOT EXISTS (" +
		"SELECT 1 FROM move_steps AS s WHERE s.state = 1 AND (s.article_id = a.id OR s.target_id = a.id))"

	missingParent = "SELECT c.id AS id, c.parent_id AS stored, 0 AS counted FROM comments AS c LEFT JOIN comments AS p ON p.id = c.parent_id " +
		"WHERE c.parent_id <> 0 AND (p.id IS NULL OR p.article_id <> c.article_id)"

	wrongRootPlace = "SELECT id, depth AS stored, 0 AS counted FROM comments " +
		"WHERE parent_id = 0 AND (depth <> 0 OR length(path) <> 0 OR length(root) <> 12)"

	// wrongReplyPlace: a reply stands in its parent's branch, one step below it;
	// beneath models.MaxDepth (50) it stands beside it.
	wrongReplyPlace = "SELECT c.id AS id, c.depth AS stored, CASE WHEN p.depth < 50 THEN p.depth + 1 ELSE 50 END AS counted " +
		"FROM comments AS c JOIN comments AS p ON p.id = c.parent_id WHERE c.root <> p.root OR c.depth * 12 <> length(c.path) OR " +
		"c.depth <> CASE WHEN p.depth < 50 THEN p.depth + 1 ELSE 50 END OR " +
		"substr(c.path, 1, length(c.path) - 12) <> substr(p.path, 1, length(c.path) - 12)"

	lostFindings = "SELECT f.comment_id AS id, f.seq AS stored, 0 AS counted FROM findings AS f LEFT JOIN comments AS c ON c.id = f.comment_id " +
		"WHERE c.id IS NULL"
)
