package e2e_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"

	"postbag/models"
	"postbag/moderation"
)

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
	for lang, want := range map[string]string{"en": "Post comment", "fr_FR": "Publier", "es_ES": "Publicar", "de": "Kommentar senden", "pl": "Kommentar senden",
		"fr-informal-x": "Publier", "es-ES-ES": "Publicar"} {
		eval[bool](tb, fmt.Sprintf(`(DISQUS.reset({reload: true, config() { this.language = %q; }}), true)`, lang))
		tb.until("the page's language is spoken: "+lang, fmt.Sprintf(`byText("button", %q) && field(byText("label", "")?.textContent ?? "x") !== 1`, want))
	}
}

// What old libraries did to the types of the language and of the browser, and a
// browser that lets nobody listen to a stream.
const libraries = `<script>
Array.prototype.toJSON = function () { return "[" + this.map((x) => JSON.stringify(x)).join(",") + "]"; };
String.prototype.toJSON = function () { return '"' + this + '"'; };
Array.prototype.reduce = function () { return this.length > 1 ? this : this[0]; };
Array.from = () => [];
Object.prototype.each = Array.prototype.each = function () {};
Element.prototype.remove = function () { this.parentElement.removeChild(this); };
Object.defineProperty(navigator, "languages", {});
EventSource = function () { throw new Error("closed"); };
function disqus_config() { this.language = "en"; }
</script>`

func outlivesLibraries(t *testing.T, p *paper, tb *tab) {
	said := p.say(models.ArticleRef{URL: "/libraries"}, "Said before.")
	reply := moderation.Submission{Site: "paper", Article: models.ArticleRef{URL: p.origin + "/libraries"}, Text: "Replied.", Parent: said}
	if _, err := p.service.Submit(context.Background(), reply); err != nil {
		t.Fatal(err)
	}
	page := libraries + container + "EMBED"
	p.show(tb, "/libraries", page)
	tb.until("the replies are counted", `byText("button", "Hide 1 reply")`)
	tb.fill("Comment", "Said now.")
	tb.press("Post comment")
	tb.until("it is sent as it is", `byText(".body", "Said now.")`)
	eval[bool](tb, `($("[data-act=like]").click(), true)`)
	tb.until("the server knows that it is liked", `performance.getEntriesByType("resource").some((e) => e.name.endsWith("/like")) && $("[data-act=like][aria-pressed=true] .n")`)
	p.show(tb, "/libraries", page)
	tb.until("both are remembered", `$$("[data-act=edit]").length === 1 && $("[data-act=like][aria-pressed=true]")`)
}

// The page does not hear what is typed, and what it hides is not to be seen or
// pressed.
func keepsApart(_ *testing.T, p *paper, tb *tab) {
	p.show(tb, "/apart", `<main>`+container+`</main><script>
var heard = [];
for (const n of ["keydown", "keypress", "keyup"]) document.addEventListener(n, (e) => { heard.push(e.key); if (e.key !== "Escape") e.preventDefault(); });
for (const n of ["mousedown", "selectstart", "contextmenu", "copy", "cut", "paste"]) document.addEventListener(n, (e) => { heard.push(n); e.preventDefault(); });
</script>EMBED`)
	tb.fill("Comment", "s/")
	tb.until("the rest is there", `field("Name")`)
	eval[bool](tb, `(heard.length = 0, true)`)
	tb.key("s/\x1b")
	tb.same("what is typed", `$("textarea").value`, "s/s/")
	tb.same("what the page hears", `heard.join()`, "Escape,Escape")
	tb.same("what it forbids", `["mousedown", "selectstart", "contextmenu", "copy", "cut", "paste"].filter((n) => !$("textarea").dispatchEvent(new Event(n, {bubbles: true, composed: true, cancelable: true}))).join()`, "")
	tb.same("what it may still forbid", `$(".root").dispatchEvent(new Event("copy", {bubbles: true, composed: true, cancelable: true})) + ""`, "false")
	eval[bool](tb, `(document.querySelector("main").style.cssText = "opacity: 0; pointer-events: none", true)`)
	tb.same("what is pressed there", `(() => { const {x, y} = $("textarea").getBoundingClientRect(); return document.elementFromPoint(x + 9, y + 9).localName; })()`, "body")
	eval[bool](tb, `(document.querySelector("main").style.cssText = "visibility: hidden", true)`)
	tb.same("what is seen there", `getComputedStyle($("textarea")).visibility`, "hidden")
}

