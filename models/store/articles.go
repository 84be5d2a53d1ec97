package store

import (
	"context"
	"fmt"
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

// AliasKind says what kind of name an article is known by.
type AliasKind int8

// The kinds of aliases, in the order in which they are trusted.
const (
	AliasIdent      AliasKind = 1 // the page's own identifier
	AliasURL        AliasKind = 2 // a URL to the letter
	AliasNormalised AliasKind = 3 // a URL without what does not matter
	AliasImported   AliasKind = 4 // a thread id of another system
)

// Alias is one name of an article.
type Alias struct {
	SiteID int64
	Kind   AliasKind
	Value  string
}

type aliasRow struct {
	SiteID    int64
	Kind      AliasKind
	Value     string
	ArticleID int64
	Run       int64 // the import that added it
}

func (aliasRow) TableName() string { return "aliases" }

// Aliases finds the articles that the given names belong to. Unknown names are
// left out.
func (q Query) Aliases(ctx context.Context, names []Alias) (map[Alias]int64, error) {
	found := make(map[Alias]int64, len(names))
	if len(names) == 0 {
		return found, nil
	}
	type list struct {
		site int64
		kind AliasKind
	}
	lists := map[list][]string{}
	for _, a := range names {
		lists[list{a.SiteID, a.Kind}] = append(lists[list{a.SiteID, a.Kind}], a.Value)
	}
	var either anyOf
	for l, values := range lists {
		either.add("site_id = ? AND kind = ? AND value IN ?", l.site, l.kind, values)
	}
	rows, err := gorm.G[aliasRow](q.db).Where(either.sql, either.args...).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("find aliases: %w", err)
	}
	for _, r := range rows {
		found[Alias{r.SiteID, r.Kind, r.Value}] = r.ArticleID
	}
	return found, nil
}

// ArticleAliases returns the names of an article, at most limit.
func (q Query) ArticleAliases(ctx context.Context, article int64, limit int) ([]Alias, error) {
	rows, err := gorm.G[aliasRow](q.db).Where("article_id = ?", article).Order("kind, value").Limit(limit).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list aliases: %w", err)
	}
	aliases := make([]Alias, len(rows))
	for i, r := range rows {
		aliases[i] = Alias{r.SiteID, r.Kind, r.Value}
	}
	return aliases, nil
}

// AddAliases gives an article more names. A name that belongs to another
// article stays there.
func (tx *Tx) AddAliases(ctx context.Context, names map[Alias]int64) error {
	if len(names) == 0 {
		return nil
	}
	rows := make([]aliasRow, 0, len(names))
	for a, article := range names {
		rows = append(rows, aliasRow{a.SiteID, a.Kind, a.Value, article, 0})
	}
	err := tx.db.WithContext(ctx).Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 200).Error
	if err != nil {
		return fmt.Errorf("add aliases: %w", err)
	}
	for _, r := range rows {
		tx.Emit(models.Event{SiteID: r.SiteID, ArticleID: r.ArticleID, Kind: models.EventArticle, Count: -1})
	}
	return nil
}

const articleSelect = "id, site_id, ident, url, title, closed, mode, notice, heat, heat_level, approved, pending, moved_to, created_at, " +
	"(SELECT key FROM sites WHERE sites.id = articles.site_id) AS site_key"

// Article returns one article.
func (q Query) Article(ctx context.Context, id int64) (models.Article, error) {
	row, err := first(ctx, gorm.G[articleRow](q.db).Select(articleSelect).Where("id = ?", id))
	return row.model(), err
}

