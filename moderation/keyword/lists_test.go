package keyword_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

// set compiles lists, one per argument, lines of a list parted by ';'.
func set(tb testing.TB, lists ...string) *keyword.Matcher {
	tb.Helper()
	var all []keyword.Term
	for i, list := range lists {
		terms, err := keyword.ParseTerms(strings.NewReader(strings.ReplaceAll(list, ";", "\n")))
		if err != nil {
			tb.Fatal(err)
		}
		for _, t := range terms {
			t.List = i
			all = append(all, t)
		}
	}
	m, err := keyword.Compile(all)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// marks renders hits as "list:text", a slip with '~'.
func marks(text string, hits []keyword.Hit) string {
	var out []string
	for _, h := range hits {
		slip := ""
		if h.Slip {
			slip = "~"
		}
		out = append(out, fmt.Sprintf("%d:%s%s", h.List, slip, text[h.Start:h.End]))
	}
	return strings.Join(out, " | ")
}

func TestLists(t *testing.T) {
	for _, c := range []struct {
		name  string
		lists []string
		text  string
		want  string
	}{
		{"equal terms in two lists both hit", []string{"prat", "oaf", "prat"}, "a p.r.a.t", "0:p.r.a.t | 2:p.r.a.t"},
		{"equal terms twice in one list both hit", []string{"prat;prat"}, "a prat", "0:prat | 0:prat"},
		{"a term is allowed in its own list only", []string{"prat;!prat bottom", "prat"}, "in Prat Bottom", "1:Prat"},
		{"an allowed term of another list is no hit", []string{"!prat", "oaf"}, "prat oaf", "1:oaf"},
		{"a prefix here, a word there", []string{"snarg*", "snarg", "snargle"}, "a snargle", "0:snargle | 2:snargle"},
		{"a name here, words there", []string{"Della Frostwick", "della frostwick"}, "D. Frostwick and della frostwicks", "0:D. Frostwick | 0:della frostwicks | 1:della frostwicks"},
		{"the longest of one term, and of each list", []string{"win a yacht", "yacht", "win"}, "win a yacht", "2:win | 0:win a yacht | 1:yacht"},
		{"masks and slips", []string{"plonkeroo", "plonkeroo", "plonker"}, "pl****roo plokneroo", "0:pl****roo | 1:pl****roo | 0:~plokneroo | 1:~plokneroo"},
		{"signs", []string{"🍆;!🍆🍆", "🍆"}, "🍆 🍆🍆", "0:🍆 | 1:🍆 | 1:🍆 | 1:🍆"},
		{"hosts", []string{"turnip.example.com", "turnip.example.com;!turnip.example.com"}, "turnip[.]example[.]com", "0:turnip[.]example[.]com"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := marks(c.text, set(t, c.lists...).Find(c.text)); got != c.want {
				t.Errorf("%q\n got %s\nwant %s", c.text, got, c.want)
			}
		})
	}
}

// TestSetIsItsLists holds a set to the same hits as one matcher per list.
func TestSetIsItsLists(t *testing.T) {
	lists := []string{"prat;oaf;snarg*;!snargate", "prat;!prat bottom;Fiona McWhistle", "oafs;goon;turnip.example.com;ab", "", "wcist;snargle;moonbeam coin;🍆"}
	whole := set(t, lists...)
	for _, text := range append(slices.Collect(sample(evasion.Hostile())), "prat bottom oafs snargate snargle MCWHISTLE, FIONA p**t", "sngarle m00nbeam-coin goooon 🍆 turnip dot example dot com") {
		var want []string
		for i, list := range lists {
			for _, h := range set(t, list).Find(text) {
				want = append(want, fmt.Sprint(i, h.Line, h.Start, h.End, h.Slip))
			}
		}
		var got []string
		for _, h := range whole.Find(text) {
			got = append(got, fmt.Sprint(h.List, h.Line, h.Start, h.End, h.Slip))
		}
		slices.Sort(want)
		slices.Sort(got)
		if !slices.Equal(got, want) {
			t.Errorf("%.60q: %d hits of the set, %d of its lists", text, len(got), len(want))
		}
	}
}

// sample gives the first 2 KB of each text.
func sample(texts map[string]string) func(func(string) bool) {
	return func(yield func(string) bool) {
		for _, text := range texts {
			if !yield(strings.ToValidUTF8(text[:2<<10], "")) {
				return
			}
		}
	}
}

