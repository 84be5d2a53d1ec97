package moderation_test

import (
	"cmp"
	"context"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// export writes records as a Disqus export.
func export(records ...string) string {
	return `<?xml version="1.0" encoding="utf-8"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">` + "\n" +
		strings.Join(records, "\n") + "\n</disqus>\n"
}

// thread writes a thread; more are further elements.
func thread(id, ident, link string, more ...string) string {
	return fmt.Sprintf(`<thread dsq:id="%s"><id>%s</id><link>%s</link><title>Title &amp;amp; %s</title><createdAt>2014-01-01T00:00:00Z</createdAt>%s</thread>`,
		id, ident, strings.ReplaceAll(link, "&", "&amp;"), id, strings.Join(more, ""))
}

// post writes a post by a guest called Ann, unless more says otherwise.
func post(id, thread, parent, text string, more ...string) string {
	rest := strings.Join(more, "")
	if parent != "" {
		rest += fmt.Sprintf(`<parent dsq:id="%s"/>`, parent)
	}
	if !strings.Contains(rest, "<author>") {
		rest += guest("Ann", "")
	}
	if !strings.Contains(rest, "<createdAt>") {
		rest += at(id)
	}
	return fmt.Sprintf(`<post dsq:id="%s"><id/><message><![CDATA[%s]]></message><thread dsq:id="%s"/>%s</post>`, id, text, thread, rest)
}

// at is the time of the post with a number: one minute after the one before.
func at(id string) string {
	var n int
	_, _ = fmt.Sscan(id, &n)
	return when(time.Date(2014, 2, 1, 0, n, 0, 0, time.UTC))
}

func when(t time.Time) string { return "<createdAt>" + t.Format(time.RFC3339) + "</createdAt>" }

func guest(name, email string) string {
	return fmt.Sprintf("<author><name>%s</name><email>%s</email><isAnonymous>true</isAnonymous></author>", name, email)
}

func user(username, name string) string {
	return fmt.Sprintf("<author><name>%s</name><isAnonymous>false</isAnonymous><username>%s</username></author>", name, username)
}

const (
	gone   = "<isDeleted>true</isDeleted>"
	junk   = "<isSpam>true</isSpam>"
	closed = "<isClosed>true</isClosed>"
	held   = "<isApproved>false</isApproved>"
	page   = "https://news.example/a"
)

// archive is a site that files are imported into.
type archive struct {
	*moderation.Service
	store   *store.Store
	address string
}

// eachArchive runs a test on both databases.
func eachArchive(t *testing.T, test func(*testing.T, *archive)) {
	for name, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(name, func(t *testing.T) { test(t, newArchive(t, address(t))) })
	}
}

func newArchive(t testing.TB, address string) *archive {
	t.Helper()
	st := storetest.Open(t, address, store.Options{})
	s, err := moderation.New(t.Context(), st, moderation.Options{})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := s.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	if _, err := s.AddSite(t.Context(), moderation.NewSite{Key: "news", Name: "News", Origins: []string{"https://news.example"}, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	return &archive{s, st, address}
}

func from(file string) func() (io.ReadCloser, error) {
	return func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file)), nil }
}

// take imports a file and makes sure that the report adds up and that every
// number in the database is right.
func (a *archive) take(t testing.TB, file string, o moderation.ImportOptions) moderation.ImportReport {
	t.Helper()
	o.Site, o.Format = "news", cmp.Or(o.Format, "disqus")
	r, err := a.Import(t.Context(), from(file), o)
	if err != nil {
		t.Fatalf("import: %v", err)
	}
	p := r.Posts
	if sum := p.Approved + p.Pending + p.Deleted + p.Spam + p.Orphaned + p.Duplicate + p.Failed; sum != p.Total {
		t.Errorf("the classes add up to %d, not %d: %+v", sum, p.Total, p)
	}
	a.check(t)
	return r
}

