package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// Undo takes a moderator's decision back: the comment is again what it was
// before. That is a new decision, which can be undone in turn.
//
// Only the last change of a comment can be taken back; when anything happened
// to it since, the refusal (CodeConflict) says what.
func (s *Service) Undo(ctx context.Context, by models.Moderator, decision string) (Outcome, error) {
	id, ok := models.DecisionID.Parse(decision)
	if !ok {
		return Outcome{}, models.Refuse(models.CodeNotFound, "There is no such decision.")
	}
	undone, err := s.store.Decision(ctx, id) // never changes
	if errors.Is(err, store.ErrNotFound) {
		return Outcome{}, models.Refuse(models.CodeNotFound, "There is no such decision.")
	}
	if err != nil {
		return Outcome{}, fmt.Errorf("undo: %w", err)
	}
	a := act{comment: undone.CommentID, by: by, choice: models.ChooseUndo, version: undone.After, undoes: &undone}
	outcomes, err := s.perform(ctx, []act{a}, (*desk).apply)
	if err != nil {
		return Outcome{}, err
	}
	return outcomes[0], outcomes[0].Err
}

// restored returns a comment as it was before a decision, and the revision that
// goes back with it: to waiting when the decision published or refused it, or
// out again when the decision had brought it back.
func (d *desk) restored(ctx context.Context, c models.Comment, undone *models.Decision) (models.Comment, models.Revision, error) {
	if undone.Choice == models.ChooseReject || undone.Choice == models.ChooseWithdraw {
		return c, models.Revision{}, models.Refuse(models.CodeConflict,
			"No moderator made this decision, so it cannot be taken back. Decide about the comment instead.")
	}
	was := undone.Before
	after := c
	after.Status, after.Reviewed, after.Escalated, after.HeldEdit = was.Status, was.Reviewed, was.Escalated, was.HeldEdit
	after.Priority, after.QueuedAt, after.Settled = was.Priority, was.QueuedAt, was.Settled
	if was.Reports > 0 && c.Reports == 0 {
		n, err := d.tx.SetReportsOpen(ctx, c.ID, true)
		if err != nil {
			return c, models.Revision{}, fmt.Errorf("open reports: %w", err)
		}
		after.Reports = n
	} else {
		after.Reports = was.Reports
	}
	revision, err := d.restoreText(ctx, &after, c, was)
	return after, revision, err
}

// restoreText puts the live text of a comment back to what it was.
func (d *desk) restoreText(ctx context.Context, after *models.Comment, c models.Comment, was models.CommentState) (models.Revision, error) {
	switch {
	case was.HeldEdit == c.HeldEdit:
		return d.held[c.ID], nil
	case !was.HeldEdit: // an undo is undone
		revision := d.held[c.ID]
		if revision.ID != 0 && was.Revision == revision.ID {
			after.Text, after.Tree, after.HTML, after.EditedAt = revision.Text, revision.Tree, revision.HTML, d.tx.Now
		}
		return revision, nil
	}
	revisions, err := d.tx.Revisions(ctx, c.ID)
	if err != nil {
		return models.Revision{}, fmt.Errorf("find earlier text: %w", err)
	}
	i := slices.IndexFunc(revisions, func(r models.Revision) bool { return r.ID == was.Revision })
	if i < 0 {
		return models.Revision{}, fmt.Errorf("find earlier text of comment %d: %w", c.ID, store.ErrNotFound)
	}
	edit := revisions[i]
	if c.Text != edit.Text {
		return edit, nil // it was refused
	}
	if i+1 == len(revisions) {
		return edit, fmt.Errorf("find earlier text of comment %d: %w", c.ID, store.ErrNotFound)
	}
	old := revisions[i+1]
	after.Text, after.Tree, after.HTML = old.Text, old.Tree, old.HTML
	if i == 0 {
		after.EditedAt = time.Time{}
	}
	return edit, nil
}

// explain completes a conflict: how the comment is now, and what happened since
// the person saw it.
func explain(refusal *models.Error, item *models.ModerationItem, seen int) {
	if refusal.Code != models.CodeConflict {
		return
	}
	refusal.Comment, refusal.Decision = item, item.Decision
	if refusal.Detail == "" {
		refusal.Detail = since(item, seen) + " Look at it again before you go on."
	}
}

// since says what last happened to a comment after a version of it.
func since(item *models.ModerationItem, seen int) string {
	d, c := item.Decision, &item.Comment
	if d != nil && d.After > seen {
		return doing(d) + " on " + d.CreatedAt.UTC().Format("2 January 2006 at 15:04 UTC") + "."
	}
	if n := len(item.Reports); n > 0 && item.Reports[n-1].CreatedAt.After(c.EditedAt) && item.Edit == nil {
		return "A reader has reported this comment in the meantime."
	}
	return "Its author has changed this comment in the meantime."
}

// doing says who did what.
func doing(d *models.Decision) string {
	who := nameOr(d.ModeratorName, "A moderator")
	switch d.Choice {
	case models.ChooseApprove:
		return who + " approved this comment"
	case models.ChooseRemove:
		return who + " removed this comment"
	case models.ChooseSpam:
		return who + " marked this comment as spam"
	case models.ChooseEscalate:
		return who + " escalated this comment"
	case models.ChooseUndo:
		return who + " took back a decision about this comment"
	case models.ChooseWithdraw:
		return "Its author withdrew this comment"
	}
	return "A rule refused this comment"
}

func nameOr(name, other string) string {
	if name == "" {
		return other
	}
	return name
}

func clockTime(t time.Time) string { return t.UTC().Format("15:04:05 UTC") }
