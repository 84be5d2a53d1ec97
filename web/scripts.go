package web

import (
	"cmp"
	"context"
	"encoding/json"
	"path"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

const scriptType = "text/javascript; charset=utf-8"

// scriptRequest is what a site's script is asked for.
type scriptRequest struct {
	params
	site models.Site
	base string // address of the server
}

// siteScript makes a script for a site.
type siteScript func(s *Server, ctx context.Context, r *scriptRequest) (content, error)

// siteScripts are the scripts that pages include, by their names. Disqus has
// them under the same names.
func siteScripts() map[string]siteScript {
	return map[string]siteScript{
		"embed.js":                  (*Server).embedScript,
		"count.js":                  scriptFile("count.js"),
		"get_num_replies.js":        (*Server).oldCounts,
		"recommendations.js":        scriptFile("recommendations.js"),
		"count-data.js":             (*Server).countData,
		"recent_comments_widget.js": (*Server).recentList,
		"popular_threads_widget.js": (*Server).popularList,
		"top_commenters_widget.js":  (*Server).topList,
		"combination_widget.js":     (*Server).allLists,
	}
}

// getScript serves /NAME?site=KEY and /e/KEY/NAME.
func (s *Server) getScript(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	script := siteScripts()[cmp.Or(c.Param("name"), path.Base(c.FullPath()))]
	if script == nil {
		return models.Refuse(models.CodeNotFound, "there is no such script here.")
	}
	ctx := c.Request.Context()
	site, err := s.service.Site(ctx, siteAsked(c, p))
	if models.CodeOf(err) == models.CodeNotFound {
		return models.Refuse(models.CodeNotFound, "there is no such site here. Check the site key in the address of this script.")
	}
	if err != nil {
		return err
	}
	made, err := script(s, ctx, &scriptRequest{p, site, s.base(c)})
	if err != nil {
		return err
	}
	c.Writer.Header()["Vary"] = []string{"Accept-Encoding"}
	return made.send(c)
}

// scriptFile is a script that is the same for all sites; it reads the site's
// key from its own address.
func scriptFile(name string) siteScript {
	return func(*Server, context.Context, *scriptRequest) (content, error) { return fileContent(name, minutes) }
}

// oldCounts is what counted comments before there was count.js, which it loads:
// the pages name their links in the query, and count.js finds them by itself.
func (s *Server) oldCounts(_ context.Context, r *scriptRequest) (content, error) {
	const load = `(function(u){var s=document.createElement("script");s.src=u;s.async=true;document.head.append(s)})(`
	return scriptCall(load, r.base+"/e/"+r.site.Key+"/count.js", ");\n")
}

// embedScript is embed.js with the texts of the site's language built in, so
// that readers need not wait for another file.
func (s *Server) embedScript(_ context.Context, r *scriptRequest) (content, error) {
	language, _, _ := strings.Cut(strings.ToLower(r.site.Language), "-")
	name := "embed-" + language + ".js"
	if _, ok := ui.Asset(name); !ok {
		name = "embed.js"
	}
	return fileContent(name, minutes)
}

// countText is how counts are written beside links, in the form of Disqus.
type countText struct {
	And      string        `json:"and"`
	Comments countSentence `json:"comments"`
}

type countSentence struct {
	Zero     string `json:"zero"`
	Multiple string `json:"multiple"`
	One      string `json:"one"`
}

// countSentence is what a site has set, or what its language says. Only the last
// needs the number.
func (s *Server) countSentence(site *models.Site) countSentence {
	zero, one, many := s.pages.Language(site.Language).CountTexts()
	return countSentence{
		Zero: strings.ReplaceAll(cmp.Or(site.Counts.Zero, zero), "{num}", "0"), One: strings.ReplaceAll(cmp.Or(site.Counts.One, one), "{num}", "1"),
		Multiple: cmp.Or(site.Counts.Many, many),
	}
}

type countEntry struct {
	ID       string `json:"id"` // as asked for
	Comments int    `json:"comments"`
}

// countData answers 1=IDENTIFIER and 2=URL as a call of the function that
// count.js defines. Programs read it too, so its form is that of Disqus. Of more
// than MaxCounts names the first are answered: a page then lacks some numbers,
// not all.
func (s *Server) countData(ctx context.Context, r *scriptRequest) (content, error) {
	counts, refs := []countEntry{}, []models.ArticleRef{}
	for _, p := range r.params {
		ref := models.ArticleRef{}
		switch p.name {
		case "1":
			ref.ID = p.value
		case "2":
			ref.URL = withScheme(p.value)
		default:
			continue
		}
		if len(refs) < moderation.MaxCounts {
			refs, counts = append(refs, ref), append(counts, countEntry{ID: p.value})
		}
	}
	numbers, err := s.service.Counts(ctx, r.site.Key, refs)
	if err != nil {
		return content{}, err
	}
	for i, n := range numbers {
		counts[i].Comments = n
	}
	data := struct {
		Text   countText    `json:"text"`
		Counts []countEntry `json:"counts"`
	}{countText{"and", s.countSentence(&r.site)}, counts}
	return scriptCall("DISQUSWIDGETS.displayCount(", data, ");\n")
}

// withScheme completes an address that begins with its host, as templates write
// it that serve http and https.
func withScheme(address string) string {
	if address == "" || strings.Contains(address, "://") {
		return address
	}
	return "https://" + strings.TrimPrefix(address, "//")
}

// scriptCall puts data into a script: "<" and the line ends of JavaScript are
// escaped.
func scriptCall(before string, data any, after string) (content, error) {
	text, err := json.Marshal(data)
	return bytesContent([]byte(before+string(text)+after), scriptType), err
}