func (a *archive) check(t testing.TB) {
	t.Helper()
	problems, err := a.Check(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range problems {
		t.Errorf("check: %s %d %s", p.What, p.ID, p.Detail)
	}
}

func (a *archive) comment(t testing.TB, id string) models.Comment {
	t.Helper()
	c, err := a.store.CommentByExternal(t.Context(), 1, "disqus:"+id)
	if err != nil {
		t.Fatalf("comment %s: %v", id, err)
	}
	return c
}

// shown lists what readers see of an article, as ids with their depth; a
// tombstone is in brackets.
func (a *archive) shown(t testing.TB, article int64) string {
	t.Helper()
	comments, err := a.store.ThreadOldest(t.Context(), article, nil, 100)
	if err != nil {
		t.Fatal(err)
	}
	var list []string
	for _, c := range comments {
		id := strings.Repeat(">", c.Depth) + strings.TrimPrefix(c.ExternalID, "disqus:")
		if c.Tombstone() {
			id = "[" + id + "]"
		}
		list = append(list, id)
	}
	return strings.Join(list, " ")
}

func codes(r moderation.ImportReport) string {
	var list []string
	for _, p := range r.Problems {
		list = append(list, fmt.Sprintf("%d %s %s", p.Line, p.ID, p.Code))
	}
	return strings.Join(list, ", ")
}

func TestImport_Classes(t *testing.T) {
	tests := map[string]struct {
		file     string
		want     moderation.ImportedPosts
		added    int
		problems string
	}{
		"nothing": {file: export()},
		"approved": {
			file: export(thread("1", "", page), post("10", "1", "", "Hello")),
			want: moderation.ImportedPosts{Total: 1, Approved: 1}, added: 1,
		},
		"thread after its posts": {
			file: export(post("10", "1", "", "Hello"), thread("1", "", page)),
			want: moderation.ImportedPosts{Total: 1, Approved: 1}, added: 1,
		},
		"every class": {
			file: export(thread("1", "", page),
				post("10", "1", "", "One"), post("11", "1", "", "Two", gone), post("12", "1", "", "Three", junk), post("13", "1", "", "Four", held),
				post("14", "9", "", "Five"), post("10", "1", "", "One"), post("15", "1", "", "Six", "<createdAt>yesterday</createdAt>")),
			want:  moderation.ImportedPosts{Total: 7, Approved: 1, Deleted: 1, Spam: 1, Pending: 1, Orphaned: 1, Duplicate: 1, Failed: 1},
			added: 4, problems: "7 14 thread-missing, 8 10 duplicate, 9 15 bad-date",
		},
		"the first class that fits": {
			file: export(thread("1", "", page), post("10", "1", "", "One", gone, junk), post("11", "9", "", "Two", gone), post("12", "1", "", "Three", junk, held)),
			want: moderation.ImportedPosts{Total: 3, Deleted: 1, Orphaned: 1, Spam: 1}, added: 2, problems: "4 11 thread-missing",
		},
		"no thread named": {
			file: export(`<post dsq:id="10"><message>Hello</message></post>`),
			want: moderation.ImportedPosts{Total: 1, Orphaned: 1}, problems: "2 10 no-thread",
		},
		"thread without a name": {
			file: export(thread("1", "", "/a"), post("10", "1", "", "Hello")),
			want: moderation.ImportedPosts{Total: 1, Orphaned: 1}, problems: "3 10 no-page",
		},
		"deleted thread": {
			file: export(thread("1", "", page, gone), post("10", "1", "", "Hello"), post("11", "1", "", "Spam", junk)),
			want: moderation.ImportedPosts{Total: 2, Deleted: 2}, added: 2,
		},
		"equal posts": {
			file: export(thread("1", "", page), post("10", "1", "", "Same", at("1")), post("11", "1", "", "Same", at("1")), post("12", "1", "", "Same", at("1"))),
			want: moderation.ImportedPosts{Total: 3, Approved: 1, Duplicate: 2}, added: 1, problems: "4 11 duplicate, 5 12 duplicate",
		},
		"nearly equal posts": {
			file: export(thread("1", "", page), thread("2", "", page+"/2"),
				post("10", "1", "", "Same", at("1")), post("11", "1", "", "Other", at("1")), post("12", "1", "", "Same", at("2")),
				post("13", "1", "", "Same", at("1"), guest("Ann", "ann@mail.example")), post("14", "1", "10", "Same", at("1")),
				post("15", "2", "", "Other", at("7"))),
			want: moderation.ImportedPosts{Total: 6, Approved: 6}, added: 6,
		},
		"a branch that stands twice": {
			file: export(thread("1", "", page), post("10", "1", "", "Same", at("1")), post("11", "1", "", "Same", at("1")),
				post("12", "1", "10", "Reply", at("2")), post("13", "1", "11", "Reply", at("2"))),
			want: moderation.ImportedPosts{Total: 4, Approved: 2, Duplicate: 2}, added: 2, problems: "4 11 duplicate, 6 13 duplicate",
		},
		"a public post is no duplicate of a hidden one": {
			file: export(thread("1", "", page), post("10", "1", "", "Same", at("1"), gone), post("11", "1", "", "Same", at("1")), post("12", "1", "", "Same", at("1"), junk)),
			want: moderation.ImportedPosts{Total: 3, Approved: 1, Deleted: 1, Spam: 1}, added: 3,
		},
		"the same id again": {
			file: export(thread("1", "", page), post("10", "1", "", "One"), post("10", "1", "", "Two", gone), post("10", "9", "", "Three")),
			want: moderation.ImportedPosts{Total: 3, Approved: 1, Deleted: 1, Orphaned: 1}, added: 1, problems: "5 10 thread-missing",
		},
		"equal posts on two pages": {
			file: export(thread("1", "", page), thread("2", "", "https://old.example/a"), post("10", "1", "", "Same", at("1")), post("11", "2", "", "Same", at("1"))),
			want: moderation.ImportedPosts{Total: 2, Approved: 2}, added: 2, problems: "4  moved-site",
		},
		"parent missing": {
			file: export(thread("1", "", page), thread("2", "", page+"/2"), post("10", "1", "7", "One"), post("11", "2", "10", "Two")),
			want: moderation.ImportedPosts{Total: 2, Approved: 2}, added: 2, problems: "4 10 parent-missing, 5 11 parent-missing",
		},
		"parents in a circle": {
			file: export(thread("1", "", page), post("10", "1", "11", "One"), post("11", "1", "10", "Two"), post("12", "1", "12", "Three"), post("13", "1", "11", "Four")),
			want: moderation.ImportedPosts{Total: 4, Approved: 4}, added: 4, problems: "3 10 parent-circle, 5 12 parent-circle",
		},
		"no time": {
			file: export(thread("1", "", page), post("10", "1", "", "One", "<createdAt></createdAt>")),
			want: moderation.ImportedPosts{Total: 1, Approved: 1}, added: 1,
		},
		"too large, too many parts": {
			file: export(thread("1", "", page), post("10", "1", "", strings.Repeat("x", 65<<10)), post("11", "1", "", strings.Repeat("<p>x", 5000))),
			want: moderation.ImportedPosts{Total: 2, Approved: 1, Failed: 1}, added: 1, problems: "3 10 too-large",
		},
	}
	eachArchive(t, func(t *testing.T, a *archive) {
		for i, name := range slices.Sorted(maps.Keys(tests)) {
			test := tests[name]
			t.Run(name, func(t *testing.T) {
				// Pages and ids of their own for each test, on one database.
				own := strings.NewReplacer(`dsq:id="`, fmt.Sprintf(`dsq:id="%d-`, i), "example/a", fmt.Sprintf("example/a%d", i))
				file := own.Replace(test.file)
				problems := strings.ReplaceAll(test.problems, fmt.Sprintf("%d-", i), "")
				for _, o := range []moderation.ImportOptions{{DryRun: true}, {}, {}, {DryRun: true}} {
					r := a.take(t, file, o)
					if r.Posts != test.want {
						t.Errorf("posts are\n%+v, want\n%+v", r.Posts, test.want)
					}
					if r.Added+r.Unchanged != test.added || r.DryRun != o.DryRun {
						t.Errorf("%d added, %d unchanged, want %d together", r.Added, r.Unchanged, test.added)
					}
					if got := strings.ReplaceAll(codes(r), fmt.Sprintf(" %d-", i), " "); got != problems {
						t.Errorf("problems are %q, want %q", got, problems)
					}
				}
				if r := a.take(t, file, moderation.ImportOptions{}); r.Added != 0 {
					t.Errorf("a further import added %d", r.Added)
				}
			})
		}
	})
}

func TestImport_Comments(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		a.take(t, export(thread("1", "story-1", page, closed),
			post("10", "1", "", "<p>First <b>line</b></p>", guest("O'Neil &lt;3 ？", "o@mail.example")),
			post("11", "1", "10", "", gone, guest("", "")),
			post("12", "1", "11", "Below a deleted one", user("reader_1", "Reader")),
			post("13", "1", "", "Buy", junk),
			post("14", "1", "13", "Gone too", gone),
			post("15", "1", "", "Held", held),
			post("16", "1", "12", "By nobody", user("reader_2", "")),
		), moderation.ImportOptions{})
		first, reply := a.comment(t, "10"), a.comment(t, "12")
		if got, want := a.shown(t, first.ArticleID), "10 [>11] >>12 >>>16"; got != want {
			t.Errorf("readers see %q, want %q", got, want)
		}
		if first.Text != "<p>First <b>line</b></p>" || first.Format != models.HTML || first.HTML != "<p>First <strong>line</strong></p>" {
			t.Errorf("text %q, HTML %q", first.Text, first.HTML)
		}
		if want := time.Date(2014, 2, 1, 0, 10, 0, 0, time.UTC); !first.CreatedAt.Equal(want) || !first.ChangedAt.Equal(want) {
			t.Errorf("written at %v, changed at %v, want %v", first.CreatedAt, first.ChangedAt, want)
		}
		if first.AuthorName != "O'Neil <3 ？" || !first.Reviewed || first.Lane != models.NoLane || first.ExternalID != "disqus:10" {
			t.Errorf("comment is %+v", first)
		}
		if c := a.comment(t, "15"); c.Status != models.Pending || c.Lane != models.LanePending || c.Reviewed {
			t.Errorf("held comment is %+v", c)
		}
		if c := a.comment(t, "16"); c.AuthorName != "reader_2" {
			t.Errorf("a user without a name is called %q", c.AuthorName)
		}
		if spam, deleted := a.comment(t, "13"), a.comment(t, "14"); spam.Status != models.Spam || deleted.Status != models.Deleted || deleted.ParentID != spam.ID {
			t.Errorf("hidden comments are %+v, %+v", spam, deleted)
		}
		author, err := a.store.Author(t.Context(), reply.AuthorID)
		if err != nil || author.Kind != "imported" || author.Name != "Reader" || author.Approved != 1 {
			t.Errorf("author is %+v, %v", author, err)
		}
		stored, err := a.store.Article(t.Context(), first.ArticleID)
		if err != nil || !stored.Closed || stored.Approved != 3 || stored.Pending != 1 || stored.Title != "Title & 1" || stored.Ident != "story-1" || stored.URL != page {
			t.Errorf("article is %+v, %v", stored, err)
		}
	})
}

