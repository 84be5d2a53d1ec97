package web_test

import (
	"compress/gzip"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"testing"
)

const threadPath = "/api/v1/sites/news/thread?id=story&url=" + articleURL

func TestPostAndRead(t *testing.T) {
	r := newRig(t)
	empty := r.get(threadPath).want(t, 200)
	if article := empty["article"].(obj); article["key"] != nil || article["state"] != "open" || empty["count"] != 0.0 || empty["stream"] != nil {
		t.Fatalf("unknown article: %v", empty)
	}
	first := r.comment("Hello *there*.", obj{"key": "0123456789abcdef"})
	comment := first["comment"].(obj)
	if comment["status"] != "approved" || first["message"] == "" || first["edit_token"] == "" || comment["parent"] != nil {
		t.Fatalf("receipt %v", first)
	}
	r.comment("An answer.", obj{"parent": id(first)})
	thread := r.get(threadPath).want(t, 200)
	comments := thread["comments"].([]any)
	if thread["count"] != 2.0 || len(comments) != 2 || thread["next"] != nil || thread["stream"] == nil {
		t.Fatalf("thread %v", thread)
	}
	reply := comments[1].(obj)
	if reply["parent"] != id(first) || reply["depth"] != 1.0 || comments[0].(obj)["replies"] != 1.0 {
		t.Errorf("reply %v", reply)
	}
	tree, err := json.Marshal(comments[0].(obj)["body"])
	if err != nil || string(tree) != `[{"c":["Hello ",{"c":["there"],"t":"em"},"."],"t":"p"}]` {
		t.Errorf("tree %s, %v", tree, err)
	}
	html := r.get(threadPath+"&body=html").want(t, 200)["comments"].([]any)[0].(obj)["body"]
	if html != "<p>Hello <em>there</em>.</p>" && html != "<p>Hello <em>there</em>.</p>\n" {
		t.Errorf("html %q", html)
	}
}

func TestSameKeyMakesOneComment(t *testing.T) {
	r := newRig(t)
	first := r.comment("Once.", obj{"key": "aaaaaaaa-bbbb"})
	again := r.do(request{method: "POST", path: postPath, body: obj{
		"article": obj{"id": "story", "url": articleURL, "title": "Story"}, "text": "Once.", "author": obj{"name": "Ada"}, "key": "aaaaaaaa-bbbb",
	}}).want(t, 200)
	if id(again) != id(first) || again["edit_token"] != first["edit_token"] || r.count(articleURL) != 1 {
		t.Errorf("again %v, first %v, count %d", again, first, r.count(articleURL))
	}
}

func TestEditAndWithdraw(t *testing.T) {
	r := newRig(t)
	mine := r.comment("Frist.")
	as := map[string]string{"Authorization": "bearer " + mine["edit_token"].(string)}
	path := "/api/v1/comments/" + id(mine)
	edited := r.do(request{method: "PATCH", path: path, body: obj{"text": "First."}, header: as}).want(t, 200)
	if edited["comment"].(obj)["edited_at"] == nil || !strings.Contains(r.get(threadPath).body, "First.") {
		t.Errorf("edited: %v", edited)
	}
	if got := r.do(request{method: "DELETE", path: path, header: as}); got.status != 204 || got.body != "" {
		t.Errorf("withdrawn: %d %s", got.status, got.body)
	}
	if thread := r.get(threadPath).want(t, 200); thread["count"] != 0.0 || len(thread["comments"].([]any)) != 0 {
		t.Errorf("thread after withdrawal: %v", thread)
	}
}

func TestTombstoneTellsNothing(t *testing.T) {
	r := newRig(t)
	parent := r.comment("A secret.")
	r.comment("An answer.", obj{"parent": id(parent)})
	as := map[string]string{"Authorization": "Bearer " + parent["edit_token"].(string)}
	r.do(request{method: "DELETE", path: "/api/v1/comments/" + id(parent), header: as})
	for _, path := range []string{threadPath, threadPath + "&body=html", "/thread/news?id=story"} {
		got := r.get(path)
		if strings.Contains(got.body, "secret") || !strings.Contains(got.body, "An answer.") {
			t.Errorf("%s: %s", path, got.body)
		}
	}
	gone := r.get(threadPath).want(t, 200)["comments"].([]any)[0].(obj)
	if gone["state"] != "tombstone" || gone["author"] != nil || gone["body"] != nil {
		t.Errorf("tombstone %v", gone)
	}
}

