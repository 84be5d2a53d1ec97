package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestRulesUsage(t *testing.T) {
	for _, test := range []struct{ args, stderr string }{
		{"rules", "postbag rules list, postbag rules apply"},
		{"rules aply x", "did you mean: postbag rules apply"},
		{"rules apply", "FILE is missing"},
		{"rules apply rules.yaml", "--site is needed: postbag rules apply rules.yaml --site KEY"},
		{"rules export", "--site is needed"},
		{"rules report", "--site is needed"},
		{"rules replay", "name a site or a comment"},
		{"rules replay --site news --comment c1", "name a site or a comment"},
		{"rules words", "FILE is missing"},
		{"rules words list.txt --site news", "--site and --name go together"},
		{"rules words list.txt --name X", "--site and --name go together"},
		{"rules words list.txt --format word", "must be plain or wordpress or disqus"},
		{"rules words list.txt --mode on", "must be shadow or draft"},
	} {
		if got := runWith(t, nil, "", strings.Fields(test.args)...); got.code != 2 || !strings.Contains(got.stderr, test.stderr) || got.stdout != "" {
			t.Errorf("%s: code %d, stderr %q, stdout %q", test.args, got.code, got.stderr, got.stdout)
		}
	}
}

// A file that is wrong is refused before any database is asked for.
func TestRulesApplyReadsTheFileFirst(t *testing.T) {
	file := filepath.Join(t.TempDir(), "rules.yaml")
	if err := os.WriteFile(file, []byte("version: 1\nrules:\n  - name: A\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runWith(t, nil, "", "rules", "apply", file, "--site", "news", "--db", "missing.db")
	if got.code != 1 || !strings.Contains(got.stderr, file+":3:5: “A” has no action") || strings.Contains(got.stderr, "missing.db") {
		t.Errorf("code %d, %s", got.code, got.stderr)
	}
	got = runWith(t, nil, "version: 1\nrules: []\n", "rules", "apply", "-", "--site", "news", "--db", "missing.db")
	if got.code != 1 || !strings.Contains(got.stderr, "no database at missing.db") {
		t.Errorf("code %d, %s", got.code, got.stderr)
	}
}

func TestRulesWordsPrints(t *testing.T) {
	file := filepath.Join(t.TempDir(), "list.txt")
	if err := os.WriteFile(file, []byte("# a comment\nScam*\n\nscam*\n.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runWith(t, nil, "", "rules", "words", file)
	if got.code != 0 || got.stdout != "Scam*\n" || !strings.Contains(got.stderr, ":5: left out \".\"") || !strings.Contains(got.stderr, "1 terms, 1 duplicates, 1 left out.") {
		t.Errorf("code %d, %q, %q", got.code, got.stdout, got.stderr)
	}
	if got := runWith(t, nil, "", "rules", "words", file+"x"); got.code != 1 {
		t.Errorf("code %d, %q", got.code, got.stderr)
	}
}
