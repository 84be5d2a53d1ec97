package moderation_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// The comments stand before who wrote them, and two replies before the comment
// that they answer.
const commento = `{"version":1,"comments":[
{"commentHex":"c2","domain":"news.example","url":"/harbour/","commenterHex":"u2","markdown":"Below **it**","html":"","parentHex":"c1","score":-2,"state":"approved","creationDate":"2020-01-27T14:08:44.061525Z","direction":0,"deleted":false},
{"commentHex":"c3","domain":"news.example","url":"/harbour/","commenterHex":"anonymous","markdown":"[deleted]","html":"","parentHex":"c1","score":0,"state":"approved","creationDate":"2020-01-27T14:09:00Z","direction":0,"deleted":false},
{"commentHex":"c1","domain":"news.example","url":"/harbour/","commenterHex":"u1","markdown":"First line\n\n` + "`x < y`" + `\u0000","html":"","parentHex":"root","score":4,"state":"approved","creationDate":"2020-01-27T14:07:49.244432Z","direction":0,"deleted":false},
{"commentHex":"c4","domain":"news.example","url":"/harbour/","commenterHex":"anonymous","markdown":"Nobody's","html":"","parentHex":"c3","score":0,"state":"approved","creationDate":"2020-01-27T14:10:00Z","direction":0},
{"commentHex":"c5","domain":"news.example","url":"page-7","commenterHex":"u3","markdown":"Wait","html":"","parentHex":"root","score":0,"state":"unapproved","creationDate":"2020-01-27T14:11:00Z"},
{"commentHex":"c6","domain":"news.example","url":"/harbour/","commenterHex":"u2","markdown":"Buy","html":"","parentHex":"root","score":0,"state":"flagged","creationDate":"2020-01-27T14:12:00Z"},
{"commentHex":"c7","domain":"news.example","url":"/harbour/","commenterHex":"u2","markdown":"When","parentHex":"root","state":"approved","creationDate":"yesterday"},
{"commentHex":"c8","domain":"news.example","url":"/harbour/","commenterHex":"u4","markdown":"Another Ann","parentHex":"root","state":"approved","creationDate":"2020-01-27T14:13:00Z"},
{"markdown":7}
],"commenters":[
{"commenterHex":"u1","email":"ann@mail.example","name":"Ann","link":"undefined","photo":"undefined","provider":"commento","joinDate":"2020-01-20T14:17:59.298737Z","isModerator":false},
{"commenterHex":"u2","email":"ben@mail.example","name":"Ben","link":"","photo":"","provider":"google","joinDate":"2020-01-20T14:17:59Z","isModerator":true},
{"commenterHex":"u2","email":"ben@mail.example","name":"Ben","link":"","photo":"","provider":"google","joinDate":"2020-01-20T14:17:59Z","isModerator":true},
{"commenterHex":"u3","email":"undefined","name":"Cleo","link":"undefined","photo":"undefined","provider":"anon","joinDate":"0001-01-01T00:00:00Z"},
{"commenterHex":"u4","email":"undefined","name":"Ann","link":"undefined","photo":"undefined","provider":"anon","joinDate":"2020-01-27T14:13:00Z"}
]}
`

func gzipped(t testing.TB, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestImportCommento(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		for i, o := range []moderation.ImportOptions{{DryRun: true}, {}, {}} {
			o.Format = "commento"
			r := a.take(t, gzipped(t, commento), o)
			if want := (moderation.ImportedPosts{Total: 9, Approved: 4, Pending: 1, Deleted: 1, Spam: 1, Failed: 2}); r.Posts != want {
				t.Errorf("posts are %+v", r.Posts)
			}
			if want := []int{7, 7, 0}[i]; r.Added != want || r.Added+r.Unchanged != 7 || codes(r) != "8 c7 bad-date, 10  bad-json" {
				t.Errorf("run %d: %d added, %d unchanged, problems %s", i, r.Added, r.Unchanged, codes(r))
			}
			if r.Threads.Total != 2 || r.Threads.Articles != 2 || len(r.Threads.Foreign) != 0 {
				t.Errorf("threads: %+v", r.Threads)
			}
		}
		if got, want := a.states(t, "commento:c1", "commento:c2", "commento:c3", "commento:c4", "commento:c5", "commento:c6"),
			"c1 approved, c2 approved, c3 deleted, c4 approved, c5 pending, c6 spam"; got != want {
			t.Errorf("states: %s", got)
		}
		first, reply, gone, nobody, held := a.stored(t, "commento:c1"), a.stored(t, "commento:c2"), a.stored(t, "commento:c3"), a.stored(t, "commento:c4"), a.stored(t, "commento:c5")
		if first.HTML != "<p>First line</p><p><code>x &lt; y</code></p>" || first.AuthorName != "Ann" || first.Likes != 4 || first.Format != models.Markdown {
			t.Errorf("the first is %+v", first)
		}
		if reply.ParentID != first.ID || reply.AuthorName != "Ben" || reply.Likes != 0 || reply.HTML != "<p>Below <strong>it</strong></p>" {
			t.Errorf("the reply is %+v", reply)
		}
		if !gone.Tombstone() || nobody.ParentID != gone.ID || nobody.AuthorName != "" || gone.Text != "" {
			t.Errorf("below the deleted one stands %+v", nobody)
		}
		if held.Lane != models.LanePending || held.ArticleID == first.ArticleID || held.AuthorName != "Cleo" {
			t.Errorf("the held one is %+v", held)
		}
		if ids, _ := a.read(t, models.ArticleRef{URL: "http://www.news.example/harbour"}, ""); len(ids) != 5 {
			t.Errorf("the page shows %q", ids)
		}
		if other := a.stored(t, "commento:c8"); other.AuthorName != "Ann" || other.AuthorID == first.AuthorID {
			t.Errorf("the other Ann is %+v", other)
		}
		if out := a.written(t, "postbag"); strings.Contains(out, "undefined") || !strings.Contains(out, "ann@mail.example") {
			t.Errorf("e-mail addresses are wrong: %s", out)
		}
	})
}

