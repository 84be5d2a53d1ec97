package web_test

import (
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/live"
	"postbag/web"
)

func TestErrorsToProblems(t *testing.T) {
	r := newRig(t)
	busy := models.Refuse(models.CodeBusy, "Too busy just now.")
	busy.RetryAfter = 1500 * 1e6
	tests := []struct {
		name   string
		err    error
		status int
		code   string
		logged bool
	}{
		{"wrapped refusal", errors.Join(errors.New("context"), models.Refuse(models.CodeNotFound, "There is no such thing.")), 404, "not-found", false},
		{"internal", errors.New("disk on fire"), 500, "internal", true},
		{"busy", busy, 503, "busy", false},
		{"too many streams", live.ErrTooMany, 503, "busy", false},
		{"unknown code", models.Refuse("weird", "Should not be shown."), 500, "internal", true},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			before := r.log.String()
			rec := httptest.NewRecorder()
			web.Serve(r.server, func(*gin.Context) error { return test.err }).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
			reply{rec.Code, rec.Header(), rec.Body.String()}.wantProblem(t, test.status, test.code)
			added := strings.TrimPrefix(r.log.String(), before)
			if (added != "") != test.logged || strings.Count(added, "\n") > 1 {
				t.Errorf("logged %q", added)
			}
			if strings.Contains(rec.Body.String(), "fire") || strings.Contains(rec.Body.String(), "Should not") {
				t.Errorf("internal text is shown: %s", rec.Body)
			}
			if test.code == "busy" && rec.Header().Get("Retry-After") == "" {
				t.Error("busy without Retry-After")
			}
		})
	}
	rec := httptest.NewRecorder()
	web.Serve(r.server, func(*gin.Context) error { return busy }).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if got := rec.Header().Get("Retry-After"); got != "2" {
		t.Errorf("Retry-After %q for 1.5 s, want 2", got)
	}
}

func TestPanic(t *testing.T) {
	r := newRig(t)
	rec := httptest.NewRecorder()
	web.Serve(r.server, func(*gin.Context) error { panic("a bug") }).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	reply{rec.Code, rec.Header(), rec.Body.String()}.wantProblem(t, 500, "internal")
	log := r.log.String()
	if strings.Count(log, "level=ERROR") != 1 || !strings.Contains(log, "a bug") || !strings.Contains(log, "stack=") {
		t.Errorf("log %q", log)
	}
	defer func() {
		if recover() != http.ErrAbortHandler {
			t.Error("ErrAbortHandler was swallowed")
		}
	}()
	web.Serve(r.server, func(*gin.Context) error { panic(http.ErrAbortHandler) }).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
}

