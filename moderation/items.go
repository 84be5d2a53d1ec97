package moderation

import (
	"context"
	"errors"
	"slices"

	"postbag/models"
	"postbag/models/store"
)

// items adds to comments what a moderator needs to decide, in their order. It
// makes the same number of queries however many comments there are; at most
// 1,000.
func (s *Service) items(ctx context.Context, q store.Query, comments []models.Comment) ([]models.ModerationItem, error) {
	items := make([]models.ModerationItem, len(comments))
	if len(comments) == 0 {
		return items, nil
	}
	around, err := s.readAroundComments(ctx, q, comments)
	if err != nil {
		return nil, err
	}
	for i, c := range comments {
		items[i] = around.item(c)
		if site, ok := s.sites.byID(c.SiteID); ok {
			items[i].Site = site.Key
		}
	}
	return items, nil
}

// item returns the moderators' view of one comment as it is now.
func (s *Service) item(ctx context.Context, q store.Query, c models.Comment) (models.ModerationItem, error) {
	items, err := s.items(ctx, q, []models.Comment{c})
	if err != nil {
		return models.ModerationItem{}, err
	}
	return items[0], nil
}

// surroundings is what belongs to a list of comments, by the id that it belongs
// to.
type surroundings struct {
	articles  map[int64]models.Article
	authors   map[int64]models.Author
	parents   map[int64]models.Comment
	findings  map[int64][]models.Finding
	reports   map[int64][]models.Report
	edits     map[int64]models.Revision
	claims    map[int64]models.Claim
	decisions map[int64]models.Decision
}

func (s *Service) readAroundComments(ctx context.Context, q store.Query, comments []models.Comment) (*surroundings, error) {
	ids := idsOf(comments, func(c *models.Comment) int64 { return c.ID })
	a := &surroundings{parents: map[int64]models.Comment{}}
	parents, err := q.Comments(ctx, idsOf(comments, func(c *models.Comment) int64 { return c.ParentID }))
	for _, p := range parents {
		a.parents[p.ID] = p
	}
	errs := [8]error{err}
	a.articles, errs[1] = q.Articles(ctx, idsOf(comments, func(c *models.Comment) int64 { return c.ArticleID }))
	a.authors, errs[2] = q.Authors(ctx, idsOf(comments, func(c *models.Comment) int64 { return c.AuthorID }))
	a.findings, errs[3] = q.Findings(ctx, ids)
	a.reports, errs[4] = q.OpenReports(ctx, ids)
	a.edits, errs[5] = q.HeldRevisions(ctx, ids)
	a.claims, errs[6] = q.ClaimsOf(ctx, ids, s.clock())
	a.decisions, errs[7] = q.LastDecisions(ctx, ids)
	return a, errors.Join(errs[:]...)
}

func (a *surroundings) item(c models.Comment) models.ModerationItem {
	return models.ModerationItem{
		Comment:  c,
		Article:  a.articles[c.ArticleID],
		Author:   a.authors[c.AuthorID],
		Parent:   lookUp(a.parents, c.ParentID),
		Edit:     lookUp(a.edits, c.ID),
		Why:      a.findings[c.ID],
		Reports:  a.reports[c.ID],
		Claim:    lookUp(a.claims, c.ID),
		Decision: lookUp(a.decisions, c.ID),
	}
}

// lookUp returns a copy of what a map holds, nil when it holds nothing.
func lookUp[V any](m map[int64]V, id int64) *V {
	v, ok := m[id]
	if !ok {
		return nil
	}
	return &v
}

// idsOf returns one id of each comment, every id once and none that is 0.
func idsOf(comments []models.Comment, of func(*models.Comment) int64) []int64 {
	ids := make([]int64, 0, len(comments))
	for i := range comments {
		if id := of(&comments[i]); id != 0 {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}
