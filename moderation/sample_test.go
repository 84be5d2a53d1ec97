package moderation_test

import (
	"fmt"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

// TestSample draws about as many as it should, and what it draws lies in the lane.
func TestSample(t *testing.T) {
	for _, c := range []struct {
		name          string
		sample, of    int
		plain, shadow int // drawn at least
	}{
		{"usual", 20, 600, 5, 90},
		{"none", 0, 40, 0, 0},
		{"all", 1000, 40, 40, 40},
	} {
		t.Run(c.name, func(t *testing.T) {
			d := newDesk(t)
			d.add(t, moderation.RuleDraft{Name: "maybe", Kind: "keyword", Action: models.Hold, Mode: "shadow", Spec: `{"terms":["maybe"]}`})
			d.add(t, moderation.RuleDraft{Name: "waits", Kind: "keyword", Action: models.Hold, Mode: "enforce", Legal: true, Spec: `{"terms":["waits"]}`})
			if _, err := d.PatchSite(t.Context(), "news", moderation.SitePatch{Sample: &c.sample}); err != nil {
				t.Fatal(err)
			}
			drawn, extra := d.drawn(t, "plain", c.of)
			if drawn < c.plain || drawn > 5*c.plain || extra != 0 {
				t.Errorf("%d of %d drawn, %d of them extra", drawn, c.of, extra)
			}
			shadow, extra := d.drawn(t, "maybe", c.of)
			if shadow < c.shadow || shadow > 2*c.shadow || c.sample == 20 && extra < 60 {
				t.Errorf("%d of %d drawn, %d of them extra", shadow, c.of, extra)
			}
			held, _ := d.drawn(t, "waits", c.of)
			if held != 0 {
				t.Errorf("%d of those that wait anyway were drawn", held)
			}
			if n := d.count(t, models.LaneSample); n != drawn+shadow {
				t.Errorf("the lane counts %d, want %d", n, drawn+shadow)
			}
			report, err := d.SampleReport(t.Context(), "news")
			if err != nil || report.Drawn != int64(drawn+shadow-extra) {
				t.Errorf("the report counts %d, want %d without the extra ones, %v", report.Drawn, drawn+shadow-extra, err)
			}
			d.sound(t)
		})
	}
}

// drawn posts comments and returns how many were drawn.
func (d *desk) drawn(tb testing.TB, word string, n int) (drawn, extra int) {
	tb.Helper()
	crowd := make([]poster, n)
	for i := range crowd {
		crowd[i].in = writer(i, fmt.Sprint(word, " ", i))
		crowd[i].in.Article = article(fmt.Sprint("story-", i))
		crowd[i].in.Key = fmt.Sprintf("key-%s-%d", word, i)
	}
	for i, err := range postAll(crowd, func(int) *bench { return d.bench }) {
		if err != nil {
			tb.Fatal(err)
		}
		again, err := d.try(crowd[i].in)
		if err != nil || !again.Repeated {
			tb.Fatalf("repeated %v, %v", again.Repeated, err)
		}
		if again.Comment.Sampled {
			drawn++
		}
		if again.Comment.Extra {
			extra++
		}
	}
	return drawn, extra
}
