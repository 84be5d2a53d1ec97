package moderation

import (
	"context"
	"fmt"
	"html"
	"maps"
	"regexp"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store"
	"postbag/moderation/markup"
)

// importBatch is how many posts are written in one transaction. Others wait
// for their turn to write while it runs.
const importBatch = 1000

// chunkText is about how many bytes of text a chunk has at most: long comments
// come in smaller ones, so that memory does not grow with their length.
const chunkText = 2 << 20

// externalID is the id of a post, or the name of a thread, in our tables.
func (im *importer) externalID(id string) string { return im.system + ":" + id }

// ownExternal begins the external ids of what was written in Postbag, in files of
// every form but that of Disqus.
const ownExternal = "postbag:"

// chunk is what one transaction writes: posts in order, parents first, those
// rendered that were not stored when the chunk was made.
type chunk struct {
	posts []store.StagedPost
	docs  []markup.Doc
	fresh int // not stored yet
	taken []ImportProblem
	err   error
}

// write stores what is not stored yet. One goroutine reads and renders while
// the other one writes.
func (im *importer) write(ctx context.Context) error {
	ctx, cancel := context.WithCancel(ctx)
	chunks := make(chan *chunk)
	go func() {
		defer close(chunks)
		im.makeChunks(ctx, chunks)
	}()
	err := im.store.Frugal(ctx, func() error {
		return inOrder(
			func() error { return im.writeChunks(ctx, chunks) },
			func() error { return im.writeClosed(ctx) },
			func() error { return im.writePeople(ctx) },
		)
	})
	cancel()
	for range chunks { // until the other goroutine has ended
	}
	return err
}

func (im *importer) writeChunks(ctx context.Context, chunks <-chan *chunk) error {
	done, of := 0, im.counts.Kept-im.report.Skipped
	for c := range chunks {
		if c.err != nil {
			return c.err
		}
		for _, p := range c.taken {
			im.report.addProblem(p)
		}
		switch {
		case c.fresh == 0:
		case im.opts.DryRun:
			im.report.Added += c.fresh
		default:
			if err := im.writeChunk(ctx, c); err != nil {
				return err
			}
		}
		for i := range c.posts {
			if c.posts[i].Class != store.ClassDuplicate {
				done++
			}
		}
		im.report.Unchanged = done - im.report.Added
		im.progress(ImportProgress{Stage: ImportWriting, Posts: done, Of: of})
	}
	return ctx.Err()
}

// makeChunks sends all posts, until the end, an error or the end of ctx.
func (im *importer) makeChunks(ctx context.Context, out chan<- *chunk) {
	var place store.StagedPlace
	for size := importBatch; ; {
		c := &chunk{}
		c.posts, place, c.err = im.staging.Posts(ctx, place, size, im.opts.OriginsOnly)
		size = chunkSize(c.posts)
		if c.err == nil && len(c.posts) == 0 {
			return
		}
		if c.err == nil {
			c.err = im.prepare(ctx, c)
		}
		select {
		case out <- c:
		case <-ctx.Done():
			return
		}
		if c.err != nil {
			return
		}
	}
}

// chunkSize is how many posts the next chunk has, after one with those: 20 to
// importBatch.
func chunkSize(posts []store.StagedPost) int {
	text := 1
	for i := range posts {
		text += len(posts[i].Text)
	}
	return min(importBatch, max(20, len(posts)*chunkText/text))
}

// prepare finds out what of a chunk is stored already, and renders the rest.
func (im *importer) prepare(ctx context.Context, c *chunk) error {
	ids := make([]string, 0, len(c.posts))
	for i := range c.posts {
		ids = append(append(ids, c.posts[i].External), c.posts[i].Extra.Aliases...)
	}
	stored, err := im.store.ImportedDigests(ctx, im.site.ID, ids)
	if err != nil {
		return err
	}
	own, err := im.findOwn(ctx, im.store.Query, ids)
	if err != nil {
		return err
	}
	notTheirs(own, c.posts)
	for id := range own {
		if _, noted := stored[id]; !noted {
			stored[id] = 0
		}
	}
	c.docs = make([]markup.Doc, len(c.posts))
	for i := range c.posts {
		p := &c.posts[i]
		digest, known := stored[p.External]
		if known && digest != 0 && digest != p.Digest && p.External == im.externalID(p.ID) {
			c.taken = append(c.taken, takenProblem(p))
		}
		if known || slices.ContainsFunc(p.Extra.Aliases, func(id string) bool { _, ok := stored[id]; return ok }) || p.Class == store.ClassDuplicate && im.opts.DryRun {
			continue
		}
		c.fresh++
		if p.Class != store.ClassDuplicate && !im.opts.DryRun {
			c.docs[i] = renderImported(p.Text, p.Extra.Format)
		}
	}
	return nil
}

// takenProblem says that a stored comment differs from the post with its id.
func takenProblem(p *store.StagedPost) ImportProblem {
	return ImportProblem{Line: p.Line, ID: p.ID, Code: "differs", Detail: "A comment with this id is stored already, with another text, author or time. It was left as it is. " +
		"If it is a comment of another installation, import this file again with a name for its source."}
}

