package moderation_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
	"postbag/moderation/rules"
)

// eventually waits until a condition holds.
func eventually(tb testing.TB, what string, holds func() bool) {
	tb.Helper()
	tick := time.NewTicker(time.Millisecond)
	defer tick.Stop()
	deadline := time.After(20 * time.Second)
	for !holds() {
		select {
		case <-tick.C:
		case <-deadline:
			tb.Fatalf("waited in vain until %s", what)
		}
	}
}

// ended waits for the end of a run.
func (b *bench) ended(tb testing.TB, run models.Backtest) models.Backtest {
	tb.Helper()
	id := models.BacktestID.Format(run.ID)
	eventually(tb, "the backtest ends", func() bool {
		var err error
		if run, err = b.Backtest(tb.Context(), id); err != nil {
			tb.Fatal(err)
		}
		return run.State != "running"
	})
	return run
}

func (d *desk) start(tb testing.TB, req moderation.BacktestRequest) models.Backtest {
	tb.Helper()
	req.Site = "news"
	run, err := d.StartBacktest(tb.Context(), d.anna, req)
	if err != nil {
		tb.Fatal(err)
	}
	return run
}

// TestStartBacktest keeps the result of a run as evidence, and makes the share
// that it found the promise of the rule.
func TestStartBacktest(t *testing.T) {
	d := newDesk(t)
	for i := range 4 {
		d.say(t, []string{"Dubious.", "Sound."}[i/3])
	}
	run := d.start(t, moderation.BacktestRequest{Rule: "r1"})
	if run.State != "running" || run.RuleID != 1 || run.Version != 1 || run.ModeratorID != d.anna.ID || run.Result != "" {
		t.Errorf("started %+v", run)
	}
	run = d.ended(t, run)
	tested, result, err := moderation.DecodeBacktest(&run)
	if err != nil || run.State != "done" || run.Done != 4 || run.Total != 4 || tested.Name != "dubious" || tested.Mode != rules.Enforce {
		t.Fatalf("%+v, %v", run, err)
	}
	if result.Comments != 4 || result.Fired != 3 || len(result.Examples.Undecided) != 3 {
		t.Errorf("result %+v", result)
	}
	if r, err := d.Rule(t.Context(), "r1"); err != nil || r.Promise != 750_000 || r.Version != 1 {
		t.Errorf("promise %d of version %d, %v", r.Promise, r.Version, err)
	}
	list, err := d.Backtests(t.Context(), "news", "r1")
	if err != nil || len(list) != 1 || list[0].ID != run.ID {
		t.Errorf("listed %+v, %v", list, err)
	}
}

// TestPromiseIsOfTheStoredRule: what was found of other conditions promises
// nothing.
func TestPromiseIsOfTheStoredRule(t *testing.T) {
	d := newDesk(t)
	d.say(t, "Dubious.")
	promise := func() int {
		r, err := d.Rule(t.Context(), "r1")
		if err != nil {
			t.Fatal(err)
		}
		return r.Promise
	}
	d.ended(t, d.start(t, moderation.BacktestRequest{Rule: "r1", Draft: keywordDraft("dubious", models.Hold, "sound")}))
	if promise() != -1 {
		t.Errorf("promise %d after other terms were tried", promise())
	}
	d.ended(t, d.start(t, moderation.BacktestRequest{Draft: keywordDraft("new", models.Hold, "dubious")}))
	if promise() != -1 {
		t.Errorf("promise %d after a new rule was tried", promise())
	}
	d.ended(t, d.start(t, moderation.BacktestRequest{Rule: "r1", Draft: keywordDraft("renamed", models.Reject, "dubious")}))
	if promise() != 1_000_000 {
		t.Errorf("promise %d after the same terms were tried with another action", promise())
	}
}

// runs stores a run that another process works on.
func (b *bench) runs(tb testing.TB, site int64) models.Backtest {
	tb.Helper()
	run := models.Backtest{SiteID: site, Rule: "{}"}
	if err := b.store.Write(tb.Context(), func(tx *store.Tx) error { return tx.AddBacktest(tb.Context(), &run) }); err != nil {
		tb.Fatal(err)
	}
	return run
}

