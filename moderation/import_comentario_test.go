package moderation_test

import (
	"errors"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

const comentario = `{"version":3,"pages":[
{"id":"00000001-aaaa-4000-8000-000000000001","domainId":"d","path":"/harbour","title":"The harbour","isReadonly":false,"createdTime":"2023-01-01T10:00:00.000Z","countComments":4,"countViews":9},
{"id":"00000001-aaaa-4000-8000-000000000002","domainId":"d","path":"/closed/","title":"","isReadonly":true,"createdTime":"2023-01-02T10:00:00.000Z"},
{"id":"not an id","path":"/x"}
],"comments":[
{"id":"00000002-aaaa-4000-8000-000000000002","parentId":"00000002-aaaa-4000-8000-000000000001","pageId":"00000001-aaaa-4000-8000-000000000001","markdown":"Below","html":"<p>Below</p>","score":-1,"isSticky":false,"isApproved":true,"isPending":false,"isDeleted":false,"createdTime":"2023-01-03T10:01:00.000Z","editedTime":"2023-01-03T10:02:00.000Z","userCreated":"00000003-aaaa-4000-8000-000000000001","url":"https://www.news.example/harbour#comentario-00000002-aaaa-4000-8000-000000000002"},
{"id":"00000002-aaaa-4000-8000-000000000001","pageId":"00000001-aaaa-4000-8000-000000000001","markdown":"","html":"","score":0,"isApproved":true,"isPending":false,"isDeleted":true,"createdTime":"2023-01-03T10:00:00.000Z","deletedTime":"2023-01-03T10:05:00.000Z","userCreated":"00000003-aaaa-4000-8000-000000000001"},
{"id":"00000002-aaaa-4000-8000-000000000003","pageId":"00000001-aaaa-4000-8000-000000000001","markdown":"From *Bo*","html":"<p>From <em>Bo</em></p>","score":3,"isApproved":true,"isPending":false,"isDeleted":false,"createdTime":"2023-01-03T10:03:00.000Z","userCreated":"00000000-0000-0000-0000-000000000000","authorName":"Bo"},
{"id":"00000002-aaaa-4000-8000-000000000004","pageId":"00000001-aaaa-4000-8000-000000000001","markdown":"From Cy","score":0,"isApproved":true,"isPending":false,"isDeleted":false,"createdTime":"2023-01-03T10:04:00.000Z","userCreated":"00000000-0000-0000-0000-000000000000","authorName":"Cy"},
{"id":"00000002-aaaa-4000-8000-000000000005","pageId":"00000001-aaaa-4000-8000-000000000002","markdown":"Wait","score":0,"isApproved":false,"isPending":true,"isDeleted":false,"createdTime":"2023-01-03T10:05:00.000Z","userCreated":"00000003-aaaa-4000-8000-000000000002"},
{"id":"00000002-aaaa-4000-8000-000000000006","pageId":"00000001-aaaa-4000-8000-000000000002","markdown":"No","score":0,"isApproved":false,"isPending":false,"isDeleted":false,"createdTime":"2023-01-03T10:06:00.000Z","userCreated":"00000003-aaaa-4000-8000-000000000002"},
{"id":"00000002-aaaa-4000-8000-000000000007","pageId":"00000001-aaaa-4000-8000-000000000009","markdown":"Lost","isApproved":true,"createdTime":"2023-01-03T10:06:00.000Z"},
{"id":"00000002-aaaa-4000-8000-000000000008","createdTime":5}
],"commenters":[
{"id":"00000003-aaaa-4000-8000-000000000001","email":"ann@mail.example","name":"Ann","hasAvatar":false,"isModerator":true,"isCommenter":true,"colourIndex":1,"createdTime":"2022-01-01T10:00:00.000Z"},
{"id":"00000003-aaaa-4000-8000-000000000002","email":"dan@disqus-user","name":"Dan","isModerator":false,"isCommenter":true}
]}
`

func TestImportComentario(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		for i, o := range []moderation.ImportOptions{{DryRun: true}, {}, {}} {
			o.Format = "comentario"
			r := a.take(t, comentario, o)
			if want := (moderation.ImportedPosts{Total: 8, Approved: 3, Pending: 1, Deleted: 2, Orphaned: 1, Failed: 1}); r.Posts != want {
				t.Errorf("posts are %+v", r.Posts)
			}
			if want := []int{6, 6, 0}[i]; r.Added != want || r.Added+r.Unchanged != 6 {
				t.Errorf("run %d: %d added, %d unchanged", i, r.Added, r.Unchanged)
			}
			if got := codes(r); got != "4  bad-id, 12 00000002-aaaa-4000-8000-000000000007 thread-missing, 13  bad-json" {
				t.Errorf("problems %s", got)
			}
			if r.Threads.Total != 3 || r.Threads.Closed != 1 || r.Threads.Articles != 2 {
				t.Errorf("threads: %+v", r.Threads)
			}
		}
		c := func(n string) models.Comment { return a.stored(t, "comentario:00000002-aaaa-4000-8000-00000000000"+n) }
		gone, reply, bo, cy, held, rejected := c("1"), c("2"), c("3"), c("4"), c("5"), c("6")
		if !gone.Tombstone() || reply.ParentID != gone.ID || reply.AuthorName != "Ann" || reply.Likes != 0 || reply.EditedAt.IsZero() {
			t.Errorf("the reply is %+v", reply)
		}
		if bo.AuthorName != "Bo" || cy.AuthorName != "Cy" || bo.AuthorID == cy.AuthorID || bo.Likes != 3 || bo.HTML != "<p>From <em>Bo</em></p>" {
			t.Errorf("guests are %+v and %+v", bo, cy)
		}
		if held.Lane != models.LanePending || held.AuthorName != "Dan" || rejected.Status != models.Removed || rejected.Text != "No" {
			t.Errorf("held is %+v, rejected %+v", held, rejected)
		}
		if ids, closed := a.read(t, models.ArticleRef{URL: "https://news.example/harbour/"}, ""); len(ids) != 4 || closed {
			t.Errorf("the page shows %q, closed %v", ids, closed)
		}
		if out := a.written(t, "postbag"); strings.Contains(out, "disqus-user") || !strings.Contains(out, "ann@mail.example") || !strings.Contains(out, `"closed":true`) {
			t.Errorf("e-mail addresses or the closed page are wrong: %s", out)
		}
	})
}

