package disqus_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"

	"postbag/models/disqus"
	"postbag/models/intake"
)

const (
	head = `<disqus xmlns:dsq="http://disqus.com/disqus-internals">`
	tail = `</disqus>`
)

func TestReader_Limits(t *testing.T) {
	message := func(n int) string {
		return `<post dsq:id="1"><message>` + strings.Repeat("x", n) + `</message></post>`
	}
	nested := func(n int) string { return strings.Repeat("<a>", n) + strings.Repeat("</a>", n) }
	value := func(element string, n int) string {
		return `<thread dsq:id="1"><` + element + `>` + strings.Repeat("x", n) + `</` + element + `></thread>`
	}
	tests := map[string]struct {
		body string
		code string // of the record error
		bad  string // part of the syntax error
	}{
		"message at the limit":      {body: message(256 << 10)},
		"message over the limit":    {body: message(256<<10 + 1), code: intake.CodeTooLarge},
		"link at the limit":         {body: value("link", 16<<10)},
		"title over the limit":      {body: value("title", 16<<10+1)},
		"user name over the limit":  {body: `<post dsq:id="1"><author><username>` + strings.Repeat("x", 1<<10+1) + `</username></author></post>`, code: intake.CodeTooLarge},
		"identifier over the limit": {body: value("id", 64<<10+1), code: intake.CodeTooLarge},
		"identifier at the limit":   {body: value("id", 64<<10)},
		"flag over the limit":       {body: value("isClosed", 1<<10+1), code: intake.CodeTooLarge},
		"name over the limit":       {body: `<post dsq:id="1"><author>` + `<name>` + strings.Repeat("x", 64<<10+1) + `</name></author></post>`, code: intake.CodeTooLarge},
		"address over the limit":    {body: `<post dsq:id="1"><ipAddress>` + strings.Repeat("9", 1<<10+1) + `</ipAddress></post>`},
		"thread message":            {body: value("message", 1<<20)},
		"id of 64 characters":       {body: `<post dsq:id="` + strings.Repeat("9", 64) + `"/>`},
		"id of 65 characters":       {body: `<post dsq:id="` + strings.Repeat("9", 65) + `"/>`, code: intake.CodeBadID},
		"depth at the limit":        {body: nested(31)},
		"depth over the limit":      {body: nested(32), bad: "nested deeper than 32"},
		"tag over the limit":        {body: `<post a="` + strings.Repeat("x", 17<<10) + `"/>`, bad: "larger than 16384 bytes"},
		"element name at the limit": {body: "<" + strings.Repeat("x", 128) + "/>"},
		"element name over it":      {body: "<" + strings.Repeat("x", 129) + "/>", bad: "no proper name"},
		"reference without an end":  {body: `<post dsq:id="1"><message>&` + strings.Repeat("a", 100) + `;</message></post>`},
		"nothing but a less-than":   {body: `<post dsq:id="1"><message> < </message></post>`, bad: "another one begins"},
		"less-than in an attribute": {body: `<post dsq:id="<"/>`, bad: "no quoted value"},
		"an attribute without name": {body: `<post ="1"/>`, bad: "cannot be read"},
		"a declaration":             {body: `<!ELEMENT disqus ANY>`, bad: "no export has"},
		"an end without a start":    {body: `</post>`, bad: "is ended by"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, bad, end := read(strings.NewReader(head+tt.body+`<post dsq:id="2"/>`+tail), disqus.Options{})
			var syntax *disqus.SyntaxError
			switch {
			case tt.bad != "" && !errors.As(end, &syntax):
				t.Fatalf("ended with %v, want a syntax error", end)
			case tt.bad != "" && !strings.Contains(syntax.Detail, tt.bad):
				t.Fatalf("ended with %v, want %q in it", end, tt.bad)
			case tt.bad == "" && end != io.EOF:
				t.Fatalf("ended with %v", end)
			case tt.code == "" && len(bad) != 0:
				t.Fatalf("refused %v", bad[0])
			case tt.code != "" && (len(bad) != 1 || bad[0].Code != tt.code):
				t.Fatalf("refused %v, want code %s", bad, tt.code)
			}
		})
	}
}

