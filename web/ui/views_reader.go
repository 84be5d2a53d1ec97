package ui

import (
	"cmp"
	"errors"
	"html/template"
	"io"
	"strconv"
	"time"
)

// ThreadPage is /thread/{site}?id=&url=&title=: one article's comments without JavaScript. Its form posts id, url, title, parent, key, name,
// email and text to Action and expects the same page back, with Form's errors or with Posted.
type ThreadPage struct {
	Language    Language // see Pages.Language
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
	Badge     string // "", moderator, staff, member
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
	URL      string // address of the comment when it is public
}

// threadView is the page with its comments nested.
type threadView struct {
	ThreadPage
	L                Language
	Heading, ReplyTo string // the sentence above the form
	Quoted           *ThreadComment
	Tree             []*threadNode
	Text             fieldView
	Name, Email      fieldView
}

// threadNode is a comment and the replies below it.
type threadNode struct {
	ThreadComment
	L       Language
	When    moment
	URL     string // where the comment is read
	Replies []*threadNode
}

// Thread renders the readers' page.
func (p *Pages) Thread(w io.Writer, v ThreadPage) error {
	l := v.Language
	if l.speech == nil {
		l = p.Language()
	}
	view := threadView{ThreadPage: v, L: l, Quoted: v.ReplyTo, Tree: nest(l, v.Comments)}
	var err error
	text := func(key string, values ...string) string {
		s, fault := l.T(key, values...)
		err = errors.Join(err, fault)
		return s
	}
	view.Heading, view.ReplyTo = cmp.Or(v.Title, text("discussion")), text("invite")
	if v.ReplyTo != nil {
		view.ReplyTo = text("replyTo", "name", cmp.Or(v.ReplyTo.Author, text("anonymous")))
	}
	view.Text = newField(v.Form, "text", "textarea", text("comment"), text("hint"), "required rows=6 max="+strconv.Itoa(cmp.Or(v.MaxLength, 5000)))
	view.Name = newField(v.Form, "name", "text", text("name"), "", "plain autocomplete=nickname max=60")
	view.Email = newField(v.Form, "email", "email", text("email"), "", "plain autocomplete=email max=254")
	if err != nil {
		return err
	}
	return p.render(w, "thread", view)
}

// By names the author of a comment.
func (n *threadNode) By() (string, error) {
	if n.Author != "" {
		return n.Author, nil
	}
	return n.L.T("anonymous")
}

func newNode(l Language, c ThreadComment, address string) *threadNode {
	return &threadNode{ThreadComment: c, L: l, When: l.Moment(c.CreatedAt), URL: address}
}

// nest turns a list in tree order into the tree. A comment whose parent is not on the page stands at the top, as does one whose depth
// jumps: the page may begin in the middle of a branch. Linear in the number of comments.
func nest(l Language, comments []ThreadComment) []*threadNode {
	var roots []*threadNode
	byID := make(map[string]*threadNode, len(comments))
	for _, comment := range comments {
		node := newNode(l, comment, "#"+comment.Anchor)
		if parent := byID[comment.Parent]; comment.Parent != "" && parent != nil {
			parent.Replies = append(parent.Replies, node)
		} else {
			roots = append(roots, node)
		}
		byID[comment.ID] = node
	}
	return roots
}

// PostPage is /p/{post}: one comment for a frame, or why there is none.
type PostPage struct {
	Language  Language
	SiteName  string
	Title     string // of the article
	URL       string // of the comment in the article
	Comment   ThreadComment
	Parent    *ThreadComment // above it; nil for none
	ParentURL string
	Missing   bool
	Detail    string // why it is missing, when the reason is a particular one
}

// postView is the page with its comments as the thread has them.
type postView struct {
	PostPage
	L           Language
	Node, Above *threadNode
}

// Post renders a single comment.
func (p *Pages) Post(w io.Writer, v PostPage) error {
	l := v.Language
	view := postView{PostPage: v, L: l, Node: newNode(l, v.Comment, v.URL)}
	if v.Parent != nil {
		view.Above = newNode(l, *v.Parent, v.ParentURL)
	}
	return p.render(w, "post", view)
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
