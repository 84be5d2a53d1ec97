package e2e_test

import (
	"bytes"
	"context"
	"embed"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path"
	"strings"
	"testing"
	"text/template"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"postbag/models"
	"postbag/moderation"
)

//go:embed integrations/watch.js integrations/pages
var integrationFiles embed.FS

// platforms is a news site with pages in the style of many platforms, whose
// shortname carries the host of Postbag.
type platforms struct {
	*world
	browser *browser
	pages   *template.Template
	bundles map[string][]byte // by the names of their files

	secret, publicKey string // that readers of the site are signed in with; empty before that
}

// integration is one page or application, with what happens to it. Whatever it
// does, a page error, a request to another host, and anything of Postbag's that
// is left when the thread is taken down are failures.
type integration struct {
	name string
	run  func(*visit)
}

func TestIntegrations(t *testing.T) {
	p := newPlatforms(t)
	t.Run("platforms", func(t *testing.T) { p.all(t, integrationPlatforms()) })
	t.Run("life", func(t *testing.T) { p.all(t, integrationLife()) })
	t.Run("packages", func(t *testing.T) {
		p.bundle(t)
		p.all(t, integrationPackages())
	})
	t.Run("sign-in", func(t *testing.T) {
		p.bundle(t)
		p.signs()
		p.all(t, integrationSignIn())
	})
}

func (p *platforms) all(t *testing.T, cases []integration) {
	t.Helper()
	for _, c := range cases {
		t.Run(c.name, func(t *testing.T) { c.run(p.visit(t)) })
	}
}

// newPlatforms starts all of it on https, as the scripts of many integrations
// ask for nothing else.
func newPlatforms(t *testing.T) *platforms {
	t.Helper()
	p := &platforms{world: &world{t: t}, bundles: map[string][]byte{}}
	p.pages = template.Must(template.New("").Delims("[[", "]]").ParseFS(integrationFiles, "integrations/pages/*.html"))
	p.start(httptest.NewTLSServer, "news.localhost", p.serve)
	p.found(models.PostMode)
	p.browser = newBrowser(t, "ignore-certificate-errors")
	return p
}

// shortname is what a site enters instead of its own: "127.0.0.1:1234/news".
func (p *platforms) shortname() string {
	return strings.TrimPrefix(p.postbag, "https://") + "/news"
}

// serve answers /NAME/ARTICLE with pages/NAME.html, or with the page of the
// package NAME, and /packages/NAME.js with its bundle. Pages may load scripts
// from the site itself and from Postbag, and nothing else.
func (p *platforms) serve(rw http.ResponseWriter, r *http.Request) {
	name := strings.Split(r.URL.Path, "/")[1]
	if name == "packages" {
		rw.Header().Set("Content-Type", "text/javascript; charset=utf-8")
		_, _ = rw.Write(p.bundles[path.Base(r.URL.Path)])
		return
	}
	if name == "favicon.ico" {
		rw.WriteHeader(http.StatusNoContent)
		return
	}
	found := p.pages.Lookup(name + ".html")
	if found == nil {
		found = p.pages.Lookup("package.html")
	}
	compiled := ""
	if strings.HasPrefix(name, "ngx-") {
		compiled = "'unsafe-eval'" // Angular compiles its templates in the browser
	}
	rw.Header().Set("Content-Type", "text/html; charset=utf-8")
	rw.Header().Set("Content-Security-Policy", fmt.Sprintf("default-src 'none'; script-src 'self' 'unsafe-inline' %[2]s %[1]s; connect-src %[1]s; "+
		"style-src 'unsafe-inline'; img-src %[1]s data:; base-uri 'none'; form-action 'none'", p.postbag, compiled))
	var body bytes.Buffer
	err := found.Execute(&body, map[string]string{
		"Short": p.shortname(), "Postbag": p.postbag, "News": p.news, "Name": name,
		"Path": r.URL.Path, "Here": p.news + r.URL.Path, "Slug": path.Base(r.URL.Path), "SSO": p.sso(r),
	})
	if err != nil {
		p.t.Error(err)
	}
	_, _ = rw.Write(body.Bytes())
}

// says stores a comment under an article, which has an id, an address, or both.
func (p *platforms) says(id, path, text string) string {
	p.t.Helper()
	address := p.news + path
	if path == "" {
		address = p.news + "/at/" + url.PathEscape(id)
	}
	return p.submit(moderation.Submission{Article: models.ArticleRef{ID: id, URL: address, Title: headline}, Name: "Bob Before", Text: text})
}

