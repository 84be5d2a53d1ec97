package moderation_test

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// lived is a site with comments of other systems and of its own, in every state.
func lived(t testing.TB, address string) *archive {
	t.Helper()
	a := newArchive(t, address)
	live(t, a)
	return a
}

// live fills a site.
func live(t testing.TB, a *archive) {
	t.Helper()
	a.take(t, full, moderation.ImportOptions{})
	a.take(t, readFile(t, "wordpress.xml"), moderation.ImportOptions{Format: "wordpress"})
	a.take(t, remark42, moderation.ImportOptions{Format: "remark42"})
	anna, err := a.AddModerator(t.Context(), models.Moderator{Email: "anna@news.example", Name: "Anna", PasswordHash: "x", Role: models.RoleAdmin})
	must(t, err)
	var own []moderation.Receipt
	for i, name := range []string{"Ann", "Ann", "Ben", "Cleo", "Dora", "Eve"} {
		s := moderation.Submission{
			Site: "news", Article: models.ArticleRef{ID: "own", URL: page + "/own?p=" + fmt.Sprint(i%2), Title: "R&amp;D"}, Name: name, Text: fmt.Sprintf("Words **%d** &amp; <b>", i),
			Key: fmt.Sprintf("0f8fad5b-%04d", i), Addr: netip.AddrFrom4([4]byte{192, 0, byte(i), 1}),
		}
		if i == 1 || i == 2 {
			s.Parent = own[i-1].Comment.PublicID()
		}
		r, err := a.Submit(t.Context(), s)
		must(t, err)
		own = append(own, r)
	}
	for i, choice := range []models.Choice{models.ChooseRemove, models.ChooseSpam} {
		_, err := a.Decide(t.Context(), anna, moderation.DecisionRequest{Comment: own[3+i].Comment.PublicID(), Choice: choice, Version: own[3+i].Comment.Version})
		must(t, err)
	}
	must(t, a.Withdraw(t.Context(), own[5].Comment.PublicID(), own[5].EditToken))
	_, err = a.Edit(t.Context(), own[0].Comment.PublicID(), own[0].EditToken, "Other *words*", netip.Addr{})
	must(t, err)
	_, err = a.Like(t.Context(), own[1].Comment.PublicID(), true, moderation.Visitor{Addr: addr(7)})
	must(t, err)
	must(t, a.Report(t.Context(), own[2].Comment.PublicID(), "abuse", "Look.", moderation.Visitor{Addr: addr(8)}))
	_, err = a.Sanction(t.Context(), anna, models.AuthorID.Format(own[2].Comment.AuthorID), "premod", time.Time{}, "because")
	must(t, err)
	mode, notice, shut := models.PreMode, "Be kind.\nPlease.", true
	_, err = a.PatchArticle(t.Context(), anna, models.ArticleID.Format(own[0].Comment.ArticleID), moderation.ArticlePatch{Mode: &mode, Notice: &notice, Closed: &shut})
	must(t, err)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// Everything that is exported comes back into the same site without effect, and
// into one of another name as what a stranger can know of it.
func TestImportLines_roundTrip(t *testing.T) {
	for dialect, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			a, b := lived(t, address(t)), newArchive(t, address(t))
			out := a.written(t, "postbag")
			all := strings.Count(out, `{"type":"comment"`)
			for _, dry := range []bool{true, false} {
				if r := a.take(t, out, moderation.ImportOptions{Format: "postbag", DryRun: dry}); r.Added != 0 || r.Unchanged != all || codes(r) != "" {
					t.Errorf("its own export added %d, %d unchanged of %d, problems %+v", r.Added, r.Unchanged, all, r.Problems)
				}
			}
			if again := a.written(t, "postbag"); !sameLines(out, again) {
				t.Error("its own export changed it")
			}
			other := strings.Replace(out, `"key":"news"`, `"key":"other"`, 1)
			for i, want := range []int{all, 0} {
				r := b.take(t, other, moderation.ImportOptions{Format: "postbag"})
				if r.Added != want || codes(r) != "2  other-site" {
					t.Errorf("run %d: %d of %d added to an empty site, problems %+v", i, r.Added, want, r.Problems)
				}
			}
			copied := b.written(t, "postbag")
			one, two := told(t, out), told(t, copied)
			for _, line := range one {
				if !slices.Contains(two, line) {
					t.Errorf("lost or changed: %s", line)
				}
			}
			if len(one) != len(two) {
				t.Errorf("%d lines became %d", len(one), len(two))
			}
			for _, kind := range []string{"revision", "decision", "report"} {
				if n, m := strings.Count(out, `{"type":"`+kind), strings.Count(copied, `{"type":"`+kind); n == 0 || n != m {
					t.Errorf("%d lines %s became %d", n, kind, m)
				}
			}
			if strings.Contains(copied, `"open":true`) || strings.Contains(copied, `"held":true`) {
				t.Error("something waits for moderators though it was public")
			}
			if r := a.take(t, copied, moderation.ImportOptions{Format: "postbag"}); r.Added != 0 {
				t.Errorf("the copy's export added %d", r.Added)
			}
			if r := b.take(t, full, moderation.ImportOptions{}); r.Added != 0 {
				t.Errorf("the file of Disqus added %d to the copy", r.Added)
			}
		})
	}
}

