package interchange_test

import (
	"errors"
	"io"
	"strings"
	"testing"

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
