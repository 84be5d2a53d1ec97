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
	"time"

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

// TestDisqusPages walks every list forwards and, from its end, backwards.
func TestDisqusPages(t *testing.T) {
	r := newDisqusRig(t)
	for i := range 6 {
		root := r.comment(fmt.Sprint("New ", i))
		r.comment("Reply.", obj{"parent": id(root)})
		r.comment("Elsewhere.", obj{"article": obj{"id": fmt.Sprint(i), "url": fmt.Sprint(siteOrigin, "/", i)}})
	}
	for _, list := range []string{
		"forums/listPosts?forum=news", "forums/listPosts?forum=news&order=asc", "threads/listPosts?thread=ident:story", "posts/list?thread=ident:story&order=asc",
		"threads/list?forum=news", "forums/listThreads?forum=news&order=asc", "threads/listPostsThreaded?thread=700",
		"threads/listPostsThreaded?thread=ident:story&order=asc", "threads/listPostsThreaded?thread=ident:story&order=desc", "threads/listPostsThreaded?thread=ident:story&order=popular",
	} {
		whole := strings.Fields(pick(r.disqus(list+"&limit=100"), "id"))
		for _, limit := range []int{1, 2, 3, len(whole) - 1, len(whole)} {
			there, last := r.walk(fmt.Sprint(list, "&limit=", limit), "", "next", "hasNext")
			if !slices.Equal(there, whole) {
				t.Errorf("%s by %d: %v page by page, %v at once", list, limit, there, whole)
			}
			back, _ := r.walk(fmt.Sprint(list, "&limit=", limit), last["prev"], "prev", "hasPrev")
			end := len(whole) - len(back)
			if want := (len(whole) - 1) / limit * limit; len(back) != want || !slices.Equal(back, whole[:want]) {
				t.Errorf("%s by %d: %v backwards (%d missing), %v at once", list, limit, back, end, whole)
			}
		}
	}
}

// walk follows one of the cursors of a list, from a page to the last one, and
// returns the ids in the order of the list and the cursor of the last page.
func (r *rig) walk(list string, cursor any, along, has string) (ids []string, at obj) {
	r.Helper()
	for range 100 {
		if cursor == nil {
			return ids, at
		}
		page := r.disqus(fmt.Sprint(list, "&cursor=", cursor)) // not escaped: some programs do not
		got := strings.Fields(pick(page, "id"))
		if along == "next" {
			ids = append(ids, got...)
		} else {
			ids = append(got, ids...)
		}
		at = page["cursor"].(obj)
		if at["hasNext"] != at["more"] || at["hasPrev"] != (at["prev"] != nil) || at["id"] != at["next"] || at["total"] != nil {
			r.Fatalf("%s: cursor %v", list, at)
		}
		if cursor = at[along]; at[has] != true {
			return ids, at
		}
		if url.QueryEscape(cursor.(string)) != cursor {
			r.Fatalf("%s: cursor %q needs escaping", list, cursor)
		}
	}
	r.Fatal("the pages do not end")
	return nil, nil
}

