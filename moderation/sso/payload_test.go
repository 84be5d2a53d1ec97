package sso_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"postbag/moderation/sso"
)

const (
	secret = "E8Uh5l5fHZ6gD8U3KycjAIAk46f68Zw7C6eW8WSjZvCLXebZ7p0r1yrYDrLilk2F"
	ada    = `{"id":"42","username":"Ada L","email":"ada@example.org"}`
)

var now = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

func terms() sso.Terms {
	return sso.Terms{Secrets: []string{secret}, MaxAge: 2 * time.Hour, Skew: 10 * time.Minute, Names: []string{"news", "public"}}
}

// sign makes the HMAC-SHA1 of a message and a time, in lower-case hex.
func sign(message string, at int64) string {
	h := hmac.New(sha1.New, []byte(secret))
	fmt.Fprintf(h, "%s %d", message, at)
	return hex.EncodeToString(h.Sum(nil))
}

// payload is what most of the samples make.
func payload(content string, at time.Time) string {
	message := base64.StdEncoding.EncodeToString([]byte(content))
	return fmt.Sprintf("%s %s %d", message, sign(message, at.Unix()), at.Unix())
}

// lines breaks a text as Ruby's Base64.encode64 does, and Perl's MIME::Base64.
func lines(s string, width int) string {
	var b strings.Builder
	for len(s) > width {
		b.WriteString(s[:width] + "\n")
		s = s[width:]
	}
	return b.String() + s + "\n"
}

// TestSamples has one case for each shape that the samples of the languages
// make.
func TestSamples(t *testing.T) {
	at := now.Unix()
	encode := base64.StdEncoding.EncodeToString
	plain := func(content string) string { return payload(content, now) }
	want := sso.Claim{ID: "42", Name: "Ada L", Email: "ada@example.org"}
	full := want
	full.Avatar, full.URL = "https://news.example/a.png", "https://news.example/u/42"
	tests := map[string]struct {
		payload string
		want    sso.Claim
	}{
		"PHP: slashes are escaped": {plain(`{"id":"42","username":"Ada L","email":"ada@example.org","avatar":"https:\/\/news.example\/a.png","url":"https:\/\/news.example\/u\/42"}`), full},
		"Ruby: line ends stripped": {plain(`{"id":"42","username":"Ada L","email":"ada@example.org"}`), want},
		"Ruby: line ends signed": {func() string {
			message := lines(encode([]byte(ada+strings.Repeat(" ", 60))), 60)
			return fmt.Sprintf("%s %s %d", message, sign(message, at), at)
		}(), want},
		"Perl: last line end signed":      {func() string { m := encode([]byte(ada)) + "\n"; return fmt.Sprintf("%s %s %d", m, sign(m, at), at) }(), want},
		"Python: spaces after separators": {plain(`{"username": "Ada L", "id": 42, "email": "ada@example.org"}`), want},
		"Java: number as id":              {plain(`{"id":42,"username":"Ada L","email":"ada@example.org"}`), want},
		"C#: capitals, null":              {plain(`{"Id":"42","Username":"Ada L","Email":"ada@example.org","Avatar":null,"Url":null}`), want},
		"Node":                            {plain(ada), want},
		"Elixir: signature in capitals": {func() string {
			m := encode([]byte(ada))
			return fmt.Sprintf("%s %s %d", m, strings.ToUpper(sign(m, at)), at)
		}(), want},
		"ColdFusion: capitals, 42.0": {plain(`{"ID":42.0,"USERNAME":"Ada L","EMAIL":"ada@example.org"}`), want},
		"Go: HTML escaped":           {plain(`{"id":"42","username":"Ada L","email":"ada@example.org","url":"https://news.example/u/42","avatar":"https://news.example/a.png"}`), full},
		"Go: raw base64": {func() string {
			m := base64.RawStdEncoding.EncodeToString([]byte(ada + " "))
			return fmt.Sprintf("%s %s %d", m, sign(m, at), at)
		}(), want},
		"alphabet for addresses": {func() string {
			m := base64.URLEncoding.EncodeToString([]byte(`{"id":"42","username":"Ada L","email":"ada@example.org","x":"??>>~~"}`))
			return fmt.Sprintf("%s %s %d", m, sign(m, at), at)
		}(), want},
		"WordPress: no e-mail":      {plain(`{"id":"wp_42","username":"Ada L","email":""}`), sso.Claim{ID: "wp_42", Name: "Ada L"}},
		"template: white space":     {"\n\t " + plain(ada) + " \r\n", want},
		"template: one part a line": {strings.ReplaceAll(plain(ada), " ", "\n"), want},
		"template: two spaces":      {strings.ReplaceAll(plain(ada), " ", "  "), want},
		"unknown and odd fields":    {plain(`{"id":"42","username":"Ada L","email":"ada@example.org","roles":["a",{"b":1}],"avatar":false,"url":{"x":1}}`), want},
		"large number":              {plain(`{"id":9007199254740993}`), sso.Claim{ID: "9007199254740993"}},
		"nought, halves":            {plain(`{"id":0,"username":1.50}`), sso.Claim{ID: "0", Name: "1.50"}},
		"letters beyond ASCII":      {plain(`{"id":"é","username":"\u0410\u0434\u0430 \ud83d\ude00"}`), sso.Claim{ID: "é", Name: "Ада 😀"}},
		"the last of two":           {plain(`{"id":"1","id":"2"}`), sso.Claim{ID: "2"}},
		"just 8 KB":                 {padded(sso.MaxLength), sso.Claim{ID: "42"}},
		"second secret":             {plain(ada), want},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			got, err := sso.ReadPayload(test.payload, terms(), now)
			if err != nil || got != test.want {
				t.Errorf("ReadPayload(%q)\n got %+v, %v\nwant %+v", test.payload, got, err, test.want)
			}
		})
	}
	both := terms()
	both.Secrets = []string{"another secret of this site", secret}
	if got, err := sso.ReadPayload(plain(ada), both, now); err != nil || got.Secret != 1 {
		t.Errorf("signed with the second secret: %+v, %v", got, err)
	}
}

