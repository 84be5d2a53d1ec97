package disqus

import (
	"bufio"
	"errors"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

const header = `<?xml version="1.0" encoding="utf-8"?>
<disqus xmlns="` + Namespace + `" xmlns:dsq="` + InternalsNamespace + `" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xsi:schemaLocation="http://disqus.com/api/schemas/1.0/disqus.xsd http://disqus.com/api/schemas/1.0/disqus-internals.xsd">
`

// Writer writes an export record by record. Disqus writes categories first,
// then threads, then posts, parents before their replies; a Writer keeps the
// order in which it is called. Characters that XML cannot hold become spaces,
// bytes that are not UTF-8 become U+FFFD, times are cut to seconds.
type Writer struct {
	w   *bufio.Writer
	err error
}

// NewWriter returns a Writer to w. Errors of w are kept and returned by every later call.
func NewWriter(w io.Writer) *Writer {
	x := &Writer{w: bufio.NewWriterSize(w, 64<<10)}
	x.put(header)
	return x
}

// WriteCategory writes one category. It must have a DsqID.
func (x *Writer) WriteCategory(c *Category) error {
	x.begin(kindCategory, c.DsqID)
	x.element("forum", c.Forum)
	x.element("title", c.Title)
	x.flag("isDefault", c.IsDefault)
	return x.finish(kindCategory)
}

// WriteThread writes one thread. It must have a DsqID.
func (x *Writer) WriteThread(t *Thread) error {
	x.begin(kindThread, t.DsqID)
	x.element("id", t.Identifier)
	x.element("forum", t.Forum)
	x.reference("category", t.CategoryID)
	x.element("link", t.Link)
	x.element("title", t.Title)
	x.cdata("message", t.Message)
	x.time("createdAt", t.CreatedAt)
	x.author(t.Author)
	x.optional("ipAddress", t.IPAddress)
	x.flag("isClosed", t.Closed)
	x.flag("isDeleted", t.Deleted)
	return x.finish(kindThread)
}

// WritePost writes one post. It must have a DsqID.
func (x *Writer) WritePost(p *Post) error {
	x.begin(kindPost, p.DsqID)
	x.element("id", p.ImportID)
	x.cdata("message", p.Message)
	x.time("createdAt", p.CreatedAt)
	x.flag("isDeleted", p.Deleted)
	x.flag("isSpam", p.Spam)
	if p.Approved != nil {
		x.flag("isApproved", *p.Approved)
	}
	x.author(p.Author)
	x.optional("ipAddress", p.IPAddress)
	x.reference("thread", p.ThreadID)
	x.reference("parent", p.ParentID)
	return x.finish(kindPost)
}

// Close ends the document and writes out what is buffered. It does not close
// the underlying writer. After Close every call fails.
func (x *Writer) Close() error {
	x.put("</disqus>\n")
	if x.err != nil {
		return x.err
	}
	x.err = errors.New("disqus: the writer is closed")
	return x.w.Flush()
}

func (x *Writer) put(s string) {
	if x.err == nil {
		_, x.err = x.w.WriteString(s)
	}
}

func (x *Writer) begin(kind, id string) {
	if id == "" && x.err == nil {
		x.err = errors.New("disqus: write " + kind + ": it has no dsq:id")
	}
	x.put("<" + kind + ` dsq:id="`)
	x.escaped(id)
	x.put("\">\n")
}

func (x *Writer) finish(kind string) error {
	x.put("</" + kind + ">\n")
	return x.err
}

func (x *Writer) element(name, value string) {
	if value == "" {
		x.put("<" + name + " />\n")
		return
	}
	x.put("<" + name + ">")
	x.escaped(value)
	x.put("</" + name + ">\n")
}

func (x *Writer) optional(name, value string) {
	if value != "" {
		x.element(name, value)
	}
}

func (x *Writer) flag(name string, value bool) {
	if value {
		x.element(name, "true")
		return
	}
	x.element(name, "false")
}

func (x *Writer) time(name string, t time.Time) {
	if !t.IsZero() {
		x.element(name, t.UTC().Format("2006-01-02T15:04:05Z"))
	}
}

func (x *Writer) reference(name, id string) {
	if id != "" {
		x.put("<" + name + ` dsq:id="`)
		x.escaped(id)
		x.put("\" />\n")
	}
}

func (x *Writer) author(a Author) {
	x.put("<author>\n")
	x.optional("email", a.Email)
	x.element("name", a.Name)
	x.flag("isAnonymous", a.Anonymous)
	x.optional("username", a.Username)
	x.optional("link", a.Link)
	x.put("</author>\n")
}

// cdataEscapes keeps a message from ending its CDATA section, and a carriage
// return from being read as a line feed.
var cdataEscapes = strings.NewReplacer("]]>", "]]]]><![CDATA[>", "\r", "]]>&#13;<![CDATA[")

func (x *Writer) cdata(name, value string) {
	if value == "" {
		x.element(name, "")
		return
	}
	x.put("<" + name + "><![CDATA[")
	x.put(cdataEscapes.Replace(strings.Map(legal, value)))
	x.put("]]></" + name + ">\n")
}

var textEscapes = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;", `"`, "&quot;", "\r", "&#13;")

func (x *Writer) escaped(value string) {
	x.put(textEscapes.Replace(strings.Map(legal, value)))
}

// legal is c, or what stands for it where XML 1.0 (2.2) does not allow it.
func legal(c rune) rune {
	switch {
	case c < 0x20 && c != '\t' && c != '\n' && c != '\r':
		return ' '
	case c == 0xFFFE, c == 0xFFFF:
		return utf8.RuneError
	}
	return c
}
