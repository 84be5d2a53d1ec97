package moderation

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"slices"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// The kinds of credentials.
const (
	kindSession    = "session"
	kindToken      = "token"
	kindInvitation = "invitation"
	kindConsole    = "console"
	kindSetup      = "setup"
)

const (
	// maxCredentials is how many credentials of one kind an account can have.
	maxCredentials = 50
	// noteUse is how exactly the last use of a credential is known.
	noteUse = time.Minute
)

// personalKinds are those that belong to a moderator.
func personalKinds() []string {
	return []string{kindSession, kindToken, kindInvitation, kindConsole}
}

// AddCredential stores the SHA-256 of a secret. Of sessions and links an
// account has at most 50: the oldest makes room. With 50 tokens, one has to be
// deleted first (CodeConflict).
func (s *Service) AddCredential(ctx context.Context, c models.Credential) (models.Credential, error) {
	if err := checkCredential(&c); err != nil {
		return models.Credential{}, err
	}
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		if c.ModeratorID != 0 {
			m, err := tx.Moderator(ctx, c.ModeratorID)
			if err == nil && m.Disabled {
				err = models.Refuse(models.CodeConflict, "This account is disabled. Enable it first.")
			}
			if err != nil {
				return err
			}
		}
		if err := makeRoom(ctx, tx, c.ModeratorID, c.Kind); err != nil {
			return err
		}
		return tx.AddCredential(ctx, &c)
	})
	if err != nil {
		return models.Credential{}, translate(err, "account")
	}
	return c, nil
}

func checkCredential(c *models.Credential) error {
	if c.Kind != kindSetup && !slices.Contains(personalKinds(), c.Kind) {
		return fmt.Errorf("add credential: unknown kind %q", c.Kind)
	}
	if (c.Kind == kindSetup) != (c.ModeratorID == 0) || len(c.Hash) != sha256.Size {
		return errors.New("add credential: it needs the SHA-256 of a secret, and a moderator unless it is for set-up")
	}
	if c.Label = tidy(c.Label); c.Label != "" && !isLabel(c.Label) {
		return models.Invalid("label", fmt.Sprintf("A label has at most %d characters.", maxLabel))
	}
	return nil
}

func makeRoom(ctx context.Context, tx *store.Tx, moderator int64, kind string) error {
	stored, err := tx.Credentials(ctx, moderator, kind)
	if err != nil || len(stored) < maxCredentials {
		return err
	}
	if kind == kindToken {
		return models.Refuse(models.CodeConflict, "An account has at most %d tokens. Delete one first.", maxCredentials)
	}
	return tx.DeleteCredential(ctx, stored[0].ID)
}

// Credential finds a secret of a kind that has not expired, and its moderator
// who is not disabled (the zero one for setup); CodeUnauthorized otherwise. It
// notes the use, at most once a minute.
func (s *Service) Credential(ctx context.Context, kind string, hash []byte) (models.Credential, models.Moderator, error) {
	now := s.clock()
	c, m, err := credential(ctx, s.store.Query, kind, hash, now)
	if err != nil {
		return models.Credential{}, models.Moderator{}, err
	}
	if now.Sub(c.UsedAt) < noteUse {
		return c, m, nil
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.TouchCredential(ctx, c.ID) })
	if errors.Is(err, store.ErrNotFound) {
		return models.Credential{}, models.Moderator{}, signIn()
	}
	if err != nil {
		return models.Credential{}, models.Moderator{}, fmt.Errorf("note use of credential: %w", err)
	}
	c.UsedAt = now
	return c, m, nil
}

// RedeemCredential is Credential for a secret that works once: it is gone
// afterwards, also for somebody else who tries at the same moment.
func (s *Service) RedeemCredential(ctx context.Context, kind string, hash []byte) (c models.Credential, m models.Moderator, err error) {
	err = s.store.Write(ctx, func(tx *store.Tx) (err error) {
		c, m, err = redeem(ctx, tx, kind, hash)
		return err
	})
	if err != nil {
		return models.Credential{}, models.Moderator{}, err
	}
	return c, m, nil
}

func redeem(ctx context.Context, tx *store.Tx, kind string, hash []byte) (models.Credential, models.Moderator, error) {
	c, m, err := credential(ctx, tx.Query, kind, hash, tx.Now)
	if err != nil {
		return c, m, err
	}
	return c, m, tx.DeleteCredential(ctx, c.ID)
}

func credential(ctx context.Context, q store.Query, kind string, hash []byte, now time.Time) (models.Credential, models.Moderator, error) {
	c, err := q.Credential(ctx, kind, hash)
	if err == nil && !c.ExpiresAt.IsZero() && !now.Before(c.ExpiresAt) {
		err = store.ErrNotFound
	}
	var m models.Moderator
	if err == nil && c.ModeratorID != 0 {
		m, err = q.Moderator(ctx, c.ModeratorID)
	}
	if errors.Is(err, store.ErrNotFound) || err == nil && m.Disabled {
		return c, m, signIn()
	}
	if err != nil {
		return c, m, fmt.Errorf("find credential: %w", err)
	}
	return c, m, nil
}

func signIn() error {
	return models.Refuse(models.CodeUnauthorized, "This is not valid, or not any more. Sign in again, or ask for a new link.")
}

// Credentials returns a moderator's credentials of a kind, oldest first.
func (s *Service) Credentials(ctx context.Context, moderatorID int64, kind string) ([]models.Credential, error) {
	return s.store.Credentials(ctx, moderatorID, kind)
}

// DeleteCredential ends one of a moderator's credentials; to others it does not
// exist (CodeNotFound).
func (s *Service) DeleteCredential(ctx context.Context, moderatorID, id int64) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		for _, kind := range personalKinds() {
			own, err := tx.Credentials(ctx, moderatorID, kind)
			if err != nil {
				return err
			}
			if slices.ContainsFunc(own, func(c models.Credential) bool { return c.ID == id }) {
				return tx.DeleteCredential(ctx, id)
			}
		}
		return store.ErrNotFound
	})
	return translate(err, "credential")
}

// DeleteCredentialHash ends the credential with a hash, as signing out does. It
// is no error when it has ended already.
func (s *Service) DeleteCredentialHash(ctx context.Context, kind string, hash []byte) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		c, err := tx.Credential(ctx, kind, hash)
		if err != nil {
			return err
		}
		return tx.DeleteCredential(ctx, c.ID)
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
