package web

import (
	"context"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rulefile"
)

func (s *Server) getRules(c *gin.Context) error {
	_, site, err := siteParams(c)
	if err != nil {
		return err
	}
	rules, err := s.service.Rules(c.Request.Context(), site)
	if err != nil {
		return err
	}
	list := make([]ruleJSON, len(rules))
	for i := range rules {
		list[i] = newRule(&rules[i], site)
	}
	return answer(c, http.StatusOK, map[string]any{"rules": list})
}

func (s *Server) getRule(c *gin.Context) error {
	rule, err := s.service.Rule(c.Request.Context(), c.Param("rule"))
	if err != nil {
		return err
	}
	return s.answerRule(c, http.StatusOK, rule)
}

func (s *Server) answerRule(c *gin.Context, status int, rule models.Rule) error {
	site, err := s.siteOf(c.Request.Context(), rule.SiteID)
	if err != nil {
		return err
	}
	return answer(c, status, newRule(&rule, site.Key))
}

// siteOf finds a site by its number, which only rules and backtests name.
func (s *Server) siteOf(ctx context.Context, id int64) (models.Site, error) {
	sites, err := s.service.Sites(ctx)
	for _, site := range sites {
		if site.ID == id {
			return site, nil
		}
	}
	if err == nil {
		err = models.Refuse(models.CodeNotFound, "The site of this rule does not exist any more.")
	}
	return models.Site{}, err
}

func (s *Server) postRule(c *gin.Context) error {
	var in ruleRequest
	if err := readStrict(c, &in, maxRule); err != nil {
		return err
	}
	draft, err := in.draft("")
	if err != nil {
		return err
	}
	rule, err := s.service.AddRule(c.Request.Context(), moderator(c), in.Site, draft)
	if err != nil {
		return err
	}
	return s.answerRule(c, http.StatusCreated, rule)
}

func (s *Server) putRule(c *gin.Context) error {
	var in ruleRequest
	if err := readStrict(c, &in, maxRule); err != nil {
		return err
	}
	draft, err := in.draft("")
	if err != nil {
		return err
	}
	rule, err := s.service.SetRule(c.Request.Context(), moderator(c), c.Param("rule"), in.Version, draft)
	if err != nil {
		return err
	}
	return s.answerRule(c, http.StatusOK, rule)
}

func (s *Server) deleteRule(c *gin.Context) error {
	if err := s.service.DeleteRule(c.Request.Context(), moderator(c), c.Param("rule")); err != nil {
		return err
	}
	return done(c)
}

// postRulesTest says what the rules of a site would say, a rule that is not
// stored yet among them, and stores nothing.
func (s *Server) postRulesTest(c *gin.Context) error {
	var in struct {
		Site    string `json:"site"`
		Article struct {
			ID    string `json:"id"`
			URL   string `json:"url"`
			Title string `json:"title"`
		} `json:"article"`
		Text  string       `json:"text"`
		Name  string       `json:"name"`
		Email string       `json:"email"`
		Rule  *ruleRequest `json:"rule"`
		ID    string       `json:"id"`
	}
	if err := readStrict(c, &in, maxRule); err != nil {
		return err
	}
	probe := moderation.Probe{Site: in.Site, Article: models.ArticleRef(in.Article), Text: in.Text, Name: in.Name, Email: in.Email, ID: in.ID}
	if in.Rule != nil {
		draft, err := in.Rule.draft("rule.")
		if err != nil {
			return err
		}
		probe.Rule = &draft
	}
	found, err := s.service.TestRules(c.Request.Context(), probe)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.newTest(&found))
}

// testJSON is what the rules say of a text.
type testJSON struct {
	Action     string         `json:"action"`
	Sentence   string         `json:"sentence"`
	Text       string         `json:"text"`
	Why        []findingJSON  `json:"why"`
	Folds      []testFoldJSON `json:"folds"`
	RetryAfter int            `json:"retry_after"`
	Untried    []string       `json:"untried"`
}

type testFoldJSON struct {
	Field  string `json:"field"`
	Text   string `json:"text"`
	Folded string `json:"folded"`
}

func (s *Server) newTest(found *moderation.TestResult) testJSON {
	v := &found.Verdict
	out := testJSON{
		Action: v.Action().String(), Sentence: s.verdictText(v), Text: found.Text, Why: newFindings(v.Findings), RetryAfter: seconds(v.RetryAfter),
		Folds: make([]testFoldJSON, len(found.Folds)), Untried: append([]string{}, found.Untried...),
	}
	for i, f := range found.Folds {
		out.Folds[i] = testFoldJSON{f.Field, f.Text, f.Folded}
	}
	return out
}

