package main

import (
	"context"
	"errors"
	"fmt"

	"postbag/models"
	"postbag/moderation"
)

// errDifferent: a verdict did not come out as it is stored.
var errDifferent = errors.New("some verdicts do not come out as they are stored; the record was changed, or another build of Postbag made them")

// rulesReplay judges past comments again, from the facts that were stored with
// each verdict, and compares.
func (a *app) rulesReplay(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site")
	comment := f.String("comment", "", "`ID` of one comment to replay and explain")
	from, to := f.date("from", "only comments written on or after this `DATE`, such as 2026-03-31"), f.date("to", "only comments written before this `DATE`")
	if _, err := f.parse(); err != nil {
		return err
	}
	if (*site == "") == (*comment == "") {
		return wrong("name a site or a comment: postbag rules replay --site KEY, or --comment ID")
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		if *comment != "" {
			list, err := svc.Replay(ctx, *comment)
			if err != nil {
				return err
			}
			return a.printReplayed(list)
		}
		shown := a.progress(0)
		sum, err := svc.ReplayAll(ctx, moderation.ReplayRequest{Site: *site, From: from.Time, To: to.Time}, shown.count)
		shown.end()
		if err != nil {
			return knownSites(ctx, svc, err)
		}
		return a.printReplay(&sum)
	})
}

func (a *app) printReplay(sum *moderation.ReplaySummary) error {
	fmt.Fprintf(a.stdout, "%d verdicts on %d comments replayed: %d equal, %d different. %d comments have no record.\n",
		sum.Verdicts, sum.Comments, sum.Equal, sum.Different, sum.Without)
	if sum.Different == 0 {
		return nil
	}
	if err := a.printReplayed(sum.First); !errors.Is(err, errDifferent) {
		return err
	}
	return errDifferent
}

// printReplayed shows verdicts with their evidence.
func (a *app) printReplayed(list []moderation.Replayed) error {
	var result error
	for _, r := range list {
		what := "equal"
		if !r.Equal {
			what, result = "different", errDifferent
		}
		fmt.Fprintf(a.stdout, "%s, verdict %d, by revision %d of the rules: %s, %s\n", models.CommentID.Format(r.Comment), r.Seq, r.Revision, r.Again.Action(), what)
		for _, found := range r.Again.Findings {
			action := found.Action.String()
			if found.Action == models.NoAction {
				action = "would " + found.Would.String()
			}
			fmt.Fprintf(a.stdout, "  %s: %s (version %d): %s\n", action, found.Name, found.Version, found.Detail)
		}
		for _, d := range r.Differences {
			fmt.Fprintf(a.stdout, "  differs: %s\n", d)
		}
	}
	return result
}
