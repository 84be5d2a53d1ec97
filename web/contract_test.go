package web_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"

	"postbag/models"
	"postbag/moderation"
	"postbag/web"
)

// contract is the document, and which of its answers the server has given.
type contract struct {
	doc  *openapi3.T
	seen map[string]bool // "GET /path 200"
}

func loadContract(tb testing.TB) *contract {
	tb.Helper()
	source, err := os.ReadFile("openapi.yaml")
	if err != nil {
		tb.Fatal(err)
	}
	doc, err := openapi3.NewLoader().LoadFromData(source)
	if err != nil {
		tb.Fatal(err)
	}
	if err := doc.Validate(tb.Context()); err != nil {
		tb.Fatal(err)
	}
	return &contract{doc: doc, seen: map[string]bool{}}
}

// seal forbids members that the document does not name, so that the test
// notices one that it forgot. Requests stay open: the server ignores what it
// does not know.
func (k *contract) seal() {
	done := map[*openapi3.Schema]bool{}
	for _, ref := range k.doc.Components.Schemas {
		seal(ref, done)
	}
	for _, ref := range k.doc.Components.Responses {
		sealContent(ref.Value.Content, done)
	}
	for _, item := range k.doc.Paths.Map() {
		for _, op := range item.Operations() {
			for _, ref := range op.Responses.Map() {
				sealContent(ref.Value.Content, done)
			}
		}
	}
}

func sealContent(content openapi3.Content, done map[*openapi3.Schema]bool) {
	for _, media := range content {
		seal(media.Schema, done)
	}
}

func seal(ref *openapi3.SchemaRef, done map[*openapi3.Schema]bool) {
	if ref == nil || ref.Value == nil || done[ref.Value] {
		return
	}
	done[ref.Value] = true
	if ref.Value.Type.Includes("object") && ref.Value.AdditionalProperties.Has == nil {
		closed := false
		ref.Value.AdditionalProperties = openapi3.AdditionalProperties{Has: &closed}
	}
	seal(ref.Value.Items, done)
	for _, part := range slices.Concat(ref.Value.OneOf, slices.Collect(maps.Values(ref.Value.Properties))) {
		seal(part, done)
	}
}

// operations lists the document's operations, "GET /path", in order.
func (k *contract) operations() []string {
	var list []string
	for path, item := range k.doc.Paths.Map() {
		for method := range item.Operations() {
			list = append(list, method+" "+path)
		}
	}
	slices.Sort(list)
	return list
}

func (k *contract) operation(name string) *openapi3.Operation {
	method, path, _ := strings.Cut(name, " ")
	return k.doc.Paths.Value(path).GetOperation(method)
}

// find returns the operation that an address belongs to: of two templates, the
// one with fewer parameters.
func (k *contract) find(method, path string) (name string, params map[string]string) {
	best := len(path) + 1
	for template, item := range k.doc.Paths.Map() {
		found := match(template, path)
		if found != nil && item.GetOperation(method) != nil && len(found) < best {
			name, params, best = method+" "+template, found, len(found)
		}
	}
	return name, params
}

func match(template, path string) map[string]string {
	want, got := strings.Split(template, "/"), strings.Split(path, "/")
	if len(want) != len(got) {
		return nil
	}
	params := map[string]string{}
	for i, part := range want {
		switch name, ok := strings.CutPrefix(part, "{"); {
		case ok:
			params[strings.TrimSuffix(name, "}")] = got[i]
		case part != got[i]:
			return nil
		}
	}
	return params
}

// call makes a request and checks the answer against the document; of a request
// that succeeds, the request too.
func (k *contract) call(r *rig, in request) reply {
	r.Helper()
	got := r.do(in)
	method := in.method
	if method == "" {
		method = http.MethodGet
	}
	path, _, _ := strings.Cut(in.path, "?")
	name, params := k.find(method, path)
	if name == "" {
		r.Errorf("%s %s is not in the document", method, path)
		return got
	}
	k.seen[fmt.Sprint(name, " ", got.status)] = true
	if err := k.check(r, in, method, name, params, got); err != nil {
		r.Errorf("%s %.200s: %d %.2000s\n%v", method, in.path, got.status, got.body, err)
	}
	return got
}

