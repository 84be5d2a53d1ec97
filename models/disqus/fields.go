package disqus

import (
	"bytes"
	"fmt"
	"time"
	"unicode/utf8"

	"postbag/models/intake"
)

// field is one value of a record.
type field int

const (
	none field = iota
	fieldIdentifier
	fieldForum
	fieldTitle
	fieldLink
	fieldMessage
	fieldCreatedAt
	fieldIPAddress
	fieldDefault
	fieldClosed
	fieldDeleted
	fieldSpam
	fieldApproved
	fieldCategory // this and the next two are the dsq:id of an element without text
	fieldThread
	fieldParent
	fieldName
	fieldEmail
	fieldUsername
	fieldAuthorLink
	fieldAnonymous
	fieldCount
)

// refers says whether the field's value is the id attribute of its element.
func (f field) refers() bool { return f >= fieldCategory && f <= fieldParent }

// vital says whether a thread is another one without its value, or in another
// state.
func (f field) vital() bool {
	return f == fieldIdentifier || f == fieldClosed || f == fieldDeleted
}

// limit is how many bytes the value may have. No real export comes near.
func (f field) limit(maxMessage int) int {
	switch f {
	case fieldMessage:
		return maxMessage
	case fieldLink, fieldTitle:
		return 16 << 10
	case fieldIdentifier, fieldName:
		return 64 << 10 // no comment is lost for a long one
	case fieldAuthorLink:
		return 4 << 10
	}
	return 1 << 10
}

// fieldOf names the field that a child element of a record holds.
func fieldOf(name []byte) field {
	switch string(name) {
	case "id":
		return fieldIdentifier
	case "forum":
		return fieldForum
	case "title":
		return fieldTitle
	case "link":
		return fieldLink
	case "message":
		return fieldMessage
	case "createdAt":
		return fieldCreatedAt
	case "ipAddress":
		return fieldIPAddress
	case "isDefault":
		return fieldDefault
	case "isClosed":
		return fieldClosed
	case "isDeleted":
		return fieldDeleted
	case "isSpam":
		return fieldSpam
	case "isApproved":
		return fieldApproved
	case "category":
		return fieldCategory
	case "thread":
		return fieldThread
	case "parent":
		return fieldParent
	}
	return none
}

// authorFieldOf names the field that a child element of author holds.
func authorFieldOf(name []byte) field {
	switch string(name) {
	case "name":
		return fieldName
	case "email":
		return fieldEmail
	case "username":
		return fieldUsername
	case "link":
		return fieldAuthorLink
	case "isAnonymous":
		return fieldAnonymous
	}
	return none
}

// values holds the values of the record being read, and the first thing wrong with it.
type values struct {
	kind   string
	line   int
	id     string
	text   intake.Text // all values, one after the other
	from   [fieldCount]int
	to     [fieldCount]int
	seen   [fieldCount]bool
	wrong  *intake.RecordError
	lost   bool              // what is wrong costs the whole record
	intern map[string]string // short values that come again and again
}

func (v *values) reset(kind string, line int) {
	v.kind, v.line, v.id, v.wrong, v.lost = kind, line, "", nil, false
	v.text.Buf = v.text.Buf[:0]
	v.from, v.to, v.seen = [fieldCount]int{}, [fieldCount]int{}, [fieldCount]bool{}
}

// fail notes why the record cannot be taken; the first reason stands.
func (v *values) fail(code, format string, args ...any) {
	v.lost = true
	v.note(code, format, args...)
}

// flaw notes that the value of f cannot be taken. It costs the record, except for
// a thread, on which all its posts depend: that goes without the value, if it
// still is the same thread in the same state.
func (v *values) flaw(f field, code, format string, args ...any) {
	v.lost = v.lost || v.kind != kindThread || f.vital()
	v.note(code, format, args...)
}

func (v *values) note(code, format string, args ...any) {
	if v.wrong == nil {
		v.wrong = &intake.RecordError{Kind: v.kind, Line: v.line, ID: v.id, Code: code, Detail: fmt.Sprintf(format, args...)}
	}
}

// setID takes the record's own dsq:id.
func (v *values) setID(attr []byte) {
	id := string(bytes.TrimSpace(attr))
	switch {
	case id == "":
		v.fail(intake.CodeMissingID, "The %s has no dsq:id.", v.kind)
	case !isID(id):
		v.fail(intake.CodeBadID, "The dsq:id %.70q is not 1 to 64 letters, digits, hyphens or underscores.", id)
	default:
		v.id = id
	}
}

func isID(id string) bool {
	for i := range len(id) {
		if c := id[i]; !intake.IsAlnum(c) && c != '-' && c != '_' {
			return false
		}
	}
	return len(id) <= 64
}

// keep ends the value of f, whose element is called name.
func (v *values) keep(f field, name string) {
	t := &v.text
	b := t.Close()
	switch {
	case t.Over:
		b = nil
		if !v.spares(f) {
			v.flaw(f, intake.CodeTooLarge, "Its <%s> is larger than %d bytes.", name, t.Limit)
		}
	case !utf8.Valid(b) && f == fieldLink:
		b = escapeInvalid(b)
	case !utf8.Valid(b):
		b = bytes.ToValidUTF8(b, []byte("\uFFFD"))
		if !v.spares(f) {
			v.flaw(f, intake.CodeInvalidUTF8, "Its <%s> is not valid UTF-8.", name)
		}
	}
	intake.DropControls(b)
	trimmed := bytes.TrimSpace(b)
	t.Buf = append(t.Buf[:t.From], trimmed...)
	v.from[f], v.to[f] = t.From, len(t.Buf)
}

