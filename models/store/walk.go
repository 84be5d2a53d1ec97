package store

import (
	"cmp"
	"context"
	"slices"
	"strings"

	"postbag/models"
)

// branch is one range of one index.
type branch struct {
	table string // empty means comments
	where string
	args  []any
}

// queueOrder is an order in which an index can be read.
type queueOrder int8

const (
	orderOldest queueOrder = iota
	orderNewest
	orderPriority // highest first, then oldest
	orderChanged  // latest change of the status first
	orderOldestID
	orderNewestID
)

// columns are those of a QueuePlace, as far as the index holds them, and sort
// the order by them.
func (o queueOrder) columns(table string) (columns, sort string) {
	if table == "findings" { // where a rule may have fired twice on one comment
		return "0 AS priority, 0 AS at, comment_id AS id", "comment_id DESC"
	}
	switch o {
	case orderNewest:
		return "0 AS priority, queued_at AS at, id", "queued_at DESC, id DESC"
	case orderPriority:
		return "priority, queued_at AS at, id", "priority DESC, queued_at, id"
	case orderChanged:
		return "0 AS priority, changed_at AS at, id", "changed_at DESC, id DESC"
	case orderOldestID:
		return "0 AS priority, 0 AS at, id", "id"
	case orderNewestID:
		return "0 AS priority, 0 AS at, id", "id DESC"
	}
	return "0 AS priority, queued_at AS at, id", "queued_at, id"
}

// after narrows ranges to what comes after a place. By priority one range
// becomes two: the rest of the place's priority, and all lower ones.
func (o queueOrder) after(all []branch, p QueuePlace) []branch {
	var rest []branch
	add := func(b branch, where string, args ...any) {
		rest = append(rest, branch{b.table, b.where + " AND " + where, append(slices.Clip(b.args), args...)})
	}
	for _, b := range all {
		id := "id"
		if b.table == "findings" {
			id = "comment_id"
		}
		switch o {
		case orderOldest:
			add(b, "(queued_at, id) > (?, ?)", p.At, p.ID)
		case orderNewest:
			add(b, "(queued_at, id) < (?, ?)", p.At, p.ID)
		case orderChanged:
			add(b, "(changed_at, id) < (?, ?)", p.At, p.ID)
		case orderPriority:
			add(b, "priority = ? AND (queued_at, id) > (?, ?)", p.Priority, p.At, p.ID)
			add(b, "priority < ?", p.Priority)
		case orderOldestID:
			add(b, id+" > ?", p.ID)
		case orderNewestID:
			add(b, id+" < ?", p.ID)
		}
	}
	return rest
}

// compare is the same order for places.
func (o queueOrder) compare(a, b QueuePlace) int {
	up := cmp.Or(cmp.Compare(a.At, b.At), cmp.Compare(a.ID, b.ID))
	switch o {
	case orderNewest, orderChanged, orderNewestID:
		return -up
	case orderPriority:
		return cmp.Or(cmp.Compare(b.Priority, a.Priority), up)
	}
	return up
}

// laneBranches lists the ranges of lanes of sites. The sample has an index of
// its own.
func laneBranches(sites []int64, lanes []models.Lane) []branch {
	all := make([]branch, 0, len(sites)*len(lanes))
	for _, site := range sites {
		for _, lane := range distinctLanes(lanes) {
			b := branch{where: "site_id = ? AND lane > 0 AND lane = ?", args: []any{site, lane}}
			if lane == models.LaneSample {
				b = branch{where: "site_id = ? AND sampled AND lane = 3", args: []any{site}}
			}
			all = append(all, b)
		}
	}
	return all
}

// distinctLanes leaves out the sample where all new comments are asked for: it
// is a part of them.
func distinctLanes(lanes []models.Lane) []models.Lane {
	if !slices.Contains(lanes, models.LaneNew) || !slices.Contains(lanes, models.LaneSample) {
		return lanes
	}
	return slices.DeleteFunc(slices.Clone(lanes), func(l models.Lane) bool { return l == models.LaneSample })
}

// maxBranches is how many ranges one statement reads; SQLite takes 500.
const maxBranches = 100

// walk reads at most limit places of each range, by its index, and merges them.
func (q Query) walk(ctx context.Context, all []branch, order queueOrder, limit int) ([]QueuePlace, error) {
	var places []QueuePlace
	for some := range slices.Chunk(all, maxBranches) {
		found, err := q.union(ctx, some, order, limit)
		if err != nil {
			return nil, err
		}
		places = append(places, found...)
	}
	slices.SortFunc(places, order.compare)
	places = slices.Compact(places)
	return places[:min(limit, len(places))], nil
}

// union reads ranges in one statement. Each is cut to limit before they meet,
// so the whole costs at most limit index entries for each range.
func (q Query) union(ctx context.Context, some []branch, order queueOrder, limit int) ([]QueuePlace, error) {
	var sql strings.Builder
	var args []any
	for i, b := range some {
		if i > 0 {
			sql.WriteString(" UNION ALL ")
		}
		table := cmp.Or(b.table, "comments")
		columns, sort := order.columns(table)
		group := ""
		if table == "findings" {
			group = " GROUP BY comment_id"
		}
		sql.WriteString("SELECT priority, at, id FROM (SELECT " + columns + " FROM " + table + " WHERE " + b.where + group +
			" ORDER BY " + sort + " LIMIT ?) AS b")
		args = append(append(args, b.args...), limit)
	}
	var places []QueuePlace
	err := q.db.WithContext(ctx).Raw(sql.String(), args...).Scan(&places).Error
	return places, err
}

func placeIDs(places []QueuePlace) []int64 {
	ids := make([]int64, len(places))
	for i, p := range places {
		ids[i] = p.ID
	}
	return ids
}
