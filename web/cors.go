package web

import (
	"net/http"

	"github.com/gin-gonic/gin"

	"postbag/models"
)

// share lets the pages of a site read the readers' API: it answers with the
// asking origin when that is one of the site's, or the server's own. A request
// that changes something and comes from elsewhere is refused. No route of the
// readers' API looks at cookies.
func (s *Server) share(c *gin.Context) error {
	origin := c.Request.Header["Origin"]
	if len(origin) == 0 {
		return nil
	}
	allowed, err := s.allowsOrigin(c, origin[0])
	if err != nil {
		return err
	}
	if allowed {
		h := c.Writer.Header()
		h["Access-Control-Allow-Origin"] = origin[:1:1]
		h["Access-Control-Expose-Headers"] = []string{"ETag, Retry-After"}
		return nil
	}
	switch c.Request.Method {
	case http.MethodGet, http.MethodHead, http.MethodOptions:
		return nil // without the header, the browser keeps the answer from the page
	}
	return models.Refuse(models.CodeOrigin, "Comments of this site cannot be written from here. Open the article on the site itself.")
}

// allowsOrigin asks the site of the path; a path without one belongs to any
// site.
func (s *Server) allowsOrigin(c *gin.Context, origin string) (bool, error) {
	if origin == s.base(c) || c.GetHeader("Sec-Fetch-Site") == "same-origin" {
		return true, nil
	}
	ctx := c.Request.Context()
	if key := c.Param("site"); key != "" {
		site, err := s.service.Site(ctx, key)
		if models.CodeOf(err) == models.CodeNotFound {
			return true, nil // so that the page can read that its site is unknown
		}
		return err == nil && s.service.AllowsOrigin(&site, origin), err
	}
	sites, err := s.service.Sites(ctx)
	for i := range sites {
		if s.service.AllowsOrigin(&sites[i], origin) {
			return true, nil
		}
	}
	return false, err
}

// preflight answers what a browser asks before it sends a page's request.
func (s *Server) preflight(c *gin.Context) error {
	h := c.Writer.Header()
	if h.Get("Access-Control-Allow-Origin") != "" {
		h.Set("Access-Control-Allow-Methods", "GET, HEAD, POST, PUT, PATCH, DELETE")
		h.Set("Access-Control-Allow-Headers", "Authorization, Content-Type, Last-Event-ID")
		h.Set("Access-Control-Max-Age", "7200")
	}
	h.Set("Allow", "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS")
	c.Status(http.StatusNoContent)
	return nil
}
