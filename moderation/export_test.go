package moderation_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/disqus"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// written is one export.
func (a *archive) written(t testing.TB, format string) string {
	t.Helper()
	var b bytes.Buffer
	if err := a.Export(t.Context(), moderation.ExportRequest{Site: "news", Format: format}, &b, nil); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// records are the threads and posts of an export.
func records(t testing.TB, file string) (threads []*disqus.Thread, posts []*disqus.Post) {
	t.Helper()
	r, err := disqus.NewReader(strings.NewReader(file), disqus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for {
		record, err := r.Next()
		if err == io.EOF {
			return threads, posts
		}
		if err != nil {
			t.Fatal(err)
		}
		switch record := record.(type) {
		case *disqus.Thread:
			record.Line = 0
			threads = append(threads, record)
		case *disqus.Post:
			record.Line = 0
			posts = append(posts, record)
		}
	}
}

// full has a bit of everything that an import takes over.
var full = export(
	thread("1", "id-a", page),
	thread("2", "", "http://www.news.example/a/"),
	thread("3", "", "https://news.example/q?p=1&x=%zz", closed),
	thread("4", "id-d", "/relative", closed),
	thread("5", "", "https://elsewhere.example/e"),
	post("1", "1", "", "<p>First &amp; <b>bold</b>]]&gt;</p>"),
	post("2", "1", "1", "Gone", gone),
	post("3", "2", "2", "Below the gone one"),
	post("4", "1", "", "Pills", junk),
	post("5", "1", "3", "Held", held, user("ben", "Ben B.")),
	post("6", "3", "", "By one Ann", guest("Ann", "ann@a.example")),
	post("7", "3", "6", "By another", guest("Ann", "x1@wordpress.disqus.net")),
	post("8", "4", "", "By a user without a name", user("cleo", "")),
	post("9", "5", "", "Twice", at("9")),
	post("10", "5", "", "Twice", at("9")),
	post("11", "5", "10", "Below the second"),
)

// files are exports to take round: full, and what stands beside the checkout.
func files(t testing.TB) map[string]string {
	t.Helper()
	found, err := filepath.Glob("../../shared/fixtures/disqus/*.xml")
	if err != nil {
		t.Fatal(err)
	}
	all := map[string]string{"full": full}
	for _, name := range found {
		content, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(name)] = string(content)
	}
	return all
}

// What was imported goes out as it came, into the same site without effect, and
// into an empty one as the same.
func TestExportDisqus_roundTrip(t *testing.T) {
	for dialect, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		for name, file := range files(t) {
			t.Run(dialect+"/"+name, func(t *testing.T) {
				here, there := newArchive(t, address(t)), newArchive(t, address(t))
				first := here.take(t, file, moderation.ImportOptions{})
				out := here.written(t, "disqus")
				if again := here.take(t, out, moderation.ImportOptions{}); again.Added != 0 {
					t.Errorf("its own export added %d comments", again.Added)
				}
				if r := there.take(t, out, moderation.ImportOptions{}); r.Added != first.Added || r.Posts.Orphaned+r.Posts.Failed != 0 {
					t.Errorf("added %d of %d, %+v", r.Added, first.Added, r.Posts)
				}
				for _, format := range []string{"postbag", "disqus"} {
					if a, b := comparable(t, format, here), comparable(t, format, there); a != b {
						t.Errorf("%s differs:\n%s\n%s", format, a, b)
					}
				}
				if again := there.take(t, file, moderation.ImportOptions{}); again.Added != 0 {
					t.Errorf("the first file added %d comments to the copy", again.Added)
				}
			})
		}
	}
}

// comparable is an export without what two sites cannot have in common: our own
// ids, and when a line was made.
func comparable(t testing.TB, format string, a *archive) string {
	t.Helper()
	if format == "disqus" {
		threads, posts := records(t, a.written(t, format))
		slices.SortFunc(posts, func(a, b *disqus.Post) int { return strings.Compare(a.DsqID, b.DsqID) })
		slices.SortFunc(threads, func(a, b *disqus.Thread) int { return strings.Compare(a.DsqID, b.DsqID) })
		var b strings.Builder
		for _, x := range threads {
			fmt.Fprintf(&b, "%+v\n", *x)
		}
		for _, x := range posts {
			held := x.Approved != nil && !*x.Approved
			x.Approved = nil
			fmt.Fprintf(&b, "%+v %t\n", *x, held)
		}
		return b.String()
	}
	external := map[string]string{}
	var all []string
	for _, line := range lines(t, a.written(t, format)) {
		kind, id := line["type"], fmt.Sprint(line["id"])
		switch kind {
		case "comment":
			external[id] = fmt.Sprint(line["external"])
			line["parent"] = external[fmt.Sprint(line["parent"])]
			line["article"], line["author"] = external[fmt.Sprint(line["article"])], external[fmt.Sprint(line["author"])]
		case "article":
			external[id] = fmt.Sprint(line["external"])
		case "author":
			external[id] = fmt.Sprint(line["key"])
		case "header", "site", "end":
			continue
		}
		delete(line, "id")
		delete(line, "queued") // since the import
		all = append(all, fmt.Sprint(line))
	}
	slices.Sort(all)
	return strings.Join(all, "\n")
}

