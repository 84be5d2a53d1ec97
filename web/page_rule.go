package web

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rules"
	"postbag/web/ui"
)

// ruleFormID is the form that the test box and the backtest belong to.
const ruleFormID = "rule-form"

func (s *Server) getNewRulePage(c *gin.Context) error {
	kind := c.Query("kind")
	form := newRuleForm(kind)
	if c.Query("as") == "text" {
		form.Values.Set("as", "text")
		form.Values.Set("yaml", newRuleText(kind))
	}
	return s.showRule(c, http.StatusOK, ruleView{site: chosen(c), kind: kind, form: form})
}

// newRuleText is the file of a rule that is yet to be written.
func newRuleText(kind string) string {
	return "version: 1\nrules:\n  - name: \"\"\n    " + kind + ":\n    action: " + ruleActions(kind)[0] + "\n    mode: shadow\n"
}

// ruleView is what the page of a rule is made of.
type ruleView struct {
	rule   *models.Rule // nil for a new one
	site   string
	kind   string
	form   ui.Form
	try    *ui.TryResult
	stored *ui.StoredRule
}

// typedRule is the page of a rule as somebody has filled it in.
func (s *Server) typedRule(c *gin.Context) (ruleView, error) {
	form := c.Request.PostForm
	view := ruleView{site: form.Get("site"), kind: form.Get("kind"), form: ui.Form{Values: form}}
	if id := form.Get("id"); id != "" {
		rule, err := s.service.Rule(c.Request.Context(), id)
		if err != nil {
			return view, err
		}
		view.rule, view.kind = &rule, rule.Kind
		form.Set("kind", rule.Kind)
	}
	return view, nil
}

func (s *Server) showRule(c *gin.Context, status int, v ruleView) error {
	ctx := c.Request.Context()
	if !isRuleKind(v.kind) {
		return models.Refuse(models.CodeNotFound, "There is no such kind of rule.")
	}
	site, err := s.service.Site(ctx, v.site)
	if err != nil {
		return err
	}
	view := ui.RulePage{
		Frame: s.frame(c), Action: "/console/rules/new", Site: site.Key, Kind: v.kind, Form: v.form, AsText: v.form.Value("as") == "text",
		Spec: specFields(v.kind), Actions: ruleActions(v.kind), Modes: ruleModes(), Spans: s.spans(), Stored: v.stored,
		Try: ui.Try{FormID: ruleFormID, Site: site.Key, Form: v.form, Result: v.try},
	}
	for _, r := range site.Reasons {
		view.Reasons = append(view.Reasons, ui.Option{Value: r.Key, Label: r.Label})
	}
	if v.kind == rules.Expression {
		for _, variable := range rules.Environment() {
			view.Variables = append(view.Variables, ui.Variable(variable))
		}
	}
	if v.rule != nil {
		if err := s.addHistory(ctx, &view, v.rule); err != nil {
			return err
		}
	}
	return s.pages.Rule(page(c, status), view)
}

// spans are the stretches of time that a backtest is offered for, in days.
func (s *Server) spans() []ui.Option {
	list := []ui.Option{}
	for _, days := range []int{7, 30, 90} {
		list = append(list, ui.Option{Value: strconv.Itoa(days), Label: s.pages.Count("backtest.days", days)})
	}
	return append(list, ui.Option{Value: "0", Label: s.pages.Text("backtest.all")})
}

// addHistory adds what is known of a stored rule.
func (s *Server) addHistory(ctx context.Context, view *ui.RulePage, rule *models.Rule) error {
	view.ID, view.Name = models.RuleID.Format(rule.ID), rule.Name
	view.Action = "/console/rules/" + view.ID
	reports, err := s.service.RuleReports(ctx, view.Site)
	if err != nil {
		return err
	}
	for i := range reports {
		if reports[i].Rule.ID == rule.ID {
			row := newRuleRow(&reports[i])
			view.Figures = &row
		}
	}
	runs, err := s.service.Backtests(ctx, view.Site, view.ID)
	if err != nil {
		return err
	}
	for i := range runs[:min(len(runs), 10)] {
		view.Backtests = append(view.Backtests, newBacktestRow(&runs[i]))
	}
	view.Versions, err = s.versionRows(ctx, view.ID)
	return err
}

