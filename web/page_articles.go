package web

import (
	"context"
	"net/http"
	"net/url"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/heat"
	"postbag/web/ui"
)

func (s *Server) getArticlesPage(c *gin.Context) error {
	p, err := queryParams(c.Request)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	sites, err := s.service.Sites(ctx)
	if err != nil {
		return err
	}
	view := ui.ArticlesPage{Frame: s.frame(c), Sites: siteOptions(sites), Site: chosenSite(p.get("site"), sites), Query: p.get("q"), Steps: heatLevels()}
	view.Return = articlesPath(view.Site, view.Query, p.get("cursor"))
	if view.Site != "" {
		articles, next, err := s.service.Articles(ctx, view.Site, view.Query, 0, p.get("cursor"))
		if err != nil {
			return err
		}
		view.Articles = articleRows(articles, sites)
		if err := s.addHeat(ctx, view.Site, articles, view.Articles); err != nil {
			return err
		}
		if next != "" {
			view.NextURL = articlesPath(view.Site, view.Query, next)
		}
	}
	return s.pages.Articles(page(c, http.StatusOK), view)
}

func siteOptions(sites []models.Site) []ui.Option {
	options := make([]ui.Option, len(sites))
	for i, site := range sites {
		options[i] = ui.Option{Value: site.Key, Label: site.Name}
	}
	return options
}

// chosenSite is the site that a page is about: the one asked for, else the
// first. It is empty while there is none.
func chosenSite(asked string, sites []models.Site) string {
	if asked == "" && len(sites) > 0 {
		return sites[0].Key
	}
	return asked
}

func articlesPath(site, text, cursor string) string {
	q := url.Values{}
	for name, value := range map[string]string{"site": site, "q": text, "cursor": cursor} {
		if value != "" {
			q.Set(name, value)
		}
	}
	return "/console/articles?" + q.Encode()
}

func articleRows(articles []models.Article, sites []models.Site) []ui.ArticleRow {
	modes := map[string]models.Mode{}
	for _, site := range sites {
		modes[site.Key] = site.Mode
	}
	rows := make([]ui.ArticleRow, len(articles))
	for i := range articles {
		a := &articles[i]
		rows[i] = ui.ArticleRow{
			Key: a.Key(), Title: a.Title, URL: a.URL, ID: a.Ident, Site: a.SiteKey, State: articleState(a.Closed), Mode: string(a.Mode),
			SiteMode: string(modes[a.SiteKey]), Notice: a.Notice, Approved: a.Approved, Pending: a.Pending,
			ThreadURL: threadPath(a.SiteKey, models.ArticleRef{ID: a.Ident, URL: a.URL, Title: a.Title}),
		}
	}
	return rows
}

// heatLevels are the steps of the heat ladder.
func heatLevels() []string {
	var list []string
	for l := heat.Normal; l <= heat.ReadOnly; l++ {
		list = append(list, l.String())
	}
	return list
}

// recentHeat is in how many of the latest notes the reason for a step is looked
// for.
const recentHeat = 100

// addHeat adds to each article the step that it is on, and why.
func (s *Server) addHeat(ctx context.Context, site string, articles []models.Article, rows []ui.ArticleRow) error {
	var hot bool
	for i := range articles {
		rows[i].Heat = heat.Level(articles[i].HeatLevel).String()
		hot = hot || articles[i].HeatLevel > 0
	}
	if !hot {
		return nil
	}
	notes, err := s.service.Notes(ctx, site, moderation.NoteQuery{Kind: "heat", Limit: recentHeat})
	if err != nil {
		return err
	}
	why := map[string]string{}
	for _, n := range notes.Notes {
		if why[n.Subject] == "" {
			why[n.Subject] = n.Text
		}
	}
	for i := range rows {
		if articles[i].HeatLevel > 0 {
			rows[i].Why = why[rows[i].Key]
		}
	}
	return nil
}

func (s *Server) postArticleForm(c *gin.Context) error {
	if err := readForm(c); err != nil {
		return err
	}
	form := c.Request.PostForm
	closed, err := parseState(form.Get("state"))
	if err != nil {
		return err
	}
	mode, notice := models.Mode(form.Get("mode")), form.Get("notice")
	patch := moderation.ArticlePatch{Closed: &closed, Mode: &mode, Notice: &notice}
	step := form.Get("heat")
	if form.Get("cool") != "" {
		step = heat.Normal.String()
	}
	if step != "" {
		patch.Heat = &step
	}
	if _, err := s.service.PatchArticle(c.Request.Context(), moderator(c), c.Param("article"), patch); err != nil {
		return err
	}
	return back(c, localPath(form.Get("return"), "/console/articles"), "article-saved")
}
