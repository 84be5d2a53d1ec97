package web

import (
	"encoding/json"
	"net/http"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/heat"
)

// disqusTime is how Disqus writes times: UTC, without saying so.
const disqusTime = "2006-01-02T15:04:05"

// noFace stands for the picture that authors do not have here; callers put it
// into their pages without asking whether there is one.
const noFace = "data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 8 8'%3E%3Cpath fill='%23bbb' d='M0 0h8v8H0z'/%3E%3C/svg%3E"

// disqusAnswer is what every answer of the API is wrapped in. Code is 0 for
// success; else Response is a sentence.
type disqusAnswer struct {
	Cursor   *disqusCursor `json:"cursor,omitempty"`
	Code     int           `json:"code"`
	Response any           `json:"response"`
}

// disqusCursor says how a list goes on. Lists are read forwards only.
type disqusCursor struct {
	Prev    *string `json:"prev"`
	HasPrev bool    `json:"hasPrev"`
	Next    *string `json:"next"`
	HasNext bool    `json:"hasNext"`
	More    bool    `json:"more"`
	Total   *int    `json:"total"`
	ID      string  `json:"id"`
}

type disqusThreadJSON struct {
	ID          string   `json:"id"`
	Forum       string   `json:"forum"`
	Title       string   `json:"title"`
	CleanTitle  string   `json:"clean_title"`
	Slug        string   `json:"slug"` // part of the feed's address
	Feed        string   `json:"feed"`
	Link        *string  `json:"link"`
	Identifiers []string `json:"identifiers"`
	CreatedAt   string   `json:"createdAt"`
	Posts       int      `json:"posts"`
	Recent      int      `json:"postsInInterval,omitempty"`
	Likes       int      `json:"likes"`
	Dislikes    int      `json:"dislikes"`
	UserScore   int      `json:"userScore"`
	Message     string   `json:"message"`
	IsClosed    bool     `json:"isClosed"`
	IsDeleted   bool     `json:"isDeleted"`
	IsSpam      bool     `json:"isSpam"`
}

type disqusPostJSON struct {
	ID            string           `json:"id"`
	Parent        *json.Number     `json:"parent"`
	Thread        any              `json:"thread"` // an id, or with related=thread all of it
	Forum         string           `json:"forum"`
	Author        disqusAuthorJSON `json:"author"`
	Message       string           `json:"message"` // safe HTML
	URL           string           `json:"url"`
	CreatedAt     string           `json:"createdAt"`
	Depth         int              `json:"depth"`
	HasMore       bool             `json:"hasMore"`
	Likes         int              `json:"likes"`
	Dislikes      int              `json:"dislikes"`
	Points        int              `json:"points"`
	NumReports    int              `json:"numReports"`
	Media         []string         `json:"media"`
	IsApproved    bool             `json:"isApproved"`
	IsDeleted     bool             `json:"isDeleted"`
	IsEdited      bool             `json:"isEdited"`
	IsFlagged     bool             `json:"isFlagged"`
	IsHighlighted bool             `json:"isHighlighted"`
	IsSpam        bool             `json:"isSpam"`
}

// disqusAuthorJSON is an author. Of all authors only the name is public.
type disqusAuthorJSON struct {
	Name        string           `json:"name"`
	Username    string           `json:"username"`
	URL         string           `json:"url"`
	ProfileURL  string           `json:"profileUrl"`
	IsAnonymous bool             `json:"isAnonymous"`
	Avatar      disqusAvatarJSON `json:"avatar"`
}

type disqusAvatarJSON struct {
	disqusImageJSON
	IsCustom bool            `json:"isCustom"`
	Small    disqusImageJSON `json:"small"`
	Large    disqusImageJSON `json:"large"`
}

type disqusImageJSON struct {
	Permalink string `json:"permalink"`
	Cache     string `json:"cache"`
}

// disqusWire converts for one request.
type disqusWire struct {
	base       string // address of the server
	withThread bool
}

func newDisqusCursor(next string) *disqusCursor {
	more := next != ""
	return &disqusCursor{Next: orNull(next), HasNext: more, More: more, ID: next}
}

