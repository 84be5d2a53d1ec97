package moderation_test

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rules"
)

// factsOf returns what was known at each verdict on a comment, and checks that the
// record is whole: the same bytes come out of it again.
func (d *desk) factsOf(tb testing.TB, id string) ([]rules.Facts, []moderation.Judgement) {
	tb.Helper()
	h, err := d.History(tb.Context(), id)
	if err != nil {
		tb.Fatal(err)
	}
	list := make([]rules.Facts, len(h.Verdicts))
	for i, v := range h.Verdicts {
		if err := json.Unmarshal([]byte(v.Facts), &list[i]); err != nil {
			tb.Fatal(err)
		}
		if again, err := json.Marshal(list[i]); err != nil || string(again) != v.Facts || v.Seq != i {
			tb.Errorf("verdict %d as number %d: %s becomes %s", v.Seq, i, v.Facts, again)
		}
	}
	return list, h.Verdicts
}

func TestFactsAreStored(t *testing.T) {
	d := newDesk(t)
	d.rule(t, "vile", models.Reject)
	d.rate(t, `{"count":30,"seconds":60,"by":["address","host"]}`)
	d.add(t, floodRule(3))
	at := d.clock()
	text := "See [this](https://www.shop.example/a), the best guide to dubious watches in the whole wide world."
	r := d.post(t, moderation.Submission{Text: text, Name: "Rita", Email: "rita@mail.example", Addr: wideAddr(1, 2, 3, 4)})
	facts, verdicts := d.factsOf(t, r.id())
	if len(facts) != 1 || verdicts[0].Revision != 4 {
		t.Fatalf("%d verdicts, %+v; want one of revision 4", len(facts), verdicts)
	}
	f := facts[0]
	if f.Now != at.UnixMilli() || f.Edit || f.Text != rules.Digest(text) || f.Email != "rita@mail.example" || !slices.Equal(f.Links, []string{"https://www.shop.example/a"}) ||
		f.Author.ID == 0 || f.Author.Approved != 0 || f.Author.Kind != "guest" || f.Article.URL != "https://news.example/story" || f.Article.Mode != models.PostMode {
		t.Errorf("facts %+v", f)
	}
	for _, key := range []string{"author", "address", "address/56", "address/48", "network", "article", "site", "host", "newcomers"} {
		if len(f.Keys[key]) != 1 || strings.Contains(f.Keys[key][0], "2001:") {
			t.Errorf("key %s: %v", key, f.Keys[key])
		}
	}
	if len(f.Floods) != 1 || f.Floods[0].Copies != 1 {
		t.Errorf("floods %+v", f.Floods)
	}
	second := d.post(t, moderation.Submission{Text: text, Name: "Rita", Email: "rita@mail.example", Addr: wideAddr(1, 2, 3, 4)})
	facts, _ = d.factsOf(t, second.id())
	if f := facts[0]; len(f.Rates) != 3 || f.Rates[0].TAT == 0 || f.Floods[0].Copies != 2 || f.Author.Pending != 1 {
		t.Errorf("facts of the second %+v", f)
	}
	_, err := d.try(moderation.Submission{Text: "This is vile.", Name: "Rita", Addr: addr(1)})
	refusal(t, err, models.CodeRejected)
	page, err := d.Queue(t.Context(), d.anna, queueOf(models.Removed))
	if err != nil || len(page.Items) != 1 {
		t.Fatal(err)
	}
	if facts, _ := d.factsOf(t, page.Items[0].Comment.PublicID()); len(facts) != 1 {
		t.Errorf("%d verdicts on the refused comment", len(facts))
	}
	d.sound(t)
}

func TestFactsOfEdits(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "One.")
	d.edit(t, id, "Two, see https://a.example/.")
	d.rule(t, "rude", models.Hold)
	d.edit(t, id, "rude three")
	facts, verdicts := d.factsOf(t, id)
	if len(facts) != 3 {
		t.Fatalf("%d verdicts, want 3", len(facts))
	}
	for i, want := range []struct {
		text     string
		revision int
	}{{"One.", 1}, {"Two, see https://a.example/.", 1}, {"rude three", 2}} {
		if facts[i].Text != rules.Digest(want.text) || verdicts[i].Revision != want.revision || facts[i].Edit != (i > 0) || facts[i].Author.Approved != 0 {
			t.Errorf("verdict %d of revision %d: %+v", i, verdicts[i].Revision, facts[i])
		}
	}
	if !slices.Equal(facts[1].Links, []string{"https://a.example/"}) {
		t.Errorf("links of the edit %v", facts[1].Links)
	}
	d.sound(t)
}

// TestRevisionIsThatOfTheRules: comments that come while rules change are recorded
// with the revision whose rules judged them.
func TestRevisionIsThatOfTheRules(t *testing.T) {
	d := newDesk(t)
	for i := range 10 {
		var wg sync.WaitGroup
		ids := make([]string, 30)
		for k := range ids {
			wg.Go(func() {
				if r, err := d.try(writer(100*i+k, "dubious round")); err == nil {
					ids[k] = r.Comment.PublicID()
				}
			})
		}
		d.rule(t, fmt.Sprint("dubious round ", i), models.Tag)
		wg.Wait()
		for _, id := range ids {
			if id == "" {
				continue
			}
			_, verdicts := d.factsOf(t, id)
			replayed, err := d.Replay(t.Context(), id)
			if err != nil || len(replayed) != 1 || !replayed[0].Equal {
				t.Fatalf("revision %d: replayed %+v, %v", verdicts[0].Revision, replayed, err)
			}
		}
	}
}

