package web_test

import (
	"context"
	"net/http"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

// holdWords adds a rule that holds comments with a word.
func (r *rig) holdWords(words string) {
	r.Helper()
	r.api("POST", "/rules", obj{
		"site": "news", "name": "Words", "kind": "keyword", "action": "hold", "mode": "enforce", "spec": obj{"terms": strings.Fields(words), "fields": []string{"text"}},
	}).want(r, 201)
}

func TestHoldApproveUndo(t *testing.T) {
	r := newRig(t)
	r.holdWords("turnip")
	held := r.comment("You turnip!")
	if held["comment"].(obj)["status"] != "pending" || r.count(articleURL) != 0 {
		t.Fatalf("not held: %v", held)
	}
	queue := r.api("GET", "/queue?site=news&lane=pending", nil).want(t, 200)
	item := queue["items"].([]any)[0].(obj)
	why := item["why"].([]any)[0].(obj)
	match := why["matches"].([]any)[0].(obj)
	if queue["counts"].(obj)["pending"] != 1.0 || why["action"] != "hold" || match["field"] != "text" || match["start"] != 4.0 || match["end"] != 10.0 {
		t.Fatalf("queue %v", queue)
	}
	comment := item["comment"].(obj)
	decide := "/comments/" + comment["id"].(string) + "/decisions"
	done := r.api("POST", decide, obj{"action": "approve", "note": "fine", "version": comment["version"]}).want(t, 200)
	if done["comment"].(obj)["status"] != "approved" || done["counts"].(obj)["pending"] != 0.0 || r.count(articleURL) != 1 {
		t.Fatalf("decision %v", done)
	}
	stale := r.api("POST", decide, obj{"action": "remove", "version": comment["version"]})
	doc := stale.wantProblem(t, 409, "conflict")
	if doc["decision"].(obj)["moderator"] != "Root" || doc["comment"].(obj)["status"] != "approved" {
		t.Errorf("conflict %s", stale.body)
	}
	undone := r.api("POST", "/decisions/"+done["decision"].(obj)["id"].(string)+"/undo", nil).want(t, 200)
	if undone["comment"].(obj)["status"] != "pending" || undone["decision"].(obj)["undoes"] != done["decision"].(obj)["id"] || r.count(articleURL) != 0 {
		t.Errorf("undo %v", undone)
	}
	history := r.api("GET", "/comments/"+comment["id"].(string), nil).want(t, 200)
	if len(history["decisions"].([]any)) != 2 || len(history["why"].([]any)) != 1 {
		t.Errorf("history %v", history)
	}
}

func TestBatchDecisions(t *testing.T) {
	r := newRig(t)
	one, two := r.comment("One."), r.comment("Two.")
	got := r.api("POST", "/decisions", obj{"action": "remove", "reason": "abuse", "items": []obj{
		{"id": id(one), "version": 1}, {"id": id(two), "version": 77}, {"id": "c999", "version": 1}, {"id": "zz", "version": 1},
	}}).want(t, 200)
	want := []float64{200, 409, 404, 404}
	for i, result := range got["results"].([]any) {
		result := result.(obj)
		if result["status"] != want[i] || (result["decision"] == nil) != (want[i] != 200) || (result["problem"] == nil) != (want[i] == 200) {
			t.Errorf("result %d: %v, want %v", i, result, want[i])
		}
	}
	r.api("POST", "/decisions", obj{"action": "remove"}).wantProblem(t, 422, "invalid")
	r.api("POST", "/decisions", obj{"action": "remove", "items": make([]obj, 101)}).wantProblem(t, 422, "invalid")
}

func TestClaims(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	other := r.colleague("Bea", models.RoleModerator)
	mine := r.api("POST", "/claims", obj{"site": "news", "lane": "new", "limit": 5, "seconds": 60}).want(t, 200)
	if len(mine["items"].([]any)) != 1 || mine["claim"] == nil || mine["items"].([]any)[0].(obj)["claim"].(obj)["mine"] != true {
		t.Fatalf("claim %v", mine)
	}
	as := map[string]string{"Authorization": "Bearer " + other}
	theirs := r.do(request{method: "POST", path: "/api/v1/moderation/claims", body: obj{"site": "news", "lane": "all"}, header: as}).want(t, 200)
	if len(theirs["items"].([]any)) != 0 || theirs["claim"] != nil {
		t.Errorf("two hold the same: %v", theirs)
	}
	path := "/claims/" + mine["claim"].(string)
	if got := r.api("PATCH", path, obj{"seconds": 120}).want(t, 200); got["expires_at"] == nil {
		t.Errorf("renewed %v", got)
	}
	if got := r.api("PATCH", path, nil); got.status != 200 {
		t.Errorf("renewed without a body: %d %s", got.status, got.body)
	}
	if got := r.api("DELETE", path, nil); got.status != 204 {
		t.Errorf("released: %d %s", got.status, got.body)
	}
	r.api("POST", "/claims", obj{"lane": "odd"}).wantProblem(t, 422, "invalid")
	r.api("POST", "/claims", obj{"seconds": 5}).wantProblem(t, 422, "invalid")
	r.api("POST", "/claims", obj{"seconds": 1e15}).wantProblem(t, 422, "invalid")
}

// colleague adds a moderator and returns a bearer token.
func (r *rig) colleague(name string, role models.Role) string {
	r.Helper()
	m, err := r.service.AddModerator(context.Background(), models.Moderator{Email: strings.ToLower(name) + "@news.example", Name: name, Role: role})
	r.must(err)
	token, err := r.accounts.AddToken(context.Background(), m.ID, "tests")
	r.must(err)
	return token
}

func TestWhoMayModerate(t *testing.T) {
	r := newRig(t)
	plain := r.colleague("Bea", models.RoleModerator)
	jar := r.signedIn()
	rule := obj{"site": "news", "name": "Links", "kind": "links", "action": "hold", "spec": obj{"more_than": 2}}
	const queue, rules = "/api/v1/moderation/queue", "/api/v1/moderation/rules"
	tests := []struct {
		name   string
		client *http.Client
		in     request
		status int
	}{
		{"nobody", r.browser(), request{path: queue}, 401},
		{"wrong token", r.browser(), request{path: queue, header: map[string]string{"Authorization": "Bearer nonsense"}}, 401},
		{"basic", r.browser(), request{path: queue, header: map[string]string{"Authorization": "Basic cm9vdDpyb290"}}, 401},
		{"token", r.browser(), request{path: queue, header: map[string]string{"Authorization": "bearer " + plain}}, 200},
		{"cookie", jar, request{path: queue}, 200},
		{"wrong token beside a cookie", jar, request{path: queue, header: map[string]string{"Authorization": "Bearer nonsense"}}, 401},
		{"cookie from another site", jar, request{method: "POST", path: rules, body: rule, header: map[string]string{"Sec-Fetch-Site": "cross-site"}}, 403},
		{"cookie from another origin", jar, request{method: "POST", path: rules, body: rule, header: map[string]string{"Origin": "https://evil.example"}}, 403},
		{"cookie from here", jar, request{method: "POST", path: rules, body: rule, header: map[string]string{"Sec-Fetch-Site": "same-origin"}}, 201},
		{"rule by a moderator", r.browser(), request{method: "POST", path: rules, body: rule, header: map[string]string{"Authorization": "Bearer " + plain}}, 403},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			if got := r.doWith(test.client, test.in); got.status != test.status {
				t.Errorf("%d %s, want %d", got.status, got.body, test.status)
			}
		})
	}
	if got := r.get(queue); got.header.Get("WWW-Authenticate") == "" {
		t.Error("401 without WWW-Authenticate")
	}
}

