package keyword_test

import (
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

func unquoteChar(s string) (rune, bool, string, error) { return strconv.UnquoteChar(s, 0) }

// naive finds the words of a list that stand in a text as they are: the twin
// that the matcher may outdo but never miss.
func naive(words []string, text string) [][2]int {
	var out [][2]int
	for at := 0; at < len(text); {
		n := strings.IndexByte(text[at:]+" ", ' ')
		if slices.Contains(words, strings.ToLower(text[at:at+n])) {
			out = append(out, [2]int{at, at + n})
		}
		at += n + 1
	}
	return out
}

// FuzzTwin holds the matcher to its twin on plain text, and to itself when
// something invisible is put between the bytes.
func FuzzTwin(f *testing.F) {
	f.Add("what a prat and a snargle", uint8(3))
	f.Add("o a f oaf oafs pratt", uint8(0))
	f.Add("goon go on g o o n goooon", uint8(7))
	words := []string{"prat", "snargle", "oaf", "goon", "twazzock"}
	m := mustCompile(f, words...)
	f.Fuzz(func(t *testing.T, raw string, at uint8) {
		text := strings.Map(func(r rune) rune {
			if r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' {
				return r
			}
			return ' '
		}, raw)
		hits := m.Find(text)
		for _, w := range naive(words, text) {
			if !slices.ContainsFunc(hits, func(h keyword.Hit) bool { return h.Start <= w[0] && w[1] <= h.End && !h.Slip }) {
				t.Errorf("missed %q in %q", text[w[0]:w[1]], text)
			}
		}
		cut := int(at) % (len(text) + 1)
		hidden := m.Find(text[:cut] + "\u200b" + text[cut:])
		if len(hidden) != len(hits) {
			t.Errorf("%q: %d hits, %d with a hidden character at %d", text, len(hits), len(hidden), cut)
		}
	})
}

// FuzzLists holds a set of lists to the naive twin of each list on plain text,
// and on any text to what a matcher of each list alone finds.
func FuzzLists(f *testing.F) {
	f.Add("what a prat and a snargle, goon", uint8(3))
	f.Add("oaf oafs p.r.a.t pr\u0430t g**n", uint8(1))
	lists := [][]string{{"prat", "oaf"}, {"snargle", "prat"}, {"goon", "oafs", "!prat bottom", "prat"}}
	var alone []*keyword.Matcher
	var joined []string
	for _, list := range lists {
		alone = append(alone, mustCompile(f, list...))
		joined = append(joined, strings.Join(list, ";"))
	}
	m := set(f, joined...)
	f.Fuzz(func(t *testing.T, raw string, at uint8) {
		plain := strings.Map(func(r rune) rune {
			if r|0x20 >= 'a' && r|0x20 <= 'z' {
				return r
			}
			return ' '
		}, raw)
		hits := m.Find(plain)
		for i, list := range lists[:2] {
			for _, w := range naive(list, plain) {
				if !slices.ContainsFunc(hits, func(h keyword.Hit) bool {
					return h.List == i && h.Start <= w[0] && w[1] <= h.End && !h.Slip
				}) {
					t.Errorf("list %d missed %q in %q", i, plain[w[0]:w[1]], plain)
				}
			}
		}
		for i := range lists {
			got := slices.DeleteFunc(m.Find(raw), func(h keyword.Hit) bool { return h.List != i })
			if want := alone[i].Find(raw); !sameSpans(got, want) {
				t.Errorf("%q: list %d has %v in the set, %v alone", raw, i, got, want)
			}
		}
	})
}

func sameSpans(a, b []keyword.Hit) bool {
	return slices.EqualFunc(a, b, func(a, b keyword.Hit) bool {
		return a.Line == b.Line && a.Start == b.Start && a.End == b.End && a.Slip == b.Slip
	})
}

// FuzzFind throws anything at the matcher: it must not fail, and its hits must
// lie on whole characters, in order, and apart for each term.
func FuzzFind(f *testing.F) {
	for _, text := range evasion.Hostile() {
		f.Add(text[:64])
	}
	for _, s := range []string{"\u202epr\u202dat\u202c", "&amp;#x70;r<b>a</b>t", "[pr](x)at", "p**t ***", "turnip[.]example dot com", "Tuckleby, M.", "\xff\xfe", "ꓤɐu ʇɐɹd", "|\\|/\\|_|"} {
		f.Add(s)
	}
	m := mustCompile(f, "prat", "snargle", "Marvin O'Tuckleby", "win a yacht", "turnip.example.com", "zibbl*", "!zibblington", "кот", "कम", "市长", "🍆", "numpty")
	f.Fuzz(func(t *testing.T, text string) {
		last, end := -1, map[int]int{}
		for _, h := range m.Find(text) {
			if h.Start < 0 || h.Start >= h.End || h.End > len(text) || h.Start < last || h.Start < end[h.Term] {
				t.Fatalf("%q: %+v", text, h)
			}
			if utf8.ValidString(text) && (!utf8.RuneStart(text[h.Start]) || h.End < len(text) && !utf8.RuneStart(text[h.End])) {
				t.Fatalf("%q: %+v cuts a character", text, h)
			}
			last, end[h.Term] = h.Start, h.End
		}
		fold := keyword.Fold(text)
		if fold.Text != "" {
			if start, end := fold.Original(0, len(fold.Text)); start < 0 || start > end || end > len(text) {
				t.Fatalf("%q: fold maps to %d, %d", text, start, end)
			}
		}
	})
}
