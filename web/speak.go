package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/web/ui"
)

// maxAccepted is how many languages of Accept-Language are looked at.
const maxAccepted = 20

// speak chooses the language of a page for readers: the one asked for, else the
// site's, else the first that the browser accepts, of those that there are. It
// sets the headers that say so.
func (s *Server) speak(c *gin.Context, asked, site string) ui.Language {
	language := s.pages.Language(append([]string{asked, site}, acceptedLanguages(c.Request.Header["Accept-Language"])...)...)
	h := c.Writer.Header()
	h.Set("Content-Language", language.Tag)
	h.Set("Vary", "Accept-Language")
	return language
}

// acceptedLanguages reads Accept-Language (RFC 9110, 12.5.4): the tags with a
// weight that is not zero, the heaviest first.
func acceptedLanguages(headers []string) []string {
	type choice struct {
		tag    string
		weight float64
	}
	var list []choice
	for item := range strings.SplitSeq(strings.Join(headers, ","), ",") {
		tag, parameter, _ := strings.Cut(item, ";")
		weight := 1.0
		if _, q, ok := strings.Cut(parameter, "="); ok {
			weight, _ = strconv.ParseFloat(strings.TrimSpace(q), 64) // no number is no weight
		}
		if tag = strings.TrimSpace(tag); tag != "" && weight > 0 {
			list = append(list, choice{tag, weight})
		}
		if len(list) == maxAccepted {
			break
		}
	}
	slices.SortStableFunc(list, func(a, b choice) int { return cmp.Compare(b.weight, a.weight) })
	tags := make([]string, len(list))
	for i, c := range list {
		tags[i] = c.tag
	}
	return tags
}
