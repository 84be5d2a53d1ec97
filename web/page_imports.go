package web

import (
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

// listedImports is how many runs a page of the console lists.
const listedImports = 20

func (s *Server) getImportsPage(c *gin.Context) error {
	return s.showImports(c, http.StatusOK, chosen(c), openForm("format", "disqus"))
}

func (s *Server) showImports(c *gin.Context, status int, site string, form ui.Form) error {
	ctx := c.Request.Context()
	sites, err := s.service.Sites(ctx)
	if err != nil {
		return err
	}
	view := ui.ImportsPage{Frame: s.frame(c), Sites: siteOptions(sites), Site: chosenSite(site, sites), Form: form, Fields: newImportFields("", form), Limit: bytesText(s.service.MaxUpload())}
	addFormats(&view)
	if view.Site == "" {
		return s.pages.Imports(page(c, status), view)
	}
	runs, next, err := s.service.ImportRuns(ctx, view.Site, c.Query("cursor"), listedImports)
	if err != nil {
		return err
	}
	for i := range runs {
		view.Runs = append(view.Runs, newImportRow(&runs[i]))
	}
	if next != "" {
		view.NextURL = importsPath(view.Site) + "&cursor=" + next
	}
	return s.pages.Imports(page(c, status), view)
}

func addFormats(view *ui.ImportsPage) {
	var accept []string
	for _, f := range moderation.ImportFormats() {
		view.Formats = append(view.Formats, ui.ImportFormat{Key: f.Key, Name: f.Name, About: f.About})
		accept = append(accept, f.Extensions...)
	}
	view.Accept = strings.Join(append(accept, ".gz"), ",")
}

// importChoices reads what a form says of an import besides its file.
func importChoices(form url.Values) moderation.ImportChoices {
	choices := moderation.ImportChoices{OriginsOnly: form.Get("origins_only") != "", Fields: map[string]string{}}
	for _, f := range moderation.ImportFields() {
		if text := strings.TrimSpace(form.Get(f.Key)); text != "" {
			choices.Fields[f.Key] = text
		}
	}
	return choices
}

// newImportFields are the fields of the form, for one format, or for all when it
// is empty.
func newImportFields(format string, form ui.Form) ui.ImportFields {
	list := ui.ImportFields{Form: form}
	for _, f := range moderation.ImportFields() {
		if format != "" && len(f.Formats) > 0 && !slices.Contains(f.Formats, format) {
			continue
		}
		field := ui.ImportField{Key: f.Key, Name: f.Name, About: f.About}
		if format == "" {
			for _, key := range f.Formats {
				field.For = append(field.For, formatName(key))
			}
		}
		list.List = append(list.List, field)
	}
	return list
}

func importsPath(site string) string { return "/console/imports?site=" + url.QueryEscape(site) }

func importPath(id string) string { return "/console/imports/" + id }

func newImportRow(m *models.Import) ui.ImportRow {
	return ui.ImportRow{ID: models.ImportID.Format(m.ID), File: m.File, Format: formatName(m.Format), State: string(m.State), By: m.ModeratorName, At: m.CreatedAt, Added: int(m.Added)}
}

func formatName(key string) string {
	for _, f := range moderation.ImportFormats() {
		if f.Key == key {
			return f.Name
		}
	}
	return key
}

// postImportsForm takes a file, as a stream, and begins to look at it, or to
// import it.
func (s *Server) postImportsForm(c *gin.Context) error {
	m, form, err := s.receiveImport(c)
	if err == nil {
		m, err = s.service.StartImport(c.Request.Context(), moderator(c), models.ImportID.Format(m.ID), form.Get("do") != "import", importChoices(form))
	}
	if err != nil {
		c.Request.PostForm = form
		refused, status, err := refusedForm(c, err, nil)
		if err != nil {
			return err
		}
		return s.showImports(c, status, form.Get("site"), refused)
	}
	c.Redirect(http.StatusSeeOther, importPath(models.ImportID.Format(m.ID)))
	return nil
}

// receiveImport reads the parts of the form in their order: the fields stand
// before the file, which goes to the service as it comes.
func (s *Server) receiveImport(c *gin.Context) (m models.Import, form url.Values, err error) {
	form = url.Values{}
	if mediaType(c) != "multipart/form-data" {
		return m, form, unsupported("a form with a file (multipart/form-data)")
	}
	_, params, err := mime.ParseMediaType(c.GetHeader("Content-Type"))
	if err != nil {
		return m, form, badForm(err)
	}
	body := &patientBody{http.MaxBytesReader(c.Writer, c.Request.Body, s.service.MaxUpload()+maxForm), http.NewResponseController(c.Writer)}
	parts := multipart.NewReader(body, params["boundary"])
	for {
		part, err := parts.NextPart()
		switch {
		case errors.Is(err, io.EOF):
			return m, form, models.Invalid("file", "Choose the file to import.")
		case err != nil:
			return m, form, s.badUpload(err)
		case part.FormName() == "file":
			m, err = s.receiveFile(c, form, part)
			return m, form, err
		}
		value, err := io.ReadAll(io.LimitReader(part, maxBody))
		if err != nil {
			return m, form, s.badUpload(err)
		}
		form.Add(part.FormName(), string(value))
	}
}

// uploadSilence is how long a sender of a file may say nothing.
const uploadSilence = 30 * time.Second

// patientBody gives a large body as long as it takes, as long as it comes.
type patientBody struct {
	body    io.Reader
	control *http.ResponseController
}

// Read implements io.Reader.
func (b *patientBody) Read(p []byte) (int, error) {
	_ = b.control.SetReadDeadline(time.Now().Add(uploadSilence)) // a server without deadlines has none to move
	return b.body.Read(p)
}

func (s *Server) receiveFile(c *gin.Context, form url.Values, part *multipart.Part) (models.Import, error) {
	if part.FileName() == "" {
		return models.Import{}, models.Invalid("file", "Choose the file to import.")
	}
	if err := cleanForm(form); err != nil {
		return models.Import{}, err
	}
	if err := importChoices(form).Check(form.Get("format")); err != nil {
		return models.Import{}, err
	}
	m, err := s.service.ReceiveImport(c.Request.Context(), moderator(c), form.Get("site"), form.Get("format"), part.FileName(), part)
	if err != nil && models.CodeOf(err) == "" {
		err = s.badUpload(err)
	}
	return m, err
}

// badUpload says that a file did not arrive, unless the fault is ours.
func (s *Server) badUpload(err error) error {
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &tooLong):
		return models.Refuse(models.CodeTooLarge, "The file is larger than %s. Compress it with gzip, or import it on the server with postbag import.", bytesText(s.service.MaxUpload()))
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, multipart.ErrMessageTooLarge):
		return models.Refuse(models.CodeMalformed, "The file did not arrive completely. Send it again.")
	}
	return err
}

