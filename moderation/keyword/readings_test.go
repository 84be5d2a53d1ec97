package keyword_test

import (
	"fmt"
	"strings"
	"testing"

	"postbag/moderation/keyword"
	"postbag/moderation/keyword/internal/evasion"
)

func TestReadings(t *testing.T) {
	for text, want := range map[string]string{
		"Plain text, 42 % \"quoted\" – and ‘dashed’…": "",
		"pr\u200b\u200bat":         "2-8 zero-width space → ",
		"prаt":                     "2-4 Cyrillic а read as a → a",
		"ｐrat 𝓹":                   "0-3 fullwidth ｐ read as p → p; 7-11 mathematical 𝓹 read as p → p",
		"p&#114;at":                "1-7 character reference &#114; read as r → r",
		"%70rat":                   "0-3 percent-encoding %70 read as p → p",
		"pr<b>a</b>t":              "2-5 tag that does not show → ; 6-10 tag that does not show → ",
		"a \u202etarp\u202c b":     "2-5 control of the writing direction → ; 5-9 text direction reversed → prat; 9-12 control of the writing direction → ",
		"m00n 1984 3pm":            "1-2 digit 0 may be read as o → 0; 2-3 digit 0 may be read as o → 0; 10-11 digit 3 may be read as e → 3",
		"pr@t":                     "2-3 sign @ may be read as a → @",
		"a p r a t b":              "0-11 letters set apart, read as one word → apratb",
		"that p-r-a-t there":       "5-12 letters set apart, read as one word → prat",
		"p\u0301\u0302rat":         "0-5 2 marks on a letter → p",
		"café":                     "3-5 Latin é read as e → e",
		"[see](https://e.example)": "5-24 address of a link, read behind the text → ",
		"p\u00adrat":               "1-3 soft hyphen → ",
		"ʇɐɹd":                     "0-2 upside-down ʇ read as t → t; 0-7 upside-down, read from behind → prat; 2-4 upside-down ɐ read as a → a; 4-6 upside-down ɹ read as r → r",
		"p\ufe0frat":               "0-4 variation selector → p",
		"\xffprat":                 "0-1 byte that is no text → \ufffd",
		"pr\\u0061t":               "2-8 escape \\u0061 read as a → a",
		"p&ZeroWidthSpace;rat":     "1-17 character reference to zero-width space → ",
		"🇵🇷":                       "0-4 enclosed 🇵 read as p → p; 4-8 enclosed 🇷 read as r → r",
		"Мэр хочет открыть мост": "",
		"市长 यह कमी":              "",
	} {
		_, list := keyword.Readings(text)
		var got []string
		for _, r := range list {
			got = append(got, fmt.Sprintf("%d-%d %s → %s", r.Start, r.End, r.What, r.Shown))
		}
		if strings.Join(got, "; ") != want {
			t.Errorf("%q:\n got %s\nwant %s", text, strings.Join(got, "; "), want)
		}
	}
}

// TestReadingsBounded holds what is listed to its bound, and to its order, on
// the worst texts.
func TestReadingsBounded(t *testing.T) {
	for name, text := range evasion.Hostile() {
		shown, list := keyword.Readings(text)
		if len(list) > keyword.MaxReadings || len(shown) > 4*len(text) {
			t.Errorf("%s: %d readings, %d bytes shown", name, len(list), len(shown))
		}
		last := 0
		for _, r := range list {
			if r.Start < last || r.Start >= r.End || r.End > len(text) || r.What == "" {
				t.Fatalf("%s: %+v", name, r)
			}
			last = r.Start
		}
	}
}

func TestReadingsShown(t *testing.T) {
	for text, want := range map[string]string{
		"A <b>pr</b>&#97;t [x](https://e.example)": "a prat [x]\nhttps://e.example",
		"a \u202etarp\u202c":                       "a prat",
	} {
		if shown, _ := keyword.Readings(text); shown != want {
			t.Errorf("%q is shown as %q, want %q", text, shown, want)
		}
	}
}
