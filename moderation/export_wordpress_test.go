package moderation_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// What goes out in the form of WordPress comes back into the same site without
// effect, and into an empty one with its words, people, states and places.
func TestExportWordPress_roundTrip(t *testing.T) {
	for dialect, address := range map[string]func(testing.TB) string{"sqlite": storetest.SQLite, "postgres": storetest.Postgres} {
		t.Run(dialect, func(t *testing.T) {
			a, b := newArchive(t, address(t)), newArchive(t, address(t))
			first := a.take(t, full, moderation.ImportOptions{})
			wp := a.take(t, readFile(t, "wordpress.xml"), moderation.ImportOptions{Format: "wordpress"})
			var parent string
			for i, name := range []string{"Ann", "Ann", "Ben"} {
				r, err := a.Submit(t.Context(), moderation.Submission{
					Site: "news", Article: models.ArticleRef{ID: "own", URL: page + "/own"}, Name: name, Text: fmt.Sprintf("Words **%d** & ]]> more", i), Parent: parent,
					Key: fmt.Sprintf("0f8fad5b-%04d", i), Addr: netip.AddrFrom4([4]byte{192, 0, byte(i), 1}),
				})
				if err != nil {
					t.Fatal(err)
				}
				parent = r.Comment.PublicID()
			}
			out := a.written(t, "wordpress")
			all := first.Added + wp.Added + 3
			if r := a.take(t, out, moderation.ImportOptions{Format: "wordpress"}); r.Added != 0 || r.Unchanged != all || len(r.Problems) > 0 {
				t.Errorf("its own export added %d, %d unchanged of %d, problems %+v", r.Added, r.Unchanged, all, r.Problems)
			}
			if r := b.take(t, out, moderation.ImportOptions{Format: "wordpress"}); r.Added != all || len(r.Problems) > 0 {
				t.Errorf("%d of %d added to an empty site, problems %+v", r.Added, all, r.Problems)
			}
			if one, two := seen(t, a), seen(t, b); one != two {
				t.Errorf("it became\n%s\nfrom\n%s", two, one)
			}
		})
	}
}

// seen is what a site's own export says, without our ids and without what the
// form of WordPress cannot hold: whether the trash was the author's or a
// moderator's, Markdown, milliseconds, and the kind of authors.
func seen(t testing.TB, a *archive) string {
	t.Helper()
	texts, names := map[string]string{}, map[string]string{}
	var list []string
	for _, line := range lines(t, a.written(t, "postbag")) {
		id := fmt.Sprint(line["id"])
		switch line["type"] {
		case "author":
			names[id] = fmt.Sprint(line["name"], line["email"])
		case "article":
			names[id] = fmt.Sprint(line["url"], line["identifiers"], line["title"], line["closed"])
			list = append(list, names[id])
		case "comment":
			texts[id] = fmt.Sprint(line["html"])
			state := strings.Replace(fmt.Sprint(line["status"]), "deleted", "removed", 1)
			list = append(list, fmt.Sprint(texts[id], " below ", texts[fmt.Sprint(line["parent"])], " on ", names[fmt.Sprint(line["article"])], " by ",
				line["author_name"], names[fmt.Sprint(line["author"])], state, fmt.Sprint(line["created"])[:19]))
		}
	}
	slices.Sort(list)
	return fmt.Sprint(len(names), "\n", strings.Join(list, "\n"))
}
