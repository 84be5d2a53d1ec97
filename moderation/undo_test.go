package moderation_test

import (
	"strings"
	"testing"
	"time"

	"postbag/models"
)

// state is what an undo brings back.
type state struct {
	Status                         models.Status
	Reviewed, Escalated, HeldEdit  bool
	Lane                           models.Lane
	Reports, Priority, OpenReports int
	QueuedAt                       time.Time
	Text, HTML, Edit               string
	Shown                          bool
	EditedAt                       time.Time
}

func stateOf(i models.ModerationItem) state {
	c := i.Comment
	s := state{
		Status: c.Status, Reviewed: c.Reviewed, Escalated: c.Escalated, HeldEdit: c.HeldEdit, Lane: c.Lane, Reports: c.Reports, Priority: c.Priority,
		OpenReports: len(i.Reports), QueuedAt: c.QueuedAt, Text: c.Text, HTML: c.HTML, Shown: c.Shown, EditedAt: c.EditedAt,
	}
	if i.Edit != nil {
		s.Edit = i.Edit.Text
	}
	if c.Lane == models.NoLane {
		s.QueuedAt = time.Time{}
	}
	return s
}

// Undo brings everything back, and undoing the undo does it once more; three
// times round.
func TestUndoRestoresEverything(t *testing.T) {
	d := newDesk(t)
	for name, prepare := range map[string]func(*desk, *testing.T) string{
		"held":   func(d *desk, t *testing.T) string { return d.say(t, "dubious") },
		"public": func(d *desk, t *testing.T) string { return d.say(t, "fine") },
		"reported": func(d *desk, t *testing.T) string {
			id := d.say(t, "fine")
			d.flag(t, id, 9)
			d.flag(t, id, 10)
			return id
		},
		"escalated": func(d *desk, t *testing.T) string {
			id := d.say(t, "dubious")
			d.advance(time.Minute)
			d.decide(t, d.ben, id, models.ChooseEscalate)
			return id
		},
		"with an edit": func(d *desk, t *testing.T) string {
			id := d.say(t, "fine")
			d.advance(time.Minute)
			d.edit(t, id, "dubious *change*")
			return id
		},
		"reported with an edit": func(d *desk, t *testing.T) string {
			id := d.say(t, "fine")
			d.flag(t, id, 9)
			d.edit(t, id, "dubious change")
			return id
		},
		"removed": func(d *desk, t *testing.T) string {
			id := d.say(t, "fine")
			d.decide(t, d.ben, id, models.ChooseRemove)
			return id
		},
	} {
		for _, choice := range []models.Choice{models.ChooseApprove, models.ChooseRemove, models.ChooseSpam, models.ChooseEscalate} {
			if name == "removed" && choice == models.ChooseEscalate {
				continue
			}
			t.Run(name+", "+choice.String(), func(t *testing.T) {
				id := prepare(d, t)
				before := stateOf(d.look(t, id))
				d.advance(time.Hour)
				out := d.decide(t, d.anna, id, choice)
				after := stateOf(d.look(t, id))
				last := out.Decision
				for range 3 {
					d.advance(time.Second)
					out = d.undo(t, d.ben, last)
					if got := stateOf(d.look(t, id)); got != before {
						t.Fatalf("undone:\n%+v, before the decision:\n%+v", got, before)
					}
					if out.Decision.Choice != models.ChooseUndo || out.Decision.Undoes != last.ID || out.Decision.ModeratorName != "Ben" {
						t.Errorf("decision %+v", out.Decision)
					}
					d.sound(t)
					last = d.undo(t, d.anna, out.Decision).Decision
					got := stateOf(d.look(t, id))
					got.EditedAt, got.QueuedAt = after.EditedAt, after.QueuedAt
					if got != after {
						t.Fatalf("undone twice:\n%+v, after the decision:\n%+v", got, after)
					}
					d.sound(t)
				}
				h, err := d.History(t.Context(), id)
				if err != nil || !h.Decisions[len(h.Decisions)-2].Undone || h.Decisions[len(h.Decisions)-1].Undone {
					t.Errorf("history %+v, %v", h.Decisions, err)
				}
			})
		}
	}
}

