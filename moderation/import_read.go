package moderation

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"html"
	"io"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/interchange"
	"postbag/models/store"
)

// progressEvery is how many records are read between two words about it.
const progressEvery = 1000

// read puts the whole file into the staging. Records that cannot be read are
// noted; a file that cannot be read is an error.
func (im *importer) read(ctx context.Context, file io.Reader) (err error) {
	r, err := im.format.open(file, &im.opts)
	if err != nil {
		return err
	}
	if c, ok := r.(io.Closer); ok {
		defer func() { err = errors.Join(err, c.Close()) }()
	}
	if lines, ok := r.(*lineSource); ok {
		im.home = &homecoming{from: lines}
		im.staging.Apart = true
	}
	for n := 0; ; n++ {
		if n%progressEvery == 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			im.progress(ImportProgress{Stage: ImportReading, Bytes: r.InputBytes(), Posts: im.report.Posts.Total})
		}
		record, err := r.Next()
		if err == io.EOF {
			return nil
		}
		var bad *intake.RecordError
		if errors.As(err, &bad) {
			im.noteFailure(bad)
			continue
		}
		if errors.Is(err, interchange.ErrNoBase) {
			return models.Refuse(models.CodeInvalid, "The addresses in this file do not name their host, and the site has several. "+
				"Say which it is, on the command line: --base-url https://%s.", cmp.Or(strings.Join(im.site.Hosts[:min(1, len(im.site.Hosts))], ""), "news.example"))
		}
		if err != nil {
			return err
		}
		if err := im.stage(ctx, record); err != nil {
			return fmt.Errorf("import: %w", err)
		}
	}
}

func (im *importer) noteFailure(bad *intake.RecordError) {
	switch bad.Kind {
	case "post":
		im.report.Posts.Total++
		im.report.Posts.Failed++
	case "thread":
		im.report.Threads.Total++
	}
	im.report.addProblem(ImportProblem{Line: bad.Line, ID: bad.ID, Code: bad.Code, Detail: bad.Detail})
}

func (im *importer) stage(ctx context.Context, record intake.Record) error {
	switch record := record.(type) {
	case *intake.Thread:
		return im.stageThread(ctx, record)
	case *intake.Person:
		return im.staging.AddPerson(ctx, im.stagedPerson(record))
	case *intake.Moderator:
		im.home.meet(record)
	case *intake.Past:
		fresh, err := im.staging.AddPast(ctx, record)
		if err == nil && !fresh {
			im.report.addProblem(ImportProblem{Line: record.Line, Code: "history-repeated", Detail: "The same id stands before it. That line counts."})
		}
		return err
	case *intake.Post:
		im.report.Posts.Total++
		im.noteImages(record)
		return im.staging.AddPost(ctx, im.stagedPost(record))
	}
	return nil
}

// hostedImage finds the address of a picture on Disqus's servers.
var hostedImage = regexp.MustCompile(`(?i)(?:https?:)?//[a-z0-9.-]*disquscdn\.com/[^\s"'<>]+`)

// noteImages lists the pictures of a post that go when the account does.
func (im *importer) noteImages(p *intake.Post) {
	if !strings.Contains(p.Text, "disquscdn.com") {
		return
	}
	found := hostedImage.FindAllString(p.Text, -1)
	found = slices.DeleteFunc(found, func(url string) bool { return strings.HasSuffix(url, "...") || strings.HasSuffix(url, "…") }) // the text of a link, cut
	slices.Sort(found)
	for _, url := range slices.Compact(found) {
		if len(im.report.Images) >= maxImportImages {
			im.report.ImagesOmitted++
			continue
		}
		im.report.Images = append(im.report.Images, ImportedImage{Line: p.Line, ID: p.ID, URL: truncate(html.UnescapeString(url), maxURL)})
	}
}

