package web

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rules"
	"postbag/web/ui"
)

// postRuleTry says what the rules make of a text, with the rule that is just
// being written among them. A script gets it as JSON, a person as the page that
// the form stands on.
func (s *Server) postRuleTry(c *gin.Context) error {
	if err := readFormOf(c, maxForm); err != nil {
		return err
	}
	form := c.Request.PostForm
	result, err := s.try(c.Request.Context(), form)
	if err != nil {
		return err
	}
	if strings.Contains(c.GetHeader("Accept"), "application/json") {
		return answer(c, http.StatusOK, s.newTry(result))
	}
	if form.Get("kind") == "" {
		return s.showRules(c, http.StatusOK, form.Get("site"), ui.Try{Form: ui.Form{Values: form}, Result: result})
	}
	view, err := s.typedRule(c)
	if err != nil {
		return err
	}
	view.try = result
	return s.showRule(c, http.StatusOK, view)
}

// try asks the rules. What is wrong with the text or with the rule on the page
// is part of the result.
func (s *Server) try(ctx context.Context, form url.Values) (*ui.TryResult, error) {
	probe := moderation.Probe{
		Site: form.Get("site"), Article: articleNamed(form.Get("try_article")), Text: form.Get("try_text"),
		Name: form.Get("try_name"), Email: form.Get("try_email"), ID: form.Get("id"),
	}
	var problems []string
	if form.Get("kind") != "" {
		draft, err := ruleDraft(form)
		if err == nil {
			probe.Rule = &draft
		}
		problems = append(problems, s.whyUntried(err, form)...)
	}
	found, err := s.service.TestRules(ctx, probe)
	if probe.Rule != nil && aboutRule(err) {
		problems = append(problems, s.whyUntried(err, form)...)
		probe.Rule, probe.ID = nil, ""
		found, err = s.service.TestRules(ctx, probe)
	}
	if models.CodeOf(err) == models.CodeInvalid {
		return s.untriable(err), nil
	}
	if err != nil {
		return nil, err
	}
	result := s.newTryResult(&found)
	result.Problems = problems
	if probe.Rule != nil {
		s.sayOfMine(result, probe.Rule)
	}
	return result, nil
}

// articleNamed reads what somebody typed for an article: its address or its
// identifier.
func articleNamed(text string) models.ArticleRef {
	text = strings.TrimSpace(text)
	if strings.HasPrefix(text, "http://") || strings.HasPrefix(text, "https://") {
		return models.ArticleRef{URL: text}
	}
	return models.ArticleRef{ID: text}
}

// aboutRule reports whether a refusal is about the rule that was sent along.
func aboutRule(err error) bool {
	var refusal *models.Error
	return errors.As(err, &refusal) && refusal.Code == models.CodeInvalid && len(refusal.Fields) > 0 && strings.HasPrefix(refusal.Fields[0].Field, "rule")
}

// whyUntried says why the rule on the page cannot be tried.
func (s *Server) whyUntried(err error, form url.Values) []string {
	if err == nil {
		return nil
	}
	list := []string{s.pages.Text("try.unread")}
	for _, detail := range ruleFaults(err, form) {
		list = append(list, strings.Split(detail, "\n")...)
	}
	return list[:min(len(list), 6)]
}

// untriable is the result for a text that nobody could post.
func (s *Server) untriable(err error) *ui.TryResult {
	result := &ui.TryResult{Action: "problem"}
	var refusal *models.Error
	if errors.As(err, &refusal) {
		result.Verdict = refusal.Detail
		if len(refusal.Fields) > 0 {
			result.Verdict = refusal.Fields[0].Detail
		}
	}
	return result
}

// sayOfMine notes what there is to say of the rule on the page when it did not
// fire.
func (s *Server) sayOfMine(result *ui.TryResult, mine *moderation.RuleDraft) {
	counts := mine.Kind == rules.Rate || mine.Kind == rules.Flood
	if counts {
		result.Problems = append(result.Problems, s.pages.Text("try.counting"))
		result.Untried = slices.DeleteFunc(slices.Clone(result.Untried), func(name string) bool { return name == strings.TrimSpace(mine.Name) })
	}
	result.Silent = !counts && !firedMine(result.Findings)
}

func firedMine(list []ui.TryFinding) bool {
	for _, f := range list {
		if f.Mine {
			return true
		}
	}
	return false
}

