package intake

import (
	"time"

	"postbag/models"
)

// A Record is a *Thread, a *Post or a *Person.
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
	Deleted     bool
	CreatedAt   time.Time
	Line        int          // of the unpacked file, from 1; the number of the record where a file has no lines
	Flaw        *RecordError // what could not be read of it, nil when nothing; the thread is taken without that
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
	Line      int
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
	Kind      string // guest, sso, …; imported when empty
	Sanction  string // ban, premod or trust
	Until     time.Time
	CreatedAt time.Time
	Line      int
}

func (*Thread) isRecord() {}
func (*Post) isRecord()   {}
func (*Person) isRecord() {}
