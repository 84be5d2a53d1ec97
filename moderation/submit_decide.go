package moderation

import (
	"maps"
	"unicode"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// decide says what becomes of one submission, as if the ones before it in the
// batch had been stored already.
func (b *batch) decide(j *job) (Receipt, error) {
	key := store.SiteKey{SiteID: j.site.ID, Key: j.in.Key}
	if c, ok := b.replays[key]; ok {
		r := b.s.receipt(&c)
		r.Repeated = true
		return r, nil
	}
	if first := b.byKey[key]; first != nil {
		b.twins[j] = first
		return Receipt{}, nil
	}
	b.byKey[key] = j
	article, author := b.articles[j], b.authors[j]
	parent, err := b.checkPlace(j, article, author)
	if err != nil {
		return Receipt{}, err
	}
	verdict, tats := b.judge(j, article, author)
	c := j.comment(article, author, parent)
	switch verdict.Action() {
	case models.Slow:
		refusal := models.Refuse(models.CodeRateLimited, "You are writing faster than this site allows. Your text is still here: try again a little later.")
		refusal.RetryAfter = verdict.RetryAfter
		return Receipt{}, refusal
	case models.Reject:
		c.Status = models.Removed
		err = models.Refuse(models.CodeRejected, "%s", rejection(&verdict))
	case models.Hold, models.Escalate:
		c.Status, c.Escalated = models.Pending, verdict.Action() == models.Escalate
	}
	b.accept(&accepted{j, c, verdict, parent}, tats)
	return Receipt{}, err
}

// checkPlace makes sure that the article is open to the author and that the
// comment it answers is public.
func (b *batch) checkPlace(j *job, article *models.Article, author *models.Author) (*models.Comment, error) {
	if article.Closed {
		return nil, models.Refuse(models.CodeClosed, "Comments on this article are closed.")
	}
	if author.SanctionAt(b.tx.Now) == "ban" {
		return nil, models.Refuse(models.CodeBanned, "You cannot comment on this site at the moment.")
	}
	if j.parent == 0 {
		return nil, nil
	}
	parent, ok := b.comments[j.parent]
	switch {
	case !ok || parent.ArticleID != article.ID:
		return nil, models.Refuse(models.CodeNotFound, "The comment you answer is not part of this article.")
	case parent.Status != models.Approved:
		return nil, models.Refuse(models.CodeConflict, "The comment you answer is no longer public. You can post your text as a comment of its own.")
	}
	return &parent, nil
}

// judge asks the rules. The returned arrival times are to be stored if the
// comment is.
func (b *batch) judge(j *job, article *models.Article, author *models.Author) (models.Verdict, map[store.RateKey]int64) {
	keys := b.rateKeys(j)
	byRule := j.site.engine.RateKeys(keys)
	tats := make(map[int64]int64, len(byRule))
	for rule, key := range byRule {
		tats[rule] = b.tats[store.RateKey{RuleID: rule, Key: key}]
	}
	verdict := j.reading.Conclude(rules.Facts{
		Author: *author, Mode: j.site.ModeOf(article.Mode), Sanction: author.SanctionAt(b.tx.Now), Keys: keys, Now: j.now,
	}, tats)
	taken := make(map[store.RateKey]int64, len(tats))
	for rule, tat := range tats {
		taken[store.RateKey{RuleID: rule, Key: byRule[rule]}] = tat
	}
	return verdict, taken
}

// rejection is what the reader is told when a rule refuses the text: the
// site's own words, never the term.
func rejection(v *models.Verdict) string {
	for _, f := range v.Findings {
		if f.Action == models.Reject && f.Reason != "" {
			return f.Reason
		}
	}
	return "This comment goes against the rules of this site, so it was not published. You can change it and try again."
}

func (j *job) comment(article *models.Article, author *models.Author, parent *models.Comment) *models.Comment {
	c := &models.Comment{
		SiteID: j.site.ID, ArticleID: article.ID, Status: models.Approved, Version: 1,
		AuthorID: author.ID, AuthorName: j.in.Name, Text: j.in.Text, Format: models.Markdown, Tree: string(j.doc.Tree), HTML: j.doc.HTML,
		CreatedAt: j.now, ChangedAt: j.now, QueuedAt: j.now, Key: j.in.Key, AddrHash: j.addr, NetHash: j.network,
	}
	if parent != nil {
		c.ParentID = parent.ID
	}
	return c
}

// accept notes a comment and what it changes for those after it.
func (b *batch) accept(a *accepted, tats map[store.RateKey]int64) {
	b.accepted = append(b.accepted, a)
	maps.Copy(b.tats, tats)
	maps.Copy(b.taken, tats)
	author := b.authors[a.job]
	switch a.comment.Status {
	case models.Approved:
		author.Approved++
	case models.Pending:
		author.Pending++
	}
	for _, n := range aliasesOf(a.job.site.ID, a.job.in.Article) {
		b.names[n] = a.comment.ArticleID
	}
}

// recordRefusal writes the decision of a rule that refused a comment.
func (b *batch) recordRefusal(a *accepted) error {
	d := models.Decision{
		SiteID: a.comment.SiteID, CommentID: a.comment.ID, Choice: models.ChooseReject, From: models.Pending, To: models.Removed,
		Before: models.CommentState{Status: models.Pending, QueuedAt: a.comment.CreatedAt}, After: a.comment.Version,
	}
	for _, f := range a.verdict.Findings {
		if f.Action == models.Reject {
			d.RuleID = f.RuleID
			break
		}
	}
	return b.tx.AddDecision(b.ctx, &d)
}

// plain reports whether a text is one line of valid characters.
func plain(text string) bool {
	for _, r := range text {
		if r == unicode.ReplacementChar || unicode.IsControl(r) {
			return false
		}
	}
	return true
}

// shows reports whether a character leaves a mark on paper.
func shows(r rune) bool {
	return unicode.IsGraphic(r) && !unicode.IsSpace(r) && !unicode.Is(unicode.Cf, r) && !unicode.Is(unicode.Mn, r) && r != '\u2800' && r != '\u3164'
}
