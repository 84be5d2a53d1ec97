package moderation_test

import (
	"errors"
	"fmt"
	"os"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

func readFile(t testing.TB, name string) string {
	t.Helper()
	content, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return string(content)
}

// stored is a comment by its whole external id.
func (a *archive) stored(t testing.TB, external string) models.Comment {
	t.Helper()
	site, err := a.Site(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	c, err := a.store.CommentByExternal(t.Context(), site.ID, external)
	if err != nil {
		t.Fatalf("%s: %v", external, err)
	}
	return c
}

// states lists comments as id:status, those of a page in the order of ids.
func (a *archive) states(t testing.TB, externals ...string) string {
	t.Helper()
	var list []string
	for _, id := range externals {
		list = append(list, id[strings.LastIndexByte(id, ':')+1:]+" "+a.stored(t, id).Status.String())
	}
	return strings.Join(list, ", ")
}

func TestImportWordPress(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		file := readFile(t, "wordpress.xml")
		for i, o := range []moderation.ImportOptions{{DryRun: true}, {}, {}} {
			o.Format = "wordpress"
			r := a.take(t, file, o)
			if want := (moderation.ImportedPosts{Total: 7, Approved: 3, Pending: 1, Deleted: 1, Spam: 1, Failed: 1}); r.Posts != want {
				t.Errorf("posts are %+v", r.Posts)
			}
			if want := []int{6, 6, 0}[i]; r.Added != want || r.Added+r.Unchanged != 6 {
				t.Errorf("run %d added %d, %d unchanged", i, r.Added, r.Unchanged)
			}
			if got := codes(r); got != "123 107 left-out, 133 108 bad-date" {
				t.Errorf("problems: %s", got)
			}
			if r.Threads.Total != 2 || r.Threads.Closed != 1 || r.Threads.Articles != 1 || r.Threads.Empty != 1 {
				t.Errorf("threads: %+v", r.Threads)
			}
		}
		if got, want := a.states(t, "wordpress:101", "wordpress:102", "wordpress:103", "wordpress:104", "wordpress:105", "wordpress:106"),
			"101 approved, 102 approved, 103 pending, 104 spam, 105 removed, 106 approved"; got != want {
			t.Errorf("states: %s", got)
		}
		first, reply := a.stored(t, "wordpress:101"), a.stored(t, "wordpress:102")
		if want := "<p>First line<br>Second <strong>line</strong> &amp; more</p><p>A new paragraph</p>"; first.HTML != want {
			t.Errorf("HTML is %q", first.HTML)
		}
		if want := "<blockquote><p>First line</p></blockquote><p>We know<br>of it</p>"; reply.HTML != want {
			t.Errorf("HTML is %q", reply.HTML)
		}
		if reply.ParentID != first.ID || reply.AuthorName != "The Desk" {
			t.Errorf("the reply is %+v", reply)
		}
		if a.stored(t, "disqus:4400002").ID != reply.ID {
			t.Error("the id that Disqus gave it does not lead to the reply")
		}
		if held := a.stored(t, "wordpress:103"); held.AuthorID == first.AuthorID || held.Lane != models.LanePending {
			t.Errorf("the held comment is by %d in lane %v; the first by %d", held.AuthorID, held.Lane, first.AuthorID)
		}
	})
}

