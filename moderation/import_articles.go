package moderation

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// Bounds on what is done for one article.
const (
	maxArticleThreads = 5000 // threads that give it their names
	maxMatchThreads   = 20   // threads by whose names it is looked for
)

// writeClosed stores the pages that have no comments but are closed, so that
// they stay closed; of a backup the open ones as well.
func (im *importer) writeClosed(ctx context.Context) error {
	for after := int64(0); !im.opts.DryRun; {
		seqs, err := im.staging.ClosedArticles(ctx, after, importBatch, im.opts.OriginsOnly, im.home.isSame())
		if err != nil || len(seqs) == 0 {
			return err
		}
		after = seqs[len(seqs)-1]
		w := &chunkWriter{importer: im, chunk: &chunk{}}
		err = im.store.Write(ctx, func(tx *store.Tx) error {
			w.tx = tx
			return inOrder(
				func() error { return w.findAll(ctx, seqs) },
				func() error { return w.insert(ctx) },
				w.announce,
			)
		})
		if err != nil {
			return fmt.Errorf("write closed pages: %w", err)
		}
		if err := im.staging.SetArticleTargets(ctx, w.named); err != nil {
			return err
		}
	}
	return nil
}

// stagedArticle is an article that this chunk needs and whose stored one is not
// known yet.
type stagedArticle struct {
	seq     int64
	system  string // what the ids of its threads begin with
	own     bool   // it is known by its number, not by an id of its thread
	threads []store.StagedThread
	names   []store.Alias // to look for, the most trusted first
}

// findArticles finds the stored article of every post that will be stored, and
// makes those that do not exist.
func (w *chunkWriter) findArticles(ctx context.Context) (err error) {
	var seqs []int64
	seen, threads := map[int64]bool{}, map[string]bool{}
	w.fresh(func(_ int, p *store.StagedPost) {
		threads[w.externalID(p.Thread)] = true
		if !seen[p.Article] {
			seen[p.Article] = true
			seqs = append(seqs, p.Article)
		}
	})
	if w.threads, err = w.tx.AliasesNamed(ctx, w.site.ID, store.AliasImported, slices.Collect(maps.Keys(threads))); err != nil {
		return err
	}
	return w.findAll(ctx, seqs)
}

// findAll finds the stored articles of staged ones, and makes those that do not
// exist.
func (w *chunkWriter) findAll(ctx context.Context, seqs []int64) (err error) {
	if w.articles, err = w.staging.ArticleTargets(ctx, seqs); err != nil {
		return err
	}
	if err := w.followMoves(ctx); err != nil {
		return err
	}
	w.named = map[int64]int64{}
	var missing []*stagedArticle
	for _, seq := range seqs {
		if w.articles[seq] != 0 {
			continue
		}
		a, err := w.stagedArticle(ctx, seq)
		if err != nil {
			return err
		}
		missing = append(missing, a)
	}
	return w.nameArticles(ctx, missing)
}

// followMoves takes articles that went into another one since the import began
// for that one.
func (w *chunkWriter) followMoves(ctx context.Context) error {
	moved, err := presentIDs(ctx, w.tx.Query, values(w.articles))
	for seq, id := range w.articles {
		w.articles[seq] = cmp.Or(moved[id], id)
	}
	return err
}

func (w *chunkWriter) stagedArticle(ctx context.Context, seq int64) (*stagedArticle, error) {
	threads, err := w.staging.Threads(ctx, seq, maxArticleThreads)
	if err != nil {
		return nil, err
	}
	a := &stagedArticle{seq: seq, system: w.externalID(""), threads: threads, own: w.home.isMine()}
	for _, kind := range [...]store.AliasKind{store.AliasImported, store.AliasIdent, store.AliasURL, store.AliasNormalised} {
		for i := range threads[:min(len(threads), maxMatchThreads)] {
			for _, value := range a.called(kind, &threads[i]) {
				if kind == store.AliasIdent && value != threads[i].Ident {
					break // a page is known by its first identifier; others, such as "12", are given to it when they are free
				}
				a.names = append(a.names, store.Alias{SiteID: w.site.ID, Kind: kind, Value: value})
			}
		}
	}
	return a, nil
}

// called is what a thread calls its article, names of one kind; those that lead
// to another article of the file are left out.
func (a *stagedArticle) called(kind store.AliasKind, t *store.StagedThread) []string {
	var names []string
	switch {
	case kind == store.AliasImported && !a.own:
		names = []string{a.system + t.ID}
	case kind == store.AliasIdent && t.IdentLeads:
		names = []string{t.Ident}
	case kind == store.AliasURL && t.URLLeads:
		names = []string{t.Exact}
	case kind == store.AliasNormalised && t.URLLeads:
		names = []string{t.Normal}
	}
	for _, more := range t.More {
		if more.Kind == kind {
			names = append(names, more.Value)
		}
	}
	return slices.DeleteFunc(names, func(name string) bool { return name == "" })
}

func (a *stagedArticle) ident() string {
	for i := range a.threads {
		if a.threads[i].Ident != "" {
			return a.threads[i].Ident
		}
	}
	return ""
}

