package rules_test

import (
	"encoding/json"
	"os"
	"reflect"
	"strings"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"postbag/models"
	"postbag/moderation/rules"
)

// TestStoredFacts: facts that were stored by an earlier version are read as they
// were meant, and written as they are stored. The file never changes.
func TestStoredFacts(t *testing.T) {
	stored, err := os.ReadFile("testdata/facts-v1.json")
	if err != nil {
		t.Fatal(err)
	}
	want := rules.Facts{
		Now: 1795424400000, Edit: true, Text: "0f1e2d3c4b5a6978", Email: "a@mail.example", Links: []string{"https://a.example/x"},
		Author:  rules.AuthorFacts{ID: 7, Kind: "guest", Approved: 2, Pending: 1, Removed: 3, Spam: 4, Since: 1795000000000, Sanction: "premod"},
		Article: rules.ArticleFacts{ID: 9, Ident: "story-9", URL: "https://news.example/crime/9", Mode: models.PreMode, Heat: 1, SlowSeconds: 60, LastByAuthor: 1795424390000},
		Keys:    map[string][]string{"author": {"u7"}, "address": {"aGFzaA"}, "address/56": {"d2lkZQ"}},
		Rates:   []rules.RateFact{{Counter: rules.Counter{Rule: 3, Key: "author:u7"}, TAT: 1795424412000000000}},
		Floods:  []rules.FloodFact{{Rule: 4, Copies: 3, Authors: 2, Articles: 1, First: 46, Since: 1795420000000, Similarity: 91}},
	}
	var got rules.Facts
	if err := json.Unmarshal(stored, &got); err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("read %+v, %v", got, err)
	}
	if text, err := json.Marshal(want); err != nil || string(text) != strings.TrimSpace(string(stored)) {
		t.Errorf("written %s, %v", text, err)
	}
	var later rules.Facts
	if err := json.Unmarshal([]byte(`{"t":5,"unknown":{"x":1}}`), &later); err != nil || later.Now != 5 {
		t.Errorf("a fact of a later version: %+v, %v", later, err)
	}
}

// drawFacts makes facts of all shapes, for an engine.
func drawFacts(t *rapid.T, e *rules.Engine) rules.Facts {
	text := rapid.StringN(0, 12, 40)
	small := rapid.IntRange(0, 6)
	at := rapid.Int64Range(0, now)
	f := rules.Facts{
		Now: now + rapid.Int64Range(-hour, hour).Draw(t, "now"), Edit: rapid.Bool().Draw(t, "edit"),
		Text: text.Draw(t, "digest"), Email: text.Draw(t, "email"),
		Author: rules.AuthorFacts{
			ID: at.Draw(t, "author"), Kind: rapid.SampledFrom(append(rules.AuthorKinds(), "")).Draw(t, "kind"), Approved: small.Draw(t, "approved"),
			Pending: small.Draw(t, "pending"), Removed: small.Draw(t, "removed"), Spam: small.Draw(t, "spam"), Since: at.Draw(t, "since"),
			Sanction: rapid.SampledFrom([]string{"", "premod", "trust"}).Draw(t, "sanction"),
		},
		Article: rules.ArticleFacts{
			ID: at.Draw(t, "article"), Ident: text.Draw(t, "ident"), URL: rapid.SampledFrom([]string{"", "https://news.example/crime/x", "https://news.example//x?y", "%%%"}).Draw(t, "url"),
			Mode: rapid.SampledFrom([]models.Mode{models.PreMode, models.PostMode}).Draw(t, "mode"), Heat: small.Draw(t, "heat"),
			SlowSeconds: 60 * small.Draw(t, "slow"), LastByAuthor: now - rapid.Int64Range(0, hour).Draw(t, "last"),
		},
	}
	for _, name := range append(rules.RateKeys(), "address/56", "address/48") {
		most := 1
		if name == "host" {
			most = 3
		}
		if values := rapid.SliceOfN(rapid.StringMatching(`[A-Za-z0-9+/.:]{0,8}`), 0, most).Draw(t, name); len(values) > 0 {
			if f.Keys == nil {
				f.Keys = map[string][]string{}
			}
			f.Keys[name] = values
		}
	}
	for _, c := range e.Counters(f.Keys) {
		f.Rates = append(f.Rates, rules.RateFact{Counter: c, TAT: (now + rapid.Int64Range(-hour, hour).Draw(t, "tat")) * 1_000_000})
	}
	for _, q := range e.FloodQueries() {
		if rapid.Bool().Draw(t, "flood") {
			f.Floods = append(f.Floods, rules.FloodFact{Rule: q.Rule, Copies: small.Draw(t, "copies"), Authors: small.Draw(t, "authors"), Articles: small.Draw(t, "articles"),
				First: at.Draw(t, "first"), Since: at.Draw(t, "flooded"), Similarity: rapid.IntRange(0, 100).Draw(t, "similarity")})
		}
	}
	return f
}

