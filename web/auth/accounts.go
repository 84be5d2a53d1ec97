package auth

import (
	"context"
	"crypto/rand"
	"fmt"
	"io"
	"net/netip"
	"strings"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// How long secrets work.
const (
	SessionLife    = 14 * 24 * time.Hour
	InvitationLife = 7 * 24 * time.Hour
	SetUpLife      = 7 * 24 * time.Hour
	ConsoleLife    = time.Hour
)

// The kinds of credentials.
const (
	kindSession    = "session"
	kindToken      = "token"
	kindInvitation = "invitation"
	kindConsole    = "console"
	kindSetUp      = "setup"
)

// Accounts lets people and programs into the console. It is safe for concurrent
// use.
type Accounts struct {
	svc       *moderation.Service
	clock     func() time.Time
	rand      io.Reader
	passwords *passwords
	throttle  *throttle
}

// New returns the accounts of a service. A nil clock means time.Now, a nil
// random source crypto/rand.
func New(svc *moderation.Service, clock func() time.Time, random io.Reader) *Accounts {
	if clock == nil {
		clock = time.Now
	}
	if random == nil {
		random = rand.Reader
	}
	return &Accounts{svc: svc, clock: clock, rand: random, passwords: newPasswords(random), throttle: newThrottle(clock)}
}

// SignIn checks a password and opens a session. CodeUnauthorized: the account
// is unknown, disabled or has another password, without saying which.
// CodeRateLimited: too many failures of the account or the address; a right
// password does not help before RetryAfter.
func (a *Accounts) SignIn(ctx context.Context, email, password string, addr netip.Addr) (session string, m models.Moderator, err error) {
	email = cleanEmail(email)
	if len(email) > moderation.MaxEmail || len(password) > MaxPassword {
		email, password = "", "" // nobody's, and as slow as anybody's
	}
	if m, err = a.authenticate(ctx, email, password, addr); err != nil {
		return "", models.Moderator{}, err
	}
	session, err = a.open(ctx, m.ID)
	return session, m, err
}

// authenticate finds the enabled account of an address and a password, within
// the limits of the throttle.
func (a *Accounts) authenticate(ctx context.Context, email, password string, addr netip.Addr) (models.Moderator, error) {
	if wait := a.throttle.take(email, addr); wait > 0 {
		refusal := models.Refuse(models.CodeRateLimited, "Too many attempts to sign in. Wait %s, then try again.", inWords(wait))
		refusal.RetryAfter = wait
		return models.Moderator{}, refusal
	}
	m, ok, err := a.match(ctx, email, password)
	switch {
	case err != nil:
		a.throttle.giveBack(email, addr) // nothing was learnt about the password
		return models.Moderator{}, fmt.Errorf("sign in: %w", err)
	case !ok:
		return models.Moderator{}, models.Refuse(models.CodeUnauthorized, "The e-mail address or the password is not right. Check both and try again.")
	}
	a.throttle.succeeded(email, addr)
	return m, nil
}

// match reports whether an enabled account has this address and password. It
// takes the same time when there is no such account.
func (a *Accounts) match(ctx context.Context, email, password string) (models.Moderator, bool, error) {
	m, err := a.svc.ModeratorByEmail(ctx, email)
	if err != nil && models.CodeOf(err) != models.CodeNotFound {
		return m, false, err
	}
	ok, err := a.passwords.verify(ctx, m.PasswordHash, password)
	return m, ok && !m.Disabled, err
}

// Session returns whose session a cookie carries. CodeUnauthorized: nobody's.
func (a *Accounts) Session(ctx context.Context, cookie string) (models.Moderator, error) {
	_, m, err := a.look(ctx, kindSession, cookie, "You are not signed in, or your session has ended. Sign in and try again.")
	return m, err
}

// SignOut ends a session. Ending one that is over is not an error.
func (a *Accounts) SignOut(ctx context.Context, session string) error {
	hash := hashSecret(session)
	if hash == nil {
		return nil
	}
	if err := a.svc.DeleteCredentialHash(ctx, kindSession, hash); err != nil && models.CodeOf(err) != models.CodeNotFound {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// Token returns whose API token it is. CodeUnauthorized: nobody's.
func (a *Accounts) Token(ctx context.Context, bearer string) (models.Moderator, error) {
	_, m, err := a.look(ctx, kindToken, bearer, "This token is not valid. Make a new one on your account page and use that.")
	return m, err
}

// look finds the moderator of a secret, which stays valid.
func (a *Accounts) look(ctx context.Context, kind, secret, otherwise string) (models.Credential, models.Moderator, error) {
	hash := hashSecret(secret)
	if hash == nil {
		return models.Credential{}, models.Moderator{}, models.Refuse(models.CodeUnauthorized, "%s", otherwise)
	}
	c, m, err := a.svc.Credential(ctx, kind, hash)
	return c, m, refuse(err, otherwise)
}

// redeem finds the moderator of a secret that works once, and spends it.
func (a *Accounts) redeem(ctx context.Context, kind, secret, otherwise string) (models.Moderator, error) {
	hash := hashSecret(secret)
	if hash == nil {
		return models.Moderator{}, models.Refuse(models.CodeUnauthorized, "%s", otherwise)
	}
	_, m, err := a.svc.RedeemCredential(ctx, kind, hash)
	return m, refuse(err, otherwise)
}

// refuse puts the sentence of the situation into a refusal to let somebody in.
func refuse(err error, sentence string) error {
	if models.CodeOf(err) == models.CodeUnauthorized || models.CodeOf(err) == models.CodeNotFound {
		return models.Refuse(models.CodeUnauthorized, "%s", sentence)
	}
	return err
}

// open starts a session.
func (a *Accounts) open(ctx context.Context, moderator int64) (string, error) {
	return a.store(ctx, models.Credential{Kind: kindSession, ModeratorID: moderator}, SessionLife)
}

// store makes a secret for a credential and stores its hash; a life of 0 has no
// end.
func (a *Accounts) store(ctx context.Context, c models.Credential, life time.Duration) (string, error) {
	secret, hash, err := newSecret(a.rand)
	if err != nil {
		return "", err
	}
	c.Hash = hash
	if life > 0 {
		c.ExpiresAt = a.clock().Add(life)
	}
	if _, err := a.svc.AddCredential(ctx, c); err != nil {
		return "", fmt.Errorf("store %s: %w", c.Kind, err)
	}
	return secret, nil
}

// cleanEmail is the form in which addresses are stored and compared.
func cleanEmail(email string) string { return strings.ToLower(strings.TrimSpace(email)) }

// inWords writes a waiting time for people, rounded up.
func inWords(d time.Duration) string {
	seconds := int((d + time.Second - 1) / time.Second)
	switch {
	case seconds == 1:
		return "one second"
	case seconds < 120:
		return fmt.Sprintf("%d seconds", seconds)
	}
	return fmt.Sprintf("%d minutes", (seconds+59)/60)
}
