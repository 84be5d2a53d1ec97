package web_test

import (
	"encoding/xml"
	"fmt"
	"strings"
	"testing"
)

// feedItem is what a program reads of an item.
type feedItem struct {
	Title       string `xml:"title"`
	Link        string `xml:"link"`
	Description string `xml:"description"`
	Creator     string `xml:"http://purl.org/dc/elements/1.1/ creator"`
	Date        string `xml:"pubDate"`
}

// feedOf reads a feed as a program does.
func feedOf(r *rig, path string) (title string, items []feedItem) {
	r.Helper()
	got := r.get(path)
	var doc struct {
		Channel struct {
			Title string     `xml:"title"`
			Items []feedItem `xml:"item"`
		} `xml:"channel"`
	}
	if err := xml.Unmarshal([]byte(got.body), &doc); err != nil || got.status != 200 || got.header.Get("Content-Type") != "application/rss+xml; charset=utf-8" {
		r.Fatalf("%s: %d %v %s", path, got.status, err, got.body)
	}
	return doc.Channel.Title, doc.Channel.Items
}

func TestFeeds(t *testing.T) {
	r := newDisqusRig(t)
	r.comment("New <b> & ]]> text.", obj{"author": obj{"name": "<Ada> & co"}})
	for path, want := range map[string]int{
		"/latest.rss?site=news": 4, "/e/news/latest.rss": 4, "/news.disqus.com/latest.rss": 4, "/news.disqus.com/comments.rss": 4, "/comments.rss?site=news": 4,
		"/news.disqus.com/700/latest.rss": 3, "/e/news/700/comments.rss": 3, "/latest.rss?site=news&thread:ident=story": 1,
	} {
		if _, items := feedOf(r, path); len(items) != want {
			t.Errorf("%s: %d items, want %d", path, len(items), want)
		}
	}
	_, items := feedOf(r, "/e/news/latest.rss")
	if items[0].Creator != "<Ada> & co" || !strings.Contains(items[0].Description, "&lt;b&gt; &amp; ]]&gt; text.") {
		t.Errorf("a hostile comment became %+v", items[0])
	}
	if i := items[1]; i.Link != "https://news.example/old#comment-804" || i.Date != "Wed, 01 Jan 2014 14:00:00 +0000" || i.Title != "Old" {
		t.Errorf("item %+v", i)
	}
	feed := r.disqus("threads/details?thread=700")["response"].(obj)["feed"].(string)
	if title, items := feedOf(r, strings.TrimPrefix(feed, r.base)); len(items) != 3 || title != "Comments: Old" {
		t.Errorf("the feed of the thread: %q, %d items", title, len(items))
	}
	for _, path := range []string{"/latest.rss", "/e/nowhere/latest.rss", "/e/news/none/latest.rss", "/news.disqus.com/x/other.rss"} {
		if got := r.get(path); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}

func TestRecentWidget(t *testing.T) {
	r := newDisqusRig(t)
	for i := range 30 {
		r.comment(fmt.Sprint("New number ", i, " </script><script>alert(1)</script> ", strings.Repeat("é", 1500)))
	}
	for query, want := range map[string]struct{ items, size, length int }{
		"":             {5, 32, 201},
		"&num_items=3": {3, 32, 201},
		"&num_items=999&avatar_size=99999&excerpt_length=99999": {25, 256, 1001},
		"&num_items=-1&avatar_size=x&excerpt_length=20":         {1, 32, 21},
		"&hide_avatars=1": {5, 0, 201},
	} {
		for _, path := range []string{"/recent_comments_widget.js?site=news", "/news.disqus.com/recent_comments_widget.js?x"} {
			got := r.get(path + query)
			if got.status != 200 || got.header.Get("Content-Type") != "text/javascript; charset=utf-8" || strings.Contains(got.body, "</script") {
				t.Fatalf("%s: %d %.300s", path+query, got.status, got.body)
			}
			_, data, _ := strings.Cut(got.body, "\n})(")
			if n := strings.Count(data, `"url":"`); n != want.items || !strings.HasSuffix(data, fmt.Sprintf(",%d);\n", want.size)) {
				t.Errorf("%s: %d items, want %d of size %d: %s", query, n, want.items, want.size, data[max(0, len(data)-20):])
			}
			_, text, _ := strings.Cut(data, `"text":"`)
			text, _, _ = strings.Cut(text, `"`)
			if n := len([]rune(strings.NewReplacer(`\u003c`, "<", `\u003e`, ">").Replace(text))); n > want.length || n < want.length-3 {
				t.Errorf("%s: an excerpt of %d characters, want %d", query, n, want.length)
			}
		}
	}
	if got := r.get("/recent_comments_widget.js?site=nowhere"); got.status != 404 || !strings.HasPrefix(got.body, "// Postbag: ") {
		t.Errorf("unknown site: %d %s", got.status, got.body)
	}
}
