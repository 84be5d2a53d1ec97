package web

import (
	_ "embed"
	"net/http"
	"path"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/web/ui"
)

//go:embed openapi.yaml
var openAPI []byte

// How long browsers keep files: those whose name changes with their content for
// ever, the others for minutes.
const (
	forever = "public, max-age=31536000, immutable"
	minutes = "public, max-age=300, stale-while-revalidate=86400"
)

// getScriptByQuery serves /embed.js?site=KEY and /count.js?site=KEY.
func (s *Server) getScriptByQuery(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	return s.sendScript(c, p.get("site"), path.Base(c.FullPath()))
}

// getScriptByPath serves /e/KEY/embed.js and /e/KEY/count.js.
func (s *Server) getScriptByPath(c *gin.Context) error {
	return s.sendScript(c, c.Param("site"), c.Param("name"))
}

// sendScript serves a script of a site; it reads the site's key from its own
// address.
func (s *Server) sendScript(c *gin.Context, site, name string) error {
	if name != "embed.js" && name != "count.js" {
		return models.Refuse(models.CodeNotFound, "there is no such script here.")
	}
	_, err := s.service.Site(c.Request.Context(), site)
	if models.CodeOf(err) == models.CodeNotFound {
		return models.Refuse(models.CodeNotFound, "there is no such site here. Check the site key in the address of this script.")
	}
	if err != nil {
		return err
	}
	return sendFile(c, name, minutes)
}

// getAsset serves a built file. One that is asked for with the hash of its
// content is as good as one that bears it in its name.
func (s *Server) getAsset(c *gin.Context) error {
	name := c.Param("name")
	file, ok := ui.Asset(name)
	if ok && (file.Immutable || c.Query("v") == file.Hash) {
		return sendFile(c, name, forever)
	}
	return sendFile(c, name, minutes)
}

func sendFile(c *gin.Context, name, policy string) error {
	file, ok := ui.Asset(name)
	if !ok {
		return models.Refuse(models.CodeNotFound, "there is no such file here.")
	}
	c.Writer.Header()["Vary"] = []string{"Accept-Encoding"}
	return content{
		plain: file.Bytes, gzip: file.Gzip, etag: `"` + file.Hash + `"`, gzipETag: `"` + file.Hash + `-g"`, kind: file.ContentType, cachePolicy: policy,
	}.send(c)
}

// getIcon spares the log the browsers' question for an icon.
func (s *Server) getIcon(c *gin.Context) error {
	c.Header("Cache-Control", forever)
	c.Status(http.StatusNoContent)
	return nil
}

func (s *Server) getOpenAPI(c *gin.Context) error {
	c.Header("Access-Control-Allow-Origin", "*")
	return bytesContent(openAPI, "application/yaml; charset=utf-8").send(c)
}
