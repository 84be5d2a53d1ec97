package moderation

import (
	"context"
	"fmt"
	"net/netip"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/flood"
	"postbag/moderation/markup"
	"postbag/moderation/rules"
)

// changedWhileWaiting names the finding that keeps an edited comment waiting. It
// is no rule's.
const changedWhileWaiting = "Changed while it waited"

// EditTime is how long its author can change a comment that is public. One that
// waits can be changed until a moderator decides.
const EditTime = 15 * time.Minute

// maxEdits bounds the texts that are kept of one comment.
const maxEdits = 50

// Edit changes the text of a comment. token is the comment's edit token, or that
// of the session of the reader who wrote it.
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
	after, err := e.save(ctx, c.ID)
	if err != nil {
		return Receipt{}, translate(err, "comment")
	}
	return Receipt{Comment: after, Message: editMessage(&after), EditToken: s.editToken(&after)}, nil
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
	if strings.HasPrefix(token, readerToken) {
		return c, s.ownsAsReader(ctx, &c, token)
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
	s       *Service
	site    *siteEntry
	text    string
	doc     markup.Doc
	links   []string
	email   string
	reading *rules.Reading
	sketch  flood.Signature
}

func (s *Service) prepareEdit(ctx context.Context, c *models.Comment, text string) (*edit, error) {
	if err := editable(c, s.clock()); err != nil {
		return nil, err
	}
	site, ok := s.sites.byID(c.SiteID)
	if !ok {
		return nil, translate(store.ErrNotFound, "site")
	}
	e := &edit{s: s, site: site}
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
	e.links, e.email = targets(e.doc), author.Email
	e.reading = site.engine.Read(rules.Input{Text: e.text, Name: c.AuthorName, Email: e.email, Links: e.links})
	if len(site.floods) > 0 {
		e.sketch = sketch(e.text, e.links)
	}
	return e, nil
}

