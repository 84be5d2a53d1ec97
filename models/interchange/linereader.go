package interchange

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"postbag/models/intake"
)

// lineReader reads JSON Lines: an object a line, blank lines between them.
type lineReader struct {
	*intake.Source
	in     *bufio.Reader
	limit  int // bytes of a line
	line   int // that was read last, from 1
	offset int64
}

func newLineReader(r io.Reader, limit int) (*lineReader, error) {
	src, err := intake.Open(r)
	if err != nil {
		return nil, err
	}
	return &lineReader{Source: src, in: bufio.NewReaderSize(src, 64<<10), limit: limit}, nil
}

func (r *lineReader) syntax(err error, format string, args ...any) error {
	return &intake.SyntaxError{Line: max(r.line, 1), Offset: r.offset, Detail: fmt.Sprintf(format, args...), Err: err}
}

// next returns the next line that is not blank, and io.EOF behind the last one.
func (r *lineReader) next() ([]byte, error) {
	for {
		line, err := r.read()
		if err != nil && err != io.EOF {
			return nil, err
		}
		if line = bytes.TrimSpace(line); len(line) == 0 {
			if err == io.EOF {
				return nil, io.EOF
			}
			continue
		}
		if r.line == 1 {
			line = bytes.TrimPrefix(line, []byte("\ufeff"))
		}
		if err == io.EOF && !json.Valid(line) {
			return nil, r.syntax(io.ErrUnexpectedEOF, "The file ends inside this line: it is truncated.")
		}
		return line, nil
	}
}

// read reads to the end of a line, which with io.EOF is that of the file.
func (r *lineReader) read() ([]byte, error) {
	r.line++
	var line []byte
	for {
		part, err := r.in.ReadSlice('\n')
		line = append(line, part...)
		r.offset += int64(len(part))
		switch {
		case len(line) > r.limit:
			return nil, r.syntax(nil, "This line is longer than %d bytes.", r.limit)
		case errors.Is(err, bufio.ErrBufferFull):
			continue
		case err == nil || err == io.EOF:
			return line, err
		case errors.Is(err, io.ErrUnexpectedEOF):
			return nil, r.syntax(err, "The file ends in the middle of its compressed data: it is truncated.")
		default:
			return nil, r.syntax(err, "The file cannot be read any further: %v.", err)
		}
	}
}
