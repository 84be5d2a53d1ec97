package moderation_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// TestImport_Later imports a newer file over an older one, after readers have
// answered imported comments.
func TestImport_Later(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		old := []string{thread("1", "story", page), post("10", "1", "", "One", gone), post("11", "1", "10", "Two", gone)}
		a.take(t, export(old...), moderation.ImportOptions{})
		article := a.comment(t, "10").ArticleID
		if got := a.shown(t, article); got != "" {
			t.Errorf("readers see %q of deleted comments", got)
		}
		in := moderation.Submission{Site: "news", Article: models.ArticleRef{ID: "story", URL: page}, Text: "Our own", Name: "Rita", Key: "key-of-our-own"}
		if _, err := a.Submit(t.Context(), in); err != nil {
			t.Fatal(err)
		}
		r := a.take(t, export(append(old, post("12", "1", "11", "Three"), post("13", "1", "", "Four"))...), moderation.ImportOptions{})
		if r.Added != 2 || r.Unchanged != 2 {
			t.Errorf("%d added, %d unchanged", r.Added, r.Unchanged)
		}
		if got, want := a.shown(t, article), "[10] [>11] >>12 13 "; got != want {
			t.Errorf("readers see %q, want %q", got, want)
		}
	})
}

// TestImport_IntoOwn imports into articles that exist already.
func TestImport_IntoOwn(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	own, err := a.Submit(t.Context(), moderation.Submission{Site: "news", Article: models.ArticleRef{ID: "new-id", URL: page}, Text: "Our own", Name: "Rita", Key: "key-of-our-own"})
	if err != nil {
		t.Fatal(err)
	}
	a.take(t, export(thread("1", "old-id", page), thread("2", "other", page), post("10", "1", "", "One"), post("11", "2", "", "Two")), moderation.ImportOptions{})
	if got := a.comment(t, "10").ArticleID; got != own.Comment.ArticleID {
		t.Errorf("the thread of the same page became article %d, not %d", got, own.Comment.ArticleID)
	}
	if got := a.comment(t, "11").ArticleID; got == own.Comment.ArticleID {
		t.Error("two identifiers became one article")
	}
	if again, err := a.store.Comment(t.Context(), own.Comment.ID); err != nil || again.Text != "Our own" || again.Version != own.Comment.Version {
		t.Errorf("our own comment is now %+v, %v", again, err)
	}
}

func TestImport_Refused(t *testing.T) {
	whole := export(thread("1", "", page), post("10", "1", "", "Hello"))
	tests := map[string]string{
		"empty":     "",
		"no XML":    "hello",
		"truncated": whole[:len(whole)-20],
		"doctype":   `<!DOCTYPE x [<!ENTITY a "b">]>` + whole,
		"deep":      strings.Replace(whole, "</disqus>", strings.Repeat("<a>", 100)+strings.Repeat("</a>", 100)+"</disqus>", 1),
		"half gzip": packed(whole)[:40],
	}
	a := newArchive(t, storetest.SQLite(t))
	for name, file := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := a.Import(t.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "disqus"})
			var syntax *intake.SyntaxError
			if !errors.As(err, &syntax) || r.Added != 0 {
				t.Errorf("%d added, error %v", r.Added, err)
			}
			if articles, _, err := a.Articles(t.Context(), "news", "", 10, ""); err != nil || len(articles) > 0 {
				t.Errorf("articles are left: %v, %v", articles, err)
			}
		})
	}
	if _, err := a.Import(t.Context(), from(whole), moderation.ImportOptions{Site: "nope", Format: "disqus"}); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("unknown site: %v", err)
	}
	if r := a.take(t, packed(whole), moderation.ImportOptions{}); r.Added != 1 {
		t.Errorf("of a gzipped file %d comments were added", r.Added)
	}
}

func packed(s string) string {
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	_, _ = io.WriteString(w, s)
	_ = w.Close()
	return b.String()
}

