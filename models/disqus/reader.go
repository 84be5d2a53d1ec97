package disqus

import (
	"io"

	"postbag/models/intake"
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
	opts Options
	*intake.Source
	scan   *intake.Scanner
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
	src, err := intake.Open(r)
	if err != nil {
		return nil, err
	}
	return &Reader{
		opts:   opts,
		Source: src,
		scan:   intake.NewScanner(src, "a Disqus export", opts.MaxDepth),
		values: values{intern: make(map[string]string)},
	}, nil
}

// Line is the line that the reader has come to in the unpacked file, from 1.
func (r *Reader) Line() int { return r.scan.Line }

// Offset is how many bytes of the unpacked file have been read.
func (r *Reader) Offset() int64 { return r.scan.Offset() }

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
		r.err = r.scan.Begin("disqus", guess)
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
		r.err = r.scan.Skip()
	}
	return nil, r.err
}

// guess helps somebody who took the wrong file.
func guess(root []byte) string {
	if string(root) == "rss" {
		return " but a feed or a WordPress export"
	}
	return ""
}

// nextChild goes to the start of the next element in the root and returns its
// name, or io.EOF behind the root.
func (r *Reader) nextChild() (string, error) {
	ev, err := r.scan.Next(nil)
	switch {
	case err != nil:
		return "", err
	case ev == intake.EndOfFile:
		return "", r.scan.Truncated("before </disqus>")
	case ev == intake.EndElement:
		return "", r.scan.End("disqus")
	}
	switch string(r.scan.Local) {
	case kindCategory:
		return kindCategory, nil
	case kindThread:
		return kindThread, nil
	case kindPost:
		return kindPost, nil
	}
	return "", nil
}

// record reads the record whose start tag has just been read.
func (r *Reader) record(kind string) (Record, error) {
	v := &r.values
	v.reset(kind, r.scan.TagLine)
	v.setID(r.scan.ID)
	if r.err = r.children(fieldOf); r.err != nil {
		r.err = intake.Within(r.err, v.kind, v.id, v.line)
		return nil, r.err
	}
	if rec := v.record(); rec != nil {
		return rec, nil
	}
	return nil, v.wrong
}

// children reads the elements in the one that has just begun, up to its end.
func (r *Reader) children(fieldOf func([]byte) field) error {
	for {
		ev, err := r.scan.Next(nil)
		switch {
		case err != nil:
			return err
		case ev == intake.EndOfFile:
			return r.scan.Truncated("inside a record")
		case ev == intake.EndElement:
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
	f := fieldOf(r.scan.Local)
	switch {
	case string(r.scan.Local) == "author" && r.scan.Depth() == 3:
		return r.children(authorFieldOf)
	case f == none:
		return r.scan.Skip()
	case v.seen[f]:
		v.fail(intake.CodeRepeated, "It has more than one <%s>.", r.scan.Local)
		return r.scan.Skip()
	}
	v.seen[f] = true
	if f.refers() {
		v.keepReference(f, string(r.scan.Local), r.scan.ID)
		return r.scan.Skip()
	}
	return r.value(f)
}

// value reads the text of the element that has just begun.
func (r *Reader) value(f field) error {
	v := &r.values
	v.text.Open(f.limit(r.opts.MaxMessage))
	for {
		ev, err := r.scan.Next(&v.text)
		switch {
		case err != nil:
			return err
		case ev == intake.EndOfFile:
			return r.scan.Truncated("inside a record")
		case ev == intake.EndElement:
			v.keep(f, string(r.scan.Local))
			return nil
		}
		v.flaw(f, intake.CodeNested, "It has an element %.40q where text must stand.", r.scan.Local)
		if err := r.scan.Skip(); err != nil {
			return err
		}
	}
}