func (k *contract) check(r *rig, in request, method, name string, params map[string]string, got reply) error {
	r.Helper()
	body, kind := r.encode(in.body)
	req := httptest.NewRequestWithContext(r.Context(), method, in.path, body)
	req.Header.Set("Content-Type", kind)
	for key, value := range in.header {
		req.Header.Set(key, value)
	}
	_, template, _ := strings.Cut(name, " ")
	options := &openapi3filter.Options{AuthenticationFunc: openapi3filter.NoopAuthenticationFunc, IncludeResponseStatus: true}
	input := &openapi3filter.RequestValidationInput{
		Request: req, PathParams: params, QueryParams: req.URL.Query(), Options: options,
		Route: &routers.Route{Spec: k.doc, Path: template, PathItem: k.doc.Paths.Value(template), Method: method, Operation: k.operation(name)},
	}
	if got.status < 300 && in.body != nil {
		if err := openapi3filter.ValidateRequest(r.Context(), input); err != nil {
			return fmt.Errorf("the request was accepted, but the document does not allow it: %w", err)
		}
	}
	answer := &openapi3filter.ResponseValidationInput{RequestValidationInput: input, Status: got.status, Header: got.header, Options: options}
	return openapi3filter.ValidateResponse(r.Context(), answer.SetBodyBytes([]byte(got.body)))
}

// TestContractCoversRoutes compares the document with the table of routes, both
// ways.
func TestContractCoversRoutes(t *testing.T) {
	t.Parallel()
	k, r := loadContract(t), newRig(t)
	param := regexp.MustCompile(`:(\w+)`)
	var served []string
	for _, line := range web.Routes(r.server) {
		if line.API {
			served = append(served, line.Method+" "+param.ReplaceAllString(line.Path, "{$1}"))
		}
	}
	slices.Sort(served)
	if documented := k.operations(); !slices.Equal(served, documented) {
		t.Errorf("served:\n%s\n\ndocumented:\n%s", strings.Join(served, "\n"), strings.Join(documented, "\n"))
	}
}

// TestContract makes every operation succeed and refuse in every way that the
// document names, and checks each answer.
func TestContract(t *testing.T) {
	t.Parallel()
	k, r := loadContract(t), newRig(t)
	k.seal()
	x := &exchange{contract: k, rig: r}
	x.prepare()
	x.read()
	x.signIn()
	x.write()
	x.queue()
	x.decide()
	x.undo()
	x.authors()
	x.articles()
	x.rules()
	x.refusals()
	for _, name := range k.operations() {
		for status, ref := range k.operation(name).Responses.Map() {
			if _, stream := ref.Value.Content["text/event-stream"]; stream || status == "503" {
				continue // TestContractOfStreams; a server that is too busy cannot be had on demand
			}
			if !k.seen[name+" "+status] && !unreachable(name+" "+status) {
				t.Errorf("no test of %s %s", name, status)
			}
		}
	}
}

// unreachable are answers to races, which no sequence of requests brings about.
func unreachable(answer string) bool {
	return slices.Contains([]string{
		"PATCH /api/v1/comments/{comment} 409",              // decided about while the edit was judged
		"DELETE /api/v1/comments/{comment} 409",             // the same
		"PATCH /api/v1/moderation/claims/{claim} 409",       // needs the claim's time to pass
		"POST /api/v1/moderation/backtests 409",             // needs a run that lasts
		"POST /api/v1/moderation/rules/{rule}/backtest 409", // the same
	}, answer)
}

// exchange is a conversation with the server, in the order of its methods.
type exchange struct {
	*contract
	*rig
	plain   string // token of a moderator who is no admin
	article string // key
}

func (x *exchange) prepare() {
	x.Helper()
	m, err := x.service.AddModerator(x.Context(), models.Moderator{Email: "bo@news.example", Name: "Bo", Role: models.RoleModerator})
	x.must(err)
	x.plain, err = x.accounts.AddToken(x.Context(), m.ID, "tests")
	x.must(err)
	reasons := []models.Reason{{Key: "abuse", Label: "Abuse"}}
	_, err = x.service.PatchSite(x.Context(), "news", moderation.SitePatch{Reasons: &reasons})
	x.must(err)
}

