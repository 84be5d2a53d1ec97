package store

import (
	"context"
	"fmt"
	"slices"

	"gorm.io/gorm"

	"postbag/models"
)

// QueueFilter says which comments a page of the queue shows.
type QueueFilter struct {
	Sites  []int64       // required: no site, no comments
	Lanes  []models.Lane // none means all; only without Status
	Status models.Status // when set: this status, whatever the lane
	// Article, Author and Rule narrow the page when they are not zero.
	Article, Author, Rule int64
	Text                  string // must occur in the text or the author's name, in whatever case
	// Sort is oldest (or empty), newest or priority. Comments of a Status come
	// newest change first, always. Those of an Author, and those that a Rule
	// stopped in a Status, come in the order of their ids. Within an Article, and
	// with the sample lane but without the new one, priority is the same as oldest.
	Sort string
}

// QueuePlace is a position in the queue: after the comment that stands there.
type QueuePlace struct {
	Priority int
	At       int64 // milliseconds: when it was queued, or when its status changed
	ID       int64
}

// chunk is how many candidates are looked at in one query.
const chunk = 250

// QueuePage returns up to limit comments after a place (nil: from the start),
// and the place to go on from, nil at the end.
//
// Sites, lanes, Status and Author are ranges of indexes. What has no index of
// its own there (Text, Rule, Article in a Status, lanes of an Author) is sieved
// out of the next scan candidates, so that no call costs more than that; a page
// may then be short, or empty, and still have a place to go on from.
func (q Query) QueuePage(ctx context.Context, f QueueFilter, after *QueuePlace, limit, scan int) ([]models.Comment, *QueuePlace, error) {
	if len(f.Sites) == 0 || limit <= 0 {
		return nil, nil, nil
	}
	sieved := f.sieved()
	most := limit + 1
	if sieved {
		most = max(scan, limit+1)
	}
	order := f.order()
	places, err := q.walk(ctx, f.branches(after), order, most)
	if err != nil {
		return nil, nil, fmt.Errorf("read queue: %w", err)
	}
	page, used, err := q.sieve(ctx, f, places, limit)
	if err != nil {
		return nil, nil, fmt.Errorf("read queue: %w", err)
	}
	if used == len(places) && len(places) < most {
		return page, nil, nil
	}
	return page, &places[used-1], nil
}

// sieve reads the candidates in their order, drops what does not fit the
// filter, and stops after limit comments. It says how many candidates it used.
func (q Query) sieve(ctx context.Context, f QueueFilter, places []QueuePlace, limit int) (page []models.Comment, used int, err error) {
	step := limit
	if f.sieved() {
		step = max(limit, chunk)
	}
	for used < len(places) && len(page) < limit {
		some := places[used:min(used+step, len(places))]
		rows, err := f.fits(gorm.G[commentRow](q.db), placeIDs(some)).Find(ctx)
		if err != nil {
			return nil, 0, err
		}
		byID := make(map[int64]*commentRow, len(rows))
		for i := range rows {
			byID[rows[i].ID] = &rows[i]
		}
		for _, p := range some {
			if len(page) == limit {
				break
			}
			used++
			if row := byID[p.ID]; row != nil && (f.Text == "" || holds(f.Text, row.Text, row.AuthorName)) {
				page = append(page, row.model())
			}
		}
	}
	return page, used, nil
}