// Articles returns the articles with the given ids, at most 1,000.
func (q Query) Articles(ctx context.Context, ids []int64) (map[int64]models.Article, error) {
	found := make(map[int64]models.Article, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := gorm.G[articleRow](q.db).Select(articleSelect).Where("id IN ?", ids).Find(ctx)
	for i := range rows {
		found[rows[i].ID] = rows[i].model()
	}
	return found, err
}

// ListArticles returns articles of a site, newest first, from below the id
// before (0: from the newest), without those that went into another. Of at most scan rows looked at it keeps those
// whose title or URL holds text; next is 0 at the end.
func (q Query) ListArticles(ctx context.Context, site int64, text string, before int64, limit, scan int) (articles []models.Article, next int64, err error) {
	from := gorm.G[articleRow](q.db).Select(articleSelect).Where("site_id = ? AND moved_to = 0", site)
	if before > 0 {
		from = from.Where("id < ?", before)
	}
	if text == "" {
		scan = limit + 1
	}
	rows, err := from.Order("id DESC").Limit(scan).Find(ctx)
	if err != nil {
		return nil, 0, fmt.Errorf("list articles: %w", err)
	}
	for i := range rows {
		if len(articles) == limit {
			return articles, articles[limit-1].ID, nil
		}
		if text == "" || holds(text, rows[i].Title, rows[i].URL, rows[i].Ident) {
			articles = append(articles, rows[i].model())
		}
	}
	if len(rows) == scan {
		next = rows[scan-1].ID
	}
	return articles, next, nil
}

// ArticlesByAge returns up to limit articles of a site, newest or oldest first,
// from behind the id after (0: from the start), without those that went into
// another.
func (q Query) ArticlesByAge(ctx context.Context, site, after int64, oldest bool, limit int) ([]models.Article, error) {
	list := gorm.G[articleRow](q.db).Select(articleSelect).Where("site_id = ? AND moved_to = 0", site)
	order, where := "id DESC", "id < ?"
	if oldest {
		order, where = "id", "id > ?"
	}
	if after > 0 {
		list = list.Where(where, after)
	}
	rows, err := list.Order(order).Limit(limit).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list articles by age: %w", err)
	}
	articles := make([]models.Article, len(rows))
	for i := range rows {
		articles[i] = rows[i].model()
	}
	return articles, nil
}

// InsertArticles stores new articles, whose ids the caller has set.
func (tx *Tx) InsertArticles(ctx context.Context, articles []*models.Article) error {
	return tx.insertArticles(ctx, articles, 0)
}

// insertArticles stores articles that an import made, or with 0 nobody's.
func (tx *Tx) insertArticles(ctx context.Context, articles []*models.Article, run int64) error {
	if len(articles) == 0 {
		return nil
	}
	rows := make([]articleRow, len(articles))
	for i, a := range articles {
		rows[i] = articleRow{
			ID: a.ID, SiteID: a.SiteID, Ident: a.Ident, URL: a.URL, Title: a.Title, Closed: a.Closed, Mode: a.Mode, Notice: a.Notice,
			CreatedAt: millis(a.CreatedAt), Run: run,
		}
		if a.Closed {
			rows[i].ClosedRun = run
		}
	}
	if err := tx.db.WithContext(ctx).CreateInBatches(rows, 200).Error; err != nil {
		return fmt.Errorf("insert articles: %w", conflict(err))
	}
	return nil
}

// SaveArticle writes the settings of an article. No undo of an import opens it from
// now on.
func (tx *Tx) SaveArticle(ctx context.Context, a *models.Article) error {
	row := articleRow{Title: a.Title, Closed: a.Closed, Mode: a.Mode, Notice: a.Notice}
	err := changed(gorm.G[articleRow](tx.db).Where("id = ?", a.ID).Select("Title", "Closed", "Mode", "Notice", "ClosedRun").Updates(ctx, row))
	if err != nil {
		return fmt.Errorf("save article: %w", err)
	}
	tx.Emit(models.Event{SiteID: a.SiteID, ArticleID: a.ID, Kind: models.EventArticle, Count: -1})
	return nil
}

// SaveHeats writes the states of the heat ladders of articles and the steps they
// are on, in one statement. It emits nothing: whether another step is news is
// the caller's to say.
func (tx *Tx) SaveHeats(ctx context.Context, articles []models.Article) error {
	if len(articles) == 0 {
		return nil
	}
	var values []string
	var args []any
	for i := range articles {
		values = append(values, fmt.Sprintf("(%d, ?, %d)", articles[i].ID, articles[i].HeatLevel))
		args = append(args, articles[i].Heat)
	}
	err := tx.exec(ctx, "WITH v (id, heat, level) AS (VALUES "+strings.Join(values, ", ")+") UPDATE articles SET heat = v.heat, heat_level = v.level "+
		"FROM v WHERE articles.id = v.id", nil, args...)
	if err != nil {
		return fmt.Errorf("save heat: %w", err)
	}
	return nil
}
