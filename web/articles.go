package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

func (s *Server) getArticles(c *gin.Context) error {
	p, site, err := siteParams(c)
	if err != nil {
		return err
	}
	limit, err := p.number("limit")
	if err != nil {
		return err
	}
	articles, next, err := s.service.Articles(c.Request.Context(), site, p.get("q"), limit, p.get("cursor"))
	if err != nil {
		return err
	}
	type numbersJSON struct {
		Approved int `json:"approved"`
		Pending  int `json:"pending"`
	}
	type listedJSON struct {
		queueArticleJSON
		Counts numbersJSON `json:"counts"`
	}
	list := make([]listedJSON, len(articles))
	for i := range articles {
		a := &articles[i]
		list[i] = listedJSON{newQueueArticle(a), numbersJSON{a.Approved, a.Pending}}
	}
	return answer(c, http.StatusOK, map[string]any{"articles": list, "next": orNull(next)})
}

func (s *Server) getArticle(c *gin.Context) error {
	article, err := s.service.Article(c.Request.Context(), c.Param("article"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, newQueueArticle(&article))
}

func (s *Server) patchArticle(c *gin.Context) error {
	var in struct {
		State  *string      `json:"state"`
		Mode   *models.Mode `json:"mode"`
		Notice *string      `json:"notice"`
		Heat   *string      `json:"heat"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	patch := moderation.ArticlePatch{Mode: in.Mode, Notice: in.Notice, Heat: in.Heat}
	if in.State != nil {
		closed, err := parseState(*in.State)
		if err != nil {
			return err
		}
		patch.Closed = &closed
	}
	article, err := s.service.PatchArticle(c.Request.Context(), moderator(c), c.Param("article"), patch)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, newQueueArticle(&article))
}

func parseState(name string) (closed bool, err error) {
	if name != "open" && name != "closed" {
		return false, models.Invalid("state", "Use open or closed.")
	}
	return name == "closed", nil
}