func TestImport_DryRunWritesNothing(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	before, err := a.store.LastEvent(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if r := a.take(t, export(thread("1", "", page), post("10", "1", "", "Hello")), moderation.ImportOptions{DryRun: true}); r.Added != 1 || !r.DryRun {
		t.Errorf("report is %+v", r)
	}
	after, err := a.store.LastEvent(t.Context())
	if err != nil || after != before {
		t.Errorf("there are new events: %d, %d (%v)", before, after, err)
	}
	if _, err := a.store.CommentByExternal(t.Context(), 1, "disqus:10"); !errors.Is(err, store.ErrNotFound) {
		t.Errorf("the comment was stored: %v", err)
	}
}

// TestImport_Shows makes sure that a page that was read before an import shows
// what came with it.
func TestImport_Shows(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	enc := moderation.Encoder{Name: "ids", ContentType: "text/plain", Encode: func(th moderation.Thread) ([]byte, error) {
		var ids []byte
		for _, c := range th.Comments {
			ids = append(ids, c.ExternalID+" "...)
		}
		return ids, nil
	}}
	read := func() string {
		t.Helper()
		p, err := a.Thread(t.Context(), moderation.ThreadQuery{Site: "news", Article: models.ArticleRef{URL: page}}, enc)
		if err != nil {
			t.Fatal(err)
		}
		return string(p.Plain)
	}
	if got := read(); got != "" {
		t.Errorf("an empty page shows %q", got)
	}
	file := []string{thread("1", "", page), post("10", "1", "", "One")}
	a.take(t, export(file...), moderation.ImportOptions{})
	if got := read(); got != "disqus:10 " {
		t.Errorf("after the import the page shows %q", got)
	}
	a.take(t, export(append(file, post("11", "1", "10", "Two"))...), moderation.ImportOptions{})
	if got := read(); got != "disqus:10 disqus:11 " {
		t.Errorf("after the next import the page shows %q", got)
	}
}

// TestImport_Interrupted stops an import after each transaction and runs it
// again: what is there is exact each time, and in the end everything is.
func TestImport_Interrupted(t *testing.T) {
	file, want := generated(t, 5000)
	eachArchive(t, func(t *testing.T, a *archive) {
		added := 0
		for stops := 0; ; stops++ {
			ctx, cancel := context.WithCancel(t.Context())
			r, err := a.Import(ctx, from(file), moderation.ImportOptions{Site: "news", Format: "disqus", Progress: func(p moderation.ImportProgress) {
				if p.Stage == moderation.ImportWriting && p.Posts > added {
					cancel()
				}
			}})
			cancel()
			a.check(t)
			added += r.Added
			if err == nil {
				if stops < 3 {
					t.Errorf("it was stopped only %d times", stops)
				}
				break
			}
			if !errors.Is(err, context.Canceled) || r.Added == 0 {
				t.Fatalf("stopped with %d added: %v", r.Added, err)
			}
		}
		if r := a.take(t, file, moderation.ImportOptions{}); r.Added != 0 || r.Unchanged != want.Added || added != want.Added {
			t.Errorf("%d added in steps, then %d; %d unchanged, want %d", added, r.Added, r.Unchanged, want.Added)
		}
	})
}

// summary is what the generator says of its file.
type summary struct {
	Posts   struct{ Total, Approved, Deleted, Spam, Orphaned, Duplicate, Failed int }
	Added   int
	Threads struct{ Total, Articles, Merged, Closed, Empty, Foreign int }

	MissingParents int `json:"missing_parents"`
	Tombstones     int
}

// generated makes an export with the load generator.
func generated(t testing.TB, posts int, more ...string) (string, summary) {
	t.Helper()
	dir := t.TempDir()
	args := append([]string{"run", "postbag/cmd/loadgen", "disqus-export", "--posts", fmt.Sprint(posts), "-o", dir + "/export.xml", "--summary", dir + "/summary.json"}, more...)
	if out, err := exec.CommandContext(t.Context(), "go", args...).CombinedOutput(); err != nil {
		t.Fatalf("generate an export: %v\n%s", err, out)
	}
	file, err := os.ReadFile(dir + "/export.xml")
	if err != nil {
		t.Fatal(err)
	}
	text, err := os.ReadFile(dir + "/summary.json")
	if err != nil {
		t.Fatal(err)
	}
	var sum summary
	if err := json.Unmarshal(text, &sum); err != nil {
		t.Fatal(err)
	}
	return string(file), sum
}

func TestImport_Generated(t *testing.T) {
	file, want := generated(t, 5000, "--emails", "--seed", "3")
	eachArchive(t, func(t *testing.T, a *archive) {
		r := a.take(t, file, moderation.ImportOptions{})
		compare(t, r, want)
		if r.Added != want.Added {
			t.Errorf("%d added, want %d", r.Added, want.Added)
		}
		if again := a.take(t, file, moderation.ImportOptions{}); again.Added != 0 || again.Unchanged != want.Added || again.Posts != r.Posts {
			t.Errorf("the second import: %d added, %d unchanged, %+v", again.Added, again.Unchanged, again.Posts)
		}
	})
}

// compare holds a report against what the generator says of the file.
func compare(t testing.TB, r moderation.ImportReport, want summary) {
	t.Helper()
	if p, w := r.Posts, want.Posts; p != (moderation.ImportedPosts{Total: w.Total, Approved: w.Approved, Deleted: w.Deleted, Spam: w.Spam, Orphaned: w.Orphaned,
		Duplicate: w.Duplicate, Failed: w.Failed}) {
		t.Errorf("posts are\n%+v, want\n%+v", p, w)
	}
	merged := 0
	for _, m := range r.Threads.Merged {
		merged += len(m.Threads) - 1
	}
	n, w := r.Threads, want.Threads
	if n.Total != w.Total || n.Articles != w.Articles || n.Closed != w.Closed || n.Empty != w.Empty || merged != w.Merged || len(n.Foreign) != w.Foreign {
		t.Errorf("threads are %d total, %d articles, %d closed, %d empty, %d merged, %d foreign, want %+v", n.Total, n.Articles, n.Closed, n.Empty, merged, len(n.Foreign), w)
	}
	missing := 0
	for _, p := range r.Problems {
		if p.Code == "parent-missing" {
			missing++
		}
	}
	if missing != want.MissingParents {
		t.Errorf("%d replies without their parent, want %d", missing, want.MissingParents)
	}
}

// TestImport_Samples reads exports that others made, when they are at hand.
func TestImport_Samples(t *testing.T) {
	tests := map[string]struct {
		posts    moderation.ImportedPosts
		articles int
		problems string
	}{
		"isso-tests-disqus.xml":        {moderation.ImportedPosts{Total: 6, Approved: 4, Deleted: 1, Orphaned: 1}, 2, "thread-missing"},
		"artransfer-sample-disqus.xml": {moderation.ImportedPosts{Total: 4, Approved: 4}, 1, ""},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			file, err := os.ReadFile(filepath.Join("..", "..", "shared", "fixtures", "disqus", name))
			if errors.Is(err, os.ErrNotExist) {
				t.Skip("the sample is not here")
			}
			if err != nil {
				t.Fatal(err)
			}
			a := newArchive(t, storetest.SQLite(t))
			r := a.take(t, string(file), moderation.ImportOptions{})
			if r.Posts != test.posts || r.Threads.Articles != test.articles || !strings.Contains(codes(r), test.problems) {
				t.Errorf("report is %+v", r)
			}
			if again := a.take(t, string(file), moderation.ImportOptions{}); again.Added != 0 || r.Added != test.posts.Approved+test.posts.Deleted {
				t.Errorf("%d added, then %d", r.Added, again.Added)
			}
		})
	}
}

