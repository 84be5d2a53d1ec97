package e2e_test

import (
	"context"
	"fmt"
	"io"
	"strings"
	"testing"

	"postbag/moderation"
)

// What pages may set before the script runs, and what it makes of that. Each
// case sets its own on the bare page; the thread that is asked for shows it.
func TestIntegrationPageContract(t *testing.T) {
	p := newPlatforms(t)
	const here = "/bare/page"
	for _, c := range []struct{ name, set, id, url string }{
		{"nothing", "", "", here},
		{"every object is there before the call", `disqus_config = function () {
			const names = ["preData", "preInit", "onInit", "onReady", "afterRender", "preReset", "onIdentify", "beforeComment", "onNewComment", "onPaginate"];
			const whole = names.every((name) => Array.isArray(this.callbacks[name])) && [this.page, this.sso, this.experiment, this.discovery].every((o) => typeof o === "object");
			this.page.identifier = String(whole); }`, "true", here},
		{"values undefined", `disqus_config = function () { this.page.identifier = undefined; this.page.url = undefined; this.page.title = undefined;
			this.page.remote_auth_s3 = undefined; this.language = undefined; this.sso = undefined; }; disqus_identifier = "global"`, "global", here},
		{"an empty identifier", `disqus_config = function () { this.page.identifier = ""; this.page.url = "/empty"; }`, "", "/empty"},
		{"a relative address", `disqus_config = function () { this.page.url = "other/"; }`, "", "/bare/other/"},
		{"an address with a fragment for new threads", `disqus_config = function () { this.page.url = location.origin + "/old?p=12#!newthread"; }`, "", "/old?p=12"},
		{"an address that is none", `disqus_config = function () { this.page.url = "javascript:void(0)"; }`, "", here},
		{"an identifier with spaces, slashes and more", `disqus_config = function () { this.page.identifier = "12 https://a.example/?p=12&x=%C3%A4#é+☃"; }`, "12 https://a.example/?p=12&x=%C3%A4#é+☃", here},
		{"an identifier that is a number", `disqus_config = function () { this.page.identifier = 4711; }`, "4711", here},
		{"the function is stronger than variables", `disqus_identifier = "variable"; disqus_url = "/variable"; disqus_config = function () { this.page.identifier = "function"; }`, "function", "/variable"},
		{"variables alone", `disqus_shortname = "news"; disqus_identifier = "variable"; disqus_url = location.origin + "/variable"; disqus_title = "T"; disqus_category_id = 7; disqus_developer = 1; disqus_no_style = true; disqus_skip_auth = true; disqus_iframe_css = "x.css"`, "variable", "/variable"},
		{"the function throws at its end", `disqus_config = function () { this.page.identifier = "before"; throw new Error("of the page"); }`, "before", here},
		{"it replaces every part", `disqus_config = function () { this.page = { identifier: "new" }; this.callbacks = { onReady: note("ready") }; this.sso = null; this.language = 7; }`, "new", here},
		{"it makes parts of nothing", `disqus_config = function () { this.page = undefined; this.callbacks = null; }`, "", here},
		{"it is no function", `disqus_config = { page: { identifier: "x" } }`, "", here},
		{"keys that mean nothing here", `disqus_config = function () { this.page.identifier = "keys"; this.page.integration = "wordpress 3.1 6.7"; this.page.slug = "s"; this.page.author_s3 = "a"; this.page.shortname = "b"; this.page.category_id = "1"; this.category_id = "2"; this.experiment.x = 1; this.discovery.y = 2; }`, "keys", here},
		{"callbacks that throw or are none", `disqus_config = function () { this.page.identifier = "thrown"; for (const name of Object.keys(this.callbacks)) this.callbacks[name] = [undefined, null, 7, () => { throw new Error("of the page"); }]; }`, "thrown", here},
		{"a canonical link", `document.head.insertAdjacentHTML("beforeend", '<link rel="canonical" href="/canonical#top">')`, "", "/canonical"},
		{"another container", `disqus_container_id = "elsewhere"; document.getElementById("main").insertAdjacentHTML("beforeend", '<div id="elsewhere">before</div>'); disqus_identifier = "else"`, "else", here},
		{"a container that is not there", `disqus_container_id = "nowhere"; disqus_identifier = "fallback"`, "fallback", here},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := p.visit(t)
			v.open(here)
			v.do(c.set + "; load()")
			v.empty()
			if id, url := v.asked(); id != c.id || url != c.url {
				t.Errorf("asked for %q at %q, want %q at %q", id, url, c.id, c.url)
			}
			v.leaves(reset)
		})
	}
}