// lines reads JSON Lines.
func lines(t testing.TB, file string) []map[string]any {
	t.Helper()
	var all []map[string]any
	for text := range strings.Lines(file) {
		var line map[string]any
		if err := json.Unmarshal([]byte(text), &line); err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		all = append(all, line)
	}
	return all
}

func TestExportDisqus_states(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	a.take(t, full, moderation.ImportOptions{})
	threads, posts := records(t, a.written(t, "disqus"))
	byID := map[string]*disqus.Post{}
	for _, p := range posts {
		byID[p.DsqID] = p
	}
	if got := slices.Sorted(maps.Keys(byID)); len(got) != 11 {
		t.Errorf("posts %v", got)
	}
	if p := byID["2"]; !p.Deleted || p.Message != "Gone" || p.ParentID != "1" {
		t.Errorf("the deleted post is %+v", p)
	}
	if p := byID["4"]; !p.Spam || p.Message != "Pills" {
		t.Errorf("the spam is %+v", p)
	}
	if p := byID["5"]; p.Approved == nil || *p.Approved || p.Author.Anonymous || p.Author.Name != "Ben B." {
		t.Errorf("the held post is %+v", p)
	}
	if p := byID["6"]; p.Author.Email != "ann@a.example" || !p.Author.Anonymous {
		t.Errorf("the guest is %+v", p.Author)
	}
	if p := byID["1"]; p.Message != "<p>First &amp; <b>bold</b>]]&gt;</p>" || p.Approved != nil {
		t.Errorf("the first post is %+v", p)
	}
	closed := 0
	for _, x := range threads {
		if x.Closed {
			closed++
		}
	}
	if len(threads) != 5 || closed != 2 {
		t.Errorf("%d threads, %d of them closed", len(threads), closed)
	}
}

// What was written here comes back into the same site as known, and into another
// one with its words, people and states.
func TestExportDisqus_ownComments(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	var parent string
	for i, name := range []string{"Ann", "Ann", "Ben"} {
		r, err := a.Submit(t.Context(), moderation.Submission{
			Site: "news", Article: models.ArticleRef{ID: "own", URL: page}, Name: name, Text: fmt.Sprintf("Words **%d** & more", i), Parent: parent,
			Key: fmt.Sprintf("0f8fad5b-%04d", i), Addr: netip.AddrFrom4([4]byte{192, 0, byte(i), 1}),
		})
		if err != nil {
			t.Fatal(err)
		}
		parent = r.Comment.PublicID()
	}
	out := a.written(t, "disqus")
	if r := a.take(t, out, moderation.ImportOptions{}); r.Added != 0 || r.Unchanged != 3 {
		t.Errorf("its own export: %d added, %d unchanged", r.Added, r.Unchanged)
	}
	if r := a.take(t, out, moderation.ImportOptions{DryRun: true}); r.Added != 0 {
		t.Errorf("a dry run would add %d", r.Added)
	}
	b := newArchive(t, storetest.SQLite(t))
	if r := b.take(t, out, moderation.ImportOptions{}); r.Added != 3 {
		t.Errorf("added %d to another site", r.Added)
	}
	_, posts := records(t, b.written(t, "disqus"))
	_, want := records(t, out)
	for i := range want {
		if got := posts[i]; fmt.Sprint(*got) != fmt.Sprint(*want[i]) {
			t.Errorf("%+v became %+v", *want[i], *got)
		}
	}
	if posts[0].Author.Email == posts[1].Author.Email {
		t.Errorf("two guests of one name became one: %q", posts[0].Author.Email)
	}
}

