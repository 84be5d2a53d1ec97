package auth

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models"
	"postbag/moderation"
)

// maxLabel bounds what an API token is called, in characters.
const maxLabel = 60

const (
	spentInvitation = "This invitation has been used or has ended. Ask an admin of your team for a new link."
	spentConsole    = "This link has been used or has ended. Sign in with your password, or make a new link."
	spentSetUp      = "This set-up link is not valid any more. Restart the server: it prints a new one until an account exists."
)

// AddToken makes an API token that does what its moderator may, until it is
// revoked. The label says what it is for, in 1 to 60 characters. The token is
// returned once and never again. CodeConflict: the account has 50 already.
func (a *Accounts) AddToken(ctx context.Context, moderator int64, label string) (string, error) {
	label = strings.TrimSpace(label)
	if n := utf8.RuneCountInString(label); n == 0 || n > maxLabel || !utf8.ValidString(label) {
		return "", models.Invalid("name", fmt.Sprintf("Say what the token is for, in at most %d characters.", maxLabel))
	}
	return a.store(ctx, models.Credential{Kind: kindToken, ModeratorID: moderator, Label: label}, 0)
}

// Tokens lists a moderator's API tokens, oldest first.
func (a *Accounts) Tokens(ctx context.Context, moderator int64) ([]models.Credential, error) {
	return a.svc.Credentials(ctx, moderator, kindToken)
}

// Revoke ends one of a moderator's API tokens at once. CodeNotFound: it is not
// one of theirs.
func (a *Accounts) Revoke(ctx context.Context, moderator, id int64) error {
	tokens, err := a.Tokens(ctx, moderator)
	if err != nil {
		return err
	}
	for _, t := range tokens {
		if t.ID == id {
			return a.svc.DeleteCredential(ctx, moderator, id)
		}
	}
	return models.Refuse(models.CodeNotFound, "There is no such token. It may have been revoked already.")
}

// Invite makes the secret of a link with which a moderator chooses a password,
// once. It replaces earlier invitations of the account.
func (a *Accounts) Invite(ctx context.Context, moderator int64) (secret string, expires time.Time, err error) {
	if err := a.dropInvitations(ctx, moderator); err != nil {
		return "", time.Time{}, fmt.Errorf("invite: %w", err)
	}
	expires = a.clock().Add(InvitationLife)
	secret, err = a.store(ctx, models.Credential{Kind: kindInvitation, ModeratorID: moderator}, InvitationLife)
	return secret, expires, err
}

func (a *Accounts) dropInvitations(ctx context.Context, moderator int64) error {
	open, err := a.svc.Credentials(ctx, moderator, kindInvitation)
	if err != nil {
		return err
	}
	for _, c := range open {
		if err := a.svc.DeleteCredential(ctx, moderator, c.ID); err != nil && models.CodeOf(err) != models.CodeNotFound {
			return err
		}
	}
	return nil
}

// Invitation returns whom an invitation is for, without spending it.
func (a *Accounts) Invitation(ctx context.Context, secret string) (models.Moderator, error) {
	_, m, err := a.look(ctx, kindInvitation, secret, spentInvitation)
	return m, err
}

// AcceptInvitation spends an invitation, sets the password, and opens a
// session. An unsuitable password (CodeInvalid) spends nothing.
func (a *Accounts) AcceptInvitation(ctx context.Context, secret, password string) (session string, m models.Moderator, err error) {
	if m, err = a.Invitation(ctx, secret); err != nil {
		return "", m, err
	}
	hash, err := a.newHash(ctx, password)
	if err != nil {
		return "", m, err
	}
	if m, err = a.redeem(ctx, kindInvitation, secret, spentInvitation); err != nil {
		return "", m, err
	}
	if err := a.svc.SetPasswordHash(ctx, m.ID, hash); err != nil {
		return "", m, fmt.Errorf("accept invitation: %w", err)
	}
	session, err = a.open(ctx, m.ID)
	return session, m, err
}

// ConsoleLink makes the secret of a link that signs a moderator in once, within
// the hour.
func (a *Accounts) ConsoleLink(ctx context.Context, moderator int64) (string, error) {
	return a.store(ctx, models.Credential{Kind: kindConsole, ModeratorID: moderator}, ConsoleLife)
}

// LinkedConsole returns whom a console link signs in, without spending it.
func (a *Accounts) LinkedConsole(ctx context.Context, secret string) (models.Moderator, error) {
	_, m, err := a.look(ctx, kindConsole, secret, spentConsole)
	return m, err
}

// OpenConsole spends a console link and opens a session.
func (a *Accounts) OpenConsole(ctx context.Context, secret string) (session string, m models.Moderator, err error) {
	if m, err = a.redeem(ctx, kindConsole, secret, spentConsole); err != nil {
		return "", m, err
	}
	session, err = a.open(ctx, m.ID)
	return session, m, err
}

// SetUpSecret makes the secret of the link that creates the first account.
// CodeConflict: there is an account already.
func (a *Accounts) SetUpSecret(ctx context.Context) (string, error) {
	needed, err := a.svc.SetUpNeeded(ctx)
	if err != nil {
		return "", err
	}
	if !needed {
		return "", models.Refuse(models.CodeConflict, "Postbag is set up already. Sign in, or add a moderator on the command line.")
	}
	return a.store(ctx, models.Credential{Kind: kindSetUp}, SetUpLife)
}

// CheckSetUp reports, as CodeUnauthorized, that a set-up link does not work,
// without spending it.
func (a *Accounts) CheckSetUp(ctx context.Context, secret string) error {
	needed, err := a.svc.SetUpNeeded(ctx)
	if err != nil {
		return err
	}
	if !needed {
		return models.Refuse(models.CodeUnauthorized, "Postbag is set up already. Sign in instead.")
	}
	_, _, err = a.look(ctx, kindSetUp, secret, spentSetUp)
	return err
}

// Owner is the first admin, as typed into the set-up form.
type Owner struct{ Email, Name, Password string }

// Founded is what a set-up made: the first account with an open session, and
// the first site.
type Founded struct {
	Session string
	Admin   models.Moderator
	Site    models.Site
}

// SetUp spends a set-up link: it creates the first admin and the first site, or
// neither, and opens a session. CodeInvalid names what is wrong and spends
// nothing.
func (a *Accounts) SetUp(ctx context.Context, secret string, owner Owner, site moderation.NewSite) (Founded, error) {
	if err := a.CheckSetUp(ctx, secret); err != nil {
		return Founded{}, err
	}
	admin := models.Moderator{Email: owner.Email, Name: owner.Name, Role: models.RoleAdmin}
	fault := passwordFault(owner.Password)
	if fault == "" {
		hash, err := a.passwords.hash(ctx, owner.Password)
		if err != nil {
			return Founded{}, fmt.Errorf("set up: %w", err)
		}
		admin.PasswordHash = hash
	}
	made := Founded{}
	var err error
	// Without a hash this only checks the other fields, so that all are named at once.
	if made.Admin, made.Site, err = a.svc.SetUp(ctx, hashSecret(secret), admin, site); err != nil {
		return Founded{}, withFault(err, fault)
	}
	made.Session, err = a.open(ctx, made.Admin.ID)
	return made, err
}

// withFault adds what is wrong with a password to what else is wrong.
func withFault(err error, fault string) error {
	var refusal *models.Error
	if fault == "" || !errors.As(err, &refusal) || refusal.Code != models.CodeInvalid {
		return err
	}
	all := models.Invalid("password", fault)
	for _, f := range refusal.Fields {
		if f.Field != "password" {
			all.Fields = append(all.Fields, f)
		}
	}
	return all
}