// everyKind is an engine with rules of all kinds.
func everyKind(t testing.TB) *rules.Engine {
	crime := rule(8, rules.Author, models.Hold, `{"younger_than_hours":24,"removed_share_above":30}`)
	crime.Scope.Sections = []string{"/crime"}
	return mustCompile(t,
		rule(1, rules.Keyword, models.Reject, `{"terms":["quenby","turnip*","verity lane"],"fields":["text","name","email","link"]}`),
		rule(2, rules.Rate, models.Slow, `{"count":3,"seconds":60,"by":["address","article"]}`),
		rule(3, rules.Rate, models.Hold, `{"count":1,"seconds":600,"by":["host"]}`),
		in(rules.Shadow, rule(4, rules.Flood, models.Reject, `{"copies":3,"hours":24}`)),
		rule(5, rules.Links, models.Hold, `{"more_than":1,"hosts":["bad.example"],"shorteners":true,"defanged":true,"first_link":true}`),
		rule(6, rules.Expression, models.Tag, when("links > 1 || author.hours < 5 && time.hour > 8 || folded contains 'quenby' || article.heat > 2")),
		rule(7, rules.Combination, models.Close, `{"at_least":2,"of":[{"author":{"approved_below":2}},{"not":{"links":{"more_than":0}}},{"flood":{"copies":2,"hours":1}}]}`),
		crime,
		rule(9, rules.Expression, models.Allow, when("author.approved > 4")),
	)
}

func drawInput(t *rapid.T) rules.Input {
	piece := rapid.SampledFrom([]string{"quenby", "Tur nip", "hello", " ", "\n", "https://a.example/x", "https://bad.example", "bit.ly", "hxxp://x", "@you", "é", "😀", "[a](https://x.y)", "Verity"})
	pieces := rapid.SliceOfN(piece, 0, 8)
	return rules.Input{
		Text: strings.Join(pieces.Draw(t, "text"), ""), Name: strings.Join(pieces.Draw(t, "name"), ""), Email: "a@quenby.example",
		Links: rapid.SliceOfN(rapid.SampledFrom([]string{"https://a.example/x", "https://bad.example", "https://bit.ly/x"}), 0, 3).Draw(t, "links"),
	}
}

// TestReplay is the promise that stored facts give the same verdict, bit for
// bit: on another engine of the same rules, from another reading of the same
// text, as often as one likes, and after the address was forgotten.
func TestReplay(t *testing.T) {
	live, again := everyKind(t), everyKind(t)
	rapid.Check(t, func(t *rapid.T) {
		in, facts := drawInput(t), drawFacts(t, live)
		before, err := json.Marshal(facts)
		if err != nil {
			t.Fatal(err)
		}
		reading := live.Read(in)
		verdict, taken := reading.Conclude(&facts)
		if after, _ := json.Marshal(facts); string(after) != string(before) {
			t.Fatalf("Conclude changed the facts: %s, were %s", after, before)
		}
		var stored rules.Facts
		if err := json.Unmarshal(before, &stored); err != nil || !reflect.DeepEqual(stored, facts) {
			t.Fatalf("facts %+v are read back as %+v, %v", facts, stored, err)
		}
		for range 2 {
			same, sameTaken := again.Read(in).Conclude(&stored)
			if !reflect.DeepEqual(same, verdict) || !reflect.DeepEqual(sameTaken, taken) {
				t.Fatalf("replayed %+v %+v, was %+v %+v", same, sameTaken, verdict, taken)
			}
		}
		stored.Forget()
		if same, _ := again.Read(in).Conclude(&stored); !reflect.DeepEqual(same, verdict) {
			t.Fatalf("without the address %+v, was %+v", same, verdict)
		}
	})
}

// TestForget: without the address the verdict is the same, and nothing of the
// address is left.
func TestForget(t *testing.T) {
	e := mustCompile(t, rule(1, rules.Rate, models.Slow, `{"count":1,"seconds":60,"by":["address","article"]}`), rule(2, rules.Rate, models.Hold, `{"count":1,"seconds":60,"by":["network"]}`))
	facts := rules.Facts{Now: now, Keys: map[string][]string{"address": {"secret1"}, "address/48": {"secret2"}, "network": {"secret3"}, "article": {"a1"}}}
	for _, c := range e.Counters(facts.Keys) {
		facts.Rates = append(facts.Rates, rules.RateFact{Counter: c, TAT: (now + 5*minute) * 1_000_000})
	}
	want, _ := e.Read(rules.Input{}).Conclude(&facts)
	kept := facts
	facts.Forget()
	text, _ := json.Marshal(facts)
	if strings.Contains(string(text), "secret") || !strings.Contains(string(text), "article:a1") {
		t.Errorf("left over: %s", text)
	}
	if got, _ := e.Read(rules.Input{}).Conclude(&facts); !reflect.DeepEqual(got, want) || len(got.Findings) != 2 {
		t.Errorf("verdict %+v, was %+v", got, want)
	}
	if kept.Keys["address"][0] != "secret1" || !strings.Contains(kept.Rates[0].Key, "secret1") {
		t.Error("a copy of the facts was changed")
	}
	var none rules.Facts
	if none.Forget(); !reflect.DeepEqual(none, rules.Facts{}) {
		t.Errorf("empty facts became %+v", none)
	}
}

// TestReadingIsShared: one reading and one engine serve many at once.
func TestReadingIsShared(t *testing.T) {
	e := everyKind(t)
	in := rules.Input{Text: "Quenby, see https://bit.ly/x", Links: []string{"https://bit.ly/x"}}
	reading := e.Read(in)
	want, _ := reading.Conclude(&rules.Facts{Now: now})
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				for _, r := range []*rules.Reading{reading, e.Read(in)} {
					if got, _ := r.Conclude(&rules.Facts{Now: now}); !reflect.DeepEqual(got, want) {
						t.Errorf("got %+v, want %+v", got, want)
					}
				}
			}
		})
	}
	wg.Wait()
}

// TestDigest: the digest is part of the stored format.
func TestDigest(t *testing.T) {
	if a, b := rules.Digest("abc"), rules.Digest(""); a != "ba7816bf8f01cfea" || b != "e3b0c44298fc1c14" {
		t.Errorf("%s, %s", a, b)
	}
}
