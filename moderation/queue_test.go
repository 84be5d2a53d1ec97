package moderation_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// all reads the queue page by page and returns the ids in order.
func (d *desk) all(tb testing.TB, q moderation.QueueQuery) []string {
	tb.Helper()
	var got []string
	for {
		page, err := d.Queue(tb.Context(), d.anna, q)
		if err != nil {
			tb.Fatal(err)
		}
		for _, item := range page.Items {
			got = append(got, item.Comment.PublicID())
		}
		if page.Next == "" {
			return got
		}
		if len(got) > 10_000 {
			tb.Fatal("the queue does not end")
		}
		q.Cursor = page.Next
	}
}

func TestQueueLanesAndPages(t *testing.T) {
	d := newDesk(t)
	lanes := map[models.Lane][]string{}
	var every []string
	for i := range 5 {
		d.advance(time.Second)
		held, public := d.say(t, fmt.Sprint("dubious ", i)), d.say(t, fmt.Sprint("fine ", i))
		flagged, passed := d.say(t, fmt.Sprint("rude ", i)), d.say(t, fmt.Sprint("hard ", i))
		done := d.say(t, fmt.Sprint("done ", i))
		d.flag(t, flagged, 9)
		d.decide(t, d.ben, passed, models.ChooseEscalate)
		d.decide(t, d.ben, done, models.ChooseRemove)
		lanes[models.LanePending] = append(lanes[models.LanePending], held)
		lanes[models.LaneNew] = append(lanes[models.LaneNew], public)
		lanes[models.LaneReported] = append(lanes[models.LaneReported], flagged)
		lanes[models.LaneEscalated] = append(lanes[models.LaneEscalated], passed)
		every = append(every, held, public, flagged, passed)
		lanes[models.NoLane] = append(lanes[models.NoLane], done)
	}
	for _, lane := range models.Lanes {
		q := moderation.QueueQuery{Site: "news", Lane: lane, Limit: 2}
		if got := d.all(t, q); !slices.Equal(got, lanes[lane]) {
			t.Errorf("lane %s holds %v, want %v", lane, got, lanes[lane])
		}
		newest := slices.Clone(lanes[lane])
		slices.Reverse(newest)
		q.Sort = "newest"
		if got := d.all(t, q); !slices.Equal(got, newest) {
			t.Errorf("lane %s newest first holds %v, want %v", lane, got, newest)
		}
		if n := d.count(t, lane); n != len(lanes[lane]) {
			t.Errorf("lane %s counts %d", lane, n)
		}
	}
	got := d.all(t, moderation.QueueQuery{Limit: 3})
	slices.Sort(got)
	slices.Sort(every)
	if !slices.Equal(got, every) {
		t.Errorf("all lanes hold %v, want %v", got, every)
	}
	removed := slices.Clone(lanes[models.NoLane])
	slices.Reverse(removed)
	if got := d.all(t, moderation.QueueQuery{Site: "news", Status: models.Removed, Limit: 2}); !slices.Equal(got, removed) {
		t.Errorf("removed are %v, want %v", got, removed)
	}
}

func TestQueueFilters(t *testing.T) {
	d := newDesk(t)
	rule := d.rule(t, "shady", models.Hold)
	plain, shady := d.say(t, "dubious"), d.say(t, "a Shady deal")
	other := d.post(t, moderation.Submission{Article: article("other"), Text: "dubious elsewhere", Name: "Otto", Addr: addr(2)}).Comment
	item := d.look(t, other.PublicID())
	for name, c := range map[string]struct {
		q    moderation.QueueQuery
		want []string
	}{
		"article": {moderation.QueueQuery{Article: item.Article.Key()}, []string{other.PublicID()}},
		"author":  {moderation.QueueQuery{Author: models.AuthorID.Format(item.Author.ID)}, []string{other.PublicID()}},
		"rule":    {moderation.QueueQuery{Rule: models.RuleID.Format(rule.ID)}, []string{shady}},
		"text":    {moderation.QueueQuery{Text: " SHADY "}, []string{shady}},
		"name":    {moderation.QueueQuery{Text: "otto"}, []string{other.PublicID()}},
		"none":    {moderation.QueueQuery{Text: "nothing like it"}, nil},
		"all":     {moderation.QueueQuery{}, []string{plain, shady, other.PublicID()}},
	} {
		if got := d.all(t, c.q); !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", name, got, c.want)
		}
	}
}

