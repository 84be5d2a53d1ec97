package web

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation/live"
)

// slow is the time after which an answered request is worth a line in the log.
const slow = time.Second

// statusGone is what the metrics say of a request whose sender did not wait for
// the answer.
const statusGone = 499

// errPanic stands for a panic that was logged with its stack.
var errPanic = errors.New("panic")

// adapt makes a handler of Gin from a route: headers, access, refusals, panics,
// measures and the log are all here, once.
func (s *Server) adapt(r route) gin.HandlerFunc {
	measure := s.metrics.route(r)
	return func(c *gin.Context) {
		start := time.Now()
		r.surface.setHeaders(c.Writer.Header())
		err := s.run(r, c)
		status := c.Writer.Status()
		if err != nil {
			status = s.fail(r, c, err)
		}
		took := time.Since(start)
		measure.observe(status, took)
		s.logAccess(r, c, status, took)
	}
}

// run checks who asks and serves the route. A panic becomes errPanic.
func (s *Server) run(r route, c *gin.Context) (err error) {
	defer func() {
		v := recover()
		if v == nil {
			return
		}
		if v == http.ErrAbortHandler {
			panic(v)
		}
		s.log.Error("panic while answering", "method", r.method, "route", r.path, "panic", v, "stack", string(debug.Stack()))
		err = errPanic
	}()
	if err := s.admit(r, c); err != nil {
		return err
	}
	return r.handle(s, c)
}

// fail answers with what went wrong and returns the status for the metrics.
// When the answer has begun, or nobody waits for it, there is nothing to say.
func (s *Server) fail(r route, c *gin.Context, err error) int {
	if errors.Is(err, context.Canceled) && c.Request.Context().Err() != nil {
		c.Writer.WriteHeader(statusGone)
		return statusGone
	}
	var away *redirect
	if errors.As(err, &away) {
		c.Redirect(http.StatusSeeOther, away.to)
		return http.StatusSeeOther
	}
	p := problemOf(err)
	if p.Code == codeInternal && !errors.Is(err, errPanic) {
		s.log.Error("request failed", "method", r.method, "route", r.path, "error", err)
	}
	if c.Writer.Written() {
		return p.Status
	}
	if err := r.surface.answer(s, c, p); err != nil {
		s.log.Error("refusal not written", "route", r.path, "error", err)
	}
	return p.Status
}

// logAccess notes requests that took long; at level debug it notes all.
func (s *Server) logAccess(r route, c *gin.Context, status int, took time.Duration) {
	level := slog.LevelDebug
	if took > slow && !r.stream {
		level = slog.LevelWarn
	}
	ctx := c.Request.Context()
	if !s.log.Enabled(ctx, level) {
		return
	}
	s.log.LogAttrs(ctx, level, "request", slog.String("method", c.Request.Method), slog.String("route", r.path),
		slog.Int("status", status), slog.Duration("took", took), slog.Int("bytes", max(c.Writer.Size(), 0)))
}

// redirect is the error of a page that somebody else must be shown first.
type redirect struct{ to string }

// Error implements error.
func (r *redirect) Error() string { return "redirect to " + r.to }

// problemOf translates any error into the document that people and programs
// see. What carries no code is internal, and its text stays in the log.
func problemOf(err error) problem {
	var refusal *models.Error
	var own *problemError
	var tooLong *http.MaxBytesError
	switch {
	case errors.As(err, &own):
		return own.problem
	case errors.As(err, &refusal):
		return newProblem(refusal)
	case errors.As(err, &tooLong):
		return newProblem(models.Refuse(models.CodeTooLarge, "This is too large. Send at most %d KiB.", tooLong.Limit>>10))
	case errors.Is(err, live.ErrTooMany), errors.Is(err, live.ErrClosed):
		return newProblem(models.Refuse(models.CodeBusy, "The server has no room for another live connection now. Try again in a minute."))
	}
	return internalProblem()
}

func (s *Server) noRoute(*gin.Context) error {
	return models.Refuse(models.CodeNotFound, "There is nothing at this address. Check it for typing errors.")
}

func (s *Server) noMethod(c *gin.Context) error {
	p := problem{
		Type: problemType(codeMethod), Title: "Method not allowed", Status: http.StatusMethodNotAllowed, Code: codeMethod,
		Detail: fmt.Sprintf("This address does not answer %s. It answers %s.", c.Request.Method, c.Writer.Header().Get("Allow")),
	}
	return &problemError{p}
}