func (s *Server) getRuleVersions(c *gin.Context) error {
	ctx := c.Request.Context()
	rule, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	versions, err := s.service.RuleVersions(ctx, models.RuleID.Format(rule.ID))
	if err != nil {
		return err
	}
	team, err := s.names(ctx)
	if err != nil {
		return err
	}
	list := make([]versionJSON, len(versions))
	for i := range versions {
		list[i] = newVersion(&versions[i], site.Key, team)
	}
	return answer(c, http.StatusOK, map[string]any{"versions": list})
}

// postRelease restores what a version of a rule has stopped.
func (s *Server) postRelease(c *gin.Context) error {
	var in struct {
		Version int `json:"version"`
	}
	if err := readStrict(c, &in, maxBody); err != nil {
		return err
	}
	result, err := s.service.ReleaseRule(c.Request.Context(), moderator(c), c.Param("rule"), in.Version)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]any{"restored": result.Restored, "skipped": result.Skipped})
}

func (s *Server) getRulesReport(c *gin.Context) error {
	_, site, err := siteParams(c)
	if err != nil {
		return err
	}
	reports, err := s.service.RuleReports(c.Request.Context(), site)
	if err != nil {
		return err
	}
	sample, err := s.service.SampleReport(c.Request.Context(), site)
	if err != nil {
		return err
	}
	list := make([]ruleReportJSON, len(reports))
	for i := range reports {
		list[i] = newRuleReport(&reports[i])
	}
	return answer(c, http.StatusOK, map[string]any{"rules": list, "sample": newSampleReport(&sample)})
}

// getRulesFile answers with all rules of a site as YAML.
func (s *Server) getRulesFile(c *gin.Context) error {
	_, site, err := siteParams(c)
	if err != nil {
		return err
	}
	file, err := s.exportRules(c.Request.Context(), site)
	if err != nil {
		return err
	}
	c.Data(http.StatusOK, yamlType, file)
	return nil
}

// postRulesApply makes the rules of a site those of a YAML file, all or nothing.
func (s *Server) postRulesApply(c *gin.Context) error {
	p, site, err := siteParams(c)
	if err != nil {
		return err
	}
	var options moderation.ApplyOptions
	if options.DryRun, err = p.flag("dry_run"); err != nil {
		return err
	}
	if options.Prune, err = p.flag("prune"); err != nil {
		return err
	}
	if kind := mediaType(c); kind != "application/yaml" {
		return unsupported("application/yaml")
	}
	text, err := readBody(c, rulefile.MaxBytes)
	if err != nil {
		return err
	}
	list, problems := rulefile.Parse(text)
	if len(problems) > 0 {
		return fileFaults(problems)
	}
	plan, err := s.service.ApplyRules(c.Request.Context(), moderator(c), site, list, options)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, newPlan(&plan, options))
}

// planJSON is what a file changes, by the names of the rules.
type planJSON struct {
	DryRun    bool     `json:"dry_run"`
	Added     []string `json:"added"`
	Changed   []string `json:"changed"`
	Unchanged []string `json:"unchanged"`
	Removed   []string `json:"removed"`
	Kept      []string `json:"kept"`
}

func newPlan(p *moderation.RulesPlan, options moderation.ApplyOptions) planJSON {
	list := func(names []string) []string { return append([]string{}, names...) }
	return planJSON{options.DryRun, list(p.Added), list(p.Changed), list(p.Unchanged), list(p.Removed), list(p.Kept)}
}

// postImportWords turns a list from elsewhere into terms, and stores nothing.
func (s *Server) postImportWords(c *gin.Context) error {
	var in struct {
		Format string `json:"format"`
		Text   string `json:"text"`
	}
	if err := readStrict(c, &in, maxRule); err != nil {
		return err
	}
	terms, report, err := rulefile.ParseWords(in.Format, strings.NewReader(in.Text))
	if err != nil {
		return wordsRefusal(in.Format, err)
	}
	return answer(c, http.StatusOK, map[string]any{
		"terms": append([]string{}, terms...), "skipped": newWordNotes(report.Skipped), "changed": newWordNotes(report.Changed),
		"duplicates": report.Duplicates, "left_out": report.LeftOut, "note": report.Note,
	})
}

type wordNoteJSON struct {
	Line int    `json:"line"`
	Text string `json:"text"`
	Why  string `json:"why"`
}

func newWordNotes(list []rulefile.WordNote) []wordNoteJSON {
	out := make([]wordNoteJSON, len(list))
	for i, n := range list {
		out[i] = wordNoteJSON(n)
	}
	return out
}
