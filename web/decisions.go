package web

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

// maxBatch is how many comments one request can decide.
const maxBatch = 100

func (s *Server) postDecision(c *gin.Context) error {
	var in struct {
		Action  string `json:"action"`
		Reason  string `json:"reason"`
		Note    string `json:"note"`
		Version int    `json:"version"`
		Claim   string `json:"claim"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	choice, err := parseChoice(in.Action)
	if err != nil {
		return err
	}
	outcome, err := s.service.Decide(c.Request.Context(), moderator(c), moderation.DecisionRequest{
		Comment: c.Param("comment"), Choice: choice, Reason: in.Reason, Note: in.Note, Version: in.Version, Claim: in.Claim,
	})
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, newOutcome(outcome))
}

func parseChoice(action string) (models.Choice, error) {
	choice, ok := models.ParseChoice(action)
	if !ok {
		return 0, models.Invalid("action", "Use approve, remove, spam or escalate.")
	}
	return choice, nil
}

func (s *Server) postDecisions(c *gin.Context) error {
	var in struct {
		Action string `json:"action"`
		Reason string `json:"reason"`
		Note   string `json:"note"`
		Items  []struct {
			ID      string `json:"id"`
			Version int    `json:"version"`
		} `json:"items"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	choice, err := parseChoice(in.Action)
	if err != nil {
		return err
	}
	if len(in.Items) == 0 || len(in.Items) > maxBatch {
		return models.Invalid("items", fmt.Sprintf("Name 1 to %d comments.", maxBatch))
	}
	requests := make([]moderation.DecisionRequest, len(in.Items))
	for i, item := range in.Items {
		requests[i] = moderation.DecisionRequest{Comment: item.ID, Choice: choice, Reason: in.Reason, Note: in.Note, Version: item.Version}
	}
	outcomes, err := s.service.DecideAll(c.Request.Context(), moderator(c), requests)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]any{"results": s.newResults(requests, outcomes)})
}

// resultJSON is what became of one comment of a batch.
type resultJSON struct {
	ID       string        `json:"id"`
	Status   int           `json:"status"`
	Decision *decisionJSON `json:"decision"`
	Problem  *problem      `json:"problem"`
}

func (s *Server) newResults(requests []moderation.DecisionRequest, outcomes []moderation.Outcome) []resultJSON {
	results := make([]resultJSON, len(outcomes))
	for i, o := range outcomes {
		results[i] = resultJSON{ID: requests[i].Comment, Status: http.StatusOK}
		if o.Err == nil {
			results[i].Decision = newDecision(&o.Decision)
			continue
		}
		p := problemOf(o.Err)
		if p.Code == codeInternal {
			s.log.Error("decision of a batch failed", "comment", requests[i].Comment, "error", o.Err)
		}
		results[i].Status, results[i].Problem = p.Status, &p
	}
	return results
}

func (s *Server) postUndo(c *gin.Context) error {
	outcome, err := s.service.Undo(c.Request.Context(), moderator(c), c.Param("decision"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, newOutcome(outcome))
}

// historyJSON is everything known of one comment.
type historyJSON struct {
	itemJSON
	Revisions []revisionJSON  `json:"revisions"`
	Decisions []*decisionJSON `json:"decisions"`
	Verdicts  []judgementJSON `json:"verdicts"`
}

// judgementJSON is what one verdict depended on, as it was stored.
type judgementJSON struct {
	Seq      int             `json:"seq"` // 0 when it was posted, then one for each edit
	Revision int             `json:"revision"`
	Facts    json.RawMessage `json:"facts"`
}

type revisionJSON struct {
	Text      string    `json:"text"`
	Held      bool      `json:"held"`
	CreatedAt time.Time `json:"created_at"`
}

func (s *Server) getHistory(c *gin.Context) error {
	history, err := s.service.History(c.Request.Context(), c.Param("comment"))
	if err != nil {
		return err
	}
	out := historyJSON{
		itemJSON:  newItem(&history.Item, moderator(c), s.now()),
		Revisions: make([]revisionJSON, len(history.Revisions)), Decisions: make([]*decisionJSON, len(history.Decisions)),
		Verdicts: make([]judgementJSON, len(history.Verdicts)),
	}
	for i, r := range history.Revisions {
		out.Revisions[i] = revisionJSON{r.Text, r.Held, r.CreatedAt.UTC()}
	}
	for i := range history.Decisions {
		out.Decisions[i] = newDecision(&history.Decisions[i])
	}
	for i, v := range history.Verdicts {
		out.Verdicts[i] = judgementJSON{v.Seq, v.Revision, json.RawMessage(cmp.Or(v.Facts, "null"))}
	}
	return answer(c, http.StatusOK, out)
}

func (s *Server) getAuthor(c *gin.Context) error {
	author, items, err := s.service.Author(c.Request.Context(), c.Param("author"))
	if err != nil {
		return err
	}
	now := s.now()
	return answer(c, http.StatusOK, map[string]any{"author": newQueueAuthor(&author, now), "comments": newItems(items, moderator(c), now)})
}

func (s *Server) postSanction(c *gin.Context) error {
	var in struct {
		Kind   string       `json:"kind"`
		Until  optionalTime `json:"until"`
		Reason string       `json:"reason"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	until, err := in.Until.read("until")
	if err != nil {
		return err
	}
	if in.Kind == "none" {
		in.Kind = ""
	}
	author, err := s.service.Sanction(c.Request.Context(), moderator(c), c.Param("author"), in.Kind, until, in.Reason)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]any{"author": newQueueAuthor(&author, s.now())})
}

// optionalTime is an RFC 3339 time as text; null and "" mean none.
type optionalTime string

func (t optionalTime) read(field string) (time.Time, error) {
	if t == "" {
		return time.Time{}, nil
	}
	at, err := time.Parse(time.RFC3339, string(t))
	if err != nil {
		return time.Time{}, models.Invalid(field, "Write a time such as 2030-01-31T12:00:00Z.")
	}
	return at, nil
}
