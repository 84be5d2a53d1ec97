package web_test

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/url"
	"slices"
	"strings"
	"testing"

	"postbag/moderation"
)

// disqusExport is a thread of five posts: a public one that answers a deleted
// one, a spam, and a public root with a reply.
const disqusExport = `<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="700"><id>old</id><link>https://news.example/old</link><title>Old</title><createdAt>2014-01-01T10:20:30Z</createdAt></thread>
<post dsq:id="801"><id/><message><![CDATA[<p>First & <b>foremost</b></p>]]></message><createdAt>2014-01-01T11:00:00Z</createdAt><author><name>Ann</name><isAnonymous>true</isAnonymous></author><thread dsq:id="700"/></post>
<post dsq:id="802"><id/><message>An answer</message><createdAt>2014-01-01T12:00:00Z</createdAt><author><name>Bob</name><isAnonymous>true</isAnonymous></author><thread dsq:id="700"/><parent dsq:id="801"/></post>
<post dsq:id="803"><id/><message>Withdrawn secret</message><isDeleted>true</isDeleted><createdAt>2014-01-01T13:00:00Z</createdAt><author><name>Cyd</name><isAnonymous>true</isAnonymous></author><thread dsq:id="700"/></post>
<post dsq:id="804"><id/><message>Below it</message><createdAt>2014-01-01T14:00:00Z</createdAt><author><name>Dan</name><isAnonymous>true</isAnonymous></author><thread dsq:id="700"/><parent dsq:id="803"/></post>
<post dsq:id="805"><id/><message>Pills</message><isSpam>true</isSpam><createdAt>2014-01-01T15:00:00Z</createdAt><author><name>Eve</name><isAnonymous>true</isAnonymous></author><thread dsq:id="700"/></post>
</disqus>
`

// newDisqusRig is a server with an imported thread.
func newDisqusRig(t *testing.T) *rig {
	t.Helper()
	return newRigWith(t, func(r *rig) {
		r.populate(context.Background())
		open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(disqusExport)), nil }
		_, err := r.service.Import(context.Background(), open, moderation.ImportOptions{Site: "news", Format: "disqus"})
		r.must(err)
	})
}

// disqus asks the API for what must succeed.
func (r *rig) disqus(path string) obj {
	r.Helper()
	doc := r.get("/api/3.0/"+path).want(r, 200)
	if doc["code"] != 0.0 {
		r.Fatalf("%s: %v", path, doc)
	}
	return doc
}

// pick lists one member of the entries of an answer.
func pick(doc obj, member string) string {
	var list []string
	for _, e := range doc["response"].([]any) {
		list = append(list, fmt.Sprint(e.(obj)[member]))
	}
	return strings.Join(list, " ")
}

