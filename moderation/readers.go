package moderation

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/netip"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/sso"
)

// Limits of readers whom a site signs in.
const (
	// SessionTime is how long a reader stays signed in without the site saying so
	// again.
	SessionTime = 24 * time.Hour
	// MaxOwn is how many of a reader's latest comments are looked through for those
	// in one thread.
	MaxOwn = 200

	maxReaderID    = 200 // characters
	maxReaderURL   = 500 // bytes
	maxReaderToken = 8 << 10
	readerToken    = "reader." // what tokens of sessions begin with; edit tokens never do
)

// Credentials a page bears for its reader.
type SignIn struct {
	Payload string // remote_auth_s3
	JWT     string // instead of a payload
	APIKey  string // may be left out
}

// Session is what a reader got who was signed in.
type Session struct {
	Reader    models.Reader
	Token     string
	ExpiresAt time.Time
}

// Visitor is who reports or likes a comment: the reader who is signed in, or
// else everybody at an address.
type Visitor struct {
	Addr  netip.Addr
	Token string // of a session, or empty
}

// SignIn signs in the reader for whom a site vouches. It reports false, which is
// no error, when the site does not vouch for one: nobody is signed in there, or
// what was sent is old, forged, or of another site. It asks memory only.
//
// The API key is public and adds nothing to the signature: Disqus needs it to
// find the secret, we know the site. So one that is missing is accepted; a wrong one
// belongs to another site, and signs nobody in.
func (s *Service) SignIn(_ context.Context, site string, in SignIn) (Session, bool, error) {
	entry, err := s.site(site)
	if err != nil {
		return Session{}, false, err
	}
	if !entry.sso.On() || in.APIKey != "" && in.APIKey != entry.sso.APIKey {
		return Session{}, false, nil
	}
	now := s.clock()
	reader, until, err := readSignIn(entry, in, now)
	if err != nil {
		return Session{}, false, nil
	}
	return Session{Reader: reader, Token: s.readerToken(entry, &reader, until), ExpiresAt: until}, true, nil
}

// CheckSignIn says what is wrong with a payload or a token, for who sets a site
// up: the reader it stands for, or a *sso.Fault as the error.
func (s *Service) CheckSignIn(_ context.Context, site string, in SignIn) (models.Reader, error) {
	entry, err := s.site(site)
	if err != nil {
		return models.Reader{}, err
	}
	reader, _, err := readSignIn(entry, in, s.clock())
	if err == nil && in.APIKey != "" && in.APIKey != entry.sso.APIKey {
		return models.Reader{}, &sso.Fault{Kind: sso.APIKey}
	}
	return reader, err
}

// readSignIn reads what a page bears, and says until when its reader stays
// signed in.
func readSignIn(site *siteEntry, in SignIn, now time.Time) (models.Reader, time.Time, error) {
	terms := sso.Terms{Secrets: []string{site.sso.Secret}, MaxAge: site.sso.MaxAge, Skew: site.sso.Skew, Names: []string{site.Key, site.sso.APIKey}}
	if site.sso.Earlier != "" && now.Before(site.sso.EarlierUntil) {
		terms.Secrets = append(terms.Secrets, site.sso.Earlier)
	}
	read, text := sso.ReadPayload, in.Payload
	if strings.TrimSpace(text) == "" {
		read, text = sso.ReadToken, in.JWT
	}
	claim, err := read(text, terms, now)
	if err != nil {
		return models.Reader{}, now, err
	}
	reader, ok := newReader(claim)
	if !ok {
		return reader, now, &sso.Fault{Kind: sso.NoID}
	}
	until := now.Add(SessionTime).Truncate(time.Second)
	if claim.Secret > 0 && until.After(site.sso.EarlierUntil) {
		until = site.sso.EarlierUntil
	}
	return reader, until, nil
}

// newReader makes what a site says fit to be shown. What does not fit is left
// out; without a proper id there is no reader.
func newReader(c sso.Claim) (models.Reader, bool) {
	r := models.Reader{
		ID: strings.TrimSpace(c.ID), Name: displayName(c.Name), Email: strings.TrimSpace(c.Email), Avatar: webAddress(c.Avatar), URL: webAddress(c.URL),
	}
	if emailProblem(r.Email) != "" {
		r.Email = ""
	}
	return r, r.ID != "" && utf8.ValidString(r.ID) && plain(r.ID) && utf8.RuneCountInString(r.ID) <= maxReaderID
}

// displayName is a name on one line without characters that have no shape of
// their own but turn or hide what is around them. What joins letters stays.
func displayName(name string) string {
	name = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == '\u200c' || r == '\u200d':
			return r
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Cf, r), unicode.Is(unicode.Co, r), r == '\u2028', r == '\u2029':
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	name = tidy(name)
	if letters := []rune(name); len(letters) > MaxName {
		name = strings.TrimSpace(string(letters[:MaxName]))
	}
	if strings.IndexFunc(name, shows) < 0 {
		return ""
	}
	return name
}