// escapeInvalid writes the bytes of an address that are not UTF-8 as browsers
// send them, so that different addresses stay different.
func escapeInvalid(b []byte) []byte {
	out := make([]byte, 0, len(b)+16)
	for len(b) > 0 {
		r, n := utf8.DecodeRune(b)
		if r == utf8.RuneError && n == 1 {
			out = fmt.Appendf(out, "%%%02X", b[0])
		} else {
			out = append(out, b[:n]...)
		}
		b = b[n:]
	}
	return out
}

// spares says whether a flaw of f is not worth a word: few look at it.
func (v *values) spares(f field) bool {
	switch f {
	case fieldIPAddress, fieldAuthorLink:
		return true
	case fieldTitle, fieldMessage, fieldName:
		return v.kind == kindThread
	}
	return false
}

// keepReference takes the id attribute of an element that refers to another record.
func (v *values) keepReference(f field, name string, attr []byte) {
	t := &v.text
	from := len(t.Buf)
	t.Buf = append(t.Buf, bytes.TrimSpace(attr)...)
	v.from[f], v.to[f] = from, len(t.Buf)
	if id := t.Buf[from:]; !isID(string(id)) {
		t.Buf, v.to[f] = t.Buf[:from], from
		v.flaw(f, intake.CodeBadID, "The dsq:id %.70q of its <%s> is not 1 to 64 letters, digits, hyphens or underscores.", id, name)
	}
}

func (v *values) bytes(f field) []byte { return v.text.Buf[v.from[f]:v.to[f]] }
func (v *values) get(f field) string   { return string(v.bytes(f)) }

// shared is get for values of which a file has few: it allocates each of them once.
func (v *values) shared(f field) string {
	b := v.bytes(f)
	if s, ok := v.intern[string(b)]; ok {
		return s
	}
	if len(v.intern) >= 256 {
		clear(v.intern)
	}
	s := string(b)
	v.intern[s] = s
	return s
}

func (v *values) flag(f field, name string) bool {
	b := v.bytes(f)
	switch {
	case len(b) == 0, string(b) == "0", bytes.EqualFold(b, []byte("false")):
		return false
	case string(b) == "1", bytes.EqualFold(b, []byte("true")):
		return true
	}
	v.fail(intake.CodeBadFlag, "Its <%s> is %.40q; it must be true or false.", name, b)
	return false
}

// optionalFlag is nil when the file does not have the flag.
func (v *values) optionalFlag(f field, name string) *bool {
	if len(v.bytes(f)) == 0 {
		return nil
	}
	flag := v.flag(f, name)
	return &flag
}

// time reads a point in time; without a zone it is UTC, as everything in Disqus is.
func (v *values) time(f field) time.Time {
	text := v.get(f)
	if text == "" {
		return time.Time{}
	}
	// A fraction of a second is read by each of these.
	layouts := [...]string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02 15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02T15:04:05Z0700"}
	for _, layout := range layouts {
		if t, err := time.Parse(layout, text); err == nil && !t.IsZero() && inRange(t.UTC().Year()) {
			return t.UTC()
		}
	}
	v.flaw(f, intake.CodeBadDate, "Its time %.40q cannot be read; it must look like 2013-10-10T19:20:29Z.", text)
	return time.Time{}
}

// inRange says whether RFC 3339 can write times of a year; with a zone, others
// can be said too.
func inRange(year int) bool { return year >= 1 && year <= 9999 }

func (v *values) author() Author {
	return Author{
		Name:      v.get(fieldName),
		Email:     v.get(fieldEmail),
		Username:  v.get(fieldUsername),
		Link:      v.get(fieldAuthorLink),
		Anonymous: v.flag(fieldAnonymous, "isAnonymous"),
	}
}

// record makes the record of what was read, nil when v.wrong says why not.
func (v *values) record() Record {
	var rec Record
	switch v.kind {
	case kindCategory:
		rec = v.category()
	case kindThread:
		rec = v.thread()
	default:
		rec = v.post()
	}
	if v.lost {
		return nil
	}
	return rec
}

func (v *values) category() *Category {
	return &Category{DsqID: v.id, Forum: v.shared(fieldForum), Title: v.get(fieldTitle), IsDefault: v.flag(fieldDefault, "isDefault"), Line: v.line}
}

func (v *values) thread() *Thread {
	t := &Thread{
		DsqID:      v.id,
		Identifier: v.get(fieldIdentifier),
		Forum:      v.shared(fieldForum),
		CategoryID: v.shared(fieldCategory),
		Link:       v.get(fieldLink),
		Title:      v.get(fieldTitle),
		Message:    v.get(fieldMessage),
		CreatedAt:  v.time(fieldCreatedAt),
		Author:     v.author(),
		IPAddress:  v.get(fieldIPAddress),
		Closed:     v.flag(fieldClosed, "isClosed"),
		Deleted:    v.flag(fieldDeleted, "isDeleted"),
		Line:       v.line,
	}
	t.Flaw = v.wrong
	return t
}

func (v *values) post() *Post {
	return &Post{
		DsqID:     v.id,
		ImportID:  v.get(fieldIdentifier),
		Message:   v.get(fieldMessage),
		CreatedAt: v.time(fieldCreatedAt),
		Deleted:   v.flag(fieldDeleted, "isDeleted"),
		Spam:      v.flag(fieldSpam, "isSpam"),
		Approved:  v.optionalFlag(fieldApproved, "isApproved"),
		Author:    v.author(),
		IPAddress: v.get(fieldIPAddress),
		ThreadID:  v.get(fieldThread),
		ParentID:  v.get(fieldParent),
		Line:      v.line,
	}
}
