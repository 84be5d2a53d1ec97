package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"

	"golang.org/x/term"

	"postbag/models"
	"postbag/models/intake"
	"postbag/moderation"
)

// importCommands are the commands that take over the comments of other systems,
// one for each format.
func importCommands() []command {
	var all []command
	for _, format := range moderation.ImportFormats() {
		all = append(all, command{"import " + format.Key, "FILE --site KEY", importAbout(format), func(a *app, ctx context.Context, f *flags) error {
			return a.importFile(ctx, f, format)
		}})
	}
	return all
}

func importAbout(format moderation.ImportFormat) string {
	return "take over comments of " + format.Name
}

// importFile takes over the comments in a file.
func (a *app) importFile(ctx context.Context, f *flags, format moderation.ImportFormat) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site that gets the comments")
	dryRun := f.Bool("dry-run", false, "look at everything, write nothing")
	asJSON := f.Bool("json", false, "write the report for programs")
	originsOnly := f.Bool("origins-only", false, "leave out threads on hosts that do not belong to the site")
	threads := f.String("threads-csv", "", "write the posts of each article by class into this `FILE`")
	source := f.String("source", "", "`NAME` that tells several installations of one system apart, whose comments are numbered from 1 in each")
	base := f.String("base-url", "", "`URL` at which pages begin whose addresses in the file are relative; the site's host if it has only one")
	args, err := f.parse("FILE")
	if err != nil {
		return err
	}
	if *site == "" {
		return wrong("--site is needed: postbag import %s %s --site KEY", format.Key, args[0])
	}
	info, err := os.Stat(args[0])
	if err != nil {
		return err
	}
	if info.IsDir() {
		return fmt.Errorf("%s is a folder; name the export file in it", args[0])
	}
	if err := whole(args[0]); err != nil {
		return err
	}
	debug.SetGCPercent(20) // memory matters more here than speed: an import runs beside the server
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		progress := a.progress(info.Size())
		options := moderation.ImportOptions{
			Site: *site, Format: format.Key, Source: *source, BaseURL: *base, DryRun: *dryRun, OriginsOnly: *originsOnly, Progress: progress.show,
			File: info.Name(), Size: info.Size(),
		}
		report, err := withTable(*threads, &options, func() (moderation.ImportReport, error) {
			return svc.Import(ctx, func() (io.ReadCloser, error) { return os.Open(args[0]) }, options)
		})
		progress.end()
		if err != nil {
			return importError(ctx, svc, args[0], report, err)
		}
		return a.printReport(report, *asJSON)
	})
}

// whole refuses a database whose last changes stand in another file beside it.
func whole(path string) error {
	for _, suffix := range []string{"-wal", "-journal"} {
		if info, err := os.Stat(path + suffix); err == nil && info.Size() > 0 {
			return fmt.Errorf("changes of %s are still in %s. Stop the program that writes it, or import a copy: sqlite3 %s \".backup copy.db\"", path, path+suffix, path)
		}
	}
	return nil
}

// withTable does an import and writes the numbers of its articles to a file, when
// one is named.
func withTable(path string, o *moderation.ImportOptions, do func() (moderation.ImportReport, error)) (report moderation.ImportReport, err error) {
	if path == "" {
		return do()
	}
	file, err := os.Create(path)
	if err != nil {
		return report, err
	}
	defer func() { err = errors.Join(err, file.Close()) }()
	table, err := moderation.NewArticleTable(file)
	if err != nil {
		return report, err
	}
	o.EachArticle = table.Add
	if report, err = do(); err != nil {
		return report, err
	}
	return report, table.EndAll(&report)
}

func (a *app) printReport(report moderation.ImportReport, asJSON bool) error {
	if !asJSON {
		return report.WriteText(a.stdout)
	}
	text, err := report.JSON()
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", text)
	return err
}

// importError says what went wrong where, what was imported before, and how to
// go on.
func importError(ctx context.Context, svc *moderation.Service, file string, report moderation.ImportReport, err error) error {
	var syntax *intake.SyntaxError
	switch {
	case errors.As(err, &syntax):
		return fmt.Errorf("%s: %w\n%d comments were imported. Export the comments again, or repair the file there", file, syntax, report.Added)
	case models.CodeOf(err) != "":
		return knownSites(ctx, svc, err)
	case ctx.Err() != nil:
		err = errors.New("interrupted")
	}
	return fmt.Errorf("%s: %w\n%d comments were imported. Run the same command again to go on where it stopped", file, err, report.Added)
}

// progress shows on a terminal how far an import has come; elsewhere nothing.
type progress struct {
	to    io.Writer
	size  int64
	shown bool
}

func (a *app) progress(size int64) *progress {
	if file, ok := a.stderr.(*os.File); ok && term.IsTerminal(int(file.Fd())) {
		return &progress{to: file, size: size}
	}
	return &progress{to: io.Discard, size: size}
}

func (p *progress) show(now moderation.ImportProgress) {
	p.shown = true
	switch {
	case now.Stage == moderation.ImportReading && p.size > 0:
		fmt.Fprintf(p.to, "\r\x1b[K%s: %d posts, %d %% of the file", now.Stage, now.Posts, min(100, now.Bytes*100/p.size))
	case now.Of > 0:
		fmt.Fprintf(p.to, "\r\x1b[K%s: %d of %d posts", now.Stage, now.Posts, now.Of)
	default:
		fmt.Fprintf(p.to, "\r\x1b[K%s: %d posts", now.Stage, now.Posts)
	}
}

// end clears the line.
func (p *progress) end() {
	if p.shown {
		fmt.Fprint(p.to, "\r\x1b[K")
	}
}