// Pages name no host. When comments do and it is another one than the site's,
// that is said, unless somebody chose.
func TestImportComentario_host(t *testing.T) {
	file := strings.ReplaceAll(comentario, "https://www.news.example", "https://old.example")
	for base, want := range map[string]int{"": 1, "https://old.example": 0} {
		a := newArchive(t, storetest.SQLite(t))
		r := a.take(t, file, moderation.ImportOptions{Format: "comentario", BaseURL: base})
		if got := strings.Count(codes(r), "other-host"); got != want || r.Added != 6 || (len(r.Threads.Foreign) > 0) != (base != "") {
			t.Errorf("%q: problems %s, %+v", base, codes(r), r.Threads)
		}
	}
}

func TestImportComentario_refused(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	for name, test := range map[string]struct{ file, want string }{
		"Commento":  {commento, "postbag import commento"},
		"newer":     {`{"version":4}`, "version 4"},
		"no number": {`{"version":"x"}`, "no number"},
		"truncated": {comentario[:len(comentario)-200], "truncated"},
	} {
		r, err := a.Import(t.Context(), from(test.file), moderation.ImportOptions{Site: "news", Format: "comentario"})
		var syntax *intake.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || r.Added != 0 {
			t.Errorf("%s: %v, %d added", name, err, r.Added)
		}
	}
}
