package e2e_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

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

func resets(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{URL: "/resets"}, "Here to stay.")
	p.show(tb, "/resets", container+"EMBED")
	tb.says("Here to stay.")
	tb.until("its stream is open", `left().includes("EventSource")`)
	tb.same("the object", `(() => { const d = Object.getOwnPropertyDescriptor(window, "DISQUS"); return [typeof DISQUS, d.configurable, d.writable, d.enumerable].join(); })()`, "object,true,true,true")
	for _, argument := range []string{"", "{}", "null", "undefined", "{reload: false}"} {
		eval[bool](tb, `(DISQUS.reset({reload: true}), true)`)
		tb.until("it stands with all its parts", `byText(".body", "Here to stay.") && left().includes("EventSource")`)
		if got := eval[string](tb, `(DISQUS.reset(`+argument+`), [roots(), document.getElementById("disqus_thread").childNodes.length, left()].join())`); got != "0,0," {
			t.Errorf("reset(%s) leaves %s", argument, got)
		}
	}
	tb.same("reset twice, and before anything is loaded", `(DISQUS.reset({reload: true}), DISQUS.reset({}), DISQUS.reset({}), [roots(), left()].join())`, "0,")
	tb.same("quick double calls", `(DISQUS.reset({reload: true}), DISQUS.reset({reload: true}), roots())+""`, "1")
	tb.says("Here to stay.")
	tb.same("reset within a callback", `(DISQUS.reset({reload: true, config() { this.callbacks.preInit = () => DISQUS.reset({}); }}), [roots(), left()].join())`, "0,")
	tb.same("another reset within a callback", `(DISQUS.reset({reload: true, config() { this.callbacks.preData = () => DISQUS.reset({reload: true}); }}), roots())+""`, "1")
	tb.says("Here to stay.")
	tb.same("globals are read at that moment", `(window.disqus_config = function () { this.page.identifier = "later"; }, DISQUS.reset({reload: true}), asked.at(-1).id)`, "later")

	// Taken down while the rest of the widget is on its way.
	p.show(tb, "/resets-early", container+`<script>function disqus_config() { this.callbacks.onReady.push(() => {
document.querySelector("[data-postbag-root]").shadowRoot.querySelector("textarea").focus();
DISQUS.reset({}); }); }</script>EMBED`)
	chunk := `performance.getEntriesByType("resource").find((e) => e.name.includes("widget-more"))`
	tb.until("the rest is asked for", chunk)
	tb.same("what it begins", `import(`+chunk+`.name).then(() => new Promise(requestAnimationFrame)).then(() => left())`, "")
}

func lateAnswer(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{ID: "early", URL: "/late"}, "The earlier article.")
	p.say(models.ArticleRef{ID: "late", URL: "/late2"}, "The later article.")
	_, release := p.handler.hold("/thread")
	defer release()
	p.show(tb, "/late", container+`<script>var disqus_identifier = "early";</script>EMBED`)
	tb.until("the first is asked for", `window.asked.length === 1`)
	tb.same("one root", `(DISQUS.reset({reload: true, config() { this.page.identifier = "late"; }}), roots())+""`, "1")
	release()
	tb.says("The later article.")
	tb.same("one root", `roots()+""`, "1")
	if eval[bool](tb, `!!byText(".body", "The earlier article.")`) {
		t.Error("the earlier article is shown")
	}
}

func comesAgain(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{URL: "/again"}, "Once.")
	const insert = `(() => { const s = document.createElement("script"); s.id = "dsq-embed-scr"; s.async = true; s.src = "POSTBAG/paper.disqus.com/embed.js"; document.body.append(s); return true; })()`
	insertion := strings.ReplaceAll(insert, "POSTBAG", p.postbag)
	p.show(tb, "/again", container)
	eval[bool](tb, insertion)
	tb.says("Once.")
	for range 2 {
		// As disqus-react and gatsby-plugin-disqus take it down.
		eval[bool](tb, `(document.getElementById("dsq-embed-scr").remove(), delete window.DISQUS, document.getElementById("disqus_thread").replaceChildren(), true)`)
		tb.until("nothing is left", `roots() === 0 && left() === ""`)
		eval[bool](tb, insertion)
		tb.says("Once.")
	}
	tb.same("embed.js in the page three times", `(document.getElementById("dsq-embed-scr").remove(), "")`, "")
	eval[bool](tb, insertion)
	eval[bool](tb, strings.ReplaceAll(insertion, "document.body.append(s)", `s.onload = () => window.third = roots(), document.head.append(s)`))
	tb.until("the third has run", `window.third`)
	tb.same("one root", `third + ""`, "1")
	tb.says("Once.")
	tb.same("the script is gone, its server is known", `(document.querySelectorAll("script").forEach((s) => s.remove()), asked.length = 0, DISQUS.reset({reload: true}), asked.length + "")`, "1")
	tb.says("Once.")
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

