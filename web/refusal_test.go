package web_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

const postPath = "/api/v1/sites/news/comments"

// sound is a body that is accepted; tests break one thing of it.
const sound = `{"article":{"url":"https://news.example/story"},"text":"Hello there."}`

func TestRefusedSubmissions(t *testing.T) {
	r := newRig(t)
	r.closeArticle("https://news.example/closed")
	story := `"article":{"url":"https://news.example/story"}`
	tests := []struct {
		name, body string
		status     int
		code       string
		field      string
	}{
		{"empty", ``, 400, "malformed", ""},
		{"blank", " \n", 400, "malformed", ""},
		{"cut off", sound[:20], 400, "malformed", ""},
		{"not an object", `["text"]`, 400, "malformed", ""},
		{"null", `null`, 400, "malformed", ""},
		{"trailing garbage", sound + `x`, 400, "malformed", ""},
		{"two values", sound + sound, 400, "malformed", ""},
		{"text is a number", `{` + story + `,"text":5}`, 400, "malformed", "text"},
		{"name is a list", `{` + story + `,"text":"x","author":{"name":[]}}`, 400, "malformed", "author.name"},
		{"article is a text", `{"article":"x","text":"x"}`, 400, "malformed", "article"},
		{"deep", `{"text":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`, 400, "malformed", ""},
		{"depth bomb", strings.Repeat(`{"a":`, 9000) + "1" + strings.Repeat("}", 9000), 400, "malformed", ""},
		{"deeper than any parser", strings.Repeat(`{"a":`, 11000) + "1" + strings.Repeat("}", 11000-5000), 400, "malformed", ""},
		{"oversized", `{"text":"` + strings.Repeat("a", 70_000) + `"}`, 413, "too-large", ""},
		{"no text", `{` + story + `}`, 422, "invalid", "text"},
		{"null text", `{` + story + `,"text":null}`, 422, "invalid", "text"},
		{"blank text", `{` + story + `,"text":" \n\t "}`, 422, "invalid", "text"},
		{"long text", `{` + story + `,"text":"` + strings.Repeat("a", 5001) + `"}`, 422, "invalid", "text"},
		{"invalid UTF-8", `{` + story + `,"text":"a` + "\xff" + `"}`, 422, "invalid", "text"},
		{"escaped NUL", `{` + story + `,"text":"a\u0000"}`, 422, "invalid", "text"},
		{"lone high surrogate", `{` + story + `,"text":"a\ud83dx"}`, 422, "invalid", "text"},
		{"lone low surrogate", `{` + story + `,"text":"a\ude00"}`, 422, "invalid", "text"},
		{"surrogates in the wrong order", `{` + story + `,"text":"\ude00\ud83d"}`, 422, "invalid", "text"},
		{"invalid name", `{` + story + `,"text":"x","author":{"name":"\ud83d"}}`, 422, "invalid", "author.name"},
		{"long name", `{` + story + `,"text":"x","author":{"name":"` + strings.Repeat("n", 61) + `"}}`, 422, "invalid", "author.name"},
		{"bad e-mail", `{` + story + `,"text":"x","author":{"email":"nobody"}}`, 422, "invalid", "author.email"},
		{"bad key", `{` + story + `,"text":"x","key":"a b"}`, 422, "invalid", "key"},
		{"bad parent", `{` + story + `,"text":"x","parent":"zzz"}`, 422, "invalid", "parent"},
		{"unknown parent", `{` + story + `,"text":"x","parent":"c9zz"}`, 404, "not-found", ""},
		{"no article", `{"text":"x"}`, 422, "invalid", "article"},
		{"article is no URL", `{"article":{"url":"javascript:alert(1)"},"text":"x"}`, 422, "invalid", "article.url"},
		{"article of another site", `{"article":{"url":"https://evil.example/"},"text":"x"}`, 403, "origin", ""},
		{"closed article", `{"article":{"url":"https://news.example/closed"},"text":"x"}`, 403, "closed", ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			got := r.do(request{method: "POST", path: postPath, body: test.body})
			doc := got.wantProblem(t, test.status, test.code)
			if test.field != "" && fields(doc) != test.field {
				t.Errorf("fields %q, want %q: %s", fields(doc), test.field, got.body)
			}
		})
	}
	if n := r.count(articleURL); n != 0 {
		t.Errorf("%d comments after refusals only", n)
	}
	if log := r.log.String(); log != "" {
		t.Errorf("refusals were logged: %s", log)
	}
}

