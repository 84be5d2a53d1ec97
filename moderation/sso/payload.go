package sso

import (
	"crypto/hmac"
	"crypto/sha1" // what Disqus chose; as HMAC it still stands
	"encoding/base64"
	"encoding/hex"
	"strconv"
	"strings"
	"time"
)

// MaxLength is the most that a payload or a token may have, in bytes.
const MaxLength = 8 << 10

// Terms are what a site accepts.
type Terms struct {
	Secrets []string      // any of them may have signed; at most a handful
	MaxAge  time.Duration // since the payload was made
	Skew    time.Duration // how far ahead the site's clock may be
	Names   []string      // of the site, for tokens that say whom they are for
}

// Claim is what a site says, with a right signature and at the right time. All
// texts are as the site wrote them.
type Claim struct {
	ID, Name, Email, Avatar, URL string

	Secret int // which of the secrets it was signed with
}

// ReadPayload reads a remote_auth_s3 payload. The error is a *Fault.
func ReadPayload(payload string, terms Terms, now time.Time) (Claim, error) {
	message, signature, stamp, err := split(payload)
	if err != nil {
		return Claim{}, err
	}
	seconds, err := strconv.ParseUint(stamp, 10, 33)
	if err != nil {
		return Claim{}, fault(Time)
	}
	content, ok := decodeBase64(message)
	if !ok {
		return Claim{}, fault(Base64)
	}
	mac, err := hex.DecodeString(signature)
	if err != nil || len(mac) != sha1.Size {
		return Claim{}, fault(Hex)
	}
	secret := signer(terms.Secrets, message, stamp, mac)
	if secret < 0 {
		return Claim{}, &Fault{Kind: Signature, Hint: hint(terms.Secrets, message, string(content), stamp, mac)}
	}
	if err := terms.inTime(time.Unix(int64(seconds), 0), now); err != nil {
		return Claim{}, err
	}
	claim, err := readProfile(content)
	claim.Secret = secret
	return claim, err
}

// split takes the three parts apart from the end, because a message may have
// been broken into lines.
func split(payload string) (message, signature, stamp string, err error) {
	if len(payload) > MaxLength {
		return "", "", "", fault(Long)
	}
	rest := strings.TrimSpace(payload)
	if rest == "" {
		return "", "", "", fault(Empty)
	}
	rest, stamp, ok := cutLast(rest)
	if !ok {
		return "", "", "", fault(Parts)
	}
	message, signature, ok = cutLast(strings.TrimRight(rest, space))
	if !ok || strings.Trim(message, space) == "" {
		return "", "", "", fault(Parts)
	}
	return message, signature, stamp, nil
}

const space = " \t\r\n"

// cutLast cuts at the last white space, of which it takes one character.
func cutLast(s string) (before, after string, ok bool) {
	i := strings.LastIndexAny(s, space)
	if i < 0 {
		return "", s, false
	}
	return s[:i], s[i+1:], true
}

// signer returns the index of the secret that the message was signed with, -1
// for none: as it was sent, or without line ends, which templates add and take.
func signer(secrets []string, message, stamp string, mac []byte) int {
	bare := bare(message)
	for i, secret := range secrets {
		if hmac.Equal(sign(secret, message+" "+stamp), mac) || bare != message && hmac.Equal(sign(secret, bare+" "+stamp), mac) {
			return i
		}
	}
	return -1
}

func sign(secret, text string) []byte {
	h := hmac.New(sha1.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// hint finds out what was signed instead, of the mistakes that people make:
// "json" for the text before base64, "message" without the timestamp,
// "joined" without the space. It is empty when it is none of them.
func hint(secrets []string, message, content, stamp string, mac []byte) string {
	bare := bare(message)
	for _, secret := range secrets {
		for name, text := range map[string]string{"json": content + " " + stamp, "message": bare, "joined": bare + stamp} {
			if hmac.Equal(sign(secret, text), mac) {
				return name
			}
		}
	}
	return ""
}

func bare(message string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(space, r) {
			return -1
		}
		return r
	}, message)
}

// decodeBase64 reads both alphabets, with and without padding and line ends.
func decodeBase64(s string) ([]byte, bool) {
	s = strings.TrimRight(bare(s), "=")
	s = strings.NewReplacer("-", "+", "_", "/").Replace(s)
	data, err := base64.RawStdEncoding.DecodeString(s)
	return data, err == nil
}

// inTime checks when something was signed. Both ends are allowed.
func (t Terms) inTime(at, now time.Time) error {
	switch age := now.Sub(at); {
	case age > t.MaxAge:
		return &Fault{Kind: Stale, By: age - t.MaxAge}
	case age < -t.Skew:
		return &Fault{Kind: Early, By: -age - t.Skew}
	}
	return nil
}
