package moderation

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// DisqusPosts returns a page of the public comments of a site or of one of its
// threads by time, whatever they answer, and the cursor of the next page. A
// page can be short although more follow.
func (s *Service) DisqusPosts(ctx context.Context, q DisqusQuery) ([]DisqusPost, string, error) {
	site, err := s.checkDisqus(&q)
	if err != nil {
		return nil, "", err
	}
	after, err := parseFlatPlace(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	filter := store.FlatFilter{Site: site.ID, Since: q.Since, Oldest: q.Order == "asc"}
	if q.Thread != "" {
		thread, err := s.DisqusThread(ctx, q.Site, q.Thread)
		if err != nil {
			return nil, "", err
		}
		filter.Article = thread.ID
	}
	comments, next, err := s.store.Flat(ctx, filter, after, q.Limit, disqusScan)
	if err != nil {
		return nil, "", err
	}
	posts, err := s.disqusPosts(ctx, site.ID, comments)
	return posts, formatFlatPlace(next), err
}

// DisqusTree returns a page of a thread in reading order, tombstones included,
// and the cursor of the next page.
func (s *Service) DisqusTree(ctx context.Context, q DisqusQuery) ([]DisqusPost, string, error) {
	sort, ok := map[string]Sort{"": Newest, "desc": Newest, "asc": Oldest, "popular": Top}[q.Order]
	if !ok {
		return nil, "", models.Invalid("order", "Use desc, asc or popular.")
	}
	q.Order = ""
	if _, err := s.checkDisqus(&q); err != nil {
		return nil, "", err
	}
	after, err := parsePlace(q.Cursor)
	if err != nil {
		return nil, "", err
	}
	thread, err := s.DisqusThread(ctx, q.Site, q.Thread)
	if err != nil {
		return nil, "", err
	}
	t := Thread{Article: &thread.Article}
	if err := s.readFrom(ctx, &t, ThreadQuery{Sort: sort, Limit: q.Limit}, after); err != nil {
		return nil, "", err
	}
	posts, err := s.numberPosts(ctx, t.Comments, map[int64]*DisqusThread{thread.ID: thread})
	return posts, t.Next, err
}

// DisqusPost returns a public comment, or a tombstone, by its number or its
// public id. One that readers do not see is not found.
func (s *Service) DisqusPost(ctx context.Context, siteKey, number string) (DisqusPost, error) {
	site, err := s.site(siteKey)
	if err != nil {
		return DisqusPost{}, err
	}
	c, err := s.disqusComment(ctx, site.ID, number)
	if errors.Is(err, store.ErrNotFound) || err == nil && (c.SiteID != site.ID || !c.Shown) {
		return DisqusPost{}, models.Invalid("post", "Unable to find post '"+clip(number, 100)+"'.")
	}
	if err != nil {
		return DisqusPost{}, fmt.Errorf("find comment: %w", err)
	}
	posts, err := s.disqusPosts(ctx, site.ID, []models.Comment{c})
	if err != nil {
		return DisqusPost{}, err
	}
	return posts[0], nil
}

func (s *Service) disqusComment(ctx context.Context, site int64, number string) (models.Comment, error) {
	if id, ok := ownID(models.CommentID, number); ok {
		return s.store.Comment(ctx, id)
	}
	return s.store.CommentByExternal(ctx, site, disqusIDs+clip(number, 32))
}

// disqusPosts adds to comments of a site what they are about and what they
// answer, in four queries.
func (s *Service) disqusPosts(ctx context.Context, site int64, comments []models.Comment) ([]DisqusPost, error) {
	var ids []int64
	seen := map[int64]bool{}
	for i := range comments {
		if id := comments[i].ArticleID; !seen[id] {
			seen[id] = true
			ids = append(ids, id)
		}
	}
	threads, err := s.threadsOf(ctx, site, ids)
	if err != nil {
		return nil, err
	}
	return s.numberPosts(ctx, comments, threads)
}

func (s *Service) numberPosts(ctx context.Context, comments []models.Comment, threads map[int64]*DisqusThread) ([]DisqusPost, error) {
	var parents []int64
	for i := range comments {
		if comments[i].ParentID != 0 {
			parents = append(parents, comments[i].ParentID)
		}
	}
	external, err := s.store.ExternalIDs(ctx, parents)
	if err != nil {
		return nil, err
	}
	posts := make([]DisqusPost, len(comments))
	for i, c := range comments {
		posts[i] = DisqusPost{
			Comment: c, Number: disqusNumber(c.ID, c.ExternalID), Parent: disqusNumber(c.ParentID, external[c.ParentID]),
			Anchor: c.PublicID(), Thread: threads[c.ArticleID],
		}
		if number, ok := models.ExternalNumber(c.ExternalID); ok {
			posts[i].Anchor = number
		}
	}
	return posts, nil
}

// formatFlatPlace writes a cursor: milliseconds since 1970 and an id.
func formatFlatPlace(p *store.FlatPlace) string {
	if p == nil {
		return ""
	}
	return fmt.Sprintf("%d.%d", p.At.UnixMilli(), p.ID)
}

func parseFlatPlace(cursor string) (*store.FlatPlace, error) {
	if cursor == "" {
		return nil, nil
	}
	at, id, _ := strings.Cut(cursor, ".")
	ms, err := strconv.ParseInt(at, 10, 64)
	n, err2 := strconv.ParseInt(id, 10, 64)
	if err != nil || err2 != nil || ms < 0 || n < 0 {
		return nil, errDisqusCursor()
	}
	return &store.FlatPlace{At: time.UnixMilli(ms), ID: n}, nil
}
