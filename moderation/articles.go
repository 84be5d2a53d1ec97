package moderation

import (
	"context"
	"fmt"
	"strings"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
)

const maxNotice = 500 // characters

// Article returns an article by its key. Mode is the article's own, SiteMode
// when it has none.
func (s *Service) Article(ctx context.Context, key string) (models.Article, error) {
	id, ok := models.ArticleID.Parse(key)
	if !ok {
		return models.Article{}, translate(store.ErrNotFound, "article")
	}
	article, err := s.store.Article(ctx, id)
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

// PatchArticle opens or closes an article, changes its mode or its notice.
// Readers see it at once; comments that wait go on waiting.
func (s *Service) PatchArticle(ctx context.Context, _ models.Moderator, key string, p ArticlePatch) (models.Article, error) {
	id, ok := models.ArticleID.Parse(key)
	if !ok {
		return models.Article{}, translate(store.ErrNotFound, "article")
	}
	if err := p.check(); err != nil {
		return models.Article{}, err
	}
	var article models.Article
	err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
		if article, err = tx.Article(ctx, id); err != nil {
			return err
		}
		set(&article.Closed, p.Closed)
		set(&article.Mode, p.Mode)
		set(&article.Notice, p.Notice)
		return tx.SaveArticle(ctx, &article)
	})
	if err != nil {
		return models.Article{}, translate(err, "article")
	}
	return article, nil
}

func (p *ArticlePatch) check() error {
	if p.Mode != nil && *p.Mode != models.SiteMode && !validMode(*p.Mode) {
		return models.Invalid("mode", "Use post or pre, or leave it empty for the site's own mode.")
	}
	if p.Notice == nil {
		return nil
	}
	notice := strings.TrimSpace(*p.Notice)
	if !plain(strings.ReplaceAll(notice, "\n", " ")) || utf8.RuneCountInString(notice) > maxNotice {
		return models.Invalid("notice", fmt.Sprintf("A notice is plain text of at most %d characters.", maxNotice))
	}
	p.Notice = &notice
	return nil
}

func validMode(m models.Mode) bool { return m == models.PostMode || m == models.PreMode }

// set changes a value when a new one is given.
func set[T any](to *T, from *T) {
	if from != nil {
		*to = *from
	}
}
