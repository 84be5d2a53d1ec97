package main

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
)

// binaryDir holds the real binary for the tests that start it.
var binaryDir string

func TestMain(m *testing.M) {
	os.Exit(testMain(m))
}

func testMain(m *testing.M) int {
	dir, err := os.MkdirTemp("", "postbag-test-*")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	binaryDir = dir
	return m.Run()
}

// build makes the binary, once for all tests.
var build = sync.OnceValue(func() error {
	out, err := exec.CommandContext(context.Background(), "go", "build", "-o", filepath.Join(binaryDir, "postbag"), ".").CombinedOutput()
	if err != nil {
		return fmt.Errorf("go build: %w\n%s", err, out)
	}
	return nil
})

// mustBinary returns the path of the real binary.
func mustBinary(t *testing.T) string {
	t.Helper()
	if err := build(); err != nil {
		t.Fatal(err)
	}
	return filepath.Join(binaryDir, "postbag")
}

// result is what one command line gave.
type result struct {
	code           int
	stdout, stderr string
}

// runWith runs a command line within the test's process.
func runWith(t *testing.T, env map[string]string, stdin string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	code := run(t.Context(), args, strings.NewReader(stdin), &stdout, &stderr, lookup)
	return result{code, stdout.String(), stderr.String()}
}

func TestUsage(t *testing.T) {
	for _, test := range []struct {
		args   string
		code   int
		stdout string // must hold
		stderr string
	}{
		{"", 2, "", "postbag serve --demo"},
		{"help", 0, "import disqus", ""},
		{"--help", 0, "POSTBAG_DB", ""},
		{"help serve", 0, "POSTBAG_TRUST_PROXY", ""},
		{"serve -h", 0, "--public-url URL", ""},
		{"help site add", 0, "postbag site add KEY", ""},
		{"help nothing", 2, "", `no command "nothing"`},
		{"help version more", 2, "", "one command"},
		{"version", 0, "postbag ", ""},
		{"--version", 0, "postbag ", ""},
		{"version now", 2, "", `"now" is too much`},
		{"serv", 2, "", "did you mean: postbag serve"},
		{"sever", 2, "", "did you mean: postbag serve"},
		{"chekc", 2, "", "did you mean: postbag check"},
		{"import diqsus", 2, "", "did you mean: postbag import disqus"},
		{"sites add", 2, "", "did you mean: postbag site add"},
		{"xyzzy", 2, "", "postbag help"},
		{"site", 2, "", "postbag site add, postbag site set, postbag site list"},
		{"site remove", 2, "", `no command "site remove"`},
		{"serve --adr x", 2, "", "no flag --adr"},
		{"serve --public-url nonsense", 2, "", "https://comments.example.org"},
		{"serve --trust-proxy everyone", 2, "", "10.0.0.0/8"},
		{"serve now", 2, "", `"now" is too much`},
		{"site add", 2, "", "KEY is missing"},
		{"site add news", 2, "", "--name and --origin are needed"},
		{"site add news --mode later", 2, "", "must be post or pre"},
		{"site set news", 2, "", "say what to change"},
		{"token create", 2, "", "--moderator is needed"},
		{"moderator add", 2, "", "EMAIL is missing"},
		{"moderator add a@example.org --password-stdin", 2, "", "no password"},
		{"import disqus", 2, "", "FILE is missing"},
		{"rules match", 2, "", "--terms is needed"},
		{"backup", 2, "", "FILE is missing"},
		{"check --db missing.db", 1, "", "no database at missing.db"},
		{"site list --db missing.db", 1, "", "no database at missing.db"},
	} {
		t.Run(test.args, func(t *testing.T) {
			got := runWith(t, nil, "", strings.Fields(test.args)...)
			if got.code != test.code || !strings.Contains(got.stdout, test.stdout) || !strings.Contains(got.stderr, test.stderr) {
				t.Errorf("code %d, stdout %q, stderr %q; want %d, %q, %q", got.code, got.stdout, got.stderr, test.code, test.stdout, test.stderr)
			}
			if test.code == 0 && got.stderr != "" || test.code != 0 && got.stdout != "" {
				t.Errorf("wrote to the wrong output: stdout %q, stderr %q", got.stdout, got.stderr)
			}
		})
	}
}