// TestDisqusNews asks again at the end of a list, as programs do that wait for
// new comments.
func TestDisqusNews(t *testing.T) {
	r := newDisqusRig(t)
	const list = "forums/listPosts?forum=news&order=asc&cursor="
	_, end := r.walk(list[:len(list)-len("&cursor=")], "0:0:0", "next", "hasNext")
	next := end["next"].(string)
	if got := pick(r.disqus(list+next), "id"); got != "" {
		t.Fatalf("after the end: %s", got)
	}
	r.comment("New.")
	if page := r.disqus(list + next); len(page["response"].([]any)) != 1 || page["cursor"].(obj)["hasPrev"] != true {
		t.Errorf("after a new comment: %v", page)
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
		"threads/nothing.json":                                           {400, 1, "Endpoint not valid."},
		"threads/list.xml?forum=news":                                    {400, 1, "Endpoint not valid."},
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
		"forums/listPosts.json?forum=news&cursor=~":                      {400, 2, "'cursor'"},
		"forums/listPosts.json?forum=news&cursor=9e99.1":                 {400, 2, "'cursor'"},
		"forums/listPosts.json?forum=news&cursor=9223372036854775807.1":  {400, 2, "'cursor'"},
		"threads/list.json?forum=news&cursor=~0":                         {400, 2, "'cursor'"},
		"threads/list.json?forum=news&cursor=1:0:0":                      {400, 2, "'cursor'"},
		"threads/listPostsThreaded?forum=news&thread=700&cursor=zzz":     {400, 2, "'cursor'"},
		"threads/listPostsThreaded?forum=news&thread=700&cursor=~0":      {400, 2, "'cursor'"},
		"threads/list.json?forum=news&include=all":                       {400, 2, "'include'"},
		"posts/list.json?forum=news&include=approved,gone":               {400, 2, "'include'"},
		"posts/list.json?forum=news&thread=700&thread=1":                 {400, 2, "'thread'"},
		"threads/list.json?api_key=unknown":                              {403, 5, "Invalid API key."},
		"threads/details.json?thread=701":                                {400, 2, "'forum'"},
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

// TestDisqusWithoutForum asks a server with several sites without naming one.
func TestDisqusWithoutForum(t *testing.T) {
	r := newDisqusRig(t)
	ctx := t.Context()
	for _, key := range []string{"other", "third"} {
		_, err := r.service.AddSite(ctx, moderation.NewSite{Key: key, Name: key, Origins: []string{"https://" + key + ".example"}})
		r.must(err)
	}
	key, err := r.service.PublicKey(ctx, "news")
	r.must(err)
	own := id(r.comment("Own."))
	thread := r.disqus("threads/list?forum=news")["response"].([]any)[0].(obj)["id"].(string)
	shared := "taken-over"
	for _, site := range []string{"other", "third"} {
		_, err := r.service.ConfigureSSO(ctx, r.admin, site, moderation.SSOPatch{APIKey: &shared})
		r.must(err)
	}
	for query, want := range map[string]string{
		"threads/list?limit=1&api_key=" + key:                  thread,
		"threads/list?limit=1&public_key=" + key:               thread,
		"threads/details?thread=700&api_key=unknown":           "700",
		"threads/details?thread=700":                           "700",
		"threads/details?thread=" + thread:                     thread,
		"posts/details?post=801":                               "801",
		"posts/details?post=" + own:                            r.disqus("posts/details?forum=news&post=" + own)["response"].(obj)["id"].(string),
		"threads/list?forum=news&limit=1&api_key=" + shared:    thread,
		"threads/details?thread=700&forum=&api_key=" + shared:  "700",
		"forums/details?api_key=" + key:                        "news",
		"threads/listPosts?thread=700&limit=1&api_secret=none": "804",
	} {
		response := r.disqus(query)["response"]
		if list, ok := response.([]any); ok {
			response = list[0]
		}
		if got := response.(obj)["id"]; got != want {
			t.Errorf("%s: %v, want %s", query, got, want)
		}
	}
	for query, code := range map[string]float64{
		"threads/list?api_key=nobody": 5, "threads/list": 2, "threads/list?api_key=" + shared: 2, "threads/details?thread=ident:old": 2, "posts/details?post=805&api_key=" + key: 2,
		"posts/details?post=99": 2, "posts/details?post=c1zzz": 2, "threads/details?thread=" + strings.Repeat("9", 400): 2,
	} {
		if doc := r.get("/api/3.0/" + query); !strings.Contains(doc.body, fmt.Sprintf(`"code":%v`, code)) {
			t.Errorf("%s: %d %s", query, doc.status, doc.body)
		}
	}
}

// TestDisqusAmbiguousNumber: a file imported into two sites does not choose one.
func TestDisqusAmbiguousNumber(t *testing.T) {
	r := newDisqusRig(t)
	_, err := r.service.AddSite(t.Context(), moderation.NewSite{Key: "twin", Name: "Twin", Origins: []string{siteOrigin}})
	r.must(err)
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(disqusExport)), nil }
	_, err = r.service.Import(t.Context(), open, moderation.ImportOptions{Site: "twin", Format: "disqus"})
	r.must(err)
	for _, query := range []string{"threads/details?thread=700", "posts/details?post=801"} {
		if got := r.get("/api/3.0/" + query); got.status != 400 || !strings.Contains(got.body, "'forum'") {
			t.Errorf("%s: %d %s", query, got.status, got.body)
		}
		r.disqus(query + "&forum=twin")
	}
}

