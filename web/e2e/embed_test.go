package e2e_test

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

// paper is a site whose pages a test writes itself.
type paper struct {
	*world
	origin string // of its pages
	mu     sync.Mutex
	pages  map[string]string
	policy map[string]string // content security policies, by path
}

// newPaper adds the site "paper".
func newPaper(w *world) *paper {
	w.t.Helper()
	p := &paper{world: w, pages: map[string]string{}, policy: map[string]string{}}
	front := httptest.NewServer(p)
	w.t.Cleanup(front.Close)
	u, _ := url.Parse(front.URL)
	p.origin = "http://localhost:" + u.Port()
	site := moderation.NewSite{Key: "paper", Name: "The Paper", Origins: []string{p.origin}, Mode: models.PostMode, NoRules: true}
	if _, err := w.service.AddSite(context.Background(), site); err != nil {
		w.t.Fatal(err)
	}
	return p
}

// speak sets the language of the site.
func (p *paper) speak(language string) {
	p.t.Helper()
	if _, err := p.service.PatchSite(context.Background(), "paper", moderation.SitePatch{Language: &language}); err != nil {
		p.t.Fatal(err)
	}
}

func (p *paper) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	page, policy := p.pages[r.URL.Path], p.policy[r.URL.Path]
	p.mu.Unlock()
	switch {
	case r.URL.Path == "/watch.js":
		w.Header().Set("Content-Type", "text/javascript")
		page = watchScript(p.t, p.postbag) + asks
	case page == "":
		w.WriteHeader(http.StatusNoContent)
		return
	default:
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		page = `<!doctype html><meta charset="utf-8"><script src="/watch.js"></script>` + page
	}
	if policy != "" {
		w.Header().Set("Content-Security-Policy", strings.ReplaceAll(policy, "POSTBAG", p.postbag))
	}
	_, _ = fmt.Fprint(w, strings.NewReplacer("POSTBAG", p.postbag, "EMBED", p.script("embed.js"), "COUNT", p.script("count.js")).Replace(page))
}

// script is the element that includes one of the site's scripts.
func (p *paper) script(name string) string {
	return `<script async src="` + p.postbag + "/paper.disqus.com/" + name + `"></script>`
}

// show puts a page at a path and visits it. In its text EMBED and COUNT stand
// for our scripts, POSTBAG for our origin.
func (p *paper) show(tb *tab, path, page string) {
	tb.t.Helper()
	name, _, _ := strings.Cut(path, "#")
	name, _, _ = strings.Cut(name, "?")
	p.mu.Lock()
	p.pages[name] = page
	p.mu.Unlock()
	tb.visit(p.origin + path)
}

// say stores a comment on one of the site's articles.
func (p *paper) say(ref models.ArticleRef, text string) string {
	p.t.Helper()
	if strings.HasPrefix(ref.URL, "/") {
		ref.URL = p.origin + ref.URL
	}
	r, err := p.service.Submit(context.Background(), moderation.Submission{Site: "paper", Article: ref, Name: "Ann", Text: text})
	if err != nil {
		p.t.Fatal(err)
	}
	return r.Comment.PublicID()
}

// asks notes the queries of threads, and gives what a page may look at: left()
// names what Postbag's scripts hold on to, roots() counts threads.
const asks = `(() => {
  const get = window.fetch, asked = window.asked = [];
  window.fetch = (address, o) => {
    const u = new URL(address);
    if (u.pathname.endsWith("/thread")) asked.push({id: u.searchParams.get("id"), url: u.searchParams.get("url"), around: u.searchParams.get("around")});
    return get(address, o);
  };
  window.left = () => postbagLeft().join(", ");
  window.roots = () => document.querySelectorAll("[data-postbag-root]").length;
})();
//# sourceURL=watch.js`

const container = `<div id="disqus_thread"></div>`

// The contract of the embed, on pages written for Disqus, one after the other in
// one browser.
func TestEmbed(t *testing.T) {
	p := newPaper(newWorld(t))
	b := newBrowser(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *paper, *tab)
	}{
		{"what disqus_config finds, and when callbacks are called", callsBack},
		{"how a page names its article", namesArticle},
		{"functions of the page that throw", survivesPage},
		{"reset in all its forms", resets},
		{"the answer for an earlier article comes late", lateAnswer},
		{"the script is removed and comes again", comesAgain},
		{"containers", contains},
		{"the page takes the container away", leavesWithPage},
		{"a permalink leads to its comment", leadsTo},
		{"a switch of the theme", switchesTheme},
		{"counts beside links", counts},
		{"lists, and no recommendations", lists},
		{"a page in another language than its site", speaksAnother},
		{"a strict policy, hostile styles, few requests", isLeftAlone},
		{"old libraries of the page", outlivesLibraries},
		{"what the page hides, and its keys", keepsApart},
		{"a container that is as wide as what it holds", takesWidth},
		{"a page that says where its addresses begin", knowsBase},
		{"the first comment of an article", hearsFirst},
		{"the rest of the widget is not to be had", doesWithout},
		{"a page without JavaScript links to the thread", linksWithout},
	} {
		t.Run(c.name, func(t *testing.T) {
			tb := b.open(p.origin, p.postbag)
			tb.t, p.t = t, t
			c.run(t, p, tb)
		})
	}
}

