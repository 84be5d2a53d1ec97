package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"text/tabwriter"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/redirects"
	"postbag/moderation/urlmap"
)

// moveFlags are what all commands that move articles have.
type moveFlags struct {
	db, site             *string
	dryRun, json, origin *bool
}

func (f *flags) move() *moveFlags {
	return &moveFlags{
		db:     f.database(),
		site:   f.String("site", "", "`KEY` of the site"),
		dryRun: f.Bool("dry-run", false, "say what would change, change nothing"),
		json:   f.Bool("json", false, "write the report for programs"),
		origin: f.Bool("add-origin", false, "add the hosts of new addresses to the site"),
	}
}

// move tries a move, or does it and waits for its end.
func (a *app) move(ctx context.Context, m *moveFlags, make func(*moderation.Service) (moderation.MoveRequest, error)) error {
	if *m.site == "" {
		return wrong("--site is needed: the key of the site, as postbag site list shows it")
	}
	return a.service(ctx, *m.db, func(svc *moderation.Service) error {
		if _, err := svc.Site(ctx, *m.site); err != nil {
			return knownSites(ctx, svc, err)
		}
		req, err := make(svc)
		if err != nil {
			return err
		}
		req.Site, req.AddOrigins = *m.site, *m.origin
		if *m.dryRun {
			report, err := svc.TryMove(ctx, req)
			if err != nil {
				return err
			}
			return a.printMove(nil, &report, *m.json)
		}
		move, err := svc.PlanMove(ctx, models.Moderator{}, req)
		if err != nil {
			return err
		}
		return a.runMove(ctx, svc, &move, req.SkipBad, *m.json)
	})
}

// runMove runs a planned move. One that cannot be run leaves no plan behind.
func (a *app) runMove(ctx context.Context, svc *moderation.Service, m *models.Move, skipBad, asJSON bool) error {
	report, err := moderation.ReportOf(m)
	if err != nil {
		return err
	}
	if _, err := svc.RunMove(ctx, models.Moderator{}, m.PublicID(), skipBad); err != nil {
		if len(report.Faults) > 0 {
			_ = report.WriteText(a.stderr)
			err = fmt.Errorf("%s\nMend the lines, or do the rest with --skip-bad", sentence(err))
		}
		if drop := svc.DropMove(context.WithoutCancel(ctx), m.PublicID()); drop != nil && models.CodeOf(drop) == "" {
			return drop
		}
		return err
	}
	return a.workMove(ctx, svc, m.ID, asJSON)
}

// workMove does what is left of a move, or of its undo.
func (a *app) workMove(ctx context.Context, svc *moderation.Service, id int64, asJSON bool) error {
	p := a.progress(0)
	m, err := svc.WorkMove(ctx, id, func(m models.Move) {
		p.shown = true
		fmt.Fprintf(p.to, "\r\x1b[K%s: %d of %d articles", m.State, m.Done, m.Total)
	})
	p.end()
	if err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("interrupted")
		}
		name := models.MoveID.Format(id)
		return fmt.Errorf("%s\nGo on with: postbag articles resume %s\nOr take back what is done: postbag articles undo %s", sentence(err), name, name)
	}
	report, err := moderation.ReportOf(&m)
	if err != nil {
		return err
	}
	return a.printMove(&m, &report, asJSON)
}

// printMove prints a report; m is nil for one of a move that did not run.
func (a *app) printMove(m *models.Move, report *moderation.MoveReport, asJSON bool) error {
	if asJSON {
		out := struct {
			Move   string           `json:"move,omitempty"`
			State  models.MoveState `json:"state,omitempty"`
			DryRun bool             `json:"dry_run"`
			*moderation.MoveReport
		}{MoveReport: report, DryRun: m == nil}
		if m != nil {
			out.Move, out.State = m.PublicID(), m.State
		}
		e := json.NewEncoder(a.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(out)
	}
	if err := report.WriteText(a.stdout); err != nil || m == nil {
		return err
	}
	switch m.State {
	case models.MoveUndone:
		_, err := fmt.Fprintf(a.stdout, "\nMove %s is undone.\n", m.PublicID())
		return err
	}
	_, err := fmt.Fprintf(a.stdout, "\nMove %s is %s. To take it back: postbag articles undo %s\n", m.PublicID(), m.State, m.PublicID())
	return err
}

// articlesMap gives pages the addresses that a file names.
func (a *app) articlesMap(ctx context.Context, f *flags) error {
	m := f.move()
	skipBad := f.Bool("skip-bad", false, "do the rest when lines cannot be used")
	base := f.String("base", "", "the `ADDRESS` that paths without a host belong to, such as https://example.org")
	args, err := f.parse("FILE")
	if err != nil {
		return err
	}
	return a.move(ctx, m, func(*moderation.Service) (moderation.MoveRequest, error) {
		req, err := a.readMap(args[0], *base)
		req.Kind, req.SkipBad = models.MoveMap, *skipBad
		return req, err
	})
}

// readMap reads a URL map, the standard input for "-".
func (a *app) readMap(name, base string) (req moderation.MoveRequest, err error) {
	in := a.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return req, err
		}
		defer file.Close()
		in = file
	}
	req.File = filepath.Base(name)
	req.Map, req.Faults, err = urlmap.Read(io.Reader(in), urlmap.Options{Normal: moderation.NormalURL, Base: base})
	if err != nil {
		return req, fmt.Errorf("%s: %w", name, err)
	}
	return req, nil
}

