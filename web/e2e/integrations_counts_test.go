package e2e_test

import (
	"fmt"
	"strings"
	"testing"
)

// Numbers of comments beside links, by the contract of count.js.
func TestIntegrationCounts(t *testing.T) {
	p := newPlatforms(t)
	p.says("one", "/bare/one", "The only comment.")
	p.says("two", "/bare/two", "The first of two.")
	p.says("two", "/bare/two", "The second of two.")
	p.says("ü/☃ & </script>", "", "An odd identifier.")
	for _, c := range []struct{ name, body, want string }{
		{"a link", `<a href="/bare/two#disqus_thread">text</a>`, "2 Comments"},
		{"a link with another fragment is left alone", `<a href="/bare/two#respond">text</a>`, "text"},
		{"a link with a query", `<a href="/bare/two?utm_source=x#disqus_thread">text</a>`, "2 Comments"},
		{"a link with an identifier", `<a href="/wherever#disqus_thread" data-disqus-identifier="one">text</a>`, "1 Comment"},
		{"a link with an address", `<a href="/wherever#disqus_thread" data-disqus-url="/bare/one">text</a>`, "1 Comment"},
		{"a link with children", `<a href="/bare/one#disqus_thread"><i></i>text</a>`, "1 Comment"},
		{"a span with an identifier", `<span class="disqus-comment-count" data-disqus-identifier="two">...</span>`, "2 Comments"},
		{"a span with an address", `<span class="disqus-comment-count" data-disqus-url="/bare/two"></span>`, "2 Comments"},
		{"the identifier is stronger", `<span class="disqus-comment-count" data-disqus-identifier="one" data-disqus-url="/bare/two"></span>`, "1 Comment"},
		{"a span with a link of its own", `<span class="disqus-comment-count" href="#" data-disqus-identifier="one"></span>`, "1 Comment"},
		{"an unknown identifier", `<span class="disqus-comment-count" data-disqus-identifier="unheard of"></span>`, "0 Comments"},
		{"an odd identifier", `<span class="disqus-comment-count" data-disqus-identifier="ü/☃ &amp; &lt;/script>"></span>`, "1 Comment"},
		{"a span in a link", `<a href="/bare/two#disqus_thread"><b>(</b><span class="disqus-comment-count" data-disqus-identifier="two"></span></a>`, "(2 Comments"},
		{"a span in a link that knows", `<a href="/bare/two#disqus_thread"><span class="disqus-comment-count"></span></a>`, "2 Comments"},
		{"many of one", strings.Repeat(`<a href="/bare/one#disqus_thread">text</a>`, 3), "1 Comment1 Comment1 Comment"},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := p.visit(t)
			v.open("/bare/x")
			v.do(`document.getElementById("main").innerHTML = ` + quote(c.body) + `; load("count.js")`)
			v.until("count.js has done its work", `"DISQUSWIDGETS" in window`)
			v.until("the text is "+c.want, `document.getElementById("main").textContent === `+quote(c.want))
			v.clean()
		})
	}
	t.Run("life", func(t *testing.T) { countsLive(p.visit(t)) })
	t.Run("hundreds", func(t *testing.T) { countsHundreds(p.visit(t)) })
}

// What pages do with DISQUSWIDGETS.
func countsLive(v *visit) {
	const one = `<span class=\"disqus-comment-count\" data-disqus-identifier=\"one\"></span>`
	text := `document.getElementById("main").textContent`
	v.open("/bare/x")
	v.do(`document.getElementById("main").innerHTML = "` + one + `"; load("count.js")`)
	v.until("the count is there", text+` === "1 Comment"`)
	v.until("the names of the contract are there", `typeof DISQUSWIDGETS === "object" && ["domain", "forum", "proto"].every((n) => typeof DISQUSWIDGETS[n] === "string")`)
	v.do("DISQUSWIDGETS.displayCount({}); DISQUSWIDGETS.displayCount()")

	// A page that adds links and asks without an argument.
	v.do(`document.querySelector("#main span").textContent = "kept"; document.getElementById("main").insertAdjacentHTML("beforeend", "` + one + `"); DISQUSWIDGETS.getCount()`)
	v.until("only the new one is filled", text+` === "kept1 Comment" || `+text+` === "1 Comment1 Comment"`)
	v.do("DISQUSWIDGETS.getCount({reset: true})")
	v.until("all are filled", text+` === "1 Comment1 Comment"`)

	// A page that shows counts in its own way.
	v.do(`const show = DISQUSWIDGETS.displayCount; DISQUSWIDGETS.displayCount = (data) => { seen.push(data.counts.map((c) => c.id + "=" + c.comments).join()); show(data); }; DISQUSWIDGETS.getCount({reset: true})`)
	v.seen("one=1")

	// A page that forgets the object and loads the script again.
	v.do(`DISQUSWIDGETS = undefined; document.getElementById("main").innerHTML = "` + one + `"; load("count.js")`)
	v.until("the count is there again", text+` === "1 Comment" && DISQUSWIDGETS`)
	v.do(`load("count.js")`)
	v.clean()
}

// A long list is asked for in batches, each of them short enough for a URL.
func countsHundreds(v *visit) {
	v.open("/bare/x")
	v.do(`document.getElementById("main").innerHTML = Array.from({length: 400}, (_, i) => '<a href="/bare/' + (i % 2 ? "one" : "nr-" + i + "-" + "x".repeat(200)) + '#disqus_thread">...</a>').join(""); load("count.js")`)
	v.until("all are filled", `[...document.querySelectorAll("#main a")].every((a, i) => a.textContent === (i % 2 ? "1 Comment" : "0 Comments"))`)
	if asked := eval[[]string](v.tab, `performance.getEntriesByType("resource").map((e) => e.name).filter((n) => n.includes("count") && !n.endsWith("count.js"))`); len(asked) > 40 {
		v.t.Errorf("%d questions", len(asked))
	} else {
		for _, address := range asked {
			if len(address) > 8000 {
				v.t.Error(fmt.Sprintf("an address of %d bytes", len(address)))
			}
		}
	}
	v.clean()
}
