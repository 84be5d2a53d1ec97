package ui

import (
	"io"
	"time"
)

// ImportsPage is GET /console/imports?site=. Its form posts site, format, file and origins_only to the same path.
type ImportsPage struct {
	Frame   Frame
	Sites   []Option
	Site    string
	Formats []ImportFormat
	Form    Form
	Fields  ImportFields
	Limit   string // of a file, in words
	Accept  string // extensions of files, as the input wants them
	Runs    []ImportRow
	NextURL string
}

// ImportFormat is one form of file that can be imported.
type ImportFormat struct{ Key, Name, About string }

// ImportFields are the rarer fields of a form that begins an import.
type ImportFields struct {
	Form Form
	List []ImportField
}

// Open reports whether the fields are to be seen: when one is filled in, or wrong.
func (f ImportFields) Open() bool {
	for _, one := range f.List {
		if f.Form.Value(one.Key) != "" || f.Form.Error(one.Key) != "" {
			return true
		}
	}
	return false
}

// ImportField is one field: its name, what it is for, and the systems that it is only for.
type ImportField struct {
	Key, Name, About string
	For              []string
}

// ImportRow is one run in the list.
type ImportRow struct {
	ID, File, Format, State, By string
	At                          time.Time
	Added                       int
}

// Imports renders the list of imports and the form that begins one.
func (p *Pages) Imports(w io.Writer, v ImportsPage) error { return p.render(w, "imports", v) }

// ImportPage is GET /console/imports/{id}. While it runs the page polls Progress; the forms post to …/start (do: look or import), …/cancel and
// …/origins; …/undo is a page of its own.
type ImportPage struct {
	Frame                   Frame
	ID, Site, SiteName      string
	File, Format, Size      string
	State, Problem, By      string
	At, Ended, UndoneAt     time.Time
	OriginsOnly             bool
	Fields                  ImportFields
	Stopped                 bool // on its way, by somebody or something
	Total                   int  // comments that an undo goes through
	Kept                    bool // the file is here: it can be looked at, or imported
	Added                   int
	Progress                string // path that answers with state, percent and text
	Percent                 int    // of the whole work
	Text                    string
	Report                  *ImportReport
	Undo                    *ImportUndo
	Undoable                bool
	PendingURL, ArticlesURL string
}

// Active reports whether something is being done.
func (v ImportPage) Active() bool { return v.State == "running" || v.State == "undoing" }

// Name is the file, for the title of the page.
func (v ImportPage) Name() string { return v.File }

// ImportReport is what a file holds and what became of it.
type ImportReport struct {
	DryRun                    bool
	Earlier                   bool // of a look, and something was done since
	Total                     int
	Classes                   []ImportClass // they add up to Total
	Added, Unchanged, Skipped int
	Threads, Articles, Empty  int
	Closed                    int
	Merged, Foreign           ImportList
	Hosts                     []string // outside the site's origins
	Largest                   []ImportArticle
	Tallied                   int // articles with posts
	Images, ProblemCount      int
	Problems                  []ImportProblem
	ProblemPage               int // from 1
	PrevURL, NextURL          string
	Downloads                 string // path below which report.json, articles.csv and problems.csv are
}

// Whole reports whether every post is in a class.
func (r *ImportReport) Whole() bool {
	sum := 0
	for _, c := range r.Classes {
		sum += c.N
	}
	return sum == r.Total
}

// ImportClass is one class of posts: its key (approved, pending, deleted, spam, duplicate, orphaned, failed) and number.
type ImportClass struct {
	Key string
	N   int
}

// ImportList is a part of a list of articles and how many there are.
type ImportList struct {
	All  int
	List []ImportArticle
}

// ImportArticle is one article of a file.
type ImportArticle struct {
	Name, URL      string // URL of its thread page, empty before it is imported
	Posts, Threads int
}

// ImportProblem is one record that was left out or changed.
type ImportProblem struct {
	Line             int
	ID, Code, Detail string
}

// ImportUndo is what an undo did, or would do.
type ImportUndo struct {
	Removed, Kept, TakenDown         int
	Articles, Names, Authors         int
	ArticlesKept, AuthorsKept, Stays int
	Opened                           int // articles that the import had closed
	Why                              []ImportClass
	List                             []ImportKept
}

// ImportKept is a comment that stays on record.
type ImportKept struct{ ID, External, Why, URL string }

// Import renders a run: its progress, or its report.
func (p *Pages) Import(w io.Writer, v ImportPage) error { return p.render(w, "import", v) }

// ImportUndoPage is GET /console/imports/{id}/undo. Its form posts nothing to the same path.
type ImportUndoPage struct {
	Frame       Frame
	ID, File    string
	Site        string
	Done        bool // the rehearsal has ended
	Seen, Total int
	Undo        *ImportUndo
}

// ImportUndo renders what an undo would do, with the button that does it.
func (p *Pages) ImportUndo(w io.Writer, v ImportUndoPage) error {
	return p.render(w, "import_undo", v)
}
