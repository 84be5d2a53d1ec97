package main

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strings"
	"time"

	"postbag/models/disqus"
)

const (
	forum       = "news"
	categoryID  = "77"
	threadBase  = 1_000_000 // dsq:id of thread i is threadBase + i
	orphanBase  = 900_000   // ids of threads that are not in the file lie from here to threadBase
	orphanShare = 0.005
	secondsAll  = 12 * 365 * 24 * 3600 // from the first post to the last
)

// firstPost is when the first post was written.
func firstPost() time.Time { return time.Date(2012, 3, 4, 5, 6, 7, 0, time.UTC) }

// kind says what is special about a thread.
type kind uint8

const (
	plain      kind = iota
	twin            // the thread before under http and www
	tracked         // the thread before with tracking parameters and a trailing slash
	clash           // the thread before with another identifier, so not the same article
	queryPage       // known by its query only
	closed          // no new comments
	deleted         // and all its posts with it
	empty           // no posts
	foreign         // on another host
	relative        // the link is no absolute URL
	unparsable      // the link is no URL at all
	nameless        // neither link nor identifier
	kindCount
)

// share is how many threads of 1000 are of each kind; the rest are plain.
func (k kind) share() int {
	return [kindCount]int{twin: 30, tracked: 20, clash: 5, queryPage: 50, closed: 50, deleted: 5, empty: 40, foreign: 15, relative: 2, unparsable: 2, nameless: 1}[k]
}

// follows says whether the kind needs a plain thread before it.
func (k kind) follows() bool { return k == twin || k == tracked || k == clash }

// planned is a thread before it is written: what it is and how many posts it has.
type planned struct {
	kind  kind
	posts int32
}

// site is what the threads' pages are called; the same for the same seed.
type site struct {
	seed  uint64
	words []string
}

// plan decides kinds and sizes. Sizes follow a power law: a few threads have
// most of the posts.
func (s site) plan(opts exportOptions, orphans int) []planned {
	rng := rand.New(rand.NewPCG(opts.seed, 1))
	threads := make([]planned, opts.threads)
	for i := range threads {
		threads[i].kind = s.pickKind(opts.threads, rng, threads[:i])
	}
	share(threads, opts.posts-orphans, rng)
	return threads
}

// pickKind makes sure of one thread of each kind in a file that has enough of them.
func (s site) pickKind(threads int, rng *rand.Rand, before []planned) kind {
	pick := plain
	draw := rng.IntN(1000)
	for k := twin; k < kindCount; k++ {
		if draw -= k.share(); draw < 0 {
			pick = k
			break
		}
	}
	i := len(before)
	if threads >= 4*int(kindCount) && i < 2*int(kindCount) {
		pick = plain
		if i%2 == 1 {
			pick = kind(i / 2)
		}
	}
	switch {
	case i == 0 && (pick.follows() || pick == empty),
		pick.follows() && before[i-1].kind != plain,
		pick == clash && s.identifier(i-1) == "":
		return plain
	}
	return pick
}

// share deals posts out to the threads that may have some, at least one each while they last.
func share(threads []planned, posts int, rng *rand.Rand) {
	var open []int
	for i, t := range threads {
		if t.kind != empty {
			open = append(open, i)
		}
	}
	rng.Shuffle(len(open), func(i, j int) { open[i], open[j] = open[j], open[i] })
	total := 0.0
	for rank := range open {
		total += weight(rank)
	}
	left := posts
	for rank, i := range open {
		n := max(1, int(float64(posts)*weight(rank)/total))
		n = min(n, left)
		threads[i].posts = int32(n)
		left -= n
	}
	for rank := 0; left > 0; rank = (rank + 1) % len(open) {
		threads[open[rank]].posts++
		left--
	}
}

func weight(rank int) float64 { return 1 / math.Pow(float64(rank+3), 1.05) }

// identifier is what the page of thread i gave as its id: half of them nothing.
func (s site) identifier(i int) string {
	rng := rand.New(rand.NewPCG(s.seed+2, uint64(i)))
	switch rng.IntN(10) {
	case 0:
		return fmt.Sprint(10_000 + i)
	case 1:
		return fmt.Sprintf("%d https://old.news.example/?p=%d", 10_000+i, 10_000+i)
	case 2, 3:
		return "/" + s.slug(i)
	case 4:
		return s.title(i)
	}
	return ""
}

