package interchange

import (
	"cmp"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"hash/fnv"
	"html"
	"io"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/intake"
)

// TableOptions say how a table is read.
type TableOptions struct {
	Columns map[string]string // of TableFields: the name of its column; others are guessed
	Text    string            // plain, html or markdown: what texts are where no column says; plain when empty
	MaxText int               // bytes of a text
}

// TextForms lists what TableOptions.Text can be.
func TextForms() []string { return []string{"plain", "html", "markdown"} }

// tableRows is a file that has rows with named columns.
type tableRows interface {
	columns() []string
	next() ([]string, error) // as many cells as there are columns
	at() int                 // line of the row that was read last
	InputBytes() int64
}

// TableReader reads comments from a table: a row, or an object, for each. It keeps
// one row, and eight bytes for each page.
type TableReader struct {
	tableRows
	o      TableOptions
	own    bool // TableWriter wrote it
	fields map[string]int
	queue  []intake.Record
	notes  []*intake.RecordError // to be handed out at the end
	pages  map[uint64]struct{}
	states map[string]int // unknown ones, with how often they stand
	tags   int            // plain texts that look like HTML
	cells  []string
	err    error
}

// NewCSVReader reads a table with the names of its columns in the first row.
func NewCSVReader(r io.Reader, o TableOptions) (*TableReader, error) {
	rows, err := newCSVRows(r)
	if err != nil {
		return nil, err
	}
	return newTableReader(rows, o, rows.own)
}

// NewJSONReader reads an array of objects, or JSON Lines.
func NewJSONReader(r io.Reader, o TableOptions) (*TableReader, error) {
	rows, err := newJSONRows(r)
	if err != nil {
		return nil, err
	}
	return newTableReader(rows, o, false)
}

func newTableReader(rows tableRows, o TableOptions, own bool) (*TableReader, error) {
	fields, unused, err := matchColumns(rows.columns(), o.Columns)
	if err != nil {
		return nil, err
	}
	t := &TableReader{tableRows: rows, o: o, own: own, fields: fields, pages: map[uint64]struct{}{}, states: map[string]int{}}
	if len(unused) > 0 {
		t.note("columns", "Not taken over are the columns "+columnList(unused)+".")
	}
	return t, nil
}

func (t *TableReader) note(code, detail string) {
	t.notes = append(t.notes, &intake.RecordError{Kind: "summary", Line: 1, Code: code, Detail: detail})
}

// Next returns the next *intake.Thread or *intake.Post. After an
// *intake.RecordError the next record can be read; any other error stays.
func (t *TableReader) Next() (intake.Record, error) {
	for len(t.queue) == 0 {
		if t.err == nil {
			t.cells, t.err = t.next()
		}
		switch {
		case t.err == io.EOF:
			t.sumUp()
			if len(t.notes) == 0 {
				return nil, io.EOF
			}
			note := t.notes[0]
			t.notes = t.notes[1:]
			return nil, note
		case t.err != nil:
			err := t.err
			if isRecordError(err) {
				t.err = nil
			}
			return nil, err
		}
		if bad := t.comment(); bad != nil {
			return nil, bad
		}
	}
	record := t.queue[0]
	t.queue = t.queue[1:]
	return record, nil
}

// sumUp notes, once, what is worth a look.
func (t *TableReader) sumUp() {
	for _, state := range slices.Sorted(maps.Keys(t.states)) {
		t.note("unknown-status", fmt.Sprintf("The status %.60q is not known. Comments with it wait for a moderator: %d.", state, t.states[state]))
	}
	if t.tags > 0 {
		t.note("html", fmt.Sprintf("Texts that look like HTML and were taken as they stand: %d. If they are HTML, undo this import and import the file with --text html.", t.tags))
	}
	t.states, t.tags = nil, 0
}

// get is the cell of a field, without blanks around it.
func (t *TableReader) get(field string) string {
	return strings.TrimSpace(oneLine.Replace(strings.ToValidUTF8(t.raw(field), "\ufffd")))
}

var oneLine = strings.NewReplacer("\x00", " ", "\r", " ", "\n", " ", "\t", " ")

// raw is the cell of a field as it stands.
func (t *TableReader) raw(field string) string {
	i, ok := t.fields[field]
	if !ok {
		return ""
	}
	if t.own {
		return strings.TrimPrefix(t.cells[i], "'")
	}
	return t.cells[i]
}

const maxCell = 4 << 10 // bytes of a cell that is no text

// comment reads a row and queues it, its page in front.
func (t *TableReader) comment() error {
	bad := &intake.RecordError{Kind: "post", Line: t.at(), ID: t.get("id")}
	for field := range t.fields {
		if cell := t.raw(field); field != "text" && field != "html" && len(cell) > maxCell {
			bad.ID, bad.Code, bad.Detail = "", intake.CodeTooLarge, fmt.Sprintf("Its %s is longer than %d bytes.", field, maxCell)
			return bad
		}
	}
	p := &intake.Post{
		Thread: t.page(), CreatedAt: time.Time{}, Status: t.status(), Line: t.at(),
		Author: intake.Author{Account: t.get("account"), Name: t.get("author"), Email: t.get("email")},
	}
	if bad.Code, bad.Detail = t.text(p); bad.Code != "" {
		return bad
	}
	var ok bool
	if p.CreatedAt, ok = readTime(t.get("date")); !ok {
		bad.Code, bad.Detail = intake.CodeBadDate, fmt.Sprintf("Its time %.40q cannot be read. Write 2026-01-31T10:00:00Z, 2026-01-31 10:00:00 (UTC) or Unix seconds.", t.get("date"))
		return bad
	}
	if edited, ok := readTime(t.get("edited")); ok && edited.After(p.CreatedAt) && !p.CreatedAt.IsZero() {
		p.EditedAt = edited
	}
	p.Likes, _ = strconv.Atoi(t.get("likes"))
	t.identify(p)
	t.queue = append(t.queue, p)
	return nil
}