// TestNoisyListHidesNone is the promise that a text cannot be stuffed with the
// words of a harmless list until a banned word is no longer seen.
func TestNoisyListHidesNone(t *testing.T) {
	noise := strings.Repeat("oaf, ", 12_000)
	for _, c := range []struct {
		name, lists, text, want string
	}{
		{"behind the noise", "oaf|prat", noise + "prat", "1:prat"},
		{"before the noise", "oaf|prat", "prat " + noise, "1:prat"},
		{"disguised", "oaf|prat", noise + "p-r-a-t p*at", "1:p-r-a-t"},
		{"masked", "oaf|plonker", noise + "pl****r", "1:pl****r"},
		{"slip", "oaf|plonkeroo", noise + "plokneroo", "1:~plokneroo"},
		{"a sure hit behind slips", "oaf|plonkeroo", noise + "plonkkeroo plonkeroo plonkeroo", "1:~plonkkeroo | 1:plonkeroo"},
		{"sign", "oaf|🍆", noise + "🍆", "1:🍆"},
		{"the same word in other lists", "oaf|oaf|oaf", noise, "1:oaf | 2:oaf"},
		{"behind what is allowed", "oaf|prat;!prat bottom", strings.Repeat("prat bottom ", 11_000) + noise + "a prat", "1:prat"},
		{"only what is allowed", "oaf|prat;!prat bottom", noise + strings.Repeat("prat bottom ", 1_000), ""},
		{"a longer term of the noise", "oaf*|oafish prat", noise + "oafish prat", "1:oafish prat"},
	} {
		t.Run(c.name, func(t *testing.T) {
			m := set(t, strings.Split(c.lists, "|")...)
			hits := m.Find(c.text)
			seen := map[string]bool{}
			kept := slices.DeleteFunc(slices.Clone(hits), func(h keyword.Hit) bool {
				key := fmt.Sprint(h.List, h.Slip)
				again := h.List == 0 || seen[key]
				seen[key] = true
				return again
			})
			if got := marks(c.text, kept); got != c.want {
				t.Errorf("beside %d other hits: got %q, want %q", len(hits)-len(kept), got, c.want)
			}
			if len(hits) == len(kept) {
				t.Error("no hit of the noise")
			}
			if len(hits) > 4_100 {
				t.Errorf("%d hits", len(hits))
			}
		})
	}
}

func TestSetLimits(t *testing.T) {
	many := func(n, lists int) []keyword.Term {
		terms := make([]keyword.Term, n)
		for i := range terms {
			terms[i] = keyword.Term{Text: "prat", Line: "prat", List: i % lists}
		}
		return terms
	}
	for name, terms := range map[string][]keyword.Term{
		"one list too long":  many(keyword.MaxTerms+1, 1),
		"too many in all":    many(keyword.MaxSetTerms+1, 1_000),
		"list below 0":       {{Text: "prat", List: -1}},
		"list above the end": {{Text: "prat", List: keyword.MaxLists}},
	} {
		if _, err := keyword.Compile(terms); !errors.Is(err, keyword.ErrTerms) {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, terms := range [][]keyword.Term{many(keyword.MaxTerms, 1), many(keyword.MaxSetTerms, 8), {{Text: "prat", List: keyword.MaxLists - 1}}} {
		if _, err := keyword.Compile(terms); err != nil {
			t.Errorf("%d terms: %v", len(terms), err)
		}
	}
}

// TestStuffing is the promise that a text which is made to cost much hides no
// term that stands behind it as it is, nor a disguised one further on.
func TestStuffing(t *testing.T) {
	terms := inLists(evasion.HostileTerms())
	for i, w := range []string{"lucky beet tonic", "Della Frostwick", "parsniploan.example.com", "grizzock", "plonkeroo"} {
		terms = append(terms, keyword.Term{Text: w, Line: w, List: 200 + i})
	}
	m, err := keyword.Compile(terms)
	if err != nil {
		t.Fatal(err)
	}
	tail := "\n\na lucky beet tonic (Della Frostwick), grizzock parsniploan.example.com. " + strings.Repeat(evasion.Kilobyte(), 4) + " p.l.о.n.k.e.r.о.о"
	for name, text := range evasion.Hostile() {
		if name == "nested" || name == "pop" || name == "bidi" {
			text += strings.Repeat("\u202c", 100)
		}
		found := map[string]bool{}
		for _, h := range m.Find(text + tail) {
			if h.List >= 200 {
				found[h.Line] = true
			}
		}
		if len(found) != 5 {
			t.Errorf("%s: found only %v", name, found)
		}
	}
}