// anyTag finds what looks like a tag.
var anyTag = regexp.MustCompile(`<[^>]*>`)

// renderImported renders the text of a post. Of a text with more parts than
// anybody writes it keeps the words, and nothing of one that even so is too
// much; the source is stored in any case.
func renderImported(source string, format models.Format) markup.Doc {
	words := anyTag.ReplaceAllString
	render := markup.FromHTML
	if format == models.Markdown {
		words = func(s, _ string) string { return html.EscapeString(s) }
		render = markup.Markdown
	}
	doc, err := render(source)
	if err == nil {
		return doc
	}
	if doc, err = markup.FromHTML(strings.Join(strings.Fields(words(source, " ")), " ")); err != nil {
		return markup.Doc{Tree: []byte("[]")}
	}
	return doc
}

// chunkWriter writes one chunk. What it learns about articles and authors is
// remembered in the staging after the commit.
type chunkWriter struct {
	*importer
	tx       *store.Tx
	chunk    *chunk
	stored   map[string]models.Comment // by external id: before, and then with this chunk
	articles map[int64]int64           // staged → stored
	threads  map[string]int64          // ids of threads, with their system, that lead to a stored article by themselves
	authors  map[int64]int64
	named    map[int64]int64 // of articles, those found or made now
	met      map[int64]int64 // of authors, likewise
	batch    store.ImportBatch
}

func (im *importer) writeChunk(ctx context.Context, c *chunk) error {
	var w *chunkWriter
	err := im.store.Write(ctx, func(tx *store.Tx) error {
		w = &chunkWriter{importer: im, tx: tx, chunk: c}
		return inOrder(
			func() error { return w.findStored(ctx) },
			func() error { return w.findArticles(ctx) },
			func() error { return w.findAuthors(ctx) },
			func() error { return w.build(ctx) },
			func() error { return w.insert(ctx) },
			w.announce,
		)
	})
	if err != nil {
		return fmt.Errorf("write comments: %w", err)
	}
	im.report.Added += len(w.batch.Comments)
	return inOrder(
		func() error { return im.staging.SetArticleTargets(ctx, w.named) },
		func() error { return im.staging.SetAuthorTargets(ctx, w.met) },
	)
}

// insert stores the batch, which bears the number of the run.
func (w *chunkWriter) insert(ctx context.Context) error {
	w.batch.Run = w.run.id()
	if err := w.tx.InsertImported(ctx, &w.batch); err != nil {
		return err
	}
	return w.run.count(ctx, w.tx, len(w.batch.Comments))
}

// findStored looks up the posts of the chunk, those they answer and those they
// are equal to. Posts that are stored already leave the chunk.
func (w *chunkWriter) findStored(ctx context.Context) (err error) {
	ids := map[string]bool{}
	for i := range w.chunk.posts {
		p := &w.chunk.posts[i]
		for _, id := range [...]string{p.External, p.Parent, p.KeptAs} {
			if id != "" {
				ids[id] = true
			}
		}
		for _, id := range p.Extra.Aliases {
			ids[id] = true
		}
	}
	list := make([]string, 0, len(ids))
	for id := range ids {
		list = append(list, id)
	}
	if w.stored, err = w.tx.ImportedComments(ctx, w.site.ID, list); err != nil {
		return err
	}
	own, err := w.findOwn(ctx, w.tx.Query, list)
	notTheirs(own, w.chunk.posts)
	for id, c := range own {
		if _, noted := w.stored[id]; !noted {
			w.stored[id] = c
		}
	}
	w.meetAgain()
	return err
}

// notTheirs leaves out comments that have the number of a post of the file and were
// written at another time: a site that was restored from a file and the one that
// wrote it give out the same numbers from then on.
func notTheirs(own map[string]models.Comment, posts []store.StagedPost) {
	for i := range posts {
		p := &posts[i]
		if c, ok := own[p.External]; ok && !p.CreatedAt.IsZero() && c.CreatedAt.Unix() != p.CreatedAt.Unix() {
			delete(own, p.External)
		}
	}
}

// meetAgain finds the posts that are stored under an id of another system only,
// and notes their ids here: the same comments went from one system to the other.
func (w *chunkWriter) meetAgain() {
	for i := range w.chunk.posts {
		p := &w.chunk.posts[i]
		if _, ok := w.stored[p.External]; ok {
			continue
		}
		for _, id := range p.Extra.Aliases {
			if c, ok := w.stored[id]; ok {
				w.stored[p.External] = c
				w.note(p, p.External, c.ID)
				break
			}
		}
	}
}

// note lets an external id lead to a comment.
func (w *chunkWriter) note(p *store.StagedPost, external string, comment int64) {
	w.batch.Notes = append(w.batch.Notes, store.Imported{SiteID: w.site.ID, ExternalID: external, CommentID: comment, Digest: p.Digest, Thread: w.externalID(p.Thread)})
}