// articlesMoveHost takes all pages of a host to another one.
func (a *app) articlesMoveHost(ctx context.Context, f *flags) error {
	m := f.move()
	from := f.String("from", "", "the old `HOST`, with or without www.")
	to := f.String("to", "", "the new `HOST`, or https://HOST as it stands in the new addresses")
	subdomains := f.Bool("subdomains", false, "take the subdomains of the old host along")
	if _, err := f.parse(); err != nil {
		return err
	}
	if *from == "" || *to == "" {
		return wrong("--from and --to are needed: postbag articles move-host --from old.example --to new.example --site KEY")
	}
	return a.move(ctx, m, func(*moderation.Service) (moderation.MoveRequest, error) {
		return moderation.MoveRequest{Kind: models.MoveHost, From: *from, To: *to, Subdomains: *subdomains}, nil
	})
}

// articlesRedirects gives pages the addresses that their old ones lead to.
func (a *app) articlesRedirects(ctx context.Context, f *flags) error {
	m := f.move()
	rate := f.Int("rate", 5, "requests a `SECOND` to one host")
	private := f.Bool("allow-private", false, "also ask hosts on private addresses, such as a site on this machine")
	if _, err := f.parse(); err != nil {
		return err
	}
	return a.move(ctx, m, func(svc *moderation.Service) (moderation.MoveRequest, error) {
		p := a.progress(0)
		defer p.end()
		crawler := redirects.New(redirects.NewClient(*private), *rate)
		return svc.FindRedirects(ctx, *m.site, crawler, func(done, total int) {
			p.shown = true
			fmt.Fprintf(p.to, "\r\x1b[Kasked: %d of %d pages", done, total)
		})
	})
}

// articlesMerge makes one article of two.
func (a *app) articlesMerge(ctx context.Context, f *flags) error {
	m := f.move()
	args, err := f.parse("ARTICLE", "INTO")
	if err != nil {
		return err
	}
	return a.move(ctx, m, func(*moderation.Service) (moderation.MoveRequest, error) {
		return moderation.MoveRequest{Kind: models.MoveMerge, Article: args[0], Into: args[1]}, nil
	})
}

// articlesSplit gives the comments of one imported thread an article of their
// own.
func (a *app) articlesSplit(ctx context.Context, f *flags) error {
	m := f.move()
	thread := f.String("thread", "", "the `ID` of the thread in the system it came from, as the import's report lists it")
	url := f.String("url", "", "the `ADDRESS` of the page that gets the comments")
	args, err := f.parse("ARTICLE")
	if err != nil {
		return err
	}
	return a.move(ctx, m, func(*moderation.Service) (moderation.MoveRequest, error) {
		return moderation.MoveRequest{Kind: models.MoveSplit, Article: args[0], Thread: *thread, URL: *url}, nil
	})
}

// articlesMoves lists the moves of a site, the latest 50.
func (a *app) articlesMoves(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site")
	if _, err := f.parse(); err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		moves, _, err := svc.Moves(ctx, *site, 0, "")
		if err != nil {
			return knownSites(ctx, svc, err)
		}
		table := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		for i := range moves {
			m := &moves[i]
			fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%d articles\t%s\n", m.PublicID(), m.CreatedAt.Format("2006-01-02 15:04"), m.Kind, m.State, m.Total, m.Title)
		}
		return table.Flush()
	})
}

// articlesUndo takes a move back.
func (a *app) articlesUndo(ctx context.Context, f *flags) error {
	return a.onMove(ctx, f, func(svc *moderation.Service, m models.Move) error {
		_, err := svc.UndoMove(ctx, models.Moderator{}, m.PublicID())
		return err
	})
}

// articlesResume goes on with a move, or its undo, that was interrupted.
func (a *app) articlesResume(ctx context.Context, f *flags) error {
	return a.onMove(ctx, f, func(_ *moderation.Service, m models.Move) error {
		if m.State != models.MoveRunning && m.State != models.MoveUndoing {
			return fmt.Errorf("move %s is %s: there is nothing to go on with", m.PublicID(), m.State)
		}
		return nil
	})
}

func (a *app) onMove(ctx context.Context, f *flags, begin func(*moderation.Service, models.Move) error) error {
	db := f.database()
	asJSON := f.Bool("json", false, "write the report for programs")
	args, err := f.parse("MOVE")
	if err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		m, err := svc.Move(ctx, args[0])
		if err != nil {
			return fmt.Errorf("%s To list them: postbag articles moves --site KEY", sentence(err))
		}
		if err := begin(svc, m); err != nil {
			return err
		}
		return a.workMove(ctx, svc, m.ID, *asJSON)
	})
}
