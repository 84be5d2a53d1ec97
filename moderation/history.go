package moderation

import (
	"context"
	"fmt"
	"time"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
)

const (
	authorComments = 50  // shown with an author
	maxSanctionFor = 300 // characters of a sanction's reason
)

// History returns everything that is known of a comment: all its texts and all
// decisions on it.
func (s *Service) History(ctx context.Context, comment string) (History, error) {
	c, err := s.comment(ctx, comment)
	if err != nil {
		return History{}, err
	}
	var h History
	if h.Item, err = s.item(ctx, s.store.Query, c); err != nil {
		return h, fmt.Errorf("read history: %w", err)
	}
	if h.Revisions, err = s.store.Revisions(ctx, c.ID); err != nil {
		return h, fmt.Errorf("read history: %w", err)
	}
	if h.Decisions, err = s.store.Decisions(ctx, c.ID); err != nil {
		return h, fmt.Errorf("read history: %w", err)
	}
	verdicts, err := s.store.Verdicts(ctx, c.ID)
	if err != nil {
		return h, fmt.Errorf("read history: %w", err)
	}
	for _, v := range verdicts {
		h.Verdicts = append(h.Verdicts, Judgement{Seq: v.Seq, Revision: v.Revision, Facts: v.Facts})
	}
	return h, nil
}

// comment finds a comment by its public id.
func (s *Service) comment(ctx context.Context, id string) (models.Comment, error) {
	number, ok := models.CommentID.Parse(id)
	if !ok {
		return models.Comment{}, translate(store.ErrNotFound, "comment")
	}
	c, err := s.store.Comment(ctx, number)
	return c, translate(err, "comment")
}

// Author returns an author and the 50 latest comments, newest first, whatever
// their status.
func (s *Service) Author(ctx context.Context, id string) (models.Author, []models.ModerationItem, error) {
	number, ok := models.AuthorID.Parse(id)
	if !ok {
		return models.Author{}, nil, translate(store.ErrNotFound, "author")
	}
	author, err := s.store.Author(ctx, number)
	if err != nil {
		return models.Author{}, nil, translate(err, "author")
	}
	comments, err := s.store.AuthorComments(ctx, author.ID, authorComments)
	if err != nil {
		return models.Author{}, nil, fmt.Errorf("read author: %w", err)
	}
	items, err := s.items(ctx, s.store.Query, comments)
	if err != nil {
		return models.Author{}, nil, fmt.Errorf("read author: %w", err)
	}
	return author, items, nil
}

// Sanction bans an author from a site, has their comments wait for a moderator
// (premod) or spares them the waiting (trust), until a time (zero: for good).
// An empty kind ends a sanction. Comments that exist stay as they are.
func (s *Service) Sanction(ctx context.Context, by models.Moderator, author, kind string, until time.Time, reason string) (models.Author, error) {
	id, ok := models.AuthorID.Parse(author)
	if !ok {
		return models.Author{}, translate(store.ErrNotFound, "author")
	}
	if err := s.checkSanction(kind, until, reason); err != nil {
		return models.Author{}, err
	}
	var a models.Author
	err := s.store.Write(ctx, func(tx *store.Tx) (err error) {
		if a, err = tx.Author(ctx, id); err != nil {
			return err
		}
		a.Sanction, a.Until = kind, until
		if kind == "" {
			a.Until = time.Time{}
		}
		return tx.SetSanction(ctx, &a)
	})
	if err != nil {
		return models.Author{}, translate(err, "author")
	}
	s.log.Info("author sanctioned", "author", author, "kind", kind, "until", a.Until, "by", models.ModeratorID.Format(by.ID), "reason", reason)
	return a, nil
}

func (s *Service) checkSanction(kind string, until time.Time, reason string) error {
	switch kind {
	case "", "ban", "premod", "trust":
	default:
		return models.Invalid("kind", "Use ban, premod or trust, or leave it empty to end a sanction.")
	}
	if !until.IsZero() && !until.After(s.clock()) {
		return models.Invalid("until", "This time has passed. Name a later one, or none for a sanction without end.")
	}
	if !utf8.ValidString(reason) || utf8.RuneCountInString(reason) > maxSanctionFor {
		return models.Invalid("reason", fmt.Sprintf("A reason has at most %d characters.", maxSanctionFor))
	}
	return nil
}
