package moderation

import (
	"cmp"
	"context"
	"encoding/hex"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"postbag/models"
	"postbag/models/disqus"
	"postbag/models/store"
)

// The form of Disqus has no place for some of what we know. What an import of it
// reads back:
//
//   - Comments and pages that came from Disqus have their ids of there. Others get
//     one that names the site and our own id, by which an import into the same
//     site knows them again.
//   - Pending comments have isApproved false, an element of the schema that files
//     of Disqus itself do not use. What moderators removed is deleted.
//   - A page is one thread for each of its addresses and each id of an imported
//     thread. The first one has all posts; only that one can be closed.
//   - Of imported authors we keep a hash of what made them, so their user names, or
//     the missing addresses of guests, are replaced by made-up ones with the hash.

// exportTag begins the ids of what was written here, in exports of a site: no
// other site has it, but one that was restored from an export of this.
func (s *Service) exportTag(site *models.Site) string {
	if site.Tag != "" {
		return site.Tag
	}
	return "pb" + hex.EncodeToString(s.sign("export", site.Key)[:6]) + "-"
}

// disqusID is the id of a comment in Disqus's form.
func (x *exporter) disqusID(external string, id int64) string {
	if number, ok := strings.CutPrefix(external, disqusIDs); ok {
		return number
	}
	return x.tag + models.CommentID.Format(id)
}

// disqusIDs begins the external ids of what came from Disqus.
const disqusIDs = "disqus:"

// ownIDs finds those external ids that an export of the same site gave to our own
// comments, by what they begin with.
func ownIDs(tag string, externalIDs []string) map[int64]string {
	own := map[int64]string{}
	for _, external := range externalIDs {
		if public, ok := strings.CutPrefix(external, tag); ok {
			if id, ok := models.CommentID.Parse(public); ok {
				own[id] = external
			}
		}
	}
	return own
}

func (x *exporter) disqus(ctx context.Context, w io.Writer) error {
	out := disqus.NewWriter(w)
	category := disqus.Category{DsqID: "1", Forum: x.site.Key, Title: "General", IsDefault: true}
	return inOrder(
		func() error { return out.WriteCategory(&category) },
		func() error { return x.eachDisqusThread(ctx, out) },
		func() error {
			return x.eachComment(ctx, func(c exportedComment) error { return out.WritePost(x.disqusPost(c)) })
		},
		func() error { return x.disqusRepeated(ctx, out) },
		out.Close,
	)
}

