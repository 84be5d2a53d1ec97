package sso

import (
	"fmt"
	"time"
)

// Kind is a reason why nobody is signed in.
type Kind string

// The kinds of faults.
const (
	Empty     Kind = "empty"      // nothing was sent
	Long      Kind = "long"       // more than MaxLength bytes
	Parts     Kind = "parts"      // not three parts with spaces, or dots, between them
	Time      Kind = "time"       // the timestamp is no number of seconds
	Base64    Kind = "base64"     // the message is not base64
	Hex       Kind = "hex"        // the signature is not 40 hexadecimal digits
	Algorithm Kind = "algorithm"  // the token is not signed with HS256
	Signature Kind = "signature"  // signed with another secret, or changed since
	Stale     Kind = "stale"      // too old, by By
	Early     Kind = "early"      // from the future, by By
	Endless   Kind = "endless"    // the token says neither when it was made nor when it ends, or lasts too long
	Audience  Kind = "audience"   // the token is meant for somebody else
	JSON      Kind = "json"       // what is signed is no JSON object
	NoID      Kind = "id"         // the object names no reader
	APIKey    Kind = "api-key"    // all is well, but the page names the API key of another site
	SignedOut Kind = "signed-out" // all is well: the site says that nobody is signed in
)

// Fault says why nobody is signed in. It is meant for who sets a site up; readers
// are simply not signed in.
type Fault struct {
	Kind Kind
	By   time.Duration // of Stale and Early: how far beyond what is allowed
	Hint string        // of Signature: what was probably done instead; see hint
}

// Error implements error.
func (f *Fault) Error() string {
	if f.By != 0 {
		return fmt.Sprintf("sign-in: %s by %s", f.Kind, f.By)
	}
	return "sign-in: " + string(f.Kind)
}

func fault(kind Kind) error { return &Fault{Kind: kind} }
