package interchange

import (
	"cmp"
	"io"
	"strings"

	"postbag/models"
	"postbag/models/intake"
)

// CommentoReader reads an export of Commento, of its successor Commento++, or of
// Comentario before version 3: version 1, comments first and then who wrote them.
// A page is known by its host and its path; the path goes by two names. Commento
// writes the path as "url".
//
// What was deleted has "[deleted]" for its text and nobody for its author there;
// the flag beside it is never set. Comments that Akismet took for spam are
// "flagged". Who wrote without an account has no name, other than in Commento++,
// where each such name is a commenter of its own.
type CommentoReader struct{ *jsonExport }

// NewCommentoReader reads an export, plain or gzipped, with comments of at most
// maxText bytes. base is the scheme and host of pages whose host is not in the
// file; without one Next fails with ErrNoBase when it comes to such a page.
func NewCommentoReader(r io.Reader, maxText int, base string) (*CommentoReader, error) {
	x, err := newJSONExport(r, "a Commento export", maxText, base)
	if err != nil {
		return nil, err
	}
	c := &CommentoReader{x}
	x.version, x.record = c.checkVersion, c.take
	return c, nil
}

func (r *CommentoReader) checkVersion(n int) error {
	switch n {
	case 1:
		return nil
	case 3:
		return r.syntax("This is an export of Comentario. Import it as that: postbag import comentario.")
	}
	return r.syntax("It is an export of version %d; only version 1 is known.", n)
}

// commentoDeleted is the text of what was deleted.
const commentoDeleted = "[deleted]"

// commentoComment is an element of "comments".
type commentoComment struct {
	ID        string `json:"commentHex"`
	Domain    string `json:"domain"`
	Host      string `json:"host"`
	URL       string `json:"url"`
	Path      string `json:"path"`
	Commenter string `json:"commenterHex"`
	Markdown  string `json:"markdown"`
	HTML      string `json:"html"`
	Parent    string `json:"parentHex"`
	Score     int    `json:"score"`
	State     string `json:"state"`
	Created   string `json:"creationDate"`
	Deleted   bool   `json:"deleted"`
}

// commentoCommenter is an element of "commenters".
type commentoCommenter struct {
	ID     string `json:"commenterHex"`
	Email  string `json:"email"`
	Name   string `json:"name"`
	Joined string `json:"joinDate"`
}

func (r *CommentoReader) take(record *jsonRecord) (*intake.RecordError, error) {
	switch record.member {
	case "comments":
		return r.comment(record)
	case "commenters":
		return r.commenter(record), nil
	}
	return nil, nil
}

func (r *CommentoReader) commenter(record *jsonRecord) *intake.RecordError {
	var c commentoCommenter
	if bad := record.decode(&c, "commenter"); bad != nil {
		return bad
	}
	r.person(c.ID, c.Name, c.Email, c.Joined, record.line)
	return nil
}

// isNobody finds what stands for people without an account.
func isNobody(commenter string) bool {
	return commenter == "anonymous" || strings.Trim(commenter, "0-") == ""
}

func (r *CommentoReader) comment(record *jsonRecord) (*intake.RecordError, error) {
	var c commentoComment
	if bad := record.decode(&c, "post"); bad != nil {
		return bad, nil
	}
	text, format := c.Markdown, models.Markdown
	if text == "" {
		text, format = c.HTML, models.HTML
	}
	host, path := plain(cmp.Or(c.Domain, c.Host)), plain(cmp.Or(c.Path, c.URL))
	if bad := r.flawed(record.line, c.ID, c.Created, text, host, path, c.Commenter); bad != nil {
		return bad, nil
	}
	page := host + "/" + strings.TrimPrefix(path, "/")
	if r.fresh(page) {
		t := &intake.Thread{ID: page, Line: record.line}
		base := r.base
		if host != "" {
			base = "https://" + host // Commento knows no scheme
		}
		var err error
		if t.Identifiers, t.Links, err = namesOf(path, base); err != nil {
			return nil, err
		}
		r.queue = append(r.queue, t)
	}
	post := &intake.Post{ID: c.ID, Thread: page, Text: plain(text), Format: format, Status: c.status(), Likes: max(0, c.Score), Line: record.line}
	post.CreatedAt, _ = exportTime(c.Created)
	if c.Parent != "root" && !isNobody(c.Parent) {
		post.Parent = c.Parent
	}
	if !isNobody(c.Commenter) {
		post.Author.Account = c.Commenter
	}
	if post.Status == models.Deleted && post.Text == commentoDeleted {
		post.Text = ""
	}
	r.queue = append(r.queue, post)
	return nil, nil
}

// status is what became of a comment. What is none of the known states waits for
// a moderator.
func (c *commentoComment) status() models.Status {
	switch {
	case c.Deleted, isNobody(c.Commenter) && c.Markdown == commentoDeleted:
		return models.Deleted
	case c.State == "approved":
		return models.Approved
	case c.State == "flagged":
		return models.Spam
	}
	return models.Pending
}
