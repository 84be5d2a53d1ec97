package moderation

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"
	"sync"
	"time"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store"
)

const (
	// importPulse is how often a run says that it is alive and how far it is,
	// and looks whether somebody has taken it or stopped it.
	importPulse = time.Second
	// importSilence is how long a run may say nothing: then its process is gone.
	importSilence = 10 * time.Second
)

// importRun is the record of the import that is under way. A nil one, of a dry
// run that nobody asked to keep, records nothing.
type importRun struct {
	store *store.Store

	mu  sync.Mutex // guards progress
	row models.Import
}

// errImportTaken ends a run that another process goes on with, or that somebody
// stopped.
var errImportTaken = errors.New("somebody stopped this import, or started it again elsewhere")

// record does an import and keeps a record of it: what it stores bears the number
// of the run. An import that was interrupted goes on under the number it had.
func (s *Service) record(ctx context.Context, im *importer, do func(context.Context) (ImportReport, error)) (ImportReport, error) {
	run, err := im.opts.run, error(nil)
	if im.opts.DryRun && run == nil {
		return do(ctx)
	}
	if run == nil {
		run, err = s.beginImport(ctx, im.site, &im.opts)
	}
	if err != nil {
		return im.report, err
	}
	im.run, im.report.Import = run, models.ImportID.Format(run.row.ID)
	ctx, cancel := context.WithCancelCause(ctx)
	watched := make(chan struct{})
	go func() {
		defer close(watched)
		run.watch(ctx, cancel)
	}()
	report, err := do(ctx)
	if err != nil && errors.Is(context.Cause(ctx), errImportTaken) {
		err = errImportTaken
	}
	cancel(nil)
	<-watched
	return report, errors.Join(err, s.endImport(context.WithoutCancel(ctx), run, report, err))
}

// beginImport makes the record of a run, or takes up that of the same file when
// it did not come to its end.
func (s *Service) beginImport(ctx context.Context, site *models.Site, o *ImportOptions) (*importRun, error) {
	owner, err := s.newOwner()
	if err != nil {
		return nil, err
	}
	run := &importRun{store: s.store}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		found, err := findImport(ctx, tx, site, o)
		if err != nil {
			return err
		}
		was := found.Owner
		found.Owner, found.State, found.StartedAt, found.DryRun, found.Problem = owner, models.ImportRunning, tx.Now, o.DryRun, ""
		if run.row = found; found.ID != 0 {
			return tx.SaveImport(ctx, &run.row, was)
		}
		return tx.AddImport(ctx, &run.row)
	})
	return run, translate(err, "import")
}

// newOwner returns a number that nobody else has.
func (s *Service) newOwner() (int64, error) {
	var seed [8]byte
	if _, err := io.ReadFull(s.rand, seed[:]); err != nil {
		return 0, fmt.Errorf("begin import: %w", err)
	}
	return int64(binary.BigEndian.Uint64(seed[:])>>1) | 1, nil
}

// findImport finds the run that an import goes on with, or makes a new one. A
// site has one import at a time.
func findImport(ctx context.Context, tx *store.Tx, site *models.Site, o *ImportOptions) (models.Import, error) {
	fresh := models.Import{SiteID: site.ID, ModeratorID: o.By.ID, Format: o.Format, File: o.File, Size: o.Size, Options: o.choices()}
	active, err := tx.ActiveImports(ctx)
	if err != nil {
		return fresh, err
	}
	for i := range active {
		m := &active[i]
		switch {
		case m.SiteID != site.ID:
		case m.State == models.ImportUndoing:
			return fresh, models.Refuse(models.CodeConflict, "Import %[1]s of this site is being undone. Wait until that has ended; if it was interrupted, complete it: postbag import undo %[1]s.",
				models.ImportID.Format(m.ID))
		case !sameFile(m, &fresh) && tx.Now.Sub(m.UpdatedAt) < importSilence:
			return fresh, models.Refuse(models.CodeConflict, "Another import is running on this site: %s, of %s. Wait until it has ended, or cancel it.",
				models.ImportID.Format(m.ID), m.File)
		}
	}
	last, err := tx.Imports(ctx, site.ID, 0, 1)
	if err == nil && len(last) == 1 && sameFile(&last[0], &fresh) && resumable(last[0].State) {
		return last[0], nil
	}
	return fresh, err
}

// sameFile reports whether two runs are of one file, taken over in the same way.
func sameFile(a, b *models.Import) bool {
	return a.Format == b.Format && a.File == b.File && a.Size == b.Size && a.File != "" && a.Options == b.Options
}

// resumable reports whether an import of the same file goes on with a run.
func resumable(state models.ImportState) bool {
	switch state {
	case models.ImportRunning, models.ImportInterrupted, models.ImportCancelled, models.ImportFailed:
		return true
	}
	return false
}

// id is the number that what is stored bears.
func (r *importRun) id() int64 {
	if r == nil {
		return 0
	}
	return r.row.ID
}

// count notes, in the transaction that stores them, how many comments were
// stored. It fails when the run is somebody else's by now.
func (r *importRun) count(ctx context.Context, tx *store.Tx, added int) error {
	if r == nil {
		return nil
	}
	err := tx.CountImported(ctx, &r.row, added)
	if errors.Is(err, store.ErrConflict) {
		return errImportTaken
	}
	return err
}