// padded is a payload of n bytes.
func padded(n int) string {
	frame := len(payload("", now))
	content := `{"id":"42","x":"` + strings.Repeat("x", (n-frame)/4*3-18) + `"}`
	p := payload(content, now)
	return strings.Repeat(" ", n-len(p)) + p
}

func TestNobody(t *testing.T) {
	at := now.Unix()
	message := base64.StdEncoding.EncodeToString([]byte(ada))
	good := payload(ada, now)
	signed := func(message string, at int64) string { return fmt.Sprintf("%s %s %d", message, sign(message, at), at) }
	tests := map[string]struct {
		payload string
		kind    sso.Kind
	}{
		"empty object":               {payload("{}", now), sso.SignedOut},
		"PHP: empty array":           {payload("[]", now), sso.SignedOut},
		"null":                       {payload("null", now), sso.SignedOut},
		"empty":                      {"", sso.Empty},
		"space":                      {" \n ", sso.Empty},
		"one part":                   {"e30=", sso.Parts},
		"two parts":                  {message + " " + sign(message, at), sso.Parts},
		"no message":                 {" " + sign("", at) + fmt.Sprint(" ", at), sso.Parts},
		"over 8 KB":                  {padded(sso.MaxLength) + " ", sso.Long},
		"Python 3: b'...' is signed": {fmt.Sprintf("b'%s' %s %d", message, sign("b'"+message+"'", at), at), sso.Base64},
		"JSON, not base64":           {signed(`{"id":1}`, at), sso.Base64},
		"signature too short":        {fmt.Sprintf("%s %s %d", message, sign(message, at)[:38], at), sso.Hex},
		"signature is no hex":        {fmt.Sprintf("%s %s %d", message, strings.Repeat("z", 40), at), sso.Hex},
		"SHA-256":                    {fmt.Sprintf("%s %s %d", message, strings.Repeat("ab", 32), at), sso.Hex},
		"time in words":              {fmt.Sprintf("%s %s now", message, sign(message, at)), sso.Time},
		"time with a sign":           {fmt.Sprintf("%s %s +%d", message, sign(message, at), at), sso.Time},
		"time with a fraction":       {fmt.Sprintf("%s %s %d.5", message, sign(message, at), at), sso.Time},
		"milliseconds":               {signed(message, at*1000), sso.Time},
		"message changed":            {"f" + good[1:], sso.Signature},
		"message in lines, forged":   {lines(message, 20) + strings.Repeat("ab", 20) + fmt.Sprint(" ", at), sso.Signature},
		"signature changed":          {strings.Replace(good, sign(message, at)[:2], "00", 1), sso.Signature},
		"time changed":               {good[:len(good)-1] + "1", sso.Signature},
		"parts swapped":              {fmt.Sprintf("%s %s %d", sign(message, at), message, at), sso.Hex},
		"too old":                    {payload(ada, now.Add(-2*time.Hour-time.Second)), sso.Stale},
		"1970":                       {payload(ada, time.Unix(0, 0)), sso.Stale},
		"from the future":            {payload(ada, now.Add(10*time.Minute+time.Second)), sso.Early},
		"ColdFusion: 8 h ahead":      {payload(ada, now.Add(8*time.Hour)), sso.Early},
		"a list":                     {payload(`["42"]`, now), sso.JSON},
		"a text":                     {payload(`"42"`, now), sso.JSON},
		"half an object":             {payload(`{"id":`, now), sso.JSON},
		"two objects":                {payload(ada+ada, now), sso.JSON},
		"nothing":                    {signed("====", at), sso.JSON},
		"no id":                      {payload(`{"username":"Ada"}`, now), sso.NoID},
		"id is null":                 {payload(`{"id":null,"username":"Ada"}`, now), sso.NoID},
		"id is space":                {payload(`{"id":" "}`, now), sso.NoID},
		"id is an object":            {payload(`{"id":{}}`, now), sso.NoID},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := sso.ReadPayload(test.payload, terms(), now)
			if got := kindOf(t, err); got != test.kind {
				t.Errorf("ReadPayload(%q) is %q, want %q", test.payload, got, test.kind)
			}
		})
	}
	other := terms()
	other.Secrets = []string{"the secret of another site"}
	if _, err := sso.ReadPayload(good, other, now); kindOf(t, err) != sso.Signature {
		t.Errorf("payload of another site: %v", err)
	}
	other.Secrets = nil
	if _, err := sso.ReadPayload(good, other, now); kindOf(t, err) != sso.Signature {
		t.Errorf("site without a secret: %v", err)
	}
}