// Comentario before version 3 wrote the same form with other names.
func TestImportCommento_comentario2(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	zeros := strings.Repeat("0", 64)
	file := `{"commenters":[],"comments":[{"commentHex":"c1","host":"news.example","path":"/a","commenterHex":"` + zeros + `","parentHex":"` + zeros +
		`","markdown":"Hi","state":"approved","creationDate":"2020-01-27T14:13:00Z"},{"commentHex":"c2","path":"/b","html":"<b>Ho</b>","state":"approved"}],"version":1}`
	if r := a.take(t, file, moderation.ImportOptions{Format: "commento"}); r.Added != 2 || len(r.Problems) != 0 || len(r.Threads.Foreign) != 0 {
		t.Errorf("%+v", r)
	}
	if c := a.stored(t, "commento:c2"); c.HTML != "<p><strong>Ho</strong></p>" {
		t.Errorf("HTML is %q", c.HTML)
	}
}

func TestImportCommento_refused(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	for name, test := range map[string]struct{ file, want string }{
		"empty":         {"", "empty"},
		"XML":           {"<disqus>", "XML"},
		"a list":        {"[]", "JSON object"},
		"no version":    {`{"comments":[{"commentHex":"c1","domain":"news.example","url":"/a"}]}`, "version"},
		"newer":         {`{"version":2}`, "version 2"},
		"Comentario":    {`{"version":3,"pages":[]}`, "postbag import comentario"},
		"truncated":     {commento[:len(commento)-300], "line 14"},
		"no last brace": {strings.TrimSuffix(commento, "}\n"), "truncated"},
		"half packed":   {gzipped(t, commento)[:200], "truncated"},
		"two files":     {commento + commento, "put together"},
		"nested deep":   {`{"version":1,"x":` + strings.Repeat("[", 100), "nested deeper"},
		"wrong bracket": {`{"version":1,"x":{"a":[1}]}`, "closes"},
	} {
		r, err := a.Import(t.Context(), from(test.file), moderation.ImportOptions{Site: "news", Format: "commento"})
		var syntax *intake.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || r.Added != 0 {
			t.Errorf("%s: %v, %d added", name, err, r.Added)
		}
	}
	if out := a.written(t, "postbag"); strings.Contains(out, `"type":"article"`) {
		t.Error("a refused file left something behind")
	}
}

// Where pages do not name their host and the site has several, somebody must.
func TestImport_base(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	if _, err := a.AddSite(t.Context(), moderation.NewSite{Key: "two", Name: "Two", Origins: []string{"https://one.example", "https://two.example"}, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	file := `{"version":1,"comments":[{"commentHex":"c1","url":"/a","markdown":"Hi","state":"approved"}]}`
	for base, want := range map[string]string{"": "--base-url https://", "ftp://x": "https://news.example", "https://two.example?x": "https://news.example", "https://two.example/": ""} {
		r, err := a.Import(t.Context(), from(file), moderation.ImportOptions{Site: "two", Format: "commento", BaseURL: base, DryRun: true})
		switch {
		case want == "" && (err != nil || r.Added != 1 || len(r.Threads.Foreign) != 0):
			t.Errorf("%s: %+v, %v", base, r, err)
		case want != "" && (models.CodeOf(err) != models.CodeInvalid || !strings.Contains(err.Error(), want)):
			t.Errorf("%s: %v", base, err)
		}
	}
}