func TestLikesAndReports(t *testing.T) {
	r := newRig(t)
	path := "/api/v1/comments/" + id(r.comment("Like this."))
	for range 2 {
		if got := r.do(request{method: "PUT", path: path + "/like"}).want(t, 200); got["likes"] != 1.0 {
			t.Errorf("likes %v, want 1", got)
		}
	}
	if got := r.do(request{method: "DELETE", path: path + "/like"}).want(t, 200); got["likes"] != 0.0 {
		t.Errorf("likes %v, want 0", got)
	}
	r.do(request{method: "POST", path: path + "/reports", body: obj{"reason": "spam", "text": "Buy now"}}).want(t, 201)
	if queue := r.api("GET", "/queue?lane=reported", nil).want(t, 200); len(queue["items"].([]any)) != 1 {
		t.Errorf("reported lane: %v", queue)
	}
	r.do(request{method: "POST", path: path + "/reports", body: obj{"reason": "boring"}}).wantProblem(t, 422, "invalid")
	r.do(request{method: "PUT", path: "/api/v1/comments/c77/like"}).wantProblem(t, 404, "not-found")
}

func TestCounts(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	got := r.get("/api/v1/sites/news/counts?url=https://news.example/other&id=story&url=" + articleURL)
	counts := got.want(t, 200)["counts"].([]any)
	want := []struct {
		name, value string
		count       float64
	}{{"url", "https://news.example/other", 0}, {"id", "story", 1}, {"url", articleURL, 1}}
	if len(counts) != len(want) {
		t.Fatalf("counts %v", counts)
	}
	for i, w := range want {
		if c := counts[i].(obj); c[w.name] != w.value || c["count"] != w.count {
			t.Errorf("counts[%d] = %v, want %v", i, c, w)
		}
	}
	again := r.do(request{path: "/api/v1/sites/news/counts?url=" + articleURL, header: map[string]string{"If-None-Match": "W/" + r.get("/api/v1/sites/news/counts?url="+articleURL).header.Get("ETag")}})
	if again.status != 304 || again.body != "" {
		t.Errorf("revalidation: %d %s", again.status, again.body)
	}
	if got := r.get("/api/v1/sites/news/counts"); got.want(t, 200)["counts"] == nil {
		t.Errorf("no ids: %s", got.body)
	}
}

func TestThreadCaching(t *testing.T) {
	r := newRig(t)
	r.comment(strings.Repeat("Some words to compress. ", 20))
	plain := r.get(threadPath)
	packed := r.do(request{path: threadPath, header: map[string]string{"Accept-Encoding": "br, gzip;q=0.5"}})
	if plain.header.Get("Content-Encoding") != "" || packed.header.Get("Content-Encoding") != "gzip" || plain.header.Get("ETag") == packed.header.Get("ETag") {
		t.Fatalf("encodings: %v, %v", plain.header, packed.header)
	}
	unpacked, err := gzip.NewReader(strings.NewReader(packed.body))
	r.must(err)
	if content, err := io.ReadAll(unpacked); err != nil || string(content) != plain.body {
		t.Errorf("gzip holds %q, %v", content, err)
	}
	for _, got := range []reply{plain, packed} {
		if got.header.Get("Cache-Control") != "public, max-age=0, must-revalidate" || got.header.Get("Vary") != "Accept-Encoding, Origin" {
			t.Errorf("headers %v", got.header)
		}
	}
	tag := plain.header.Get("ETag")
	for match, status := range map[string]int{tag: 304, "W/" + tag: 304, `"a", ` + tag: 304, "*": 304, `"a"`: 200, strings.Trim(tag, `"`): 200, "": 200} {
		got := r.do(request{path: threadPath, header: map[string]string{"If-None-Match": match}})
		if got.status != status || status == 304 && (got.body != "" || got.header.Get("ETag") != tag) {
			t.Errorf("If-None-Match %q: %d with %d bytes, want %d", match, got.status, len(got.body), status)
		}
	}
	head := r.do(request{method: "HEAD", path: threadPath})
	if head.status != 200 || head.body != "" || head.header.Get("ETag") != tag || head.header.Get("Content-Length") != plain.header.Get("Content-Length") {
		t.Errorf("HEAD: %d %v", head.status, head.header)
	}
	r.comment("Another.")
	if got := r.do(request{path: threadPath, header: map[string]string{"If-None-Match": tag}}); got.status != 200 {
		t.Errorf("a changed thread answers %d", got.status)
	}
}

