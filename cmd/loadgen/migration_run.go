package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strings"
	"time"
)

const (
	watchEvery = 100 * time.Millisecond // how often the memory of a run is looked at
	lookEvery  = 5                      // such looks before the question whether to kill it
)

// importReport is the part of the report of an import that the generator can
// count as well.
type importReport struct {
	Posts     postCounts `json:"posts"`
	Pending   int        `json:"pending"`
	Added     int        `json:"added"`
	Unchanged int        `json:"unchanged"`
	Skipped   int        `json:"skipped"`
	Threads   struct {
		Total          int         `json:"total"`
		Articles       int         `json:"articles"`
		Empty          int         `json:"empty"`
		Closed         int         `json:"closed"`
		Merged         []struct{}  `json:"merged"`
		MergedOmitted  int         `json:"merged_omitted"`
		Foreign        []struct{}  `json:"foreign"`
		ForeignOmitted int         `json:"foreign_omitted"`
		ByArticle      []postTotal `json:"by_article"`
		OtherArticles  int         `json:"other_articles"`
		Others         postTotal   `json:"others"`
	} `json:"threads"`
}

type postTotal struct {
	Total int `json:"total"`
}

// compare compares what a report says of the file with the generator's count.
func (m *migration) compare(step string, r *importReport) {
	t, want := &r.Threads, &m.want.Threads
	if posts := m.want.Posts; r.Posts != posts {
		m.differ("%s: posts are %+v, the generator counted %+v", step, r.Posts, posts)
	}
	listed := r.Posts.Orphaned + r.Posts.Failed + t.Others.Total
	for _, a := range t.ByArticle {
		listed += a.Total
	}
	for _, n := range []struct {
		what      string
		got, want int
	}{
		{"threads", t.Total, want.Total}, {"articles", t.Articles, want.Articles}, {"empty articles", t.Empty, want.Empty}, {"closed threads", t.Closed, want.Closed},
		{"merged articles", len(t.Merged) + t.MergedOmitted, want.Merged}, {"foreign articles", len(t.Foreign) + t.ForeignOmitted, want.Foreign},
		{"articles listed", len(t.ByArticle) + t.OtherArticles, want.Articles}, {"posts of articles, orphaned and failed", listed, m.want.Posts.Total},
		{"pending", r.Pending, 0}, {"skipped", r.Skipped, 0},
	} {
		m.equal(step, n.what, n.got, n.want)
	}
}

// take imports the file into a site and returns the report.
func (m *migration) take(ctx context.Context, name, site string, flags ...string) (*importReport, error) {
	var out bytes.Buffer
	if err := m.run(ctx, name, m.importing(site, flags...), &out, nil); err != nil {
		return nil, err
	}
	var r importReport
	if err := json.Unmarshal(out.Bytes(), &r); err != nil {
		return nil, fmt.Errorf("read the report: %w", err)
	}
	return &r, nil
}

type importListed struct {
	State string `json:"state"`
	Added int    `json:"added"`
}

// lastRun is the latest import of a site.
func (m *migration) lastRun(ctx context.Context, site string) (importListed, error) {
	var out bytes.Buffer
	if err := m.run(ctx, "", []string{"import", "list", "--site", site, "--json", "--db", m.db}, &out, nil); err != nil {
		return importListed{}, err
	}
	var runs []importListed
	if err := json.Unmarshal(out.Bytes(), &runs); err != nil || len(runs) == 0 {
		return importListed{}, errors.Join(errors.New("no import is listed"), err)
	}
	return runs[0], nil
}

// run runs the binary and notes, under a name if there is one, what that took. It
// kills it, and that must succeed, as soon as kill holds.
func (m *migration) run(ctx context.Context, name string, args []string, stdout io.Writer, kill func(context.Context) bool) error {
	var stderr bytes.Buffer
	cmd := exec.CommandContext(ctx, m.postbag, args...)
	cmd.Stdout, cmd.Stderr = stdout, &stderr
	begin := time.Now()
	if err := cmd.Start(); err != nil {
		return err
	}
	ended := make(chan error, 1)
	go func() { ended <- cmd.Wait() }()
	peak, killed, err := watch(ctx, cmd.Process, ended, kill)
	if name != "" {
		m.note(name, time.Since(begin), peak, killed)
	}
	switch {
	case kill != nil && !killed:
		return errors.Join(errors.New("the import ended before it could be killed: more --posts are needed"), err)
	case kill == nil && err != nil:
		return fmt.Errorf("postbag %s: %w\n%s", strings.Join(args[:2], " "), err, &stderr)
	}
	return nil
}

// watch waits for the end of a process and returns its largest memory in MB.
func watch(ctx context.Context, p *os.Process, ended <-chan error, kill func(context.Context) bool) (peak float64, killed bool, err error) {
	tick := time.NewTicker(watchEvery)
	defer tick.Stop()
	for n := 1; ; n++ {
		select {
		case err := <-ended:
			return peak, killed, err
		case <-tick.C:
		}
		peak = max(peak, peakMemory(p.Pid))
		if kill != nil && !killed && n%lookEvery == 0 && kill(ctx) {
			killed = p.Kill() == nil
		}
	}
}

// peakMemory is the largest resident memory that a process had, in MB, and 0
// where the system does not say.
func peakMemory(pid int) float64 {
	text, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	_, after, found := strings.Cut(string(text), "VmHWM:")
	if err != nil || !found {
		return 0
	}
	var kilobytes float64
	_, _ = fmt.Sscan(after, &kilobytes)
	return kilobytes / 1024
}

// loadAverage is how many processes wanted to run in the last minute.
func loadAverage() (load float64) {
	text, _ := os.ReadFile("/proc/loadavg")
	_, _ = fmt.Sscan(string(text), &load)
	return load
}
