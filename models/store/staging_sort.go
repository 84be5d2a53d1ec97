package store

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
)

// Sort looks at the file as a whole, once all of it has been added: it joins
// threads to articles, puts every post in its class, finds parents, and orders
// the posts so that none stands before its parent.
//
// It is set work on indexes: time O(n log n) in the number of posts, memory
// constant. Only posts that may be duplicates are looked at one by one.
func (s *Staging) Sort(ctx context.Context) error {
	if err := s.flush(ctx); err != nil {
		return err
	}
	if err := s.run(ctx, "stage posts", "COMMIT"); err != nil {
		return err
	}
	for _, step := range []func(context.Context) error{s.joinThreads, s.classify, s.findParents, s.order, s.findDuplicates, s.countArticles} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// joinThreads decides which threads are one article: those with one URL and one
// identifier. A thread without an identifier belongs to the first with its URL,
// preferably one with an identifier; a thread without a URL to the first with
// its identifier, preferably one on a host of the site. Hosts and different
// identifiers are never joined.
//
// Where articles have the same URL, it leads to the one that has the thread
// without an identifier, which is known by nothing else; else to the first. An
// identifier that several have leads to the one that a thread without a URL
// would belong to. Articles that are stored come before others in both (lead).
func (s *Staging) joinThreads(ctx context.Context) error {
	if s.Apart {
		return s.run(ctx, "number articles", "UPDATE threads SET article = seq", "CREATE INDEX threads_article ON threads (article, seq)",
			"INSERT INTO articles (seq, own, threads) SELECT article, own, 1 FROM threads")
	}
	// An article has the number of its first thread with an identifier, else of its first thread.
	const byIdent = ` FROM (SELECT ident, COALESCE(MIN(CASE WHEN normal <> '' AND own THEN seq END), MIN(CASE WHEN normal <> '' THEN seq END), MIN(seq)) AS first
		FROM threads WHERE ident <> '' GROUP BY ident) AS f WHERE threads.ident = f.ident`
	const byURL = ` FROM (SELECT normal, COALESCE(MIN(CASE WHEN ident <> '' THEN seq END), MIN(seq)) AS first
		FROM threads WHERE normal <> '' GROUP BY normal) AS f WHERE threads.normal = f.normal`
	return s.run(ctx, "join threads",
		"CREATE INDEX threads_ident ON threads (ident, normal, seq)",
		"CREATE INDEX threads_normal ON threads (normal, ident, seq)",
		`UPDATE threads SET article = (SELECT MIN(t.seq) FROM threads AS t WHERE t.ident = threads.ident AND t.normal = threads.normal)
			WHERE ident <> '' AND normal <> ''`,
		"UPDATE threads SET article = f.first"+byIdent+" AND threads.normal = ''",
		"UPDATE threads SET article = f.first"+byURL+" AND threads.ident = ''",
		"UPDATE threads SET ident_leads = article = f.first"+byIdent,
		"UPDATE threads SET url_leads = article = f.first"+byURL,
		"CREATE INDEX threads_article ON threads (article, seq)",
		"INSERT INTO articles (seq, own, threads) SELECT article, MAX(own), COUNT(*) FROM threads WHERE article > 0 GROUP BY article",
	)
}

// classify puts posts into their classes, except the duplicates by content. A
// post with the id of an earlier one is not kept beside it, whatever its class.
func (s *Staging) classify(ctx context.Context) error {
	return s.run(ctx, "classify posts",
		`UPDATE posts SET article = t.article, created = CASE WHEN posts.created = 0 THEN t.created ELSE posts.created END, class = CASE
			WHEN t.deleted OR flags & 1 THEN 2 WHEN flags & 2 THEN 3 WHEN flags & 4 THEN 6 ELSE 5 END
			FROM threads AS t WHERE t.dsq = posts.thread AND t.article > 0`,
		"CREATE INDEX posts_dsq ON posts (dsq)",
		"CREATE INDEX past_post ON past (post, seq)",
		`UPDATE posts SET kept = f.first, class = CASE WHEN class > 3 THEN 4 ELSE class END
			FROM (SELECT dsq, MIN(seq) AS first FROM posts WHERE class > 1 GROUP BY dsq HAVING COUNT(*) > 1) AS f
			WHERE posts.dsq = f.dsq AND posts.class > 1 AND posts.seq > f.first`,
	)
}

// findParents looks up the posts that are answered. A parent on another article
// is none.
func (s *Staging) findParents(ctx context.Context) error {
	return s.run(ctx, "find parents",
		`UPDATE posts SET up = u.seq FROM posts AS u
			WHERE posts.parent <> '' AND posts.class > 1 AND u.dsq = posts.parent AND u.article = posts.article AND u.kept = 0`)
}

// order makes sure that parents come first. Files usually are in that order
// already; then there is nothing to do. Otherwise a post that stands before its
// parent moves behind it, and a circle of parents is cut.
func (s *Staging) order(ctx context.Context) error {
	var disorder bool
	err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM posts WHERE up >= seq)").Scan(&disorder)
	if s.ordered = err == nil && !disorder; err != nil || s.ordered {
		return err
	}
	err = s.run(ctx, "order posts",
		"UPDATE posts SET level = CASE WHEN up > 0 THEN -1 ELSE 0 END, ord = seq",
		"CREATE INDEX posts_up ON posts (up) WHERE up > 0",
		"CREATE INDEX posts_level ON posts (level)")
	if err != nil {
		return err
	}
	if err := s.descend(ctx); err != nil {
		return err
	}
	if err := s.cutCircles(ctx); err != nil { // what was not reached hangs on circles
		return fmt.Errorf("cut circles of parents: %w", err)
	}
	if err := s.descend(ctx); err != nil {
		return err
	}
	return s.run(ctx, "order posts", "CREATE INDEX posts_order ON posts (ord, level, seq)")
}