// A thread is taken without what cannot be read of it, unless it would be
// another one, or in another state.
func TestReader_Flaws(t *testing.T) {
	tests := map[string]struct {
		body string
		flaw string // empty when the thread is lost
		want disqus.Thread
	}{
		"link over the limit": {"<id>a</id><link>" + strings.Repeat("x", 16<<10+1) + "</link>", intake.CodeTooLarge, disqus.Thread{Identifier: "a"}},
		"elements in a link":  {"<id>a</id><link>b<c>d</c></link>", intake.CodeNested, disqus.Thread{Identifier: "a", Link: "b"}},
		"time":                {"<id>a</id><createdAt>yesterday</createdAt>", intake.CodeBadDate, disqus.Thread{Identifier: "a"}},
		"a time after 9999":   {"<createdAt>9999-12-31T23:59:59-01:00</createdAt><id>a</id>", intake.CodeBadDate, disqus.Thread{Identifier: "a"}},
		"a time before 1":     {"<createdAt>0001-01-01T00:00:00+14:00</createdAt><id>a</id>", intake.CodeBadDate, disqus.Thread{Identifier: "a"}},
		"category":            {`<id>a</id><category dsq:id="?"/><isClosed>1</isClosed>`, intake.CodeBadID, disqus.Thread{Identifier: "a", Closed: true}},
		"identifier":          {"<id>" + strings.Repeat("x", 64<<10+1) + "</id>", "", disqus.Thread{}},
		"flag":                {"<createdAt>yesterday</createdAt><isDeleted>perhaps</isDeleted>", "", disqus.Thread{}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			r, err := disqus.NewReader(strings.NewReader(head+`<thread dsq:id="1">`+tt.body+"</thread>"+tail), disqus.Options{})
			if err != nil {
				t.Fatal(err)
			}
			rec, err := r.Next()
			var bad *intake.RecordError
			if tt.flaw == "" {
				if !errors.As(err, &bad) {
					t.Errorf("read %v, %v", rec, err)
				}
				return
			}
			got, ok := rec.(*disqus.Thread)
			if !ok || got.Flaw == nil || got.Flaw.Code != tt.flaw || got.Flaw.ID != "1" {
				t.Fatalf("read %+v, %v, want flaw %s", rec, err, tt.flaw)
			}
			tt.want.DsqID, tt.want.Line, tt.want.Flaw = "1", got.Line, got.Flaw
			if *got != tt.want {
				t.Errorf("read\n%+v, want\n%+v", *got, tt.want)
			}
		})
	}
}

func TestReader_Options(t *testing.T) {
	file := head + `<post dsq:id="1"><message>1234567890</message></post>` + tail
	for limit, refused := range map[int]int{9: 1, 10: 0} {
		if _, bad, end := read(strings.NewReader(file), disqus.Options{MaxMessage: limit}); len(bad) != refused || end != io.EOF {
			t.Errorf("limit %d: refused %v, ended with %v", limit, bad, end)
		}
	}
	if _, _, end := read(strings.NewReader(file), disqus.Options{MaxDepth: 2}); end == io.EOF {
		t.Error("depth 3 was read with a limit of 2")
	}
}

// TestReader_Truncated cuts a file at every byte: there is never a sound end,
// and the error says that the file is truncated.
func TestReader_Truncated(t *testing.T) {
	file := []byte(`<?xml version="1.0"?><!-- c -->` + head + `<post dsq:id="1"><message><![CDATA[a]]>&amp;</message></post><x/>` + tail)
	for n := range file {
		_, _, end := read(bytes.NewReader(file[:n]), disqus.Options{})
		var syntax *disqus.SyntaxError
		if !errors.As(end, &syntax) {
			t.Fatalf("%q ended with %v", file[:n], end)
		}
		if n > bytes.Index(file, []byte("<disqus"))+1 && !errors.Is(end, io.ErrUnexpectedEOF) {
			t.Fatalf("%q ended with %v, which is no io.ErrUnexpectedEOF", file[:n], end)
		}
	}
}

