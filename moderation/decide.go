package moderation

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
)

// Limits of decisions.
const (
	MaxDecisions = 100   // in one call
	MaxNote      = 2_000 // characters
)

// Decide makes one decision about one comment.
//
// A refusal with CodeConflict carries the comment as it is now, the last
// decision on it, and the claim in force when another moderator works on it.
func (s *Service) Decide(ctx context.Context, by models.Moderator, in DecisionRequest) (Outcome, error) {
	outcomes, err := s.DecideAll(ctx, by, []DecisionRequest{in})
	if err != nil {
		return Outcome{}, err
	}
	return outcomes[0], outcomes[0].Err
}

// DecideAll makes up to 100 decisions in one transaction and returns one
// outcome for each, in order. A decision that is refused has its Err set and
// leaves the others as they are.
func (s *Service) DecideAll(ctx context.Context, by models.Moderator, in []DecisionRequest) ([]Outcome, error) {
	if len(in) == 0 || len(in) > MaxDecisions {
		return nil, models.Invalid("items", fmt.Sprintf("Decide about 1 to %d comments at a time.", MaxDecisions))
	}
	acts := make([]act, len(in))
	for i, r := range in {
		id, _ := models.CommentID.Parse(r.Comment)
		acts[i] = act{comment: id, by: by, choice: r.Choice, reason: r.Reason, note: r.Note, version: r.Version}
	}
	return s.perform(ctx, acts, (*desk).decide)
}

// act is one thing that somebody does to one comment.
type act struct {
	comment      int64
	by           models.Moderator // ID 0 when the author acts
	choice       models.Choice
	reason, note string
	version      int              // of the comment that the person saw
	undoes       *models.Decision // for ChooseUndo
	sweep        bool             // takes down whatever is there, and judges nothing
}

// perform does all acts in one transaction, then says how things stand. The
// number of queries that read does not grow with the number of acts.
func (s *Service) perform(ctx context.Context, acts []act, do func(*desk, context.Context, act) (models.Decision, error)) ([]Outcome, error) {
	outcomes := make([]Outcome, len(acts))
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		d, err := s.openDesk(ctx, tx, acts)
		if err != nil {
			return err
		}
		for i, a := range acts {
			decision, err := do(d, ctx, a)
			if err != nil && models.CodeOf(err) == "" {
				return err
			}
			outcomes[i] = Outcome{Decision: decision, Err: err}
		}
		return d.tallies.save(ctx, tx)
	})
	if err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	if err := s.complete(ctx, acts, outcomes); err != nil {
		return nil, fmt.Errorf("decide: %w", err)
	}
	return outcomes, nil
}

// complete fills in what comes after the commit: the comments as they are now and
// the counts of their sites. Conflicts are told in full.
func (s *Service) complete(ctx context.Context, acts []act, outcomes []Outcome) error {
	comments, err := s.store.Comments(ctx, commentsOf(acts))
	if err != nil {
		return err
	}
	items, err := s.items(ctx, s.store.Query, comments)
	if err != nil {
		return err
	}
	counts, err := s.store.LaneCounts(ctx, idsOf(comments, func(c *models.Comment) int64 { return c.SiteID }))
	if err != nil {
		return err
	}
	byID := make(map[int64]models.ModerationItem, len(items))
	for _, item := range items {
		byID[item.Comment.ID] = item
	}
	for i := range outcomes {
		item, known := byID[acts[i].comment]
		var refusal *models.Error
		switch {
		case errors.As(outcomes[i].Err, &refusal) && known:
			explain(refusal, &item, acts[i].version)
		case known:
			outcomes[i].Item, outcomes[i].Counts = item, counts[item.Comment.SiteID]
		}
	}
	return nil
}

