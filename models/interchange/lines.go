package interchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"io"
	"time"
)

// LinesVersion is the version of the JSON Lines that LineWriter writes.
const LinesVersion = 1

// Stamp is a point in time; its zero value is left out.
type Stamp time.Time

// IsZero says whether there is no time.
func (s Stamp) IsZero() bool { return time.Time(s).IsZero() }

// Time is the point in time.
func (s Stamp) Time() time.Time { return time.Time(s) }

// MarshalJSON implements json.Marshaler: RFC 3339, UTC, milliseconds.
func (s Stamp) MarshalJSON() ([]byte, error) {
	return []byte(time.Time(s).UTC().Format(`"2006-01-02T15:04:05.000Z"`)), nil
}

// UnmarshalJSON implements json.Unmarshaler.
func (s *Stamp) UnmarshalJSON(b []byte) error {
	var t time.Time
	err := t.UnmarshalJSON(b)
	*s = Stamp(t.UTC())
	return err
}

// Header is the first line.
type Header struct {
	Format  string `json:"format"` // "postbag"
	Version int    `json:"version"`
	Made    Stamp  `json:"made"`
}

// Site is the line of a site.
type Site struct {
	Key       string   `json:"key"`
	Tag       string   `json:"tag"` // no other site has it: with it ids name something everywhere
	Name      string   `json:"name"`
	Hosts     []string `json:"hosts"`
	Mode      string   `json:"mode"`
	MaxLength int      `json:"max_length"` // characters
	Language  string   `json:"language,omitempty"`
	Reasons   []Reason `json:"reasons,omitempty"`
	Created   Stamp    `json:"created,omitzero"`
}

// Reason is a reason that moderators can give.
type Reason struct {
	Key   string `json:"key"`
	Label string `json:"label"`
}

// Moderator is the line of somebody who decided about comments of the site.
type Moderator struct {
	ID    string `json:"id"`
	Email string `json:"email"`
	Name  string `json:"name"`
}

// Author is the line of an author.
type Author struct {
	ID       string `json:"id"`
	Kind     string `json:"kind"`              // guest, sso or imported
	Key      string `json:"key"`               // what makes the author the same one
	Claimed  string `json:"claimed,omitempty"` // key of the imported account that the author took over
	Name     string `json:"name"`
	Email    string `json:"email,omitempty"`
	Avatar   string `json:"avatar,omitempty"`   // address of a picture
	URL      string `json:"url,omitempty"`      // address of a page
	Sanction string `json:"sanction,omitempty"` // ban, premod or trust
	Until    Stamp  `json:"until,omitzero"`     // end of the sanction
	Created  Stamp  `json:"created,omitzero"`
}

// Article is the line of an article.
type Article struct {
	ID          string   `json:"id"`
	Identifiers []string `json:"identifiers,omitempty"` // the first is the one it is shown with
	URL         string   `json:"url,omitempty"`         // the canonical one
	URLs        []string `json:"urls,omitempty"`        // all, to the letter
	Normalised  []string `json:"normalised,omitempty"`  // URLs without scheme and what does not matter
	External    []string `json:"external,omitempty"`    // thread ids of another system
	Title       string   `json:"title,omitempty"`
	Closed      bool     `json:"closed,omitempty"`
	Mode        string   `json:"mode,omitempty"` // when it is not that of the site
	Notice      string   `json:"notice,omitempty"`
	Created     Stamp    `json:"created,omitzero"`
}

// Comment is the line of a comment.
type Comment struct {
	ID         string `json:"id"`
	External   string `json:"external,omitempty"` // its id in another system
	Article    string `json:"article"`
	Parent     string `json:"parent,omitempty"`
	Status     string `json:"status"` // pending, approved, removed, spam, deleted
	Reviewed   bool   `json:"reviewed,omitempty"`
	Escalated  bool   `json:"escalated,omitempty"`
	HeldEdit   bool   `json:"held_edit,omitempty"`
	Version    int    `json:"version"`
	Author     string `json:"author"`
	AuthorName string `json:"author_name"` // as it was when the comment was written
	Badge      string `json:"badge,omitempty"`
	Avatar     string `json:"avatar,omitempty"`
	Format     string `json:"format"` // of the text: markdown or html
	Text       string `json:"text"`
	HTML       string `json:"html,omitempty"` // as shown
	Likes      int    `json:"likes,omitempty"`
	Created    Stamp  `json:"created,omitzero"`
	Edited     Stamp  `json:"edited,omitzero"`
	Changed    Stamp  `json:"changed,omitzero"`   // of the status
	Queued     Stamp  `json:"queued,omitzero"`    // since when it waits for a moderator
	Priority   int    `json:"priority,omitempty"` // in the queue
	Settled    string `json:"settled,omitempty"`  // the moderators' last word on the present text: approve, remove or spam
}