func TestDisqusThreads(t *testing.T) {
	r := newDisqusRig(t)
	r.comment("New.")
	list := r.disqus("threads/list.json?forum=news")
	own, _, _ := strings.Cut(pick(list, "id"), " ")
	if len(own) != 16 || pick(list, "id") != own+" 700" {
		t.Fatalf("ids %s, want one of ours and 700", pick(list, "id"))
	}
	for query, want := range map[string]string{
		"threads/set.json?forum=news&thread=ident:old":                                                   "700",
		"threads/set?forum=comments.example.com/news&thread:ident=old":                                   "700",
		"threads/set.json?forum=news.disqus.com&thread[]=link:http://www.news.example/old/&thread[]=700": "700",
		"threads/set.json?thread:link[]=https://news.example/none&thread:link[]=" + articleURL:           own,
		"threads/set.json?forum=news&thread[0]=ident:story&thread[1]=700":                                own + " 700",
		"threads/set.json?forum=news&thread=" + own:                                                      own,
		"threads/set.json?forum=news&thread=ident:700":                                                   "",
		"threads/list?forum=news&thread=ident:nothing":                                                   "",
		"threads/list?forum=news&order=asc":                                                              "700 " + own,
		"threads/listPopular.json?forum=news":                                                            own,
	} {
		if got := pick(r.disqus(query), "id"); got != want {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	thread := r.disqus("threads/details.json?api_key=any&forum=news&thread:ident=old")["response"].(obj)
	want := obj{"id": "700", "forum": "news", "link": "https://news.example/old", "title": "Old", "createdAt": "2014-01-01T10:20:30", "posts": 3.0, "isClosed": false}
	for name, value := range want {
		if thread[name] != value {
			t.Errorf("%s is %v, want %v", name, thread[name], value)
		}
	}
	if ids := fmt.Sprint(thread["identifiers"]); ids != "[old]" {
		t.Errorf("identifiers %s", ids)
	}
}

func TestDisqusPosts(t *testing.T) {
	r := newDisqusRig(t)
	for query, want := range map[string]string{
		"forums/listPosts.json?forum=news":                                            "804 802 801",
		"forums/listPosts.json?forum=news&order=asc&since=2014-01-01T12:00:00":        "802 804",
		"forums/listPosts.json?forum=news&since=1388577600":                           "804 802",
		"threads/listPosts?forum=news&thread=700":                                     "804 802 801",
		"threads/listPosts?forum=news&thread:link=https://news.example/old&order=asc": "801 802 804",
		"threads/listPostsThreaded?forum=news&thread=ident:old&order=asc":             "801 802 803 804",
		"threads/listPostsThreaded?forum=news&thread=700":                             "803 804 801 802",
		"threads/listPostsThreaded?forum=news&thread=700&order=popular&limit=2":       "803 804",
	} {
		if got := pick(r.disqus(query), "id"); got != want {
			t.Errorf("%s: %s, want %s", query, got, want)
		}
	}
	tree := r.disqus("threads/listPostsThreaded.json?forum=news&thread=700&order=asc")["response"].([]any)
	reply, gone := tree[1].(obj), tree[2].(obj)
	if reply["parent"] != 801.0 || reply["depth"] != 1.0 || reply["thread"] != "700" || reply["url"] != "https://news.example/old#comment-802" ||
		reply["createdAt"] != "2014-01-01T12:00:00" || reply["message"] != "<p>An answer</p>" || reply["author"].(obj)["name"] != "Bob" {
		t.Errorf("reply %v", reply)
	}
	if gone["isDeleted"] != true || gone["message"] != "" || gone["author"].(obj)["name"] != "" || gone["parent"] != nil {
		t.Errorf("tombstone %v", gone)
	}
	if cache, _ := reply["author"].(obj)["avatar"].(obj)["cache"].(string); !strings.HasPrefix(cache, "data:image/") {
		t.Errorf("no picture of an author: %q", cache)
	}
	related := r.disqus("posts/details.json?forum=news&post=802&related[]=thread")["response"].(obj)
	if related["id"] != "802" || related["thread"].(obj)["title"] != "Old" {
		t.Errorf("post with its thread: %v", related)
	}
}

// TestDisqusOwnIDs expects numbers of comments that were written here, as
// programs compare the number of a parent with the id of a comment.
func TestDisqusOwnIDs(t *testing.T) {
	r := newDisqusRig(t)
	root := r.comment("Root.")
	r.comment("Reply.", obj{"parent": id(root)})
	old := r.disqus("threads/listPostsThreaded?thread=ident:story&order=asc")["response"].([]any)
	first, second := old[0].(obj), old[1].(obj)
	if parent := fmt.Sprintf("%.0f", second["parent"]); parent != first["id"] {
		t.Errorf("parent %s, want the id %s", parent, first["id"])
	}
	if first["url"] != articleURL+"#comment-"+id(root) {
		t.Errorf("address %s of %s", first["url"], id(root))
	}
	for _, name := range []string{first["id"].(string), id(root)} {
		if got := r.disqus("posts/details?post=" + name)["response"].(obj); got["id"] != first["id"] {
			t.Errorf("post %s is %v", name, got["id"])
		}
	}
}

func TestDisqusPages(t *testing.T) {
	r := newDisqusRig(t)
	for i := range 6 {
		r.comment(fmt.Sprint("New ", i))
	}
	for _, list := range []string{
		"forums/listPosts?forum=news", "forums/listPosts?forum=news&order=asc", "threads/listPosts?thread=ident:story", "threads/list?forum=news",
		"threads/listPostsThreaded?thread=700", "threads/listPostsThreaded?thread=ident:story&order=asc",
	} {
		whole := strings.Fields(pick(r.disqus(list+"&limit=100"), "id"))
		var got []string
		for cursor := ""; ; {
			page := r.disqus(list + "&limit=2&cursor=" + cursor) // not escaped: some programs do not
			got = append(got, strings.Fields(pick(page, "id"))...)
			at := page["cursor"].(obj)
			if at["hasNext"] != at["more"] || at["hasNext"] != (at["next"] != nil) {
				t.Fatalf("%s: cursor %v", list, at)
			}
			if at["next"] == nil || len(got) > len(whole) {
				break
			}
			cursor = at["next"].(string)
			if url.QueryEscape(cursor) != cursor {
				t.Fatalf("%s: cursor %q needs escaping", list, cursor)
			}
		}
		if !slices.Equal(got, whole) {
			t.Errorf("%s: %v page by page, %v at once", list, got, whole)
		}
	}
}

func TestDisqusRefusals(t *testing.T) {
	r := newDisqusRig(t)
	_, err := r.service.AddSite(t.Context(), moderation.NewSite{Key: "other", Name: "Other", Origins: []string{"https://other.example"}})
	r.must(err)
	for query, want := range map[string]struct {
		status, code int
		text         string
	}{
		"threads/nothing.json":                                           {404, 1, "Endpoint not valid."},
		"threads/list.xml?forum=news":                                    {404, 1, "Endpoint not valid."},
		"threads/list.json":                                              {400, 2, "'forum'"},
		"threads/list.json?forum=nowhere":                                {400, 2, "Unable to find forum 'nowhere'"},
		"threads/details.json?forum=news":                                {400, 2, "'thread'"},
		"threads/details.json?forum=news&thread=ident:x":                 {400, 2, "Unable to find thread 'ident:x'"},
		"threads/details.json?forum=other&thread=700":                    {400, 2, "Unable to find thread '700'"},
		"threads/listPosts.json?forum=news&thread=999":                   {400, 2, "'thread'"},
		"posts/details.json?forum=news&post=805":                         {400, 2, "Unable to find post '805'"},
		"posts/details.json?forum=other&post=801":                        {400, 2, "'post'"},
		"forums/listPosts.json?forum=news&limit=101":                     {400, 2, "'limit'"},
		"forums/listPosts.json?forum=news&limit=0":                       {400, 2, "'limit'"},
		"forums/listPosts.json?forum=news&order=hot":                     {400, 2, "'order'"},
		"forums/listPosts.json?forum=news&cursor=x":                      {400, 2, "'cursor'"},
		"forums/listPosts.json?forum=news&since=yesterday":               {400, 2, "'since'"},
		"threads/listPopular.json?forum=news&interval=2d":                {400, 2, "'interval'"},
		"threads/listPostsThreaded?forum=news&thread=700&cursor=zzz":     {400, 2, "'cursor'"},
		"threads/set.json?forum=news" + strings.Repeat("&thread=1", 101): {400, 2, "'thread'"},
	} {
		got := r.get("/api/3.0/" + query)
		doc := got.want(t, want.status)
		if text, _ := doc["response"].(string); doc["code"] != float64(want.code) || !strings.Contains(text, want.text) {
			t.Errorf("%s: %s", query, got.body)
		}
		if got.header.Get("Access-Control-Allow-Origin") != "*" || got.header.Get("Cache-Control") != "no-store" {
			t.Errorf("%s: headers %v", query, got.header)
		}
	}
}

func TestDisqusJSONP(t *testing.T) {
	r := newDisqusRig(t)
	const path = "/api/3.0/posts/details.jsonp?forum=news&post=801&callback="
	got := r.get(path + "jQuery_1.cb")
	body, ok := strings.CutPrefix(got.body, "/**/jQuery_1.cb(")
	body, end := strings.CutSuffix(body, ");")
	if !ok || !end || !json.Valid([]byte(body)) || strings.Contains(body, "<") {
		t.Errorf("JSONP %s", got.body)
	}
	if got.header.Get("Content-Type") != "text/javascript; charset=utf-8" || got.header.Get("X-Content-Type-Options") != "nosniff" {
		t.Errorf("headers %v", got.header)
	}
	for _, callback := range []string{"", "a-b", "a(b", "alert(1)//", "%3Cscript%3E", "%C3%A9", strings.Repeat("a", 129)} {
		refused := r.get(path + callback)
		if refused.status != 400 || refused.header.Get("Content-Type") != "application/json; charset=utf-8" || !json.Valid([]byte(refused.body)) {
			t.Errorf("callback %q: %d %s", callback, refused.status, refused.body)
		}
	}
	if got := r.get(path + strings.Repeat("a", 128)); got.status != 200 {
		t.Errorf("longest callback: %d", got.status)
	}
	missing := r.get("/api/3.0/posts/details.jsonp?forum=news&post=1&callback=f")
	if missing.status != 200 || !strings.HasPrefix(missing.body, `/**/f({"code":2,`) {
		t.Errorf("a refusal by JSONP: %d %s", missing.status, missing.body)
	}
}

// TestDisqusAddresses expects the same below the address that pages make of a
// shortname with our host in it.
func TestDisqusAddresses(t *testing.T) {
	r := newDisqusRig(t)
	want := r.get("/api/3.0/threads/list.json?forum=news")
	for _, path := range []string{"/news.disqus.com/api/3.0/threads/list.json", "/e/news/api/3.0/threads/list", "/e/news/api/3.0/threads/list?forum=localhost/news"} {
		if got := r.get(path); got.status != 200 || got.body != want.body {
			t.Errorf("%s: %d %s", path, got.status, got.body)
		}
	}
	again := r.do(request{path: "/api/3.0/threads/list.json?forum=news", header: map[string]string{"If-None-Match": want.header.Get("ETag"), "Origin": "https://anywhere.example"}})
	if again.status != 304 || again.header.Get("Access-Control-Allow-Origin") != "*" {
		t.Errorf("again: %d %v", again.status, again.header)
	}
}

// TestDisqusQueries counts the statements of every list: as many for one entry
// as for all.
func TestDisqusQueries(t *testing.T) {
	r := newDisqusRig(t)
	for i := range 8 {
		ref := obj{"id": fmt.Sprint(i), "url": fmt.Sprint(siteOrigin, "/", i)}
		root := r.comment("Root.", obj{"article": ref})
		r.comment("Reply.", obj{"article": ref, "parent": id(root)})
	}
	for list, most := range map[string]int{
		"forums/listPosts?forum=news&related=thread":  6,
		"threads/listPosts?thread=700":                11,
		"threads/listPostsThreaded?thread=700":        8,
		"threads/list?forum=news":                     3,
		"threads/listPopular?forum=news":              4,
		"threads/set?thread=ident:1&thread=ident:old": 4,
		"posts/details?post=802":                      5,
	} {
		var counts []int
		for _, limit := range []string{"&limit=2", "&limit=100"} {
			r.queries.take()
			r.disqus(list + limit)
			counts = append(counts, r.queries.take())
		}
		if counts[1] > counts[0]+1 || counts[1] > most || counts[0] == 0 {
			t.Errorf("%s: %d and %d statements, at most %d wanted", list, counts[0], counts[1], most)
		}
	}
}