// Every name that a page of WordPress has leads to its comments, and a closed one
// stays closed.
func TestImportWordPress_names(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	a.take(t, readFile(t, "wordpress.xml"), moderation.ImportOptions{Format: "wordpress"})
	for name, ref := range map[string]models.ArticleRef{
		"address":    {URL: "http://www.news.example/2019/04/harbour?utm_source=x"},
		"guid":       {URL: "https://news.example/?p=12"},
		"plugin's":   {ID: "12 https://news.example/?p=12", URL: "https://news.example/elsewhere"},
		"post's id":  {ID: "12", URL: "https://news.example/elsewhere"},
		"closed one": {ID: "13 https://news.example/?p=13"},
	} {
		var got string
		_, err := a.Thread(t.Context(), moderation.ThreadQuery{Site: "news", Article: ref}, moderation.Encoder{Name: name, ContentType: "text/plain",
			Encode: func(th moderation.Thread) ([]byte, error) {
				got = fmt.Sprint(th.Article.Closed, th.Article.Approved)
				return []byte(got), nil
			}})
		if err != nil {
			t.Fatal(err)
		}
		if want := map[bool]string{true: "true 0", false: "false 3"}[name == "closed one"]; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// A site that has both an export of Disqus and one of its WordPress gets each
// comment once, whichever comes first.
func TestImportWordPress_meetsDisqus(t *testing.T) {
	disqus := export(thread("7300001", "", "https://old.example/x"), post("4400002", "7300001", "", "We know of it"), post("4400003", "7300001", "4400002", "New"))
	for _, first := range []string{"disqus", "wordpress"} {
		a := newArchive(t, storetest.SQLite(t))
		second := map[string]string{"disqus": "wordpress", "wordpress": "disqus"}[first]
		files := map[string]string{"disqus": disqus, "wordpress": readFile(t, "wordpress.xml")}
		one := a.take(t, files[first], moderation.ImportOptions{Format: first})
		two := a.take(t, files[second], moderation.ImportOptions{Format: second})
		if one.Added+two.Added != 7 || two.Unchanged != 1 {
			t.Errorf("%s first: %d and %d added, %d unchanged", first, one.Added, two.Added, two.Unchanged)
		}
		if a.stored(t, "wordpress:102").ID != a.stored(t, "disqus:4400002").ID || a.stored(t, "disqus:4400003").ParentID != a.stored(t, "wordpress:102").ID {
			t.Errorf("%s first: one comment became two", first)
		}
		if a.stored(t, "wordpress:101").ArticleID != a.stored(t, "disqus:4400003").ArticleID {
			t.Errorf("%s first: one page became two", first)
		}
	}
}

func TestImportWordPress_refused(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	whole := readFile(t, "wordpress.xml")
	for name, test := range map[string]struct{ file, want string }{
		"truncated":   {whole[:len(whole)/2], "line 79"},
		"no end":      {strings.TrimSuffix(whole, "</rss>\n"), "truncated"},
		"a feed":      {strings.ReplaceAll(whole, "wp:wxr_version", "wp:other"), "this is a feed"},
		"a web page":  {"<html></html>", "web page"},
		"Disqus":      {full, "an export of Disqus"},
		"DOCTYPE":     {`<!DOCTYPE rss [<!ENTITY x "y">]>` + whole, "DOCTYPE"},
		"nested deep": {strings.Replace(whole, "<description>", strings.Repeat("<a>", 40), 1), "nested deeper"},
		"empty":       {"", "empty"},
	} {
		r, err := a.Import(t.Context(), from(test.file), moderation.ImportOptions{Site: "news", Format: "wordpress"})
		var syntax *intake.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || r.Added != 0 {
			t.Errorf("%s: %v, %d added", name, err, r.Added)
		}
	}
	if out := a.written(t, "postbag"); strings.Contains(out, `"type":"article"`) {
		t.Error("a refused file left something behind")
	}
}

// Two blogs number their comments from 1. The second one is not taken for the
// first, and with a name of its own it comes in whole.
func TestImportWordPress_twoBlogs(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	file := readFile(t, "wordpress.xml")
	a.take(t, file, moderation.ImportOptions{Format: "wordpress"})
	other := strings.NewReplacer("Ann", "Amy", "2019-04-01", "2020-04-01", "dsq_", "x_", "news.example/", "news.example/sport/", "news.example<", "news.example/sport<").Replace(file)
	r := a.take(t, other, moderation.ImportOptions{Format: "wordpress"})
	if r.Added != 0 || strings.Count(codes(r), "differs") != 6 {
		t.Errorf("%d added, problems %s", r.Added, codes(r))
	}
	for i, want := range []int{6, 0} {
		if r := a.take(t, other, moderation.ImportOptions{Format: "wordpress", Source: "sport"}); r.Added != want || strings.Contains(codes(r), "differs") {
			t.Errorf("run %d added %d, problems %s", i, r.Added, codes(r))
		}
	}
	if a.stored(t, "wordpress-sport:101").ArticleID == a.stored(t, "wordpress:101").ArticleID {
		t.Error("pages of two blogs became one")
	}
	if _, err := a.Import(t.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "wordpress", Source: "a b"}); models.CodeOf(err) != models.CodeInvalid {
		t.Errorf("a bad source: %v", err)
	}
}