// eachDisqusThread writes the articles: first those that their names lead to, then
// those that only their address does, then the others. Of several with one name the
// first in a file gets it.
func (x *exporter) eachDisqusThread(ctx context.Context, out *disqus.Writer) error {
	for rank := range 3 {
		err := x.eachArticle(ctx, func(a *exportedArticle) error {
			if a.rank() != rank {
				return nil
			}
			return x.disqusThreads(out, a)
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// rank is 0 for an article that its address and its identifier lead to, 1 when only
// the address does, else 2.
func (a *exportedArticle) rank() int {
	normal, _, isURL := normaliseURL(a.URL)
	switch {
	case isURL && !slices.Contains(a.names(store.AliasNormalised), normal):
		return 2
	case a.Ident != "" && !slices.Contains(a.names(store.AliasIdent), a.Ident):
		return 1
	}
	return 0
}

// disqusThreads writes an article as threads.
func (x *exporter) disqusThreads(out *disqus.Writer, a *exportedArticle) error {
	links, idents := a.links(), a.identifiers()
	imported := a.names(store.AliasImported)
	for i := range max(len(links), len(imported), 1) {
		t := disqus.Thread{
			DsqID: x.threadID(a, i), Identifier: idents[0], Forum: x.site.Key, CategoryID: "1", Link: links[min(i, len(links)-1)],
			Title: escapeTitle(a.Title), CreatedAt: a.CreatedAt, Closed: a.Closed && i == 0, Author: disqus.Author{Anonymous: true},
		}
		if err := out.WriteThread(&t); err != nil {
			return err
		}
	}
	return nil
}

// threadID is the id of the nth thread of an article.
func (x *exporter) threadID(a *exportedArticle, n int) string {
	if imported := a.names(store.AliasImported); n < len(imported) {
		return strings.TrimPrefix(imported[n], disqusIDs)
	}
	if n == 0 {
		return x.tag + a.Key()
	}
	return x.tag + a.Key() + "-" + strconv.Itoa(n)
}

// links are the addresses of an article.
func (a *exportedArticle) links() []string {
	return allLinks(a.URL, a.names(store.AliasURL), a.names(store.AliasNormalised))
}

// allLinks are the addresses of an article, the canonical one first: to the
// letter, and normalised ones that none of those leads to. There is always one,
// though it may be empty.
func allLinks(canonical string, exact, normalised []string) []string {
	links := []string{canonical}
	covered := map[string]bool{}
	for _, link := range append(links, exact...) {
		if !slices.Contains(links, link) {
			links = append(links, link)
		}
		normal, _, _ := normaliseURL(link)
		covered[normal] = true
	}
	for _, normal := range normalised {
		if !covered[normal] {
			links = append(links, "https://"+normal)
		}
	}
	if links[0] == "" && len(links) > 1 {
		links = links[1:]
	}
	return links
}

// identifiers are those of an article, the one it is shown with first. There is
// always one, though it may be empty.
func (a *exportedArticle) identifiers() []string {
	idents := []string{a.Ident}
	for _, ident := range a.names(store.AliasIdent) {
		if !slices.Contains(idents, ident) {
			idents = append(idents, ident)
		}
	}
	if idents[0] == "" && len(idents) > 1 {
		idents = idents[1:]
	}
	return idents
}

// escapeTitle makes sure that a title is read as it is: titles may hold HTML
// entities there.
func escapeTitle(title string) string {
	if html.UnescapeString(title) == title {
		return title
	}
	return html.EscapeString(title)
}

// disqusRepeated writes the posts of imported files that were equal to an earlier
// one. They are stored once, but each id leads somewhere.
func (x *exporter) disqusRepeated(ctx context.Context, out *disqus.Writer) error {
	for after := ""; ; {
		some, err := x.store.RepeatedAfter(ctx, x.site.ID, after)
		if err != nil || len(some) == 0 {
			return err
		}
		after = some[len(some)-1].ExternalID
		some = slices.DeleteFunc(some, func(c store.ExportedComment) bool { return !strings.HasPrefix(c.ExternalID, disqusIDs) })
		if err := x.withPages(ctx, some, func(c exportedComment) error { return out.WritePost(x.disqusPost(c)) }); err != nil {
			return err
		}
	}
}

func (x *exporter) disqusPost(c exportedComment) *disqus.Post {
	p := disqus.Post{
		DsqID: x.disqusID(c.ExternalID, c.ID), Message: shownHTML(&c.Comment), CreatedAt: c.CreatedAt, Author: disqusAuthor(c.by, c.AuthorName),
		Deleted: c.Status == models.Deleted || c.Status == models.Removed, Spam: c.Status == models.Spam, ThreadID: x.threadID(c.page, 0),
	}
	if c.Status == models.Pending {
		p.Approved = new(bool)
	}
	if c.ParentID > 0 {
		p.ParentID = x.disqusID(c.ParentExternal, c.ParentID)
	}
	return &p
}

// shownHTML is the HTML of a comment: as it was imported, or as it is shown.
func shownHTML(c *models.Comment) string {
	if c.Format == models.HTML {
		return c.Text
	}
	return c.HTML
}

const (
	disqusUser    = "disqus" + keyOfUser
	disqusGuest   = "disqus" + keyOfGuest
	exportedUser  = "postbag-"               // before the hash, in place of a user name
	exportedGuest = "@guest.postbag.invalid" // behind the hash, in place of an address
)

var hashPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{24}$`) // of fingerprint

// asImported is an author as the import made the account, also when a reader took
// it over since: the other system knows no other.
func asImported(by *models.Author) *models.Author {
	if by.Claimed == "" {
		return by
	}
	was := *by
	was.Kind, was.Key = "imported", by.Claimed
	return &was
}

// disqusAuthor is an author in Disqus's form. An import of it makes an author
// with the same key of one that came from Disqus, and keeps all others apart.
func disqusAuthor(by *models.Author, name string) disqus.Author {
	by = asImported(by)
	a := disqus.Author{Name: cmp.Or(name, by.Name), Email: by.Email}
	if hash, ok := strings.CutPrefix(by.Key, disqusUser); ok {
		a.Username = exportedUser + hash
		return a
	}
	hash, imported := strings.CutPrefix(by.Key, disqusGuest)
	if !imported {
		hash = fingerprint(by.Key)
	}
	if by.Kind != "guest" && !strings.Contains(by.Key, keyOfGuest) {
		a.Username = exportedUser + hash
		return a
	}
	a.Anonymous = true
	if known := authorOfDisqus(&a); a.Email == "" && authorKey("disqus", &known) != by.Key {
		a.Email = hash + exportedGuest
	}
	return a
}

// exportedHash finds the hash that an export of ours put in the place of a user
// name or of an address.
func exportedHash(a *disqus.Author) (key string, ok bool) {
	begin, hash := disqusGuest, ""
	if registered(a) {
		begin = disqusUser
		hash, ok = strings.CutPrefix(a.Username, exportedUser)
	} else {
		hash, ok = strings.CutSuffix(a.Email, exportedGuest)
	}
	if !ok || !hashPattern.MatchString(hash) {
		return "", false
	}
	return begin + hash, true
}
