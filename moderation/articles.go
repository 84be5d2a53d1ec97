package moderation

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/heat"
)

const maxNotice = 500 // characters

// Article returns an article by its key, or the one that it went into. Mode is
// the article's own, SiteMode when it has none.
func (s *Service) Article(ctx context.Context, key string) (models.Article, error) {
	id, ok := models.ArticleID.Parse(key)
	if !ok {
		return models.Article{}, translate(store.ErrNotFound, "article")
	}
	article, err := present(ctx, s.store.Query, id)
	return article, translate(err, "article")
}

// Articles returns a page of a site's articles, newest first, and the cursor of
// the next page, empty at the end. With a text it returns those whose title,
// URL or identifier holds it; a page can then be short although more follows.
func (s *Service) Articles(ctx context.Context, site, text string, limit int, cursor string) ([]models.Article, string, error) {
	entry, err := s.site(site)
	if err != nil {
		return nil, "", err
	}
	if limit, err = pageSize(limit, DefaultPage, MaxPage); err != nil {
		return nil, "", err
	}
	if text, err = searchText(text); err != nil {
		return nil, "", err
	}
	var before int64
	if cursor != "" {
		var ok bool
		if before, ok = models.ArticleID.Parse(cursor); !ok {
			return nil, "", models.Invalid("cursor", "This cursor is not one of ours. Start again from the first page.")
		}
	}
	articles, next, err := s.store.ListArticles(ctx, entry.ID, text, before, limit, maxScan)
	if err != nil {
		return nil, "", fmt.Errorf("list articles: %w", err)
	}
	return articles, models.ArticleID.Format(next), nil
}

// PatchArticle opens or closes an article, changes its mode, its notice, or the
// step of its heat ladder, which nobody else takes down. Readers see it at once;
// comments that wait go on waiting. What changed is written into the log.
func (s *Service) PatchArticle(ctx context.Context, by models.Moderator, key string, p ArticlePatch) (models.Article, error) {
	id, ok := models.ArticleID.Parse(key)
	if !ok {
		return models.Article{}, translate(store.ErrNotFound, "article")
	}
	if err := p.check(); err != nil {
		return models.Article{}, err
	}
	var article models.Article
	err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
		if article, err = present(ctx, tx.Query, id); err != nil {
			return err
		}
		return s.patchArticle(ctx, tx, by, &article, &p)
	})
	if err != nil {
		return models.Article{}, translate(err, "article")
	}
	return article, nil
}

func (s *Service) patchArticle(ctx context.Context, tx *store.Tx, by models.Moderator, a *models.Article, p *ArticlePatch) error {
	before := *a
	set(&a.Closed, p.Closed)
	set(&a.Mode, p.Mode)
	set(&a.Notice, p.Notice)
	return inOrder(
		func() error { return tx.SaveArticle(ctx, a) },
		func() error { return s.setHeat(ctx, tx, by, a, p.Heat) },
		func() error { return logArticle(ctx, tx, by, &before, a) },
	)
}

// setHeat takes an article to a step of the ladder.
func (s *Service) setHeat(ctx context.Context, tx *store.Tx, by models.Moderator, a *models.Article, step *string) error {
	if step == nil {
		return nil
	}
	level, err := heat.ParseLevel(*step)
	if err != nil {
		return err
	}
	w := s.warmthOf(a, tx.Now)
	w.set(level, by)
	return saveHeat(ctx, tx, []*warmth{w})
}

// logArticle writes what changed of an article's settings into the log.
func logArticle(ctx context.Context, tx *store.Tx, by models.Moderator, before, after *models.Article) error {
	var changes []string
	if before.Closed != after.Closed {
		changes = append(changes, map[bool]string{true: "closed", false: "opened again"}[after.Closed])
	}
	if before.Mode != after.Mode {
		changes = append(changes, "put into mode "+cmp.Or(string(after.Mode), "of the site"))
	}
	if before.Notice != after.Notice {
		changes = append(changes, "given another notice")
	}
	if len(changes) == 0 {
		return nil
	}
	return tx.AddNote(ctx, &models.Note{
		SiteID: after.SiteID, Kind: noteArticle, Subject: after.Key(), ModeratorID: by.ID, ModeratorName: by.Name,
		Text: "The article was " + strings.Join(changes, ", ") + ".",
	})
}

func (p *ArticlePatch) check() error {
	if p.Mode != nil && *p.Mode != models.SiteMode && !validMode(*p.Mode) {
		return models.Invalid("mode", "Use post or pre, or leave it empty for the site's own mode.")
	}
	if p.Heat != nil {
		if _, err := heat.ParseLevel(*p.Heat); err != nil {
			return models.Invalid("heat", "Use normal, slow, hold-new, hold-all or read-only.")
		}
	}
	if p.Notice == nil {
		return nil
	}
	notice := strings.TrimSpace(*p.Notice)
	if !noticeFits(notice) {
		return models.Invalid("notice", fmt.Sprintf("A notice is plain text of at most %d characters.", maxNotice))
	}
	p.Notice = &notice
	return nil
}

func noticeFits(notice string) bool {
	return plain(strings.ReplaceAll(notice, "\n", " ")) && utf8.RuneCountInString(notice) <= maxNotice
}

func validMode(m models.Mode) bool { return m == models.PostMode || m == models.PreMode }

// set changes a value when a new one is given.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