// nameArticles decides for each article which stored one it is, by the first of
// its names that is known, and gives it all its names.
func (w *chunkWriter) nameArticles(ctx context.Context, missing []*stagedArticle) error {
	if len(missing) == 0 {
		return nil
	}
	found, owners, err := w.lookUp(ctx, missing)
	if err != nil {
		return err
	}
	id, err := w.tx.NextIDs("article", len(missing))
	if err != nil {
		return err
	}
	w.batch.Names = map[store.Alias]int64{}
	there, err := w.home.present(ctx, w.tx, w.site.ID, missing)
	if err != nil {
		return err
	}
	for _, a := range missing {
		own := w.home.articleID(a)
		if target := there[own]; target != 0 { // it has its names, and is as open as somebody made it
			w.articles[a.seq], w.named[a.seq] = target, target
			continue
		}
		target := choosePrior(a, found, owners)
		if target == 0 {
			if target = own; target == 0 || !w.home.keeps {
				target = id
				id++
			}
			w.batch.Articles = append(w.batch.Articles, w.newArticle(a, target))
		} else if err := w.closeFor(ctx, a, target, found); err != nil {
			return err
		}
		owners[target] = append(owners[target], a.seq)
		w.articles[a.seq], w.named[a.seq] = target, target
		for i := range a.threads {
			for _, kind := range [...]store.AliasKind{store.AliasImported, store.AliasIdent, store.AliasURL, store.AliasNormalised} {
				for _, value := range a.called(kind, &a.threads[i]) {
					name := store.Alias{SiteID: w.site.ID, Kind: kind, Value: value}
					if _, taken := found[name]; !taken {
						w.batch.Names[name], found[name] = target, target
					}
				}
			}
		}
	}
	return nil
}

// closeFor closes a stored article for a closed thread that it did not have
// before. One that it had may have been opened since, and stays as it is.
func (w *chunkWriter) closeFor(ctx context.Context, a *stagedArticle, id int64, found map[store.Alias]int64) error {
	for i := range a.threads {
		t := &a.threads[i]
		_, had := found[store.Alias{SiteID: w.site.ID, Kind: store.AliasImported, Value: a.system + t.ID}]
		if had || !t.Closed || t.Deleted {
			continue
		}
		return w.tx.CloseFor(ctx, w.site.ID, id, w.run.id())
	}
	return nil
}

// choosePrior finds the stored article that a staged one is. One that another
// article of the file is already is left to that: those two have different
// identifiers or hosts, or they would be one.
func choosePrior(a *stagedArticle, found map[store.Alias]int64, owners map[int64][]int64) int64 {
	for _, name := range a.names {
		target, ok := found[name]
		if ok && !slices.ContainsFunc(owners[target], func(seq int64) bool { return seq != a.seq }) {
			return target
		}
	}
	return 0
}

