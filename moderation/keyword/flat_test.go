package keyword_test

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"postbag/moderation/keyword"
)

func TestFlat(t *testing.T) {
	for text, want := range map[string]string{
		"":                                  "",
		" \u200b!? ":                        "",
		"What a PRAT,  what\n\ta prat…":     "what a prat what a prat",
		"Don't, don’t & don&rsquo;t":        "dont dont dont",
		"pr\u200ba\u00adt p\u0301r\u0302at": "prat prat",
		"ｐｒ<b>а</b>&#116; %70rat \\u0070rat":        "prat prat prat",
		"a \u202etarp\u202c b":                      "a prat b",
		"42 is 4.2, 1ST":                            "42 is 4 2 1st",
		"see [here](https://paper.example/a-b) now": "see here now https paper example a b",
		`<a href="//paper.example">here</a><br>now`: "here now paper example",
		"Straße STRASSE İstanbul":                   "strasse strasse istanbul",
		"यह कमी है":                                 "यह कमी है",
		"x\u0902 कं":                                "x कं",
		"市长,市长":                                     "市长 市长",
		"\xff\xfea\xc3":                             "a",
		"50% of &amp;c &nosuch; <ok> ](":            "50 of c nosuch ok",
		"a\x00b\x7fc\vd":                            "abc d",
	} {
		if got := keyword.Flat(text); got != want {
			t.Errorf("%q: %q, want %q", text, got, want)
		}
	}
}

// FuzzFlat holds Flat to its form, and to Fold on texts of Latin letters and marks:
// the two read a text in different ways.
func FuzzFlat(f *testing.F) {
	for _, s := range []string{"What a prat", "é कं x\u0902", "a\u202ebc\u202cd", "ɐ b", "한글 Å Ⅷ 卩", "[a](b) <i>c</i> &eacute;"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		flat := keyword.Flat(text)
		if flat != strings.Join(strings.Fields(flat), " ") || !utf8.ValidString(flat) || strings.ContainsFunc(flat, unicode.IsPunct) {
			t.Errorf("%q gives %q", text, flat)
		}
		letters := strings.Map(func(r rune) rune {
			if unicode.Is(unicode.Latin, r) || unicode.IsMark(r) || r == '\u200b' {
				return r
			}
			return ' '
		}, text)
		words := strings.FieldsFunc(keyword.Fold(letters).Text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.IsMark(r) })
		if got := strings.Fields(keyword.Flat(letters)); strings.Join(got, " ") != strings.Join(words, " ") {
			t.Errorf("%q: flat %q, fold %q", letters, got, words)
		}
	})
}
