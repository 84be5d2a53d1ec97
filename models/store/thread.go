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

// ThreadNewestBefore is ThreadBefore in the order of ThreadNewest.
func (q Query) ThreadNewestBefore(ctx context.Context, article int64, before Place, limit int) ([]models.Comment, error) {
	comments, _, err := q.byRootsBefore(ctx, article, before, limit, func(chain gorm.ChainInterface[commentRow]) gorm.ChainInterface[commentRow] {
		return chain.Where("root > ?", before.Root).Order("root")
	})
	return comments, err
}

// ThreadTopBefore is ThreadBefore in the order of ThreadTop. likes are those of
// the root above the last comment returned.
func (q Query) ThreadTopBefore(ctx context.Context, article int64, before Place, limit int) (comments []models.Comment, likes int, err error) {
	return q.byRootsBefore(ctx, article, before, limit, func(chain gorm.ChainInterface[commentRow]) gorm.ChainInterface[commentRow] {
		return chain.Where("(likes, root) > (?, ?)", before.Likes, before.Root).Order("likes, root")
	})
}

// byRootsBefore is byRoots backwards, nearest first: the beginning of the branch
// of the place, then the roots before it, each behind its replies.
func (q Query) byRootsBefore(ctx context.Context, article int64, before Place, limit int,
	previous func(gorm.ChainInterface[commentRow]) gorm.ChainInterface[commentRow]) ([]models.Comment, int, error) {
	page, err := gorm.G[commentRow](q.db).Select(threadColumns).
		Where("article_id = ? AND shown AND root = ? AND path < ?", article, before.Root, notNil(before.Path)).
		Order("path DESC").Limit(limit).Find(ctx)
	if err != nil || len(page) == limit {
		return commentModels(page), before.Likes, err
	}
	roots, err := previous(gorm.G[commentRow](q.db).Select(threadColumns).Where("article_id = ? AND shown AND parent_id = 0", article)).
		Limit(limit - len(page)).Find(ctx)
	if err != nil || len(roots) == 0 {
		return commentModels(page), before.Likes, err
	}
	roots, whole, cut := fit(roots, limit-len(page))
	replies, err := q.replies(ctx, article, whole, cut, "root DESC, path DESC", limit-len(page))
	if err != nil {
		return nil, 0, err
	}
	for _, root := range roots {
		page = append(append(page, replies[string(root.Root)]...), root)
	}
	return commentModels(page[:min(len(page), limit)]), roots[len(roots)-1].Likes, nil
}

// branches returns the roots, each followed by its replies, cut after limit
// comments.
func (q Query) branches(ctx context.Context, article int64, roots []commentRow, limit int) ([]commentRow, error) {
	roots, whole, cut := fit(roots, limit)
	replies, err := q.replies(ctx, article, whole, cut, "root, path", limit)
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

// fit returns the roots whose branches begin within limit comments, those that
// have replies and end there too, and the one whose branch does not fit.
func fit(roots []commentRow, limit int) (within []commentRow, whole [][]byte, cut []byte) {
	for i, r := range roots {
		if limit -= max(r.ThreadSize, 1); limit < 0 {
			return roots[:i+1], whole, r.Root
		}
		if r.ThreadSize > 1 {
			whole = append(whole, r.Root)
		}
		if limit == 0 {
			return roots[:i+1], whole, nil
		}
	}
	return roots, whole, nil
}

func (q Query) replies(ctx context.Context, article int64, whole [][]byte, cut []byte, order string, limit int) (map[string][]commentRow, error) {
	replies := map[string][]commentRow{}
	read := func(where string, roots any) error {
		rows, err := gorm.G[commentRow](q.db).Select(threadColumns).
			Where("article_id = ? AND shown AND "+where+" AND path > ?", article, roots, []byte{}).
			Order(order).Limit(limit).Find(ctx)
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
