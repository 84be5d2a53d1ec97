//go:build unix

package web_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// BenchmarkThreadRead reads a thread page of 50 comments as a reader's browser
// does, again and again; BenchmarkBareHandler is answered with the same bytes
// and headers by a handler that knows nothing else. Both report the processor
// time of the whole process for one request, the small client's included, so
// compare them in one run:
//
//	go test -run '^$' -bench 'ThreadRead|BareHandler' -count 5 ./web
//
// The thread may cost at most twice the bare handler.
func BenchmarkThreadRead(b *testing.B) {
	r := benchRig(b)
	for name, header := range threadHeaders(r) {
		b.Run(name, func(b *testing.B) { drive(b, r.server.Handler(), threadPath, header) })
	}
}

// BenchmarkBareHandler is the measure for BenchmarkThreadRead.
func BenchmarkBareHandler(b *testing.B) {
	r := benchRig(b)
	for name, header := range threadHeaders(r) {
		rec := httptest.NewRecorder()
		req := httptest.NewRequest("GET", threadPath, nil)
		for line := range strings.SplitSeq(strings.TrimSuffix(header, "\r\n"), "\r\n") {
			if key, value, ok := strings.Cut(line, ": "); ok {
				req.Header.Set(key, value)
			}
		}
		r.server.Handler().ServeHTTP(rec, req)
		body, headers := rec.Body.Bytes(), rec.Header()
		b.Run(name, func(b *testing.B) {
			drive(b, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				for key := range headers {
					w.Header()[key] = headers[key]
				}
				w.WriteHeader(rec.Code)
				_, _ = w.Write(body)
			}), threadPath, header)
		})
	}
}

func benchRig(b *testing.B) *rig {
	b.Helper()
	r := newRig(b)
	for i := range 50 {
		r.comment(fmt.Sprintf("Comment %d, with a few *words* that differ: %x.", i, i*7919))
	}
	return r
}

func threadHeaders(r *rig) map[string]string {
	tag := r.do(request{path: threadPath, header: map[string]string{"Accept-Encoding": "gzip"}}).header.Get("ETag")
	return map[string]string{
		"gzip":        "Accept-Encoding: gzip, deflate, br\r\nOrigin: " + siteOrigin + "\r\n",
		"plain":       "",
		"notmodified": "Accept-Encoding: gzip\r\nOrigin: " + siteOrigin + "\r\nIf-None-Match: " + tag + "\r\n",
	}
}

// drive sends one prepared request over and over on a connection that stays
// open, and reads the answers without looking at them.
func drive(b *testing.B, handler http.Handler, path, header string) {
	b.Helper()
	ts := httptest.NewServer(handler)
	defer ts.Close()
	conn, err := net.Dial("tcp", ts.Listener.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	question := []byte("GET " + path + " HTTP/1.1\r\nHost: comments.example\r\n" + header + "\r\n")
	answers := bufio.NewReaderSize(conn, 64<<10)
	ask := func() {
		if _, err := conn.Write(question); err != nil {
			b.Fatal(err)
		}
		if err := skipAnswer(answers); err != nil {
			b.Fatal(err)
		}
	}
	ask()
	start := processorTime(b)
	for b.Loop() {
		ask()
	}
	b.ReportMetric(float64(processorTime(b)-start)/float64(b.N)/1e3, "cpu-µs/op")
}

func skipAnswer(r *bufio.Reader) error {
	length := 0
	for {
		line, err := r.ReadSlice('\n')
		if err != nil {
			return err
		}
		if len(line) <= 2 {
			_, err := r.Discard(length)
			return err
		}
		if value, ok := strings.CutPrefix(string(line), "Content-Length: "); ok {
			if length, err = strconv.Atoi(strings.TrimSpace(value)); err != nil {
				return err
			}
		}
	}
}

// processorTime is what the process has used so far.
func processorTime(b *testing.B) time.Duration {
	b.Helper()
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		b.Fatal(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// TestThreadReadAllocations bounds what a repeated read allocates in the
// server's own code.
func TestThreadReadAllocations(t *testing.T) {
	r := newRig(t)
	r.comment("One.")
	handler := r.server.Handler()
	req := httptest.NewRequest("GET", threadPath, nil)
	req.Header.Set("Accept-Encoding", "gzip")
	req.Header.Set("Origin", siteOrigin)
	w := &discard{header: http.Header{}}
	n := testing.AllocsPerRun(200, func() {
		clear(w.header)
		handler.ServeHTTP(w, req)
	})
	t.Logf("%.0f allocations", n)
	if n > 20 {
		t.Errorf("%.0f allocations for a repeated read, want at most 20", n)
	}
}

// discard is a response that nobody reads.
type discard struct{ header http.Header }

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) Write(p []byte) (int, error) { return io.Discard.Write(p) }
func (d *discard) WriteHeader(int)             {}
