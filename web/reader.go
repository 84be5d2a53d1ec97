package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

// getThread answers with bytes that the service keeps ready: no query and no
// encoding while the thread does not change.
func (s *Server) getThread(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	q, err := threadQuery(c, p)
	if err != nil {
		return err
	}
	encoder := spokenEncoder(p.get("lang"))
	switch p.get("body") {
	case "", "tree":
	case "html":
		encoder = htmlEncoder()
	default:
		return models.Invalid("body", "Use tree or html.")
	}
	page, err := s.service.Thread(c.Request.Context(), q, encoder)
	if err != nil {
		return inQuery(err)
	}
	return pageContent(page).send(c)
}

func threadQuery(c *gin.Context, p params) (moderation.ThreadQuery, error) {
	limit, err := p.number("limit")
	return moderation.ThreadQuery{
		Site: c.Param("site"), Article: p.article(), Key: p.get("article"), Sort: moderation.Sort(p.get("sort")),
		Limit: limit, Cursor: p.get("cursor"), Around: p.get("around"),
	}, err
}

// getCounts answers for every id and url of the query, in its order.
func (s *Server) getCounts(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	type countJSON struct {
		ID    *string `json:"id"`
		URL   *string `json:"url"`
		Count int     `json:"count"`
	}
	counts, refs := []countJSON{}, []models.ArticleRef{}
	for i := range p {
		switch value := p[i].value; p[i].name {
		case "id":
			refs, counts = append(refs, models.ArticleRef{ID: value}), append(counts, countJSON{ID: &value})
		case "url":
			refs, counts = append(refs, models.ArticleRef{URL: value}), append(counts, countJSON{URL: &value})
		}
	}
	ctx, key := c.Request.Context(), c.Param("site")
	numbers, err := s.service.Counts(ctx, key, refs)
	if err != nil {
		return err
	}
	for i, n := range numbers {
		counts[i].Count = n
	}
	site, err := s.service.Site(ctx, key)
	if err != nil {
		return err
	}
	body, err := marshal(map[string]any{"counts": counts, "text": s.countSentence(&site)})
	if err != nil {
		return err
	}
	return bytesContent(body, jsonType).send(c)
}

func (s *Server) postComment(c *gin.Context) error {
	var in struct {
		Article struct {
			ID    string `json:"id"`
			URL   string `json:"url"`
			Title string `json:"title"`
		} `json:"article"`
		Parent string `json:"parent"`
		Text   string `json:"text"`
		Author struct {
			Name  string `json:"name"`
			Email string `json:"email"`
		} `json:"author"`
		Key string `json:"key"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	receipt, err := s.service.Submit(c.Request.Context(), moderation.Submission{
		Site: c.Param("site"), Article: models.ArticleRef(in.Article), Parent: in.Parent, Text: in.Text,
		Name: in.Author.Name, Email: in.Author.Email, Key: in.Key, Token: bearer(c), Addr: address(c),
	})
	if err != nil {
		return err
	}
	status := http.StatusCreated
	if receipt.Repeated {
		status = http.StatusOK
	}
	return answer(c, status, newReceipt(receipt))
}

func newReceipt(r moderation.Receipt) receiptJSON {
	return receiptJSON{newOwnComment(&r.Comment), r.Message, r.EditToken}
}

func (s *Server) patchComment(c *gin.Context) error {
	token, err := needBearer(c)
	if err != nil {
		return err
	}
	var in struct {
		Text string `json:"text"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	receipt, err := s.service.Edit(c.Request.Context(), c.Param("comment"), token, in.Text, address(c))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, newReceipt(receipt))
}

func (s *Server) deleteComment(c *gin.Context) error {
	token, err := needBearer(c)
	if err != nil {
		return err
	}
	if err := s.service.Withdraw(c.Request.Context(), c.Param("comment"), token); err != nil {
		return err
	}
	return done(c)
}

func needBearer(c *gin.Context) (string, error) {
	if token := bearer(c); token != "" {
		return token, nil
	}
	return "", models.Refuse(models.CodeUnauthorized, "Only who wrote a comment can change it. Send its edit token as Authorization: Bearer.")
}

func (s *Server) postReport(c *gin.Context) error {
	var in struct {
		Reason string `json:"reason"`
		Text   string `json:"text"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	if err := s.service.Report(c.Request.Context(), c.Param("comment"), in.Reason, in.Text, visitor(c)); err != nil {
		return err
	}
	return answer(c, http.StatusCreated, map[string]string{"message": "Thank you. A moderator will look at this comment."})
}

func (s *Server) putLike(c *gin.Context) error    { return s.like(c, true) }
func (s *Server) deleteLike(c *gin.Context) error { return s.like(c, false) }

func (s *Server) like(c *gin.Context, on bool) error {
	likes, err := s.service.Like(c.Request.Context(), c.Param("comment"), on, visitor(c))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]int{"likes": likes})
}

// visitor is who asks for something that needs no name.
func visitor(c *gin.Context) moderation.Visitor {
	return moderation.Visitor{Addr: address(c), Token: bearer(c)}
}

// postSession signs in the reader for whom the page vouches. That there is none
// is no error.
func (s *Server) postSession(c *gin.Context) error {
	var in struct {
		RemoteAuth string `json:"remote_auth_s3"`
		JWT        string `json:"jwt"`
		APIKey     string `json:"api_key"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	session, ok, err := s.service.SignIn(c.Request.Context(), c.Param("site"), moderation.SignIn{Payload: in.RemoteAuth, JWT: in.JWT, APIKey: in.APIKey})
	if err != nil {
		return err
	}
	if !ok {
		return answer(c, http.StatusOK, sessionJSON{})
	}
	return answer(c, http.StatusOK, newSession(&session))
}

// getOwnComments answers what the reader who is signed in has written in a
// thread.
func (s *Server) getOwnComments(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	comments, err := s.service.OwnComments(c.Request.Context(), c.Param("site"), bearer(c), p.article())
	if err != nil {
		return inQuery(err)
	}
	own := make([]ownCommentJSON, len(comments))
	for i := range comments {
		own[i] = newOwnComment(&comments[i])
		own[i].Text = comments[i].Text
	}
	return answer(c, http.StatusOK, map[string]any{"comments": own})
}
