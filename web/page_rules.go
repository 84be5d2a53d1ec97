package web

import (
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

func (s *Server) getRulesPage(c *gin.Context) error {
	ctx := c.Request.Context()
	sites, err := s.service.Sites(ctx)
	if err != nil {
		return err
	}
	view := ui.RulesPage{Frame: s.frame(c), Sites: siteOptions(sites), Site: chosenSite(c.Query("site"), sites), Kinds: ruleKinds()}
	if view.Site != "" {
		rules, err := s.service.Rules(ctx, view.Site)
		if err != nil {
			return err
		}
		for i := range rules {
			view.Rules = append(view.Rules, newRuleRow(&rules[i]))
		}
	}
	return s.pages.Rules(page(c, http.StatusOK), view)
}

func newRuleRow(r *models.Rule) ui.RuleRow {
	return ui.RuleRow{
		ID: models.RuleID.Format(r.ID), Name: r.Name, Kind: r.Kind, Action: r.Action.String(), Mode: r.Mode,
		Summary: readSpec(r.Spec).summary(r.Kind), Enabled: r.Mode != modeDraft,
	}
}

func (s *Server) getNewRulePage(c *gin.Context) error {
	site, err := s.service.Site(c.Request.Context(), c.Query("site"))
	if err != nil {
		return err
	}
	return s.showNewRule(c, http.StatusOK, site.Key, c.Query("kind"), ruleSpec{}.form(&models.Rule{Action: models.Hold, Mode: modeEnforce}))
}

func (s *Server) showNewRule(c *gin.Context, status int, site, kind string, form ui.Form) error {
	if !isRuleKind(kind) {
		return models.Refuse(models.CodeNotFound, "There is no such kind of rule.")
	}
	return s.showRule(c, status, ui.RulePage{Action: "/console/rules/new", Site: site, Kind: kind, Form: form})
}

func (s *Server) showRule(c *gin.Context, status int, view ui.RulePage) error {
	view.Frame, view.Actions, view.Modes = s.frame(c), ruleActions(view.Kind), ruleModes()
	view.Whos, view.Fields = rateKeys(), keywordFields()
	return s.pages.Rule(page(c, status), view)
}

func (s *Server) postNewRuleForm(c *gin.Context) error {
	if err := readFormOf(c, maxForm); err != nil {
		return err
	}
	form := c.Request.PostForm
	site, kind := form.Get("site"), form.Get("kind")
	draft, err := ruleDraft(form, kind, ruleSpec{})
	if err == nil {
		_, err = s.service.AddRule(c.Request.Context(), site, draft)
	}
	if err != nil {
		refused, status, err := refusedForm(c, err, ruleFormFields())
		if err != nil {
			return err
		}
		return s.showNewRule(c, status, site, kind, refused)
	}
	return back(c, "/console/rules?site="+url.QueryEscape(site), "rule-saved")
}

// ruleFormFields maps the fields of a rule to those of its form.
func ruleFormFields() map[string]string { return map[string]string{"spec": "", "reason": "message"} }

func (s *Server) getRulePage(c *gin.Context) error {
	rule, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	return s.showStoredRule(c, http.StatusOK, rule, site, readSpec(rule.Spec).form(&rule))
}

func (s *Server) showStoredRule(c *gin.Context, status int, rule models.Rule, site models.Site, form ui.Form) error {
	id := models.RuleID.Format(rule.ID)
	return s.showRule(c, status, ui.RulePage{ID: id, Action: "/console/rules/" + id, Site: site.Key, Kind: rule.Kind, Form: form})
}

func (s *Server) ruleAndSite(c *gin.Context) (models.Rule, models.Site, error) {
	rule, err := s.service.Rule(c.Request.Context(), c.Param("rule"))
	if err != nil {
		return rule, models.Site{}, err
	}
	site, err := s.siteOf(c.Request.Context(), rule.SiteID)
	return rule, site, err
}

func (s *Server) postRuleForm(c *gin.Context) error {
	if err := readFormOf(c, maxForm); err != nil {
		return err
	}
	rule, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	draft, err := ruleDraft(c.Request.PostForm, rule.Kind, readSpec(rule.Spec))
	if err == nil {
		_, err = s.service.SetRule(c.Request.Context(), c.Param("rule"), rule.Version, draft)
	}
	if err != nil {
		refused, status, err := refusedForm(c, err, ruleFormFields())
		if err != nil {
			return err
		}
		return s.showStoredRule(c, status, rule, site, refused)
	}
	return back(c, "/console/rules?site="+url.QueryEscape(site.Key), "rule-saved")
}

// postRuleSwitch turns a rule off, which makes it a draft, or on.
func (s *Server) postRuleSwitch(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	rule, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	mode, done := modeDraft, "rule-off"
	if c.Request.PostForm.Get("enabled") == "1" {
		mode, done = modeEnforce, "rule-on"
	}
	_, err = s.service.SetRule(c.Request.Context(), c.Param("rule"), rule.Version, moderation.RuleDraft{
		Name: rule.Name, Kind: rule.Kind, Action: rule.Action, Mode: mode, Reason: rule.Reason, Spec: rule.Spec,
	})
	if err != nil {
		return err
	}
	return back(c, localPath(c.Request.PostForm.Get("return"), "/console/rules?site="+site.Key), done)
}

func (s *Server) postRuleDelete(c *gin.Context) error {
	_, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	if err := s.service.DeleteRule(c.Request.Context(), c.Param("rule")); err != nil {
		return err
	}
	return back(c, "/console/rules?site="+url.QueryEscape(site.Key), "rule-deleted")
}
