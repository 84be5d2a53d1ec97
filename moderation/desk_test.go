package moderation_test

import (
	"context"
	"fmt"
	"net/netip"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

// desk is a bench with two moderators and a rule that holds the word "dubious".
type desk struct {
	*bench
	anna, ben models.Moderator
	tokens    map[string]string // edit tokens by comment
}

func newDesk(tb testing.TB) *desk {
	tb.Helper()
	d := &desk{bench: newBench(tb, false), tokens: map[string]string{}}
	d.anna, d.ben = d.hire(tb, "anna@news.example", "Anna"), d.hire(tb, "ben@news.example", "Ben")
	d.rule(tb, "dubious", models.Hold)
	return d
}

func (d *desk) hire(tb testing.TB, email, name string) models.Moderator {
	tb.Helper()
	m, err := d.AddModerator(tb.Context(), models.Moderator{Email: email, Name: name, PasswordHash: "x", Role: models.RoleAdmin})
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func (d *desk) rule(tb testing.TB, word string, action models.Action) models.Rule {
	tb.Helper()
	r, err := d.AddRule(tb.Context(), models.Moderator{}, "news", moderation.RuleDraft{
		Name: word, Kind: "keyword", Action: action, Reason: "Not here.", Spec: fmt.Sprintf(`{"terms":[%q]}`, word),
	})
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

// say posts a comment and returns its id.
func (d *desk) say(tb testing.TB, text string) string { return d.answer(tb, "", text) }

func (d *desk) answer(tb testing.TB, parent, text string) string {
	tb.Helper()
	r, err := d.Submit(tb.Context(), moderation.Submission{
		Site: "news", Article: article("story"), Parent: parent, Text: text, Name: "Rita", Addr: addr(1),
	})
	if err != nil {
		tb.Fatal(err)
	}
	id := r.Comment.PublicID()
	d.tokens[id] = r.EditToken
	return id
}

func addr(n byte) netip.Addr { return netip.AddrFrom4([4]byte{192, 0, 2, n}) }

// look returns a comment as moderators see it now.
func (d *desk) look(tb testing.TB, id string) models.ModerationItem {
	tb.Helper()
	h, err := d.History(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	return h.Item
}

// decide decides about a comment as it is now.
func (d *desk) decide(tb testing.TB, by models.Moderator, id string, choice models.Choice) moderation.Outcome {
	tb.Helper()
	out, err := d.Decide(tb.Context(), by, moderation.DecisionRequest{Comment: id, Choice: choice, Version: d.look(tb, id).Comment.Version})
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func (d *desk) undo(tb testing.TB, by models.Moderator, decision models.Decision) moderation.Outcome {
	tb.Helper()
	out, err := d.Undo(tb.Context(), by, models.DecisionID.Format(decision.ID))
	if err != nil {
		tb.Fatal(err)
	}
	return out
}

func (d *desk) edit(tb testing.TB, id, text string) models.Comment {
	tb.Helper()
	r, err := d.Edit(tb.Context(), id, d.tokens[id], text, addr(1))
	if err != nil {
		tb.Fatal(err)
	}
	return r.Comment
}

func (d *desk) flag(tb testing.TB, id string, from byte) {
	tb.Helper()
	if err := d.Report(tb.Context(), id, "abuse", "Look at this.", moderation.Visitor{Addr: addr(from)}); err != nil {
		tb.Fatal(err)
	}
}

// count returns the number of comments waiting in a lane.
func (d *desk) count(tb testing.TB, lane models.Lane) int {
	tb.Helper()
	counts, err := d.LaneCounts(context.Background(), "news")
	if err != nil {
		tb.Fatal(err)
	}
	return counts[lane]
}

func moderationOf(text string) moderation.Submission { return moderation.Submission{Text: text} }

func queueOf(status models.Status) moderation.QueueQuery {
	return moderation.QueueQuery{Site: "news", Status: status}
}