func TestImport_Authors(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	a.take(t, export(thread("1", "", page),
		post("10", "1", "", "1", guest("Ann", "ann@mail.example")), post("11", "1", "", "2", guest("Ann", "ANN@mail.example")),
		post("12", "1", "", "3", guest("Ann", "other@mail.example")), post("13", "1", "", "4", guest("Ann", "")),
		post("14", "1", "", "5", user("ann", "Ann")), post("15", "1", "", "6", user("ann", "Ann B.")), post("16", "1", "", "7", user("ann2", "Ann")),
		post("17", "1", "", "8", guest("Bob", "bob@wordpress.disqus.net")),
	), moderation.ImportOptions{})
	groups := map[int64][]string{}
	for _, id := range []string{"10", "11", "12", "13", "14", "15", "16"} {
		c := a.comment(t, id)
		groups[c.AuthorID] = append(groups[c.AuthorID], id)
	}
	var got []string
	for _, ids := range groups {
		got = append(got, strings.Join(ids, "+"))
	}
	slices.Sort(got)
	if want := []string{"10+11", "12", "13", "14+15", "16"}; !slices.Equal(got, want) {
		t.Errorf("authors wrote %v, want %v", got, want)
	}
	if c := a.comment(t, "15"); c.AuthorName != "Ann B." {
		t.Errorf("a comment lost the name it was written under: %q", c.AuthorName)
	}
	if bob, err := a.store.Author(t.Context(), a.comment(t, "17").AuthorID); err != nil || bob.Email != "" {
		t.Errorf("an address that nobody reads was kept: %+v, %v", bob, err)
	}
}

