package moderation

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"postbag/models"
	"postbag/models/store"
)

// SinglePost is a public comment on a page of its own.
type SinglePost struct {
	Site   models.Site
	Post   DisqusPost
	Parent *DisqusPost // what it answers, maybe a tombstone; nil for a root, or when not asked for
}

// SinglePost finds a public comment by the name that Disqus gives its page, which
// is its number in base 36, or by our own id. Without a site, one imported into
// several is not found. withParent asks for what it answers too.
func (s *Service) SinglePost(ctx context.Context, siteKey, name string, withParent bool) (SinglePost, error) {
	c, err := s.commentNamed(ctx, siteKey, name)
	if errors.Is(err, store.ErrNotFound) || err == nil && (!c.Shown || c.Status != models.Approved) {
		return SinglePost{}, models.Refuse(models.CodeNotFound, "There is no such comment, or it is not public.")
	}
	if err != nil {
		return SinglePost{}, fmt.Errorf("find comment: %w", err)
	}
	entry, ok := s.sites.byID(c.SiteID)
	if !ok {
		return SinglePost{}, translate(store.ErrNotFound, "site")
	}
	family := []models.Comment{c}
	if withParent && c.ParentID != 0 {
		parent, err := s.store.Comment(ctx, c.ParentID)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return SinglePost{}, fmt.Errorf("find parent: %w", err)
		}
		if err == nil && parent.Shown {
			family = append(family, parent)
		}
	}
	posts, err := s.disqusPosts(ctx, c.SiteID, family)
	if err != nil {
		return SinglePost{}, err
	}
	single := SinglePost{Site: entry.Site, Post: posts[0]}
	if len(posts) > 1 {
		single.Parent = &posts[1]
	}
	return single, nil
}

// commentNamed reads the name of a single comment. A number that Disqus may have
// given goes before an id of ours, which can look like one.
func (s *Service) commentNamed(ctx context.Context, siteKey, name string) (models.Comment, error) {
	var sites []*siteEntry
	if siteKey == "" {
		sites = s.sites.current.Load().list
	} else if entry, err := s.site(siteKey); err != nil {
		return models.Comment{}, err
	} else {
		sites = []*siteEntry{entry}
	}
	if n, err := strconv.ParseInt(name, 36, 64); err == nil && n > 0 && strconv.FormatInt(n, 36) == name {
		number := strconv.FormatInt(n, 10)
		site, err := s.siteOfNumber(ctx, sites, "", number)
		if err != nil {
			return models.Comment{}, err
		}
		if site != 0 {
			return s.ofSites(sites)(s.disqusComment(ctx, site, number))
		}
	}
	if id, ok := models.CommentID.Parse(name); ok {
		return s.ofSites(sites)(s.store.Comment(ctx, id))
	}
	return models.Comment{}, store.ErrNotFound
}

// ofSites lets a comment pass that is of one of the sites.
func (s *Service) ofSites(sites []*siteEntry) func(models.Comment, error) (models.Comment, error) {
	return func(c models.Comment, err error) (models.Comment, error) {
		for _, entry := range sites {
			if err == nil && entry.ID == c.SiteID {
				return c, nil
			}
		}
		if err == nil {
			err = store.ErrNotFound
		}
		return models.Comment{}, err
	}
}
