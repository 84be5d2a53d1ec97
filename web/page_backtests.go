package web

import (
	"cmp"
	"context"
	"encoding/json"
	"net/http"
	"reflect"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

// postBacktestForm starts a backtest of the rule as it is typed.
func (s *Server) postBacktestForm(c *gin.Context) error {
	if err := readFormOf(c, maxForm); err != nil {
		return err
	}
	form := c.Request.PostForm
	in, err := s.backtestOf(form)
	if err != nil {
		return s.refuseRule(c, err)
	}
	if in.Rule != "" {
		rule, err := s.service.Rule(c.Request.Context(), in.Rule)
		if err != nil {
			return err
		}
		if stored := draftOf(&rule); sameRule(in.Draft, &stored) && in.Draft.Mode == stored.Mode {
			in.Draft = nil
		}
	}
	run, err := s.service.StartBacktest(c.Request.Context(), moderator(c), in)
	if err != nil {
		return s.refuseRule(c, err)
	}
	c.Redirect(http.StatusSeeOther, backtestPath(&run))
	return nil
}

func backtestPath(run *models.Backtest) string {
	return "/console/backtests/" + models.BacktestID.Format(run.ID)
}

// sameRule reports whether two drafts do the same when they run, in whatever
// mode.
func sameRule(a, b *moderation.RuleDraft) bool {
	x, y := *a, *b
	x.Spec, x.Mode, y.Spec, y.Mode = "", "", "", ""
	x.Name, y.Name = strings.TrimSpace(x.Name), strings.TrimSpace(y.Name)
	if len(x.Scope.Sections)+len(y.Scope.Sections)+len(x.Scope.Articles)+len(y.Scope.Articles) == 0 {
		x.Scope, y.Scope = models.Scope{}, models.Scope{}
	}
	var s, t any
	if json.Unmarshal([]byte(a.Spec), &s) != nil || json.Unmarshal([]byte(b.Spec), &t) != nil {
		return false
	}
	return reflect.DeepEqual(x, y) && reflect.DeepEqual(s, t)
}

func (s *Server) getBacktestPage(c *gin.Context) error {
	ctx := c.Request.Context()
	run, err := s.service.Backtest(ctx, c.Param("backtest"))
	if err != nil {
		return err
	}
	site, err := s.siteOf(ctx, run.SiteID)
	if err != nil {
		return err
	}
	view, err := s.newBacktestPage(c, &run, &site)
	if err != nil {
		return err
	}
	return s.pages.Backtest(page(c, http.StatusOK), view)
}

func (s *Server) newBacktestPage(c *gin.Context, run *models.Backtest, site *models.Site) (ui.BacktestPage, error) {
	ctx := c.Request.Context()
	tested, result, err := moderation.DecodeBacktest(run)
	if err != nil {
		return ui.BacktestPage{}, err
	}
	text, err := ruleText(&tested)
	if err != nil {
		return ui.BacktestPage{}, err
	}
	team, err := s.names(ctx)
	if err != nil {
		return ui.BacktestPage{}, err
	}
	id := models.BacktestID.Format(run.ID)
	view := ui.BacktestPage{
		Frame: s.frame(c), ID: id, API: "/api/v1/moderation/backtests/" + id, Site: site.Key, RuleName: tested.Name, Summary: ruleSummary(tested),
		Kind: tested.Kind, Action: tested.Action.String(), Text: text, State: run.State, Problem: run.Problem, Done: int(run.Done), Total: int(run.Total),
		From: run.From, To: cmp.Or(run.To, run.CreatedAt), StartedAt: run.CreatedAt, By: team[run.ModeratorID],
	}
	switch run.State {
	case "running":
		view.Frame.Refresh = 2
	case "done":
		view.Result = s.newBacktestResult(&result)
	}
	stored, known, err := s.storedRule(ctx, run, &tested)
	if err != nil {
		return view, err
	}
	if known {
		view.RuleID = models.RuleID.Format(stored.ID)
		now, then := draftOf(&stored), draftOf(&tested)
		view.Outdated = stored.Version != run.Version && !sameRule(&now, &then)
	}
	view.Outdated = view.Outdated || !known && run.RuleID != 0
	return view, nil
}

// storedRule finds the rule that a run tested or would change: by its number, or
// by its name when it was not stored at the time.
func (s *Server) storedRule(ctx context.Context, run *models.Backtest, tested *models.Rule) (models.Rule, bool, error) {
	site, err := s.siteOf(ctx, run.SiteID)
	if err != nil {
		return models.Rule{}, false, err
	}
	list, err := s.service.Rules(ctx, site.Key)
	for i := range list {
		if list[i].ID == run.RuleID || run.RuleID == 0 && strings.EqualFold(list[i].Name, tested.Name) {
			return list[i], true, err
		}
	}
	return models.Rule{}, false, err
}

// postBacktestApply stores the rule that was tested, in the mode that the button
// names.
func (s *Server) postBacktestApply(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	ctx, mode := c.Request.Context(), c.Request.PostForm.Get("mode")
	run, err := s.service.Backtest(ctx, c.Param("backtest"))
	if err != nil {
		return err
	}
	tested, _, err := moderation.DecodeBacktest(&run)
	if err != nil {
		return err
	}
	stored, known, err := s.storedRule(ctx, &run, &tested)
	if err != nil {
		return err
	}
	site, err := s.siteOf(ctx, run.SiteID)
	if err != nil {
		return err
	}
	draft, now := draftOf(&tested), draftOf(&stored)
	draft.Mode = mode
	switch {
	case !known && run.RuleID != 0:
		return models.Refuse(models.CodeNotFound, "The rule has been deleted meanwhile.")
	case !known:
		_, err = s.service.AddRule(ctx, moderator(c), site.Key, draft)
	case sameRule(&now, &draft):
		_, err = s.service.SetRuleMode(ctx, moderator(c), models.RuleID.Format(stored.ID), stored.Version, mode)
	default:
		_, err = s.service.SetRule(ctx, moderator(c), models.RuleID.Format(stored.ID), run.Version, draft)
	}
	if err != nil {
		return err
	}
	return back(c, rulesPath(site.Key), "rule-"+mode)
}

func (s *Server) postBacktestCancel(c *gin.Context) error {
	run, err := s.service.CancelBacktest(c.Request.Context(), c.Param("backtest"))
	if err != nil {
		return err
	}
	return back(c, backtestPath(&run), "backtest-cancelled")
}

func newBacktestRow(run *models.Backtest) ui.BacktestRow {
	row := ui.BacktestRow{ID: models.BacktestID.Format(run.ID), State: run.State, At: run.CreatedAt, Version: run.Version}
	if !run.From.IsZero() {
		end := run.To
		if end.IsZero() {
			end = run.CreatedAt
		}
		row.Days = int(end.Sub(run.From).Round(24*time.Hour) / (24 * time.Hour))
	}
	if _, result, err := moderation.DecodeBacktest(run); err == nil {
		row.Comments, row.Fired = result.Comments, result.Fired
	}
	return row
}

// maxBars is how many columns the drawing of days has at most.
const maxBars = 62

func (s *Server) newBacktestResult(r *moderation.BacktestResult) *ui.BacktestResult {
	days := calendar(r.Days)
	out := &ui.BacktestResult{
		Comments: r.Comments, Fired: r.Fired, Removed: r.Removed, Approved: r.Approved, Undecided: r.Undecided,
		Precision: newShare(int64(r.Removed+r.Approved), r.Precision, r.Low, r.High),
		PerDay:    float64(r.Fired) / float64(max(len(days), 1)), Days: gather(days), Load: s.loadText(&r.Load), Changes: s.changeTexts(r), Notes: r.Notes,
		Examples: []ui.ExampleGroup{
			newExamples("removed", r.Removed, r.Examples.Removed), newExamples("approved", r.Approved, r.Examples.Approved),
			newExamples("undecided", r.Undecided, r.Examples.Undecided),
		},
	}
	for _, o := range r.Overlap {
		out.Overlap = append(out.Overlap, ui.Overlap{ID: o.Rule, Name: o.Name, Both: o.Count})
	}
	if r.Fired == 0 {
		out.Examples = nil
	}
	return out
}

// calendar puts the days without comments between the others.
func calendar(days []moderation.BacktestDay) []ui.DayCount {
	var list []ui.DayCount
	for _, d := range days {
		at, err := time.Parse(time.DateOnly, d.Day)
		if err != nil {
			continue
		}
		for n := len(list); n > 0 && n < 5000 && list[len(list)-1].Day.AddDate(0, 0, 1).Before(at); {
			next := list[len(list)-1].Day.AddDate(0, 0, 1)
			list = append(list, ui.DayCount{Day: next, Label: dayLabel(next)})
		}
		list = append(list, ui.DayCount{Day: at, Label: dayLabel(at), Fired: d.Fired, Comments: d.Comments})
	}
	return list
}

func dayLabel(t time.Time) string { return t.Format("2 Jan 2006") }

// gather adds neighbouring days until they fit the drawing.
func gather(days []ui.DayCount) []ui.DayCount {
	size := (len(days) + maxBars - 1) / maxBars
	if size < 2 {
		return days
	}
	var list []ui.DayCount
	for i := 0; i < len(days); i += size {
		piece := days[i:min(i+size, len(days))]
		sum := ui.DayCount{Day: piece[0].Day, Label: piece[0].Label}
		if last := piece[len(piece)-1]; len(piece) > 1 {
			sum.Label += " – " + last.Label
		}
		for _, d := range piece {
			sum.Fired += d.Fired
			sum.Comments += d.Comments
		}
		list = append(list, sum)
	}
	return list
}

func (s *Server) loadText(l *moderation.BacktestLoad) string {
	if l.Max == 0 {
		return s.pages.Text("backtest.load.none")
	}
	day := l.MaxDay
	if at, err := time.Parse(time.DateOnly, l.MaxDay); err == nil {
		day = dayLabel(at)
	}
	return s.pages.Text("backtest.load.peak", ui.About(l.Median), ui.Digits(l.Max), day)
}

// changeTexts says what differs from the rules in force.
func (s *Server) changeTexts(r *moderation.BacktestResult) []string {
	change := &r.Change
	counts := []struct {
		key string
		n   int
	}{
		{"held", change.NewlyHeld}, {"rejected", change.NewlyRejected}, {"slowed", change.NewlySlowed}, {"released", change.NewlyReleased}, {"alone", r.Alone},
	}
	if change.InForce {
		counts = append(counts, []struct {
			key string
			n   int
		}{{"gained", change.Gained}, {"lost", change.Lost}}...)
	}
	var list []string
	for _, c := range counts {
		if c.n > 0 {
			list = append(list, s.pages.Count("backtest.change."+c.key, c.n))
		}
	}
	return list
}

func newExamples(outcome string, all int, list []moderation.BacktestExample) ui.ExampleGroup {
	group := ui.ExampleGroup{Outcome: outcome, All: all}
	for _, e := range list {
		var matches []models.Match
		for _, m := range e.Matches {
			if m.Field == "text" {
				matches = append(matches, models.Match(m))
			}
		}
		group.List = append(group.List, ui.Example{ID: e.Comment, Author: e.Author, Article: e.Title, At: e.At, Parts: splitText(e.Excerpt, matches), Detail: e.Detail})
	}
	return group
}
