package web

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/redirects"
	"postbag/moderation/urlmap"
	"postbag/web/ui"
)

const (
	maxMapForm   = urlmap.MaxBytes + 1<<20 // a form with a URL map in it
	mapMemory    = 1 << 20                 // of it that is kept in memory
	redirectRate = 5                       // requests a second to one host
)

func movesPath(site string) string { return "/console/moves?site=" + url.QueryEscape(site) }

func movePath(m *models.Move) string { return "/console/moves/" + m.PublicID() }

func (s *Server) getMovesPage(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	return s.showMoves(c, http.StatusOK, p.get("site"), p.get("cursor"), ui.Form{})
}

func (s *Server) showMoves(c *gin.Context, status int, site, cursor string, form ui.Form) error {
	ctx := c.Request.Context()
	sites, err := s.service.Sites(ctx)
	if err != nil {
		return err
	}
	view := ui.MovesPage{Frame: s.frame(c), Sites: siteOptions(sites), Site: chosenSite(site, sites), Form: form}
	if view.Site != "" {
		moves, next, err := s.service.Moves(ctx, view.Site, 0, cursor)
		if err != nil {
			return err
		}
		for i := range moves {
			view.Moves = append(view.Moves, newMoveRow(&moves[i]))
		}
		if next != "" {
			view.NextURL = movesPath(view.Site) + "&cursor=" + next
		}
	}
	return s.pages.Moves(page(c, status), view)
}

func newMoveRow(m *models.Move) ui.MoveRow {
	return ui.MoveRow{ID: m.PublicID(), Kind: string(m.Kind), State: string(m.State), Title: m.Title, By: m.ModeratorName, At: m.CreatedAt, Articles: m.Total}
}

// postMovesForm plans a move with one of the tools.
func (s *Server) postMovesForm(c *gin.Context) error {
	req, err := readMoveForm(c)
	if err == nil {
		var m models.Move
		if req.Kind == models.MoveRedirects {
			m, err = s.service.PlanRedirects(c.Request.Context(), moderator(c), req.Site, req.AddOrigins, redirects.New(redirects.NewClient(false), redirectRate))
		} else {
			m, err = s.service.PlanMove(c.Request.Context(), moderator(c), req)
		}
		if err == nil {
			c.Redirect(http.StatusSeeOther, movePath(&m))
			return nil
		}
	}
	refused, status, err := refusedForm(c, err, nil)
	if err != nil {
		return err
	}
	return s.showMoves(c, status, c.Request.PostForm.Get("site"), "", refused)
}

// readMoveForm reads the form of a tool; a URL map comes as a file or as text.
func readMoveForm(c *gin.Context) (moderation.MoveRequest, error) {
	c.Request.Body = http.MaxBytesReader(c.Writer, c.Request.Body, maxMapForm)
	if err := c.Request.ParseMultipartForm(mapMemory); err != nil {
		return moderation.MoveRequest{}, badForm(err)
	}
	form := c.Request.PostForm
	if err := cleanForm(form); err != nil {
		return moderation.MoveRequest{}, err
	}
	req := moderation.MoveRequest{
		Site: form.Get("site"), Kind: models.MoveKind(form.Get("do")), AddOrigins: form.Get("add_origins") != "",
		From: form.Get("from"), To: form.Get("to"), Subdomains: form.Get("subdomains") != "",
		Article: strings.TrimSpace(form.Get("article")), Into: strings.TrimSpace(form.Get("into")),
		Thread: strings.TrimSpace(form.Get("thread")), URL: strings.TrimSpace(form.Get("url")),
	}
	if req.Kind != models.MoveMap {
		return req, nil
	}
	return req, readMapForm(c, &req)
}

