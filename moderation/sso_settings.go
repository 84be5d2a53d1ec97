package moderation

import (
	"context"
	"encoding/base32"
	"fmt"
	"io"
	"regexp"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/store"
)

// Limits and defaults of how a site vouches for its readers.
const (
	DefaultMaxAge = 2 * time.Hour
	LeastMaxAge   = time.Minute
	MostMaxAge    = 30 * 24 * time.Hour
	DefaultSkew   = 10 * time.Minute
	MostSkew      = 24 * time.Hour

	// SafeSecret is how many bytes a secret needs that nobody guesses. Shorter ones
	// are taken over, since the pages that use them exist.
	SafeSecret = 16
	mostSecret = 256 // bytes
)

// noteSSO is the kind of the notes about how a site vouches for its readers.
const noteSSO = "sso"

var apiKeyPattern = regexp.MustCompile(`^[A-Za-z0-9_-]{1,128}$`)

// SSOPatch changes how a site vouches for its readers; nil and false leave a
// setting as it is. The first change makes the keys and switches signing in on.
type SSOPatch struct {
	Rotate bool    // make a new secret
	Secret *string // take this secret over
	AtOnce bool    // with a new secret: the one before ends now, not only when payloads made with it are too old
	APIKey *string // take this public key over

	// Generation, if given, is that of the secret which who changes it knew of, 0 for
	// none: a form that is sent twice does not make two secrets.
	Generation *int

	MaxAge      *time.Duration
	Skew        *time.Duration
	Enabled     *bool
	MembersOnly *bool

	// VerifiedEmail says that the site makes sure of its readers' e-mail addresses;
	// see models.SSO.
	VerifiedEmail *bool
}

// SSO returns how a site vouches for its readers, without the secrets; EarlierUntil
// is zero when the secret before has ended. It asks memory only. A site that never
// did has no APIKey.
func (s *Service) SSO(_ context.Context, site string) (models.SSO, error) {
	entry, err := s.site(site)
	if err != nil {
		return models.SSO{}, err
	}
	sso := withoutSecrets(entry.sso)
	if !s.clock().Before(sso.EarlierUntil) {
		sso.EarlierUntil = time.Time{}
	}
	return sso, nil
}

func withoutSecrets(sso models.SSO) models.SSO {
	sso.Secret, sso.Earlier = "", ""
	return sso
}

// ConfigureSSO changes how a site vouches for its readers and returns it with
// its secret, which only who runs the server and who has just made it may see.
// It holds at once, in every process; the log says who did what.
//
// With a new secret the sessions of readers end. Payloads made with the one before
// are accepted for MaxAge, so that pages kept in caches go on signing readers in.
func (s *Service) ConfigureSSO(ctx context.Context, by models.Moderator, site string, p SSOPatch) (models.SSO, error) {
	entry, err := s.site(site)
	if err != nil {
		return models.SSO{}, err
	}
	if err := p.check(); err != nil {
		return models.SSO{}, err
	}
	fresh, err := s.makeSecret()
	if err != nil {
		return models.SSO{}, fmt.Errorf("make keys: %w", err)
	}
	var sso models.SSO
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		all, err := tx.SSOs(ctx)
		if err != nil {
			return err
		}
		sso = all[entry.ID]
		if p.Generation != nil && *p.Generation != sso.Generation {
			return models.Refuse(models.CodeConflict, "The keys were changed since this page was opened. Look at what holds now; nobody is shown a secret twice.")
		}
		done := p.change(&sso, keyPair{entry.key, fresh}, tx.Now)
		if len(done) == 0 {
			return nil
		}
		sso.SiteID = entry.ID
		return inOrder(
			func() error { return tx.SaveSSO(ctx, &sso) },
			func() error {
				return tx.AddNote(ctx, &models.Note{SiteID: entry.ID, Kind: noteSSO, Subject: "sso", ModeratorID: by.ID, Text: strings.Join(done, " ")})
			},
		)
	})
	return sso, err
}

