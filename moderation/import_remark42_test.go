package moderation_test

import (
	"errors"
	"strings"
	"testing"

	"postbag/models/intake"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

const remark42 = `{"version":1,"users":[{"id":"github_2","blocked":{"status":true,"until":"2119-01-01T00:00:00Z"},"verified":false}],"posts":[{"url":"https://news.example/closed","read_only":true}]}
{"id":"aaaa-1","pid":"","text":"<p>First <strong>line</strong></p>\n<pre><code>a\n b</code></pre>\n","orig":"First **line**","user":{"name":"Ann O&#39;Neil","id":"anonymous_1","picture":"","ip":"x","admin":false},"locator":{"site":"news","url":"https://news.example/a?p=1"},"score":2,"votes":{"u1":true,"u2":true,"u3":true,"u4":false},"vote":0,"time":"2020-05-01T10:00:00.5+02:00","title":"A page"}

{"id":"aaaa-2","pid":"aaaa-1","text":"","user":{"name":"deleted","id":"deleted"},"locator":{"site":"news","url":"https://news.example/a?p=1"},"score":0,"votes":{},"time":"2020-05-01T10:05:00Z","delete":true}
{"id":"aaaa-3","pid":"aaaa-2","text":"<p>Below</p>","orig":"Below","user":{"name":"Ben","id":"github_2"},"locator":{"site":"news","url":"https://news.example/a?p=1"},"score":4,"time":"2020-05-01T10:06:00Z","edit":{"time":"2020-05-01T10:07:00Z","summary":""},"pin":true}
{"id":"aaaa-4","pid":"","text":"<p>Another page</p>","user":{"name":"Ann O&#39;Neil","id":"anonymous_9"},"locator":{"site":"news","url":"https://news.example/a?p=2"},"score":-3,"time":"2020-05-01T10:08:00Z"}
{"id":"aaaa-5","text":7}
`

func TestImportRemark42(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		for i, want := range []int{4, 0} {
			r := a.take(t, remark42, moderation.ImportOptions{Format: "remark42"})
			if r.Posts != (moderation.ImportedPosts{Total: 5, Approved: 3, Deleted: 1, Failed: 1}) || r.Added != want || codes(r) != "7  bad-json" {
				t.Errorf("run %d: %+v, %d added, problems %s", i, r.Posts, r.Added, codes(r))
			}
			if r.Threads.Total != 3 || r.Threads.Closed != 1 || r.Threads.Articles != 2 {
				t.Errorf("threads %+v", r.Threads)
			}
		}
		first, gone, reply, other := a.stored(t, "remark42:aaaa-1"), a.stored(t, "remark42:aaaa-2"), a.stored(t, "remark42:aaaa-3"), a.stored(t, "remark42:aaaa-4")
		if first.HTML != "<p>First <strong>line</strong></p><pre><code>a\n b</code></pre>" || first.AuthorName != "Ann O'Neil" || first.Likes != 3 {
			t.Errorf("the first is %+v", first)
		}
		if !gone.Tombstone() || reply.ParentID != gone.ID || reply.Likes != 4 || reply.EditedAt.IsZero() || reply.ArticleID != first.ArticleID {
			t.Errorf("the reply is %+v", reply)
		}
		if other.ArticleID == first.ArticleID || other.AuthorID == first.AuthorID || other.Likes != 0 {
			t.Errorf("the other one is %+v", other)
		}
		if out := a.written(t, "postbag"); !strings.Contains(out, `"name":"Ben","sanction":"ban"`) || !strings.Contains(out, `"closed":true`) {
			t.Errorf("the ban or the closed page is lost: %s", out)
		}
	})
}

// An import whose comments brought likes along is undone like any other.
func TestImportRemark42_undo(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	r := a.take(t, remark42, moderation.ImportOptions{Format: "remark42", File: "backup.gz"})
	if u := a.undo(t, r.Import, moderation.UndoOptions{}); u.Removed != 4 || u.Kept != 0 || a.rows(t) != strings.Replace(noRows, "authors 0", "authors 1", 1) { // who is blocked stays
		t.Errorf("%+v; left are %s", u, a.rows(t))
	}
}

func TestImportRemark42_refused(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	for name, test := range map[string]struct{ file, want string }{
		"empty":     {"", "empty"},
		"no meta":   {remark42[strings.IndexByte(remark42, '\n')+1:], "line 1"},
		"newer":     {`{"version":2}`, "version 2"},
		"truncated": {remark42[:len(remark42)-200], "line 6"},
		"long line": {`{"version":1}` + "\n" + strings.Repeat("x", 17<<20), "longer"},
	} {
		r, err := a.Import(t.Context(), from(test.file), moderation.ImportOptions{Site: "news", Format: "remark42"})
		var syntax *intake.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || r.Added != 0 {
			t.Errorf("%s: %v, %d added", name, err, r.Added)
		}
	}
}
