package web

import (
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/moderation"
)

// revalidate lets caches keep an answer but ask each time whether it still
// holds: a moderator's decision shows at once.
const revalidate = "public, max-age=0, must-revalidate"

// content is an answer in bytes, in up to two encodings.
type content struct {
	plain, gzip       []byte // gzip may be nil
	etag, gzipETag    string
	kind, cachePolicy string
}

func pageContent(p *moderation.Page) content {
	return content{p.Plain, p.Gzip, p.ETag, p.GzipETag, p.ContentType, revalidate}
}

// bytesContent makes a content of bytes that are not kept.
func bytesContent(body []byte, kind string) content {
	sum := sha256.Sum256(body)
	return content{plain: body, etag: `"` + base64.RawURLEncoding.EncodeToString(sum[:12]) + `"`, kind: kind, cachePolicy: revalidate}
}

// send answers with the encoding that the client reads best, or with 304 when
// it has that one. The bytes are not copied. Headers are set directly: this is
// the path of every read.
func (k content) send(c *gin.Context) error {
	request, h := c.Request, c.Writer.Header()
	body, tag := k.plain, k.etag
	if k.gzip != nil && acceptsGzip(request.Header["Accept-Encoding"]) {
		body, tag = k.gzip, k.gzipETag
		h["Content-Encoding"] = []string{"gzip"}
	}
	h["Etag"] = []string{tag}
	h["Cache-Control"] = []string{k.cachePolicy}
	if match := request.Header["If-None-Match"]; len(match) > 0 && matchesETag(match, tag) {
		delete(h, "Content-Encoding")
		c.Status(http.StatusNotModified)
		return nil
	}
	h["Content-Type"] = []string{k.kind}
	h["Content-Length"] = []string{strconv.Itoa(len(body))}
	c.Status(http.StatusOK)
	if request.Method == http.MethodHead {
		c.Writer.WriteHeaderNow()
		return nil
	}
	_, _ = c.Writer.Write(body) // the reader went away; there is nobody to tell
	return nil
}

// acceptsGzip reads Accept-Encoding (RFC 9110, 12.5.3): gzip, x-gzip or * with a
// weight that is not zero. A weight for gzip itself wins over that of *.
func acceptsGzip(headers []string) bool {
	any := false
	for _, header := range headers {
		for item := range strings.SplitSeq(header, ",") {
			name, weight, _ := strings.Cut(item, ";")
			switch name = strings.TrimSpace(name); {
			case strings.EqualFold(name, "gzip"), strings.EqualFold(name, "x-gzip"):
				return !zeroWeight(weight)
			case name == "*":
				any = !zeroWeight(weight)
			}
		}
	}
	return any
}

func zeroWeight(parameter string) bool {
	_, weight, ok := strings.Cut(parameter, "=")
	if !ok {
		return false
	}
	q, err := strconv.ParseFloat(strings.TrimSpace(weight), 32)
	return err == nil && q <= 0
}

// matchesETag reads If-None-Match by weak comparison (RFC 9110, 13.1.2). tag is
// strong and quoted.
func matchesETag(headers []string, tag string) bool {
	for _, header := range headers {
		for item := range strings.SplitSeq(header, ",") {
			item = strings.TrimPrefix(strings.TrimSpace(item), "W/")
			if item == tag || item == "*" {
				return true
			}
		}
	}
	return false
}

// answer sends a JSON answer that nobody may keep.
func answer(c *gin.Context, status int, v any) error {
	body, err := marshal(v)
	if err != nil {
		return err
	}
	c.Writer.Header()["Cache-Control"] = []string{"no-store"}
	c.Data(status, jsonType, body)
	return nil
}

// done answers that there is nothing more to say.
func done(c *gin.Context) error {
	c.Status(http.StatusNoContent)
	return nil
}
