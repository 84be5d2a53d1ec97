package interchange

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models/intake"
)

// Bounds of a WordPress export. None of real files comes near.
const (
	wxrDepth   = 32      // nested elements
	wxrField   = 4 << 10 // bytes of a name, an address, a title
	wxrNames   = 300     // names of a page that our own exports note
	wxrLeftOut = 100     // records left out that are listed one by one
)

// WXRReader reads the comments of a WordPress export, WXR 1.0 to 1.2, as
// WordPress writes it (wp-admin/includes/export.php): an RSS feed whose items
// are posts, with the comments of each in wp:comment. It holds one item without
// its text, and one comment.
//
// A comment is a record when its type is empty, "comment" or "review". Everything
// else that plugins and WordPress keep as comments (pingbacks, trackbacks, notes
// on orders) was not written by readers for readers: it is left out, and listed.
// A post without comments is a record only when it is a published post or page
// that takes none.
type WXRReader struct {
	*intake.Source
	scan    *intake.Scanner
	text    intake.Text
	maxText int

	version string // wp:wxr_version
	blog    string // wp:base_blog_url
	item    *wxrItem
	opened  bool
	leftOut int   // records that no reader wrote
	err     error // what Next returns from now on
}

// wxrItem is a post of the blog.
type wxrItem struct {
	line              int
	id                string
	ref               string // what its comments name it by
	title, link, guid string
	status, kind      string
	closed            bool
	created, local    time.Time
	disqus            string // thread id that the Disqus plugin noted
	comments          int
	page              string // from here on: what an export of ours noted
	idents, links     []string
	external          []string
}

// wxrComment is one wp:comment.
type wxrComment struct {
	line             int
	id, parent, user string
	name, email      string
	approved, kind   string
	created, local   time.Time
	text             string
	external, disqus string
	author           string
	wrong            *intake.RecordError
}

// NewWXRReader reads an export, plain or gzipped, with comments of at most
// maxText bytes.
func NewWXRReader(r io.Reader, maxText int) (*WXRReader, error) {
	src, err := intake.Open(r)
	if err != nil {
		return nil, err
	}
	return &WXRReader{Source: src, scan: intake.NewScanner(src, "a WordPress export", wxrDepth), maxText: maxText}, nil
}

// Next returns the next *intake.Thread or *intake.Post. The thread stands behind
// its posts. After an *intake.RecordError the next record can be read; any other
// error stays. io.EOF says that the file ended as it should.
func (r *WXRReader) Next() (intake.Record, error) {
	if !r.opened {
		r.opened = true
		r.err = r.scan.Begin("rss", func(root []byte) string {
			if string(root) == "disqus" {
				return " but an export of Disqus"
			}
			return ""
		})
	}
	for r.err == nil {
		record, bad, err := r.step()
		switch {
		case err != nil:
			r.err = err
		case bad != nil:
			return nil, bad
		case record != nil:
			return record, nil
		}
	}
	if r.err == io.EOF {
		if bad := r.summary(); bad != nil {
			return nil, bad
		}
	}
	return nil, r.err
}

// step goes to the next tag and does what it asks for.
func (r *WXRReader) step() (intake.Record, *intake.RecordError, error) {
	ev, err := r.scan.Next(nil)
	switch {
	case err != nil:
		return nil, nil, err
	case ev == intake.EndOfFile:
		return nil, nil, r.within(r.scan.Truncated("before </rss>"))
	case ev == intake.EndElement:
		return r.endOf(r.scan.Depth())
	}
	switch depth, name := r.scan.Depth(), string(r.scan.Local); {
	case depth == 2 && name == "channel":
		return nil, nil, nil
	case depth == 3 && name == "item":
		r.item = &wxrItem{line: r.scan.TagLine}
		return nil, nil, nil
	case depth == 3:
		return nil, nil, r.channelField(name)
	case depth == 4 && r.item != nil && name == "comment":
		return r.comment()
	case depth == 4 && r.item != nil:
		return nil, nil, r.within(r.itemField(name))
	}
	return nil, nil, r.scan.Skip()
}

// endOf ends the element that was open at depth+1.
func (r *WXRReader) endOf(depth int) (intake.Record, *intake.RecordError, error) {
	switch {
	case depth == 0 && r.version == "":
		return nil, nil, r.scan.Syntax("It has no <wp:wxr_version>: this is a feed, not a WordPress export. Make one in WordPress under Tools, Export.")
	case depth == 0:
		return nil, nil, r.scan.End("rss")
	case depth == 2 && r.item != nil:
		item := r.item
		r.item = nil
		if !item.worthIt() {
			return nil, nil, nil
		}
		return r.thread(item), nil, nil
	}
	return nil, nil, nil
}

func (r *WXRReader) within(err error) error {
	if r.item == nil || err == nil {
		return err
	}
	return intake.Within(err, "post", r.item.key(), r.item.line)
}

func (r *WXRReader) channelField(name string) (err error) {
	switch name {
	case "wxr_version":
		r.version, _, err = r.value(wxrField)
	case "base_blog_url":
		r.blog, _, err = r.value(wxrField)
	default:
		err = r.scan.Skip()
	}
	return err
}

