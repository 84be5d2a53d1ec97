package moderation

import (
	"context"
	"encoding/base64"
	"fmt"

	"postbag/models"
	"postbag/models/store"
)

// batch is the state of one commit of submissions: what the database said
// before, changed step by step as one comment after the other is decided.
type batch struct {
	s    *Service
	ctx  context.Context
	tx   *store.Tx
	jobs []*job

	replays  map[store.SiteKey]models.Comment
	comments map[int64]models.Comment // parents, and earlier comments of known readers
	articles map[*job]*models.Article
	authors  map[*job]*models.Author
	tats     map[store.RateKey]int64 // as they are after the comments decided so far
	taken    map[store.RateKey]int64 // those of accepted comments, to be stored
	byKey    map[store.SiteKey]*job  // who used an idempotency key first
	twins    map[*job]*job           // the same key again within the batch
	names    map[store.Alias]int64   // to be added

	newArticles map[int64]*models.Article
	newAuthors  map[int64]*models.Author
	accepted    []*accepted
}

// accepted is a comment that will be stored.
type accepted struct {
	job     *job
	comment *models.Comment
	verdict models.Verdict
	parent  *models.Comment
}

// submitAll decides and stores a batch. When the transaction fails as a whole,
// the comments are tried one by one, so that one that cannot be stored takes no
// other with it.
func (s *Service) submitAll(jobs []*job) {
	ctx := context.WithoutCancel(s.life)
	err := s.submitOnce(ctx, jobs)
	if err == nil {
		return
	}
	if len(jobs) > 1 {
		for _, j := range jobs {
			j.receipt, j.err = Receipt{}, nil
			s.submitAll([]*job{j})
		}
		return
	}
	jobs[0].receipt, jobs[0].err = Receipt{}, fmt.Errorf("store comment: %w", err)
}

func (s *Service) submitOnce(ctx context.Context, jobs []*job) error {
	var b *batch
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		b = newBatch(ctx, s, tx, jobs)
		if err := b.load(); err != nil {
			return err
		}
		for _, j := range jobs {
			j.receipt, j.err = b.decide(j)
		}
		return b.save()
	})
	if err != nil {
		return err
	}
	for _, a := range b.accepted {
		if a.job.err == nil {
			a.job.receipt = s.receipt(a.comment)
		}
	}
	for j, first := range b.twins {
		j.receipt, j.err = first.receipt, first.err
		j.receipt.Repeated = true
	}
	return nil
}

func newBatch(ctx context.Context, s *Service, tx *store.Tx, jobs []*job) *batch {
	return &batch{
		s: s, ctx: ctx, tx: tx, jobs: jobs,
		articles: map[*job]*models.Article{}, newArticles: map[int64]*models.Article{}, names: map[store.Alias]int64{},
		authors: map[*job]*models.Author{}, newAuthors: map[int64]*models.Author{},
		taken: map[store.RateKey]int64{}, byKey: map[store.SiteKey]*job{}, twins: map[*job]*job{},
	}
}

func (s *Service) receipt(c *models.Comment) Receipt {
	r := Receipt{Comment: *c, EditToken: s.editToken(c), Message: "Thank you. A moderator will look at your comment before it appears; it usually does not take long."}
	if c.Status == models.Approved {
		r.Message = "Your comment is published."
	}
	return r
}

// load reads what the batch needs, each kind in one query.
func (b *batch) load() error {
	var keys []store.SiteKey
	var ids []int64
	var aliases []store.Alias
	for _, j := range b.jobs {
		keys = append(keys, store.SiteKey{SiteID: j.site.ID, Key: j.in.Key})
		if j.parent != 0 {
			ids = append(ids, j.parent)
		}
		if j.known != 0 {
			ids = append(ids, j.known)
		}
		aliases = append(aliases, aliasesOf(j.site.ID, j.in.Article)...)
	}
	var err error
	if b.replays, err = b.tx.CommentsByKey(b.ctx, keys); err != nil {
		return err
	}
	related, err := b.tx.Comments(b.ctx, ids)
	if err != nil {
		return err
	}
	b.comments = make(map[int64]models.Comment, len(related))
	for _, c := range related {
		b.comments[c.ID] = c
	}
	if err := b.loadArticles(aliases); err != nil {
		return err
	}
	if err := b.loadAuthors(); err != nil {
		return err
	}
	return b.loadRates()
}

// loadArticles finds every job's article, and makes those that do not exist.
func (b *batch) loadArticles(aliases []store.Alias) error {
	found, err := b.tx.Aliases(b.ctx, aliases)
	if err != nil {
		return err
	}
	var ids []int64
	for _, id := range found {
		ids = append(ids, id)
	}
	stored, err := b.tx.Articles(b.ctx, ids)
	if err != nil {
		return err
	}
	known := map[int64]*models.Article{}
	for id, a := range stored {
		known[id] = &a
	}
	for _, j := range b.jobs {
		names := aliasesOf(j.site.ID, j.in.Article)
		id, _ := choose(names, found)
		if known[id] == nil {
			if id, err = b.newArticle(j); err != nil {
				return err
			}
			known[id] = b.newArticles[id]
		}
		b.articles[j] = known[id]
		for _, n := range names {
			if _, taken := found[n]; !taken {
				found[n] = id
			}
		}
	}
	return nil
}

func (b *batch) newArticle(j *job) (int64, error) {
	id, err := b.tx.NextIDs("article", 1)
	b.newArticles[id] = &models.Article{
		ID: id, SiteID: j.site.ID, SiteKey: j.site.Key, Ident: j.in.Article.ID, URL: exactURL(j.in.Article.URL), Title: j.in.Article.Title, CreatedAt: b.tx.Now,
	}
	return id, err
}

