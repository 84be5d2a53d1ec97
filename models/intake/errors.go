package intake

import "fmt"

// Codes of a RecordError.
const (
	CodeTooLarge    = "too-large"        // a value is larger than its limit
	CodeInvalidUTF8 = "invalid-utf8"     // a value is not UTF-8
	CodeMissingID   = "missing-id"       // the record has no id
	CodeBadID       = "bad-id"           // an id has a form that none has
	CodeBadDate     = "bad-date"         // a time cannot be read
	CodeBadFlag     = "bad-flag"         // a flag is neither true nor false
	CodeRepeated    = "repeated-element" // an element that may stand once stands twice
	CodeNested      = "nested-element"   // a value holds elements where text must stand
)

// RecordError says why one record of the file was not taken. Reading continues
// behind it.
type RecordError struct {
	Kind   string // "category", "thread" or "post"
	Line   int    // where the record begins in the unpacked file, from 1
	ID     string // empty when it has no usable one
	Code   string // one of the Code constants
	Detail string // a sentence
}

func (e *RecordError) Error() string {
	if e.ID == "" {
		return fmt.Sprintf("line %d: %s: %s", e.Line, e.Kind, e.Detail)
	}
	return fmt.Sprintf("line %d: %s %s: %s", e.Line, e.Kind, e.ID, e.Detail)
}

// SyntaxError says where and why the file cannot be read any further.
type SyntaxError struct {
	Line   int    // in the unpacked file, from 1
	Offset int64  // in the unpacked file, in bytes from 0
	Detail string // a sentence
	Err    error  // the error below, or nil: io.ErrUnexpectedEOF when the file is truncated
}

func (e *SyntaxError) Error() string {
	return fmt.Sprintf("line %d (byte %d of the unpacked file): %s", e.Line, e.Offset, e.Detail)
}

func (e *SyntaxError) Unwrap() error { return e.Err }
