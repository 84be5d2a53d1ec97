package intake_test

import (
	"bytes"
	"compress/gzip"
	"io"
	"strings"
	"testing"

	"postbag/models/intake"
)

// TestOpenWithin unpacks blanks, of which gzip makes a thousandth.
func TestOpenWithin(t *testing.T) {
	const size = 1 << 20
	tests := map[string]struct {
		limits intake.Limits
		plain  bool
		fails  bool
	}{
		"at the size":             {intake.Limits{Bytes: size, Ratio: 10}, false, false},
		"beyond the size":         {intake.Limits{Bytes: size - 1, Ratio: 10}, false, true},
		"large, but not so dense": {intake.Limits{Bytes: 1000, Ratio: 2000}, false, false},
		"not packed":              {intake.Limits{Bytes: 1000, Ratio: 1}, true, false},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			var file bytes.Buffer
			if test.plain {
				file.WriteString(strings.Repeat(" ", size))
			} else {
				w := gzip.NewWriter(&file)
				_, _ = io.WriteString(w, strings.Repeat(" ", size))
				_ = w.Close()
			}
			s, err := intake.OpenWithin(&file, test.limits)
			if err != nil {
				t.Fatal(err)
			}
			n, err := io.Copy(io.Discard, s)
			if test.fails != (err != nil) || !test.fails && n != size {
				t.Errorf("%d bytes, %v", n, err)
			}
			if test.fails && !strings.Contains(err.Error(), "unpack it and import the file in it") {
				t.Errorf("the error does not help: %v", err)
			}
		})
	}
}