// importForm does what a form of a run asks for, and shows the run.
func (s *Server) importForm(c *gin.Context, done string, do func(id string) error) error {
	if err := readForm(c); err != nil {
		return err
	}
	id := c.Param("import")
	if err := do(id); err != nil {
		return err
	}
	if done == "" {
		c.Redirect(http.StatusSeeOther, importPath(id))
		return nil
	}
	return back(c, importPath(id), done)
}

func (s *Server) postImportStart(c *gin.Context) error {
	return s.importForm(c, "", func(id string) error {
		form := c.Request.PostForm
		_, err := s.service.StartImport(c.Request.Context(), moderator(c), id, form.Get("do") != "import", importChoices(form))
		return err
	})
}

func (s *Server) postImportCancel(c *gin.Context) error {
	return s.importForm(c, "", func(id string) error {
		_, err := s.service.CancelImport(c.Request.Context(), moderator(c), id)
		return err
	})
}

func (s *Server) postImportUndo(c *gin.Context) error {
	return s.importForm(c, "", func(id string) error { return s.service.StartUndo(c.Request.Context(), moderator(c), id) })
}

// postImportOrigins adds hosts of the file to the origins of its site.
func (s *Server) postImportOrigins(c *gin.Context) error {
	return s.importForm(c, "import-origins", func(id string) error {
		ctx := c.Request.Context()
		m, err := s.service.ImportRun(ctx, id)
		if err != nil {
			return err
		}
		site, err := s.siteOf(ctx, m.SiteID)
		if err != nil {
			return err
		}
		origins := slices.Concat(site.Hosts, c.Request.PostForm["host"])
		_, err = s.service.PatchSite(ctx, site.Key, moderation.SitePatch{Origins: &origins})
		return err
	})
}

func (s *Server) getImportUndoPage(c *gin.Context) error {
	ctx, id := c.Request.Context(), c.Param("import")
	m, err := s.service.ImportRun(ctx, id)
	if err != nil {
		return err
	}
	site, err := s.siteOf(ctx, m.SiteID)
	if err != nil {
		return err
	}
	if m.State == models.ImportUndone {
		c.Redirect(http.StatusSeeOther, importPath(id))
		return nil
	}
	r, err := s.service.RehearseUndo(ctx, id)
	if err != nil {
		return err
	}
	view := ui.ImportUndoPage{Frame: s.frame(c), ID: id, File: m.File, Site: site.Key, Done: r.Done, Seen: int(r.Seen), Total: int(r.Total)}
	if r.Done {
		view.Undo = newImportUndo(&r.Report)
	} else {
		view.Frame.Refresh = 2
	}
	return s.pages.ImportUndo(page(c, http.StatusOK), view)
}

// getImportFile sends what a report lists, as a file.
func (s *Server) getImportFile(c *gin.Context) error {
	m, err := s.service.ImportRun(c.Request.Context(), c.Param("import"))
	if err != nil {
		return err
	}
	report, ok, err := moderation.DecodeReport(&m)
	if err != nil {
		return err
	}
	write := map[string]func(io.Writer) error{
		"report.json":  func(w io.Writer) error { _, err := io.WriteString(w, m.Report); return err },
		"articles.csv": report.WriteArticles, "problems.csv": report.WriteProblems,
	}[c.Param("name")]
	if !ok || write == nil {
		return models.Refuse(models.CodeNotFound, "There is no such file.")
	}
	kind := "text/csv; charset=utf-8"
	if strings.HasSuffix(c.Param("name"), ".json") {
		kind = "application/json"
	}
	h := c.Writer.Header()
	h.Set("Content-Type", kind)
	h.Set("Content-Disposition", `attachment; filename="import-`+models.ImportID.Format(m.ID)+"-"+c.Param("name")+`"`)
	return write(c.Writer)
}
