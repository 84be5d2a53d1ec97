package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rulefile"
)

// rulesApply makes the rules of a site those of a file.
func (a *app) rulesApply(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site that gets the rules")
	dryRun := f.Bool("dry-run", false, "say what would change, write nothing")
	prune := f.Bool("prune", false, "delete the rules of the site that are not in the file")
	args, err := f.parse("FILE")
	if err != nil {
		return err
	}
	if *site == "" {
		return wrong("--site is needed: postbag rules apply %s --site KEY", args[0])
	}
	list, err := a.readRules(args[0])
	if err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		plan, err := svc.ApplyRules(ctx, models.Moderator{}, *site, list, moderation.ApplyOptions{DryRun: *dryRun, Prune: *prune})
		if err != nil {
			return knownSites(ctx, svc, err)
		}
		return a.printPlan(&plan, *dryRun)
	})
}

// readRules reads a rule file, the standard input for "-". All that is wrong
// with it is told, each with its place.
func (a *app) readRules(name string) ([]models.Rule, error) {
	in := a.stdin
	if name != "-" {
		file, err := os.Open(name)
		if err != nil {
			return nil, err
		}
		defer file.Close()
		in = file
	}
	text, err := io.ReadAll(io.LimitReader(in, rulefile.MaxBytes+1))
	if err != nil {
		return nil, fmt.Errorf("read %s: %w", name, err)
	}
	list, problems := rulefile.Parse(text)
	if len(problems) > 0 {
		return nil, &rulefile.Error{File: name, Problems: problems}
	}
	return list, nil
}

func (a *app) printPlan(p *moderation.RulesPlan, dryRun bool) error {
	for _, note := range p.Notes {
		fmt.Fprintln(a.stdout, note)
	}
	fmt.Fprintf(a.stdout, "%d added, %d changed, %d deleted, %d unchanged", len(p.Added), len(p.Changed), len(p.Removed), len(p.Unchanged))
	if n := len(p.Kept); n > 0 {
		fmt.Fprintf(a.stdout, ", %d not in the file and left as they are (--prune deletes them)", n)
	}
	end := "."
	if dryRun {
		end = ". Nothing was written."
	}
	_, err := fmt.Fprintln(a.stdout, end)
	return err
}

// rulesExport writes the rules of a site as a file for rules apply.
func (a *app) rulesExport(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site whose rules are written")
	out := f.String("o", "", "write to this `FILE`, which must not exist yet")
	if _, err := f.parse(); err != nil {
		return err
	}
	if *site == "" {
		return wrong("--site is needed: postbag rules export --site KEY")
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		list, err := svc.Rules(ctx, *site)
		if err != nil {
			return knownSites(ctx, svc, err)
		}
		text, err := rulefile.Format(fmt.Sprintf("The rules of the site %s. Change them here, then:\npostbag rules apply FILE --site %s", *site, *site), list)
		if err != nil {
			return err
		}
		if *out == "" {
			_, err = a.stdout.Write(text)
			return err
		}
		return writeNew(*out, text)
	})
}

// writeNew writes a file that is not there yet.
func writeNew(name string, text []byte) error {
	file, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if os.IsExist(err) {
		return fmt.Errorf("%s is there already, and perhaps has changes of yours; choose another name", name)
	}
	if err != nil {
		return err
	}
	if _, err := file.Write(text); err != nil {
		_ = file.Close()
		return err
	}
	return file.Close()
}