func leavesWithPage(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{URL: "/leaves"}, "For a while.")
	p.show(tb, "/leaves", `<main>`+container+`</main>EMBED`)
	for _, away := range []string{`document.querySelector("main").replaceChildren()`, `document.getElementById("disqus_thread").innerHTML = ""`, `document.getElementById("disqus_thread").remove()`} {
		tb.until("it stands with all its parts", `byText(".body", "For a while.") && left().includes("EventSource")`)
		eval[bool](tb, `(`+away+`, true)`)
		tb.until("nothing is left after "+away, `left() === "" && roots() === 0`)
		eval[bool](tb, fmt.Sprintf(`(document.querySelector("main").innerHTML = %s, DISQUS.reset({reload: true}), true)`, quote(container)))
	}
	tb.says("For a while.")
	eval[bool](tb, `(document.body.append(document.getElementById("disqus_thread")), true)`)
	tb.until("a move within the page is none of it", `byText(".body", "For a while.") && left().includes("EventSource")`)
}

// longExport has more posts than a page of the thread.
func longExport(page string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">`)
	fmt.Fprintf(&b, `<thread dsq:id="700"><id>long</id><link>%s</link><title>Long</title><createdAt>2014-01-01T10:00:00Z</createdAt></thread>`, page)
	for i := range 130 {
		fmt.Fprintf(&b, `<post dsq:id="%d"><message>Old number %[1]d</message><createdAt>2014-01-01T11:%02d:%02dZ</createdAt><author><name>Ann</name><isAnonymous>true</isAnonymous></author><thread dsq:id="700"/></post>`, 1000+i, i/60, i%60)
	}
	return b.String() + "</disqus>"
}

func leadsTo(t *testing.T, p *paper, tb *tab) {
	export := longExport(p.origin + "/long")
	open := func() (io.ReadCloser, error) { return io.NopCloser(bytes.NewReader([]byte(export))), nil }
	if _, err := p.service.Import(context.Background(), open, moderation.ImportOptions{Site: "paper", Format: "disqus"}); err != nil {
		t.Fatal(err)
	}
	own := p.say(models.ArticleRef{URL: "/long"}, "A new one.")
	at := func(text string) string {
		return fmt.Sprintf(`(() => { const a = $(".lit"), b = a?.getBoundingClientRect(); return a && a === root.activeElement && a.querySelector(".body").textContent === %s && b.top >= 0 && b.bottom <= innerHeight; })()`, quote(text))
	}
	p.show(tb, "/long#comment-1005", `<div style="height:3000px"></div>`+container+"EMBED")
	tb.until("an imported comment is visited", at("Old number 1005"))
	eval[bool](tb, `(location.hash = "comment-`+own+`", true)`)
	tb.until("another one after a change of the hash", at("A new one."))
	eval[bool](tb, `(location.hash = "comment-1100", true)`)
	tb.until("one on another page", at("Old number 1100"))
	eval[bool](tb, `(location.hash = "comment-999999", true)`)
	eval[bool](tb, `(scrollTo(0, 0), DISQUS.reset({reload: true}), true)`)
	tb.until("a comment that is not there gives the thread", `$$("article.c").length === 50`)

	// A lazy loader: the script comes when the reader has scrolled.
	p.show(tb, "/lazy#comment-1061", `<link rel="canonical" href="/long"><div style="height:3000px"></div>`+container)
	eval[bool](tb, strings.ReplaceAll(`(() => { const s = document.createElement("script"); s.src = "POSTBAG/embed.js?site=paper"; document.body.append(s); return true; })()`, "POSTBAG", p.postbag))
	tb.until("a lazily loaded thread leads there", at("Old number 1061"))
	eval[bool](tb, `(scrollTo(0, 0), DISQUS.reset({reload: true}), true)`)
	tb.until("it stands again", `$$("article.c").length > 49 && left().includes("EventSource")`)
	tb.same("a reset of the same page leads nowhere", `scrollY+""`, "0")

	p.show(tb, "/grows#disqus_thread", `<div style="height:300px"></div>`+container+"EMBED<script>var disqus_identifier = 'long'</script>")
	tb.until("the container is at the top although it grew late", `$$("article.c").length === 50 && Math.abs(document.getElementById("disqus_thread").getBoundingClientRect().top) < 2`)
}

