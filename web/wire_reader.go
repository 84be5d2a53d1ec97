package web

import (
	"bytes"
	"encoding/json"
	"time"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/heat"
	"postbag/web/ui"
)

// threadJSON is a page of a thread.
type threadJSON struct {
	Article  articleJSON   `json:"article"`
	Count    int           `json:"count"`
	Comments []commentJSON `json:"comments"`
	Prev     *string       `json:"prev"`
	Next     *string       `json:"next"`
	Stream   *string       `json:"stream"`
	Site     siteJSON      `json:"site"`

	Texts json.RawMessage `json:"texts,omitempty"` // of the widget, in the language asked for
}

// siteJSON is what a writer of comments needs to know of a site.
type siteJSON struct {
	Name      string `json:"name"`
	MaxLength int    `json:"max_length"`
	MinLength int    `json:"min_length"`
	Guests    bool   `json:"guests"` // whoever is not signed in may comment
}

// articleJSON is an article. Key is nil while it is unknown.
type articleJSON struct {
	Key    *string     `json:"key"`
	ID     *string     `json:"id"`
	URL    string      `json:"url"`
	Title  string      `json:"title"`
	State  string      `json:"state"`
	Mode   models.Mode `json:"mode"`
	Notice string      `json:"notice"`
}

// commentJSON is a comment as readers see it.
type commentJSON struct {
	ID         string          `json:"id"`
	Parent     *string         `json:"parent"`
	Depth      int             `json:"depth"`
	Author     *authorJSON     `json:"author"`
	CreatedAt  time.Time       `json:"created_at"`
	EditedAt   *time.Time      `json:"edited_at"`
	Body       json.RawMessage `json:"body"` // a tree, a string of HTML, or null
	Likes      int             `json:"likes"`
	Replies    int             `json:"replies"`
	State      string          `json:"state"`
	ExternalID *string         `json:"external_id"`
}

type authorJSON struct {
	Name   string  `json:"name"`
	Badge  string  `json:"badge"`
	Avatar *string `json:"avatar"`
}

// ownCommentJSON is a comment as its author sees it.
type ownCommentJSON struct {
	commentJSON
	Status string `json:"status"`
	Text   string `json:"text,omitempty"` // what was typed; only in the list of a reader's own
}

// receiptJSON answers a comment or an edit.
type receiptJSON struct {
	Comment   ownCommentJSON `json:"comment"`
	Message   string         `json:"message"`
	EditToken string         `json:"edit_token,omitempty"`
}

// sessionJSON is a reader who is signed in, or nobody.
type sessionJSON struct {
	Reader    *readerJSON `json:"reader"`
	Token     *string     `json:"token"`
	ExpiresAt *time.Time  `json:"expires_at,omitempty"`
}

// readerJSON is what a site says of a reader, as far as it may be shown.
type readerJSON struct {
	ID     string  `json:"id"`
	Name   string  `json:"name"`
	Avatar *string `json:"avatar"`
	URL    *string `json:"url"`
}

func newSession(s *moderation.Session) sessionJSON {
	r := &s.Reader
	return sessionJSON{
		Reader: &readerJSON{ID: r.ID, Name: r.Name, Avatar: orNull(r.Avatar), URL: orNull(r.URL)},
		Token:  &s.Token, ExpiresAt: timeOrNull(s.ExpiresAt),
	}
}

// bodyForm is how the text of a comment is sent.
type bodyForm int8

const (
	treeBody bodyForm = iota
	htmlBody
)

// treeEncoder and htmlEncoder make the bytes of thread pages; the service keeps
// what they return.
func treeEncoder() moderation.Encoder {
	return moderation.Encoder{Name: "tree", ContentType: jsonType, Encode: func(t moderation.Thread) ([]byte, error) { return marshal(newThread(t, treeBody)) }}
}

