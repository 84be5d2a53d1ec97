package interchange_test

import (
	"bytes"
	"errors"
	"strings"
	"testing"
	"time"

	"postbag/models/interchange"
)

func TestLineWriter(t *testing.T) {
	at := time.Date(2026, 3, 1, 12, 0, 0, 5e6, time.FixedZone("", 3600))
	var b bytes.Buffer
	w, err := interchange.NewLineWriter(&b, at)
	if err != nil {
		t.Fatal(err)
	}
	err = errors.Join(
		w.Comment(interchange.Comment{ID: "c1", Article: "a1", Status: "approved", Author: "u1", Text: "<b> \u2028\n", Created: interchange.Stamp(at)}),
		w.Comment(interchange.Comment{ID: "c2"}),
		w.Report(interchange.Report{Comment: "c1"}),
		w.Close(),
	)
	if err != nil {
		t.Fatal(err)
	}
	want := []string{
		`{"type":"header","format":"postbag","version":1,"made":"2026-03-01T11:00:00.005Z"}`,
		`{"type":"comment","id":"c1","article":"a1","status":"approved","version":0,"author":"u1","author_name":"","format":"","text":"<b> \u2028\n","created":"2026-03-01T11:00:00.005Z"}`,
		`{"type":"comment","id":"c2","article":"","status":"","version":0,"author":"","author_name":"","format":"","text":""}`,
		`{"type":"report","id":0,"comment":"c1","reason":"","text":""}`,
		`{"type":"end","lines":{"comment":2,"report":1}}`,
	}
	if got := strings.TrimSuffix(b.String(), "\n"); got != strings.Join(want, "\n") {
		t.Errorf("wrote\n%s", got)
	}
}
