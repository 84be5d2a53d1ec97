package e2e_test

import (
	"context"
	"fmt"
	"html"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
	"postbag/web"
	"postbag/web/auth"
)

const (
	ownerEmail = "owner@news.example"
	password   = "correct horse battery"
	headline   = "660 arrested; charging decisions awaited"
)

// world is a running Postbag on one origin and a news site on another.
type world struct {
	t        *testing.T
	service  *moderation.Service
	accounts *auth.Accounts
	postbag  string // origin of the server
	news     string // origin of the articles
	client   *http.Client
	handler  switchable
}

// switchable is a server that can be taken down and brought back.
type switchable struct {
	mu   sync.Mutex
	next http.Handler
	down bool
	path string        // of the requests whose answers wait
	gate chan struct{} // until this is closed
	held chan struct{} // gets one for each of them, as long as somebody listens
}

func (s *switchable) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	next, down, path, gate, held := s.next, s.down, s.path, s.gate, s.held
	s.mu.Unlock()
	if down && !strings.Contains(r.URL.Path, ".js") {
		panic(http.ErrAbortHandler) // the connection breaks, as when a server dies
	}
	if gate != nil && r.Method != http.MethodOptions && strings.HasSuffix(r.URL.Path, path) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		select {
		case held <- struct{}{}:
			<-gate
		case <-gate:
		}
		maps.Copy(w.Header(), answer.Header())
		w.WriteHeader(answer.Code)
		_, _ = w.Write(answer.Body.Bytes())
		return
	}
	next.ServeHTTP(w, r)
}

func (s *switchable) set(down bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.down = down
}

// hold keeps the answers to requests for a path back until release is called.
// Each of them is told of on held once it is ready.
func (s *switchable) hold(path string) (held <-chan struct{}, release func()) {
	gate, ready := make(chan struct{}), make(chan struct{})
	s.gateAt(path, gate, ready)
	return ready, sync.OnceFunc(func() {
		s.gateAt("", nil, nil)
		close(gate)
	})
}

func (s *switchable) gateAt(path string, gate, held chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.path, s.gate, s.held = path, gate, held
}

// newWorld starts both servers with an empty database, on http.
func newWorld(t *testing.T) *world {
	t.Helper()
	w := &world{t: t}
	// The other origin needs another host, not only another port.
	w.start(httptest.NewServer, "localhost", w.article)
	return w
}

