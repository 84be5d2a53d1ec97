package keyword_test

import (
	"strings"

	"postbag/moderation/keyword"
)

// adversaries are texts of 64 KB that are meant to cost as much as possible.
func adversaries() map[string]string {
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

// listed terms that fit the adversaries best.
func worstTerms() []keyword.Term {
	terms := benchTerms(10_000)
	for _, w := range []string{"banana", "ananas", strings.Repeat("ba", 60), strings.Repeat("ab", 60), strings.Repeat("a", 100), "banana banana", "aab", "b a b a", "ban", "bun", "bin", "ban.ba.ne", "il", "lil"} {
		terms = append(terms, keyword.Term{Text: w, Line: w})
	}
	for a := 'a'; a <= 'z'; a++ {
		w := "b" + string(a) + "a" + string(a) + "en"
		terms = append(terms, keyword.Term{Text: w, Line: w})
	}
	return terms
}