// same reports a value of the page that is not what it should be.
func (tb *tab) same(what, expression, want string) {
	tb.t.Helper()
	if got := eval[string](tb, expression); got != want {
		tb.t.Errorf("%s: %s, want %s", what, got, want)
	}
}

func callsBack(t *testing.T, p *paper, tb *tab) {
	for i := range 52 {
		p.say(models.ArticleRef{ID: "calls", URL: "/calls"}, fmt.Sprint("Number ", i))
	}
	p.show(tb, "/calls", container+`<script>
var log = [], given, said, found;
function disqus_config() {
  found = [this.page, this.sso, this.experiment, this.discovery].every((o) => o && typeof o === "object") && "language" in this &&
    ["preData","preInit","onInit","onReady","afterRender","preReset","onIdentify","beforeComment","onNewComment","onPaginate"].every((n) => Array.isArray(this.callbacks[n]));
  log.push("config");
  this.page.identifier = "calls";
  for (const n in this.callbacks) this.callbacks[n] = [undefined, () => log.push(n)];
  this.callbacks.onInit.unshift(() => { throw new Error("not ours"); });
  this.callbacks.onPaginate = () => log.push("onPaginate");
  this.callbacks.onNewComment.push((c) => { given = typeof c.id + " " + c.text; });
}</script>EMBED`)
	tb.until("it is rendered", `log.includes("afterRender")`)
	if !eval[bool](tb, "found") {
		t.Error("disqus_config does not find what it may expect")
	}
	tb.same("order", `log.join()`, "config,preData,preInit,onInit,onReady,afterRender")
	tb.press("Show more comments")
	tb.until("the next page is told of", `log.at(-1) === "onPaginate"`)
	tb.fill("Comment", "Hello <there>")
	tb.press("Post comment")
	tb.until("the new comment is told of", `log.at(-1) === "onNewComment"`)
	tb.same("before it", `log.at(-2)`, "beforeComment")
	tb.same("the comment", "given", "string Hello <there>")
	eval[bool](tb, `(log.length = 0, DISQUS.reset({reload: true}), true)`)
	tb.until("it is rendered again", `log.includes("afterRender")`)
	tb.same("order of a reset", `log.join()`, "preReset,config,preData,preInit,onInit,onReady,afterRender")
	eval[bool](tb, `(log.length = 0, DISQUS.reset({reload: true, config() { this.callbacks = {onReady: [() => log.push("only")]}; }}), true)`)
	tb.until("callbacks replaced as a whole are called", `log.at(-1) === "only"`)
}

// Every way to describe a page, by what is asked for.
func namesArticle(t *testing.T, p *paper, tb *tab) {
	p.show(tb, "/names?q=1", `<title>Names</title><link rel="canonical" href="/canonical#x">`+container+"EMBED")
	tb.until("it is loaded", `window.DISQUS && asked.length > 0`)
	for _, c := range []struct{ globals, config, id, url string }{
		{"{}", "", "", "/canonical"},
		{`{identifier: "old", url: "/old"}`, "", "old", "/old"},
		{`{identifier: 12}`, "", "12", "/canonical"},
		{`{identifier: "old", url: "/old"}`, `this.page.identifier = "new"; this.page.url = location.origin + "/new"`, "new", "/new"},
		{`{identifier: "old", url: "/old"}`, `this.page.identifier = ""; this.page.url = undefined`, "", "/old"},
		{"{}", `this.page.identifier = 0`, "0", "/canonical"},
		{"{}", `this.page.identifier = "12 https://site/?p=12"; this.page.url = "post/one"`, "12 https://site/?p=12", "/post/one"},
		{"{}", `this.page.url = location.origin + "/x#!newthread"`, "", "/x"},
		{"{}", `this.page.url = "javascript:alert(1)"`, "", "/canonical"},
		{"{}", `this.page.url = "http://"`, "", "/canonical"},
		{"{}", `this.page = {identifier: "whole"}; this.callbacks = this.sso = undefined`, "whole", "/canonical"},
		{`{developer: "1", category_id: 7, shortname: "x", no_style: true, skip_auth: true, iframe_css: "x"}`, `this.page.category_id = 3; this.category_id = 4; this.page = null`, "", "/canonical"},
		{`{config: {page: 1}}`, "", "", "/canonical"},
	} {
		reset := "{reload: true}"
		if c.config != "" {
			reset = "{reload: true, config() { " + c.config + " }}"
		}
		got := eval[string](tb, fmt.Sprintf(`(() => {
for (const n of Object.keys(window)) if (n.startsWith("disqus_")) delete window[n];
for (const [n, v] of Object.entries(%s)) window["disqus_" + n] = v;
DISQUS.reset(%s);
return asked.at(-1).id + " " + asked.at(-1).url?.replace(location.origin, "");
})()`, c.globals, reset))
		if want := cmp.Or(c.id, "null") + " " + c.url; got != want {
			t.Errorf("globals %s, config %s: %s, want %s", c.globals, c.config, got, want)
		}
	}
	eval[bool](tb, `(window.disqus_title = "wrong", window.disqus_def_name = "Gus", window.disqus_def_email = "gus@example.org", DISQUS.reset({reload: true, config() {
this.page.title = "Tom &amp; <em>Jerry</em>"; this.page.identifier = "titled"; }}), true)`)
	tb.fill("Comment", "First.")
	tb.until("the guest is filled in", `field("Name").value === "Gus" && field("E-mail").value === "gus@example.org"`)
	tb.press("Post comment")
	tb.until("it is published", `byText(".body", "First.")`)
	if threads, err := p.service.DisqusThreads(context.Background(), "paper", []string{"ident:titled"}); err != nil || len(threads) != 1 || threads[0].Title != "Tom & Jerry" {
		t.Errorf("the title: %v, %v", threads, err)
	}
}

