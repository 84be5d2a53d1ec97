package moderation_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// lively is a bench whose site has been there for a month.
func lively(tb testing.TB) *desk {
	tb.Helper()
	d := newDesk(tb)
	d.advance(30 * 24 * time.Hour)
	return d
}

func (d *desk) heat(tb testing.TB) models.Article {
	tb.Helper()
	list, _, err := d.Articles(tb.Context(), "news", "", 1, "")
	if err != nil || len(list) != 1 {
		tb.Fatalf("%d articles, %v", len(list), err)
	}
	return list[0]
}

func (d *desk) articleKey(tb testing.TB) string {
	tb.Helper()
	a := d.heat(tb)
	return a.Key()
}

func (d *desk) setHeat(tb testing.TB, step string) models.Article {
	tb.Helper()
	a, err := d.PatchArticle(tb.Context(), d.anna, d.articleKey(tb), moderation.ArticlePatch{Heat: &step})
	if err != nil {
		tb.Fatal(err)
	}
	return a
}

func (b *bench) notes(tb testing.TB, kind string) []models.Note {
	tb.Helper()
	page, err := b.Notes(tb.Context(), "news", moderation.NoteQuery{Kind: kind, Limit: 100})
	if err != nil {
		tb.Fatal(err)
	}
	return page.Notes
}

// TestBreakingNews: 2,000 comments in ten minutes, of the usual mix, are all
// taken; what is held, the word list holds.
func TestBreakingNews(t *testing.T) {
	d := lively(t)
	rng := rand.New(rand.NewPCG(20261123, 1))
	n := 2000
	if testing.Short() {
		n = 400
	}
	for i := range 300 { // readers with a past
		d.post(t, writer(i, fmt.Sprint("An earlier comment, number ", i, ".")))
	}
	held, dubious := 0, 0
	for i := range n {
		d.advance(time.Duration(rng.IntN(600)) * time.Millisecond)
		reader := rng.IntN(300)
		if rng.IntN(100) < 30 {
			reader = 1000 + i
		}
		text := fmt.Sprintf("What happened there at number %d? I heard %d sirens and saw %d people run.", i, rng.IntN(90), rng.IntN(90))
		if rng.IntN(100) < 3 {
			text, dubious = "That is dubious: "+text, dubious+1
		}
		r, err := d.try(writer(reader, text))
		if err != nil {
			t.Fatalf("comment %d of the burst: %v", i, err)
		}
		if r.Comment.Status == models.Pending {
			held++
		}
	}
	if held != dubious {
		t.Errorf("%d of %d are held, but the word list held %d", held, n, dubious)
	}
	if a := d.heat(t); a.HeatLevel != 0 {
		t.Errorf("the article is on step %d", a.HeatLevel)
	}
	d.sound(t)
}