// progress remembers how far the import is, for the next pulse.
func (r *importRun) progress(p ImportProgress) {
	if r == nil {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.row.Stage, r.row.Bytes, r.row.Done, r.row.Total = string(p.Stage), max(r.row.Bytes, p.Bytes), int64(p.Posts), int64(p.Of)
}

// watch writes how far the run is until its context ends, and ends it when it is
// somebody else's.
func (r *importRun) watch(ctx context.Context, cancel context.CancelCauseFunc) {
	tick := time.NewTicker(importPulse)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
		r.mu.Lock()
		now := r.row
		r.mu.Unlock()
		err := r.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveImportProgress(ctx, &now) })
		if errors.Is(err, store.ErrConflict) {
			cancel(errImportTaken)
			return
		}
	}
}

// endImport writes how a run ended.
func (s *Service) endImport(ctx context.Context, run *importRun, report ImportReport, failed error) error {
	if errors.Is(failed, errImportTaken) {
		return nil
	}
	m := run.row
	m.State, m.Owner = models.ImportDone, 0
	var syntax *intake.SyntaxError
	switch {
	case errors.Is(failed, context.Canceled):
		m.State = models.ImportInterrupted
	case errors.As(failed, &syntax):
		m.State, m.Problem, m.Upload = models.ImportFailed, syntax.Error(), ""
	case failed != nil:
		m.State, m.Problem = models.ImportFailed, failed.Error()
	case m.DryRun:
		m.State = models.ImportLooked
	default:
		m.Upload = ""
	}
	data, err := report.JSON()
	if err != nil {
		return err
	}
	m.Report = string(data)
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		m.FinishedAt = tx.Now
		if err := tx.SaveImport(ctx, &m, run.row.Owner); err != nil {
			return err
		}
		now, err := tx.Import(ctx, m.ID)
		if err != nil {
			return err
		}
		return s.noteImport(ctx, tx, &m, models.Moderator{ID: m.ModeratorID}, ended(&now))
	})
	if errors.Is(err, store.ErrConflict) {
		return nil // taken at the last moment
	}
	return err
}

// ended says how a run ended, for the log.
func ended(m *models.Import) string {
	switch added := plural(int(m.Added), "comment", "comments"); m.State {
	case models.ImportLooked:
		return "was looked at; nothing was written"
	case models.ImportDone:
		return "is complete: " + added + " added"
	case models.ImportInterrupted:
		return "was interrupted, " + added + " added so far"
	default:
		return "failed, " + added + " added: " + strings.TrimSuffix(m.Problem, ".")
	}
}

// ImportRun returns a run by its public id, with its report.
func (s *Service) ImportRun(ctx context.Context, id string) (models.Import, error) {
	number, ok := models.ImportID.Parse(id)
	if !ok {
		return models.Import{}, translate(store.ErrNotFound, "import")
	}
	m, err := s.store.Import(ctx, number)
	s.notice(&m)
	return m, translate(err, "import")
}

// CancelImport stops a run, whichever process it is in. What it has stored is
// there: the same file goes on where it stopped, or the run can be undone.
// Cancelling one that has ended changes nothing.
func (s *Service) CancelImport(ctx context.Context, by models.Moderator, id string) (models.Import, error) {
	m, err := s.ImportRun(ctx, id)
	if err != nil {
		return m, err
	}
	switch m.State {
	case models.ImportRunning, models.ImportInterrupted, models.ImportUploaded, models.ImportLooked:
	default:
		return m, nil
	}
	was, upload := m.Owner, m.Upload
	m.State, m.Owner, m.Upload = models.ImportCancelled, 0, ""
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		m.FinishedAt = tx.Now
		return inOrder(
			func() error { return tx.SaveImport(ctx, &m, was) },
			func() error { return s.noteImport(ctx, tx, &m, by, "was cancelled") },
		)
	})
	if errors.Is(err, store.ErrConflict) {
		return s.ImportRun(ctx, id) // it ended by itself
	}
	if err == nil {
		s.removeUpload(upload)
	}
	return m, err
}

// removeUpload removes a file that serves nothing any more.
func (s *Service) removeUpload(path string) {
	if path == "" {
		return
	}
	if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
		s.log.Error("an uploaded file was not removed", "file", path, "error", err)
	}
}

// noteImport writes into the log what somebody did with an import.
func (s *Service) noteImport(ctx context.Context, tx *store.Tx, m *models.Import, by models.Moderator, what string) error {
	return tx.AddNote(ctx, &models.Note{
		SiteID: m.SiteID, Kind: noteOfImport, Subject: models.ImportID.Format(m.ID), ModeratorID: by.ID, Text: fmt.Sprintf("The import of “%s” %s.", m.File, what),
	})
}

// notice says of a run whose process seems to be gone, or whose undo has failed,
// that it was interrupted.
func (s *Service) notice(m *models.Import) {
	silent := s.clock().Sub(m.UpdatedAt) > importSilence
	switch {
	case m.State == models.ImportRunning && silent:
		m.State = models.ImportInterrupted
	case m.State == models.ImportUndoing && (silent || m.Problem != ""):
		m.State = models.ImportUndoStopped
	}
}

// ImportRuns returns a page of the runs of a site, newest first, without their
// reports, and where the next page begins.
func (s *Service) ImportRuns(ctx context.Context, site string, cursor string, limit int) (runs []models.Import, next string, err error) {
	entry, err := s.site(site)
	if err != nil {
		return nil, "", err
	}
	before, ok := models.ImportID.Parse(cursor)
	if cursor != "" && !ok {
		return nil, "", models.Invalid("cursor", "This is not a cursor of an earlier page.")
	}
	runs, err = s.store.Imports(ctx, entry.ID, before, limit+1)
	if err != nil {
		return nil, "", err
	}
	for i := range runs {
		s.notice(&runs[i])
	}
	if len(runs) > limit {
		runs = runs[:limit]
		next = models.ImportID.Format(runs[limit-1].ID)
	}
	return runs, next, nil
}
