package moderation_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

const table = "\ufeffComment ID;Parent;Page URL;Page Title;Author Name;E-Mail;Content;Created At;Approved;IP;Mood;Likes\r\n" +
	"1;0;https://news.example/a;A & B;Ann;ann@a.example;\"One; \"\"two\"\"\r\nthree <3\";2020-05-01 10:00:00;1;10.0.0.1;sunny;3\r\n" +
	"2;1;https://news.example/a/;A & B;Ben;;Below;1588327500;yes;;;\r\n" +
	"3;1;https://news.example/a;A & B;Ben;;Wait;2020-05-01T10:10:00+02:00;0;;;\r\n" +
	"4;;https://news.example/b;B;Cleo;;Pills;2020-05-01;spam;;;\r\n" +
	"5;;https://news.example/b;B;Cleo;;What;2020-05-01;odd;;;\r\n" +
	"6;;https://news.example/b;B;Cleo;;Too few\r\n" +
	"7;;https://news.example/b;B;Cleo;;\"Bad\"quote;2020-05-01;1;;;\r\n" +
	"8;;https://news.example/b;B;Cleo;;When;yesterday;1;;;\r\n" +
	"\r\n" +
	"9;;;;Cleo;;Nowhere;2020-05-01;1;;;\r\n" +
	"a/b;;https://news.example/b;B;Cleo;;<b>Odd id</b>;2020-05-01;1;;;\r\n"

func TestImportTable(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		for i, want := range []int{6, 6, 0} {
			r := a.take(t, table, moderation.ImportOptions{Format: "csv", DryRun: i == 0})
			if r.Posts != (moderation.ImportedPosts{Total: 10, Approved: 3, Pending: 2, Spam: 1, Orphaned: 1, Failed: 3}) || r.Added != want {
				t.Errorf("run %d: %+v, %d added", i, r.Posts, r.Added)
			}
			if got, want := codes(r), "1  columns, 1  unknown-status, 1  html, 8  fields, 9  bad-quote, 10 8 bad-date, 12 9 no-thread"; got != want {
				t.Errorf("run %d: problems %s, want %s", i, got, want)
			}
		}
		first, reply, held := a.stored(t, "csv:1"), a.stored(t, "csv:2"), a.stored(t, "csv:3")
		if first.HTML != "<p>One; &#34;two&#34;<br>three &lt;3</p>" || first.Likes != 3 || first.CreatedAt.Format("15:04:05") != "10:00:00" {
			t.Errorf("the first is %+v", first)
		}
		if reply.ParentID != first.ID || reply.CreatedAt.Format("15:04:05") != "10:05:00" || held.Status != models.Pending || held.CreatedAt.Hour() != 8 || held.AuthorID != reply.AuthorID {
			t.Errorf("the replies are %+v, %+v", reply, held)
		}
	})
}

const objects = `[
 {"key": "x", "user": {"name": "Ann", "id": 7}, "body": "Hello *you*", "page": "story-1", "link": "https://news.example/s", "created": 1588327500123, "replies": []},
 {"key": "y", "user": {"name": "Ben", "id": 8}, "body": "Be}low\u0000 \"", "page": "story-1", "link": "https://news.example/s", "reply_to": "x", "is_deleted": false, "upvotes": 2},
 {"key": "z"}, 7`

func TestImportTable_json(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		array := strings.TrimSuffix(objects, ", 7") + "\n]\n"
		linewise := strings.NewReplacer("[\n", "", "},\n", "}\n", "\n]\n", "\n").Replace(array)
		o := moderation.ImportOptions{Format: "json", Columns: "id=key", Text: "markdown"}
		for i, file := range []string{array, array, linewise} {
			r := a.take(t, file, o)
			if r.Posts != (moderation.ImportedPosts{Total: 3, Approved: 2, Failed: 1}) || r.Added != []int{2, 0, 0}[i] {
				t.Errorf("run %d: %+v, %d added, %+v", i, r.Posts, r.Added, r.Problems)
			}
		}
		first, reply := a.stored(t, "json:x"), a.stored(t, "json:y")
		if first.HTML != "<p>Hello <em>you</em></p>" || first.CreatedAt.UnixMilli() != 1588327500123 || reply.ParentID != first.ID || reply.Likes != 2 || !strings.HasPrefix(reply.Text, "Be}low") {
			t.Errorf("%+v, %+v", first, reply)
		}
	})
}

