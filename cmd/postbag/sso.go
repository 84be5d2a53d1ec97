package main

import (
	"context"
	"fmt"
	"time"

	"postbag/models"
	"postbag/moderation"
)

// ssoFlags are what can be said of how a site vouches for its readers.
type ssoFlags struct {
	db                    *string
	stdin, rotate, atOnce *bool
	apiKey                *string
	maxAge, skew          *time.Duration
	enabled, guests       *choice
	verified              *choice
}

func (f *flags) sso() *ssoFlags {
	return &ssoFlags{
		db:     f.database(),
		stdin:  f.Bool("secret-stdin", false, "take over the secret on the first line of the input, such as the one the site has at Disqus"),
		rotate: f.Bool("rotate", false, "make a new secret; payloads made with the one before run out in --max-age"),
		atOnce: f.Bool("at-once", false, "with a new secret: the one before ends now, because somebody else knows it"),
		apiKey: f.String("api-key", "", "take over the `PUBLIC` key that the site's pages name already"),
		maxAge: f.Duration("max-age", moderation.DefaultMaxAge, "how long a payload holds after the site made it, a `TIME` such as 2h"),
		skew:   f.Duration("skew", moderation.DefaultSkew, "how far ahead the site's clock may be, a `TIME` up to 24h"),

		enabled: f.oneOf("sign-in", "readers are signed in (`on`), or not (off)", "on", "off"),
		guests:  f.oneOf("guests", "guests may comment (`on`), or only who is signed in (off)", "on", "off"),

		verified: f.oneOf("verified-email", "the site makes sure that e-mail addresses are its readers' (`on`): they take over imported accounts; or not (off)", "on", "off"),
	}
}

// siteSSO makes, changes and prints the keys by which a site signs readers in.
func (a *app) siteSSO(ctx context.Context, f *flags) error {
	s := f.sso()
	args, err := f.parse("KEY")
	if err != nil {
		return err
	}
	patch, err := s.patch(f, a)
	if err != nil {
		return err
	}
	return a.service(ctx, *s.db, func(svc *moderation.Service) error {
		sso, err := svc.ConfigureSSO(ctx, models.Moderator{}, args[0], patch)
		if err != nil {
			return knownSites(ctx, svc, err)
		}
		return a.printSSO(args[0], &sso)
	})
}

// patch is what the flags say that is to change.
func (s *ssoFlags) patch(f *flags, a *app) (moderation.SSOPatch, error) {
	p := moderation.SSOPatch{Rotate: *s.rotate, AtOnce: *s.atOnce}
	if *s.stdin && *s.rotate {
		return p, wrong("--secret-stdin takes a secret over and --rotate makes one: use one of them")
	}
	if *s.atOnce && !*s.stdin && !*s.rotate {
		return p, wrong("--at-once goes with a new secret: --rotate or --secret-stdin")
	}
	if *s.stdin {
		secret, err := readLine(a.stdin, "--secret-stdin", "secret")
		if err != nil {
			return p, err
		}
		p.Secret = &secret
	}
	if f.given["api-key"] {
		p.APIKey = s.apiKey
	}
	if f.given["max-age"] {
		p.MaxAge = s.maxAge
	}
	if f.given["skew"] {
		p.Skew = s.skew
	}
	for name, to := range map[string]struct {
		value **bool
		is    bool
	}{
		"sign-in": {&p.Enabled, s.enabled.value == "on"},
		"guests":  {&p.MembersOnly, s.guests.value == "off"},

		"verified-email": {&p.VerifiedEmail, s.verified.value == "on"},
	} {
		if f.given[name] {
			*to.value = &to.is
		}
	}
	return p, nil
}

// printSSO writes the keys for programs, and what holds for people.
func (a *app) printSSO(site string, s *models.SSO) error {
	if _, err := fmt.Fprintf(a.stdout, "api_key: %s\nsecret: %s\n", s.APIKey, s.Secret); err != nil {
		return err
	}
	on := "Readers of " + site + " are signed in"
	if !s.Enabled {
		on = "Signing in is off for " + site + "; with --sign-in on, readers are signed in"
	}
	fmt.Fprintf(a.stderr, "%s by payloads up to %s old, from a clock up to %s ahead.\n", on, s.MaxAge, s.Skew)
	fmt.Fprintln(a.stderr, "Keep the secret on your server: whoever knows it can sign in as anybody.")
	if len(s.Secret) < moderation.SafeSecret {
		fmt.Fprintf(a.stderr, "This secret is short and can be guessed. Make a better one with --rotate, and put it into your pages.\n")
	}
	if s.Earlier != "" {
		fmt.Fprintf(a.stderr, "Payloads made with the secret before are accepted until %s.\n", s.EarlierUntil.UTC().Format("2 January 15:04 MST"))
	}
	return nil
}
