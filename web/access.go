package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/web/auth"
)

// sessionCookie carries the session of the console.
const sessionCookie = "postbag_session"

// moderatorKey is where the context of a request keeps who asks.
const moderatorKey = "moderator"

// admit checks that a request may have its route, before the route's handler
// runs.
func (s *Server) admit(r route, c *gin.Context) error {
	switch r.surface {
	case readerAPI:
		return s.share(c)
	case readerPage:
		return s.sameOrigin(c)
	case consoleAPI:
		return s.admitAPI(r, c)
	case console:
		return s.admitPage(r, c)
	}
	return nil
}

// sameOrigin refuses a request that changes something and that another site's
// page has sent with the visitor's browser.
func (s *Server) sameOrigin(c *gin.Context) error {
	if s.csrf.Check(c.Request) != nil {
		return models.Refuse(models.CodeOrigin, "This was sent from another site's page. Open the page here and send it again.")
	}
	return nil
}

// admitAPI lets a program in by its bearer token, the console by its cookie. A
// token that is sent must be right: the cookie does not stand in for it.
func (s *Server) admitAPI(r route, c *gin.Context) error {
	who, err := s.identify(c)
	if err != nil {
		return err
	}
	return admitModerator(r, c, who)
}

func (s *Server) identify(c *gin.Context) (models.Moderator, error) {
	ctx := c.Request.Context()
	if c.GetHeader("Authorization") != "" {
		return s.accounts.Token(ctx, bearer(c))
	}
	if err := s.sameOrigin(c); err != nil {
		return models.Moderator{}, err
	}
	return s.accounts.Session(ctx, sessionOf(c))
}

// admitPage lets people in by their cookie, and sends the others to sign in.
func (s *Server) admitPage(r route, c *gin.Context) error {
	if err := s.sameOrigin(c); err != nil {
		return err
	}
	if r.access == anyone {
		return nil
	}
	who, err := s.accounts.Session(c.Request.Context(), sessionOf(c))
	if models.CodeOf(err) == models.CodeUnauthorized {
		return &redirect{loginPath(c.Request)}
	}
	if err != nil {
		return err
	}
	return admitModerator(r, c, who)
}

func admitModerator(r route, c *gin.Context, who models.Moderator) error {
	c.Set(moderatorKey, who)
	if r.access == admins && who.Role != models.RoleAdmin {
		return models.Refuse(models.CodeForbidden, "Only admins may do this. Ask an admin of your team.")
	}
	return nil
}

// loginPath is where to sign in, and to come back from when the request can be
// made again.
func loginPath(r *http.Request) string {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		return "/console/login"
	}
	return "/console/login?next=" + url.QueryEscape(r.URL.RequestURI())
}

// moderator is who asks, on a route that is not for anyone.
func moderator(c *gin.Context) models.Moderator {
	who, _ := currentModerator(c)
	return who
}

func currentModerator(c *gin.Context) (models.Moderator, bool) {
	v, _ := c.Get(moderatorKey)
	who, ok := v.(models.Moderator)
	return who, ok
}

func sessionOf(c *gin.Context) string {
	cookie, err := c.Request.Cookie(sessionCookie)
	if err != nil {
		return ""
	}
	return cookie.Value
}

// setSession gives the browser its session; the empty one takes it away.
func (s *Server) setSession(c *gin.Context, session string) {
	cookie := &http.Cookie{
		Name: sessionCookie, Value: session, Path: "/", MaxAge: int(auth.SessionLife.Seconds()),
		HttpOnly: true, SameSite: http.SameSiteStrictMode, Secure: s.secure(c),
	}
	if session == "" {
		cookie.MaxAge = -1
	}
	http.SetCookie(c.Writer, cookie)
}

// secure reports whether people reach the server by https.
func (s *Server) secure(c *gin.Context) bool {
	if s.public != nil {
		return s.public.Scheme == "https"
	}
	return s.scheme(c) == "https"
}
