package moderation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// batch is the state of one commit of submissions: what the database said
// before, changed step by step as one comment after the other is decided.
type batch struct {
	s    *Service
	ctx  context.Context
	tx   *store.Tx
	jobs []*job
	now  time.Time // when all of them are decided, in whole milliseconds

	replays  map[store.SiteKey]models.Comment
	comments map[int64]models.Comment // parents, and earlier comments of known readers
	articles map[*job]*models.Article
	authors  map[*job]*models.Author
	keys     map[*job]map[string][]string // what rate rules count by
	tats     map[store.RateKey]int64      // as they are after the comments decided so far
	taken    map[store.RateKey]int64      // those of accepted comments, to be stored
	floods   map[int64]*floodIndex        // by site
	latest   map[store.AuthorArticle]int64
	watches  map[int64][]*watch     // of the brake, by site
	byKey    map[store.SiteKey]*job // who used an idempotency key first
	twins    map[*job]*job          // the same key again within the batch
	names    map[store.Alias]int64  // to be added

	newArticles map[int64]*models.Article
	newAuthors  map[int64]*models.Author
	renamed     map[int64]*models.Author // readers of whom the site says something new
	takeovers   map[int64]models.Author  // imported accounts that readers take over, as they were
	nextID      int64                    // of a comment; 0 before the first is accepted
	accepted    []*accepted
	tallies     *tallies
	warmths     map[int64]*warmth    // by article
	stored      bool                 // something was written
	failed      map[ruleVersion]bool // of which somebody was told
	deferred    []*job               // to be read again, since a rule of their site was stopped
}

// accepted is a comment that will be stored.
type accepted struct {
	job     *job
	comment *models.Comment
	facts   rules.Facts
	verdict models.Verdict
	parent  *models.Comment
}

// submitAll decides and stores a batch. When the transaction fails as a whole,
// the comments are tried one by one, so that one that cannot be stored takes no
// other with it.
func (s *Service) submitAll(jobs []*job) {
	ctx := context.WithoutCancel(s.life)
	deferred, err := s.submitOnce(ctx, jobs)
	switch {
	case err == nil:
		s.submitAgain(ctx, deferred)
	case len(jobs) > 1:
		for _, j := range jobs {
			j.receipt, j.err = Receipt{}, nil
			s.submitAll([]*job{j})
		}
	default:
		jobs[0].receipt, jobs[0].err = Receipt{}, fmt.Errorf("store comment: %w", err)
	}
}

// submitAgain decides comments that wait for the rules as they are now.
func (s *Service) submitAgain(ctx context.Context, jobs []*job) {
	if len(jobs) == 0 {
		return
	}
	if err := s.reloadSites(ctx); err != nil {
		s.log.Error("a change of rules was not taken up", "error", err)
	}
	for _, j := range jobs {
		j.again = true
	}
	s.submitAll(jobs)
}

// refresh takes up what changed of the sites while the comments waited: when the
// rules did, the text is read again.
func (s *Service) refresh(jobs []*job) {
	for _, j := range jobs {
		site, ok := s.sites.byID(j.site.ID)
		switch {
		case !ok:
		case site.revision != j.site.revision:
			j.read(site)
		default:
			j.site = site
		}
	}
}

func (s *Service) submitOnce(ctx context.Context, jobs []*job) (deferred []*job, err error) {
	s.refresh(jobs)
	sites := floodSites(jobs)
	for _, id := range sites {
		if err := s.warmFloods(ctx, id); err != nil {
			return nil, err
		}
	}
	var b *batch
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		b = newBatch(ctx, s, tx, jobs)
		if err := b.load(); err != nil {
			return err
		}
		for _, j := range jobs {
			j.receipt, j.err = b.decideOrDefer(j)
		}
		return b.save()
	})
	if err != nil {
		s.floods.drop(sites...)
		return nil, err
	}
	b.finish()
	return b.deferred, nil
}

// finish answers those who wait, after the commit.
func (b *batch) finish() {
	for _, a := range b.accepted {
		if a.job.err == nil {
			a.job.receipt = b.s.receipt(a.comment)
		}
	}
	for j, first := range b.twins {
		j.receipt, j.err = first.receipt, first.err
		j.receipt.Repeated = true
	}
	b.s.brakes.remember(b)
}