// webAddress returns an absolute http or https address, and "" for anything else.
func webAddress(raw string) string {
	raw = strings.TrimSpace(raw)
	if len(raw) > maxReaderURL || !utf8.ValidString(raw) || !plain(raw) {
		return ""
	}
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Hostname() == "" || u.User != nil {
		return ""
	}
	if address := u.String(); len(address) <= maxReaderURL {
		return address
	}
	return ""
}

// readerClaims is what a session's token says. Nothing of it is stored, and
// nothing but the key of the site's authors is made from it.
type readerClaims struct {
	Site       int64  `json:"s"`
	Generation int    `json:"g"` // of the site's secret
	Until      int64  `json:"x"` // Unix seconds
	ID         string `json:"i"`
	Name       string `json:"n,omitempty"`
	Email      string `json:"e,omitempty"`
	Avatar     string `json:"a,omitempty"`
	URL        string `json:"u,omitempty"`
}

func (s *Service) readerToken(site *siteEntry, r *models.Reader, until time.Time) string {
	claims, err := json.Marshal(readerClaims{site.ID, site.sso.Generation, until.Unix(), r.ID, r.Name, r.Email, r.Avatar, r.URL})
	if err != nil {
		panic(fmt.Sprintf("encode session: %v", err)) // plain data always encodes
	}
	body := base64.RawURLEncoding.EncodeToString(claims)
	return readerToken + body + "." + s.readerSignature(body)
}

func (s *Service) readerSignature(body string) string {
	return base64.RawURLEncoding.EncodeToString(s.sign("reader", body))
}

// reader opens the token of a session. It returns nil for a token of another
// kind and for none; a session that has ended, or was never ours, is refused with
// CodeUnauthorized.
func (s *Service) reader(token string) (*siteEntry, *models.Reader, error) {
	signed, ok := strings.CutPrefix(token, readerToken)
	if !ok {
		return nil, nil, nil
	}
	body, mac, _ := strings.Cut(signed, ".")
	if len(token) > maxReaderToken || subtle.ConstantTimeCompare([]byte(s.readerSignature(body)), []byte(mac)) != 1 {
		return nil, nil, signedOut()
	}
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil {
		return nil, nil, signedOut()
	}
	var c readerClaims
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, nil, signedOut()
	}
	site, ok := s.sites.byID(c.Site)
	if !ok || !site.sso.On() || site.sso.Generation != c.Generation || s.clock().Unix() >= c.Until {
		return nil, nil, signedOut()
	}
	return site, &models.Reader{ID: c.ID, Name: c.Name, Email: c.Email, Avatar: c.Avatar, URL: c.URL}, nil
}

// readerAt is reader for a token that must be of a certain site.
func (s *Service) readerAt(site int64, token string) (*models.Reader, error) {
	entry, reader, err := s.reader(token)
	if err == nil && reader != nil && entry.ID != site {
		err = signedOut()
	}
	return reader, err
}

func signedOut() error {
	return models.Refuse(models.CodeUnauthorized, "You are not signed in any more. Sign in again; your text is still here.")
}

// voter is the hash by which a visitor has one like and one report for each
// comment; of a visitor of whom nothing is known, it is unknown.
func (s *Service) voter(site int64, v Visitor, unknown []byte) ([]byte, error) {
	reader, err := s.readerAt(site, v.Token)
	if err != nil {
		return nil, err
	}
	if reader != nil {
		return s.sign("voter", fmt.Sprintf("%d\x00%s", site, reader.ID)), nil
	}
	if hash := s.originOf(v.Addr).reader(); hash != nil {
		return hash, nil
	}
	return unknown, nil
}

// OwnComments returns what the reader of a session has written in a thread and
// is public or held, oldest first, as far as it is among the reader's latest
// MaxOwn comments.
func (s *Service) OwnComments(ctx context.Context, site, token string, ref models.ArticleRef) ([]models.Comment, error) {
	entry, err := s.site(site)
	if err != nil {
		return nil, err
	}
	reader, err := s.readerAt(entry.ID, token)
	if err != nil {
		return nil, err
	}
	if reader == nil {
		return nil, signedOut()
	}
	article, err := s.find(ctx, entry, "", ref)
	if err != nil || article == 0 {
		return nil, err
	}
	authors, err := s.store.AuthorsByKey(ctx, []store.AuthorKey{{SiteID: entry.ID, Key: reader.Login()}})
	if err != nil || len(authors) == 0 {
		return nil, err
	}
	author := authors[store.AuthorKey{SiteID: entry.ID, Key: reader.Login()}]
	return s.store.CommentsBy(ctx, store.AuthorArticle{Author: author.ID, Article: article}, MaxOwn)
}

// ownsAsReader makes sure that a comment was written by the reader of a session.
func (s *Service) ownsAsReader(ctx context.Context, c *models.Comment, token string) error {
	reader, err := s.readerAt(c.SiteID, token)
	if err != nil {
		return err
	}
	author, err := s.store.Author(ctx, c.AuthorID)
	if err != nil {
		return fmt.Errorf("find author: %w", err)
	}
	if reader == nil || author.Key != reader.Login() {
		return models.Refuse(models.CodeForbidden, "Only its author can change a comment.")
	}
	return nil
}
