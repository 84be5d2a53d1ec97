package web_test

import (
	"bytes"
	"context"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
	"postbag/web"
	"postbag/web/auth"
)

const importFile = `<?xml version="1.0"?>
<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">
<thread dsq:id="1"><id>story</id><link>` + articleURL + `</link><title>Story</title><createdAt>2019-04-01T08:00:00Z</createdAt></thread>
<thread dsq:id="2"><id>far</id><link>https://far.example/page</link><title>Far</title><createdAt>2019-04-01T08:00:00Z</createdAt></thread>
<post dsq:id="10"><message>First words</message><createdAt>2019-04-01T09:00:00Z</createdAt><author><name>Ann</name><isAnonymous>true</isAnonymous></author><thread dsq:id="1"/></post>
<post dsq:id="11"><message>An answer</message><createdAt>2019-04-01T09:01:00Z</createdAt><author><name>Bo</name><isAnonymous>true</isAnonymous></author><thread dsq:id="1"/><parent dsq:id="10"/></post>
<post dsq:id="12"><message>Lost &lt;b&gt;</message><createdAt>2019-04-01T09:02:00Z</createdAt><author><name>Bo</name><isAnonymous>true</isAnonymous></author><thread dsq:id="9"/></post>
</disqus>`

// importRig is a server that keeps uploaded files in a folder that the test sees.
type importRig struct {
	*rig
	client  *http.Client
	uploads string
	store   *store.Store
}

const uploadLimit = 64 << 10

func newImportRig(t *testing.T) *importRig {
	t.Helper()
	dir := t.TempDir()
	st, err := store.Open(t.Context(), filepath.Join(dir, "postbag.db"), store.Options{})
	if err != nil {
		t.Fatal(err)
	}
	r := &importRig{rig: &rig{TB: t}, uploads: filepath.Join(dir, "uploads"), store: st}
	r.service, err = moderation.New(t.Context(), st, moderation.Options{Uploads: r.uploads, MaxUpload: uploadLimit})
	r.must(err)
	r.accounts = auth.New(r.service, nil, nil)
	r.server, err = web.New(web.Config{Service: r.service, Accounts: r.accounts})
	r.must(err)
	r.serve(st)
	r.populate(t.Context())
	r.client = r.signedIn()
	return r
}

// upload sends the form with a file, and returns the answer.
func (r *importRig) upload(file string, fields ...string) reply {
	r.Helper()
	var body bytes.Buffer
	form := multipart.NewWriter(&body)
	for i := 0; i+1 < len(fields); i += 2 {
		r.must(form.WriteField(fields[i], fields[i+1]))
	}
	part, err := form.CreateFormFile("file", `C:\data\export.xml`)
	r.must(err)
	_, err = part.Write([]byte(file))
	r.must(err)
	r.must(form.Close())
	return r.send("/console/imports", form.FormDataContentType(), &body)
}

func (r *importRig) send(path, kind string, body *bytes.Buffer) reply {
	r.Helper()
	req, err := http.NewRequestWithContext(r.Context(), http.MethodPost, r.base+path, body)
	r.must(err)
	req.Header.Set("Content-Type", kind)
	return r.answerOf(r.client, req)
}

func (r *importRig) page(path string) string {
	r.Helper()
	got := r.doWith(r.client, request{path: path})
	if got.status != http.StatusOK {
		r.Fatalf("%s: %d %s", path, got.status, got.body)
	}
	return got.body
}

func (r *importRig) form(path string, form url.Values) reply {
	r.Helper()
	return r.doWith(r.client, request{method: "POST", path: path, body: form})
}

// ended waits until nothing is at work on a run.
func (r *importRig) ended(id string) models.Import {
	r.Helper()
	for tick := time.NewTicker(time.Millisecond); ; {
		m, err := r.service.ImportRun(r.Context(), id)
		r.must(err)
		if m.State != models.ImportRunning && m.State != models.ImportUndoing {
			return m
		}
		select {
		case <-tick.C:
		case <-r.Context().Done():
			r.Fatalf("import is still %s", m.State)
		}
	}
}

// gone waits until no uploaded file is left.
func (r *importRig) gone() {
	r.Helper()
	for tick := time.NewTicker(time.Millisecond); len(r.files()) > 0; {
		select {
		case <-tick.C:
		case <-r.Context().Done():
			r.Fatalf("left: %v", r.files())
		}
	}
}

func (r *importRig) files() []string {
	files, err := filepath.Glob(filepath.Join(r.uploads, "*"))
	r.must(err)
	return files
}