// loadAuthors finds every job's author: by an earlier comment whose token the
// reader holds, else by name, e-mail and network together.
func (b *batch) loadAuthors() error {
	var ids []int64
	var keys []store.AuthorKey
	for _, j := range b.jobs {
		if c, ok := b.comments[j.known]; ok && c.SiteID == j.site.ID && b.s.owns(&c, j.in.Token) {
			ids = append(ids, c.AuthorID)
		} else {
			j.known = 0
			keys = append(keys, store.AuthorKey{SiteID: j.site.ID, Key: j.guest})
		}
	}
	byID, err := b.tx.Authors(b.ctx, ids)
	if err != nil {
		return err
	}
	byKey, err := b.tx.AuthorsByKey(b.ctx, keys)
	if err != nil {
		return err
	}
	shared := map[int64]*models.Author{}
	fresh := map[store.AuthorKey]*models.Author{}
	for _, j := range b.jobs {
		key := store.AuthorKey{SiteID: j.site.ID, Key: j.guest}
		a, ok := byID[b.comments[j.known].AuthorID]
		if !ok {
			a, ok = byKey[key]
		}
		switch {
		case ok && shared[a.ID] == nil:
			shared[a.ID] = &a
			fallthrough
		case ok:
			b.authors[j] = shared[a.ID]
		case fresh[key] != nil:
			b.authors[j] = fresh[key]
		default:
			id, err := b.tx.NextIDs("author", 1)
			if err != nil {
				return err
			}
			fresh[key] = &models.Author{ID: id, SiteID: j.site.ID, Kind: "guest", Key: j.guest, Name: j.in.Name, Email: j.in.Email, CreatedAt: b.tx.Now}
			b.newAuthors[id], b.authors[j] = fresh[key], fresh[key]
		}
	}
	return nil
}

// rateKeys are what rate rules can count by.
func (b *batch) rateKeys(j *job) map[string]string {
	return map[string]string{
		"author":  models.AuthorID.Format(b.authors[j].ID),
		"article": models.ArticleID.Format(b.articles[j].ID),
		"address": base64.RawStdEncoding.EncodeToString(j.addr),
		"network": base64.RawStdEncoding.EncodeToString(j.network),
	}
}

func (b *batch) loadRates() (err error) {
	var keys []store.RateKey
	for _, j := range b.jobs {
		for rule, key := range j.site.engine.RateKeys(b.rateKeys(j)) {
			keys = append(keys, store.RateKey{RuleID: rule, Key: key})
		}
	}
	b.tats, err = b.tx.Rates(b.ctx, keys)
	return err
}

// save writes everything that was accepted, each kind in one statement.
func (b *batch) save() error {
	if len(b.accepted) == 0 {
		return nil
	}
	first, err := b.tx.NextIDs("comment", len(b.accepted))
	if err != nil {
		return err
	}
	comments := make([]*models.Comment, len(b.accepted))
	findings := map[int64][]models.Finding{}
	for i, a := range b.accepted {
		c := a.comment
		c.ID = first + int64(i)
		place := models.NewPlace(a.parent, c.ID, c.CreatedAt)
		c.Root, c.Path, c.Depth = place.Root, place.Path, place.Depth
		if len(a.verdict.Findings) > 0 {
			findings[c.ID] = a.verdict.Findings
		}
		comments[i] = c
	}
	return inOrder(
		b.saveNames,
		func() error { return b.tx.InsertComments(comments) },
		func() error { return b.tx.AddFindings(b.ctx, findings) },
		func() error { return b.tx.SetRates(b.ctx, b.taken) },
		b.announce,
	)
}

// inOrder runs steps until one fails.
func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// saveNames writes the articles and authors that accepted comments made, and
// the names under which they were found.
func (b *batch) saveNames() error {
	articles, authors := map[int64]*models.Article{}, map[int64]*models.Author{}
	for _, a := range b.accepted {
		if n := b.newArticles[a.comment.ArticleID]; n != nil {
			articles[n.ID] = n
		}
		if n := b.newAuthors[a.comment.AuthorID]; n != nil {
			n.Approved, n.Pending, n.Removed, n.Spam = 0, 0, 0, 0
			authors[n.ID] = n
		}
	}
	return inOrder(
		func() error { return b.tx.InsertArticles(b.ctx, values(articles)) },
		func() error { return b.tx.InsertAuthors(b.ctx, values(authors)) },
		b.saveAliases,
	)
}

func (b *batch) saveAliases() error {
	var names []store.Alias
	for n := range b.names {
		names = append(names, n)
	}
	stored, err := b.tx.Aliases(b.ctx, names)
	if err != nil {
		return err
	}
	for n := range stored {
		delete(b.names, n)
	}
	return b.tx.AddAliases(b.ctx, b.names)
}

// announce tells readers and moderators, and records what a rule refused.
func (b *batch) announce() error {
	for _, a := range b.accepted {
		c := a.comment
		event := models.Event{SiteID: c.SiteID, ArticleID: c.ArticleID, CommentID: c.ID, Count: -1}
		if c.Status == models.Approved {
			if a.parent != nil {
				b.tx.CountShown(a.parent.ID, a.parent.RootID(), 1)
			}
			event.Kind = models.EventShown
			b.tx.Emit(event)
		}
		if c.Lane != models.NoLane {
			event.Kind, event.Lane = models.EventEntered, c.Lane
			b.tx.Emit(event)
		}
		if c.Status == models.Removed {
			if err := b.recordRefusal(a); err != nil {
				return err
			}
		}
	}
	return nil
}

func values[V any](m map[int64]V) []V {
	list := make([]V, 0, len(m))
	for _, v := range m {
		list = append(list, v)
	}
	return list
}
