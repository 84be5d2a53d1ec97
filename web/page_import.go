package web

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/ui"
)

// Bounds of the lists on the page of an import.
const (
	shownArticles = 10
	shownProblems = 50
	shownHosts    = 20
)

func (s *Server) getImportPage(c *gin.Context) error {
	ctx := c.Request.Context()
	m, err := s.service.ImportRun(ctx, c.Param("import"))
	if err != nil {
		return err
	}
	site, err := s.siteOf(ctx, m.SiteID)
	if err != nil {
		return err
	}
	view, err := s.newImportPage(c, &m, &site)
	if err != nil {
		return err
	}
	return s.pages.Import(page(c, http.StatusOK), view)
}

func (s *Server) newImportPage(c *gin.Context, m *models.Import, site *models.Site) (ui.ImportPage, error) {
	id := models.ImportID.Format(m.ID)
	view := ui.ImportPage{
		Frame: s.frame(c), ID: id, Site: site.Key, SiteName: site.Name, File: m.File, Format: formatName(m.Format), Size: bytesText(m.Size), State: string(m.State),
		Problem: m.Problem, By: m.ModeratorName, At: m.CreatedAt, Ended: m.FinishedAt, UndoneAt: m.UndoneAt,
		Kept: s.service.ImportKept(m), Added: int(m.Added), Progress: importPath(id) + "/progress",
	}
	if view.Active() {
		p := s.newImportProgress(m)
		view.Frame.Refresh, view.Percent, view.Text = 2, p.Percent, p.Text
		return view, nil
	}
	addChoices(&view, m)
	undo, undone, err := moderation.DecodeUndo(m)
	if err != nil {
		return view, err
	}
	if undone {
		view.Undo = newImportUndo(&undo)
	}
	view.Undoable = m.Added > 0 && m.State != models.ImportUndone && m.State != models.ImportUndoStopped
	report, ok, err := moderation.DecodeReport(m)
	if err != nil || !ok {
		return view, err
	}
	if view.Report = newImportReport(&report, &view, site); !view.Report.Whole() {
		view.Report = nil // the file was not read to its end
		return view, nil
	}
	addProblems(c, view.Report, &report, id)
	return view, nil
}

// addChoices puts into the view what was chosen, for going on, and whether the
// run stopped on its way.
func addChoices(view *ui.ImportPage, m *models.Import) {
	chosen := moderation.ChoicesOf(m)
	form := ui.Form{Values: url.Values{}}
	for key, text := range chosen.Fields {
		form.Values.Set(key, text)
	}
	view.OriginsOnly, view.Fields = chosen.OriginsOnly, newImportFields(m.Format, form)
	switch m.State {
	case models.ImportInterrupted, models.ImportCancelled:
		view.Stopped = true
	case models.ImportUndoStopped:
		view.Kept, view.Total = false, int(m.Total)
	}
}

// importProgress is how far a run is, for the page that shows it.
type importProgress struct {
	State   string `json:"state"`
	Percent int    `json:"percent"`
	Text    string `json:"text"`
}

func (s *Server) getImportProgress(c *gin.Context) error {
	m, err := s.service.ImportRun(c.Request.Context(), c.Param("import"))
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, s.newImportProgress(&m))
}

// newImportProgress says how far a run is: reading and writing take about as
// long, and sorting little.
func (s *Server) newImportProgress(m *models.Import) importProgress {
	p := importProgress{State: string(m.State)}
	share := func(done, of int64) int { return int(min(100, done*100/max(1, of))) }
	took := s.now().Sub(m.StartedAt)
	switch moderation.ImportStage(m.Stage) {
	case moderation.ImportReading:
		p.Percent = share(m.Bytes, m.Size) * 45 / 100
		p.Text = s.pages.Text("import.reading", ui.Digits(int(m.Done)), bytesText(m.Bytes), bytesText(m.Size))
	case moderation.ImportSorting:
		p.Percent, p.Text = 47, s.pages.Text("import.sorting", ui.Digits(int(m.Done)))
	case moderation.ImportWriting:
		p.Percent = 50 + share(m.Done, m.Total)/2
		p.Text = s.pages.Text("import.writing", ui.Digits(int(m.Done)), ui.Digits(int(m.Total)))
	default:
		p.Percent = share(m.Done, m.Total)
		p.Text = s.pages.Text("import.undoing", ui.Digits(int(m.Done)), ui.Digits(int(m.Total)))
		return p
	}
	if left := took.Seconds() * float64(100-p.Percent) / float64(max(1, p.Percent)); p.Percent >= 5 && took.Seconds() >= 2 {
		p.Text += " " + s.pages.Text("import.left", ui.Digits(int(float64(m.Done)/took.Seconds())), leftText(left))
	}
	return p
}

// leftText writes how long something will take.
func leftText(seconds float64) string {
	switch {
	case seconds < 50:
		return fmt.Sprintf("%d s", int(seconds/5+1)*5)
	case seconds < 3600:
		return fmt.Sprintf("%d min", int(seconds/60)+1)
	}
	return fmt.Sprintf("%d h %d min", int(seconds/3600), int(seconds/60)%60)
}

// bytesText writes a size for people.
func bytesText(n int64) string {
	switch {
	case n >= 1<<30:
		return strconv.FormatFloat(float64(n)/(1<<30), 'f', 1, 64) + " GiB"
	case n >= 1<<20:
		return strconv.FormatFloat(float64(n)/(1<<20), 'f', 1, 64) + " MiB"
	case n >= 1<<10:
		return strconv.FormatInt(n>>10, 10) + " KiB"
	}
	return strconv.FormatInt(n, 10) + " bytes"
}

