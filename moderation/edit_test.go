package moderation_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

func TestEditOfPublicComment(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "first")
	d.decide(t, d.anna, id, models.ChooseApprove)
	d.advance(time.Minute)
	c := d.edit(t, id, " second, **bold** \r\n")
	if c.Text != "second, **bold**" || !strings.Contains(c.HTML, "<strong>") || !strings.Contains(c.Tree, "strong") || !c.EditedAt.Equal(d.clock()) || c.Status != models.Approved {
		t.Errorf("edited %+v", c)
	}
	if c.Reviewed || c.Lane != models.LaneNew {
		t.Errorf("nobody has seen the new text, but it is reviewed %v in lane %q", c.Reviewed, c.Lane)
	}
	h, err := d.History(t.Context(), id)
	if err != nil || len(h.Revisions) != 1 || h.Revisions[0].Text != "first" || h.Revisions[0].Held {
		t.Errorf("revisions %+v, %v", h.Revisions, err)
	}
	if page, _ := d.thread(t, moderation.ThreadQuery{}); page == nil {
		t.Error("no thread")
	}
	d.sound(t)
}

// What a rule holds waits, and the approved text stays public.
func TestHeldEdit(t *testing.T) {
	for _, c := range []struct {
		choice   models.Choice
		text     string
		status   models.Status
		reviewed bool
	}{
		{models.ChooseApprove, "dubious change", models.Approved, true},
		{models.ChooseRemove, "first", models.Approved, true},
		{models.ChooseSpam, "first", models.Approved, true},
	} {
		t.Run(c.choice.String(), func(t *testing.T) {
			d := newDesk(t)
			id := d.say(t, "first")
			d.advance(time.Minute)
			held := d.edit(t, id, "dubious change")
			if held.Text != "first" || !held.HeldEdit || !held.Shown || held.Lane != models.LanePending || !held.EditedAt.IsZero() {
				t.Errorf("held %+v", held)
			}
			i := d.look(t, id)
			if i.Edit == nil || i.Edit.Text != "dubious change" || len(i.Why) != 1 || len(i.Why[0].Matches) != 1 {
				t.Fatalf("the moderator sees edit %+v, why %+v", i.Edit, i.Why)
			}
			if m := i.Why[0].Matches[0]; i.Edit.Text[m.Start:m.End] != "dubious" {
				t.Errorf("the match marks %q", i.Edit.Text[m.Start:m.End])
			}
			d.sound(t)
			d.advance(time.Minute)
			out := d.decide(t, d.anna, id, c.choice)
			got := out.Item.Comment
			if got.Text != c.text || got.Status != c.status || got.HeldEdit || got.Lane != models.NoLane || got.Reviewed != c.reviewed || out.Item.Edit != nil {
				t.Errorf("decided: %+v, edit %+v", got, out.Item.Edit)
			}
			if edited := !got.EditedAt.IsZero(); edited != (c.choice == models.ChooseApprove) {
				t.Errorf("edited at %v", got.EditedAt)
			}
			if out.Decision.From != models.Approved || out.Decision.To != models.Approved {
				t.Errorf("decision from %s to %s", out.Decision.From, out.Decision.To)
			}
			d.sound(t)
		})
	}
}

func TestEditAfterHeldEdit(t *testing.T) {
	for name, c := range map[string]struct {
		text string // of the second edit
		live string
		edit string
		why  int
	}{
		"held again": {"more dubious", "first", "more dubious", 1},
		"fine":       {"second", "second", "", 0},
		"taken back": {"first", "first", "", 0},
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			id := d.say(t, "first")
			d.edit(t, id, "dubious")
			d.edit(t, id, c.text)
			i := d.look(t, id)
			if i.Comment.Text != c.live || i.Comment.HeldEdit != (c.edit != "") || len(i.Why) != c.why {
				t.Errorf("%+v, why %+v", i.Comment, i.Why)
			}
			if c.edit != "" && (i.Edit == nil || i.Edit.Text != c.edit) {
				t.Errorf("the edit that waits is %+v", i.Edit)
			}
			h, err := d.History(t.Context(), id)
			held := 0
			for _, r := range h.Revisions {
				if r.Held {
					held++
				}
			}
			if err != nil || held > 1 || held == 1 != (c.edit != "") {
				t.Errorf("%d revisions are held, %v", held, err)
			}
			d.sound(t)
		})
	}
}