func TestQueuePriority(t *testing.T) {
	d := newDesk(t)
	var all []string
	for i := range 4 {
		id := d.say(t, fmt.Sprint("text ", i))
		for n := range []int{1, 3, 0, 2}[i] {
			d.flag(t, id, byte(10+n))
		}
		all = append(all, id)
		d.advance(time.Second)
	}
	want := []string{all[1], all[3], all[0], all[2]}
	if got := d.all(t, moderation.QueueQuery{Sort: "priority", Limit: 1}); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestQueueItem(t *testing.T) {
	d := newDesk(t)
	parent := d.say(t, "the *question*")
	id := d.answer(t, parent, "so dubious")
	if _, err := d.Claim(t.Context(), d.ben, moderation.ClaimRequest{Lane: models.LanePending}); err != nil {
		t.Fatal(err)
	}
	page, err := d.Queue(t.Context(), d.anna, moderation.QueueQuery{Lane: models.LanePending})
	if err != nil || len(page.Items) != 1 {
		t.Fatalf("%d items, %v", len(page.Items), err)
	}
	i := page.Items[0]
	if i.Comment.PublicID() != id || i.Site != "news" || i.Article.Title != "story" || i.Author.Name != "Rita" || i.Author.Pending != 1 || i.Author.Approved != 1 {
		t.Errorf("item %+v", i)
	}
	if i.Parent == nil || i.Parent.Text != "the *question*" || i.Parent.AuthorName != "Rita" {
		t.Errorf("parent %+v", i.Parent)
	}
	if len(i.Why) != 1 || i.Why[0].Name != "dubious" || len(i.Why[0].Matches) != 1 {
		t.Fatalf("why %+v", i.Why)
	}
	if m := i.Why[0].Matches[0]; i.Comment.Text[m.Start:m.End] != "dubious" {
		t.Errorf("the match marks %q", i.Comment.Text[m.Start:m.End])
	}
	if i.Claim == nil || i.Claim.ModeratorName != "Ben" || i.Decision != nil || i.Edit != nil {
		t.Errorf("claim %+v, decision %+v, edit %+v", i.Claim, i.Decision, i.Edit)
	}
	if page.Counts[models.LanePending] != 1 || page.Counts[models.LaneNew] != 1 {
		t.Errorf("counts %v", page.Counts)
	}
}

func TestQueueRefusals(t *testing.T) {
	d := newDesk(t)
	encode := base64.RawURLEncoding.EncodeToString
	for name, c := range map[string]struct {
		q    moderation.QueueQuery
		code models.Code
	}{
		"site":             {moderation.QueueQuery{Site: "nowhere"}, models.CodeNotFound},
		"lane":             {moderation.QueueQuery{Lane: 9}, models.CodeInvalid},
		"negative lane":    {moderation.QueueQuery{Lane: -1}, models.CodeInvalid},
		"status":           {moderation.QueueQuery{Status: 9}, models.CodeInvalid},
		"sort":             {moderation.QueueQuery{Sort: "random"}, models.CodeInvalid},
		"limit":            {moderation.QueueQuery{Limit: 101}, models.CodeInvalid},
		"negative limit":   {moderation.QueueQuery{Limit: -1}, models.CodeInvalid},
		"article":          {moderation.QueueQuery{Article: "c1"}, models.CodeInvalid},
		"author":           {moderation.QueueQuery{Author: "u"}, models.CodeInvalid},
		"rule":             {moderation.QueueQuery{Rule: "r0"}, models.CodeInvalid},
		"long text":        {moderation.QueueQuery{Text: strings.Repeat("é", 201)}, models.CodeInvalid},
		"broken text":      {moderation.QueueQuery{Text: "\xff"}, models.CodeInvalid},
		"cursor":           {moderation.QueueQuery{Cursor: "!"}, models.CodeInvalid},
		"short cursor":     {moderation.QueueQuery{Cursor: encode([]byte{0, 0})}, models.CodeInvalid},
		"longer cursor":    {moderation.QueueQuery{Cursor: encode([]byte{0, 0, 0, 0})}, models.CodeInvalid},
		"huge cursor":      {moderation.QueueQuery{Cursor: strings.Repeat("A", 1<<20)}, models.CodeInvalid},
		"endless number":   {moderation.QueueQuery{Cursor: encode(slices.Repeat([]byte{0xff}, 30))}, models.CodeInvalid},
		"negative id":      {moderation.QueueQuery{Cursor: encode([]byte{0, 0, 1})}, models.CodeInvalid},
		"wrong base":       {moderation.QueueQuery{Cursor: "AAA="}, models.CodeInvalid},
		"cursor of thread": {moderation.QueueQuery{Cursor: encode(make([]byte, 13))}, models.CodeInvalid},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := d.Queue(t.Context(), d.anna, c.q)
			refusal(t, err, c.code)
		})
	}
	if _, err := d.Queue(t.Context(), d.anna, moderation.QueueQuery{Cursor: encode([]byte{0, 0, 0}), Text: strings.Repeat("é", 200), Limit: 100}); err != nil {
		t.Errorf("the largest allowed query: %v", err)
	}
}
