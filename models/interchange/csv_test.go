package interchange_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"strings"
	"testing"
	"time"

	"postbag/models/interchange"
)

// The last cell of a row is the text.
func TestTableWriter_text(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                "plain",
		"":                     "",
		"=HYPERLINK(\"x\")":    "'=HYPERLINK(\"x\")",
		"+1":                   "'+1",
		"-1":                   "'-1",
		"@SUM(A1)":             "'@SUM(A1)",
		"\t=1":                 "'\t=1",
		"\r=1":                 "'\n=1",
		"'quoted'":             "''quoted'",
		"a, \"b\"\r\nc":        "a, \"b\"\nc",
		"1=1":                  "1=1",
		"\uff1dfull width = é": "\uff1dfull width = é",
	} {
		var b bytes.Buffer
		w, err := interchange.NewTableWriter(&b)
		if err := errors.Join(err, w.Write(interchange.Row{ID: "c1", Text: text}), w.Close()); err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(&b).ReadAll()
		if err != nil || len(rows) != 2 || len(rows[0]) != len(rows[1]) {
			t.Fatalf("%q: %v %v", text, rows, err)
		}
		if got := rows[1][len(rows[1])-1]; got != want {
			t.Errorf("%q became %q, want %q", text, got, want)
		}
	}
}

func TestTableWriter_row(t *testing.T) {
	var b bytes.Buffer
	w, err := interchange.NewTableWriter(&b)
	row := interchange.Row{ID: "c2", Parent: "c1", Status: "spam", PageURL: "https://a.example/", AuthorName: "Ann", Created: time.Unix(0, 0), Likes: "3", Format: "html", Text: "x"}
	if err := errors.Join(err, w.Write(row), w.Close()); err != nil {
		t.Fatal(err)
	}
	_, got, _ := strings.Cut(b.String(), "\r\n")
	if want := "c2,,c1,spam,,https://a.example/,,Ann,,1970-01-01T00:00:00.000Z,,3,html,x\r\n"; got != want {
		t.Errorf("wrote %q", got)
	}
}
