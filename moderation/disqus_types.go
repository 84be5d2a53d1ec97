package moderation

import (
	"time"

	"postbag/models"
)

// DisqusThread is an article as programs written for Disqus know it.
type DisqusThread struct {
	models.Article
	Number string   // the number of its Disqus thread, or one of ours
	Idents []string // identifiers, at most 20
	Recent int      // of a popular thread: comments in the time asked for
}

// DisqusPost is a comment as programs written for Disqus know it.
type DisqusPost struct {
	models.Comment
	Number string // the number of the Disqus post it was imported from, or one of ours
	Parent string // number of the comment it answers, empty for a root
	Source string // the text as its author typed it, or without its markup where that is not known
	Anchor string // what follows "#comment-" in its address
	Thread *DisqusThread
}

// DisqusAuthor is an author in a list of the busiest.
type DisqusAuthor struct {
	Name     string
	Comments int // approved ones of the time looked at
}

// DisqusQuery asks for one page of a list.
type DisqusQuery struct {
	Site   string    // key
	Thread string    // name of a thread, see Service.DisqusThreads; empty for all of the site
	Order  string    // desc (default) or asc by time; of a thread in tree order also popular
	Since  time.Time // leaves out older comments; zero for no bound
	Limit  int       // 1 to 100; 0 means 25
	Cursor string    // from another page
}

// DisqusCursor says how a list goes on from one of its pages, forwards and
// backwards.
type DisqusCursor struct {
	Prev    string // of the page before, empty on the first
	Next    string // of what follows, now or later; empty when the list is
	HasNext bool   // something follows now
}
