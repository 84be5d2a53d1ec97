package web_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
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
	siteOrigin  = "https://news.example"
	articleURL  = siteOrigin + "/story"
	rootPass    = "correct horse battery"
	rootAddress = "root@news.example"
)

// rig is a whole server on a database of its own: a site "news", an admin, and
// whatever is logged.
type rig struct {
	testing.TB
	service  *moderation.Service
	accounts *auth.Accounts
	server   *web.Server
	base     string
	admin    models.Moderator
	token    string // bearer token of admin
	log      *logBuffer
	queries  *tally
}

// tally counts SQL statements, but for those of the follower, which reads the
// event table at its own pace.
type tally struct {
	mu sync.Mutex
	n  int
}

func (t *tally) note(sql string) {
	if strings.Contains(sql, "FROM `events` WHERE id >") {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.n++
}

func (t *tally) take() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	n := t.n
	t.n = 0
	return n
}

// logBuffer keeps what is logged.
type logBuffer struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (l *logBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.Write(p)
}

func (l *logBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.buf.String()
}

func newRig(tb testing.TB, change ...func(*web.Config)) *rig {
	tb.Helper()
	return newRigWith(tb, func(r *rig) { r.populate(context.Background()) }, change...)
}

// newRigWith is newRig with other contents.
func newRigWith(tb testing.TB, populate func(*rig), change ...func(*web.Config)) *rig {
	tb.Helper()
	ctx := context.Background()
	r := &rig{TB: tb, log: &logBuffer{}, queries: &tally{}}
	st, err := store.Open(ctx, storetest.Migrated(tb), store.Options{Trace: r.queries.note})
	r.must(err)
	r.service, err = moderation.New(ctx, st, moderation.Options{})
	r.must(err)
	r.accounts = auth.New(r.service, nil, nil)
	cfg := web.Config{
		Service: r.service, Accounts: r.accounts, Ping: time.Minute, Demo: true,
		Logger: slog.New(slog.NewTextHandler(r.log, &slog.HandlerOptions{Level: slog.LevelInfo})),
	}
	for _, f := range change {
		f(&cfg)
	}
	r.server, err = web.New(cfg)
	r.must(err)
	r.serve(st)
	populate(r)
	return r
}

// serve lets the server answer until the test ends.
func (r *rig) serve(st *store.Store) {
	ts := httptest.NewServer(r.server.Handler())
	r.base = ts.URL
	r.Cleanup(func() {
		r.server.EndStreams()
		ts.Close()
		r.must(r.service.Close(context.Background()))
		r.must(st.Close())
	})
}

func (r *rig) populate(ctx context.Context) {
	r.Helper()
	_, err := r.service.AddSite(ctx, moderation.NewSite{Key: "news", Name: "The News", Origins: []string{siteOrigin}, Mode: models.PostMode, NoRules: true})
	r.must(err)
	r.admin, err = r.service.AddModerator(ctx, models.Moderator{Email: rootAddress, Name: "Root", Role: models.RoleAdmin})
	r.must(err)
	r.token, err = r.accounts.AddToken(ctx, r.admin.ID, "tests")
	r.must(err)
}

func (r *rig) must(err error) {
	r.Helper()
	if err != nil {
		r.Fatal(err)
	}
}

// request is one HTTP request of a test.
type request struct {
	method, path string
	body         any // string is sent as it is, url.Values as a form, anything else as JSON
	header       map[string]string
}

// reply is the answer to it.
type reply struct {
	status int
	header http.Header
	body   string
}

func (r *rig) do(in request) reply {
	r.Helper()
	return r.doWith(&http.Client{CheckRedirect: stay, Transport: &http.Transport{DisableCompression: true, DisableKeepAlives: true}}, in)
}

// stay shows redirects to the test instead of following them.
func stay(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }

func (r *rig) doWith(client *http.Client, in request) reply {
	r.Helper()
	if in.method == "" {
		in.method = http.MethodGet
	}
	body, kind := r.encode(in.body)
	req, err := http.NewRequestWithContext(r.Context(), in.method, r.base+in.path, body)
	r.must(err)
	if kind != "" {
		req.Header.Set("Content-Type", kind)
	}
	for name, value := range in.header {
		req.Header.Set(name, value)
	}
	return r.answerOf(client, req)
}

