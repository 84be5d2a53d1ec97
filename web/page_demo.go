package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/web/ui"
)

// demoSite is the key of the site that serve --demo adds.
const demoSite = "demo"

// getDemo shows an article that embeds the widget as any site would.
func (s *Server) getDemo(c *gin.Context) error {
	article := s.base(c) + "/demo"
	c.Header("Content-Security-Policy", demoPolicy)
	return s.pages.Demo(page(c, http.StatusOK), ui.DemoPage{
		ArticleURL: article, ScriptURL: "/embed.js?site=" + demoSite, ConsoleURL: "/console",
		ThreadURL: threadPath(demoSite, models.ArticleRef{URL: article}),
	})
}
