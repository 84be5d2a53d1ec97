package disqus

import (
	"bytes"
	"errors"
	"fmt"
	"io"
)

// Options are the limits of a Reader. A zero value means the default.
type Options struct {
	MaxMessage int // bytes of one post's message, padding included; default 256 KiB
	MaxDepth   int // nested elements; default 32
}

const (
	defaultMaxMessage = 256 << 10
	defaultMaxDepth   = 32

	kindCategory = "category"
	kindThread   = "thread"
	kindPost     = "post"
)

// Reader reads an export, plain or gzipped. It holds a window of 64 KiB and one
// record. It is not safe for use by more than one goroutine.
type Reader struct {
	opts   Options
	in     *countingReader
	scan   *scanner
	values values
	opened bool
	err    error // what Next returns from now on
}

// NewReader looks at the first bytes of r, to know whether they are gzip. It
// fails with a *SyntaxError when r cannot be unpacked or cannot be read.
func NewReader(r io.Reader, opts Options) (*Reader, error) {
	if opts.MaxMessage <= 0 {
		opts.MaxMessage = defaultMaxMessage
	}
	if opts.MaxDepth <= 0 {
		opts.MaxDepth = defaultMaxDepth
	}
	in := &countingReader{r: r}
	src, err := unpack(in)
	if err != nil {
		return nil, &SyntaxError{Line: 1, Detail: fmt.Sprintf("The file cannot be unpacked: %v.", err), Err: err}
	}
	return &Reader{
		opts:   opts,
		in:     in,
		scan:   newScanner(src, opts.MaxDepth),
		values: values{intern: make(map[string]string)},
	}, nil
}

// Line is the line that the reader has come to in the unpacked file, from 1.
func (r *Reader) Line() int { return r.scan.line }

// Offset is how many bytes of the unpacked file have been read.
func (r *Reader) Offset() int64 { return r.scan.offset() }

// InputBytes is how many bytes were taken from the underlying reader, still
// packed if it is gzip. It runs up to 64 KiB ahead. With the size of the file it
// shows progress.
func (r *Reader) InputBytes() int64 { return r.in.n }

// Next returns the next category, thread or post, in the order of the file.
// After a *RecordError the next record can be read; any other error stays.
// io.EOF says that the file ended as it should.
//
// A post or thread without createdAt has the zero time.
func (r *Reader) Next() (Record, error) {
	if r.err != nil {
		return nil, r.err
	}
	if !r.opened {
		r.err = r.open()
		r.opened = true
	}
	for r.err == nil {
		name, err := r.nextChild()
		if err != nil {
			r.err = err
			break
		}
		switch name {
		case kindCategory, kindThread, kindPost:
			return r.record(name)
		}
		r.err = r.skip()
	}
	return nil, r.err
}

// open passes over what stands before the root element and checks the root.
func (r *Reader) open() error {
	if err := r.stray(); err != nil {
		return err
	}
	ev, err := r.scan.next(nil)
	switch {
	case err != nil:
		return err
	case ev == endOfFile:
		return r.scan.syntax("The file has no root element <disqus>: this is not a Disqus export.")
	case string(r.scan.local) != "disqus":
		return r.scan.syntax("The root element is called %.40q, not \"disqus\": this is not a Disqus export%s.", r.scan.local, guess(r.scan.local))
	}
	return nil
}

// guess helps somebody who took the wrong file.
func guess(root []byte) string {
	switch string(root) {
	case "html":
		return " but a web page"
	case "rss":
		return " but a feed or a WordPress export"
	}
	return ""
}

// stray passes over a byte order mark and other bytes before the first "<".
func (r *Reader) stray() error {
	b := r.scan.need(maxStray)
	switch {
	case len(b) == 0 && r.scan.readError() == nil:
		return r.scan.syntax("The file is empty.")
	case bytes.HasPrefix(b, []byte("\xff\xfe")), bytes.HasPrefix(b, []byte("\xfe\xff")),
		bytes.HasPrefix(b, []byte("<\x00")), bytes.HasPrefix(b, []byte("\x00<")):
		return r.scan.syntax("The file is encoded in UTF-16; only UTF-8 is read. Convert it first.")
	}
	i := bytes.IndexByte(b, '<')
	if i < 0 {
		if err := r.scan.readError(); err != nil {
			return err
		}
		return r.scan.syntax("The file does not begin with XML: this is not a Disqus export.")
	}
	r.scan.advance(i)
	return nil
}