func (r *rig) answerOf(client *http.Client, req *http.Request) reply {
	r.Helper()
	res, err := client.Do(req)
	r.must(err)
	defer func() { _ = res.Body.Close() }()
	content, err := io.ReadAll(res.Body)
	r.must(err)
	return reply{res.StatusCode, res.Header, string(content)}
}

func (r *rig) encode(body any) (io.Reader, string) {
	r.Helper()
	switch body := body.(type) {
	case nil:
		return nil, ""
	case string:
		return strings.NewReader(body), "application/json"
	case url.Values:
		return strings.NewReader(body.Encode()), "application/x-www-form-urlencoded"
	}
	content, err := json.Marshal(body)
	r.must(err)
	return bytes.NewReader(content), "application/json"
}

// api asks the moderation API in the name of the admin.
func (r *rig) api(method, path string, body any) reply {
	r.Helper()
	return r.do(request{method: method, path: "/api/v1/moderation" + path, body: body, header: map[string]string{"Authorization": "Bearer " + r.token}})
}

// get asks for a path.
func (r *rig) get(path string) reply { r.Helper(); return r.do(request{path: path}) }

// obj is a JSON object.
type obj = map[string]any

// comment posts a comment on the test article and returns its receipt.
func (r *rig) comment(text string, more ...obj) obj {
	r.Helper()
	body := obj{"article": obj{"id": "story", "url": articleURL, "title": "Story"}, "text": text, "author": obj{"name": "Ada"}}
	for _, m := range more {
		for k, v := range m {
			body[k] = v
		}
	}
	return r.do(request{method: "POST", path: "/api/v1/sites/news/comments", body: body}).want(r, 201)
}

// want checks the status and decodes the body.
func (p reply) want(tb testing.TB, status int) obj {
	tb.Helper()
	if p.status != status {
		tb.Fatalf("status %d, want %d: %s", p.status, status, p.body)
	}
	var out obj
	if p.body != "" {
		if err := json.Unmarshal([]byte(p.body), &out); err != nil {
			tb.Fatalf("body is not JSON: %v: %s", err, p.body)
		}
	}
	return out
}

// wantProblem checks that a refusal is a complete problem document.
func (p reply) wantProblem(tb testing.TB, status int, code string) obj {
	tb.Helper()
	if kind := p.header.Get("Content-Type"); kind != "application/problem+json" {
		tb.Fatalf("status %d, content type %q, want a problem: %s", p.status, kind, p.body)
	}
	doc := p.want(tb, status)
	if doc["code"] != code || doc["type"] != "/problems/"+code || doc["status"] != float64(status) || doc["title"] == "" || len(doc["detail"].(string)) < 10 {
		tb.Fatalf("problem %s, want code %q with all members", p.body, code)
	}
	if p.header.Get("Cache-Control") != "no-store" {
		tb.Errorf("a refusal may be cached: %q", p.header.Get("Cache-Control"))
	}
	return doc
}

// fields returns the names of the fields that a problem complains of.
func fields(doc obj) string {
	var names []string
	list, _ := doc["errors"].([]any)
	for _, e := range list {
		names = append(names, e.(obj)["field"].(string))
	}
	return strings.Join(names, ",")
}

// id returns the id of a posted comment.
func id(receipt obj) string { return receipt["comment"].(obj)["id"].(string) }

// browser is a person at the console: a client with cookies.
func (r *rig) browser() *http.Client {
	r.Helper()
	jar, err := cookiejar.New(nil)
	r.must(err)
	return &http.Client{Jar: jar, CheckRedirect: stay}
}

// signedIn is a browser with the admin's session.
func (r *rig) signedIn() *http.Client {
	r.Helper()
	link, err := r.accounts.ConsoleLink(r.Context(), r.admin.ID)
	r.must(err)
	client := r.browser()
	if got := r.doWith(client, request{method: "POST", path: "/console/login", body: url.Values{"token": {link}}}); got.status != http.StatusSeeOther {
		r.Fatalf("sign in by link: %d %s", got.status, got.body)
	}
	return client
}
