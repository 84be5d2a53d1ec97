package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

const (
	pauseAfterError = 50 * time.Millisecond
	pauseWhenIdle   = 200 * time.Millisecond
	polledAtOnce    = 20
	claimedAtOnce   = 10
	claimSeconds    = 60
)

// shared is what all workers of a run use.
type shared struct {
	opts   loadOptions
	client *client
	stats  *stats
	run    string // makes the keys of this run its own
	ackMu  sync.Mutex
	acks   io.Writer
}

// worker sends one request after the other.
type worker struct {
	*shared
	texts
	number int
	sent   int
	zipf   *rand.Zipf
	etags  map[int]string
	mine   map[int]string  // an acknowledged comment of this worker, by article
	unsure *comment        // a comment that was sent and not answered
	items  []decidableItem // claimed and not decided
	claim  string
}

func newWorker(s *shared, number int) *worker {
	rng := rand.New(rand.NewPCG(s.opts.seed, uint64(number)))
	return &worker{
		shared: s,
		texts:  newTexts(rng),
		number: number,
		zipf:   rand.NewZipf(rng, 1.1, 4, uint64(s.opts.articles-1)),
		etags:  make(map[int]string),
		mine:   make(map[int]string),
	}
}

func (w *worker) loop(ctx context.Context, step func(*worker, context.Context)) {
	for ctx.Err() == nil {
		step(w, ctx)
	}
}

// done counts an answer, unless the run ended before it came. It rests after trouble.
func (w *worker) done(ctx context.Context, name string, a answer) answer {
	if a.status == 0 && ctx.Err() != nil {
		return a
	}
	w.stats.add(name, a)
	if a.status == 0 || a.status >= 500 || a.status == http.StatusTooManyRequests {
		rest(ctx, pauseAfterError)
	}
	return a
}

func rest(ctx context.Context, d time.Duration) {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
	case <-timer.C:
	}
}

// outcome is the answer in one word: its status.
func (a answer) outcome() string {
	if a.status == 0 {
		return "transport"
	}
	return strconv.Itoa(a.status)
}

// describe is the answer for people: the error, or the status with the server's words.
func (a answer) describe() string {
	if a.status == 0 {
		return a.err.Error()
	}
	var problem struct {
		Code   string `json:"code"`
		Detail string `json:"detail"`
	}
	if json.Unmarshal(a.body, &problem) != nil || problem.Detail == "" {
		return a.outcome()
	}
	return fmt.Sprintf("%d %s: %s", a.status, problem.Code, problem.Detail)
}

// article is the number of a page; low ones come more often.
func (w *worker) article() int { return int(w.zipf.Uint64()) }

func (w *worker) pageURL(article int) string {
	return fmt.Sprintf("%s/load/%d", w.opts.origin, article)
}

func (w *worker) sitePath(rest string) string { return "/sites/" + url.PathEscape(w.opts.site) + rest }

// comment is the body of a submission.
type comment struct {
	Article articleRef `json:"article"`
	Parent  *string    `json:"parent"`
	Text    string     `json:"text"`
	Author  authorRef  `json:"author"`
	Key     string     `json:"key"`
	number  int        // of the article
}

type articleRef struct {
	ID    string `json:"id"`
	URL   string `json:"url"`
	Title string `json:"title"`
}

type authorRef struct {
	Name  string `json:"name"`
	Email string `json:"email"`
}

// post sends a comment. One that got no answer is sent again under its key, as
// the widget does, until it is answered.
func (w *worker) post(ctx context.Context) {
	c := w.unsure
	if c == nil {
		c = w.comment()
	}
	w.unsure = c
	a := w.done(ctx, "post", w.client.post(ctx, w.sitePath("/comments"), c))
	if a.status == 0 || a.status >= 500 {
		return
	}
	w.unsure = nil
	if !a.ok() {
		delete(w.mine, c.number) // its parent may be gone
		return
	}
	var accepted struct {
		Comment struct {
			ID     string `json:"id"`
			Status string `json:"status"`
		} `json:"comment"`
	}
	if err := json.Unmarshal(a.body, &accepted); err == nil && accepted.Comment.ID != "" {
		w.mine[c.number] = accepted.Comment.ID
		w.acknowledge(accepted.Comment.ID, c.Key, accepted.Comment.Status)
	}
}

func (w *worker) comment() *comment {
	w.sent++
	n := w.article()
	c := &comment{
		Article: articleRef{URL: w.pageURL(n), Title: fmt.Sprintf("Page %d", n)},
		Author:  authorRef{Name: w.guests[w.rng.IntN(len(w.guests))]},
		Key:     fmt.Sprintf("load-%s-%d-%d", w.run, w.number, w.sent),
		number:  n,
	}
	if parent, ok := w.mine[n]; ok && w.chance(400) {
		c.Parent = &parent
	}
	var text strings.Builder
	words := w.script()
	for range 1 + w.rng.IntN(4) {
		w.sentence(&text, words)
	}
	c.Text = text.String()
	return c
}

// acknowledge notes a comment that the server says it has. The line is in the
// file when this returns.
func (w *worker) acknowledge(id, key, status string) {
	line, err := json.Marshal(struct {
		ID     string `json:"id"`
		Key    string `json:"key"`
		Status string `json:"status"`
	}{id, key, status})
	if err != nil {
		return
	}
	w.ackMu.Lock()
	defer w.ackMu.Unlock()
	if _, err := w.acks.Write(append(line, '\n')); err != nil {
		w.stats.add("write acks", answer{err: err})
	}
}

// read gets the first page of a thread; every second time it has an ETag.
func (w *worker) read(ctx context.Context) {
	n := w.article()
	etag := ""
	if w.chance(500) {
		etag = w.etags[n]
	}
	a := w.done(ctx, "read", w.client.get(ctx, w.sitePath("/thread?url="+url.QueryEscape(w.pageURL(n))), etag))
	if a.etag != "" {
		w.etags[n] = a.etag
	}
}

// poll asks for the comment counts of some pages.
func (w *worker) poll(ctx context.Context) {
	query := make(url.Values)
	for range polledAtOnce {
		query.Add("url", w.pageURL(w.article()))
	}
	w.done(ctx, "poll", w.client.get(ctx, w.sitePath("/counts?"+query.Encode()), ""))
}