// Revision is the line of a later text.
type Revision struct {
	ID      int64  `json:"id"`
	Comment string `json:"comment"`
	Text    string `json:"text"`
	HTML    string `json:"html,omitempty"`
	Held    bool   `json:"held,omitempty"` // waits for a moderator
	Created Stamp  `json:"created,omitzero"`
}

// Report is the line of a reader's flag.
type Report struct {
	ID      int64  `json:"id"`
	Comment string `json:"comment"`
	Reason  string `json:"reason"`
	Text    string `json:"text"`
	Open    bool   `json:"open,omitempty"`
	Created Stamp  `json:"created,omitzero"`
}

// Decision is the line of a decision.
type Decision struct {
	ID            string `json:"id"`
	Comment       string `json:"comment"`
	Moderator     string `json:"moderator,omitempty"` // nobody when a rule or the author acted
	ModeratorName string `json:"moderator_name,omitempty"`
	Rule          string `json:"rule,omitempty"`
	Choice        string `json:"choice"`
	Reason        string `json:"reason,omitempty"`
	Note          string `json:"note,omitempty"`
	From          string `json:"from"`
	To            string `json:"to"`
	Before        State  `json:"before,omitzero"`  // what an undo restores; From is its status
	After         int    `json:"after"`            // version of the comment
	Undoes        string `json:"undoes,omitempty"` // the decision that it takes back
	Created       Stamp  `json:"created,omitzero"`
}

// State is what a decision found.
type State struct {
	Reviewed  bool   `json:"reviewed,omitempty"`
	Escalated bool   `json:"escalated,omitempty"`
	HeldEdit  bool   `json:"held_edit,omitempty"`
	Reports   int    `json:"reports,omitempty"` // open ones
	Priority  int    `json:"priority,omitempty"`
	Queued    Stamp  `json:"queued,omitzero"`
	Revision  int64  `json:"revision,omitempty"` // id of the revision that the decision published or dropped
	Settled   string `json:"settled,omitempty"`
}

// LineWriter writes JSON Lines.
type LineWriter struct {
	w     *bufio.Writer
	line  bytes.Buffer // the record that is being written
	count map[string]int
}

// NewLineWriter begins a file with its header. An error of w comes with a later
// call at the latest.
func NewLineWriter(w io.Writer, made time.Time) (*LineWriter, error) {
	x := &LineWriter{w: bufio.NewWriterSize(w, 64<<10), count: map[string]int{}}
	return x, write(x, "header", Header{"postbag", LinesVersion, Stamp(made)})
}

// write writes one line. The type stands first.
func write[T any](x *LineWriter, kind string, record T) error {
	x.line.Reset()
	enc := json.NewEncoder(&x.line)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(record); err != nil {
		return err
	}
	if kind != "end" {
		x.count[kind]++
	}
	_, err := x.w.WriteString(`{"type":"` + kind + `",`)
	if err == nil {
		_, err = x.w.Write(x.line.Bytes()[1:]) // ends with a line feed
	}
	return err
}

// Site writes the line of the site.
func (x *LineWriter) Site(s Site) error { return write(x, "site", s) }

// Moderator writes the line of a moderator.
func (x *LineWriter) Moderator(m Moderator) error { return write(x, "moderator", m) }

// Author writes the line of an author.
func (x *LineWriter) Author(a Author) error { return write(x, "author", a) }

// Article writes the line of an article.
func (x *LineWriter) Article(a Article) error { return write(x, "article", a) }

// Comment writes the line of a comment.
func (x *LineWriter) Comment(c Comment) error { return write(x, "comment", c) }

// Revision writes the line of a revision.
func (x *LineWriter) Revision(r Revision) error { return write(x, "revision", r) }

// Report writes the line of a report.
func (x *LineWriter) Report(r Report) error { return write(x, "report", r) }

// Decision writes the line of a decision.
func (x *LineWriter) Decision(d Decision) error { return write(x, "decision", d) }

// Close writes the last line and what is buffered. It does not close the
// underlying writer.
func (x *LineWriter) Close() error {
	delete(x.count, "header")
	counts := struct {
		Lines map[string]int `json:"lines"`
	}{x.count}
	if err := write(x, "end", counts); err != nil {
		return err
	}
	return x.w.Flush()
}