// TestRoomForBacktests: one on a site, two in all, and a run whose process has
// died stands in nobody's way.
func TestRoomForBacktests(t *testing.T) {
	d := newDesk(t)
	for _, key := range []string{"olds", "weekly"} {
		if _, err := d.AddSite(t.Context(), moderation.NewSite{Key: key, Name: key, Origins: []string{"https://" + key + ".example"}, Mode: models.PostMode, NoRules: true}); err != nil {
			t.Fatal(err)
		}
	}
	req := moderation.BacktestRequest{Site: "news", Rule: "r1"}
	dead := d.runs(t, 1)
	_, err := d.StartBacktest(t.Context(), d.anna, req)
	wantCode(t, err, models.CodeConflict)
	d.runs(t, 2)
	_, err = d.StartBacktest(t.Context(), d.anna, moderation.BacktestRequest{Site: "weekly", Draft: keywordDraft("x", models.Hold, "x")})
	wantCode(t, err, models.CodeBusy)

	d.advance(61 * time.Second)
	run, err := d.StartBacktest(t.Context(), d.anna, req)
	if err != nil {
		t.Fatal(err)
	}
	d.ended(t, run)
	dead, err = d.Backtest(t.Context(), models.BacktestID.Format(dead.ID))
	if err != nil || dead.State != "failed" || !strings.Contains(dead.Problem, "Start it again") {
		t.Errorf("dead run %+v, %v", dead, err)
	}
}

// TestDeadBacktestIsSeen: whoever looks at a run whose process has died is told
// so, though nobody starts another one.
func TestDeadBacktestIsSeen(t *testing.T) {
	d := newDesk(t)
	dead := d.runs(t, 1)
	d.advance(59 * time.Second)
	list, err := d.Backtests(t.Context(), "news", "")
	if err != nil || len(list) != 1 || list[0].State != "running" {
		t.Fatalf("%+v, %v", list, err)
	}
	d.advance(2 * time.Second)
	list, err = d.Backtests(t.Context(), "news", "")
	if err != nil || len(list) != 1 || list[0].ID != dead.ID || list[0].State != "failed" {
		t.Errorf("%+v, %v", list, err)
	}
}

// slow lets a run look at one comment each millisecond or slower, and counts
// them.
func slow(looked *atomic.Int64) func(int64, models.Finding) {
	return func(int64, models.Finding) {
		looked.Add(1)
		<-time.After(time.Millisecond)
	}
}

func running() bool {
	stacks := make([]byte, 1<<20)
	return strings.Contains(string(stacks[:runtime.Stack(stacks, true)]), "moderation.(*trial).run")
}

const manyComments = 5_000