func switchesTheme(t *testing.T, p *paper, tb *tab) {
	id := p.say(models.ArticleRef{URL: "/theme"}, "Black on white.")
	p.show(tb, "/theme", `<style>.dark { color-scheme: dark; background: #111 } .night { background: #000 }</style>`+container+"EMBED")
	tb.press("Reply")
	tb.until("the reply form is open", `root.activeElement === $("form.answer textarea")`)
	tb.key("An answer.")
	tb.fill("Comment", "A draft.")
	dark := `parseInt(getComputedStyle($(".root")).color.slice(4)) > 128`
	eval[bool](tb, `(document.documentElement.className = "dark", DISQUS.reset({reload: true}), true)`)
	tb.until("draft and reply are back, light on dark", `field("Comment")?.value === "A draft." && $("form.answer textarea")?.value === "An answer." && $("form.answer").closest("li").dataset.id === "`+id+`" && `+dark)
	eval[bool](tb, `(document.documentElement.className = "", true)`)
	tb.until("the scheme follows without a reset", `!(`+dark+`)`)
	eval[bool](tb, `(document.body.className = "night", true)`)
	tb.until("so does a background where no scheme is declared", dark)
	eval[bool](tb, `(document.body.className = "", document.getElementById("disqus_thread").style.colorScheme = "dark", true)`)
	tb.until("the container's own scheme counts", dark)
	// Typed before the rest of the widget is there.
	p.show(tb, "/theme2", container+`<script>var times = 0; function disqus_config() { this.callbacks.onReady.push(() => {
if (times++) return;
document.querySelector("[data-postbag-root]").shadowRoot.querySelector("textarea").value = "Early words.";
DISQUS.reset({reload: true}); }); }</script>EMBED`)
	tb.until("early words are kept", `times === 2 && field("Comment")?.value === "Early words."`)
}

