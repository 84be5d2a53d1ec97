package main

import (
	"bufio"
	"compress/gzip"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"net/url"
	"os"
	"strings"

	"postbag/models/disqus"
)

const exportSynopsis = `loadgen disqus-export writes a Disqus export as real sites have them: threads of very
different sizes, deep replies, guests with the same names, deleted parents, spam,
duplicates, posts without a thread, pages under several URLs. The same flags give the
same file. A JSON summary says what an import of it must report.`

type exportOptions struct {
	posts, threads  int
	long            int // bytes added to each message
	seed            uint64
	origin          string
	emails          bool
	output, summary string
}

const (
	maxPosts = 200_000_000 // keeps ids and times in their ranges
	maxLong  = 8000        // keeps messages below what an import takes
)

func disqusExport(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	var opts exportOptions
	flags := flag.NewFlagSet("disqus-export", flag.ContinueOnError)
	flags.IntVar(&opts.posts, "posts", 0, "how many posts (required)")
	flags.IntVar(&opts.threads, "threads", 0, "how many threads (default one for twelve posts)")
	flags.IntVar(&opts.long, "long", 0, "about so many more bytes in each message")
	flags.Uint64Var(&opts.seed, "seed", 1, "another seed gives another file")
	flags.StringVar(&opts.origin, "origin", "https://news.example", "where the site's pages are")
	flags.BoolVar(&opts.emails, "emails", false, "with e-mail and IP addresses, as before 2021")
	flags.StringVar(&opts.output, "o", "", "output file, gzipped when it ends in .gz (default standard output)")
	flags.StringVar(&opts.summary, "summary", "", "file for the JSON summary (default standard error)")
	if err := parse(flags, args, exportSynopsis, stderr); err != nil {
		return err
	}
	if err := opts.check(); err != nil {
		return err
	}
	sum, err := writeExportFile(ctx, opts, stdout)
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	return writeSummary(opts.summary, sum, stderr)
}

func (o *exportOptions) check() error {
	if o.posts < 1 || o.posts > maxPosts {
		return wrong("--posts must be between 1 and %d", maxPosts)
	}
	if o.threads == 0 {
		o.threads = max(1, o.posts/12)
	}
	if o.threads < 1 || o.threads > maxPosts/10 {
		return wrong("--threads must be between 1 and %d", maxPosts/10)
	}
	if o.long < 0 || o.long > maxLong {
		return wrong("--long must be between 0 and %d", maxLong)
	}
	u, err := url.Parse(o.origin)
	if err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http" || strings.Trim(u.Path, "/") != "" || u.RawQuery != "" {
		return wrong("--origin must look like https://news.example")
	}
	o.origin = u.Scheme + "://" + u.Host
	return nil
}

func writeExportFile(ctx context.Context, opts exportOptions, stdout io.Writer) (*exportSummary, error) {
	if opts.output == "" {
		return writeExport(ctx, opts, stdout)
	}
	file, err := os.Create(opts.output)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var out io.WriteCloser = file
	if strings.HasSuffix(opts.output, ".gz") {
		packed, err := gzip.NewWriterLevel(file, gzip.BestSpeed)
		if err != nil {
			return nil, err
		}
		out = packed
	}
	buffered := bufio.NewWriterSize(out, 256<<10)
	sum, err := writeExport(ctx, opts, buffered)
	if err != nil {
		return nil, err
	}
	if err := buffered.Flush(); err != nil {
		return nil, err
	}
	if out != file {
		if err := out.Close(); err != nil {
			return nil, err
		}
	}
	return sum, file.Close()
}

// postCounts are the posts of a file by class, as a report names them.
type postCounts struct {
	Total     int `json:"total"`
	Approved  int `json:"approved"`
	Deleted   int `json:"deleted"`
	Spam      int `json:"spam"`
	Orphaned  int `json:"orphaned"`
	Duplicate int `json:"duplicate"`
	Failed    int `json:"failed"`
}

// exportSummary is what an import of the file must find. Posts is the report's
// "posts", counted by the same rules.
type exportSummary struct {
	Posts   postCounts `json:"posts"`
	Added   int        `json:"added"` // posts that a first import stores
	Threads struct {
		Total    int `json:"total"`
		Articles int `json:"articles"` // with at least one post
		Merged   int `json:"merged"`   // articles made of more than one thread
		Closed   int `json:"closed"`
		Empty    int `json:"empty"`   // articles without any post
		Foreign  int `json:"foreign"` // threads on other hosts; they are articles too
		Nameless int `json:"nameless"`
	} `json:"threads"`
	MissingParents int    `json:"missing_parents"` // replies whose parent is not in the file
	Tombstones     int    `json:"tombstones"`      // deleted or spam posts with an approved reply directly below
	Seed           uint64 `json:"seed"`
}

func writeSummary(path string, sum any, stderr io.Writer) error {
	text, err := json.MarshalIndent(sum, "", "  ")
	if err != nil {
		return err
	}
	text = append(text, '\n')
	if path == "" {
		_, err = stderr.Write(text)
		return err
	}
	return os.WriteFile(path, text, 0o644)
}

// writeExport writes one category, all threads, then all posts by their time.
func writeExport(ctx context.Context, opts exportOptions, out io.Writer) (*exportSummary, error) {
	w := disqus.NewWriter(out)
	g := newGenerator(opts, w)
	if err := w.WriteCategory(&disqus.Category{DsqID: categoryID, Forum: forum, Title: "General", IsDefault: true}); err != nil {
		return nil, err
	}
	for i := range g.plan {
		if err := w.WriteThread(g.thread(i)); err != nil {
			return nil, err
		}
	}
	for i := range opts.posts {
		if i%1024 == 0 && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		if err := g.writePost(); err != nil {
			return nil, err
		}
	}
	return &g.sum, w.Close()
}
