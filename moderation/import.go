package moderation

import (
	"context"
	"errors"
	"fmt"
	"io"
	"regexp"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// ImportOptions say what an import does.
type ImportOptions struct {
	Site        string // key
	Format      string // Key of one of ImportFormats
	Source      string // tells files of several installations of one system apart, whose ids begin at 1 in each; usually empty
	BaseURL     string // scheme and host of pages whose addresses in the file are relative; empty for the site's host if it has only one
	Columns     string // of a table: field=column, with commas between; others are guessed
	Text        string // of a table: plain, html or markdown; plain when empty
	DryRun      bool   // look at everything, write nothing
	OriginsOnly bool   // leave out threads on hosts that do not belong to the site
	Progress    func(ImportProgress)
	EachArticle func(ArticlePosts) error // is told the numbers of every article, those with the most posts first

	By   models.Moderator // who imports; ID 0 for the command line
	File string           // its name, for the record; the same name and Size is the same file
	Size int64            // bytes of the file as it is on disk

	run         *importRun // the record, when there is one already
	baseAssumed bool       // BaseURL was not given
}

// ImportProgress tells how far an import has come. It is told a few hundred
// times in each stage, always from one goroutine at a time.
type ImportProgress struct {
	Stage ImportStage
	Bytes int64 // of the file, as it is on disk, read so far
	Posts int   // read so far, or written so far
	Of    int   // posts to be written; 0 while reading
}

// ImportStage is what an import is busy with.
type ImportStage string

// The stages of an import, in their order.
const (
	ImportReading ImportStage = "reading"
	ImportSorting ImportStage = "sorting"
	ImportWriting ImportStage = "writing"
)

// Import takes over a file of another system, plain or gzipped, in constant
// memory. The file is read to its end before anything is written, so that a file
// that cannot be read leaves nothing behind; the error then wraps a
// *intake.SyntaxError. After that comments are written a thousand at a time, and
// an import that was interrupted goes on where it stopped when it is run again:
// what is stored already is recognised by its id and left as it is.
//
// An import makes no noise: no mail, no rule, no rate, no place in the queue for
// what was public. What waited for a moderator there waits for one here. The
// report is valid as far as the import came, also with an error.
func (s *Service) Import(ctx context.Context, open func() (io.ReadCloser, error), o ImportOptions) (ImportReport, error) {
	site, err := s.Site(ctx, o.Site)
	if err != nil {
		return ImportReport{DryRun: o.DryRun}, err
	}
	format, err := findImportFormat(o.Format)
	if err != nil {
		return ImportReport{DryRun: o.DryRun}, err
	}
	if err := checkSource(o.Source); err != nil {
		return ImportReport{DryRun: o.DryRun}, err
	}
	o.baseAssumed = o.BaseURL == ""
	if o.BaseURL, err = importBase(o.BaseURL, &site); err != nil {
		return ImportReport{DryRun: o.DryRun}, err
	}
	im := importer{
		store: s.store, site: &site, format: format, system: systemOf(format.Key, o.Source), tag: s.exportTag(&site), opts: o,
		report: ImportReport{DryRun: o.DryRun},
	}
	return s.record(ctx, &im, func(ctx context.Context) (ImportReport, error) { return im.all(ctx, open) })
}

var sourcePattern = regexp.MustCompile(`^[A-Za-z0-9-]{0,30}$`)

// importBase is what addresses in a file begin with that do not name their host,
// empty when that is not known.
func importBase(given string, site *models.Site) (string, error) {
	if given == "" && len(site.Hosts) == 1 {
		return "https://" + site.Hosts[0], nil
	}
	if given != "" && checkBase(given) != nil {
		return "", models.Refuse(models.CodeInvalid, "The base URL must be the address at which the pages begin, such as https://news.example.")
	}
	return given, nil
}

func systemOf(format, source string) string {
	if source == "" {
		return format
	}
	return format + "-" + source
}

// importer is one import.
type importer struct {
	store   *store.Store
	staging *store.Staging
	site    *models.Site
	format  importFormat
	system  string // before the colon of external ids and in keys of authors
	tag     string // of the site's own ids in exports
	opts    ImportOptions
	home    *homecoming // of a file that a site like this one wrote, else nil
	counts  store.StagedCounts
	report  ImportReport
	run     *importRun // nil when nothing is recorded
}

// all does the whole import.
func (im *importer) all(ctx context.Context, open func() (io.ReadCloser, error)) (report ImportReport, err error) {
	if im.staging, err = store.OpenStaging(ctx, "", im.system); err != nil {
		return im.report, err
	}
	defer func() { err = errors.Join(err, im.staging.Close()) }()
	file, err := open()
	if err != nil {
		return im.report, err
	}
	err = im.read(ctx, file)
	if err = errors.Join(err, file.Close()); err != nil {
		return im.report, err
	}
	im.progress(ImportProgress{Stage: ImportSorting, Posts: im.report.Posts.Total})
	err = inOrder(
		func() error { return im.staging.Sort(ctx) },
		func() error { return im.home.settle(ctx, im) },
		func() error { return im.describe(ctx) },
		func() error { return im.write(ctx) },
	)
	im.report.sortProblems()
	if err != nil {
		return im.report, fmt.Errorf("import: %w", err)
	}
	return im.report, nil
}

func (im *importer) progress(p ImportProgress) {
	im.run.progress(p)
	if im.opts.Progress != nil {
		im.opts.Progress(p)
	}
}

// describe fills in what the report says about the file.
func (im *importer) describe(ctx context.Context) (err error) {
	if im.counts, err = im.staging.Counts(ctx); err != nil {
		return err
	}
	r, classes := &im.report, im.counts.Classes
	r.Posts.Orphaned, r.Posts.Deleted, r.Posts.Spam = classes[store.ClassOrphaned], classes[store.ClassDeleted], classes[store.ClassSpam]
	r.Posts.Duplicate, r.Posts.Approved, r.Posts.Pending = classes[store.ClassDuplicate], classes[store.ClassApproved], classes[store.ClassHeld]
	r.Threads.Articles, r.Threads.Empty = im.counts.Articles, im.counts.Empty
	if im.opts.OriginsOnly {
		r.Skipped = im.counts.Foreign
	}
	if err := im.listThreads(ctx); err != nil {
		return err
	}
	if err := im.tallyArticles(ctx); err != nil {
		return err
	}
	faults, total, err := im.staging.Faults(ctx, max(0, maxImportProblems-len(r.Problems)))
	if err != nil {
		return err
	}
	for _, f := range faults {
		r.addProblem(faultProblem(f))
	}
	r.ProblemsOmitted += total - len(faults)
	if im.counts.Moved > 0 {
		r.addProblem(ImportProblem{Line: im.counts.MovedAt, Code: "moved-site", Detail: fmt.Sprintf("%s of one author, second and text on different pages. "+
			"They are kept on both. If the site moved, join its old and new addresses with a URL map.", plural(im.counts.Moved, "comment stands", "comments stand"))})
	}
	r.sortProblems()
	return nil
}

func (im *importer) listThreads(ctx context.Context) error {
	r := &im.report
	merged, total, err := im.staging.Merged(ctx, maxImportThreads)
	if err != nil {
		return err
	}
	r.Threads.Merged, r.Threads.MergedOmitted = articlesOf(merged), total-len(merged)
	foreign, total, err := im.staging.Foreign(ctx, maxImportThreads)
	r.Threads.Foreign, r.Threads.ForeignOmitted = articlesOf(foreign), total-len(foreign)
	return err
}

func articlesOf(staged []store.StagedArticle) []ImportedArticle {
	articles := make([]ImportedArticle, len(staged))
	for i, a := range staged {
		articles[i] = ImportedArticle{Posts: a.Posts, URL: canonical(a.Threads).Link}
		for _, t := range a.Threads {
			articles[i].Threads = append(articles[i].Threads, t.ID)
			if articles[i].ID == "" {
				articles[i].ID = t.Ident
			}
		}
	}
	return articles
}

// faultProblem says why a post is left out or changed.
func faultProblem(f store.StagedFault) ImportProblem {
	p := ImportProblem{Line: f.Line, ID: f.ID}
	switch {
	case f.Class == store.ClassDuplicate && f.Equal == f.ID:
		p.Code, p.Detail = "duplicate", fmt.Sprintf("A post with the same id stands at line %d.", f.EqualAt)
	case f.Class == store.ClassDuplicate:
		p.Code, p.Detail = "duplicate", fmt.Sprintf("The same comment as %s at line %d.", f.Equal, f.EqualAt)
	case f.Class != store.ClassOrphaned && f.Cut:
		p.Code, p.Detail = "parent-circle", fmt.Sprintf("It answers %s, which answers it in turn. It became the start of a thread.", f.Parent)
	case f.Class != store.ClassOrphaned:
		p.Code, p.Detail = "parent-missing", fmt.Sprintf("It answers %s, which is not in its thread. It became the start of a thread.", f.Parent)
	case f.Thread == "":
		p.Code, p.Detail = "no-thread", "It names no thread."
	case f.Known:
		p.Code, p.Detail = "no-page", fmt.Sprintf("Its thread, %s, has neither an identifier nor a usable address.", f.Thread)
	default:
		p.Code, p.Detail = "thread-missing", fmt.Sprintf("Its thread, %s, is not in the file.", f.Thread)
	}
	return p
}

// known is a point in time, or the other one when it is not known.
func known(t, otherwise time.Time) time.Time {
	if t.IsZero() {
		return otherwise
	}
	return t
}
