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
	unpacked io.Reader
	in       countingReader
	packed   bool
	out      int64 // unpacked so far
	limits   Limits
}

// Limits bound what a packed file may unpack to, so that a small file does not
// fill the disk of whoever keeps what is in it. It is refused where it is both
// larger than Bytes and more than Ratio times as large as what was read of it.
type Limits struct {
	Bytes int64
	Ratio int64
}

// usual are the limits of Open. Real exports unpack to 4 to 15 times their size;
// gzip can reach 1,000.
func usual() Limits { return Limits{Bytes: 4 << 30, Ratio: 200} }

// Open looks at the first bytes of r, to know whether they are gzip. It fails
// with a *SyntaxError when r cannot be unpacked.
func Open(r io.Reader) (*Source, error) { return OpenWithin(r, usual()) }

// OpenWithin is Open with other limits.
func OpenWithin(r io.Reader, limits Limits) (*Source, error) {
	s := &Source{in: countingReader{r: r}, limits: limits}
	var err error
	if s.unpacked, s.packed, err = unpack(&s.in); err != nil {
		return nil, &SyntaxError{Line: 1, Detail: fmt.Sprintf("The file cannot be unpacked: %v.", err), Err: err}
	}
	return s, nil
}

// InputBytes is how many bytes were taken from the underlying reader, still
// packed if it is gzip. It runs up to 64 KiB ahead. With the size of the file it
// shows progress.
func (s *Source) InputBytes() int64 { return s.in.n }

// Read reads what is in the file. Beyond the limits it fails.
func (s *Source) Read(p []byte) (int, error) {
	n, err := s.unpacked.Read(p)
	s.out += int64(n)
	if s.packed && s.out > s.limits.Bytes && s.out/s.limits.Ratio > s.in.n {
		return 0, fmt.Errorf("it unpacks to more than %d MiB, over %d times its size, which no export of comments does. If it is one, unpack it and import the file in it",
			s.out>>20, s.limits.Ratio)
	}
	return n, err
}

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

// unpack returns the plain text of r: r itself, or its gzip members one after the
// other.
func unpack(r io.Reader) (plain io.Reader, packed bool, err error) {
	in := bufio.NewReaderSize(r, 64<<10)
	magic, _ := in.Peek(4)
	switch {
	case len(magic) >= 2 && magic[0] == 0x1f && magic[1] == 0x8b:
		plain, err := newMembers(in)
		return plain, true, err
	case string(magic) == "PK\x03\x04":
		return nil, false, errors.New("this is a ZIP archive: unpack it and import the file in it")
	}
	return in, false, nil
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
