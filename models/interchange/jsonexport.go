package interchange

import (
	"errors"
	"fmt"
	"hash/fnv"
	"io"
	"regexp"
	"strconv"
	"strings"
	"time"

	"postbag/models/intake"
)

// ErrNoBase says that the addresses in a file do not name their host, and that
// nobody said which it is.
var ErrNoBase = errors.New("the addresses in the file do not name their host")

// exportField bounds a name, an address, a title, in bytes.
const exportField = 4 << 10

// jsonExport reads the exports of Commento and of those that came after it: one
// JSON object with a version and arrays of records. It holds what is queued, and
// eight bytes for each page.
type jsonExport struct {
	*objectReader
	maxText int
	base    string // scheme and host of pages that do not name theirs; may be empty
	known   bool   // the version was seen, and is right
	queue   []intake.Record
	pages   map[uint64]struct{} // hashes of the ids of pages that were handed out
	err     error

	version func(int) error                                // checks the version
	record  func(*jsonRecord) (*intake.RecordError, error) // queues what a record says
}

func newJSONExport(r io.Reader, of string, maxText int, base string) (*jsonExport, error) {
	object, err := newObjectReader(r, of)
	if err != nil {
		return nil, err
	}
	return &jsonExport{objectReader: object, maxText: maxText, base: strings.TrimRight(base, "/"), pages: map[uint64]struct{}{}}, nil
}

// Next returns the next *intake.Thread, *intake.Person or *intake.Post. After an
// *intake.RecordError the next record can be read; any other error stays. io.EOF
// says that the file ended as it should.
func (x *jsonExport) Next() (intake.Record, error) {
	for len(x.queue) == 0 {
		if x.err != nil {
			return nil, x.err
		}
		bad, err := x.step()
		if x.err = err; bad != nil {
			return nil, bad
		}
	}
	record := x.queue[0]
	x.queue = x.queue[1:]
	return record, nil
}

// step reads a record.
func (x *jsonExport) step() (*intake.RecordError, error) {
	record, err := x.next()
	switch {
	case err == io.EOF && !x.known:
		return nil, x.syntax("It has no \"version\": this is not %s.", x.of)
	case err != nil:
		return nil, err
	case record.member != "version":
		return x.record(&record)
	}
	n, err := strconv.Atoi(string(record.value))
	if err != nil {
		return nil, x.syntax("Its version, %.40q, is no number: this is not %s.", record.value, x.of)
	}
	x.known = true
	return nil, x.version(n)
}

// fresh reports whether a page was not handed out yet.
func (x *jsonExport) fresh(id string) bool {
	h := fnv.New64a()
	_, _ = io.WriteString(h, id)
	_, known := x.pages[h.Sum64()]
	x.pages[h.Sum64()] = struct{}{}
	return !known
}

// namesOf is what a page is known by: its address, and before that the id that the
// page gave itself, when it is no path. base is the scheme and host of the page.
func namesOf(path, base string) (idents, links []string, err error) {
	switch {
	case strings.HasPrefix(path, "https://"), strings.HasPrefix(path, "http://"):
		return nil, []string{path}, nil
	case base == "":
		return nil, nil, ErrNoBase
	case path != "" && path[0] != '/':
		idents, path = []string{path}, "/"+path
	case path == "":
		path = "/"
	}
	return idents, []string{base + path}, nil
}

// person queues who somebody with an account is.
func (x *jsonExport) person(account, name, email, since string, line int) {
	if isNobody(account) || tooLong([]string{account, name}) {
		return
	}
	p := &intake.Person{Author: intake.Author{Account: account, Name: plain(name), Email: mailAddress(email)}, Line: line}
	p.CreatedAt, _ = exportTime(since)
	x.queue = append(x.queue, p)
}

// exportID is the form of the ids of comments.
var exportID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// exportTime reads a time; one that is missing or before the year 2 is not known.
func exportTime(text string) (time.Time, bool) {
	if text == "" {
		return time.Time{}, true
	}
	t, err := time.Parse(time.RFC3339Nano, text)
	if err == nil && t.Year() <= 1 {
		t = time.Time{}
	}
	return t.UTC(), err == nil
}

// plain makes spaces of control characters.
func plain(text string) string {
	b := []byte(text)
	intake.DropControls(b)
	return string(b)
}

// mailAddress leaves out what these systems wrote where they knew no address:
// "undefined", or names at hosts that there cannot be, such as disqus-user.
func mailAddress(text string) string {
	at := strings.LastIndexByte(text, '@')
	if at <= 0 || !strings.Contains(text[at:], ".") || len(text) > exportField {
		return ""
	}
	return plain(text)
}

// flawed says what keeps a comment from being taken: its id, its time, its size.
func (x *jsonExport) flawed(line int, id, created, text string, fields ...string) *intake.RecordError {
	bad := &intake.RecordError{Kind: "post", ID: id, Line: line}
	_, dated := exportTime(created)
	switch {
	case id == "":
		bad.Code, bad.Detail = intake.CodeMissingID, fmt.Sprintf("It has no id. It is number %d in %q.", x.element, x.member)
	case !exportID.MatchString(id):
		bad.ID, bad.Code, bad.Detail = "", intake.CodeBadID, fmt.Sprintf("Its id %.70q is not 1 to 64 letters, digits, hyphens or underscores.", id)
	case !dated:
		bad.Code, bad.Detail = intake.CodeBadDate, fmt.Sprintf("Its time %.40q cannot be read; it must look like 2013-10-10T19:20:29Z.", created)
	case len(text) > x.maxText:
		bad.Code, bad.Detail = intake.CodeTooLarge, textProblem(intake.CodeTooLarge, x.maxText)
	case tooLong(fields):
		bad.Code, bad.Detail = intake.CodeTooLarge, "Its address or its author is too long."
	default:
		return nil
	}
	return bad
}

func tooLong(fields []string) bool {
	for _, f := range fields {
		if len(f) > exportField {
			return true
		}
	}
	return false
}
