package moderation_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
	"postbag/moderation/rules"
)

func keywordDraft(name string, action models.Action, terms ...string) *moderation.RuleDraft {
	return &moderation.RuleDraft{Name: name, Kind: rules.Keyword, Action: action, Spec: fmt.Sprintf(`{"terms":["%s"]}`, strings.Join(terms, `","`))}
}

// backtest tries a rule on all comments, and fails the test on an error.
func (b *bench) backtest(tb testing.TB, req moderation.BacktestRequest) moderation.BacktestResult {
	tb.Helper()
	req.Site = "news"
	result, err := b.RunBacktest(tb.Context(), req, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return result
}

// TestBacktestCounts tries a new rule on six comments, of which moderators
// removed two, approved one and did not look at another one.
func TestBacktestCounts(t *testing.T) {
	d := newDesk(t)
	d.say(t, "Nothing to see.")
	bad, spam, good := d.say(t, "The fishy mayor"), d.say(t, "A fishy and dubious mayor"), d.say(t, "The harbour smells fishy today")
	d.decide(t, d.anna, bad, models.ChooseRemove)
	d.decide(t, d.anna, spam, models.ChooseSpam)
	d.decide(t, d.ben, good, models.ChooseApprove)
	d.advance(48 * time.Hour)
	late := d.say(t, strings.Repeat("A long story. ", 60)+"It ends fishy.")
	d.say(t, "Fish is not fishing.")

	r := d.backtest(t, moderation.BacktestRequest{Draft: keywordDraft("fishy", models.Hold, "fishy")})
	if r.Comments != 6 || r.Fired != 4 || r.Removed != 2 || r.Approved != 1 || r.Undecided != 1 || r.Derived != 0 {
		t.Errorf("counts %+v", r)
	}
	low, high := moderation.Wilson(2, 3)
	if r.Precision != 2.0/3 || r.Low != low || r.High != high {
		t.Errorf("precision %v in %v to %v", r.Precision, r.Low, r.High)
	}
	if want := []moderation.BacktestAction{{Action: "hold", Count: 4}}; !slices.Equal(r.Actions, want) {
		t.Errorf("actions %v", r.Actions)
	}
	wantDays := []moderation.BacktestDay{
		{Day: "2026-11-23", Comments: 4, Fired: 3, Removed: 2, Approved: 1, Held: 2}, {Day: "2026-11-25", Comments: 2, Fired: 1, Held: 1},
	}
	if !slices.Equal(r.Days, wantDays) {
		t.Errorf("days %+v", r.Days)
	}
	// Three days, with 2, 0 and 1 more to look at.
	if r.Load.Median != 1 || r.Load.Max != 2 || r.Load.MaxDay != "2026-11-23" {
		t.Errorf("load %+v", r.Load)
	}
	if r.Alone != 3 || len(r.Overlap) != 1 || r.Overlap[0].Name != "dubious" || r.Overlap[0].Count != 1 {
		t.Errorf("alone on %d, overlap %v", r.Alone, r.Overlap)
	}
	if c := r.Change; c.NewlyHeld != 3 || c.Gained != 4 || c.Lost != 0 || c.InForce || len(c.Moves) != 1 || c.Moves[0].From != "allow" || c.Moves[0].To != "hold" {
		t.Errorf("change %+v", c)
	}
	e := r.Examples.Undecided
	if len(e) != 1 || e[0].Comment != late || e[0].Title != "story" || e[0].Author != "Rita" || e[0].Status != "approved" || e[0].Action != "hold" {
		t.Fatalf("undecided %+v", e)
	}
	if m := e[0].Matches; len(m) != 1 || e[0].Excerpt[m[0].Start:m[0].End] != "fishy" || len(e[0].Excerpt) > 400 {
		t.Errorf("excerpt %q, matches %v", e[0].Excerpt, m)
	}
	if !strings.Contains(e[0].Detail, "fishy") {
		t.Errorf("detail %q", e[0].Detail)
	}
}

// TestBacktestOfAChange compares a stored rule with what it would become.
func TestBacktestOfAChange(t *testing.T) {
	d := newDesk(t)
	stored, err := d.AddRule(t.Context(), d.anna, "news", *keywordDraft("fish", models.Hold, "fishy", "herring"))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Fishy business.", "Red herring.", "Tuna for all.", "Dubious herring.", "Plain talk."} {
		d.say(t, text)
	}
	id := models.RuleID.Format(stored.ID)
	r := d.backtest(t, moderation.BacktestRequest{Rule: id, Draft: keywordDraft("fish", models.Reject, "fishy", "tuna")})
	c := r.Change
	if r.Fired != 2 || !c.InForce || c.Gained != 1 || c.Lost != 2 {
		t.Errorf("fired %d, gained %d, lost %d", r.Fired, c.Gained, c.Lost)
	}
	// The dubious herring is held by another rule all the same.
	if c.NewlyRejected != 2 || c.NewlyReleased != 1 || c.NewlyHeld != 0 {
		t.Errorf("%d rejected, %d released, %d held", c.NewlyRejected, c.NewlyReleased, c.NewlyHeld)
	}
	if same := d.backtest(t, moderation.BacktestRequest{Rule: id}); same.Fired != 3 || len(same.Change.Moves) > 0 || same.Change.Gained+same.Change.Lost > 0 {
		t.Errorf("the rule as it is: fired %d, %+v", same.Fired, same.Change)
	}
	if r, err := d.Rule(t.Context(), id); err != nil || r.Promise != -1 {
		t.Errorf("promise %d of a rule that was tried without a record, %v", r.Promise, err)
	}
}

