package web_test

import (
	"strconv"
	"strings"
	"testing"

	"postbag/moderation"
)

// inFrame is the name of a comment's page: a number in base 36.
func inFrame(number string) string {
	n, _ := strconv.ParseInt(number, 10, 64)
	return strconv.FormatInt(n, 36)
}

// wantFrame checks a page that stands in frames of other sites.
func (p reply) wantFrame(tb testing.TB, status int, texts ...string) {
	tb.Helper()
	h := p.header
	if p.status != status || h.Get("Content-Type") != "text/html; charset=utf-8" || !strings.Contains(h.Get("Content-Security-Policy"), "frame-ancestors *") ||
		h.Get("X-Frame-Options") != "" || len(h["Set-Cookie"]) > 0 || h.Get("Vary") != "Accept-Language" {
		tb.Fatalf("%d, want %d: %v %s", p.status, status, h, p.body)
	}
	for _, text := range append(texts, "<main>", "<h1") {
		if !strings.Contains(p.body, text) {
			tb.Errorf("the page lacks %q: %s", text, p.body)
		}
	}
	for _, no := range []string{"<form", "<script", "turnip", "Withdrawn"} {
		if strings.Contains(p.body, no) {
			tb.Errorf("the page holds %q", no)
		}
	}
}

func TestPostPage(t *testing.T) {
	r := newDisqusRig(t)
	root := id(r.comment("*Root* <b>"))
	reply := id(r.comment("Reply.", obj{"parent": root}))
	number := r.disqus("posts/details?post=" + reply)["response"].(obj)["id"].(string)
	for path, want := range map[string]string{
		"/p/" + inFrame("802") + "?p=0&m=1": "An answer", "/p/" + reply: "Reply.", "/p/" + inFrame(number): "Reply.", "/e/news/p/" + root: "<em>Root</em> &lt;b&gt;",
		"/news.disqus.com/p/" + root: "<em>Root</em>", "/forums/news/p/" + inFrame("801"): "<strong>foremost</strong>", "/p/" + root + "?forum=news": "<em>Root</em>",
	} {
		got := r.get(path)
		got.wantFrame(t, 200, want)
		if strings.Contains(got.body, "First") && !strings.Contains(path, inFrame("801")) {
			t.Errorf("%s: shows what it answers", path)
		}
		again := r.do(request{path: path, header: map[string]string{"If-None-Match": got.header.Get("ETag")}})
		if again.status != 304 {
			t.Errorf("%s: again %d", path, again.status)
		}
	}
	page := r.get("/p/" + inFrame("802") + "?p=1&lang=de")
	page.wantFrame(t, 200, "First &amp;", "An answer", `href="https://news.example/old#comment-802"`, "Kommentar von Bob", "Im Artikel lesen", `<base target="_top">`)
	r.get("/p/"+inFrame("804")+"?p=1").wantFrame(t, 200, "This comment was deleted.", "Below it")
}

// TestPostPageQueries: a page costs a few look-ups, whatever is asked for.
func TestPostPageQueries(t *testing.T) {
	r := newDisqusRig(t)
	for path, most := range map[string]int{"/p/" + inFrame("802") + "?p=1": 7, "/p/" + inFrame("999"): 2, "/p/" + strings.Repeat("z", 200): 0} {
		r.queries.take()
		r.get(path)
		if n := r.queries.take(); n > most {
			t.Errorf("%s: %d statements, at most %d wanted", path, n, most)
		}
	}
}

// TestPostPageOfWhatIsNotPublic answers the same for all that readers do not see.
func TestPostPageOfWhatIsNotPublic(t *testing.T) {
	r := newDisqusRig(t)
	r.holdWords("turnip")
	held := id(r.comment("A turnip."))
	other, err := r.service.AddSite(t.Context(), moderation.NewSite{Key: "other", Name: "Other", Origins: []string{"https://other.example"}})
	r.must(err)
	own := id(r.comment("Public."))
	ar := "ar"
	_, err = r.service.PatchSite(t.Context(), other.Key, moderation.SitePatch{Language: &ar})
	r.must(err)
	for _, path := range []string{
		"/p/" + held, "/p/" + inFrame("805"), "/p/" + inFrame("803"), "/p/zzzz", "/p/c1zzzzzzzzzz", "/p/-1", "/p/0", "/p/%00", "/p/" + strings.Repeat("z", 300),
		"/e/other/p/" + own, "/p/" + inFrame("801") + "?site=other", "/e/nowhere/p/" + own, "/p/1?p=1",
	} {
		r.get(path).wantFrame(t, 404, "This comment cannot be shown", "waits for a moderator")
	}
	r.do(request{path: "/p/" + held, header: map[string]string{"Accept-Language": "de"}}).wantFrame(t, 404, `<html lang="de"`, "kann nicht gezeigt werden")
	r.get("/p/"+held+"?lang=ar").wantFrame(t, 404, `dir="rtl"`)
	r.get("/p/"+own+"?p=%ff").wantFrame(t, 422, `<html lang="en"`)
	r.get("/p/"+own).wantFrame(t, 200, "Public.")
	r.api("POST", "/comments/"+own+"/decisions", obj{"action": "remove", "version": 1}).want(t, 200)
	r.get("/p/"+own).wantFrame(t, 404, "cannot be shown")
}
