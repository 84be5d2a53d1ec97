package moderation

import (
	"context"
	"errors"
	"fmt"
	"net/mail"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/store"
)

// Moderators returns all accounts, by e-mail address.
func (s *Service) Moderators(ctx context.Context) ([]models.Moderator, error) {
	return s.store.Moderators(ctx)
}

// Moderator returns one account.
func (s *Service) Moderator(ctx context.Context, id int64) (models.Moderator, error) {
	m, err := s.store.Moderator(ctx, id)
	return m, translate(err, "account")
}

// ModeratorByEmail returns the account with an e-mail address, in whatever
// case.
func (s *Service) ModeratorByEmail(ctx context.Context, email string) (models.Moderator, error) {
	m, err := s.store.ModeratorByEmail(ctx, strings.ToLower(strings.TrimSpace(email)))
	return m, translate(err, "account")
}

// AddModerator stores an account: Email, Name (empty: what stands before the
// @), Role (empty: moderator) and PasswordHash, without which nobody can sign in
// until one is set. CodeConflict: the address has an account.
func (s *Service) AddModerator(ctx context.Context, m models.Moderator) (models.Moderator, error) {
	m, err := checkModerator(m)
	if err != nil {
		return models.Moderator{}, err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error { return addModerator(ctx, tx, &m) })
	if err != nil {
		return models.Moderator{}, err
	}
	return m, nil
}

func addModerator(ctx context.Context, tx *store.Tx, m *models.Moderator) error {
	err := tx.AddModerator(ctx, m)
	if errors.Is(err, store.ErrConflict) {
		return models.Refuse(models.CodeConflict, "There is already an account for %s.", m.Email)
	}
	return err
}

// checkModerator takes over what may be chosen of a new account, and checks it.
func checkModerator(in models.Moderator) (models.Moderator, error) {
	m := models.Moderator{Email: strings.ToLower(strings.TrimSpace(in.Email)), Name: tidy(in.Name), Role: in.Role, PasswordHash: in.PasswordHash}
	local, _, _ := strings.Cut(m.Email, "@")
	if m.Name == "" {
		m.Name = local
	}
	if m.Role == "" {
		m.Role = models.RoleModerator
	}
	address, err := mail.ParseAddress(m.Email)
	switch {
	case err != nil || address.Address != m.Email || len(m.Email) > MaxEmail || !plain(m.Email):
		return m, models.Invalid("email", "This does not look like an e-mail address.")
	case !isLabel(m.Name):
		return m, models.Invalid("name", fmt.Sprintf("A name has 1 to %d characters.", maxLabel))
	}
	return m, checkRole(m.Role)
}

func checkRole(role models.Role) error {
	if role != models.RoleAdmin && role != models.RoleModerator {
		return models.Invalid("role", "Use admin or moderator.")
	}
	return nil
}

// PatchModerator changes the role of an account, and whether it is disabled,
// which ends its sessions, links and tokens. CodeConflict: it is the last admin
// who is not disabled.
func (s *Service) PatchModerator(ctx context.Context, id int64, role models.Role, disabled bool) error {
	if err := checkRole(role); err != nil {
		return err
	}
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		m, err := tx.Moderator(ctx, id)
		if err != nil {
			return err
		}
		if loses := isAdmin(&m) && (disabled || role != models.RoleAdmin); loses {
			if n, err := tx.CountAdmins(ctx); err != nil {
				return err
			} else if n <= 1 {
				return models.Refuse(models.CodeConflict, "%s is the only admin. Make somebody else an admin first.", m.Name)
			}
		}
		m.Role, m.Disabled = role, disabled
		if err := tx.SaveModerator(ctx, &m); err != nil || !disabled {
			return err
		}
		return tx.DeleteCredentials(ctx, id, personalKinds()...)
	})
	return translate(err, "account")
}

func isAdmin(m *models.Moderator) bool { return m.Role == models.RoleAdmin && !m.Disabled }

// SetPasswordHash replaces the password of an account and ends its sessions and
// the links that would open one. API tokens stay.
func (s *Service) SetPasswordHash(ctx context.Context, id int64, hash string) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		m, err := tx.Moderator(ctx, id)
		if err != nil {
			return err
		}
		m.PasswordHash = hash
		if err := tx.SaveModerator(ctx, &m); err != nil {
			return err
		}
		return tx.DeleteCredentials(ctx, id, kindSession, kindInvitation, kindConsole)
	})
	return translate(err, "account")
}

// SetUpNeeded reports whether there is no moderator yet.
func (s *Service) SetUpNeeded(ctx context.Context) (bool, error) {
	n, err := s.store.CountModerators(ctx)
	if err != nil {
		return false, fmt.Errorf("count accounts: %w", err)
	}
	return n == 0, nil
}

// SetUp redeems a set-up secret and creates the first admin and the first site,
// all or nothing. CodeUnauthorized: the secret is not good (any more).
// CodeConflict: somebody was faster.
func (s *Service) SetUp(ctx context.Context, secretHash []byte, admin models.Moderator, in NewSite) (models.Moderator, models.Site, error) {
	admin.Role = models.RoleAdmin
	admin, err := checkModerator(admin)
	site, siteErr := newSite(in)
	if err = joinFields(err, siteErr); err != nil {
		return models.Moderator{}, models.Site{}, err
	}
	if admin.PasswordHash == "" {
		return models.Moderator{}, models.Site{}, models.Invalid("password", "Choose a password.")
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if _, _, err := redeem(ctx, tx, kindSetup, secretHash); err != nil {
			return err
		}
		if n, err := tx.CountModerators(ctx); err != nil {
			return err
		} else if n > 0 {
			return models.Refuse(models.CodeConflict, "Postbag is set up already. Sign in instead.")
		}
		return inOrder(
			func() error { return addModerator(ctx, tx, &admin) },
			func() error { return addSite(ctx, tx, &site, in.NoRules) },
			func() error { return tx.DeleteCredentials(ctx, 0, kindSetup) },
		)
	})
	if err != nil {
		return models.Moderator{}, models.Site{}, err
	}
	site, err = s.Site(ctx, site.Key)
	return admin, site, err
}

// joinFields makes one refusal of two that name fields; either may be nil.
func joinFields(a, b error) error {
	var first, second *models.Error
	switch {
	case a == nil:
		return b
	case errors.As(a, &first) && errors.As(b, &second):
		return fieldErrors(slices.Concat(first.Fields, second.Fields))
	}
	return a
}