// After an edit was refused, restored, approved and taken back, each undo still
// knows whether its decision had published the edit.
func TestUndoKnowsWhatBecameOfAnEdit(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "fine")
	d.edit(t, id, "dubious change")
	text := func() string { return d.look(t, id).Comment.Text }

	d.undo(t, d.anna, d.decide(t, d.anna, id, models.ChooseApprove).Decision)
	back := d.undo(t, d.anna, d.decide(t, d.anna, id, models.ChooseRemove).Decision)
	if again := d.undo(t, d.anna, back.Decision); text() != "fine" || again.Item.Comment.HeldEdit {
		t.Errorf("the refusal done again left %q", text())
	}
	d.undo(t, d.anna, *d.look(t, id).Decision)
	back = d.undo(t, d.anna, d.decide(t, d.anna, id, models.ChooseApprove).Decision)
	if text() != "fine" {
		t.Errorf("the approval taken back left %q", text())
	}
	if d.undo(t, d.anna, back.Decision); text() != "dubious change" {
		t.Errorf("the approval done again left %q", text())
	}
	d.sound(t)
}

func TestUndoRefusals(t *testing.T) {
	d := newDesk(t)
	format := func(dec models.Decision) string { return models.DecisionID.Format(dec.ID) }
	refused := func(decision, says string) {
		t.Helper()
		_, err := d.Undo(t.Context(), d.anna, decision)
		if r := refusal(t, err, models.CodeConflict); !strings.Contains(r.Detail, says) || r.Comment == nil {
			t.Errorf("the refusal says %q and carries %v, want %q", r.Detail, r.Comment, says)
		}
	}
	for _, id := range []string{"", "d", "dzzz", "c1", "d-1"} {
		_, err := d.Undo(t.Context(), d.anna, id)
		refusal(t, err, models.CodeNotFound)
	}

	id := d.say(t, "dubious")
	first := d.decide(t, d.ben, id, models.ChooseApprove).Decision
	undone := d.undo(t, d.ben, first).Decision
	refused(format(first), "Ben took back a decision about this comment")
	again := d.undo(t, d.ben, undone).Decision
	refused(format(first), "Ben took back")
	refused(format(undone), "Ben took back")
	d.flag(t, id, 9)
	refused(format(again), "reader has reported")
	second := d.decide(t, d.ben, id, models.ChooseRemove).Decision
	refused(format(again), "Ben removed")
	if got := d.look(t, id).Comment.Status; got != models.Removed {
		t.Errorf("refused undos left %s", got)
	}
	if err := d.Withdraw(t.Context(), id, d.tokens[id]); err != nil {
		t.Fatal(err)
	}
	refused(format(second), "author withdrew")
	refused(format(*d.look(t, id).Decision), "author withdrew")
	d.sound(t)
}

func TestUndoOfARule(t *testing.T) {
	d := newDesk(t)
	d.rule(t, "vile", models.Reject)
	_, err := d.try(moderationOf("a vile text"))
	refusal(t, err, models.CodeRejected)
	q, err := d.Queue(t.Context(), d.anna, queueOf(models.Removed))
	if err != nil || len(q.Items) != 1 || q.Items[0].Decision == nil {
		t.Fatalf("%d refused comments, %v", len(q.Items), err)
	}
	item := q.Items[0]
	_, err = d.Undo(t.Context(), d.anna, models.DecisionID.Format(item.Decision.ID))
	if r := refusal(t, err, models.CodeConflict); !strings.Contains(r.Detail, "No moderator made this decision") {
		t.Errorf("the refusal says %q", r.Detail)
	}
	if out := d.decide(t, d.anna, item.Comment.PublicID(), models.ChooseApprove); out.Item.Comment.Status != models.Approved {
		t.Errorf("a refused comment that is approved is %s", out.Item.Comment.Status)
	}
	d.sound(t)
}
