package main

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"slices"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rulefile"
	"postbag/moderation/rules"
)

// rulesWords takes over a word list of another system: it prints the terms, or
// makes rules of them.
func (a *app) rulesWords(ctx context.Context, f *flags) error {
	db := f.database()
	format := f.oneOf("format", "where the list is from: `plain`, wordpress (disallowed comment keys) or disqus (restricted words)", rulefile.WordFormats()...)
	site := f.String("site", "", "`KEY` of the site that gets the rule; without it the terms are printed")
	name := f.String("name", "", "`NAME` of the rule")
	action := f.oneOf("action", "what the rule does: `hold`, tag, escalate or reject", "hold", "tag", "escalate", "reject")
	mode := f.oneOf("mode", "`shadow` records only; see the others in docs/rules.md", "shadow", "draft", "hold-only", "enforce")
	args, err := f.parse("FILE")
	if err != nil {
		return err
	}
	if (*site == "") != (*name == "") {
		return wrong("--site and --name go together: postbag rules words %s --site KEY --name NAME", args[0])
	}
	file, err := os.Open(args[0])
	if err != nil {
		return err
	}
	defer file.Close()
	terms, report, err := rulefile.ParseWords(format.value, file)
	if err != nil {
		return fmt.Errorf("%s: %w", args[0], err)
	}
	a.reportWords(args[0], &report)
	if *site == "" {
		for _, t := range terms {
			fmt.Fprintln(a.stdout, t)
		}
		return nil
	}
	if len(terms) == 0 {
		return fmt.Errorf("%s has no entry that could be a term; no rule was made", args[0])
	}
	kind, _ := models.ParseAction(action.value)
	list, err := wordRules(*name, terms, report.Emails > 0, kind, mode.value)
	if err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error { return a.addRules(ctx, svc, *site, list) })
}

// reportWords says on the error output what became of the entries.
func (a *app) reportWords(file string, r *rulefile.WordReport) {
	for _, s := range r.Skipped {
		fmt.Fprintf(a.stderr, "%s:%d: left out %q: %s\n", file, s.Line, s.Text, s.Why)
	}
	for _, c := range r.Changed {
		fmt.Fprintf(a.stderr, "%s:%d: changed %q: %s\n", file, c.Line, c.Text, c.Why)
	}
	fmt.Fprintf(a.stderr, "%d terms, %d duplicates, %d left out.\n", r.Terms, r.Duplicates, r.LeftOut)
	if r.Note != "" {
		fmt.Fprintln(a.stderr, r.Note)
	}
}

// wordRules makes as many rules of a list as it takes.
func wordRules(name string, terms []string, emails bool, action models.Action, mode string) ([]models.Rule, error) {
	var list []models.Rule
	for part := range slices.Chunk(terms, rules.MaxTerms) {
		spec := rules.KeywordSpec{Terms: part}
		if emails {
			spec.Fields = rules.KeywordFields()
		}
		text, err := json.Marshal(spec)
		if err != nil {
			return nil, err
		}
		r := models.Rule{Name: name, Kind: rules.Keyword, Action: action, Mode: mode, Spec: string(text)}
		if len(list) > 0 {
			r.Name = fmt.Sprintf("%s (%d)", name, len(list)+1)
		}
		list = append(list, r)
	}
	return list, nil
}

// addRules adds rules under names that the site has not yet.
func (a *app) addRules(ctx context.Context, svc *moderation.Service, site string, list []models.Rule) error {
	plan, err := svc.ApplyRules(ctx, models.Moderator{}, site, list, moderation.ApplyOptions{DryRun: true})
	if err != nil {
		return knownSites(ctx, svc, err)
	}
	if taken := slices.Concat(plan.Changed, plan.Unchanged); len(taken) > 0 {
		return fmt.Errorf("there is already a rule “%s” on %s; choose another --name", taken[0], site)
	}
	if plan, err = svc.ApplyRules(ctx, models.Moderator{}, site, list, moderation.ApplyOptions{}); err != nil {
		return err
	}
	for _, note := range plan.Notes {
		fmt.Fprintln(a.stdout, note)
	}
	return nil
}
