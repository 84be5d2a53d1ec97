package moderation_test

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// merges writes the articles of several threads, as "1+2 3+4".
func merges(r moderation.ImportReport) string {
	var list []string
	for _, m := range r.Threads.Merged {
		list = append(list, strings.Join(m.Threads, "+"))
	}
	return strings.Join(list, " ")
}

// TestImport_Merges: threads become one article when their normalised URLs agree
// and they do not carry different identifiers.
func TestImport_Merges(t *testing.T) {
	const p = page
	tests := map[string]struct {
		threads []string
		want    string
	}{
		"scheme":                {[]string{thread("1", "", p), thread("2", "", "http://news.example/a")}, "1+2"},
		"www":                   {[]string{thread("1", "", p), thread("2", "", "https://www.news.example/a")}, "1+2"},
		"default port":          {[]string{thread("1", "", p), thread("2", "", "https://news.example:443/a"), thread("3", "", "http://news.example:80/a")}, "1+2+3"},
		"another port":          {[]string{thread("1", "", p), thread("2", "", "https://news.example:8443/a")}, ""},
		"trailing slash":        {[]string{thread("1", "", p), thread("2", "", p+"/")}, "1+2"},
		"fragment":              {[]string{thread("1", "", p), thread("2", "", p+"#!newthread"), thread("3", "", p+"#comments")}, "1+2+3"},
		"tracking":              {[]string{thread("1", "", p), thread("2", "", p+"?utm_source=x&fbclid=y&gclid=z"), thread("3", "", p+"?from=timeline&isappinstalled=0")}, "1+2+3"},
		"content query":         {[]string{thread("1", "", p+"?p=1"), thread("2", "", p+"?p=2"), thread("3", "", p), thread("4", "", p+"?utm_source=x&p=1")}, "1+4"},
		"hosts":                 {[]string{thread("1", "", p), thread("2", "", "https://old.example/a"), thread("3", "", "http://localhost:4000/a")}, ""},
		"host in capitals":      {[]string{thread("1", "", p), thread("2", "", "HTTPS://News.Example/a")}, "1+2"},
		"path in capitals":      {[]string{thread("1", "", p), thread("2", "", "https://news.example/A")}, ""},
		"same identifier":       {[]string{thread("1", "x", p), thread("2", "x", p+"/")}, "1+2"},
		"different identifiers": {[]string{thread("1", "x", p), thread("2", "y", p)}, ""},
		"only one has one":      {[]string{thread("1", "", p), thread("2", "x", p)}, "1+2"},
		"A, none, B":            {[]string{thread("1", "x", p), thread("2", "", p), thread("3", "y", p)}, "1+2"},
		"B, A, none":            {[]string{thread("1", "y", p), thread("2", "x", p), thread("3", "", p)}, "1+3"},
		"none, A, B, none":      {[]string{thread("1", "", p), thread("2", "x", p), thread("3", "y", p), thread("4", "", p)}, "1+2+4"},
		"identifier, two URLs":  {[]string{thread("1", "x", p), thread("2", "x", p+"/moved")}, ""},
		"identifier, two hosts": {[]string{thread("1", "x", p), thread("2", "x", "https://old.example/a")}, ""},
		"relative":              {[]string{thread("1", "x", p), thread("2", "x", "/a"), thread("3", "y", "/a"), thread("4", "y", "")}, "1+2 3+4"},
		"relative, two hosts":   {[]string{thread("1", "x", "https://old.example/a"), thread("2", "x", p), thread("3", "x", "a.html")}, "2+3"},
		"no URL at all":         {[]string{thread("1", "x", p), thread("2", "x", "http://news.example%zz/a"), thread("3", "x", "mailto:a@news.example")}, "1+2+3"},
		"title as identifier":   {[]string{thread("1", "A title", p), thread("2", "A title", p), thread("3", "A title", p+"/2")}, "1+2"},
		"URL as identifier":     {[]string{thread("1", p, p), thread("2", p, "http://news.example/a"), thread("3", "12 "+p, p)}, "1+2"},
		"deleted":               {[]string{thread("1", "", p, gone), thread("2", "", p)}, "1+2"},
		"padded":                {[]string{thread("1", "\n\tx\n", "\n\t"+p+"\n"), thread("2", "x", p)}, "1+2"},
	}
	a := newArchive(t, storetest.SQLite(t))
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			r := a.take(t, export(test.threads...), moderation.ImportOptions{DryRun: true})
			if got := merges(r); got != test.want || r.Threads.Total != len(test.threads) {
				t.Errorf("of %d threads, %q became one, want %q", r.Threads.Total, got, test.want)
			}
		})
	}
}

