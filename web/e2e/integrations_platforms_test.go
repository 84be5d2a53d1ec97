package e2e_test

import (
	"fmt"
)

// The pages of many platforms: what each of them writes, and what it does to
// the thread later.
func integrationPlatforms() []integration {
	return []integration{
		{"plain", plainPage},
		{"nowhere", noContainer},
		{"hugo", threadOf("hugo-one", "/hugo/one")},
		{"minima", minima},
		{"ghost", threadOf("ghost-65f1c0ffee", "/ghost/one")},
		{"pelican", threadOf("one.html", "/pelican/one")},
		{"al-folio", threadOf("/al-folio/one", "/al-folio/one")},
		{"sphinx", threadOf("docs/one", "/sphinx/one")},
		{"fluid", fluid},
		{"nikola", nikola},
		{"stack", stack},
		{"chirpy", chirpy},
		{"landscape", landscape},
		{"next", nexT},
		{"butterfly", butterfly},
		{"wordpress", wordPress},
		{"wordpress-list", wordPressList},
		{"widgets", widgets},
	}
}

const reset = "DISQUS.reset({})"

// threadOf is the case of a page that has no more to it than its thread: it is
// loaded, reset as it stands, and taken down.
func threadOf(id, path string) func(*visit) {
	return func(v *visit) {
		text := "Said on " + id
		v.p.says(id, path, text)
		v.open(path)
		v.shows(text)
		if asked, address := v.asked(); asked != id || address != path {
			v.t.Errorf("the page asked for %q at %q", asked, address)
		}
		v.do("DISQUS.reset({reload: true})")
		v.shows(text)
		v.leaves(reset)
		v.do("DISQUS.reset({reload: true})")
		v.shows(text)
		v.leaves(reset)
	}
}

// The order of the callbacks, and no name on window but those of the contract.
func plainPage(v *visit) {
	v.p.says("plain/one", "/plain/one", "Said in plain HTML.")
	v.open("/plain/one")
	v.shows("Said in plain HTML.")
	v.seen("preData", "preInit", "onInit", "onReady", "afterRender")
	v.until("no other name is on window", `Object.keys(window).filter((n) => /disqus|postbag/i.test(n)).every((n) => n === "DISQUS" || n === "disqus_config" || n.startsWith("postbag"))`)
	v.do("seen.length = 0; DISQUS.reset({reload: true})")
	v.seen("preReset", "preData", "preInit", "onInit", "onReady", "afterRender")
	v.do("seen.length = 0")
	v.writes("One more.")
	v.seen("beforeComment", "onNewComment")
	v.leaves(reset)
}

func noContainer(v *visit) {
	v.open("/nowhere/one")
	v.until("the script has run", `typeof DISQUS === "object" && typeof DISQUSWIDGETS === "object"`)
	v.do("DISQUS.reset({reload: true}); DISQUS.reset({})")
	v.clean()
}

// The identifier is the page's address.
func minima(v *visit) {
	threadOf(v.p.news+"/minima/one", "/minima/one")(v)
}

// The script is in the middle of a page in Chinese that asks for Spanish.
func fluid(v *visit) {
	threadOf("/fluid/one", "/fluid/one")(v)
	v.do("DISQUS.reset({reload: true})")
	v.until("the thread is in Spanish", `$(".root").lang === "es" && byText("h2", "1 comentario")`)
	v.leaves(reset)
}

func nikola(v *visit) {
	threadOf("cache/posts/one.html", "/nikola/one")(v)
	v.do("DISQUS.reset({reload: true})")
	v.until("the thread is in German", `$(".root").lang === "de" && byText("h2", "1 Kommentar")`)
	v.until("the link has the count", `/^1 /.test(document.querySelector(".commentline a").textContent)`)
	v.leaves(reset)
}

// A change of colours keeps what was written.
func stack(v *visit) {
	v.p.says("stack-one", "/stack/one", "Said on Stack.")
	v.open("/stack/one")
	v.shows("Said on Stack.")
	v.fill("Comment", "Half a thought")
	ink := `getComputedStyle($("h2")).color`
	light := eval[string](v.tab, ink)
	v.do(`document.getElementById("dark-mode-toggle").click()`)
	v.shows("Said on Stack.")
	v.until("the thread is dark", ink+" !== "+quote(light))
	v.until("the draft is there", `field("Comment")?.value === "Half a thought"`)
	v.do(`document.getElementById("dark-mode-toggle").click()`)
	v.until("the thread is light again", `$("h2") && `+ink+" === "+quote(light))
	v.leaves(reset)
}

