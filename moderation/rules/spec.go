package rules

// The kinds of rules.
const (
	Keyword     = "keyword"     // a term of a list stands in the comment
	Rate        = "rate"        // too many comments in a time
	Flood       = "flood"       // the same text again and again
	Links       = "links"       // what the comment links to
	Author      = "author"      // who wrote it
	Expression  = "expression"  // a formula over what is known
	Combination = "combination" // several of the others together
)

// Kinds lists the kinds of rules.
func Kinds() []string {
	return []string{Keyword, Rate, Flood, Links, Author, Expression, Combination}
}

// The modes of a rule.
const (
	Enforce  = "enforce"   // acts
	HoldOnly = "hold-only" // acts, but never goes beyond holding
	Shadow   = "shadow"    // records what it would have done
	Draft    = "draft"     // does not run
)

// Modes lists the modes, from the strongest to the weakest.
func Modes() []string { return []string{Enforce, HoldOnly, Shadow, Draft} }

// KeywordSpec fires when terms of a list stand in the comment, however they are
// disguised.
type KeywordSpec struct {
	Terms   []string `json:"terms"`              // words, phrases, names, hosts; see package keyword
	Fields  []string `json:"fields,omitempty"`   // of KeywordFields; text, name and link when empty
	AtLeast int      `json:"at_least,omitempty"` // how many different terms must stand in it; 1 when 0
}

// KeywordFields lists the fields of a comment that terms are looked for in.
func KeywordFields() []string { return []string{"text", "name", "email", "link"} }

// RateSpec fires when comments come faster than Count in Seconds (see package
// rate).
type RateSpec struct {
	Count   int      `json:"count"`
	Seconds int      `json:"seconds"`
	Burst   *int     `json:"burst,omitempty"` // how many more may come at once; Count-1 when not given
	By      []string `json:"by"`              // of RateKeys; several count apart for each combination
}

// RateKeys lists what rate rules can count by. In Facts.Keys each has the values
// of a comment; address has up to three keys, "address" for the IPv4 address or
// the IPv6 /64, and "address/56" and "address/48" for the wider networks around
// the latter. host has a value for each host that is linked (see Hosts).
// newcomers has one value, the same for all authors without an approved comment,
// and none for others. A rule one of whose keys has no value does not count the
// comment.
func RateKeys() []string {
	return []string{"author", "address", "network", "article", "site", "host", "newcomers"}
}

// FloodSpec fires from the Copies-th comment on that says nearly the same.
type FloodSpec struct {
	Copies     int    `json:"copies"`
	Hours      int    `json:"hours"`
	Similarity int    `json:"similarity,omitempty"` // percent from which two texts are alike; DefaultSimilarity when 0
	Across     string `json:"across,omitempty"`     // site or article; site when empty
	Authors    int    `json:"authors,omitempty"`    // by how many different authors; 1 when 0
}

// LinksSpec fires when any of the conditions that are given holds. A host stands
// for its subdomains too.
type LinksSpec struct {
	MoreThan    *int     `json:"more_than,omitempty"`    // links
	Hosts       []string `json:"hosts,omitempty"`        // linked or written
	ExceptHosts []string `json:"except_hosts,omitempty"` // links to these do not count
	Shorteners  bool     `json:"shorteners,omitempty"`   // services that hide where a link goes
	Defanged    bool     `json:"defanged,omitempty"`     // written so that it is no link: hxxp, example[.]com
	FirstLink   bool     `json:"first_link,omitempty"`   // the author has no approved comment, and links
}

// AuthorSpec fires when any of the conditions that are given holds. Those about
// history do not hold for an author whom a moderator trusts.
type AuthorSpec struct {
	ApprovedBelow     *int     `json:"approved_below,omitempty"`      // approved comments
	RemovedAtLeast    *int     `json:"removed_at_least,omitempty"`    // comments removed or marked as spam
	RemovedShareAbove *int     `json:"removed_share_above,omitempty"` // percent of the decided comments
	YoungerThanHours  *int     `json:"younger_than_hours,omitempty"`  // since the author was first seen
	Names             []string `json:"names,omitempty"`               // terms, in the author's name
	Kind              []string `json:"kind,omitempty"`                // of AuthorKinds
}

// AuthorKinds lists the kinds of authors.
func AuthorKinds() []string { return []string{"guest", "sso", "email", "imported", "moderator"} }

// ExpressionSpec fires when a formula is true; Environment lists its variables.
type ExpressionSpec struct {
	When string `json:"when"`
}

// CombinationSpec fires when all conditions hold, or any, or at least so many of
// several. Exactly one of All, Any and Of is given.
type CombinationSpec struct {
	All     []Condition `json:"all,omitempty"`
	Any     []Condition `json:"any,omitempty"`
	AtLeast int         `json:"at_least,omitempty"`
	Of      []Condition `json:"of,omitempty"`
}

// Condition is one part of a combination. Exactly one of its members is given,
// or those of one nested combination.
type Condition struct {
	Keyword    *KeywordSpec    `json:"keyword,omitempty"`
	Links      *LinksSpec      `json:"links,omitempty"`
	Author     *AuthorSpec     `json:"author,omitempty"`
	Expression *ExpressionSpec `json:"expression,omitempty"`
	Flood      *FloodSpec      `json:"flood,omitempty"`
	Not        *Condition      `json:"not,omitempty"`
	CombinationSpec
}

// spec is what the conditions of every kind can do.
type spec interface {
	// compile makes the conditions ready, and tells the compiler what is wrong
	// with them; the result is then of no use. at is their path.
	compile(c *compiler, at string) condition
	// summary says in a few words what the conditions look for.
	summary() string
}

// newSpec returns the empty conditions of a kind, nil when there is no such
// kind.
func newSpec(kind string) spec {
	switch kind {
	case Keyword:
		return &KeywordSpec{}
	case Rate:
		return &RateSpec{}
	case Flood:
		return &FloodSpec{}
	case Links:
		return &LinksSpec{}
	case Author:
		return &AuthorSpec{}
	case Expression:
		return &ExpressionSpec{}
	case Combination:
		return &CombinationSpec{}
	}
	return nil
}