func counts(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{ID: "same", URL: "/c1"}, "One.")
	for range 3 {
		p.say(models.ArticleRef{ID: "three", URL: "/c3"}, "Another.")
	}
	p.say(models.ArticleRef{ID: "x", URL: "/same"}, "By address.")
	p.say(models.ArticleRef{ID: "x", URL: "/same"}, "By address, again.")
	p.show(tb, "/counts", `
<a id="a" href="/c1#disqus_thread">old</a> <a id="b" href="/c3?x#disqus_thread" data-disqus-identifier="three">old</a>
<span id="c" class="disqus-comment-count" data-disqus-url="/c3#x"></span> <span id="d" class="disqus-comment-count" data-disqus-identifier="none"></span>
<span id="e" class="disqus-comment-count" href="#" data-disqus-identifier="same"></span> <span id="f" class="disqus-comment-count" href="/c1">untouched</span>
<a id="g" href="/c3#disqus_thread"><i>icon</i><span class="disqus-comment-count">?</span></a>
<span id="h" class="disqus-comment-count" data-disqus-url="http://LOCATION/same"></span><span id="i" class="disqus-comment-count" data-disqus-identifier="http://LOCATION/same"></span>
<a id="j" href="/c1" class="disqus-comment-count">old</a><ul></ul>
<script>for (const e of [h, i]) for (const n of e.getAttributeNames()) e.setAttribute(n, e.getAttribute(n).replace("http://LOCATION", location.origin));
var queries = [], most = 0, now = 0, get = fetch; fetch = (u, o) => { queries.push(u); most = Math.max(most, ++now); return get(u, o).finally(() => now--); };</script>COUNT`)
	tb.until("all are counted", `i.textContent && h.textContent && d.textContent`)
	tb.same("texts", `[..."abcdefghij"].map((n) => document.getElementById(n).textContent).join("|")`,
		"1 Comment|3 Comments|3 Comments|0 Comments|1 Comment|untouched|icon3 Comments|2 Comments|0 Comments|1 Comment")
	tb.same("requests", `queries.length+""`, "1")
	tb.same("members", `[typeof DISQUSWIDGETS.getCount, typeof DISQUSWIDGETS.displayCount, DISQUSWIDGETS.forum, DISQUSWIDGETS.domain === new URL(queries[0]).host, DISQUSWIDGETS.proto].join()`,
		"function,function,paper,true,http://")
	tb.same("odd calls", `[undefined, null, {}, {counts: null}, {counts: [{}]}, {text: null, counts: [{id: "none", comments: "x"}]}].map((v) => DISQUSWIDGETS.displayCount(v)).join() + d.textContent`, ",,,,,0 Comments")
	tb.same("texts of the page", `(DISQUSWIDGETS.displayCount({text: {comments: {multiple: "{num} voices", one: "a voice"}}, counts: [{id: "three", comments: 2}, {id: "none", comments: 1}]}), b.textContent + d.textContent)`, "2 voicesa voice")

	// The page's own function gets the answers, and new elements are found.
	eval[bool](tb, `(() => { const own = DISQUSWIDGETS.displayCount; window.told = [];
DISQUSWIDGETS.displayCount = (answer) => { told.push(...answer.counts.map((c) => c.id + "=" + c.comments)); own({counts: answer.counts.map(({id, comments}) => ({id, comments: comments + 10}))}); };
document.querySelector("ul").innerHTML = '<li class="disqus-comment-count" data-disqus-identifier="three"></li>'; DISQUSWIDGETS.getCount(); return true; })()`)
	tb.until("a new element is counted by the page's function", `document.querySelector("ul").textContent === "13 Comments"`)
	tb.same("only it", `told.join()`, "three=3")
	eval[bool](tb, `(d.textContent = "", DISQUSWIDGETS.getCount({reset: true}), true)`)
	tb.until("reset counts all again", `d.textContent === "10 Comments"`)
	p.speak("de")
	eval[bool](tb, `(DISQUSWIDGETS.getCount({reset: true}), true)`)
	tb.until("the site's language is that of the numbers", `d.textContent === "10 Kommentare"`)
	p.speak("")

	// Thousands of links.
	eval[bool](tb, `(() => { queries.length = most = 0; document.querySelector("ul").innerHTML = Array.from({length: 3000}, (_, n) => '<li class="disqus-comment-count" data-disqus-identifier="many ' + n + '"></li>').join("");
DISQUSWIDGETS.getCount(); return true; })()`)
	tb.until("all of many are counted", `[...document.querySelectorAll("li")].every((e) => e.textContent === "10 Comments")`)
	if !eval[bool](tb, `queries.length <= 31 && most <= 4 && queries.every((q) => q.length < 4200)`) {
		t.Errorf("requests: %s", eval[string](tb, `[queries.length, most, Math.max(...queries.map((q) => q.length))].join()`))
	}

	// As disqus-react begins anew.
	eval[bool](tb, strings.ReplaceAll(`(() => { window.DISQUSWIDGETS = undefined; document.querySelector("ul").remove(); d.textContent = ""; const s = document.createElement("script"); s.src = "POSTBAG/count.js?site=paper"; document.body.append(s); return true; })()`, "POSTBAG", p.postbag))
	tb.until("the script counts again", `d.textContent === "0 Comments"`)
	eval[bool](tb, strings.ReplaceAll(`(() => { window.kept = DISQUSWIDGETS; a.insertAdjacentHTML("afterend", '<b class="disqus-comment-count" data-disqus-identifier="three"></b>'); const s = document.createElement("script"); s.src = "POSTBAG/e/paper/count.js"; document.body.append(s); return true; })()`, "POSTBAG", p.postbag))
	tb.until("a second script finds what is new", `document.querySelector("b").textContent === "3 Comments"`)
	if !eval[bool](tb, `DISQUSWIDGETS === kept`) {
		t.Error("DISQUSWIDGETS is replaced although it is there")
	}
	eval[bool](tb, strings.ReplaceAll(`(() => { window.DISQUSWIDGETS = {displayCount: (answer) => window.answer = answer}; const s = document.createElement("script"); s.src = "POSTBAG/paper.disqus.com/count-data.js?1=three&2=" + encodeURIComponent(location.origin + "/c1"); document.body.append(s); return true; })()`, "POSTBAG", p.postbag))
	tb.until("count-data.js calls the page's function", `window.answer`)
	tb.same("with", `answer.counts.map((c) => c.id.replace(location.origin, "") + "=" + c.comments).join()`, "three=3,/c1=1")
}

