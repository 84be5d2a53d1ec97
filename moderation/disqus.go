package moderation

import (
	"cmp"
	"context"
	"fmt"
	"strconv"
	"strings"

	"postbag/models"
	"postbag/models/store"
)

// Bounds of what programs written for Disqus may ask for.
const (
	disqusPage  = 25                    // entries on a page, when not asked otherwise
	disqusScan  = 1000                  // comments looked at for a page
	shownIdents = 20                    // identifiers told of an article
	firstOwn    = 1_000_000_000_000_000 // ours are counted from here, above all of Disqus and exact in JavaScript
)

// disqusNumber returns the number under which a thread or a comment is known to
// programs that compare ids as numbers: that of the import, or our own id from
// firstOwn on.
func disqusNumber(id int64, external string) string {
	number, _ := models.ExternalNumber(external)
	if n, err := strconv.ParseInt(number, 10, 64); err == nil && n > 0 && n <= firstOwn && strconv.FormatInt(n, 10) == number {
		return number
	}
	if id == 0 {
		return ""
	}
	return strconv.FormatInt(firstOwn+id, 10)
}

// ownID reads the numbers that disqusNumber makes of our ids, and our public
// ids.
func ownID(kind models.IDKind, name string) (int64, bool) {
	if id, ok := kind.Parse(name); ok {
		return id, true
	}
	n, err := strconv.ParseInt(name, 10, 64)
	return n - firstOwn, err == nil && n > firstOwn
}

// DisqusThreads finds the articles of a site by up to MaxCounts names: the
// number of a thread, our article key, "ident:" and an identifier, or "link:"
// and a URL. Names that nothing is known by are left out, and an article is told
// of once.
func (s *Service) DisqusThreads(ctx context.Context, siteKey string, names []string) ([]*DisqusThread, error) {
	site, err := s.site(siteKey)
	if err != nil {
		return nil, err
	}
	if len(names) > MaxCounts {
		return nil, models.Invalid("thread", fmt.Sprintf("Ask for at most %d threads at a time.", MaxCounts))
	}
	ids, err := s.disqusArticles(ctx, site.ID, names)
	if err != nil {
		return nil, err
	}
	found, err := s.threadsOf(ctx, site.ID, ids)
	if err != nil {
		return nil, err
	}
	list := make([]*DisqusThread, 0, len(ids))
	for _, id := range ids {
		if t := found[id]; t != nil {
			list = append(list, t)
			delete(found, id)
		}
	}
	return list, nil
}

// DisqusThread finds one article by its name. A name that is not known is
// CodeInvalid.
func (s *Service) DisqusThread(ctx context.Context, site, name string) (*DisqusThread, error) {
	found, err := s.DisqusThreads(ctx, site, []string{name})
	if err == nil && len(found) == 0 {
		err = models.Invalid("thread", "Unable to find thread '"+clip(name, 100)+"'.")
	}
	if err != nil {
		return nil, err
	}
	return found[0], nil
}

// disqusArticles returns the ids of the articles that names mean, 0 for those
// that mean none.
func (s *Service) disqusArticles(ctx context.Context, site int64, names []string) ([]int64, error) {
	ids, aliases := make([]int64, len(names)), make([][]store.Alias, len(names))
	var all []store.Alias
	for i, name := range names {
		ids[i], aliases[i] = disqusAliases(site, name)
		all = append(all, aliases[i]...)
	}
	found, err := s.store.Aliases(ctx, all)
	if err != nil {
		return nil, err
	}
	var numbered []int64 // by a number, which stays with an article that went into another; other names went along
	for i := range names {
		if ids[i] == 0 {
			ids[i], _ = choose(aliases[i], found)
		}
		if len(aliases[i]) == 0 || aliases[i][0].Kind == store.AliasImported {
			numbered = append(numbered, ids[i])
		}
	}
	moved, err := presentIDs(ctx, s.store.Query, numbered)
	for i, id := range ids {
		ids[i] = cmp.Or(moved[id], id)
	}
	return ids, err
}

func disqusAliases(site int64, name string) (id int64, aliases []store.Alias) {
	if ident, ok := strings.CutPrefix(name, "ident:"); ok {
		return 0, aliasesOf(site, models.ArticleRef{ID: ident})
	}
	if link, ok := strings.CutPrefix(name, "link:"); ok {
		return 0, aliasesOf(site, models.ArticleRef{URL: link})
	}
	if id, ok := ownID(models.ArticleID, name); ok {
		return id, nil
	}
	return 0, []store.Alias{{SiteID: site, Kind: store.AliasImported, Value: disqusIDs + clip(name, 32)}}
}

// threadsOf reads articles of a site with their names, in three queries.
func (s *Service) threadsOf(ctx context.Context, site int64, ids []int64) (map[int64]*DisqusThread, error) {
	articles, err := s.store.Articles(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("read articles: %w", err)
	}
	list := make([]models.Article, 0, len(articles))
	for _, a := range articles {
		if a.SiteID == site {
			list = append(list, a)
		}
	}
	threads, err := s.nameThreads(ctx, list)
	found := make(map[int64]*DisqusThread, len(threads))
	for _, t := range threads {
		found[t.ID] = t
	}
	return found, err
}

// nameThreads adds what articles are called.
func (s *Service) nameThreads(ctx context.Context, articles []models.Article) ([]*DisqusThread, error) {
	ids := make([]int64, len(articles))
	for i := range articles {
		ids[i] = articles[i].ID
	}
	imported, err := s.store.AliasesOfKind(ctx, store.AliasImported, ids)
	if err != nil {
		return nil, err
	}
	idents, err := s.store.AliasesOfKind(ctx, store.AliasIdent, ids)
	if err != nil {
		return nil, err
	}
	threads := make([]*DisqusThread, len(articles))
	for i, a := range articles {
		a.URL = models.PageLink(a.URL)
		var external string
		for _, name := range imported[a.ID] {
			if external == "" || name < external {
				external = name // of the threads that became one article always the same
			}
		}
		names := idents[a.ID]
		threads[i] = &DisqusThread{Article: a, Number: disqusNumber(a.ID, external), Idents: names[:min(len(names), shownIdents)]}
	}
	return threads, nil
}

// DisqusThreadList returns a page of a site's articles in the order in which
// they were first stored.
func (s *Service) DisqusThreadList(ctx context.Context, q DisqusQuery) ([]*DisqusThread, DisqusCursor, error) {
	site, err := s.checkDisqus(&q)
	if err != nil {
		return nil, DisqusCursor{}, err
	}
	articles, cursor, err := s.readArticles(ctx, site.ID, q.Order == "asc", q.Cursor, q.Limit)
	if err != nil {
		return nil, DisqusCursor{}, err
	}
	threads, err := s.nameThreads(ctx, articles)
	return threads, cursor, err
}

// checkDisqus finds the site and fills in what was left out.
func (s *Service) checkDisqus(q *DisqusQuery) (*siteEntry, error) {
	site, err := s.site(q.Site)
	if err != nil {
		return nil, err
	}
	if q.Limit, err = pageSize(q.Limit, disqusPage, MaxPage); err != nil {
		return nil, err
	}
	if q.Cursor == disqusStart {
		q.Cursor = ""
	}
	q.Order = cmp.Or(q.Order, "desc")
	if q.Order != "desc" && q.Order != "asc" {
		return nil, models.Invalid("order", "Use desc or asc.")
	}
	return site, nil
}
