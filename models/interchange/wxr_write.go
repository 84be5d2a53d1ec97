package interchange

import (
	"bufio"
	"errors"
	"io"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models"
)

const wxrHeader = `<?xml version="1.0" encoding="UTF-8" ?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:wfw="http://wellformedweb.org/CommentAPI/" xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/">
<channel>
`

// WXRPage is a page in a WordPress export.
type WXRPage struct {
	Number  int64 // of the post; none has the same
	Title   string
	Link    string
	Closed  bool
	Created time.Time

	// By these Postbag knows the page again.
	ID          string
	Identifiers []string
	Links       []string // beside Link
	External    []string // thread ids of other systems, such as disqus:12
}

// WXRComment is a comment in a WordPress export.
type WXRComment struct {
	Number  int64  // greater than Parent, which WordPress relies on
	Parent  int64  // number of the comment that it answers, or 0
	ID      string // by which Postbag knows it again
	Author  string // by which Postbag knows the author again
	Name    string
	Email   string
	Text    string // HTML
	Status  models.Status
	Created time.Time
}

// WXRWriter writes comments as a WordPress export, WXR 1.2, with a post for each
// page. WordPress makes a post for a page that it does not have by title and date,
// without text. Call Page, then Comment for each of its comments, the answered one
// before its answers.
//
// WordPress knows no difference between what a moderator took down and what its
// author withdrew: both are in the trash there.
type WXRWriter struct {
	w    *bufio.Writer
	open bool // an item is open
	err  error
}

// NewWXRWriter begins an export of a site with a name and an address. Errors of w
// are kept and returned by every later call.
func NewWXRWriter(w io.Writer, name, address string) *WXRWriter {
	x := &WXRWriter{w: bufio.NewWriterSize(w, 64<<10)}
	x.put(wxrHeader)
	x.element("title", name)
	x.element("link", address)
	x.element("description", "")
	x.element("wp:wxr_version", "1.2")
	x.element("wp:base_site_url", address)
	x.element("wp:base_blog_url", address)
	x.element("generator", "Postbag")
	return x
}

// Page begins the next page.
func (x *WXRWriter) Page(p WXRPage) error {
	x.endItem()
	x.open = true
	x.put("<item>\n")
	x.element("title", p.Title)
	x.element("link", p.Link)
	x.put(`<guid isPermaLink="false">`)
	x.put(wxrEscapes.Replace(legalText(p.Link)))
	x.put("</guid>\n")
	x.element("description", "")
	x.element("content:encoded", "")
	x.element("excerpt:encoded", "")
	x.element("wp:post_id", strconv.FormatInt(p.Number, 10))
	x.time("wp:post_date", p.Created)
	x.time("wp:post_date_gmt", p.Created)
	x.element("wp:comment_status", map[bool]string{true: "closed", false: "open"}[p.Closed])
	x.element("wp:ping_status", "closed")
	x.element("wp:status", "publish")
	x.element("wp:post_parent", "0")
	x.element("wp:menu_order", "0")
	x.element("wp:post_type", "post")
	x.element("wp:is_sticky", "0")
	x.meta("wp:postmeta", metaPage, p.ID)
	x.meta("wp:postmeta", metaIdentifier, p.Identifiers...)
	x.meta("wp:postmeta", metaLink, p.Links...)
	x.meta("wp:postmeta", metaThread, p.External...)
	return x.err
}

func (x *WXRWriter) meta(element, key string, values ...string) {
	for _, value := range values {
		x.put("<" + element + ">")
		x.element("wp:meta_key", key)
		x.element("wp:meta_value", value)
		x.put("</" + element + ">\n")
	}
}

// Comment writes a comment of the page that Page began.
func (x *WXRWriter) Comment(c WXRComment) error {
	if !x.open && x.err == nil {
		x.err = errors.New("interchange: a comment stands outside a page")
	}
	x.put("<wp:comment>\n")
	x.element("wp:comment_id", strconv.FormatInt(c.Number, 10))
	x.element("wp:comment_author", c.Name)
	x.element("wp:comment_author_email", c.Email)
	x.element("wp:comment_author_url", "")
	x.element("wp:comment_author_IP", "")
	x.time("wp:comment_date", c.Created)
	x.time("wp:comment_date_gmt", c.Created)
	x.element("wp:comment_content", c.Text)
	x.element("wp:comment_approved", wxrApproved(c.Status))
	x.element("wp:comment_type", "comment")
	x.element("wp:comment_parent", strconv.FormatInt(c.Parent, 10))
	x.element("wp:comment_user_id", "0")
	x.meta("wp:commentmeta", metaPostbag, c.ID)
	x.meta("wp:commentmeta", metaAuthor, c.Author)
	x.put("</wp:comment>\n")
	return x.err
}

func wxrApproved(s models.Status) string {
	switch s {
	case models.Approved:
		return "1"
	case models.Pending:
		return "0"
	case models.Spam:
		return "spam"
	}
	return "trash"
}

// Close ends the document and writes out what is buffered. It does not close the
// underlying writer.
func (x *WXRWriter) Close() error {
	x.endItem()
	x.put("</channel>\n</rss>\n")
	if x.err != nil {
		return x.err
	}
	return x.w.Flush()
}

func (x *WXRWriter) endItem() {
	if x.open {
		x.put("</item>\n")
	}
	x.open = false
}

func (x *WXRWriter) put(s string) {
	if x.err == nil {
		_, x.err = x.w.WriteString(s)
	}
}

var (
	wxrEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", "\r", "&#13;")
	wxrCDATA   = strings.NewReplacer("]]>", "]]]]><![CDATA[>", "\r\n", "\n", "\r", "\n")
)

// element writes a value as CDATA, as WordPress does.
func (x *WXRWriter) element(name, value string) {
	x.put("<" + name + ">")
	if value != "" {
		x.put("<![CDATA[" + wxrCDATA.Replace(legalText(value)) + "]]>")
	}
	x.put("</" + name + ">\n")
}

func (x *WXRWriter) time(name string, t time.Time) {
	x.element(name, t.UTC().Format(time.DateTime))
}

// legalText replaces what XML 1.0 cannot hold.
func legalText(s string) string {
	return strings.Map(func(c rune) rune {
		switch {
		case c < 0x20 && c != '\t' && c != '\n' && c != '\r':
			return ' '
		case c == 0xFFFE, c == 0xFFFF:
			return utf8.RuneError
		}
		return c
	}, s)
}