func TestRepeatedReadMakesNoQuery(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	r.get(threadPath)
	r.get(threadPath + "&body=html")
	r.queries.take()
	for range 3 {
		r.get(threadPath).want(t, 200)
		r.do(request{path: threadPath, header: map[string]string{"Origin": siteOrigin}}).want(t, 200)
		r.get(threadPath+"&body=html").want(t, 200)
		if got := r.get("/thread/news?id=story&url=" + articleURL); got.status != 200 {
			t.Fatalf("page: %d", got.status)
		}
	}
	if n := r.queries.take(); n != 0 {
		t.Errorf("%d queries for repeated reads, want none", n)
	}
}

func TestCORS(t *testing.T) {
	r := newRig(t)
	posted := r.comment("One.")
	own := "/api/v1/comments/" + id(posted) + "/like"
	tests := []struct {
		origin  string
		allowed bool
	}{
		{siteOrigin, true}, {"http://www.news.example", true}, {r.base, true},
		{"https://evil.example", false}, {"https://news.example.evil.example", false}, {"null", false},
	}
	for _, test := range tests {
		t.Run(test.origin, func(t *testing.T) {
			want, status := "", 403
			if test.allowed {
				want, status = test.origin, 200
			}
			from := map[string]string{"Origin": test.origin}
			got := r.do(request{path: threadPath, header: from})
			if got.status != 200 || got.header.Get("Access-Control-Allow-Origin") != want || got.header.Get("Access-Control-Allow-Credentials") != "" {
				t.Errorf("read: %d %v", got.status, got.header)
			}
			pre := map[string]string{"Origin": test.origin, "Access-Control-Request-Method": "PATCH", "Access-Control-Request-Headers": "authorization,content-type"}
			for _, path := range []string{"/api/v1/sites/news/comments", own} {
				got = r.do(request{method: "OPTIONS", path: path, header: pre})
				if got.status != 204 || got.header.Get("Access-Control-Allow-Origin") != want || (got.header.Get("Access-Control-Allow-Methods") != "") != test.allowed {
					t.Errorf("preflight of %s: %d %v", path, got.status, got.header)
				}
			}
			if got := r.do(request{method: "PUT", path: own, header: from}); got.status != status {
				t.Errorf("write: %d %s, want %d", got.status, got.body, status)
			}
		})
	}
	if got := r.do(request{method: "OPTIONS", path: "/api/v1/moderation/queue", header: map[string]string{"Origin": siteOrigin}}); got.header.Get("Access-Control-Allow-Origin") != "" || got.status != http.StatusMethodNotAllowed {
		t.Errorf("the moderation API answers other origins: %d %v", got.status, got.header)
	}
}

func TestSession(t *testing.T) {
	r := newRig(t)
	got := r.do(request{method: "POST", path: "/api/v1/sites/news/session", body: obj{"remote_auth_s3": "x y z", "api_key": "k"}}).want(t, 200)
	if reader, ok := got["reader"]; !ok || reader != nil || got["token"] != nil {
		t.Errorf("session %v", got)
	}
	r.do(request{method: "POST", path: "/api/v1/sites/nowhere/session", body: obj{}}).wantProblem(t, 404, "not-found")
}
