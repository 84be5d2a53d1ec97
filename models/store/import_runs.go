package store

import (
	"context"
	"fmt"

	"gorm.io/gorm"

	"postbag/models"
)

type importRow struct {
	ID            int64
	SiteID        int64
	ModeratorID   int64
	ModeratorName string `gorm:"->"`
	Format        string
	File          string
	Bytes         int64
	Upload        string
	DryRun        bool
	Options       string
	State         models.ImportState
	Owner         int64
	Stage         string
	ReadBytes     int64
	Done          int64
	Total         int64
	Added         int64
	Report        string
	Undo          string
	Problem       string
	CreatedAt     int64 `gorm:"autoCreateTime:false"`
	StartedAt     int64
	UpdatedAt     int64 `gorm:"autoUpdateTime:false"`
	FinishedAt    int64
	UndoneAt      int64
}

func (importRow) TableName() string { return "imports" }

func newImportRow(m *models.Import) importRow {
	return importRow{
		ID: m.ID, SiteID: m.SiteID, ModeratorID: m.ModeratorID, Format: m.Format, File: m.File, Bytes: m.Size, Upload: m.Upload, DryRun: m.DryRun,
		Options: m.Options, State: m.State, Owner: m.Owner, Stage: m.Stage, ReadBytes: m.Bytes, Done: m.Done, Total: m.Total, Added: m.Added,
		Report: m.Report, Undo: m.Undo, Problem: m.Problem, CreatedAt: millis(m.CreatedAt), StartedAt: millis(m.StartedAt),
		UpdatedAt: millis(m.UpdatedAt), FinishedAt: millis(m.FinishedAt), UndoneAt: millis(m.UndoneAt),
	}
}

func (r *importRow) model() models.Import {
	return models.Import{
		ID: r.ID, SiteID: r.SiteID, ModeratorID: r.ModeratorID, ModeratorName: r.ModeratorName, Format: r.Format, File: r.File, Size: r.Bytes,
		Upload: r.Upload, DryRun: r.DryRun, Options: r.Options, State: r.State, Owner: r.Owner, Stage: r.Stage, Bytes: r.ReadBytes, Done: r.Done,
		Total: r.Total, Added: r.Added, Report: r.Report, Undo: r.Undo, Problem: r.Problem, CreatedAt: fromMillis(r.CreatedAt),
		StartedAt: fromMillis(r.StartedAt), UpdatedAt: fromMillis(r.UpdatedAt), FinishedAt: fromMillis(r.FinishedAt), UndoneAt: fromMillis(r.UndoneAt),
	}
}

// importSelect leaves out the report, which may be long.
const importSelect = "id, site_id, moderator_id, format, file, bytes, upload, dry_run, options, state, owner, stage, read_bytes, done, total, added, " +
	"undo, problem, created_at, started_at, updated_at, finished_at, undone_at, " +
	"COALESCE((SELECT name FROM moderators WHERE moderators.id = imports.moderator_id), '') AS moderator_name"

// AddImport stores a run of an import and sets its ID, CreatedAt and UpdatedAt.
func (tx *Tx) AddImport(ctx context.Context, m *models.Import) error {
	row := newImportRow(m)
	row.ID, row.CreatedAt, row.UpdatedAt = 0, millis(tx.Now), millis(tx.Now)
	if err := gorm.G[importRow](tx.db).Create(ctx, &row); err != nil {
		return fmt.Errorf("add import: %w", err)
	}
	m.ID, m.CreatedAt, m.UpdatedAt = row.ID, fromMillis(row.CreatedAt), fromMillis(row.UpdatedAt)
	return nil
}

