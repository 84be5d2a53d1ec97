package ui_test

import (
	"encoding/json"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"postbag/web/ui"
)

func TestLanguageIsTheFirstThatThereIs(t *testing.T) {
	p := mustPages(t)
	for _, test := range []struct {
		tags          []string
		tag, dir, say string
	}{
		{nil, "en", "ltr", "Comments"},
		{[]string{"", "pl", "de-AT", "fr"}, "de-AT", "ltr", "Kommentare"},
		{[]string{"es_ES"}, "es-ES", "ltr", "Comentarios"},
		{[]string{"AR", "en"}, "AR", "rtl", "التعليقات"},
		{[]string{"de-<script>", "fr-" + strings.Repeat("x", 100), "ger", "de\r\nX: y", "en-GB"}, "en-GB", "ltr", "Comments"},
	} {
		l := p.Language(test.tags...)
		if say, err := l.T("discussion"); l.Tag != test.tag || l.Dir != test.dir || say != test.say || err != nil {
			t.Errorf("%q: %s %s %q, %v", test.tags, l.Tag, l.Dir, say, err)
		}
	}
}

func TestLanguagesCount(t *testing.T) {
	p := mustPages(t)
	for language, want := range map[string]map[int]string{
		"en": {0: "0 comments", 1: "1 comment", 2: "2 comments", 1283: "1,283 comments"},
		"de": {0: "0 Kommentare", 1: "1 Kommentar", 1283: "1.283 Kommentare", 1234567: "1.234.567 Kommentare"},
		"fr": {0: "0 commentaire", 1: "1 commentaire", 2: "2 commentaires", 1283: "1\u202f283 commentaires"},
		"es": {0: "0 comentarios", 1: "1 comentario", 1283: "1283 comentarios", 12830: "12.830 comentarios"},
		"ar": {0: "لا تعليقات", 1: "تعليق واحد", 2: "تعليقان", 3: "٣ تعليقات", 11: "١١ تعليقًا", 100: "١٠٠ تعليق", 103: "١٠٣ تعليقات", 1283: "١٬٢٨٣ تعليقًا"},
	} {
		for n, text := range want {
			if got, err := p.Language(language).N("comments", n); got != text || err != nil {
				t.Errorf("%s: %d is %q, %v; want %q", language, n, got, err, text)
			}
		}
	}
	if _, err := p.Language("de").T("no such text"); err == nil {
		t.Error("a text that is missing is no fault")
	}
	if got, _ := p.Language("de").T("replyTo", "name", "{n} {name}"); got != "Antwort an {n} {name}" {
		t.Errorf("a name is read as a place: %q", got)
	}
}

func TestLanguagesTellTime(t *testing.T) {
	p := mustPages(t)
	at := time.Date(2026, 3, 5, 9, 30, 0, 0, time.FixedZone("", 3600))
	for language, want := range map[string]string{
		"en": "5 March 2026, 08:30 UTC", "de": "5. März 2026, 08:30 UTC", "fr": "5 mars 2026 à 08:30 UTC", "es": "5 de marzo de 2026, 08:30 UTC", "ar": "٥ مارس ٢٠٢٦، ٠٨:٣٠ UTC",
	} {
		if got := p.Language(language).Moment(at); got.Human != want || got.Machine != "2026-03-05T08:30:00Z" {
			t.Errorf("%s: %+v, want %s", language, got, want)
		}
	}
}

// Every language has the same texts for pages, with the same places, and none that the widget has too.
func TestReaderTextsAreComplete(t *testing.T) {
	english := readerTexts(t, "en")
	for _, language := range []string{"en", "de", "fr", "es", "ar"} {
		texts := readerTexts(t, language)
		if got, want := sortedKeys(texts), sortedKeys(english); !slices.Equal(got, want) {
			t.Errorf("%s: keys %q, want %q", language, got, want)
		}
		widget := spoken(t, language)
		for key, forms := range texts {
			if widget["first."+key] != nil || widget["more."+key] != nil {
				t.Errorf("%s: the widget has a text %q too", language, key)
			}
			for form, text := range forms {
				if got, want := places(text), places(english[key]["other"]); form == "other" && got != want || strings.TrimSpace(text) == "" {
					t.Errorf("%s: %s (%s) is %q, want the places %q", language, key, form, text, want)
				}
			}
		}
	}
}

func readerTexts(t *testing.T, language string) map[string]map[string]string {
	t.Helper()
	raw, err := os.ReadFile(filepath.Join("templates", "reader", language+".json"))
	if err != nil {
		t.Fatal(err)
	}
	var file struct{ Texts map[string]json.RawMessage }
	if err := json.Unmarshal(raw, &file); err != nil {
		t.Fatal(err)
	}
	all := map[string]map[string]string{}
	for key, text := range file.Texts {
		var one string
		forms := map[string]string{}
		if json.Unmarshal(text, &one) == nil {
			forms["other"] = one
		} else if err := json.Unmarshal(text, &forms); err != nil {
			t.Fatal(err)
		}
		all[key] = forms
	}
	return all
}

func sortedKeys(texts map[string]map[string]string) []string {
	var keys []string
	for key := range texts {
		keys = append(keys, key)
	}
	slices.Sort(keys)
	return keys
}

// Each state of the readers' page renders in each language, and says nothing in English where the language is another.
func TestThreadSpeaksEveryLanguage(t *testing.T) {
	p := mustPages(t)
	english := []string{"Skip to", "Back to", "Post comment", "Newest", "moderated", "Reply", "deleted", "edited", ">Cancel<", "optional", "Anonymous", "Sort by"}
	for _, language := range []string{"en", "de-CH", "fr", "es", "ar"} {
		for state, change := range map[string]func(*ui.ThreadPage){
			"full":    func(*ui.ThreadPage) {},
			"new":     func(v *ui.ThreadPage) { v.ReplyTo, v.Posted = nil, &ui.Posted{Approved: true, URL: "#x"} },
			"empty":   func(v *ui.ThreadPage) { v.Comments, v.Count = nil, 0 },
			"closed":  func(v *ui.ThreadPage) { v.Closed, v.PrevURL = true, "?cursor=0" },
			"members": func(v *ui.ThreadPage) { v.Members = true },
		} {
			view := thread()
			view.Language = p.Language(language)
			change(&view)
			got := mustRender(t, func(w io.Writer) error { return p.Thread(w, view) })
			if !strings.Contains(got, `<html lang="`+language+`" dir="`+view.Language.Dir+`">`) {
				t.Errorf("%s, %s: %.100s", language, state, got)
			}
			for _, words := range english {
				if language != "en" && strings.Contains(got, words) {
					t.Errorf("%s, %s: says %q", language, state, words)
				}
			}
		}
	}
}
