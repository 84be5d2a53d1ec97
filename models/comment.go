package models

import "time"

// Format says in which language the text of a comment was written.
type Format int8

// The formats of a comment's text.
const (
	Markdown Format = 0 // what readers type
	HTML     Format = 1 // what some other systems export
)

// String returns the name used on the wire.
func (f Format) String() string {
	if f == HTML {
		return "html"
	}
	return "markdown"
}

// Comment is one comment of a thread.
//
// Its place in the thread is Root and Path: Root orders the root comments of an
// article by time, Path orders the replies below one root depth first. Both are
// byte strings that compare in the order of reading (see NewPlace).
type Comment struct {
	ID         int64
	SiteID     int64
	ArticleID  int64
	ParentID   int64 // 0 for a root comment
	Depth      int   // 0 for a root comment; at most MaxDepth, though a chain may be longer
	Root, Path []byte

	Status    Status
	Reviewed  bool // a moderator has looked at it since it last changed
	Escalated bool
	Lane      Lane
	Shown     bool // public, or a tombstone above a public reply
	Version   int  // grows with every change; decisions name the version they saw
	QueuedAt  time.Time
	ChangedAt time.Time // of the status
	Priority  int

	AuthorID   int64
	AuthorName string // as it was when the comment was written
	Badge      string // "", "moderator", "staff" or BadgeMember
	Avatar     string // http or https address of the author's picture as it was then, or empty

	Text   string // the source, as typed or imported
	Format Format
	Tree   string // the JSON node tree that the widget shows
	HTML   string // the same as safe HTML

	CreatedAt   time.Time
	EditedAt    time.Time // zero when never edited
	Likes       int
	LiveReplies int // direct replies that are shown
	ThreadSize  int // of a root: shown comments in its branch, itself included
	Reports     int // open ones
	ExternalID  string
	Key         string // the idempotency key it was sent with
	AddrHash    []byte // keyed hash of the sender's address; dropped after the retention time
	NetHash     []byte // keyed hash of the sender's network: /24, or /64
	WideHash    []byte // keyed hashes of the /56 and the /48 of an IPv6 address, one after the other
	Sampled     bool   // drawn for the random sample
	Extra       bool   // Sampled only because a shadow rule fired; counts for that rule, not for the site
	Settled     Choice // the moderators' last word on its present text: approve, remove or spam; 0 for none
	HeldEdit    bool   // a later revision waits for a moderator
}

// PublicID returns the id that readers see.
func (c *Comment) PublicID() string { return CommentID.Format(c.ID) }

// Tombstone reports whether readers see only that something stood here.
func (c *Comment) Tombstone() bool { return c.Shown && c.Status != Approved }

// LaneFor derives the lane from the rest of the comment. It is the only rule
// for which comment waits where.
func (c *Comment) LaneFor() Lane {
	public := c.Status == Approved
	switch {
	case c.Escalated && (public || c.Status == Pending):
		return LaneEscalated
	case c.Status == Pending || public && c.HeldEdit:
		return LanePending
	case public && c.Reports > 0:
		return LaneReported
	case public && !c.Reviewed:
		return LaneNew
	}
	return NoLane
}

// Revision is one later text of a comment.
type Revision struct {
	ID        int64
	CommentID int64
	Text      string
	Tree      string
	HTML      string
	Held      bool // waits for a moderator
	CreatedAt time.Time
}

// Author is who wrote comments: a guest, someone signed in, or somebody
// imported.
type Author struct {
	ID        int64
	SiteID    int64
	Kind      string // guest, sso, email, imported, moderator
	Key       string // what makes the author the same author; never shown
	Claimed   string // the key of the imported account that the author took over, or empty
	Name      string
	Email     string
	Avatar    string // of those signed in: http or https address of a picture, or empty
	URL       string // of those signed in: http or https address of a page, or empty
	Approved  int    // comments by status
	Pending   int
	Removed   int
	Spam      int
	Sanction  string    // "", ban, premod or trust
	Until     time.Time // end of the sanction; zero means no end
	CreatedAt time.Time
}

// SanctionAt returns the sanction in force at a time.
func (a *Author) SanctionAt(now time.Time) string {
	if a.Sanction == "" || !a.Until.IsZero() && !now.Before(a.Until) {
		return ""
	}
	return a.Sanction
}

// Report is a reader's flag on a comment.
type Report struct {
	ID        int64
	CommentID int64
	Reason    string
	Text      string
	Reporter  []byte // keyed hash of who reported; one report each
	Open      bool
	CreatedAt time.Time
}

// ReportReasons are the reasons that a reader can give.
var ReportReasons = [...]string{"spam", "abuse", "off-topic", "personal-data", "other"}
