package web

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rulefile"
	"postbag/web/ui"
)

func (s *Server) getRulesFilePage(c *gin.Context) error {
	return s.showRulesFile(c, http.StatusOK, chosen(c), ui.RulesFilePage{})
}

func (s *Server) showRulesFile(c *gin.Context, status int, site string, view ui.RulesFilePage) error {
	known, err := s.service.Site(c.Request.Context(), site)
	if err != nil {
		return err
	}
	view.Frame, view.Site = s.frame(c), known.Key
	return s.pages.RulesFile(page(c, status), view)
}

// getRulesExport sends the rules of a site as a file.
func (s *Server) getRulesExport(c *gin.Context) error {
	file, err := s.exportRules(c.Request.Context(), chosen(c))
	if err != nil {
		return err
	}
	h := c.Writer.Header()
	h.Set("Content-Disposition", fmt.Sprintf("attachment; filename=%q", "rules-"+chosen(c)+".yaml"))
	c.Data(http.StatusOK, yamlType, file)
	return nil
}

// yamlType is the media type of a file of rules (RFC 9512).
const yamlType = "application/yaml; charset=utf-8"

func (s *Server) exportRules(ctx context.Context, site string) ([]byte, error) {
	list, err := s.service.Rules(ctx, site)
	if err != nil {
		return nil, err
	}
	return rulefile.Format("Rules of "+site+". To put them back: postbag rules apply FILE --site "+site, list)
}

// postRulesFileForm shows what a file would change, or changes it.
func (s *Server) postRulesFileForm(c *gin.Context) error {
	if err := readUpload(c, "yaml"); err != nil {
		return err
	}
	form := c.Request.PostForm
	site, text := form.Get("site"), form.Get("yaml")
	view := ui.RulesFilePage{Form: ui.Form{Values: form}}
	list, problems := rulefile.Parse([]byte(text))
	if len(problems) > 0 {
		view.Problems = newFileProblems(problems, text)
		return s.showRulesFile(c, http.StatusUnprocessableEntity, site, view)
	}
	options := moderation.ApplyOptions{DryRun: form.Get("do") != "apply", Prune: form.Get("prune") != ""}
	plan, err := s.service.ApplyRules(c.Request.Context(), moderator(c), site, list, options)
	if err != nil {
		refused, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		view.Form = refused
		return s.showRulesFile(c, status, site, view)
	}
	if !options.DryRun {
		return back(c, rulesPath(site), "rules-applied")
	}
	view.Plan = &ui.RulesPlan{Added: plan.Added, Changed: plan.Changed, Unchanged: plan.Unchanged, Removed: plan.Removed, Kept: plan.Kept}
	return s.showRulesFile(c, http.StatusOK, site, view)
}

// newFileProblems adds to each fault the line that it is in.
func newFileProblems(problems []rulefile.Problem, text string) []ui.FileProblem {
	source := strings.Split(text, "\n")
	list := make([]ui.FileProblem, len(problems))
	for i, p := range problems {
		list[i] = ui.FileProblem{Line: p.Line, Text: p.Detail}
		if p.Line >= 1 && p.Line <= len(source) {
			list[i].Source = clip(strings.TrimRight(source[p.Line-1], " \t"), 200)
		}
	}
	return list
}

// clip shortens a text to so many characters.
func clip(text string, most int) string {
	runes := []rune(text)
	if len(runes) <= most {
		return text
	}
	return string(runes[:most]) + "…"
}

// fileFaults are the faults of a file for a program: the place in the file, and
// what to write instead.
func fileFaults(problems []rulefile.Problem) error {
	refusal := models.Refuse(models.CodeInvalid, "The file has faults; nothing was changed.")
	for _, p := range problems {
		refusal.Fields = append(refusal.Fields, models.FieldError{Field: p.Path, Detail: fmt.Sprintf("Line %d: %s", p.Line, p.Detail)})
	}
	return refusal
}