// expect calls the moderation API as the admin and wants a status.
func (x *exchange) expect(status int, method, path string, body any) obj {
	x.Helper()
	return x.as(x.token, status, method, "/api/v1/moderation"+path, body)
}

// as calls with a bearer token, or none.
func (x *exchange) as(token string, status int, method, path string, body any) obj {
	x.Helper()
	in := request{method: method, path: path, body: body, header: map[string]string{}}
	if token != "" {
		in.header["Authorization"] = "Bearer " + token
	}
	return x.call(x.rig, in).want(x, status)
}

// post sends a comment about the test article.
func (x *exchange) post(status int, text string, more obj) obj {
	x.Helper()
	body := obj{"article": obj{"id": "story", "url": articleURL, "title": "Story"}, "text": text, "author": obj{"name": "Ada", "email": "ada@example.org"}}
	maps.Copy(body, more)
	return x.as("", status, "POST", postPath, body)
}

// version is the version of a comment now.
func (x *exchange) version(comment string) int {
	x.Helper()
	h := x.expect(200, "GET", "/comments/"+comment, nil)
	return int(h["comment"].(obj)["version"].(float64))
}

func (x *exchange) read() {
	x.Helper()
	x.as("", 200, "GET", threadPath, nil) // nobody has commented yet
	first := x.post(201, "All of *it*: **b** ~~d~~ `c` [l](https://news.example/a)\nbr\n\n> q\n\n- u\n\n3. o\n\n```\npre\n```", nil)
	reply := x.post(201, "An answer.", obj{"parent": id(first)})
	for _, more := range []string{"", "&body=html", "&sort=newest", "&sort=top", "&limit=1", "&around=" + id(reply)} {
		x.as("", 200, "GET", threadPath+more, nil)
	}
	next := x.as("", 200, "GET", threadPath+"&limit=1", nil)["next"].(string)
	x.as("", 200, "GET", threadPath+"&limit=1&cursor="+url.QueryEscape(next), nil)
	x.article = x.as("", 200, "GET", threadPath, nil)["article"].(obj)["key"].(string)
	x.as("", 200, "GET", "/api/v1/sites/news/thread?article="+x.article, nil)
	x.as(first["edit_token"].(string), 204, "DELETE", "/api/v1/comments/"+id(first), nil)
	x.as("", 200, "GET", threadPath, nil) // with a tombstone
	counts := "/api/v1/sites/news/counts?id=story&url=" + articleURL + "&id=none"
	x.as("", 200, "GET", counts, nil)
	for _, path := range []string{threadPath, counts, "/api/v1/openapi.yaml"} {
		got := x.call(x.rig, request{path: path})
		again := x.call(x.rig, request{path: path, header: map[string]string{"If-None-Match": got.header.Get("ETag")}})
		if got.status != 200 || again.status != 304 {
			x.Errorf("%s: %d, then %d, want 200 and 304", path, got.status, again.status)
		}
	}
	x.as("", 403, "GET", "/api/v1/sites/news/thread?url=https://evil.example/", nil)
	x.as("", 422, "GET", threadPath+"&limit=1000", nil)
	x.as("", 422, "GET", "/api/v1/sites/news/counts?"+strings.Repeat("id=x&", 101), nil)
	x.as("", 200, "POST", "/api/v1/sites/news/session", obj{"remote_auth_s3": "x", "api_key": "y"})
	x.as("", 422, "POST", "/api/v1/sites/news/session", `{"api_key":"\ud800"}`)
}