func TestEditOfPendingComment(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "dubious")
	d.advance(24 * time.Hour)
	for _, text := range []string{"still dubious", "harmless"} {
		c := d.edit(t, id, text)
		if c.Text != text || c.Status != models.Pending || c.HeldEdit || c.Shown || c.Lane != models.LanePending {
			t.Errorf("edited to %q: %+v", text, c)
		}
		if i := d.look(t, id); len(i.Why) != 1 || i.Edit != nil {
			t.Errorf("%q: why %+v", text, i.Why)
		}
	}
	h, err := d.History(t.Context(), id)
	if err != nil || len(h.Revisions) != 2 || h.Revisions[0].Text != "dubious" || h.Revisions[1].Text != "still dubious" {
		t.Errorf("revisions %+v, %v", h.Revisions, err)
	}
	d.sound(t)
}

func TestEditEscalates(t *testing.T) {
	d := newDesk(t)
	d.rule(t, "lawyer", models.Escalate)
	id := d.say(t, "fine")
	if c := d.edit(t, id, "my lawyer says"); c.Lane != models.LaneEscalated || c.Text != "fine" || !c.Shown {
		t.Errorf("%+v", c)
	}
	if out := d.decide(t, d.anna, id, models.ChooseApprove); out.Item.Comment.Text != "my lawyer says" || out.Item.Comment.Escalated {
		t.Errorf("%+v", out.Item.Comment)
	}
}

func TestEditWaitsWhereEverythingWaits(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "first")
	pre, item := models.PreMode, d.look(t, id)
	if _, err := d.PatchArticle(t.Context(), d.anna, item.Article.Key(), moderation.ArticlePatch{Mode: &pre}); err != nil {
		t.Fatal(err)
	}
	if c := d.edit(t, id, "second"); !c.HeldEdit || c.Text != "first" {
		t.Errorf("%+v", c)
	}
}

func TestEditRefusals(t *testing.T) {
	d := newDesk(t)
	d.rule(t, "vile", models.Reject)
	public, removed, gone, old := d.say(t, "a"), d.say(t, "b"), d.say(t, "c"), d.say(t, "d")
	d.decide(t, d.anna, removed, models.ChooseRemove)
	if err := d.Withdraw(t.Context(), gone, d.tokens[gone]); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		id, token, text string
		code            models.Code
	}{
		"no token":         {public, "", "x", models.CodeUnauthorized},
		"another's token":  {public, d.tokens[old], "x", models.CodeForbidden},
		"made-up token":    {public, public + ".AAAAAAAAAAAAAAAAAAAAAA", "x", models.CodeForbidden},
		"huge token":       {public, strings.Repeat("x", 1<<20), "x", models.CodeForbidden},
		"no such comment":  {"czz", d.tokens[public], "x", models.CodeNotFound},
		"no id":            {"", d.tokens[public], "x", models.CodeNotFound},
		"removed":          {removed, d.tokens[removed], "x", models.CodeForbidden},
		"withdrawn":        {gone, d.tokens[gone], "x", models.CodeNotFound},
		"empty":            {public, d.tokens[public], " \n ", models.CodeInvalid},
		"too long":         {public, d.tokens[public], strings.Repeat("é", 5001), models.CodeInvalid},
		"broken":           {public, d.tokens[public], "a\xffb", models.CodeInvalid},
		"nul":              {public, d.tokens[public], "a\x00b", models.CodeInvalid},
		"rule rejects":     {public, d.tokens[public], "a vile text", models.CodeRejected},
		"rejected pending": {d.say(t, "dubious"), "", "", ""},
	} {
		t.Run(name, func(t *testing.T) {
			if c.code == "" {
				c.token, c.text, c.code = d.tokens[c.id], "dubious and vile", models.CodeRejected
			}
			before, known := models.ModerationItem{}, false
			if strings.HasPrefix(c.id, "c") && c.id != "czz" {
				before, known = d.look(t, c.id), true
			}
			_, err := d.Edit(t.Context(), c.id, c.token, c.text, addr(1))
			r := refusal(t, err, c.code)
			if c.code == models.CodeRejected && r.Detail != "Not here." {
				t.Errorf("the reader is told %q", r.Detail)
			}
			if known {
				if now := d.look(t, c.id); now.Comment.Version != before.Comment.Version || len(now.Why) != len(before.Why) {
					t.Error("a refused edit changed the comment")
				}
			}
		})
	}
	d.advance(moderation.EditTime)
	d.edit(t, public, "at the last moment")
	d.advance(time.Millisecond)
	_, err := d.Edit(t.Context(), old, d.tokens[old], "too late", addr(1))
	refusal(t, err, models.CodeForbidden)
	d.sound(t)
}

