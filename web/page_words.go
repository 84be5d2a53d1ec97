package web

import (
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rulefile"
	"postbag/moderation/rules"
	"postbag/web/ui"
)

// How much of a list from elsewhere a page shows.
const (
	shownTerms   = 24
	shownSkipped = 100
)

func (s *Server) getWordsPage(c *gin.Context) error {
	form := openForm("format", rulefile.Plain)
	form.Values["fields"] = []string{"text", "name", "link"}
	return s.showWords(c, http.StatusOK, chosen(c), ui.WordsPage{Form: form})
}

func (s *Server) showWords(c *gin.Context, status int, site string, view ui.WordsPage) error {
	known, err := s.service.Site(c.Request.Context(), site)
	if err != nil {
		return err
	}
	view.Frame, view.Site, view.Formats, view.Fields = s.frame(c), known.Key, rulefile.WordFormats(), rules.KeywordFields()
	return s.pages.Words(page(c, status), view)
}

// postWordsForm shows what would become of a list, or makes a rule of it.
func (s *Server) postWordsForm(c *gin.Context) error {
	if err := readUpload(c, "text"); err != nil {
		return err
	}
	form := c.Request.PostForm
	terms, report, err := rulefile.ParseWords(form.Get("format"), strings.NewReader(form.Get("text")))
	if err != nil {
		err = wordsRefusal(form.Get("format"), err)
	} else if len(terms) == 0 {
		err = models.Invalid("text", "There is no entry here that a rule can use.")
	}
	if err == nil && form.Get("do") == "add" {
		var rule models.Rule
		if rule, err = s.addWords(c, form, terms); err == nil {
			return back(c, "/console/rules/"+models.RuleID.Format(rule.ID), "words-added")
		}
	}
	if report.Emails > 0 && form.Get("do") != "add" && !slices.Contains(form["fields"], "email") {
		form["fields"] = append(form["fields"], "email")
	}
	view := ui.WordsPage{Form: ui.Form{Values: form}, Preview: newWordsPreview(terms, &report)}
	if err == nil {
		return s.showWords(c, http.StatusOK, form.Get("site"), view)
	}
	refused, status, err := refusedForm(c, err, map[string]string{"spec.terms": "text"})
	if err != nil {
		return err
	}
	view.Form = refused
	return s.showWords(c, status, form.Get("site"), view)
}

// addWords stores a list as a rule that only watches.
func (s *Server) addWords(c *gin.Context, form url.Values, terms []string) (models.Rule, error) {
	spec, err := json.Marshal(rules.KeywordSpec{Terms: terms, Fields: form["fields"]})
	if err != nil {
		return models.Rule{}, err
	}
	return s.service.AddRule(c.Request.Context(), moderator(c), form.Get("site"), moderation.RuleDraft{
		Name: form.Get("name"), Kind: rules.Keyword, Action: models.Hold, Mode: rules.Shadow, Spec: string(spec),
	})
}

func newWordsPreview(terms []string, report *rulefile.WordReport) *ui.WordsPreview {
	v := &ui.WordsPreview{Terms: len(terms), Sample: terms[:min(len(terms), shownTerms)], Note: report.Note, Duplicates: report.Duplicates}
	for _, n := range report.Skipped[:min(len(report.Skipped), shownSkipped)] {
		v.Skipped = append(v.Skipped, ui.SkippedLine{Line: n.Line, Text: n.Text, Why: n.Why})
	}
	for _, n := range report.Changed[:min(len(report.Changed), shownSkipped)] {
		v.Changed = append(v.Changed, ui.SkippedLine{Line: n.Line, Text: n.Text, Why: n.Why})
	}
	v.More = report.LeftOut - len(v.Skipped)
	return v
}

// wordsRefusal says why a list from elsewhere cannot be read.
func wordsRefusal(format string, err error) error {
	if !slices.Contains(rulefile.WordFormats(), format) {
		return models.Invalid("format", "Use plain, wordpress or disqus.")
	}
	return models.Invalid("text", "The list cannot be used: "+err.Error()+".")
}