func TestReader_Gzip(t *testing.T) {
	plain := []byte(head + `<post dsq:id="1"/>` + "\n" + `<post dsq:id="2"/>` + tail)
	whole := pack(t, plain)
	damaged := bytes.Clone(whole)
	damaged[len(damaged)-6] ^= 0xff // checksum
	tests := map[string]struct {
		file  []byte
		posts int
		end   string
	}{
		"one member":          {file: whole, posts: 2, end: "EOF"},
		"two members":         {file: append(pack(t, plain[:70]), pack(t, plain[70:])...), posts: 2, end: "EOF"},
		"an empty member":     {file: append(pack(t, nil), whole...), posts: 2, end: "EOF"},
		"zero bytes behind":   {file: append(bytes.Clone(whole), 0, 0, 0), posts: 2, end: "EOF"},
		"garbage behind":      {file: append(bytes.Clone(whole), "garbage"...), posts: 2, end: "not gzip follow"},
		"two exports":         {file: append(bytes.Clone(whole), whole...), posts: 2, end: "two files put together"},
		"truncated":           {file: whole[:len(whole)-20], end: "middle of its compressed data"},
		"trailer missing":     {file: whole[:len(whole)-8], posts: 2, end: "middle of its compressed data"},
		"header only":         {file: whole[:5], end: "cannot be unpacked"},
		"wrong checksum":      {file: damaged, posts: 2, end: "invalid checksum"},
		"packed twice":        {file: pack(t, whole), end: "gzip twice"},
		"ZIP":                 {file: []byte("PK\x03\x04...."), end: "ZIP archive"},
		"nothing":             {file: nil, end: "empty"},
		"nothing, compressed": {file: pack(t, nil), end: "empty"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			records, _, end := read(bytes.NewReader(tt.file), disqus.Options{})
			if len(records) != tt.posts && tt.posts > 0 {
				t.Errorf("%d posts, want %d", len(records), tt.posts)
			}
			if end == nil || !strings.Contains(end.Error(), tt.end) {
				t.Errorf("ended with %v, want %q", end, tt.end)
			}
		})
	}
}

func pack(tb testing.TB, plain []byte) []byte {
	tb.Helper()
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	if _, err := w.Write(plain); err != nil {
		tb.Fatal(err)
	}
	if err := w.Close(); err != nil {
		tb.Fatal(err)
	}
	return buf.Bytes()
}

// TestReader_ReadError keeps the error of the reader below, such as a cancelled context.
func TestReader_ReadError(t *testing.T) {
	broken := errors.New("the disk is on fire")
	file := io.MultiReader(strings.NewReader(head+`<post dsq:id="1"/><post`), errorReader{broken})
	records, _, end := read(file, disqus.Options{})
	if len(records) != 1 || !errors.Is(end, broken) {
		t.Errorf("%d records, ended with %v", len(records), end)
	}
}

type errorReader struct{ err error }

func (r errorReader) Read([]byte) (int, error) { return 0, r.err }

// TestReader_StaysEnded calls Next again after the end.
func TestReader_StaysEnded(t *testing.T) {
	for _, file := range []string{head + tail, head, "<html>"} {
		r, err := disqus.NewReader(strings.NewReader(file), disqus.Options{})
		if err != nil {
			t.Fatal(err)
		}
		_, first := r.Next()
		if _, second := r.Next(); first == nil || second != first {
			t.Errorf("%q: first %v, then %v", file, first, second)
		}
	}
}

