package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/web/ui"
)

// Content security policies. Pages load only what the server itself serves, run
// no inline script and send forms only here.
const (
	consolePolicy = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'; require-trusted-types-for 'script'"
	threadPolicy = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	demoPolicy   = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self' data:; " +
		"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"
	framePolicy = "default-src 'none'; style-src 'self'; form-action 'none'; frame-ancestors *; base-uri 'none'"
	dataPolicy  = "default-src 'none'; frame-ancestors 'none'"
)

const htmlType = "text/html; charset=utf-8"

// setHeaders sets what every answer of the surface bears, refusals included.
func (k surface) setHeaders(h http.Header) {
	h["X-Content-Type-Options"] = []string{"nosniff"}
	switch k {
	case readerAPI:
		h["Cross-Origin-Resource-Policy"] = []string{"cross-origin"}
		h["Vary"] = []string{"Accept-Encoding, Origin"}
	case script, disqusAPI:
		h["Cross-Origin-Resource-Policy"] = []string{"cross-origin"}
		h["Access-Control-Allow-Origin"] = []string{"*"}
	case readerPage:
		h.Set("Content-Security-Policy", threadPolicy)
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cache-Control", "no-store")
	case framedPage:
		h.Set("Content-Security-Policy", framePolicy)
		h.Set("Referrer-Policy", "strict-origin-when-cross-origin")
		h.Set("Cross-Origin-Resource-Policy", "cross-origin")
	case console:
		h.Set("Content-Security-Policy", consolePolicy)
		h.Set("Referrer-Policy", "same-origin") // no-referrer would also hide the origin that forms are checked by
		h.Set("Cross-Origin-Opener-Policy", "same-origin")
		h.Set("Cross-Origin-Resource-Policy", "same-origin")
		h.Set("Cache-Control", "no-store")
	default:
		h.Set("Content-Security-Policy", dataPolicy)
		h.Set("Cache-Control", "no-store")
	}
}

// answer writes a refusal in the form that the surface's users can read.
func (k surface) answer(s *Server, c *gin.Context, p problem) error {
	switch k {
	case plain:
		if strings.Contains(c.GetHeader("Accept"), "text/html") {
			return s.writeErrorPage(c, k, p) // a person with a wrong address
		}
	case readerPage, console:
		return s.writeErrorPage(c, k, p)
	case framedPage:
		return s.writeFramedProblem(c, p)
	case disqusAPI:
		return writeDisqusProblem(c, p)
	case script:
		setProblemHeaders(c.Writer.Header(), p)
		c.Data(p.Status, scriptType, []byte("// Postbag: "+p.Detail+"\n"))
		return nil
	}
	return writeProblem(c, p)
}

// writeErrorPage answers a person. The page offers one way on.
func (s *Server) writeErrorPage(c *gin.Context, k surface, p problem) error {
	view := ui.ErrorPage{Status: p.Status, Title: p.Title, Detail: p.Detail}
	for i, e := range p.Errors {
		if i == 0 {
			view.Detail = ""
		}
		view.Detail = strings.TrimSpace(view.Detail + " " + e.Field + ": " + e.Detail)
	}
	if k == console {
		view.NextURL, view.NextLabel = "/console", "Go to the queue"
		if user, ok := currentModerator(c); ok {
			view.Frame.User = newUser(user)
		}
	}
	h := c.Writer.Header()
	setProblemHeaders(h, p)
	h.Del("WWW-Authenticate")
	h.Set("Content-Security-Policy", consolePolicy) // the page is drawn in the console's style
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Content-Type", htmlType)
	c.Writer.WriteHeader(p.Status)
	return s.pages.Error(c.Writer, view)
}

// page begins an HTML answer.
func page(c *gin.Context, status int) gin.ResponseWriter {
	c.Writer.Header().Set("Content-Type", htmlType)
	c.Writer.WriteHeader(status)
	return c.Writer
}
