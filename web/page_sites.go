package web

import (
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

func (s *Server) getSitesPage(c *gin.Context) error {
	return s.showSites(c, http.StatusOK, openForm("mode", "post"))
}

func (s *Server) showSites(c *gin.Context, status int, form ui.Form) error {
	ctx := c.Request.Context()
	sites, err := s.service.Sites(ctx)
	if err != nil {
		return err
	}
	view := ui.SitesPage{Frame: s.frame(c), Form: form}
	for _, site := range sites {
		counts, err := s.service.LaneCounts(ctx, site.Key)
		if err != nil {
			return err
		}
		view.Sites = append(view.Sites, ui.SiteRow{
			Key: site.Key, Name: site.Name, Mode: string(site.Mode), Origins: site.Hosts, Queue: counts[models.LanePending],
		})
	}
	return s.pages.Sites(page(c, status), view)
}

func (s *Server) postSitesForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	site, err := s.service.AddSite(c.Request.Context(), moderation.NewSite{
		Key: form.Get("key"), Name: form.Get("name"), Origins: lines(form.Get("origins")), Mode: models.Mode(form.Get("mode")),
	})
	if err != nil {
		refused, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		return s.showSites(c, status, refused)
	}
	return back(c, "/console/sites/"+site.Key, "site-added")
}

func (s *Server) getSitePage(c *gin.Context) error {
	site, err := s.service.Site(c.Request.Context(), c.Param("site"))
	if err != nil {
		return err
	}
	form := openForm("name", site.Name, "mode", string(site.Mode), "origins", strings.Join(site.Hosts, "\n"), "reasons", reasonLines(site.Reasons), "language", site.Language, "sample", strconv.Itoa(site.Sample),
		"count_zero", site.Counts.Zero, "count_one", site.Counts.One, "count_many", site.Counts.Many)
	return s.showSite(c, http.StatusOK, site.Key, form)
}

func (s *Server) showSite(c *gin.Context, status int, key string, form ui.Form) error {
	public, err := s.service.PublicKey(c.Request.Context(), key)
	if err != nil {
		return err
	}
	return s.pages.Site(page(c, status), ui.SitePage{Frame: s.frame(c), Key: key, APIKey: public, Form: form, Snippet: s.snippet(c, key)})
}

func (s *Server) postSiteForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form, key := c.Request.PostForm, c.Param("site")
	name, mode, origins, reasons := form.Get("name"), models.Mode(form.Get("mode")), lines(form.Get("origins")), parseReasons(form.Get("reasons"))
	patch := moderation.SitePatch{Name: &name, Mode: &mode, Origins: &origins, Reasons: &reasons}
	for field, into := range map[string]**string{
		"language": &patch.Language, "count_zero": &patch.CountZero, "count_one": &patch.CountOne, "count_many": &patch.CountMany,
	} {
		if form.Has(field) {
			value := strings.TrimSpace(form.Get(field))
			*into = &value
		}
	}
	var wrong faults
	if text := form.Get("sample"); text != "" {
		sample := formNumber(text, "sample", &wrong)
		patch.Sample = &sample
	}
	err := wrong.err()
	if err == nil {
		_, err = s.service.PatchSite(c.Request.Context(), key, patch)
	}
	if models.CodeOf(err) == models.CodeNotFound {
		return err
	}
	if err != nil {
		refused, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		return s.showSite(c, status, key, refused)
	}
	return back(c, "/console/sites/"+url.PathEscape(key), "site-saved")
}

// reasonLines writes reasons as people edit them: one a line, "key: label".
func reasonLines(reasons []models.Reason) string {
	var b strings.Builder
	for _, r := range reasons {
		fmt.Fprintf(&b, "%s: %s\n", r.Key, r.Label)
	}
	return b.String()
}

// parseReasons reads them back. A line without a colon is its own label.
func parseReasons(text string) []models.Reason {
	reasons := []models.Reason{}
	for _, line := range lines(text) {
		key, label, ok := strings.Cut(line, ":")
		if !ok {
			label = key
		}
		reasons = append(reasons, models.Reason{Key: strings.TrimSpace(key), Label: strings.TrimSpace(label)})
	}
	return reasons
}

// snippet is what to paste into the pages of a site.
func (s *Server) snippet(c *gin.Context, key string) ui.Snippet {
	base := s.base(c)
	_, host, _ := strings.Cut(base, "://")
	return ui.Snippet{
		SiteKey:   key,
		Embed:     fmt.Sprintf("<div id=\"disqus_thread\"></div>\n<script src=\"%s/embed.js?site=%s\" async></script>", base, key),
		Count:     fmt.Sprintf("<script src=\"%s/count.js?site=%s\" async></script>", base, key),
		Shortname: host + "/" + key,
	}
}
