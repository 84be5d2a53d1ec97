package interchange

import (
	"fmt"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/intake"
)

// comment reads the wp:comment that has just begun.
func (r *WXRReader) comment() (intake.Record, *intake.RecordError, error) {
	c := wxrComment{line: r.scan.TagLine}
	for depth := r.scan.Depth(); r.scan.Depth() >= depth; {
		ev, err := r.scan.Next(nil)
		switch {
		case err != nil:
		case ev == intake.EndOfFile:
			err = r.scan.Truncated("inside a comment")
		case ev == intake.StartElement:
			err = r.commentField(&c, string(r.scan.Local))
		}
		if err != nil {
			return nil, nil, intake.Within(err, "comment", c.id, c.line)
		}
	}
	if c.kind != "" && c.kind != "comment" && c.kind != "review" {
		return nil, r.leaveOut(&c), nil
	}
	if r.item.comments++; c.wrong != nil {
		c.wrong.ID = c.id
		return nil, c.wrong, nil
	}
	return r.post(&c), nil, nil
}

func (c *wxrComment) fail(code, detail string) {
	if c.wrong == nil && code != "" {
		c.wrong = &intake.RecordError{Kind: "post", Line: c.line, Code: code, Detail: detail}
	}
}

func (r *WXRReader) commentField(c *wxrComment, name string) (err error) {
	set := func(to *string) {
		var code string
		*to, code, err = r.value(wxrField)
		c.fail(code, fmt.Sprintf("Its <%s> cannot be read.", r.name(name)))
	}
	switch name {
	case "comment_id":
		if set(&c.id); err == nil && !isWXRNumber(c.id) {
			c.fail(intake.CodeBadID, fmt.Sprintf("Its id %.40q is not a number.", c.id))
			c.id = ""
		}
	case "comment_parent":
		set(&c.parent)
	case "comment_user_id":
		set(&c.user)
	case "comment_author":
		set(&c.name)
	case "comment_author_email":
		set(&c.email)
	case "comment_approved":
		set(&c.approved)
	case "comment_type":
		set(&c.kind)
	case "comment_date_gmt":
		err = r.commentTime(c, &c.created)
	case "comment_date":
		err = r.commentTime(c, &c.local)
	case "comment_content":
		var code string
		c.text, code, err = r.value(r.maxText)
		c.fail(code, textProblem(code, r.maxText))
	case "commentmeta":
		err = r.commentMeta(c)
	default:
		err = r.scan.Skip()
	}
	return err
}

func (r *WXRReader) name(local string) string { return "wp:" + local }

func textProblem(code string, limit int) string {
	switch code {
	case intake.CodeTooLarge:
		return fmt.Sprintf("Its text is larger than %d bytes.", limit)
	case intake.CodeInvalidUTF8:
		return "Its text is not valid UTF-8."
	}
	return "Its text holds elements where text must stand."
}

func (r *WXRReader) commentTime(c *wxrComment, to *time.Time) error {
	t, ok, err := r.time()
	if !ok {
		c.fail(intake.CodeBadDate, "Its time cannot be read; it must look like 2013-10-10 19:20:29.")
	}
	*to = t
	return err
}

// What is noted with comments: by our own exports, and by the plugin of Disqus.
const (
	metaPostbag    = "postbag_id"
	metaAuthor     = "postbag_author"
	metaPage       = "postbag_page"
	metaIdentifier = "postbag_identifier"
	metaLink       = "postbag_url"
	metaThread     = "postbag_thread"
	metaDisqus     = "dsq_post_id"
)

func (r *WXRReader) commentMeta(c *wxrComment) error {
	key, value, err := r.meta()
	switch {
	case key == metaPostbag && IsExternalID(value):
		c.external = value
	case key == metaAuthor && IsImportedKey(value):
		c.author = value
	case key == metaDisqus && isWXRNumber(value):
		c.disqus = value
	}
	return err
}

func (r *WXRReader) post(c *wxrComment) intake.Record {
	p := &intake.Post{
		ID: c.id, External: c.external, Thread: r.item.key(), CreatedAt: c.created, Text: paragraphs(c.text), Format: models.HTML, Line: c.line,
		Author: intake.Author{Key: c.author, Name: c.name, Email: c.email}, Status: wxrStatus(c.approved),
	}
	if p.CreatedAt.IsZero() {
		p.CreatedAt = c.local
	}
	if isWXRNumber(c.parent) {
		p.Parent = c.parent
	}
	if isWXRNumber(c.user) {
		p.Author.Account = c.user + " " + strings.TrimRight(r.blog, "/")
	}
	if c.disqus != "" {
		p.Aliases = []string{"disqus:" + c.disqus}
	}
	return p
}

// wxrStatus reads wp:comment_approved. What is none of the known ones waits for a
// moderator.
func wxrStatus(approved string) models.Status {
	switch approved {
	case "1", "approve", "approved":
		return models.Approved
	case "spam":
		return models.Spam
	case "trash", "post-trashed":
		return models.Removed
	}
	return models.Pending
}

// leaveOut notes a comment that no reader wrote.
func (r *WXRReader) leaveOut(c *wxrComment) *intake.RecordError {
	if r.leftOut++; r.leftOut > wxrLeftOut {
		return nil
	}
	return &intake.RecordError{
		Kind: c.kind, Line: c.line, ID: c.id, Code: "left-out", Detail: fmt.Sprintf("It is a %.40q, not a reader's comment, and left out.", c.kind),
	}
}

// summary says at the end, once, how many records were left out that are not
// listed.
func (r *WXRReader) summary() *intake.RecordError {
	more := r.leftOut - wxrLeftOut
	if more <= 0 {
		return nil
	}
	r.leftOut = 0
	return &intake.RecordError{
		Kind: "summary", Code: "left-out", Detail: fmt.Sprintf("%d more pingbacks, trackbacks and the like are left out.", more),
	}
}
