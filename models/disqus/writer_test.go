package disqus_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"postbag/models/disqus"
)

func TestWriter_Form(t *testing.T) {
	approved := true
	created := time.Date(2021, 10, 27, 3, 4, 29, 5, time.FixedZone("", 2*3600))
	got := write(t, []disqus.Record{
		&disqus.Category{DsqID: "9", Forum: "news", Title: "General", IsDefault: true},
		&disqus.Thread{DsqID: "1", Forum: "news", CategoryID: "9", Link: "https://news.example/?a=1&b=2", CreatedAt: created, Closed: true},
		&disqus.Post{
			DsqID: "2", ImportID: "wp_id=12", Message: "<p>one ]]> two</p>", CreatedAt: created, Approved: &approved,
			Author:    disqus.Author{Name: `A "B" <C>`, Email: "a@news.example", Username: "a", Link: "https://a.example/"},
			IPAddress: "192.0.2.1", ThreadID: "1", ParentID: "1",
		},
	})
	want, err := os.ReadFile("testdata/written.xml")
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

func TestWriter_Errors(t *testing.T) {
	w := disqus.NewWriter(io.Discard)
	if err := w.WritePost(&disqus.Post{}); err == nil {
		t.Error("a post without an id was written")
	}
	if err := w.Close(); err == nil {
		t.Error("the error was forgotten")
	}

	w = disqus.NewWriter(io.Discard)
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	if err := w.WritePost(&disqus.Post{DsqID: "1"}); err == nil {
		t.Error("a post was written behind the end")
	}

	full := errors.New("no space left")
	w = disqus.NewWriter(failingWriter{full})
	if err := w.Close(); !errors.Is(err, full) {
		t.Errorf("Close: %v", err)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }

// shared are exports from public repositories, when the checkout has them beside it.
func shared(tb testing.TB) []string {
	tb.Helper()
	files, err := filepath.Glob("../../../shared/fixtures/disqus/*.xml")
	if err != nil {
		tb.Fatal(err)
	}
	return files
}

// TestSharedExports compares real exports with the twin, and writes them again.
func TestSharedExports(t *testing.T) {
	files := shared(t)
	if len(files) == 0 {
		t.Skip("no exports beside the checkout")
	}
	for _, file := range files {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		got, bad, end := read(bytes.NewReader(content), disqus.Options{})
		want, err := twin(content)
		if err != nil || len(bad) > 0 {
			t.Fatalf("%s: twin %v, refused %v", file, err, bad)
		}
		compare(t, got, bad, end, want)
		again, bad, end := read(bytes.NewReader(write(t, got)), disqus.Options{})
		compare(t, again, bad, end, want)
	}
}

// TestSharedExports_Counts fixes what is known of these files.
func TestSharedExports_Counts(t *testing.T) {
	want := map[string][4]int{ // threads, posts, deleted posts, guests
		"isso-tests-disqus.xml":        {3, 6, 1, 3},
		"artransfer-sample-disqus.xml": {1, 4, 0, 1},
	}
	for _, file := range shared(t) {
		content, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		records, _, _ := read(bytes.NewReader(content), disqus.Options{})
		var got [4]int
		for _, rec := range records {
			switch rec := rec.(type) {
			case *disqus.Thread:
				got[0]++
			case *disqus.Post:
				got[1]++
				got[2] += count(rec.Deleted)
				got[3] += count(rec.Author.Anonymous)
			}
		}
		if known, ok := want[filepath.Base(file)]; ok && got != known {
			t.Errorf("%s: %v, want %v", file, got, known)
		}
	}
}

func count(b bool) int {
	if b {
		return 1
	}
	return 0
}