func (x *exchange) write() {
	x.Helper()
	x.post(201, "Once.", obj{"key": "0123-4567"})
	x.post(200, "Once.", obj{"key": "0123-4567"})
	x.post(422, "", nil)
	x.post(403, "Elsewhere.", obj{"article": obj{"url": "https://evil.example/"}})
	x.post(404, "To nobody.", obj{"parent": "c9zzzz"})
	mine := x.post(201, "Mine.", nil)
	path, token := "/api/v1/comments/"+id(mine), mine["edit_token"].(string)
	x.as(token, 200, "PATCH", path, obj{"text": "Mine, and better."})
	x.as(token, 422, "PATCH", path, obj{"text": " "})
	x.as("", 401, "PATCH", path, obj{"text": "Theirs."})
	x.as("wrong", 403, "PATCH", path, obj{"text": "Theirs."})
	x.as("", 401, "DELETE", path, nil)
	x.as("wrong", 403, "DELETE", path, nil)
	x.as("", 201, "POST", path+"/reports", obj{"reason": "abuse", "text": "Look."})
	x.as("", 422, "POST", path+"/reports", obj{"reason": "dislike"})
	x.as("", 200, "PUT", path+"/like", nil)
	x.as("", 200, "DELETE", path+"/like", nil)
	x.must(x.limit())
	rated := obj{"article": obj{"url": "https://rated.example/"}, "text": "Fast."}
	x.as("", 201, "POST", "/api/v1/sites/rated/comments", rated)
	x.as("", 429, "POST", "/api/v1/sites/rated/comments", rated)
}

// limit makes a site that takes one comment an hour.
func (x *exchange) limit() error {
	ctx := x.Context()
	_, err := x.service.AddSite(ctx, moderation.NewSite{Key: "rated", Name: "Rated", Origins: []string{"https://rated.example"}, Mode: models.PostMode, NoRules: true})
	if err != nil {
		return err
	}
	_, err = x.service.AddRule(ctx, models.Moderator{}, "rated", moderation.RuleDraft{
		Name: "One an hour", Kind: "rate", Action: models.Slow, Spec: `{"count":1,"seconds":3600,"by":["article"]}`,
	})
	return err
}

func (x *exchange) queue() {
	x.Helper()
	x.expect(200, "GET", "/me", nil)
	for _, query := range []string{"", "?site=news", "?lane=reported", "?status=deleted", "?status=approved&limit=1", "?article=" + x.article, "?q=mine", "?sort=priority"} {
		x.expect(200, "GET", "/queue"+query, nil)
	}
	x.expect(422, "GET", "/queue?lane=sideways", nil)
	x.expect(404, "GET", "/queue?site=nowhere", nil)
	claim := x.expect(200, "POST", "/claims", obj{"site": "news", "lane": "all", "limit": 1, "seconds": 60})
	x.as(x.plain, 200, "GET", "/api/v1/moderation/queue", nil) // with another's claim
	held := claim["items"].([]any)[0].(obj)["comment"].(obj)
	choice := obj{"action": "approve", "version": held["version"]}
	refused := x.as(x.plain, 409, "POST", "/api/v1/moderation/comments/"+held["id"].(string)+"/decisions", choice)
	if refused["claim"] == nil || refused["comment"] == nil {
		x.Errorf("a conflict over a claim says %v", refused)
	}
	path := "/claims/" + claim["claim"].(string)
	x.expect(200, "PATCH", path, obj{"seconds": 120})
	x.expect(422, "PATCH", path, obj{"seconds": 5})
	x.expect(204, "DELETE", path, nil)
	x.expect(422, "POST", "/claims", obj{"limit": 51})
	x.expect(404, "POST", "/claims", obj{"site": "nowhere"})
	x.expect(200, "POST", "/claims", obj{"lane": "escalated"}) // nothing waits there
}