func TestImportReport_JSON(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	r := a.take(t, export(thread("1", "", page), thread("2", "", page+"/"), post("10", "1", "", "Hello"), post("11", "9", "", "Lost")), moderation.ImportOptions{})
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got map[string]any
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	posts, _ := got["posts"].(map[string]any)
	threads, _ := got["threads"].(map[string]any)
	problems, _ := got["problems"].([]any)
	for _, key := range []string{"total", "approved", "deleted", "spam", "orphaned", "duplicate", "failed"} {
		if _, ok := posts[key].(float64); !ok {
			t.Errorf("posts has no number %q: %s", key, text)
		}
	}
	if merged, _ := threads["merged"].([]any); threads["total"] != 2.0 || threads["articles"] != 1.0 || threads["closed"] != 0.0 || len(merged) != 1 {
		t.Errorf("threads are %v", threads)
	}
	if got["dry_run"] != false || got["added"] != 1.0 || got["unchanged"] != 0.0 || len(problems) != 1 {
		t.Errorf("report is %s", text)
	}
	want := map[string]any{"line": 5.0, "id": "11", "code": "thread-missing", "detail": "Its thread, 9, is not in the file."}
	if problem, _ := problems[0].(map[string]any); !maps.Equal(problem, want) {
		t.Errorf("the problem is %v, want %v", problem, want)
	}
	var words strings.Builder
	if err := r.WriteText(&words); err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"2 posts in the file:", "1  approved", "1 comment added, 0 unchanged.", "2 threads became 1 article", "line 5: 11 thread-missing."} {
		if !strings.Contains(words.String(), line) {
			t.Errorf("the text has no %q:\n%s", line, &words)
		}
	}
}

