package moderation

import (
	"context"
	"fmt"
	"strings"

	"postbag/models"
	"postbag/models/store"
)

// split plans that the comments of one imported thread leave an article.
func (p *movePlan) split(ctx context.Context) error {
	a, err := p.article(ctx, "article", p.req.Article)
	if err != nil {
		return err
	}
	thread := p.req.Thread
	if !strings.Contains(thread, ":") {
		thread = disqusIDs + thread
	}
	exact := exactURL(p.req.URL)
	names := aliasesOf(p.site.ID, models.ArticleRef{URL: p.req.URL})
	if exact == "" || len(names) == 0 {
		return models.Invalid("url", "This is no http or https address.")
	}
	found, err := p.s.store.Aliases(ctx, names)
	if err != nil {
		return err
	}
	if other := found[names[0]]; other != 0 && other != a.ID {
		return models.Invalid("url", fmt.Sprintf("Article %s has this address already.", models.ArticleID.Format(other)))
	}
	if names[0].Value == exactURL(a.URL) {
		return models.Invalid("url", "This is the address of the article itself. Name that of the page that gets the comments.")
	}
	comments, all, err := p.s.store.ThreadComments(ctx, a.ID, thread)
	switch {
	case err != nil:
		return err
	case comments == 0:
		return models.Invalid("thread", fmt.Sprintf("No comments of the thread %q are in this article. The report of the import lists the threads that became one.", clip(thread, 60)))
	case comments == all:
		return models.Invalid("thread", "All comments of the article are of this thread. There is nothing to part.")
	}
	return p.add(ctx, planned{models.MoveStep{How: models.StepSplit, ArticleID: a.ID, URL: exact, Thread: thread, Comments: comments}, a.URL, 0})
}

// beginSplit makes the article that a thread goes to, gives it the thread's name
// and the address of its page, and moves comments.
func (p *movePart) beginSplit(ctx context.Context, s *models.MoveStep, a *models.Article) (more bool, err error) {
	id, err := p.tx.NextIDs("article", 1)
	if err != nil {
		return false, err
	}
	fresh := &models.Article{ID: id, SiteID: a.SiteID, URL: s.URL, Title: a.Title, Closed: a.Closed, Mode: a.Mode, CreatedAt: a.CreatedAt}
	names := append(aliasesOf(a.SiteID, models.ArticleRef{URL: s.URL}), store.Alias{SiteID: a.SiteID, Kind: store.AliasImported, Value: s.Thread})
	owners, err := p.tx.Aliases(ctx, names)
	if err != nil {
		return false, err
	}
	own, _ := NormalURL(a.URL)
	var given []store.MoveName
	for _, n := range names {
		was := owners[n]
		if was != 0 && was != a.ID || n.Kind == store.AliasNormalised && n.Value == own {
			continue // what both pages share stays with the one that was there
		}
		given = append(given, store.MoveName{Seq: s.Seq, Name: n, Article: id, Was: was})
	}
	s.TargetID, s.URLWas, s.Comments = id, a.URL, 0
	err = inOrder(
		func() error { return p.tx.InsertArticles(ctx, []*models.Article{fresh}) },
		func() error { return p.tx.GiveNames(ctx, p.move.ID, given) },
	)
	if err != nil {
		return false, err
	}
	return p.carry(ctx, s)
}