func (r *rig) closeArticle(url string) {
	r.Helper()
	receipt, err := r.service.Submit(context.Background(), moderation.Submission{Site: "news", Article: models.ArticleRef{URL: url}, Text: "first"})
	r.must(err)
	closed := true
	_, err = r.service.PatchArticle(context.Background(), r.admin, models.ArticleID.Format(receipt.Comment.ArticleID), moderation.ArticlePatch{Closed: &closed})
	r.must(err)
}

func (r *rig) count(url string) int {
	r.Helper()
	counts, err := r.service.Counts(context.Background(), "news", []models.ArticleRef{{URL: url}})
	r.must(err)
	return counts[0]
}

func TestAcceptedEdges(t *testing.T) {
	r := newRig(t)
	tests := []struct{ name, body string }{
		{"unknown fields", `{"article":{"url":"https://news.example/story","zz":1},"text":"one","later":{"a":[1]}}`},
		{"surrogate pair", `{"article":{"url":"https://news.example/story"},"text":"two \ud83d\ude00"}`},
		{"longest text", `{"article":{"url":"https://news.example/story"},"text":"` + strings.Repeat("b", 5000) + `"}`},
		{"space around", "\n" + `{"article":{"url":"https://news.example/story"},"text":"three"}` + "\n"},
		{"www", `{"article":{"url":"http://www.news.example/story"},"text":"four"}`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			r.do(request{method: "POST", path: postPath, body: test.body}).want(t, 201)
		})
	}
	if n := r.count(articleURL); n != len(tests) {
		t.Errorf("%d comments, want %d", n, len(tests))
	}
}

func TestContentTypes(t *testing.T) {
	r := newRig(t)
	for kind, status := range map[string]int{
		"application/json": 201, "application/json; charset=utf-8": 201, "APPLICATION/JSON": 201,
		"text/plain": 415, "application/x-www-form-urlencoded": 415, "multipart/form-data; boundary=x": 415, "application/json;;": 415,
	} {
		got := r.do(request{method: "POST", path: postPath, body: sound, header: map[string]string{"Content-Type": kind}})
		if status == 201 {
			got.want(t, 201)
		} else {
			got.wantProblem(t, status, "malformed")
		}
	}
}

func TestRefusedReads(t *testing.T) {
	r := newRig(t)
	thread := "/api/v1/sites/news/thread?url=" + articleURL
	tests := []struct {
		path   string
		status int
		code   string
		field  string
	}{
		{"/api/v1/sites/nowhere/thread?id=1", 404, "not-found", ""},
		{"/api/v1/sites/nowhere/counts?id=1", 404, "not-found", ""},
		{"/api/v1/sites/nowhere/stream?id=1", 404, "not-found", ""},
		{"/api/v1/sites/news/thread", 422, "invalid", "id"},
		{"/api/v1/sites/news/thread?url=https://evil.example/", 403, "origin", ""},
		{"/api/v1/sites/news/thread?article=a77", 404, "not-found", ""},
		{"/api/v1/sites/news/thread?url=ftp://news.example/", 422, "invalid", "url"},
		{"/api/v1/sites/news/thread?id=" + strings.Repeat("x", 5000), 422, "invalid", "id"},
		{"/api/v1/sites/news/thread?id=a%00b", 422, "invalid", "id"},
		{"/api/v1/sites/news/thread?id=a%ff", 422, "invalid", "id"},
		{"/api/v1/sites/news/thread?id=a%zz", 400, "malformed", ""},
		{thread + "&limit=0", 422, "invalid", "limit"},
		{thread + "&limit=-1", 422, "invalid", "limit"},
		{thread + "&limit=101", 422, "invalid", "limit"},
		{thread + "&limit=99999999999999999999", 422, "invalid", "limit"},
		{thread + "&limit=ten", 422, "invalid", "limit"},
		{thread + "&sort=hot", 422, "invalid", "sort"},
		{thread + "&body=xml", 422, "invalid", "body"},
		{thread + "&cursor=%21%21", 422, "invalid", "cursor"},
		{thread + "&cursor=" + strings.Repeat("A", 3000), 422, "invalid", "cursor"},
		{thread + "&cursor=" + strings.Repeat("A", 9000), 422, "invalid", "cursor"},
		{thread + "&around=" + strings.Repeat("1", 81), 422, "invalid", "around"},
		{"/api/v1/sites/news/counts?id=" + strings.Repeat("1&id=", 100) + "1", 422, "invalid", "id"},
		{"/api/v1/sites/news/counts?" + strings.Repeat("id=1234567890&", 3000), 413, "too-large", ""},
		{"/api/v1/sites/news/stream?url=" + articleURL, 404, "not-found", ""},
		{"/api/v1/sites/news/stream?url=" + articleURL + "&last_event_id=x", 422, "invalid", "last_event_id"},
		{"/api/v1/nothing", 404, "not-found", ""},
		{"/api/v1/sites/news/thread/", 404, "not-found", ""},
		{"/wp-login.php", 404, "not-found", ""},
	}
	for _, test := range tests {
		t.Run(test.path[:min(len(test.path), 60)], func(t *testing.T) {
			doc := r.get(test.path).wantProblem(t, test.status, test.code)
			if fields(doc) != test.field {
				t.Errorf("fields %q, want %q", fields(doc), test.field)
			}
		})
	}
}

