package moderation

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/store"
)

// Limits of a page of a thread.
const (
	DefaultPage = 50
	MaxPage     = 100
	MaxCounts   = 100
)

// Thread returns one page of a thread in an encoding. A page that was asked for
// before is answered from memory.
func (s *Service) Thread(ctx context.Context, q ThreadQuery, enc Encoder) (*Page, error) {
	site, err := s.site(q.Site)
	if err != nil {
		return nil, err
	}
	article, err := s.find(ctx, site, q.Key, q.Article)
	if err != nil {
		return nil, err
	}
	if err := q.normalise(); err != nil {
		return nil, err
	}
	key := pageKey{s.pages.epochOf(article, site.ID), enc.Name, q}
	if page, ok := s.pages.ready.GetIfPresent(key); ok {
		return page, nil
	}
	return s.buildPage(ctx, site, article, key, enc)
}

// buildPage reads and encodes a page once, however many ask for it.
func (s *Service) buildPage(ctx context.Context, site *siteEntry, article int64, key pageKey, enc Encoder) (*Page, error) {
	flight := fmt.Sprintf("%p %v %s", key.epoch, key.query, key.encoder)
	built, err, _ := s.pages.flights.Do(flight, func() (any, error) {
		thread, err := s.readThread(context.WithoutCancel(ctx), site, article, key.query)
		if err != nil {
			return nil, err
		}
		page, err := newPage(thread, enc)
		if err == nil {
			s.pages.ready.Set(key, page)
		}
		return page, err
	})
	if err != nil {
		return nil, err
	}
	return built.(*Page), nil
}

// normalise checks the query and leaves only what makes pages differ.
func (q *ThreadQuery) normalise() error {
	switch q.Sort {
	case "":
		q.Sort = Oldest
	case Oldest, Newest, Top:
	default:
		return models.Invalid("sort", "Use oldest, newest or top.")
	}
	if q.Limit == 0 {
		q.Limit = DefaultPage
	}
	if q.Limit < 1 || q.Limit > MaxPage {
		return models.Invalid("limit", fmt.Sprintf("Use a number from 1 to %d.", MaxPage))
	}
	if len(q.Around) > maxAnchor {
		return models.Invalid("around", "That is not the id of a comment.")
	}
	if _, err := parsePlace(q.Cursor); err != nil {
		return err
	}
	q.Site, q.Key, q.Article = "", "", models.ArticleRef{}
	return nil
}

// find returns the id of the article that a page means, 0 when it has none yet.
func (s *Service) find(ctx context.Context, site *siteEntry, key string, ref models.ArticleRef) (int64, error) {
	if key != "" {
		return s.findKey(ctx, site, key)
	}
	ref.ID = identifier(ref.ID)
	name := nameKey{site: site.ID, ident: ref.ID, url: ref.URL}
	if n, ok := s.pages.name(name); ok {
		return n.article, nil
	}
	if err := checkRef(&site.Site, ref); err != nil {
		return 0, err
	}
	n := s.pages.unnamed(site.ID)
	aliases := aliasesOf(site.ID, ref)
	found, err := s.store.Aliases(ctx, aliases)
	if err != nil {
		return 0, err
	}
	n.article, n.exact = choose(aliases, found)
	s.pages.names.Set(name, n)
	return n.article, nil
}

func (s *Service) findKey(ctx context.Context, site *siteEntry, key string) (int64, error) {
	id, ok := models.ArticleID.Parse(key)
	if !ok {
		return 0, models.Refuse(models.CodeNotFound, "There is no such article.")
	}
	name := nameKey{site: site.ID, key: key}
	if n, ok := s.pages.name(name); ok {
		return n.article, nil
	}
	n := s.pages.unnamed(site.ID)
	article, err := present(ctx, s.store.Query, id)
	if err == nil && article.SiteID != site.ID {
		err = store.ErrNotFound
	}
	if err != nil {
		return 0, translate(err, "article")
	}
	n.article, n.exact = article.ID, true
	s.pages.names.Set(name, n)
	return n.article, nil
}

// maxHops bounds how often an article that went into another is followed.
const maxHops = 100

// present returns an article, or the one that it went into.
func present(ctx context.Context, q store.Query, id int64) (models.Article, error) {
	for range maxHops {
		article, err := q.Article(ctx, id)
		if err != nil || article.MovedTo == 0 {
			return article, err
		}
		id = article.MovedTo
	}
	return models.Article{}, store.ErrNotFound
}

// presentIDs returns where those of the articles that went into another one are
// now.
func presentIDs(ctx context.Context, q store.Query, ids []int64) (map[int64]int64, error) {
	found := map[int64]int64{}
	now := slices.Clone(ids)
	for range maxHops {
		moved, err := q.MovedTo(ctx, now)
		if err != nil || len(moved) == 0 {
			return found, err
		}
		for i, id := range now {
			if to := moved[id]; to != 0 {
				now[i], found[ids[i]] = to, to
			}
		}
	}
	return found, nil
}

// readThread reads one page from the database: the article, then its comments.
func (s *Service) readThread(ctx context.Context, site *siteEntry, article int64, q ThreadQuery) (Thread, error) {
	t := Thread{Site: site.Site, Members: site.membersOnly()}
	if article == 0 {
		return t, nil
	}
	a, err := s.store.Article(ctx, article)
	if errors.Is(err, store.ErrNotFound) { // the undo of an import took it out just now
		return t, nil
	}
	if err != nil {
		return t, fmt.Errorf("read article: %w", err)
	}
	a.Mode = site.ModeOf(a.Mode)
	t.Article = &a
	if q.Around != "" {
		return t, s.readAround(ctx, site, &t, q)
	}
	after, _ := parsePlace(q.Cursor)
	return t, s.readFrom(ctx, &t, q, after)
}

