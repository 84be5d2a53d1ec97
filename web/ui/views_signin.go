package ui

import (
	"fmt"
	"io"
	"path"
	"strings"
	"time"
)

// SignInPage is GET /console/sites/{key}/sign-in, for admins. Its forms post to the same path: do=make with generation and perhaps at_once,
// do=take with secret and api_key beside them, do=settings with max_age, skew (and their units), guests, sign_in ("on", "off") and perhaps
// verified_email, do=check with payload and page_key.
type SignInPage struct {
	Frame        Frame
	Key, Name    string // of the site
	APIKey       string // "" before there are keys
	Generation   int    // of the secret
	Enabled      bool
	EarlierUntil time.Time // when the secret before ends, zero if it has
	Secret       string    // just made, shown once

	Make, Take, Settings, Check Form
	Checked                     *SignInChecked
}

// SignInChecked is what a payload is worth: whom it signs in, or what is wrong with it.
type SignInChecked struct {
	Fault                        string
	ID, Name, Email, Avatar, URL string
}

// SignInMaxAge describes the field for how long a payload holds.
func SignInMaxAge() SpecField { return SpecField{Name: "max_age", Type: "duration", Required: true} }

// SignInSkew describes the field for how far ahead the site's clock may be.
func SignInSkew() SpecField { return SpecField{Name: "skew", Type: "duration", Required: true} }

// signInView is the page with what it shows of its own.
type signInView struct {
	SignInPage
	MaxAge, Skew specView
	Page         string // what the site's pages say
	Samples      []sample
}

// sample is how to sign in a language.
type sample struct{ ID, Label, Code string }

// SignIn renders the page about how a site signs its readers in.
func (p *Pages) SignIn(w io.Writer, v SignInPage) error {
	view := signInView{SignInPage: v, MaxAge: p.spec("signin", v.Settings, SignInMaxAge()), Skew: p.spec("signin", v.Settings, SignInSkew())}
	view.Skew.Min = "0"
	for _, name := range []string{"php", "node", "python", "ruby", "go", "jwt"} {
		code, err := sampleCode(name)
		if err != nil {
			return err
		}
		view.Samples = append(view.Samples, sample{"sample-" + name, p.label("signin.sample", name), code})
	}
	code, err := sampleCode("page")
	if err != nil {
		return err
	}
	view.Page = strings.Replace(code, "YOUR_PUBLIC_KEY", v.APIKey, 1)
	return p.render(w, "signin", view)
}

// sampleCode reads lines that site owners paste.
func sampleCode(name string) (string, error) {
	code, err := templateFiles.ReadFile(path.Join("templates", "samples", name+".txt"))
	if err != nil {
		return "", fmt.Errorf("read sample: %w", err)
	}
	return strings.TrimSpace(string(code)), nil
}

// Span says how long a time is, in its two largest units: "2 days 3 hours".
func (p *Pages) Span(d time.Duration) string {
	var words []string
	for _, unit := range []struct {
		key  string
		size time.Duration
	}{{"span.day", 24 * time.Hour}, {"span.hour", time.Hour}, {"span.minute", time.Minute}, {"span.second", time.Second}} {
		n := int(d / unit.size)
		d -= time.Duration(n) * unit.size
		if n > 0 {
			words = append(words, p.Count(unit.key, n))
		}
		if len(words) == 2 || len(words) == 1 && n == 0 {
			break
		}
	}
	if len(words) == 0 {
		return p.Count("span.second", 1)
	}
	return strings.Join(words, " ")
}
