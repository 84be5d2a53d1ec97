package moderation

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"postbag/models"
	"postbag/models/store"
)

// maxSearched is how many sites are searched for a number.
const maxSearched = 500

// DisqusSite returns the key of the site that a question is about which names no
// forum: that of the public key, or the only one there is, or the one that alone
// knows the thread or the comment with a number. An unknown public key is no
// fault as long as something else tells.
func (s *Service) DisqusSite(ctx context.Context, publicKey, thread, post string) (string, error) {
	all := s.sites.current.Load()
	if entry := all.public[publicKey]; entry != nil {
		return entry.Key, nil
	}
	if len(all.list) == 1 {
		return all.list[0].Key, nil
	}
	id, err := s.siteOfNumber(ctx, all.list, thread, post)
	if err != nil {
		return "", err
	}
	if entry := all.ids[id]; entry != nil {
		return entry.Key, nil
	}
	if _, known := all.public[publicKey]; publicKey != "" && !known {
		return "", models.Refuse(models.CodeForbidden, "Invalid API key. No site here has it; name the site: forum=KEY.")
	}
	return "", models.Invalid("forum", "This argument is required.")
}

// siteOfNumber returns the site that alone knows a number, 0 when there is none,
// or more than one.
func (s *Service) siteOfNumber(ctx context.Context, sites []*siteEntry, thread, post string) (int64, error) {
	switch {
	case thread != "":
		return s.siteOf(ctx, sites, models.ArticleID, thread, s.store.SitesOfThread, func(id int64) (int64, error) {
			a, err := s.store.Article(ctx, id)
			return a.SiteID, err
		})
	case post != "":
		return s.siteOf(ctx, sites, models.CommentID, post, s.store.SitesOfPost, func(id int64) (int64, error) {
			c, err := s.store.Comment(ctx, id)
			return c.SiteID, err
		})
	}
	return 0, nil
}

// siteOf looks up one of our own numbers, or searches the sites for one of
// Disqus.
func (s *Service) siteOf(ctx context.Context, sites []*siteEntry, kind models.IDKind, number string,
	search func(context.Context, []int64, string) ([]int64, error), own func(int64) (int64, error)) (int64, error) {
	if id, ok := ownID(kind, number); ok {
		site, err := own(id)
		if errors.Is(err, store.ErrNotFound) {
			return 0, nil
		}
		if err != nil {
			return 0, fmt.Errorf("find site: %w", err)
		}
		return site, nil
	}
	if _, err := strconv.ParseUint(number, 10, 63); err != nil || len(sites) > maxSearched {
		return 0, nil
	}
	ids := make([]int64, len(sites))
	for i, entry := range sites {
		ids[i] = entry.ID
	}
	found, err := search(ctx, ids, disqusIDs+number)
	if err != nil || len(found) != 1 {
		return 0, err
	}
	return found[0], nil
}
