package moderation_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

// refusal returns the refusal in err, which must be one with the code.
func refusal(tb testing.TB, err error, code models.Code) *models.Error {
	tb.Helper()
	var r *models.Error
	if !errors.As(err, &r) || r.Code != code {
		tb.Fatalf("got error %v, want %s", err, code)
	}
	return r
}

func TestDecide(t *testing.T) {
	d := newDesk(t)
	for _, c := range []struct {
		name             string
		text             string
		flags            int
		choices          []models.Choice
		status           models.Status
		lane             models.Lane
		reviewed, hidden bool
	}{
		{"approve held", "dubious", 0, []models.Choice{models.ChooseApprove}, models.Approved, models.NoLane, true, false},
		{"remove held", "dubious", 0, []models.Choice{models.ChooseRemove}, models.Removed, models.NoLane, true, true},
		{"held spam", "dubious", 0, []models.Choice{models.ChooseSpam}, models.Spam, models.NoLane, true, true},
		{"escalate held", "dubious", 0, []models.Choice{models.ChooseEscalate}, models.Pending, models.LaneEscalated, false, true},
		{"confirm public", "fine", 0, []models.Choice{models.ChooseApprove}, models.Approved, models.NoLane, true, false},
		{"remove public", "fine", 0, []models.Choice{models.ChooseRemove}, models.Removed, models.NoLane, true, true},
		{"escalate public", "fine", 0, []models.Choice{models.ChooseEscalate}, models.Approved, models.LaneEscalated, false, false},
		{"approve escalated", "fine", 0, []models.Choice{models.ChooseEscalate, models.ChooseApprove}, models.Approved, models.NoLane, true, false},
		{"approve reported", "fine", 2, []models.Choice{models.ChooseApprove}, models.Approved, models.NoLane, true, false},
		{"restore removed", "dubious", 0, []models.Choice{models.ChooseRemove, models.ChooseApprove}, models.Approved, models.NoLane, true, false},
		{"removed to spam", "fine", 0, []models.Choice{models.ChooseRemove, models.ChooseSpam}, models.Spam, models.NoLane, true, true},
	} {
		t.Run(c.name, func(t *testing.T) {
			waiting, err := d.LaneCounts(t.Context(), "news")
			if err != nil {
				t.Fatal(err)
			}
			id := d.say(t, c.text)
			for i := range c.flags {
				d.flag(t, id, byte(10+i))
			}
			from := d.look(t, id).Comment.Status
			var out moderation.Outcome
			for _, choice := range c.choices {
				from = d.look(t, id).Comment.Status
				out = d.decide(t, d.anna, id, choice)
			}
			got := out.Item.Comment
			if got.Status != c.status || got.Lane != c.lane || got.Reviewed != c.reviewed || got.Shown == c.hidden {
				t.Errorf("got %s in lane %q, reviewed %v, shown %v", got.Status, got.Lane, got.Reviewed, got.Shown)
			}
			if got.Reports != 0 || len(out.Item.Reports) != 0 {
				t.Errorf("%d reports are open", got.Reports)
			}
			dec := out.Decision
			last := c.choices[len(c.choices)-1]
			if dec.Choice != last || dec.From != from || dec.To != c.status || dec.ModeratorName != "Anna" || dec.After != got.Version {
				t.Errorf("decision %+v", dec)
			}
			if out.Item.Decision == nil || out.Item.Decision.ID != dec.ID {
				t.Errorf("the item names decision %+v", out.Item.Decision)
			}
			for _, lane := range models.Lanes {
				want := waiting[lane]
				if lane == c.lane {
					want++
				}
				if out.Counts[lane] != want {
					t.Errorf("lane %s counts %d, want %d", lane, out.Counts[lane], want)
				}
			}
			d.sound(t)
		})
	}
}

