package moderation

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/store"
)

const (
	// DefaultMaxUpload is the size of an uploaded file, in bytes, when nothing
	// else is configured.
	DefaultMaxUpload = 2 << 30
	// keepUpload is how long an uploaded file waits for somebody to go on.
	keepUpload = 7 * 24 * time.Hour
	// strayUpload is how old a file is that no run knows and nobody writes any
	// more.
	strayUpload = 24 * time.Hour

	uploadPattern = "postbag-upload-*"
	maxFileName   = 200 // bytes
)

// MaxUpload returns how large an uploaded file may be, in bytes.
func (s *Service) MaxUpload() int64 { return s.maxUpload }

// ReceiveImport takes a file for an import, as a stream, and keeps it until it is
// imported or given up. The file holds e-mail addresses, so only this process may
// read it. Too large a file is refused (CodeTooLarge); of one that does not
// arrive completely nothing is kept.
func (s *Service) ReceiveImport(ctx context.Context, by models.Moderator, site, format, name string, file io.Reader) (m models.Import, err error) {
	entry, err := s.site(site)
	if err != nil {
		return m, err
	}
	if _, err := findImportFormat(format); err != nil {
		return m, err
	}
	m = models.Import{SiteID: entry.ID, ModeratorID: by.ID, ModeratorName: by.Name, Format: format, File: fileName(name), State: models.ImportUploaded, Options: "{}"}
	if m.Upload, m.Size, err = s.keepFile(file); err != nil {
		return m, err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error { return tx.AddImport(ctx, &m) })
	if err != nil {
		err = errors.Join(err, os.Remove(m.Upload))
	}
	return m, err
}

