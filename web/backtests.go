package web

import (
	"encoding/json"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

// backtestJSON is one run of a rule over past comments.
type backtestJSON struct {
	ID        string          `json:"id"`
	Site      string          `json:"site"`
	Rule      *string         `json:"rule"`
	Version   int             `json:"version"`
	Tested    ruleJSON        `json:"tested"`
	State     string          `json:"state"`
	Problem   string          `json:"problem"`
	From      *time.Time      `json:"from"`
	To        *time.Time      `json:"to"`
	Done      int64           `json:"done"`
	Total     int64           `json:"total"`
	Result    json.RawMessage `json:"result"` // null until it is done
	CreatedAt time.Time       `json:"created_at"`
}

func newBacktest(run *models.Backtest, site string) (backtestJSON, error) {
	tested, _, err := moderation.DecodeBacktest(run)
	if err != nil {
		return backtestJSON{}, err
	}
	tested.ID = max(tested.ID, 0) // a rule that is not stored has a number below
	out := backtestJSON{
		ID: models.BacktestID.Format(run.ID), Site: site, Rule: orNull(models.RuleID.Format(run.RuleID)), Version: run.Version, Tested: newRule(&tested, site),
		State: run.State, Problem: run.Problem, From: timeOrNull(run.From), To: timeOrNull(run.To), Done: run.Done, Total: run.Total,
		Result: json.RawMessage("null"), CreatedAt: run.CreatedAt.UTC(),
	}
	if run.Result != "" {
		out.Result = json.RawMessage(run.Result)
	}
	return out, nil
}

func (s *Server) answerBacktest(c *gin.Context, status int, run *models.Backtest) error {
	site, err := s.siteOf(c.Request.Context(), run.SiteID)
	if err != nil {
		return err
	}
	out, err := newBacktest(run, site.Key)
	if err != nil {
		return err
	}
	return answer(c, status, out)
}

// backtestRequest says what to try: a stored rule, a change of it, or a new one.
type backtestRequest struct {
	Site  string       `json:"site"`
	Rule  string       `json:"rule"`
	Draft *ruleRequest `json:"draft"`
	From  optionalTime `json:"from"`
	To    optionalTime `json:"to"`
}

// postBacktest starts a backtest of any rule.
func (s *Server) postBacktest(c *gin.Context) error {
	var in backtestRequest
	if err := readStrict(c, &in, maxRule); err != nil {
		return err
	}
	return s.startBacktest(c, in)
}

// postRuleBacktest starts a backtest of a stored rule, or of a change of it.
func (s *Server) postRuleBacktest(c *gin.Context) error {
	var in backtestRequest
	if c.Request.ContentLength != 0 {
		if err := readStrict(c, &in, maxRule); err != nil {
			return err
		}
	}
	_, site, err := s.ruleAndSite(c)
	if err != nil {
		return err
	}
	in.Site, in.Rule = site.Key, c.Param("rule")
	return s.startBacktest(c, in)
}

func (s *Server) startBacktest(c *gin.Context, in backtestRequest) error {
	req := moderation.BacktestRequest{Site: in.Site, Rule: in.Rule}
	if in.Draft != nil {
		draft, err := in.Draft.draft("draft.")
		if err != nil {
			return err
		}
		req.Draft = &draft
	}
	var err error
	if req.From, err = in.From.read("from"); err != nil {
		return err
	}
	if req.To, err = in.To.read("to"); err != nil {
		return err
	}
	run, err := s.service.StartBacktest(c.Request.Context(), moderator(c), req)
	if err != nil {
		return err
	}
	return s.answerBacktest(c, http.StatusAccepted, &run)
}

func (s *Server) getBacktests(c *gin.Context) error {
	p, site, err := siteParams(c)
	if err != nil {
		return err
	}
	runs, err := s.service.Backtests(c.Request.Context(), site, p.get("rule"))
	if err != nil {
		return err
	}
	list := make([]backtestJSON, len(runs))
	for i := range runs {
		if list[i], err = newBacktest(&runs[i], site); err != nil {
			return err
		}
	}
	return answer(c, http.StatusOK, map[string]any{"backtests": list})
}

func (s *Server) getBacktest(c *gin.Context) error {
	run, err := s.service.Backtest(c.Request.Context(), c.Param("backtest"))
	if err != nil {
		return err
	}
	return s.answerBacktest(c, http.StatusOK, &run)
}

// deleteBacktest cancels a run; it stays in the list.
func (s *Server) deleteBacktest(c *gin.Context) error {
	run, err := s.service.CancelBacktest(c.Request.Context(), c.Param("backtest"))
	if err != nil {
		return err
	}
	return s.answerBacktest(c, http.StatusOK, &run)
}
