package rulefile_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"postbag/moderation/rulefile"
)

// TestInvalidFiles: every mistake in testdata/invalid is found at its place, and
// told in the words of the .want file beside it.
func TestInvalidFiles(t *testing.T) {
	files, err := filepath.Glob("testdata/invalid/*.yaml")
	if err != nil || len(files) < 100 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		t.Run(strings.TrimSuffix(filepath.Base(name), ".yaml"), func(t *testing.T) {
			text, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			want, err := os.ReadFile(strings.TrimSuffix(name, ".yaml") + ".want")
			if err != nil {
				t.Fatal(err)
			}
			list, problems := rulefile.Parse(text)
			var got strings.Builder
			for _, p := range problems {
				fmt.Fprintf(&got, "%d:%d: %s\n", p.Line, p.Column, p.Detail)
			}
			if got.String() != string(want) || list != nil {
				t.Errorf("got\n%swant\n%s", got.String(), want)
			}
		})
	}
}

func TestProblemsHavePaths(t *testing.T) {
	_, problems := rulefile.Parse([]byte("version: 1\nrules:\n  - name: A\n    any:\n      - keyword: {terms: [a, \"!\"]}\n    action: hold\n  - name: B\n    rate: {count: 1, per: 1m}\n"))
	var paths []string
	for _, p := range problems {
		paths = append(paths, p.Path)
	}
	if got, want := strings.Join(paths, " "), "rules[0].any[0].keyword.terms[1] rules[1].action"; got != want {
		t.Errorf("paths %s, want %s", got, want)
	}
}

// At most so many problems are told, rules taken and bytes read.
func TestLimits(t *testing.T) {
	file := func(n int, rule string) []byte {
		var b strings.Builder
		b.WriteString("version: 1\nrules:\n")
		for i := range n {
			fmt.Fprintf(&b, rule, i)
		}
		return []byte(b.String())
	}
	good := "  - name: A %d\n    links: {more_than: 1}\n    action: tag\n"
	if list, problems := rulefile.Parse(file(rulefile.MaxRules, good)); len(list) != rulefile.MaxRules || problems != nil {
		t.Errorf("%d rules, %v", len(list), problems)
	}
	_, problems := rulefile.Parse(file(rulefile.MaxRules+1, good))
	if len(problems) != 1 || problems[0].Line != 3*rulefile.MaxRules+3 || !strings.Contains(problems[0].Detail, "at most 200 rules") {
		t.Errorf("one rule too many: %v", problems)
	}
	_, problems = rulefile.Parse(file(rulefile.MaxRules, "  - name: A %d\n    action: tag\n"))
	if len(problems) != rulefile.MaxProblems {
		t.Errorf("%d problems", len(problems))
	}
	err := &rulefile.Error{File: "rules.yaml", Problems: problems}
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != rulefile.MaxProblems+1 || !strings.HasPrefix(lines[0], "rules.yaml:3:5: ") || !strings.Contains(lines[50], "there may be more") {
		t.Errorf("%d lines: %s … %s", len(lines), lines[0], lines[len(lines)-1])
	}
	padded := append(file(1, good), strings.Repeat("#", rulefile.MaxBytes)...)
	if _, problems := rulefile.Parse(padded[:rulefile.MaxBytes]); len(problems) != 1 || strings.Contains(problems[0].Detail, "larger") {
		t.Errorf("at the limit: %v", problems)
	}
	if _, problems := rulefile.Parse(padded[:rulefile.MaxBytes+1]); len(problems) != 1 || !strings.Contains(problems[0].Detail, "larger than 4 MB") {
		t.Errorf("over the limit: %v", problems)
	}
}