// read returns what readers see of a page: the text ids of its comments.
func (a *archive) read(t testing.TB, ref models.ArticleRef, around string) (ids []string, closed bool) {
	t.Helper()
	enc := moderation.Encoder{Name: "contract", ContentType: "application/json", Encode: func(th moderation.Thread) ([]byte, error) {
		out := struct {
			IDs    []string
			Closed bool
		}{IDs: []string{}}
		for _, c := range th.Comments {
			out.IDs = append(out.IDs, strings.TrimPrefix(c.ExternalID, "disqus:"))
		}
		out.Closed = th.Article != nil && th.Article.Closed
		return json.Marshal(out)
	}}
	q := moderation.ThreadQuery{Site: "news", Article: ref, Around: around}
	if around != "" {
		q.Limit = 1
	}
	p, err := a.Thread(t.Context(), q, enc)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		IDs    []string
		Closed bool
	}
	if err := json.Unmarshal(p.Plain, &got); err != nil {
		t.Fatal(err)
	}
	return got.IDs, got.Closed
}

// TestImport_Leads: a page finds its comments by the names that its thread had,
// whatever other thread of the file has one of them too.
func TestImport_Leads(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		a.take(t, export(
			thread("2", "", "http://www.news.example/a/"), thread("1", "A", page), thread("3", "B", page),
			thread("4", "moved", "https://news.example/old"), thread("5", "moved", "https://news.example/new"),
			thread("6", "rel", "/rel"), thread("7", "js", "javascript:alert(1)"),
			// B's post comes first: its article is stored first.
			post("30", "3", "", "on B"), post("10", "1", "", "on A"), post("20", "2", "", "on neither"),
			post("40", "4", "", "old"), post("50", "5", "", "new"), post("60", "6", "", "rel"), post("70", "7", "", "js"),
		), moderation.ImportOptions{})
		for _, test := range []struct{ id, url, want string }{
			{"A", page, "10 20"}, {"B", page, "30"}, {"", page, "10 20"}, {"", "http://news.example/a/", "10 20"}, {"unknown", page, "10 20"},
			{"moved", "https://news.example/old", "40"}, {"", "https://news.example/new", "50"}, {"rel", "https://news.example/rel", "60"}, {"js", "", "70"},
		} {
			if got, _ := a.read(t, models.ArticleRef{ID: test.id, URL: test.url}, ""); strings.Join(got, " ") != test.want {
				t.Errorf("the page %q, %q shows %v, want %s", test.id, test.url, got, test.want)
			}
		}
		for _, anchor := range []string{"20", "disqus:20"} {
			if got, _ := a.read(t, models.ArticleRef{URL: page}, anchor); !slices.Equal(got, []string{"20"}) {
				t.Errorf("around %s there is %v", anchor, got)
			}
		}
		posts, _, err := a.DisqusPosts(t.Context(), moderation.DisqusQuery{Site: "news"})
		if err != nil {
			t.Fatal(err)
		}
		for _, p := range posts {
			if link := p.Thread.URL; link != "" && !strings.HasPrefix(link, "http") {
				t.Errorf("programs are sent to %q", link)
			}
		}
	})
}