func readMapForm(c *gin.Context, req *moderation.MoveRequest) error {
	var in io.Reader = strings.NewReader(c.Request.PostForm.Get("map"))
	for _, header := range c.Request.MultipartForm.File["file"] {
		if header.Size == 0 {
			continue
		}
		file, err := header.Open()
		if err != nil {
			return badForm(err)
		}
		defer file.Close()
		in, req.File = file, clip(strings.ToValidUTF8(header.Filename, "?"), 100)
	}
	var err error
	req.Map, req.Faults, err = urlmap.Read(in, urlmap.Options{Normal: moderation.NormalURL, Base: strings.TrimRight(c.Request.PostForm.Get("base"), "/")})
	switch {
	case err != nil:
		return models.Invalid("map", "The list is too large: at most 50 MB, 500,000 lines and 10,000 rules.")
	case req.Map.Lines+req.Map.Unchanged+len(req.Faults) == 0:
		return models.Invalid("map", "The list is empty. Choose a file, or type one pair of addresses a line.")
	}
	return nil
}

func (s *Server) getMovePage(c *gin.Context) error {
	ctx := c.Request.Context()
	m, err := s.service.Move(ctx, c.Param("move"))
	if err != nil {
		return err
	}
	site, err := s.siteOf(ctx, m.SiteID)
	if err != nil {
		return err
	}
	report, err := moderation.ReportOf(&m)
	if err != nil {
		return err
	}
	team, err := s.names(ctx)
	if err != nil {
		return err
	}
	view := newMovePage(&m, &report)
	view.Frame, view.Site, view.UndoneBy = s.frame(c), site.Key, team[m.UndoneBy]
	if view.Busy {
		view.Frame.Refresh = 2
	}
	return s.pages.Move(page(c, http.StatusOK), view)
}

func newMovePage(m *models.Move, r *moderation.MoveReport) ui.MovePage {
	view := ui.MovePage{
		Move: newMoveRow(m), Problem: m.Problem, Done: m.Done, Total: m.Total, Origins: r.Origins,
		Busy:    m.State == models.MovePlanning || m.State == models.MoveRunning || m.State == models.MoveUndoing,
		CanUndo: m.State == models.MoveDone || m.State == models.MoveRunning,
		Numbers: []ui.MoveNumber{{Key: "articles", N: r.Articles}, {Key: "comments", N: r.Comments}, {Key: "merged", N: r.Merged}},
		Faults:  moveNotes(r.Faults), FaultsMore: r.FaultsOmitted, Notes: moveNotes(r.Notes), NotesMore: r.NotesOmitted, ChangesMore: r.ChangesOmitted,
	}
	for _, n := range []ui.MoveNumber{
		{Key: "lines", N: r.Lines}, {Key: "rules", N: r.Rules}, {Key: "moved", N: r.Moved}, {Key: "unchanged", N: r.Unchanged},
		{Key: "unknown", N: r.Unknown}, {Key: "chains", N: r.Chains}, {Key: "skipped", N: r.Skipped},
	} {
		if n.N > 0 {
			view.Numbers = append(view.Numbers, n)
		}
	}
	for _, ch := range r.Changes {
		view.Changes = append(view.Changes, ui.MoveChange(ch))
	}
	return view
}

func moveNotes(notes []moderation.MoveNote) []ui.FileProblem {
	list := make([]ui.FileProblem, len(notes))
	for i, n := range notes {
		list[i] = ui.FileProblem{Line: n.Line, Text: n.Detail, Source: n.Text}
	}
	return list
}

// postMoveForm runs, undoes or drops a move.
func (s *Server) postMoveForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	ctx, form, id := c.Request.Context(), c.Request.PostForm, c.Param("move")
	m, err := s.service.Move(ctx, id)
	if err != nil {
		return err
	}
	switch form.Get("do") {
	case "run":
		m, err = s.service.RunMove(ctx, moderator(c), id, form.Get("skip_bad") != "")
	case "undo":
		m, err = s.service.UndoMove(ctx, moderator(c), id)
	case "drop":
		return s.dropMove(c, &m)
	default:
		err = models.Invalid("do", "Use run, undo or drop.")
	}
	if err != nil {
		return err
	}
	s.service.StartMove(m.ID)
	c.Redirect(http.StatusSeeOther, movePath(&m))
	return nil
}

func (s *Server) dropMove(c *gin.Context, m *models.Move) error {
	site, err := s.siteOf(c.Request.Context(), m.SiteID)
	if err != nil {
		return err
	}
	if err := s.service.DropMove(c.Request.Context(), m.PublicID()); err != nil {
		return err
	}
	return back(c, movesPath(site.Key), "move-dropped")
}