// Cells of a table, and boxes like them, take their width from what they hold.
func takesWidth(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{URL: "/width"}, strings.Repeat("words ", 40)+strings.Repeat("x", 300))
	p.show(tb, "/width", `<meta name="viewport" content="width=device-width"><main>`+container+`</main>EMBED`)
	tb.until("the thread is there", `$(".body")`)
	for width, least := range map[int64]int{1280: 700, 320: 250} {
		tb.run(chromedp.EmulateViewport(width, 800))
		for _, style := range []string{"", "display: table-cell", "display: flex", "display: grid; grid-template-columns: 1fr", "float: left", "display: inline-block", "width: fit-content"} {
			got := eval[[]int](tb, fmt.Sprintf(`(document.querySelector("main").style.cssText = %q, [root.host.offsetWidth, document.documentElement.scrollWidth, $(".root").offsetTop - root.host.offsetTop])`, style))
			if len(got) != 3 || got[0] < least || int64(got[1]) > width || got[2] != 0 {
				t.Errorf("on %d pixels, %q: width of the thread, of the page, and space above: %v", width, style, got)
			}
		}
	}
	tb.run(chromedp.EmulateViewport(1280, 900))
}

func knowsBase(_ *testing.T, p *paper, tb *tab) {
	id := p.say(models.ArticleRef{URL: "/deep/base"}, "Based.")
	p.show(tb, "/deep/base", `<base href="/elsewhere/">`+container+"EMBED")
	tb.until("the thread is there", `byText(".body", "Based.")`)
	eval[bool](tb, `($(".when").click(), true)`)
	tb.until("a permalink stays on the page", `location.pathname + location.hash === "/deep/base#comment-`+id+`" && $(".lit")`)
	tb.same("a relative address", `(DISQUS.reset({reload: true, config() { this.page.url = "story"; }}), asked.at(-1).url.replace(location.origin, ""))`, "/elsewhere/story")
	p.show(tb, "/routed#/story", `<link rel="canonical" href="/deep/base">`+container+"EMBED")
	tb.until("the thread is there", `byText(".body", "Based.")`)
	eval[bool](tb, `($(".when").click(), true)`)
	tb.until("a permalink leaves the application's route alone", `location.hash === "#/story" && $(".lit")`)
	// A frame without an address of its own stands for the page around it.
	p.show(tb, "/deep/base", `<iframe srcdoc='`+container+"EMBED"+`'></iframe>`)
	tb.until("its thread is there", `document.querySelector("iframe").contentDocument.querySelector("[data-postbag-root]")?.shadowRoot.querySelector(".body")?.textContent === "Based."`)
}

// What comes after the first render may stay away, in any language.
func doesWithout(_ *testing.T, p *paper, tb *tab) {
	p.mu.Lock()
	p.policy["/without"] = "script-src 'self' 'unsafe-inline' POSTBAG/paper.disqus.com/"
	p.mu.Unlock()
	tb.tolerate(true) // the refusals
	p.show(tb, "/without", `<html lang="de"><script>var failed = "", refused = 0;
addEventListener("unhandledrejection", (e) => { failed += e.reason; });
addEventListener("securitypolicyviolation", () => refused++)</script>`+container+`<script crossorigin src="POSTBAG/paper.disqus.com/embed.js"></script>`)
	tb.until("the rest was refused, which the reader is told", `refused > 0 && $("p.sr").textContent`)
	tb.same("the page is told of no error", `failed`, "")
	tb.tolerate(false)
}

// Who has the page open before anything was written there gets it on coming back
// to it.
func hearsFirst(_ *testing.T, p *paper, tb *tab) {
	p.show(tb, "/first", container+"EMBED")
	tb.until("the rest of the empty thread is there", `$(".guest")`)
	p.say(models.ArticleRef{URL: "/first"}, "The first.")
	eval[bool](tb, `(document.dispatchEvent(new Event("visibilitychange")), true)`)
	tb.until("it is told of, and followed", `$(".pill button") && left().includes("EventSource")`)
}
