package storetest

import (
	"context"
	"errors"
	"testing"

	"postbag/models"
	"postbag/models/store"
)

func testSites(t *testing.T, w *world) {
	ctx := t.Context()
	other := w.addSite("blog")
	equal(t, "sites", must(w.Sites(ctx))(t), []models.Site{other, w.site})
	err := w.Write(ctx, func(tx *store.Tx) error { return tx.AddSite(ctx, &models.Site{Key: "blog"}) })
	wantErr(t, "the same key", err, store.ErrConflict)
	other.Name, other.Mode, other.Hosts, other.Reasons = "New", models.PreMode, []string{"new.example"}, nil
	other.Counts = models.CountTexts{Zero: "none", One: "{num}", Many: "{num} of them"}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveSite(ctx, &other) })
	equal(t, "saved", must(w.Sites(ctx))(t)[0], other)
	err = w.Write(ctx, func(tx *store.Tx) error { return tx.SaveSite(ctx, &models.Site{ID: 99}) })
	wantErr(t, "unknown site", err, store.ErrNotFound)
	if err := w.Ping(ctx); err != nil {
		t.Error(err)
	}
}

func testSettings(t *testing.T, w *world) {
	ctx := t.Context()
	_, err := w.Setting(ctx, "key")
	wantErr(t, "unset", err, store.ErrNotFound)
	for _, value := range []string{"one", "two"} {
		w.write(func(ctx context.Context, tx *store.Tx) error {
			equal(t, "held value", must(tx.SetSetting(ctx, "key", value))(t), "one")
			return nil
		})
	}
	equal(t, "setting", must(w.Setting(ctx, "key"))(t), "one")
}

func testRates(t *testing.T, w *world) {
	ctx := t.Context()
	a, b, c := store.RateKey{RuleID: 1, Key: "a"}, store.RateKey{RuleID: 1, Key: "b"}, store.RateKey{RuleID: 2, Key: "a"}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.SetRates(ctx, map[store.RateKey]int64{a: 10, b: 20, c: 30})
	})
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetRates(ctx, map[store.RateKey]int64{a: 15}) })
	equal(t, "rates", must(w.Rates(ctx, []store.RateKey{a, c, {RuleID: 2, Key: "b"}}))(t), map[store.RateKey]int64{a: 15, c: 30})
	equal(t, "no rates", len(must(w.Rates(ctx, nil))(t)), 0)
	for _, want := range []int{1, 1, 0} {
		w.write(func(ctx context.Context, tx *store.Tx) error {
			equal(t, "pruned", must(tx.PruneRates(ctx, 25, 1))(t), want)
			return nil
		})
	}
	equal(t, "left", must(w.Rates(ctx, []store.RateKey{a, b, c}))(t), map[store.RateKey]int64{c: 30})
}

func testArticles(t *testing.T, w *world) {
	ctx := t.Context()
	var all []models.Article
	for range 7 {
		all = append([]models.Article{w.addArticle(w.site)}, all...)
	}
	all = append(all, w.article)
	w.addArticle(w.addSite("blog"))
	equal(t, "article", must(w.Article(ctx, w.article.ID))(t), w.article)
	_, err := w.Article(ctx, 999)
	wantErr(t, "unknown", err, store.ErrNotFound)
	equal(t, "articles", must(w.Articles(ctx, []int64{w.article.ID, 999}))(t), map[int64]models.Article{w.article.ID: w.article})
	for limit := 1; limit <= 9; limit++ {
		equal(t, "list", listArticles(t, w, "", limit, limit), all)
		equal(t, "list with text", listArticles(t, w, "EXAMPLE.org", limit, 3), all)
		equal(t, "list of one", listArticles(t, w, w.article.Ident, limit, 3), []models.Article{w.article})
	}
	dup := w.article
	wantErr(t, "same id", w.Write(ctx, func(tx *store.Tx) error { return tx.InsertArticles(ctx, []*models.Article{&dup}) }), store.ErrConflict)
	w.article.Title, w.article.Closed, w.article.Mode, w.article.Notice = "New", true, models.PreMode, "Be kind"
	w.events = nil
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveArticle(ctx, &w.article) })
	equal(t, "saved", must(w.Article(ctx, w.article.ID))(t), w.article)
	equal(t, "event", w.events[0].Kind, models.EventArticle)
	wantErr(t, "unknown", w.Write(ctx, func(tx *store.Tx) error { return tx.SaveArticle(ctx, &models.Article{ID: 999}) }), store.ErrNotFound)
}