func TestReaderWhoLeavesMakesNoNoise(t *testing.T) {
	r := newRig(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	rec := httptest.NewRecorder()
	web.Serve(r.server, func(c *gin.Context) error { return c.Request.Context().Err() }).ServeHTTP(rec, httptest.NewRequest("GET", "/", nil).WithContext(ctx))
	if rec.Body.Len() != 0 || r.log.String() != "" {
		t.Errorf("body %q, log %q", rec.Body, r.log)
	}
}

func TestForwardedAddress(t *testing.T) {
	trust := func(c *web.Config) {
		c.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	}
	for name, test := range map[string]struct {
		change []func(*web.Config)
		second int
	}{
		"nobody is trusted": {nil, 429},
		"the proxy is":      {[]func(*web.Config){trust}, 201},
	} {
		t.Run(name, func(t *testing.T) {
			r := newRig(t, test.change...)
			_, err := r.service.AddRule(r.Context(), r.admin, "news", moderation.RuleDraft{
				Name: "one an hour", Kind: "rate", Action: models.Slow, Spec: `{"count":1,"seconds":3600,"by":["address"]}`,
			})
			r.must(err)
			from := func(addr string) int {
				return r.do(request{method: "POST", path: postPath, body: sound, header: map[string]string{"X-Forwarded-For": addr, "X-Real-IP": addr}}).status
			}
			if got := from("203.0.113.1"); got != 201 {
				t.Fatalf("first: %d", got)
			}
			if got := from("203.0.113.2"); got != test.second {
				t.Errorf("another address: %d, want %d", got, test.second)
			}
			if got := from("203.0.113.1"); got != 429 {
				t.Errorf("the same address: %d, want 429", got)
			}
		})
	}
}

func TestPublicURL(t *testing.T) {
	for address, ok := range map[string]bool{
		"https://comments.example": true, "http://localhost:8080/": true, "comments.example": false, "ftp://x": false, "https://x/path": false,
		"https://user@x": false, "https://": false, "https://x?y": false,
	} {
		r := newRig(t)
		_, err := web.New(web.Config{Service: r.service, Accounts: r.accounts, PublicURL: address})
		if (err == nil) != ok {
			t.Errorf("PublicURL %q: %v", address, err)
		}
	}
}

func TestMetrics(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	r.get(threadPath)
	r.get("/api/v1/sites/nowhere/thread?id=1")
	r.get("/somewhere/else")
	got := r.get("/metrics")
	for _, line := range []string{
		`postbag_http_requests_total{method="GET",route="/api/v1/sites/:site/thread",status="200"} 1`,
		`postbag_http_requests_total{method="GET",route="/api/v1/sites/:site/thread",status="404"} 1`,
		`postbag_http_requests_total{method="POST",route="/api/v1/sites/:site/comments",status="201"} 1`,
		`postbag_http_request_seconds_count{method="GET",route="/api/v1/sites/:site/thread"} 2`,
		`postbag_queue_comments{lane="new",site="news"} 1`,
		`route="none",status="404"} 1`,
	} {
		if !strings.Contains(got.body, line) {
			t.Errorf("metrics lack %s", line)
		}
	}
	if strings.Contains(got.body, "nowhere") || strings.Contains(got.body, "somewhere") {
		t.Error("metrics have a label for every address that is asked for")
	}
	apart := newRig(t, func(c *web.Config) { c.SeparateMetrics = true })
	apart.get("/metrics").wantProblem(t, 404, "not-found")
	rec := httptest.NewRecorder()
	apart.server.MetricsHandler().ServeHTTP(rec, httptest.NewRequest("GET", "/", nil))
	if rec.Code != 200 || !strings.Contains(rec.Body.String(), "postbag_streams_open") && !strings.Contains(rec.Body.String(), "go_goroutines") {
		t.Errorf("separate metrics: %d %s", rec.Code, rec.Body)
	}
}

func TestScripts(t *testing.T) {
	r := newRig(t)
	var first string
	for _, path := range []string{"/embed.js?site=news", "/e/news/embed.js", "/news.disqus.com/embed.js", "/news.disqus.com/embed.js?https"} {
		got := r.get(path)
		if got.status != 200 || got.header.Get("Content-Type") != "text/javascript; charset=utf-8" || got.header.Get("Access-Control-Allow-Origin") != "*" ||
			!strings.HasPrefix(got.header.Get("Cache-Control"), "public, max-age=300") || got.header.Get("X-Content-Type-Options") != "nosniff" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
		if first == "" {
			first = got.body
		}
		if got.body != first || got.body == "" {
			t.Errorf("%s differs", path)
		}
	}
	for _, path := range []string{"/count.js?site=news", "/e/news/count.js", "/news.disqus.com/count.js"} {
		if got := r.get(path); got.status != 200 || got.body == first {
			t.Errorf("%s: %d", path, got.status)
		}
	}
	for _, path := range []string{"/embed.js", "/embed.js?site=nowhere", "/e/nowhere/embed.js", "/nowhere.disqus.com/count.js", "/e/news/other.js", "/news.disqus.com/console.js", "/embed.js?site=%0Aalert(1)"} {
		got := r.get(path)
		if got.status != 404 || got.header.Get("Content-Type") != "text/javascript; charset=utf-8" || !strings.HasPrefix(got.body, "// Postbag: ") || strings.Count(got.body, "\n") != 1 {
			t.Errorf("%s: %d %v %q", path, got.status, got.header, got.body)
		}
	}
	for _, path := range []string{"/.disqus.com/embed.js", "/news.disqus.com/", "/news.disqus.com", "/x/news.disqus.com/embed.js"} {
		if got := r.get(path); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestAssets(t *testing.T) {
	r := newRig(t)
	page := r.get("/console/login").body
	_, rest, ok := strings.Cut(page, `href="/assets/console.css?v=`)
	if !ok {
		t.Fatalf("the page links no style sheet: %s", page)
	}
	hash, _, _ := strings.Cut(rest, `"`)
	for path, policy := range map[string]string{
		"/assets/console.css": "public, max-age=300", "/assets/console.css?v=old": "public, max-age=300", "/assets/console.css?v=" + hash: "public, max-age=31536000",
	} {
		got := r.do(request{path: path, header: map[string]string{"Accept-Encoding": "gzip"}})
		if got.status != 200 || !strings.HasPrefix(got.header.Get("Cache-Control"), policy) || got.header.Get("Content-Encoding") != "gzip" || got.header.Get("Vary") != "Accept-Encoding" {
			t.Errorf("%s: %d %v", path, got.status, got.header)
		}
	}
	for _, path := range []string{"/assets/", "/assets/nothing.js", "/assets/..%2fassets.go", "/assets/embed.js.gz"} {
		if got := r.get(path); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestOpenAPIIsServed(t *testing.T) {
	r := newRig(t)
	got := r.get("/api/v1/openapi.yaml")
	if got.status != 200 || !strings.HasPrefix(got.header.Get("Content-Type"), "application/yaml") || !strings.Contains(got.body, "openapi: ") {
		t.Errorf("%d %v", got.status, got.header)
	}
}

// TestBodiesThatNeverEnd sends a body that is far too large without saying so.
func TestBodiesThatNeverEnd(t *testing.T) {
	r := newRig(t)
	body := io.MultiReader(strings.NewReader(`{"text":"`), io.LimitReader(endless('a'), 64<<20))
	req, err := http.NewRequestWithContext(r.Context(), "POST", r.base+postPath, body)
	r.must(err)
	req.Header.Set("Content-Type", "application/json")
	res, err := http.DefaultTransport.RoundTrip(req)
	if err != nil {
		return // the server hung up while the body was still being sent
	}
	defer func() { _ = res.Body.Close() }()
	if res.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("status %d, want 413", res.StatusCode)
	}
}

type endless byte

func (e endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = byte(e)
	}
	return len(p), nil
}