func (s *Server) newTryResult(found *moderation.TestResult) *ui.TryResult {
	v := &found.Verdict
	result := &ui.TryResult{Action: v.Action().String(), Verdict: s.verdictText(v)}
	var inText []models.Match
	for _, f := range v.Findings {
		for _, m := range f.Matches {
			if m.Field == "text" {
				inText = append(inText, m)
			}
		}
		result.Findings = append(result.Findings, s.newTryFinding(&f, found))
	}
	result.Parts = splitText(found.Text, inText)
	for _, fold := range found.Folds {
		result.Folds = append(result.Folds, newFold(&fold))
	}
	result.Untried = found.Untried
	return result
}

// shownReadings is how many disguises of a field are explained.
const shownReadings = 12

func newFold(f *moderation.Fold) ui.Fold {
	out := ui.Fold{Field: f.Field, Text: f.Folded}
	for _, r := range f.Readings[:min(len(f.Readings), shownReadings)] {
		if r.Start >= 0 && r.End <= len(f.Text) && r.Start < r.End {
			out.Readings = append(out.Readings, ui.Reading{Written: clip(f.Text[r.Start:r.End], 40), What: r.What})
		}
	}
	return out
}

func (s *Server) newTryFinding(f *models.Finding, found *moderation.TestResult) ui.TryFinding {
	out := ui.TryFinding{Name: f.Name, Detail: f.Detail, Mine: f.RuleID != 0 && f.RuleID == found.Rule}
	if f.Action == models.NoAction {
		out.Effect = s.pages.Label("try.would", f.Would.String())
	} else {
		out.Action, out.Effect = f.Action.String(), s.pages.Label("try.effect", f.Action.String())
	}
	seen := map[string]bool{}
	for _, m := range f.Matches {
		if m.Field != "text" || m.Start < 0 || m.End > len(found.Text) || m.Start >= m.End {
			continue
		}
		if word := found.Text[m.Start:m.End]; !seen[word] && len(seen) < 8 {
			seen[word] = true
			out.Words = append(out.Words, word)
		}
	}
	return out
}

// verdictText says in a sentence what would become of the comment.
func (s *Server) verdictText(v *models.Verdict) string {
	action := v.Action()
	key := "try.verdict." + action.String()
	switch {
	case action == models.Slow && v.RetryAfter > 0:
		return s.pages.Text(key+".seconds", ui.Digits(seconds(v.RetryAfter)))
	case action == models.Reject:
		for _, f := range v.Findings {
			if f.Action == models.Reject && f.Reason != "" {
				return s.pages.Text(key+".reason", f.Reason)
			}
		}
	}
	return s.pages.Text(key)
}

// tryJSON is the result for the script of the page.
type tryJSON struct {
	Action   string           `json:"action"`
	Verdict  string           `json:"verdict"`
	Parts    []tryPartJSON    `json:"parts"`
	Findings []tryFindingJSON `json:"findings"`
	Silent   bool             `json:"silent"`
	Folds    []tryFoldJSON    `json:"folds"`
	Problems []string         `json:"problems"`
	Untried  []string         `json:"untried"`
}

type tryPartJSON struct {
	Text   string `json:"text"`
	Marked bool   `json:"marked"`
}

type tryFindingJSON struct {
	Name   string   `json:"name"`
	Effect string   `json:"effect"`
	Action string   `json:"action"`
	Detail string   `json:"detail"`
	Words  []string `json:"words"`
	Mine   bool     `json:"mine"`
}

type tryFoldJSON struct {
	Field    string           `json:"field"`
	Text     string           `json:"text"`
	Readings []tryReadingJSON `json:"readings"`
}

type tryReadingJSON struct {
	Written string `json:"written"`
	What    string `json:"what"`
}

func (s *Server) newTry(r *ui.TryResult) tryJSON {
	out := tryJSON{
		Action: r.Action, Verdict: r.Verdict, Silent: r.Silent, Problems: append([]string{}, r.Problems...), Untried: append([]string{}, r.Untried...),
		Parts: make([]tryPartJSON, len(r.Parts)), Findings: make([]tryFindingJSON, len(r.Findings)), Folds: make([]tryFoldJSON, len(r.Folds)),
	}
	for i, p := range r.Parts {
		out.Parts[i] = tryPartJSON(p)
	}
	for i, f := range r.Findings {
		out.Findings[i] = tryFindingJSON{f.Name, f.Effect, f.Action, f.Detail, append([]string{}, f.Words...), f.Mine}
	}
	for i, f := range r.Folds {
		out.Folds[i] = tryFoldJSON{s.pages.Label("rule.field", f.Field), f.Text, make([]tryReadingJSON, len(f.Readings))}
		for j, r := range f.Readings {
			out.Folds[i].Readings[j] = tryReadingJSON(r)
		}
	}
	return out
}