// lookUp finds the stored articles with any of the names, and which articles of
// the file those were made from in an earlier import.
func (w *chunkWriter) lookUp(ctx context.Context, missing []*stagedArticle) (found map[store.Alias]int64, owners map[int64][]int64, err error) {
	values := map[store.AliasKind][]string{}
	for _, a := range missing {
		for _, name := range a.names {
			values[name.Kind] = append(values[name.Kind], name.Value)
		}
	}
	found = make(map[store.Alias]int64)
	var ids []int64
	for kind, list := range values {
		part, err := w.tx.AliasesNamed(ctx, w.site.ID, kind, list)
		if err != nil {
			return nil, nil, err
		}
		for value, id := range part {
			found[store.Alias{SiteID: w.site.ID, Kind: kind, Value: value}] = id
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	owners, err = w.ownersOf(ctx, slices.Compact(ids))
	return found, owners, err
}

func (w *chunkWriter) ownersOf(ctx context.Context, ids []int64) (map[int64][]int64, error) {
	owners := make(map[int64][]int64)
	threads, err := w.tx.AliasesOfKind(ctx, store.AliasImported, ids)
	if err != nil {
		return nil, err
	}
	var all []string
	for _, values := range threads {
		for _, value := range values {
			all = append(all, strings.TrimPrefix(value, w.externalID("")))
		}
	}
	seqs, err := w.staging.ArticlesOf(ctx, all)
	if err != nil {
		return nil, err
	}
	for id, values := range threads {
		for _, value := range values {
			if seq := seqs[strings.TrimPrefix(value, w.externalID(""))]; seq != 0 {
				owners[id] = append(owners[id], seq)
			}
		}
	}
	return owners, nil
}

func (w *chunkWriter) newArticle(a *stagedArticle, id int64) *models.Article {
	n := &models.Article{
		ID: id, SiteID: w.site.ID, SiteKey: w.site.Key, Ident: a.ident(), URL: canonical(a.threads).Link, CreatedAt: known(a.threads[0].CreatedAt, w.tx.Now),
	}
	for i := range a.threads {
		n.Title = cmp.Or(n.Title, a.threads[i].Title)
		n.Mode, n.Notice = cmp.Or(n.Mode, a.threads[i].Page.Mode), cmp.Or(n.Notice, a.threads[i].Page.Notice)
		n.Closed = n.Closed || a.threads[i].Closed && !a.threads[i].Deleted
	}
	return n
}

// canonical is the thread with the plainest address: an absolute one, short,
// with https.
func canonical(threads []store.StagedThread) store.StagedThread {
	return slices.MinFunc(threads, func(a, b store.StagedThread) int {
		_, aRest, aIsURL := strings.Cut(a.Exact, "://")
		_, bRest, bIsURL := strings.Cut(b.Exact, "://")
		switch {
		case aIsURL != bIsURL && aIsURL:
			return -1
		case aIsURL != bIsURL:
			return 1
		}
		return cmp.Or(cmp.Compare(len(aRest), len(bRest)), cmp.Compare(len(b.Exact), len(a.Exact)))
	})
}

// findAuthors finds the stored author of every post that will be stored, and
// makes those that do not exist.
func (w *chunkWriter) findAuthors(ctx context.Context) (err error) {
	first := map[int64]*store.StagedPost{}
	var ids []int64
	w.fresh(func(_ int, p *store.StagedPost) {
		if first[p.AuthorID] == nil && p.Class != store.ClassDuplicate {
			first[p.AuthorID] = p
			ids = append(ids, p.AuthorID)
		}
	})
	if w.authors, err = w.staging.AuthorTargets(ctx, ids); err != nil {
		return err
	}
	return w.makeAuthors(ctx, ids, func(id int64) time.Time { return first[id].CreatedAt })
}

// makeAuthors finds the stored authors of staged ones that are not known yet, and
// makes those that do not exist. since is when one wrote first.
func (w *chunkWriter) makeAuthors(ctx context.Context, ids []int64, since func(int64) time.Time) error {
	ids = slices.DeleteFunc(ids, func(id int64) bool { return w.authors[id] != 0 })
	w.met = map[int64]int64{}
	if len(ids) == 0 {
		return nil
	}
	staged, err := w.staging.Authors(ctx, ids)
	if err != nil {
		return err
	}
	var keys []string
	authors := make(map[int64]*models.Author, len(ids))
	for _, id := range ids {
		a := w.author(staged[id], since(id))
		authors[id] = a
		keys = append(keys, a.Key)
		if a.Claimed != "" {
			keys = append(keys, a.Claimed)
		}
	}
	stored, err := w.tx.AuthorIDs(ctx, w.site.ID, keys)
	if err != nil {
		return err
	}
	next, err := w.tx.NextIDs("author", len(ids))
	if err != nil {
		return err
	}
	for _, id := range ids {
		a := authors[id]
		target := stored[a.Key]
		if target == 0 {
			if a.ID == 0 {
				a.ID = next
				next++
			}
			if stored[a.Claimed] != 0 {
				a.Claimed = "" // somebody else took it over
			}
			target = a.ID
			stored[a.Key], stored[a.Claimed] = target, cmp.Or(stored[a.Claimed], target)
			w.batch.Authors = append(w.batch.Authors, a)
		}
		w.authors[id], w.met[id] = target, target
	}
	return nil
}

// author is a new author, whose first post is known; without an ID but when the file
// has one that stays.
func (w *chunkWriter) author(a store.StagedAuthor, first time.Time) *models.Author {
	author := &models.Author{
		SiteID: w.site.ID, Kind: "imported", Key: a.Key, Name: a.Name, Email: a.Email, Sanction: a.More.Sanction,
		Until: a.More.Until, CreatedAt: known(known(a.More.CreatedAt, first), w.tx.Now),
	}
	if me := a.More.Self; me != nil && w.home.isSame() {
		if me.Key != "" {
			author.Kind, author.Key, author.Claimed, author.Avatar, author.URL = me.Kind, me.Key, me.Claimed, me.Avatar, me.URL
		}
		if w.home.keeps {
			author.ID = me.ID
		}
	}
	return author
}

// writePeople stores, of a backup, the authors who have no comments.
func (im *importer) writePeople(ctx context.Context) error {
	for after := int64(0); !im.opts.DryRun && im.home.isSame(); {
		ids, err := im.staging.People(ctx, after, importBatch)
		if err != nil || len(ids) == 0 {
			return err
		}
		after = ids[len(ids)-1]
		w := &chunkWriter{importer: im, chunk: &chunk{}}
		if w.authors, err = im.staging.AuthorTargets(ctx, ids); err != nil {
			return err
		}
		err = im.store.Write(ctx, func(tx *store.Tx) error {
			w.tx, w.batch = tx, store.ImportBatch{}
			return inOrder(
				func() error { return w.makeAuthors(ctx, ids, func(int64) time.Time { return time.Time{} }) },
				func() error { return w.insert(ctx) },
			)
		})
		if err != nil {
			return fmt.Errorf("write authors: %w", err)
		}
		if err := im.staging.SetAuthorTargets(ctx, w.met); err != nil {
			return err
		}
	}
	return nil
}