// Every command is in the help, and every flag names its variable.
func TestHelpIsComplete(t *testing.T) {
	all := runWith(t, nil, "", "help").stdout
	for _, cmd := range commands() {
		if !strings.Contains(all, "\n  "+cmd.name+" ") {
			t.Errorf("help leaves out %s", cmd.name)
		}
		one := runWith(t, nil, "", append([]string{"help"}, strings.Fields(cmd.name)...)...)
		if one.code != 0 || strings.Count(one.stdout, "\n  --") != strings.Count(one.stdout, "\n      POSTBAG_") {
			t.Errorf("help %s: code %d, %s%s", cmd.name, one.code, one.stdout, one.stderr)
		}
	}
}

func TestFlagsAndEnvironment(t *testing.T) {
	env := map[string]string{"POSTBAG_DB": "env.db", "POSTBAG_ORIGIN": "https://a.example, https://b.example"}
	lookup := func(name string) (string, bool) { value, ok := env[name]; return value, ok }
	for _, test := range []struct {
		args, db, origins, rest string
	}{
		{"", "env.db", "https://a.example,https://b.example", ""},
		{"--db flag.db", "flag.db", "https://a.example,https://b.example", ""},
		{"KEY --db=flag.db --origin https://c.example", "flag.db", "https://c.example", "KEY"},
		{"--origin x KEY --origin y MORE", "env.db", "x,y", "KEY MORE"},
		{"-- --db", "env.db", "https://a.example,https://b.example", "--db"},
	} {
		f := newFlags(lookup, strings.Fields(test.args))
		db := f.database()
		var origins list
		f.Var(&origins, "origin", "")
		args, err := f.parse(strings.Fields(test.rest)...)
		if err != nil || *db != test.db || origins.String() != test.origins || strings.Join(args, " ") != test.rest {
			t.Errorf("%q: db %q, origins %q, rest %q, error %v", test.args, *db, origins.String(), args, err)
		}
	}
}

func TestBadEnvironment(t *testing.T) {
	got := runWith(t, map[string]string{"POSTBAG_MODE": "later"}, "", "site", "set", "news")
	if got.code != 2 || !strings.Contains(got.stderr, `POSTBAG_MODE="later": must be post or pre`) {
		t.Errorf("code %d, stderr %q", got.code, got.stderr)
	}
}

func TestDistance(t *testing.T) {
	for _, test := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"", "abc", 3}, {"serve", "serve", 0}, {"serv", "serve", 1}, {"sever", "serve", 2}, {"kitten", "sitting", 3}} {
		if got := distance(test.a, test.b); got != test.want || distance(test.b, test.a) != got {
			t.Errorf("distance(%q, %q) = %d, want %d both ways", test.a, test.b, got, test.want)
		}
	}
}

func TestRulesMatch(t *testing.T) {
	terms := filepath.Join(t.TempDir(), "terms.txt")
	if err := os.WriteFile(terms, []byte("# words\nscam*\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	got := runWith(t, nil, "{\"id\":\"1\",\"text\":\"a scammer\"}\n{\"id\":\"2\",\"text\":\"fine\"}\n", "rules", "match", "--terms", terms)
	want := `{"id":"1","hits":[{"term":"scam*","start":2,"end":9}]}` + "\n" + `{"id":"2","hits":[]}` + "\n"
	if got.code != 0 || got.stdout != want {
		t.Errorf("code %d, %q%s; want %q", got.code, got.stdout, got.stderr, want)
	}
	if got := runWith(t, nil, "nonsense\n", "rules", "match", "--terms", terms); got.code != 1 || !strings.Contains(got.stderr, "line 1") {
		t.Errorf("code %d, stderr %q", got.code, got.stderr)
	}
	if got := runWith(t, nil, "", "rules", "match", "--terms", terms+"x"); got.code != 1 || !strings.Contains(got.stderr, terms+"x") {
		t.Errorf("code %d, stderr %q", got.code, got.stderr)
	}
}
