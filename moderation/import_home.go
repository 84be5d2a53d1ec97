package moderation

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store"
)

// homecoming is what an import of our own form is, beside an import: its file holds
// the history of comments, and may be the backup of this very site.
//
// It is that when it comes from a site with this key, and the site holds nothing
// else. Then people stay who they are, comments stand with moderators where they
// stood, and everything keeps its id unless another site of this server has it.
// Into any other site it goes as what another system says: people are strangers,
// what is public needs no look, and reports are history.
type homecoming struct {
	from       *lineSource
	moderators []*intake.Moderator
	ids        map[int64]int64 // of moderators, file → here
	rules      map[int64]bool  // that there are here
	mine       bool            // its numbers are those of this site
	same       bool            // it is the backup of this site
	keeps      bool            // ids stay
}

const (
	maxKeptID       = 1 << 40 // of comments, articles and authors
	maxFileStaff    = 1000    // moderators of a file
	homecomingChunk = 500     // ids that are looked up together
)

func (h *homecoming) meet(m *intake.Moderator) {
	if h != nil && len(h.moderators) < maxFileStaff {
		h.moderators = append(h.moderators, m)
	}
}

// isSame reports whether the file is the backup of the site.
func (h *homecoming) isSame() bool { return h != nil && h.same }

// settle finds out, once the file is read, what it is to the site. Unless it is only
// looked at, ids are put by and moderators get accounts.
func (h *homecoming) settle(ctx context.Context, im *importer) (err error) {
	if h == nil {
		return nil
	}
	run := int64(-1)
	if im.run != nil {
		run = im.run.id()
	}
	if h.same, err = im.store.OnlyOf(ctx, im.site.ID, run); err != nil {
		return err
	}
	h.same = h.same && h.from.key == im.site.Key
	if h.same {
		if h.keeps, err = h.free(ctx, im); err != nil {
			return err
		}
	}
	if err := h.tell(ctx, im); err != nil {
		return err
	}
	if !im.opts.DryRun {
		err = h.prepare(ctx, im)
	}
	h.mine = h.from.tag == im.tag
	return err
}

// isMine reports whether numbers in the file are those of the site.
func (h *homecoming) isMine() bool { return h != nil && h.mine }

// tell says in the report what cannot be as it was.
func (h *homecoming) tell(ctx context.Context, im *importer) error {
	lost, line, err := im.staging.LostPast(ctx)
	if err != nil {
		return err
	}
	if lost > 0 {
		im.report.addProblem(ImportProblem{Line: line, Code: "history-lost", Detail: plural(lost, "line tells", "lines tell") + " what happened to comments that are not in the file."})
	}
	p := ImportProblem{Line: 2, Code: "other-site"}
	switch {
	case h.from.tag == im.tag && !h.same, h.keeps:
		return nil // its own comments come back
	case h.same:
		p.Code, p.Detail = "new-ids", "Not all ids in this file can stay: other sites of this server have some, or some are out of bounds. So comments, pages and people get new ones."
	case h.from.key != im.site.Key:
		p.Detail = fmt.Sprintf("The file is of the site %q. Its people become imported authors, and comments get new ids.", clip(h.from.key, 40))
	default:
		p.Detail = "This site has comments, so the file is taken for that of another one. Its people become imported authors, and comments get new ids."
	}
	im.report.addProblem(p)
	return nil
}

// free reports whether all ids of the file can stay: they are sensible, and no
// other site has one of them.
func (h *homecoming) free(ctx context.Context, im *importer) (bool, error) {
	for _, table := range [...]string{"articles", "authors", "comments"} {
		free, err := h.each(ctx, im, table, func(ids []int64) (bool, error) {
			for _, id := range ids {
				if !sensible(id) {
					return false, nil
				}
			}
			strangers, err := im.store.Strangers(ctx, table, im.site.ID, ids)
			return !strangers, err
		})
		if err != nil || !free {
			return false, err
		}
	}
	return true, nil
}

// each calls fn with the ids of the file, of articles, authors or comments, until it
// says no.
func (h *homecoming) each(ctx context.Context, im *importer, table string, fn func([]int64) (bool, error)) (bool, error) {
	for after := int64(0); ; {
		ids, last, err := h.some(ctx, im, table, after)
		if err != nil || len(ids) == 0 {
			return true, err
		}
		if goOn, err := fn(ids); err != nil || !goOn {
			return false, err
		}
		after = last
	}
}

// some returns the next ids of the file and where those after them begin.
func (h *homecoming) some(ctx context.Context, im *importer, table string, after int64) (ids []int64, last int64, err error) {
	if table == "authors" {
		numbers, err := im.staging.People(ctx, after, homecomingChunk)
		if err != nil || len(numbers) == 0 {
			return nil, after, err
		}
		people, err := im.staging.Authors(ctx, numbers)
		for _, a := range people {
			if a.More.Self != nil {
				ids = append(ids, a.More.Self.ID)
			}
		}
		return ids, numbers[len(numbers)-1], err
	}
	staged, kind := "posts", models.CommentID
	if table == "articles" {
		staged, kind = "threads", models.ArticleID
	}
	names, last, err := im.staging.StagedIDs(ctx, staged, after, homecomingChunk)
	for _, name := range names {
		ids = append(ids, h.number(kind, name))
	}
	return ids, last, err
}

