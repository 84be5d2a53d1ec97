package ui_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"os"
	"regexp"
	"strings"
	"testing"

	"postbag/web/ui"
)

// The budgets are bytes after gzip. What a reader's browser loads before it shows comments is embed.js alone, its style sheet and the texts of
// the site's language inside; a reader loads at most one language more. English texts are shorter than others.
const (
	budgetFirstRender = 12 << 10
	budgetVariant     = 12<<10 + 512
	budgetWidget      = 22 << 10
	budgetSignIn      = 4 << 10 // beside the widget, on pages that sign readers in
	budgetCount       = 3 << 10
	budgetConsole     = 60 << 10
)

func TestWidgetStaysWithinItsBudget(t *testing.T) {
	first := size(t, "embed.js")
	more, language := 0, 0
	for _, name := range dist(t) {
		switch {
		case strings.HasPrefix(name, "widget-more-"):
			more += size(t, name)
		case strings.HasPrefix(name, "widget-sso-"):
			within(t, name, size(t, name), budgetSignIn)
		case strings.HasPrefix(name, "widget-"):
			language = max(language, size(t, name))
		case strings.HasPrefix(name, "embed-"):
			within(t, name, size(t, name), budgetVariant)
		}
	}
	if more == 0 || language == 0 {
		t.Fatalf("chunks are missing: more %d bytes, largest language %d bytes", more, language)
	}
	total := first + more + language
	t.Logf("gzip: first render %d, all with the largest language %d, count.js %d, console %d", first, total, size(t, "count.js"),
		size(t, "console.js")+size(t, "console.css"))
	within(t, "first render", first, budgetFirstRender)
	within(t, "all widget code", total, budgetWidget)
	within(t, "count.js", size(t, "count.js"), budgetCount)
	within(t, "console", size(t, "console.js")+size(t, "console.css"), budgetConsole)
}

func TestBundlesUseNoMarkupSinks(t *testing.T) {
	sinks := regexp.MustCompile(`innerHTML|outerHTML|insertAdjacentHTML|document\.write|createContextualFragment|DOMParser|\beval\(|new Function|document\.cookie`)
	for _, name := range dist(t) {
		file, _ := ui.Asset(name)
		if found := sinks.Find(file.Bytes); found != nil {
			t.Errorf("%s uses %s", name, found)
		}
	}
}

func TestBundlesNameNoHost(t *testing.T) {
	address := regexp.MustCompile(`https?://[a-z0-9.-]+\.[a-z]+`)
	for _, name := range dist(t) {
		file, _ := ui.Asset(name)
		for _, found := range address.FindAllString(string(file.Bytes), -1) {
			if found != "http://www.w3.org" { // the name of the SVG namespace
				t.Errorf("%s names %s", name, found)
			}
		}
	}
}

func TestAsset(t *testing.T) {
	tests := []struct {
		name, kind string
		ok         bool
	}{
		{"embed.js", "text/javascript; charset=utf-8", true},
		{"count.js", "text/javascript; charset=utf-8", true},
		{"console.js", "text/javascript; charset=utf-8", true},
		{"console.css", "text/css; charset=utf-8", true},
		{"embed.js.gz", "", false},
		{"", "", false},
		{"../assets.go", "", false},
		{"dist/embed.js", "", false},
	}
	for _, test := range tests {
		file, ok := ui.Asset(test.name)
		if ok != test.ok || file.ContentType != test.kind {
			t.Errorf("Asset(%q) = %q, %t; want %q, %t", test.name, file.ContentType, ok, test.kind, test.ok)
		}
	}
}

func TestCompressedTwinsHoldTheSame(t *testing.T) {
	for _, name := range dist(t) {
		file, _ := ui.Asset(name)
		reader, err := gzip.NewReader(bytes.NewReader(file.Gzip))
		if err != nil {
			t.Fatalf("%s.gz: %v", name, err)
		}
		if content, err := io.ReadAll(reader); err != nil || !bytes.Equal(content, file.Bytes) {
			t.Errorf("%s.gz does not hold %s (%v)", name, name, err)
		}
	}
}

func TestAssetPathChangesWithTheContent(t *testing.T) {
	file, _ := ui.Asset("console.js")
	if got, want := ui.AssetPath("console.js"), "/assets/console.js?v="+file.Hash; got != want {
		t.Errorf("AssetPath = %q, want %q", got, want)
	}
	if got, want := ui.AssetPath("nothing.js"), "/assets/nothing.js"; got != want {
		t.Errorf("AssetPath of a missing file = %q, want %q", got, want)
	}
}

// dist returns the names of the built files, without their compressed twins.
func dist(t *testing.T) []string {
	t.Helper()
	entries, err := os.ReadDir("dist")
	if err != nil {
		t.Fatal(err)
	}
	var names []string
	for _, entry := range entries {
		if !strings.HasSuffix(entry.Name(), ".gz") {
			names = append(names, entry.Name())
		}
	}
	if len(names) == 0 {
		t.Fatal("dist is empty: run go generate ./web/ui")
	}
	return names
}

func size(t *testing.T, name string) int {
	t.Helper()
	file, ok := ui.Asset(name)
	if !ok {
		t.Fatalf("there is no %s: run go generate ./web/ui", name)
	}
	return len(file.Gzip)
}

func within(t *testing.T, what string, size, budget int) {
	t.Helper()
	if size > budget {
		t.Errorf("%s takes %d bytes after gzip, the budget is %d", what, size, budget)
	}
}