func (x *exchange) decide() {
	x.Helper()
	one, two := id(x.post(201, "One.", nil)), id(x.post(201, "Two.", nil))
	path := "/comments/" + one + "/decisions"
	x.expect(200, "POST", path, obj{"action": "escalate", "note": "A second pair of eyes.", "version": x.version(one)})
	x.expect(200, "POST", path, obj{"action": "remove", "reason": "abuse", "version": x.version(one), "claim": ""})
	conflict := x.as(x.plain, 409, "POST", "/api/v1/moderation"+path, obj{"action": "approve", "version": 1})
	if conflict["comment"] == nil || conflict["decision"] == nil {
		x.Errorf("a conflict says neither what nor who: %v", conflict)
	}
	x.post(409, "An answer to what is gone.", obj{"parent": one})
	x.expect(422, "POST", path, obj{"action": "undo", "version": 1})
	x.expect(422, "POST", path, obj{"action": "remove", "reason": "boredom", "version": x.version(one)})
	batch := x.expect(200, "POST", "/decisions", obj{"action": "spam", "items": []obj{
		{"id": two, "version": x.version(two)}, {"id": one, "version": 1}, {"id": "c9zzzz", "version": 1},
	}})
	var statuses []any
	for _, result := range batch["results"].([]any) {
		statuses = append(statuses, result.(obj)["status"])
	}
	if fmt.Sprint(statuses) != "[200 409 404]" {
		x.Errorf("statuses of the batch %v", statuses)
	}
	x.expect(422, "POST", "/decisions", obj{"action": "spam", "items": []obj{}})
	x.expect(200, "GET", "/comments/"+one, nil)
}

func (x *exchange) undo() {
	x.Helper()
	comment := id(x.post(201, "Not so bad.", nil))
	decided := x.expect(200, "POST", "/comments/"+comment+"/decisions", obj{"action": "remove", "version": 1})
	path := "/decisions/" + decided["decision"].(obj)["id"].(string) + "/undo"
	x.expect(200, "POST", path, nil)
	x.expect(409, "POST", path, nil)
}

func (x *exchange) authors() {
	x.Helper()
	comment := id(x.post(201, "Who am I?", nil))
	item := x.expect(200, "GET", "/comments/"+comment, nil)
	author := "/authors/" + item["author"].(obj)["id"].(string)
	x.expect(200, "GET", author, nil)
	x.expect(200, "POST", author+"/sanctions", obj{"kind": "ban", "until": "2100-01-01T00:00:00Z", "reason": "Enough."})
	x.post(403, "Banned.", nil)
	x.expect(200, "POST", author+"/sanctions", obj{"kind": "none", "until": nil})
	x.expect(422, "POST", author+"/sanctions", obj{"kind": "jail"})
	x.expect(422, "POST", author+"/sanctions", obj{"kind": "ban", "until": "yesterday"})
}

func (x *exchange) articles() {
	x.Helper()
	x.expect(200, "GET", "/articles?site=news&q=story&limit=10", nil)
	x.expect(404, "GET", "/articles?site=nowhere", nil)
	x.expect(422, "GET", "/articles?limit=x", nil)
	path := "/articles/" + x.article
	x.expect(200, "GET", path, nil)
	x.expect(200, "PATCH", path, obj{"state": "closed", "mode": "pre", "notice": "Court case."})
	x.post(403, "Too late.", nil)
	x.as("", 200, "GET", threadPath, nil)
	x.expect(422, "PATCH", path, obj{"state": "ajar"})
	if got := x.expect(200, "PATCH", path, obj{"heat": "hold-new"}); got["heat"] != "hold-new" {
		x.Errorf("heat %v", got)
	}
	x.expect(200, "PATCH", path, obj{"heat": "normal"})
	x.expect(422, "PATCH", path, obj{"heat": "boiling"})
	x.expect(200, "PATCH", path, obj{"state": "open", "mode": "", "notice": ""})
}

