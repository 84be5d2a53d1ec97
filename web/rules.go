package web

import (
	"context"
	"net/http"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

func (s *Server) getRules(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	site, err := needSite(p)
	if err != nil {
		return err
	}
	rules, err := s.service.Rules(c.Request.Context(), site)
	if err != nil {
		return err
	}
	list := make([]ruleJSON, len(rules))
	for i := range rules {
		list[i] = newRule(&rules[i], site)
	}
	return answer(c, http.StatusOK, map[string]any{"rules": list})
}

func (s *Server) getRule(c *gin.Context) error {
	rule, err := s.service.Rule(c.Request.Context(), c.Param("rule"))
	if err != nil {
		return err
	}
	return s.answerRule(c, http.StatusOK, rule)
}

func (s *Server) answerRule(c *gin.Context, status int, rule models.Rule) error {
	site, err := s.siteOf(c.Request.Context(), rule.SiteID)
	if err != nil {
		return err
	}
	return answer(c, status, newRule(&rule, site.Key))
}

// siteOf finds a site by its number, which only rules name.
func (s *Server) siteOf(ctx context.Context, id int64) (models.Site, error) {
	sites, err := s.service.Sites(ctx)
	for _, site := range sites {
		if site.ID == id {
			return site, nil
		}
	}
	if err == nil {
		err = models.Refuse(models.CodeNotFound, "The site of this rule does not exist any more.")
	}
	return models.Site{}, err
}

func (s *Server) postRule(c *gin.Context) error {
	var in ruleRequest
	if err := readJSONOf(c, &in, maxRule); err != nil {
		return err
	}
	draft, err := in.draft()
	if err != nil {
		return err
	}
	rule, err := s.service.AddRule(c.Request.Context(), in.Site, draft)
	if err != nil {
		return err
	}
	return s.answerRule(c, http.StatusCreated, rule)
}

func (s *Server) putRule(c *gin.Context) error {
	var in ruleRequest
	if err := readJSONOf(c, &in, maxRule); err != nil {
		return err
	}
	draft, err := in.draft()
	if err != nil {
		return err
	}
	rule, err := s.service.SetRule(c.Request.Context(), c.Param("rule"), in.Version, draft)
	if err != nil {
		return err
	}
	return s.answerRule(c, http.StatusOK, rule)
}

func (s *Server) deleteRule(c *gin.Context) error {
	if err := s.service.DeleteRule(c.Request.Context(), c.Param("rule")); err != nil {
		return err
	}
	return done(c)
}

// postRulesTest says what the rules of a site would say, and stores nothing.
func (s *Server) postRulesTest(c *gin.Context) error {
	var in struct {
		Site    string `json:"site"`
		Article struct {
			ID    string `json:"id"`
			URL   string `json:"url"`
			Title string `json:"title"`
		} `json:"article"`
		Text  string `json:"text"`
		Name  string `json:"name"`
		Email string `json:"email"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	verdict, err := s.service.TestRules(c.Request.Context(), moderation.Submission{
		Site: in.Site, Article: models.ArticleRef(in.Article), Text: in.Text, Name: in.Name, Email: in.Email,
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]any{
		"action": verdict.Action().String(), "why": newFindings(verdict.Findings), "retry_after": seconds(verdict.RetryAfter),
	})
}
