package rulefile_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"

	"postbag/moderation/keyword"
	"postbag/moderation/rulefile"
)

func TestParseWords(t *testing.T) {
	for name, c := range map[string]struct {
		format, text string
		terms        []string
		skipped      string // lines of what is left out
		changed      string
		duplicates   int
		emails       int
	}{
		"plain": {
			rulefile.Plain, "\ufeff# words\n\nscam*\n  cheap   pills \n!Scunthorpe\nEXAMPLE.com\r\n*word\n*\n!\n",
			[]string{"scam*", "cheap   pills", "!Scunthorpe", "EXAMPLE.com"}, "7 8 9", "", 0, 0,
		},
		"plain, duplicates": {
			rulefile.Plain, "Café\ncafe\nCAFÉ\ncafe*\n!cafe\nc4fé\nc++\nc\nC++\n🖕\n🖕\n\u200bcafe\n",
			[]string{"Café", "cafe*", "!cafe", "c4fé", "c++", "c", "🖕"}, "", "", 5, 0,
		},
		"plain, too long": {rulefile.Plain, strings.Repeat("x", 201) + "\nfine\n", []string{"fine"}, "1", "", 0, 0},
		"not text":        {rulefile.Plain, "a\xff\nb\x00\nfine\n", []string{"fine"}, "1 2", "", 0, 0},
		"nothing to read": {rulefile.Plain, ".\n...\n-\nfine\n", []string{"fine"}, "1 2 3", "", 0, 0},
		"wordpress": {
			rulefile.WordPress, "casino\nCasino\n\n192.0.2.7\n192.0.2.\n10.0.0.0/8\n2001:db8::1\nspam@example.com\nhttp://pills.example/buy?x=1\nhttps://www.pills.example\n.ru\nviagra*\n#tag\n!word\nmeds-4u\n3.5\n",
			[]string{"casino", "spam@example.com", "pills.example", ".ru", "viagra*", "word", "meds-4u", "3.5"}, "4 5 6 7 13", "9 12 14", 2, 1,
		},
		"disqus": {
			rulefile.Disqus, "spam, *viagra*, *ass\ncheap pills,,\n*mid*dle*\nhttps://x.example/*\nSPAM\n",
			[]string{"spam", "viagra*", "ass", "cheap pills", "x.example"}, "3", "1 1 4", 1, 0,
		},
		"part of a URL": {rulefile.WordPress, "http://\nhttps://foo\nwww.\nwww.spam.example/\n", []string{"spam.example"}, "1 2 3", "4", 0, 0},
	} {
		t.Run(name, func(t *testing.T) {
			terms, report, err := rulefile.ParseWords(c.format, strings.NewReader(c.text))
			if err != nil || !reflect.DeepEqual(terms, c.terms) {
				t.Errorf("terms %q, %v", terms, err)
			}
			if got := linesOf(t, report.Skipped); got != c.skipped {
				t.Errorf("left out %s: %+v", got, report.Skipped)
			}
			if got := linesOf(t, report.Changed); got != c.changed {
				t.Errorf("changed %s: %+v", got, report.Changed)
			}
			if report.Terms != len(terms) || report.Duplicates != c.duplicates || report.LeftOut != len(report.Skipped) || report.Emails != c.emails {
				t.Errorf("%+v", report)
			}
		})
	}
}

func linesOf(t *testing.T, notes []rulefile.WordNote) string {
	t.Helper()
	var lines []string
	for _, n := range notes {
		lines = append(lines, fmt.Sprint(n.Line))
		if n.Text == "" || !strings.HasSuffix(n.Why, ".") {
			t.Errorf("note %+v", n)
		}
	}
	return strings.Join(lines, " ")
}

// Every term of a list is one that a rule takes, and finds what it names.
func TestWordsWork(t *testing.T) {
	terms, _, err := rulefile.ParseWords(rulefile.WordPress, strings.NewReader("casino\nspam@example.com\nhttp://pills.example/buy\ncheap pills\n"))
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := keyword.ParseTerms(strings.NewReader(strings.Join(terms, "\n")))
	if err != nil {
		t.Fatal(err)
	}
	m, err := keyword.Compile(parsed)
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{"Casinos!", "write to spam@example.com", "see https://www.pills.example/other", "c h e a p pills"} {
		if len(m.Find(text)) == 0 {
			t.Errorf("%q is not found", text)
		}
	}
}

func TestParseWordsRefusals(t *testing.T) {
	if _, _, err := rulefile.ParseWords("word", strings.NewReader("a")); err == nil || !strings.Contains(err.Error(), "plain, wordpress, disqus") {
		t.Error(err)
	}
	broken := errors.New("broken")
	if _, _, err := rulefile.ParseWords(rulefile.Plain, iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Error(err)
	}
	line := "abcdefg\n"
	full := strings.Repeat(line, rulefile.MaxWordBytes/len(line))
	if terms, report, err := rulefile.ParseWords(rulefile.Plain, strings.NewReader(full)); err != nil || len(terms) != 1 || report.Duplicates != rulefile.MaxWordBytes/len(line)-1 {
		t.Errorf("at the limit: %d terms, %+v, %v", len(terms), report, err)
	}
	if _, _, err := rulefile.ParseWords(rulefile.Plain, strings.NewReader(full+"x")); err == nil || !strings.Contains(err.Error(), "larger than 4 MB") {
		t.Errorf("over the limit: %v", err)
	}
	_, report, err := rulefile.ParseWords(rulefile.Plain, strings.NewReader(strings.Repeat("!\n", 5000)))
	if err != nil || report.LeftOut != 5000 || len(report.Skipped) != 1000 {
		t.Errorf("%d left out, %d listed, %v", report.LeftOut, len(report.Skipped), err)
	}
}

func FuzzParseWords(f *testing.F) {
	f.Add("wordpress", "casino\n10.0.0.1\nhttp://a.example/b\n!x\n*y*\n")
	f.Add("disqus", "a, *b*, c*\n")
	f.Add("plain", "# x\n!y\nz*\n")
	f.Fuzz(func(t *testing.T, format, text string) {
		terms, report, err := rulefile.ParseWords(format, strings.NewReader(text))
		if err != nil {
			return
		}
		for _, term := range terms {
			if got, err := keyword.ParseTerm(term); err != nil || strings.Contains(got.Text, "*") || strings.ContainsAny(term, "\n\r") || strings.HasPrefix(term, "#") {
				t.Errorf("%q is no term: %v", term, err)
			}
		}
		again, second, err := rulefile.ParseWords(rulefile.Plain, strings.NewReader(strings.Join(terms, "\n")))
		if err != nil || len(again) != len(terms) || second.LeftOut+second.Duplicates != 0 {
			t.Errorf("%q read again: %q, %+v, %v", terms, again, second, err)
		}
		if report.Terms != len(terms) {
			t.Errorf("%d terms, %+v", len(terms), report)
		}
	})
}