func TestImportTable_refused(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	head := "id,url,text\n"
	for name, test := range map[string]struct{ format, file, columns, want string }{
		"empty":          {"csv", "", "", "empty"},
		"no text":        {"csv", "id,url,wording\n1,2,3\n", "", "The file has: id, url, wording."},
		"no page":        {"csv", "id,text\n1,2\n", "", "--map url=COLUMN"},
		"not there":      {"csv", head, "text=Wording", "Wording"},
		"open quote":     {"csv", head + "1,https://news.example/a,x\n2,https://news.example/a,\"cut\nhere\n", "", "line 3"},
		"endless quote":  {"csv", head + "1,u,\"" + strings.Repeat("x\n", 1<<19), "", "line 2"},
		"endless row":    {"csv", head + strings.Repeat("x", 1<<20+2), "", "longer"},
		"columns":        {"csv", strings.Repeat("x,", 600) + "\n", "", "columns"},
		"UTF-16":         {"csv", "\xff\xfei\x00d\x00", "", "UTF-16"},
		"not JSON":       {"json", "id,url", "", "not JSON"},
		"no objects":     {"json", "[]", "", "no object"},
		"cut array":      {"json", objects[:len(objects)-3], "", "truncated"},
		"cut object":     {"json", objects[:200], "", "truncated"},
		"odd array":      {"json", objects, "id=key", "line 4"},
		"behind":         {"json", `[{"url":"u","text":"t"}] x`, "", "follows"},
		"endless object": {"json", `[{"url":"` + strings.Repeat("x", 1<<20+10), "", "longer"},
		"cut line":       {"json", "{\"url\":\"https://news.example/a\",\"text\":\"x\"}\n{\"url\":\"", "", "truncated"},
	} {
		r, err := a.Import(t.Context(), from(test.file), moderation.ImportOptions{Site: "news", Format: test.format, Columns: test.columns})
		var syntax *intake.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || r.Added != 0 {
			t.Errorf("%s: %v, %d added", name, err, r.Added)
		}
	}
	for _, o := range []moderation.ImportOptions{{Columns: "words=text"}, {Columns: "text"}, {Text: "rtf"}} {
		o.Site, o.Format = "news", "csv"
		if _, err := a.Import(t.Context(), from(table), o); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%+v: %v", o, err)
		}
	}
	if rows := a.rows(t); rows != noRows {
		t.Errorf("something is left: %s", rows)
	}
}

// Limits are met at the limit and not before.
func TestImportTable_limits(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	row := func(n int) string {
		return fmt.Sprintf("id,url,text\n1,https://news.example/a,%s\n2,https://news.example/a,short\n", strings.Repeat("x", n))
	}
	for n, failed := range map[int]int{64 << 10: 0, 64<<10 + 1: 1} {
		if r := a.take(t, row(n), moderation.ImportOptions{Format: "csv", DryRun: true}); r.Posts.Failed != failed {
			t.Errorf("a text of %d bytes: %+v %+v", n, r.Posts, r.Problems)
		}
	}
}

// A table that was exported comes back into its site without effect, and into
// another one with its words and states.
func TestImportTable_roundTrip(t *testing.T) {
	a, b := lived(t, storetest.SQLite(t)), newArchive(t, storetest.SQLite(t))
	out := a.written(t, "csv")
	all := strings.Count(a.written(t, "postbag"), `{"type":"comment"`)
	if r := a.take(t, out, moderation.ImportOptions{Format: "csv"}); r.Added != 0 || r.Unchanged != all {
		t.Errorf("its own table added %d, %d unchanged of %d: %+v", r.Added, r.Unchanged, all, r.Problems)
	}
	r := b.take(t, out, moderation.ImportOptions{Format: "csv"})
	if r.Added != all || len(r.Problems) != 0 {
		t.Errorf("%d of %d added to another site: %+v", r.Added, all, r.Problems)
	}
	again := b.written(t, "csv")
	short := func(file string) (list []string) {
		for _, c := range lines(t, file) {
			if c["type"] == "comment" {
				list = append(list, fmt.Sprint(c["status"], c["format"], c["text"], c["html"], c["created"], c["edited"], c["likes"], c["author_name"]))
			}
		}
		return list
	}
	one, two := short(a.written(t, "postbag")), short(b.written(t, "postbag"))
	if fmt.Sprint(one) != fmt.Sprint(two) {
		t.Errorf("it became\n%s\nfrom\n%s", strings.Join(two, "\n"), strings.Join(one, "\n"))
	}
	if r := a.take(t, again, moderation.ImportOptions{Format: "csv"}); r.Added != 0 {
		t.Errorf("the table of the copy added %d", r.Added)
	}
}
