package e2e_test

import "fmt"

// What the contract of the embed leaves to chance, on a page with nothing else.
func integrationLife() []integration {
	return []integration{
		{"resets in quick succession", resetsQuickly},
		{"the script runs once more for a thread that is there", runsForShown},
		{"the script runs late, for a page that was left", runsLate},
		{"the page hides the thread and drops it", dropsHidden},
		{"the page has declared the names", declaresNames},
		{"the thread is put away and comes back", comesBack},
	}
}

// thread sets the global function of the bare page to one that names a thread.
func (v *visit) thread(id string) {
	v.t.Helper()
	v.do(fmt.Sprintf(`window.disqus_config = function () { this.page.identifier = %q; this.page.url = %q;
		for (const name of Object.keys(this.callbacks)) this.callbacks[name] = [note(name)]; }`, id, v.p.news+"/bare/"+id))
}

const ofB = `function () { this.page.identifier = "b"; this.page.url = location.origin + "/bare/b"; }`

func (v *visit) ab() {
	v.t.Helper()
	v.p.once("a", "Said on a.")
	v.p.once("b", "Said on b.")
	v.open("/bare/x")
	v.thread("a")
}

func resetsQuickly(v *visit) {
	v.ab()
	v.do("load().onload = () => { for (let i = 0; i < 5; i++) DISQUS.reset({reload: true}); DISQUS.reset({reload: true, config: " + ofB + "}); DISQUS.reset({reload: true, config: " + ofB + "}); }")
	v.shows("Said on b.")
	v.leaves("DISQUS.reset({reload: true}); DISQUS.reset({})")
}

// A component that is mounted twice, as in React's strict mode, has its script
// run twice. Its thread is loaded once, and its callbacks are called once.
func runsForShown(v *visit) {
	v.ab()
	v.do("load(); load().onload = () => seen.push('second')")
	v.shows("Said on a.")
	v.until("the second has run", `seen.includes("second")`)
	v.until("all is told once", `seen.filter((e) => e === "afterRender").length === 1`)
	if n := eval[int](v.tab, `performance.getEntriesByType("resource").filter((e) => e.name.includes("/thread?")).length`); n != 1 {
		v.t.Errorf("the thread was asked for %d times", n)
	}
	v.thread("b")
	v.do("load()")
	v.shows("Said on b.")
	v.leaves(reset)
}

// The first of two scripts has shown the thread, and the reader has gone on,
// before the second one runs.
func runsLate(v *visit) {
	v.ab()
	v.do("load()")
	v.shows("Said on a.")
	v.do("DISQUS.reset({reload: true, config: " + ofB + "}); load().onload = () => seen.push('second')")
	v.until("the second has run", `seen.includes("second")`)
	v.shows("Said on b.")
	v.leaves(reset)
}

// What is not shown changes no size when it is dropped.
func dropsHidden(v *visit) {
	v.ab()
	v.do("load()")
	v.shows("Said on a.")
	v.do(`document.getElementById("main").style.display = "none"`)
	v.until("it is hidden", `document.querySelector("[data-postbag-root]").getBoundingClientRect().height === 0`)
	v.leaves(`document.getElementById("main").remove()`)
}

// Names declared with var are there already, and can be written but not defined.
func declaresNames(v *visit) {
	v.ab()
	v.do(`const s = document.createElement("script"); s.textContent = "var DISQUS, DISQUSWIDGETS, DISQUS_RECOMMENDATIONS"; document.head.append(s);
		document.body.insertAdjacentHTML("beforeend", "<a href='/a#disqus_thread'>Comments</a>"); load(); load("count.js"); load("recommendations.js")`)
	v.shows("Said on a.")
	v.until("the others are there too", `document.querySelector("a").textContent === "1 Comment" && typeof DISQUS_RECOMMENDATIONS === "object"`)
	v.leaves(reset)
}

// A page that keeps its parts, as Vue's KeepAlive does, takes the thread out of
// the document and puts it back.
func comesBack(v *visit) {
	v.ab()
	v.do("load()")
	v.shows("Said on a.")
	v.leaves(`window.kept = document.getElementById("main"); kept.remove()`)
	v.do(`document.body.append(kept)`)
	v.shows("Said on a.")
	v.leaves(reset)
}