func TestQueueRefusals(t *testing.T) {
	r := newRig(t)
	tests := []struct {
		path   string
		status int
		field  string
	}{
		{"/queue?lane=odd", 422, "lane"}, {"/queue?status=odd", 422, "status"}, {"/queue?limit=0", 422, "limit"}, {"/queue?limit=1000", 422, "limit"},
		{"/queue?sort=odd", 422, "sort"}, {"/queue?cursor=!", 422, "cursor"}, {"/queue?site=nowhere", 404, ""}, {"/queue?q=" + strings.Repeat("a", 4000), 422, "q"},
		{"/comments/c99", 404, ""}, {"/comments/x", 404, ""}, {"/authors/u99", 404, ""}, {"/articles/a99", 404, ""}, {"/articles?site=news&limit=x", 422, "limit"},
		{"/rules", 422, "site"}, {"/articles", 422, "site"}, {"/rules?site=nowhere", 404, ""}, {"/rules/r99", 404, ""}, {"/stream?site=nowhere", 404, ""},
	}
	for _, test := range tests {
		t.Run(test.path[:min(40, len(test.path))], func(t *testing.T) {
			got := r.api("GET", test.path, nil)
			if doc := got.want(t, test.status); fields(doc) != test.field {
				t.Errorf("fields %q, want %q: %s", fields(doc), test.field, got.body)
			}
		})
	}
}

