package ui

import (
	"html/template"
	"io"
	"strconv"
	"time"
)

// ThreadPage is /thread/{site}?id=&url=&title=: one article's comments without JavaScript. Its form posts id, url, title, parent, key, name,
// email and text to Action and expects the same page back, with Form's errors or with Posted.
type ThreadPage struct {
	Lang, Dir   string // of the page, "en" and "ltr" when empty
	Site        string
	SiteName    string
	Action      string // path and query the form posts to
	ID          string
	URL         string
	Title       string
	Count       int
	Closed      bool
	Members     bool // only readers who are signed in may write; here nobody is
	Notice      string
	Sort        string // oldest, newest
	OldestURL   string
	NewestURL   string
	PrevURL     string // "" on the first page
	NextURL     string // "" on the last page
	Comments    []ThreadComment
	ReplyTo     *ThreadComment // set by ?reply=; the form then answers it
	CancelReply string         // this page without ?reply=
	Form        Form
	Key         string // a fresh idempotency key for the form
	MaxLength   int    // 5000 when zero
	Posted      *Posted
}

// ThreadComment is one comment of the thread, in tree order. Depth is 0 for a root; the first comment of a page may have any depth.
type ThreadComment struct {
	ID        string
	Anchor    string // "comment-c1z4" or "comment-5585802847"
	Parent    string
	Depth     int
	Author    string // "" for a guest without a name
	Badge     string // "", moderator, staff
	CreatedAt time.Time
	Edited    bool
	Body      template.HTML // safe HTML made by the comment renderer, never a reader's own
	Tombstone bool
	Likes     int
	ReplyURL  string // "" when the article is closed
}

// Posted says what became of a comment that was just sent.
type Posted struct {
	Approved bool
	Message  string
	URL      string // address of the comment when it is public
}

// threadView is the page with its comments nested.
type threadView struct {
	ThreadPage
	Heading   string
	Tree      []*threadNode
	TextField fieldView
}

// threadNode is a comment and the replies below it.
type threadNode struct {
	ThreadComment
	Replies []*threadNode
}

// Thread renders the readers' page.
func (p *Pages) Thread(w io.Writer, v ThreadPage) error {
	if v.Lang == "" {
		v.Lang = "en"
	}
	if v.Dir == "" {
		v.Dir = "ltr"
	}
	if v.MaxLength == 0 {
		v.MaxLength = 5000
	}
	p.nameAuthors(&v)
	heading := v.Title
	if heading == "" {
		heading = p.Text("thread.untitled")
	}
	text := p.field(v.Form, "text", "textarea", "thread.text", "", "required rows=6 max="+strconv.Itoa(v.MaxLength))
	return p.render(w, "thread", threadView{ThreadPage: v, Heading: heading, Tree: nest(v.Comments), TextField: text})
}

// nameAuthors gives authors without a name the catalogue's word for them, on a copy of the caller's list.
func (p *Pages) nameAuthors(v *ThreadPage) {
	comments := make([]ThreadComment, len(v.Comments))
	for i, c := range v.Comments {
		comments[i] = p.named(c)
	}
	v.Comments = comments
	if v.ReplyTo != nil {
		parent := p.named(*v.ReplyTo)
		v.ReplyTo = &parent
	}
}

func (p *Pages) named(c ThreadComment) ThreadComment {
	if c.Author == "" {
		c.Author = p.Text("anonymous")
	}
	return c
}

// nest turns a list in tree order into the tree. A comment whose parent is not on the page stands at the top, as does one whose depth
// jumps: the page may begin in the middle of a branch. Linear in the number of comments.
func nest(comments []ThreadComment) []*threadNode {
	var roots []*threadNode
	byID := make(map[string]*threadNode, len(comments))
	for _, comment := range comments {
		node := &threadNode{ThreadComment: comment}
		if parent := byID[comment.Parent]; comment.Parent != "" && parent != nil {
			parent.Replies = append(parent.Replies, node)
		} else {
			roots = append(roots, node)
		}
		byID[comment.ID] = node
	}
	return roots
}

// DemoPage is the article that shows the widget at work.
type DemoPage struct {
	ArticleURL string // canonical address of this page, by which its thread is known
	ScriptURL  string // address of embed.js with the site key
	ThreadURL  string // the same comments without JavaScript
	ConsoleURL string // "" hides the link
}

// Demo renders the demo article.
func (p *Pages) Demo(w io.Writer, v DemoPage) error { return p.render(w, "demo", v) }