// refusals sends to every operation what every one of its kind refuses.
func (x *exchange) refusals() {
	x.Helper()
	for _, name := range x.operations() {
		op := x.operation(name)
		method, template, _ := strings.Cut(name, " ")
		path := regexp.MustCompile(`\{\w+\}`).ReplaceAllString(template, "c9zzzz")
		head := map[string]string{"Authorization": "Bearer " + x.token}
		if op.RequestBody != nil && op.RequestBody.Value.Content["application/json"] != nil {
			x.broken(method, path, head)
		}
		if strings.HasPrefix(template, "/api/v1/moderation") {
			x.strangers(op, method, path)
		}
		body := any(nil)
		if op.RequestBody != nil {
			body = x.sound(op)
		}
		if op.OperationID == "postRulesApply" {
			continue // it takes a file, and has its refusals in files
		}
		if op.Responses.Value("404") != nil && template != path {
			x.call(x.rig, request{method: method, path: path, body: body, header: head}).wantProblem(x, 404, "not-found")
		}
		if body != nil && op.Responses.Value("404") != nil && template == path {
			x.call(x.rig, request{method: method, path: path, body: body, header: head}).wantProblem(x, 404, "not-found")
		}
		if op.Responses.Value("403") != nil && method != "GET" && template != path && !strings.Contains(template, "moderation") {
			foreign := map[string]string{"Origin": "https://evil.example", "Authorization": "Bearer x"}
			at := strings.Replace(template, "{site}", "news", 1)
			x.call(x.rig, request{method: method, path: strings.Replace(at, "{comment}", "c9zzzz", 1), body: body, header: foreign}).wantProblem(x, 403, "origin")
		}
	}
	x.expect(404, "GET", "/rules?site=nowhere", nil)
	x.expect(404, "GET", "/backtests?site=nowhere", nil)
	x.expect(404, "GET", "/stream?site=nowhere", nil)
	x.expect(422, "GET", "/stream?last_event_id=x", nil)
	x.as("", 404, "GET", "/api/v1/sites/news/stream?id=none", nil)
	x.as("", 403, "GET", "/api/v1/sites/news/stream?url=https://evil.example/", nil)
	x.as("", 422, "GET", "/api/v1/sites/news/stream?id=story&last_event_id=x", nil)
}

// broken sends bodies that cannot be read.
func (x *exchange) broken(method, path string, head map[string]string) {
	x.Helper()
	x.call(x.rig, request{method: method, path: path, body: `{"text":`, header: head}).wantProblem(x, 400, "malformed")
	size := 64 << 10
	if strings.Contains(path, "/moderation/rules") && !strings.HasSuffix(path, "/release") || strings.Contains(path, "/moderation/backtests") {
		size = 2 << 20 // a rule may hold a long word list
	}
	x.call(x.rig, request{method: method, path: path, body: `{"text":"` + strings.Repeat("x", size) + `"}`, header: head}).wantProblem(x, 413, "too-large")
	x.call(x.rig, request{method: method, path: path, body: url.Values{"text": {"x"}}, header: head}).wantProblem(x, 415, "malformed")
}

