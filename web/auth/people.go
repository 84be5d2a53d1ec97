package auth

import (
	"context"
	"net/netip"

	"postbag/models"
)

// AddModerator makes an account. Without a name it is called as its e-mail
// address begins; without a password nobody can sign in to it until an
// invitation is accepted. CodeInvalid names a field that is wrong; CodeConflict:
// the e-mail address has an account.
func (a *Accounts) AddModerator(ctx context.Context, email, name, password string, role models.Role) (models.Moderator, error) {
	m := models.Moderator{Email: email, Name: name, Role: role}
	if password != "" {
		var err error
		if m.PasswordHash, err = a.newHash(ctx, password); err != nil {
			return models.Moderator{}, err
		}
	}
	return a.svc.AddModerator(ctx, m)
}

// newHash checks a new password and hashes it.
func (a *Accounts) newHash(ctx context.Context, password string) (string, error) {
	if fault := passwordFault(password); fault != "" {
		return "", models.Invalid("password", fault)
	}
	return a.passwords.hash(ctx, password)
}

// SetPassword gives an account a new password and ends its sessions. Whoever
// calls it has made sure that the person may.
func (a *Accounts) SetPassword(ctx context.Context, moderator int64, password string) error {
	hash, err := a.newHash(ctx, password)
	if err != nil {
		return err
	}
	return a.svc.SetPasswordHash(ctx, moderator, hash)
}

// ChangePassword is SetPassword for somebody who is signed in and knows the
// current password. All sessions end; the returned one is new. CodeInvalid: the
// current password is wrong, or the new one too short. It shares the throttle
// of SignIn.
func (a *Accounts) ChangePassword(ctx context.Context, m models.Moderator, current, password string, addr netip.Addr) (session string, err error) {
	if fault := passwordFault(password); fault != "" {
		return "", models.Invalid("password", fault)
	}
	if len(current) > MaxPassword {
		current = ""
	}
	if _, err := a.authenticate(ctx, m.Email, current, addr); err != nil {
		if models.CodeOf(err) == models.CodeUnauthorized {
			return "", models.Invalid("current", "This is not your current password.")
		}
		return "", err
	}
	if err := a.SetPassword(ctx, m.ID, password); err != nil {
		return "", err
	}
	return a.open(ctx, m.ID)
}