// TestDisqusFields looks for what callers read.
func TestDisqusFields(t *testing.T) {
	r := newDisqusRig(t)
	typed := id(r.comment("I *typed* <this> & that."))
	post := r.disqus("posts/details?related=forum,thread&post=" + typed)["response"].(obj)
	if post["raw_message"] != "I *typed* <this> & that." || post["message"] == post["raw_message"] {
		t.Errorf("typed text %v, shown text %v", post["raw_message"], post["message"])
	}
	if forum := post["forum"].(obj); forum["id"] != "news" || forum["name"] != "The News" || forum["url"] != siteOrigin {
		t.Errorf("forum %v", forum)
	}
	if thread := post["thread"].(obj); thread["title"] != "Story" || thread["forum"].(obj)["id"] != "news" {
		t.Errorf("thread %v", thread)
	}
	guest := post["author"].(obj)
	if _, told := guest["id"]; told || guest["isAnonymous"] != true || guest["username"] != "" || guest["isPrivate"] != false {
		t.Errorf("a guest is told as %v", guest)
	}
	for _, member := range []string{"isApproved", "isSpam", "isDeleted", "isFlagged", "isEdited", "isHighlighted", "likes", "dislikes", "points", "numReports", "parent", "createdAt", "url", "depth", "media"} {
		if _, ok := post[member]; !ok {
			t.Errorf("no %s in %v", member, post)
		}
	}
	if secret := fmt.Sprint(post); strings.Contains(secret, "email") || strings.Contains(secret, "ipAddress") {
		t.Errorf("told too much: %s", secret)
	}
	imported := r.disqus("posts/details?post=801")["response"].(obj)
	if imported["raw_message"] != "First & foremost" || imported["message"] != "<p>First &amp; <strong>foremost</strong></p>" {
		t.Errorf("imported: %q, %q", imported["raw_message"], imported["message"])
	}
	gone := r.disqus("threads/listPostsThreaded?thread=700")["response"].([]any)[0].(obj)
	if gone["isDeleted"] != true || gone["raw_message"] != "" || strings.Contains(fmt.Sprint(gone), "secret") {
		t.Errorf("a tombstone tells %v", gone)
	}
}

// TestDisqusMembers: readers whom the site signed in are told apart.
func TestDisqusMembers(t *testing.T) {
	r := newDisqusRig(t)
	sso := r.keys(moderation.SSOPatch{})
	const ada = `{"id":7,"username":"Ada","email":"ada@example.org","avatar":"https://news.example/a.png"}`
	session := r.do(request{method: "POST", path: sessionPath, body: obj{"remote_auth_s3": payload(sso.Secret, ada, time.Now())}}).want(t, 200)
	said := obj{"article": obj{"id": "story", "url": articleURL}, "text": "Signed in."}
	r.do(request{method: "POST", path: "/api/v1/sites/news/comments", body: said, header: map[string]string{"Authorization": "Bearer " + session["token"].(string)}}).want(t, 201)
	author := r.disqus("forums/listPosts?forum=news")["response"].([]any)[0].(obj)["author"].(obj)
	if author["isAnonymous"] != false || author["id"] == nil || author["username"] != "Ada" || author["avatar"].(obj)["cache"] != "https://news.example/a.png" {
		t.Errorf("a member is told as %v", author)
	}
	if told := fmt.Sprint(author); strings.Contains(told, "example.org") {
		t.Errorf("told the address: %s", told)
	}
}