func TestArticlesAndAuthors(t *testing.T) {
	r := newRig(t)
	posted := r.comment("One.")
	list := r.api("GET", "/articles?site=news&q=Story", nil).want(t, 200)["articles"].([]any)
	if len(list) != 1 || list[0].(obj)["counts"].(obj)["approved"] != 1.0 || list[0].(obj)["site"] != "news" {
		t.Fatalf("articles %v", list)
	}
	path := "/articles/" + list[0].(obj)["key"].(string)
	got := r.api("PATCH", path, obj{"state": "closed", "mode": "pre", "notice": "Be kind."}).want(t, 200)
	if got["state"] != "closed" || got["mode"] != "pre" || got["notice"] != "Be kind." {
		t.Errorf("patched %v", got)
	}
	if thread := r.get(threadPath).want(t, 200)["article"].(obj); thread["state"] != "closed" || thread["mode"] != "pre" || thread["notice"] != "Be kind." {
		t.Errorf("thread %v", thread)
	}
	r.api("PATCH", path, obj{"state": "ajar"}).wantProblem(t, 422, "invalid")
	r.api("PATCH", path, obj{"mode": "odd"}).wantProblem(t, 422, "invalid")
	if got := r.api("PATCH", path, obj{"mode": ""}).want(t, 200); got["mode"] != "" || got["state"] != "closed" {
		t.Errorf("site's mode: %v", got)
	}
	item := r.api("GET", "/comments/"+id(posted), nil).want(t, 200)
	author := "/authors/" + item["author"].(obj)["id"].(string)
	if got := r.api("GET", author, nil).want(t, 200); got["author"].(obj)["approved"] != 1.0 || len(got["comments"].([]any)) != 1 {
		t.Errorf("author %v", got)
	}
	banned := r.api("POST", author+"/sanctions", obj{"kind": "ban", "until": "2999-01-01T00:00:00Z", "reason": "again"}).want(t, 200)
	if banned["author"].(obj)["sanction"].(obj)["kind"] != "ban" {
		t.Errorf("banned %v", banned)
	}
	if got := r.api("POST", author+"/sanctions", obj{"kind": "none"}).want(t, 200); got["author"].(obj)["sanction"] != nil {
		t.Errorf("lifted %v", got)
	}
	r.api("POST", author+"/sanctions", obj{"kind": "ban", "until": "tomorrow"}).wantProblem(t, 422, "invalid")
}

