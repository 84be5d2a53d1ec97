package ui

import (
	"encoding/json"
	"strings"
	"sync"
)

// Spoken are the texts of the reader widget in one language: a key to a text, or to its plural forms by their names in CLDR, with {n} and
// other names in braces for what is filled in.
type Spoken struct {
	First json.RawMessage `json:"first"` // of the first render
	More  json.RawMessage `json:"more"`  // of what is loaded after it
}

// readSpoken is run once, by the first caller of WidgetTexts.
var readSpoken = sync.OnceValue(loadSpoken)

// WidgetTexts returns the widget's texts in a language, which is named as in "de"; false when there are none.
func WidgetTexts(language string) (Spoken, bool) {
	texts, ok := readSpoken()[language]
	return texts, ok
}

// loadSpoken reads the files texts-LANGUAGE.json of dist. Like loadAssets it panics when the binary is broken.
func loadSpoken() map[string]Spoken {
	all := map[string]Spoken{}
	for name, file := range readAssets() {
		language, ok := strings.CutPrefix(strings.TrimSuffix(name, ".json"), "texts-")
		if !ok {
			continue
		}
		var texts Spoken
		if err := json.Unmarshal(file.Bytes, &texts); err != nil {
			panic("ui: embedded files: " + name + ": " + err.Error())
		}
		all[language] = texts
	}
	return all
}
