package intake

import (
	"bufio"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
)

// Source is a file that may be packed with gzip.
type Source struct {
	io.Reader // of what is in it
	in        countingReader
}

// Open looks at the first bytes of r, to know whether they are gzip. It fails
// with a *SyntaxError when r cannot be unpacked.
func Open(r io.Reader) (*Source, error) {
	s := &Source{in: countingReader{r: r}}
	var err error
	if s.Reader, err = unpack(&s.in); err != nil {
		return nil, &SyntaxError{Line: 1, Detail: fmt.Sprintf("The file cannot be unpacked: %v.", err), Err: err}
	}
	return s, nil
}

// InputBytes is how many bytes were taken from the underlying reader, still
// packed if it is gzip. It runs up to 64 KiB ahead. With the size of the file it
// shows progress.
func (s *Source) InputBytes() int64 { return s.in.n }

// countingReader counts what was taken from the caller's reader.
type countingReader struct {
	r io.Reader
	n int64
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	c.n += int64(n)
	return n, err
}

// errNotGzip is found behind a gzip member when more follows that is no member.
var errNotGzip = errors.New("bytes that are not gzip follow the compressed data")

// unpack returns the plain text of r: r itself, or its gzip members one after the other.
func unpack(r io.Reader) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	magic, _ := in.Peek(4)
	switch {
	case len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b:
		return newMembers(in)
	case string(magic) == "PK\x03\x04":
		return nil, errors.New("this is a ZIP archive: unpack it and import the file in it")
	}
	return in, nil
}

// members reads gzip members. Unlike gzip.Reader it lets zero bytes follow
// them, with which tapes and downloads pad files.
type members struct {
	in *bufio.Reader
	gz *gzip.Reader
}

func newMembers(in *bufio.Reader) (*members, error) {
	gz, err := gzip.NewReader(in)
	if err != nil {
		return nil, err
	}
	gz.Multistream(false)
	return &members{in: in, gz: gz}, nil
}

func (m *members) Read(p []byte) (int, error) {
	for {
		n, err := m.gz.Read(p)
		if n > 0 || err != io.EOF {
			if n > 0 && err == io.EOF {
				err = nil
			}
			return n, err
		}
		if err := m.nextMember(); err != nil {
			return 0, err
		}
	}
}

func (m *members) nextMember() error {
	for {
		b, err := m.in.ReadByte()
		if err != nil {
			return err
		}
		if b != 0 {
			break
		}
	}
	if err := m.in.UnreadByte(); err != nil {
		return err
	}
	if magic, _ := m.in.Peek(2); string(magic) != "\x1f\x8b" {
		return errNotGzip
	}
	if err := m.gz.Reset(m.in); err != nil {
		return err
	}
	m.gz.Multistream(false)
	return nil
}
