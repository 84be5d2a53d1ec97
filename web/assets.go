package web

import (
	_ "embed"
	"net/http"

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
	file, err := fileContent(name, policy)
	if err != nil {
		return err
	}
	c.Writer.Header()["Vary"] = []string{"Accept-Encoding"}
	return file.send(c)
}

func fileContent(name, policy string) (content, error) {
	file, ok := ui.Asset(name)
	if !ok {
		return content{}, models.Refuse(models.CodeNotFound, "there is no such file here.")
	}
	return content{
		plain: file.Bytes, gzip: file.Gzip, etag: `"` + file.Hash + `"`, gzipETag: `"` + file.Hash + `-g"`, kind: file.ContentType, cachePolicy: policy,
	}, nil
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
