package moderation

import (
	"cmp"
	"context"
	"errors"
	"io"
	"slices"

	"postbag/models"
	"postbag/models/interchange"
	"postbag/models/store"
)

// wordpress writes pages with their comments as a WordPress export. That form has
// the comments of a page together, so they are put in order first, on disk.
//
// Not in it, because the form has no place for it: names of pages beyond the
// address and one more, likes, edits, reports and decisions, and whether a
// moderator or the author took a comment down. An import of the file knows each
// comment again by a note with it.
func (x *exporter) wordpress(ctx context.Context, w io.Writer) (err error) {
	order, err := store.OpenOrder(ctx, "")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, order.Close()) }()
	err = eachAfter(ctx, x.site.ID, x.store.CommentsAfter, func(c *store.ExportedComment) int64 { return c.ID }, each(func(c *store.ExportedComment) error {
		if c.ID > x.last {
			return nil
		}
		return order.Add(ctx, store.Pair{Group: c.ArticleID, ID: c.ID})
	}))
	if err == nil {
		err = order.Sort(ctx)
	}
	if err != nil {
		return err
	}
	out := interchange.NewWXRWriter(w, x.site.Name, x.siteAddress())
	return inOrder(
		func() error { return x.wordpressClosed(ctx, order, out) },
		func() error { return x.wordpressPages(ctx, order, out) },
		out.Close,
	)
}

func (x *exporter) siteAddress() string {
	if len(x.site.Hosts) == 0 {
		return ""
	}
	return "https://" + x.site.Hosts[0]
}

// wordpressClosed writes closed pages without comments: they stay closed.
func (x *exporter) wordpressClosed(ctx context.Context, order *store.Order, out *interchange.WXRWriter) error {
	return x.eachArticle(ctx, func(a *exportedArticle) error {
		if !a.Closed {
			return nil
		}
		if first, err := order.After(ctx, store.Pair{Group: a.ID}, 1); err != nil || len(first) > 0 && first[0].Group == a.ID {
			return err
		}
		return out.Page(x.wordpressPage(a))
	})
}

// wordpressPages writes comments page by page.
func (x *exporter) wordpressPages(ctx context.Context, order *store.Order, out *interchange.WXRWriter) error {
	for last := (store.Pair{}); ; {
		pairs, err := order.After(ctx, last, wordpressBatch)
		if err != nil || len(pairs) == 0 {
			return err
		}
		open := last.Group
		last = pairs[len(pairs)-1]
		some, err := x.inGroups(ctx, pairs)
		if err == nil {
			err = x.withPages(ctx, some, func(c exportedComment) error {
				if c.ArticleID != open {
					open = c.ArticleID
					if err := out.Page(x.wordpressPage(c.page)); err != nil {
						return err
					}
				}
				return out.Comment(x.wordpressComment(c))
			})
		}
		if err != nil {
			return err
		}
		x.progress(len(some))
	}
}

// wordpressBatch is how many comments are read at a time.
const wordpressBatch = 500

// inGroups reads comments and keeps the order of the pairs.
func (x *exporter) inGroups(ctx context.Context, pairs []store.Pair) ([]store.ExportedComment, error) {
	ids := listIDs(pairs, func(p *store.Pair) int64 { return p.ID })
	found, err := x.store.CommentsWith(ctx, ids)
	byID := make(map[int64]store.ExportedComment, len(found))
	for _, c := range found {
		byID[c.ID] = c
	}
	var some []store.ExportedComment
	for _, p := range pairs {
		if c, ok := byID[p.ID]; ok {
			c.ArticleID = p.Group
			some = append(some, c)
		}
	}
	return some, err
}

func (x *exporter) wordpressPage(a *exportedArticle) interchange.WXRPage {
	links := a.links()
	return interchange.WXRPage{
		Number: a.ID, Title: escapeTitle(a.Title), Link: links[0], Closed: a.Closed, Created: a.CreatedAt, ID: x.tag + a.Key(),
		Identifiers: slices.DeleteFunc(a.identifiers(), func(id string) bool { return id == "" }), Links: links[1:], External: a.names(store.AliasImported),
	}
}

func (x *exporter) wordpressComment(c exportedComment) interchange.WXRComment {
	return interchange.WXRComment{
		Number: c.ID, Parent: c.ParentID, ID: x.externalOf(&c.Comment),
		Author: wordpressAuthor(c.by), Name: cmp.Or(c.AuthorName, c.by.Name), Email: c.by.Email, Text: shownHTML(&c.Comment), Status: c.Status, Created: c.CreatedAt,
	}
}

// wordpressAuthor is the key of an author from another system, or one that is made
// of the key of an author from here and keeps apart whom that keeps apart.
func wordpressAuthor(by *models.Author) string {
	by = asImported(by)
	switch {
	case by.Kind == "imported":
		return by.Key
	case by.Kind == "guest":
		return "wordpress" + keyOfGuest + fingerprint(by.Key)
	}
	return "wordpress" + keyOfUser + fingerprint(by.Key)
}