// save stores the edit, all or nothing.
func (e *edit) save(ctx context.Context, id int64) (after models.Comment, err error) {
	if !e.sketch.Blank() {
		if err := e.s.warmFloods(ctx, e.site.ID); err != nil {
			return after, err
		}
	}
	entered := false
	err = e.s.store.Write(ctx, func(tx *store.Tx) (err error) {
		w := writing{edit: e, tx: tx, now: tx.Now.UTC().Truncate(time.Millisecond)}
		after, err = w.write(ctx, id)
		entered = w.entered
		return err
	})
	if err != nil && entered {
		e.s.floods.drop(e.site.ID)
	}
	return after, err
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

// writing is an edit within its transaction.
type writing struct {
	*edit
	tx       *store.Tx
	now      time.Time       // in whole milliseconds
	held     models.Revision // the earlier edit that still waits, if one does
	findings []models.Finding
	facts    rules.Facts
	verdict  models.Verdict
	floods   *floodIndex // nil when nobody asks for copies
	entered  bool        // into floods
}

// write judges the new text and stores what follows.
func (w *writing) write(ctx context.Context, id int64) (models.Comment, error) {
	c, err := w.tx.Comment(ctx, id)
	if err != nil {
		return c, err
	}
	if err := editable(&c, w.tx.Now); err != nil {
		return c, err
	}
	revisions, err := w.tx.Revisions(ctx, id)
	if err != nil {
		return c, err
	}
	if err := w.readAround(ctx, id); err != nil {
		return c, err
	}
	if w.text == c.Text {
		return w.revert(ctx, c)
	}
	if len(revisions) >= maxEdits {
		return c, models.Refuse(models.CodeForbidden, "This comment was changed %d times. It has to stay as it is.", maxEdits)
	}
	article, err := w.judge(ctx, &c)
	if err != nil {
		return c, err
	}
	switch action := w.verdict.Action(); {
	case action == models.Slow:
		return c, slowDown(&w.verdict)
	case action >= models.Reject:
		return c, models.Refuse(models.CodeRejected, "%s", rejection(&w.verdict))
	case action >= models.Hold && c.Status == models.Approved:
		return w.hold(ctx, c, article)
	}
	return w.replace(ctx, c, article)
}

// readAround reads what the edit takes the place of.
func (w *writing) readAround(ctx context.Context, id int64) error {
	held, err := w.tx.HeldRevisions(ctx, []int64{id})
	if err != nil {
		return err
	}
	findings, err := w.tx.Findings(ctx, []int64{id})
	w.held, w.findings = held[id], findings[id]
	return err
}

// judge asks the rules, all but the rate rules: nothing is posted.
func (w *writing) judge(ctx context.Context, c *models.Comment) (*models.Article, error) {
	author, err := w.tx.Author(ctx, c.AuthorID)
	if err != nil {
		return nil, err
	}
	article, err := w.tx.Article(ctx, c.ArticleID)
	if err != nil {
		return nil, err
	}
	if author.SanctionAt(w.tx.Now) == "ban" {
		return nil, models.Refuse(models.CodeBanned, "You cannot comment on this site at the moment.")
	}
	author = without(author, c)
	w.facts = rules.Facts{
		Now: w.now.UnixMilli(), Edit: true, Text: rules.Digest(w.text), Email: w.email, Links: w.links,
		Author: authorFacts(&author, w.now), Article: articleFacts(&w.site.Site, &article),
	}
	if !w.sketch.Blank() {
		if w.floods, err = w.s.openFloods(ctx, w.tx, w.site.ID); err != nil {
			return nil, err
		}
		w.facts.Floods = floodFacts(w.floods.Index, w.entry(c), w.site.floods)
	}
	w.verdict, _ = w.reading.Conclude(&w.facts)
	return &article, nil
}

func (w *writing) entry(c *models.Comment) flood.Entry {
	return flood.Entry{ID: c.ID, At: w.now.UnixMilli(), Author: c.AuthorID, Article: c.ArticleID, Signature: w.sketch}
}

// replace puts the new text in the place of the old one, which is kept. Nobody
// has reviewed the new one.
func (w *writing) replace(ctx context.Context, before models.Comment, article *models.Article) (models.Comment, error) {
	after := before
	after.Text, after.Tree, after.HTML = w.text, string(w.doc.Tree), w.doc.HTML
	after.EditedAt, after.Reviewed, after.HeldEdit = w.tx.Now, false, false
	if w.verdict.Action() < models.Hold && before.Status == models.Pending {
		w.verdict.Findings = append(w.verdict.Findings, models.Finding{
			Name: changedWhileWaiting, Action: models.Hold, Detail: "The author has changed the text; the rules would let it pass as it is now.",
		})
	}
	old := models.Revision{CommentID: before.ID, Text: before.Text, Tree: before.Tree, HTML: before.HTML}
	err := w.commit(ctx, &before, &after, old, article)
	return after, err
}

// hold keeps the new text back; the public one stays.
func (w *writing) hold(ctx context.Context, before models.Comment, article *models.Article) (models.Comment, error) {
	after := before
	after.HeldEdit = true
	fresh := models.Revision{CommentID: before.ID, Text: w.text, Tree: string(w.doc.Tree), HTML: w.doc.HTML, Held: true}
	err := w.commit(ctx, &before, &after, fresh, article)
	return after, err
}

// commit writes the comment, the text that is kept beside it, and the verdict.
func (w *writing) commit(ctx context.Context, before, after *models.Comment, kept models.Revision, article *models.Article) error {
	action := w.verdict.Action()
	after.Settled = 0
	after.Escalated = after.Escalated || action == models.Escalate
	if action >= models.Hold {
		after.Priority = max(after.Priority, priority(&w.verdict))
	}
	return inOrder(
		func() error { return w.tx.SaveComment(ctx, before, after) },
		func() error { return w.dropHeld(ctx) },
		func() error { return w.tx.AddRevision(ctx, &kept) },
		func() error { return w.saveVerdict(ctx, before, after) },
		func() error { return w.saveHeat(ctx, article) },
		func() error { return w.saveSketch(ctx, after) },
	)
}

// saveHeat raises the heat of the article where a rule asks for it.
func (w *writing) saveHeat(ctx context.Context, article *models.Article) error {
	heat := w.s.warmthOf(article, w.now)
	heat.raise(w.verdict.Findings)
	return saveHeat(ctx, w.tx, []*warmth{heat})
}

// saveVerdict writes what was known and found, and counts it.
func (w *writing) saveVerdict(ctx context.Context, before, after *models.Comment) error {
	seq, err := w.tx.NextVerdict(ctx, after.ID)
	if err != nil {
		return err
	}
	record, err := storedFacts(after.ID, seq, w.site.revision, &w.facts)
	if err != nil {
		return err
	}
	return inOrder(
		func() error { return w.tx.AddVerdicts(ctx, []store.Verdict{record}) },
		func() error { return w.tx.ReplaceFindings(ctx, after.ID, seq, w.verdict.Findings) },
		func() error { return w.recount(ctx, before, after, w.verdict.Findings) },
	)
}

// recount moves the comment from one state to the other in the numbers of the
// rules.
func (w *writing) recount(ctx context.Context, before, after *models.Comment, found []models.Finding) error {
	t := newTallies()
	t.count(before, w.findings, -1)
	t.count(after, found, 1)
	t.fire(found, w.now)
	return t.save(ctx, w.tx)
}

// saveSketch lets others find copies of the new text, here and in other
// processes.
func (w *writing) saveSketch(ctx context.Context, c *models.Comment) error {
	if w.floods == nil {
		return nil
	}
	sketches := []store.Sketch{newSketch(c, w.sketch, w.now)}
	if err := w.tx.AddSketches(ctx, sketches); err != nil {
		return err
	}
	w.entered = true
	w.floods.Add(w.entry(c))
	w.floods.last = sketches[0].ID
	return nil
}

// revert is an edit back to the text that is public already: an earlier edit
// that waits has become pointless.
func (w *writing) revert(ctx context.Context, before models.Comment) (models.Comment, error) {
	if !before.HeldEdit {
		return before, nil
	}
	after := before
	after.HeldEdit, after.Settled = false, 0
	seq, err := w.tx.NextVerdict(ctx, before.ID)
	if err != nil {
		return before, err
	}
	return after, inOrder(
		func() error { return w.tx.SaveComment(ctx, &before, &after) },
		func() error { return w.dropHeld(ctx) },
		func() error { return w.tx.ReplaceFindings(ctx, before.ID, seq, nil) },
		func() error { return w.recount(ctx, &before, &after, nil) },
	)
}

func (w *writing) dropHeld(ctx context.Context) error {
	if w.held.ID == 0 {
		return nil
	}
	return w.tx.SetRevisionHeld(ctx, w.held.ID, false)
}

// Withdraw deletes a comment for its author: its text is gone from view, and
// where others have answered, a tombstone stays. token is as for Edit.
// Withdrawing twice changes nothing.
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