func TestImport_Threads(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		r := a.take(t, export(
			thread("1", "", "http://www.news.example/a/"), thread("2", "", "https://news.example/a?utm_source=x&fbclid=y#comments"), thread("3", "id-a", "https://news.example/a/index.html"),
			thread("4", "id-b", "https://news.example/a"), thread("5", "", "https://news.example/?p=1"), thread("6", "", "https://news.example/?p=2"),
			thread("7", "rel", "/a"), thread("8", "odd", "http://news.example%zz/a"), thread("9", "", "http://localhost:4000/a"), thread("11", "", "https://news.example/none", closed),
			thread("12", "id-a", "http://localhost:4000/a-draft"), thread("1", "", page),
			post("29", "12", "", "j"), post("20", "1", "", "a"), post("21", "2", "20", "b"), post("22", "3", "21", "c"), post("23", "4", "", "d"), post("24", "5", "", "e"), post("25", "6", "", "f"),
			post("26", "7", "", "g"), post("27", "8", "", "h"), post("28", "9", "", "i"),
		), moderation.ImportOptions{})
		if r.Threads.Total != 12 || r.Threads.Articles != 8 || r.Threads.Empty != 1 || r.Threads.Closed != 1 {
			t.Errorf("threads are %+v", r.Threads)
		}
		if m := r.Threads.Merged; len(m) != 1 || !slices.Equal(m[0].Threads, []string{"1", "2", "3"}) || m[0].Posts != 3 || m[0].ID != "id-a" {
			t.Errorf("merged are %+v", m)
		}
		if f := r.Threads.Foreign; len(f) != 2 || f[0].URL != "http://localhost:4000/a" || f[1].URL != "http://localhost:4000/a-draft" {
			t.Errorf("foreign are %+v", f)
		}
		if got, want := a.shown(t, a.comment(t, "20").ArticleID), "20 >21 >>22"; got != want {
			t.Errorf("readers see %q, want %q", got, want)
		}
		for id, name := range map[string]store.Alias{
			"20": {SiteID: 1, Kind: store.AliasIdent, Value: "id-a"}, "23": {SiteID: 1, Kind: store.AliasIdent, Value: "id-b"},
			"21": {SiteID: 1, Kind: store.AliasURL, Value: "https://news.example/a?utm_source=x&fbclid=y"},
			"22": {SiteID: 1, Kind: store.AliasNormalised, Value: "news.example/a"}, "24": {SiteID: 1, Kind: store.AliasNormalised, Value: "news.example?p=1"},
			"26": {SiteID: 1, Kind: store.AliasIdent, Value: "rel"}, "27": {SiteID: 1, Kind: store.AliasImported, Value: "disqus:8"},
			"28": {SiteID: 1, Kind: store.AliasNormalised, Value: "localhost:4000/a"}, "29": {SiteID: 1, Kind: store.AliasImported, Value: "disqus:12"},
		} {
			found, err := a.store.Aliases(t.Context(), []store.Alias{name})
			if want := a.comment(t, id).ArticleID; err != nil || found[name] != want {
				t.Errorf("%v leads to %v, want %d (%v)", name, found, want, err)
			}
		}
	})
}

