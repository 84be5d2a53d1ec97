package interchange

import (
	"fmt"
	"io"
	"net/url"
	"strings"

	"postbag/models"
	"postbag/models/intake"
)

// ComentarioReader reads an export of Comentario 3: pages, comments, and then who
// wrote them. Pages have a path and no host; the addresses of comments in later
// versions have one, and when it is not the base that was assumed, that is said
// once. What was neither approved nor waits for a moderator was rejected.
type ComentarioReader struct {
	*jsonExport
	assumed bool // nobody named the base
	warned  bool
}

// NewComentarioReader reads an export, plain or gzipped, with comments of at most
// maxText bytes. base is the scheme and host of the pages, which the caller may
// have assumed only; without one Next fails with ErrNoBase when it comes to a page.
func NewComentarioReader(r io.Reader, maxText int, base string, assumed bool) (*ComentarioReader, error) {
	x, err := newJSONExport(r, "a Comentario export", maxText, base)
	if err != nil {
		return nil, err
	}
	c := &ComentarioReader{jsonExport: x, assumed: assumed}
	x.version, x.record = c.checkVersion, c.take
	return c, nil
}

func (r *ComentarioReader) checkVersion(n int) error {
	switch n {
	case 3:
		return nil
	case 1:
		return r.syntax("This is an export of Commento, or of Comentario before version 3. Import it with: postbag import commento.")
	}
	return r.syntax("It is an export of version %d; only version 3 is known.", n)
}

// comentarioPage is an element of "pages".
type comentarioPage struct {
	ID       string `json:"id"`
	Path     string `json:"path"`
	Title    string `json:"title"`
	ReadOnly bool   `json:"isReadonly"`
	Created  string `json:"createdTime"`
}

// comentarioComment is an element of "comments".
type comentarioComment struct {
	ID        string `json:"id"`
	Parent    string `json:"parentId"`
	Page      string `json:"pageId"`
	URL       string `json:"url"`
	Markdown  string `json:"markdown"`
	HTML      string `json:"html"`
	Score     int    `json:"score"`
	Approved  bool   `json:"isApproved"`
	Pending   bool   `json:"isPending"`
	Deleted   bool   `json:"isDeleted"`
	Created   string `json:"createdTime"`
	Edited    string `json:"editedTime"`
	Commenter string `json:"userCreated"`
	Name      string `json:"authorName"`
}

// comentarioCommenter is an element of "commenters".
type comentarioCommenter struct {
	ID      string `json:"id"`
	Email   string `json:"email"`
	Name    string `json:"name"`
	Created string `json:"createdTime"`
}

func (r *ComentarioReader) take(record *jsonRecord) (*intake.RecordError, error) {
	switch record.member {
	case "pages":
		return r.page(record)
	case "comments":
		return r.comment(record), nil
	case "commenters":
		var c comentarioCommenter
		if bad := record.decode(&c, "commenter"); bad != nil {
			return bad, nil
		}
		r.person(c.ID, c.Name, c.Email, c.Created, record.line)
	}
	return nil, nil
}

func (r *ComentarioReader) page(record *jsonRecord) (*intake.RecordError, error) {
	var p comentarioPage
	if bad := record.decode(&p, "thread"); bad != nil {
		return bad, nil
	}
	if !exportID.MatchString(p.ID) || tooLong([]string{p.Path, p.Title}) {
		return &intake.RecordError{Kind: "thread", Line: record.line, Code: intake.CodeBadID, Detail: fmt.Sprintf("Its id %.70q, its path or its title has a form that none has.", p.ID)}, nil
	}
	t := &intake.Thread{ID: p.ID, Title: plain(p.Title), Closed: p.ReadOnly, Line: record.line}
	t.CreatedAt, _ = exportTime(p.Created)
	var err error
	t.Identifiers, t.Links, err = namesOf(plain(p.Path), r.base)
	r.queue = append(r.queue, t)
	return nil, err
}

func (r *ComentarioReader) comment(record *jsonRecord) *intake.RecordError {
	var c comentarioComment
	if bad := record.decode(&c, "post"); bad != nil {
		return bad
	}
	text, format := c.Markdown, models.Markdown
	if text == "" {
		text, format = c.HTML, models.HTML
	}
	if bad := r.flawed(record.line, c.ID, c.Created, text, c.Page, c.Parent, c.Commenter, c.Name); bad != nil {
		return bad
	}
	post := &intake.Post{
		ID: c.ID, Thread: c.Page, Parent: c.Parent, Author: intake.Author{Name: plain(c.Name)}, Text: plain(text), Format: format,
		Status: c.status(), Likes: max(0, c.Score), Line: record.line,
	}
	post.CreatedAt, _ = exportTime(c.Created)
	post.EditedAt, _ = exportTime(c.Edited)
	if !isNobody(c.Commenter) {
		post.Author.Account = c.Commenter
	}
	r.queue = append(r.queue, post)
	return r.compareHost(c.URL)
}

// status is what became of a comment.
func (c *comentarioComment) status() models.Status {
	switch {
	case c.Deleted:
		return models.Deleted
	case c.Pending:
		return models.Pending
	case c.Approved:
		return models.Approved
	}
	return models.Removed
}

// compareHost says, once, that the pages stood on another host than was assumed.
func (r *ComentarioReader) compareHost(address string) *intake.RecordError {
	there, err := url.Parse(address)
	if err != nil || there.Host == "" || !r.assumed || r.warned {
		return nil
	}
	here, err := url.Parse(r.base)
	if err != nil || bare(here.Host) == bare(there.Host) {
		return nil
	}
	r.warned = true
	return &intake.RecordError{Kind: "summary", Line: r.line, Code: "other-host", Detail: fmt.Sprintf(
		"The comments stood on %.100s. They are taken for comments of the same paths on %s. If that is wrong: --base-url %s://%.100s.", there.Host, here.Host, there.Scheme, there.Host)}
}

func bare(host string) string { return strings.TrimPrefix(strings.ToLower(host), "www.") }