// TestImport_Closed: closed threads stay closed, deleted ones close nothing, and
// what a moderator did since is left as it is.
func TestImport_Closed(t *testing.T) {
	u := func(name string) string { return "https://news.example/" + name }
	eachArchive(t, func(t *testing.T, a *archive) {
		own := moderation.Submission{Site: "news", Article: models.ArticleRef{URL: u("own")}, Text: "Before the import", Name: "Rita", Key: "key-of-our-own"}
		if _, err := a.Submit(t.Context(), own); err != nil {
			t.Fatal(err)
		}
		file := export(thread("1", "", u("both")), thread("2", "", u("both/"), closed), thread("3", "", u("gone"), closed, gone), thread("4", "", u("gone/")),
			thread("5", "", u("own"), closed), thread("6", "", u("open")),
			post("10", "1", "", "One"), post("20", "2", "", "Two"), post("40", "4", "", "Four"), post("50", "5", "", "Five"), post("60", "6", "", "Six"))
		a.take(t, file, moderation.ImportOptions{})
		for name, want := range map[string]bool{"both": true, "gone": false, "own": true, "open": false} {
			if _, got := a.read(t, models.ArticleRef{URL: u(name)}, ""); got != want {
				t.Errorf("%s: closed is %v, want %v", name, got, want)
			}
		}
		stored, err := a.store.Article(t.Context(), a.comment(t, "20").ArticleID)
		if err != nil {
			t.Fatal(err)
		}
		open := false
		if _, err := a.PatchArticle(t.Context(), models.Moderator{Role: models.RoleAdmin}, stored.Key(), moderation.ArticlePatch{Closed: &open}); err != nil {
			t.Fatal(err)
		}
		a.take(t, file, moderation.ImportOptions{})
		if _, closed := a.read(t, models.ArticleRef{URL: u("both")}, ""); closed {
			t.Error("a second import closed what a moderator had opened")
		}
	})
}

// TestImport_Flawed: a thread whose date or link cannot be read keeps its posts.
func TestImport_Flawed(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	r := a.take(t, export(
		`<thread dsq:id="1"><id></id><link>`+page+`</link><createdAt>yesterday</createdAt></thread>`,
		`<thread dsq:id="2"><id>b</id><link>`+strings.Repeat("x", 20<<10)+`</link></thread>`,
		`<thread dsq:id="3"><link>https://news.example/c</link><isDeleted>perhaps</isDeleted></thread>`,
		post("10", "1", "", "One"), post("20", "2", "", "Two"), post("30", "3", "", "Three"),
	), moderation.ImportOptions{})
	if r.Posts.Approved != 2 || r.Posts.Orphaned != 1 || r.Threads.Total != 3 {
		t.Errorf("report %+v, %+v", r.Posts, r.Threads)
	}
	if got, want := codes(r), "2 1 bad-date, 3 2 too-large, 4 3 bad-flag, 7 30 thread-missing"; got != want {
		t.Errorf("problems are %q, want %q", got, want)
	}
}

// TestImport_Times: times are exact, whatever form they have.
func TestImport_Times(t *testing.T) {
	for text, want := range map[string]string{
		"2014-01-01T11:00:00Z":         "2014-01-01T11:00:00Z",
		"2014-01-01T11:00:00":          "2014-01-01T11:00:00Z",
		"2014-01-01 11:00:00":          "2014-01-01T11:00:00Z",
		"\n\t2014-01-01T11:00:00Z\n\t": "2014-01-01T11:00:00Z",
		"2014-01-01T11:00:00+05:30":    "2014-01-01T05:30:00Z",
		"2014-01-01T11:00:00+0530":     "2014-01-01T05:30:00Z",
		"2014-01-01T11:00:00.25Z":      "2014-01-01T11:00:00.25Z",
		"1969-12-31T23:59:59Z":         "1969-12-31T23:59:59Z",
		"1970-01-01T00:00:00Z":         "1970-01-01T00:00:00.001Z", // the tables hold 0 for an unknown time
		"9999-12-31T23:59:59Z":         "9999-12-31T23:59:59Z",
		"9999-12-31T23:59:59-01:00":    "",
		"0001-01-01T00:00:00Z":         "",
		"2014-02-30T00:00:00Z":         "",
		"1388574000":                   "",
		"2014-01-01":                   "",
	} {
		t.Run(text, func(t *testing.T) {
			a := newArchive(t, storetest.SQLite(t))
			r := a.take(t, export(thread("1", "", page), post("10", "1", "", "Hello", "<createdAt>"+text+"</createdAt>")), moderation.ImportOptions{})
			if want == "" {
				if r.Posts.Failed != 1 || codes(r) != "3 10 bad-date" {
					t.Errorf("report %+v, %s", r.Posts, codes(r))
				}
				return
			}
			if got := a.comment(t, "10").CreatedAt.Format("2006-01-02T15:04:05.999Z07:00"); got != want {
				t.Errorf("written at %s, want %s", got, want)
			}
		})
	}
}