// check names every setting that is wrong.
func (p *SSOPatch) check() error {
	var wrong []models.FieldError
	note := func(bad bool, field, detail string) {
		if bad {
			wrong = append(wrong, models.FieldError{Field: field, Detail: detail})
		}
	}
	if p.Secret != nil {
		secret := *p.Secret
		note(secret == "" || len(secret) > mostSecret || !utf8.ValidString(secret) || !plain(secret), "secret",
			fmt.Sprintf("A secret has 1 to %d characters on one line.", mostSecret))
		note(p.Rotate, "secret", "Give a secret, or have one made, not both.")
	}
	note(p.APIKey != nil && !apiKeyPattern.MatchString(*p.APIKey), "api_key", "An API key has 1 to 128 letters, digits, hyphens and underscores.")
	note(p.MaxAge != nil && (*p.MaxAge < LeastMaxAge || *p.MaxAge > MostMaxAge), "max_age", "Use a time from 1 minute to 30 days.")
	note(p.Skew != nil && (*p.Skew < 0 || *p.Skew > MostSkew), "skew", "Use a time from 0 to 24 hours.")
	return fieldErrors(wrong)
}

// keyPair are the public key of a site and a secret that nobody has used.
type keyPair struct{ api, secret string }

func (s *Service) makeSecret() (string, error) {
	var random [40]byte
	if _, err := io.ReadFull(s.rand, random[:]); err != nil {
		return "", err
	}
	return lettersAndDigits(random[:]), nil
}

// publicKey is the key by which programs name a site as long as it has taken
// over no other. It is made from the site's key, so that every site has one.
func (s *Service) publicKey(site string) string { return lettersAndDigits(s.sign("public key", site)) }

// lettersAndDigits writes bytes in base 32, without padding.
func lettersAndDigits(b []byte) string {
	return strings.ToLower(base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(b))
}

// PublicKey returns the key by which programs name a site: pages that sign their
// readers in, and callers of the API of Disqus. It is no secret, and asks memory
// only.
func (s *Service) PublicKey(_ context.Context, site string) (string, error) {
	entry, err := s.site(site)
	if err != nil {
		return "", err
	}
	return entry.key, nil
}

// change applies the patch and says in sentences what it changed.
func (p *SSOPatch) change(sso *models.SSO, fresh keyPair, now time.Time) []string {
	var done []string
	say := func(sentence string) { done = append(done, sentence) }
	first := sso.Secret == ""
	if first {
		*sso = models.SSO{Enabled: true, APIKey: fresh.api, MaxAge: DefaultMaxAge, Skew: DefaultSkew}
		say("Made the keys for signing readers in.")
	}
	replace(&sso.MaxAge, p.MaxAge, func() { say(fmt.Sprintf("A payload holds for %s.", sso.MaxAge)) })
	replace(&sso.Skew, p.Skew, func() { say(fmt.Sprintf("The site's clock may be %s ahead.", sso.Skew)) })
	replace(&sso.Enabled, p.Enabled, func() { say(either(sso.Enabled, "Switched signing in on.", "Switched signing in off.")) })
	replace(&sso.MembersOnly, p.MembersOnly, func() { say(either(sso.MembersOnly, "Only readers who signed in may comment.", "Guests may comment.")) })
	replace(&sso.VerifiedEmail, p.VerifiedEmail, func() {
		say(either(sso.VerifiedEmail, "Readers take over imported accounts with their e-mail address.", "Readers take over no imported accounts."))
	})
	replace(&sso.APIKey, p.APIKey, func() { say("Set the API key.") })
	secret := fresh.secret
	if p.Secret != nil {
		secret = *p.Secret
	}
	if first || p.Rotate || p.Secret != nil && secret != sso.Secret {
		if setSecret(sso, secret, p.AtOnce, now); !first {
			say(either(p.AtOnce, "Changed the secret; the one before ended.", "Changed the secret; payloads made with the one before run out."))
		}
	}
	return done
}

// replace sets a setting that differs, and then calls changed.
func replace[T comparable](setting, value *T, changed func()) {
	if value != nil && *value != *setting {
		*setting = *value
		changed()
	}
}

func either(condition bool, yes, no string) string {
	if condition {
		return yes
	}
	return no
}

// setSecret puts a new secret in the place of the one before, which stays valid
// for payloads that were made with it until now.
func setSecret(sso *models.SSO, secret string, atOnce bool, now time.Time) {
	sso.Earlier, sso.EarlierUntil = sso.Secret, now.Add(sso.MaxAge)
	if atOnce || sso.Earlier == "" {
		sso.Earlier, sso.EarlierUntil = "", time.Time{}
	}
	sso.Secret = secret
	sso.Generation++
}