func TestDisqusIncludes(t *testing.T) {
	r := newDisqusRig(t)
	r.comment("New.")
	r.closeArticle("https://news.example/old")
	for query, want := range map[string]int{
		"posts/list?forum=news": 5, "posts/list?forum=news&include=approved": 5, "posts/list?include[]=unapproved&include[]=approved&include[]=spam": 5,
		"posts/list?forum=news&include=spam": 0, "forums/listPosts?include=deleted,unapproved": 0, "threads/listPosts?thread=700&include=flagged": 0, "posts/list?thread=link:https://news.example/old": 4,
		"threads/list?include=open": 1, "threads/list?include=closed": 1, "threads/list?include=open,closed": 2, "forums/listThreads?include=killed": 0,
		"threads/listHot?forum=news": 2,
	} {
		if got := len(r.disqus(query)["response"].([]any)); got != want {
			t.Errorf("%s: %d, want %d", query, got, want)
		}
	}
}

// TestDisqusWrites refuses what is no question, in the form of Disqus.
func TestDisqusWrites(t *testing.T) {
	r := newDisqusRig(t)
	for _, method := range []string{"POST", "PUT", "PATCH", "DELETE"} {
		for path, code := range map[string]float64{"/api/3.0/threads/list.json?forum=news": 7, "/news.disqus.com/api/3.0/posts/details": 7, "/api/3.0/posts/create.json": 1} {
			got := r.do(request{method: method, path: path, body: url.Values{"thread": {"700"}}})
			doc := got.want(t, map[float64]int{7: 405, 1: 400}[code])
			if doc["code"] != code || code == 7 && got.header.Get("Allow") != "GET, HEAD" || got.header.Get("Access-Control-Allow-Origin") != "*" {
				t.Errorf("%s %s: %s %v", method, path, got.body, got.header)
			}
		}
	}
}

// TestDisqusHostile asks in ways that no program means.
func TestDisqusHostile(t *testing.T) {
	r := newDisqusRig(t)
	long := strings.Repeat("x", 4000)
	for _, query := range []string{
		"posts/list?limit=99999999999999999999", "posts/list?limit=1e2", "posts/list?limit[]=5&limit=-1", "posts/list?order=" + long, "posts/list?cursor=" + long,
		"posts/list?cursor=" + "~~0.0", "posts/list?since=1e400", "posts/list?since=-5", "threads/list?cursor=~9223372036854775807", "threads/list?thread=" + long,
		"threads/details?thread=ident:", "threads/details?thread:link=%00", "posts/details?post=%ff", "posts/details?post=" + long, "threads/details?thread[][]=&thread=",
		"threads/listPostsThreaded?thread=700&cursor=~" + long, "forums/details?forum=" + long, "posts/list?related=" + long + "&include=%2C", "posts/details?post=-801",
		"posts/details?post=0801", "posts/details?post=1000000000000000", "threads/set?" + strings.Repeat("thread=ident:x&", 101), "posts/list?" + strings.Repeat("a&", 20000),
	} {
		for _, form := range []string{query, strings.Replace(query, "?", ".jsonp?callback=f&", 1)} {
			got := r.get("/api/3.0/" + form)
			if got.status >= 500 || !strings.Contains(got.body, `"code":2`) && !strings.Contains(got.body, `"response":[]`) {
				t.Errorf("%.100s: %d %.200s", form, got.status, got.body)
			}
		}
	}
	if log := r.log.String(); strings.Contains(log, "request failed") || strings.Contains(log, "panic") {
		t.Errorf("logged %s", log)
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
		"posts/list?cursor=~9000000000000.1":          6,
		"threads/list?cursor=~1":                      3,
		"forums/details?forum=news":                   0,
	} {
		var counts []int
		for _, limit := range []string{"&limit=2", "&limit=100"} {
			r.queries.take()
			r.disqus(list + limit)
			counts = append(counts, r.queries.take())
		}
		if counts[1] > counts[0]+1 || counts[1] > most || counts[0] == 0 && most > 0 {
			t.Errorf("%s: %d and %d statements, at most %d wanted", list, counts[0], counts[1], most)
		}
	}
}