// TestImport_Moderated: what a moderator decided after an import stands after the
// next one, and a deleted comment that came back there does not come back here.
func TestImport_Moderated(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		ada, err := a.AddModerator(t.Context(), models.Moderator{Email: "ada@news.example", Role: models.RoleAdmin})
		if err != nil {
			t.Fatal(err)
		}
		file := []string{thread("1", "", page), post("10", "1", "", "One"), post("11", "1", "", "Two", junk), post("12", "1", "10", "Three")}
		a.take(t, export(file...), moderation.ImportOptions{})
		for id, choice := range map[string]models.Choice{"10": models.ChooseRemove, "11": models.ChooseApprove} {
			c := a.comment(t, id)
			if _, err := a.Decide(t.Context(), ada, moderation.DecisionRequest{Comment: models.CommentID.Format(c.ID), Choice: choice, Version: c.Version}); err != nil {
				t.Fatal(err)
			}
		}
		r := a.take(t, export(append(file, post("13", "1", "10", "Four"))...), moderation.ImportOptions{})
		if r.Added != 1 || r.Unchanged != 3 || r.Posts.Approved != 3 || r.Posts.Spam != 1 {
			t.Errorf("%d added, %d unchanged, %+v", r.Added, r.Unchanged, r.Posts)
		}
		if got, want := a.shown(t, a.comment(t, "10").ArticleID), "[10] >12 >13 11"; got != want {
			t.Errorf("readers see %q, want %q", got, want)
		}
	})
}

// TestImportReport_Classes: the classes in the JSON are those of the contract and
// add up to the total, also when something waits for a moderator.
func TestImportReport_Classes(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	r := a.take(t, export(thread("1", "", page), thread("2", "", "http://localhost/a"), post("10", "1", "", "One"), post("11", "1", "", "Two", held),
		post("12", "1", "", "Three", gone), post("13", "1", "", "Four", junk), post("14", "9", "", "Five"), post("10", "1", "", "One"),
		post("15", "1", "", "Six", "<createdAt>x</createdAt>"), post("16", "2", "", "Seven")), moderation.ImportOptions{OriginsOnly: true})
	text, err := r.JSON()
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		Posts                              map[string]int
		Pending, Added, Unchanged, Skipped int
	}
	if err := json.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	sum := 0
	for name, n := range got.Posts {
		if name != "total" {
			sum += n
		}
	}
	if len(got.Posts) != 7 || sum != 8 || got.Posts["total"] != 8 || got.Posts["approved"] != 3 || got.Pending != 1 {
		t.Errorf("posts are %v, %d pending", got.Posts, got.Pending)
	}
	if got.Added != 4 || got.Skipped != 1 {
		t.Errorf("%d added, %d skipped", got.Added, got.Skipped)
	}
}

// TestImport_Images: pictures that go with the account at Disqus are listed.
func TestImport_Images(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	r := a.take(t, export(thread("1", "", page),
		post("10", "1", "", `<a href="https://uploads.disquscdn.com/images/a.jpg?x=1&amp;y=2"><img src="//a.disquscdn.com/get?url=b"></a>`),
		post("12", "1", "", `<a href="https://uploads.disquscdn.com/images/d.jpg">https://uploads.disquscdn.com/i...</a>`), // the text is cut, and no address
		post("11", "1", "", `<img src="https://elsewhere.example/disquscdn.com/c.png">`)), moderation.ImportOptions{DryRun: true})
	want := []moderation.ImportedImage{
		{Line: 3, ID: "10", URL: "//a.disquscdn.com/get?url=b"}, {Line: 3, ID: "10", URL: "https://uploads.disquscdn.com/images/a.jpg?x=1&y=2"},
		{Line: 4, ID: "12", URL: "https://uploads.disquscdn.com/images/d.jpg"},
	}
	slices.SortFunc(r.Images, func(a, b moderation.ImportedImage) int { return cmp.Compare(a.URL, b.URL) })
	if !slices.Equal(r.Images, want) {
		t.Errorf("images are %+v", r.Images)
	}
}

