package moderation

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// A cursor is a cut behind an entry of a list, and asks for what follows it.
// With back in front it asks for the page that ends there. So a page and the one
// before it share a cut, and no entry is lost or shown twice, whatever is added
// meanwhile. disqusStart is what programs send for the first page.
const (
	back        = "~"
	disqusStart = "0:0:0"
)

// newDisqusCursor makes the cursor of a page that was asked for by another one.
// more is the cut to go on from in the same direction, empty at the end, last
// the cut behind the page.
func newDisqusCursor(asked, more, last string) DisqusCursor {
	c := DisqusCursor{}
	if cut, backwards := strings.CutPrefix(asked, back); backwards {
		c.Next, c.HasNext = cut, true
		if more != "" {
			c.Prev = back + more
		}
		return c
	}
	c.Next, c.HasNext = cmp.Or(more, last, asked), more != ""
	if asked != "" {
		c.Prev = back + asked
	}
	return c
}

func errDisqusCursor() error {
	return models.Invalid("cursor", "This cursor is not one of ours. Start again from the first page.")
}

// formatFlatPlace writes a cut: milliseconds since 1970 and an id.
func formatFlatPlace(p *store.FlatPlace) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%d.%d", p.At.UnixMilli(), p.ID)
}

func parseFlatPlace(cut string) (*store.FlatPlace, error) {
	at, id, _ := strings.Cut(cut, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err != nil || err2 != nil || ms < 0 || ms > 1<<53 || n < 0 {
		return nil, errDisqusCursor()
	}
	return &store.FlatPlace{At: time.UnixMilli(ms), ID: n}, nil
}

// readFlat reads the page of a list by time that a cursor asks for.
func (s *Service) readFlat(ctx context.Context, f store.FlatFilter, cursor string, limit int) (page []models.Comment, c DisqusCursor, err error) {
	cut, backwards := strings.CutPrefix(cursor, back)
	var at, more *store.FlatPlace
	if cursor != "" {
		if at, err = parseFlatPlace(cut); err != nil {
			return nil, c, err
		}
	}
	if backwards {
		page, more, err = s.store.FlatBefore(ctx, f, *at, limit, disqusScan)
	} else {
		page, more, err = s.store.Flat(ctx, f, at, limit, disqusScan)
	}
	last := ""
	if n := len(page); n > 0 {
		last = formatFlatPlace(&store.FlatPlace{At: page[n-1].CreatedAt, ID: page[n-1].ID})
	}
	return page, newDisqusCursor(cursor, formatFlatPlace(more), last), err
}

// readArticles reads the page of a list of articles that a cursor, made of an id,
// asks for.
func (s *Service) readArticles(ctx context.Context, site int64, oldest bool, cursor string, limit int) (page []models.Article, c DisqusCursor, err error) {
	cut, backwards := strings.CutPrefix(cursor, back)
	after := int64(0)
	if cursor != "" {
		if after, err = strconv.ParseInt(cut, 10, 64); err != nil || after < 1 || after > firstOwn {
			return nil, c, errDisqusCursor()
		}
	}
	if backwards { // what comes before a cut, its own article included, is what follows its neighbour the other way round
		if oldest = !oldest; oldest {
			after--
		} else {
			after++
		}
	}
	if page, err = s.store.ArticlesByAge(ctx, site, after, oldest, limit+1); err != nil {
		return nil, c, err
	}
	more := ""
	if len(page) > limit {
		cut := page[limit-1]
		if backwards {
			cut = page[limit]
		}
		more, page = strconv.FormatInt(cut.ID, 10), page[:limit]
	}
	if backwards {
		slices.Reverse(page)
	}
	last := ""
	if n := len(page); n > 0 {
		last = strconv.FormatInt(page[n-1].ID, 10)
	}
	return page, newDisqusCursor(cursor, more, last), nil
}

// readTree reads the page of a thread in reading order that a cursor asks for.
func (s *Service) readTree(ctx context.Context, article *models.Article, sort Sort, cursor string, limit int) ([]models.Comment, DisqusCursor, error) {
	cut, backwards := strings.CutPrefix(cursor, back)
	at, err := parsePlace(cut)
	if err != nil || cursor != "" && at == nil {
		return nil, DisqusCursor{}, errDisqusCursor()
	}
	if backwards {
		page, more, err := s.treeBefore(ctx, article.ID, sort, *at, limit)
		return page, newDisqusCursor(cursor, more, ""), err
	}
	t := Thread{Article: article}
	if err := s.readFrom(ctx, &t, ThreadQuery{Sort: sort, Limit: limit}, at); err != nil {
		return nil, DisqusCursor{}, err
	}
	last := ""
	if n := len(t.Comments); n > 0 {
		last = formatPlace(likesOfRoot(t.Comments, at), &t.Comments[n-1])
	}
	return t.Comments, newDisqusCursor(cursor, t.Next, last), nil
}

// treeBefore reads the page that ends with a cut, and the cut before it, empty
// at the start.
func (s *Service) treeBefore(ctx context.Context, article int64, sort Sort, at store.Place, limit int) (page []models.Comment, more string, err error) {
	at.Path = append(slices.Clone(at.Path), 0) // behind the comment itself, before all replies to it
	likes := at.Likes
	switch sort {
	case Newest:
		page, err = s.store.ThreadNewestBefore(ctx, article, at, limit+1)
	case Top:
		page, likes, err = s.store.ThreadTopBefore(ctx, article, at, limit+1)
	default:
		page, err = s.store.ThreadBefore(ctx, article, at, limit+1)
	}
	if err != nil {
		return nil, "", fmt.Errorf("read thread: %w", err)
	}
	if len(page) > limit {
		more, page = formatPlace(likes, &page[limit]), page[:limit]
	}
	slices.Reverse(page)
	return page, more, nil
}
