package web_test

import (
	"net/url"
	"regexp"
	"strings"
	"testing"
)

const storyPage = "/thread/news?id=story&url=" + articleURL + "&title=Story"

func TestThreadPage(t *testing.T) {
	r := newRig(t)
	r.get(storyPage).wantPage(t, 200, "Nobody has commented yet", "The News")
	r.holdWords("turnip")
	client := r.browser()
	fill := func(text string, more ...string) []string {
		return append([]string{"id", "story", "url", articleURL, "title", "Story", "text", text, "name", "Ada <b>", "email", "", "key", "key-" + strings.Map(letters, text)}, more...)
	}
	r.form(client, storyPage, fill("Hello *there*")...).wantPage(t, 200, `<em>there</em>`, "Ada <b>", "1 comment")
	r.form(client, storyPage, fill("Hello *there*")...).wantPage(t, 200, "1 comment")
	got := r.form(client, storyPage, fill("You turnip")...)
	got.wantPage(t, 200, "1 comment")
	if strings.Contains(got.body, "turnip") || !strings.Contains(got.body, "notice-wait") {
		t.Errorf("a held comment: %s", got.body)
	}
	if len(got.header["Set-Cookie"]) > 0 {
		t.Error("the page sets a cookie")
	}
	page := r.get(storyPage)
	reply := regexp.MustCompile(`href="([^"]*reply=(c[0-9a-z]+)[^"]*)"`).FindStringSubmatch(page.body)
	if reply == nil {
		t.Fatalf("no link to reply: %s", page.body)
	}
	link := strings.ReplaceAll(strings.Split(reply[1], "#")[0], "&amp;", "&")
	r.get(link).wantPage(t, 200, `name="parent" value="`+reply[2]+`"`, "Reply to Ada <b>")
	r.form(client, storyPage, fill("An answer", "parent", reply[2])...).wantPage(t, 200, "An answer", "2 comments")
	thread := r.get(threadPath).want(t, 200)["comments"].([]any)
	if thread[1].(obj)["parent"] != reply[2] {
		t.Errorf("thread %v", thread)
	}
}

func letters(c rune) rune {
	if c >= 'a' && c <= 'z' {
		return c
	}
	return '-'
}

func TestThreadPageRefusals(t *testing.T) {
	r := newRig(t)
	r.closeArticle("https://news.example/closed")
	tests := []struct {
		name   string
		change []string
		status int
		text   string
	}{
		{"no text", []string{"text", ""}, 422, "Write something first"},
		{"long name", []string{"name", strings.Repeat("n", 61)}, 422, "at most 60"},
		{"bad e-mail", []string{"email", "nobody"}, 422, "does not look like an e-mail address"},
		{"closed", []string{"url", "https://news.example/closed", "id", ""}, 403, "closed"},
		{"another host", []string{"url", "https://evil.example/", "id", ""}, 403, "not one of the addresses"},
		{"invalid text", []string{"text", "a\xff"}, 422, "not valid Unicode"},
		{"unknown parent", []string{"parent", "c999"}, 404, "not part of this article"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			values := url.Values{"id": {"story"}, "url": {articleURL}, "title": {"Story"}, "text": {"My long thoughts"}, "name": {"Ada"}, "key": {"0123456789"}}
			for i := 0; i < len(test.change); i += 2 {
				values.Set(test.change[i], test.change[i+1])
			}
			got := r.do(request{method: "POST", path: storyPage, body: values})
			got.wantPage(t, test.status, test.text)
			if values.Get("text") == "My long thoughts" && test.name != "another host" && test.name != "closed" && !strings.Contains(got.body, "My long thoughts") {
				t.Errorf("what was typed is lost: %s", got.body)
			}
		})
	}
	if r.count(articleURL) != 0 {
		t.Error("a refused comment was stored")
	}
	r.get("/thread/nowhere?id=1").wantPage(t, 404, "no site")
	r.get("/thread/news").wantPage(t, 422)
	r.get("/thread/news?id=x&url=javascript:alert(1)").wantPage(t, 422)
	r.get("/thread/news?id=x&cursor=zzz").wantPage(t, 422)
	r.do(request{method: "POST", path: storyPage, body: `{}`}).wantPage(t, 415)
	r.do(request{method: "POST", path: storyPage, body: url.Values{"text": {strings.Repeat("a", 70_000)}}}).wantPage(t, 413)
}

func TestThreadPagePaging(t *testing.T) {
	r := newRig(t)
	for range 55 {
		r.comment("Filler.")
	}
	first := r.get(storyPage)
	first.wantPage(t, 200, "55 comments")
	next := regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(first.body)
	if next == nil || strings.Count(first.body, "Filler.") != 50 {
		t.Fatalf("first page has %d comments, next %v", strings.Count(first.body, "Filler."), next)
	}
	if second := r.get(strings.ReplaceAll(next[1], "&amp;", "&")); strings.Count(second.body, "Filler.") != 5 {
		t.Errorf("second page has %d comments", strings.Count(second.body, "Filler."))
	}
}

func TestDemo(t *testing.T) {
	r := newRig(t)
	r.get("/demo").wantPage(t, 200, "/embed.js?site=demo", r.base+"/demo")
}