func (s site) slug(i int) string {
	rng := rand.New(rand.NewPCG(s.seed+3, uint64(i)))
	return fmt.Sprintf("%s-%s-%d", s.words[rng.IntN(len(s.words))], s.words[rng.IntN(len(s.words))], i)
}

func (s site) title(i int) string {
	return fmt.Sprintf("“%s” & more, no. %d", strings.ReplaceAll(s.slug(i), "-", " "), i)
}

// thread makes the record of thread i, and counts it.
func (g *generator) thread(i int) *disqus.Thread {
	k := g.plan[i].kind
	rng := rand.New(rand.NewPCG(g.opts.seed+4, uint64(i)))
	t := &disqus.Thread{
		DsqID:      fmt.Sprint(threadBase + i),
		Identifier: g.site.identifier(i),
		Forum:      forum,
		CategoryID: categoryID,
		Link:       fmt.Sprintf("%s/2014/%s", g.opts.origin, g.site.slug(i)),
		Title:      g.site.title(i),
		CreatedAt:  g.opened(i, rng),
		Author:     disqus.Author{Name: "Newsroom", Username: "newsroom"},
		Closed:     k == closed,
		Deleted:    k == deleted,
	}
	g.bend(t, k, i)
	if rng.IntN(20) == 0 {
		t.Link, t.Title = padded(t.Link), padded(t.Title)
	}
	g.countThread(k, g.used(i))
	return t
}

// opened is about when the thread gets its first post, for every eighth later than that.
func (g *generator) opened(i int, rng *rand.Rand) time.Time {
	at := firstPost().Add(time.Duration(float64(secondsAll)*float64(i)/float64(len(g.plan))) * time.Second)
	if rng.IntN(8) == 0 {
		at = at.AddDate(0, 0, 3)
	}
	return at
}

// bend gives the thread what is special about its kind.
func (g *generator) bend(t *disqus.Thread, k kind, i int) {
	_, host, _ := strings.Cut(g.opts.origin, "://")
	before := g.site.slug(max(i-1, 0))
	switch k {
	case twin:
		t.Identifier, t.Link = "", fmt.Sprintf("http://www.%s/2014/%s", strings.TrimPrefix(host, "www."), before)
	case tracked:
		t.Identifier = g.site.identifier(i - 1)
		t.Link = fmt.Sprintf("%s/2014/%s/?utm_source=feed&utm_medium=rss&fbclid=x%d#comments", g.opts.origin, before, i)
	case clash:
		t.Identifier, t.Link = fmt.Sprintf("clash-%d", i), fmt.Sprintf("%s/2014/%s", g.opts.origin, before)
	case queryPage:
		t.Identifier, t.Link = "", fmt.Sprintf("%s/?p=%d", g.opts.origin, i)
	case foreign:
		t.Identifier, t.Link = "", fmt.Sprintf("http://localhost:4000/2014/%s", g.site.slug(i))
	case relative:
		t.Identifier, t.Link = fmt.Sprintf("relative-%d", i), "/2014/"+g.site.slug(i)
	case unparsable:
		t.Identifier, t.Link = fmt.Sprintf("unparsable-%d", i), "http://"+host+"%zz/"+g.site.slug(i)
	case nameless:
		t.Identifier, t.Link, t.Title = "", "", ""
	}
}

// used says whether the article of thread i has posts, in this thread or in its twin.
func (g *generator) used(i int) bool {
	if g.plan[i].posts > 0 || i+1 == len(g.plan) {
		return g.plan[i].posts > 0
	}
	next := g.plan[i+1]
	return (next.kind == twin || next.kind == tracked) && next.posts > 0
}

func (g *generator) countThread(k kind, used bool) {
	n := &g.sum.Threads
	n.Total++
	switch k {
	case twin, tracked:
		n.Merged++
		return // counted with the thread before
	case nameless:
		n.Nameless++
		return
	case closed:
		n.Closed++
	case foreign:
		n.Foreign++
	}
	if used {
		n.Articles++
	} else {
		n.Empty++
	}
}