// sameLines compares two exports without the times at which they were made.
func sameLines(a, b string) bool {
	_, a, _ = strings.Cut(a, "\n")
	_, b, _ = strings.Cut(b, "\n")
	return a == b
}

// told is what an export says that another site can have as well.
func told(t testing.TB, file string) []string {
	t.Helper()
	var tag string
	names, used := map[string]string{}, map[string]bool{}
	var list []string
	for _, line := range lines(t, file) {
		if line["type"] == "comment" {
			used[fmt.Sprint(line["article"])] = true
		}
	}
	for _, line := range lines(t, file) {
		id := fmt.Sprint(line["id"])
		switch line["type"] {
		case "site":
			tag = fmt.Sprint(line["tag"])
		case "author":
			names[id] = fmt.Sprint(line["name"], line["email"], line["sanction"], line["created"])
			if key := fmt.Sprint(line["key"]); line["kind"] == "imported" && !strings.HasPrefix(key, "postbag:") {
				names[id] += key
			}
		case "article":
			external := slices.DeleteFunc(strings.Fields(strings.Trim(fmt.Sprint(line["external"]), "[]")), func(id string) bool { return strings.HasPrefix(id, "postbag:") })
			names[id] = fmt.Sprint(line["url"], line["identifiers"], line["urls"], line["normalised"], line["title"], line["closed"], line["mode"], line["notice"], line["created"])
			if used[id] || line["closed"] != nil {
				list = append(list, names[id]+strings.Join(slices.DeleteFunc(external, func(id string) bool { return id == "<nil>" }), " "))
			}
		case "comment":
			external := fmt.Sprint(line["external"])
			if line["external"] == nil {
				external = "postbag:" + tag + id
			}
			names[id] = external
			list = append(list, fmt.Sprint(external, " below ", names[fmt.Sprint(line["parent"])], " on ", names[fmt.Sprint(line["article"])], " by ", line["author_name"], ", ",
				names[fmt.Sprint(line["author"])], line["status"], line["format"], line["text"], line["html"], line["likes"], line["created"], line["edited"]))
		}
	}
	return list
}

// Whoever is signed in elsewhere, or works there, is nobody here.
func TestImportLines_strangers(t *testing.T) {
	a := lived(t, storetest.SQLite(t))
	var file strings.Builder
	n := 0
	for _, line := range strings.SplitAfter(a.written(t, "postbag"), "\n") {
		if head, rest, ok := strings.Cut(line, `"kind":"guest","key":"`); ok {
			kind, key := "sso", "sso:1"
			if n++; n == 1 {
				kind, key = "imported", "moderator:1"
			}
			line = head + `"kind":"` + kind + `","key":"` + key + rest[strings.IndexByte(rest, '"'):]
		}
		file.WriteString(strings.Replace(line, `"format":"markdown"`, `"badge":"moderator","format":"markdown"`, 1))
	}
	b := newArchive(t, storetest.SQLite(t))
	b.take(t, strings.Replace(file.String(), `"key":"news"`, `"key":"other"`, 1), moderation.ImportOptions{Format: "postbag"})
	out := b.written(t, "postbag")
	if n < 5 || strings.Contains(out, "sso:1") || strings.Contains(out, "moderator:1") || strings.Contains(out, `"badge"`) || strings.Contains(out, `"kind":"sso"`) {
		t.Errorf("somebody came along: %d, %s", n, out)
	}
}

func TestImportLines_refused(t *testing.T) {
	a, b := lived(t, storetest.SQLite(t)), newArchive(t, storetest.SQLite(t))
	out := a.written(t, "postbag")
	all := strings.SplitAfter(out, "\n")
	site, last := all[1], len(all)-2
	for name, test := range map[string]struct{ file, want string }{
		"empty":        {"", "empty"},
		"other":        {"{}\n", "line 1"},
		"newer":        {strings.Replace(out, `"version":1`, `"version":2`, 1), "version 2"},
		"no tag":       {strings.Replace(out, `"tag"`, `"tig"`, 1), "Export the comments again"},
		"no site":      {strings.Replace(out, site, "", 1), "line 2"},
		"cut":          {strings.Join(all[:last], ""), "truncated"},
		"cut in line":  {out[:len(out)-300], "truncated"},
		"a line short": {strings.Replace(out, all[last-1], "", 1), "lost or added"},
		"two files":    {out + out, "two files"},
	} {
		r, err := b.Import(t.Context(), from(test.file), moderation.ImportOptions{Site: "news", Format: "postbag"})
		var syntax *intake.SyntaxError
		if !errors.As(err, &syntax) || !strings.Contains(err.Error(), test.want) || r.Added != 0 {
			t.Errorf("%s: %v, %d added", name, err, r.Added)
		}
	}
	if rows := b.rows(t); rows != noRows {
		t.Errorf("something is left: %s", rows)
	}
	broken := strings.Replace(strings.Replace(out, `"status":"spam"`, `"status":"odd"`, 1), all[last-1], "{\"type\":\"decision\"\n", 1)
	if r := b.take(t, broken, moderation.ImportOptions{Format: "postbag"}); r.Posts.Failed != 1 || !strings.Contains(codes(r), "bad-flag") || !strings.Contains(codes(r), "bad-json") {
		t.Errorf("%+v, problems %s", r.Posts, codes(r))
	}
}
