package web

import (
	"net/http"
	"strconv"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
)

// Codes that exist only on HTTP.
const (
	codeInternal models.Code = "internal"
	codeMethod   models.Code = "method-not-allowed"
)

// problem is an RFC 9457 problem document.
type problem struct {
	Type       string        `json:"type"`
	Title      string        `json:"title"`
	Status     int           `json:"status"`
	Code       models.Code   `json:"code"`
	Detail     string        `json:"detail"`
	Errors     []problemItem `json:"errors,omitempty"`
	RetryAfter int           `json:"retry_after,omitempty"` // seconds

	// Of a conflict about a comment: as it is now, and who acted.
	Comment  *queueCommentJSON `json:"comment,omitempty"`
	Decision *decisionJSON     `json:"decision,omitempty"`
	Claim    *claimJSON        `json:"claim,omitempty"`
}

// problemItem says what is wrong with one field.
type problemItem struct {
	Field  string `json:"field"`
	Detail string `json:"detail"`
}

// problemError carries a problem that has no code in package models.
type problemError struct{ problem problem }

// Error implements error.
func (e *problemError) Error() string { return string(e.problem.Code) + ": " + e.problem.Detail }

// meaning is what a code is on HTTP.
func meaning(code models.Code) (status int, title string) {
	switch code {
	case models.CodeMalformed:
		return http.StatusBadRequest, "Malformed request"
	case models.CodeInvalid:
		return http.StatusUnprocessableEntity, "Invalid fields"
	case models.CodeRejected:
		return http.StatusUnprocessableEntity, "Comment not accepted"
	case models.CodeClosed:
		return http.StatusForbidden, "Comments are closed"
	case models.CodeBanned:
		return http.StatusForbidden, "Not allowed to comment"
	case models.CodeOrigin:
		return http.StatusForbidden, "Not a page of this site"
	case models.CodeForbidden:
		return http.StatusForbidden, "Not allowed"
	case models.CodeUnauthorized:
		return http.StatusUnauthorized, "Sign in first"
	case models.CodeNotFound:
		return http.StatusNotFound, "Not found"
	case models.CodeConflict:
		return http.StatusConflict, "Changed in the meantime"
	case models.CodeRateLimited:
		return http.StatusTooManyRequests, "Too many, too fast"
	case models.CodeTooLarge:
		return http.StatusRequestEntityTooLarge, "Too large"
	case models.CodeBusy:
		return http.StatusServiceUnavailable, "Busy"
	}
	return http.StatusInternalServerError, "Internal error"
}

// problemType is the relative URI that names a kind of problem.
func problemType(code models.Code) string { return "/problems/" + string(code) }

func newProblem(e *models.Error) problem {
	status, title := meaning(e.Code)
	if status == http.StatusInternalServerError {
		return internalProblem()
	}
	p := problem{Type: problemType(e.Code), Title: title, Status: status, Code: e.Code, Detail: e.Detail, RetryAfter: seconds(e.RetryAfter)}
	if p.RetryAfter == 0 && (e.Code == models.CodeRateLimited || e.Code == models.CodeBusy) {
		p.RetryAfter = 1
	}
	for _, f := range e.Fields {
		p.Errors = append(p.Errors, problemItem(f))
	}
	if e.Comment != nil {
		p.Comment = newQueueComment(e.Comment)
	}
	if e.Decision != nil {
		p.Decision = newDecision(e.Decision)
	}
	if e.Claim != nil {
		p.Claim = newClaim(e.Claim, models.Moderator{})
	}
	return p
}

func internalProblem() problem {
	return problem{
		Type: problemType(codeInternal), Title: "Internal error", Status: http.StatusInternalServerError, Code: codeInternal,
		Detail: "Something went wrong on the server. It has been noted. Please try again in a minute.",
	}
}

// unsupported refuses a body of another type.
func unsupported(want string) error {
	return &problemError{problem{
		Type: problemType(models.CodeMalformed), Title: "Unsupported media type", Status: http.StatusUnsupportedMediaType,
		Code: models.CodeMalformed, Detail: "Send the body as " + want + " and say so in Content-Type.",
	}}
}

// seconds rounds up, so that who waits that long has waited long enough.
func seconds(d time.Duration) int {
	if d <= 0 {
		return 0
	}
	return int((d + time.Second - 1) / time.Second)
}

// writeProblem answers a program.
func writeProblem(c *gin.Context, p problem) error {
	body, err := marshal(p)
	if err != nil {
		return err
	}
	setProblemHeaders(c.Writer.Header(), p)
	c.Data(p.Status, "application/problem+json", body)
	return nil
}

func setProblemHeaders(h http.Header, p problem) {
	h.Set("Cache-Control", "no-store")
	if p.RetryAfter > 0 {
		h.Set("Retry-After", strconv.Itoa(p.RetryAfter))
	}
	if p.Status == http.StatusUnauthorized {
		h.Set("WWW-Authenticate", `Bearer realm="postbag"`)
	}
}
