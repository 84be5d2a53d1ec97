package main

import (
	"bytes"
	"strings"
	"testing"
)

// TestMigration_Compare: a report that says what the generator counted differs in
// nothing, and one that is off by one is told of.
func TestMigration_Compare(t *testing.T) {
	m := &migration{}
	m.want.Posts.Total, m.want.Posts.Approved, m.want.Posts.Orphaned = 10, 8, 2
	m.want.Threads.Total, m.want.Threads.Articles, m.want.Threads.Foreign = 3, 1, 1
	right := func() *importReport {
		r := &importReport{}
		r.Posts.Total, r.Posts.Approved, r.Posts.Orphaned = 10, 8, 2
		r.Threads.Total, r.Threads.Articles, r.Threads.ForeignOmitted = 3, 1, 1
		r.Threads.ByArticle = []postTotal{{8}}
		return r
	}
	if m.compare("same", right()); len(m.report.Differences) != 0 {
		t.Errorf("differences: %q", m.report.Differences)
	}
	for what, change := range map[string]func(*importReport){
		"posts": func(r *importReport) { r.Posts.Approved-- }, "articles": func(r *importReport) { r.Threads.Articles++ },
		"foreign": func(r *importReport) { r.Threads.ForeignOmitted-- }, "posts of articles": func(r *importReport) { r.Threads.ByArticle[0].Total++ },
		"pending": func(r *importReport) { r.Pending++ },
	} {
		m.report.Differences = nil
		r := right()
		change(r)
		if m.compare("other", r); len(m.report.Differences) != 1 || !strings.Contains(m.report.Differences[0], what) {
			t.Errorf("%s: %q", what, m.report.Differences)
		}
	}
}

func TestMigration_Refused(t *testing.T) {
	for _, args := range [][]string{{"--posts", "0"}, {"--posts", "10", "--long", "8001"}, {"more"}} {
		var out, diag bytes.Buffer
		if code := run(t.Context(), append([]string{"migration"}, args...), &out, &diag); code != 2 {
			t.Errorf("%q: exit %d, %s", args, code, &diag)
		}
	}
}
