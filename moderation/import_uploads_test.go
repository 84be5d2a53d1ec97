package moderation_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// depot is an archive with a folder for uploaded files, and a clock of its own.
type depot struct {
	*archive
	folder string
	late   time.Duration // of its clock
	close  func()
}

func newDepot(t *testing.T) *depot {
	t.Helper()
	d := &depot{archive: &archive{address: storetest.SQLite(t)}, folder: t.TempDir()}
	d.begin(t)
	if _, err := d.AddSite(t.Context(), moderation.NewSite{Key: "news", Name: "News", Origins: []string{"https://news.example"}, NoRules: true}); err != nil {
		t.Fatal(err)
	}
	return d
}

// begin is a process that begins, so much later, after the one before has ended.
func (d *depot) begin(t *testing.T) {
	t.Helper()
	late := d.late
	clock := func() time.Time { return time.Now().Add(late) }
	st, err := store.Open(t.Context(), d.address, store.Options{Clock: clock})
	if err != nil {
		t.Fatal(err)
	}
	d.store = st
	if d.Service, err = moderation.New(t.Context(), st, moderation.Options{Clock: clock, Uploads: d.folder}); err != nil {
		t.Fatal(err)
	}
	service, ended := d.Service, false
	d.close = func() {
		if ended {
			return
		}
		ended = true
		if err := errors.Join(service.Close(context.Background()), st.Close()); err != nil {
			t.Error(err)
		}
	}
	t.Cleanup(d.close)
}

func (d *depot) again(t *testing.T, later time.Duration) {
	t.Helper()
	d.close()
	d.late += later
	d.begin(t)
}

func (d *depot) receive(t *testing.T, file string) string {
	t.Helper()
	m, err := d.ReceiveImport(t.Context(), models.Moderator{}, "news", "disqus", "export.xml", strings.NewReader(file))
	if err != nil {
		t.Fatal(err)
	}
	return models.ImportID.Format(m.ID)
}

// until waits until a run is in a state.
func (d *depot) until(t *testing.T, id string, state models.ImportState) models.Import {
	t.Helper()
	for tick := time.NewTicker(time.Millisecond); ; {
		m := d.run(t, id)
		if m.State == state {
			return m
		}
		if m.State == models.ImportFailed {
			t.Fatalf("the import failed: %s", m.Problem)
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("the import is %s, not %s", m.State, state)
		}
	}
}

func (d *depot) files(t *testing.T) int {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(d.folder, "*"))
	if err != nil {
		t.Fatal(err)
	}
	return len(files)
}

// gone waits until a file is no more.
func (d *depot) gone(t *testing.T, path string) {
	t.Helper()
	for tick := time.NewTicker(time.Millisecond); ; {
		if _, err := os.Stat(path); errors.Is(err, os.ErrNotExist) {
			return
		}
		select {
		case <-tick.C:
		case <-t.Context().Done():
			t.Fatalf("%s is still there", path)
		}
	}
}

// TestUploads_Restarted stops the process in the midst of an import: the next one
// goes on from the file that was kept, with what was chosen.
func TestUploads_Restarted(t *testing.T) {
	file, want := generated(t, 3000)
	d := newDepot(t)
	id := d.receive(t, file)
	blog := moderation.ImportChoices{Fields: map[string]string{"source": "blog"}}
	if _, err := d.StartImport(t.Context(), models.Moderator{}, id, false, blog); err != nil {
		t.Fatal(err)
	}
	d.again(t, 0)
	m := d.run(t, id)
	if m.State != models.ImportInterrupted || !d.ImportKept(&m) {
		t.Fatalf("after the end of the process: %+v", m)
	}
	if _, err := d.StartImport(t.Context(), models.Moderator{}, id, false, moderation.ChoicesOf(&m)); err != nil {
		t.Fatal(err)
	}
	if m = d.until(t, id, models.ImportDone); int(m.Added) != want.Added {
		t.Errorf("%d added, not %d", m.Added, want.Added)
	}
	d.check(t)
	d.again(t, 0) // waits until the file is removed
	if n := d.files(t); n != 0 {
		t.Errorf("%d files are left", n)
	}
	first := regexp.MustCompile(`<post dsq:id="(\d+)"`).FindStringSubmatch(file)[1]
	if _, err := d.store.CommentByExternal(t.Context(), 1, "disqus-blog:"+first); err != nil {
		t.Errorf("the first comment of the named installation: %v", err)
	}
}

