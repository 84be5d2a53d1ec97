package moderation

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strings"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
)

// Limits of a page of the queue.
const (
	DefaultQueuePage = 40
	MaxQueuePage     = 100

	maxCursor = 512   // bytes
	maxSearch = 200   // characters
	maxScan   = 2_000 // rows that a filter without an index looks at
)

// Queue returns one page of what waits for a moderator, or of what was decided.
// With a text, a rule or an author asked for, a page can be short or even empty
// although more follows: each call looks at a bounded number of comments, and
// Next goes on from there.
func (s *Service) Queue(ctx context.Context, _ models.Moderator, q QueueQuery) (Queue, error) {
	filter, err := s.queueFilter(&q)
	if err != nil {
		return Queue{}, err
	}
	after, err := parseQueuePlace(q.Cursor)
	if err != nil {
		return Queue{}, err
	}
	page := Queue{Items: []models.ModerationItem{}}
	if len(filter.Sites) == 0 {
		return page, nil
	}
	comments, next, err := s.store.QueuePage(ctx, filter, after, q.Limit, maxScan)
	if err != nil {
		return Queue{}, fmt.Errorf("read queue: %w", err)
	}
	if page.Items, err = s.items(ctx, s.store.Query, comments); err != nil {
		return Queue{}, fmt.Errorf("read queue: %w", err)
	}
	if page.Counts, err = s.countLanes(ctx, filter.Sites); err != nil {
		return Queue{}, fmt.Errorf("read queue: %w", err)
	}
	page.Next = formatQueuePlace(next)
	return page, nil
}

// LaneCounts returns how many comments wait in each lane of a site, or of all
// sites when the key is empty.
func (s *Service) LaneCounts(ctx context.Context, site string) (models.LaneCounts, error) {
	ids, err := s.siteIDs(site)
	if err != nil {
		return models.LaneCounts{}, err
	}
	return s.countLanes(ctx, ids)
}

func (s *Service) countLanes(ctx context.Context, sites []int64) (models.LaneCounts, error) {
	var sum models.LaneCounts
	if len(sites) == 0 {
		return sum, nil
	}
	counts, err := s.store.LaneCounts(ctx, sites)
	if err != nil {
		return sum, fmt.Errorf("count lanes: %w", err)
	}
	for _, c := range counts {
		sum = sum.Add(c)
	}
	return sum, nil
}

// siteIDs returns the site with a key, or all sites when the key is empty.
func (s *Service) siteIDs(key string) ([]int64, error) {
	if key != "" {
		site, err := s.site(key)
		if err != nil {
			return nil, err
		}
		return []int64{site.ID}, nil
	}
	all := s.sites.current.Load().list
	ids := make([]int64, len(all))
	for i, site := range all {
		ids[i] = site.ID
	}
	return ids, nil
}

// queueFilter checks a query and sets its defaults.
func (s *Service) queueFilter(q *QueueQuery) (store.QueueFilter, error) {
	f := store.QueueFilter{Lanes: lanesOf(q.Lane), Status: q.Status, Sort: q.Sort}
	var err error
	if f.Sites, err = s.siteIDs(q.Site); err != nil {
		return f, err
	}
	if q.Lane < models.NoLane || q.Lane > models.LaneSample {
		return f, models.Invalid("lane", "Use pending, reported, new, sample, escalated or all.")
	}
	if q.Status != 0 && q.Status.String() == "" {
		return f, models.Invalid("status", "Use pending, approved, removed, spam or deleted.")
	}
	switch f.Sort {
	case "":
		f.Sort = "oldest"
	case "oldest", "newest", "priority":
	default:
		return f, models.Invalid("sort", "Use oldest, newest or priority.")
	}
	if q.Limit, err = pageSize(q.Limit, DefaultQueuePage, MaxQueuePage); err != nil {
		return f, err
	}
	if f.Text, err = searchText(q.Text); err != nil {
		return f, err
	}
	return f, parseFilterIDs(&f, q)
}

// parseFilterIDs reads the public ids that a query narrows the queue to.
func parseFilterIDs(f *store.QueueFilter, q *QueueQuery) error {
	for _, p := range []struct {
		kind  models.IDKind
		field string
		id    string
		into  *int64
	}{
		{models.ArticleID, "article", q.Article, &f.Article},
		{models.AuthorID, "author", q.Author, &f.Author},
		{models.RuleID, "rule", q.Rule, &f.Rule},
	} {
		if p.id == "" {
			continue
		}
		id, ok := p.kind.Parse(p.id)
		if !ok {
			return models.Invalid(p.field, "That is not an id that Postbag gave out.")
		}
		*p.into = id
	}
	return nil
}

func lanesOf(lane models.Lane) []models.Lane {
	if lane == models.NoLane {
		return models.Lanes[:]
	}
	return []models.Lane{lane}
}

// pageSize returns the number of entries on a page; 0 asks for the usual
// number.
func pageSize(asked, usual, most int) (int, error) {
	if asked == 0 {
		return usual, nil
	}
	if asked < 1 || asked > most {
		return 0, models.Invalid("limit", fmt.Sprintf("Use a number from 1 to %d.", most))
	}
	return asked, nil
}

func searchText(text string) (string, error) {
	text = strings.TrimSpace(text)
	if !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxSearch {
		return "", models.Invalid("q", fmt.Sprintf("Search for at most %d characters.", maxSearch))
	}
	return text, nil
}

// formatQueuePlace writes a cursor. It holds a position only; whoever changes
// it starts somewhere else in the same list.
func formatQueuePlace(p *store.QueuePlace) string {
	if p == nil {
		return ""
	}
	data := binary.AppendVarint(nil, int64(p.Priority))
	data = binary.AppendVarint(data, p.At)
	data = binary.AppendVarint(data, p.ID)
	return base64.RawURLEncoding.EncodeToString(data)
}

func parseQueuePlace(cursor string) (*store.QueuePlace, error) {
	if cursor == "" {
		return nil, nil
	}
	refusal := models.Invalid("cursor", "This cursor is not one of ours. Start again from the first page.")
	if len(cursor) > maxCursor {
		return nil, refusal
	}
	data, err := base64.RawURLEncoding.DecodeString(cursor)
	if err != nil {
		return nil, refusal
	}
	var fields [3]int64
	for i := range fields {
		value, n := binary.Varint(data)
		if n <= 0 {
			return nil, refusal
		}
		fields[i], data = value, data[n:]
	}
	if len(data) > 0 || fields[0] != int64(int32(fields[0])) || fields[2] < 0 {
		return nil, refusal
	}
	return &store.QueuePlace{Priority: int(fields[0]), At: fields[1], ID: fields[2]}, nil
}
