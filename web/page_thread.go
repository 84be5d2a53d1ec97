package web

import (
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"html/template"
	"io"
	"net/http"
	"net/url"
	"strings"
	"unicode/utf8"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

// threadRequest is what the readers' page without JavaScript is asked for.
type threadRequest struct {
	site         models.Site
	ref          models.ArticleRef
	lang         string // language asked for in the query
	language     ui.Language
	sort, cursor string
	reply        string // public id of the comment that the form answers
	around       string // public id of a comment that the page must hold
}

// getThreadPage shows a thread as a page that needs no JavaScript.
func (s *Server) getThreadPage(c *gin.Context) error {
	r, p, err := s.threadRequest(c)
	if err != nil {
		return err
	}
	r.ref, r.sort, r.cursor, r.reply, r.around = p.article(), p.get("sort"), p.get("cursor"), p.get("reply"), p.get("around")
	if r.around == "" && r.cursor == "" {
		r.around = r.reply
	}
	key, err := s.newKey()
	if err != nil {
		return err
	}
	return s.showThread(c, http.StatusOK, r, ui.ThreadPage{Form: openForm(), Key: key})
}

// threadRequest reads what all requests for the page have in common.
func (s *Server) threadRequest(c *gin.Context) (threadRequest, params, error) {
	p, err := queryParams(c.Request)
	if err != nil {
		return threadRequest{}, nil, err
	}
	site, err := s.service.Site(c.Request.Context(), c.Param("site"))
	r := threadRequest{site: site, lang: p.get("lang")}
	r.language = s.speak(c, r.lang, site.Language)
	return r, p, err
}

// postThreadPage takes a comment from the page's form and shows the page again,
// with what became of it. Loading that answer again sends the same key, so the
// comment is never there twice.
func (s *Server) postThreadPage(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	ctx, form := c.Request.Context(), c.Request.PostForm
	r, _, err := s.threadRequest(c)
	if err != nil {
		return err
	}
	r.ref = models.ArticleRef{ID: form.Get("id"), URL: form.Get("url"), Title: form.Get("title")}
	receipt, err := s.service.Submit(ctx, moderation.Submission{
		Site: r.site.Key, Article: r.ref, Parent: form.Get("parent"), Text: form.Get("text"), Name: form.Get("name"), Email: form.Get("email"),
		Key: form.Get("key"), Addr: address(c),
	})
	if err != nil {
		refused, status, fault := refusedForm(c, err, map[string]string{"author.name": "name", "author.email": "email", "key": ""})
		if fault = errors.Join(fault, r.translate(refused, models.CodeOf(err))); fault != nil {
			return fault
		}
		r.reply, r.around = form.Get("parent"), form.Get("parent")
		return s.showThread(c, status, r, ui.ThreadPage{Form: refused, Key: form.Get("key")})
	}
	return s.showPosted(c, r, receipt)
}

// translate puts sentences in the reader's language in the place of the
// server's, as far as the widget has them; the server's are English, or those of
// the site.
func (r threadRequest) translate(refused ui.Form, code models.Code) (err error) {
	if r.language.English() {
		return nil
	}
	put := func(field, key string) {
		if refused.Errors[field] != "" && err == nil {
			refused.Errors[field], err = r.language.T(key)
		}
	}
	switch code {
	case models.CodeClosed:
		put("", "closed")
	case models.CodeRateLimited:
		put("", "slow")
	}
	put("email", "badEmail")
	text := strings.TrimSpace(refused.Value("text"))
	if text == "" {
		put("text", "emptyText")
	}
	if over := utf8.RuneCountInString(text) - r.site.MaxLength; over > 0 && err == nil {
		refused.Errors["text"], err = r.language.N("over", over)
	}
	return err
}

// showPosted shows the thread with what became of a new comment, and an empty
// form under the same name.
func (s *Server) showPosted(c *gin.Context, r threadRequest, receipt moderation.Receipt) error {
	key, err := s.newKey()
	if err != nil {
		return err
	}
	view := ui.ThreadPage{
		Key: key, Form: openForm("name", c.Request.PostForm.Get("name"), "email", c.Request.PostForm.Get("email")),
		Posted: &ui.Posted{Approved: receipt.Comment.Status == models.Approved},
	}
	if id := receipt.Comment.PublicID(); view.Posted.Approved {
		view.Posted.URL, r.around = "#"+anchor(id, ""), id
	}
	return s.showThread(c, http.StatusOK, r, view)
}

// newKey makes the key by which a form that is sent twice makes one comment.
func (s *Server) newKey() (string, error) {
	var key [16]byte
	if _, err := io.ReadFull(s.rand, key[:]); err != nil {
		return "", fmt.Errorf("make a key: %w", err)
	}
	return hex.EncodeToString(key[:]), nil
}

// showThread reads the thread and draws the page around the form in view. It
// uses the bytes that body=html answers with, which the service keeps ready.
func (s *Server) showThread(c *gin.Context, status int, r threadRequest, view ui.ThreadPage) error {
	q := moderation.ThreadQuery{Site: r.site.Key, Article: r.ref, Sort: moderation.Sort(r.sort), Cursor: r.cursor, Around: r.around}
	ready, err := s.service.Thread(c.Request.Context(), q, htmlEncoder())
	if err != nil {
		return err
	}
	var thread threadJSON
	if err := json.Unmarshal(ready.Plain, &thread); err != nil {
		return fmt.Errorf("read thread page: %w", err)
	}
	s.fillThread(&view, r, &thread)
	return s.pages.Thread(page(c, status), view)
}

func (s *Server) fillThread(view *ui.ThreadPage, r threadRequest, thread *threadJSON) {
	view.Language = r.language
	view.Site, view.SiteName, view.MaxLength = r.site.Key, r.site.Name, thread.Site.MaxLength
	view.ID, view.URL, view.Title = r.ref.ID, s.articleURL(r.site, r.ref.URL), r.ref.Title
	if thread.Article.Key != nil {
		view.Title = thread.Article.Title
	}
	if page := models.PageLink(thread.Article.URL); page != "" {
		view.URL = page
	}
	view.Count, view.Closed, view.Notice, view.Sort = thread.Count, thread.Article.State == "closed", thread.Article.Notice, r.sort
	view.Members = !thread.Site.Guests
	self := threadPath(r.site.Key, r.ref)
	if r.lang != "" {
		self += "&lang=" + url.QueryEscape(r.lang)
	}
	view.Action, view.CancelReply = self, self+"#reply-form"
	view.OldestURL, view.NewestURL = self+"&sort=oldest", self+"&sort=newest"
	paged := self
	if r.sort != "" {
		paged += "&sort=" + url.QueryEscape(r.sort)
	}
	view.PrevURL, view.NextURL = pagePath(paged, thread.Prev), pagePath(paged, thread.Next)
	for i := range thread.Comments {
		comment := newThreadComment(&thread.Comments[i], self, !view.Closed && !view.Members)
		view.Comments = append(view.Comments, comment)
		if comment.ID == r.reply && !comment.Tombstone {
			view.ReplyTo = &comment
		}
	}
}

func newThreadComment(c *commentJSON, self string, open bool) ui.ThreadComment {
	out := ui.ThreadComment{
		ID: c.ID, Depth: c.Depth, CreatedAt: c.CreatedAt, Edited: c.EditedAt != nil, Tombstone: c.State == "tombstone", Likes: c.Likes,
		Anchor: anchor(c.ID, deref(c.ExternalID)), Parent: deref(c.Parent),
	}
	if out.Tombstone {
		return out
	}
	var html string
	if json.Unmarshal(c.Body, &html) == nil {
		out.Body = template.HTML(html) // made by the comment renderer, from an allow list
	}
	if c.Author != nil {
		out.Author, out.Badge = c.Author.Name, c.Author.Badge
	}
	if open {
		out.ReplyURL = self + "&reply=" + url.QueryEscape(c.ID) + "#reply-form"
	}
	return out
}

// threadPath is the address of the readers' page of an article. It always has a
// query.
func threadPath(site string, ref models.ArticleRef) string {
	q := url.Values{"id": {ref.ID}}
	if ref.URL != "" {
		q.Set("url", ref.URL)
	}
	if ref.Title != "" {
		q.Set("title", ref.Title)
	}
	return "/thread/" + url.PathEscape(site) + "?" + q.Encode()
}

func pagePath(path string, cursor *string) string {
	if cursor == nil {
		return ""
	}
	return path + "&cursor=" + url.QueryEscape(*cursor)
}

// anchor is the name of a comment within its page: an imported one keeps the
// one it had.
func anchor(id, externalID string) string {
	if number, ok := models.ExternalNumber(externalID); ok {
		return "comment-" + number
	}
	return "comment-" + id
}

// articleURL passes on an address from the query only when it is a page of the
// site: the page links to it.
func (s *Server) articleURL(site models.Site, address string) string {
	u, err := url.Parse(address)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || !s.service.AllowsOrigin(&site, u.Scheme+"://"+u.Host) {
		return ""
	}
	return address
}

func deref(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