// TestUploads_Stale cleans up, when a process begins, files that nobody went on
// with, and no others.
func TestUploads_Stale(t *testing.T) {
	d := newDepot(t)
	old := d.receive(t, story())
	stray := filepath.Join(d.folder, "postbag-upload-stray")
	if err := os.WriteFile(stray, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	d.again(t, 6*24*time.Hour)
	d.gone(t, stray)
	young := d.receive(t, story())
	if m := d.run(t, old); !d.ImportKept(&m) || m.State != models.ImportUploaded {
		t.Errorf("after six days: %+v", m)
	}
	d.again(t, 25*time.Hour)
	d.until(t, old, models.ImportCancelled)
	d.close() // waits until it is clean
	if n := d.files(t); n != 1 {
		t.Errorf("%d files are left", n)
	}
	d.begin(t)
	if m := d.run(t, young); !d.ImportKept(&m) || m.State != models.ImportUploaded {
		t.Errorf("the younger file: %+v", m)
	}
}

// TestStartUndo_Stopped goes on with an undo whose process went away.
func TestStartUndo_Stopped(t *testing.T) {
	d := newDepot(t)
	run := d.take(t, story(), moderation.ImportOptions{}).Import
	ctx, cancel := context.WithCancel(t.Context())
	if _, err := d.UndoImport(ctx, run, moderation.UndoOptions{Progress: func(int64, int64) { cancel() }}); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	if m := d.run(t, run); m.State != models.ImportUndoing {
		t.Errorf("at once: %+v", m)
	}
	d.again(t, 11*time.Second)
	if m := d.run(t, run); m.State != models.ImportUndoStopped {
		t.Errorf("after a while: %+v", m)
	}
	if err := d.StartUndo(t.Context(), models.Moderator{}, run); err != nil {
		t.Fatal(err)
	}
	d.until(t, run, models.ImportUndone)
	if got := d.rows(t); got != noRows {
		t.Errorf("left: %s", got)
	}
}

// TestImportChoices refuses what cannot be used, before a file is taken.
func TestImportChoices(t *testing.T) {
	for text, ok := range map[string]bool{"": true, "blog-2": true, strings.Repeat("a", 30): true, strings.Repeat("a", 31): false, "a b": false, "é": false} {
		err := moderation.ImportChoices{Fields: map[string]string{"source": text}}.Check("disqus")
		if ok != (err == nil) || !ok && models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%q: %v", text, err)
		}
	}
}

// TestUploads_IssoLog: of an uploaded database nobody knows what stood beside it, so
// the report says that something may be missing when it is written with a log.
func TestUploads_IssoLog(t *testing.T) {
	d := newDepot(t)
	for mode, told := range map[string]bool{"WAL": true, "DELETE": false} {
		file := isso(t, "PRAGMA journal_mode="+mode+";"+issoTables+issoRows)
		m, err := d.ReceiveImport(t.Context(), models.Moderator{}, "news", "isso", mode+".db", strings.NewReader(file))
		if err != nil {
			t.Fatal(err)
		}
		if _, err := d.StartImport(t.Context(), models.Moderator{}, models.ImportID.Format(m.ID), true, moderation.ImportChoices{}); err != nil {
			t.Fatal(err)
		}
		if done := d.until(t, models.ImportID.Format(m.ID), models.ImportLooked); strings.Contains(done.Report, "write-ahead-log") != told {
			t.Errorf("%s: the report is %s", mode, done.Report)
		}
	}
}
