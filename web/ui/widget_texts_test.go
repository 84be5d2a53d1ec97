package ui_test

import (
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"postbag/web/ui"
)

// Every language says everything that English says, with the same places to fill in, and has a form for every number.
func TestWidgetTextsAreComplete(t *testing.T) {
	english := spoken(t, "en")
	for _, language := range []string{"ar", "de", "es", "fr"} {
		texts := spoken(t, language)
		if missing, extra := keysOf(english), keysOf(texts); !slices.Equal(missing, extra) {
			t.Errorf("%s: keys %q, want %q", language, extra, missing)
		}
		for key, forms := range texts {
			for form, text := range forms {
				if got, want := places(text), places(english[key]["other"]); text == "" || len(got) > 0 && got != want || form == "other" && got != want {
					t.Errorf("%s: %s (%s) is %q, with %q to fill in; want %q", language, key, form, text, got, want)
				}
			}
			if _, ok := forms["other"]; !ok {
				t.Errorf("%s: %s lacks a form for any number", language, key)
			}
		}
	}
	if _, ok := ui.WidgetTexts("xx"); ok {
		t.Error("there are texts in a language that nobody speaks")
	}
}

// spoken returns the texts of a language by "half.key" and plural form.
func spoken(t *testing.T, language string) map[string]map[string]string {
	t.Helper()
	texts, ok := ui.WidgetTexts(language)
	if !ok {
		t.Fatalf("there are no texts in %s", language)
	}
	all := map[string]map[string]string{}
	for half, raw := range map[string]json.RawMessage{"first": texts.First, "more": texts.More} {
		var found map[string]json.RawMessage
		if err := json.Unmarshal(raw, &found); err != nil {
			t.Fatal(err)
		}
		for key, value := range found {
			forms := map[string]string{}
			if err := json.Unmarshal(value, &forms); err != nil {
				var one string
				if err := json.Unmarshal(value, &one); err != nil {
					t.Fatalf("%s: %s is neither a text nor plural forms: %s", language, key, value)
				}
				forms["other"] = one
			}
			all[half+"."+key] = forms
		}
	}
	return all
}

func keysOf(texts map[string]map[string]string) []string { return slices.Sorted(maps.Keys(texts)) }

// places returns what is filled into a text, in order.
func places(text string) string {
	found := regexp.MustCompile(`\{\w+\}`).FindAllString(text, -1)
	slices.Sort(found)
	return strings.Join(found, "")
}