func TestDecideRefusals(t *testing.T) {
	d := newDesk(t)
	held, removed, gone := d.say(t, "dubious"), d.say(t, "one"), d.say(t, "two")
	d.decide(t, d.anna, removed, models.ChooseRemove)
	if err := d.Withdraw(t.Context(), gone, d.tokens[gone]); err != nil {
		t.Fatal(err)
	}
	version := func(id string) int { return d.look(t, id).Comment.Version }
	for _, c := range []struct {
		name string
		in   moderation.DecisionRequest
		code models.Code
	}{
		{"no such comment", moderation.DecisionRequest{Comment: "czzzz", Choice: models.ChooseApprove}, models.CodeNotFound},
		{"no id", moderation.DecisionRequest{Comment: "<b>", Choice: models.ChooseApprove}, models.CodeNotFound},
		{"no choice", moderation.DecisionRequest{Comment: held, Version: version(held)}, models.CodeInvalid},
		{"undo", moderation.DecisionRequest{Comment: held, Choice: models.ChooseUndo, Version: version(held)}, models.CodeInvalid},
		{"withdraw", moderation.DecisionRequest{Comment: held, Choice: models.ChooseWithdraw, Version: version(held)}, models.CodeInvalid},
		{"unknown reason", moderation.DecisionRequest{Comment: held, Choice: models.ChooseRemove, Reason: "boredom", Version: version(held)}, models.CodeInvalid},
		{"long note", moderation.DecisionRequest{Comment: held, Choice: models.ChooseRemove, Note: strings.Repeat("é", 2001), Version: version(held)}, models.CodeInvalid},
		{"broken note", moderation.DecisionRequest{Comment: held, Choice: models.ChooseRemove, Note: "\xff", Version: version(held)}, models.CodeInvalid},
		{"stale", moderation.DecisionRequest{Comment: removed, Choice: models.ChooseApprove, Version: version(removed) - 1}, models.CodeConflict},
		{"from the future", moderation.DecisionRequest{Comment: held, Choice: models.ChooseApprove, Version: version(held) + 1}, models.CodeConflict},
		{"withdrawn", moderation.DecisionRequest{Comment: gone, Choice: models.ChooseApprove, Version: version(gone)}, models.CodeConflict},
		{"escalate removed", moderation.DecisionRequest{Comment: removed, Choice: models.ChooseEscalate, Version: version(removed)}, models.CodeConflict},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := d.Decide(t.Context(), d.anna, c.in)
			if r := refusal(t, err, c.code); r.Detail == "" || strings.HasPrefix(r.Detail, " ") {
				t.Errorf("the refusal says %q", r.Detail)
			}
		})
	}
	if got := d.look(t, held); got.Comment.Status != models.Pending || got.Decision != nil {
		t.Errorf("a refused decision left %s, %+v", got.Comment.Status, got.Decision)
	}
	full := moderation.DecisionRequest{Comment: held, Choice: models.ChooseRemove, Reason: "legal", Note: strings.Repeat("é", 2000), Version: version(held)}
	if out, err := d.Decide(t.Context(), d.anna, full); err != nil || out.Decision.Reason != "legal" || out.Decision.Note != full.Note {
		t.Errorf("the longest note: %v", err)
	}
	d.sound(t)
}

func TestConflictNamesTheOtherModerator(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "dubious")
	seen := d.look(t, id).Comment.Version
	d.decide(t, d.ben, id, models.ChooseRemove)
	_, err := d.Decide(t.Context(), d.anna, moderation.DecisionRequest{Comment: id, Choice: models.ChooseApprove, Version: seen})
	r := refusal(t, err, models.CodeConflict)
	if !strings.Contains(r.Detail, "Ben removed this comment on 23 November 2026 at 09:00 UTC.") {
		t.Errorf("the refusal says %q", r.Detail)
	}
	if r.Decision == nil || r.Decision.ModeratorName != "Ben" || r.Comment == nil || r.Comment.Comment.Status != models.Removed {
		t.Errorf("the refusal carries %+v and %+v", r.Decision, r.Comment)
	}
}

func TestConflictTellsWhatReadersDid(t *testing.T) {
	d := newDesk(t)
	for name, c := range map[string]struct {
		happens func(id string)
		says    string
	}{
		"edited":   {func(id string) { d.edit(t, id, "better") }, "author has changed"},
		"held":     {func(id string) { d.edit(t, id, "dubious") }, "author has changed"},
		"reported": {func(id string) { d.flag(t, id, 9) }, "reader has reported"},
		"gone":     {func(id string) { _ = d.Withdraw(t.Context(), id, d.tokens[id]) }, "author withdrew"},
	} {
		t.Run(name, func(t *testing.T) {
			id := d.say(t, "fine "+name)
			seen := d.look(t, id).Comment.Version
			d.advance(1e9)
			c.happens(id)
			_, err := d.Decide(t.Context(), d.anna, moderation.DecisionRequest{Comment: id, Choice: models.ChooseApprove, Version: seen})
			if r := refusal(t, err, models.CodeConflict); !strings.Contains(r.Detail, c.says) || r.Comment == nil {
				t.Errorf("the refusal says %q, want %q", r.Detail, c.says)
			}
		})
	}
}

func TestTwoModeratorsAtOnce(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "dubious")
	in := moderation.DecisionRequest{Comment: id, Version: d.look(t, id).Comment.Version}
	errs := make([]error, 8)
	var wg sync.WaitGroup
	for i := range errs {
		wg.Go(func() {
			in, by := in, d.anna
			in.Choice = models.ChooseApprove
			if i%2 == 0 {
				in.Choice, by = models.ChooseRemove, d.ben
			}
			_, errs[i] = d.Decide(t.Context(), by, in)
		})
	}
	wg.Wait()
	won := 0
	for _, err := range errs {
		if err == nil {
			won++
		} else {
			refusal(t, err, models.CodeConflict)
		}
	}
	h, err := d.History(t.Context(), id)
	if err != nil || won != 1 || len(h.Decisions) != 1 {
		t.Errorf("%d decisions won, %d on record, %v", won, len(h.Decisions), err)
	}
	d.sound(t)
}