// manyDubious stores comments on each of which the desk's rule fires.
func (d *desk) manyDubious(tb testing.TB) {
	tb.Helper()
	d.say(tb, "Dubious.")
	err := d.store.Write(tb.Context(), func(tx *store.Tx) error {
		first, err := tx.NextIDs("comment", manyComments)
		var list []*models.Comment
		for i := range int64(manyComments) {
			c := &models.Comment{ID: first + i, SiteID: 1, ArticleID: 1, AuthorID: 1, Status: models.Approved, Reviewed: true, Version: 1, Text: "Dubious.", CreatedAt: tx.Now}
			place := models.NewPlace(nil, c.ID, tx.Now)
			c.Root, c.Path = place.Root, place.Path
			list = append(list, c)
		}
		if err != nil {
			return err
		}
		return tx.InsertComments(list)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestCancelBacktest cancels a run in another process: it stops there, writes no
// result, and the next one may begin.
func TestCancelBacktest(t *testing.T) {
	d := newDesk(t)
	d.manyDubious(t)
	var looked atomic.Int64
	run := d.start(t, moderation.BacktestRequest{Rule: "r1", Each: slow(&looked)})
	eventually(t, "it is under way", func() bool { return looked.Load() > 0 })
	other := d.another(t)
	id := models.BacktestID.Format(run.ID)
	eventually(t, "its progress is seen", func() bool {
		seen, err := other.Backtest(t.Context(), id)
		return err == nil && seen.Total == manyComments+1
	})
	cancelled, err := other.CancelBacktest(t.Context(), id)
	if err != nil || cancelled.State != "cancelled" {
		t.Fatalf("%+v, %v", cancelled, err)
	}
	eventually(t, "the run stops", func() bool { return !running() })
	if n := looked.Load(); n > manyComments/2 {
		t.Errorf("it had looked at %d comments", n)
	}
	if again, err := d.CancelBacktest(t.Context(), id); err != nil || again.State != "cancelled" || again.Result != "" {
		t.Errorf("cancelled again: %+v, %v", again, err)
	}
	if r, err := d.Rule(t.Context(), "r1"); err != nil || r.Promise != -1 {
		t.Errorf("promise %d, %v", r.Promise, err)
	}
	if next := d.ended(t, d.start(t, moderation.BacktestRequest{Rule: "r1"})); next.State != "done" {
		t.Errorf("next %+v", next)
	}
}

// TestBacktestEndsWithItsProcess: a run whose process is asked to end says so.
func TestBacktestEndsWithItsProcess(t *testing.T) {
	d := newDesk(t)
	d.manyDubious(t)
	var looked atomic.Int64
	run := d.start(t, moderation.BacktestRequest{Rule: "r1", Each: slow(&looked)})
	eventually(t, "it is under way", func() bool { return looked.Load() > 0 })
	d.restart(t)
	run = d.ended(t, run)
	if run.State != "failed" || !strings.Contains(run.Problem, "Start it again") {
		t.Errorf("%+v", run)
	}
}

// TestRunBacktestTellsProgress and stops with its context.
func TestRunBacktestTellsProgress(t *testing.T) {
	d := newDesk(t)
	d.manyDubious(t)
	var told []string
	_, err := d.RunBacktest(t.Context(), moderation.BacktestRequest{Site: "news", Rule: "r1"}, func(done, total int64) { told = append(told, fmt.Sprint(done, "/", total)) })
	if err != nil || len(told) < manyComments/1000 || told[0] != "1000/5001" || told[len(told)-1] != "5001/5001" {
		t.Errorf("told %q, %v", told, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	looked := 0
	_, err = d.RunBacktest(ctx, moderation.BacktestRequest{Site: "news", Rule: "r1", Each: func(int64, models.Finding) {
		looked++
		cancel()
	}}, nil)
	if !errors.Is(err, context.Canceled) || looked == 0 || looked > 1000 {
		t.Errorf("%v after %d comments", err, looked)
	}
}

// TestBacktestOnBothDatabases runs one of each on SQLite and PostgreSQL.
func TestBacktestOnBothDatabases(t *testing.T) {
	databases(t, func(t *testing.T, b *bench) {
		rule := b.add(t, *keywordDraft("dubious", models.Hold, "dubious"))
		for i := range 5 {
			b.post(t, moderation.Submission{Text: fmt.Sprintf("Dubious number %d", i), Name: "Rita", Addr: addr(1)})
		}
		run, err := b.StartBacktest(t.Context(), models.Moderator{}, moderation.BacktestRequest{Site: "news", Rule: models.RuleID.Format(rule.ID)})
		if err != nil {
			t.Fatal(err)
		}
		run = b.ended(t, run)
		_, result, err := moderation.DecodeBacktest(&run)
		if err != nil || run.State != "done" || result.Fired != 5 || result.Derived != 0 {
			t.Errorf("%+v, %v", run, err)
		}
		rate := b.backtest(t, moderation.BacktestRequest{Draft: &moderation.RuleDraft{
			Name: "fast", Kind: rules.Rate, Action: models.Hold, Spec: `{"count":3,"seconds":60,"by":["address"]}`,
		}})
		if rate.Fired != 2 {
			t.Errorf("a rate rule fired on %d, want 2", rate.Fired)
		}
		sum, err := b.ReplayAll(t.Context(), moderation.ReplayRequest{Site: "news"}, nil)
		if err != nil || sum.Verdicts != 5 || sum.Equal != 5 {
			t.Errorf("%+v, %v", sum, err)
		}
	})
}