// SaveImport writes what a run has come to, and who owns it from now on,
// provided that owner still does; ErrConflict: somebody else took it, so that
// whoever works on it stops. Added and Undo are written by CountImported and
// SaveUndo only.
func (tx *Tx) SaveImport(ctx context.Context, m *models.Import, owner int64) error {
	return tx.saveImport(ctx, m, owner, "State", "ModeratorID", "Owner", "DryRun", "Options", "Upload", "Stage", "ReadBytes", "Done", "Total", "Report", "Problem",
		"StartedAt", "FinishedAt", "UndoneAt")
}

// SaveImportProgress writes how far a run is: Stage, Bytes, Done and Total. Like
// SaveImport it needs the owner.
func (tx *Tx) SaveImportProgress(ctx context.Context, m *models.Import) error {
	return tx.saveImport(ctx, m, m.Owner, "Stage", "ReadBytes", "Done", "Total")
}

// SaveUndo writes how far the undo of a run is: Undo and Done. Like SaveImport it
// needs the owner.
func (tx *Tx) SaveUndo(ctx context.Context, m *models.Import) error {
	return tx.saveImport(ctx, m, m.Owner, "Undo", "Done")
}

func (tx *Tx) saveImport(ctx context.Context, m *models.Import, owner int64, columns ...any) error {
	row := newImportRow(m)
	row.UpdatedAt = millis(tx.Now)
	n, err := gorm.G[importRow](tx.db).Where("id = ? AND owner = ?", m.ID, owner).Select("UpdatedAt", columns...).Updates(ctx, row)
	switch {
	case err != nil:
		return fmt.Errorf("save import: %w", err)
	case n == 0:
		return ErrConflict
	}
	m.UpdatedAt = fromMillis(row.UpdatedAt)
	return nil
}

// CountImported adds to the number of comments that a run has stored, in the
// transaction that stores them. Like SaveImport it needs the owner.
func (tx *Tx) CountImported(ctx context.Context, m *models.Import, added int) error {
	result := tx.db.WithContext(ctx).Exec("UPDATE imports SET added = added + ?, updated_at = ? WHERE id = ? AND owner = ?",
		added, millis(tx.Now), m.ID, m.Owner)
	switch {
	case result.Error != nil:
		return fmt.Errorf("count imported: %w", result.Error)
	case result.RowsAffected == 0:
		return ErrConflict
	}
	return nil
}

// Import returns one run, with its report.
func (q Query) Import(ctx context.Context, id int64) (models.Import, error) {
	row, err := first(ctx, gorm.G[importRow](q.db).Select("report, "+importSelect).Where("id = ?", id))
	return row.model(), err
}

// Imports returns the runs of a site, newest first, from below the id before (0:
// from the newest), at most limit. Their reports are not filled in.
func (q Query) Imports(ctx context.Context, site, before int64, limit int) ([]models.Import, error) {
	chain := gorm.G[importRow](q.db).Select(importSelect).Where("site_id = ?", site)
	if before > 0 {
		chain = chain.Where("id < ?", before)
	}
	return importModels(chain.Order("id DESC").Limit(limit).Find(ctx))
}

// ActiveImports returns the runs of all sites that are running or being undone,
// oldest first, at most 100. Their reports are not filled in.
func (q Query) ActiveImports(ctx context.Context) ([]models.Import, error) {
	return importModels(gorm.G[importRow](q.db).Select(importSelect).Where("state IN ('running', 'undoing')").Order("id").Limit(maxRunning).Find(ctx))
}

// Uploads returns the runs of all sites whose file is kept, oldest first, at most
// 100. Their reports are not filled in.
func (q Query) Uploads(ctx context.Context) ([]models.Import, error) {
	return importModels(gorm.G[importRow](q.db).Select(importSelect).Where("upload <> ''").Order("id").Limit(maxRunning).Find(ctx))
}

func importModels(rows []importRow, err error) ([]models.Import, error) {
	if err != nil {
		return nil, fmt.Errorf("list imports: %w", err)
	}
	imports := make([]models.Import, len(rows))
	for i := range rows {
		imports[i] = rows[i].model()
	}
	return imports, nil
}