func newImportReport(r *moderation.ImportReport, view *ui.ImportPage, site *models.Site) *ui.ImportReport {
	out := &ui.ImportReport{
		DryRun: r.DryRun, Earlier: r.DryRun && view.State != string(models.ImportLooked), Total: r.Posts.Total, Added: r.Added, Unchanged: r.Unchanged, Skipped: r.Skipped,
		Classes: []ui.ImportClass{
			{Key: "approved", N: r.Posts.Approved}, {Key: "pending", N: r.Posts.Pending}, {Key: "deleted", N: r.Posts.Deleted}, {Key: "spam", N: r.Posts.Spam},
			{Key: "duplicate", N: r.Posts.Duplicate}, {Key: "orphaned", N: r.Posts.Orphaned}, {Key: "failed", N: r.Posts.Failed},
		},
		Threads: r.Threads.Total, Articles: r.Threads.Articles, Empty: r.Threads.Empty, Closed: r.Threads.Closed,
		Merged:  newImportList(r.Threads.Merged, r.Threads.MergedOmitted),
		Foreign: newImportList(r.Threads.Foreign, r.Threads.ForeignOmitted), Hosts: foreignHosts(r.Threads.Foreign, site),
		Tallied: len(r.Threads.ByArticle) + r.Threads.OtherArticles, Images: len(r.Images) + r.ImagesOmitted,
		ProblemCount: len(r.Problems) + r.ProblemsOmitted, Downloads: importPath(view.ID) + "/files/",
	}
	for _, a := range r.Threads.ByArticle[:min(len(r.Threads.ByArticle), shownArticles)] {
		row := ui.ImportArticle{Name: nameOf(a.URL, a.ID), Posts: a.Posts.Total, Threads: a.Threads}
		if !r.DryRun && view.State == string(models.ImportDone) && (a.URL == "" || slices.Contains(site.Hosts, hostOf(a.URL))) {
			row.URL = threadPath(site.Key, models.ArticleRef{ID: a.ID, URL: a.URL})
		}
		out.Largest = append(out.Largest, row)
	}
	if view.State == string(models.ImportDone) {
		view.ArticlesURL = articlesPath(site.Key, "", "")
		if r.Posts.Pending > 0 {
			view.PendingURL = "/console?site=" + url.QueryEscape(site.Key) + "&lane=pending"
		}
	}
	return out
}

func nameOf(address, id string) string {
	if address == "" {
		return id
	}
	return address
}

func newImportList(articles []moderation.ImportedArticle, omitted int) ui.ImportList {
	list := ui.ImportList{All: len(articles) + omitted}
	for _, a := range articles[:min(len(articles), shownArticles)] {
		list.List = append(list.List, ui.ImportArticle{Name: nameOf(a.URL, a.ID), Posts: a.Posts, Threads: len(a.Threads)})
	}
	return list
}

// foreignHosts lists the hosts of articles that the site does not have, as
// origins.
func foreignHosts(articles []moderation.ImportedArticle, site *models.Site) []string {
	var hosts []string
	for _, a := range articles {
		host := hostOf(a.URL)
		if host != "" && !slices.Contains(hosts, host) && !slices.Contains(site.Hosts, host) && len(hosts) < shownHosts {
			hosts = append(hosts, host)
		}
	}
	return hosts
}

// hostOf is the host of an address as sites name theirs, empty when it has none.
func hostOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		return ""
	}
	return strings.TrimPrefix(strings.ToLower(u.Host), "www.")
}

// addProblems puts one page of the problems into the view.
func addProblems(c *gin.Context, view *ui.ImportReport, r *moderation.ImportReport, id string) {
	pages := max(1, (len(r.Problems)+shownProblems-1)/shownProblems)
	n, _ := strconv.Atoi(c.Query("problems")) // 0 for what is no number
	n = min(max(n, 1), pages)
	view.ProblemPage = n
	from := (n - 1) * shownProblems
	for _, p := range r.Problems[from:min(from+shownProblems, len(r.Problems))] {
		view.Problems = append(view.Problems, ui.ImportProblem(p))
	}
	at := func(n int) string { return importPath(id) + "?problems=" + strconv.Itoa(n) + "#problem-list" }
	if n > 1 {
		view.PrevURL = at(n - 1)
	}
	if n < pages {
		view.NextURL = at(n + 1)
	}
}

func newImportUndo(u *moderation.ImportUndo) *ui.ImportUndo {
	out := &ui.ImportUndo{
		Removed: u.Removed, Kept: u.Kept, TakenDown: u.TakenDown, Articles: u.Articles, Names: u.Names, Authors: u.Authors,
		ArticlesKept: u.ArticlesOn, AuthorsKept: u.AuthorsOn, Stays: u.NamesKept, Opened: u.Opened,
	}
	for _, why := range []ui.ImportClass{
		{Key: "decided", N: u.Why.Decided}, {Key: "reported", N: u.Why.Reported}, {Key: "liked", N: u.Why.Liked},
		{Key: "edited", N: u.Why.Edited}, {Key: "answered", N: u.Why.Answered},
	} {
		if why.N > 0 {
			out.Why = append(out.Why, why)
		}
	}
	for _, k := range u.List[:min(len(u.List), shownProblems)] {
		out.List = append(out.List, ui.ImportKept{ID: k.ID, External: k.ExternalID, Why: k.Why, URL: "/console?lane=all&article=" + k.Article})
	}
	return out
}
