package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"gorm.io/gorm"

	"postbag/models"
)

// Place is a position in a thread: after the comment that stands there. Likes
// are those of the branch's root, and matter in the order of likes only; a page
// that ends in the branch it began in keeps the Likes that it was asked with.
type Place struct {
	Likes      int
	Root, Path []byte
}

// The space before the first value keeps GORM from taking a blob for a list.
const (
	afterPlace  = "(root, path) > ( ?, ?)"
	beforePlace = "(root, path) < ( ?, ?)"
)

// ThreadOldest returns up to limit shown comments in reading order, oldest
// roots first, after a place (nil: from the start). It reads one range of one
// index.
func (q Query) ThreadOldest(ctx context.Context, article int64, after *Place, limit int) ([]models.Comment, error) {
	chain := gorm.G[commentRow](q.db).Select(threadColumns).Where("article_id = ? AND shown", article)
	if after != nil {
		chain = chain.Where(afterPlace, after.Root, notNil(after.Path))
	}
	rows, err := chain.Order("root, path").Limit(limit).Find(ctx)
	return commentModels(rows), err
}

// ThreadBefore returns up to limit shown comments before a place, nearest
// first.
func (q Query) ThreadBefore(ctx context.Context, article int64, before Place, limit int) ([]models.Comment, error) {
	rows, err := gorm.G[commentRow](q.db).Select(threadColumns).
		Where("article_id = ? AND shown AND "+beforePlace, article, before.Root, notNil(before.Path)).
		Order("root DESC, path DESC").Limit(limit).Find(ctx)
	return commentModels(rows), err
}

// ThreadNewest is ThreadOldest with the newest roots first. Replies stay in the
// order in which they were written.
func (q Query) ThreadNewest(ctx context.Context, article int64, after *Place, limit int) ([]models.Comment, error) {
	return q.byRoots(ctx, article, after, limit, func(chain gorm.ChainInterface[commentRow]) gorm.ChainInterface[commentRow] {
		if after != nil {
			chain = chain.Where("root < ?", after.Root)
		}
		return chain.Order("root DESC")
	})
}

// ThreadTop is ThreadNewest with the most liked roots first.
func (q Query) ThreadTop(ctx context.Context, article int64, after *Place, limit int) ([]models.Comment, error) {
	return q.byRoots(ctx, article, after, limit, func(chain gorm.ChainInterface[commentRow]) gorm.ChainInterface[commentRow] {
		if after != nil {
			chain = chain.Where("(likes, root) < (?, ?)", after.Likes, after.Root)
		}
		return chain.Order("likes DESC, root DESC")
	})
}

// byRoots reads the rest of the branch that the last page ended in, then the
// next roots, then their branches: three queries at most, each bounded by
// limit, because every root knows the size of its branch.
func (q Query) byRoots(ctx context.Context, article int64, after *Place, limit int,
	next func(gorm.ChainInterface[commentRow]) gorm.ChainInterface[commentRow]) ([]models.Comment, error) {
	var page []commentRow
	if after != nil {
		rest, err := gorm.G[commentRow](q.db).Select(threadColumns).
			Where("article_id = ? AND shown AND root = ? AND path > ?", article, after.Root, notNil(after.Path)).
			Order("path").Limit(limit).Find(ctx)
		if err != nil || len(rest) == limit {
			return commentModels(rest), err
		}
		page = rest
	}
	roots, err := next(gorm.G[commentRow](q.db).Select(threadColumns).Where("article_id = ? AND shown AND parent_id = 0", article)).
		Limit(limit - len(page)).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("read roots: %w", err)
	}
	branches, err := q.branches(ctx, article, roots, limit-len(page))
	return commentModels(append(page, branches...)), err
}

// branches returns the roots, each followed by its replies, cut after limit
// comments.
func (q Query) branches(ctx context.Context, article int64, roots []commentRow, limit int) ([]commentRow, error) {
	var withReplies [][]byte
	var last []byte // a branch that does not fit
	room := limit
	for i, r := range roots {
		if room -= max(r.ThreadSize, 1); room < 0 {
			last, roots = r.Root, roots[:i+1]
			break
		}
		if r.ThreadSize > 1 {
			withReplies = append(withReplies, r.Root)
		}
		if room == 0 {
			roots = roots[:i+1]
			break
		}
	}
	replies, err := q.replies(ctx, article, withReplies, last, limit)
	if err != nil {
		return nil, err
	}
	page := make([]commentRow, 0, limit)
	for _, root := range roots {
		page = append(page, root)
		page = append(page, replies[string(root.Root)]...)
	}
	return page[:min(len(page), limit)], nil
}

func (q Query) replies(ctx context.Context, article int64, whole [][]byte, cut []byte, limit int) (map[string][]commentRow, error) {
	replies := map[string][]commentRow{}
	read := func(where string, roots any) error {
		rows, err := gorm.G[commentRow](q.db).Select(threadColumns).
			Where("article_id = ? AND shown AND "+where+" AND path > ?", article, roots, []byte{}).
			Order("root, path").Limit(limit).Find(ctx)
		for _, r := range rows {
			replies[string(r.Root)] = append(replies[string(r.Root)], r)
		}
		return err
	}
	if len(whole) > 0 {
		if err := read("root IN ?", whole); err != nil {
			return nil, fmt.Errorf("read replies: %w", err)
		}
	}
	if cut != nil {
		if err := read("root = ?", cut); err != nil {
			return nil, fmt.Errorf("read replies: %w", err)
		}
	}
	return replies, nil
}

// holds reports whether any of the fields holds text, in whatever case.
func holds(text string, fields ...string) bool {
	text = strings.ToLower(text)
	return slices.ContainsFunc(fields, func(f string) bool { return strings.Contains(strings.ToLower(f), text) })
}
