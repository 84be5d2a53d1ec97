package web_test

import (
	"fmt"
	"maps"
	"strings"
	"time"
)

// rules is the part of the conversation that is about rules: of every kind, tried
// out, backtested, as a file, and what became of what they found.
func (x *exchange) rules() {
	x.Helper()
	drafts := []obj{
		{"name": "Links", "kind": "links", "action": "hold", "spec": obj{"more_than": 0}},
		{"name": "Names", "kind": "keyword", "action": "hold", "spec": obj{"terms": []string{"wexcombe"}}},
		{"name": "Words", "kind": "keyword", "action": "reject", "reason": "Please stay polite.", "spec": obj{"terms": []string{"dratted"}, "fields": []string{"text", "name"}}},
		{"name": "Rate", "kind": "rate", "action": "slow", "mode": "shadow", "spec": obj{"count": 5, "seconds": 60, "by": []string{"author"}}},
		{"name": "First", "kind": "author", "action": "tag", "mode": "enforce", "spec": obj{"approved_below": 1}},
	}
	drafts = append(drafts,
		obj{"name": "Copies", "kind": "flood", "action": "hold", "spec": obj{"copies": 3, "hours": 24, "across": "article"}},
		obj{"name": "Odd", "kind": "expression", "action": "tag", "tag": "odd", "spec": obj{"when": "links > 20"}},
		obj{"name": "Both", "kind": "combination", "action": "escalate", "priority": 20, "legal": true, "scope": obj{"sections": []string{"/crime/"}},
			"spec": obj{"all": []obj{{"keyword": obj{"terms": []string{"court"}}}, {"not": obj{"author": obj{"approved_below": 3}}}}}},
	)
	var last obj
	for _, draft := range drafts {
		draft["site"] = "news"
		last = x.expect(201, "POST", "/rules", draft)
	}
	if last["scope"].(obj)["sections"].([]any)[0] != "/crime/" || last["legal"] != true || last["priority"] != 20.0 || last["promise"] != nil {
		x.Errorf("stored %v", last)
	}
	x.expect(200, "GET", "/rules?site=news", nil)
	x.expect(422, "GET", "/rules", nil)
	odd := x.expect(422, "POST", "/rules", obj{"site": "news", "name": "x", "kind": "links", "action": "hold", "scopes": obj{}, "spec": obj{"more_than": 1}})
	if detail := fmt.Sprint(odd["errors"]); fields(odd) != "scopes" || !strings.Contains(detail, "did you mean “scope”?") {
		x.Errorf("an unknown member: %v", odd)
	}
	x.expect(409, "POST", "/rules", obj{"site": "news", "name": "LINKS", "kind": "links", "action": "hold", "spec": obj{"more_than": 1}})
	wrong := x.expect(422, "POST", "/rules", obj{"site": "news", "name": "x", "kind": "links", "action": "hold", "spec": obj{"more_than": -1}})
	if fields(wrong) != "spec.more_than" {
		x.Errorf("fields %q, want the path of what is wrong", fields(wrong))
	}
	held := x.post(201, "See https://news.example/a about Wexcombe.", nil)
	item := x.expect(200, "GET", "/comments/"+id(held), nil)
	if why := item["why"].([]any); held["comment"].(obj)["status"] != "pending" || !strings.Contains(fmt.Sprint(why), "field:text") {
		x.Errorf("held for %v, want to read where the word stands", why)
	}
	if verdicts := item["verdicts"].([]any); len(verdicts) != 1 || verdicts[0].(obj)["facts"].(obj)["t"] == nil {
		x.Errorf("verdicts %v, want the facts of one", verdicts)
	}
	x.post(422, "You dratted fool.", nil)
	x.tests(drafts[2])
	path := "/rules/" + last["id"].(string)
	x.expect(200, "GET", path, nil)
	change := maps.Clone(drafts[len(drafts)-1])
	change["name"], change["version"] = "Both of them", last["version"]
	x.expect(200, "PUT", path, change)
	x.expect(409, "PUT", path, change)
	versions := x.expect(200, "GET", path+"/versions", nil)["versions"].([]any)
	if len(versions) != 2 || versions[0].(obj)["by"] != "Root" || versions[0].(obj)["until"] != nil || versions[1].(obj)["until"] == nil {
		x.Errorf("versions %v", versions)
	}
	change["action"] = "guess"
	x.expect(422, "PUT", path, change)
	x.backtests(path)
	x.outcomes(item)
	x.files()
	x.expect(204, "DELETE", path, nil)
}

