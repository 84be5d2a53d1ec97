package moderation_test

import (
	"database/sql"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	_ "modernc.org/sqlite" // to look at the database from outside

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

const campaign = "The new car park will ruin our old town, and everybody who loves it must write to the council today."

// databases runs a test on both.
func databases(t *testing.T, test func(t *testing.T, b *bench)) {
	t.Run("sqlite", func(t *testing.T) { test(t, newBenchAt(t, storetest.Migrated(t), false)) })
	t.Run("postgres", func(t *testing.T) { test(t, newBenchAt(t, storetest.Postgres(t), false)) })
}

func (b *bench) add(tb testing.TB, d moderation.RuleDraft) models.Rule {
	tb.Helper()
	r, err := b.AddRule(tb.Context(), models.Moderator{}, "news", d)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}

func floodRule(copies int) moderation.RuleDraft {
	return moderation.RuleDraft{Name: "Copies", Kind: "flood", Action: models.Hold, Mode: "enforce", Spec: fmt.Sprintf(`{"copies":%d,"hours":24}`, copies)}
}

// writer is a comment by somebody of their own, in a network of their own.
func writer(i int, text string) moderation.Submission {
	a := netip.AddrFrom16([16]byte{0x20, 0x01, 0x0d, 0xb8, byte(i >> 8), byte(i), 15: 1})
	return moderation.Submission{Text: text, Name: fmt.Sprint("Reader ", i), Addr: a}
}

func (b *bench) status(tb testing.TB, in moderation.Submission) models.Status {
	tb.Helper()
	return b.post(tb, in).Comment.Status
}

// TestFloodAcrossProcesses: a copy is a copy whichever process took the others,
// across authors and articles, and after a restart.
func TestFloodAcrossProcesses(t *testing.T) {
	databases(t, func(t *testing.T, b *bench) {
		b.add(t, floodRule(4))
		other := b.another(t)
		processes := []*bench{b, other, b}
		for i, p := range processes {
			in := writer(i, campaign+fmt.Sprint(" No ", i))
			in.Article = article(fmt.Sprint("story-", i))
			if got := p.status(t, in); got != models.Approved {
				t.Errorf("copy %d is %s", i+1, got)
			}
		}
		if got := other.status(t, writer(3, "Attention! "+campaign)); got != models.Pending {
			t.Errorf("the fourth copy, in the other process, is %s", got)
		}
		b.restart(t)
		held := b.post(t, writer(4, campaign)).Comment
		if held.Status != models.Pending {
			t.Errorf("the fifth copy, after a restart, is %s", held.Status)
		}
		if got := b.status(t, writer(5, "Something else entirely: who repairs the lamps in the station road this winter?")); got != models.Approved {
			t.Errorf("another text is %s", got)
		}
		b.sound(t)
	})
}

// TestFloodInOneCommit: copies that arrive together are counted one by one.
func TestFloodInOneCommit(t *testing.T) {
	databases(t, func(t *testing.T, b *bench) {
		b.add(t, floodRule(4))
		var wg sync.WaitGroup
		var mu sync.Mutex
		got := map[models.Status]int{}
		for i := range 40 {
			wg.Go(func() {
				r, err := b.try(writer(i, campaign))
				if err != nil {
					t.Error(err)
				}
				mu.Lock()
				defer mu.Unlock()
				got[r.Comment.Status]++
			})
		}
		wg.Wait()
		if got[models.Approved] != 3 || got[models.Pending] != 37 {
			t.Errorf("%v, want 3 published and 37 held", got)
		}
		b.sound(t)
	})
}

// TestFloodByEdit: a text that arrives by an edit is held like one that is posted,
// counts for those after it in every process, and is no copy of what it was.
func TestFloodByEdit(t *testing.T) {
	databases(t, func(t *testing.T, b *bench) {
		b.add(t, floodRule(3))
		other := b.another(t)
		one, two, three := other.post(t, writer(1, "One.")), b.post(t, writer(2, "Two.")), b.post(t, writer(3, "Three."))
		for _, text := range []string{campaign, campaign + " Now!", campaign + " Now or never!"} {
			r, err := other.Edit(t.Context(), one.id(), one.EditToken, text, addr(1))
			if err != nil || r.Comment.HeldEdit {
				t.Fatalf("its own earlier texts count as copies: %v, %v", r.Comment.HeldEdit, err)
			}
		}
		if r, err := b.Edit(t.Context(), two.id(), two.EditToken, campaign, addr(2)); err != nil || r.Comment.HeldEdit {
			t.Errorf("the second copy is held: %v", err)
		}
		if r, err := other.Edit(t.Context(), three.id(), three.EditToken, campaign, addr(3)); err != nil || !r.Comment.HeldEdit {
			t.Errorf("the third copy, by an edit, is public: %v", err)
		}
		if got := b.status(t, writer(4, campaign)); got != models.Pending {
			t.Errorf("a new copy is %s", got)
		}
		b.sound(t)
	})
}

// TestFloodForgetsWhatFailed: a comment that could not be stored is nobody's copy.
func TestFloodForgetsWhatFailed(t *testing.T) {
	b := newBench(t, false)
	b.add(t, floodRule(3))
	outside, err := sql.Open("sqlite", "file:"+b.address+"?_pragma=busy_timeout(15000)")
	if err != nil {
		t.Fatal(err)
	}
	defer outside.Close()
	_, err = outside.Exec("CREATE TRIGGER poison BEFORE INSERT ON sketches WHEN NEW.author_id IN (SELECT id FROM authors WHERE name = 'Reader 99') BEGIN SELECT RAISE(ABORT, 'no'); END")
	if err != nil {
		t.Fatal(err)
	}
	b.post(t, writer(1, campaign))
	for range 5 {
		if _, err := b.try(writer(99, campaign)); err == nil || models.CodeOf(err) != "" {
			t.Fatalf("stored all the same: %v", err)
		}
	}
	if got := b.status(t, writer(2, campaign)); got != models.Approved {
		t.Errorf("the second copy is %s", got)
	}
	if got := b.status(t, writer(3, campaign)); got != models.Pending {
		t.Errorf("the third copy is %s", got)
	}
	b.sound(t)
}

// TestSlowFlood: where copies are to be refused, they are told when to come again
// and are not counted.
func TestSlowFlood(t *testing.T) {
	b := newBench(t, false)
	draft := floodRule(3)
	draft.Action = models.Slow
	b.add(t, draft)
	b.post(t, writer(1, campaign))
	b.advance(time.Hour)
	b.post(t, writer(2, campaign))
	for i := range 3 {
		_, err := b.try(writer(3+i, campaign))
		if r := refusal(t, err, models.CodeRateLimited); r.RetryAfter != 23*time.Hour {
			t.Errorf("retry after %v, want 23 h", r.RetryAfter)
		}
	}
	b.advance(23*time.Hour + time.Second)
	b.post(t, writer(9, campaign))
	b.sound(t)
}
