package web_test

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"postbag/web"
)

// follower reads a stream of events.
type follower struct {
	testing.TB
	header http.Header
	lines  chan string
	stop   context.CancelFunc
}

func (r *rig) follow(path string, header map[string]string) *follower {
	r.Helper()
	ctx, cancel := context.WithCancel(r.Context())
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, r.base+path, nil)
	r.must(err)
	for k, v := range header {
		req.Header.Set(k, v)
	}
	res, err := http.DefaultTransport.RoundTrip(req)
	r.must(err)
	if res.StatusCode != 200 || res.Header.Get("Content-Type") != "text/event-stream" {
		r.Fatalf("stream: %d %v", res.StatusCode, res.Header)
	}
	f := &follower{TB: r, header: res.Header, lines: make(chan string, 1000), stop: cancel}
	go func() {
		defer close(f.lines)
		defer func() { _ = res.Body.Close() }()
		for scanner := bufio.NewScanner(res.Body); scanner.Scan(); {
			f.lines <- scanner.Text()
		}
	}()
	r.Cleanup(cancel)
	return f
}

// next returns the next line with a prefix, without it.
func (f *follower) next(prefix string) string {
	f.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case line, ok := <-f.lines:
			if !ok {
				f.Fatalf("stream ended before a line %q", prefix)
			}
			if rest, ok := strings.CutPrefix(line, prefix); ok {
				return rest
			}
		case <-limit:
			f.Fatalf("no line %q within 10 s", prefix)
		}
	}
}

// event waits for an event of a kind and returns its id and data.
func (f *follower) event(kind string) (id, data string) {
	f.Helper()
	for {
		id = f.next("id: ")
		if f.next("event: ") == kind {
			return id, f.next("data: ")
		}
		f.next("data: ")
	}
}

// ended waits for the end of the stream.
func (f *follower) ended() {
	f.Helper()
	limit := time.After(10 * time.Second)
	for {
		select {
		case _, ok := <-f.lines:
			if !ok {
				return
			}
		case <-limit:
			f.Fatal("the stream did not end within 10 s")
		}
	}
}

func TestThreadStream(t *testing.T) {
	r := newRig(t)
	first := r.comment("One.")
	stream := r.get(threadPath).want(t, 200)["stream"].(string)
	f := r.follow(stream, map[string]string{"Origin": siteOrigin})
	if f.next("retry: ") != "3000" || f.header.Get("X-Accel-Buffering") != "no" || f.header.Get("Access-Control-Allow-Origin") != siteOrigin {
		t.Errorf("headers %v", f.header)
	}
	second := r.comment("Two.")
	seen, data := f.event("comment")
	if !strings.Contains(data, id(second)) || !strings.Contains(data, `"count":2`) || !strings.Contains(data, `"Two."`) {
		t.Errorf("comment event %s", data)
	}
	as := map[string]string{"Authorization": "Bearer " + first["edit_token"].(string)}
	r.do(request{method: "PATCH", path: "/api/v1/comments/" + id(first), body: obj{"text": "Uno."}, header: as}).want(t, 200)
	if _, data := f.event("update"); !strings.Contains(data, "Uno.") {
		t.Errorf("update event %s", data)
	}
	r.do(request{method: "DELETE", path: "/api/v1/comments/" + id(first), header: as})
	if _, data := f.event("remove"); !strings.Contains(data, `"id":"`+id(first)+`"`) || !strings.Contains(data, `"count":1`) {
		t.Errorf("remove event %s", data)
	}
	f.stop()
	for _, resumed := range []*follower{
		r.follow(stream, map[string]string{"Last-Event-ID": seen}),
		r.follow(stream+"&last_event_id="+seen, nil),
	} {
		if _, data := resumed.event("remove"); !strings.Contains(data, id(first)) {
			t.Errorf("replayed %s", data)
		}
	}
}

func TestQueueStream(t *testing.T) {
	r := newRig(t)
	as := map[string]string{"Authorization": "Bearer " + r.token}
	f := r.follow("/api/v1/moderation/stream?site=news", as)
	f.next("retry: ")
	posted := r.comment("One.")
	if _, data := f.event("enter"); data != `{"site":"news","id":"`+id(posted)+`","lane":"new"}` {
		t.Errorf("enter event %s", data)
	}
	if _, data := f.event("counts"); data != `{"site":"news","counts":{"pending":0,"reported":0,"new":1,"escalated":0,"sample":0}}` {
		t.Errorf("counts event %s", data)
	}
	r.api("POST", "/claims", obj{"site": "news", "lane": "new"}).want(t, 200)
	if _, data := f.event("claim"); !strings.Contains(data, `"ids":["`+id(posted)+`"]`) {
		t.Errorf("claim event %s", data)
	}
}

func TestStreamPingsAndEnds(t *testing.T) {
	r := newRig(t, func(c *web.Config) { c.Ping = 5 * time.Millisecond })
	f := r.follow("/api/v1/moderation/stream", map[string]string{"Authorization": "Bearer " + r.token})
	for range 2 {
		if got := f.next(": "); got != "ping" {
			t.Errorf("comment %q", got)
		}
	}
	r.server.EndStreams()
	f.ended()
	r.get("/readyz").wantProblem(t, 503, "busy")
	if got := r.get("/healthz"); got.status != 200 {
		t.Errorf("healthz: %d", got.status)
	}
}
