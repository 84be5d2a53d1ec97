package ui

import (
	"io"
	"net/url"
	"strconv"
	"time"
)

// RulesPage is GET /console/rules?site=. Each row posts mode, version and return to /console/rules/{id}/mode, and the braked version to
// /console/rules/{id}/release; a new rule is made at /console/rules/new?site=&kind=, and the starter set by posting site to
// /console/rules/starter.
type RulesPage struct {
	Frame   Frame
	Sites   []Option
	Site    string
	Rules   []RuleRow
	Kinds   []string // what can be made here
	Starter bool     // whether to offer the starter set
	Sample  *Share   // of what no rule held, the share that should have been; nil until somebody has judged
	Try     Try
}

// RuleRow is one rule in the list. Kind, Action, Mode and Priority are named through the catalogue (rule.kind.…, rule.action.…, rule.mode.…,
// rule.priority.…); a value it does not know is shown as it is.
type RuleRow struct {
	ID, Name, Kind, Action, Mode string
	Summary                      string   // one line: "34 terms"
	Scope                        []string // where it holds; empty for everywhere
	Tag                          string
	Priority                     string // "", high, urgent
	Legal                        bool
	Version                      int
	Fired                        int
	LastFired                    time.Time
	Precision                    Share
	State                        string // "", new, ok, stale, noisy, braked
	Braked                       int    // the version that the brake stopped, 0 for none
	Hint                         string // a sentence, or ""
}

// Share is a share with its 95 % interval, all in percent. It is known when Of, the number of cases behind it, is not 0.
type Share struct {
	Of                 int
	Percent, Low, High float64
}

// X returns where a share stands on a line that is 100 wide, for a drawing.
func (s Share) X(percent float64) string { return strconv.FormatFloat(percent, 'f', 1, 64) }

// Width is the length of the interval on that line, never so short that it is not seen.
func (s Share) Width() string { return s.X(max(s.High-s.Low, 1)) }

// modeSwitch is the row of buttons that changes how a rule works.
type modeSwitch struct {
	RuleRow
	Modes  []string
	Return string // path to come back to
}

func newModeSwitch(r RuleRow, site string) modeSwitch {
	return modeSwitch{RuleRow: r, Modes: []string{"draft", "shadow", "hold-only", "enforce"}, Return: "/console/rules?site=" + url.QueryEscape(site)}
}

// Rules renders the list of rules.
func (p *Pages) Rules(w io.Writer, v RulesPage) error { return p.render(w, "rules", v) }

// RulePage is GET /console/rules/new and /console/rules/{id}. Its form posts to Action: site, kind, id, version, name, sections and articles
// (one a line), action, priority, tag, reason, code, mode, legal, and the conditions as Spec lists them; with AsText only site, id, version
// and yaml. The same form posted to /console/rules/try shows the page again with what the rule says of try_text; posted to
// /console/backtests it starts a backtest of days days.
type RulePage struct {
	Frame     Frame
	ID        string // "" for a new rule
	Name      string // as stored
	Action    string // where the form posts
	Site      string
	Kind      string
	Form      Form
	AsText    bool // the whole rule is edited as YAML
	Spec      []SpecField
	Actions   []string
	Modes     []string
	Reasons   []Option // the site's reason keys
	Variables []Variable
	Stored    *StoredRule // set when somebody else saved meanwhile
	Figures   *RuleRow    // nil for a new rule
	Try       Try
	Spans     []Option
	Backtests []BacktestRow
	Versions  []VersionRow
}

// SpecField is one field of a kind's conditions. Its label is the catalogue's "spec.KIND.NAME", its hint "spec.KIND.NAME.hint" if there is
// one.
type SpecField struct {
	Name     string
	Type     string   // lines, number, duration, checks, flag, choice, text or code
	Options  []string // of checks and choice
	Set      string   // catalogue prefix of the options
	Required bool
	Rows     int // of lines and code
	Min, Max int // of number and duration
}

// Variable is one name that an expression can use.
type Variable struct{ Name, Type, Doc string }