// TestImportPages walks through the console: upload and look, import, look at the
// result, undo.
func TestImportPages(t *testing.T) {
	r := newImportRig(t)
	if body := r.page("/console/imports"); !strings.Contains(body, `enctype="multipart/form-data"`) || !strings.Contains(body, "Disqus") || !strings.Contains(body, "64 KiB") {
		t.Errorf("page:\n%s", body)
	}
	got := r.upload(importFile, "site", "news", "format", "disqus")
	if got.status != http.StatusSeeOther || got.header.Get("Location") != "/console/imports/i1" {
		t.Fatalf("upload: %d %s", got.status, got.body)
	}
	if m := r.ended("i1"); m.State != models.ImportLooked || m.File != "export.xml" || m.ModeratorName != "Root" {
		t.Errorf("run %+v", m)
	}
	files := r.files()
	if len(files) != 1 {
		t.Fatalf("files %v", files)
	}
	if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the file: %v, %v", info, err)
	}
	body := r.page("/console/imports/i1")
	for _, want := range []string{"Would add 2 comments, of 3 posts", "far.example", "thread-missing", "is not in the file", "Import now", "articles.csv"} {
		if !strings.Contains(body, want) {
			t.Errorf("no %q on the page:\n%s", want, body)
		}
	}
	if got := r.form("/console/imports/i1/origins", url.Values{"host": {"far.example"}}); got.status != http.StatusSeeOther {
		t.Errorf("origins: %d %s", got.status, got.body)
	}
	if site, err := r.service.Site(t.Context(), "news"); err != nil || fmt.Sprint(site.Hosts) != "[far.example news.example]" && fmt.Sprint(site.Hosts) != "[news.example far.example]" {
		t.Errorf("hosts %v, %v", site.Hosts, err)
	}
	if got := r.form("/console/imports/i1/start", url.Values{"do": {"import"}}); got.status != http.StatusSeeOther {
		t.Fatalf("start: %d %s", got.status, got.body)
	}
	if m := r.ended("i1"); m.State != models.ImportDone || m.Added != 2 {
		t.Errorf("run %+v", m)
	}
	r.gone()
	body = r.page("/console/imports/i1")
	link := regexp.MustCompile(`href="(/thread/news[^"]*)"`).FindStringSubmatch(body)
	if !strings.Contains(body, "Added 2 comments") || len(link) != 2 || !strings.Contains(body, "/console/imports/i1/undo") {
		t.Fatalf("result:\n%s", body)
	}
	if thread := r.page(strings.ReplaceAll(link[1], "&amp;", "&")); !strings.Contains(thread, "First words") {
		t.Errorf("thread:\n%s", thread)
	}
	if body := r.page("/console/imports/i1/undo"); !strings.Contains(body, "Undo the import") || !strings.Contains(body, "<dd>2</dd>") {
		t.Errorf("undo page:\n%s", body)
	}
	if got := r.form("/console/imports/i1/undo", url.Values{}); got.status != http.StatusSeeOther {
		t.Errorf("undo: %d %s", got.status, got.body)
	}
	if m := r.ended("i1"); m.State != models.ImportUndone {
		t.Errorf("run %+v", m)
	}
	if body := r.page("/console/imports/i1"); !strings.Contains(body, "The import is undone") {
		t.Errorf("undone:\n%s", body)
	}
	if body := r.page("/console/log?site=news&kind=import"); strings.Count(body, "/console/imports/i1") != 3 {
		t.Errorf("log:\n%s", body)
	}
}

// TestImportFiles sends what the report lists.
func TestImportFiles(t *testing.T) {
	r := newImportRig(t)
	r.upload(importFile, "site", "news", "format", "disqus")
	r.ended("i1")
	for name, want := range map[string]string{
		"articles.csv": "id,url,threads,total,approved,pending,deleted,spam,duplicate,orphaned,failed\nstory," + articleURL + ",1,2,2,0,0,0,0,0,0\n\"(no article, or not listed)\"",
		"problems.csv": "line,id,code,detail\n7,12,thread-missing,",
		"report.json":  `"by_article"`,
	} {
		got := r.page("/console/imports/i1/files/" + name)
		if name == "articles.csv" {
			want = strings.Replace(want, `"(no article, or not listed)"`, ",\"(no article, or not listed)\",0,1,0,0,0,0,0,1,0\n", 1)
		}
		if !strings.Contains(got, want) {
			t.Errorf("%s:\n%s\nwant\n%s", name, got, want)
		}
	}
	if got := r.doWith(r.client, request{path: "/console/imports/i1/files/passwd"}); got.status != http.StatusNotFound {
		t.Errorf("unknown file: %d", got.status)
	}
	if got := r.doWith(r.client, request{path: "/console/imports/i1/progress"}).want(t, 200); got["state"] != "looked" {
		t.Errorf("progress %v", got)
	}
}

