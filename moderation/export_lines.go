package moderation

import (
	"context"
	"io"
	"slices"

	"postbag/models"
	"postbag/models/interchange"
	"postbag/models/store"
)

// lines writes everything, in our own form.
func (x *exporter) lines(ctx context.Context, w io.Writer) error {
	out, err := interchange.NewLineWriter(w, x.clock())
	if err != nil {
		return err
	}
	return inOrder(
		func() error { return out.Site(x.lineSite()) },
		func() error { return x.lineModerators(ctx, out) },
		func() error { return x.lineAuthors(ctx, out) },
		func() error {
			return x.eachArticle(ctx, func(a *exportedArticle) error { return out.Article(lineArticle(a)) })
		},
		func() error {
			return x.eachComment(ctx, func(c exportedComment) error { return out.Comment(lineComment(&c.Comment)) })
		},
		func() error { return x.lineHistory(ctx, out) },
		out.Close,
	)
}

func (x *exporter) lineSite() interchange.Site {
	s := x.site
	line := interchange.Site{
		Key: s.Key, Tag: x.tag, Name: s.Name, Hosts: s.Hosts, Mode: string(s.Mode), MaxLength: s.MaxLength, Language: s.Language, Created: interchange.Stamp(s.CreatedAt),
	}
	for _, r := range s.Reasons {
		line.Reasons = append(line.Reasons, interchange.Reason(r))
	}
	return line
}

func (x *exporter) lineModerators(ctx context.Context, out *interchange.LineWriter) error {
	moderators, err := x.store.ModeratorsOf(ctx, x.site.ID)
	if err != nil {
		return err
	}
	return each(func(m *models.Moderator) error {
		return out.Moderator(interchange.Moderator{ID: models.ModeratorID.Format(m.ID), Email: m.Email, Name: m.Name})
	})(moderators)
}

func (x *exporter) lineAuthors(ctx context.Context, out *interchange.LineWriter) error {
	return eachAfter(ctx, x.site.ID, x.store.AuthorsAfter, func(a *models.Author) int64 { return a.ID }, each(func(a *models.Author) error {
		return out.Author(interchange.Author{
			ID: models.AuthorID.Format(a.ID), Kind: a.Kind, Key: a.Key, Claimed: a.Claimed, Name: a.Name, Email: a.Email, Avatar: a.Avatar, URL: a.URL, Sanction: a.Sanction,
			Until: interchange.Stamp(a.Until), Created: interchange.Stamp(a.CreatedAt),
		})
	}))
}

func lineArticle(a *exportedArticle) interchange.Article {
	return interchange.Article{
		ID: a.Key(), Identifiers: slices.DeleteFunc(a.identifiers(), func(id string) bool { return id == "" }), URL: a.URL,
		URLs: a.names(store.AliasURL), Normalised: a.names(store.AliasNormalised), External: a.names(store.AliasImported),
		Title: a.Title, Closed: a.Closed, Mode: string(a.Mode), Notice: a.Notice, Created: interchange.Stamp(a.CreatedAt),
	}
}

func lineComment(c *models.Comment) interchange.Comment {
	return interchange.Comment{
		ID: c.PublicID(), External: c.ExternalID, Article: models.ArticleID.Format(c.ArticleID), Parent: models.CommentID.Format(c.ParentID),
		Status: c.Status.String(), Reviewed: c.Reviewed, Escalated: c.Escalated, HeldEdit: c.HeldEdit, Version: c.Version,
		Author: models.AuthorID.Format(c.AuthorID), AuthorName: c.AuthorName, Badge: c.Badge, Avatar: c.Avatar, Format: c.Format.String(), Text: c.Text, HTML: c.HTML,
		Likes: c.Likes, Created: interchange.Stamp(c.CreatedAt), Edited: interchange.Stamp(c.EditedAt), Changed: interchange.Stamp(c.ChangedAt),
		Queued: interchange.Stamp(c.QueuedAt), Priority: c.Priority, Settled: c.Settled.String(),
	}
}

// lineHistory writes what happened to comments.
func (x *exporter) lineHistory(ctx context.Context, out *interchange.LineWriter) error {
	return inOrder(
		func() error {
			return eachAfter(ctx, x.site.ID, x.store.RevisionsAfter, func(r *models.Revision) int64 { return r.ID }, each(func(r *models.Revision) error {
				if r.CommentID > x.last {
					return nil
				}
				return out.Revision(interchange.Revision{
					ID: r.ID, Comment: models.CommentID.Format(r.CommentID), Text: r.Text, HTML: r.HTML, Held: r.Held, Created: interchange.Stamp(r.CreatedAt),
				})
			}))
		},
		func() error {
			return eachAfter(ctx, x.site.ID, x.store.ReportsAfter, func(r *models.Report) int64 { return r.ID }, each(func(r *models.Report) error {
				if r.CommentID > x.last {
					return nil
				}
				return out.Report(interchange.Report{
					ID: r.ID, Comment: models.CommentID.Format(r.CommentID), Reason: r.Reason, Text: r.Text, Open: r.Open, Created: interchange.Stamp(r.CreatedAt),
				})
			}))
		},
		func() error {
			return eachAfter(ctx, x.site.ID, x.store.DecisionsAfter, func(d *models.Decision) int64 { return d.ID }, each(func(d *models.Decision) error {
				if d.CommentID > x.last {
					return nil
				}
				return out.Decision(lineDecision(d))
			}))
		},
	)
}

func lineDecision(d *models.Decision) interchange.Decision {
	return interchange.Decision{
		ID: models.DecisionID.Format(d.ID), Comment: models.CommentID.Format(d.CommentID), Moderator: models.ModeratorID.Format(d.ModeratorID),
		ModeratorName: d.ModeratorName, Rule: models.RuleID.Format(d.RuleID), Choice: d.Choice.String(), Reason: d.Reason, Note: d.Note,
		From: d.From.String(), To: d.To.String(), Before: lineState(&d.Before), After: d.After, Undoes: models.DecisionID.Format(d.Undoes), Created: interchange.Stamp(d.CreatedAt),
	}
}

func lineState(s *models.CommentState) interchange.State {
	return interchange.State{
		Reviewed: s.Reviewed, Escalated: s.Escalated, HeldEdit: s.HeldEdit, Reports: s.Reports, Priority: s.Priority,
		Queued: interchange.Stamp(s.QueuedAt), Revision: s.Revision, Settled: s.Settled.String(),
	}
}

// each makes a function for one a function for many.
func each[T any](fn func(*T) error) func([]T) error {
	return func(some []T) error {
		for i := range some {
			if err := fn(&some[i]); err != nil {
				return err
			}
		}
		return nil
	}
}
