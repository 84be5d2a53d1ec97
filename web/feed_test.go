package web_test

import (
	"encoding/xml"
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
		"/news.disqus.com/700/latest.rss": 3, "/e/news/700/comments.rss": 3, "/news.disqus.com/story/latest.rss": 1, "/forums/news/old/latest.rss": 3, "/latest.rss?site=news&thread:ident=story": 1,
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
	fresh := r.get("/e/news/latest.rss")
	again := request{path: "/e/news/latest.rss", header: map[string]string{"If-None-Match": "W/" + fresh.header.Get("ETag")}}
	if got := r.do(again); got.status != 304 || got.body != "" || fresh.header.Get("Cache-Control") != "public, max-age=0, must-revalidate" {
		t.Errorf("unchanged: %d %v", got.status, got.header)
	}
	r.comment("Newer.")
	if got := r.do(again); got.status != 200 {
		t.Errorf("changed: %d", got.status)
	}
	for _, path := range []string{"/latest.rss", "/e/nowhere/latest.rss", "/e/news/none/latest.rss", "/news.disqus.com/x/other.rss"} {
		if got := r.get(path); got.status != 404 {
			t.Errorf("%s: %d", path, got.status)
		}
	}
}