// TestImport_Cut: a file that breaks off at any place is refused with its place,
// and leaves nothing behind.
func TestImport_Cut(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	whole := strings.TrimSpace(export(thread("1", "a", page, closed), thread("2", "b", page+"/b"), post("10", "1", "", "<p>Hello</p>"), post("11", "1", "10", "Two"), post("12", "2", "", "Three")))
	for n := 0; n < len(whole); n += 97 {
		for name, file := range map[string]string{"plain": whole[:n], "packed": packed(whole[:n])} {
			r, err := a.Import(t.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "disqus"})
			if err == nil || r.Added != 0 || !strings.Contains(err.Error(), "line ") {
				t.Errorf("%s, cut at byte %d: %d added, error %v", name, n, r.Added, err)
			}
		}
	}
	if articles, _, err := a.Articles(t.Context(), "news", "", 10, ""); err != nil || len(articles) > 0 {
		t.Errorf("articles are left: %v, %v", articles, err)
	}
	a.check(t)
}

// TestImport_Names: names of every length and script are kept apart.
func TestImport_Names(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	long := strings.Repeat("ñ", 1000)
	a.take(t, export(thread("1", "", page),
		post("10", "1", "", "1", guest(long+"a", "")), post("11", "1", "", "2", guest(long+"b", "")), post("12", "1", "", "3", guest("سارة", "")),
		post("13", "1", "", "4", guest("", "")), post("14", "1", "", "5", "<author><name>Ann</name><isAnonymous>false</isAnonymous></author>"),
		post("15", "1", "", "6", guest("Ann", "")), post("16", "1", "", "7", guest("A&#7;n&#0;n", "")),
	), moderation.ImportOptions{})
	authors := map[int64]string{}
	for n := 10; n <= 16; n++ {
		id := fmt.Sprint(n)
		c := a.comment(t, id)
		if other, ok := authors[c.AuthorID]; ok {
			t.Errorf("%s and %s are one author", id, other)
		}
		authors[c.AuthorID] = id
		if strings.ContainsFunc(c.AuthorName, func(r rune) bool { return r < ' ' }) {
			t.Errorf("%s is called %q", id, c.AuthorName)
		}
	}
	if got := a.comment(t, "10").AuthorName; got != strings.Repeat("ñ", 120) {
		t.Errorf("the long name is %q", got)
	}
	if got := a.comment(t, "12").AuthorName; got != "سارة" {
		t.Errorf("the Arabic name is %q", got)
	}
}

// TestImport_LeadsToPosts: a name that a thread without posts shares with one that
// has some leads to the posts.
func TestImport_LeadsToPosts(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	a.take(t, export(
		thread("1", "empty", page), thread("2", "full", page), thread("3", "twice", "https://news.example/b"), thread("4", "twice", "https://old.example/b"),
		post("20", "2", "", "Two"), post("40", "4", "", "Four"),
	), moderation.ImportOptions{})
	for want, ref := range map[string]models.ArticleRef{"20": {URL: page}, "40": {ID: "twice"}} {
		if ids, _ := a.read(t, ref, ""); len(ids) != 1 || ids[0] != want {
			t.Errorf("%+v leads to %v, want %s", ref, ids, want)
		}
	}
}

// TestImport_LongNames: nobody's comment is lost because the name is long, and names
// that differ only behind what is shown stay two people.
func TestImport_LongNames(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	long := strings.Repeat("N", 10_000)
	r := a.take(t, export(thread("1", "", page), post("10", "1", "", "One", guest(long, "")), post("11", "1", "", "Two", guest(long+"x", ""))), moderation.ImportOptions{})
	if one, two := a.comment(t, "10"), a.comment(t, "11"); r.Added != 2 || one.AuthorID == two.AuthorID || len(one.AuthorName) != 240 {
		t.Errorf("%d added, authors %d and %d, name %q", r.Added, one.AuthorID, two.AuthorID, one.AuthorName)
	}
}
