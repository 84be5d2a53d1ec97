package storetest

import (
	"context"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
)

func testNotes(t *testing.T, w *world) {
	ctx := t.Context()
	m := w.addModerator("zoe@example.org", models.RoleAdmin)
	blog := w.addSite("blog")
	list := []models.Note{
		{Kind: "rule", Subject: "r1", ModeratorID: m.ID, RuleID: 1, Text: "Zoe added the rule."},
		{Kind: "brake", Subject: "r1", RuleID: 1, Alert: true, Text: "It fires too often."},
		{Kind: "rule", Subject: "r2", RuleID: 2, Alert: true, Text: "Look."},
		{SiteID: blog.ID, Kind: "heat", Subject: "a1", Text: "Hot."},
	}
	for i := range list {
		if list[i].SiteID == 0 {
			list[i].SiteID = w.site.ID
		}
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddNote(ctx, &list[i]) })
	}
	list[0].ModeratorName = m.Name
	read := func(kind string, alerts bool, before int64, limit int) []models.Note {
		return must(w.Notes(ctx, w.site.ID, kind, alerts, before, limit))(t)
	}
	equal(t, "all", read("", false, 0, 9), []models.Note{list[2], list[1], list[0]})
	equal(t, "a kind", read("rule", false, 0, 9), []models.Note{list[2], list[0]})
	equal(t, "alerts", read("", true, 0, 9), []models.Note{list[2], list[1]})
	equal(t, "alerts of a kind", read("rule", true, 0, 9), list[2:3])
	equal(t, "a page", read("", false, list[2].ID, 1), list[1:2])
	equal(t, "another site", must(w.Notes(ctx, blog.ID, "", false, 0, 9))(t), list[3:])
	noted := func(rule int64, kind string, since time.Time) bool {
		return must(w.NotedSince(ctx, rule, kind, since))(t)
	}
	equal(t, "noted", []bool{noted(1, "brake", list[1].CreatedAt), noted(1, "rule", start), noted(2, "rule", start)}, []bool{true, true, true})
	equal(t, "not noted", []bool{noted(1, "brake", list[1].CreatedAt.Add(1e6)), noted(2, "brake", start), noted(0, "heat", start)}, []bool{false, false, false})

	db := raw(t, w.address)
	for _, sql := range []string{"UPDATE notes SET text = ''", "DELETE FROM notes"} {
		if _, err := db.ExecContext(ctx, sql); err == nil || !strings.Contains(err.Error(), "append-only") {
			t.Errorf("%s: got %v, want a refusal", sql, err)
		}
	}
	equal(t, "untouched", len(read("", false, 0, 9)), 3)
}

func testBacktests(t *testing.T, w *world) {
	ctx := t.Context()
	blog := w.addSite("blog")
	list := []models.Backtest{
		{SiteID: w.site.ID, RuleID: 4, Version: 2, ModeratorID: 7, Rule: `{"name":"A"}`, From: start, To: start.Add(time.Hour), Total: 100},
		{SiteID: w.site.ID, Rule: "{}"}, {SiteID: blog.ID, RuleID: 4, Rule: "{}"},
	}
	for i := range list {
		w.write(func(ctx context.Context, tx *store.Tx) error { return tx.AddBacktest(ctx, &list[i]) })
	}
	equal(t, "state", list[0].State, "running")
	equal(t, "running", must(w.RunningBacktests(ctx))(t), list)
	save := func(b *models.Backtest) error {
		return w.Write(ctx, func(tx *store.Tx) error { return tx.SaveBacktest(ctx, b) })
	}
	list[0].Done = 40
	equal(t, "progress", save(&list[0]), nil)
	equal(t, "backtest", must(w.Backtest(ctx, list[0].ID))(t), list[0])
	equal(t, "touched", list[0].UpdatedAt.After(list[0].CreatedAt), true)
	cancelled := list[0]
	cancelled.State = "cancelled"
	equal(t, "cancelled", save(&cancelled), nil)
	list[0].Done = 60
	wantErr(t, "its runner learns of it", save(&list[0]), store.ErrConflict)
	list[0] = cancelled
	equal(t, "untouched", must(w.Backtest(ctx, list[0].ID))(t), cancelled)
	list[2].State, list[2].Result, list[2].Done = "done", `{"fired":3}`, 100
	equal(t, "done", save(&list[2]), nil)
	_, err := w.Backtest(ctx, 999)
	wantErr(t, "unknown", err, store.ErrNotFound)

	stale := func(since time.Time) (n int) {
		w.write(func(ctx context.Context, tx *store.Tx) (err error) {
			n, err = tx.StaleBacktests(ctx, since, "Postbag was stopped.")
			return err
		})
		return n
	}
	equal(t, "fresh", stale(list[1].UpdatedAt), 0)
	equal(t, "stale", stale(list[1].UpdatedAt.Add(time.Millisecond)), 1)
	failed := must(w.Backtest(ctx, list[1].ID))(t)
	equal(t, "failed", []string{failed.State, failed.Problem}, []string{"failed", "Postbag was stopped."})
	equal(t, "of the site", must(w.Backtests(ctx, w.site.ID, 0, 9))(t), []models.Backtest{failed, list[0]})
	equal(t, "newest", must(w.Backtests(ctx, w.site.ID, 0, 1))(t), []models.Backtest{failed})
	equal(t, "of a rule", must(w.Backtests(ctx, w.site.ID, 4, 9))(t), list[:1])
	equal(t, "none running", len(must(w.RunningBacktests(ctx))(t)), 0)
}