// value reads the text of the element that has just begun, and says what is wrong
// with it: a code, or nothing.
func (r *WXRReader) value(limit int) (text, code string, err error) {
	r.text.Buf = r.text.Buf[:0]
	r.text.Open(limit)
	for depth := r.scan.Depth(); r.scan.Depth() >= depth; {
		ev, err := r.scan.Next(&r.text)
		if err != nil {
			return "", "", err
		}
		if ev == intake.EndOfFile {
			return "", "", r.scan.Truncated("inside a value")
		}
		if ev == intake.StartElement {
			code = intake.CodeNested
		}
	}
	b := r.text.Close()
	switch {
	case code != "":
		return "", code, nil
	case r.text.Over:
		return "", intake.CodeTooLarge, nil
	case !utf8.Valid(b):
		code = intake.CodeInvalidUTF8
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
	}
	intake.DropControls(b)
	return string(bytes.TrimSpace(b)), code, nil
}

func (r *WXRReader) itemField(name string) (err error) {
	i := r.item
	set := func(to *string) { *to, _, err = r.value(wxrField) }
	switch name {
	case "title":
		set(&i.title)
	case "link":
		set(&i.link)
	case "guid":
		set(&i.guid)
	case "post_id":
		set(&i.id)
	case "status":
		set(&i.status)
	case "post_type":
		set(&i.kind)
	case "comment_status":
		var status string
		set(&status)
		i.closed = status == "closed"
	case "post_date_gmt":
		i.created, _, err = r.time()
	case "post_date":
		i.local, _, err = r.time()
	case "postmeta":
		err = r.postMeta(i)
	default:
		err = r.scan.Skip()
	}
	return err
}

func (r *WXRReader) postMeta(i *wxrItem) error {
	key, value, err := r.meta()
	room := len(i.idents)+len(i.links)+len(i.external) < wxrNames
	switch {
	case key == "dsq_thread_id":
		i.disqus = value
	case key == metaPage:
		i.page = value
	case key == metaIdentifier && room:
		i.idents = append(i.idents, value)
	case key == metaLink && room:
		i.links = append(i.links, value)
	case key == metaThread && room && externalPattern.MatchString(value):
		i.external = append(i.external, value)
	}
	return err
}

// meta reads the key and the value of a postmeta or commentmeta.
func (r *WXRReader) meta() (key, value string, err error) {
	for depth := r.scan.Depth(); r.scan.Depth() >= depth; {
		ev, err := r.scan.Next(nil)
		switch {
		case err != nil:
			return "", "", err
		case ev == intake.EndOfFile:
			return "", "", r.scan.Truncated("inside a value")
		case ev == intake.EndElement:
		case string(r.scan.Local) == "meta_key":
			key, _, err = r.value(wxrField)
		case string(r.scan.Local) == "meta_value":
			value, _, err = r.value(wxrField)
		default:
			err = r.scan.Skip()
		}
		if err != nil {
			return "", "", err
		}
	}
	return key, value, nil
}

// time reads a time of WordPress: no zone, and zeros where it has none.
func (r *WXRReader) time() (t time.Time, ok bool, err error) {
	text, _, err := r.value(wxrField)
	if text == "" || strings.HasPrefix(text, "0000-00-00") {
		return time.Time{}, true, err
	}
	t, parsed := time.Parse(time.DateTime, text)
	return t, parsed == nil, err
}

// key is the id of the post, the same from the first time it is asked for.
func (i *wxrItem) key() string {
	switch {
	case i.ref != "":
	case i.page != "":
		i.ref = i.page
	case isWXRNumber(i.id):
		i.ref = i.id
	default:
		i.ref = fmt.Sprintf("line-%d", i.line)
	}
	return i.ref
}

func isWXRNumber(s string) bool {
	return s != "" && s != "0" && len(s) <= 20 && strings.Trim(s, "0123456789") == ""
}

// worthIt says whether the page is one to know about.
func (i *wxrItem) worthIt() bool {
	return i.comments > 0 || i.closed && (i.kind == "post" || i.kind == "page") && i.status == "publish"
}

// thread names the page in every way by which a WordPress site or its Disqus
// plugin names it: "12 https://site/?p=12" is what that sends as the identifier.
func (r *WXRReader) thread(i *wxrItem) *intake.Thread {
	t := &intake.Thread{ID: i.key(), Links: []string{i.link}, Title: i.title, Closed: i.closed, CreatedAt: i.created, Line: i.line}
	if i.created.IsZero() {
		t.CreatedAt = i.local
	}
	if i.page != "" {
		t.Identifiers, t.Links, t.Aliases = i.idents, append(t.Links, i.links...), i.external
		return t
	}
	number := t.ID == i.id
	if number && i.guid != "" {
		t.Identifiers = append(t.Identifiers, i.id+" "+i.guid)
	}
	if number {
		t.Identifiers = append(t.Identifiers, i.id)
	}
	if i.guid != "" {
		t.Links = append(t.Links, i.guid)
	}
	if number && r.blog != "" {
		t.Links = append(t.Links, strings.TrimRight(r.blog, "/")+"/?p="+i.id)
	}
	if isWXRNumber(i.disqus) {
		t.Aliases = []string{"disqus:" + i.disqus}
	}
	return t
}
