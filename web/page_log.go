package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

func (s *Server) getLogPage(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	sites, err := s.service.Sites(c.Request.Context())
	if err != nil {
		return err
	}
	view := ui.LogPage{
		Frame: s.frame(c), Sites: siteOptions(sites), Site: chosenSite(p.get("site"), sites), Kind: p.get("kind"), Kinds: moderation.NoteKinds(), Alerts: p.get("alerts") == "1",
	}
	if view.Site != "" {
		if err := s.addNotes(c.Request.Context(), &view, p.get("cursor")); err != nil {
			return err
		}
	}
	return s.pages.Log(page(c, http.StatusOK), view)
}

func (s *Server) addNotes(ctx context.Context, view *ui.LogPage, cursor string) error {
	notes, err := s.service.Notes(ctx, view.Site, moderation.NoteQuery{Kind: view.Kind, Alerts: view.Alerts, Cursor: cursor})
	if err != nil {
		return err
	}
	for i := range notes.Notes {
		view.Notes = append(view.Notes, newNoteRow(&notes.Notes[i], view))
	}
	if notes.Next != "" {
		view.NextURL = logPath(view, notes.Next)
	}
	return nil
}

func newNoteRow(n *models.Note, view *ui.LogPage) ui.NoteRow {
	row := ui.NoteRow{Kind: n.Kind, Text: n.Text, By: n.ModeratorName, Alert: n.Alert, At: n.CreatedAt}
	if _, ok := models.RuleID.Parse(n.Subject); ok && view.Frame.Admin() {
		row.URL = "/console/rules/" + n.Subject
	}
	if _, ok := models.ArticleID.Parse(n.Subject); ok {
		row.URL = "/console?site=" + url.QueryEscape(view.Site) + "&lane=all&article=" + n.Subject
	}
	if _, ok := models.ImportID.Parse(n.Subject); ok && view.Frame.Admin() {
		row.URL = importPath(n.Subject)
	}
	return row
}

func logPath(view *ui.LogPage, cursor string) string {
	q := url.Values{"site": {view.Site}, "cursor": {cursor}}
	if view.Kind != "" {
		q.Set("kind", view.Kind)
	}
	if view.Alerts {
		q.Set("alerts", "1")
	}
	return "/console/log?" + q.Encode()
}
