package web_test

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postbag/moderation"
)

const storyPage = "/thread/news?id=story&url=" + articleURL + "&title=Story"

func TestThreadPage(t *testing.T) {
	r := newRig(t)
	r.get(storyPage).wantPage(t, 200, "No comments yet", "The News")
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

// TestThreadPageLanguage: the page speaks the language asked for, else the site's,
// else one that the browser accepts, and says so.
func TestThreadPageLanguage(t *testing.T) {
	r := newRig(t)
	r.comment("Hello.")
	for _, test := range []struct{ site, query, accept, tag, dir, text string }{
		{"", "", "", "en", "ltr", "1 comment"},
		{"", "", "pl;q=0.9, xx, de-CH;q=0.5, fr;q=0.4", "de-CH", "ltr", "1 Kommentar"},
		{"", "", "de;q=0, *;q=0.5, es;q=x", "en", "ltr", "1 comment"},
		{"ar-EG", "", "de", "ar-EG", "rtl", "تعليق واحد"},
		{"ar", "&lang=fr_CA", "de", "fr-CA", "ltr", "1 commentaire"},
		{"pl", "&lang=cs", "es", "es", "ltr", "1 comentario"},
		{"de", "&lang=%22%3E%3Cb%3E", "", "de", "ltr", "1 Kommentar"},
	} {
		_, err := r.service.PatchSite(t.Context(), "news", moderation.SitePatch{Language: &test.site})
		r.must(err)
		got := r.do(request{path: storyPage + test.query, header: map[string]string{"Accept-Language": test.accept}})
		got.wantPage(t, 200, `<html lang="`+test.tag+`" dir="`+test.dir+`">`, test.text)
		if got.header.Get("Content-Language") != test.tag || got.header.Get("Vary") != "Accept-Language" {
			t.Errorf("%+v: headers %v", test, got.header)
		}
	}
}

// TestThreadPageTranslates: what the form answers is in the page's language, as
// far as the widget has the words, and so are the pages that it leads to.
func TestThreadPageTranslates(t *testing.T) {
	r := newRig(t)
	r.closeArticle("https://news.example/closed")
	r.holdWords("turnip")
	short := 20
	_, err := r.service.PatchSite(t.Context(), "news", moderation.SitePatch{MaxLength: &short})
	r.must(err)
	for text, test := range map[string]struct {
		change []string
		status int
	}{
		"Schreiben Sie etwas":              {[]string{"text", " "}, 422},
		"5 Zeichen zu viel":                {[]string{"text", strings.Repeat("x", 25)}, 422},
		"Prüfen Sie die E-Mail-Adresse":    {[]string{"email", "nobody"}, 422},
		"Diese Diskussion ist geschlossen": {[]string{"url", "https://news.example/closed", "id", ""}, 403},
		"Ihr Kommentar ist veröffentlicht": {[]string{"text", "Guten Tag."}, 200},
		"bevor er hier erscheint":          {[]string{"text", "You turnip"}, 200},
		"A name has at most 60 characters": {[]string{"name", strings.Repeat("n", 61)}, 422}, // the widget has no words for it
	} {
		values := url.Values{"id": {"story"}, "url": {articleURL}, "title": {"Story"}, "text": {"Kurz."}, "name": {"Ada"}, "key": {"key-" + strings.Map(letters, text)}}
		for i := 0; i < len(test.change); i += 2 {
			values.Set(test.change[i], test.change[i+1])
		}
		got := r.do(request{method: "POST", path: storyPage + "&lang=de", body: values})
		got.wantPage(t, test.status, text, `<html lang="de"`)
		for _, english := range []string{"Write something", "Please shorten", "does not look like", "moderator", "are closed"} {
			if strings.Contains(got.body, english) {
				t.Errorf("%s: says %q", text, english)
			}
		}
		if links := regexp.MustCompile(`(?:href|action)="/thread/[^"]*"`).FindAllString(got.body, -1); slices.ContainsFunc(links, func(l string) bool { return !strings.Contains(l, "lang=de") }) {
			t.Errorf("%s: links lose the language: %q", text, links)
		}
	}
}

func TestDemo(t *testing.T) {
	r := newRig(t)
	r.get("/demo").wantPage(t, 200, "/embed.js?site=demo", r.base+"/demo")
}
