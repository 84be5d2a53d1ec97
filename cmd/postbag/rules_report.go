package main

import (
	"context"
	"fmt"
	"text/tabwriter"

	"postbag/models"
	"postbag/moderation"
)

// rulesReport says how the rules of a site do, by what moderators decided.
func (a *app) rulesReport(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site")
	if _, err := f.parse(); err != nil {
		return err
	}
	if *site == "" {
		return wrong("--site is needed: postbag rules report --site KEY")
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		reports, err := svc.RuleReports(ctx, *site)
		if err != nil {
			return knownSites(ctx, svc, err)
		}
		sample, err := svc.SampleReport(ctx, *site)
		if err != nil {
			return err
		}
		return a.printReports(reports, &sample)
	})
}

func (a *app) printReports(reports []moderation.RuleReport, sample *moderation.SampleReport) error {
	table := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
	fmt.Fprintln(table, "RULE\tNAME\tMODE\tFIRED\tREMOVED\tAPPROVED\tRIGHT IN\tSTATE")
	for i := range reports {
		r := &reports[i]
		fmt.Fprintf(table, "%s\t%s\t%s\t%d\t%d\t%d\t%s\t%s\n", models.RuleID.Format(r.Rule.ID), r.Rule.Name, r.Rule.Mode,
			r.Fired, r.Removed, r.Approved, interval(r.Removed+r.Approved, r.Precision, r.Low, r.High), r.State)
	}
	if err := table.Flush(); err != nil {
		return err
	}
	for i := range reports {
		if reports[i].Hint != "" {
			fmt.Fprintf(a.stdout, "%s: %s\n", reports[i].Rule.Name, reports[i].Hint)
		}
	}
	decided := sample.Removed + sample.Approved
	_, err := fmt.Fprintf(a.stdout, "Of what no rule stopped, %d comments were drawn at random and %d decided about; bad were %s.\n",
		sample.Drawn, decided, interval(decided, sample.Share, sample.Low, sample.High))
	return err
}

// interval writes a share with its 95 % interval, both in percent.
func interval(of int64, share, low, high float64) string {
	if of == 0 {
		return "not known"
	}
	return fmt.Sprintf("%.0f %% (%.0f to %.0f)", 100*share, 100*low, 100*high)
}
