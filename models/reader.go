package models

import "time"

// Reader is somebody whom a site has signed in.
type Reader struct {
	ID     string // at the site, at most 200 characters
	Name   string // shown to people; may be empty
	Email  string // may be empty
	Avatar string // http or https address of a picture, or empty
	URL    string // http or https address of a page about the reader, or empty
}

// BadgeMember is the badge of comments whose author a site has signed in. Nobody
// else can get it by a name.
const BadgeMember = "member"

// KindSSO is the kind of authors whom a site has signed in.
const KindSSO = "sso"

// LoginPrefix begins the keys of authors whom a site has signed in; no other key
// begins so.
const LoginPrefix = KindSSO + ":"

// Login is the key of the reader as an author of the site.
func (r *Reader) Login() string { return LoginPrefix + r.ID }

// SSO is how a site vouches for its readers. A site without a Secret does not.
type SSO struct {
	SiteID       int64
	Enabled      bool
	APIKey       string // public; pages name it beside a payload
	Secret       string // signs the payloads
	Earlier      string // the secret before; accepted until EarlierUntil
	EarlierUntil time.Time
	Generation   int           // grows with every new secret, and ends the readers' sessions
	MaxAge       time.Duration // of a payload, in whole seconds
	Skew         time.Duration // how far ahead the site's clock may be, in whole seconds
	MembersOnly  bool          // guests may not comment

	// VerifiedEmail: the site makes sure that its readers' e-mail addresses are
	// theirs. Only then do they take over accounts that were imported with them.
	VerifiedEmail bool
}

// On reports whether readers can be signed in.
func (s *SSO) On() bool { return s.Enabled && s.Secret != "" }