// start runs Postbag on one server, and on another one, under a host name of
// its own, the pages of the news site.
func (w *world) start(serve func(http.Handler) *httptest.Server, host string, pages http.HandlerFunc) {
	t := w.t
	t.Helper()
	ctx := context.Background()
	st, err := store.Open(ctx, storetest.Migrated(t), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.service, err = moderation.New(ctx, st, moderation.Options{})
	if err != nil {
		t.Fatal(err)
	}
	w.accounts = auth.New(w.service, nil, nil)
	server, err := web.New(web.Config{Service: w.service, Accounts: w.accounts, Demo: true})
	if err != nil {
		t.Fatal(err)
	}
	w.handler.next = server.Handler()
	front, news := serve(&w.handler), serve(pages)
	w.postbag, w.client = front.URL, front.Client()
	u, _ := url.Parse(news.URL)
	w.news = u.Scheme + "://" + host + ":" + u.Port()
	t.Cleanup(func() {
		server.EndStreams()
		front.CloseClientConnections()
		front.Close()
		news.Close()
		closing, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := w.service.Close(closing); err != nil {
			t.Error(err)
		}
		if err := st.Close(); err != nil {
			t.Error(err)
		}
	})
}

// found makes the site and its owner.
func (w *world) found(mode models.Mode) {
	w.t.Helper()
	ctx := context.Background()
	site := moderation.NewSite{Key: "news", Name: "The Evening Post", Origins: []string{w.news}, Mode: mode, NoRules: true}
	if _, err := w.service.AddSite(ctx, site); err != nil {
		w.t.Fatal(err)
	}
	if _, err := w.accounts.AddModerator(ctx, ownerEmail, "Olga Owner", password, models.RoleAdmin); err != nil {
		w.t.Fatal(err)
	}
}

// rule holds comments with a listed word.
func (w *world) rule(terms string) {
	w.t.Helper()
	draft := moderation.RuleDraft{Name: "Names of the accused", Kind: "keyword", Action: models.Hold, Spec: fmt.Sprintf(`{"terms":[%q]}`, terms)}
	if _, err := w.service.AddRule(context.Background(), models.Moderator{}, "news", draft); err != nil {
		w.t.Fatal(err)
	}
}

// threadPage is the address of an article's comments without JavaScript.
func (w *world) threadPage(path string) string {
	return w.postbag + "/thread/news?url=" + url.QueryEscape(w.news+path) + "&title=" + url.QueryEscape(headline)
}

// public is the thread as everybody gets it.
func (w *world) public(path string) string {
	w.t.Helper()
	resp, err := w.client.Get(w.postbag + "/api/v1/sites/news/thread?body=tree&url=" + url.QueryEscape(w.news+path))
	if err != nil {
		w.t.Fatal(err)
	}
	defer func() { _ = resp.Body.Close() }()
	body, err := io.ReadAll(resp.Body)
	if err != nil || resp.StatusCode != http.StatusOK {
		w.t.Fatalf("thread: %s %v %s", resp.Status, err, body)
	}
	return string(body)
}

// decided waits until everybody gets a text in the thread, or no longer does:
// the queue shows a decision before the server has it.
func (w *world) decided(path, text string, shown bool) {
	w.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	again := time.NewTicker(20 * time.Millisecond)
	defer again.Stop()
	for strings.Contains(w.public(path), text) != shown {
		select {
		case <-again.C:
		case <-deadline.C:
			w.t.Fatalf("waiting for the thread to show %q: %v; it does not come to that", text, shown)
		}
	}
}

// signIn leads from the sign-in form to the queue.
func (w *world) signIn(tb *tab) {
	w.t.Helper()
	tb.visit(w.postbag + "/console/login")
	tb.fill("E-mail address", ownerEmail)
	tb.fill("Password", password)
	tb.press("Sign in")
	tb.until("the queue is open", `location.pathname === "/console" && $("[role=listbox]")`)
}

// post stores a comment as a reader elsewhere would.
func (w *world) post(path, name, text, parent string) string {
	w.t.Helper()
	return w.submit(moderation.Submission{Article: models.ArticleRef{URL: w.news + path, Title: headline}, Name: name, Text: text, Parent: parent})
}

// submit stores a comment and returns its public id.
func (w *world) submit(s moderation.Submission) string {
	w.t.Helper()
	s.Site = "news"
	r, err := w.service.Submit(context.Background(), s)
	if err != nil {
		w.t.Fatal(err)
	}
	return r.Comment.PublicID()
}

// article is a page of the news site, with a policy that allows nothing but
// Postbag. ?scheme=dark makes it a dark page, ?dir=rtl one from right to left.
func (w *world) article(rw http.ResponseWriter, r *http.Request) {
	policy := fmt.Sprintf("default-src 'none'; script-src %[1]s; connect-src %[1]s; style-src 'self'; img-src 'none'; base-uri 'none'; form-action 'none'; "+
		"require-trusted-types-for 'script'; trusted-types 'none'", w.postbag)
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	if r.URL.Path == "/page.css" {
		rw.Header().Set("Content-Type", "text/css")
		_, _ = fmt.Fprint(rw, "body{max-width:44rem;margin:2rem auto;padding:0 1rem;font-family:Georgia,serif;line-height:1.6}"+
			".dark{color-scheme:dark;background:#14171c;color:#e8ebef}.light{color-scheme:light;background:#fff;color:#16191d}")
		return
	}
	if r.URL.Path == "/favicon.ico" {
		rw.WriteHeader(http.StatusNoContent)
		return
	}
	rw.Header().Set("Content-Security-Policy", policy)
	scheme, dir := "light", "ltr"
	if r.URL.Query().Get("scheme") == "dark" {
		scheme = "dark"
	}
	if r.URL.Query().Get("dir") == "rtl" {
		dir = "rtl"
	}
	_, _ = fmt.Fprintf(rw, `<!doctype html><html lang="en" dir="%[1]s" class="%[2]s"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width,initial-scale=1">
<title>%[6]s</title><link rel="stylesheet" href="/page.css"><link rel="canonical" href="%[3]s"></head><body class="%[4]s">
<main><h1>%[6]s</h1><p>Police made 660 arrests over the weekend. Prosecutors will decide on charges next week.</p>
<h2>Your view</h2><div id="disqus_thread"></div></main><script async src="%[5]s/embed.js?site=news"></script></body></html>`,
		dir, scheme, html.EscapeString(w.news+r.URL.Path), scheme, w.postbag, headline)
}

// missing skips a test that needs something which is not installed, or fails it
// where everything has to be.
func missing(t *testing.T, what, how string) {
	t.Helper()
	if os.Getenv("POSTBAG_REQUIRE") == "1" {
		t.Fatalf("%s is needed: %s", what, how)
	}
	t.Skipf("%s is not installed: %s", what, how)
}