// tests asks the rules about texts, with an unsaved rule and without.
func (x *exchange) tests(words obj) {
	x.Helper()
	ask := obj{"site": "news", "text": "dr@tted https://a.example", "name": "N", "email": "n@example.org", "article": obj{"url": articleURL}}
	said := x.expect(200, "POST", "/rules/test", ask)
	if said["action"] != "reject" || !strings.Contains(said["sentence"].(string), "Please stay polite.") || len(said["folds"].([]any)) == 0 || len(said["untried"].([]any)) == 0 {
		x.Errorf("test %v", said)
	}
	ask["rule"] = obj{"name": "New", "kind": "keyword", "action": "tag", "mode": "draft", "spec": obj{"terms": []string{"example"}}}
	said = x.expect(200, "POST", "/rules/test", ask)
	if !strings.Contains(fmt.Sprint(said["why"]), "would:tag") {
		x.Errorf("the unsaved draft is not asked: %v", said["why"])
	}
	ask["rule"].(obj)["spec"] = obj{"terms": []string{"fine", "!"}}
	if doc := x.expect(422, "POST", "/rules/test", ask); fields(doc) != "rule.spec.terms[1]" {
		x.Errorf("fields %q of a wrong unsaved rule", fields(doc))
	}
	ask["rule"].(obj)["action"] = "guess"
	x.expect(422, "POST", "/rules/test", ask)
	x.expect(422, "POST", "/rules/test", obj{"site": "news", "text": ""})
}

// backtests runs a stored rule, a change of it, and a new one.
func (x *exchange) backtests(rule string) {
	x.Helper()
	run := x.finished(x.expect(202, "POST", rule+"/backtest", nil))
	if ended := x.expect(200, "DELETE", "/backtests/"+run["id"].(string), nil); ended["state"] != "done" {
		x.Errorf("cancelling what has ended made it %v", ended["state"])
	}
	draft := obj{"name": "Wexcombe", "kind": "keyword", "action": "hold", "spec": obj{"terms": []string{"wexcombe"}}}
	run = x.finished(x.expect(202, "POST", "/backtests", obj{"site": "news", "draft": draft, "from": "2020-01-01T00:00:00Z", "to": nil}))
	if result := run["result"].(obj); result["fired"] != 1.0 || result["undecided"] != 1.0 || run["rule"] != nil || run["tested"].(obj)["id"] != "" {
		x.Errorf("backtest %v", run)
	}
	x.expect(422, "POST", rule+"/backtest", obj{"from": "yesterday"})
	x.expect(422, "POST", "/backtests", obj{"site": "news"})
	if list := x.expect(200, "GET", "/backtests?site=news", nil)["backtests"].([]any); len(list) != 2 {
		x.Errorf("%d backtests are listed, want 2", len(list))
	}
	x.expect(200, "GET", "/backtests?site=news&rule="+strings.TrimPrefix(rule, "/rules/"), nil)
	x.expect(422, "GET", "/backtests", nil)
}

// finished waits for a run to end.
func (x *exchange) finished(run obj) obj {
	x.Helper()
	deadline := time.Now().Add(30 * time.Second)
	for run["state"] == "running" && time.Now().Before(deadline) {
		run = x.expect(200, "GET", "/backtests/"+run["id"].(string), nil)
	}
	if run["state"] != "done" {
		x.Fatalf("the backtest did not end well: %v", run)
	}
	return run
}

