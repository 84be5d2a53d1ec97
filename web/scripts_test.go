package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strings"
	"testing"

	"postbag/moderation"
)

// scriptForms are the addresses of a site's script.
func scriptForms(site, name, query string) []string {
	return []string{"/" + name + "?site=" + site + query, "/e/" + site + "/" + name + "?x=1" + query, "/" + site + ".disqus.com/" + name + "?x=1" + query, "/forums/" + site + "/" + name + "?x=1" + query}
}

// script asks for a script in all forms of its address, which must agree.
func (r *rig) script(name, query string) string {
	r.Helper()
	var body string
	for _, path := range scriptForms("news", name, query) {
		got := r.get(path)
		h := got.header
		if got.status != 200 || h.Get("Content-Type") != "text/javascript; charset=utf-8" || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Cross-Origin-Resource-Policy") != "cross-origin" {
			r.Fatalf("%s: %d %v %.200s", path, got.status, h, got.body)
		}
		if body != "" && got.body != body {
			r.Errorf("%s differs from the other forms", path)
		}
		body = got.body
	}
	return body
}

func TestSiteScripts(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	for _, name := range []string{
		"embed.js", "count.js", "get_num_replies.js", "recommendations.js", "count-data.js",
		"recent_comments_widget.js", "popular_threads_widget.js", "top_commenters_widget.js", "combination_widget.js",
	} {
		r.script(name, "")
		for _, path := range append(scriptForms("nowhere", name, ""), "/"+name, scriptForms("%3Cb%3E", name, "")[0]) {
			got := r.get(path)
			if got.status != 404 || !strings.HasPrefix(got.body, "// Postbag: there is no such site") || strings.Count(got.body, "\n") != 1 ||
				got.header.Get("Content-Type") != "text/javascript; charset=utf-8" {
				t.Errorf("%s: %d %s", path, got.status, got.body)
			}
		}
	}
	if got := r.get("/e/news/other.js"); got.status != 404 || !strings.HasPrefix(got.body, "// Postbag: ") {
		t.Errorf("unknown script: %d %s", got.status, got.body)
	}
}

// TestCountDataNames asks by names of all kinds, in requests as large as callers
// make them.
func TestCountDataNames(t *testing.T) {
	r := newRig(t)
	at := func(id, address string) obj { return obj{"article": obj{"id": id, "url": address}} }
	r.comment("By number.", at("4711", siteOrigin+"/number"))
	r.comment("Named like another's address.", at(siteOrigin+"/plain", siteOrigin+"/named"))
	for range 2 {
		r.comment("At that address.", at("", siteOrigin+"/plain"))
	}
	r.comment("Emoji.", at("🎉 'quoted' \"twice\"", siteOrigin+"/emoji"))
	r.comment("Member.", at("__proto__", siteOrigin+"/proto"))
	type name struct {
		kind, value string
		count       int
	}
	names := []name{
		{"1", "4711", 1}, {"1", "04711", 0}, {"2", siteOrigin + "/number", 1}, {"1", siteOrigin + "/plain", 1}, {"2", siteOrigin + "/plain", 2}, {"2", "news.example/plain", 2},
		{"2", "//www.news.example/plain/", 2}, {"2", "/plain", 0}, {"1", "🎉 'quoted' \"twice\"", 1}, {"1", "__proto__", 1}, {"1", "constructor", 0}, {"2", "javascript:alert(1)", 0},
		{"1", "</script><script>alert(1)</script>", 0}, {"1", "4711", 1},
	}
	for _, size := range []int{25, 100} {
		var query, want strings.Builder
		for i := range size {
			n := names[i%len(names)]
			fmt.Fprintf(&query, "&%s=%s", n.kind, url.QueryEscape(n.value))
			fmt.Fprintf(&want, "{%s %d} ", n.value, n.count)
		}
		body := r.script("count-data.js", query.String())
		if got := fmt.Sprint(counted(t, body)); got != "["+strings.TrimSpace(want.String())+"]" {
			t.Errorf("%d names: %s, want %s", size, got, want.String())
		}
		if strings.Contains(body, "</") || !strings.Contains(body, `{"text":{"and":"and","comments":{"zero":"0 Comments","multiple":"{num} Comments","one":"1 Comment"}}`) {
			t.Errorf("%d names: %s", size, body)
		}
	}
	if got := fmt.Sprint(counted(t, r.script("count-data.js", "&2="+url.QueryEscape(siteOrigin+"/plain?utm_source=x#disqus_thread")))); !strings.HasSuffix(got, " 2}]") {
		t.Errorf("with what does not matter: %s", got)
	}
}

