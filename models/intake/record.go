package intake

import (
	"time"

	"postbag/models"
)

// A Record is a *Thread, a *Post, a *Person, a *Moderator or a *Past.
type Record interface{ isRecord() }

// Thread is one page with comments, as another system knew it.
type Thread struct {
	ID          string
	Aliases     []string // ids with their system ("disqus:12") under which the thread is known too
	Identifiers []string // what the page gave as its id; the first is the one that tells threads apart
	Links       []string // addresses, the canonical one first; may be relative, or no URL at all
	Title       string   // may hold HTML entities
	Closed      bool
	Mode        models.Mode // when it has one of its own
	Notice      string
	Page        *Page // exactly what the page is called, instead of Identifiers, Links and Aliases
	Deleted     bool
	CreatedAt   time.Time
	Line        int          // of the unpacked file, from 1; the number of the record where a file has no lines
	Flaw        *RecordError // what could not be read of it, nil when nothing; the thread is taken without that
}

// Page is what a page is called where its names are kept apart as we keep them.
type Page struct {
	Identifiers []string // the first is the one it is shown with
	URL         string   // the canonical one; may be any text
	URLs        []string // to the letter
	Normalised  []string
	External    []string // thread ids with their system
}

// Post is one comment.
type Post struct {
	ID        string
	External  string   // its id with its system ("disqus:12"), when it has one of another system
	Aliases   []string // such ids under which the same comment may be stored already
	Thread    string   // id of its thread; empty when the file names none
	Parent    string   // id of the post it replies to; empty for a root
	CreatedAt time.Time
	EditedAt  time.Time
	Author    Author
	Text      string
	Format    models.Format
	Status    models.Status
	Likes     int
	State     *State // what Status alone does not say, nil when nothing is known
	Line      int
}

// State is where a comment stands with the moderators, and what is shown with it.
type State struct {
	Version   int
	Reviewed  bool
	Escalated bool
	HeldEdit  bool
	ChangedAt time.Time
	QueuedAt  time.Time
	Priority  int
	Settled   models.Choice
	Badge     string
	Avatar    string
}

// Author is who wrote a post: somebody with an account there, or a guest.
type Author struct {
	Account string // what tells accounts there apart; empty for a guest
	Key     string // as we store it, when the file says it
	Name    string
	Email   string
}

// Person says who an author is that posts name by the account alone.
type Person struct {
	Author
	Sanction  string // ban, premod or trust
	Until     time.Time
	CreatedAt time.Time
	Self      *Self // who it is where it is no stranger
	Line      int
}

// Self is an author as the site itself knows it.
type Self struct {
	ID      int64 // in the file
	Kind    string
	Key     string
	Claimed string // the key of the imported account that it took over
	Avatar  string
	URL     string
}

// Moderator is somebody who decided about posts. Decisions name the ID.
type Moderator struct {
	ID    int64
	Email string
	Name  string
	Line  int
}

// Past is one thing that happened to a post: one of the three is set. Their ids
// are those of the file.
type Past struct {
	Post     string
	Revision *models.Revision
	Report   *models.Report
	Decision *models.Decision
	Line     int
}

func (*Thread) isRecord()    {}
func (*Post) isRecord()      {}
func (*Person) isRecord()    {}
func (*Moderator) isRecord() {}
func (*Past) isRecord()      {}
