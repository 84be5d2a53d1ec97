package web

import (
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/moderation/sso"
)

// RouteLine is a line of the table of routes as tests see it.
type RouteLine struct {
	Method, Path string
	API          bool // speaks JSON and belongs into openapi.yaml
	Console      bool
}

// Routes returns the table.
func Routes(s *Server) []RouteLine {
	var lines []RouteLine
	for _, r := range s.routes(Config{Demo: true}) {
		lines = append(lines, RouteLine{r.method, r.path, strings.HasPrefix(r.path, "/api/v1/"), r.surface == console || r.surface == consoleAPI})
	}
	return lines
}

// Names for the tests of what has no address of its own.
var (
	DecodeJSON  = decodeJSON
	AcceptsGzip = acceptsGzip
	LocalPath   = localPath
	ParseParams = queryParams
)

// Serve returns a handler whose one route, GET /, is run by the server's
// adapter like any other.
func Serve(s *Server, handle func(*gin.Context) error) http.Handler {
	engine := gin.New()
	engine.GET("/", s.adapt(route{method: "GET", path: "/", handle: func(_ *Server, c *gin.Context) error { return handle(c) }}))
	return engine
}

// FaultText is what the check of a payload says of a fault.
func FaultText(s *Server, f *sso.Fault) string { return s.faultText(f) }
