package models

import (
	"strings"
	"time"
)

// Mode says whether comments appear at once or wait for a moderator.
type Mode string

// The modes of a site and of an article.
const (
	SiteMode Mode = ""     // an article without a mode of its own
	PostMode Mode = "post" // public at once, unless a rule holds it
	PreMode  Mode = "pre"  // every comment waits for a moderator
)

// Reason is one of the reasons that a site's moderators can give for a
// decision.
type Reason struct {
	Key   string // stored with the decision
	Label string // shown to moderators
}

// CountTexts are how numbers of comments are written beside links to articles.
// {num} stands for the number; an empty text is that of the site's language.
type CountTexts struct {
	Zero, One, Many string
}

// Site is one publication.
type Site struct {
	ID        int64
	Key       string   // in addresses: 1 to 40 of a-z, 0-9 and hyphen
	Name      string   // shown to people
	Hosts     []string // normalised hosts of the site's pages, without www.
	Mode      Mode     // PostMode or PreMode
	MaxLength int      // characters in a comment
	Reasons   []Reason
	Language  string // BCP 47, of its articles
	Counts    CountTexts
	Revision  int    // of its rules; grows with every change of one
	Sample    int    // comments in 1,000 that are drawn for the random sample
	Tag       string // what its own ids begin with in exports, when it was restored from one; empty for what the server makes of its secret
	CreatedAt time.Time
}

// ModeOf returns the mode that holds for an article of the site.
func (s *Site) ModeOf(article Mode) Mode {
	if article == SiteMode {
		return s.Mode
	}
	return article
}

// ArticleRef is how a page names itself: by id, by URL, or both.
type ArticleRef struct {
	ID    string // the page's own identifier, opaque; may be empty
	URL   string
	Title string // used when the article is first stored
}

// Article is one page of a site that has a thread.
type Article struct {
	ID        int64
	SiteID    int64
	SiteKey   string
	Ident     string // its first identifier, or empty
	URL       string // its canonical URL, or empty; of an imported article it may be any text
	Title     string
	Closed    bool
	Mode      Mode // SiteMode unless it has its own
	Notice    string
	Heat      string // state of the heat ladder, as package heat writes it; empty for normal
	HeatLevel int    // the step it is on, 0 to 4
	Approved  int    // comments in the thread that are public
	Pending   int    // comments that are held
	MovedTo   int64  // the article that this one went into, comments and names; 0 for every other
	CreatedAt time.Time
}

// Key returns the public id of the article.
func (a *Article) Key() string { return ArticleID.Format(a.ID) }

// PageLink returns the URL of an article when a browser may be sent there, else
// nothing.
func PageLink(url string) string {
	scheme, rest, _ := strings.Cut(url, "://")
	if rest == "" || !strings.EqualFold(scheme, "http") && !strings.EqualFold(scheme, "https") {
		return ""
	}
	return url
}