// TestCountTexts: numbers are written as the site says, else as its language does.
func TestCountTexts(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	for _, test := range []struct{ language, zero, one, many, wantZero, wantOne, wantMany string }{
		{"", "", "", "", "0 Comments", "1 Comment", "{num} Comments"},
		{"en-GB", "", "", "", "0 Comments", "1 Comment", "{num} Comments"},
		{"pl", "", "", "", "0 Comments", "1 Comment", "{num} Comments"},
		{"de", "", "", "", "0 Kommentare", "1 Kommentar", "{num} Kommentare"},
		{"fr-CA", "", "", "", "0 commentaire", "1 commentaire", "{num} commentaires"},
		{"ar", "", "", "", "لا تعليقات", "تعليق واحد", "{num} تعليق"},
		{"de", "Diskutieren", "<b>{num}</b> Stimme", "", "Diskutieren", "<b>1</b> Stimme", "{num} Kommentare"},
		{"", "", "", "{num} </script>\u2028", "0 Comments", "1 Comment", "{num} </script>\u2028"},
	} {
		_, err := r.service.PatchSite(t.Context(), "news", moderation.SitePatch{Language: &test.language, CountZero: &test.zero, CountOne: &test.one, CountMany: &test.many})
		r.must(err)
		want := obj{"zero": test.wantZero, "one": test.wantOne, "multiple": test.wantMany}
		body := r.script("count-data.js", "&1=story")
		var data struct{ Text struct{ Comments obj } }
		r.must(json.Unmarshal([]byte(strings.TrimSuffix(strings.TrimPrefix(body, "DISQUSWIDGETS.displayCount("), ");\n")), &data))
		if fmt.Sprint(data.Text.Comments) != fmt.Sprint(want) || strings.Contains(body, "</") {
			t.Errorf("%+v: count-data.js says %v", test, body)
		}
		if got := r.get("/api/v1/sites/news/counts?id=story").want(t, 200)["text"]; fmt.Sprint(got) != fmt.Sprint(want) {
			t.Errorf("%+v: the API says %v", test, got)
		}
		if list := r.lists("popular_threads_widget.js", ""); (list.Text == nil) != (want["multiple"] == "{num} Comments") || list.Text != nil && fmt.Sprint(list.Text) != fmt.Sprint(want) {
			t.Errorf("%+v: the list says %v", test, list.Text)
		}
	}
}

// TestOldCounts: what pages of 2009 load is the script of today.
func TestOldCounts(t *testing.T) {
	r := newRig(t)
	if got := r.script("get_num_replies.js", "&url0=https%3A%2F%2Fnews.example%2F1%23disqus_thread"); !strings.Contains(got, `("`+r.base+`/e/news/count.js");`) {
		t.Errorf("old counts: %s", got)
	}
}

// TestOldAddresses: below /forums/KEY/ is what is below /e/KEY/.
func TestOldAddresses(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	for path, status := range map[string]int{
		"/forums/news/latest.rss": 200, "/forums/news/api/3.0/threads/list.json": 200, "/forums/nowhere/embed.js": 404, "/forums/news/": 404, "/forums/news": 404,
		"/forums//embed.js": 404, "/forums/news/x/y.js": 404, "/forums/news/console/login": 404, "/.disqus.com/embed.js": 404,
	} {
		if got := r.get(path); got.status != status {
			t.Errorf("%s: %d, want %d", path, got.status, status)
		}
	}
}

