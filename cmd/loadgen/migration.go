package main

import (
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"math"
	"os"
	"path/filepath"
	"time"
)

const migrationSynopsis = `loadgen migration makes a Disqus export and imports it into new sites of a Postbag database,
by the given binary: a dry run, an import, the same once more, and an import into another
site that is killed in the middle and then repeated. Each report must say what the
generator counted. It exits with 1 when one does not. The figures are JSON.`

type migrationOptions struct {
	export      exportOptions
	postbag, db string
	killAfter   int
}

// migration runs a Postbag binary over one export.
type migration struct {
	migrationOptions
	want   exportSummary
	diag   io.Writer
	report migrationReport
}

// migrationReport is what the imports took, and what was wrong.
type migrationReport struct {
	Posts        int       `json:"posts"`
	FileBytes    int64     `json:"file_bytes"`
	Steps        []stepRun `json:"steps"`
	AddedAtKill  int       `json:"added_at_kill"`
	DatabaseSize int64     `json:"database_bytes,omitempty"` // with the first site only; SQLite
	Differences  []string  `json:"differences"`
}

// stepRun is one run of the binary.
type stepRun struct {
	Name    string  `json:"name"`
	Seconds float64 `json:"seconds"`
	Rate    float64 `json:"posts_per_second"` // posts of the file by seconds; 0 for the run that was killed
	PeakMB  float64 `json:"peak_mb"`          // largest resident memory seen; 0 where the system does not tell
	Load    float64 `json:"load"`             // of the machine in the minute before the end; 0 where the system does not tell
}

func migrate(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	m := &migration{diag: stderr}
	m.report.Differences = []string{}
	flags := flag.NewFlagSet("migration", flag.ContinueOnError)
	flags.IntVar(&m.export.posts, "posts", 1_000_000, "how many posts")
	flags.Uint64Var(&m.export.seed, "seed", 1, "another seed gives another file")
	flags.IntVar(&m.export.long, "long", 0, "about so many more bytes in each message")
	flags.StringVar(&m.postbag, "postbag", "bin/postbag", "the binary")
	flags.StringVar(&m.db, "db", "", "an empty database: a file that does not exist or postgres://… (default a temporary file)")
	if err := parse(flags, args, migrationSynopsis, stderr); err != nil {
		return err
	}
	m.export.origin = "https://news.example"
	if err := m.export.check(); err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "loadgen-migration-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	if m.db == "" {
		m.db = filepath.Join(dir, "postbag.db")
	}
	m.export.output = filepath.Join(dir, "export.xml")
	err = m.all(ctx)
	if text, e := json.MarshalIndent(m.report, "", "  "); e == nil {
		fmt.Fprintf(stdout, "%s\n", text)
	}
	if err == nil && len(m.report.Differences) > 0 {
		err = errors.New("a report differs from what the generator counted")
	}
	return err
}

func (m *migration) all(ctx context.Context) error {
	sum, err := writeExportFile(ctx, m.export, nil)
	if err != nil {
		return fmt.Errorf("write the export: %w", err)
	}
	info, err := os.Stat(m.export.output)
	if err != nil {
		return err
	}
	m.want, m.report.Posts, m.report.FileBytes = *sum, sum.Posts.Total, info.Size()
	for _, step := range []func(context.Context) error{m.whole, m.killed, m.checked} {
		if err := step(ctx); err != nil {
			return err
		}
	}
	return nil
}

// whole looks at the file, imports it, and imports it again.
func (m *migration) whole(ctx context.Context) error {
	if err := m.addSite(ctx, "news"); err != nil {
		return err
	}
	for _, step := range []struct {
		name             string
		added, unchanged int
		flags            []string
	}{{"dry run", m.want.Added, 0, []string{"--dry-run"}}, {"import", m.want.Added, 0, nil}, {"second import", 0, m.want.Added, nil}} {
		r, err := m.take(ctx, step.name, "news", step.flags...)
		if err != nil {
			return err
		}
		m.compare(step.name, r)
		m.equal(step.name, "added", r.Added, step.added)
		m.equal(step.name, "unchanged", r.Unchanged, step.unchanged)
	}
	for _, suffix := range []string{"", "-wal"} {
		if info, err := os.Stat(m.db + suffix); err == nil {
			m.report.DatabaseSize += info.Size()
		}
	}
	return nil
}

// killed imports into another site, is killed in the middle, and goes on.
func (m *migration) killed(ctx context.Context) error {
	if err := m.addSite(ctx, "again"); err != nil {
		return err
	}
	m.report.AddedAtKill = 0
	half := func(ctx context.Context) bool {
		run, err := m.lastRun(ctx, "again")
		m.report.AddedAtKill = run.Added
		return err == nil && run.Added >= m.want.Added/3
	}
	if err := m.run(ctx, "killed import", m.importing("again"), io.Discard, half); err != nil {
		return err
	}
	r, err := m.take(ctx, "import after the kill", "again")
	if err != nil {
		return err
	}
	m.compare("import after the kill", r)
	m.equal("import after the kill", "added and unchanged", r.Added+r.Unchanged, m.want.Added)
	if r.Unchanged < m.report.AddedAtKill || r.Added == 0 {
		m.differ("import after the kill: %d added, %d unchanged; at least %d were there", r.Added, r.Unchanged, m.report.AddedAtKill)
	}
	run, err := m.lastRun(ctx, "again")
	m.equal("both runs together", "added", run.Added, m.want.Added)
	return err
}

// checked lets Postbag compare what it counted with what is there.
func (m *migration) checked(ctx context.Context) error {
	return m.run(ctx, "check", []string{"check", "--db", m.db}, m.diag, nil)
}

func (m *migration) addSite(ctx context.Context, key string) error {
	return m.run(ctx, "", []string{"site", "add", key, "--name", key, "--origin", m.export.origin, "--db", m.db}, io.Discard, nil)
}

func (m *migration) importing(site string, more ...string) []string {
	return append([]string{"import", "disqus", m.export.output, "--site", site, "--json", "--db", m.db}, more...)
}

func (m *migration) equal(step, what string, got, want int) {
	if got != want {
		m.differ("%s: %s is %d, the generator counted %d", step, what, got, want)
	}
}

func (m *migration) differ(format string, args ...any) {
	m.report.Differences = append(m.report.Differences, fmt.Sprintf(format, args...))
}

// note keeps what a run took, and says it at once.
func (m *migration) note(name string, took time.Duration, peak float64, killed bool) {
	step := stepRun{Name: name, Seconds: oneDigit(took.Seconds()), PeakMB: oneDigit(peak), Load: loadAverage()}
	if !killed {
		step.Rate = oneDigit(float64(m.want.Posts.Total) / took.Seconds())
	}
	m.report.Steps = append(m.report.Steps, step)
	fmt.Fprintf(m.diag, "%s: %.1f s, %.0f posts/s, %.0f MB at the most, load %.1f\n", name, step.Seconds, step.Rate, step.PeakMB, step.Load)
}

func oneDigit(x float64) float64 { return math.Round(x*10) / 10 }
