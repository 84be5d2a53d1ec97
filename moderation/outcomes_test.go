package moderation_test

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// TestTalliesAreExact does what moderators and authors do, in any order, and lets
// the database count everything again.
func TestTalliesAreExact(t *testing.T) {
	databases(t, func(t *testing.T, b *bench) {
		d := &desk{bench: b, tokens: map[string]string{}}
		d.anna, d.ben = d.hire(t, "anna@news.example", "Anna"), d.hire(t, "ben@news.example", "Ben")
		d.rule(t, "dubious", models.Hold)
		d.rule(t, "vile", models.Reject)
		d.rule(t, "tagged", models.Tag)
		d.add(t, moderation.RuleDraft{Name: "maybe", Kind: "keyword", Action: models.Reject, Mode: "shadow", Spec: `{"terms":["maybe","dubious"]}`})
		half := 500
		if _, err := d.PatchSite(t.Context(), "news", moderation.SitePatch{Sample: &half}); err != nil {
			t.Fatal(err)
		}
		d.advance(100 * 24 * time.Hour) // past the brake's interest
		a := &acts{desk: d, rng: rand.New(rand.NewPCG(3, 5))}
		rounds := 300
		if testing.Short() {
			rounds = 80
		}
		for i := range rounds {
			d.advance(time.Second)
			a.act(t, i)
			if i%20 == 19 {
				d.sound(t)
			}
		}
		reports, err := d.RuleReports(t.Context(), "news")
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range reports {
			if r.Fired == 0 || r.Removed+r.Approved == 0 {
				t.Errorf("%s: %+v proves nothing", r.Rule.Name, r)
			}
		}
	})
}

// acts is everybody at work.
type acts struct {
	*desk
	rng       *rand.Rand
	comments  []string
	decisions []models.Decision
}

func (a *acts) words() string {
	words := []string{"plain", "dubious", "vile", "tagged", "maybe"}
	return fmt.Sprint(words[a.rng.IntN(5)], " ", words[a.rng.IntN(5)], " ", a.rng.IntN(1000))
}

func (a *acts) act(t *testing.T, i int) {
	if len(a.comments) < 10 {
		a.write(t, i)
		return
	}
	id := a.comments[a.rng.IntN(len(a.comments))]
	var err error
	switch a.rng.IntN(10) {
	case 0, 1:
		a.write(t, i)
	case 2, 3:
		_, err = a.Edit(t.Context(), id, a.tokens[id], a.words(), addr(1))
	case 4:
		if a.rng.IntN(3) == 0 {
			err = a.Withdraw(t.Context(), id, a.tokens[id])
		}
	case 5:
		err = a.Report(t.Context(), id, "abuse", "", moderation.Visitor{Addr: addr(byte(a.rng.IntN(200)))})
	case 6, 7:
		if n := len(a.decisions); n > 0 {
			last := a.decisions[n-1]
			var out moderation.Outcome
			if out, err = a.Undo(t.Context(), a.ben, models.DecisionID.Format(last.ID)); err == nil {
				a.decisions = append(a.decisions[:n-1], out.Decision)
			}
		}
	default:
		a.judge(t, id)
	}
	if err != nil && models.CodeOf(err) == "" {
		t.Fatal(err)
	}
}

func (a *acts) write(t *testing.T, i int) {
	in := writer(i, a.words())
	in.Article = article(fmt.Sprint("story-", i%20))
	in.Key = fmt.Sprintf("comment-%d", 1_000_000+i)
	r, err := a.try(in)
	if models.CodeOf(err) == models.CodeRejected { // stored all the same
		page, err := a.Queue(t.Context(), a.anna, moderation.QueueQuery{Site: "news", Status: models.Removed, Limit: 1})
		if err != nil {
			t.Fatal(err)
		}
		a.comments = append(a.comments, page.Items[0].Comment.PublicID())
		return
	}
	if err != nil {
		t.Fatal(err)
	}
	a.comments = append(a.comments, r.Comment.PublicID())
	a.tokens[r.Comment.PublicID()] = r.EditToken
}

func (a *acts) judge(t *testing.T, id string) {
	choices := []models.Choice{models.ChooseApprove, models.ChooseRemove, models.ChooseSpam, models.ChooseEscalate}
	in := moderation.DecisionRequest{Comment: id, Choice: choices[a.rng.IntN(4)], Version: a.look(t, id).Comment.Version}
	out, err := a.Decide(t.Context(), a.anna, in)
	var refused *models.Error
	switch {
	case err == nil:
		a.decisions = append(a.decisions, out.Decision)
	case !errors.As(err, &refused):
		t.Fatal(err)
	}
}

// TestRefusedEditProvesTheRuleRight: the moderator leaves the comment public and
// refuses the edit that the rule held.
func TestRefusedEditProvesTheRuleRight(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "first")
	d.decide(t, d.anna, id, models.ChooseApprove)
	d.edit(t, id, "dubious")
	tally := func() string {
		reports, err := d.RuleReports(t.Context(), "news")
		if err != nil || len(reports) != 1 {
			t.Fatalf("%d reports, %v", len(reports), err)
		}
		return fmt.Sprint(reports[0].Fired, reports[0].Removed, reports[0].Approved)
	}
	if got := tally(); got != "1 0 0" {
		t.Errorf("while it waits: %s", got)
	}
	out := d.decide(t, d.anna, id, models.ChooseRemove)
	if got := tally(); got != "1 1 0" {
		t.Errorf("refused: %s", got)
	}
	out = d.undo(t, d.anna, out.Decision)
	if got := tally(); got != "1 0 0" {
		t.Errorf("undone: %s", got)
	}
	d.undo(t, d.anna, out.Decision)
	if got := tally(); got != "1 1 0" {
		t.Errorf("and done again: %s", got)
	}
	d.sound(t)
}

// TestRefusalsKeepARuleFresh: what a rate rule refuses is not stored, but it is
// known when the rule last did so.
func TestRefusalsKeepARuleFresh(t *testing.T) {
	d := newDesk(t)
	d.rate(t, `{"count":1,"seconds":60,"by":["author"]}`)
	d.say(t, "first")
	d.advance(time.Second)
	refusedAt := d.clock()
	_, err := d.try(moderation.Submission{Text: "second", Name: "Rita", Addr: addr(1)})
	refusal(t, err, models.CodeRateLimited)
	d.advance(time.Hour)
	d.say(t, "third")
	reports, err := d.RuleReports(t.Context(), "news")
	if err != nil {
		t.Fatal(err)
	}
	for _, r := range reports {
		if r.Rule.Kind == "rate" && (!r.LastAt.Equal(refusedAt) || r.Fired != 0) {
			t.Errorf("last fired %v, %d times; want %v and no stored comment", r.LastAt, r.Fired, refusedAt)
		}
	}
	d.sound(t)
}
