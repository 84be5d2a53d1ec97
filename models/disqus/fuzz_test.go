package disqus_test

import (
	"bytes"
	"errors"
	"io"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"postbag/models/disqus"
)

// FuzzReader holds the Reader against encoding/xml. What that accepts, the
// Reader accepts with the same records, unless it names a limit or a record error.
func FuzzReader(f *testing.F) {
	files, err := filepath.Glob("testdata/*.xml")
	if err != nil {
		f.Fatal(err)
	}
	for _, file := range append(files, shared(f)...) {
		content, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(content)
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		got, bad, end := read(bytes.NewReader(file), disqus.Options{})
		var syntax *disqus.SyntaxError
		if end != io.EOF && (!errors.As(end, &syntax) || syntax.Line < 1 || syntax.Detail == "") {
			t.Fatalf("ended with %v", end)
		}
		want, err := twin(file)
		switch {
		case err == nil && !surrogate.Match(file):
			compare(t, got, bad, end, want)
		case err != io.EOF && end == io.EOF && len(bad) == 0 && !forgiven.Match(file):
			t.Fatalf("read what encoding/xml refuses: %v", err)
		}
	})
}

// forgiven is what the Reader takes and encoding/xml does not. Names, comments
// and instructions are not checked to the letter of the standard either.
var forgiven = regexp.MustCompile("^[^<]+|[\x00-\x08\x0b\x0c\x0e-\x1f]|[^\x00-\x7f]|&|]]>|--|<\\?|:|\x7f")

// surrogate finds references that the Reader joins and encoding/xml does not.
var surrogate = regexp.MustCompile(`&#0*(x0*[dD]|5)`)

// refusals are the reasons that encoding/xml does not have.
var refusals = regexp.MustCompile("DOCTYPE|declaration|nested deeper|larger than|no proper name|follows the end|encoded in|not begin with XML")

func compare(t *testing.T, got []disqus.Record, bad []*disqus.RecordError, end error, want []disqus.Record) {
	if end != io.EOF {
		if !refusals.MatchString(end.Error()) {
			t.Fatalf("encoding/xml reads it, the reader says: %v", end)
		}
		return
	}
	if len(got)+len(bad) != len(want) {
		t.Fatalf("%d records and %d errors, encoding/xml has %d records", len(got), len(bad), len(want))
	}
	if len(bad) > 0 {
		return
	}
	for i := range want {
		alike(got[i], want[i])
		if !reflect.DeepEqual(got[i], want[i]) {
			t.Fatalf("record %d is\n%+v\nencoding/xml has\n%+v", i, got[i], want[i])
		}
	}
}

// alike takes away what the twin does not know: lines, and times in other layouts.
func alike(got, want disqus.Record) {
	switch got := got.(type) {
	case *disqus.Category:
		got.Line = 0
	case *disqus.Thread:
		got.Line = 0
		if w, ok := want.(*disqus.Thread); ok && w.CreatedAt.IsZero() {
			got.CreatedAt = time.Time{}
		}
	case *disqus.Post:
		got.Line = 0
		if w, ok := want.(*disqus.Post); ok && w.CreatedAt.IsZero() {
			got.CreatedAt = time.Time{}
		}
	}
}

// FuzzWriter writes records and reads them back, with both readers.
func FuzzWriter(f *testing.F) {
	f.Add("1", "<p>Hello</p>", "Ann & \"Bob\"", "https://news.example/?a=1&b=2", int64(1e9), uint8(0))
	f.Add("1", "]]> &amp; <![CDATA[ \r\n\x00 \xff]]", " padded ", "\uFFFE", int64(-1), uint8(255))
	f.Fuzz(func(t *testing.T, id, message, name, link string, unix int64, flags uint8) {
		if !usable(id, message, name, link) {
			t.Skip()
		}
		flag := func(bit int) bool { return flags>>bit&1 == 1 }
		created := time.Unix(unix%200_000_000_000, 0).UTC()
		if created.Year() < 1 || created.Year() > 9999 || created.IsZero() {
			t.Skip()
		}
		author := disqus.Author{Name: name, Email: link, Username: id, Link: link, Anonymous: flag(0)}
		approved := flag(1)
		post := &disqus.Post{
			DsqID: id, ImportID: name, Message: message, CreatedAt: created, Deleted: flag(2), Spam: flag(3),
			Author: author, IPAddress: name, ThreadID: id, ParentID: id,
		}
		if flag(4) {
			post.Approved = &approved
		}
		written := []disqus.Record{
			&disqus.Category{DsqID: id, Forum: name, Title: message, IsDefault: flag(5)},
			&disqus.Thread{
				DsqID: id, Identifier: name, Forum: name, CategoryID: id, Link: link, Title: message, Message: message,
				CreatedAt: created, Author: author, IPAddress: name, Closed: flag(6), Deleted: flag(7),
			},
			post,
		}
		file := write(t, written)
		for _, rec := range written {
			normalise(reflect.ValueOf(rec).Elem())
		}
		got, bad, end := read(bytes.NewReader(file), disqus.Options{})
		if len(bad) > 0 {
			t.Fatalf("%v\n%s", bad[0], file)
		}
		compare(t, got, nil, end, written)
		want, err := twin(file)
		if err != nil {
			t.Fatalf("encoding/xml: %v\n%s", err, file)
		}
		compare(t, got, nil, end, want)
	})
}

var usableID = regexp.MustCompile(`^[A-Za-z0-9_-]{1,64}$`)

func usable(id, message, name, link string) bool {
	return usableID.MatchString(id) && len(message) < 5000 && len(name) < 300 && len(link) < 300
}

func write(tb testing.TB, records []disqus.Record) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w := disqus.NewWriter(&buf)
	for _, rec := range records {
		var err error
		switch rec := rec.(type) {
		case *disqus.Category:
			err = w.WriteCategory(rec)
		case *disqus.Thread:
			err = w.WriteThread(rec)
		case *disqus.Post:
			err = w.WritePost(rec)
		}
		if err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// normalise does to every string what the Writer says it does, and trims as the Reader does.
func normalise(v reflect.Value) {
	for i := range v.NumField() {
		switch field := v.Field(i); {
		case field.Type() == reflect.TypeFor[disqus.Author]():
			normalise(field)
		case field.Kind() == reflect.String:
			field.SetString(strings.TrimSpace(strings.Map(legal, field.String())))
		}
	}
}

func legal(c rune) rune {
	switch {
	case c == '\t' || c == '\n' || c == '\r':
		return c
	case c < ' ':
		return ' '
	case c == '\uFFFE' || c == '\uFFFF':
		return utf8.RuneError
	}
	return c
}
