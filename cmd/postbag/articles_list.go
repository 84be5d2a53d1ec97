package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"text/tabwriter"

	"postbag/models"
	"postbag/moderation"
)

// articlesList lists all articles of a site, newest first.
func (a *app) articlesList(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site")
	asJSON := f.Bool("json", false, "write the list for programs")
	if _, err := f.parse(); err != nil {
		return err
	}
	if *site == "" {
		return wrong("--site is needed: postbag articles list --site KEY")
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		write := articleTable
		if *asJSON {
			write = articleArray
		}
		return knownSites(ctx, svc, write(a.stdout, func(page func([]models.Article) error) error {
			return eachArticle(ctx, svc, *site, page)
		}))
	})
}

// eachArticle goes through the articles of a site, a page at a time.
func eachArticle(ctx context.Context, svc *moderation.Service, site string, page func([]models.Article) error) error {
	for cursor := ""; ; {
		articles, next, err := svc.Articles(ctx, site, "", moderation.MaxPage, cursor)
		if err == nil {
			err = page(articles)
		}
		if err != nil || next == "" {
			return err
		}
		cursor = next
	}
}

// articleTable writes articles for people: key, comments that readers see, state,
// address and id, in columns that hold for a page.
func articleTable(w io.Writer, each func(func([]models.Article) error) error) error {
	return each(func(articles []models.Article) error {
		table := tabwriter.NewWriter(w, 8, 8, 2, ' ', 0)
		for i := range articles {
			m := &articles[i]
			state := "open"
			if m.Closed {
				state = "closed"
			}
			fmt.Fprintf(table, "%s\t%d\t%s\t%s\t%s\n", models.ArticleID.Format(m.ID), m.Approved, state, m.URL, m.Ident)
		}
		return table.Flush()
	})
}

type articleWire struct {
	Key      string `json:"key"`
	ID       string `json:"id"`
	URL      string `json:"url"`
	Title    string `json:"title"`
	Comments int    `json:"comments"` // that readers see
	Closed   bool   `json:"closed"`
}

// articleArray writes articles as one JSON array, one article a line, as they
// come.
func articleArray(w io.Writer, each func(func([]models.Article) error) error) error {
	before := "["
	err := each(func(articles []models.Article) error {
		for i := range articles {
			m := &articles[i]
			line, err := json.Marshal(articleWire{models.ArticleID.Format(m.ID), m.Ident, m.URL, m.Title, m.Approved, m.Closed})
			if err == nil {
				_, err = fmt.Fprintf(w, "%s\n%s", before, line)
			}
			if err != nil {
				return err
			}
			before = ","
		}
		return nil
	})
	if err == nil && before == "[" {
		_, err = io.WriteString(w, "[")
	}
	if err == nil {
		_, err = io.WriteString(w, "\n]\n")
	}
	return err
}