// A shortname is the name of a host, in which capitals do not count.
func TestCapitalsOfAShortname(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	for _, path := range []string{"/News.disqus.com/embed.js", "/e/NEWS/count.js", "/embed.js?site=News", "/api/v1/sites/NEWS/thread?url=" + url.QueryEscape(articleURL)} {
		if got := r.get(path); got.status != 200 || strings.Contains(path, "thread") && !strings.Contains(got.body, "One.") {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
}

func TestEmbedSpeaksTheSitesLanguage(t *testing.T) {
	r := newRig(t)
	for language, want := range map[string]string{"": "Post comment", "de-AT": "Kommentar senden", "AR": "نشر التعليق", "pl": "Post comment", "js": "Post comment"} {
		if _, err := r.service.PatchSite(context.Background(), "news", moderation.SitePatch{Language: &language}); err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(r.script("embed.js", ""), want) {
			t.Errorf("language %q: %q is not built in", language, want)
		}
	}
}

// A page in another language gets the texts with its thread, from bytes that
// are ready.
func TestThreadSpeaksThePagesLanguage(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	path := "/api/v1/sites/news/thread?url=" + url.QueryEscape(articleURL)
	plain := r.get(path)
	for _, c := range []struct{ lang, want string }{
		{"de", `"texts":{"comments":{"one":"{n} Kommentar"`}, {"ar", `"نشر التعليق"`}, {"en", `"Post comment"`},
	} {
		first, again := r.get(path+"&lang="+c.lang), r.get(path+"&lang="+c.lang)
		if !strings.Contains(first.body, c.want) || strings.Contains(first.body, `"posting"`) || first.body != again.body || first.header.Get("ETag") == plain.header.Get("ETag") {
			t.Errorf("lang=%s: %s", c.lang, first.body)
		}
		if rest, _, ok := strings.Cut(first.body, `,"texts":`); !ok || rest+"}\n" != plain.body {
			t.Errorf("lang=%s changes the thread: %s", c.lang, rest)
		}
	}
	for _, lang := range []string{"", "pl", "DE", "../de", "sso"} {
		if got := r.get(path + "&lang=" + url.QueryEscape(lang)); got.body != plain.body {
			t.Errorf("lang=%q: %s", lang, got.body)
		}
	}
}

// counted is the answer of count-data.js, read as server-side programs do.
func counted(t *testing.T, body string) (list []struct {
	ID       string `json:"id"`
	Comments int    `json:"comments"`
}) {
	t.Helper()
	data, ok := strings.CutPrefix(body, "DISQUSWIDGETS.displayCount(")
	data, end := strings.CutSuffix(data, ");\n")
	var doc struct {
		Text   any `json:"text"`
		Counts any `json:"counts"`
	}
	doc.Counts = &list
	if err := json.Unmarshal([]byte(data), &doc); err != nil || !ok || !end || doc.Text == nil {
		t.Fatalf("%v: %s", err, body)
	}
	return list
}

func TestCountData(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	hostile := "</script>\u2028\u2029\"\\"
	query := "&1=story&2=" + url.QueryEscape(articleURL) + "&1=" + url.QueryEscape(articleURL) + "&2=story&1=story&1=" + url.QueryEscape(hostile) + "&1=&3=story&1[]=story"
	body := r.script("count-data.js", query)
	if strings.ContainsAny(strings.TrimSuffix(body, "\n"), "<\u2028\u2029\n") {
		t.Errorf("not escaped: %s", body)
	}
	if got, want := fmt.Sprint(counted(t, body)), fmt.Sprintf("[{story 1} {%[1]s 1} {%[1]s 0} {story 0} {story 1} {%[2]s 0} { 0}]", articleURL, hostile); got != want {
		t.Errorf("counts %s, want %s", got, want)
	}
	if list := counted(t, r.script("count-data.js", "")); len(list) != 0 {
		t.Errorf("no names: %v", list)
	}

	r.queries.take()
	few := counted(t, r.get("/count-data.js?site=news"+strings.Repeat("&1=story", 5)).body)
	asked := r.queries.take()
	many := counted(t, r.get("/count-data.js?site=news"+strings.Repeat("&1=story&2="+articleURL, 70)).body)
	if len(few) != 5 || len(many) != moderation.MaxCounts || many[99].Comments != 1 {
		t.Errorf("%d of 5 and %d of 140 are answered", len(few), len(many))
	}
	if n := r.queries.take(); n != asked {
		t.Errorf("%d queries for 100 names, %d for 5", n, asked)
	}
}

// lists is what the script of a list shows.
func (r *rig) lists(name, query string) (lists struct {
	Recent, Popular, People []map[string]any
	Size                    int
	Horizontal              bool
	Color, Tab              string
	Text, Labels            obj
}) {
	r.Helper()
	body := r.script(name, query)
	if strings.Contains(body, "</") {
		r.Fatalf("%s%s: not escaped", name, query)
	}
	data := body[strings.LastIndex(body, "})(")+len("})("):]
	r.must(json.Unmarshal([]byte(strings.TrimSuffix(data, ");\n")), &lists))
	return lists
}

func TestRecentList(t *testing.T) {
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
		got := r.lists("recent_comments_widget.js", query)
		if len(got.Recent) != want.items || got.Size != want.size {
			t.Errorf("%s: %d items of size %d, want %+v", query, len(got.Recent), got.Size, want)
		}
		if n := len([]rune(got.Recent[0]["text"].(string))); n > want.length || n < want.length-3 {
			t.Errorf("%s: an excerpt of %d characters, want %d", query, n, want.length)
		}
	}
	last := r.lists("recent_comments_widget.js", "").Recent[0]
	if last["page"] != articleURL || !strings.HasPrefix(last["url"].(string), articleURL+"#comment-c") {
		t.Errorf("addresses %v", last)
	}
}

func TestBusyLists(t *testing.T) {
	r := newRig(t)
	for i := range 4 {
		r.comment(fmt.Sprint("Story ", i), obj{"author": obj{"name": "Ann <b>"}})
	}
	r.comment("Elsewhere.", obj{"article": obj{"id": "", "url": siteOrigin + "/other", "title": "Tom &amp; <em>Jerry</em>"}, "author": obj{"name": "Bob"}})
	r.comment("Nameless.", obj{"author": obj{"name": ""}})
	if got := r.lists("popular_threads_widget.js", "").Popular; len(got) != 2 || got[0]["url"] != articleURL || got[0]["count"] != 5.0 || got[1]["title"] != "Tom & Jerry" {
		t.Errorf("popular: %v", got)
	}
	if got := r.lists("popular_threads_widget.js", "&num_items=1").Popular; len(got) != 1 {
		t.Errorf("one popular: %v", got)
	}
	top := r.lists("top_commenters_widget.js", "&orientation=horizontal&avatar_size=40")
	if fmt.Sprint(top.People) != "[map[count:4 name:Ann <b>] map[count:1 name:Bob]]" || !top.Horizontal || top.Size != 40 {
		t.Errorf("top: %+v", top)
	}
	all := r.lists("combination_widget.js", "&color=green&default_tab=popular&num_items=1")
	if len(all.Recent) != 1 || len(all.Popular) != 1 || len(all.People) != 1 || all.Color != "green" || all.Tab != "popular" ||
		fmt.Sprint(all.Labels) != "map[people:People popular:Popular recent:Recent]" {
		t.Errorf("combination: %+v", all)
	}
	if odd := r.lists("combination_widget.js", "&color=url(x)&default_tab=x"); odd.Color != "blue" || odd.Tab != "people" {
		t.Errorf("odd parameters: %+v", odd)
	}
	german := "de"
	if _, err := r.service.PatchSite(context.Background(), "news", moderation.SitePatch{Language: &german}); err != nil {
		t.Fatal(err)
	}
	if labels := r.lists("combination_widget.js", "").Labels; fmt.Sprint(labels) != "map[people:Personen popular:Beliebt recent:Neu]" {
		t.Errorf("German tabs: %v", labels)
	}
	r.comment("Too new to be counted.", obj{"author": obj{"name": "Zoe"}})
	r.queries.take()
	for range 3 {
		r.get("/popular_threads_widget.js?site=news&num_items=1")
	}
	if n := r.queries.take(); n > 9 {
		t.Errorf("%d queries for three lists that were counted a moment ago", n)
	}
}