func lists(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{ID: "listed", URL: "/listed", Title: "Listed <b>"}, "Words <script>.")
	here := func(name, query string) string {
		return `<div class="dsq-widget" id="` + name + `"><script src="` + p.postbag + "/paper.disqus.com/" + name + ".js?" + query + `"></script></div>`
	}
	p.show(tb, "/lists", here("recent_comments_widget", "num_items=1")+here("popular_threads_widget", "num_items=25")+here("top_commenters_widget", "num_items=3&orientation=horizontal")+
		here("combination_widget", "num_items=2&default_tab=recent&color=green")+`<div id="disqus_recommendations">Loading</div>`+p.script("recommendations.js"))
	tb.same("recent", `recent_comments_widget.querySelector(".dsq-widget-comment").textContent`, "Words <script>.")
	tb.until("popular", `[...popular_threads_widget.querySelectorAll(".dsq-widget-list > .dsq-widget-item > a")].some((a) => a.href === location.origin + "/listed" && a.nextSibling.textContent === "1 comment")`)
	tb.until("top", `top_commenters_widget.querySelector(".dsq-widget-user").textContent === "Ann"`)
	open := `[...combination_widget.querySelectorAll("[role=tabpanel]")].filter((p) => p.checkVisibility()).map((p) => p.className + p.querySelectorAll("li").length).join()`
	tb.same("the open tab", open, "dsq-combo-recent2")
	eval[bool](tb, `(combination_widget.querySelector("[aria-selected=true]").focus(), true)`)
	tb.key(kb.ArrowRight)
	tb.same("the next tab", open+` + document.activeElement.textContent`, "dsq-combo-popular2Popular")
	tb.until("there are no recommendations", `window.DISQUS_RECOMMENDATIONS && disqus_recommendations.textContent === ""`)
	tb.same("reset", `(disqus_recommendations.textContent = "x", [DISQUS_RECOMMENDATIONS.reset({reload: true}), DISQUS_RECOMMENDATIONS.reset()].join() + disqus_recommendations.textContent)`, ",")
	tb.shootAll("lists")
}

// A page that lets nothing in but Postbag, and whose styles mean it.
func isLeftAlone(t *testing.T, p *paper, tb *tab) {
	p.speak("de")
	p.say(models.ArticleRef{URL: "/strict"}, "Still legible.")
	p.mu.Lock()
	p.policy["/strict"] = "default-src 'none'; script-src 'self' POSTBAG; connect-src POSTBAG; style-src 'unsafe-inline'; require-trusted-types-for 'script'; trusted-types 'none'"
	p.mu.Unlock()
	p.show(tb, "/strict", `<html lang="de" dir="rtl"><style>
* { all: unset !important; color: red !important; font: 3px serif !important; width: 9px !important; height: 2px !important; visibility: hidden !important; position: fixed !important; display: none !important; transform: scale(.1) !important }
html, body, #disqus_thread { all: revert !important; display: block !important; visibility: visible !important } div { display: none } #disqus_thread > div { opacity: 0; content-visibility: hidden !important }</style>
<body>`+container+"EMBED")
	tb.until("the comment is legible", `(() => { const b = byText(".body", "Still legible."), s = b && getComputedStyle(b); return b?.checkVisibility({checkOpacity: true, checkVisibilityCSS: true}) && s.fontSize === "16px" && s.color !== "rgb(255, 0, 0)" && b.getBoundingClientRect().height > 15; })()`)
	tb.says("Kommentar senden")
	before := eval[[]string](tb, `performance.getEntriesByType("resource").filter((e) => e.name.startsWith(`+quote(p.postbag)+`)).sort((a, b) => a.startTime - b.startTime).map((e) => new URL(e.name).pathname)`)
	if want := []string{"/paper.disqus.com/embed.js", "/api/v1/sites/paper/thread"}; len(before) < 2 || !slices.Equal(before[:2], want) || slices.ContainsFunc(before[2:], func(s string) bool {
		return !strings.HasPrefix(s, "/assets/widget-") && !strings.HasSuffix(s, "/stream") && !strings.HasSuffix(s, "/thread")
	}) {
		t.Errorf("requests: %v", before)
	}
	tb.fill("Kommentar", "Ein Satz.")
	tb.until("the rest speaks German too", `field("Name") && byText("label", "Auf diesem Gerät merken")`)
	tb.run(chromedp.EmulateViewport(320, 640))
	if eval[bool](tb, `document.documentElement.scrollWidth > 320`) {
		t.Error("at 320 pixels the page scrolls sideways")
	}
	tb.shoot("320")
	tb.run(chromedp.EmulateViewport(1280, 900))
	for lang, want := range map[string]string{"en": "Post comment", "fr_FR": "Publier", "es_ES": "Publicar", "de": "Kommentar senden", "pl": "Kommentar senden"} {
		eval[bool](tb, fmt.Sprintf(`(DISQUS.reset({reload: true, config() { this.language = %q; }}), true)`, lang))
		tb.until("the page's language is spoken: "+lang, fmt.Sprintf(`byText("button", %q) && field(byText("label", "")?.textContent ?? "x") !== 1`, want))
	}
}

func linksWithout(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{ID: "plain", URL: "/plain"}, "Without scripts.")
	tb.scripts(false)
	p.show(tb, "/plain", container+`<noscript><a href="POSTBAG/thread/paper?id=plain&amp;url=`+url.QueryEscape(p.origin+"/plain")+`&amp;title=Plain">Read the comments</a></noscript>EMBED`)
	tb.press("Read the comments")
	tb.says("Without scripts.")
}
