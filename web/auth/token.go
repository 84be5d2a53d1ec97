package auth

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"io"
	"strings"
)

// secretPrefix marks Postbag's secrets, so that people and scanners recognise
// one that was published by mistake.
const secretPrefix = "pb_"

// secretBytes is how many random bytes a secret has.
const secretBytes = 32

// newSecret makes a secret and the hash under which it is stored.
func newSecret(rand io.Reader) (secret string, hash []byte, err error) {
	var raw [secretBytes]byte
	if _, err := io.ReadFull(rand, raw[:]); err != nil {
		return "", nil, fmt.Errorf("make secret: %w", err)
	}
	secret = secretPrefix + base64.RawURLEncoding.EncodeToString(raw[:])
	return secret, hashSecret(secret), nil
}

// hashSecret returns the hash of a secret, nil for what cannot be one.
func hashSecret(secret string) []byte {
	body, ok := strings.CutPrefix(secret, secretPrefix)
	if !ok || len(body) != base64.RawURLEncoding.EncodedLen(secretBytes) {
		return nil
	}
	sum := sha256.Sum256([]byte(secret))
	return sum[:]
}
