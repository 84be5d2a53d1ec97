package models

import "time"

// Role says what a moderator may do.
type Role string

// The roles. Admins also manage sites, rules and other moderators.
const (
	RoleModerator Role = "moderator"
	RoleAdmin     Role = "admin"
)

// Moderator is one account of the console.
type Moderator struct {
	ID           int64
	Email        string
	Name         string
	PasswordHash string
	Role         Role
	Disabled     bool
	CreatedAt    time.Time
}

// Credential is a secret that opens something: a console session, an API
// token, or a link that works once. Only the SHA-256 of the secret is stored.
type Credential struct {
	ID          int64
	Hash        []byte
	Kind        string // session, token, invitation, console or setup
	ModeratorID int64  // 0 for setup
	Label       string
	CreatedAt   time.Time
	UsedAt      time.Time
	ExpiresAt   time.Time // zero means never
}

// Decision is one act on one comment. It is never edited: undoing it is another
// decision.
type Decision struct {
	ID            int64
	SiteID        int64
	CommentID     int64
	ModeratorID   int64 // 0 when a rule or the author acted
	ModeratorName string
	RuleID        int64
	Choice        Choice
	Reason        string // one of the site's reason keys, or empty
	Note          string
	From, To      Status
	Before        CommentState // what undo restores
	After         int          // the comment's version after the decision
	Undoes        int64        // the decision that this one takes back
	Undone        bool
	CreatedAt     time.Time
}

// CommentState is the part of a comment that decisions change.
type CommentState struct {
	Status    Status
	Reviewed  bool
	Escalated bool
	HeldEdit  bool
	Reports   int
	Priority  int
	QueuedAt  time.Time
	Revision  int64 // the held revision that a decision published or dropped
	Settled   Choice
}

// Claim is a moderator's short lease on queue items.
type Claim struct {
	ID            int64
	ModeratorID   int64
	ModeratorName string
	ExpiresAt     time.Time
}

// ModerationItem is a comment with what a moderator needs to decide.
type ModerationItem struct {
	Comment  Comment
	Site     string
	Article  Article
	Author   Author
	Parent   *Comment // the comment it answers
	Edit     *Revision
	Why      []Finding
	Reports  []Report
	Claim    *Claim // in force
	Decision *Decision
}

// Event says that something changed. Events are written in the transaction of
// the change and are the truth that live updates and cached pages follow.
type Event struct {
	ID        int64
	SiteID    int64
	ArticleID int64
	CommentID int64
	Kind      EventKind
	Lane      Lane // the lane that the comment entered or left
	Count     int  // of public comments in the article, after the change
	Origin    int64
	CreatedAt time.Time
	Claim     *Claim // of EventClaimed, when it is told; not stored
}

// EventKind is what an event says.
type EventKind int8

// The kinds of events.
const (
	EventShown    EventKind = 1  // a comment became public
	EventUpdated  EventKind = 2  // a public comment changed, or became a tombstone
	EventHidden   EventKind = 3  // a comment is gone from view
	EventEntered  EventKind = 4  // a comment entered a lane
	EventLeft     EventKind = 5  // a comment left a lane
	EventArticle  EventKind = 6  // an article's settings or aliases changed
	EventSite     EventKind = 7  // a site's settings or rules changed
	EventClaimed  EventKind = 8  // a moderator works on a comment
	EventReleased EventKind = 9  // nobody works on a comment any more
	EventCounts   EventKind = 10 // never stored: the numbers of the lanes after a commit
	EventMoved    EventKind = 11 // comments or names of an article went to another one, or came from it
)