// TestSubmitQueriesDoNotGrow: comments that share a commit share its statements.
func TestSubmitQueriesDoNotGrow(t *testing.T) {
	d := newDesk(t)
	d.rate(t, `{"count":500,"seconds":60,"by":["address","host"]}`)
	d.add(t, floodRule(50))
	d.add(t, moderation.RuleDraft{Name: "shadow", Kind: "links", Action: models.Hold, Mode: "shadow", Spec: `{"more_than":0}`})
	say := func(i int) moderation.Submission {
		in := writer(i, fmt.Sprintf("Comment %d on [a page](https://page%d.example/).", i, i%7))
		in.Article = article(fmt.Sprint("story-", i))
		return in
	}
	d.post(t, say(0))
	d.sql.take()
	d.post(t, say(1))
	alone := len(d.sql.take())
	crowd := make([]poster, 300)
	for i := range crowd {
		crowd[i].in = say(2 + i)
	}
	for _, err := range postAll(crowd, func(int) *bench { return d.bench }) {
		if err != nil {
			t.Fatal(err)
		}
	}
	statements, commits := d.sql.take(), 0
	for _, sql := range statements {
		if strings.HasPrefix(sql, "INSERT INTO `verdicts`") {
			commits++
		}
	}
	// Each new article and author takes an id of its own.
	if n := len(statements) - 2*len(crowd); commits == 0 || commits > 100 || n > commits*(alone+2) {
		t.Errorf("%d statements for %d comments in %d commits; one alone takes %d", len(statements), len(crowd), commits, alone)
	}
}

func TestAddressesAreForgotten(t *testing.T) {
	d := newDesk(t)
	d.rate(t, `{"count":30,"seconds":60,"by":["address"]}`)
	d.add(t, floodRule(3))
	old := []string{}
	for i, from := range []netip.Addr{addr(1), addr(1), wideAddr(1, 2, 3, 4), wideAddr(1, 2, 3, 5)} {
		r := d.post(t, moderation.Submission{Text: fmt.Sprint("An old comment, number ", i, ", about the long road to the station."), Name: "Rita", Addr: from})
		old = append(old, r.id())
	}
	d.tokens[old[3]] = ""
	d.advance(29 * 24 * time.Hour)
	young := d.post(t, moderation.Submission{Text: "A young one.", Name: "Rita", Addr: wideAddr(1, 2, 3, 4)}).id()
	before := d.stored(t, old[3])
	if before.AddrHash == nil || before.NetHash == nil || len(before.WideHash) != 32 {
		t.Fatalf("hashes %v, %v, %v", before.AddrHash, before.NetHash, before.WideHash)
	}
	d.advance(24*time.Hour + time.Second)
	explained := d.look(t, old[0]).Why
	if err := d.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	for _, id := range old {
		c := d.stored(t, id)
		facts, _ := d.factsOf(t, id)
		if c.AddrHash != nil || c.NetHash != nil || c.WideHash != nil || !forgotten(&facts[0]) {
			t.Errorf("%s remembers %v, %v, %v, %+v", id, c.AddrHash, c.NetHash, c.WideHash, facts[0])
		}
		if replayed, err := d.Replay(t.Context(), id); err != nil || !replayed[0].Equal {
			t.Errorf("%s: judged otherwise after it forgot: %v", id, err)
		}
	}
	if c := d.stored(t, young); c.AddrHash == nil {
		t.Error("a young comment has forgotten its address")
	}
	if facts, _ := d.factsOf(t, young); forgotten(&facts[0]) {
		t.Error("the facts of a young comment have")
	}
	if !reflect.DeepEqual(explained, d.look(t, old[0]).Why) {
		t.Error("the findings changed")
	}
	sketches, err := d.store.SketchesSince(t.Context(), 1, 0, 0, 100)
	if err != nil || len(sketches) > 1 {
		t.Errorf("%d sketches are left after 30 days, %v", len(sketches), err)
	}
	d.sound(t)
}

func (d *desk) stored(tb testing.TB, id string) models.Comment {
	tb.Helper()
	number, _ := models.CommentID.Parse(id)
	c, err := d.store.Comment(tb.Context(), number)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

// forgotten reports whether nothing in the facts tells an address.
func forgotten(f *rules.Facts) bool {
	hash := func(s string) bool { return len(s) == 22 } // 16 bytes in base 64
	for _, values := range f.Keys {
		if slices.ContainsFunc(values, hash) {
			return false
		}
	}
	return !slices.ContainsFunc(f.Rates, func(r rules.RateFact) bool {
		return slices.ContainsFunc(strings.FieldsFunc(r.Key, func(c rune) bool { return c == ':' || c == '|' }), hash)
	})
}