// What pages do to a thread that is there.
func TestIntegrationLife(t *testing.T) {
	p := newPlatforms(t)
	p.long("long")
	for _, name := range []string{"a", "b", "c"} {
		p.says(name, "/bare/"+name, "Said on "+name+".")
	}
	for _, c := range []struct {
		name string
		run  func(*visit)
	}{
		{"resets describe the page anew", resetsDescribe},
		{"resets in quick succession", resetsQuickly},
		{"the answer to an old question comes late", answersLate},
		{"the script runs again", runsAgain},
		{"the container is another one", movesContainer},
		{"the page drops the thread", dropsThread},
		{"the thread is hidden", hidesThread},
		{"a callback resets", resetsInside},
		{"the address names a comment", namesComment},
		{"the address names the container", namesContainer},
		{"a title of HTML", keepsTitle},
		{"the server is away", serverAway},
	} {
		t.Run(c.name, func(t *testing.T) { c.run(p.visit(t)) })
	}
}

// thread sets the global function of the bare page to one that names a thread.
func (v *visit) thread(id string) {
	v.t.Helper()
	v.do(fmt.Sprintf(`window.disqus_config = function () { this.page.identifier = %q; this.page.url = %q;
		for (const name of Object.keys(this.callbacks)) this.callbacks[name] = [note(name)]; }`, id, v.p.news+"/bare/"+id))
}

const ofB = `function () { this.page.identifier = "b"; this.page.url = location.origin + "/bare/b"; }`

// The new description inherits nothing of the old one.
func resetsDescribe(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	v.do("load()")
	v.shows("Said on a.")
	v.do("DISQUS.reset({reload: true, config: " + ofB + "})")
	v.shows("Said on b.")
	v.do("DISQUS.reset({reload: true, config: function () {}})")
	v.empty()
	if id, address := v.asked(); id != "" || address != "/bare/x" {
		v.t.Errorf("asked for %q at %q", id, address)
	}
	v.do("DISQUS.reset({reload: true})")
	v.shows("Said on a.")
	v.thread("c")
	v.do("DISQUS.reset({reload: true})")
	v.shows("Said on c.")
	v.leaves("DISQUS.reset({}); DISQUS.reset({}); DISQUS.reset()")
}

func resetsQuickly(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	v.do("load().onload = () => { for (let i = 0; i < 5; i++) DISQUS.reset({reload: true}); DISQUS.reset({reload: true, config: " + ofB + "}); DISQUS.reset({reload: true, config: " + ofB + "}); }")
	v.shows("Said on b.")
	v.leaves("DISQUS.reset({reload: true}); DISQUS.reset({})")
}

func answersLate(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	release := v.p.handler.hold("/thread")
	defer release()
	v.do("load()")
	v.until("the first is asked for", `document.querySelector("[data-postbag-root]")`)
	v.do("DISQUS.reset({reload: true, config: " + ofB + "})")
	release()
	v.shows("Said on b.")
	v.do(`DISQUS.reset({reload: true, config: function () { this.page.identifier = "c"; }}); DISQUS.reset({})`)
	v.clean()
}

// Pages load the script anew, with or without a word to the old one.
func runsAgain(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	v.do("load(); load()")
	v.shows("Said on a.")
	v.thread("b")
	v.do("load()")
	v.shows("Said on b.")
	v.do(`DISQUS.reset({}); delete window.DISQUS; document.querySelectorAll("script[src*=embed]").forEach((s) => s.remove())`)
	v.clean()
	v.thread("c")
	v.do("load()")
	v.shows("Said on c.")
	v.do(`delete window.DISQUS; document.getElementById("disqus_thread").textContent = ""; window.disqus_config = ` + ofB + "; load()")
	v.shows("Said on b.")
	v.leaves(reset)
}

func movesContainer(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	v.do(`document.getElementById("disqus_thread").innerHTML = "<p>Loading</p><noscript>None</noscript><script>window.inside = 1<\/script>"; load()`)
	v.shows("Said on a.")
	v.do(`const old = document.getElementById("disqus_thread"); old.id = ""; document.body.insertAdjacentHTML("beforeend", "<div><div id=disqus_thread></div></div>"); DISQUS.reset({reload: true})`)
	v.shows("Said on a.")
	v.until("it is in the new one", `document.querySelector("body > div > #disqus_thread [data-postbag-root]")`)
	v.do(`const c = document.getElementById("disqus_thread"); document.getElementById("main").append(c)`)
	v.shows("Said on a.")
	v.leaves(reset)
}

// A page that forgets to reset leaves nothing running either.
func dropsThread(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	v.do("load()")
	v.shows("Said on a.")
	v.leaves(`document.getElementById("main").remove()`)
	v.do(`document.body.insertAdjacentHTML("beforeend", "<div id=disqus_thread></div>"); DISQUS.reset({reload: true})`)
	v.shows("Said on a.")
	v.leaves(`document.getElementById("disqus_thread").innerHTML = ""`)
}

