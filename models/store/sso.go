package store

import (
	"context"
	"fmt"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"postbag/models"
)

type ssoRow struct {
	SiteID       int64 `gorm:"primaryKey;autoIncrement:false"`
	Enabled      bool
	APIKey       string `gorm:"column:api_key"`
	Secret       string
	Earlier      string
	EarlierUntil int64
	Generation   int
	MaxAge       int64 // seconds
	Skew         int64 // seconds
	MembersOnly  bool

	VerifiedEmail bool
}

func (ssoRow) TableName() string { return "sso" }

func newSSORow(s *models.SSO) ssoRow {
	return ssoRow{
		SiteID: s.SiteID, Enabled: s.Enabled, APIKey: s.APIKey, Secret: s.Secret, Earlier: s.Earlier, EarlierUntil: millis(s.EarlierUntil),
		Generation: s.Generation, MaxAge: int64(s.MaxAge / time.Second), Skew: int64(s.Skew / time.Second),
		MembersOnly: s.MembersOnly, VerifiedEmail: s.VerifiedEmail,
	}
}

func (r *ssoRow) model() models.SSO {
	return models.SSO{
		SiteID: r.SiteID, Enabled: r.Enabled, APIKey: r.APIKey, Secret: r.Secret, Earlier: r.Earlier, EarlierUntil: fromMillis(r.EarlierUntil),
		Generation: r.Generation, MaxAge: time.Duration(r.MaxAge) * time.Second, Skew: time.Duration(r.Skew) * time.Second,
		MembersOnly: r.MembersOnly, VerifiedEmail: r.VerifiedEmail,
	}
}

// SSOs returns how sites vouch for their readers, by the sites' ids. Sites that
// never did are left out.
func (q Query) SSOs(ctx context.Context) (map[int64]models.SSO, error) {
	rows, err := gorm.G[ssoRow](q.db).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sign-ins: %w", err)
	}
	found := make(map[int64]models.SSO, len(rows))
	for i := range rows {
		found[rows[i].SiteID] = rows[i].model()
	}
	return found, nil
}

// SaveSSO writes how a site vouches for its readers.
func (tx *Tx) SaveSSO(ctx context.Context, s *models.SSO) error {
	row := newSSORow(s)
	if err := gorm.G[ssoRow](tx.db, clause.OnConflict{UpdateAll: true}).Create(ctx, &row); err != nil {
		return fmt.Errorf("save sign-in: %w", err)
	}
	tx.Emit(models.Event{SiteID: s.SiteID, Kind: models.EventSite})
	return nil
}

// SaveProfile writes what a site says now of a reader: name, e-mail, avatar and
// URL.
func (tx *Tx) SaveProfile(ctx context.Context, a *models.Author) error {
	row := newAuthorRow(a)
	return changed(gorm.G[authorRow](tx.db).Where("id = ?", a.ID).Select("Name", "Email", "Avatar", "URL").Updates(ctx, row))
}

// Claimable returns the accounts, not guests, that were imported into a site with
// an e-mail address, whatever its capitals, and that nobody has taken over: at
// most two.
func (q Query) Claimable(ctx context.Context, site int64, email string) ([]models.Author, error) {
	rows, err := gorm.G[authorRow](q.db).
		Where("site_id = ? AND lower(email) = lower(?) AND kind = 'imported' AND email <> '' AND key LIKE '%:user:%'", site, email).Limit(2).Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("find imported accounts: %w", err)
	}
	found := make([]models.Author, len(rows))
	for i := range rows {
		found[i] = rows[i].model()
	}
	return found, nil
}

// TakeOver gives an imported account to a reader, whose Key and Claimed are set. Its
// comments and counts stay as they are. ErrConflict means that somebody has it.
func (tx *Tx) TakeOver(ctx context.Context, a *models.Author) error {
	row := authorRow{Kind: models.KindSSO, Key: a.Key, Claimed: a.Claimed}
	return changed(gorm.G[authorRow](tx.db).Where("id = ? AND kind = 'imported' AND key = ?", a.ID, a.Claimed).Select("Kind", "Key", "Claimed").Updates(ctx, row))
}

// CommentsBy returns comments of an author in a thread that are public or held,
// oldest first: those among the author's latest limit comments.
func (q Query) CommentsBy(ctx context.Context, in AuthorArticle, limit int) ([]models.Comment, error) {
	latest := q.db.WithContext(ctx).Table("comments").Select("id, article_id").Where("author_id = ?", in.Author).Order("id DESC").Limit(limit)
	ids := q.db.WithContext(ctx).Table("(?) AS latest", latest).Select("id").Where("article_id = ?", in.Article)
	rows, err := gorm.G[commentRow](q.db).Where("id IN (?) AND status IN ?", ids, []models.Status{models.Pending, models.Approved}).Order("id").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("find comments of an author: %w", err)
	}
	return commentModels(rows), nil
}