func (im *importer) stageThread(ctx context.Context, t *intake.Thread) error {
	im.report.Threads.Total++
	if t.Closed {
		im.report.Threads.Closed++
	}
	if f := t.Flaw; f != nil {
		im.report.addProblem(ImportProblem{Line: f.Line, ID: f.ID, Code: f.Code, Detail: f.Detail + " The thread is imported without it."})
	}
	var ident, link string
	if len(t.Identifiers) > 0 {
		ident = t.Identifiers[0]
	}
	if len(t.Links) > 0 {
		link = t.Links[0]
	}
	normal, host, _ := normaliseURL(link)
	link = strings.ReplaceAll(link, "\x00", "")
	plain, _, _ := strings.Cut(link, "#")
	staged := store.StagedThread{
		ID: t.ID, Line: t.Line, Ident: identifier(ident), Link: truncate(plain, maxURL), Exact: exactURL(link), Normal: normal, Host: host,
		Own: host == "" || allows(im.site, host), Title: importedTitle(t.Title), Closed: t.Closed, Deleted: t.Deleted, More: moreNames(t), CreatedAt: t.CreatedAt,
		Page: store.StagedPage{Mode: t.Mode, Notice: importedNotice(t.Notice)},
	}
	if t.Page != nil {
		keepNames(&staged, t.Page)
	}
	fresh, err := im.staging.AddThread(ctx, &staged)
	if err == nil && !fresh {
		im.report.addProblem(ImportProblem{Line: t.Line, ID: t.ID, Code: "thread-repeated", Detail: "A thread with this id stands before it. That one counts."})
	}
	return err
}

// moreNames are the names of a thread beside its id, its first identifier and its
// first address.
func moreNames(t *intake.Thread) []store.Alias {
	var more []store.Alias
	for _, id := range t.Aliases {
		more = append(more, store.Alias{Kind: store.AliasImported, Value: id})
	}
	for i := 1; i < min(len(t.Identifiers), maxMoreNames); i++ {
		if ident := identifier(t.Identifiers[i]); ident != "" {
			more = append(more, store.Alias{Kind: store.AliasIdent, Value: ident})
		}
	}
	for i := 1; i < min(len(t.Links), maxMoreNames); i++ {
		if normal, _, ok := normaliseURL(t.Links[i]); ok {
			more = append(more, store.Alias{Kind: store.AliasURL, Value: exactURL(t.Links[i])}, store.Alias{Kind: store.AliasNormalised, Value: normal})
		}
	}
	return more
}

// keepNames gives a thread exactly the names that its page has.
func keepNames(t *store.StagedThread, p *intake.Page) {
	t.Ident, t.Exact, t.Normal, t.More = "", "", "", nil
	add := func(kind store.AliasKind, values []string, fits func(string) bool) {
		for _, value := range values[:min(len(values), maxKeptNames)] {
			if fits(value) {
				t.More = append(t.More, store.Alias{Kind: kind, Value: value})
			}
		}
	}
	add(store.AliasImported, p.External, interchange.IsThreadID)
	add(store.AliasIdent, p.Identifiers, func(id string) bool { return id != "" && identifier(id) == id })
	add(store.AliasURL, p.URLs, func(url string) bool { return url != "" && exactURL(url) == url })
	add(store.AliasNormalised, p.Normalised, func(normal string) bool {
		again, _, _ := normaliseURL("https://" + normal)
		return normal != "" && again == normal
	})
	if len(p.Identifiers) > 0 {
		t.Ident = identifier(p.Identifiers[0])
	}
}

// importedTitle is plain text of bounded length.
func importedTitle(title string) string {
	return truncate(oneLine(html.UnescapeString(title)), maxImportTitle)
}

// importedNotice leaves out what nobody could have written here.
func importedNotice(notice string) string {
	if notice = strings.TrimSpace(notice); !noticeFits(notice) {
		return ""
	}
	return notice
}

