package models

import "time"

// ImportState says where a run of an import stands.
type ImportState string

// The states of an import run. One that is running or undoing and says nothing
// for a while has lost its process; then it is interrupted.
const (
	ImportUploaded    ImportState = "uploaded"     // the file is here; nobody has looked at it
	ImportRunning     ImportState = "running"      // also a dry run
	ImportLooked      ImportState = "looked"       // a dry run has ended; the file is kept
	ImportDone        ImportState = "done"         //
	ImportFailed      ImportState = "failed"       // the file cannot be read, or something else went wrong
	ImportCancelled   ImportState = "cancelled"    // somebody stopped it; what was stored is there
	ImportInterrupted ImportState = "interrupted"  // its process is gone; what was stored is there
	ImportUndoing     ImportState = "undoing"      //
	ImportUndoStopped ImportState = "undo-stopped" // an undo that was interrupted: undoing it again completes it. Never stored
	ImportUndone      ImportState = "undone"       //
)

// Import is one run of an import: a file that is taken over, or was. Comments,
// articles, names and authors that it stored bear its ID.
type Import struct {
	ID            int64
	SiteID        int64
	ModeratorID   int64 // 0 for the command line
	ModeratorName string
	Format        string // of the file, such as disqus
	File          string // its name, without folders
	Size          int64  // bytes of the file as it is on disk
	Upload        string // where the uploaded file is kept; empty when it is not
	DryRun        bool   // looks and writes nothing
	Options       string // JSON; package moderation gives it meaning
	State         ImportState
	Owner         int64  // the process that works on it
	Stage         string // reading, sorting or writing
	Bytes         int64  // of the file read
	Done, Total   int64  // posts read or written, and of how many; 0 while reading
	Added         int64  // comments stored by this run
	Report        string // JSON, empty until the file has been read
	Undo          string // JSON, how far an undo came; empty for none
	Problem       string // why it failed
	CreatedAt     time.Time
	StartedAt     time.Time
	UpdatedAt     time.Time
	FinishedAt    time.Time
	UndoneAt      time.Time
}
