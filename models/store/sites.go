package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"postbag/models"
)

type siteRow struct {
	ID        int64
	Key       string
	Name      string
	Mode      models.Mode
	MaxLength int
	Reasons   string
	Language  string
	Revision  int
	Sample    int
	Tag       string
	CountZero string
	CountOne  string
	CountMany string
	CreatedAt int64 `gorm:"autoCreateTime:false"`
}

func (siteRow) TableName() string { return "sites" }

type hostRow struct {
	SiteID int64
	Host   string
}

func (hostRow) TableName() string { return "site_hosts" }

// Sites returns every site, by key.
func (q Query) Sites(ctx context.Context) ([]models.Site, error) {
	rows, err := gorm.G[siteRow](q.db).Order("key").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list sites: %w", err)
	}
	hosts, err := gorm.G[hostRow](q.db).Order("site_id, host").Find(ctx)
	if err != nil {
		return nil, fmt.Errorf("list hosts: %w", err)
	}
	sites := make([]models.Site, len(rows))
	for i, r := range rows {
		sites[i] = models.Site{
			ID: r.ID, Key: r.Key, Name: r.Name, Mode: r.Mode, MaxLength: r.MaxLength, Language: r.Language,
			Counts:   models.CountTexts{Zero: r.CountZero, One: r.CountOne, Many: r.CountMany},
			Revision: r.Revision, Sample: r.Sample, Tag: r.Tag, CreatedAt: fromMillis(r.CreatedAt),
		}
		if err := decode(r.Reasons, &sites[i].Reasons); err != nil {
			return nil, err
		}
		for _, h := range hosts {
			if h.SiteID == r.ID {
				sites[i].Hosts = append(sites[i].Hosts, h.Host)
			}
		}
	}
	return sites, nil
}

// AddSite stores a new site and sets its ID. ErrConflict: the key is taken.
func (tx *Tx) AddSite(ctx context.Context, s *models.Site) error {
	row := newSiteRow(s)
	row.CreatedAt = millis(tx.Now)
	if err := gorm.G[siteRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add site: %w", conflict(err))
	}
	s.ID, s.CreatedAt = row.ID, fromMillis(row.CreatedAt)
	tx.Emit(models.Event{SiteID: s.ID, Kind: models.EventSite})
	return tx.setHosts(ctx, s)
}

// SaveSite writes the settings of a site, not its Revision.
func (tx *Tx) SaveSite(ctx context.Context, s *models.Site) error {
	row := newSiteRow(s)
	n, err := gorm.G[siteRow](tx.db).Where("id = ?", s.ID).Select("Name", "Mode", "MaxLength", "Reasons", "Language", "Sample", "CountZero", "CountOne", "CountMany").Updates(ctx, row)
	if err != nil {
		return fmt.Errorf("save site: %w", err)
	}
	if n == 0 {
		return ErrNotFound
	}
	tx.Emit(models.Event{SiteID: s.ID, Kind: models.EventSite})
	return tx.setHosts(ctx, s)
}

// SetTag says what the ids of the site's own comments begin with in exports.
func (tx *Tx) SetTag(ctx context.Context, site int64, tag string) error {
	if err := changed(gorm.G[siteRow](tx.db).Where("id = ?", site).Update(ctx, "tag", tag)); err != nil {
		return fmt.Errorf("set tag: %w", err)
	}
	tx.Emit(models.Event{SiteID: site, Kind: models.EventSite})
	return nil
}

func newSiteRow(s *models.Site) siteRow {
	return siteRow{
		Key: s.Key, Name: s.Name, Mode: s.Mode, MaxLength: s.MaxLength, Reasons: encode(s.Reasons), Language: s.Language, Sample: s.Sample,
		CountZero: s.Counts.Zero, CountOne: s.Counts.One, CountMany: s.Counts.Many,
	}
}

func (tx *Tx) setHosts(ctx context.Context, s *models.Site) error {
	if _, err := gorm.G[hostRow](tx.db).Where("site_id = ?", s.ID).Delete(ctx); err != nil {
		return err
	}
	rows := make([]hostRow, len(s.Hosts))
	for i, host := range s.Hosts {
		rows[i] = hostRow{s.ID, host}
	}
	if len(rows) == 0 {
		return nil
	}
	return gorm.G[hostRow](tx.db).CreateInBatches(ctx, &rows, 100)
}

// Setting returns a value that the server keeps for itself; ErrNotFound when it
// was never set.
func (q Query) Setting(ctx context.Context, name string) (string, error) {
	row, err := first(ctx, gorm.G[settingRow](q.db).Where("name = ?", name))
	return row.Value, err
}

// SetSetting stores a value unless the name is taken, and returns the value
// that holds.
func (tx *Tx) SetSetting(ctx context.Context, name, value string) (string, error) {
	if err := tx.db.WithContext(ctx).Exec("INSERT INTO settings (name, value) VALUES (?, ?) ON CONFLICT (name) DO NOTHING", name, value).Error; err != nil {
		return "", err
	}
	return tx.Setting(ctx, name)
}

type settingRow struct {
	Name  string
	Value string
}

func (settingRow) TableName() string { return "settings" }