func newBatch(ctx context.Context, s *Service, tx *store.Tx, jobs []*job) *batch {
	return &batch{
		s: s, ctx: ctx, tx: tx, jobs: jobs, now: tx.Now.UTC().Truncate(time.Millisecond),
		articles: map[*job]*models.Article{}, newArticles: map[int64]*models.Article{}, names: map[store.Alias]int64{},
		authors: map[*job]*models.Author{}, newAuthors: map[int64]*models.Author{}, renamed: map[int64]*models.Author{}, takeovers: map[int64]models.Author{}, keys: map[*job]map[string][]string{},
		taken: map[store.RateKey]int64{}, byKey: map[store.SiteKey]*job{}, twins: map[*job]*job{},
		floods: map[int64]*floodIndex{}, watches: map[int64][]*watch{}, failed: map[ruleVersion]bool{}, tallies: s.brakes.carried.clone(), warmths: map[int64]*warmth{},
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
	return inOrder(b.loadAuthors, b.loadRates, b.loadFloods, b.loadLatest, b.loadWatches)
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
	for _, c := range b.comments {
		ids = append(ids, c.ArticleID)
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
		if from := known[b.comments[j.parent].ArticleID]; from != nil && from.MovedTo == id {
			b.articles[j] = from // the comment that it answers is about to move, or to come back, and it goes along
		}
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

// loadAuthors finds every job's author: who is signed in, by that; a guest by an
// earlier comment whose token the guest holds, else by name, e-mail and network
// together.
func (b *batch) loadAuthors() error {
	var ids []int64
	var keys []store.AuthorKey
	for _, j := range b.jobs {
		if c, ok := b.comments[j.known]; ok && j.reader == nil && c.SiteID == j.site.ID && b.s.owns(&c, j.in.Token) {
			ids = append(ids, c.AuthorID)
		} else {
			j.known = 0
		}
		keys = append(keys, store.AuthorKey{SiteID: j.site.ID, Key: j.author})
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
		key := store.AuthorKey{SiteID: j.site.ID, Key: j.author}
		a, ok := byID[b.comments[j.known].AuthorID]
		if !ok || a.Kind == models.KindSSO { // whoever is signed out again is a guest
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
			if fresh[key], err = b.newcomer(j); err != nil {
				return err
			}
			b.authors[j] = fresh[key]
		}
		b.follow(j)
	}
	return nil
}

// newcomer is the author of a job who has not written here before: the imported
// account that is the reader's, or else a new one.
func (b *batch) newcomer(j *job) (*models.Author, error) {
	a, err := b.takeOver(j)
	if a != nil || err != nil {
		return a, err
	}
	id, err := b.tx.NextIDs("author", 1)
	if err != nil {
		return nil, err
	}
	b.newAuthors[id] = newAuthor(id, j, b.tx.Now)
	return b.newAuthors[id], nil
}

// newAuthor is who sends the first comment.
func newAuthor(id int64, j *job, now time.Time) *models.Author {
	a := &models.Author{ID: id, SiteID: j.site.ID, Kind: "guest", Key: j.author, Name: j.in.Name, Email: j.in.Email, CreatedAt: now}
	if j.reader != nil {
		a.Kind, a.Avatar, a.URL = models.KindSSO, j.reader.Avatar, j.reader.URL
	}
	return a
}

// follow takes over what the site says of a reader now.
func (b *batch) follow(j *job) {
	a, r := b.authors[j], j.reader
	if r == nil || a.Name == r.Name && a.Email == r.Email && a.Avatar == r.Avatar && a.URL == r.URL {
		return
	}
	a.Name, a.Email, a.Avatar, a.URL = r.Name, r.Email, r.Avatar, r.URL
	b.renamed[a.ID] = a
}

// loadRates reads the counters that the comments may be counted by.
func (b *batch) loadRates() (err error) {
	var keys []store.RateKey
	for _, j := range b.jobs {
		b.keys[j] = rateKeys(keySource{
			site: j.site.ID, article: b.articles[j].ID, author: b.authors[j].ID, from: j.from, links: j.links, newcomer: b.authors[j].Approved == 0,
		})
		keys = append(keys, b.heatKey(j))
		for _, c := range j.site.engine.Counters(b.keys[j]) {
			keys = append(keys, store.RateKey{RuleID: c.Rule, Key: c.Key})
		}
	}
	b.tats, err = b.tx.Rates(b.ctx, keys)
	return err
}

// loadFloods brings the indexes of copies up to date.
func (b *batch) loadFloods() error {
	for _, id := range floodSites(b.jobs) {
		ix, err := b.s.openFloods(b.ctx, b.tx, id)
		if err != nil {
			return err
		}
		b.floods[id] = ix
	}
	return nil
}

// floodSites lists the sites whose rules ask for copies.
func floodSites(jobs []*job) []int64 {
	var sites []int64
	for _, j := range jobs {
		if len(j.site.floods) > 0 && !slices.Contains(sites, j.site.ID) {
			sites = append(sites, j.site.ID)
		}
	}
	return sites
}

// loadLatest finds out when authors last commented on articles in slow mode.
func (b *batch) loadLatest() (err error) {
	var pairs []store.AuthorArticle
	for _, j := range b.jobs {
		if b.articles[j].HeatLevel > 0 && b.newAuthors[b.authors[j].ID] == nil {
			pairs = append(pairs, store.AuthorArticle{Author: b.authors[j].ID, Article: b.articles[j].ID})
		}
	}
	b.latest, err = b.tx.LastComments(b.ctx, pairs)
	return err
}
