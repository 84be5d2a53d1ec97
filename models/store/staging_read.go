package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
)

// StagedCounts are the numbers of a sorted staging.
type StagedCounts struct {
	Classes  map[Class]int // posts by class
	Kept     int           // posts to be stored: not orphaned, not there twice
	Foreign  int           // those of them on hosts that do not belong to the site
	Articles int           // with at least one post to be stored
	Empty    int           // without
	Moved    int           // groups of equal posts that stand on different articles
	MovedAt  int           // line of the first of them
}

// Counts returns the numbers of a sorted staging.
func (s *Staging) Counts(ctx context.Context) (StagedCounts, error) {
	counts := StagedCounts{Classes: make(map[Class]int)}
	rows, err := s.db.QueryContext(ctx, "SELECT class, COUNT(*) FROM posts GROUP BY class")
	if err != nil {
		return counts, fmt.Errorf("count posts: %w", err)
	}
	type group struct {
		class Class
		n     int
	}
	groups, err := scanAll(rows, func(g *group) []any { return []any{&g.class, &g.n} })
	if err != nil {
		return counts, fmt.Errorf("count posts: %w", err)
	}
	for _, g := range groups {
		counts.Classes[g.class] = g.n
	}
	for _, q := range []struct {
		sql    string
		values []any
	}{
		{"SELECT COALESCE(SUM(posts), 0), COALESCE(SUM(CASE WHEN own THEN 0 ELSE posts END), 0), COALESCE(SUM(posts > 0), 0), COALESCE(SUM(posts = 0), 0) FROM articles",
			[]any{&counts.Kept, &counts.Foreign, &counts.Articles, &counts.Empty}},
		{"SELECT COUNT(*), COALESCE(MIN(line), 0) FROM (SELECT MIN(line) AS line FROM posts WHERE class > 4 AND kept = 0 GROUP BY digest HAVING MIN(article) < MAX(article))",
			[]any{&counts.Moved, &counts.MovedAt}},
	} {
		if err := s.db.QueryRowContext(ctx, q.sql).Scan(q.values...); err != nil {
			return counts, fmt.Errorf("count articles: %w", err)
		}
	}
	return counts, nil
}

// StagedFault is a post that an import changes or leaves out.
type StagedFault struct {
	Line    int
	ID      string
	Class   Class
	Thread  string // its thread, for orphans
	Known   bool   // whether that thread is in the file
	Parent  string // for a reply that became a root: the parent that is not there
	Cut     bool   // its parents went in a circle
	Equal   string // for a duplicate: the post that is kept
	EqualAt int    // and its line
}

// Faults returns orphans, duplicates and replies without their parent, in the
// order of the file, at most limit, and how many there are.
func (s *Staging) Faults(ctx context.Context, limit int) (faults []StagedFault, total int, err error) {
	const where = " WHERE p.class = 1 OR p.class = 4 OR p.parent <> '' AND p.up = 0 AND p.kept = 0"
	if err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM posts AS p"+where).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count faults: %w", err)
	}
	rows, err := s.db.QueryContext(ctx, "SELECT p.line, p.dsq, p.class, p.thread, EXISTS (SELECT 1 FROM threads WHERE dsq = p.thread), p.parent, p.cut, "+
		"COALESCE(k.dsq, ''), COALESCE(k.line, 0) FROM posts AS p LEFT JOIN posts AS k ON k.seq = p.kept"+where+" ORDER BY p.seq LIMIT ?", limit)
	if err != nil {
		return nil, 0, fmt.Errorf("list faults: %w", err)
	}
	faults, err = scanAll(rows, func(f *StagedFault) []any {
		return []any{&f.Line, &f.ID, &f.Class, &f.Thread, &f.Known, &f.Parent, &f.Cut, &f.Equal, &f.EqualAt}
	})
	return faults, total, err
}

// StagedArticle is an article that threads of the file were joined to.
type StagedArticle struct {
	Seq     int64
	Own     bool
	Posts   int // to be stored
	Threads []StagedThread
}

// Merged returns the articles that are made of more than one thread, at most
// limit, each with at most 100 of its threads, and how many there are.
func (s *Staging) Merged(ctx context.Context, limit int) ([]StagedArticle, int, error) {
	return s.articles(ctx, "threads > 1", limit)
}

// Foreign returns the articles on hosts that do not belong to the site, at most
// limit, each with at most 100 of its threads, and how many there are.
func (s *Staging) Foreign(ctx context.Context, limit int) ([]StagedArticle, int, error) {
	return s.articles(ctx, "NOT own", limit)
}