// versionRows lists the latest versions of a rule.
func (s *Server) versionRows(ctx context.Context, id string) ([]ui.VersionRow, error) {
	versions, err := s.service.RuleVersions(ctx, id)
	if err != nil {
		return nil, err
	}
	team, err := s.names(ctx)
	if err != nil {
		return nil, err
	}
	var rows []ui.VersionRow
	for _, v := range versions[:min(len(versions), 20)] {
		rows = append(rows, ui.VersionRow{Version: v.Version, Action: v.Action.String(), Mode: v.Mode, By: team[v.By], At: v.UpdatedAt})
	}
	return rows, nil
}

// names are the names of all moderators by their numbers.
func (s *Server) names(ctx context.Context) (map[int64]string, error) {
	team, err := s.service.Moderators(ctx)
	list := map[int64]string{}
	for _, m := range team {
		list[m.ID] = m.Name
	}
	return list, err
}

func (s *Server) postNewRuleForm(c *gin.Context) error {
	if err := readFormOf(c, maxForm); err != nil {
		return err
	}
	form := c.Request.PostForm
	draft, err := ruleDraft(form)
	if err == nil {
		_, err = s.service.AddRule(c.Request.Context(), moderator(c), form.Get("site"), draft)
	}
	if err != nil {
		return s.refuseRule(c, err)
	}
	return back(c, rulesPath(form.Get("site")), "rule-saved")
}

func (s *Server) getRulePage(c *gin.Context) error {
	rule, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	form, err := storedRuleForm(&rule)
	if err != nil {
		return err
	}
	if c.Query("as") == "text" {
		text, err := ruleText(&rule)
		if err != nil {
			return err
		}
		form.Values.Set("as", "text")
		form.Values.Set("yaml", text)
	}
	return s.showRule(c, http.StatusOK, ruleView{rule: &rule, site: site.Key, kind: rule.Kind, form: form})
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
	form := c.Request.PostForm
	form.Set("id", c.Param("rule"))
	form.Set("kind", rule.Kind)
	form.Set("site", site.Key)
	version, err := formVersion(form)
	if err != nil {
		return err
	}
	draft, err := ruleDraft(form)
	if err == nil {
		_, err = s.service.SetRule(c.Request.Context(), moderator(c), c.Param("rule"), version, draft)
	}
	if err != nil {
		return s.refuseRule(c, err)
	}
	return back(c, rulesPath(site.Key), "rule-saved")
}

// refuseRule brings the form of a rule back as it was typed. When somebody else
// has saved meanwhile, the page shows what, and saving again replaces it.
func (s *Server) refuseRule(c *gin.Context, refusal error) error {
	form, status, err := refusedForm(c, refusal, nil)
	if err != nil {
		return err
	}
	view, err := s.typedRule(c)
	if err != nil {
		return err
	}
	form.Errors = ruleFaults(refusal, form.Values)
	view.form = form
	if r := view.rule; r != nil && status == http.StatusConflict && form.Value("version") != strconv.Itoa(r.Version) {
		if view.stored, err = s.storedNow(c.Request.Context(), r); err != nil {
			return err
		}
		form.Errors = nil
		view.form = ui.Form{Values: form.Values}
		form.Values.Set("version", strconv.Itoa(r.Version))
	}
	return s.showRule(c, status, view)
}

// storedNow is a rule as it is stored, and who saved it.
func (s *Server) storedNow(ctx context.Context, r *models.Rule) (*ui.StoredRule, error) {
	text, err := ruleText(r)
	if err != nil {
		return nil, err
	}
	rows, err := s.versionRows(ctx, models.RuleID.Format(r.ID))
	if err != nil {
		return nil, err
	}
	stored := &ui.StoredRule{Text: text}
	if len(rows) > 0 {
		stored.By = rows[0].By
	}
	return stored, nil
}

// backtestOf reads from the form of a rule which backtest to start.
func (s *Server) backtestOf(form url.Values) (moderation.BacktestRequest, error) {
	var wrong faults
	days := formNumber(form.Get("days"), "days", &wrong)
	if days < 0 || days > 3660 {
		wrong.add("days", "Choose one of the spans.")
	}
	if err := wrong.err(); err != nil {
		return moderation.BacktestRequest{}, err
	}
	draft, err := ruleDraft(form)
	in := moderation.BacktestRequest{Site: form.Get("site"), Rule: form.Get("id"), Draft: &draft}
	if days > 0 {
		in.From = s.now().Add(-time.Duration(days) * 24 * time.Hour)
	}
	return in, err
}
