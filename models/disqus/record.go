package disqus

import (
	"time"

	"postbag/models/intake"
)

// Namespaces of the export format.
const (
	Namespace          = "http://disqus.com"
	InternalsNamespace = "http://disqus.com/disqus-internals"
)

// A Record is a *Category, a *Thread or a *Post.
type Record interface{ isRecord() }

// Category groups threads. Sites hardly use more than the default one.
type Category struct {
	DsqID     string
	Forum     string
	Title     string
	IsDefault bool
	Line      int // line of the start tag in the unpacked file, from 1; the Writer ignores it
}

// Thread is one page with comments, as Disqus knew it. All its posts depend on
// it, so it is taken although a value is flawed: one over its limit, or a time
// that cannot be read, is empty, and U+FFFD stands for bytes that are not UTF-8.
type Thread struct {
	DsqID      string
	Identifier string // what the page gave as its id; often empty
	Forum      string
	CategoryID string
	Link       string // as in the file: may be relative, or no URL at all
	Title      string // plain text; may hold HTML entities that the page put there
	Message    string
	CreatedAt  time.Time
	Author     Author
	IPAddress  string
	Closed     bool
	Deleted    bool
	Line       int
	Flaw       *intake.RecordError // the first such value, nil without one; title, message and author's name do not count
}

// Post is one comment.
type Post struct {
	DsqID     string
	ImportID  string // such as "wp_id=12" when the comment once came from WordPress
	Message   string // HTML; often empty on deleted posts
	CreatedAt time.Time
	Deleted   bool
	Spam      bool
	Approved  *bool // nil when the file does not say, as in all exports seen
	Author    Author
	IPAddress string
	ThreadID  string // dsq:id of the thread; empty when the file names none
	ParentID  string // dsq:id of the post it replies to; empty for a root
	Line      int
}

// Author is who wrote a post or opened a thread. A guest is anonymous and has
// no user name; files since 2021 have no e-mail address.
type Author struct {
	Name      string
	Email     string
	Username  string
	Link      string
	Anonymous bool
}

func (*Category) isRecord() {}
func (*Thread) isRecord()   {}
func (*Post) isRecord()     {}