func survivesPage(t *testing.T, p *paper, tb *tab) {
	p.show(tb, "/throws", container+`<script>
var disqus_identifier = "old", disqus_url = "/old", disqus_title = "Old";
function disqus_config() { this.page.identifier = "new"; this.callbacks.onReady.push(() => { throw 1; }); this.sso.name.length; }
</script>EMBED`)
	tb.says("No comments yet")
	tb.same("what is asked for", `asked[0].id + asked[0].url.replace(location.origin, "")`, "new/old")
	tb.same("callbacks as anything", `[null, 1, "x", [1], {onReady: {}}, {get onReady() { return [() => {}]; }}].map((callbacks) =>
DISQUS.reset({reload: true, config() { this.callbacks = callbacks; }})).join()`, ",,,,,")
	tb.says("No comments yet")
}

func contains(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{URL: "/contains"}, "In its place.")
	p.show(tb, "/contains", `<style>.wp-block-comments { display: none }</style><main></main>EMBED`)
	tb.until("it has run", `window.DISQUS`)
	tb.same("no container", `[roots(), left()].join()`, "0,")
	place := func(html, rest string) {
		t.Helper()
		eval[bool](tb, fmt.Sprintf(`(document.querySelector("main").innerHTML = %s, %sDISQUS.reset({reload: true}), true)`, quote(html), rest))
	}
	shown := `byText(".body", "In its place.") && roots() === 1 && root.host.checkVisibility()`
	place(`<div id="disqus_thread"><p>Loading</p><noscript>Enable JavaScript</noscript><script>1</script></div>`, "")
	tb.until("a container with content is used", shown)
	tb.same("the content is replaced", `document.getElementById("disqus_thread").textContent`, "")
	place(`<div id="disqus_thread" class="new"></div>`, "")
	tb.until("a new element is used", shown+` && root.host.parentNode.className === "new"`)
	place(`<div id="disqus_thread"></div><div id="talk"></div>`, `window.disqus_container_id = "talk", `)
	tb.until("another id is used", shown+` && root.host.parentNode.id === "talk"`)
	place(`<div id="disqus_thread"></div>`, `window.disqus_container_id = "missing", `)
	tb.until("the usual id stands in", shown)
	place(`<div class="wp-block-comments" id="disqus_thread"><p>Core comments</p></div>`, "")
	tb.until("the block that the plugin hides is shown", shown)
	place(`<div id="disqus_thread" style="display:none"></div>`, "")
	tb.until("a hidden container is filled", `$(".body")?.textContent === "In its place." && !root.host.checkVisibility()`)
	eval[bool](tb, `(document.getElementById("disqus_thread").style.display = "", true)`)
	tb.until("and shown by the page", shown)
}

func linksWithout(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{ID: "plain", URL: "/plain"}, "Without scripts.")
	tb.scripts(false)
	p.show(tb, "/plain", container+`<noscript><a href="POSTBAG/thread/paper?id=plain&amp;url=`+url.QueryEscape(p.origin+"/plain")+`&amp;title=Plain">Read the comments</a></noscript>EMBED`)
	tb.press("Read the comments")
	tb.says("Without scripts.")
}
