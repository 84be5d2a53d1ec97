package moderation

import (
	"context"
	"errors"
	"fmt"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/markup"
)

// DisqusPosts returns a page of the public comments of a site or of one of its
// threads by time, whatever they answer. A page can be short although more
// follow.
func (s *Service) DisqusPosts(ctx context.Context, q DisqusQuery) ([]DisqusPost, DisqusCursor, error) {
	site, err := s.checkDisqus(&q)
	if err != nil {
		return nil, DisqusCursor{}, err
	}
	filter := store.FlatFilter{Site: site.ID, Since: q.Since, Oldest: q.Order == "asc"}
	if q.Thread != "" {
		thread, err := s.DisqusThread(ctx, q.Site, q.Thread)
		if err != nil {
			return nil, DisqusCursor{}, err
		}
		filter.Article = thread.ID
	}
	comments, cursor, err := s.readFlat(ctx, filter, q.Cursor, q.Limit)
	if err != nil {
		return nil, DisqusCursor{}, err
	}
	posts, err := s.disqusPosts(ctx, site.ID, comments)
	return posts, cursor, err
}

// DisqusTree returns a page of a thread in reading order, tombstones included.
func (s *Service) DisqusTree(ctx context.Context, q DisqusQuery) ([]DisqusPost, DisqusCursor, error) {
	sort, ok := map[string]Sort{"": Newest, "desc": Newest, "asc": Oldest, "popular": Top}[q.Order]
	if !ok {
		return nil, DisqusCursor{}, models.Invalid("order", "Use desc, asc or popular.")
	}
	q.Order = ""
	if _, err := s.checkDisqus(&q); err != nil {
		return nil, DisqusCursor{}, err
	}
	thread, err := s.DisqusThread(ctx, q.Site, q.Thread)
	if err != nil {
		return nil, DisqusCursor{}, err
	}
	comments, cursor, err := s.readTree(ctx, &thread.Article, sort, q.Cursor, q.Limit)
	if err != nil {
		return nil, DisqusCursor{}, err
	}
	posts, err := s.numberPosts(ctx, comments, map[int64]*DisqusThread{thread.ID: thread})
	return posts, cursor, err
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

// numberPosts adds the numbers, and what was typed, in one query.
func (s *Service) numberPosts(ctx context.Context, comments []models.Comment, threads map[int64]*DisqusThread) ([]DisqusPost, error) {
	ids := make([]int64, 0, 2*len(comments))
	for i := range comments {
		ids = append(ids, comments[i].ID)
		if comments[i].ParentID != 0 {
			ids = append(ids, comments[i].ParentID)
		}
	}
	sources, err := s.store.Sources(ctx, ids)
	if err != nil {
		return nil, err
	}
	posts := make([]DisqusPost, len(comments))
	for i, c := range comments {
		posts[i] = DisqusPost{
			Comment: c, Number: disqusNumber(c.ID, c.ExternalID), Parent: disqusNumber(c.ParentID, sources[c.ParentID].ExternalID),
			Anchor: c.PublicID(), Thread: threads[c.ArticleID], Source: typed(&c, sources[c.ID]),
		}
		if number, ok := models.ExternalNumber(c.ExternalID); ok {
			posts[i].Anchor = number
		}
	}
	return posts, nil
}

// typed returns the text of a public comment as its author typed it, or without
// its markup when it came as HTML.
func typed(c *models.Comment, source store.Source) string {
	if c.Status != models.Approved {
		return ""
	}
	if source.Format == models.Markdown {
		return source.Text
	}
	doc, err := markup.FromHTML(c.HTML)
	if err != nil {
		return "" // it was rendered once, so this does not happen
	}
	return doc.Text
}