// TestBacktestOfAnAllowRule is about a rule that lets comments through: what the
// mode of the article holds, not what other rules hold.
func TestBacktestOfAnAllowRule(t *testing.T) {
	d := newDesk(t)
	pre := models.PreMode
	if _, err := d.PatchSite(t.Context(), "news", moderation.SitePatch{Mode: &pre}); err != nil {
		t.Fatal(err)
	}
	d.say(t, "Our reporter was there.")
	d.say(t, "Our dubious reporter was there.")
	d.say(t, "I was there.")
	r := d.backtest(t, moderation.BacktestRequest{Draft: keywordDraft("ours", models.Allow, "reporter")})
	if r.Fired != 2 || r.Change.NewlyReleased != 1 || len(r.Change.Moves) != 1 || r.Change.Moves[0].Count != 1 {
		t.Errorf("fired %d, %+v", r.Fired, r.Change)
	}
	stored := d.add(t, *keywordDraft("ours", models.Allow, "reporter"))
	r = d.backtest(t, moderation.BacktestRequest{Rule: models.RuleID.Format(stored.ID), Draft: keywordDraft("ours", models.Tag, "reporter", "I was")})
	if r.Fired != 3 || r.Change.NewlyHeld != 1 || len(r.Change.Moves) != 1 {
		t.Errorf("no longer allowed: fired %d, %+v", r.Fired, r.Change)
	}
}

// TestBacktestSpan looks at a part of the past only, but a counter knows what
// came before.
func TestBacktestSpan(t *testing.T) {
	d := newDesk(t)
	var at []time.Time
	for i := range 6 {
		at = append(at, d.clock())
		d.say(t, fmt.Sprintf("Number %d", i))
		d.advance(time.Second)
	}
	draft := &moderation.RuleDraft{Name: "fast", Kind: rules.Rate, Action: models.Hold, Spec: `{"count":3,"seconds":3600,"by":["author"]}`}
	var on []int64
	r := d.backtest(t, moderation.BacktestRequest{Draft: draft, From: at[2], To: at[5], Each: func(id int64, _ models.Finding) { on = append(on, id) }})
	if r.Comments != 3 || r.Fired != 2 || len(on) != 2 || on[0] >= on[1] {
		t.Errorf("%d comments, fired on %d: %v", r.Comments, r.Fired, on)
	}
	_, err := d.RunBacktest(t.Context(), moderation.BacktestRequest{Site: "news", Draft: draft, From: at[1], To: at[1]}, nil)
	wantCode(t, err, models.CodeInvalid)
}

// old stores a comment without facts, as an import does.
func (b *bench) old(tb testing.TB, author int64, text, html string, status models.Status, at time.Time) int64 {
	tb.Helper()
	var id int64
	err := b.store.Write(tb.Context(), func(tx *store.Tx) (err error) {
		if id, err = tx.NextIDs("comment", 1); err != nil {
			return err
		}
		c := &models.Comment{
			ID: id, SiteID: 1, ArticleID: 1, AuthorID: author, AuthorName: "Olga", Status: status, Reviewed: true, Version: 1,
			Text: text, HTML: html, Format: models.HTML, CreatedAt: at, ChangedAt: at,
		}
		place := models.NewPlace(nil, id, at)
		c.Root, c.Path = place.Root, place.Path
		return tx.InsertComments([]*models.Comment{c})
	})
	if err != nil {
		tb.Fatal(err)
	}
	return id
}