// A tab of the page that is not shown is removed with the thread in it.
func hidesThread(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	v.do("load()")
	v.shows("Said on a.")
	v.do(`document.getElementById("main").style.display = "none"`)
	v.until("it is hidden", `document.querySelector("[data-postbag-root]").getBoundingClientRect().height === 0`)
	v.do(`document.getElementById("main").style.display = ""`)
	v.until("it is back", `document.querySelector("[data-postbag-root]").getBoundingClientRect().height > 0`)
	v.shows("Said on a.")
	v.do(`document.getElementById("main").style.display = "none"`)
	v.leaves(`document.getElementById("main").remove()`)
}

func resetsInside(v *visit) {
	v.open("/bare/x")
	v.do(`let first = true; window.disqus_config = function () {
		this.page.identifier = first ? "a" : "b";
		this.callbacks.onReady = [() => { if (first) { first = false; DISQUS.reset({reload: true}); } }]; }; load()`)
	v.shows("Said on b.")
	v.leaves(reset)
}

// A comment on a later page is found by its number at Disqus, at once and when
// the fragment changes.
func namesComment(v *visit) {
	v.open("/bare/x#comment-9003")
	v.thread("long")
	v.do("load()")
	lit := func(number int) {
		v.t.Helper()
		v.until(fmt.Sprintf("comment %d is marked and in view", number), fmt.Sprintf(`(() => { const at = $("article.c.lit")?.getBoundingClientRect();
			return $("article.c.lit .body")?.textContent === "Imported comment %d." && at.top < innerHeight && at.bottom > 0; })()`, number))
	}
	lit(3)
	v.do(`location.hash = "#comment-9058"`)
	lit(58)
	v.do(`location.hash = "#comment-9003"`)
	lit(3)
	v.leaves(reset)
}

// long imports a thread of 60 comments, which Disqus had numbered from 9000.
func (p *platforms) long(id string) {
	p.t.Helper()
	var file strings.Builder
	file.WriteString(`<disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">`)
	fmt.Fprintf(&file, `<thread dsq:id="800"><id>%s</id><link>%s/bare/%[1]s</link><title>Long</title><createdAt>2014-01-01T10:00:00Z</createdAt></thread>`, id, p.news)
	for i := range 60 {
		fmt.Fprintf(&file, `<post dsq:id="%d"><id/><message>Imported comment %d.</message><createdAt>2014-01-01T11:%02d:00Z</createdAt>`+
			`<author><name>Ann</name><isAnonymous>true</isAnonymous></author><thread dsq:id="800"/></post>`, 9000+i, i, i)
	}
	file.WriteString("</disqus>")
	open := func() (io.ReadCloser, error) { return io.NopCloser(strings.NewReader(file.String())), nil }
	if _, err := p.service.ImportDisqus(context.Background(), open, moderation.ImportOptions{Site: "news"}); err != nil {
		p.t.Fatal(err)
	}
}

func namesContainer(v *visit) {
	v.open("/bare/x#disqus_thread")
	v.do(`document.getElementById("main").insertAdjacentHTML("beforebegin", "<div style='height: 4000px'></div>")`)
	v.thread("long")
	v.do("load()")
	v.until("the container is in view", `$$("article.c").length === 50 && Math.abs(document.getElementById("disqus_thread").getBoundingClientRect().top) < innerHeight / 2`)
	v.leaves(reset)
}

func keepsTitle(v *visit) {
	v.open("/bare/x")
	v.do(`disqus_identifier = "titled"; disqus_url = "/bare/titled"; disqus_title = "Tom &amp; Jerry\u2019s <em>day</em>"; load()`)
	v.empty()
	v.writes("About the title.")
	articles, _, err := v.p.service.Articles(v.t.Context(), "news", "Jerry", 10, "")
	if err != nil || len(articles) != 1 {
		v.t.Fatalf("%d articles, %v", len(articles), err)
	}
	if articles[0].Title != "Tom & Jerry’s day" {
		v.t.Errorf("the title is %q", articles[0].Title)
	}
	v.leaves(reset)
}

// Nothing is thrown at the page, and reset works as ever.
func serverAway(v *visit) {
	v.open("/bare/x")
	v.thread("a")
	v.tolerate(true)
	v.p.handler.set(true)
	defer v.p.handler.set(false)
	v.do("load()")
	v.until("the reader is told", `byText("button", "Try again")`)
	v.p.handler.set(false)
	v.do("DISQUS.reset({reload: true})")
	v.shows("Said on a.")
	v.tolerate(false)
	v.leaves(reset)
}