func (s *Staging) articles(ctx context.Context, where string, limit int) (articles []StagedArticle, total int, err error) {
	if err := s.db.QueryRowContext(ctx, "SELECT COUNT(*) FROM articles WHERE "+where).Scan(&total); err != nil {
		return nil, 0, fmt.Errorf("count articles: %w", err)
	}
	rows, err := s.db.QueryContext(ctx, "SELECT seq, own, posts FROM articles WHERE "+where+" ORDER BY seq LIMIT ?", limit)
	if err != nil {
		return nil, 0, fmt.Errorf("list articles: %w", err)
	}
	articles, err = scanAll(rows, func(a *StagedArticle) []any { return []any{&a.Seq, &a.Own, &a.Posts} })
	for i := range articles {
		if err == nil {
			articles[i].Threads, err = s.Threads(ctx, articles[i].Seq, 100)
		}
	}
	return articles, total, err
}

// Threads returns the threads of an article in the order of the file, at most
// limit.
func (s *Staging) Threads(ctx context.Context, article int64, limit int) ([]StagedThread, error) {
	rows, err := s.query(ctx, "SELECT dsq, line, ident, link, exact, normal, host, own, title, closed, deleted, more, page, created, ident_leads, url_leads FROM threads "+
		"WHERE article = ? ORDER BY seq LIMIT ?", article, limit)
	if err != nil {
		return nil, fmt.Errorf("list threads: %w", err)
	}
	type row struct {
		StagedThread
		more, page string
		created    int64
	}
	found, err := scanAll(rows, func(t *row) []any {
		return []any{&t.ID, &t.Line, &t.Ident, &t.Link, &t.Exact, &t.Normal, &t.Host, &t.Own, &t.Title, &t.Closed, &t.Deleted, &t.more, &t.page, &t.created,
			&t.IdentLeads, &t.URLLeads}
	})
	threads := make([]StagedThread, len(found))
	for i := range found {
		threads[i] = found[i].StagedThread
		threads[i].CreatedAt = fromMillis(found[i].created)
		if err == nil {
			err = decodeFew(found[i].more, &threads[i].More)
		}
		if err == nil {
			err = decodeFew(found[i].page, &threads[i].Page)
		}
	}
	return threads, err
}

// ArticlesOf returns the numbers of the articles that threads belong to.
// Threads that are not in the file are left out.
func (s *Staging) ArticlesOf(ctx context.Context, threads []string) (map[string]int64, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT dsq, article FROM threads WHERE dsq IN (SELECT value FROM json_each(?))", encode(threads))
	if err != nil {
		return nil, fmt.Errorf("find threads: %w", err)
	}
	type pair struct {
		id      string
		article int64
	}
	pairs, err := scanAll(rows, func(p *pair) []any { return []any{&p.id, &p.article} })
	found := make(map[string]int64, len(pairs))
	for _, p := range pairs {
		found[p.id] = p.article
	}
	return found, err
}

// decodeFew decodes what encodeFew wrote.
func decodeFew(text string, v any) error {
	if text == "" {
		return nil
	}
	return decode(text, v)
}

// external is the external id of a post, empty when there is no such post.
func external(table string) string {
	return "CASE WHEN " + table + ".ext <> '' THEN " + table + ".ext ELSE COALESCE(? || " + table + ".dsq, '') END"
}

// StagedPlace is a position in the order of the posts. The zero value is the
// start.
type StagedPlace struct{ ord, level, seq int64 }

// Posts returns the next posts that are to be stored, or noted as equal to one
// that is, after a place, and the place of the last. Parents come first. With
// ownOnly, posts on hosts that do not belong to the site are left out. At the
// end there are none.
func (s *Staging) Posts(ctx context.Context, after StagedPlace, limit int, ownOnly bool) ([]StagedPost, StagedPlace, error) {
	where, order, args := "p.seq > ?", "p.seq", []any{after.seq}
	if !s.ordered {
		where, order, args = "(p.ord, p.level, p.seq) > (?, ?, ?)", "p.ord, p.level, p.seq", []any{after.ord, after.level, after.seq}
	}
	if ownOnly {
		where += " AND (SELECT own FROM articles WHERE seq = p.article)"
	}
	rows, err := s.db.QueryContext(ctx, "SELECT p.seq, p.ord, p.level, p.line, p.dsq, p.class, p.thread, p.article, p.created, p.author, p.digest, "+
		external("p")+", "+external("u")+", "+external("k")+", CASE WHEN t.name = '' AND NOT ? THEN a.name ELSE t.name END, t.text, t.extra FROM posts AS p CROSS JOIN texts AS t ON t.seq = p.seq LEFT JOIN posts AS u ON u.seq = p.up "+
		"LEFT JOIN posts AS k ON k.seq = p.kept LEFT JOIN authors AS a ON a.id = p.author WHERE p.class > 1 AND (p.kept = 0 OR p.class = 4 AND k.dsq <> p.dsq) AND "+where+
		" ORDER BY "+order+" LIMIT ?", slices.Concat([]any{s.system, s.system, s.system, s.Apart}, args, []any{limit})...)
	if err != nil {
		return nil, after, fmt.Errorf("read staged posts: %w", err)
	}
	type row struct {
		StagedPost
		StagedPlace
		created int64
		extra   string
	}
	found, err := scanAll(rows, func(r *row) []any {
		p := &r.StagedPost
		return []any{&p.Seq, &r.ord, &r.level, &p.Line, &p.ID, &p.Class, &p.Thread, &p.Article, &r.created, &p.AuthorID, &p.Digest,
			&p.External, &p.Parent, &p.KeptAs, &p.Name, &p.Text, &r.extra}
	})
	posts := make([]StagedPost, len(found))
	for i := range found {
		posts[i] = found[i].StagedPost
		posts[i].CreatedAt = fromMillis(found[i].created)
		if err == nil {
			err = decodeFew(found[i].extra, &posts[i].Extra)
		}
		after = found[i].StagedPlace
		after.seq = found[i].Seq
	}
	return posts, after, err
}

