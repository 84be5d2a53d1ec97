package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// rulesBacktest tries a rule, stored or from a file, on past comments.
func (a *app) rulesBacktest(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site")
	stored := f.String("rule", "", "`ID` of a stored rule to try; rules list has them")
	name := f.String("name", "", "`NAME` of the rule in the file, when it has several")
	from, to := f.date("from", "only comments written on or after this `DATE`, such as 2026-03-31"), f.date("to", "only comments written before this `DATE`")
	asJSON := f.Bool("json", false, "write the result for programs")
	args, err := f.parse()
	if err != nil {
		args, err = f.parse("FILE") // which may be left out
	}
	switch {
	case err != nil:
		return err
	case *site == "":
		return wrong("--site is needed: postbag rules backtest FILE --site KEY")
	case (len(args) == 0) == (*stored == ""):
		return wrong("name one rule to try: a FILE with it, or a stored one with --rule ID")
	}
	req := moderation.BacktestRequest{Site: *site, Rule: *stored, From: from.Time, To: to.Time}
	var draft *models.Rule
	if len(args) > 0 {
		if draft, err = a.pickRule(args[0], *name); err != nil {
			return err
		}
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		if _, err := svc.Site(ctx, req.Site); err != nil {
			return knownSites(ctx, svc, err)
		}
		if draft != nil {
			if err := tryDraft(ctx, svc, &req, draft); err != nil {
				return err
			}
		}
		return a.backtest(ctx, svc, req, *asJSON)
	})
}

// pickRule returns the rule of a file with a name, or the only one.
func (a *app) pickRule(file, name string) (*models.Rule, error) {
	list, err := a.readRules(file)
	if err != nil {
		return nil, err
	}
	if name == "" && len(list) == 1 {
		return &list[0], nil
	}
	names := make([]string, len(list))
	for i := range list {
		if name != "" && strings.EqualFold(list[i].Name, name) {
			return &list[i], nil
		}
		names[i] = fmt.Sprintf("%q", list[i].Name)
	}
	if name == "" {
		return nil, wrong("the file has %d rules; choose one with --name: %s", len(list), strings.Join(names, ", "))
	}
	return nil, fmt.Errorf("there is no rule %q in %s; it has: %s", name, file, strings.Join(names, ", "))
}

// tryDraft asks for a rule from a file. It is compared with the stored rule of
// its name, when there is one.
func tryDraft(ctx context.Context, svc *moderation.Service, req *moderation.BacktestRequest, r *models.Rule) error {
	inForce, err := svc.Rules(ctx, req.Site)
	if err != nil {
		return err
	}
	for i := range inForce {
		if strings.EqualFold(inForce[i].Name, r.Name) {
			req.Rule = models.RuleID.Format(inForce[i].ID)
		}
	}
	req.Draft = &moderation.RuleDraft{
		Name: r.Name, Kind: r.Kind, Action: r.Action, Mode: r.Mode, Reason: r.Reason, Code: r.Code, Tag: r.Tag, Priority: r.Priority, Legal: r.Legal,
		Scope: r.Scope, Spec: r.Spec,
	}
	return nil
}

func (a *app) backtest(ctx context.Context, svc *moderation.Service, req moderation.BacktestRequest, asJSON bool) error {
	shown := a.progress(0)
	result, err := svc.RunBacktest(ctx, req, shown.count)
	shown.end()
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted; a backtest writes nothing, so nothing has changed")
	case err != nil:
		return err
	case !asJSON:
		return result.WriteText(a.stdout)
	}
	text, err := json.MarshalIndent(result, "", "  ")
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "%s\n", text)
	return err
}

// count shows how many comments are done.
func (p *progress) count(done, total int64) {
	p.shown = true
	fmt.Fprintf(p.to, "\r\x1b[K%d of %d comments, %d %%", done, total, done*100/max(1, total))
}

// date is a flag that holds a day, as its beginning in UTC, or a moment.
type date struct{ time.Time }

// String implements flag.Value.
func (d *date) String() string {
	if d.IsZero() {
		return ""
	}
	return d.Format(time.RFC3339)
}

// Set implements flag.Value.
func (d *date) Set(value string) (err error) {
	for _, layout := range []string{time.DateOnly, time.RFC3339} {
		if d.Time, err = time.Parse(layout, value); err == nil {
			return nil
		}
	}
	return errors.New("must look like 2026-03-31 or 2026-03-31T15:04:05Z")
}

func (f *flags) date(name, usage string) *date {
	d := &date{}
	f.Var(d, name, usage)
	return d
}
