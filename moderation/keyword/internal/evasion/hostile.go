package evasion

import (
	"math/rand/v2"
	"strings"
)

// Hostile gives texts of 64 KB that are meant to cost as much as possible.
func Hostile() map[string]string {
	fill := func(s string) string { return strings.Repeat(s, 1+(64<<10)/len(s))[:64<<10] }
	return map[string]string{
		"zalgo":      fill("a\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308"),
		"references": fill("&amp;amp;amp;amp;#97;"),
		"ampersands": fill("&amp;"),
		"open":       fill("&#&"),
		"bidi":       fill("\u202ea\u202db\u2067"),
		"nested":     fill("\u202e"),
		"pop":        fill("\u202eab\u202c "),
		"letters":    fill("a "),
		"pairs":      fill("b a "),
		"dashes":     fill("b-a-"),
		"stretched":  fill("b" + strings.Repeat("a", 500)),
		"oneRun":     fill("a"),
		"masks":      fill("b****n "),
		"masked":     fill("b*"),
		"stars":      fill("ba*"),
		"signs":      fill("!|"),
		"drawn":      fill(`|\/|/\`),
		"tags":       fill("<b>"),
		"angles":     fill("<a"),
		"attributes": fill(`<a href=x href=y>`),
		"links":      fill("[a](b)"),
		"brackets":   fill("]("),
		"leet":       fill("b4d1 "),
		"digits":     fill("1"),
		"digitsOut":  fill("1 1"),
		"hashtag":    fill("#bAnAnA"),
		"camel":      "#" + fill("aB"),
		"percent":    fill("%61"),
		"turned":     fill("ɐu"),
		"turnedOut":  fill("ɐ u "),
		"cyrillic":   fill("оа "),
		"han":        fill("卂"),
		"slips":      fill("bnaan "),
		"dots":       fill("ba.ne."),
		"dotWords":   fill("ba dot "),
		"capital":    fill("Il"),
		"stars64":    fill("ab" + strings.Repeat("*", 60)),
		"newlines":   fill("ba\n"),
		"apostrophe": fill("b'a'"),
		"equals":     fill("?=4a4"),
	}
}

// HostileTerms gives terms that fit the hostile texts best.
func HostileTerms() []string {
	terms := ManyTerms(10_000)
	for _, w := range []string{"banana", "ananas", strings.Repeat("ba", 60), strings.Repeat("ab", 60), strings.Repeat("a", 100), "banana banana", "aab", "b a b a", "ban", "bun", "bin", "ban.ba.ne", "il", "lil"} {
		terms = append(terms, w)
	}
	for a := 'a'; a <= 'z'; a++ {
		w := "b" + string(a) + "a" + string(a) + "en"
		terms = append(terms, w)
	}
	return terms
}

// ManyTerms makes n terms of the kinds a newsroom has: words, phrases, names and
// hosts.
func ManyTerms(n int) []string {
	rng := rand.New(rand.NewPCG(1, uint64(n)))
	terms := make([]string, 0, n)
	for len(terms) < n {
		text := syllables(rng)
		switch len(terms) % 10 {
		case 0:
			text += " " + syllables(rng)
		case 1:
			text = strings.ToUpper(text[:1]) + text[1:] + " O'" + strings.ToUpper("t") + syllables(rng)
		case 2:
			text += ".example.org"
		}
		terms = append(terms, text)
	}
	return terms
}

func syllables(rng *rand.Rand) string {
	var b strings.Builder
	for range 2 + rng.IntN(3) {
		b.WriteByte("bcdfghjklmnprstvw"[rng.IntN(17)])
		b.WriteByte("aeiou"[rng.IntN(5)])
		if rng.IntN(3) == 0 {
			b.WriteByte("lnrst"[rng.IntN(5)])
		}
	}
	return b.String()
}

// Kilobyte is a comment of 1 KB in plain English.
func Kilobyte() string {
	s := "The council said on Monday that the footbridge near Ferry Road will stay closed until April, after 37 residents complained about the timetable. " +
		"I have lived in this town since 1984 and never saw so many cones, lorries and \"temporary\" lights; it's a scandal, isn't it? Perhaps the mayor could explain " +
		"why £12,500 was spent on a survey that nobody reads. Meanwhile our school bus waits twenty minutes at the junction (see https://paper.example.org/local/2024/bus). "
	return strings.Repeat(s, 3)[:1024]
}