// cutCircles makes a root of the first post of each circle of parents. It goes up
// from every post that hangs on one, and marks its way, so that it comes to each
// post once, and to those on a circle twice.
func (s *Staging) cutCircles(ctx context.Context) error {
	for {
		var start sql.NullInt64
		row, err := s.row(ctx, "SELECT MIN(seq) FROM posts WHERE level = -1")
		if err == nil {
			err = row.Scan(&start)
		}
		if err != nil {
			return err
		}
		if !start.Valid {
			break
		}
		if err := s.climb(ctx, start.Int64); err != nil {
			return err
		}
	}
	return s.run(ctx, "go on", "UPDATE posts SET level = CASE WHEN cut THEN 0 ELSE -1 END WHERE level < -1")
}

// climb goes up from a post until it comes to one that was met before. When that was
// on this way, it is on a circle.
func (s *Staging) climb(ctx context.Context, start int64) error {
	mark := -1 - start
	for at := start; ; {
		up, level, err := s.above(ctx, at)
		switch {
		case err != nil:
			return err
		case level == mark:
			return s.cut(ctx, at)
		case level != -1:
			return nil
		}
		if _, err := s.exec(ctx, "UPDATE posts SET level = ? WHERE seq = ?", mark, at); err != nil {
			return err
		}
		at = up
	}
}

// cut makes a root of the first post of the circle that a post is on.
func (s *Staging) cut(ctx context.Context, on int64) error {
	first := on
	for at := on; ; {
		up, _, err := s.above(ctx, at)
		if err != nil {
			return err
		}
		if first, at = min(first, up), up; at == on {
			break
		}
	}
	_, err := s.exec(ctx, "UPDATE posts SET up = 0, cut = 1 WHERE seq = ?", first)
	return err
}

func (s *Staging) above(ctx context.Context, seq int64) (up, level int64, err error) {
	row, err := s.row(ctx, "SELECT up, level FROM posts WHERE seq = ?", seq)
	if err == nil {
		err = row.Scan(&up, &level)
	}
	return up, level, err
}

// descend gives the posts below those of level 0 their levels, generation by
// generation. The plus has each found by its parent: looked for by level, all that
// are left would be read again for every generation.
func (s *Staging) descend(ctx context.Context) error {
	step, err := s.db.PrepareContext(ctx, `UPDATE posts SET level = ?2 + 1, ord = MAX(seq, (SELECT u.ord FROM posts AS u WHERE u.seq = posts.up))
		WHERE +level = -1 AND up > 0 AND up IN (SELECT seq FROM posts WHERE level = ?1)`)
	if err != nil {
		return fmt.Errorf("order posts: %w", err)
	}
	defer step.Close()
	for level := 0; ; level++ {
		result, err := step.ExecContext(ctx, level, level)
		if err != nil {
			return fmt.Errorf("order posts: %w", err)
		}
		reached, err := result.RowsAffected()
		if err != nil {
			return err
		}
		var deeper bool
		if reached == 0 {
			if err := s.db.QueryRowContext(ctx, "SELECT EXISTS (SELECT 1 FROM posts WHERE level > ?)", level).Scan(&deeper); err != nil || !deeper {
				return err
			}
		}
	}
}

// candidate is a post that may be equal to an earlier one.
type candidate struct {
	seq, article, digest, up, level int64
	class                           Class
}

