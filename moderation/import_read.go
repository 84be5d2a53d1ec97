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
	"unicode/utf8"

	"postbag/models/disqus"
	"postbag/models/store"
	"postbag/moderation/markup"
)

// progressEvery is how many records are read between two words about it.
const progressEvery = 1000

// read puts the whole file into the staging. Records that cannot be read are
// noted; a file that cannot be read is an error.
func (im *importer) read(ctx context.Context, file io.Reader) error {
	r, err := disqus.NewReader(file, disqus.Options{MaxMessage: markup.MaxHTML})
	if err != nil {
		return err
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
		var bad *disqus.RecordError
		if errors.As(err, &bad) {
			im.noteFailure(bad)
			continue
		}
		if err != nil {
			return err
		}
		if err := im.stage(ctx, record); err != nil {
			return fmt.Errorf("import: %w", err)
		}
	}
}

func (im *importer) noteFailure(bad *disqus.RecordError) {
	switch bad.Kind {
	case "post":
		im.report.Posts.Total++
		im.report.Posts.Failed++
	case "thread":
		im.report.Threads.Total++
	}
	im.report.addProblem(ImportProblem{Line: bad.Line, ID: bad.ID, Code: bad.Code, Detail: bad.Detail})
}

func (im *importer) stage(ctx context.Context, record disqus.Record) error {
	switch record := record.(type) {
	case *disqus.Thread:
		return im.stageThread(ctx, record)
	case *disqus.Post:
		im.report.Posts.Total++
		im.noteImages(record)
		return im.staging.AddPost(ctx, stagedPost(record))
	}
	return nil
}

// hostedImage finds the address of a picture on Disqus's servers.
var hostedImage = regexp.MustCompile(`(?i)(?:https?:)?//[a-z0-9.-]*disquscdn\.com/[^\s"'<>]+`)

// noteImages lists the pictures of a post that go when the account does.
func (im *importer) noteImages(p *disqus.Post) {
	if !strings.Contains(p.Message, "disquscdn.com") {
		return
	}
	found := hostedImage.FindAllString(p.Message, -1)
	slices.Sort(found)
	for _, url := range slices.Compact(found) {
		if len(im.report.Images) >= maxImportImages {
			im.report.ImagesOmitted++
			continue
		}
		im.report.Images = append(im.report.Images, ImportedImage{Line: p.Line, ID: p.DsqID, URL: truncate(html.UnescapeString(url), maxURL)})
	}
}

func (im *importer) stageThread(ctx context.Context, t *disqus.Thread) error {
	im.report.Threads.Total++
	if t.Closed {
		im.report.Threads.Closed++
	}
	if f := t.Flaw; f != nil {
		im.report.addProblem(ImportProblem{Line: f.Line, ID: f.ID, Code: f.Code, Detail: f.Detail + " The thread is imported without it."})
	}
	normal, host, _ := normaliseURL(t.Link)
	link, _, _ := strings.Cut(t.Link, "#")
	staged := store.StagedThread{
		ID: t.DsqID, Line: t.Line, Ident: importedIdentifier(t.Identifier), Link: truncate(link, maxURL), Exact: exactURL(t.Link), Normal: normal, Host: host,
		Own: host == "" || allows(im.site, host), Title: importedTitle(t.Title), Closed: t.Closed, Deleted: t.Deleted, CreatedAt: t.CreatedAt,
	}
	fresh, err := im.staging.AddThread(ctx, &staged)
	if err == nil && !fresh {
		im.report.addProblem(ImportProblem{Line: t.Line, ID: t.DsqID, Code: "thread-repeated", Detail: "A thread with this id stands before it. That one counts."})
	}
	return err
}

// importedIdentifier keeps an identifier that is too long to be one by its
// hash, so that pages with different ones stay apart.
func importedIdentifier(id string) string {
	if clean := cleanIdentifier(id); clean != "" || strings.TrimSpace(id) == "" {
		return clean
	}
	return "long:" + fingerprint(id)
}

// importedTitle is plain text of bounded length.
func importedTitle(title string) string {
	return truncate(strings.Join(strings.Fields(html.UnescapeString(title)), " "), maxImportTitle)
}

const (
	maxImportTitle = 1000 // bytes
	maxImportName  = 240  // bytes
)

func stagedPost(p *disqus.Post) *store.StagedPost {
	full := strings.Join(strings.Fields(p.Author.Name), " ")
	name := truncate(full, maxImportName)
	staged := store.StagedPost{
		ID: p.DsqID, Line: p.Line, Thread: p.ThreadID, Parent: p.ParentID, CreatedAt: p.CreatedAt, Deleted: p.Deleted, Spam: p.Spam,
		Held: p.Approved != nil && !*p.Approved, Name: name, Text: p.Message,
		Author: store.StagedAuthor{Key: authorKey(&p.Author, full), Name: cmp.Or(name, p.Author.Username), Email: importedEmail(p.Author.Email)},
	}
	if registered(&p.Author) && name == "" {
		staged.Name = p.Author.Username
	}
	if p.CreatedAt.UnixMilli() == 0 {
		staged.CreatedAt = p.CreatedAt.Add(time.Millisecond) // 0 is "not known" in the tables
	}
	staged.Digest = postDigest(&staged)
	return &staged
}

func registered(a *disqus.Author) bool { return a.Username != "" && !a.Anonymous }

// What the keys of imported authors begin with.
const (
	keyOfUser  = "disqus:user:"
	keyOfGuest = "disqus:guest:"
)

// authorKey tells authors apart: registered users by their user name, guests by
// name and e-mail together, and so, among themselves, those who are no guests
// and have no user name in the file. It never equals the key of somebody who
// writes here.
func authorKey(a *disqus.Author, name string) string {
	if key, ok := exportedHash(a); ok {
		return key
	}
	if registered(a) {
		return keyOfUser + fingerprint(strings.ToLower(a.Username))
	}
	who := name + "\x00" + strings.ToLower(a.Email)
	if !a.Anonymous {
		return keyOfUser + fingerprint("\x00"+who) // no user name has that byte
	}
	return keyOfGuest + fingerprint(who)
}

func fingerprint(s string) string {
	sum := sha256.Sum256([]byte(s))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// importedEmail leaves out what Disqus, or an export of ours, wrote where it knew
// no address: nobody reads mail there.
func importedEmail(address string) string {
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