func TestExportTable(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	a.take(t, full, moderation.ImportOptions{})
	rows, err := csv.NewReader(strings.NewReader(a.written(t, "csv"))).ReadAll()
	if err != nil || len(rows) != 11 {
		t.Fatalf("%d rows, %v", len(rows), err)
	}
	states := map[string]int{}
	for _, row := range rows[1:] {
		states[row[3]]++
	}
	if want := map[string]int{"approved": 7, "deleted": 1, "spam": 1, "pending": 1}; !maps.Equal(states, want) {
		t.Errorf("states %v, want %v", states, want)
	}
	if row := rows[3]; row[1] != "disqus:3" || row[2] != rows[2][0] || row[4] != "id-a" || row[13] != "Below the gone one" {
		t.Errorf("the third row is %q", row)
	}
}

func TestExport_refusals(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	for _, req := range []moderation.ExportRequest{{Site: "none", Format: "disqus"}, {Site: "news", Format: "pdf"}} {
		if err := a.Export(t.Context(), req, io.Discard, nil); models.CodeOf(err) == "" {
			t.Errorf("%+v: %v", req, err)
		}
	}
	a.take(t, full, moderation.ImportOptions{})
	for _, format := range moderation.ExportFormats() {
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := a.Export(ctx, moderation.ExportRequest{Site: "news", Format: format}, io.Discard, nil); !errors.Is(err, context.Canceled) {
			t.Errorf("%s, stopped: %v", format, err)
		}
		if err := a.Export(t.Context(), moderation.ExportRequest{Site: "news", Format: format}, fullDisk{}, nil); !errors.Is(err, io.ErrShortWrite) {
			t.Errorf("%s, disk full: %v", format, err)
		}
	}
}

type fullDisk struct{}

func (fullDisk) Write([]byte) (int, error) { return 0, io.ErrShortWrite }

// TestExportEndsWhereItBegan: what is written while an export goes on is not in
// it, neither the comment nor half of it.
func TestExportEndsWhereItBegan(t *testing.T) {
	b := newBench(t, false)
	for i := range 501 { // one more than is read at a time
		b.post(t, moderation.Submission{Text: fmt.Sprint("There before ", i), Name: "Ann"})
	}
	late := 0
	for _, format := range moderation.ExportFormats() {
		var file bytes.Buffer
		err := b.Export(t.Context(), moderation.ExportRequest{Site: "news", Format: format}, &file, func(moderation.ExportProgress) {
			late++
			b.post(t, moderation.Submission{Text: fmt.Sprint("Too late ", format, late), Name: fmt.Sprint("Bob ", late), Article: article(fmt.Sprint("new", late))})
		})
		if err != nil {
			t.Fatal(err)
		}
		if text := file.String(); !strings.Contains(text, "There before 500") || strings.Contains(text, "Too late "+format) {
			t.Errorf("%s: %d bytes, with what came too late: %v", format, len(text), strings.Contains(text, "Too late "+format))
		}
	}
	if late < 2*len(moderation.ExportFormats()) {
		t.Errorf("only %d came meanwhile", late)
	}
}

// Of several pages with one address or identifier, the one that it leads to has it in
// a copy of the site as well.
func TestExportDisqus_leads(t *testing.T) {
	a, b := newArchive(t, storetest.SQLite(t)), newArchive(t, storetest.SQLite(t))
	a.take(t, export(
		thread("1", "first", page), thread("2", "second", page), thread("3", "moved", "https://old.example/x"), thread("4", "again", "https://old.example/x"),
		thread("5", "moved", page+"/moved"), thread("6", "again", page+"/again"),
		post("20", "2", "", "Two", at("1")), post("10", "1", "", "One", at("2")), post("40", "4", "", "Four"), post("30", "3", "", "Three"), post("50", "5", "", "Five"), post("60", "6", "", "Six"),
	), moderation.ImportOptions{})
	b.take(t, a.written(t, "disqus"), moderation.ImportOptions{})
	for i, x := range []*archive{a, b} {
		for want, name := range map[string]store.Alias{
			"10": {SiteID: 1, Kind: store.AliasNormalised, Value: "news.example/a"}, "30": {SiteID: 1, Kind: store.AliasNormalised, Value: "old.example/x"},
			"50": {SiteID: 1, Kind: store.AliasIdent, Value: "moved"}, "60": {SiteID: 1, Kind: store.AliasIdent, Value: "again"},
		} {
			found, err := x.store.Aliases(t.Context(), []store.Alias{name})
			if err != nil || found[name] != x.comment(t, want).ArticleID {
				t.Errorf("site %d: %s does not lead to the page of %s (%v)", i, name.Value, want, err)
			}
		}
	}
}