func kindOf(t *testing.T, err error) sso.Kind {
	t.Helper()
	var f *sso.Fault
	if !errors.As(err, &f) {
		t.Fatalf("error %v is no fault", err)
	}
	return f.Kind
}

// Both ends of the time are allowed, and not a second more.
func TestTime(t *testing.T) {
	long := terms()
	long.Skew = 8 * time.Hour
	for _, test := range []struct {
		terms sso.Terms
		at    time.Duration
		kind  sso.Kind
		by    time.Duration
	}{
		{terms(), -2 * time.Hour, "", 0},
		{terms(), -2*time.Hour - time.Second, sso.Stale, time.Second},
		{terms(), 10 * time.Minute, "", 0},
		{terms(), 10*time.Minute + time.Second, sso.Early, time.Second},
		{long, 8 * time.Hour, "", 0},
		{long, 8*time.Hour + time.Minute, sso.Early, time.Minute},
		{long, -2*time.Hour - time.Minute, sso.Stale, time.Minute},
	} {
		_, err := sso.ReadPayload(payload(ada, now.Add(test.at)), test.terms, now)
		if test.kind == "" {
			if err != nil {
				t.Errorf("made at %s: %v", test.at, err)
			}
			continue
		}
		var f *sso.Fault
		if !errors.As(err, &f) || f.Kind != test.kind || f.By != test.by {
			t.Errorf("made at %s: %+v, want %s by %s", test.at, err, test.kind, test.by)
		}
		if f != nil && !strings.Contains(err.Error(), test.by.String()) {
			t.Errorf("%q does not say that it is %s", err, test.by)
		}
	}
}

// What people sign by mistake is found out and named.
func TestHint(t *testing.T) {
	message := base64.StdEncoding.EncodeToString([]byte(ada))
	mac := func(text string) string {
		h := hmac.New(sha1.New, []byte(secret))
		h.Write([]byte(text))
		return hex.EncodeToString(h.Sum(nil))
	}
	stamp := fmt.Sprint(now.Unix())
	for want, text := range map[string]string{
		"json": ada + " " + stamp, "message": message, "joined": message + stamp, "": "something else",
	} {
		_, err := sso.ReadPayload(message+" "+mac(text)+" "+stamp, terms(), now)
		var f *sso.Fault
		if !errors.As(err, &f) || f.Kind != sso.Signature || f.Hint != want {
			t.Errorf("signed %q: %+v, want the hint %q", text, err, want)
		}
	}
}

func jwt(header, claims string) string {
	signed := base64.RawURLEncoding.EncodeToString([]byte(header)) + "." + base64.RawURLEncoding.EncodeToString([]byte(claims))
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(signed))
	return signed + "." + base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

