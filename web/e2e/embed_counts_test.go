package e2e_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"postbag/models"
)

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
	tb.same("odd calls", `[undefined, null, {}, {counts: null}, {counts: [null, {}]}, {text: null, counts: [{id: "none", comments: "x"}]}].map((v) => DISQUSWIDGETS.displayCount(v)).join() + d.textContent`, ",,,,,0 Comments")
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

	// The server is away once.
	eval[bool](tb, `(() => { const own = fetch; fetch = (u) => { fetch = own; queries.push(u); return Promise.reject(new TypeError("away")); };
document.querySelector("ul").innerHTML = '<li class="disqus-comment-count" data-disqus-identifier="three"></li>'; queries.length = 0; DISQUSWIDGETS.getCount(); return true; })()`)
	tb.until("what was not answered is asked for again", `queries.length > 1 ? document.querySelector("ul").textContent === "13 Comments" : queries.length === 1 && DISQUSWIDGETS.getCount()`)

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