const (
	maxImportTitle = 1000 // bytes
	maxImportName  = 240  // bytes
	maxMoreNames   = 100  // names of one kind that a thread may have
	maxKeptNames   = 5000 // likewise, of a page of ours
	maxImportLikes = 10_000
)

func (im *importer) stagedPost(p *intake.Post) *store.StagedPost {
	name := importedName(p.Author.Name)
	staged := store.StagedPost{
		ID: p.ID, External: p.External, Line: p.Line, Thread: p.Thread, Parent: p.Parent, CreatedAt: p.CreatedAt,
		Deleted: p.Status == models.Deleted || p.Status == models.Removed, Spam: p.Status == models.Spam, Held: p.Status == models.Pending,
		Name: name, Text: strings.ReplaceAll(p.Text, "\x00", " "), // PostgreSQL has no place for it
		Author: store.StagedAuthor{Key: authorKey(im.system, &p.Author), Name: name, Email: importedEmail(p.Author.Email)},
		Extra: store.StagedExtra{
			Aliases: p.Aliases, Format: p.Format, Removed: p.Status == models.Removed, Likes: min(max(p.Likes, 0), maxImportLikes), EditedAt: p.EditedAt, State: p.State,
		},
	}
	if p.CreatedAt.UnixMilli() == 0 {
		staged.CreatedAt = p.CreatedAt.Add(time.Millisecond) // 0 is "not known" in the tables
	}
	staged.Digest = postDigest(&staged)
	return &staged
}

func (im *importer) stagedPerson(p *intake.Person) *store.StagedAuthor {
	byAccount := intake.Author{Account: p.Account}
	return &store.StagedAuthor{
		Key: authorKey(im.system, &byAccount), Name: importedName(p.Name), Email: importedEmail(p.Email),
		More: store.StagedPerson{Key: p.Key, Sanction: p.Sanction, Until: p.Until, CreatedAt: p.CreatedAt, Self: p.Self},
	}
}

func importedName(name string) string { return truncate(oneLine(name), maxImportName) }

func oneLine(text string) string {
	return strings.Join(strings.Fields(strings.ReplaceAll(text, "\x00", " ")), " ")
}

// authorKey tells authors of a system apart: registered users by their account,
// guests by name and e-mail together. It never equals the key of somebody who
// writes here.
func authorKey(system string, a *intake.Author) string {
	switch {
	case a.Key != "":
		return a.Key
	case a.Account != "":
		return system + keyOfUser + fingerprint(strings.ToLower(a.Account))
	}
	return system + keyOfGuest + fingerprint(oneLine(a.Name)+"\x00"+strings.ToLower(a.Email))
}

// What follows the name of the system in the keys of imported authors.
const (
	keyOfUser  = ":user:"
	keyOfGuest = ":guest:"
)

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// importedEmail leaves out what Disqus, or an export of ours, wrote where it knew
// no address: nobody reads mail there.
func importedEmail(address string) string {
	if strings.ContainsFunc(address, unicode.IsControl) {
		return ""
	}
	domain := strings.ToLower(address[strings.LastIndexByte(address, '@')+1:])
	if domain == "disqus.net" || strings.HasSuffix(domain, ".disqus.net") || strings.HasSuffix(address, exportedGuest) || len(address) > 254 {
		return ""
	}
	return address
}

// postDigest is the same for posts of one author, second and text.
func postDigest(p *store.StagedPost) int64 {
	h := sha256.New()
	_, _ = io.WriteString(h, p.Author.Key+"\x00"+strconv.FormatInt(p.CreatedAt.Unix(), 10)+"\x00")
	_, _ = io.WriteString(h, p.Text)
	var sum [sha256.Size]byte
	return int64(binary.BigEndian.Uint64(h.Sum(sum[:0])))
}

// truncate cuts a text after at most n bytes, between characters.
func truncate(s string, n int) string {
	if len(s) <= n {
		return s
	}
	for n > 0 && !utf8.RuneStart(s[n]) {
		n--
	}
	return s[:n]
}
