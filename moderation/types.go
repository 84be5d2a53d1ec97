package moderation

import (
	"net/netip"
	"time"

	"postbag/models"
)

// Submission is a comment as a reader sends it.
type Submission struct {
	Site    string // key
	Article models.ArticleRef
	Parent  string // public id of the comment it answers, empty for none
	Text    string // Markdown subset
	Name    string
	Email   string
	Key     string     // idempotency key; empty lets the server make one
	Token   string     // of the reader's session, edit token of an earlier comment by the same reader, or empty
	Addr    netip.Addr // of the sender; stored only as keyed hashes
}

// Receipt is the answer to a submission or an edit.
type Receipt struct {
	Comment   models.Comment
	Message   string // one sentence for the reader: what happens next
	EditToken string
	Repeated  bool // the same key was accepted before; nothing was added
}

// Sort is an order of a thread.
type Sort string

// The orders of a thread. Below a root, replies are always oldest first.
const (
	Oldest Sort = "oldest"
	Newest Sort = "newest"
	Top    Sort = "top"
)

// ThreadQuery asks for one page of a thread.
type ThreadQuery struct {
	Site    string
	Article models.ArticleRef
	Key     string // public article key; wins over Article when set
	Sort    Sort
	Limit   int    // 1 to 100; 0 means 50
	Cursor  string // from an earlier page
	Around  string // public id or external number of a comment the page must hold
}

// Thread is one page of a thread. Article is nil when the page has no thread
// yet.
type Thread struct {
	Site       models.Site
	Article    *models.Article
	Comments   []models.Comment
	Members    bool   // only readers who are signed in may comment
	Prev, Next string // cursors, empty at the ends; Prev only after Around
}

// Encoder turns a page of a thread into bytes. Its name tells pages in
// different encodings apart in the cache.
type Encoder struct {
	Name        string
	ContentType string
	Encode      func(Thread) ([]byte, error)
}

// Page is a page of a thread, ready to send. Its bytes are shared: nobody may
// change them.
type Page struct {
	Plain       []byte
	Gzip        []byte
	ETag        string // strong, quoted
	GzipETag    string // of the compressed bytes
	ContentType string
}

// QueueQuery asks for one page of the queue, or of what is no longer waiting.
type QueueQuery struct {
	Site    string        // key; empty means every site
	Lane    models.Lane   // NoLane means every lane
	Status  models.Status // when set: comments of this status, whatever their lane, newest first
	Article string        // public key
	Author  string        // public id
	Rule    string        // public id
	Text    string        // words that the comment or the author's name holds
	Sort    string        // oldest (default), newest, priority
	Limit   int           // 1 to 100; 0 means 40
	Cursor  string
}

// Queue is one page of the queue.
type Queue struct {
	Items  []models.ModerationItem
	Counts models.LaneCounts // of the sites asked for
	Next   string
}

// ClaimRequest asks for items to work on.
type ClaimRequest struct {
	Site     string
	Lane     models.Lane
	Limit    int           // 1 to 50; 0 means 5
	Duration time.Duration // 10 s to 10 min; 0 means 60 s
}

// Claimed is what a moderator holds.
type Claimed struct {
	Items     []models.ModerationItem
	Token     string
	ExpiresAt time.Time
}

// DecisionRequest is one choice about one comment.
type DecisionRequest struct {
	Comment string // public id
	Choice  models.Choice
	Reason  string
	Note    string
	Version int    // of the comment as the moderator saw it
	Claim   string // token, or empty
}

// Outcome is the result of a decision.
type Outcome struct {
	Decision models.Decision
	Item     models.ModerationItem
	Counts   models.LaneCounts // of the comment's site
	Err      error             // in a batch: why this item was left as it was
}

// History is everything known of one comment.
type History struct {
	Item      models.ModerationItem
	Revisions []models.Revision // oldest first
	Decisions []models.Decision // oldest first
	Verdicts  []Judgement       // oldest first; none for imported comments and for those from before verdicts were kept
}

// Judgement is what was known when the rules judged a comment or an edit.
type Judgement struct {
	Seq      int    // 0 when it was posted, then one more for each edit
	Revision int    // of the site's rules
	Facts    string // JSON of rules.Facts
}

// ArticlePatch changes an article's settings; nil leaves one as it is.
type ArticlePatch struct {
	Closed *bool
	Mode   *models.Mode
	Notice *string
	Heat   *string // step of the heat ladder: normal, slow, hold-new, hold-all, read-only
}

// NewSite is a site to be created.
type NewSite struct {
	Key, Name string
	Origins   []string // URLs or hosts
	Mode      models.Mode
	Language  string
	NoRules   bool // leave out the rate rules that every site starts with
}

// SitePatch changes a site's settings; nil leaves one as it is.
type SitePatch struct {
	Name      *string
	Origins   *[]string
	Mode      *models.Mode
	MaxLength *int
	Reasons   *[]models.Reason
	Language  *string
	Sample    *int // comments in 1,000 for the random sample; 0 for none

	// CountZero, CountOne and CountMany are how numbers of comments are written beside
	// links; an empty one is that of the site's language.
	CountZero, CountOne, CountMany *string
}
