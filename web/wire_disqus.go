package web

import (
	"cmp"
	"encoding/json"
	"net/http"
	"strconv"

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

// disqusCursor says how a list goes on. As at Disqus there is a next one at the
// end too, for what comes later; HasNext says whether it leads anywhere now.
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
	Forum       any      `json:"forum"` // a key, or with related=forum all of it
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
	Forum         any              `json:"forum"`  // a key, or with related=forum all of it
	Author        disqusAuthorJSON `json:"author"`
	Message       string           `json:"message"` // safe HTML
	RawMessage    string           `json:"raw_message"`
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

// disqusForumJSON is a site, as far as it is public.
type disqusForumJSON struct {
	ID          string           `json:"id"`
	Name        string           `json:"name"`
	URL         string           `json:"url"`
	Language    string           `json:"language"`
	CreatedAt   string           `json:"createdAt"`
	Description string           `json:"description"`
	Avatar      disqusAvatarJSON `json:"avatar"`
}

// disqusAuthorJSON is an author. A guest is anonymous, and has no ID; those who
// were signed in have one, by which programs tell them apart. E-mail and network
// addresses are not told.
type disqusAuthorJSON struct {
	ID          string           `json:"id,omitempty"`
	Name        string           `json:"name"`
	Username    string           `json:"username"`
	URL         string           `json:"url"`
	ProfileURL  string           `json:"profileUrl"`
	About       string           `json:"about"`
	Location    string           `json:"location"`
	IsAnonymous bool             `json:"isAnonymous"`
	IsPrivate   bool             `json:"isPrivate"`
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
	withForum  *models.Site // nil: its key will do
}

func newDisqusCursor(c moderation.DisqusCursor) *disqusCursor {
	return &disqusCursor{Prev: orNull(c.Prev), HasPrev: c.Prev != "", Next: orNull(c.Next), HasNext: c.HasNext, More: c.HasNext, ID: c.Next}
}

// forum names the site, or tells of it.
func (w disqusWire) forum(key string) any {
	if w.withForum != nil {
		return newDisqusForum(w.withForum)
	}
	return key
}

func newDisqusForum(s *models.Site) disqusForumJSON {
	out := disqusForumJSON{
		ID: s.Key, Name: s.Name, Language: cmp.Or(s.Language, "en"), CreatedAt: s.CreatedAt.UTC().Format(disqusTime),
		Avatar: newDisqusAvatar(""),
	}
	if len(s.Hosts) > 0 {
		out.URL = "https://" + s.Hosts[0]
	}
	return out
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
		ID: t.Number, Forum: w.forum(t.SiteKey), Title: t.Title, CleanTitle: t.Title, Slug: t.Key(), Feed: w.base + "/e/" + t.SiteKey + "/" + t.Key() + "/latest.rss", Link: orNull(t.URL),
		Identifiers: append([]string{}, t.Idents...), CreatedAt: t.CreatedAt.UTC().Format(disqusTime), Posts: t.Approved, Recent: t.Recent,
		IsClosed: closedThread(t),
	}
}

func closedThread(t *moderation.DisqusThread) bool {
	return t.Closed || t.HeatLevel >= int(heat.ReadOnly)
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
		ID: p.Number, Thread: p.Thread.Number, Forum: w.forum(p.Thread.SiteKey), URL: w.address(p), CreatedAt: p.CreatedAt.UTC().Format(disqusTime),
		Depth: p.Depth, Media: []string{}, IsDeleted: p.Tombstone(), IsApproved: !p.Tombstone(),
	}
	if p.Parent != "" {
		parent := json.Number(p.Parent)
		out.Parent = &parent
	}
	if w.withThread {
		out.Thread = w.thread(p.Thread)
	}
	if p.Tombstone() {
		out.Author = newDisqusAuthor(&models.Comment{})
		return out
	}
	out.Author, out.Message, out.RawMessage, out.IsEdited = newDisqusAuthor(&p.Comment), p.HTML, p.Source, !p.EditedAt.IsZero()
	out.Likes, out.Points = p.Likes, p.Likes
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

// newDisqusAuthor tells of the author of a comment what readers see. Those with
// a badge were signed in.
func newDisqusAuthor(c *models.Comment) disqusAuthorJSON {
	out := disqusAuthorJSON{Name: c.AuthorName, IsAnonymous: c.Badge == "", Avatar: newDisqusAvatar(c.Avatar)}
	if !out.IsAnonymous {
		out.Username, out.ID = c.AuthorName, strconv.FormatInt(c.AuthorID, 10)
	}
	return out
}

// newDisqusAvatar is a picture, or the stand-in for one.
func newDisqusAvatar(address string) disqusAvatarJSON {
	at := cmp.Or(address, noFace)
	image := disqusImageJSON{at, at}
	return disqusAvatarJSON{disqusImageJSON: image, Small: image, Large: image, IsCustom: address != ""}
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
		return 1, http.StatusBadRequest, p.Detail
	case models.CodeForbidden:
		return 5, http.StatusForbidden, p.Detail
	case codeMethod:
		return 7, http.StatusMethodNotAllowed, p.Detail
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
