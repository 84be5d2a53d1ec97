package interchange

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"html"
	"io"
	"regexp"
	"time"

	"postbag/models"
	"postbag/models/intake"
)

// remarkLine bounds one line of a backup, in bytes: a comment with all its votes,
// or the first line with what is known of pages and users.
const (
	remarkLine  = 16 << 20
	remarkField = 4 << 10
)

// Remark42Reader reads a backup of Remark42: JSON Lines, first what is known of
// pages and users, then the comments page by page. A page is known by its address
// alone. It holds the first line, one comment, and
// eight bytes for each page.
//
// Of a comment it takes the HTML, because the source beside it went through a filter
// for HTML and is not what was typed; likes are the votes in favour, or the score
// where those are not in the file; what was deleted has no text any more. Users are
// those of Remark42, also the anonymous ones: their ids there tell them apart. Who
// is blocked stays so.
type Remark42Reader struct {
	*lineReader
	maxText int
	queue   []intake.Record     // what is to be handed out first
	closed  map[string]bool     // addresses
	pages   map[uint64]struct{} // hashes of the addresses that were handed out
	err     error
}

// NewRemark42Reader reads a backup, plain or gzipped, with comments of at most
// maxText bytes.
func NewRemark42Reader(r io.Reader, maxText int) (*Remark42Reader, error) {
	lines, err := newLineReader(r, remarkLine)
	if err != nil {
		return nil, err
	}
	return &Remark42Reader{lineReader: lines, maxText: maxText, closed: map[string]bool{}, pages: map[uint64]struct{}{}}, nil
}

// remarkMeta is the first line.
type remarkMeta struct {
	Version *int `json:"version"`
	Users   []struct {
		ID      string `json:"id"`
		Blocked struct {
			Status bool      `json:"status"`
			Until  time.Time `json:"until"`
		} `json:"blocked"`
	} `json:"users"`
	Posts []struct {
		URL      string `json:"url"`
		ReadOnly bool   `json:"read_only"`
	} `json:"posts"`
}

// remarkComment is a line with a comment.
type remarkComment struct {
	ID     string `json:"id"`
	Parent string `json:"pid"`
	Text   string `json:"text"`
	Orig   string `json:"orig"`
	User   struct {
		ID   string `json:"id"`
		Name string `json:"name"`
	} `json:"user"`
	Locator struct {
		URL string `json:"url"`
	} `json:"locator"`
	Score int             `json:"score"`
	Votes map[string]bool `json:"votes"`
	Time  time.Time       `json:"time"`
	Edit  *struct {
		Time time.Time `json:"time"`
	} `json:"edit"`
	Deleted bool   `json:"delete"`
	Title   string `json:"title"`
}

// Next returns the next *intake.Thread, *intake.Person or *intake.Post. After an
// *intake.RecordError the next record can be read; any other error stays. io.EOF
// says that the file ended as it should.
func (r *Remark42Reader) Next() (intake.Record, error) {
	if len(r.queue) == 0 && r.err == nil && r.line == 0 {
		r.err = r.meta()
	}
	for len(r.queue) == 0 {
		if r.err != nil {
			return nil, r.err
		}
		line, err := r.next()
		if err != nil {
			r.err = err
			continue
		}
		if bad := r.comment(line); bad != nil {
			return nil, bad
		}
	}
	record := r.queue[0]
	r.queue = r.queue[1:]
	return record, nil
}

// meta reads the first line.
func (r *Remark42Reader) meta() error {
	line, err := r.next()
	if err == io.EOF {
		return r.syntax(nil, "The file is empty.")
	}
	if err != nil {
		return err
	}
	var m remarkMeta
	if err := json.Unmarshal(line, &m); err != nil || m.Version == nil {
		return r.syntax(err, "The first line is not that of a Remark42 backup, {\"version\":1,…}.")
	}
	if *m.Version > 1 {
		return r.syntax(nil, "It is a backup of version %d; only version 1 is known.", *m.Version)
	}
	for _, p := range m.Posts {
		if p.ReadOnly && len(p.URL) <= remarkField {
			r.closed[p.URL] = true
		}
	}
	for _, u := range m.Users {
		if u.Blocked.Status && u.ID != "" {
			p := &intake.Person{Author: intake.Author{Account: u.ID}, Sanction: "ban", Line: r.line}
			if u.Blocked.Until.Year() > 1 && u.Blocked.Until.Year() < 2100 {
				p.Until = u.Blocked.Until.UTC()
			}
			r.queue = append(r.queue, p)
		}
	}
	for _, p := range m.Posts {
		if r.closed[p.URL] {
			r.thread(p.URL, "")
		}
	}
	return nil
}

// thread hands out a page, once.
func (r *Remark42Reader) thread(url, title string) {
	h := fnv.New64a()
	_, _ = io.WriteString(h, url)
	if _, known := r.pages[h.Sum64()]; known {
		return
	}
	r.pages[h.Sum64()] = struct{}{}
	r.queue = append(r.queue, &intake.Thread{ID: url, Links: []string{url}, Title: title, Closed: r.closed[url], Line: r.line})
}

// remarkID is the form of the ids of comments.
var remarkID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

// comment reads a line with a comment and queues it, its page in front.
func (r *Remark42Reader) comment(line []byte) *intake.RecordError {
	var c remarkComment
	bad := &intake.RecordError{Kind: "post", Line: r.line}
	if err := json.Unmarshal(line, &c); err != nil {
		bad.Code, bad.Detail = "bad-json", fmt.Sprintf("It cannot be read as a comment: %v.", err)
		return bad
	}
	text := c.Text
	if text == "" {
		text = c.Orig
	}
	bad.ID = c.ID
	switch {
	case !remarkID.MatchString(c.ID):
		bad.ID, bad.Code, bad.Detail = "", intake.CodeBadID, fmt.Sprintf("Its id %.70q is not 1 to 64 letters, digits, hyphens or underscores.", c.ID)
	case len(text) > r.maxText:
		bad.Code, bad.Detail = intake.CodeTooLarge, textProblem(intake.CodeTooLarge, r.maxText)
	case len(c.Locator.URL) > remarkField || len(c.User.ID) > remarkField || len(c.User.Name) > remarkField:
		bad.Code, bad.Detail = intake.CodeTooLarge, "Its address or its author is too long."
	default:
		if c.Locator.URL != "" {
			r.thread(c.Locator.URL, c.Title)
		}
		r.queue = append(r.queue, r.post(&c, text))
		return nil
	}
	return bad
}

func (r *Remark42Reader) post(c *remarkComment, text string) *intake.Post {
	p := &intake.Post{
		ID: c.ID, Thread: c.Locator.URL, Parent: c.Parent, CreatedAt: c.Time.UTC(), Text: text, Format: models.HTML, Status: models.Approved,
		Author: intake.Author{Account: c.User.ID, Name: html.UnescapeString(c.User.Name)}, Line: r.line,
	}
	if c.Time.Year() <= 1 {
		p.CreatedAt = time.Time{}
	}
	if c.Deleted {
		p.Status = models.Deleted
	}
	for _, up := range c.Votes {
		if up {
			p.Likes++
		}
	}
	if len(c.Votes) == 0 {
		p.Likes = max(0, c.Score)
	}
	if c.Edit != nil {
		p.EditedAt = c.Edit.Time.UTC()
	}
	return p
}