// identify gives a comment its id. One without gets one that is made of what it
// says, so that it is known again.
func (t *TableReader) identify(p *intake.Post) {
	if p.ID = tableID(t.get("id")); p.ID == "" {
		p.ID = hashed(strings.Join([]string{p.Thread, p.Author.Account, p.Author.Name, p.Author.Email, t.get("date"), p.Text}, "\x00"))
	}
	if parent := t.get("parent"); parent != "0" {
		p.Parent = tableID(parent)
	}
	if external := t.get("external"); IsExternalID(external) {
		p.External = external
	}
}

// plainID is the form of ids that are kept as they are.
var plainID = regexp.MustCompile(`^[A-Za-z0-9_.:-]{1,100}$`)

// tableID is an id, or what stands for one of another form.
func tableID(id string) string {
	if id == "" || plainID.MatchString(id) {
		return id
	}
	return hashed(id)
}

func hashed(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "h-" + base64.RawURLEncoding.EncodeToString(sum[:18])
}

// page hands out the page of a comment, once, and returns its id; nothing when
// the row names none.
func (t *TableReader) page() string {
	ident, link := t.get("page"), t.get("url")
	if link == "" && (strings.HasPrefix(ident, "https://") || strings.HasPrefix(ident, "http://")) {
		ident, link = "", ident
	}
	id := strings.TrimSpace(ident + " " + link)
	if len(id) > maxTableThread {
		id = hashed(id)
	}
	h := fnv.New64a()
	_, _ = io.WriteString(h, id)
	if _, known := t.pages[h.Sum64()]; !known && id != "" {
		t.pages[h.Sum64()] = struct{}{}
		title := t.get("title")
		if t.own {
			title = html.EscapeString(title)
		}
		t.queue = append(t.queue, &intake.Thread{ID: id, Identifiers: []string{ident}, Links: []string{link}, Title: title, Line: t.at()})
	}
	return id
}

const maxTableThread = 500 // bytes of an id of a page

// text reads the text of a comment, or says what is wrong with it.
func (t *TableReader) text(p *intake.Post) (code, detail string) {
	text, form := t.raw("html"), "html"
	if strings.TrimSpace(text) == "" {
		text, form = t.raw("text"), cmp.Or(t.o.Text, "plain")
		if told := strings.ToLower(t.get("format")); slices.Contains(TextForms(), told) {
			form = told
		}
	}
	text = lineEnds.Replace(strings.ReplaceAll(text, "\x00", " "))
	switch {
	case !utf8.ValidString(text):
		return intake.CodeInvalidUTF8, "Its text is not UTF-8. Save the table as UTF-8."
	case strings.TrimSpace(text) == "" && p.Status != models.Deleted && p.Status != models.Removed:
		return "no-text", "It has no text."
	}
	switch p.Format = models.HTML; form {
	case "markdown":
		p.Format = models.Markdown
	case "plain":
		if looksLikeHTML.MatchString(text) {
			t.tags++
		}
		text = html.EscapeString(text)
	}
	if p.Text = text; len(text) > t.o.MaxText {
		return intake.CodeTooLarge, textProblem(intake.CodeTooLarge, t.o.MaxText)
	}
	return "", ""
}

var looksLikeHTML = regexp.MustCompile(`(?i)</(p|a|b|i|strong|em|blockquote)>|<br\s*/?>`)

// status reads the state of a comment. One that is not known waits for a
// moderator.
func (t *TableReader) status() models.Status {
	switch {
	case isYes(t.get("deleted")):
		return models.Deleted
	case isYes(t.get("spam")):
		return models.Spam
	}
	if _, ok := t.fields["status"]; !ok {
		return models.Approved
	}
	state := strings.ToLower(t.get("status"))
	switch state {
	case "1", "true", "yes", "y", "t", "approved", "approve", "public", "published", "publish", "visible", "active", "accepted", "ok":
		return models.Approved
	case "spam", "junk":
		return models.Spam
	case "deleted", "withdrawn":
		return models.Deleted
	case "removed", "trash", "trashed", "rejected", "hidden", "blocked":
		return models.Removed
	case "0", "false", "no", "n", "f", "pending", "hold", "held", "unapproved", "waiting", "queued", "moderation":
	default:
		if state = fmt.Sprintf("%.60s", state); len(t.states) < 20 || t.states[state] > 0 {
			t.states[state]++
		}
	}
	return models.Pending
}

func isYes(cell string) bool {
	switch strings.ToLower(cell) {
	case "1", "true", "yes", "y", "t":
		return true
	}
	return false
}

// readTime reads a point in time; nothing is none. A time without a zone is UTC.
func readTime(cell string) (time.Time, bool) {
	if cell == "" || cell == "0" {
		return time.Time{}, true
	}
	if n, err := strconv.ParseFloat(cell, 64); err == nil {
		if n > 1e11 { // milliseconds
			n /= 1000
		}
		if !(n > 0 && n < maxUnix) {
			return time.Time{}, false
		}
		return time.UnixMilli(int64(n * 1000)).UTC(), true
	}
	for _, layout := range [...]string{time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04:05Z07:00", "2006-01-02 15:04:05 -0700", "2006-01-02 15:04:05 MST", "2006-01-02 15:04", "2006-01-02"} {
		if at, err := time.Parse(layout, cell); err == nil {
			at = at.UTC()
			return at, at.Year() >= 1970 && at.Unix() < maxUnix
		}
	}
	return time.Time{}, false
}

const maxUnix = 4102444800 // 2100-01-01
