package main

import (
	"fmt"
	"math/rand/v2"
	"time"

	"postbag/models/disqus"
)

const (
	openThreads = 64 // threads that get posts at the same time
	remembered  = 32 // posts of a thread that may still get a reply
)

// generator writes one export. What it holds does not grow with the posts.
type generator struct {
	texts
	site   site
	opts   exportOptions
	w      *disqus.Writer
	plan   []planned
	sum    exportSummary
	open   []*openThread
	next   int // thread of plan to open next
	id     int64
	clock  time.Time
	step   int // seconds between two posts, at the median
	orphan int // posts without a thread that are still to come
}

// openThread is a thread that has posts to come.
type openThread struct {
	index  int
	kind   kind
	left   int32
	recent []*parent
	last   *disqus.Post // its last approved post
}

// parent is a post that may get replies.
type parent struct {
	id       int64
	gone     bool // deleted or spam
	answered bool // by an approved post
}

func newGenerator(opts exportOptions, w *disqus.Writer) *generator {
	orphans := int(float64(opts.posts) * orphanShare)
	texts := newTexts(rand.New(rand.NewPCG(opts.seed, 0)))
	pages := site{seed: opts.seed, words: texts.scripts[0]}
	g := &generator{
		texts:  texts,
		site:   pages,
		opts:   opts,
		w:      w,
		plan:   pages.plan(opts, orphans),
		id:     5_000_000_000,
		clock:  firstPost(),
		step:   max(1, secondsAll/opts.posts),
		orphan: orphans,
	}
	g.sum.Seed = opts.seed
	return g
}

// writePost writes the next post, of any thread.
func (g *generator) writePost() error {
	g.id += 1 + g.rng.Int64N(40)
	g.clock = g.clock.Add(time.Duration(1+g.rng.IntN(2*g.step)) * time.Second)
	left := g.opts.posts - g.sum.Posts.Total
	g.sum.Posts.Total++
	if g.orphan > 0 && g.rng.IntN(left) < g.orphan {
		g.orphan--
		return g.writeOrphan()
	}
	t := g.pickThread()
	t.left--
	if t.last != nil && g.chance(5) {
		return g.writeDuplicate(t)
	}
	return g.writeFresh(t)
}

// pickThread takes one of the open threads, the large ones more often.
func (g *generator) pickThread() *openThread {
	for i := 0; i < len(g.open); i++ {
		if g.open[i].left == 0 {
			g.open[i] = g.open[len(g.open)-1]
			g.open = g.open[:len(g.open)-1]
			i--
		}
	}
	for len(g.open) < openThreads && g.next < len(g.plan) {
		if p := g.plan[g.next]; p.posts > 0 {
			g.open = append(g.open, &openThread{index: g.next, kind: p.kind, left: p.posts})
		}
		g.next++
	}
	a, b := g.open[g.rng.IntN(len(g.open))], g.open[g.rng.IntN(len(g.open))]
	if b.left > a.left {
		return b
	}
	return a
}

// writeOrphan writes a post of a thread that is not in the file, or of none.
func (g *generator) writeOrphan() error {
	p := g.post()
	p.ThreadID = fmt.Sprint(orphanBase + g.rng.IntN(threadBase-orphanBase))
	if g.chance(100) {
		p.ThreadID = ""
	}
	g.sum.Posts.Orphaned++
	return g.w.WritePost(p)
}

// writeDuplicate writes the thread's last approved post again, under the same id or another.
func (g *generator) writeDuplicate(t *openThread) error {
	again := *t.last
	if g.chance(750) {
		again.DsqID = fmt.Sprint(g.id)
		t.remember(&parent{id: g.id})
	}
	g.sum.Posts.Duplicate++
	return g.w.WritePost(&again)
}

func (g *generator) writeFresh(t *openThread) error {
	p := g.post()
	p.ThreadID = fmt.Sprint(threadBase + t.index)
	p.Deleted, p.Spam = g.chance(40), g.chance(30)
	if p.Deleted && g.chance(600) {
		p.Message, p.Author.Name = "", ""
	}
	above := g.pickParent(t)
	switch {
	case above != nil:
		p.ParentID = fmt.Sprint(above.id)
	case g.chance(2):
		p.ParentID = "404" // older than every post of the file
		g.sum.MissingParents += count(t.kind != nameless)
	}
	approved := g.classify(t, p)
	if approved {
		t.last = p
	}
	if approved && above != nil && above.gone && !above.answered {
		above.answered = true
		g.sum.Tombstones++
	}
	t.remember(&parent{id: g.id, gone: !approved})
	return g.w.WritePost(p)
}

// classify counts the post in its class; true when that is approved.
func (g *generator) classify(t *openThread, p *disqus.Post) bool {
	n := &g.sum.Posts
	switch {
	case t.kind == nameless:
		n.Orphaned++
		return false
	case t.kind == deleted, p.Deleted:
		n.Deleted++
	case p.Spam:
		n.Spam++
	default:
		n.Approved++
		g.sum.Added++
		return true
	}
	g.sum.Added++
	return false
}

// pickParent is nil for a new root, often the last post, or one of the recent ones.
func (g *generator) pickParent(t *openThread) *parent {
	draw := g.rng.IntN(100)
	switch n := len(t.recent); {
	case n == 0 || draw < 45:
		return nil
	case draw < 75:
		return t.recent[n-1]
	default:
		return t.recent[g.rng.IntN(n)]
	}
}

func (t *openThread) remember(p *parent) {
	if len(t.recent) == remembered {
		t.recent = append(t.recent[:0], t.recent[1:]...)
	}
	t.recent = append(t.recent, p)
}

// post is a post with text, author and time, of no thread yet.
func (g *generator) post() *disqus.Post {
	p := &disqus.Post{
		DsqID:     fmt.Sprint(g.id),
		Message:   g.message(),
		CreatedAt: g.clock,
		Author:    g.author(),
	}
	if g.opts.emails {
		p.IPAddress = g.address()
	}
	if g.chance(20) {
		p.ImportID = fmt.Sprintf("wp_id=%d", g.id%100_000)
	}
	if g.chance(30) {
		p.Message, p.Author.Name = padded(p.Message), padded(p.Author.Name)
	}
	return p
}

func padded(s string) string { return "\n\t\t\t" + s + "\n\t\t" }

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
