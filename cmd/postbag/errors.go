package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"postbag/models"
)

// usageError is a wrong command line, as opposed to work that failed.
type usageError struct {
	error
	command string // whose flags would help
}

func wrong(format string, args ...any) error {
	return &usageError{error: fmt.Errorf(format, args...)}
}

// report writes an error for people and returns the exit code.
func (a *app) report(err error) int {
	var usage *usageError
	switch {
	case err == nil:
		return 0
	case errors.As(err, &usage):
		fmt.Fprintf(a.stderr, "postbag: %v\nSee: %s\n", err, strings.TrimSpace("postbag help "+usage.command))
		return 2
	case errors.Is(err, context.Canceled):
		fmt.Fprintln(a.stderr, "postbag: stopped")
		return 1
	}
	fmt.Fprintf(a.stderr, "postbag: %s\n", sentence(err))
	return 1
}

// sentence is an error as people should read it: of a refusal what it says and
// which fields it is about, of anything else everything.
func sentence(err error) string {
	var refusal *models.Error
	if !errors.As(err, &refusal) {
		return err.Error()
	}
	var b strings.Builder
	b.WriteString(refusal.Detail)
	for _, field := range refusal.Fields {
		fmt.Fprintf(&b, "\n  %s: %s", field.Field, field.Detail)
	}
	return b.String()
}