// once stores the one comment of an article of a package, for all cases.
func (p *platforms) once(id, text string) {
	p.t.Helper()
	if !strings.Contains(p.public("/"+id), text) {
		p.says(id, "/"+id, text)
	}
}

// visit is one reader on the pages of a case.
type visit struct {
	*tab
	p *platforms
}

// watchScript keeps count of what the scripts of an origin do to a page. It has
// to run before them, under the name watch.js.
func watchScript(t *testing.T, origin string) string {
	t.Helper()
	source, err := integrationFiles.ReadFile("integrations/watch.js")
	if err != nil {
		t.Fatal(err)
	}
	return strings.Replace(string(source), "(origin) => {", "((origin) => {", 1) + ")(" + quote(origin) + ");\n"
}

// visit opens a tab of its own for one case, in which everything that
// Postbag's scripts do to the page is counted.
func (p *platforms) visit(t *testing.T) *visit {
	t.Helper()
	v := &visit{p.browser.in(t).open(p.news, p.postbag), p}
	watch := watchScript(t, p.postbag) + "//# sourceURL=watch.js"
	v.run(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: watch})
		return err
	}))
	return v
}

// open loads a page of the news site anew, also where only the fragment differs.
func (v *visit) open(path string) {
	v.t.Helper()
	if strings.Contains(path, "#") {
		v.visit("about:blank")
	}
	v.visit(v.p.news + path)
}

// do runs statements in the page.
func (v *visit) do(statements string) {
	v.t.Helper()
	eval[bool](v.tab, "(() => {"+statements+"; return true})()")
}

// shows waits until the page has exactly one thread, with these comments and no
// others, and everything about it has been loaded.
func (v *visit) shows(texts ...string) {
	v.t.Helper()
	v.until(fmt.Sprintf("there is one thread, with %q", texts), fmt.Sprintf(`document.querySelectorAll("[data-postbag-root]").length === 1
&& !$("[aria-busy]") && JSON.stringify($$("article.c .body").map((e) => e.textContent).sort()) === JSON.stringify(%s.sort())`, quoteAll(texts)))
}

// empty waits until the page has exactly one thread, without a comment.
func (v *visit) empty() {
	v.t.Helper()
	v.until("there is one thread, and it is empty", `document.querySelectorAll("[data-postbag-root]").length === 1 && byText("p", "No comments yet")`)
}

// leaves takes the thread down, in the way of the page, and waits until nothing
// of Postbag is left in it.
func (v *visit) leaves(statements string) {
	v.t.Helper()
	v.until("the rest of the widget is loaded", `performance.getEntriesByType("resource").some((e) => e.name.includes("/assets/widget-more"))`)
	v.do(statements)
	v.clean()
}

// clean waits until nothing of Postbag is left in the page.
func (v *visit) clean() {
	v.t.Helper()
	defer func() {
		if v.t.Failed() {
			left, _ := try[string](v.tab, `postbagLeft().join("\n")`)
			v.t.Logf("left in the page:\n%s", left)
		}
	}()
	v.until("nothing is left", `document.querySelectorAll("[data-postbag-root]").length === 0 && postbagLeft().length === 0`)
}

// asked is what the page's last question for a thread said of the article.
func (v *visit) asked() (id, address string) {
	v.t.Helper()
	last := eval[string](v.tab, `performance.getEntriesByType("resource").filter((e) => e.name.includes("/thread?")).at(-1)?.name ?? ""`)
	u, err := url.Parse(last)
	if err != nil {
		v.t.Fatal(err)
	}
	return u.Query().Get("id"), strings.TrimPrefix(u.Query().Get("url"), v.p.news)
}

// seen waits until the page has noted these events, in this order.
func (v *visit) seen(events ...string) {
	v.t.Helper()
	v.until(fmt.Sprintf("the page has noted %q", events), `JSON.stringify(window.seen) === JSON.stringify(`+quoteAll(events)+`)`)
}

// writes posts a comment with the widget's form.
func (v *visit) writes(text string) {
	v.t.Helper()
	v.fill("Comment", text)
	v.fill("Name", "Ana Reader")
	v.press("Post comment")
	v.until("the comment is there", fmt.Sprintf("byText('.body', %s)", quote(text)))
}

func quoteAll(texts []string) string {
	quoted := make([]string, len(texts))
	for i, text := range texts {
		quoted[i] = quote(text)
	}
	return "[" + strings.Join(quoted, ",") + "]"
}
