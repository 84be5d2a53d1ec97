package interchange_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"postbag/models/intake"
	"postbag/models/interchange"
)

// TestRemark42Reader_closed: pages that are read-only come in the order of the
// file, so that two runs are equal, and once, whatever comments follow.
func TestRemark42Reader_closed(t *testing.T) {
	var posts, want []string
	for i := range 20 {
		posts = append(posts, fmt.Sprintf(`{"url":"https://news.example/%d","read_only":%t}`, i, i%4 != 0))
		if i%4 != 0 {
			want = append(want, fmt.Sprintf("https://news.example/%d", i))
		}
	}
	file := `{"version":1,"users":[],"posts":[` + strings.Join(posts, ",") + "]}\n" +
		`{"id":"a","text":"Hi","user":{"id":"u","name":"U"},"locator":{"url":"https://news.example/3"},"time":"2026-01-01T00:00:00Z"}` + "\n"
	r, err := interchange.NewRemark42Reader(strings.NewReader(file), 1000)
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for {
		record, err := r.Next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		if thread, ok := record.(*intake.Thread); ok {
			if got = append(got, thread.ID); !thread.Closed {
				t.Errorf("%s is open", thread.ID)
			}
		}
	}
	if strings.Join(got, " ") != strings.Join(want, " ") {
		t.Errorf("pages %v, want %v", got, want)
	}
}
