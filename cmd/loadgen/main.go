// Command loadgen makes work for a Postbag server to try it with: exports of
// any size to import, and readers, posters and moderators in any number.
//
//	loadgen disqus-export   writes a Disqus export
//	loadgen migration       imports such an export, and compares the reports with it
//	loadgen run             posts, reads, polls and moderates against a running server
//
// It is a test tool: it talks to loopback addresses only, and to the binary that it
// is given.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"
)

const usage = `loadgen makes work for a Postbag server to try it with.

  loadgen disqus-export --posts N [-o FILE[.gz]]   write a Disqus export
  loadgen migration --posts N [--postbag FILE]     import one, and compare the reports with it
  loadgen run --url URL --site KEY --origin URL    post, read, poll and moderate for a while
  loadgen help COMMAND                             the flags of a command
`

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// usageError is a wrong command line, as opposed to work that failed.
type usageError struct{ error }

func wrong(format string, args ...any) error { return usageError{fmt.Errorf(format, args...)} }

// run returns the exit code: 0 done, 1 failed, 2 wrong usage.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) int {
	err := dispatch(ctx, args, stdout, stderr)
	var badUsage usageError
	switch {
	case err == nil, errors.Is(err, flag.ErrHelp):
		return 0
	case errors.As(err, &badUsage):
		fmt.Fprintf(stderr, "loadgen: %v\nSee: loadgen help\n", err)
		return 2
	}
	fmt.Fprintf(stderr, "loadgen: %v\n", err)
	return 1
}

func dispatch(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if len(args) == 0 {
		return wrong("say what to do")
	}
	name, rest := args[0], args[1:]
	if name == "help" || name == "-h" || name == "--help" {
		if len(rest) == 0 {
			fmt.Fprint(stdout, usage)
			return nil
		}
		name, rest, stderr = rest[0], []string{"-h"}, stdout
	}
	switch name {
	case "disqus-export":
		return disqusExport(ctx, rest, stdout, stderr)
	case "migration":
		return migrate(ctx, rest, stdout, stderr)
	case "run":
		return runLoad(ctx, rest, stdout, stderr)
	}
	return wrong("there is no command %q", name)
}

// parse reads flags and refuses anything behind them.
func parse(flags *flag.FlagSet, args []string, synopsis string, stderr io.Writer) error {
	flags.SetOutput(io.Discard)
	switch err := flags.Parse(args); {
	case errors.Is(err, flag.ErrHelp):
		fmt.Fprintf(stderr, "%s\n\nFlags:\n", synopsis)
		flags.SetOutput(stderr)
		flags.PrintDefaults()
		return err
	case err != nil:
		return usageError{err}
	case flags.NArg() > 0:
		return wrong("%q is no flag", flags.Arg(0))
	}
	return nil
}
