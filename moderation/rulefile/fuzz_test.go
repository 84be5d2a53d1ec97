package rulefile_test

import (
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"
	"time"

	"postbag/moderation/rulefile"
)

// FuzzParse: whatever a file holds, reading it ends, with rules or with places
// in the file that are wrong; and what was read can be written and read again.
func FuzzParse(f *testing.F) {
	files, err := filepath.Glob("testdata/*/*.yaml")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range files {
		text, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(text)
	}
	f.Add([]byte(`{"version":1,"rules":[{"name":"A","any":[{"expression":"links > 1"},{"not":{"links":{"more_than":1}}}],"action":"tag"}]}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		list, problems := rulefile.Parse(text)
		lines := strings.Count(string(text), "\n") + 1
		for _, p := range problems {
			if p.Line < 1 || p.Line > lines+1 || p.Column < 1 || p.Detail == "" {
				t.Errorf("problem %+v in a file of %d lines", p, lines)
			}
		}
		if len(problems) > 0 {
			if list != nil || len(problems) > rulefile.MaxProblems {
				t.Errorf("%d rules beside %d problems", len(list), len(problems))
			}
			return
		}
		file, err := rulefile.Format("", list)
		if err != nil {
			t.Fatal(err)
		}
		again, problems := rulefile.Parse(file)
		if len(problems) > 0 || !(len(list) == 0 && len(again) == 0) && !reflect.DeepEqual(again, list) {
			t.Errorf("%q\nread %+v\nthen %+v, %v\nfrom %s", text, list, again, problems, file)
		}
	})
}

// TestHostileFiles: no file of the largest size keeps a process busy.
func TestHostileFiles(t *testing.T) {
	if testing.Short() {
		t.Skip("reads a hundred megabytes")
	}
	times := 0
	fill := func(head, unit, tail string) string {
		return head + strings.Repeat(unit, min(times, (rulefile.MaxBytes-len(head)-len(tail))/len(unit))) + tail
	}
	for _, times = range []int{19_000, 290_000} {
		for name, text := range hostile(fill) {
			start := time.Now()
			_, problems := rulefile.Parse([]byte(text))
			if took := time.Since(start); took > 15*time.Second {
				t.Errorf("%s, %d times: took %v", name, times, took)
			}
			if len(problems) == 0 {
				t.Errorf("%s, %d times: accepted", name, times)
			}
		}
	}
}

// hostile makes files of a beginning, something repeated, and an end.
func hostile(fill func(head, unit, tail string) string) map[string]string {
	var keys strings.Builder
	for i := 0; keys.Len() < rulefile.MaxBytes-100; i++ {
		keys.WriteString(strings.Repeat("k", 1+i%5) + string(rune('a'+i%26)) + strings.Repeat("x", i%300) + ": v\n")
	}
	return map[string]string{
		"brackets": fill("a: ", "[", ""), "braces": fill("", "{a: ", ""), "hyphens": fill("", "- ", "a"), "closing": fill("", "]", ""), "questions": fill("", "? ", "a"),
		"keys": keys.String(), "one line": fill("a: ", "word ", "x"), "block": fill("a: |\n", "  word\n", ""), "folded": fill("a: >\n", "  word\n\n", ""),
		"flow list": fill("a: [", "b,", "]"), "list": fill("a:\n", "- b\n", ""), "deep": fill("", "a:\n ", ""), "quotes": fill("a: [", `""`, "]"), "anchors": fill("", "&a ", ""),
		"aliases": fill("", "*a ", ""), "tags": fill("", "! ", ""), "documents": fill("", "---\n", ""), "comments": fill("", "#\n", ""), "directives": fill("", "%a\n", ""),
		"tabs": fill("", "\t", ""), "lines": fill("a", "\n", "b"), "spaces": fill("a: b", " ", "\nc: d"), "reserved": fill("", "@ ", ""), "pairs": fill("", "a: ", "b"),
		"escapes": fill(`a: "`, `\u00e9`, `"`), "stairs": stairs(), "colons": fill("a: ", ":", ""), "at once": fill("a: [", "a: b, ", "]"), "bytes": fill("", "\xff", ""), "controls": fill("", "\x00", ""),
	}
}

// stairs is a file of lists, each indented by one more than the one before.
func stairs() string {
	var b strings.Builder
	for i := 0; b.Len() < rulefile.MaxBytes/2; i++ {
		b.WriteString(strings.Repeat(" ", i) + "-\n")
	}
	return b.String()
}
