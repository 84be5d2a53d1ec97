package main

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"
	"strings"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/auth"
)

// localURL is where a server that was started without flags is reached.
const localURL = "http://127.0.0.1:8080"

// consoleLink returns an address that signs a moderator in once.
func consoleLink(ctx context.Context, accounts *auth.Accounts, m models.Moderator, base string) (string, error) {
	secret, err := accounts.ConsoleLink(ctx, m.ID)
	return withToken(base+"/console/open", secret), err
}

// setUpLink returns the address of the form that makes the first account.
func setUpLink(ctx context.Context, accounts *auth.Accounts, base string) (string, error) {
	secret, err := accounts.SetUpSecret(ctx)
	return withToken(base+"/console/setup", secret), err
}

func withToken(address, secret string) string {
	return address + "?token=" + url.QueryEscape(secret)
}

func (a *app) moderatorAdd(ctx context.Context, f *flags) error {
	db, public := f.database(), f.publicURL(localURL)
	name := f.String("name", "", "the `NAME` that other moderators see (what stands before the @)")
	role := f.oneOf("role", "`ROLE`: moderator, or admin, who also manages sites, rules and accounts", string(models.RoleModerator), string(models.RoleAdmin))
	fromStdin := f.Bool("password-stdin", false, "read the password from the first line of the input")
	args, err := f.parse("EMAIL")
	if err != nil {
		return err
	}
	password := ""
	if *fromStdin {
		if password, err = readLine(a.stdin, "--password-stdin", "password"); err != nil {
			return err
		}
	}
	if *name == "" {
		*name, _, _ = strings.Cut(args[0], "@")
	}
	return withService(ctx, *db, a.quiet(), func(svc *moderation.Service) error {
		accounts := auth.New(svc, nil, nil)
		m, err := accounts.AddModerator(ctx, args[0], *name, password, models.Role(role.value))
		if err != nil {
			return err
		}
		if password != "" {
			_, err = fmt.Fprintf(a.stdout, "Added %s (%s). Sign in at %s/console\n", m.Email, m.Role, *public)
			return err
		}
		secret, expires, err := accounts.Invite(ctx, m.ID)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintf(a.stdout, "Added %s (%s). This link works once, until %s; a password is chosen there:\n%s\n",
			m.Email, m.Role, expires.UTC().Format("2 January 15:04 MST"), withToken(string(*public)+"/console/invite", secret))
		return err
	})
}

// readLine reads a secret, which is one line. An empty one is refused: it would
// make an account that nobody can use.
func readLine(r io.Reader, flag, what string) (string, error) {
	line, err := bufio.NewReader(io.LimitReader(r, 4<<10)).ReadString('\n')
	if err != nil && !errors.Is(err, io.EOF) {
		return "", fmt.Errorf("read the %s: %w", what, err)
	}
	line = strings.TrimRight(line, "\r\n")
	if line == "" {
		return "", wrong("%s found no %s on the first line of the input", flag, what)
	}
	return line, nil
}

func (a *app) tokenCreate(ctx context.Context, f *flags) error {
	db := f.database()
	email := f.String("moderator", "", "`EMAIL` of the account in whose name the token acts")
	label := f.String("label", "command line", "what the token is for, a `TEXT` for the list of tokens")
	if _, err := f.parse(); err != nil {
		return err
	}
	if *email == "" {
		return wrong("--moderator is needed: postbag token create --moderator ada@example.org")
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		m, err := svc.ModeratorByEmail(ctx, strings.ToLower(*email))
		if models.CodeOf(err) == models.CodeNotFound {
			return fmt.Errorf("there is no account %s; add it first: postbag moderator add %s", *email, *email)
		}
		if err != nil {
			return err
		}
		token, err := auth.New(svc, nil, nil).AddToken(ctx, m.ID, *label)
		if err != nil {
			return err
		}
		_, err = fmt.Fprintln(a.stdout, token)
		return err
	})
}
