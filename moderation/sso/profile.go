package sso

import (
	"bytes"
	"encoding/json"
	"strings"
)

// readProfile reads the signed JSON of a payload.
func readProfile(content []byte) (Claim, error) {
	trimmed := bytes.TrimSpace(content)
	switch string(trimmed) {
	case "{}", "[]", "null", `""`:
		return Claim{}, fault(SignedOut)
	}
	if len(trimmed) == 0 || trimmed[0] != '{' {
		return Claim{}, fault(JSON)
	}
	var in struct{ ID, Username, Email, Avatar, URL text }
	if err := json.Unmarshal(trimmed, &in); err != nil {
		return Claim{}, fault(JSON)
	}
	c := Claim{ID: string(in.ID), Name: string(in.Username), Email: string(in.Email), Avatar: string(in.Avatar), URL: string(in.URL)}
	if strings.TrimSpace(c.ID) == "" {
		return c, fault(NoID)
	}
	return c, nil
}

// text is a field that may come as a string or as a number; everything else is
// as if it were not there.
type text string

// UnmarshalJSON implements json.Unmarshaler.
func (t *text) UnmarshalJSON(data []byte) error {
	switch {
	case len(data) > 0 && data[0] == '"':
		var s string
		if err := json.Unmarshal(data, &s); err != nil {
			return err
		}
		*t = text(s)
	case len(data) > 0 && (data[0] == '-' || '0' <= data[0] && data[0] <= '9'):
		*t = text(wholeNumber(string(data)))
	default:
		*t = ""
	}
	return nil
}

// wholeNumber writes 12.0, as some languages put it, as 12.
func wholeNumber(number string) string {
	whole, fraction, ok := strings.Cut(number, ".")
	if ok && strings.Trim(fraction, "0") == "" {
		return whole
	}
	return number
}
