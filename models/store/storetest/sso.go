package storetest

import (
	"context"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

func testSSO(t *testing.T, w *world) {
	ctx := t.Context()
	if found := must(w.SSOs(ctx))(t); len(found) != 0 {
		t.Errorf("at first: %+v", found)
	}
	want := models.SSO{
		SiteID: w.site.ID, Enabled: true, APIKey: "public", Secret: "secret", Earlier: "before", EarlierUntil: start.Add(time.Hour), Generation: 3,
		MaxAge: 2 * time.Hour, Skew: 30 * 24 * time.Hour, MembersOnly: true, VerifiedEmail: true,
	}
	for range 2 {
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveSSO(ctx, &want) })
		if got := must(w.SSOs(ctx))(t)[w.site.ID]; got != want {
			t.Errorf("got %+v, want %+v", got, want)
		}
		want.Secret, want.Earlier, want.EarlierUntil, want.Generation, want.Enabled = "another", "", time.Time{}, 4, false
	}
}

func testLogins(t *testing.T, w *world) {
	ctx := t.Context()
	made := models.Author{ID: 100, SiteID: w.site.ID, Kind: models.KindSSO, Key: "sso:42", Name: "Ada", Email: "a@example.org", Avatar: "https://a/", URL: "https://b/", CreatedAt: start}
	w.write(func(ctx context.Context, tx *store.Tx) error {
		return tx.InsertAuthors(ctx, []*models.Author{&made})
	})
	made.Name, made.Email, made.Avatar, made.URL = "Ada L", "", "", "https://c/"
	w.write(func(ctx context.Context, tx *store.Tx) error { return tx.SaveProfile(ctx, &made) })
	key := func(key string) store.AuthorKey { return store.AuthorKey{SiteID: w.site.ID, Key: key} }
	found := must(w.AuthorsByKey(ctx, []store.AuthorKey{key("sso:42"), key("sso:44")}))(t)
	if len(found) != 1 || found[key("sso:42")] != made {
		t.Errorf("found %+v", found)
	}
}

func testCommentsBy(t *testing.T, w *world) {
	held, public := w.add(models.Pending, nil), w.add(models.Approved, nil)
	w.add(models.Removed, nil)
	last := w.add(models.Approved, nil)
	in := store.AuthorArticle{Author: public.AuthorID, Article: public.ArticleID}
	for limit, want := range map[int][]int64{10: {held.ID, public.ID, last.ID}, 2: {last.ID}} {
		list := must(w.CommentsBy(t.Context(), in, limit))(t)
		var ids []int64
		for _, c := range list {
			ids = append(ids, c.ID)
		}
		if len(ids) != len(want) || ids[0] != want[0] || ids[len(ids)-1] != want[len(want)-1] {
			t.Errorf("the latest %d: %v, want %v", limit, ids, want)
		}
	}
	in.Article++
	if list := must(w.CommentsBy(t.Context(), in, 10))(t); len(list) != 0 {
		t.Errorf("in another thread: %+v", list)
	}
}
