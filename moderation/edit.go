package moderation

import (
	"context"
	"fmt"
	"net/netip"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/markup"
	"postbag/moderation/rules"
)

// EditTime is how long its author can change a comment that is public. One that
// waits can be changed until a moderator decides.
const EditTime = 15 * time.Minute

// maxEdits bounds the texts that are kept of one comment.
const maxEdits = 50

// Edit changes the text of a comment. token is the comment's edit token.
//
// The rules see the new text first. What they let pass replaces a public text
// at once; what they hold waits for a moderator while the earlier text stays
// public; what they reject changes nothing (CodeRejected). A comment that waits
// goes on waiting with the new text. Every earlier text is kept.
func (s *Service) Edit(ctx context.Context, comment, token, text string, _ netip.Addr) (Receipt, error) {
	c, err := s.ownComment(ctx, comment, token)
	if err != nil {
		return Receipt{}, err
	}
	e, err := s.prepareEdit(ctx, &c, text)
	if err != nil {
		return Receipt{}, err
	}
	var after models.Comment
	err = s.store.Write(ctx, func(tx *store.Tx) (err error) {
		after, err = e.write(ctx, tx, c.ID)
		return err
	})
	if err != nil {
		return Receipt{}, translate(err, "comment")
	}
	return Receipt{Comment: after, Message: editMessage(&after), EditToken: token}, nil
}

func editMessage(c *models.Comment) string {
	switch {
	case c.HeldEdit:
		return "Thank you. A moderator will look at your change; until then readers see the earlier text."
	case c.Status == models.Pending:
		return "Your change is saved. A moderator will look at your comment before it appears."
	}
	return "Your change is published."
}

// ownComment finds a comment and makes sure that the token is for it.
func (s *Service) ownComment(ctx context.Context, id, token string) (models.Comment, error) {
	c, err := s.comment(ctx, id)
	if err != nil {
		return c, err
	}
	if token == "" {
		return c, models.Refuse(models.CodeUnauthorized, "Only its author can change a comment, with the browser it was written in.")
	}
	if !s.owns(&c, token) {
		return c, models.Refuse(models.CodeForbidden, "Only its author can change a comment, with the browser it was written in.")
	}
	return c, nil
}

// edit is a new text on its way, with what was found out before the
// transaction.
type edit struct {
	site    *siteEntry
	text    string
	doc     markup.Doc
	reading *rules.Reading
}

func (s *Service) prepareEdit(ctx context.Context, c *models.Comment, text string) (*edit, error) {
	if err := editable(c, s.clock()); err != nil {
		return nil, err
	}
	site, ok := s.sites.byID(c.SiteID)
	if !ok {
		return nil, translate(store.ErrNotFound, "site")
	}
	e := &edit{site: site}
	var err error
	if e.text, err = cleanText(&site.Site, text); err != nil {
		return nil, err
	}
	if e.doc, err = render(e.text); err != nil {
		return nil, err
	}
	author, err := s.store.Author(ctx, c.AuthorID)
	if err != nil {
		return nil, fmt.Errorf("edit: %w", err)
	}
	e.reading = site.engine.Read(rules.Input{Text: e.text, Name: c.AuthorName, Email: author.Email, Links: targets(e.doc)})
	return e, nil
}

func editable(c *models.Comment, now time.Time) error {
	switch {
	case c.Status == models.Deleted:
		return models.Refuse(models.CodeNotFound, "This comment was withdrawn.")
	case c.Status != models.Pending && c.Status != models.Approved:
		return models.Refuse(models.CodeForbidden, "A moderator has taken this comment down. It can no longer be changed.")
	case c.Format != models.Markdown:
		return models.Refuse(models.CodeForbidden, "This comment comes from another system and cannot be changed here.")
	case c.Status == models.Approved && now.Sub(c.CreatedAt) > EditTime:
		return models.Refuse(models.CodeForbidden, "A comment can be changed for %d minutes. You can answer it instead.", EditTime/time.Minute)
	}
	return nil
}

// write judges the new text and stores what follows.
func (e *edit) write(ctx context.Context, tx *store.Tx, id int64) (models.Comment, error) {
	c, err := tx.Comment(ctx, id)
	if err != nil {
		return c, err
	}
	if err := editable(&c, tx.Now); err != nil {
		return c, err
	}
	revisions, err := tx.Revisions(ctx, id)
	if err != nil {
		return c, err
	}
	held, err := tx.HeldRevisions(ctx, []int64{id})
	if err != nil {
		return c, err
	}
	w := writing{e, tx, held[id]}
	if e.text == c.Text {
		return w.revert(ctx, c)
	}
	if len(revisions) >= maxEdits {
		return c, models.Refuse(models.CodeForbidden, "This comment was changed %d times. It has to stay as it is.", maxEdits)
	}
	verdict, err := e.judge(ctx, tx, &c)
	if err != nil {
		return c, err
	}
	switch action := verdict.Action(); {
	case action >= models.Reject:
		return c, models.Refuse(models.CodeRejected, "%s", rejection(&verdict))
	case action >= models.Hold && c.Status == models.Approved:
		return w.hold(ctx, c, &verdict)
	}
	return w.replace(ctx, c, &verdict)
}