func (w disqusWire) threads(threads []*moderation.DisqusThread) []disqusThreadJSON {
	list := make([]disqusThreadJSON, len(threads))
	for i, t := range threads {
		list[i] = w.thread(t)
	}
	return list
}

func (w disqusWire) thread(t *moderation.DisqusThread) disqusThreadJSON {
	return disqusThreadJSON{
		ID: t.Number, Forum: t.SiteKey, Title: t.Title, CleanTitle: t.Title, Slug: t.Key(), Feed: w.base + "/e/" + t.SiteKey + "/" + t.Key() + "/latest.rss", Link: orNull(t.URL),
		Identifiers: append([]string{}, t.Idents...), CreatedAt: t.CreatedAt.UTC().Format(disqusTime), Posts: t.Approved, Recent: t.Recent,
		IsClosed: t.Closed || t.HeatLevel >= int(heat.ReadOnly),
	}
}

func (w disqusWire) posts(posts []moderation.DisqusPost) []disqusPostJSON {
	list := make([]disqusPostJSON, len(posts))
	for i := range posts {
		list[i] = w.post(&posts[i])
	}
	return list
}

// post converts a comment. Of a tombstone it says only that something stood
// there.
func (w disqusWire) post(p *moderation.DisqusPost) disqusPostJSON {
	out := disqusPostJSON{
		ID: p.Number, Thread: p.Thread.Number, Forum: p.Thread.SiteKey, URL: w.address(p), CreatedAt: p.CreatedAt.UTC().Format(disqusTime),
		Depth: p.Depth, Media: []string{}, Author: newDisqusAuthor(""), IsDeleted: p.Tombstone(), IsApproved: !p.Tombstone(),
	}
	if p.Parent != "" {
		parent := json.Number(p.Parent)
		out.Parent = &parent
	}
	if w.withThread {
		out.Thread = w.thread(p.Thread)
	}
	if !p.Tombstone() {
		out.Author, out.Message, out.IsEdited = newDisqusAuthor(p.AuthorName), p.HTML, !p.EditedAt.IsZero()
		out.Likes, out.Points = p.Likes, p.Likes
	}
	return out
}

// address is where a comment is read.
func (w disqusWire) address(p *moderation.DisqusPost) string {
	return w.page(p.Thread) + "#comment-" + p.Anchor
}

// page is where a thread is read: on the site's page, or on ours when the page
// is not known.
func (w disqusWire) page(t *moderation.DisqusThread) string {
	if t.URL != "" {
		return t.URL
	}
	return w.base + threadPath(t.SiteKey, models.ArticleRef{ID: t.Ident})
}

func newDisqusAuthor(name string) disqusAuthorJSON {
	image := disqusImageJSON{noFace, noFace}
	return disqusAuthorJSON{Name: name, IsAnonymous: true, Avatar: disqusAvatarJSON{disqusImageJSON: image, Small: image, Large: image}}
}

// disqusBody encodes an answer, and wraps it for JSONP. The comment in front
// keeps a callback's name from being read as the start of anything but a script;
// "<" and the line ends of JavaScript are escaped.
func disqusBody(a disqusAnswer, callback string) ([]byte, error) {
	body, err := json.Marshal(a)
	if err != nil || callback == "" {
		return body, err
	}
	return append(append([]byte("/**/"+callback+"("), body...), ");"...), nil
}

func disqusType(callback string) string {
	if callback == "" {
		return jsonType
	}
	return scriptType
}

// disqusProblem is a refusal with the codes of Disqus.
func disqusProblem(p problem) (code, status int, text string) {
	switch p.Code {
	case models.CodeNotFound:
		return 1, http.StatusNotFound, p.Detail
	case models.CodeInvalid:
		return 2, http.StatusBadRequest, invalidArgument(p)
	case models.CodeMalformed, models.CodeTooLarge, models.CodeOrigin:
		return 2, http.StatusBadRequest, p.Detail
	case models.CodeRateLimited, models.CodeBusy:
		return 13, p.Status, p.Detail
	}
	return 15, http.StatusInternalServerError, p.Detail
}

func invalidArgument(p problem) string {
	if len(p.Errors) == 0 {
		return p.Detail
	}
	return "Invalid argument, '" + p.Errors[0].Field + "': " + p.Errors[0].Detail
}