func TestPeopleWithAWrongAddressGetAPage(t *testing.T) {
	r := newRig(t)
	for path, status := range map[string]int{"/nothing": 404, "/console/nothing": 404} {
		got := r.do(request{path: path, header: map[string]string{"Accept": "text/html,application/xhtml+xml"}})
		got.wantPage(t, status, "nothing at this address")
	}
	got := r.do(request{method: "DELETE", path: "/console", header: map[string]string{"Accept": "text/html"}})
	got.wantPage(t, 405, "does not answer DELETE")
	r.get("/").wantRedirect(t, "/console")
}

func TestWrongMethods(t *testing.T) {
	r := newRig(t)
	for _, path := range []string{"/api/v1/sites/news/thread", "/api/v1/moderation/queue", "/embed.js", "/healthz"} {
		got := r.do(request{method: "DELETE", path: path})
		got.wantProblem(t, http.StatusMethodNotAllowed, "method-not-allowed")
		if !strings.Contains(got.header.Get("Allow"), "GET") {
			t.Errorf("%s: Allow %q does not name GET", path, got.header.Get("Allow"))
		}
	}
}

func TestOwnCommentNeedsItsToken(t *testing.T) {
	r := newRig(t)
	mine, other := r.comment("mine"), r.comment("other")
	path := "/api/v1/comments/" + id(mine)
	for name, test := range map[string]struct {
		header string
		status int
		code   string
	}{
		"none":             {"", 401, "unauthorized"},
		"another scheme":   {"Basic " + mine["edit_token"].(string), 401, "unauthorized"},
		"garbage":          {"Bearer xx", 403, "forbidden"},
		"of another":       {"Bearer " + other["edit_token"].(string), 403, "forbidden"},
		"of the moderator": {"Bearer " + r.token, 403, "forbidden"},
	} {
		for _, method := range []string{"PATCH", "DELETE"} {
			t.Run(name+" "+method, func(t *testing.T) {
				in := request{method: method, path: path, header: map[string]string{"Authorization": test.header}}
				if method == "PATCH" {
					in.body = obj{"text": "changed"}
				}
				r.do(in).wantProblem(t, test.status, test.code)
			})
		}
	}
}

func TestSubmissionLimitsOfRates(t *testing.T) {
	r := newRig(t)
	_, err := r.service.AddRule(context.Background(), r.admin, "news", moderation.RuleDraft{
		Name: "slow", Kind: "rate", Action: models.Slow, Spec: `{"count":1,"seconds":3600,"by":["address"]}`,
	})
	r.must(err)
	r.comment("one")
	got := r.do(request{method: "POST", path: postPath, body: strings.Replace(sound, "Hello", "Again", 1)})
	doc := got.wantProblem(t, 429, "rate-limited")
	wait := got.header.Get("Retry-After")
	if wait == "" || wait == "0" || fmt.Sprint(doc["retry_after"]) == "0" {
		t.Errorf("Retry-After %q, body %s", wait, got.body)
	}
}
