// Command postbag is the comment server of a news site, and the tool to run it
// with.
//
//	postbag serve     runs the server
//	postbag help      lists the other commands
//
// It reads flags and the environment, opens the database, puts the pieces
// together, and nothing else: what a command does is said by package
// moderation. No other package reads the environment.
package main

import (
	"context"
	"io"
	"os"
	"os/signal"
	"syscall"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The first signal asks to finish; with the default action restored, a
	// second one ends the process at once.
	context.AfterFunc(ctx, stop)
	code := run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr, os.LookupEnv)
	stop()
	os.Exit(code)
}

// app is one run of the program: everything that it takes from outside.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	env            func(string) (string, bool)
}

// run carries out one command line. It returns the exit code: 0 done, 1 failed,
// 2 wrong usage.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer, env func(string) (string, bool)) int {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, env: env}
	return a.report(a.dispatch(ctx, args))
}
