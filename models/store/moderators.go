package store

import (
	"context"
	"fmt"
	"strings"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

type moderatorRow struct {
	ID           int64
	Email        string
	Name         string
	PasswordHash string
	Role         models.Role
	Disabled     bool
	CreatedAt    int64 `gorm:"autoCreateTime:false"`
}

func (moderatorRow) TableName() string { return "moderators" }

func (r *moderatorRow) model() models.Moderator {
	return models.Moderator{
		ID: r.ID, Email: r.Email, Name: r.Name, PasswordHash: r.PasswordHash, Role: r.Role, Disabled: r.Disabled, CreatedAt: fromMillis(r.CreatedAt),
	}
}

// maxModerators bounds the list of moderators, and that of one's credentials.
const maxModerators = 1000

// Moderators returns the accounts, by e-mail address, at most 1,000.
func (q Query) Moderators(ctx context.Context) ([]models.Moderator, error) {
	rows, err := gorm.G[moderatorRow](q.db).Order("email").Limit(maxModerators).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list moderators: %w", err)
	}
	moderators := make([]models.Moderator, len(rows))
	for i := range rows {
		moderators[i] = rows[i].model()
	}
	return moderators, nil
}

// Moderator returns one account.
func (q Query) Moderator(ctx context.Context, id int64) (models.Moderator, error) {
	row, err := first(ctx, gorm.G[moderatorRow](q.db).Where("id = ?", id))
	return row.model(), err
}

// ModeratorByEmail returns the account with an e-mail address, in whatever
// case.
func (q Query) ModeratorByEmail(ctx context.Context, email string) (models.Moderator, error) {
	row, err := first(ctx, gorm.G[moderatorRow](q.db).Where("email = ?", strings.ToLower(email)))
	return row.model(), err
}

// CountModerators returns the number of accounts.
func (q Query) CountModerators(ctx context.Context) (int, error) {
	n, err := gorm.G[moderatorRow](q.db).Count(ctx, "*")
	return int(n), err
}

// CountAdmins returns the number of admins who are not disabled.
func (q Query) CountAdmins(ctx context.Context) (int, error) {
	n, err := gorm.G[moderatorRow](q.db).Where("role = ? AND NOT disabled", models.RoleAdmin).Count(ctx, "*")
	return int(n), err
}

// AddModerator stores a new account with its e-mail address in lower case, and
// sets ID, Email and CreatedAt. ErrConflict: the address has an account. The
// transaction can go on after that.
func (tx *Tx) AddModerator(ctx context.Context, m *models.Moderator) error {
	row := moderatorRow{
		Email: strings.ToLower(m.Email), Name: m.Name, PasswordHash: m.PasswordHash, Role: m.Role, Disabled: m.Disabled, CreatedAt: millis(tx.Now),
	}
	result := gorm.WithResult()
	if err := gorm.G[moderatorRow](tx.db, result, clause.OnConflict{DoNothing: true}).Create(ctx, &row); err != nil {
		return fmt.Errorf("add moderator: %w", err)
	}
	if result.RowsAffected == 0 {
		return ErrConflict
	}
	*m = row.model()
	return nil
}

// SaveModerator writes the name, role, password hash and disablement of an
// account.
func (tx *Tx) SaveModerator(ctx context.Context, m *models.Moderator) error {
	row := moderatorRow{Name: m.Name, PasswordHash: m.PasswordHash, Role: m.Role, Disabled: m.Disabled}
	return changed(gorm.G[moderatorRow](tx.db).Where("id = ?", m.ID).Select("Name", "PasswordHash", "Role", "Disabled").Updates(ctx, row))
}

type credentialRow struct {
	ID          int64
	Hash        []byte
	Kind        string
	ModeratorID int64
	Label       string
	CreatedAt   int64 `gorm:"autoCreateTime:false"`
	UsedAt      int64
	ExpiresAt   int64
}

func (credentialRow) TableName() string { return "credentials" }

func (r *credentialRow) model() models.Credential {
	return models.Credential{
		ID: r.ID, Hash: r.Hash, Kind: r.Kind, ModeratorID: r.ModeratorID, Label: r.Label,
		CreatedAt: fromMillis(r.CreatedAt), UsedAt: fromMillis(r.UsedAt), ExpiresAt: fromMillis(r.ExpiresAt),
	}
}

// Credential returns the credential of a kind with a hash, expired or not.
func (q Query) Credential(ctx context.Context, kind string, hash []byte) (models.Credential, error) {
	row, err := first(ctx, gorm.G[credentialRow](q.db).Where("hash = ? AND kind = ?", hash, kind))
	return row.model(), err
}

// Credentials returns a moderator's credentials of a kind, oldest first, at
// most 1,000.
func (q Query) Credentials(ctx context.Context, moderator int64, kind string) ([]models.Credential, error) {
	rows, err := gorm.G[credentialRow](q.db).Where("moderator_id = ? AND kind = ?", moderator, kind).Order("id").Limit(maxModerators).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list credentials: %w", err)
	}
	credentials := make([]models.Credential, len(rows))
	for i := range rows {
		credentials[i] = rows[i].model()
	}
	return credentials, nil
}

// AddCredential stores a credential and sets its ID and CreatedAt. ErrConflict:
// the hash is stored already. The transaction can go on after that.
func (tx *Tx) AddCredential(ctx context.Context, c *models.Credential) error {
	row := credentialRow{
		Hash: c.Hash, Kind: c.Kind, ModeratorID: c.ModeratorID, Label: c.Label,
		CreatedAt: millis(tx.Now), UsedAt: millis(c.UsedAt), ExpiresAt: millis(c.ExpiresAt),
	}
	result := gorm.WithResult()
	if err := gorm.G[credentialRow](tx.db, result, clause.OnConflict{DoNothing: true}).Create(ctx, &row); err != nil {
		return fmt.Errorf("add credential: %w", err)
	}
	if result.RowsAffected == 0 {
		return ErrConflict
	}
	c.ID, c.CreatedAt = row.ID, fromMillis(row.CreatedAt)
	return nil
}

// TouchCredential notes that a credential was used now.
func (tx *Tx) TouchCredential(ctx context.Context, id int64) error {
	return changed(gorm.G[credentialRow](tx.db).Where("id = ?", id).Update(ctx, "used_at", millis(tx.Now)))
}

// DeleteCredential forgets one credential. ErrNotFound tells the loser when two
// use a link that works once.
func (tx *Tx) DeleteCredential(ctx context.Context, id int64) error {
	return changed(gorm.G[credentialRow](tx.db).Where("id = ?", id).Delete(ctx))
}

// DeleteCredentials forgets a moderator's credentials of the given kinds.
func (tx *Tx) DeleteCredentials(ctx context.Context, moderator int64, kinds ...string) error {
	if len(kinds) == 0 {
		return nil
	}
	_, err := gorm.G[credentialRow](tx.db).Where("moderator_id = ? AND kind IN ?", moderator, kinds).Delete(ctx)
	return err
}

// PruneCredentials forgets credentials that expired before a time, at most
// limit of them, and says how many went.
func (tx *Tx) PruneCredentials(ctx context.Context, before time.Time, limit int) (int, error) {
	return gorm.G[credentialRow](tx.db).
		Where("id IN (SELECT id FROM credentials WHERE expires_at > 0 AND expires_at < ? ORDER BY id LIMIT ?)", millis(before), limit).Delete(ctx)
}