func TestToken(t *testing.T) {
	const hs256 = `{"alg":"HS256","typ":"JWT"}`
	at := now.Unix()
	claims := func(more string) string { return fmt.Sprintf(`{"sub":"42","iat":%d%s}`, at, more) }
	full := fmt.Sprintf(`{"sub":42,"name":"Ada L","email":"ada@example.org","picture":"https://news.example/a.png","website":"https://news.example/u/42","iat":%d,"exp":%d}`, at, at+60)
	good := jwt(hs256, full)
	tests := map[string]struct {
		token string
		kind  sso.Kind
	}{
		"all claims":           {good, ""},
		"only iat":             {jwt(hs256, claims("")), ""},
		"only exp":             {jwt(hs256, fmt.Sprintf(`{"sub":"42","exp":%d}`, at+7200)), ""},
		"white space":          {" " + good + "\n", ""},
		"iat with a fraction":  {jwt(hs256, fmt.Sprintf(`{"sub":"42","iat":%d.25}`, at)), ""},
		"for the site":         {jwt(hs256, claims(`,"aud":"news"`)), ""},
		"for several":          {jwt(hs256, claims(`,"aud":["shop","public"]`)), ""},
		"aud is null":          {jwt(hs256, claims(`,"aud":null`)), ""},
		"iat at the end":       {jwt(hs256, fmt.Sprintf(`{"sub":"42","iat":%d}`, at-7200)), ""},
		"not yet, but soon":    {jwt(hs256, claims(fmt.Sprintf(`,"nbf":%d`, at+600))), ""},
		"exp just near enough": {jwt(hs256, fmt.Sprintf(`{"sub":"42","exp":%d}`, at+7200+600)), ""},
		"just 8 KB":            {good + strings.Repeat(" ", sso.MaxLength-len(good)), ""},
		"iat just ahead":       {jwt(hs256, fmt.Sprintf(`{"sub":"42","iat":%d}`, at+600)), ""},

		"empty":                 {"", sso.Empty},
		"two parts":             {good[:strings.LastIndex(good, ".")], sso.Parts},
		"five parts":            {good + ".a.b", sso.Parts},
		"too long":              {good + strings.Repeat(" ", sso.MaxLength), sso.Long},
		"alg none":              {jwt(`{"alg":"none"}`, full), sso.Algorithm},
		"alg none, unsigned":    {strings.TrimRight(jwt(`{"alg":"none"}`, full), "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"), sso.Algorithm},
		"alg in small letters":  {jwt(`{"alg":"hs256"}`, full), sso.Algorithm},
		"alg RS256":             {jwt(`{"alg":"RS256"}`, full), sso.Algorithm},
		"alg HS512":             {jwt(`{"alg":"HS512"}`, full), sso.Algorithm},
		"no alg":                {jwt(`{}`, full), sso.Algorithm},
		"critical extension":    {jwt(`{"alg":"HS256","crit":["b64"],"b64":false}`, full), sso.Algorithm},
		"header is no object":   {jwt(`[]`, full), sso.JSON},
		"padded":                {strings.Replace(good, ".", "=.", 1), sso.Base64},
		"changed":               {good[:strings.LastIndex(good, ".")-4] + "AAAA" + good[strings.LastIndex(good, "."):], sso.Signature},
		"no signature":          {good[:strings.LastIndex(good, ".")+1], sso.Signature},
		"ended":                 {jwt(hs256, claims(fmt.Sprintf(`,"exp":%d`, at))), sso.Stale},
		"too old":               {jwt(hs256, fmt.Sprintf(`{"sub":"42","iat":%d,"exp":%d}`, at-7201, at+60)), sso.Stale},
		"from the future":       {jwt(hs256, fmt.Sprintf(`{"sub":"42","iat":%d}`, at+601)), sso.Early},
		"not yet":               {jwt(hs256, claims(fmt.Sprintf(`,"nbf":%d`, at+601))), sso.Early},
		"no time at all":        {jwt(hs256, `{"sub":"42"}`), sso.Endless},
		"for ever":              {jwt(hs256, fmt.Sprintf(`{"sub":"42","exp":%d}`, at+7200+601)), sso.Endless},
		"times as text":         {jwt(hs256, `{"sub":"42","iat":"now"}`), sso.JSON},
		"time is no time":       {jwt(hs256, `{"sub":"42","iat":1e300}`), sso.Time},
		"time before all times": {jwt(hs256, `{"sub":"42","iat":-1}`), sso.Time},
		"for somebody else":     {jwt(hs256, claims(`,"aud":"shop"`)), sso.Audience},
		"for nobody":            {jwt(hs256, claims(`,"aud":[1]`)), sso.JSON},
		"no sub":                {jwt(hs256, fmt.Sprintf(`{"iat":%d}`, at)), sso.NoID},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := sso.ReadToken(test.token, terms(), now)
			if test.kind == "" {
				if err != nil {
					t.Errorf("ReadToken(%q): %v", test.token, err)
				}
				return
			}
			if got := kindOf(t, err); got != test.kind {
				t.Errorf("ReadToken(%q) is %q, want %q", test.token, got, test.kind)
			}
		})
	}
	want := sso.Claim{ID: "42", Name: "Ada L", Email: "ada@example.org", Avatar: "https://news.example/a.png", URL: "https://news.example/u/42"}
	if got, err := sso.ReadToken(good, terms(), now); err != nil || got != want {
		t.Errorf("ReadToken: %+v, %v", got, err)
	}
	other := terms()
	other.Secrets = []string{"the secret of another site"}
	if _, err := sso.ReadToken(good, other, now); kindOf(t, err) != sso.Signature {
		t.Errorf("token of another site: %v", err)
	}
}
