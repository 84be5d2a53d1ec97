package moderation_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
	"postbag/moderation/rules"
)

func forgetful(tb testing.TB, stored string) string {
	tb.Helper()
	var facts rules.Facts
	if err := json.Unmarshal([]byte(stored), &facts); err != nil {
		tb.Fatal(err)
	}
	facts.Forget()
	data, err := json.Marshal(facts)
	if err != nil {
		tb.Fatal(err)
	}
	return string(data)
}

// TestReplay judges a comment again by the rules of its time: as it was posted,
// held, edited and approved, though the rules have changed since and its address
// is forgotten.
func TestReplay(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "Something dubious")
	d.advance(time.Minute)
	d.edit(t, id, "Something sound")
	d.decide(t, d.anna, id, models.ChooseApprove)
	d.edit(t, id, "Dubious again")
	rule, err := d.Rule(t.Context(), "r1")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.SetRule(t.Context(), d.anna, "r1", rule.Version, *keywordDraft("dubious", models.Reject, "something")); err != nil {
		t.Fatal(err)
	}
	d.forgetFacts(t)
	list, err := d.Replay(t.Context(), id)
	if err != nil || len(list) != 3 {
		t.Fatalf("%d verdicts, %v", len(list), err)
	}
	for i, v := range list {
		if v.Seq != i || !v.Equal || len(v.Differences) > 0 {
			t.Errorf("verdict %d: %+v", i, v)
		}
	}
	if n := len(list[0].Again.Findings); n != 1 || list[0].Again.Action() != models.Hold || len(list[1].Again.Findings) != 0 {
		t.Errorf("found %+v, then %+v", list[0].Again, list[1].Again)
	}
	sum, err := d.ReplayAll(t.Context(), moderation.ReplayRequest{Site: "news"}, nil)
	if err != nil || sum.Comments != 1 || sum.Verdicts != 3 || sum.Equal != 3 || sum.Different != 0 {
		t.Errorf("%+v, %v", sum, err)
	}
}

// TestReplayTellsDifferences changes the record behind Postbag's back.
func TestReplayTellsDifferences(t *testing.T) {
	for name, c := range map[string]struct {
		stored func([]models.Finding) []models.Finding
		want   string
	}{
		"gone":    {func([]models.Finding) []models.Finding { return nil }, "did not fire then, and fires now"},
		"added":   {func(f []models.Finding) []models.Finding { return append(f, models.Finding{RuleID: 9, Name: "x"}) }, "“x” fired then, and does not fire again"},
		"changed": {func(f []models.Finding) []models.Finding { f[0].Matches[0].End++; return f }, "fires again, but differently"},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			id := d.say(t, "Something dubious")
			number, _ := models.CommentID.Parse(id)
			err := d.store.Write(t.Context(), func(tx *store.Tx) error {
				found, err := tx.Findings(t.Context(), []int64{number})
				if err != nil {
					return err
				}
				return tx.ReplaceFindings(t.Context(), number, 0, c.stored(found[number]))
			})
			if err != nil {
				t.Fatal(err)
			}
			sum, err := d.ReplayAll(t.Context(), moderation.ReplayRequest{Site: "news"}, nil)
			if err != nil || sum.Different != 1 || sum.Equal != 0 || len(sum.First) != 1 || sum.First[0].Comment != number {
				t.Fatalf("%+v, %v", sum, err)
			}
			if all := strings.Join(sum.First[0].Differences, " "); !strings.Contains(all, c.want) {
				t.Errorf("differences %q, want %q", all, c.want)
			}
		})
	}
}

// TestReplayOfALostText: a text that is not on record any more is told, and does
// not keep anything else from being replayed or tried.
func TestReplayOfALostText(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "Something dubious")
	d.advance(time.Minute)
	d.edit(t, id, "Something sound")
	number, _ := models.CommentID.Parse(id)
	err := d.store.Write(t.Context(), func(tx *store.Tx) error {
		verdicts, err := tx.Verdicts(t.Context(), number)
		if err != nil {
			return err
		}
		verdicts[0].Facts = strings.Replace(verdicts[0].Facts, rules.Digest("Something dubious"), rules.Digest("another text"), 1)
		return tx.SaveFacts(t.Context(), verdicts[:1])
	})
	if err != nil {
		t.Fatal(err)
	}
	list, err := d.Replay(t.Context(), id)
	if err != nil || len(list) != 2 || list[0].Equal || !strings.Contains(list[0].Differences[0], "not on record any more") || !list[1].Equal {
		t.Errorf("%+v, %v", list, err)
	}
	r := d.backtest(t, moderation.BacktestRequest{Rule: "r1"})
	if r.Comments != 1 || r.Fired != 0 || !strings.Contains(strings.Join(r.Notes, " "), "1 texts that were changed") {
		t.Errorf("%+v", r)
	}
}

func TestReplayWithoutRecord(t *testing.T) {
	d := newDesk(t)
	d.say(t, "An article and an author.")
	id := d.old(t, 1, "old", "<p>old</p>", models.Approved, d.clock().AddDate(-1, 0, 0))
	_, err := d.Replay(t.Context(), models.CommentID.Format(id))
	wantCode(t, err, models.CodeNotFound)
	sum, err := d.ReplayAll(t.Context(), moderation.ReplayRequest{Site: "news"}, nil)
	if err != nil || sum.Comments != 2 || sum.Without != 1 || sum.Verdicts != 1 {
		t.Errorf("%+v, %v", sum, err)
	}
	_, err = d.ReplayAll(t.Context(), moderation.ReplayRequest{Site: "nope"}, nil)
	wantCode(t, err, models.CodeNotFound)
}