func (s *Service) readFrom(ctx context.Context, t *Thread, q ThreadQuery, after *store.Place) error {
	read := s.store.ThreadOldest
	switch q.Sort {
	case Newest:
		read = s.store.ThreadNewest
	case Top:
		read = s.store.ThreadTop
	}
	comments, err := read(ctx, t.Article.ID, after, q.Limit+1)
	if err != nil {
		return fmt.Errorf("read thread: %w", err)
	}
	if len(comments) > q.Limit {
		comments = comments[:q.Limit]
		t.Next = formatPlace(likesOfRoot(comments, after), &comments[q.Limit-1])
	}
	t.Comments = comments
	return nil
}

// readAround reads the page, in the order of oldest first, that holds a
// comment: up to half of it comes before the comment.
func (s *Service) readAround(ctx context.Context, site *siteEntry, t *Thread, q ThreadQuery) error {
	q.Sort = Oldest
	target, err := s.commentByAnchor(ctx, site.ID, q.Around)
	if errors.Is(err, store.ErrNotFound) || err == nil && (target.ArticleID != t.Article.ID || !target.Shown) {
		return s.readFrom(ctx, t, q, nil)
	}
	if err != nil {
		return fmt.Errorf("find comment: %w", err)
	}
	before, err := s.store.ThreadBefore(ctx, t.Article.ID, store.Place{Root: target.Root, Path: target.Path}, q.Limit/2+1)
	if err != nil {
		return fmt.Errorf("read thread: %w", err)
	}
	if len(before) <= q.Limit/2 {
		return s.readFrom(ctx, t, q, nil)
	}
	start := before[q.Limit/2]
	if err := s.readFrom(ctx, t, q, &store.Place{Root: start.Root, Path: start.Path}); err != nil {
		return err
	}
	return s.placePrev(ctx, t, q)
}

// placePrev finds where the page before this one starts.
func (s *Service) placePrev(ctx context.Context, t *Thread, q ThreadQuery) error {
	first := t.Comments[0]
	before, err := s.store.ThreadBefore(ctx, t.Article.ID, store.Place{Root: first.Root, Path: first.Path}, q.Limit+1)
	if err != nil {
		return fmt.Errorf("read thread: %w", err)
	}
	if len(before) > q.Limit {
		t.Prev = formatPlace(0, &before[q.Limit])
	} else {
		t.Prev = startOfThread
	}
	return nil
}

// maxAnchor is how long the name of a comment may be, in bytes: an external id.
const maxAnchor = 80

// commentByAnchor finds a comment by its own id, by the number that it had at
// Disqus, or by its id in any system it was imported from: disqus:5585802847.
func (s *Service) commentByAnchor(ctx context.Context, site int64, anchor string) (models.Comment, error) {
	if id, ok := models.CommentID.Parse(anchor); ok {
		return s.store.Comment(ctx, id)
	}
	if !strings.Contains(anchor, ":") {
		anchor = "disqus:" + anchor
	}
	return s.store.CommentByExternal(ctx, site, anchor)
}

// startOfThread is the cursor of the first page.
const startOfThread = "0"

// formatPlace writes a cursor: after this comment. It holds the position only,
// and is checked like any other input when it comes back.
func formatPlace(likes int, c *models.Comment) string {
	data := binary.AppendUvarint(nil, uint64(max(likes, 0)))
	return base64.RawURLEncoding.EncodeToString(slices.Concat(data, c.Root, c.Path))
}

func parsePlace(cursor string) (*store.Place, error) {
	if cursor == "" || cursor == startOfThread {
		return nil, nil
	}
	refusal := models.Invalid("cursor", "This cursor is not one of ours. Start again from the first page.")
	if len(cursor) > 1024 {
		return nil, refusal
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, refusal
	}
	likes, n := binary.Uvarint(data)
	if n <= 0 || likes > 1<<31 || (len(data)-n)%models.StepSize != 0 || len(data)-n < models.StepSize {
		return nil, refusal
	}
	root := data[n : n+models.StepSize]
	return &store.Place{Likes: int(likes), Root: root, Path: data[n+models.StepSize:]}, nil
}

// likesOfRoot returns the likes of the root above the last comment of a page,
// which the next page in the order of likes starts from.
func likesOfRoot(page []models.Comment, after *store.Place) int {
	for i := len(page) - 1; i >= 0; i-- {
		if page[i].ParentID == 0 {
			return page[i].Likes
		}
	}
	if after != nil {
		return after.Likes
	}
	return 0
}

// Counts returns the number of public comments of each article, in the order
// asked, at most MaxCounts.
func (s *Service) Counts(ctx context.Context, siteKey string, refs []models.ArticleRef) ([]int, error) {
	site, err := s.site(siteKey)
	if err != nil {
		return nil, err
	}
	if len(refs) > MaxCounts {
		return nil, models.Invalid("id", fmt.Sprintf("Ask for at most %d articles at a time.", MaxCounts))
	}
	names := make([][]store.Alias, len(refs))
	var all []store.Alias
	for i, ref := range refs {
		names[i] = aliasesOf(site.ID, ref)
		all = append(all, names[i]...)
	}
	found, err := s.store.Aliases(ctx, all)
	if err != nil {
		return nil, err
	}
	ids := make([]int64, len(refs))
	for i := range refs {
		ids[i], _ = choose(names[i], found)
	}
	articles, err := s.store.Articles(ctx, ids)
	if err != nil {
		return nil, fmt.Errorf("count comments: %w", err)
	}
	counts := make([]int, len(refs))
	for i, id := range ids {
		counts[i] = articles[id].Approved
	}
	return counts, nil
}