// nextChild goes to the start of the next element in the root and returns its
// name, or io.EOF behind the root.
func (r *Reader) nextChild() (string, error) {
	ev, err := r.scan.next(nil)
	switch {
	case err != nil:
		return "", err
	case ev == endOfFile:
		return "", r.scan.truncated("before </disqus>")
	case ev == endElement:
		return "", r.end()
	}
	switch string(r.scan.local) {
	case kindCategory:
		return kindCategory, nil
	case kindThread:
		return kindThread, nil
	case kindPost:
		return kindPost, nil
	}
	return "", nil
}

// end checks that nothing but blanks, zero bytes and comments follows the root.
func (r *Reader) end() error {
	for {
		b := r.scan.need(1)
		if i := bytes.IndexFunc(b, notBlank); i >= 0 {
			r.scan.advance(i)
		} else {
			r.scan.advance(len(b))
			if len(b) > 0 {
				continue
			}
			if err := r.scan.readError(); err != nil {
				return err
			}
			return io.EOF
		}
		b = r.scan.need(4)
		if !bytes.HasPrefix(b, []byte("<!--")) && !bytes.HasPrefix(b, []byte("<?")) {
			return r.scan.syntax("Something follows the end of the export, </disqus>. Were two files put together?")
		}
		if err := r.scan.markup(b, nil); err != nil {
			return err
		}
	}
}

func notBlank(c rune) bool {
	return c != ' ' && c != '\t' && c != '\r' && c != '\n' && c != 0
}

// skip passes over the element that has just begun.
func (r *Reader) skip() error {
	for depth := r.scan.depth(); r.scan.depth() >= depth; {
		ev, err := r.scan.next(nil)
		if err != nil {
			return err
		}
		if ev == endOfFile {
			return r.scan.truncated("inside an element")
		}
	}
	return nil
}

// record reads the record whose start tag has just been read.
func (r *Reader) record(kind string) (Record, error) {
	v := &r.values
	v.reset(kind, r.scan.tagLine)
	v.setID(r.scan.id)
	if r.err = r.children(fieldOf); r.err != nil {
		r.err = r.within(r.err)
		return nil, r.err
	}
	if rec := v.record(); rec != nil {
		return rec, nil
	}
	return nil, v.wrong
}

// within says in which record a truncated file ends.
func (r *Reader) within(err error) error {
	var syntax *SyntaxError
	if errors.As(err, &syntax) && syntax.Err == io.ErrUnexpectedEOF {
		syntax.Detail += fmt.Sprintf(" The last %s, %s, begins at line %d and is not whole.", r.values.kind, r.values.id, r.values.line)
	}
	return err
}

// children reads the elements in the one that has just begun, up to its end.
func (r *Reader) children(fieldOf func([]byte) field) error {
	for {
		ev, err := r.scan.next(nil)
		switch {
		case err != nil:
			return err
		case ev == endOfFile:
			return r.scan.truncated("inside a record")
		case ev == endElement:
			return nil
		}
		if err := r.child(fieldOf); err != nil {
			return err
		}
	}
}

// child reads the element that has just begun.
func (r *Reader) child(fieldOf func([]byte) field) error {
	v := &r.values
	f := fieldOf(r.scan.local)
	switch {
	case string(r.scan.local) == "author" && r.scan.depth() == 3:
		return r.children(authorFieldOf)
	case f == none:
		return r.skip()
	case v.seen[f]:
		v.fail(CodeRepeated, "It has more than one <%s>.", r.scan.local)
		return r.skip()
	}
	v.seen[f] = true
	if f.refers() {
		v.keepReference(f, string(r.scan.local), r.scan.id)
		return r.skip()
	}
	return r.value(f)
}

// value reads the text of the element that has just begun.
func (r *Reader) value(f field) error {
	v := &r.values
	v.text.open(f.limit(r.opts.MaxMessage))
	for {
		ev, err := r.scan.next(&v.text)
		switch {
		case err != nil:
			return err
		case ev == endOfFile:
			return r.scan.truncated("inside a record")
		case ev == endElement:
			v.keep(f, string(r.scan.local))
			return nil
		}
		v.flaw(f, CodeNested, "It has an element %.40q where text must stand.", r.scan.local)
		if err := r.skip(); err != nil {
			return err
		}
	}
}