func TestEditOfBannedAuthor(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "fine")
	author := models.AuthorID.Format(d.look(t, id).Author.ID)
	if _, err := d.Sanction(t.Context(), d.anna, author, "ban", time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	_, err := d.Edit(t.Context(), id, d.tokens[id], "revenge", addr(1))
	refusal(t, err, models.CodeBanned)
	if _, err := d.Sanction(t.Context(), d.anna, author, "premod", time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	if c := d.edit(t, id, "revenge"); !c.HeldEdit {
		t.Error("the edit of a pre-moderated author is public")
	}
}

func TestEditsAreBounded(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "start")
	for i := range 50 {
		d.edit(t, id, fmt.Sprint("text ", i))
	}
	_, err := d.Edit(t.Context(), id, d.tokens[id], "one more", addr(1))
	refusal(t, err, models.CodeForbidden)
	before := d.look(t, id).Comment.Version
	if c := d.edit(t, id, "text 49"); c.Version != before {
		t.Error("an edit to the same text is a change")
	}
}

func TestWithdraw(t *testing.T) {
	d := newDesk(t)
	leaf, root, held := d.say(t, "leaf"), d.say(t, "root"), d.say(t, "dubious")
	d.answer(t, root, "a reply")
	withEdit := d.say(t, "with an edit")
	d.edit(t, withEdit, "dubious edit")
	d.claim(t, d.ben, moderation.ClaimRequest{Limit: 50})
	for _, id := range []string{leaf, root, held, withEdit} {
		refusal(t, d.Withdraw(t.Context(), id, "wrong"), models.CodeForbidden)
		for range 2 {
			if err := d.Withdraw(t.Context(), id, d.tokens[id]); err != nil {
				t.Fatal(err)
			}
		}
		h, err := d.History(t.Context(), id)
		if err != nil || len(h.Decisions) != 1 {
			t.Fatalf("%d decisions, %v", len(h.Decisions), err)
		}
		c, dec := h.Item.Comment, h.Decisions[0]
		if c.Status != models.Deleted || c.HeldEdit || c.Lane != models.NoLane || c.Shown != (id == root) {
			t.Errorf("withdrawn: %+v", c)
		}
		if dec.Choice != models.ChooseWithdraw || dec.ModeratorID != 0 || dec.To != models.Deleted {
			t.Errorf("decision %+v", dec)
		}
	}
	refusal(t, d.Withdraw(t.Context(), "czz", "x"), models.CodeNotFound)
	_, err := d.Edit(t.Context(), leaf, d.tokens[leaf], "I am back", addr(1))
	refusal(t, err, models.CodeNotFound)
	d.sound(t)
}