func listArticles(t *testing.T, w *world, text string, limit, scan int) []models.Article {
	t.Helper()
	var all []models.Article
	for before := int64(0); ; {
		page, next, err := w.ListArticles(t.Context(), w.site.ID, text, before, limit, scan)
		if err != nil {
			t.Fatal(err)
		}
		if all = append(all, page...); next == 0 {
			return all
		}
		before = next
	}
}

func testAliases(t *testing.T, w *world) {
	ctx := t.Context()
	other := w.addArticle(w.site)
	ident := store.Alias{SiteID: w.site.ID, Kind: store.AliasIdent, Value: "post-1"}
	url := store.Alias{SiteID: w.site.ID, Kind: store.AliasURL, Value: "https://example.org/1"}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAliases(ctx, map[store.Alias]int64{ident: w.article.ID, url: w.article.ID})
	})
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.AddAliases(ctx, map[store.Alias]int64{url: other.ID})
	})
	unknown := store.Alias{SiteID: w.site.ID, Kind: store.AliasNormalised, Value: "post-1"}
	equal(t, "aliases", must(w.Aliases(ctx, []store.Alias{ident, url, unknown}))(t), map[store.Alias]int64{ident: w.article.ID, url: w.article.ID})
	equal(t, "none asked", len(must(w.Aliases(ctx, nil))(t)), 0)
	equal(t, "of an article", must(w.ArticleAliases(ctx, w.article.ID, 10))(t), []store.Alias{ident, url})
	equal(t, "limited", must(w.ArticleAliases(ctx, w.article.ID, 1))(t), []store.Alias{ident})
}

func testAuthors(t *testing.T, w *world) {
	ctx := t.Context()
	bob := w.addAuthor(w.site, "bob")
	equal(t, "author", must(w.Author(ctx, bob.ID))(t), bob)
	_, err := w.Author(ctx, 999)
	wantErr(t, "unknown", err, store.ErrNotFound)
	equal(t, "authors", must(w.Authors(ctx, []int64{bob.ID, 999}))(t), map[int64]models.Author{bob.ID: bob})
	key := store.AuthorKey{SiteID: w.site.ID, Key: "bob"}
	found := must(w.AuthorsByKey(ctx, []store.AuthorKey{key, {SiteID: w.site.ID, Key: "eve"}, {SiteID: 99, Key: "bob"}}))(t)
	equal(t, "by key", found, map[store.AuthorKey]models.Author{key: bob})
	err = w.Write(ctx, func(tx *store.Tx) error {
		return tx.InsertAuthors(ctx, []*models.Author{{ID: 77, SiteID: w.site.ID, Key: "bob"}})
	})
	wantErr(t, "same key", err, store.ErrConflict)
	bob.Sanction, bob.Until = "ban", start.AddDate(0, 1, 0)
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SetSanction(ctx, &bob) })
	equal(t, "sanction", must(w.Author(ctx, bob.ID))(t), bob)
	wantErr(t, "unknown", w.Write(ctx, func(tx *store.Tx) error { return tx.SetSanction(ctx, &models.Author{ID: 999}) }), store.ErrNotFound)
	first, second := w.add(models.Approved, nil), w.add(models.Spam, nil)
	equal(t, "comments", ids(must(w.AuthorComments(ctx, w.author.ID, 10))(t)), []int64{second.ID, first.ID})
	equal(t, "latest", ids(must(w.AuthorComments(ctx, w.author.ID, 1))(t)), []int64{second.ID})
}