func TestReader_Progress(t *testing.T) {
	plain := export(t, 1000)
	packed := pack(t, plain)
	r, err := disqus.NewReader(bytes.NewReader(packed), disqus.Options{})
	if err != nil {
		t.Fatal(err)
	}
	for err == nil {
		_, err = r.Next()
	}
	lines := bytes.Count(plain, []byte("\n")) + 1
	if err != io.EOF || r.Line() != lines || r.Offset() != int64(len(plain)) || r.InputBytes() != int64(len(packed)) {
		t.Errorf("%v at line %d of %d, byte %d of %d, packed %d of %d", err, r.Line(), lines, r.Offset(), len(plain), r.InputBytes(), len(packed))
	}
}

// endless repeats a unit between a start and an end, without holding it all.
type endless struct {
	start, unit, end string
	times            int
	rest             string
}

func (e *endless) Read(p []byte) (int, error) {
	if e.rest == "" {
		switch {
		case e.start != "":
			e.rest, e.start = e.start, ""
		case e.times > 0:
			e.rest, e.times = e.unit, e.times-1
		case e.end != "":
			e.rest, e.end = e.end, ""
		default:
			return 0, io.EOF
		}
	}
	n := copy(p, e.rest)
	e.rest = e.rest[n:]
	return n, nil
}

// TestReader_Memory reads streams of 48 MB and looks at the live heap on the way.
func TestReader_Memory(t *testing.T) {
	const size, allowed = 48 << 20, 4 << 20
	post := `<post dsq:id="1"><message>` + strings.Repeat("text ", 100) + `</message></post>` + "\n"
	kilobyte := strings.Repeat("x", 1<<10)
	tests := map[string]endless{
		"posts":       {start: head, unit: post, end: tail, times: size / len(post)},
		"one text":    {start: head + `<post dsq:id="1"><message>`, unit: kilobyte, end: `</message></post>` + tail, times: size >> 10},
		"one CDATA":   {start: head + `<post dsq:id="1"><message><![CDATA[`, unit: kilobyte, end: `]]></message></post>` + tail, times: size >> 10},
		"one comment": {start: head + `<!--`, unit: kilobyte, end: `-->` + tail, times: size >> 10},
		"one name":    {start: head + `<post dsq:id="1"><author><name>`, unit: "&amp;", end: `</name></author></post>` + tail, times: size / 50},
		"fields":      {start: head + `<post dsq:id="1">`, unit: `<message>x</message><x>y</x>`, end: `</post>` + tail, times: size / 50},
		"line ends":   {start: head, unit: strings.Repeat("\n", 1<<10), end: tail, times: size >> 10},
	}
	for name, stream := range tests {
		t.Run(name, func(t *testing.T) {
			before := liveHeap()
			watch := &heapWatch{r: &stream, every: 8 << 20}
			if _, err := drain(watch); err != io.EOF {
				t.Fatal(err)
			}
			if watch.peak > before+allowed {
				t.Errorf("live heap grew by %d KiB", (watch.peak-before)>>10)
			}
		})
	}
}

// drain reads to the end and counts the records.
func drain(r io.Reader) (records int, err error) {
	reader, err := disqus.NewReader(r, disqus.Options{})
	for err == nil {
		_, err = reader.Next()
		var recordErr *intake.RecordError
		if errors.As(err, &recordErr) {
			err = nil
		}
		records++
	}
	return records, err
}

// heapWatch measures the live heap after every so many bytes read.
type heapWatch struct {
	r           io.Reader
	every, n    int
	peak        uint64
	measurement int
}

func (h *heapWatch) Read(p []byte) (int, error) {
	n, err := h.r.Read(p)
	if h.n += n; h.n/h.every > h.measurement {
		h.measurement = h.n / h.every
		h.peak = max(h.peak, liveHeap())
	}
	return n, err
}

func liveHeap() uint64 {
	var stats runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&stats)
	return stats.HeapAlloc
}
