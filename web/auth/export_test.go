package auth

import (
	"context"
	"io"
	"net/netip"
	"time"
)

// HashPassword and VerifyPassword reach the password hashing.
func HashPassword(ctx context.Context, rand io.Reader, password string) (string, error) {
	return newPasswords(rand).hash(ctx, password)
}

func VerifyPassword(ctx context.Context, encoded, password string) (bool, error) {
	return newPasswords(nil).verify(ctx, encoded, password)
}

// SoundHash reports whether a stored hash can be read.
func SoundHash(encoded string) bool { _, ok := parseHash(encoded); return ok }

// Crowd fills the places of all who may hash or wait, and returns how to try
// once more.
func Crowd() func(context.Context) error {
	p := newPasswords(nil)
	for range cap(p.line) {
		p.line <- struct{}{}
	}
	return func(ctx context.Context) error { return p.work(ctx, func() {}) }
}

// NewSecret and HashSecret reach the secrets.
func NewSecret(rand io.Reader) (string, []byte, error) { return newSecret(rand) }
func HashSecret(secret string) []byte                  { return hashSecret(secret) }

// Throttle reaches the throttle of sign-in.
type Throttle struct{ t *throttle }

func NewThrottle(clock func() time.Time) Throttle { return Throttle{newThrottle(clock)} }

func (t Throttle) Take(account, addr string) time.Duration {
	return t.t.take(account, netip.MustParseAddr(addr))
}

func (t Throttle) GiveBack(account, addr string) { t.t.giveBack(account, netip.MustParseAddr(addr)) }

func (t Throttle) Succeeded(account, addr string) {
	t.t.succeeded(account, netip.MustParseAddr(addr))
}

// Keys returns how many keys are remembered.
func (t Throttle) Keys() int {
	n := 0
	for _, l := range []ledger{t.t.accounts, t.t.addresses, t.t.known} {
		n += len(l.young) + len(l.old)
	}
	return n
}

// MaxKeys is the bound of one generation of one table.
const MaxKeys = maxKeys
