package auth

import (
	"context"
	"crypto/subtle"
	"encoding/base64"
	"fmt"
	"io"
	"runtime"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"postbag/models"
)

// Limits of a password.
const (
	MinPassword = 10   // characters
	MaxPassword = 1024 // bytes
)

// The cost of a hash: OWASP's recommendation for Argon2id.
const (
	costMemory = 19 << 10 // KiB
	costPasses = 2
	costLanes  = 1
	saltSize   = 16
	keySize    = 32
)

// Limits of a stored hash that is read back, so that a damaged one cannot take
// the server's memory.
const (
	maxMemory = 256 << 10 // KiB
	maxPasses = 16
	maxLanes  = 16
	maxSize   = 64 // bytes of salt and of key
)

// maxWaiting bounds how many wait for a processor to hash on.
const maxWaiting = 64

// passwords hashes and checks passwords, at most one per processor at a time:
// each takes 19 MiB and about a tenth of a second.
type passwords struct {
	rand  io.Reader
	line  chan struct{} // who waits or works
	slots chan struct{} // who works
}

func newPasswords(rand io.Reader) *passwords {
	n := runtime.NumCPU()
	return &passwords{rand: rand, line: make(chan struct{}, n+maxWaiting), slots: make(chan struct{}, n)}
}

// hash returns the encoded hash of a password, with a fresh salt.
func (p *passwords) hash(ctx context.Context, password string) (string, error) {
	h := hashed{memory: costMemory, passes: costPasses, lanes: costLanes, salt: make([]byte, saltSize)}
	if _, err := io.ReadFull(p.rand, h.salt); err != nil {
		return "", fmt.Errorf("make salt: %w", err)
	}
	err := p.work(ctx, func() { h.key = h.derive(password, keySize) })
	return h.String(), err
}

// verify reports whether a password belongs to an encoded hash. An empty or
// damaged hash belongs to none, but takes as long as a sound one.
func (p *passwords) verify(ctx context.Context, encoded, password string) (bool, error) {
	h, ok := parseHash(encoded)
	if !ok {
		h = hashed{memory: costMemory, passes: costPasses, lanes: costLanes, salt: make([]byte, saltSize), key: make([]byte, keySize)}
	}
	same := false
	err := p.work(ctx, func() {
		same = subtle.ConstantTimeCompare(h.key, h.derive(password, len(h.key))) == 1
	})
	return ok && same && err == nil, err
}

// work runs f when a processor is free for it. CodeBusy: too many wait.
func (p *passwords) work(ctx context.Context, f func()) error {
	select {
	case p.line <- struct{}{}:
		defer func() { <-p.line }()
	default:
		refusal := models.Refuse(models.CodeBusy, "Many people are signing in at once. Try again in a moment.")
		refusal.RetryAfter = 5 * time.Second
		return refusal
	}
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return ctx.Err()
	}
	f()
	return nil
}

// hashed is an Argon2id hash with what it was made with.
type hashed struct {
	memory, passes uint32 // memory in KiB
	lanes          uint8
	salt, key      []byte
}

func (h *hashed) derive(password string, size int) []byte {
	return argon2.IDKey([]byte(password), h.salt, h.passes, h.memory, h.lanes, uint32(size))
}

// String writes the hash in the PHC string format.
func (h *hashed) String() string {
	enc := base64.RawStdEncoding
	return fmt.Sprintf("$argon2id$v=%d$m=%d,t=%d,p=%d$%s$%s", argon2.Version, h.memory, h.passes, h.lanes,
		enc.EncodeToString(h.salt), enc.EncodeToString(h.key))
}

// parseHash reads what String wrote, with whatever cost within bounds.
func parseHash(encoded string) (hashed, bool) {
	part := strings.Split(encoded, "$")
	if len(encoded) > 512 || len(part) != 6 || part[1] != "argon2id" || part[2] != fmt.Sprintf("v=%d", argon2.Version) {
		return hashed{}, false
	}
	var h hashed
	if n, err := fmt.Sscanf(part[3], "m=%d,t=%d,p=%d", &h.memory, &h.passes, &h.lanes); err != nil || n != 3 {
		return hashed{}, false
	}
	var errSalt, errKey error
	h.salt, errSalt = base64.RawStdEncoding.DecodeString(part[4])
	h.key, errKey = base64.RawStdEncoding.DecodeString(part[5])
	return h, errSalt == nil && errKey == nil && h.bounded()
}

func (h *hashed) bounded() bool {
	return h.lanes >= 1 && h.lanes <= maxLanes && h.passes >= 1 && h.passes <= maxPasses && h.memory >= 8*uint32(h.lanes) && h.memory <= maxMemory &&
		len(h.salt) >= 8 && len(h.salt) <= maxSize && len(h.key) >= 16 && len(h.key) <= maxSize
}

// passwordFault says what is wrong with a new password, "" when nothing is.
func passwordFault(password string) string {
	switch {
	case utf8.RuneCountInString(password) < MinPassword:
		return fmt.Sprintf("Use at least %d characters.", MinPassword)
	case len(password) > MaxPassword:
		return "This password is too long. Use a shorter one."
	}
	return ""
}