func TestRules(t *testing.T) {
	r := newRig(t)
	rule := obj{"site": "news", "name": "Links", "kind": "links", "action": "hold", "spec": obj{"more_than": 0}}
	added := r.api("POST", "/rules", rule).want(t, 201)
	path := "/rules/" + added["id"].(string)
	if added["site"] != "news" || added["mode"] != "enforce" || added["version"] != 1.0 || added["spec"].(obj)["more_than"] != 0.0 {
		t.Fatalf("added %v", added)
	}
	said := r.api("POST", "/rules/test", obj{"site": "news", "article": obj{"url": articleURL}, "text": "See https://a.example"}).want(t, 200)
	if said["action"] != "hold" || len(said["why"].([]any)) != 1 {
		t.Errorf("test %v", said)
	}
	rule["version"], rule["mode"] = 1, "shadow"
	if got := r.api("PUT", path, rule).want(t, 200); got["version"] != 2.0 || got["mode"] != "shadow" {
		t.Errorf("changed %v", got)
	}
	r.api("PUT", path, rule).wantProblem(t, 409, "conflict")
	if list := r.api("GET", "/rules?site=news", nil).want(t, 200)["rules"].([]any); len(list) != 1 {
		t.Errorf("rules %v", list)
	}
	if got := r.api("DELETE", path, nil); got.status != 204 {
		t.Errorf("deleted: %d %s", got.status, got.body)
	}
	r.api("GET", path, nil).wantProblem(t, 404, "not-found")
	for name, broken := range map[string]obj{
		"action": {"action": "explode"}, "spec": {"spec": "x"}, "kind": {"kind": "magic"}, "name": {"name": ""}, "mode": {"mode": "odd"},
	} {
		bad := obj{"site": "news", "name": "Links", "kind": "links", "action": "hold", "spec": obj{"more_than": 1}}
		for k, v := range broken {
			bad[k] = v
		}
		t.Run(name, func(t *testing.T) { r.api("POST", "/rules", bad).wantProblem(t, 422, "invalid") })
	}
	r.api("POST", "/rules", obj{"site": "nowhere", "name": "x", "kind": "links", "action": "hold", "spec": obj{}}).wantProblem(t, 404, "not-found")
}

func TestMe(t *testing.T) {
	r := newRig(t)
	me := r.api("GET", "/me", nil).want(t, 200)
	if me["email"] != rootAddress || me["role"] != "admin" || len(me["sites"].([]any)[0].(obj)["reasons"].([]any)) == 0 {
		t.Errorf("me %v", me)
	}
}

func TestBannedReader(t *testing.T) {
	r := newRig(t)
	posted := r.comment("One.")
	item := r.api("GET", "/comments/"+id(posted), nil).want(t, 200)
	_, err := r.service.Sanction(context.Background(), r.admin, item["author"].(obj)["id"].(string), "ban", r.admin.CreatedAt.AddDate(100, 0, 0), "")
	r.must(err)
	r.do(request{method: "POST", path: postPath, body: obj{
		"article": obj{"url": articleURL}, "text": "Two.", "author": obj{"name": "Ada"},
	}, header: map[string]string{"Authorization": "Bearer " + posted["edit_token"].(string)}}).wantProblem(t, 403, "banned")
}

func TestRejectedComment(t *testing.T) {
	r := newRig(t)
	_, err := r.service.AddRule(context.Background(), r.admin, "news", moderation.RuleDraft{
		Name: "Words", Kind: "keyword", Action: models.Reject, Reason: "Please mind our rules.", Spec: `{"terms":["turnip"]}`,
	})
	r.must(err)
	got := r.do(request{method: "POST", path: postPath, body: obj{"article": obj{"url": articleURL}, "text": "You turnip!"}})
	doc := got.wantProblem(t, 422, "rejected")
	if !strings.Contains(doc["detail"].(string), "mind our rules") || strings.Contains(got.body, "turnip") {
		t.Errorf("refusal %s", got.body)
	}
}
