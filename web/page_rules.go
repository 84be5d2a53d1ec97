package web

import (
	"context"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rules"
	"postbag/web/ui"
)

func rulesPath(site string) string { return "/console/rules?site=" + url.QueryEscape(site) }

func (s *Server) getRulesPage(c *gin.Context) error {
	return s.showRules(c, http.StatusOK, chosen(c), ui.Try{})
}

// chosen is the site that the address of a page names.
func chosen(c *gin.Context) string { return c.Query("site") }

func (s *Server) showRules(c *gin.Context, status int, site string, try ui.Try) error {
	ctx := c.Request.Context()
	sites, err := s.service.Sites(ctx)
	if err != nil {
		return err
	}
	view := ui.RulesPage{Frame: s.frame(c), Sites: siteOptions(sites), Site: chosenSite(site, sites), Kinds: rules.Kinds(), Try: try}
	view.Try.Site = view.Site
	if view.Site != "" {
		if err := s.addReports(ctx, &view); err != nil {
			return err
		}
	}
	return s.pages.Rules(page(c, status), view)
}

func (s *Server) addReports(ctx context.Context, view *ui.RulesPage) error {
	reports, err := s.service.RuleReports(ctx, view.Site)
	if err != nil {
		return err
	}
	view.Starter = true
	starter := names(rules.Starter())
	for i := range reports {
		view.Rules = append(view.Rules, newRuleRow(&reports[i]))
		view.Starter = view.Starter && !starter[strings.ToLower(reports[i].Rule.Name)]
	}
	sample, err := s.service.SampleReport(ctx, view.Site)
	if err != nil {
		return err
	}
	if share := newShare(sample.Removed+sample.Approved, sample.Share, sample.Low, sample.High); share.Of > 0 {
		view.Sample = &share
	}
	return nil
}

func names(list []models.Rule) map[string]bool {
	set := map[string]bool{}
	for i := range list {
		set[strings.ToLower(list[i].Name)] = true
	}
	return set
}

func newRuleRow(report *moderation.RuleReport) ui.RuleRow {
	r := &report.Rule
	return ui.RuleRow{
		ID: models.RuleID.Format(r.ID), Name: r.Name, Kind: r.Kind, Action: r.Action.String(), Mode: r.Mode, Summary: ruleSummary(*r),
		Scope: append(append([]string{}, r.Scope.Sections...), r.Scope.Articles...), Tag: r.Tag, Priority: priorityName(r.Priority), Legal: r.Legal,
		Version: r.Version, Fired: int(report.Fired), LastFired: report.LastAt, State: report.State, Hint: report.Hint, Braked: report.Braked,
		Precision: newShare(report.Removed+report.Approved, report.Precision, report.Low, report.High),
	}
}

func priorityName(priority int) string {
	switch {
	case priority >= 20:
		return "urgent"
	case priority >= 10:
		return "high"
	}
	return ""
}

// newShare is a share for people: in percent.
func newShare(of int64, share, low, high float64) ui.Share {
	return ui.Share{Of: int(of), Percent: 100 * share, Low: 100 * low, High: 100 * high}
}

// ruleSummary says what a rule looks for; the page shows the rest beside it.
func ruleSummary(r models.Rule) string {
	r.Scope, r.Mode = models.Scope{}, rules.Enforce
	text := strings.TrimPrefix(rules.Summary(r), r.Action.String()+": ")
	return clip(text, 160)
}

// postRuleMode changes how a rule works: off, watching, holding, on.
func (s *Server) postRuleMode(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	_, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	version, err := formVersion(form)
	if err != nil {
		return err
	}
	mode := form.Get("mode")
	if _, err := s.service.SetRuleMode(c.Request.Context(), moderator(c), c.Param("rule"), version, mode); err != nil {
		return err
	}
	return back(c, localPath(form.Get("return"), rulesPath(site.Key)), "rule-"+mode)
}

// formVersion is the version of the rule that the page showed.
func formVersion(form url.Values) (int, error) {
	var wrong faults
	version := formNumber(form.Get("version"), "version", &wrong)
	return version, wrong.err()
}

func (s *Server) postRuleDelete(c *gin.Context) error {
	_, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	if err := s.service.DeleteRule(c.Request.Context(), moderator(c), c.Param("rule")); err != nil {
		return err
	}
	return back(c, rulesPath(site.Key), "rule-deleted")
}

// postRuleRelease restores what a version of a rule has stopped.
func (s *Server) postRuleRelease(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	rule, _, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	version, err := formVersion(form)
	if err != nil {
		return err
	}
	result, err := s.service.ReleaseRule(c.Request.Context(), moderator(c), c.Param("rule"), version)
	if err != nil {
		return err
	}
	return backCounted(c, localPath(form.Get("return"), "/console/rules/"+models.RuleID.Format(rule.ID)), "rule-released", result.Restored)
}

// postStarter adds the rules of the starter set that the site has not.
func (s *Server) postStarter(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	ctx, site := c.Request.Context(), c.Request.PostForm.Get("site")
	stored, err := s.service.Rules(ctx, site)
	if err != nil {
		return err
	}
	have := names(stored)
	var missing []models.Rule
	for _, r := range rules.Starter() {
		if !have[strings.ToLower(r.Name)] {
			missing = append(missing, r)
		}
	}
	if _, err := s.service.ApplyRules(ctx, moderator(c), site, missing, moderation.ApplyOptions{}); err != nil {
		return err
	}
	return back(c, rulesPath(site), "starter-added")
}