func TestDecideAll(t *testing.T) {
	d := newDesk(t)
	a, b, stale, claimed := d.say(t, "dubious a"), d.say(t, "dubious b"), d.say(t, "fine"), d.say(t, "dubious c")
	version := d.look(t, stale).Comment.Version
	d.decide(t, d.ben, stale, models.ChooseApprove)
	if _, err := d.Claim(t.Context(), d.ben, moderation.ClaimRequest{Lane: models.LanePending, Limit: 3}); err != nil {
		t.Fatal(err)
	}
	for _, id := range []string{a, b} { // Ben gives two of them back by deciding
		d.undo(t, d.ben, d.decide(t, d.ben, id, models.ChooseRemove).Decision)
	}
	in := []moderation.DecisionRequest{
		{Comment: a, Choice: models.ChooseApprove, Version: d.look(t, a).Comment.Version},
		{Comment: stale, Choice: models.ChooseRemove, Version: version},
		{Comment: "cnone", Choice: models.ChooseRemove},
		{Comment: claimed, Choice: models.ChooseRemove, Version: d.look(t, claimed).Comment.Version},
		{Comment: b, Choice: models.ChooseSpam, Reason: "spam", Version: d.look(t, b).Comment.Version},
		{Comment: a, Choice: models.ChooseSpam, Version: d.look(t, a).Comment.Version},
		{Comment: b, Choice: models.ChooseSpam, Reason: "none such", Version: d.look(t, b).Comment.Version},
	}
	out, err := d.DecideAll(t.Context(), d.anna, in)
	if err != nil {
		t.Fatal(err)
	}
	want := []models.Code{"", models.CodeConflict, models.CodeNotFound, models.CodeConflict, "", models.CodeConflict, models.CodeInvalid}
	for i := range out {
		if models.CodeOf(out[i].Err) != want[i] || (out[i].Err == nil) != (out[i].Decision.ID != 0) {
			t.Errorf("item %d: %v, decision %d", i, out[i].Err, out[i].Decision.ID)
		}
	}
	if r := refusal(t, out[3].Err, models.CodeConflict); r.Claim == nil || r.Claim.ModeratorName != "Ben" || !strings.Contains(r.Detail, "Ben is working") {
		t.Errorf("the claim is told as %+v", r)
	}
	for id, status := range map[string]models.Status{a: models.Approved, b: models.Spam, claimed: models.Pending, stale: models.Approved} {
		if got := d.look(t, id).Comment.Status; got != status {
			t.Errorf("%s is %s, want %s", id, got, status)
		}
	}
	for _, n := range []int{0, 101} {
		_, err := d.DecideAll(t.Context(), d.anna, make([]moderation.DecisionRequest, n))
		refusal(t, err, models.CodeInvalid)
	}
	d.sound(t)
}

// A page of the queue and a bulk decision read as often for many comments as
// for few.
func TestQueriesDoNotGrow(t *testing.T) {
	d := newDesk(t)
	var in []moderation.DecisionRequest
	parent := d.say(t, "root")
	for i := range 90 {
		id := d.answer(t, parent, fmt.Sprint("dubious ", i))
		in = append(in, moderation.DecisionRequest{Comment: id, Choice: models.ChooseEscalate, Version: 1})
	}
	reads := func(do func()) int {
		d.sql.take()
		do()
		return len(slices.DeleteFunc(d.sql.take(), func(sql string) bool {
			return !strings.HasPrefix(sql, "SELECT")
		}))
	}
	page := func(limit int) func() {
		return func() {
			q, err := d.Queue(t.Context(), d.anna, moderation.QueueQuery{Limit: limit})
			if err != nil || len(q.Items) != limit {
				t.Fatalf("%d items, %v", len(q.Items), err)
			}
		}
	}
	if few, many := reads(page(2)), reads(page(90)); few != many || many > 14 {
		t.Errorf("a page of 2 takes %d queries, one of 90 takes %d", few, many)
	}
	decide := func(in []moderation.DecisionRequest) func() {
		return func() {
			if _, err := d.DecideAll(t.Context(), d.anna, in); err != nil {
				t.Fatal(err)
			}
		}
	}
	few, many := reads(decide(in[:2])), reads(decide(in[2:]))
	if perItem := (many - few) / 86; perItem > 1 { // the compare-and-set
		t.Errorf("2 decisions read %d times, 88 decisions %d times", few, many)
	}
	if few, many := reads(decide(in[:2])), reads(decide(in[2:])); few != many {
		t.Errorf("2 refusals read %d times, 88 refusals %d times", few, many)
	}
}