func testModerators(t *testing.T, w *world) {
	ctx := t.Context()
	equal(t, "none", must(w.CountModerators(ctx))(t), 0)
	m := w.addModerator("Zoe@Example.org", models.RoleAdmin)
	equal(t, "address", m.Email, "zoe@example.org")
	n := w.addModerator("al@example.org", models.RoleModerator)
	equal(t, "moderators", must(w.Moderators(ctx))(t), []models.Moderator{n, m})
	equal(t, "moderator", must(w.Moderator(ctx, m.ID))(t), m)
	equal(t, "by e-mail", must(w.ModeratorByEmail(ctx, "ZOE@example.org"))(t), m)
	_, err := w.ModeratorByEmail(ctx, "nobody@example.org")
	wantErr(t, "unknown", err, store.ErrNotFound)
	w.write(func(ctx context.Context, tx *store.Tx) error {
		wantErr(t, "taken", tx.AddModerator(ctx, &models.Moderator{Email: "AL@example.org"}), store.ErrConflict)
		_, err := tx.CountAdmins(ctx) // the transaction goes on
		return err
	})
	equal(t, "admins", must(w.CountAdmins(ctx))(t), 1)
	m.Disabled, m.Name, m.PasswordHash, m.Role = true, "Zoé", "hash", models.RoleAdmin
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveModerator(ctx, &m) })
	equal(t, "saved", must(w.Moderator(ctx, m.ID))(t), m)
	equal(t, "admins left", must(w.CountAdmins(ctx))(t), 0)
	equal(t, "all", must(w.CountModerators(ctx))(t), 2)
	wantErr(t, "unknown", w.Write(ctx, func(tx *store.Tx) error { return tx.SaveModerator(ctx, &models.Moderator{ID: 99}) }), store.ErrNotFound)
}

func (w *world) addModerator(email string, role models.Role) models.Moderator {
	m := models.Moderator{Email: email, Name: email, Role: role}
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddModerator(ctx, &m) })
	return m
}

func testCredentials(t *testing.T, w *world) {
	ctx := t.Context()
	m := w.addModerator("zoe@example.org", models.RoleAdmin)
	c := models.Credential{Hash: []byte{1, 0, 255}, Kind: "session", ModeratorID: m.ID, Label: "Firefox", ExpiresAt: start.AddDate(0, 0, 1)}
	token := models.Credential{Hash: []byte{2}, Kind: "token", ModeratorID: m.ID}
	setup := models.Credential{Hash: []byte{3}, Kind: "setup"}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		err := errors.Join(tx.AddCredential(ctx, &c), tx.AddCredential(ctx, &token), tx.AddCredential(ctx, &setup))
		again := c
		wantErr(t, "same hash", tx.AddCredential(ctx, &again), store.ErrConflict)
		return err
	})
	equal(t, "credential", must(w.Credential(ctx, "session", c.Hash))(t), c)
	_, err := w.Credential(ctx, "token", c.Hash)
	wantErr(t, "other kind", err, store.ErrNotFound)
	w.write(func(ctx context.Context, tx *store.Tx) error { c.UsedAt = tx.Now; return tx.TouchCredential(ctx, c.ID) })
	equal(t, "touched", must(w.Credentials(ctx, m.ID, "session"))(t), []models.Credential{c})
	w.write(func(ctx context.Context, tx *store.Tx) error {
		equal(t, "nothing expired", must(tx.PruneCredentials(ctx, c.ExpiresAt, 10))(t), 0)
		equal(t, "expired", must(tx.PruneCredentials(ctx, c.ExpiresAt.AddDate(0, 0, 1), 10))(t), 1)
		wantErr(t, "gone", tx.TouchCredential(ctx, c.ID), store.ErrNotFound)
		return errors.Join(tx.DeleteCredential(ctx, setup.ID), tx.DeleteCredentials(ctx, m.ID), tx.DeleteCredentials(ctx, m.ID, "session", "token"))
	})
	wantErr(t, "twice", w.Write(ctx, func(tx *store.Tx) error { return tx.DeleteCredential(ctx, setup.ID) }), store.ErrNotFound)
	equal(t, "none left", len(must(w.Credentials(ctx, m.ID, "token"))(t)), 0)
}