func commentsOf(acts []act) []int64 {
	ids := make([]int64, 0, len(acts))
	for _, a := range acts {
		if a.comment != 0 {
			ids = append(ids, a.comment)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// desk holds the comments that are decided about, with what decides whether
// they may be.
type desk struct {
	s        *Service
	tx       *store.Tx
	comments map[int64]models.Comment
	claims   map[int64]models.Claim
	held     map[int64]models.Revision
	findings map[int64][]models.Finding // on the present texts
	tallies  *tallies
}

func (s *Service) openDesk(ctx context.Context, tx *store.Tx, acts []act) (*desk, error) {
	ids := commentsOf(acts)
	comments, err := tx.Comments(ctx, ids)
	if err != nil {
		return nil, err
	}
	d := &desk{s: s, tx: tx, comments: make(map[int64]models.Comment, len(comments)), tallies: newTallies()}
	for _, c := range comments {
		d.comments[c.ID] = c
	}
	if d.claims, err = tx.ClaimsOf(ctx, ids, tx.Now); err != nil {
		return nil, err
	}
	if d.held, err = tx.HeldRevisions(ctx, ids); err != nil {
		return nil, err
	}
	d.findings, err = tx.Findings(ctx, ids)
	return d, err
}

// decide is apply for one of the four choices of a moderator.
func (d *desk) decide(ctx context.Context, a act) (models.Decision, error) {
	c, ok := d.comments[a.comment]
	if !ok {
		return models.Decision{}, models.Refuse(models.CodeNotFound, "There is no such comment.")
	}
	if err := d.s.checkWords(c.SiteID, &a); err != nil {
		return models.Decision{}, err
	}
	return d.apply(ctx, a)
}

// checkWords checks what a moderator sent beside the comment.
func (s *Service) checkWords(site int64, a *act) error {
	if a.choice < models.ChooseApprove || a.choice > models.ChooseEscalate {
		return models.Invalid("action", "Use approve, remove, spam or escalate.")
	}
	if !utf8.ValidString(a.note) || utf8.RuneCountInString(a.note) > MaxNote {
		return models.Invalid("note", fmt.Sprintf("A note has at most %d characters.", MaxNote))
	}
	if a.reason == "" {
		return nil
	}
	entry, ok := s.sites.byID(site)
	if !ok || !slices.ContainsFunc(entry.Reasons, func(r models.Reason) bool { return r.Key == a.reason }) {
		return models.Invalid("reason", "This is not one of the site's reasons.")
	}
	return nil
}

// apply is the only way by which a comment's status changes. It makes sure that
// the comment is as the person saw it, that nobody else works on it, and that
// the change is one that the table of transitions knows; then it writes the
// comment and the record of the decision. A refusal has written nothing.
func (d *desk) apply(ctx context.Context, a act) (models.Decision, error) {
	before, ok := d.comments[a.comment]
	if !ok {
		return models.Decision{}, models.Refuse(models.CodeNotFound, "There is no such comment.")
	}
	if err := d.permit(&before, &a); err != nil {
		return models.Decision{}, err
	}
	after, revision, err := d.outcome(ctx, before, &a)
	if err != nil {
		return models.Decision{}, err
	}
	if !before.Status.CanBecome(after.Status) {
		return models.Decision{}, models.Refuse(models.CodeConflict, "A comment that is %s cannot become %s.", before.Status, after.Status)
	}
	if err := d.tx.SaveComment(ctx, &before, &after); err != nil {
		return models.Decision{}, translate(err, "comment")
	}
	d.tallies.count(&before, d.findings[a.comment], -1)
	d.tallies.count(&after, d.findings[a.comment], 1)
	if err := d.settle(ctx, &before, &after, revision, &a); err != nil {
		return models.Decision{}, err
	}
	d.comments[a.comment] = after
	decision := a.record(&before, &after, revision)
	if err := d.tx.AddDecision(ctx, &decision); err != nil {
		return models.Decision{}, fmt.Errorf("record decision: %w", err)
	}
	return decision, nil
}

// permit refuses an act on a comment that is not what the person saw, or not
// theirs to decide about.
func (d *desk) permit(c *models.Comment, a *act) error {
	if c.Status == models.Deleted {
		return models.Refuse(models.CodeConflict, "Its author withdrew this comment. There is nothing left to decide.")
	}
	if c.Version != a.version {
		return &models.Error{Code: models.CodeConflict} // explain finds the words
	}
	if claim, ok := d.claims[c.ID]; ok && a.by.ID != 0 && claim.ModeratorID != a.by.ID {
		refusal := models.Refuse(models.CodeConflict, "%s is working on this comment until %s. Take another one, or come back then.",
			nameOr(claim.ModeratorName, "Another moderator"), clockTime(claim.ExpiresAt))
		refusal.Claim = &claim
		return refusal
	}
	if a.choice == models.ChooseEscalate && c.Status != models.Pending && c.Status != models.Approved {
		return models.Refuse(models.CodeConflict, "This comment is neither public nor waiting, so there is nobody to pass it on to. Approve it instead, if it should return.")
	}
	return nil
}

// outcome returns the comment as it will be, and the revision that the act
// publishes, drops or brings back.
func (d *desk) outcome(ctx context.Context, c models.Comment, a *act) (models.Comment, models.Revision, error) {
	if a.choice == models.ChooseUndo {
		return d.restored(ctx, c, a.undoes)
	}
	held := d.held[c.ID]
	after := a.changed(c, held)
	if after.HeldEdit != c.HeldEdit && after.Text != c.Text {
		after.EditedAt = d.tx.Now
	}
	if after.LaneFor() == models.NoLane {
		after.Priority = 0
	}
	return after, held, nil
}

// changed says what a choice makes of a comment, and that it is the moderators'
// last word on the text that the rules saw last, unless it sweeps. While an edit of a public
// comment waits, remove and spam are about the edit: what was approved stays.
func (a *act) changed(c models.Comment, held models.Revision) models.Comment {
	switch {
	case a.sweep:
		c.Status, c.Reviewed, c.Escalated, c.HeldEdit = models.Removed, true, false, false
		return c
	case a.choice == models.ChooseEscalate:
		c.Escalated = true
		return c
	case a.choice == models.ChooseWithdraw:
		c.Status, c.HeldEdit = models.Deleted, false
		return c
	}
	edit := c.HeldEdit
	c.Reviewed, c.Escalated, c.HeldEdit, c.Settled = true, false, false, a.choice
	switch {
	case a.choice == models.ChooseApprove:
		c.Status, c.Reports = models.Approved, 0
		if edit {
			c.Text, c.Tree, c.HTML = held.Text, held.Tree, held.HTML
		}
	case edit:
	case a.choice == models.ChooseRemove:
		c.Status = models.Removed
	case a.choice == models.ChooseSpam:
		c.Status = models.Spam
	}
	return c
}

// settle writes what belongs to a change beside the comment itself. The text
// that an approved edit replaces is kept as the revision after it.
func (d *desk) settle(ctx context.Context, before, after *models.Comment, revision models.Revision, a *act) error {
	if before.HeldEdit != after.HeldEdit && revision.ID != 0 {
		if err := d.tx.SetRevisionHeld(ctx, revision.ID, after.HeldEdit); err != nil {
			return fmt.Errorf("settle revision: %w", err)
		}
	}
	if a.choice == models.ChooseApprove && after.Text != before.Text {
		old := models.Revision{CommentID: before.ID, Text: before.Text, Tree: before.Tree, HTML: before.HTML}
		if err := d.tx.AddRevision(ctx, &old); err != nil {
			return fmt.Errorf("keep earlier text: %w", err)
		}
	}
	if before.Reports > 0 && after.Reports == 0 {
		if _, err := d.tx.SetReportsOpen(ctx, before.ID, false); err != nil {
			return fmt.Errorf("close reports: %w", err)
		}
	}
	return nil
}

// record is the decision as it will stand in the book.
func (a *act) record(before, after *models.Comment, revision models.Revision) models.Decision {
	d := models.Decision{
		SiteID: before.SiteID, CommentID: before.ID, ModeratorID: a.by.ID, ModeratorName: a.by.Name,
		Choice: a.choice, Reason: a.reason, Note: a.note, From: before.Status, To: after.Status, After: after.Version,
		Before: models.CommentState{
			Status: before.Status, Reviewed: before.Reviewed, Escalated: before.Escalated, HeldEdit: before.HeldEdit,
			Reports: before.Reports, Priority: before.Priority, QueuedAt: before.QueuedAt, Settled: before.Settled,
		},
	}
	// The revision that was waiting before, or that was public before and is not
	// any more.
	if before.HeldEdit || after.Text != before.Text {
		d.Before.Revision = revision.ID
	}
	if a.undoes != nil {
		d.Undoes = a.undoes.ID
	}
	return d
}