// TestBacktestWithoutFacts tries rules on imported comments: the history of
// authors is counted, also that from before the span, links are read from what
// was rendered, and the result says so.
func TestBacktestWithoutFacts(t *testing.T) {
	d := newDesk(t)
	d.say(t, "An article and an author.")
	long := d.clock().AddDate(-3, 0, 0)
	link := `<a href="https://bit.ly/a?b=1&amp;c=2" rel="nofollow noopener ugc">`
	d.old(t, 1, "first", "<p>first</p>", models.Approved, long)
	d.old(t, 1, "second https://bit.ly/a", "<p>second "+link+"x</a></p>", models.Spam, long.AddDate(0, 0, 1))
	d.old(t, 1, "third", "<p>third</p>", models.Approved, long.AddDate(0, 0, 2))
	last := d.old(t, 1, "fourth", "<p>fourth</p>", models.Removed, long.AddDate(0, 0, 3))

	author := func(spec string) *moderation.RuleDraft {
		return &moderation.RuleDraft{Name: "author", Kind: rules.Author, Action: models.Hold, Spec: spec}
	}
	for name, c := range map[string]struct {
		draft *moderation.RuleDraft
		from  time.Time
		fired int
	}{
		"new authors":             {author(`{"approved_below":1}`), time.Time{}, 1},
		"little approved":         {author(`{"approved_below":2}`), time.Time{}, 3},
		"removed before":          {author(`{"removed_at_least":1}`), time.Time{}, 2},
		"removed before the span": {author(`{"removed_at_least":1}`), long.AddDate(0, 0, 2), 2},
		"new in the span":         {author(`{"approved_below":2}`), long.AddDate(0, 0, 2), 1},
		"link":                    {&moderation.RuleDraft{Name: "links", Kind: rules.Links, Action: models.Hold, Spec: `{"shorteners":true}`}, time.Time{}, 1},
		"rate":                    {&moderation.RuleDraft{Name: "rate", Kind: rules.Rate, Action: models.Hold, Spec: `{"count":1,"seconds":172800,"by":["author"]}`}, time.Time{}, 2},
	} {
		r := d.backtest(t, moderation.BacktestRequest{Draft: c.draft, From: c.from, To: long.AddDate(1, 0, 0)})
		if r.Fired != c.fired || r.Derived != r.Comments || len(r.Notes) == 0 || !strings.Contains(r.Notes[0], fmt.Sprintf("%d comments have no stored facts", r.Derived)) {
			t.Errorf("%s: fired on %d, want %d; %d of %d derived; notes %q", name, r.Fired, c.fired, r.Derived, r.Comments, r.Notes)
		}
	}
	r := d.backtest(t, moderation.BacktestRequest{Draft: keywordDraft("w", models.Hold, "fourth", "third"), To: long.AddDate(1, 0, 0)})
	if r.Removed != 1 || r.Approved != 1 || r.Examples.Removed[0].Comment != models.CommentID.Format(last) {
		t.Errorf("imported decisions: %d removed, %d approved, %+v", r.Removed, r.Approved, r.Examples.Removed)
	}
}

// TestBacktestForgottenAddresses: comments whose address is forgotten are not
// counted as those of one sender.
func TestBacktestForgottenAddresses(t *testing.T) {
	d := newDesk(t)
	for i := range byte(4) {
		in := moderation.Submission{Text: fmt.Sprintf("Number %d", i), Name: "Rita", Addr: addr(1)}
		d.post(t, in)
	}
	draft := &moderation.RuleDraft{Name: "fast", Kind: rules.Rate, Action: models.Hold, Spec: `{"count":2,"seconds":3600,"by":["address"]}`}
	if r := d.backtest(t, moderation.BacktestRequest{Draft: draft}); r.Fired != 2 {
		t.Fatalf("fired on %d, want 2", r.Fired)
	}
	d.forgetFacts(t)
	r := d.backtest(t, moderation.BacktestRequest{Draft: draft})
	if r.Fired != 0 || !slices.ContainsFunc(r.Notes, func(n string) bool { return strings.Contains(n, "the addresses of 4 comments") }) {
		t.Errorf("fired on %d, notes %q", r.Fired, r.Notes)
	}
}

