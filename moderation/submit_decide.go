package moderation

import (
	"cmp"
	"unicode"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/flood"
	"postbag/moderation/heat"
	"postbag/moderation/rules"
)

// decideOrDefer is decide, unless the brake has just stopped a rule by which the
// comment was read: then it is read again, and decided in the next commit.
func (b *batch) decideOrDefer(j *job) (Receipt, error) {
	if !j.again && b.braked(j.site.ID) {
		b.deferred = append(b.deferred, j)
		return Receipt{}, nil
	}
	return b.decide(j)
}

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
	a := &accepted{job: j, parent: parent, facts: b.facts(j, article, author)}
	var taken []rules.RateFact
	a.verdict, taken = j.reading.Conclude(&a.facts)
	b.observe(a)
	if a.verdict.Action() == models.Slow {
		b.warmth(j).observe(heat.Signal{Refused: true})
		return Receipt{}, slowDown(&a.verdict)
	}
	a.comment = b.comment(a, article, author)
	if a.comment.Status == models.Removed {
		err = models.Refuse(models.CodeRejected, "%s", rejection(&a.verdict))
	}
	return Receipt{}, inOrder(func() error { return b.accept(a, taken) }, func() error { return err })
}

// checkPlace makes sure that the article is open to the author and that the
// comment it answers is public.
func (b *batch) checkPlace(j *job, article *models.Article, author *models.Author) (*models.Comment, error) {
	if article.Closed {
		return nil, models.Refuse(models.CodeClosed, "Comments on this article are closed.")
	}
	if heat.Level(article.HeatLevel) >= heat.ReadOnly {
		return nil, models.Refuse(models.CodeClosed, "Comments on this article are paused for the moment. Your text is still here: come back later.")
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

// facts states all that the verdict depends on beside the text and the rules.
func (b *batch) facts(j *job, article *models.Article, author *models.Author) rules.Facts {
	keys := b.keys[j]
	if author.Approved > 0 {
		delete(keys, "newcomers")
	}
	f := rules.Facts{
		Now: b.now.UnixMilli(), Text: rules.Digest(j.in.Text), Email: j.in.Email, Links: j.links,
		Author: authorFacts(author, b.now), Article: articleFacts(&j.site.Site, article), Keys: keys,
	}
	b.addHeatFacts(j, &f.Article)
	for _, c := range j.site.engine.Counters(keys) {
		if tat := b.tats[store.RateKey{RuleID: c.Rule, Key: c.Key}]; tat != 0 {
			f.Rates = append(f.Rates, rules.RateFact{Counter: c, TAT: tat})
		}
	}
	if ix := b.floods[j.site.ID]; ix != nil && !j.sketch.Blank() {
		f.Floods = floodFacts(ix.Index, flood.Entry{At: f.Now, Author: author.ID, Article: article.ID, Signature: j.sketch}, j.site.floods)
	}
	return f
}

// slowDown is what the reader is told who writes too fast.
func slowDown(v *models.Verdict) error {
	refusal := models.Refuse(models.CodeRateLimited, "You are writing faster than this site allows. Your text is still here: try again a little later.")
	refusal.RetryAfter = v.RetryAfter
	return refusal
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

// comment makes the comment as the verdict wants it.
func (b *batch) comment(a *accepted, article *models.Article, author *models.Author) *models.Comment {
	j := a.job
	c := &models.Comment{
		SiteID: j.site.ID, ArticleID: article.ID, Status: models.Approved, Version: 1,
		AuthorID: author.ID, AuthorName: j.in.Name, Text: j.in.Text, Format: models.Markdown, Tree: string(j.doc.Tree), HTML: j.doc.HTML,
		CreatedAt: b.now, ChangedAt: b.now, QueuedAt: b.now, Key: j.in.Key,
		AddrHash: j.from.address, NetHash: j.from.network, WideHash: j.from.wide,
	}
	if a.parent != nil {
		c.ParentID = a.parent.ID
	}
	if j.reader != nil {
		c.Badge, c.Avatar = models.BadgeMember, j.reader.Avatar
	}
	switch action := a.verdict.Action(); action {
	case models.Reject:
		c.Status = models.Removed
	case models.Hold, models.Escalate:
		c.Status, c.Escalated, c.Priority = models.Pending, action == models.Escalate, priority(&a.verdict)
	}
	b.s.draw(&j.site.Site, c, a.verdict.Findings)
	return c
}

// priority is where a held comment stands in the queue: as high as the most
// urgent rule that holds it says.
func priority(v *models.Verdict) int {
	highest := 0
	for i := range v.Findings {
		if v.Findings[i].Action >= models.Hold {
			highest = max(highest, v.Findings[i].Priority)
		}
	}
	return highest
}

// accept notes a comment and what it changes for those after it.
func (b *batch) accept(a *accepted, taken []rules.RateFact) error {
	if b.nextID == 0 {
		var err error
		if b.nextID, err = b.tx.NextIDs("comment", len(b.jobs)); err != nil {
			return err
		}
	}
	c := a.comment
	c.ID = b.nextID
	b.nextID++
	place := models.NewPlace(a.parent, c.ID, c.CreatedAt)
	c.Root, c.Path, c.Depth = place.Root, place.Path, place.Depth
	b.accepted = append(b.accepted, a)
	for _, r := range taken {
		key := store.RateKey{RuleID: r.Rule, Key: r.Key}
		b.tats[key], b.taken[key] = r.TAT, r.TAT
	}
	count(b.authors[a.job], c.Status)
	b.tallies.count(c, a.verdict.Findings, 1)
	b.latest[store.AuthorArticle{Author: c.AuthorID, Article: c.ArticleID}] = c.CreatedAt.UnixMilli()
	if ix := b.floods[c.SiteID]; ix != nil {
		ix.Add(flood.Entry{ID: c.ID, At: c.CreatedAt.UnixMilli(), Author: c.AuthorID, Article: c.ArticleID, Signature: a.job.sketch})
	}
	for _, n := range aliasesOf(a.job.site.ID, a.job.in.Article) {
		b.names[n] = cmp.Or(b.articles[a.job].MovedTo, c.ArticleID)
	}
	b.warm(a)
	return nil
}

// count adds a comment to its author's numbers.
func count(author *models.Author, status models.Status) {
	switch status {
	case models.Approved:
		author.Approved++
	case models.Pending:
		author.Pending++
	case models.Removed:
		author.Removed++
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
			d.RuleID, d.Reason = f.RuleID, f.Code
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