// spokenEncoder puts the widget's texts into the page, so that a reader whose
// language is not that of embed.js does not wait for them. Without texts in the
// language it is treeEncoder.
func spokenEncoder(language string) moderation.Encoder {
	texts, ok := ui.WidgetTexts(language)
	if !ok {
		return treeEncoder()
	}
	return moderation.Encoder{Name: "tree in " + language, ContentType: jsonType, Encode: func(t moderation.Thread) ([]byte, error) {
		page := newThread(t, treeBody)
		page.Texts = texts.First
		return marshal(page)
	}}
}

func htmlEncoder() moderation.Encoder {
	return moderation.Encoder{Name: "html", ContentType: jsonType, Encode: func(t moderation.Thread) ([]byte, error) { return marshal(newThread(t, htmlBody)) }}
}

const jsonType = "application/json; charset=utf-8"

// marshal is json.Marshal without the escapes that only HTML needs.
func marshal(v any) ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(v); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

func newThread(t moderation.Thread, form bodyForm) threadJSON {
	page := threadJSON{
		Comments: make([]commentJSON, len(t.Comments)), Prev: orNull(t.Prev), Next: orNull(t.Next),
		Site: siteJSON{Name: t.Site.Name, MaxLength: t.Site.MaxLength, MinLength: 1, Guests: !t.Members},
	}
	for i := range t.Comments {
		page.Comments[i] = newComment(&t.Comments[i], form)
	}
	if t.Article == nil {
		page.Article = articleJSON{State: "open", Mode: t.Site.Mode}
		return page
	}
	page.Article, page.Count = newArticle(t.Article), t.Article.Approved
	page.Article.Mode = t.Site.ModeOf(t.Article.Mode)
	page.Stream = orNull("/api/v1/sites/" + t.Site.Key + "/stream?article=" + t.Article.Key())
	return page
}

// newArticle converts an article for readers: to them one that became read-only
// in the heat of the moment is closed, and one that holds everything is in mode
// pre.
func newArticle(a *models.Article) articleJSON {
	out := articleJSON{
		Key: orNull(a.Key()), ID: orNull(a.Ident), URL: a.URL, Title: a.Title, Mode: a.Mode, Notice: a.Notice,
		State: articleState(a.Closed || a.HeatLevel >= int(heat.ReadOnly)),
	}
	if a.HeatLevel >= int(heat.HoldAll) {
		out.Mode = models.PreMode
	}
	return out
}

func articleState(closed bool) string {
	if closed {
		return "closed"
	}
	return "open"
}

// newComment converts a comment. A tombstone says only that something stood
// there.
func newComment(c *models.Comment, form bodyForm) commentJSON {
	out := commentJSON{
		ID: c.PublicID(), Parent: orNull(models.CommentID.Format(c.ParentID)), Depth: c.Depth, CreatedAt: c.CreatedAt.UTC(),
		Replies: c.LiveReplies, State: "approved", ExternalID: orNull(c.ExternalID), Body: json.RawMessage("null"),
	}
	if c.Tombstone() {
		out.State = "tombstone"
		return out
	}
	out.Author = &authorJSON{Name: c.AuthorName, Badge: c.Badge, Avatar: orNull(c.Avatar)}
	out.EditedAt, out.Likes, out.Body = timeOrNull(c.EditedAt), c.Likes, newBody(c.Tree, c.HTML, form)
	return out
}

// newOwnComment converts a comment for its author, who sees it whatever its
// status.
func newOwnComment(c *models.Comment) ownCommentJSON {
	own := *c
	own.Shown = false // never a tombstone to its author
	return ownCommentJSON{commentJSON: newComment(&own, treeBody), Status: c.Status.String()}
}

func newBody(tree, html string, form bodyForm) json.RawMessage {
	if form == htmlBody {
		if text, err := marshal(html); err == nil {
			return bytes.TrimSpace(text)
		}
	}
	if tree == "" {
		return json.RawMessage("[]")
	}
	return json.RawMessage(tree)
}

// orNull is nil for the empty string.
func orNull(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// timeOrNull is nil for the zero time.
func timeOrNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	t = t.UTC()
	return &t
}
