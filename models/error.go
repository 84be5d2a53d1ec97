package models

import (
	"errors"
	"fmt"
	"time"
)

// Code is the stable name of a refusal, the same on every interface.
type Code string

// The codes of refusals. Anything that carries none of them is internal: it is
// logged, and people see a fixed sentence.
const (
	CodeMalformed    Code = "malformed"    // the request cannot be read
	CodeInvalid      Code = "invalid"      // a field is wrong; see Fields
	CodeClosed       Code = "closed"       // the article takes no more comments
	CodeBanned       Code = "banned"       // the author may not post here
	CodeOrigin       Code = "origin"       // not a page of this site
	CodeNotFound     Code = "not-found"    // there is no such thing
	CodeConflict     Code = "conflict"     // it changed since it was read
	CodeRejected     Code = "rejected"     // a rule refused the text
	CodeRateLimited  Code = "rate-limited" // too many, too fast; see RetryAfter
	CodeTooLarge     Code = "too-large"    // over a size limit
	CodeUnauthorized Code = "unauthorized" // sign in first
	CodeForbidden    Code = "forbidden"    // signed in, but not allowed to
	CodeBusy         Code = "busy"         // the server cannot take it now; try again
)

// FieldError says what is wrong with one field of a request.
type FieldError struct {
	Field  string
	Detail string
}

// Error is a refusal: a code for programs and a sentence for people that says
// what to do next.
type Error struct {
	Code       Code
	Detail     string
	Fields     []FieldError
	RetryAfter time.Duration   // for CodeRateLimited and CodeBusy, else zero
	Comment    *ModerationItem // for CodeConflict on a decision: the comment as it is now
	Decision   *Decision       // for CodeConflict on a decision: whose it was, if anyone's
	Claim      *Claim          // for CodeConflict on a claimed comment: who works on it
}

// Error implements error.
func (e *Error) Error() string { return string(e.Code) + ": " + e.Detail }

// Refuse makes a refusal with a formatted sentence.
func Refuse(code Code, format string, args ...any) *Error {
	return &Error{Code: code, Detail: fmt.Sprintf(format, args...)}
}

// Invalid makes a CodeInvalid refusal about one field.
func Invalid(field, detail string) *Error {
	return &Error{Code: CodeInvalid, Detail: "Some fields need your attention.", Fields: []FieldError{{field, detail}}}
}

// CodeOf returns the code that err carries, or the empty code when it is
// internal.
func CodeOf(err error) Code {
	var refusal *Error
	if errors.As(err, &refusal) {
		return refusal.Code
	}
	return ""
}
