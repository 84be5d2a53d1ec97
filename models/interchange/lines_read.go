package interchange

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"regexp"

	"postbag/models/intake"
)

// linesLine bounds one line, in bytes: a comment, or a page with all its names.
const linesLine = 16 << 20

// LineReader reads the JSON Lines that LineWriter writes, plain or gzipped, a line
// at a time. It keeps none.
type LineReader struct {
	*lineReader
	lines  int  // behind the header
	broken int  // of those, without a type
	site   bool // its line was read
	err    error
}

// NewLineReader begins to read.
func NewLineReader(r io.Reader) (*LineReader, error) {
	lines, err := newLineReader(r, linesLine)
	if err != nil {
		return nil, err
	}
	return &LineReader{lineReader: lines}, nil
}

// Line is the number of the line that Next read last, from 1.
func (r *LineReader) Line() int { return r.line }

// Next returns the next record: *Site, which is the first, *Moderator, *Author,
// *Article, *Comment, *Revision, *Report or *Decision. Lines of other types are
// passed over. After an *intake.RecordError the next can
// be read; any other error stays. io.EOF says that the file is whole.
func (r *LineReader) Next() (any, error) {
	for r.err == nil {
		if r.line == 0 {
			if r.err = r.header(); r.err != nil {
				break
			}
		}
		line, err := r.next()
		if err == io.EOF {
			err = r.syntax(io.ErrUnexpectedEOF, "The file has no line \"end\": it is truncated.")
		}
		if r.err = err; err != nil {
			break
		}
		record, err := r.record(line)
		if _, bad := err.(*intake.RecordError); !bad && err != nil {
			r.err = err
		} else if record != nil || bad {
			return record, err
		}
	}
	return nil, r.err
}

func (r *LineReader) header() error {
	line, err := r.next()
	if err == io.EOF {
		return r.syntax(nil, "The file is empty.")
	}
	if err != nil {
		return err
	}
	var h struct {
		Type string `json:"type"`
		Header
	}
	switch err := json.Unmarshal(line, &h); {
	case err != nil || h.Type != "header" || h.Format != "postbag":
		return r.syntax(err, "The first line is not the header of a Postbag export, {\"type\":\"header\",\"format\":\"postbag\",…}.")
	case h.Version != LinesVersion:
		return r.syntax(nil, "It is an export of version %d; only version %d is known. Import it with the version of Postbag that wrote it, or a later one.", h.Version, LinesVersion)
	}
	return nil
}

// record reads a line behind the header; nil stands for one that is passed over.
func (r *LineReader) record(line []byte) (any, error) {
	var head struct {
		Type string          `json:"type"`
		ID   json.RawMessage `json:"id"` // a text, or of what happened to a comment a number
	}
	r.lines++
	if err := json.Unmarshal(line, &head); err != nil || head.Type == "" {
		r.broken++
		return nil, &intake.RecordError{Kind: brokenKind(line), Line: r.line, Code: "bad-json", Detail: "It is not a line of a Postbag export."}
	}
	if !r.site && head.Type != "site" {
		return nil, r.syntax(nil, "The second line is not that of the site.")
	}
	id := string(bytes.Trim(head.ID, `"`))
	switch head.Type {
	case "site":
		return r.readSite(line)
	case "moderator":
		return decodeLine[Moderator](r, "moderator", id, line)
	case "author":
		return decodeLine[Author](r, "author", id, line)
	case "article":
		return decodeLine[Article](r, "thread", id, line)
	case "comment":
		return decodeLine[Comment](r, "post", id, line)
	case "revision":
		return decodePast[Revision](r, line)
	case "report":
		return decodePast[Report](r, line)
	case "decision":
		return decodePast[Decision](r, line)
	case "end":
		return nil, r.end(line)
	}
	return nil, nil
}

// brokenKind is what a line that cannot be read was.
func brokenKind(line []byte) string {
	if bytes.HasPrefix(line, []byte(`{"type":"comment"`)) {
		return "post"
	}
	return "line"
}

// tagPattern is the form of the tag of a site.
var tagPattern = regexp.MustCompile(`^pb[0-9a-f]{12}-$`)

func (r *LineReader) readSite(line []byte) (any, error) {
	var s Site
	switch err := json.Unmarshal(line, &s); {
	case r.site:
		return nil, r.syntax(nil, "A second site begins here. A file holds one.")
	case err != nil:
		return nil, r.syntax(err, "The line of the site cannot be read: %v.", err)
	case s.Tag == "":
		return nil, r.syntax(nil, "The line of the site has no tag, by which its comments are known again: an earlier version of Postbag wrote it. Export the comments again.")
	case !tagPattern.MatchString(s.Tag):
		return nil, r.syntax(nil, "The tag of the site, %.40q, is none.", s.Tag)
	}
	r.site = true
	return &s, nil
}

// idPattern is the form of the ids that lines have.
var idPattern = regexp.MustCompile(`^[a-z][0-9a-z]{1,13}$`)

func decodeLine[T any](r *LineReader, kind, id string, line []byte) (any, error) {
	if !idPattern.MatchString(id) {
		return nil, &intake.RecordError{Kind: kind, Line: r.line, Code: intake.CodeBadID, Detail: fmt.Sprintf("Its id %.40q is none of Postbag's.", id)}
	}
	record := new(T)
	if err := json.Unmarshal(line, record); err != nil {
		return nil, &intake.RecordError{Kind: kind, Line: r.line, ID: id, Code: "bad-json", Detail: fmt.Sprintf("It cannot be read: %v.", err)}
	}
	return record, nil
}

// decodePast is decodeLine for what happened to a comment, which has that one's id.
func decodePast[T any](r *LineReader, line []byte) (any, error) {
	record := new(T)
	if err := json.Unmarshal(line, record); err != nil {
		return nil, &intake.RecordError{Kind: "history", Line: r.line, Code: "bad-json", Detail: fmt.Sprintf("It cannot be read: %v.", err)}
	}
	return record, nil
}

// end checks that nothing is missing and that nothing follows. It returns io.EOF
// then.
func (r *LineReader) end(line []byte) error {
	var end struct {
		Lines map[string]int `json:"lines"`
	}
	if err := json.Unmarshal(line, &end); err != nil {
		return r.syntax(err, "The last line cannot be read: %v.", err)
	}
	told := 0
	for _, n := range end.Lines {
		told += n
	}
	if got := r.lines - 1; told != got {
		return r.syntax(nil, "The last line says that %d lines stand between the first and the last one, but there are %d: some were lost or added.", told, got)
	}
	if _, err := r.next(); err != io.EOF {
		if err != nil {
			return err
		}
		return r.syntax(nil, "Something follows the line \"end\". Were two files put together?")
	}
	return io.EOF
}
