package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"text/tabwriter"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/keyword"
)

func (a *app) rulesList(ctx context.Context, f *flags) error {
	db := f.database()
	key := f.String("site", "", "only the rules of the site with this `KEY`")
	if _, err := f.parse(); err != nil {
		return err
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		keys := []string{*key}
		if *key == "" {
			sites, err := svc.Sites(ctx)
			if err != nil {
				return err
			}
			keys = keys[:0]
			for _, s := range sites {
				keys = append(keys, s.Key)
			}
		}
		table := tabwriter.NewWriter(a.stdout, 0, 8, 2, ' ', 0)
		for _, k := range keys {
			rules, err := svc.Rules(ctx, k)
			if err != nil {
				return knownSites(ctx, svc, err)
			}
			for _, r := range rules {
				fmt.Fprintf(table, "%s\t%s\t%s\t%s\t%s\t%s\n", models.RuleID.Format(r.ID), k, r.Kind, r.Action, r.Mode, r.Name)
			}
		}
		return table.Flush()
	})
}

// rulesMatch tries a word list on texts, without a database.
func (a *app) rulesMatch(ctx context.Context, f *flags) error {
	list := f.String("terms", "", "the word list: a `FILE` with one word or phrase on a line")
	if _, err := f.parse(); err != nil {
		return err
	}
	if *list == "" {
		return wrong("--terms is needed: postbag rules match --terms TERMS.txt < IN.jsonl > OUT.jsonl")
	}
	terms, err := readTerms(*list)
	if err != nil {
		return err
	}
	err = keyword.MatchLines(ctx, terms, a.stdin, a.stdout)
	if errors.Is(err, keyword.ErrLine) {
		return fmt.Errorf("%w\nEach line must be like {\"id\":\"1\",\"text\":\"…\"}", err)
	}
	return err
}

func readTerms(name string) ([]keyword.Term, error) {
	file, err := os.Open(name)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	terms, err := keyword.ParseTerms(bufio.NewReader(file))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return terms, nil
}
