package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"text/tabwriter"

	"postbag/models"
	"postbag/moderation"
)

// listedImports bounds the runs that import list shows.
const listedImports = 100

// importList shows the latest imports of a site.
func (a *app) importList(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site")
	asJSON := f.Bool("json", false, "write the list for programs")
	if _, err := f.parse(); err != nil {
		return err
	}
	if *site == "" {
		return wrong("--site is needed: postbag import list --site KEY")
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		runs, _, err := svc.ImportRuns(ctx, *site, "", listedImports)
		switch {
		case err != nil:
			return knownSites(ctx, svc, err)
		case *asJSON:
			return writeRuns(a.stdout, runs)
		case len(runs) == 0:
			fmt.Fprintln(a.stderr, "Nothing was imported into this site yet: postbag import disqus FILE --site KEY")
		}
		table := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		for i := range runs {
			m := &runs[i]
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d added\t%s\t%s\n", models.ImportID.Format(m.ID), m.CreatedAt.UTC().Format("2006-01-02 15:04 UTC"), m.Format,
				m.State, m.Added, m.File, byName(m))
		}
		return table.Flush()
	})
}

func byName(m *models.Import) string {
	if m.ModeratorID == 0 {
		return "command line"
	}
	return m.ModeratorName
}

type runWire struct {
	ID      string `json:"id"`
	State   string `json:"state"`
	Format  string `json:"format"`
	File    string `json:"file"`
	Bytes   int64  `json:"bytes"`
	Added   int64  `json:"added"`
	By      string `json:"by"`
	At      string `json:"created_at"`
	Problem string `json:"problem,omitempty"`
}

func writeRuns(w io.Writer, runs []models.Import) error {
	list := make([]runWire, len(runs))
	for i := range runs {
		m := &runs[i]
		list[i] = runWire{
			models.ImportID.Format(m.ID), string(m.State), m.Format, m.File, m.Size, m.Added, m.ModeratorName,
			m.CreatedAt.UTC().Format("2006-01-02T15:04:05Z"), m.Problem,
		}
	}
	return writeJSON(w, list)
}

func writeJSON(w io.Writer, v any) error {
	text, err := json.MarshalIndent(v, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(w, "%s\n", text)
	return err
}

// importCancel stops an import that is running, in whichever process.
func (a *app) importCancel(ctx context.Context, f *flags) error {
	db := f.database()
	args, err := f.parse("RUN")
	if err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		m, err := svc.CancelImport(ctx, models.Moderator{}, args[0])
		if err != nil {
			return knownImports(err)
		}
		_, err = fmt.Fprintf(a.stdout, "Import %s of %s is %s. %d comments were added.\n", args[0], m.File, m.State, m.Added)
		return err
	})
}

// importUndo takes a whole import back.
func (a *app) importUndo(ctx context.Context, f *flags) error {
	db := f.database()
	dryRun := f.Bool("dry-run", false, "say what would happen, change nothing")
	asJSON := f.Bool("json", false, "write the report for programs")
	args, err := f.parse("RUN")
	if err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		shown := a.progress(0)
		report, err := svc.UndoImport(ctx, args[0], moderation.UndoOptions{DryRun: *dryRun, Progress: shown.count})
		shown.end()
		switch {
		case err != nil && models.CodeOf(err) == "":
			if ctx.Err() != nil {
				err = errors.New("interrupted")
			}
			return fmt.Errorf("import %s: %w\n%d comments were taken out. Run the same command again to complete it", args[0], err, report.Removed)
		case err != nil:
			return knownImports(err)
		case *asJSON:
			return writeJSON(a.stdout, report)
		}
		return report.WriteText(a.stdout)
	})
}

func knownImports(err error) error {
	if models.CodeOf(err) != models.CodeNotFound {
		return err
	}
	return fmt.Errorf("%s Their ids are listed by: postbag import list --site KEY", sentence(err))
}
