package e2e_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"postbag/models"
	"postbag/moderation"
)

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
	tb.same("a reset in every reset", `(window.times = 0, DISQUS.reset({reload: true, config() { this.callbacks.preReset = () => { times++; DISQUS.reset({reload: true}); }; }}), DISQUS.reset({reload: true}), times + " " + roots())`, "1 1")
	tb.same("the last call wins", `(DISQUS.reset({reload: true, config() { this.callbacks.preReset = () => DISQUS.reset({reload: true, config() { this.page.identifier = "within"; }}); }}),
DISQUS.reset({reload: true}), asked.at(-1).id)`, "within")
	eval[bool](tb, `(window.told = [], DISQUS.reset({reload: true, config() { for (const n in this.callbacks) this.callbacks[n] = [() => told.push(n)];
this.callbacks.onReady.push(() => DISQUS.reset({reload: true, config() { this.callbacks.afterRender = [() => told.push("the next")]; }})); }}), true)`)
	tb.until("a page that was left is told nothing", `told.join() === "preData,preInit,onInit,onReady,preReset,the next"`)
	tb.same("globals are read at that moment", `(window.disqus_config = function () { this.page.identifier = "later"; }, DISQUS.reset({reload: true}), asked.at(-1).id)`, "later")

	// Before the body is read.
	p.show(tb, "/resets-head", `<script src="POSTBAG/e/paper/embed.js"></script><script>DISQUS.reset({reload: true, config() { this.page.identifier = "head"; }})</script>`+container)
	tb.until("the thread is there", `roots() === 1 && asked.length === 1 && asked[0].id === "head"`)

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
	for _, sign := range []string{"remote_auth_jwt", "remote_auth_s3"} {
		tb.same("another run, for another reader", `(asked.length = 0, window.disqus_config = function () { this.page.`+sign+` = "x"; }, "")`, "")
		eval[bool](tb, insertion)
		tb.until("the thread is loaded for that reader", `asked.length === 1`)
	}
	tb.same("the script is gone, its server is known", `(document.querySelectorAll("script").forEach((s) => s.remove()), asked.length = 0, DISQUS.reset({reload: true}), asked.length + "")`, "1")
	tb.says("Once.")
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

	_, release := p.handler.hold("/thread")
	defer release()
	p.show(tb, "/changes", `<link rel="canonical" href="/long"><div style="height:3000px"></div>`+container+"EMBED")
	tb.until("the thread is asked for", `window.asked?.length === 1`)
	eval[bool](tb, `(location.hash = "comment-1003", true)`)
	release()
	tb.until("a fragment that came while it was loaded counts", at("Old number 1003"))

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
	p.show(tb, "/theme", `<button id="switch" style="position: absolute; top: 0">Dark</button><div style="height: 3000px"></div><style>.dark { color-scheme: dark; background: #111 } .night { background: #000 }</style>`+container+"EMBED")
	tb.press("Reply")
	tb.until("the reply form is open", `root.activeElement === $("form.answer textarea")`)
	tb.key("An answer.")
	tb.fill("Comment", "A draft.")
	dark := `parseInt(getComputedStyle($(".root")).color.slice(4)) > 128`
	eval[bool](tb, `(document.documentElement.className = "dark", document.getElementById("switch").focus(), DISQUS.reset({reload: true}), true)`)
	tb.until("draft and reply are back, light on dark", `field("Comment")?.value === "A draft." && $("form.answer textarea")?.value === "An answer." && $("form.answer").closest("li").dataset.id === "`+id+`" && `+dark)
	tb.same("the reader stays at the switch", `document.activeElement.id + scrollY`, "switch0")
	eval[bool](tb, `($("form.answer textarea").focus(), DISQUS.reset({reload: true}), true)`)
	tb.until("who is writing goes on writing", `root.activeElement?.value === "An answer."`)
	eval[bool](tb, `(document.documentElement.className = "", true)`)
	tb.until("the scheme follows without a reset", `!(`+dark+`)`)
	eval[bool](tb, `(document.body.className = "night", true)`)
	tb.until("so does a background where no scheme is declared", dark)
	eval[bool](tb, `(document.body.className = "", document.getElementById("disqus_thread").style.colorScheme = "dark", true)`)
	tb.until("the container's own scheme counts", dark)
	// Where nothing can be stored.
	p.show(tb, "/theme3", `<script>Object.defineProperty(window, "localStorage", {get() { throw new DOMException("closed", "SecurityError"); }})</script>`+container+"EMBED")
	tb.fill("Comment", "A draft in memory.")
	tb.until("the rest is there", `field("Name")`)
	eval[bool](tb, `($("textarea").id = "old", DISQUS.reset({reload: true}), true)`)
	tb.until("it is kept", `field("Comment")?.value === "A draft in memory."`)

	// Typed before the rest of the widget is there.
	p.show(tb, "/theme2", container+`<script>var times = 0; function disqus_config() { this.callbacks.onReady.push(() => {
if (times++) return;
document.querySelector("[data-postbag-root]").shadowRoot.querySelector("textarea").value = "Early words.";
DISQUS.reset({reload: true}); }); }</script>EMBED`)
	tb.until("early words are kept", `times === 2 && field("Comment")?.value === "Early words."`)
}