func TestImport_OriginsOnly(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	file := export(thread("1", "", page), thread("2", "", "http://localhost:4000/a"), post("10", "1", "", "a"), post("11", "2", "", "b"), post("12", "2", "", "c", gone))
	r := a.take(t, file, moderation.ImportOptions{OriginsOnly: true})
	if r.Added != 1 || r.Skipped != 2 || r.Unchanged != 0 || r.Posts.Approved != 2 {
		t.Errorf("report is %+v", r)
	}
	if r = a.take(t, file, moderation.ImportOptions{OriginsOnly: true}); r.Added != 0 || r.Skipped != 2 || r.Unchanged != 1 {
		t.Errorf("second report is %+v", r)
	}
	if r = a.take(t, file, moderation.ImportOptions{}); r.Added != 2 || r.Unchanged != 1 {
		t.Errorf("report without the option is %+v", r)
	}
}

// TestImport_Duplicate makes sure that what answers a duplicate is kept with
// the comment that is kept, and that both ids lead there.
func TestImport_Duplicate(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		a.take(t, export(thread("1", "", page), post("10", "1", "", "Same", at("1")), post("11", "1", "", "Same", at("1")), post("12", "1", "11", "Reply")), moderation.ImportOptions{})
		if got, want := a.shown(t, a.comment(t, "10").ArticleID), "10 >12"; got != want {
			t.Errorf("readers see %q, want %q", got, want)
		}
		if a.comment(t, "11").ID != a.comment(t, "10").ID {
			t.Error("the duplicate's id leads elsewhere")
		}
	})
}