// strangers asks without a token, with a cookie from another site's page, and,
// where only admins may, as a moderator.
func (x *exchange) strangers(op *openapi3.Operation, method, path string) {
	x.Helper()
	x.call(x.rig, request{method: method, path: path}).wantProblem(x, 401, "unauthorized")
	if op.Responses.Value("403") == nil {
		return
	}
	cross := map[string]string{"Cookie": "postbag_session=x", "Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}
	got := x.call(x.rig, request{method: method, path: path, header: cross})
	if got.status != 403 {
		x.Errorf("%s %s from another site: %d, want 403", method, path, got.status)
	}
	if strings.Contains(op.Summary, "For admins") {
		as := map[string]string{"Authorization": "Bearer " + x.plain}
		x.call(x.rig, request{method: method, path: path, header: as}).wantProblem(x, 403, "forbidden")
	}
}

// sound makes a body that nothing is wrong with but what it is about.
func (x *exchange) sound(op *openapi3.Operation) any {
	return map[string]any{
		"postComment": obj{"article": obj{"url": articleURL}, "text": "x"}, "postSession": obj{}, "patchComment": obj{"text": "x"},
		"postReport": obj{"reason": "spam"}, "postClaim": obj{"site": "nowhere"}, "patchClaim": obj{"seconds": 60},
		"postDecision": obj{"action": "spam", "version": 1}, "postDecisions": obj{"action": "spam", "items": []obj{{"id": "c9zzzz", "version": 1}}},
		"postSanction": obj{"kind": "ban"}, "patchArticle": obj{"state": "open"}, "postRulesTest": obj{"site": "nowhere", "text": "x"},
		"postRule":         obj{"site": "nowhere", "name": "x", "kind": "links", "action": "hold", "spec": obj{"more_than": 1}},
		"postRuleBacktest": obj{}, "postRelease": obj{"version": 1},
		"postBacktest": obj{"site": "nowhere", "draft": obj{"name": "x", "kind": "links", "action": "hold", "spec": obj{"more_than": 1}}},
		"putRule":      obj{"name": "x", "kind": "links", "action": "hold", "version": 1, "spec": obj{"more_than": 1}},
	}[op.OperationID]
}

// TestContractOfStreams checks what the streams send against the schemas of
// their events.
func TestContractOfStreams(t *testing.T) {
	t.Parallel()
	k, r := loadContract(t), newRig(t)
	k.seal()
	parent := r.comment("First.")
	thread := r.follow("/api/v1/sites/news/stream?id=story&url="+url.QueryEscape(articleURL), nil)
	queue := r.follow("/api/v1/moderation/stream?site=news", map[string]string{"Authorization": "Bearer " + r.token})
	child := r.comment("Second.", obj{"parent": id(parent)})
	k.event(thread, "comment", "ShownEvent")
	k.event(queue, "enter", "LaneEvent")
	k.event(queue, "counts", "LaneCountsEvent")
	claim := r.api("POST", "/claims", obj{"site": "news", "limit": 1}).want(t, 200)
	k.event(queue, "claim", "ClaimedEvent")
	r.api("DELETE", "/claims/"+claim["claim"].(string), nil).want(t, 204)
	k.event(queue, "release", "ReleasedEvent")
	r.api("POST", "/comments/"+id(parent)+"/decisions", obj{"action": "remove", "version": 1 + r.since(id(parent))}).want(t, 200)
	k.event(thread, "update", "ShownEvent") // a tombstone
	k.event(queue, "leave", "LaneEvent")
	r.api("POST", "/comments/"+id(child)+"/decisions", obj{"action": "remove", "version": 1 + r.since(id(child))}).want(t, 200)
	k.event(thread, "remove", "RemovedEvent")
}

// since is how many changes a comment has had since it was made.
func (r *rig) since(comment string) int {
	r.Helper()
	doc := r.api("GET", "/comments/"+comment, nil).want(r, 200)
	return int(doc["comment"].(obj)["version"].(float64)) - 1
}

// event waits for an event and checks its data.
func (k *contract) event(f *follower, kind, schema string) {
	f.Helper()
	number, data := f.event(kind)
	if _, err := strconv.ParseInt(number, 10, 64); err != nil {
		f.Errorf("%s: id %q is no integer", kind, number)
	}
	var value any
	if err := json.Unmarshal([]byte(data), &value); err != nil {
		f.Fatalf("%s: %v: %s", kind, err, data)
	}
	if err := k.doc.Components.Schemas[schema].Value.VisitJSON(value); err != nil {
		f.Errorf("%s is no %s: %s\n%v", kind, schema, data, err)
	}
}

// TestContractCanFail makes sure that the checks above see what they are for.
func TestContractCanFail(t *testing.T) {
	t.Parallel()
	k := loadContract(t)
	k.seal()
	sound := `{"type":"/problems/closed","title":"T","status":403,"code":"closed","detail":"D"}`
	for name, tt := range map[string]struct {
		text string
		want bool
	}{
		"sound":         {sound, true},
		"member lacks":  {strings.Replace(sound, `"title":"T",`, "", 1), false},
		"member more":   {strings.Replace(sound, `"title"`, `"tiitle":1,"title"`, 1), false},
		"unknown code":  {strings.Replace(sound, `"closed"`, `"shut"`, 1), false},
		"wrong type":    {strings.Replace(sound, "403", `"403"`, 1), false},
		"null":          {strings.Replace(sound, `"D"`, "null", 1), false},
		"inner member":  {strings.Replace(sound, `"detail"`, `"errors":[{"field":"f","detail":"d","hint":"h"}],"detail"`, 1), false},
		"inner is fine": {strings.Replace(sound, `"detail"`, `"errors":[{"field":"f","detail":"d"}],"detail"`, 1), true},
	} {
		var value any
		if err := json.Unmarshal([]byte(tt.text), &value); err != nil {
			t.Fatal(err)
		}
		if err := k.doc.Components.Schemas["Problem"].Value.VisitJSON(value); (err == nil) != tt.want {
			t.Errorf("%s: %v", name, err)
		}
	}
}
