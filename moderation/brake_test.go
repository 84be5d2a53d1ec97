package moderation_test

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// planted is a rule that somebody got wrong: it holds a word that three comments
// in ten hold.
func (b *bench) planted(tb testing.TB, legal bool) models.Rule {
	tb.Helper()
	return b.add(tb, moderation.RuleDraft{Name: "Planted", Kind: "keyword", Action: models.Hold, Mode: "enforce", Legal: legal, Spec: `{"terms":["council"]}`})
}

// ordinary is the i-th comment of ordinary traffic.
func ordinary(i int) string {
	if i*3%10 < 3 {
		return fmt.Sprint("The council should answer question ", i, ".")
	}
	return fmt.Sprint("I walked there yesterday and counted ", i, " lamps.")
}

func (b *bench) mode(tb testing.TB, r models.Rule) string {
	tb.Helper()
	now, err := b.Rule(tb.Context(), models.RuleID.Format(r.ID))
	if err != nil {
		tb.Fatal(err)
	}
	return now.Mode
}

// reportOn is how a rule does.
func (d *desk) reportOn(t *testing.T, rule models.Rule) moderation.RuleReport {
	t.Helper()
	reports, err := d.RuleReports(t.Context(), "news")
	i := slices.IndexFunc(reports, func(r moderation.RuleReport) bool { return r.Rule.ID == rule.ID })
	if err != nil || i < 0 {
		t.Fatalf("no report on rule %d: %v", rule.ID, err)
	}
	return reports[i]
}

func TestBrakeStopsPlantedRule(t *testing.T) {
	for name, from := range map[string]func(int) netip.Addr{
		"readers from everywhere":  func(i int) netip.Addr { return writer(i, "").Addr },
		"behind a forgotten proxy": func(int) netip.Addr { return netip.MustParseAddr("127.0.0.1") },
		"addresses are not known":  func(int) netip.Addr { return netip.Addr{} },
	} {
		t.Run(name, func(t *testing.T) {
			d := newDesk(t)
			rule := d.planted(t, false)
			held, after := 0, 0
			for i := range 20 {
				in := writer(i, ordinary(i))
				in.Addr = from(i)
				if d.post(t, in).Comment.Status == models.Pending {
					held++
				}
			}
			if mode := d.mode(t, rule); mode != "shadow" || held < 5 {
				t.Fatalf("after 20 comments, %d of them held, the rule is in mode %s", held, mode)
			}
			for i := range 20 {
				if d.status(t, writer(100+i, ordinary(i))) == models.Pending {
					after++
				}
			}
			if after != 0 {
				t.Errorf("%d more were held", after)
			}
			notes := d.notes(t, "brake")
			if len(notes) != 1 || !notes[0].Alert || notes[0].RuleID != rule.ID || !strings.Contains(notes[0].Text, "“Planted”") {
				t.Fatalf("the log says %+v", notes)
			}
			if report := d.reportOn(t, rule); report.State != moderation.RuleBraked || report.Braked != rule.Version || report.Hint != notes[0].Text {
				t.Errorf("the report says %+v", report)
			}
			released, err := d.ReleaseRule(t.Context(), d.anna, models.RuleID.Format(rule.ID), rule.Version)
			if err != nil || released.Restored != held {
				t.Errorf("released %d of %d, %v", released.Restored, held, err)
			}
			d.advance(time.Minute)
			if _, err := d.SetRuleMode(t.Context(), d.anna, models.RuleID.Format(rule.ID), rule.Version+1, "draft"); err != nil {
				t.Fatal(err)
			}
			if report := d.reportOn(t, rule); report.State == moderation.RuleBraked || report.Braked != 0 {
				t.Errorf("changed by a moderator, the report says %+v", report)
			}
			d.sound(t)
		})
	}
}

// TestBrakeWithinOneCommit: comments that wait for the same commit are read again
// once the brake has tripped, so that a burst is not held as a whole.
func TestBrakeWithinOneCommit(t *testing.T) {
	d := newDesk(t)
	rule := d.planted(t, false)
	var wg sync.WaitGroup
	var mu sync.Mutex
	got := map[models.Status]int{}
	for i := range 200 {
		wg.Go(func() {
			r, err := d.try(writer(i, fmt.Sprint("The council again, for the ", i, "th time.")))
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			got[r.Comment.Status]++
		})
	}
	wg.Wait()
	if d.mode(t, rule) != "shadow" || got[models.Pending] != 5 || got[models.Approved] != 195 {
		t.Errorf("mode %s, %v", d.mode(t, rule), got)
	}
	d.sound(t)
}

// TestBrakeIsNotForSpammers: on a site that knows its readers, somebody without a
// past there cannot switch a rule off by breaking it, from however many networks.
// Once it hits its readers, it is stopped.
func TestBrakeIsNotForSpammers(t *testing.T) {
	d := newDesk(t)
	for i := range 30 {
		d.post(t, writer(i, "I have been reading this for years."))
	}
	d.advance(30 * 24 * time.Hour)
	rule := d.planted(t, false)
	for i := range 100 {
		spam := writer(1000+i, "The council loves cheap watches.")
		spam.Article = article(fmt.Sprint("story-", i)) // so that none of them gets too hot
		if got := d.status(t, spam); got != models.Pending {
			t.Fatalf("spam %d is %s", i, got)
		}
	}
	if mode := d.mode(t, rule); mode != "enforce" {
		t.Fatalf("the spammer put the rule into mode %s", mode)
	}
	for i := range 20 {
		d.post(t, writer(i, ordinary(i)))
	}
	if mode := d.mode(t, rule); mode != "shadow" {
		t.Errorf("the rule hits ordinary readers and is in mode %s", mode)
	}
	d.sound(t)
}

func TestBrakeOnlyAlertsOfLegalRules(t *testing.T) {
	d := newDesk(t)
	rule := d.planted(t, true)
	for i := range 100 {
		if i == 50 {
			d.restart(t)
		}
		d.post(t, writer(i, ordinary(i)))
	}
	if mode, notes := d.mode(t, rule), d.notes(t, "brake"); mode != "enforce" || len(notes) != 1 || !notes[0].Alert {
		t.Errorf("mode %s, log %+v", mode, notes)
	}
	d.sound(t)
}

// TestBrakeLeavesGoodRules: one comment in a hundred, as promised, at any volume.
func TestBrakeLeavesGoodRules(t *testing.T) {
	d := newDesk(t)
	rule := d.planted(t, false)
	n := 600
	if testing.Short() {
		n = 300
	}
	for i := range n {
		text := fmt.Sprint("A remark, number ", i, ".")
		if i%100 == 7 {
			text = "The council, again."
		}
		d.post(t, writer(i%400, text))
	}
	if mode, notes := d.mode(t, rule), d.notes(t, "brake"); mode != "enforce" || len(notes) != 0 {
		t.Errorf("mode %s, log %+v", mode, notes)
	}
}