// fits picks those of the candidates that meet every condition of the filter but
// the text. The plus signs keep
// both databases from reading a whole lane by its index instead of the rows that
// were asked for.
func (f *QueueFilter) fits(comments gorm.Interface[commentRow], ids []int64) gorm.ChainInterface[commentRow] {
	chain := comments.Where("id IN ? AND +site_id IN ?", ids, f.Sites)
	if f.Status != 0 {
		chain = chain.Where("+status = ?", f.Status)
	} else if lanes := f.lanes(); slices.Contains(lanes, models.LaneSample) {
		chain = chain.Where("(+lane IN ? OR sampled AND +lane = 3)", lanes)
	} else {
		chain = chain.Where("+lane IN ?", lanes)
	}
	if f.Article != 0 {
		chain = chain.Where("+article_id = ?", f.Article)
	}
	if f.Author != 0 {
		chain = chain.Where("+author_id = ?", f.Author)
	}
	if f.Rule != 0 {
		chain = chain.Where("id IN (SELECT comment_id FROM findings WHERE rule_id = ? AND comment_id IN ? AND NOT past)", f.Rule, ids)
	}
	return chain
}

// sieved reports whether the index range holds comments that do not fit.
func (f *QueueFilter) sieved() bool {
	return f.Author != 0 || f.Rule != 0 || f.Text != "" || f.Article != 0
}

func (f *QueueFilter) lanes() []models.Lane {
	if len(f.Lanes) == 0 {
		return distinctLanes(models.Lanes[:])
	}
	return distinctLanes(f.Lanes)
}

func (f *QueueFilter) order() queueOrder {
	byID := f.Author != 0 || f.Status != 0 && f.Rule != 0
	switch {
	case byID && (f.Status != 0 || f.Sort == "newest"):
		return orderNewestID
	case byID:
		return orderOldestID
	case f.Status != 0:
		return orderChanged
	case f.Sort == "newest":
		return orderNewest
	case f.Sort == "priority" && f.Article == 0 && !slices.Contains(f.lanes(), models.LaneSample):
		return orderPriority
	}
	return orderOldest
}

// branches lists the index ranges that hold the comments of the filter.
func (f *QueueFilter) branches(after *QueuePlace) []branch {
	order := f.order()
	var all []branch
	switch {
	case f.Author != 0:
		all = []branch{{where: "author_id = ?", args: []any{f.Author}}}
	case f.Status != 0 && f.Rule != 0:
		all = []branch{{table: "findings", where: "rule_id = ? AND NOT past", args: []any{f.Rule}}}
	case f.Status != 0:
		for _, site := range f.Sites {
			all = append(all, branch{where: "site_id = ? AND status = ?", args: []any{site, f.Status}})
		}
	case f.Article != 0:
		for _, lane := range f.lanes() {
			if lane == models.LaneSample {
				lane = models.LaneNew // from which the sample is sieved
			}
			all = append(all, branch{where: "article_id = ? AND lane > 0 AND lane = ?", args: []any{f.Article, lane}})
		}
	default:
		all = laneBranches(f.Sites, f.lanes())
	}
	if after == nil {
		return all
	}
	return order.after(all, *after)
}

// LaneCounts returns how many comments wait in the lanes of sites.
func (q Query) LaneCounts(ctx context.Context, sites []int64) (map[int64]models.LaneCounts, error) {
	found := make(map[int64]models.LaneCounts, len(sites))
	if len(sites) == 0 {
		return found, nil
	}
	rows, err := gorm.G[laneCountRow](q.db).Where("site_id IN ?", sites).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("count lanes: %w", err)
	}
	for _, r := range rows {
		counts := found[r.SiteID]
		counts[r.Lane] = r.N
		found[r.SiteID] = counts
	}
	return found, nil
}

type laneCountRow struct {
	SiteID int64
	Lane   models.Lane
	N      int
}

func (laneCountRow) TableName() string { return "lane_counts" }

// inOrder returns the comments with the given ids in that order.
func (q Query) inOrder(ctx context.Context, ids []int64) ([]models.Comment, error) {
	rows, err := gorm.G[commentRow](q.db).Where("id IN ?", ids).Find(ctx)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*commentRow, len(rows))
	for i := range rows {
		byID[rows[i].ID] = &rows[i]
	}
	comments := make([]models.Comment, 0, len(ids))
	for _, id := range ids {
		if row := byID[id]; row != nil {
			comments = append(comments, row.model())
		}
	}
	return comments, nil
}
