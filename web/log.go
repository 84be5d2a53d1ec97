package web

import (
	"net/http"
	"strconv"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

// getLog lists what changed on a site, who did it and why, newest first.
func (s *Server) getLog(c *gin.Context) error {
	p, site, err := siteParams(c)
	if err != nil {
		return err
	}
	limit, err := p.number("limit")
	if err != nil {
		return err
	}
	alerts, err := p.flag("alerts")
	if err != nil {
		return err
	}
	notes, err := s.service.Notes(c.Request.Context(), site, moderation.NoteQuery{
		Kind: p.get("kind"), Alerts: alerts, Limit: limit, Cursor: p.get("cursor"),
	})
	if err != nil {
		return err
	}
	list := make([]noteJSON, len(notes.Notes))
	for i := range notes.Notes {
		list[i] = newNote(&notes.Notes[i])
	}
	return answer(c, http.StatusOK, map[string]any{"notes": list, "next": orNull(notes.Next)})
}

func newNote(n *models.Note) noteJSON {
	return noteJSON{
		ID: strconv.FormatInt(n.ID, 10), Kind: n.Kind, Subject: n.Subject, Moderator: orNull(n.ModeratorName),
		Rule: orNull(models.RuleID.Format(n.RuleID)), Alert: n.Alert, Text: n.Text, CreatedAt: n.CreatedAt.UTC(),
	}
}