// forgetFacts takes the addresses out of the facts of the first ten comments.
func (b *bench) forgetFacts(tb testing.TB) {
	tb.Helper()
	err := b.store.Write(tb.Context(), func(tx *store.Tx) error {
		verdicts, err := tx.VerdictsOf(tb.Context(), []int64{1, 2, 3, 4, 5, 6, 7, 8, 9, 10})
		if err != nil {
			return err
		}
		for i := range verdicts {
			verdicts[i].Facts = forgetful(tb, verdicts[i].Facts)
		}
		return tx.SaveFacts(tb.Context(), verdicts)
	})
	if err != nil {
		tb.Fatal(err)
	}
}

// TestBacktestExamples draws the same examples each time, at most 20, and not
// just the first.
func TestBacktestExamples(t *testing.T) {
	d := newDesk(t)
	for i := range 100 {
		d.post(t, moderation.Submission{Text: fmt.Sprintf("Fishy number %d", i), Name: fmt.Sprintf("Reader %d", i)})
		d.advance(time.Minute)
	}
	req := moderation.BacktestRequest{Draft: keywordDraft("fishy", models.Hold, "fishy")}
	a, b := d.backtest(t, req).Examples.Undecided, d.backtest(t, req).Examples.Undecided
	if len(a) != 20 || !reflect.DeepEqual(a, b) {
		t.Fatalf("%d examples, then %d", len(a), len(b))
	}
	if !slices.IsSortedFunc(a, func(x, y moderation.BacktestExample) int { return x.At.Compare(y.At) }) {
		t.Error("not in order of time")
	}
	if span := a[19].At.Sub(a[0].At); span < 50*time.Minute {
		t.Errorf("the examples are from %v of 100 minutes", span)
	}
}

// TestBacktestOfEdits judges every text of a comment, and counts it once.
func TestBacktestOfEdits(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "A fishy start")
	d.advance(time.Minute)
	d.edit(t, id, "A better start")
	d.advance(time.Minute)
	d.edit(t, id, "A fishy end")
	d.advance(time.Minute)
	d.edit(t, id, "A better end")
	d.say(t, "Another one")
	var last models.Finding
	r := d.backtest(t, moderation.BacktestRequest{Draft: keywordDraft("fishy", models.Hold, "fishy"), Each: func(_ int64, f models.Finding) { last = f }})
	if r.Comments != 2 || r.Fired != 1 || len(last.Matches) != 1 {
		t.Fatalf("fired on %d of %d, %+v", r.Fired, r.Comments, last)
	}
	if e := r.Examples.Undecided[0]; e.Excerpt != "A fishy end" {
		t.Errorf("judged by %q", e.Excerpt)
	}
	if len(r.Notes) != 1 || !strings.HasPrefix(r.Notes[0], "1 comments were edited") {
		t.Errorf("notes %q", r.Notes)
	}
}

func TestBacktestRefusals(t *testing.T) {
	d := newDesk(t)
	if _, err := d.AddSite(t.Context(), moderation.NewSite{Key: "olds", Name: "Olds", Origins: []string{"https://olds.example"}, Mode: models.PostMode, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		req  moderation.BacktestRequest
		code models.Code
	}{
		"no such site":    {moderation.BacktestRequest{Site: "nope", Rule: "r1"}, models.CodeNotFound},
		"no such rule":    {moderation.BacktestRequest{Site: "news", Rule: "r99"}, models.CodeNotFound},
		"not a rule":      {moderation.BacktestRequest{Site: "news", Rule: "c1"}, models.CodeNotFound},
		"another's rule":  {moderation.BacktestRequest{Site: "olds", Rule: "r1"}, models.CodeNotFound},
		"nothing to test": {moderation.BacktestRequest{Site: "news"}, models.CodeInvalid},
		"a wrong rule":    {moderation.BacktestRequest{Site: "news", Draft: keywordDraft("", models.Hold, "x")}, models.CodeInvalid},
		"a wrong spec":    {moderation.BacktestRequest{Site: "news", Rule: "r1", Draft: &moderation.RuleDraft{Name: "x", Action: models.Hold, Spec: `{"term":[]}`}}, models.CodeInvalid},
	} {
		_, err := d.RunBacktest(t.Context(), c.req, nil)
		if models.CodeOf(err) != c.code {
			t.Errorf("%s: %v, want %s", name, err, c.code)
		}
		if _, err = d.StartBacktest(t.Context(), d.anna, c.req); models.CodeOf(err) != c.code {
			t.Errorf("%s, in the background: %v, want %s", name, err, c.code)
		}
	}
}
