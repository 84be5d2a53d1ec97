package sso

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"time"
)

// ReadToken reads a JSON Web Token in its compact form. The error is a *Fault.
//
// Claims that count: sub (the reader's id), name, email, picture, website (or
// url), iat, exp, nbf and aud. exp must lie ahead, iat must be no older than
// MaxAge; of the two at least one must be there, and without iat exp must not be
// further away than MaxAge and Skew. aud, when it is there, must name the site.
func ReadToken(token string, terms Terms, now time.Time) (Claim, error) {
	if len(token) > MaxLength {
		return Claim{}, fault(Long)
	}
	token = strings.TrimSpace(token)
	if token == "" {
		return Claim{}, fault(Empty)
	}
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return Claim{}, fault(Parts)
	}
	var raw [3][]byte
	for i, part := range parts {
		var err error
		if raw[i], err = base64.RawURLEncoding.Strict().DecodeString(part); err != nil {
			return Claim{}, fault(Base64)
		}
	}
	if err := checkHeader(raw[0]); err != nil {
		return Claim{}, err
	}
	secret := slices.IndexFunc(terms.Secrets, func(secret string) bool {
		h := hmac.New(sha256.New, []byte(secret))
		h.Write([]byte(parts[0] + "." + parts[1]))
		return hmac.Equal(h.Sum(nil), raw[2])
	})
	if secret < 0 {
		return Claim{}, fault(Signature)
	}
	claim, err := readClaims(raw[1], terms, now)
	claim.Secret = secret
	return claim, err
}

// checkHeader accepts the one algorithm. A header with extensions that must be
// understood (crit) is refused as well: none are.
func checkHeader(content []byte) error {
	var header struct {
		Algorithm string          `json:"alg"`
		Critical  json.RawMessage `json:"crit"`
	}
	if json.Unmarshal(content, &header) != nil {
		return fault(JSON)
	}
	if header.Algorithm != "HS256" || header.Critical != nil {
		return fault(Algorithm)
	}
	return nil
}

func readClaims(content []byte, terms Terms, now time.Time) (Claim, error) {
	var in struct {
		Sub, Name, Email, Picture, Website, URL text
		Iat, Exp, Nbf                           *float64 // NumericDate may have a fraction
		Aud                                     audience
	}
	if err := json.Unmarshal(content, &in); err != nil {
		return Claim{}, fault(JSON)
	}
	if err := terms.inForce(in.Iat, in.Exp, in.Nbf, now); err != nil {
		return Claim{}, err
	}
	if len(in.Aud) > 0 && !slices.ContainsFunc(in.Aud, func(name string) bool { return slices.Contains(terms.Names, name) }) {
		return Claim{}, fault(Audience)
	}
	c := Claim{ID: string(in.Sub), Name: string(in.Name), Email: string(in.Email), Avatar: string(in.Picture), URL: string(in.Website)}
	if c.URL == "" {
		c.URL = string(in.URL)
	}
	if strings.TrimSpace(c.ID) == "" {
		return c, fault(NoID)
	}
	return c, nil
}

// inForce checks the times of a token.
func (t Terms) inForce(iat, exp, nbf *float64, now time.Time) error {
	for _, date := range []*float64{iat, exp, nbf} {
		if date != nil && (*date < 0 || *date > 1<<33) {
			return fault(Time)
		}
	}
	if iat != nil {
		if err := t.inTime(unix(*iat), now); err != nil {
			return err
		}
	}
	if nbf != nil && unix(*nbf).Sub(now) > t.Skew {
		return &Fault{Kind: Early, By: unix(*nbf).Sub(now) - t.Skew}
	}
	if exp == nil {
		if iat == nil {
			return fault(Endless)
		}
		return nil
	}
	left := unix(*exp).Sub(now)
	switch {
	case left <= 0:
		return &Fault{Kind: Stale, By: max(-left, time.Second)}
	case iat == nil && left > t.MaxAge+t.Skew:
		return fault(Endless)
	}
	return nil
}

func unix(date float64) time.Time {
	whole, fraction := math.Modf(date)
	return time.Unix(int64(whole), int64(fraction*1e9))
}

// audience is one name, or a list of them.
type audience []string

// UnmarshalJSON implements json.Unmarshaler.
func (a *audience) UnmarshalJSON(data []byte) error {
	if string(data) == "null" {
		return nil
	}
	var one string
	if json.Unmarshal(data, &one) == nil {
		*a = audience{one}
		return nil
	}
	return json.Unmarshal(data, (*[]string)(a))
}
