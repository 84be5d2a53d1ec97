package keyword_test

import (
	"bufio"
	"context"
	"errors"
	"os"
	"strings"
	"sync"
	"testing"

	"postbag/moderation/keyword"
)

func mustCompile(tb testing.TB, lines ...string) *keyword.Matcher {
	tb.Helper()
	terms, err := keyword.ParseTerms(strings.NewReader(strings.Join(lines, "\n")))
	if err != nil {
		tb.Fatal(err)
	}
	m, err := keyword.Compile(terms)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

// TestFixtures runs testdata/disguises.tsv: term, text, and what is to be
// marked in it, or nothing for no hit. Escapes are as in Go.
func TestFixtures(t *testing.T) {
	f, err := os.Open("testdata/disguises.tsv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	n := 0
	for scan.Scan() {
		if strings.HasPrefix(scan.Text(), "#") || scan.Text() == "" {
			continue
		}
		n++
		col := strings.Split(scan.Text(), "\t")
		if len(col) != 3 {
			t.Fatalf("%q: want three columns", scan.Text())
		}
		check(t, strings.Split(col[0], ";"), unescape(t, col[1]), unescape(t, col[2]))
	}
	if n < 150 {
		t.Errorf("only %d fixtures read", n)
	}
}

func check(t *testing.T, terms []string, text, want string) {
	t.Helper()
	hits := mustCompile(t, terms...).Find(text)
	switch {
	case want == "" && len(hits) > 0:
		t.Errorf("%q in %q: hit %q", terms, text, text[hits[0].Start:hits[0].End])
	case want == "":
	case len(hits) == 0:
		t.Errorf("%q in %q: no hit", terms, text)
	case text[hits[0].Start:hits[0].End] != want:
		t.Errorf("%q in %q: marked %q, want %q", terms, text, text[hits[0].Start:hits[0].End], want)
	}
}

func unescape(t *testing.T, s string) string {
	t.Helper()
	var b strings.Builder
	for rest := s; rest != ""; {
		r, multi, tail, err := unquoteChar(rest)
		if err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		if multi {
			b.WriteRune(r)
		} else {
			b.WriteByte(byte(r))
		}
		rest = tail
	}
	return b.String()
}

func TestSlipsAreMarked(t *testing.T) {
	m := mustCompile(t, "plonkeroo", "Della Frostwick", "phantogriff", "trial")
	for text, want := range map[string]bool{
		"a plonkeroo": false, "a plokneroo": true, "a plnkeroo": true, "a plnkr": true, "a plonkkeroo": true, "a plonkeru": true,
		"Della Frotswick": true, "a phantogrif": true, "a p-l-o-n-k-e-r-o-o": false,
	} {
		hits := m.Find(text)
		if len(hits) == 0 && text == "a plnkr" {
			continue // two slips at once
		}
		if len(hits) != 1 || hits[0].Slip != want {
			t.Errorf("%q: %+v, want slip %t", text, hits, want)
		}
	}
	if hits := m.Find("on the forest trail"); len(hits) > 0 {
		t.Errorf("an ordinary word is a slip: %+v", hits)
	}
}

func TestHitsAreInOrder(t *testing.T) {
	hits := mustCompile(t, "prat", "total prat", "oaf").Find("an oaf, a total prat, a prat")
	want := []keyword.Hit{
		{Term: 2, Line: "oaf", Start: 3, End: 6}, {Term: 1, Line: "total prat", Start: 10, End: 20},
		{Term: 0, Line: "prat", Start: 16, End: 20}, {Term: 0, Line: "prat", Start: 24, End: 28},
	}
	if len(hits) != len(want) {
		t.Fatalf("%+v", hits)
	}
	for i := range want {
		if hits[i] != want[i] {
			t.Errorf("hit %d: %+v, want %+v", i, hits[i], want[i])
		}
	}
}

func TestParseTermsErrors(t *testing.T) {
	for list, want := range map[string]string{
		"prat\n*":                                 "line 2",
		"ok\n\n!":                                 "line 3",
		"a\n" + strings.Repeat("x", 300):          "line 2",
		"a\nb\n" + strings.Repeat("y ", 2_000):    "line 3",
		"fine\n\xff\xfe":                          "line 2",
		strings.Repeat("x\n", keyword.MaxTerms+1): "line 50001",
	} {
		_, err := keyword.ParseTerms(strings.NewReader(list))
		if !errors.Is(err, keyword.ErrTerms) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.20q: %v, want %q", list, err, want)
		}
	}
}

func TestParseTerms(t *testing.T) {
	terms, err := keyword.ParseTerms(strings.NewReader("\ufeff# list\r\n\r\n prat \r\nsnarg*\n!snargate\nwin a yacht"))
	if err != nil || len(terms) != 4 {
		t.Fatalf("%+v, %v", terms, err)
	}
	if terms[0].Text != "prat" || !terms[1].Prefix || terms[1].Line != "snarg*" || !terms[2].Allowed || terms[3].Text != "win a yacht" {
		t.Errorf("%+v", terms)
	}
}

func TestCompileErrors(t *testing.T) {
	for _, term := range []keyword.Term{{}, {Text: strings.Repeat("x", 201)}} {
		if _, err := keyword.Compile([]keyword.Term{term}); !errors.Is(err, keyword.ErrTerms) {
			t.Errorf("%+v: %v", term, err)
		}
	}
}

func TestMatchLines(t *testing.T) {
	terms := []keyword.Term{{Text: "prat", Line: "prat"}, {Text: "snarg", Line: "snarg*", Prefix: true}}
	in := "{\"id\":\"a\",\"text\":\"What a <prat>!\"}\n\n{\"id\":7,\"text\":\"fine\"}\n{\"text\":\"snargs\",\"id\":\"é\"}\n"
	want := "{\"id\":\"a\",\"hits\":[{\"term\":\"prat\",\"start\":8,\"end\":12}]}\n{\"id\":7,\"hits\":[]}\n{\"id\":\"é\",\"hits\":[{\"term\":\"snarg*\",\"start\":0,\"end\":6}]}\n"
	var out strings.Builder
	if err := keyword.MatchLines(context.Background(), terms, strings.NewReader(in), &out); err != nil || out.String() != want {
		t.Errorf("%v\n%s", err, out.String())
	}
}

func TestMatchLinesErrors(t *testing.T) {
	long := `{"id":"a","text":"` + strings.Repeat("x", keyword.MaxLineBytes) + `"}`
	for in, want := range map[string]string{
		"{\"id\":\"a\",\"text\":\"\"}\nnonsense": "line 2", "{\"id\":\"a\"}": "line 1", "{\"text\":\"a\"}": "line 1", "[1]": "line 1",
		"{\"id\":\"a\",\"text\":\"\"}\n" + long: "line 2",
	} {
		var out strings.Builder
		err := keyword.MatchLines(context.Background(), nil, strings.NewReader(in), &out)
		if !errors.Is(err, keyword.ErrLine) || !strings.Contains(err.Error(), want) {
			t.Errorf("%.40q: %v, want %q", in, err, want)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := keyword.MatchLines(ctx, nil, strings.NewReader("{}"), &strings.Builder{}); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestFold(t *testing.T) {
	text := "A <b>pr</b>&#97;\u200bt \U0001d5c9𝓻аｔ"
	f := keyword.Fold(text)
	if f.Text != "a prat prat" {
		t.Fatalf("%q", f.Text)
	}
	start, end := f.Original(2, 6)
	if text[start:end] != "pr</b>&#97;\u200bt" {
		t.Errorf("%q", text[start:end])
	}
	if start, end = f.Original(7, 11); text[start:end] != "\U0001d5c9𝓻аｔ" {
		t.Errorf("%q", text[start:end])
	}
}

func TestConcurrentFind(t *testing.T) {
	m := mustCompile(t, "prat", "oaf", "Della Frostwick")
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 200 {
				if n := len(m.Find("a pr@t, an o-a-f and D. Frostwick")); n != 3 {
					t.Errorf("%d hits", n)
					return
				}
			}
		})
	}
	wg.Wait()
}