// ArticleTargets returns the stored articles that were set for articles of the
// staging; those not set yet are left out.
func (s *Staging) ArticleTargets(ctx context.Context, articles []int64) (map[int64]int64, error) {
	return s.targets(ctx, "SELECT seq, target FROM articles WHERE target > 0 AND seq IN (SELECT value FROM json_each(?))", articles)
}

// SetArticleTargets remembers as which articles those of the staging are stored.
func (s *Staging) SetArticleTargets(ctx context.Context, targets map[int64]int64) error {
	return s.setTargets(ctx, "UPDATE articles SET target = j.value FROM json_each(?) AS j WHERE articles.seq = CAST(j.key AS INTEGER)", targets)
}

// AuthorTargets is ArticleTargets for authors.
func (s *Staging) AuthorTargets(ctx context.Context, authors []int64) (map[int64]int64, error) {
	return s.targets(ctx, "SELECT id, target FROM authors WHERE target > 0 AND id IN (SELECT value FROM json_each(?))", authors)
}

// SetAuthorTargets is SetArticleTargets for authors.
func (s *Staging) SetAuthorTargets(ctx context.Context, targets map[int64]int64) error {
	return s.setTargets(ctx, "UPDATE authors SET target = j.value FROM json_each(?) AS j WHERE authors.id = CAST(j.key AS INTEGER)", targets)
}

func (s *Staging) targets(ctx context.Context, sql string, ids []int64) (map[int64]int64, error) {
	rows, err := s.query(ctx, sql, encode(ids))
	if err != nil {
		return nil, fmt.Errorf("find targets: %w", err)
	}
	pairs, err := scanAll(rows, func(p *[2]int64) []any { return []any{&p[0], &p[1]} })
	found := make(map[int64]int64, len(pairs))
	for _, p := range pairs {
		found[p[0]] = p[1]
	}
	return found, err
}

func (s *Staging) setTargets(ctx context.Context, sql string, targets map[int64]int64) error {
	if len(targets) == 0 {
		return nil
	}
	data, err := json.Marshal(targets)
	if err == nil {
		_, err = s.exec(ctx, sql, string(data))
	}
	if err != nil {
		return fmt.Errorf("set targets: %w", err)
	}
	return nil
}

// Authors returns authors of the staging by number.
func (s *Staging) Authors(ctx context.Context, ids []int64) (map[int64]StagedAuthor, error) {
	rows, err := s.db.QueryContext(ctx, "SELECT id, key, name, email, more FROM authors WHERE id IN (SELECT value FROM json_each(?))", encode(ids))
	if err != nil {
		return nil, fmt.Errorf("find authors: %w", err)
	}
	type row struct {
		id   int64
		more string
		StagedAuthor
	}
	all, err := scanAll(rows, func(r *row) []any { return []any{&r.id, &r.Key, &r.Name, &r.Email, &r.more} })
	found := make(map[int64]StagedAuthor, len(all))
	for _, r := range all {
		if err == nil {
			err = decodeFew(r.more, &r.More)
		}
		if r.More.Key != "" {
			r.Key = r.More.Key
		}
		found[r.id] = r.StagedAuthor
	}
	return found, err
}

// ClosedArticles returns articles after seq that have no posts but a closed
// thread, at most limit; with own only those on the site's hosts; with all the open
// ones as well.
func (s *Staging) ClosedArticles(ctx context.Context, seq int64, limit int, own, all bool) ([]int64, error) {
	rows, err := s.query(ctx, "SELECT seq FROM articles WHERE posts = 0 AND seq > ? AND (own OR NOT ?) AND "+
		"(? OR EXISTS (SELECT 1 FROM threads WHERE threads.article = articles.seq AND closed AND NOT deleted)) ORDER BY seq LIMIT ?", seq, own, all, limit)
	if err != nil {
		return nil, fmt.Errorf("find closed pages: %w", err)
	}
	return scanAll(rows, func(id *int64) []any { return []any{id} })
}
