package web_test

import (
	"testing"
	"time"
)

// A list of addresses is looked at, run and undone in the browser.
func TestMovesInTheBrowser(t *testing.T) {
	r := newRig(t)
	client := r.signedIn()
	r.comment("On the old page")
	const at = "/console/moves"
	r.doWith(client, request{path: at}).wantPage(t, 200, "List of addresses", "Another domain", "Follow redirects", "Nothing yet.")
	r.upload(client, at, "", "site", "news", "do", "map").wantPage(t, 422, "The list is empty")
	r.upload(client, at, "", "site", "news", "do", "host", "from", "news.example", "to", "new.example").wantPage(t, 422, "new.example", "Add new hosts")
	r.upload(client, at, "https://news.example/story,https://news.example/new\nnothing,https://news.example/x", "site", "news", "do", "map").wantRedirect(t, at+"/v2")
	r.doWith(client, request{path: at + "/v2"}).wantPage(t, 200, "Nothing is done yet", "Line 2:", "Leave out the lines", "https://news.example/new")
	r.form(client, at+"/v2", "do", "run").wantPage(t, 422, "cannot be used")
	r.form(client, at+"/v2", "do", "drop").wantRedirect(t, at+"?done=move-dropped&site=news")
	r.upload(client, at, "https://news.example/story,https://news.example/new", "site", "news", "do", "map").wantRedirect(t, at+"/v3")
	r.form(client, at+"/v3", "do", "run").wantRedirect(t, at+"/v3")
	r.waitMove("done")
	r.doWith(client, request{path: at + "/v3"}).wantPage(t, 200, "What was changed", `value="undo"`)
	if got := r.get("/api/v1/sites/news/counts?url=https://news.example/new"); got.status != 200 || got.want(t, 200)["counts"].([]any)[0].(obj)["count"] != 1.0 {
		t.Errorf("the new page: %s", got.body)
	}
	r.form(client, at+"/v3", "do", "undo").wantRedirect(t, at+"/v3")
	r.waitMove("undone")
	r.doWith(client, request{path: at}).wantPage(t, 200, "undone")
	r.doWith(client, request{path: "/console/log?site=news&kind=move"}).wantPage(t, 200, "was undone", "/console/moves/v3")
	r.form(client, at+"/v3", "do", "undo").wantPage(t, 409, "nothing to undo")
}

// waitMove waits until the latest move is in a state.
func (r *rig) waitMove(state string) {
	r.Helper()
	deadline := time.NewTimer(20 * time.Second)
	defer deadline.Stop()
	again := time.NewTicker(5 * time.Millisecond)
	defer again.Stop()
	for {
		moves, _, err := r.service.Moves(r.Context(), "news", 1, "")
		r.must(err)
		if string(moves[0].State) == state {
			return
		}
		select {
		case <-again.C:
		case <-deadline.C:
			r.Fatalf("the move is %s, not %s", moves[0].State, state)
		}
	}
}
