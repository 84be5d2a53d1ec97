package interchange_test

import (
	"encoding/csv"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"postbag/models/intake"
	"postbag/models/interchange"
)

// FuzzLineReader: whatever the file, reading ends, with io.EOF or with a place and
// a reason.
func FuzzLineReader(f *testing.F) {
	f.Add(`{"type":"header","format":"postbag","version":1}
{"type":"site","key":"a","tag":"pb0123456789ab-"}
{"type":"author","id":"u1","kind":"guest","key":"k","created":"2026-01-01T00:00:00.000Z"}
{"type":"comment","id":"c1","text":"x"}
nonsense
{"type":"end","lines":{"site":1,"author":1,"comment":2}}
`)
	f.Fuzz(func(t *testing.T, file string) {
		r, err := interchange.NewLineReader(strings.NewReader(file))
		if err != nil {
			return
		}
		for range len(file) + 2 {
			_, err = r.Next()
			var bad *intake.RecordError
			if err != nil && !errors.As(err, &bad) {
				break
			}
			if bad != nil && (bad.Line < 1 || bad.Detail == "") {
				t.Fatalf("%+v", bad)
			}
		}
		var syntax *intake.SyntaxError
		if err != io.EOF && (!errors.As(err, &syntax) || syntax.Line < 1 || syntax.Detail == "") {
			t.Fatalf("ended with %v", err)
		}
	})
}

// FuzzTableReader is FuzzLineReader for tables and objects.
func FuzzTableReader(f *testing.F) {
	f.Add("id;url;text;date;status\n1;https://a.example/;\"x\"\"\ny\";2020-01-01;ok\n2;;;;\n\"3\"z;;;;\n")
	f.Add("[{\"url\":\"https://a.example/\",\"text\":\"x\\u0000\",\"user\":{\"name\":\"A\"}},\n{\"url\":1}]")
	f.Add("{\"url\":\"u\",\"html\":\"<p>x\"}\n7\n{\"url\":null}\n")
	f.Fuzz(func(t *testing.T, file string) {
		o := interchange.TableOptions{MaxText: 100}
		for _, open := range []func(io.Reader, interchange.TableOptions) (*interchange.TableReader, error){interchange.NewCSVReader, interchange.NewJSONReader} {
			r, err := open(strings.NewReader(file), o)
			records := 0
			for ; err == nil && records < 2*len(file)+50; records++ {
				var record intake.Record
				record, err = r.Next()
				var bad *intake.RecordError
				if errors.As(err, &bad) {
					if err = nil; bad.Line < 1 || bad.Detail == "" || bad.Code == "" {
						t.Fatalf("%+v", bad)
					}
				}
				if p, ok := record.(*intake.Post); ok && (p.ID == "" || len(p.Text) > o.MaxText || strings.ContainsRune(p.Text+p.Thread+p.Author.Name, 0)) {
					t.Fatalf("%+v", p)
				}
			}
			var syntax *intake.SyntaxError
			if err != io.EOF && (!errors.As(err, &syntax) || syntax.Line < 1 || syntax.Detail == "") {
				t.Fatalf("ended with %v after %d records", err, records)
			}
		}
	})
}

// FuzzCSV holds the reading of rows against encoding/csv, whose rules for quotes
// are narrower: what that takes, with as many fields in each row, is taken alike.
func FuzzCSV(f *testing.F) {
	f.Add("url,text\nhttps://a.example/,\"x, \"\"y\"\"\nz\"\nb,c\n")
	f.Fuzz(func(t *testing.T, rest string) {
		file := "url,text\n" + rest
		want, err := csv.NewReader(strings.NewReader(file)).ReadAll()
		if err != nil || strings.ContainsAny(rest, "\r\x00") || !utf8.ValidString(rest) {
			return
		}
		r, err := interchange.NewCSVReader(strings.NewReader(file), interchange.TableOptions{Text: "markdown", MaxText: 1 << 20})
		if err != nil {
			t.Fatal(err)
		}
		want = slices.DeleteFunc(want[1:], func(row []string) bool { return strings.TrimSpace(row[1]) == "" })
		for {
			record, err := r.Next()
			if err == io.EOF {
				break
			}
			var bad *intake.RecordError
			if err != nil && (!errors.As(err, &bad) || bad.Code != "no-text" && bad.Code != "columns" && bad.Code != "fields") && !(bad != nil && bad.Code == intake.CodeTooLarge) {
				t.Fatal(err)
			}
			if p, ok := record.(*intake.Post); ok {
				if len(want) == 0 || p.Text != want[0][1] {
					t.Fatalf("%q, not %q", p.Text, want)
				}
				want = want[1:]
			}
		}
		if len(want) > 0 {
			t.Fatalf("not read: %q", want)
		}
	})
}