// findDuplicates finds equal posts of one article: the same author, second,
// text, class and parent. The parent counts after duplicates are joined, so
// that a branch that stands twice in the file is found as a whole; therefore
// candidates are looked at generation by generation, and in each in the order of
// the file, of which the first is kept.
func (s *Staging) findDuplicates(ctx context.Context) error {
	if s.Apart {
		return nil
	}
	err := s.run(ctx, "find duplicates",
		"CREATE INDEX posts_digest ON posts (digest, article, class) WHERE class > 4",
		"CREATE TABLE candidates (level INTEGER, seq INTEGER, PRIMARY KEY (level, seq)) WITHOUT ROWID",
		`INSERT INTO candidates SELECT p.level, p.seq FROM posts AS p JOIN (
			SELECT digest, article, class FROM posts WHERE class > 4 GROUP BY digest, article, class HAVING COUNT(*) > 1
			) AS g ON g.digest = p.digest AND g.article = p.article AND g.class = p.class WHERE p.class > 4`,
		`CREATE TABLE firsts (article INTEGER, digest INTEGER, class INTEGER, up INTEGER, seq INTEGER,
			PRIMARY KEY (article, digest, class, up)) WITHOUT ROWID`,
		"BEGIN")
	if err != nil {
		return err
	}
	var last candidate
	for {
		some, err := s.candidates(ctx, last)
		if err != nil {
			return fmt.Errorf("find duplicates: %w", err)
		}
		if len(some) == 0 {
			break
		}
		for _, c := range some {
			if err := s.settle(ctx, c); err != nil {
				return fmt.Errorf("find duplicates: %w", err)
			}
		}
		last = some[len(some)-1]
	}
	return s.run(ctx, "find duplicates", "COMMIT",
		"UPDATE posts SET up = u.kept FROM posts AS u WHERE posts.up > 0 AND u.seq = posts.up AND u.kept > 0")
}

func (s *Staging) candidates(ctx context.Context, after candidate) ([]candidate, error) {
	rows, err := s.db.QueryContext(ctx, `SELECT p.seq, p.article, p.digest, p.class, p.up, c.level FROM candidates AS c JOIN posts AS p ON p.seq = c.seq
		WHERE (c.level, c.seq) > (?, ?) ORDER BY c.level, c.seq LIMIT 500`, after.level, after.seq)
	if err != nil {
		return nil, err
	}
	return scanAll(rows, func(c *candidate) []any {
		return []any{&c.seq, &c.article, &c.digest, &c.class, &c.up, &c.level}
	})
}

// settle keeps a candidate when it is the first of its kind.
func (s *Staging) settle(ctx context.Context, c candidate) error {
	up := c.up
	if up > 0 {
		row, err := s.row(ctx, "SELECT CASE WHEN kept > 0 THEN kept ELSE seq END FROM posts WHERE seq = ?", c.up)
		if err == nil {
			err = row.Scan(&up)
		}
		if err != nil {
			return err
		}
	}
	var first int64
	row, err := s.row(ctx, "INSERT INTO firsts VALUES (?, ?, ?, ?, ?) ON CONFLICT DO UPDATE SET seq = seq RETURNING seq",
		c.article, c.digest, c.class, up, c.seq)
	if err == nil {
		err = row.Scan(&first)
	}
	switch {
	case err != nil || first == c.seq && (s.ordered || up == 0):
		return err
	case first == c.seq: // what answers an equal post may stand before the parent that this one named
		_, err = s.exec(ctx, "UPDATE posts SET ord = MAX(seq, (SELECT u.ord FROM posts AS u WHERE u.seq = ?)) WHERE seq = ?", up, c.seq)
		return err
	}
	_, err = s.exec(ctx, "UPDATE posts SET kept = ?, class = ? WHERE seq = ?", first, ClassDuplicate, c.seq)
	return err
}

func (s *Staging) countArticles(ctx context.Context) error {
	return s.run(ctx, "count articles",
		`UPDATE articles SET posts = c.n FROM (SELECT article, COUNT(*) AS n FROM posts WHERE class > 1 AND kept = 0 GROUP BY article) AS c
			WHERE articles.seq = c.article`,
		lead("ident"), lead("normal"))
}

// lead lets names that several articles have lead to one that is stored: with posts,
// else closed. Among those, what joinThreads chose stays.
func lead(name string) string {
	leads := map[string]string{"ident": "ident_leads", "normal": "url_leads"}[name]
	return strings.NewReplacer("NAME", name, "LEADS", leads).Replace(`UPDATE threads SET LEADS = threads.article = b.article FROM (
		SELECT NAME, article FROM (SELECT t.NAME AS NAME, t.article AS article, ROW_NUMBER() OVER (PARTITION BY t.NAME ORDER BY a.posts > 0 DESC,
			t.closed AND NOT t.deleted DESC, t.LEADS DESC, t.seq) AS place FROM threads AS t JOIN articles AS a ON a.seq = t.article WHERE t.NAME <> '') WHERE place = 1
		) AS b WHERE threads.NAME = b.NAME`)
}

// scanAll reads rows to the end and closes them.
func scanAll[T any](rows *sql.Rows, fields func(*T) []any) ([]T, error) {
	defer rows.Close()
	var all []T
	for rows.Next() {
		var one T
		if err := rows.Scan(fields(&one)...); err != nil {
			return nil, err
		}
		all = append(all, one)
	}
	return all, rows.Err()
}
