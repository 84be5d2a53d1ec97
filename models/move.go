package models

import "time"

// MoveKind says what a move was asked to do.
type MoveKind string

// The kinds of moves.
const (
	MoveMap       MoveKind = "map"       // pages got the addresses that a file names
	MoveHost      MoveKind = "host"      // pages went from one host to another
	MoveRedirects MoveKind = "redirects" // pages got the addresses that their old ones lead to
	MoveMerge     MoveKind = "merge"     // one article went into another
	MoveSplit     MoveKind = "split"     // one thread left an article
)

// MoveState says how far a move is.
type MoveState string

// The states of a move. A planned one has changed nothing yet; one that is
// running or undoing goes on when it is resumed.
const (
	MovePlanning MoveState = "planning"
	MovePlanned  MoveState = "planned"
	MoveRunning  MoveState = "running"
	MoveDone     MoveState = "done"
	MoveUndoing  MoveState = "undoing"
	MoveUndone   MoveState = "undone"
	MoveFailed   MoveState = "failed"
)

// Move is one run that gives articles other names, or comments to other
// articles. It can be undone.
type Move struct {
	ID            int64
	SiteID        int64
	Kind          MoveKind
	State         MoveState
	ModeratorID   int64    // 0 for the command line
	ModeratorName string   // empty for the command line
	Title         string   // what was asked, in one line
	Origins       []string // hosts that it adds to the site, and takes away when it is undone
	Report        string   // JSON
	Problem       string   // why it failed
	Total, Done   int      // steps
	CreatedAt     time.Time
	UpdatedAt     time.Time
	UndoneBy      int64
}

// PublicID returns the id that people see.
func (m *Move) PublicID() string { return MoveID.Format(m.ID) }

// StepHow says what a step of a move does.
type StepHow int8

// What steps do.
const (
	StepURL   StepHow = 1 // the article gets another URL, or goes into the one that has it
	StepText  StepHow = 2 // the article's URL is another text, by which nothing is found
	StepMerge StepHow = 3 // the article goes into its target
	StepSplit StepHow = 4 // the comments of one thread go to an article of their own
)

// StepState says how far a step is.
type StepState int8

// The states of a step.
const (
	StepPlanned StepState = 0
	StepMoving  StepState = 1 // comments are left to move, in whichever direction
	StepDone    StepState = 2
	StepSkipped StepState = 3 // things were not as planned any more
	StepUndone  StepState = 4
)

// MoveStep is what a move does to one article.
type MoveStep struct {
	MoveID    int64
	Seq       int
	How       StepHow
	State     StepState
	ArticleID int64
	TargetID  int64    // where comments go; 0 when none do
	URL       string   // the new one
	Names     []string // more URLs by which the article is to be found
	Thread    string   // of StepSplit: the external id of the thread
	URLWas    string
	Comments  int // moved
}