// TestBrigade: many people at once who post what rules hold heat an article up to
// the point where everything waits; every step is told; only a person lowers it.
func TestBrigade(t *testing.T) {
	d := lively(t)
	other := d.another(t)
	top := 0
	for i := range 150 {
		d.advance(time.Second)
		if _, err := d.try(writer(5000+i, fmt.Sprint("dubious nonsense, number ", i))); models.CodeOf(err) == models.CodeClosed {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		level := d.heat(t).HeatLevel
		if level < top || level > top+1 {
			t.Fatalf("from step %d to %d", top, level)
		}
		top = level
	}
	if top < 2 {
		t.Fatalf("150 held comments by as many people: step %d", top)
	}
	notes := d.notes(t, "heat")
	if len(notes) != top || !notes[0].Alert || notes[0].Subject != d.articleKey(t) || notes[0].ModeratorID != 0 || notes[0].Text == "" {
		t.Errorf("step %d, %d notes: %+v", top, len(notes), notes)
	}
	if c, err := other.try(writer(9001, "I am new here.")); models.CodeOf(err) != models.CodeClosed && (err != nil || c.Comment.Status != models.Pending) {
		t.Errorf("a new author in the other process: %s, %v", c.Comment.Status, err)
	}
	d.advance(10 * 24 * time.Hour)
	if a := d.heat(t); a.HeatLevel != top {
		t.Error("it cooled down by itself")
	}
	if a := d.setHeat(t, "normal"); a.HeatLevel != 0 {
		t.Errorf("lowered to %d", a.HeatLevel)
	}
	if c := other.post(t, writer(9002, "I am new here too.")).Comment; c.Status != models.Approved {
		t.Errorf("after a moderator lowered it: %s", c.Status)
	}
	if n := d.notes(t, "heat"); len(n) != top+1 || n[0].ModeratorID != d.anna.ID || n[0].Alert {
		t.Errorf("the log says %+v", n[0])
	}
	d.sound(t)
}

// TestOneTrollHeatsNothing: one network can post as much trouble as it likes.
func TestOneTrollHeatsNothing(t *testing.T) {
	d := lively(t)
	for i := range 200 {
		d.advance(time.Second)
		d.post(t, moderation.Submission{Text: fmt.Sprint("dubious ", i), Name: fmt.Sprint("Name ", i), Addr: addr(byte(i))})
	}
	if a := d.heat(t); a.HeatLevel != 0 {
		t.Errorf("one network took the article to step %d", a.HeatLevel)
	}
}

func TestStepsOfTheLadder(t *testing.T) {
	d := lively(t)
	known := moderation.Submission{Text: "I was here before.", Name: "Known", Addr: addr(1)}
	d.post(t, known)
	say := func(name string) (models.Status, error) {
		r, err := d.try(moderation.Submission{Text: "What do you think?", Name: name, Addr: addr(1)})
		return r.Comment.Status, err
	}
	d.setHeat(t, "slow")
	_, err := say("Known")
	if r := refusal(t, err, models.CodeRateLimited); r.RetryAfter != time.Minute {
		t.Errorf("retry after %v", r.RetryAfter)
	}
	d.advance(time.Minute - time.Second)
	_, err = say("Known")
	if r := refusal(t, err, models.CodeRateLimited); r.RetryAfter != time.Second {
		t.Errorf("retry after %v", r.RetryAfter)
	}
	d.advance(time.Second)
	for _, c := range []struct {
		step, name string
		want       models.Status
	}{
		{"slow", "Known", models.Approved}, {"slow", "New 1", models.Approved}, {"hold-new", "New 2", models.Pending}, {"hold-new", "Known", models.Approved},
		{"hold-all", "Known", models.Pending},
	} {
		d.setHeat(t, c.step)
		if got, err := say(c.name); got != c.want || err != nil {
			t.Errorf("%s, %s: %s, %v", c.step, c.name, got, err)
		}
	}
	a := d.setHeat(t, "read-only")
	_, err = say("Known")
	refusal(t, err, models.CodeClosed)
	bad := "boiling"
	_, err = d.PatchArticle(t.Context(), d.anna, a.Key(), moderation.ArticlePatch{Heat: &bad})
	refusal(t, err, models.CodeInvalid)
	d.sound(t)
}

// TestRulesRaiseHeat: the actions slow and close are about the article.
func TestRulesRaiseHeat(t *testing.T) {
	d := lively(t)
	slow := d.add(t, moderation.RuleDraft{Name: "Riot", Kind: "keyword", Action: models.Slow, Mode: "enforce", Spec: `{"terms":["riot"]}`})
	d.add(t, moderation.RuleDraft{Name: "Court", Kind: "keyword", Action: models.Close, Mode: "enforce", Spec: `{"terms":["verdict"]}`})
	if c := d.post(t, writer(1, "There is a riot.")).Comment; c.Status != models.Approved {
		t.Errorf("the comment itself is %s", c.Status)
	}
	if a, n := d.heat(t), d.notes(t, "heat"); a.HeatLevel != 1 || len(n) != 1 || n[0].RuleID != slow.ID {
		t.Errorf("step %d, log %+v", a.HeatLevel, n)
	}
	edited := d.post(t, writer(2, "Calm down."))
	if c := d.post(t, writer(3, "The verdict is out.")).Comment; c.Status != models.Pending {
		t.Errorf("the comment that closes is %s", c.Status)
	}
	_, err := d.try(writer(4, "May I?"))
	refusal(t, err, models.CodeClosed)
	d.setHeat(t, "normal")
	if _, err := d.Edit(t.Context(), edited.id(), edited.EditToken, "A riot again!", addr(1)); err != nil {
		t.Fatal(err)
	}
	if a := d.heat(t); a.HeatLevel != 1 {
		t.Errorf("after an edit that asks for it: step %d", a.HeatLevel)
	}
	d.sound(t)
}
