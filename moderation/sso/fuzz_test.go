package sso_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"postbag/moderation/sso"
)

// FuzzPayload compares ReadPayload with a twin that says the same in the
// simplest words, on whatever is sent and on the same text signed rightly.
func FuzzPayload(f *testing.F) {
	for _, content := range []string{ada, "{}", "[]", `{"id":42.0}`, `{"ID":"x","Username":null}`, `{"id":"\ud800"}`, "", " ", "{"} {
		f.Add(content, payload(content, now), int64(0))
		f.Add(lines(content, 3), "b' "+payload(content, now)+"\n", int64(-7201))
	}
	f.Fuzz(func(t *testing.T, content, sent string, age int64) {
		message := base64.StdEncoding.EncodeToString([]byte(content))
		at := now.Unix() + age%100_000
		for _, p := range []string{sent, payload(content, time.Unix(at, 0)), fmt.Sprintf("%s %s %d", lines(message, 7), sign(lines(message, 7), at), at)} {
			claim, err := sso.ReadPayload(p, terms(), now)
			if id, ok := twin(p); ok != (err == nil) || ok && id != claim.ID {
				t.Errorf("ReadPayload(%q) = %+v, %v; the twin says %q, %v", p, claim, err, id, ok)
			}
			var fault *sso.Fault
			if err != nil && !errors.As(err, &fault) {
				t.Errorf("ReadPayload(%q): %v is no fault", p, err)
			}
		}
	})
}

// three are the parts of a payload: what stands before the last two is the
// message, whatever it is.
var three = regexp.MustCompile(`(?s)^(.*[^ \t\r\n].*)[ \t\r\n]([^ \t\r\n]+)[ \t\r\n]+([0-9]+)$`)

// twin returns the id of the reader whom a payload signs in.
func twin(payload string) (id string, ok bool) {
	parts := three.FindStringSubmatch(strings.TrimSpace(payload))
	if len(payload) > 8192 || parts == nil {
		return "", false
	}
	at, err := strconv.ParseUint(parts[3], 10, 64)
	if err != nil || int64(at) < now.Unix()-7200 || at > uint64(now.Unix())+600 {
		return "", false
	}
	bare := strings.NewReplacer(" ", "", "\t", "", "\r", "", "\n", "").Replace(parts[1])
	if !signedBy(parts[1], parts[3], parts[2]) && !signedBy(bare, parts[3], parts[2]) {
		return "", false
	}
	content, err := base64.RawStdEncoding.DecodeString(strings.TrimRight(strings.NewReplacer("-", "+", "_", "/").Replace(bare), "="))
	if err != nil {
		return "", false
	}
	var in map[string]any
	decoder := json.NewDecoder(strings.NewReader(string(content)))
	decoder.UseNumber()
	if !json.Valid(content) || decoder.Decode(&in) != nil {
		return "", false
	}
	// As encoding/json does: the last member counts, in whatever case it is written.
	var typed struct{ ID any }
	decoder = json.NewDecoder(strings.NewReader(string(content)))
	decoder.UseNumber()
	if decoder.Decode(&typed) != nil {
		return "", false
	}
	switch v := typed.ID.(type) {
	case string:
		id = v
	case json.Number:
		id = v.String()
		if whole, fraction, found := strings.Cut(id, "."); found && strings.Trim(fraction, "0") == "" {
			id = whole
		}
	}
	return id, strings.TrimSpace(id) != ""
}

func signedBy(message, stamp, signature string) bool {
	h := hmac.New(sha1.New, []byte(secret))
	h.Write([]byte(message + " " + stamp))
	return fmt.Sprintf("%x", h.Sum(nil)) == strings.ToLower(signature)
}
