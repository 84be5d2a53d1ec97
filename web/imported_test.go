package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

// TestImportedStaysHidden asks every public address for an imported thread: none
// shows what was deleted or spam there, or who wrote it.
func TestImportedStaysHidden(t *testing.T) {
	r := newDisqusRig(t)
	page := url.QueryEscape("https://news.example/old")
	paths := []string{
		"/latest.rss?site=news", "/comments.rss?site=news", "/e/news/700/latest.rss", "/recent_comments_widget.js?site=news&num_items=25",
		"/api/3.0/forums/listPosts.json?forum=news&limit=100", "/api/3.0/threads/listPosts.json?forum=news&thread=700",
		"/api/3.0/threads/listPostsThreaded.json?forum=news&thread=700", "/api/3.0/threads/list.json?forum=news", "/api/3.0/posts/details.json?post=801&forum=news",
		"/api/3.0/posts/details.json?post=803&forum=news", "/api/3.0/posts/details.json?post=805&forum=news",
		"/thread/news?url=" + page, "/thread/news?id=old&reply=803", "/count-data.js?site=news&1=old",
		"/api/v1/sites/news/counts?id=old", "/api/v1/sites/news/thread?id=old&around=805", "/api/v1/sites/news/thread?id=old&around=disqus:803&body=html",
		"/api/v1/sites/news/thread?id=old&sort=newest", "/api/v1/sites/news/thread?id=old&sort=top&limit=1",
	}
	secret := regexp.MustCompile(`Withdrawn|Pills|\bCyd\b|\bEve\b`)
	shown := 0
	for _, path := range paths {
		got := r.get(path)
		if found := secret.FindString(got.body); found != "" || got.status >= 500 {
			t.Errorf("%s: %d, shows %q", path, got.status, found)
		}
		if strings.Contains(got.body, "Below it") {
			shown++
		}
	}
	if shown < 8 {
		t.Errorf("only %d of the addresses show the thread at all", shown)
	}
	counts := r.get("/api/v1/sites/news/counts?id=old").want(t, 200)["counts"].([]any)[0].(obj)
	if counts["count"] != 3.0 {
		t.Errorf("counts %v, want the three approved ones", counts)
	}
	queue := r.api("GET", "/queue?site=news&lane=all", nil).want(t, 200)
	if items := queue["items"].([]any); len(items) > 0 {
		t.Errorf("an import filled the queue: %v", items)
	}
	listed := r.api("GET", "/queue?site=news&status=approved", nil).want(t, 200)["items"].([]any)
	for _, item := range listed {
		if c := item.(obj)["comment"].(obj); c["reviewed"] != true {
			t.Errorf("an imported comment is not reviewed: %v", c)
		}
	}
	for _, status := range []string{"deleted", "spam"} {
		if items := r.api("GET", "/queue?site=news&status="+status, nil).want(t, 200)["items"].([]any); len(items) != 1 {
			t.Errorf("%d %s comments are kept, want 1", len(items), status)
		}
	}
}