// judge asks the rules, all but the rate rules: nothing is posted.
func (e *edit) judge(ctx context.Context, tx *store.Tx, c *models.Comment) (models.Verdict, error) {
	author, err := tx.Author(ctx, c.AuthorID)
	if err != nil {
		return models.Verdict{}, err
	}
	article, err := tx.Article(ctx, c.ArticleID)
	if err != nil {
		return models.Verdict{}, err
	}
	sanction := author.SanctionAt(tx.Now)
	if sanction == "ban" {
		return models.Verdict{}, models.Refuse(models.CodeBanned, "You cannot comment on this site at the moment.")
	}
	return e.reading.Conclude(rules.Facts{Author: author, Mode: e.site.ModeOf(article.Mode), Sanction: sanction, Now: tx.Now}, map[int64]int64{}), nil
}

// writing is an edit within its transaction. held is the earlier edit that
// still waits, if one does.
type writing struct {
	*edit
	tx   *store.Tx
	held models.Revision
}

// replace puts the new text in the place of the old one, which is kept. Nobody
// has reviewed the new one.
func (w *writing) replace(ctx context.Context, before models.Comment, verdict *models.Verdict) (models.Comment, error) {
	after := before
	after.Text, after.Tree, after.HTML = w.text, string(w.doc.Tree), w.doc.HTML
	after.EditedAt, after.Reviewed, after.HeldEdit = w.tx.Now, false, false
	after.Escalated = after.Escalated || verdict.Action() == models.Escalate
	if verdict.Action() < models.Hold && before.Status == models.Pending {
		verdict.Findings = append(verdict.Findings, models.Finding{
			Name: "Changed while it waited", Action: models.Hold, Detail: "The author has changed the text; the rules would let it pass as it is now.",
		})
	}
	old := models.Revision{CommentID: before.ID, Text: before.Text, Tree: before.Tree, HTML: before.HTML}
	return after, inOrder(
		func() error { return w.tx.SaveComment(ctx, &before, &after) },
		func() error { return w.dropHeld(ctx) },
		func() error { return w.tx.AddRevision(ctx, &old) },
		func() error { return w.tx.ReplaceFindings(ctx, before.ID, verdict.Findings) },
	)
}

// hold keeps the new text back; the public one stays.
func (w *writing) hold(ctx context.Context, before models.Comment, verdict *models.Verdict) (models.Comment, error) {
	after := before
	after.HeldEdit = true
	after.Escalated = after.Escalated || verdict.Action() == models.Escalate
	fresh := models.Revision{CommentID: before.ID, Text: w.text, Tree: string(w.doc.Tree), HTML: w.doc.HTML, Held: true}
	return after, inOrder(
		func() error { return w.tx.SaveComment(ctx, &before, &after) },
		func() error { return w.dropHeld(ctx) },
		func() error { return w.tx.AddRevision(ctx, &fresh) },
		func() error { return w.tx.ReplaceFindings(ctx, before.ID, verdict.Findings) },
	)
}

// revert is an edit back to the text that is public already: an earlier edit
// that waits has become pointless.
func (w *writing) revert(ctx context.Context, before models.Comment) (models.Comment, error) {
	if !before.HeldEdit {
		return before, nil
	}
	after := before
	after.HeldEdit = false
	return after, inOrder(
		func() error { return w.tx.SaveComment(ctx, &before, &after) },
		func() error { return w.dropHeld(ctx) },
		func() error { return w.tx.ReplaceFindings(ctx, before.ID, nil) },
	)
}

func (w *writing) dropHeld(ctx context.Context) error {
	if w.held.ID == 0 {
		return nil
	}
	return w.tx.SetRevisionHeld(ctx, w.held.ID, false)
}

// Withdraw deletes a comment for its author: its text is gone from view, and
// where others have answered, a tombstone stays. token is the comment's edit
// token. Withdrawing twice changes nothing.
func (s *Service) Withdraw(ctx context.Context, comment, token string) error {
	c, err := s.ownComment(ctx, comment, token)
	if err != nil || c.Status == models.Deleted {
		return err
	}
	outcomes, err := s.perform(ctx, []act{{comment: c.ID, choice: models.ChooseWithdraw}}, (*desk).withdraw)
	if err != nil {
		return err
	}
	return outcomes[0].Err
}

// withdraw is apply for the author, who may withdraw whatever version there is.
func (d *desk) withdraw(ctx context.Context, a act) (models.Decision, error) {
	c := d.comments[a.comment]
	if c.Status == models.Deleted {
		return models.Decision{}, nil
	}
	a.version = c.Version
	return d.apply(ctx, a)
}
