package ui

import (
	"io"
	"time"
)

// MovesPage is GET /console/moves?site=: the tools that give pages other addresses, and what they did. Its forms post site, do
// (map, host, redirects, merge, split) and the fields of the tool.
type MovesPage struct {
	Frame   Frame
	Sites   []Option
	Site    string
	Form    Form
	Moves   []MoveRow
	NextURL string // "" on the last page
}

// MoveRow is one move in the list.
type MoveRow struct {
	ID, Kind, State, Title string
	By                     string // "" for the command line
	At                     time.Time
	Articles               int
}

// Moves renders the tools and the list of moves.
func (p *Pages) Moves(w io.Writer, v MovesPage) error { return p.render(w, "moves", v) }

// MovePage is GET /console/moves/{id}: what a move will do or did. Its forms post do (run, undo, drop) and skip_bad.
type MovePage struct {
	Frame       Frame
	Site        string
	Move        MoveRow
	UndoneBy    string
	Problem     string
	Busy        bool // somebody works on it: the page loads itself again
	CanUndo     bool
	Done, Total int
	Numbers     []MoveNumber
	Origins     []string // hosts that it adds to the site
	Faults      []FileProblem
	FaultsMore  int
	Notes       []FileProblem
	NotesMore   int
	Changes     []MoveChange
	ChangesMore int
}

// MoveNumber is one number of the report, with the key of its text.
type MoveNumber struct {
	Key string
	N   int
}

// MoveChange is what becomes of one article.
type MoveChange struct {
	Article, From, To string
	Into              string // the article that it goes into, "" for none
	Comments          int
	Detail            string
}

// Percent is how far the work is.
func (v MovePage) Percent() int { return 100 * v.Done / max(v.Total, 1) }

// Move renders one move.
func (p *Pages) Move(w io.Writer, v MovePage) error { return p.render(w, "move", v) }