// TestImportRefused leaves nothing of a file that is refused.
func TestImportRefused(t *testing.T) {
	r := newImportRig(t)
	for _, test := range []struct {
		name   string
		file   string
		fields []string
		status int
		want   string
	}{
		{"too large", strings.Repeat("x", uploadLimit+1), []string{"site", "news", "format", "disqus"}, 413, "larger than 64 KiB"},
		{"much too large", strings.Repeat("x", 4<<20), []string{"site", "news", "format", "disqus"}, 413, "larger than 64 KiB"},
		{"empty", "", []string{"site", "news", "format", "disqus"}, 422, "not empty"},
		{"format", "x", []string{"site", "news", "format", "nope"}, 422, "disqus"},
		{"site", "x", []string{"site", "nope", "format", "disqus"}, 404, ""},
	} {
		got := r.upload(test.file, test.fields...)
		if got.status != test.status || !strings.Contains(got.body, test.want) {
			t.Errorf("%s: %d %s", test.name, got.status, got.body)
		}
		if files := r.files(); len(files) != 0 {
			t.Errorf("%s: left %v", test.name, files)
		}
	}
	var half bytes.Buffer
	half.WriteString("--b\r\nContent-Disposition: form-data; name=\"site\"\r\n\r\nnews\r\n--b\r\nContent-Disposition: form-data; name=\"format\"\r\n\r\ndisqus\r\n" +
		"--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.xml\"\r\n\r\n<disqus>")
	if got := r.send("/console/imports", "multipart/form-data; boundary=b", &half); got.status != http.StatusBadRequest || len(r.files()) != 0 {
		t.Errorf("half a file: %d %s, %v", got.status, got.body, r.files())
	}
	if got := r.upload("<disqus", "site", "news", "format", "disqus"); got.status != http.StatusSeeOther {
		t.Fatalf("broken file: %d", got.status)
	}
	if m := r.ended("i1"); m.State != models.ImportFailed {
		t.Errorf("broken file: %+v", m)
	}
	r.gone()
	if body := r.page("/console/imports/i1"); !strings.Contains(body, "This did not work") {
		t.Errorf("page:\n%s", body)
	}
	if got := r.form("/console/imports/i1/undo", url.Values{}); got.status != http.StatusSeeOther {
		t.Errorf("undo of nothing: %d %s", got.status, got.body)
	}
	cross := request{method: "POST", path: "/console/imports/i1/start", body: url.Values{}, header: map[string]string{"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}}
	if got := r.doWith(r.client, cross); got.status != http.StatusForbidden {
		t.Errorf("from another site: %d", got.status)
	}
}

// TestImportUndoStopped shows an undo that did not come to its end, and
// completes it.
func TestImportUndoStopped(t *testing.T) {
	r := newImportRig(t)
	r.upload(importFile, "site", "news", "format", "disqus", "source", "old")
	r.ended("i1")
	r.form("/console/imports/i1/start", url.Values{"do": {"import"}, "source": {"old"}})
	r.ended("i1")
	ctx, stop := context.WithCancel(t.Context())
	if _, err := r.service.UndoImport(ctx, "i1", moderation.UndoOptions{Progress: func(int64, int64) { stop() }}); err == nil {
		t.Fatal("the undo was not stopped")
	}
	if body := r.page("/console/imports/i1"); !strings.Contains(body, "<progress") {
		t.Errorf("at once:\n%s", body)
	}
	r.must(r.store.Write(t.Context(), func(tx *store.Tx) error {
		m, err := tx.Import(t.Context(), 1)
		r.must(err)
		m.Problem = "The undo failed."
		return tx.SaveImport(t.Context(), &m, m.Owner)
	}))
	if body := r.page("/console/imports/i1"); !strings.Contains(body, "2 of 2 comments are taken out so far") || !strings.Contains(body, "Go on with the undo") {
		t.Errorf("stopped:\n%s", body)
	}
	if got := r.doWith(r.client, request{path: "/console/imports/i1/progress"}).want(t, 200); got["state"] != "undo-stopped" {
		t.Errorf("progress %v", got)
	}
	r.form("/console/imports/i1/undo", url.Values{})
	if m := r.ended("i1"); m.State != models.ImportUndone {
		t.Errorf("run %+v", m)
	}
}

// TestImportFields refuses a field before the file is kept, and keeps what was
// chosen with the run.
func TestImportFields(t *testing.T) {
	r := newImportRig(t)
	if got := r.upload(importFile, "site", "news", "format", "disqus", "source", "no spaces"); got.status != http.StatusUnprocessableEntity ||
		!strings.Contains(got.body, `value="no spaces"`) || !strings.Contains(got.body, `aria-invalid="true"`) || len(r.files()) != 0 {
		t.Errorf("%d %s", got.status, got.body)
	}
	r.upload(importFile, "site", "news", "format", "disqus", "source", "blog")
	r.ended("i1")
	if body := r.page("/console/imports/i1"); !strings.Contains(body, `name="source" value="blog"`) {
		t.Errorf("page:\n%s", body)
	}
}

// TestImportDiscard removes an uploaded file that nobody wants.
func TestImportDiscard(t *testing.T) {
	r := newImportRig(t)
	r.upload(importFile, "site", "news", "format", "disqus")
	r.ended("i1")
	if got := r.form("/console/imports/i1/cancel", url.Values{}); got.status != http.StatusSeeOther || len(r.files()) != 0 {
		t.Errorf("%d %s, %v", got.status, got.body, r.files())
	}
	if got := r.form("/console/imports/i1/start", url.Values{"do": {"import"}}); got.status != http.StatusConflict {
		t.Errorf("start without a file: %d %s", got.status, got.body)
	}
}