// TestImport_Order has replies before what they answer.
func TestImport_Order(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	file := []string{thread("1", "", page)}
	for i := 2500; i > 0; i-- { // a chain from the last to the first, over several transactions
		parent := ""
		if i > 1 {
			parent = fmt.Sprint(i - 1)
		}
		file = append(file, post(fmt.Sprint(i), "1", parent, "Reply"))
	}
	r := a.take(t, export(file...), moderation.ImportOptions{})
	if r.Added != 2500 || len(r.Problems) > 0 {
		t.Errorf("%d added, problems %v", r.Added, codes(r))
	}
	if last, before := a.comment(t, "2500"), a.comment(t, "2499"); last.ParentID != before.ID || last.Depth != models.MaxDepth {
		t.Errorf("the last is %+v", last)
	}
}

// TestImport_Circles: of each circle of parents the first post becomes a root, and
// whatever hangs on a circle stays where it is.
func TestImport_Circles(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	r := a.take(t, export(thread("1", "", page),
		post("10", "1", "12", "Hangs on the circle, before it"), post("11", "1", "13", "A"), post("12", "1", "11", "B"), post("13", "1", "12", "C"),
		post("14", "1", "14", "Itself"), post("15", "1", "16", "Answers what answers itself"), post("16", "1", "14", "Answers itself"),
	), moderation.ImportOptions{})
	if got, want := codes(r), "4 11 parent-circle, 7 14 parent-circle"; got != want {
		t.Errorf("problems are %q, want %q", got, want)
	}
	for id, parent := range map[string]string{"10": "12", "12": "11", "13": "12", "15": "16", "16": "14"} {
		if c := a.comment(t, id); c.ParentID != a.comment(t, parent).ID {
			t.Errorf("%s does not answer %s", id, parent)
		}
	}
	for _, id := range []string{"11", "14"} {
		if c := a.comment(t, id); c.ParentID != 0 {
			t.Errorf("%s answers %d", id, c.ParentID)
		}
	}
}

// TestImport_DuplicateOrder: of equal posts the first of the file is kept, also when
// the parent that it names is equal to another one and stands behind it.
func TestImport_DuplicateOrder(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	r := a.take(t, export(thread("1", "", page),
		post("10", "1", "", "Root", at("1")), post("20", "1", "40", "Same", at("2")), post("30", "1", "10", "Same", at("2")),
		post("31", "1", "30", "Reply"), post("40", "1", "", "Root", at("1"))), moderation.ImportOptions{})
	if got, want := codes(r), "5 30 duplicate, 7 40 duplicate"; got != want {
		t.Errorf("problems are %q, want %q", got, want)
	}
	if c := a.comment(t, "31"); c.ParentID != a.comment(t, "20").ID || a.comment(t, "20").ParentID != a.comment(t, "10").ID {
		t.Errorf("the reply stands below %d", c.ParentID)
	}
}