// outcomes lets a moderator decide and asks how the rules did.
func (x *exchange) outcomes(held obj) {
	x.Helper()
	comment := held["comment"].(obj)["id"].(string)
	x.expect(200, "POST", "/comments/"+comment+"/decisions", obj{"action": "remove", "version": x.version(comment)})
	report := x.expect(200, "GET", "/rules/report?site=news", nil)
	rule := report["rules"].([]any)[1].(obj)
	if rule["fired"] != 1.0 || rule["removed"] != 1.0 || rule["precision"].(obj)["share"] != 1.0 || rule["sampled"].(obj)["share"] != nil {
		x.Errorf("report of a rule %v", rule)
	}
	x.expect(404, "GET", "/rules/report?site=nowhere", nil)
	x.expect(422, "GET", "/rules/report", nil)
	released := x.expect(200, "POST", "/rules/"+rule["rule"].(string)+"/release", obj{"version": 1})
	if released["restored"] != 0.0 {
		x.Errorf("released %v, want nothing: a moderator has decided", released)
	}
	notes := x.expect(200, "GET", "/log?site=news&limit=1", nil)
	if notes["next"] == nil || notes["notes"].([]any)[0].(obj)["moderator"] != "Root" {
		x.Errorf("log %v", notes)
	}
	x.expect(200, "GET", "/log?site=news&kind=rule&alerts=0&cursor="+notes["next"].(string), nil)
	x.expect(404, "GET", "/log?site=nowhere", nil)
	x.expect(422, "GET", "/log?site=news&alerts=maybe", nil)
	x.expect(422, "GET", "/log?site=news&kind=odd", nil)
}

// files takes the rules of a site out as a file and puts them back.
func (x *exchange) files() {
	x.Helper()
	head := map[string]string{"Authorization": "Bearer " + x.token, "Content-Type": "application/yaml"}
	const export, apply = "/api/v1/moderation/rules/export", "/api/v1/moderation/rules/apply"
	file := x.call(x.rig, request{path: export + "?site=news", header: head})
	x.call(x.rig, request{path: export, header: head}).wantProblem(x, 422, "invalid")
	x.call(x.rig, request{path: export + "?site=nowhere", header: head}).wantProblem(x, 404, "not-found")
	plan := x.call(x.rig, request{method: "POST", path: apply + "?site=news&dry_run=1", body: file.body, header: head}).want(x, 200)
	if plan["dry_run"] != true || len(plan["unchanged"].([]any)) != 8 || len(plan["added"].([]any))+len(plan["changed"].([]any)) != 0 {
		x.Errorf("the export put back would change something: %v", plan)
	}
	for _, odd := range []string{"dry_run=maybe", "dry_run=True", "dry_run=", "prune=yes"} {
		refused := x.call(x.rig, request{method: "POST", path: apply + "?site=news&" + odd, body: "version: 1\nrules: []\n", header: head}).wantProblem(x, 422, "invalid")
		if name, _, _ := strings.Cut(odd, "="); fields(refused) != name {
			x.Errorf("%s: fields %q", odd, fields(refused))
		}
	}
	one := "version: 1\nrules:\n  - name: From a file\n    keyword: {terms: [swede]}\n    action: hold\n"
	plan = x.call(x.rig, request{method: "POST", path: apply + "?site=news", body: one, header: head}).want(x, 200)
	if fmt.Sprint(plan["added"]) != "[From a file]" || len(plan["kept"].([]any)) != 8 {
		x.Errorf("applied %v", plan)
	}
	bad := x.call(x.rig, request{method: "POST", path: apply + "?site=news", body: one + "    auhtor: x\n", header: head}).wantProblem(x, 422, "invalid")
	if list := bad["errors"].([]any); len(list) != 1 || !strings.HasPrefix(list[0].(obj)["detail"].(string), "Line 6: ") {
		x.Errorf("faults of a file %v", bad["errors"])
	}
	x.call(x.rig, request{method: "POST", path: apply + "?site=nowhere", body: one, header: head}).wantProblem(x, 404, "not-found")
	x.call(x.rig, request{method: "POST", path: apply + "?site=news", body: "#" + strings.Repeat("x", 4<<20), header: head}).wantProblem(x, 413, "too-large")
	x.as(x.token, 415, "POST", apply+"?site=news", obj{"rules": []obj{}})
	words := x.expect(200, "POST", "/rules/import-words", obj{"format": "wordpress", "text": "casino\nCasino\n192.168.0.1\n"})
	if fmt.Sprint(words["terms"]) != "[casino]" || words["duplicates"] != 1.0 || words["left_out"] != 1.0 || words["skipped"].([]any)[0].(obj)["line"] != 3.0 {
		x.Errorf("words %v", words)
	}
	x.expect(422, "POST", "/rules/import-words", obj{"format": "odd", "text": "x"})
}
