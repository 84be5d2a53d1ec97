package moderation

import (
	"context"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/store"
)

// ExportRequest says what to export.
type ExportRequest struct {
	Site   string // key
	Format string // one of ExportFormats
}

// ExportProgress tells how far an export has come, a few hundred times or less.
type ExportProgress struct {
	Comments int64 // written
	Of       int64 // there were when it began
}

// exportFormat is one form in which a site can leave.
type exportFormat struct {
	name  string
	write func(*exporter, context.Context, io.Writer) error
}

func exportFormats() []exportFormat {
	return []exportFormat{
		{"disqus", (*exporter).disqus},
		{"postbag", (*exporter).lines},
		{"wordpress", (*exporter).wordpress},
		{"csv", (*exporter).table},
	}
}

// ExportFormats lists the forms in which a site can be exported.
func ExportFormats() []string {
	var names []string
	for _, f := range exportFormats() {
		names = append(names, f.name)
	}
	return names
}

// Export writes all comments of a site: public, held, removed, spam and withdrawn
// ones, each in its state, with pages, authors and as much else as the format can
// hold. It never stops a writer: it reads in short chunks. Comments that come in
// meanwhile are left out; what is decided meanwhile may be in it or not. Memory
// does not grow with the site.
//
// The result holds e-mail addresses and what was never public; it is for the
// site's owner. progress may be nil. An error of w is returned wrapped.
func (s *Service) Export(ctx context.Context, req ExportRequest, w io.Writer, progress func(ExportProgress)) error {
	site, err := s.Site(ctx, req.Site)
	if err != nil {
		return err
	}
	formats := exportFormats()
	i := slices.IndexFunc(formats, func(f exportFormat) bool { return f.name == req.Format })
	if i < 0 {
		return models.Invalid("format", "Use "+strings.Join(ExportFormats(), ", ")+".")
	}
	x := &exporter{Service: s, site: &site, tag: s.exportTag(&site), told: progress}
	if x.of, err = s.store.CountPast(ctx, site.ID, math.MinInt64, math.MaxInt64); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if x.last, err = s.store.LastComment(ctx); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	if err := formats[i].write(x, ctx, w); err != nil {
		return fmt.Errorf("export: %w", err)
	}
	return nil
}

// exporter is one export.
type exporter struct {
	*Service
	site *models.Site
	tag  string // of the site's own ids
	told func(ExportProgress)
	done int64
	of   int64
	last int64 // comment that there was when it began
}

// exportedArticle is an article with all its names.
type exportedArticle struct {
	models.Article
	aliases []store.Alias
}

// names are the names of one kind.
func (a *exportedArticle) names(kind store.AliasKind) []string {
	var names []string
	for _, alias := range a.aliases {
		if alias.Kind == kind {
			names = append(names, alias.Value)
		}
	}
	return names
}

// eachArticle calls fn for every article of the site.
func (x *exporter) eachArticle(ctx context.Context, fn func(*exportedArticle) error) error {
	return eachAfter(ctx, x.site.ID, x.store.ArticlesAfter, func(a *models.Article) int64 { return a.ID }, func(some []models.Article) error {
		aliases, err := x.store.AliasesOf(ctx, listIDs(some, func(a *models.Article) int64 { return a.ID }))
		if err != nil {
			return err
		}
		for i := range some {
			if err := fn(&exportedArticle{some[i], aliases[some[i].ID]}); err != nil {
				return err
			}
		}
		return nil
	})
}

// exportedComment is a comment with its page and its author.
type exportedComment struct {
	*store.ExportedComment
	page *exportedArticle
	by   *models.Author
}

// eachComment calls fn for every comment that there was when the export began, so
// for none whose page or author was not there when those were written.
func (x *exporter) eachComment(ctx context.Context, fn func(exportedComment) error) error {
	id := func(c *store.ExportedComment) int64 { return c.ID }
	return eachAfter(ctx, x.site.ID, x.commentsAfter, id, func(some []store.ExportedComment) error {
		err := x.withPages(ctx, some, fn)
		x.progress(len(some))
		return err
	})
}

// commentsAfter reads the next comments, up to the last one that there was: an
// export of a site where people write comes to its end.
func (x *exporter) commentsAfter(ctx context.Context, site, after int64) ([]store.ExportedComment, error) {
	some, err := x.store.CommentsAfter(ctx, site, after)
	if late := slices.IndexFunc(some, func(c store.ExportedComment) bool { return c.ID > x.last }); late >= 0 {
		some = some[:late]
	}
	return some, err
}

// withPages finds out where comments stand and who wrote them, a chunk at a time.
func (x *exporter) withPages(ctx context.Context, some []store.ExportedComment, fn func(exportedComment) error) error {
	authors, err := x.store.Authors(ctx, listIDs(some, func(c *store.ExportedComment) int64 { return c.AuthorID }))
	if err != nil {
		return err
	}
	ids := listIDs(some, func(c *store.ExportedComment) int64 { return c.ArticleID })
	articles, err := x.store.Articles(ctx, ids)
	if err != nil {
		return err
	}
	aliases, err := x.store.AliasesOf(ctx, ids)
	if err != nil {
		return err
	}
	for i := range some {
		c := &some[i]
		by := authors[c.AuthorID]
		if err := fn(exportedComment{c, &exportedArticle{articles[c.ArticleID], aliases[c.ArticleID]}, &by}); err != nil {
			return err
		}
	}
	return nil
}

func (x *exporter) progress(n int) {
	x.done += int64(n)
	if x.told != nil {
		x.told(ExportProgress{Comments: x.done, Of: max(x.of, x.done)})
	}
}

// eachAfter hands out chunk after chunk of what read finds behind an id.
func eachAfter[T any](ctx context.Context, site int64, read func(context.Context, int64, int64) ([]T, error), id func(*T) int64, fn func([]T) error) error {
	for after := int64(0); ; {
		if err := ctx.Err(); err != nil {
			return err
		}
		some, err := read(ctx, site, after)
		if err != nil || len(some) == 0 {
			return err
		}
		if err := fn(some); err != nil {
			return err
		}
		after = id(&some[len(some)-1])
	}
}

// listIDs lists ids without repeating one.
func listIDs[T any](list []T, id func(*T) int64) []int64 {
	ids := make([]int64, len(list))
	for i := range list {
		ids[i] = id(&list[i])
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