// fileName leaves of a name what is shown to people.
func fileName(name string) string {
	name = name[strings.LastIndexAny(name, `/\`)+1:]
	clean := strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return -1
		}
		return r
	}, strings.ToValidUTF8(name, ""))
	if clean = truncate(clean, maxFileName); clean == "" {
		return "file"
	}
	return clean
}

func (s *Service) keepFile(file io.Reader) (path string, size int64, err error) {
	folder := cmp.Or(s.uploads, os.TempDir())
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return "", 0, fmt.Errorf("keep upload: %w", err)
	}
	kept, err := os.CreateTemp(folder, uploadPattern) // mode 0600
	if err != nil {
		return "", 0, fmt.Errorf("keep upload: %w", err)
	}
	size, err = io.Copy(kept, io.LimitReader(file, s.maxUpload+1))
	if err == nil && size > s.maxUpload {
		err = models.Refuse(models.CodeTooLarge, "The file is larger than %s. Compress it with gzip, or import it on the server: postbag import disqus FILE --site KEY.", sizeText(s.maxUpload))
	}
	if err == nil && size == 0 {
		err = models.Invalid("file", "Choose a file that is not empty.")
	}
	if err = errors.Join(err, kept.Close()); err != nil {
		return "", 0, errors.Join(err, os.Remove(kept.Name()))
	}
	return kept.Name(), size, nil
}

// sizeText writes a number of bytes for people.
func sizeText(n int64) string {
	switch {
	case n >= 1<<30 && n%(1<<30) == 0:
		return fmt.Sprintf("%d GiB", n>>30)
	case n >= 1<<20:
		return fmt.Sprintf("%d MiB", n>>20)
	}
	return fmt.Sprintf("%d KiB", n>>10)
}

// StartImport begins to import a file that was received, or to look at it, or
// goes on where an import of it stopped, and returns at once; the work goes on in
// this process, whoever looks on.
func (s *Service) StartImport(ctx context.Context, by models.Moderator, id string, dryRun bool, choices ImportChoices) (models.Import, error) {
	m, err := s.ImportRun(ctx, id)
	if err != nil {
		return m, err
	}
	switch m.State {
	case models.ImportUploaded, models.ImportLooked, models.ImportInterrupted, models.ImportFailed:
	default:
		return m, models.Refuse(models.CodeConflict, "This import is %s already.", m.State)
	}
	if !s.ImportKept(&m) {
		return m, models.Refuse(models.CodeConflict, "The file is not here any more. Upload it again; the import goes on where it stopped.")
	}
	site, ok := s.sites.byID(m.SiteID)
	if !ok {
		return m, translate(store.ErrNotFound, "site")
	}
	o := ImportOptions{Site: site.Key, Format: m.Format, DryRun: dryRun, By: by, File: m.File, Size: m.Size}
	if err := choices.set(&o); err != nil {
		return m, err
	}
	run, err := s.beginKept(ctx, &m, &o)
	if err != nil {
		return m, err
	}
	begun := run.row // the work goes on with the other
	s.run(func() { s.importKept(s.life, run, o, begun.Upload) })
	return begun, nil
}

// ImportKept reports whether the file of a run is here, so that StartImport can
// go on with it.
func (s *Service) ImportKept(m *models.Import) bool { return m.Upload != "" && s.here(m) }

func (s *Service) here(m *models.Import) bool {
	info, err := os.Stat(m.Upload)
	return err == nil && info.Mode().IsRegular() && info.Size() == m.Size
}

// beginKept makes a received file the one import at work on its site.
func (s *Service) beginKept(ctx context.Context, m *models.Import, o *ImportOptions) (*importRun, error) {
	owner, err := s.newOwner()
	if err != nil {
		return nil, err
	}
	run := &importRun{store: s.store, row: *m}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		if err := alone(ctx, tx, m); err != nil {
			return err
		}
		r := &run.row
		r.Owner, r.State, r.StartedAt, r.DryRun, r.Problem, r.ModeratorID = owner, models.ImportRunning, tx.Now, o.DryRun, "", o.By.ID
		r.Stage, r.Bytes, r.Done, r.Total = string(ImportReading), 0, 0, 0
		r.Options = o.choices()
		return tx.SaveImport(ctx, r, m.Owner)
	})
	return run, translate(err, "import")
}

// importKept imports a file that was received. It is removed when it serves
// nothing any more.
func (s *Service) importKept(ctx context.Context, run *importRun, o ImportOptions, upload string) {
	defer debug.FreeOSMemory()
	o.run = run
	_, err := s.Import(ctx, func() (io.ReadCloser, error) { return os.Open(upload) }, o)
	var syntax *intake.SyntaxError
	if err != nil && !errors.As(err, &syntax) && !errors.Is(err, errImportTaken) && ctx.Err() == nil {
		s.log.Error("an import failed", "import", models.ImportID.Format(run.row.ID), "error", err)
	}
	m, err := s.store.Import(context.WithoutCancel(ctx), run.row.ID)
	if err == nil && m.Upload == "" {
		s.removeUpload(upload)
	}
}

// StartUndo begins to undo an import and returns at once; UndoImport does the
// work, in this process, whoever looks on.
func (s *Service) StartUndo(ctx context.Context, by models.Moderator, id string) error {
	m, err := s.ImportRun(ctx, id)
	if err != nil {
		return err
	}
	if m.State == models.ImportUndone {
		return nil
	}
	u, err := s.newUndo(m, UndoOptions{By: by})
	if err == nil {
		err = u.take(ctx)
	}
	if err != nil {
		return err
	}
	s.run(func() {
		_, err := u.work(s.life)
		if err == nil || s.life.Err() != nil || errors.Is(err, errImportTaken) {
			return
		}
		s.log.Error("the undo of an import failed", "import", id, "error", errors.Join(err, u.stumble(s.life)))
	})
	return nil
}

// cleanUploads removes files that nobody will import: of runs that nobody went on
// with for a week, and those that no run knows.
func (s *Service) cleanUploads(ctx context.Context) error {
	if s.uploads == "" {
		return nil
	}
	kept, err := s.store.Uploads(ctx)
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for i := range kept {
		m := &kept[i]
		if s.notice(m); m.State == models.ImportRunning || s.clock().Sub(m.UpdatedAt) < keepUpload {
			known[m.Upload] = true
			continue
		}
		upload, was := m.Upload, m.Owner
		m.Upload = ""
		if m.State == models.ImportUploaded || m.State == models.ImportLooked {
			m.State = models.ImportCancelled
		}
		err := s.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveImport(ctx, m, was) })
		if err == nil {
			err = os.Remove(upload)
		}
		if err != nil && !errors.Is(err, os.ErrNotExist) && !errors.Is(err, store.ErrConflict) {
			return err
		}
	}
	return s.removeStrays(known)
}

func (s *Service) removeStrays(known map[string]bool) error {
	files, err := filepath.Glob(filepath.Join(s.uploads, uploadPattern))
	if err != nil {
		return err
	}
	for _, file := range files {
		info, err := os.Stat(file)
		if err != nil || known[file] || s.clock().Sub(info.ModTime()) < strayUpload {
			continue
		}
		if err := os.Remove(file); err != nil {
			return err
		}
	}
	return nil
}