// StoredRule is what another moderator has saved in the meantime.
type StoredRule struct {
	By   string // "" when it is not known
	Text string // the rule as YAML
}

// VersionRow is one version of a rule.
type VersionRow struct {
	Version      int
	Action, Mode string
	By           string // "" for Postbag and the command line
	At           time.Time
}

// Rule renders the form of one rule, with its test box and its history.
func (p *Pages) Rule(w io.Writer, v RulePage) error { return p.render(w, "rule", v) }

// Try is the test box. Its fields belong to the form of the id FormID; the box has a form of its own when that is empty.
type Try struct {
	FormID string
	Site   string
	Form   Form
	Result *TryResult // nil until something was tried
}

// TryResult is what the rules say of a text.
type TryResult struct {
	Action   string // the verdict: allow, tag, hold, escalate, reject, slow
	Verdict  string // in one sentence
	Parts    []Part // the text, marked
	Findings []TryFinding
	Silent   bool // the rule on the page did not fire
	Folds    []Fold
	Problems []string // why the rule on the page cannot be tried
	Untried  []string // rules that one text says nothing about
}

// Part is a stretch of a text, marked or not. The parts joined are the text.
type Part struct {
	Text   string
	Marked bool
}

// TryFinding is one rule that fired.
type TryFinding struct {
	Name   string
	Effect string // what it does, in a few words
	Action string // names the chip's colour; "" for a rule that only watches
	Detail string
	Words  []string // what it found
	Mine   bool     // the rule on the page
}

// Fold is a field as the rules read it.
type Fold struct {
	Field, Text string
	Readings    []Reading
}

// Reading is one place that is not read as it is written.
type Reading struct{ Written, What string }

// WordsPage is GET /console/rules/words?site=: a word list from elsewhere. Its form posts site, format, text or file, and do (look, add) with
// name and fields.
type WordsPage struct {
	Frame   Frame
	Site    string
	Form    Form
	Formats []string
	Fields  []string
	Preview *WordsPreview
}

// WordsPreview is what a list from elsewhere would become.
type WordsPreview struct {
	Terms      int
	Sample     []string // the first of them
	Duplicates int
	Note       string // how the list is read here, in a sentence
	Skipped    []SkippedLine
	Changed    []SkippedLine // taken, but written in another way
	More       int           // skipped lines that are not listed
}

// SkippedLine is a line of a list that no rule can use as it is.
type SkippedLine struct {
	Line      int
	Text, Why string
}

// Words renders the import of a word list.
func (p *Pages) Words(w io.Writer, v WordsPage) error { return p.render(w, "words", v) }

// RulesFilePage is GET /console/rules/file?site=: all rules as one YAML file. Its form posts site, yaml or file, prune and do (plan, apply).
type RulesFilePage struct {
	Frame    Frame
	Site     string
	Form     Form
	Problems []FileProblem
	Plan     *RulesPlan
}

// FileProblem is one fault of a file.
type FileProblem struct {
	Line         int
	Text, Source string // Source is the line itself
}

// RulesPlan is what a file would change, by the names of the rules.
type RulesPlan struct{ Added, Changed, Unchanged, Removed, Kept []string }

// Changes is how many rules would change.
func (p RulesPlan) Changes() int { return len(p.Added) + len(p.Changed) + len(p.Removed) }

// RulesFile renders the import and export of rules.
func (p *Pages) RulesFile(w io.Writer, v RulesFilePage) error { return p.render(w, "rulesfile", v) }

// LogPage is GET /console/log?site=&kind=&alerts=.
type LogPage struct {
	Frame   Frame
	Sites   []Option
	Site    string
	Kind    string
	Kinds   []string
	Alerts  bool // only alerts are listed
	Notes   []NoteRow
	NextURL string
}

// NoteRow is one line of the log.
type NoteRow struct {
	Kind, Text, By string // By is "" for Postbag itself
	Alert          bool
	At             time.Time
	URL            string // of what it speaks of, or ""
}

// Log renders the log of a site.
func (p *Pages) Log(w io.Writer, v LogPage) error { return p.render(w, "log", v) }
