package disqus_test

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"testing"
	"time"

	"postbag/models/disqus"
)

// export is an export of n posts of usual size.
func export(tb testing.TB, n int) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w := disqus.NewWriter(&buf)
	thread := &disqus.Thread{DsqID: "1", Forum: "news", Link: "https://news.example/a", CreatedAt: time.Unix(1500000000, 0)}
	if err := w.WriteThread(thread); err != nil {
		tb.Fatal(err)
	}
	for i := range n {
		post := &disqus.Post{
			DsqID:     fmt.Sprint(100 + i),
			Message:   "<p>" + strings.Repeat("A sentence of usual length. ", 6) + "</p>",
			CreatedAt: time.Unix(1500000000+int64(i), 0),
			Author:    disqus.Author{Name: "Ann & Bob", Username: "annbob"},
			ThreadID:  "1",
		}
		if err := w.WritePost(post); err != nil {
			tb.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

func BenchmarkReader(b *testing.B) {
	const posts = 20_000
	file := export(b, posts)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		r, err := disqus.NewReader(bytes.NewReader(file), disqus.Options{})
		if err != nil {
			b.Fatal(err)
		}
		for err == nil {
			_, err = r.Next()
		}
		if err != io.EOF {
			b.Fatal(err)
		}
	}
	b.ReportMetric(posts*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

// BenchmarkEncodingXML is the same with the standard library's decoder, for comparison.
func BenchmarkEncodingXML(b *testing.B) {
	const posts = 20_000
	file := export(b, posts)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := twin(file); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(posts*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}

func BenchmarkWriter(b *testing.B) {
	const posts = 20_000
	for b.Loop() {
		export(b, posts)
	}
	b.ReportMetric(posts*float64(b.N)/b.Elapsed().Seconds(), "posts/s")
}
