package rules

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"

	"postbag/models"
)

// Input is the text of a comment, and what stands beside it: all that the
// expensive part of judging needs.
type Input struct {
	Text  string // as typed, or as imported
	Name  string // of the author
	Email string
	Links []string // targets, in the order of the text
}

// Facts are all that a verdict depends on beside the rules and the text. They
// are stored with the verdict as JSON, and the same facts give the same verdict
// for ever: nothing in this package asks the clock, the database or chance.
//
// The names in the JSON are a stored format. A new fact gets a new name, and its
// zero value means what was true before it existed; no name is used again for
// something else.
type Facts struct {
	Now     int64               `json:"t"`           // Unix milliseconds
	Edit    bool                `json:"e,omitempty"` // an author changes a comment: nothing new is posted
	Text    string              `json:"x,omitempty"` // Digest of the text that was judged: one of the comment's revisions
	Email   string              `json:"m,omitempty"` // as in Input, so that a replay needs the stored text and name alone
	Links   []string            `json:"l,omitempty"` // as in Input
	Author  AuthorFacts         `json:"u,omitzero"`
	Article ArticleFacts        `json:"a,omitzero"`
	Keys    map[string][]string `json:"k,omitempty"` // what rate rules count by; see RateKeys. No value holds a "|"
	Rates   []RateFact          `json:"r,omitempty"` // counters before the comment; one that is missing has counted nothing yet
	Floods  []FloodFact         `json:"f,omitempty"` // answers to Engine.FloodQueries
}

// Digest tells the texts of one comment apart: the first 8 bytes of its SHA-256,
// in hexadecimal.
func Digest(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:8])
}

// AuthorFacts are what is known of an author at the time, this comment aside.
type AuthorFacts struct {
	ID       int64  `json:"i,omitempty"`
	Kind     string `json:"k,omitempty"` // guest, sso, email, imported, moderator
	Approved int    `json:"a,omitempty"` // comments by status
	Pending  int    `json:"p,omitempty"`
	Removed  int    `json:"r,omitempty"`
	Spam     int    `json:"s,omitempty"`
	Since    int64  `json:"t,omitempty"` // first seen, Unix milliseconds; 0 for somebody who was never here
	Sanction string `json:"x,omitempty"` // in force: "", premod or trust
}

// trusted reports whether a moderator decided that the author needs no caution
// for being new.
func (a *AuthorFacts) trusted() bool { return a.Sanction == "trust" }

// removed is how many comments of the author were taken down.
func (a *AuthorFacts) removed() int { return a.Removed + a.Spam }

// removedShare is the percentage of the author's decided comments that were
// taken down, rounded down.
func (a *AuthorFacts) removedShare() int {
	if decided := a.Approved + a.removed(); decided > 0 {
		return 100 * a.removed() / decided
	}
	return 0
}

// ArticleFacts are what is known of the article at the time.
type ArticleFacts struct {
	ID          int64       `json:"i,omitempty"`
	Ident       string      `json:"d,omitempty"`
	URL         string      `json:"u,omitempty"`
	Mode        models.Mode `json:"m,omitempty"` // in force: PostMode or PreMode
	Heat        int         `json:"h,omitempty"` // step of the heat ladder, 0 to 4
	SlowSeconds int         `json:"s,omitempty"` // wait between two comments of an author on step 1
	// LastByAuthor is when the author last commented here, Unix milliseconds;
	// needed on step 1 only, 0 for never.
	LastByAuthor int64 `json:"l,omitempty"`
}

// Counter names one row of the rate counters.
type Counter struct {
	Rule int64  `json:"i"`
	Key  string `json:"k"`
}

// RateFact is one counter and its theoretical arrival time in Unix nanoseconds
// (see package rate).
type RateFact struct {
	Counter
	TAT int64 `json:"t,omitempty"`
}

// FloodFact says how many comments are like this one, for one rule. Copies,
// Authors and Articles count this comment too: for a text that nobody wrote
// before all three are 1.
type FloodFact struct {
	Rule       int64 `json:"i"`
	Copies     int   `json:"c,omitempty"`
	Authors    int   `json:"u,omitempty"`
	Articles   int   `json:"a,omitempty"`
	First      int64 `json:"f,omitempty"` // id of the first of them
	Since      int64 `json:"t,omitempty"` // when that was, Unix milliseconds
	Similarity int   `json:"s,omitempty"` // percent, of the most alike
}

// Forget makes the facts forget from which address a comment came: a dash takes
// the place of the hashes in its keys. The verdict stays the same.
func (f *Facts) Forget() {
	keys := make(map[string][]string, len(f.Keys))
	for name, values := range f.Keys {
		keys[name] = values
		if fromAddress(name) && len(values) > 0 && values[0] != "" {
			keys[name] = []string{Forgotten}
		}
	}
	rates := make([]RateFact, len(f.Rates))
	for i, r := range f.Rates {
		parts := strings.Split(r.Key, keySeparator)
		for k, part := range parts {
			if name, _, ok := strings.Cut(part, ":"); ok && fromAddress(name) {
				parts[k] = name + ":" + Forgotten
			}
		}
		r.Key = strings.Join(parts, keySeparator)
		rates[i] = r
	}
	if f.Keys != nil {
		f.Keys = keys
	}
	if f.Rates != nil {
		f.Rates = rates
	}
}

// Forgotten is what Forget leaves of an address. It names no address: comments
// that have it do not come from the same place.
const Forgotten = "-"

// fromAddress reports whether the values of a key tell an address.
func fromAddress(name string) bool {
	return name == "network" || name == "address" || strings.HasPrefix(name, "address/")
}