// number is an id of the file as the number that it is, 0 for none.
func (h *homecoming) number(kind models.IDKind, id string) int64 {
	number, _ := kind.Parse(strings.TrimPrefix(id, h.from.tag))
	return number
}

// prepare puts the ids of the file by, so that nobody who writes meanwhile gets one,
// and gives moderators of the past an account.
func (h *homecoming) prepare(ctx context.Context, im *importer) (err error) {
	if h.rules, err = im.store.KnownRules(ctx, im.site.ID); err != nil {
		return err
	}
	highest := map[string]int64{}
	for _, table := range [...]string{"articles", "authors", "comments"} {
		if !h.keeps {
			break
		}
		_, err := h.each(ctx, im, table, func(ids []int64) (bool, error) {
			for _, id := range ids {
				highest[table] = max(highest[table], id)
			}
			return true, nil
		})
		if err != nil {
			return err
		}
	}
	return im.store.Write(ctx, func(tx *store.Tx) error {
		if h.keeps {
			if err := tx.RaiseIDs(ctx, highest["comments"], highest["articles"], highest["authors"]); err != nil {
				return err
			}
			if err := tx.SetTag(ctx, im.site.ID, h.from.tag); err != nil {
				return err
			}
			im.tag = h.from.tag
		}
		return h.recall(ctx, tx)
	})
}

func (h *homecoming) recall(ctx context.Context, tx *store.Tx) error {
	h.ids = map[int64]int64{}
	for _, m := range h.moderators {
		account := models.Moderator{ID: m.ID, Email: m.Email, Name: m.Name}
		if err := tx.Recall(ctx, &account); err != nil {
			return err
		}
		h.ids[m.ID] = account.ID
	}
	return nil
}

// own reports whether a post was written on the site that wrote the file.
func (h *homecoming) own(p *store.StagedPost) bool { return p.External == ownExternal+p.ID }

// commentID is the id under which a post is stored, 0 for the next one.
func (h *homecoming) commentID(p *store.StagedPost) int64 {
	if h == nil || !h.keeps {
		return 0
	}
	return h.number(models.CommentID, p.ID)
}

// articleID is the number of a page here, when the file's numbers are the site's.
func (h *homecoming) articleID(a *stagedArticle) int64 {
	if !h.isMine() {
		return 0
	}
	return h.number(models.ArticleID, a.threads[0].ID)
}

// present finds the pages that are here under their numbers, and where those are
// that went into another one.
func (h *homecoming) present(ctx context.Context, tx *store.Tx, site int64, articles []*stagedArticle) (map[int64]int64, error) {
	there := map[int64]int64{}
	if !h.isMine() {
		return there, nil
	}
	var ids []int64
	for _, a := range articles {
		ids = append(ids, h.articleID(a))
	}
	stored, err := tx.Articles(ctx, ids)
	if err != nil {
		return nil, err
	}
	moved, err := presentIDs(ctx, tx.Query, ids)
	for id, a := range stored {
		if a.SiteID == site {
			there[id] = cmp.Or(moved[id], id)
		}
	}
	return there, err
}

// dress gives a comment back what moderators and readers know it by.
func (h *homecoming) dress(c *models.Comment, p *store.StagedPost, past []intake.Past) {
	if !h.isSame() {
		return
	}
	if h.own(p) {
		c.ExternalID = ""
	}
	if s := p.Extra.State; s != nil {
		c.Version, c.Reviewed, c.Escalated, c.ChangedAt = max(1, s.Version), s.Reviewed, s.Escalated, known(s.ChangedAt, c.ChangedAt)
		c.QueuedAt, c.Priority, c.Settled, c.Badge, c.Avatar = s.QueuedAt, s.Priority, s.Settled, s.Badge, s.Avatar
	}
	for i := range past {
		switch p := &past[i]; {
		case p.Revision != nil && p.Revision.Held:
			c.HeldEdit = true
		case p.Report != nil && p.Report.Open:
			c.Reports++
		}
	}
}

// remember adds what happened to a comment to a batch.
func (h *homecoming) remember(b *store.ImportBatch, c *models.Comment, past []intake.Past) {
	b.Past.KeepIDs = h.keeps
	for i := range past {
		switch p := &past[i]; {
		case p.Revision != nil:
			r := *p.Revision
			doc := renderImported(r.Text, c.Format)
			r.CommentID, r.Tree, r.HTML, r.Held = c.ID, string(doc.Tree), doc.HTML, r.Held && h.same
			b.Past.Revisions = append(b.Past.Revisions, r)
		case p.Report != nil:
			r := *p.Report
			r.CommentID, r.Open = c.ID, r.Open && h.same
			b.Past.Reports = append(b.Past.Reports, r)
		case p.Decision != nil:
			d := *p.Decision
			d.SiteID, d.CommentID, d.ModeratorID = c.SiteID, c.ID, h.ids[d.ModeratorID]
			if !h.same || !h.rules[d.RuleID] {
				d.RuleID = 0
			}
			b.Past.Decisions = append(b.Past.Decisions, d)
		}
	}
}
