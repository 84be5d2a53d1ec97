package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"testing"
	"time"
)

// fakeServer answers like Postbag. Every fifth comment is stored without an
// answer, as when a server dies at the wrong moment.
type fakeServer struct {
	mu       sync.Mutex
	ids      map[string]string // by key
	lost     int
	waiting  []string
	decided  map[string]int
	released int
	trouble  []string
}

func newFakeServer(t *testing.T) (*fakeServer, string) {
	t.Helper()
	f := &fakeServer{ids: make(map[string]string), decided: make(map[string]int)}
	mux := http.NewServeMux()
	mux.HandleFunc("POST /api/v1/sites/news/comments", f.post)
	mux.HandleFunc("GET /api/v1/sites/news/thread", f.thread)
	mux.HandleFunc("GET /api/v1/sites/news/counts", f.counts)
	mux.HandleFunc("POST /api/v1/moderation/claims", f.claim)
	mux.HandleFunc("DELETE /api/v1/moderation/claims/{token}", f.release)
	mux.HandleFunc("POST /api/v1/moderation/comments/{id}/decisions", f.decide)
	mux.HandleFunc("POST /api/v1/moderation/decisions/{id}/undo", f.undo)
	server := httptest.NewServer(mux)
	t.Cleanup(server.Close)
	return f, server.URL
}

func (f *fakeServer) expect(ok bool, format string, args ...any) {
	if !ok {
		f.trouble = append(f.trouble, fmt.Sprintf(format, args...))
	}
}

func (f *fakeServer) post(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var in comment
	err := json.NewDecoder(r.Body).Decode(&in)
	f.expect(err == nil && in.Text != "" && len(in.Key) >= 8 && in.Article.URL != "", "body %+v: %v", in, err)
	f.expect(r.Header.Get("Origin") == "https://news.example" && r.Header.Get("Authorization") == "", "headers %v", r.Header)
	id, known := f.ids[in.Key]
	if !known {
		id = fmt.Sprintf("c%d", len(f.ids)+1)
		f.ids[in.Key] = id
		f.waiting = append(f.waiting, id)
	}
	if !known && len(f.ids)%5 == 0 {
		f.lost++
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	w.WriteHeader(http.StatusCreated)
	fmt.Fprintf(w, `{"comment":{"id":%q,"status":"pending"},"message":"Thanks.","edit_token":"t"}`, id)
}

func (f *fakeServer) thread(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("ETag", `"1"`)
	if r.Header.Get("If-None-Match") == `"1"` {
		w.WriteHeader(http.StatusNotModified)
	}
}

func (f *fakeServer) counts(_ http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expect(len(r.URL.Query()["url"]) == polledAtOnce, "query %v", r.URL)
}

func (f *fakeServer) claim(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expect(r.Header.Get("Authorization") == "Bearer secret" && r.Header.Get("Origin") == "", "headers %v", r.Header)
	n := min(3, len(f.waiting))
	items := make([]decidableItem, n)
	for i := range items {
		items[i].Comment.ID, items[i].Comment.Version = f.waiting[i], 7
	}
	f.waiting = f.waiting[n:]
	f.expect(json.NewEncoder(w).Encode(map[string]any{"items": items, "claim": "k"}) == nil, "claim")
}

func (f *fakeServer) decide(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	var in decisionBody
	err := json.NewDecoder(r.Body).Decode(&in)
	f.expect(err == nil && in.Version == 7 && in.Claim == "k", "decision %+v: %v", in, err)
	f.decided[r.PathValue("id")]++
	fmt.Fprint(w, `{"decision":{"id":"d1"}}`)
}

func (f *fakeServer) release(http.ResponseWriter, *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.released++
}

func (f *fakeServer) undo(w http.ResponseWriter, r *http.Request) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.expect(r.PathValue("id") == "d1", "undo of %s", r.PathValue("id"))
	w.WriteHeader(http.StatusConflict)
	fmt.Fprint(w, `{"code":"conflict","detail":"Somebody else decided."}`)
}

func TestRun(t *testing.T) {
	fake, url := newFakeServer(t)
	acks := filepath.Join(t.TempDir(), "acks.jsonl")
	var out, diag bytes.Buffer
	code := run(t.Context(), []string{
		"run", "--url", url, "--site", "news", "--origin", "https://news.example", "--token", "secret", "--duration", "700ms",
		"--posters", "8", "--readers", "2", "--pollers", "2", "--moderators", "2", "--articles", "5", "--acks", acks,
	}, &out, &diag)
	if code != 0 {
		t.Fatalf("exit %d: %s", code, diag.String())
	}
	fake.mu.Lock()
	defer fake.mu.Unlock()
	if len(fake.trouble) > 0 {
		t.Fatalf("%d bad requests, the first: %s", len(fake.trouble), fake.trouble[0])
	}
	var got report
	if err := json.Unmarshal(out.Bytes(), &got); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"post", "read", "poll", "claim", "decide", "release"} {
		if op := got.Operations[name]; op.Count == 0 || op.Rate <= 0 || op.P50 <= 0 || op.P50 > op.P95 || op.P95 > op.P99 || op.P99 > op.Max {
			t.Errorf("%s: %+v", name, op)
		}
	}
	// The end of the run may cut off one answer of each poster.
	if lost := got.Operations["post"].Errors["503"]; lost == 0 || lost > fake.lost || lost < fake.lost-8 {
		t.Errorf("%d answers 503 reported, %d given", lost, fake.lost)
	}
	compareAcks(t, acks, fake, got.Operations["post"].Count)
}

// compareAcks holds the acknowledged comments against what the server stored:
// all of them, once each, but for those that the end of the run cut off.
func compareAcks(t *testing.T, path string, fake *fakeServer, posted int) {
	file, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	acked := make(map[string]bool)
	for lines := bufio.NewScanner(file); lines.Scan(); {
		var line struct{ ID, Key, Status string }
		if err := json.Unmarshal(lines.Bytes(), &line); err != nil {
			t.Fatal(err)
		}
		if acked[line.Key] || fake.ids[line.Key] != line.ID || line.Status != "pending" {
			t.Fatalf("acknowledged %+v, stored %q", line, fake.ids[line.Key])
		}
		acked[line.Key] = true
	}
	if len(acked) != posted || len(fake.ids)-len(acked) > 8 {
		t.Errorf("%d acknowledged, %d reported, %d stored", len(acked), posted, len(fake.ids))
	}
	for id, n := range fake.decided {
		if n != 1 {
			t.Errorf("%s was decided %d times", id, n)
		}
	}
}

// TestHistogram compares quantiles with those of the sorted list.
func TestHistogram(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	var h histogram
	all := make([]time.Duration, 10_000)
	for i := range all {
		all[i] = time.Duration(rng.ExpFloat64() * float64(3*time.Millisecond))
		h.add(all[i])
	}
	slices.Sort(all)
	for _, q := range []float64{0.01, 0.5, 0.95, 0.99, 1} {
		exact := all[int(q*float64(len(all)))-1]
		if got := h.quantile(q); got < exact || float64(got) > 1.03*float64(exact)+1000 {
			t.Errorf("quantile %v is %v, want %v", q, got, exact)
		}
	}
	if (&histogram{}).quantile(0.5) != 0 {
		t.Error("the quantile of nothing is not 0")
	}
}