// BenchmarkImport imports an export of 10,000 posts into an empty SQLite file.
func BenchmarkImport(b *testing.B) {
	file, want := generated(b, 10_000)
	for b.Loop() {
		b.StopTimer()
		a := newArchive(b, storetest.SQLite(b))
		b.StartTimer()
		r, err := a.Import(b.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "disqus"})
		if err != nil || r.Added != want.Added {
			b.Fatalf("%d added: %v", r.Added, err)
		}
	}
	b.ReportMetric(float64(want.Posts.Total)*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// TestImport_ClosedWithoutComments: a closed page stays closed, also when
// nobody had written there; an open one without comments is not stored.
func TestImport_ClosedWithoutComments(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		file := export(thread("1", "shut", "https://news.example/shut", closed), thread("2", "open", "https://news.example/open"))
		for range 2 {
			if r := a.take(t, file, moderation.ImportOptions{}); r.Added != 0 || r.Threads.Empty != 2 {
				t.Errorf("report %+v", r)
			}
		}
		shut := models.ArticleRef{ID: "shut", URL: "https://news.example/shut"}
		_, err := a.Submit(t.Context(), moderation.Submission{Site: "news", Article: shut, Text: "Too late"})
		wantCode(t, err, models.CodeClosed)
		open := models.ArticleRef{ID: "open", URL: "https://news.example/open"}
		if _, err := a.Submit(t.Context(), moderation.Submission{Site: "news", Article: open, Text: "First"}); err != nil {
			t.Error(err)
		}
	})
}

// TestImport_OtherOptions: a run goes on only with the options that it had.
func TestImport_OtherOptions(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	file := export(thread("1", "", page), post("10", "1", "", "one"))
	stopped := func(o moderation.ImportOptions) string {
		t.Helper()
		ctx, cancel := context.WithCancel(t.Context())
		o.Progress = func(moderation.ImportProgress) { cancel() }
		o.Site, o.Format, o.File, o.Size = "news", "disqus", "export.xml", 5
		r, err := a.Import(ctx, from(file), o)
		if err == nil {
			t.Error("the import was not stopped")
		}
		return r.Import
	}
	first := stopped(moderation.ImportOptions{Source: "old"})
	if again := stopped(moderation.ImportOptions{Source: "old"}); again != first {
		t.Errorf("the same import went on as %s, not as %s", again, first)
	}
	for what, o := range map[string]moderation.ImportOptions{"source": {Source: "new"}, "hosts": {Source: "old", OriginsOnly: true}} {
		if other := stopped(o); other == first {
			t.Errorf("with another choice of %s the import went on as %s", what, other)
		}
	}
}
