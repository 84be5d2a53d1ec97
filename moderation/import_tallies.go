package moderation

import (
	"context"
	"encoding/csv"
	"encoding/json"
	"io"
	"strconv"

	"postbag/models"
	"postbag/models/interchange"
	"postbag/models/store"
)

// maxImportTallies bounds the articles in a report that bear their own numbers.
const maxImportTallies = 10_000

// ArticlePosts are the posts of a file for one article, by class. Orphaned and
// failed posts have no article.
type ArticlePosts struct {
	ID      string // identifier, or empty
	URL     string
	Threads int // of the file, at most 100 are counted
	Posts   ImportedPosts
}

// tallyArticles fills in the numbers of each article. They add up: with Others,
// and the orphaned and failed posts, to those of the file.
func (im *importer) tallyArticles(ctx context.Context) error {
	t := &im.report.Threads
	return im.staging.EachTally(ctx, func(tally *store.ArticleTally) error {
		a := articlePosts(tally)
		if len(t.ByArticle) < maxImportTallies {
			t.ByArticle = append(t.ByArticle, a)
		} else {
			t.OtherArticles++
			t.Others.add(&a.Posts)
		}
		if im.opts.EachArticle != nil {
			return im.opts.EachArticle(a)
		}
		return nil
	})
}

func articlePosts(t *store.ArticleTally) ArticlePosts {
	a := articlesOf([]store.StagedArticle{t.StagedArticle})[0]
	return ArticlePosts{ID: a.ID, URL: a.URL, Threads: len(t.Threads), Posts: ImportedPosts{
		Total: t.Posts, Approved: t.Approved, Pending: t.Held, Deleted: t.Deleted, Spam: t.Spam, Duplicate: t.Duplicate,
	}}
}

func (p *ImportedPosts) add(q *ImportedPosts) {
	p.Total += q.Total
	p.Approved += q.Approved
	p.Pending += q.Pending
	p.Deleted += q.Deleted
	p.Spam += q.Spam
	p.Duplicate += q.Duplicate
	p.Orphaned += q.Orphaned
	p.Failed += q.Failed
}

// ArticleTable writes the numbers of articles as CSV, one a line.
type ArticleTable struct{ csv *csv.Writer }

// NewArticleTable begins a table.
func NewArticleTable(w io.Writer) (*ArticleTable, error) {
	t := &ArticleTable{csv.NewWriter(w)}
	return t, t.csv.Write([]string{"id", "url", "threads", "total", "approved", "pending", "deleted", "spam", "duplicate", "orphaned", "failed"})
}

// Add writes the numbers of one article.
func (t *ArticleTable) Add(a ArticlePosts) error {
	line := []string{interchange.Defuse(a.ID), interchange.Defuse(a.URL)}
	p := &a.Posts
	for _, n := range []int{a.Threads, p.Total, p.Approved, p.Pending, p.Deleted, p.Spam, p.Duplicate, p.Orphaned, p.Failed} {
		line = append(line, strconv.Itoa(n))
	}
	return t.csv.Write(line)
}

// EndAll ends a table that has every article: it writes what no article has, so
// that the columns add up to the whole file.
func (t *ArticleTable) EndAll(r *ImportReport) error { return t.end(ImportedPosts{}, r) }

// end writes the posts left over.
func (t *ArticleTable) end(left ImportedPosts, r *ImportReport) error {
	left.Orphaned, left.Failed = r.Posts.Orphaned, r.Posts.Failed
	left.Total += left.Orphaned + left.Failed
	if left.Total > 0 {
		if err := t.Add(ArticlePosts{URL: "(no article, or not listed)", Posts: left}); err != nil {
			return err
		}
	}
	t.csv.Flush()
	return t.csv.Error()
}

// WriteArticles writes the articles of a report as CSV.
func (r *ImportReport) WriteArticles(w io.Writer) error {
	t, err := NewArticleTable(w)
	if err != nil {
		return err
	}
	for _, a := range r.Threads.ByArticle {
		if err := t.Add(a); err != nil {
			return err
		}
	}
	return t.end(r.Threads.Others, r)
}

// WriteProblems writes the problems of a report as CSV, one a line.
func (r *ImportReport) WriteProblems(w io.Writer) error {
	out := csv.NewWriter(w)
	if err := out.Write([]string{"line", "id", "code", "detail"}); err != nil {
		return err
	}
	for _, p := range r.Problems {
		if err := out.Write([]string{strconv.Itoa(p.Line), interchange.Defuse(p.ID), p.Code, interchange.Defuse(p.Detail)}); err != nil {
			return err
		}
	}
	out.Flush()
	return out.Error()
}

// DecodeReport returns the report of a run; ok is false as long as its file was
// not read to the end.
func DecodeReport(m *models.Import) (r ImportReport, ok bool, err error) {
	if m.Report == "" {
		return r, false, nil
	}
	var w reportWire
	if err := json.Unmarshal([]byte(m.Report), &w); err != nil {
		return r, false, err
	}
	return w.report(), true, nil
}

func newPostsWire(p *ImportedPosts) postsWire {
	return postsWire{Total: p.Total, Approved: p.Approved + p.Pending, Deleted: p.Deleted, Spam: p.Spam, Duplicate: p.Duplicate}
}

func talliesWire(list []ArticlePosts) []tallyWire {
	wire := make([]tallyWire, len(list))
	for i, a := range list {
		wire[i] = tallyWire{a.ID, a.URL, a.Threads, newPostsWire(&a.Posts), a.Posts.Pending}
	}
	return wire
}

func (w *postsWire) posts(pending int) ImportedPosts {
	return ImportedPosts{Total: w.Total, Approved: w.Approved - pending, Pending: pending, Deleted: w.Deleted, Spam: w.Spam, Duplicate: w.Duplicate}
}

// report reads back what JSON wrote.
func (w *reportWire) report() ImportReport {
	r := ImportReport{DryRun: w.DryRun, Import: w.Import, Added: w.Added, Unchanged: w.Unchanged, Skipped: w.Skipped,
		ImagesOmitted: w.ImagesOmitted, ProblemsOmitted: w.ProblemsOmitted}
	r.Posts = w.Posts.posts(w.Pending)
	r.Posts.Orphaned, r.Posts.Failed = w.Posts.Orphaned, w.Posts.Failed
	t := &w.Threads
	r.Threads = ImportedThreads{Total: t.Total, Articles: t.Articles, Empty: t.Empty, Closed: t.Closed, MergedOmitted: t.MergedOmitted,
		ForeignOmitted: t.ForeignOmitted, OtherArticles: t.OtherArticles, Others: t.Others.posts(0)}
	for _, a := range t.Merged {
		r.Threads.Merged = append(r.Threads.Merged, ImportedArticle(a))
	}
	for _, a := range t.Foreign {
		r.Threads.Foreign = append(r.Threads.Foreign, ImportedArticle(a))
	}
	for _, a := range t.ByArticle {
		r.Threads.ByArticle = append(r.Threads.ByArticle, ArticlePosts{a.ID, a.URL, a.Threads, a.posts(a.Pending)})
	}
	for _, image := range w.Images {
		r.Images = append(r.Images, ImportedImage(image))
	}
	for _, p := range w.Problems {
		r.Problems = append(r.Problems, ImportProblem(p))
	}
	return r
}