// Nothing is asked of Postbag before the container comes into view.
func chirpy(v *visit) {
	v.p.says("/chirpy/one", "/chirpy/one", "Said on Chirpy.")
	v.open("/chirpy/one")
	v.until("the placeholder is there", `document.querySelector("#disqus_thread p")`)
	if eval[bool](v.tab, `"DISQUS" in window`) {
		v.t.Error("the script was loaded before it was needed")
	}
	v.do("scrollTo(0, document.body.scrollHeight)")
	v.shows("Said on Chirpy.")
	v.until("the placeholder is gone", `!document.querySelector("#disqus_thread > p")`)
	v.fill("Comment", "Half a thought")
	v.do(`postMessage({id: "theme-mode", mode: "dark"}, "*")`)
	v.shows("Said on Chirpy.")
	v.until("the draft is there", `document.documentElement.dataset.mode === "dark" && field("Comment")?.value === "Half a thought"`)
	v.leaves(reset)
}

// The identifier is left open, so that the address finds the thread.
func landscape(v *visit) {
	v.p.says("", "/landscape/one", "Said on Landscape.")
	v.open("/landscape/one")
	v.shows("Said on Landscape.")
	v.until("the link's own text is replaced", `document.querySelector(".article-comment-link").textContent === "1 Comment"`)
	v.leaves(reset)
}

func nexT(v *visit) {
	v.p.says("next/one", "/next/one", "Said on NexT.")
	v.open("/next/one")
	v.until("the span has the count, the link keeps its icon", `document.querySelector(".disqus-comment-count").textContent === "1 Comment" && document.querySelector("a .fa")`)
	v.until("the count went through the page's own function", "shown > 0")
	v.do("scrollTo(0, document.body.scrollHeight)")
	v.shows("Said on NexT.")
	v.leaves(reset)
}

// Everything from the API, and a thread that is described by variables.
func butterfly(v *visit) {
	first := v.p.says("/butterfly/one", "/butterfly/one", "Said on Butterfly.")
	v.p.says("/butterfly/two", "/butterfly/two", "Said on the second.")
	v.open("/butterfly/one")
	v.until("the API has the count", `document.getElementById("count").textContent === "1"`)
	v.until("the API has the latest", `[...document.querySelectorAll("#aside a")].map((a) => [a.textContent, a.title, a.dataset.avatar].join("|")).join() === "Said on the second.|Bob Before|string,Said on Butterfly.|Bob Before|string"`)
	v.do("scrollTo(0, document.body.scrollHeight)")
	v.shows("Said on Butterfly.")
	v.do(`pjax("/butterfly/two")`)
	v.shows("Said on the second.")
	v.do("themeChange()")
	v.shows("Said on the second.")
	v.leaves(reset)

	v.open("/butterfly/one#comment-" + first)
	v.shows("Said on Butterfly.")
	v.until("the comment is shown and marked", `$("article.c.lit") && Math.abs($("article.c.lit").getBoundingClientRect().top - innerHeight / 2) < innerHeight / 2`)
	v.leaves(reset)
}

// The title is HTML, the owner's function is called too, and no SSO is set up.
func wordPress(v *visit) {
	id := "12 " + v.p.news + "/?p=12"
	v.p.says(id, "/wordpress/one", "Said on WordPress.")
	v.open("/wordpress/one")
	v.shows("Said on WordPress.")
	if asked, address := v.asked(); asked != id || address != "/wordpress/one" {
		v.t.Errorf("the page asked for %q at %q", asked, address)
	}
	v.until("the owner was told", `owner.join() === "ready"`)
	v.until("the theme's form is gone", `!document.querySelector(".wp-block-comments form")`)
	v.leaves(reset)
}

func wordPressList(v *visit) {
	v.p.says("13 "+v.p.news+"/?p=13", "/wordpress/other", "Said on another post.")
	v.open("/wordpress-list/")
	v.until("the links have their counts", `document.querySelector(".two").textContent === "1 Comment" && /^\d+ Comments?$/.test(document.querySelector(".one").textContent)`)
	v.clean()
}

func widgets(v *visit) {
	for i := range 3 {
		v.p.says("", "/widgets/one", fmt.Sprintf("A long comment that is cut, number %d.", i))
	}
	v.open("/widgets/one")
	v.until("the latest two are listed", `document.querySelectorAll("#recentcomments .dsq-widget-item").length === 2 && document.querySelector("#after")`)
	v.until("they have their parts", `document.querySelector(".dsq-widget-list .dsq-widget-user").textContent === "Bob Before" && !document.querySelector(".dsq-widget-avatar")`)
	v.do(`document.getElementById("recentcomments").remove()`)
	v.clean()
}
