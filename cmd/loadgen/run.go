package main

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"os"
	"sync"
	"time"
)

const runSynopsis = `loadgen run loads a running server on this machine: each worker sends its next request
when the last one is answered. A site under load should have no rate rules (postbag site
add --rules none), since all requests come from one address. The report is JSON.`

const (
	maxWorkers  = 4096 // of each kind
	maxDuration = time.Hour
)

type loadOptions struct {
	url, site, origin, token              string
	posters, readers, pollers, moderators int
	articles                              int
	duration                              time.Duration
	acks, report                          string
	seed                                  uint64
}

func runLoad(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	opts, err := parseLoad(args, stderr)
	if err != nil {
		return err
	}
	acks := io.Discard
	if opts.acks != "" {
		file, err := os.OpenFile(opts.acks, os.O_CREATE|os.O_WRONLY|os.O_APPEND, 0o644)
		if err != nil {
			return err
		}
		defer file.Close()
		acks = file
	}
	report := load(ctx, opts, acks)
	text, err := json.MarshalIndent(report, "", "  ")
	if err != nil {
		return err
	}
	if _, err := fmt.Fprintf(stdout, "%s\n", text); err != nil {
		return err
	}
	if !report.succeeded() {
		return fmt.Errorf("no request succeeded; the first error was %s", report.FirstError)
	}
	return nil
}

func parseLoad(args []string, stderr io.Writer) (loadOptions, error) {
	var opts loadOptions
	flags := flag.NewFlagSet("run", flag.ContinueOnError)
	flags.StringVar(&opts.url, "url", "http://127.0.0.1:8080", "the server, a loopback address")
	flags.StringVar(&opts.site, "site", "", "key of the site (required)")
	flags.StringVar(&opts.origin, "origin", "", "origin of the site's pages, one of those it allows (required)")
	flags.StringVar(&opts.token, "token", "", "bearer token of a moderator (required with --moderators)")
	flags.IntVar(&opts.posters, "posters", 0, "workers that post comments and replies")
	flags.IntVar(&opts.readers, "readers", 0, "workers that read threads")
	flags.IntVar(&opts.pollers, "pollers", 0, "workers that ask for comment counts")
	flags.IntVar(&opts.moderators, "moderators", 0, "workers that claim and decide")
	flags.IntVar(&opts.articles, "articles", 100, "over how many articles the load is spread, unevenly")
	flags.DurationVar(&opts.duration, "duration", 30*time.Second, "how long")
	flags.StringVar(&opts.acks, "acks", "", "file to which a JSON line is added for each acknowledged comment")
	flags.Uint64Var(&opts.seed, "seed", 1, "another seed gives other texts")
	if err := parse(flags, args, runSynopsis, stderr); err != nil {
		return opts, err
	}
	return opts, opts.check()
}

func (o *loadOptions) check() error {
	server, err := serverURL(o.url)
	if err != nil {
		return usageError{err}
	}
	o.url = server
	workers := 0
	for _, n := range []int{o.posters, o.readers, o.pollers, o.moderators} {
		if n < 0 || n > maxWorkers {
			return wrong("there can be 0 to %d workers of a kind", maxWorkers)
		}
		workers += n
	}
	switch {
	case o.site == "" || o.origin == "":
		return wrong("--site and --origin are required")
	case workers == 0:
		return wrong("say how many --posters, --readers, --pollers or --moderators")
	case o.moderators > 0 && o.token == "":
		return wrong("--moderators need a --token (postbag token create)")
	case o.articles < 1 || o.articles > 1_000_000:
		return wrong("--articles must be between 1 and 1000000")
	case o.duration <= 0 || o.duration > maxDuration:
		return wrong("--duration must be more than 0 and at most %s", maxDuration)
	}
	return nil
}

// load runs all workers until the time is over.
func load(ctx context.Context, opts loadOptions, acks io.Writer) report {
	ctx, cancel := context.WithTimeout(ctx, opts.duration)
	defer cancel()
	shared := &shared{
		opts:   opts,
		client: newClient(opts.url, opts.origin, opts.token, opts.posters+opts.readers+opts.pollers+opts.moderators),
		stats:  newStats(),
		acks:   acks,
		run:    rand.Text()[:12],
	}
	start := time.Now()
	var wait sync.WaitGroup
	number := 0
	for _, group := range []struct {
		workers int
		step    func(*worker, context.Context)
	}{{opts.posters, (*worker).post}, {opts.readers, (*worker).read}, {opts.pollers, (*worker).poll}, {opts.moderators, (*worker).moderate}} {
		for range group.workers {
			number++
			w := newWorker(shared, number)
			wait.Go(func() { w.loop(ctx, group.step) })
		}
	}
	wait.Wait()
	shared.client.http.CloseIdleConnections()
	return shared.stats.report(time.Since(start))
}