// findOwn finds the comments that were written on this site and come back in an
// export of it.
func (im *importer) findOwn(ctx context.Context, q store.Query, externalIDs []string) (map[string]models.Comment, error) {
	found := map[string]models.Comment{}
	ids := ownIDs(im.externalID(im.tag), externalIDs)
	maps.Copy(ids, ownIDs(ownExternal+im.tag, externalIDs))
	places, err := q.CommentPlaces(ctx, im.site.ID, slices.Sorted(maps.Keys(ids)))
	for id, c := range places {
		found[ids[id]] = c
	}
	return found, err
}

// fresh calls fn for the posts of the chunk that are not stored yet.
func (w *chunkWriter) fresh(fn func(i int, p *store.StagedPost)) {
	for i := range w.chunk.posts {
		p := &w.chunk.posts[i]
		if _, ok := w.stored[p.External]; !ok {
			fn(i, p)
		}
	}
}

// build makes the comments.
func (w *chunkWriter) build(ctx context.Context) error {
	var ids []string
	w.fresh(func(_ int, p *store.StagedPost) { ids = append(ids, p.ID) })
	next, err := w.tx.NextIDs("comment", len(ids))
	if err != nil {
		return err
	}
	past := map[string][]intake.Past{}
	if w.home != nil {
		if past, err = w.staging.Past(ctx, ids); err != nil {
			return err
		}
	}
	w.fresh(func(i int, p *store.StagedPost) {
		if p.Class == store.ClassDuplicate {
			w.noteDuplicate(p)
			return
		}
		id := w.home.commentID(p)
		if id == 0 {
			id = next
			next++
		}
		c := w.comment(p, &w.chunk.docs[i], id)
		if w.home != nil {
			w.home.dress(c, p, past[p.ID])
			w.home.remember(&w.batch, c, past[p.ID])
		}
		w.batch.Comments = append(w.batch.Comments, c)
		w.stored[p.External] = *c
		w.note(p, p.External, c.ID)
		w.batch.Notes[len(w.batch.Notes)-1].Version = c.Version
		for _, id := range p.Extra.Aliases {
			if _, taken := w.stored[id]; !taken {
				w.batch.Notes = append(w.batch.Notes, store.Imported{SiteID: w.site.ID, ExternalID: id, CommentID: c.ID})
				w.stored[id] = *c
			}
		}
	})
	return nil
}

// noteDuplicate lets the id of a duplicate lead to the comment that was kept.
func (w *chunkWriter) noteDuplicate(p *store.StagedPost) {
	if kept, ok := w.stored[p.KeptAs]; ok {
		w.note(p, p.External, kept.ID)
	}
}

var importedStatus = map[store.Class]models.Status{
	store.ClassDeleted: models.Deleted, store.ClassSpam: models.Spam, store.ClassApproved: models.Approved, store.ClassHeld: models.Pending,
}

func (w *chunkWriter) comment(p *store.StagedPost, doc *markup.Doc, id int64) *models.Comment {
	created := known(p.CreatedAt, w.tx.Now)
	c := &models.Comment{
		ID: id, SiteID: w.site.ID, ArticleID: w.article(p), Status: importedStatus[p.Class], Version: 1, ChangedAt: created,
		AuthorID: w.authors[p.AuthorID], AuthorName: p.Name, Text: p.Text, Format: p.Extra.Format, Tree: string(doc.Tree), HTML: doc.HTML,
		CreatedAt: created, EditedAt: p.Extra.EditedAt, Likes: p.Extra.Likes, ExternalID: p.External,
	}
	if p.Extra.Removed && c.Status == models.Deleted {
		c.Status = models.Removed
	}
	c.Reviewed = c.Status != models.Pending
	var parent *models.Comment
	// A parent that is in another article by now takes its replies along: moderators moved it, or the site knew other names before.
	if stored, ok := w.stored[p.Parent]; ok && p.Parent != "" {
		parent, c.ParentID, c.ArticleID = &stored, stored.ID, stored.ArticleID
	}
	place := models.NewPlace(parent, id, created)
	c.Root, c.Path, c.Depth = place.Root, place.Path, place.Depth
	return c
}

// article is where a post goes: to the article that its thread leads to, which is
// another one when the threads of a page were parted since, or to that of its
// page.
func (w *chunkWriter) article(p *store.StagedPost) int64 {
	if id := w.threads[w.externalID(p.Thread)]; id != 0 {
		return id
	}
	return w.articles[p.Article]
}

// announce makes readers see each article anew, once, and moderators what
// waits for them.
func (w *chunkWriter) announce() error {
	touched := map[int64]bool{}
	for _, a := range w.batch.Articles {
		touched[a.ID] = true
		w.tx.Emit(models.Event{SiteID: a.SiteID, ArticleID: a.ID, Kind: models.EventArticle, Count: -1})
	}
	for _, c := range w.batch.Comments {
		if !touched[c.ArticleID] {
			touched[c.ArticleID] = true
			w.tx.Emit(models.Event{SiteID: c.SiteID, ArticleID: c.ArticleID, Kind: models.EventArticle, Count: -1})
		}
		if c.Lane != models.NoLane {
			w.tx.Emit(models.Event{SiteID: c.SiteID, ArticleID: c.ArticleID, CommentID: c.ID, Kind: models.EventEntered, Lane: c.Lane, Count: -1})
		}
	}
	return nil
}
