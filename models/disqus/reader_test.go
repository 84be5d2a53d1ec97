package disqus_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/iotest"

	"postbag/models/disqus"
	"postbag/models/intake"
)

var update = flag.Bool("update", false, "write the golden files anew")

// read returns all records and record errors of a file, and how it ended.
func read(r io.Reader, opts disqus.Options) (records []disqus.Record, bad []*disqus.RecordError, end error) {
	reader, err := disqus.NewReader(r, opts)
	if err != nil {
		return nil, nil, err
	}
	for {
		rec, err := reader.Next()
		var recordErr *disqus.RecordError
		switch {
		case errors.As(err, &recordErr):
			bad = append(bad, recordErr)
		case err != nil:
			return records, bad, err
		default:
			records = append(records, rec)
		}
	}
}

// dump describes what Next returns for a file, one line each.
func dump(tb testing.TB, r io.Reader) string {
	tb.Helper()
	reader, err := disqus.NewReader(r, disqus.Options{})
	if err != nil {
		return fmt.Sprintf("end: %v\n", err)
	}
	var out strings.Builder
	for {
		rec, err := reader.Next()
		var recordErr *disqus.RecordError
		switch {
		case errors.As(err, &recordErr):
			fmt.Fprintf(&out, "error %s: %v\n", recordErr.Code, err)
		case err != nil:
			fmt.Fprintf(&out, "end: %v\n", err)
			return out.String()
		default:
			fmt.Fprintf(&out, "%T %s\n", rec, short(tb, rec))
		}
	}
}

// short is a record as JSON, without what is empty.
func short(tb testing.TB, rec any) string {
	tb.Helper()
	long, err := json.Marshal(rec)
	if err != nil {
		tb.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(long, &all); err != nil {
		tb.Fatal(err)
	}
	prune(all)
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if err := enc.Encode(all); err != nil {
		tb.Fatal(err)
	}
	return strings.TrimSpace(out.String())
}

func prune(all map[string]any) {
	for key, value := range all {
		inner, ok := value.(map[string]any)
		if ok {
			prune(inner)
		}
		isApproved := key == "Approved" && value != nil
		if value == nil || value == "" || value == false && !isApproved || value == "0001-01-01T00:00:00Z" || ok && len(inner) == 0 {
			delete(all, key)
		}
	}
}

func TestFixtures(t *testing.T) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil || len(files) < 30 {
		t.Fatalf("%d fixtures: %v", len(files), err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			content, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			got := dump(t, bytes.NewReader(content))
			golden := strings.TrimSuffix(file, ".xml") + ".golden"
			if *update {
				if err := os.WriteFile(golden, []byte(got), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			want, err := os.ReadFile(golden)
			if err != nil {
				t.Fatal(err)
			}
			if got != string(want) {
				t.Errorf("got\n%s\nwant\n%s", got, want)
			}
			if slow := dump(t, iotest.OneByteReader(bytes.NewReader(content))); slow != got {
				t.Errorf("read byte by byte:\n%s\nat once:\n%s", slow, got)
			}
		})
	}
}

// TestReader_WindowEdges moves a post over the edge of the reader's window,
// byte by byte, so that every token is once cut in two.
func TestReader_WindowEdges(t *testing.T) {
	const window = 64 << 10
	post := `<post dsq:id="12"><message>a &amp; b<![CDATA[c ]] d]]> &#x1F600;` + "\r\n" + `e</message><isSpam>true</isSpam></post>`
	want := `*disqus.Post {"DsqID":"12","Line":1,"Message":"a & bc ]] d 😀\ne","Spam":true}` + "\nend: EOF\n"
	for before := window - len(post) - 10; before <= window+10; before++ {
		file := head + "<!--" + strings.Repeat("-", before-len(head)) + "-->" + post + "<!---->" + tail
		if got := dump(t, strings.NewReader(file)); got != want {
			t.Fatalf("after %d bytes:\n%s\nwant\n%s", before, got, want)
		}
	}
}

func TestReader_Attributes(t *testing.T) {
	tests := map[string]string{ // tag: id, empty for none
		`<post dsq:id="1">`:                      "1",
		`<post dsq:id = '1' >`:                   "1",
		"<post\n\tdsq:id=\"1\"\r\n>":             "1",
		`<post id="1">`:                          "1",
		`<post id="2" dsq:id="1">`:               "1",
		`<post dsq:id="1" id="2">`:               "1",
		`<post xml:id="2" dsq:id="1">`:           "1",
		`<post xmlns:id="2">`:                    "",
		`<post xml:id="2">`:                      "",
		`<post a="dsq:id='2'" b='>' dsq:id='1'>`: "1",
		`<post identity="2">`:                    "",
		`<post>`:                                 "",
	}
	for tag, want := range tests {
		records, bad, end := read(strings.NewReader(head+tag+`</post>`+tail), disqus.Options{})
		switch {
		case end != io.EOF || len(records)+len(bad) != 1:
			t.Errorf("%s: %d records, %v, %v", tag, len(records), bad, end)
		case want == "" && (len(bad) != 1 || bad[0].Code != intake.CodeMissingID):
			t.Errorf("%s: %v", tag, bad)
		case want != "" && (len(records) != 1 || records[0].(*disqus.Post).DsqID != want):
			t.Errorf("%s: %v, %v", tag, records, bad)
		}
	}
}
