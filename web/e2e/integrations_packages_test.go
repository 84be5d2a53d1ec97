package e2e_test

import "strings"

// Packages of npm that show Disqus threads, as they are, with nothing but the
// shortname changed.
func integrationPackages() []integration {
	return []integration{
		{"react-19", disqusReact},
		{"react-18", disqusReact},
		{"react-17", disqusReact},
		{"react-16", disqusReact},
		{"gatsby-plugin-disqus", gatsbyPlugin},
		{"react-disqus-comments", reactDisqusComments},
		{"react-by-hand", reactByHand},
		{"vue-disqus", vueDisqus},
		{"vue-disqus-4", vueDisqus4},
		{"ngx-disqus", ngxDisqus},
		{"disqusjs", disqusJS},
	}
}

// name is the name of the running case, which its pages bear too.
func (v *visit) name() string {
	return v.t.Name()[strings.LastIndexByte(v.t.Name(), '/')+1:]
}

// route goes to another path of the application, without a new page.
func (v *visit) route(path string) {
	v.t.Helper()
	v.do("route(" + quote(path) + ")")
}

// In strict mode every component is mounted, taken down and mounted again.
func disqusReact(v *visit) {
	v.p.once("react/one", "First of React.")
	v.p.once("react/two", "Second of React.")
	v.open("/" + v.name() + "/one")
	v.shows("First of React.")
	v.until("the page was told once that the thread is ready", `window.seen.filter((e) => e === "onReady").length === 1`)
	v.route("/two")
	v.shows("Second of React.")
	v.route("/none")
	v.clean()
	v.route("/one")
	v.shows("First of React.")

	v.do("seen.length = 0")
	v.route("/one-" + v.name())
	v.empty()
	v.writes("Said in React.")
	v.until("the page is told of the comment", `seen.includes("beforeComment") && seen.includes("onNewComment Said in React.")`)
	v.route("/list")
	v.until("the counts are there", `JSON.stringify([...document.querySelectorAll(".n")].map((e) => e.textContent)) === '["1 Comment","1 Comment"]'`)
	v.route("/more")
	v.until("recommendations were loaded", `typeof DISQUS_RECOMMENDATIONS === "object"`)
	v.route("/two")
	v.shows("Second of React.")
	v.leaves("unmount()")
}

// The plugin deletes DISQUS and the script, and does not reset.
func gatsbyPlugin(v *visit) {
	v.p.once("gatsby/one", "First of Gatsby.")
	v.p.once("gatsby/two", "Second of Gatsby.")
	v.open("/gatsby-plugin-disqus/one")
	v.shows("First of Gatsby.")
	v.until("the count is there", `document.querySelector(".disqus-comment-count").textContent === "1 Comment"`)
	v.route("/two")
	v.shows("Second of Gatsby.")
	v.route("/none")
	v.clean()
	v.route("/one")
	v.shows("First of Gatsby.")
	v.leaves("unmount()")
}

// The package loads its script once in the life of a page, never resets at the
// end, and brings a new container for each page.
func reactDisqusComments(v *visit) {
	v.p.once("rdc/one", "First, old React.")
	v.p.once("rdc/two", "Second, old React.")
	v.open("/react-disqus-comments/one")
	v.shows("First, old React.")
	v.route("/two")
	v.shows("Second, old React.")
	if id, address := v.asked(); id != "rdc/two" || address != "/rdc/two" {
		v.t.Errorf("asked for %q at %q", id, address)
	}
	v.route("/none")
	v.clean()
	v.route("/new")
	v.empty()
	v.writes("Said in old React.")
	v.seen("onNewComment Said in old React.")
	v.leaves("unmount()")
}

func reactByHand(v *visit) {
	v.p.once("hand/one", "First, by hand.")
	v.p.once("hand/two", "Second, by hand.")
	v.open("/react-by-hand/one")
	v.shows("First, by hand.")
	v.route("/two")
	v.shows("Second, by hand.")
	v.route("/none")
	v.clean()
	v.route("/one")
	v.shows("First, by hand.")
	v.leaves("unmount()")
}

// The component does nothing when it is unmounted.
func vueDisqus(v *visit) {
	v.p.once("vue/one", "First of Vue.")
	v.p.once("vue/two", "Second of Vue.")
	v.open("/vue-disqus/one")
	v.shows("First of Vue.")
	v.seen("ready")
	v.route("/two")
	v.shows("Second of Vue.")
	v.route("/none")
	v.clean()
	v.route("/new")
	v.empty()
	v.do("seen.length = 0")
	v.writes("Said in Vue.")
	v.seen("new-comment Said in Vue.")
	v.route("/list")
	v.until("the counts are there", `JSON.stringify([...document.querySelectorAll(".n")].map((e) => e.textContent)) === '["1 Comment","1 Comment"]'`)
	v.route("/one")
	v.shows("First of Vue.")
	v.leaves("unmount()")
}

// The component watches the route and resets the thread in place.
func vueDisqus4(v *visit) {
	v.p.once("vue2/one", "First of Vue 2.")
	v.p.once("vue2/two", "Second of Vue 2.")
	v.open("/vue-disqus-4/one")
	v.shows("First of Vue 2.")
	v.seen("ready")
	v.route("/two")
	v.shows("Second of Vue 2.")
	v.route("/list")
	v.clean()
	v.until("the counts are there", `JSON.stringify([...document.querySelectorAll(".n")].map((e) => e.textContent)) === '["1 Comment","1 Comment"]'`)
	v.route("/one")
	v.shows("First of Vue 2.")
	v.leaves("unmount()")
}

// The component puts the script beside the container, so that both go with it.
func ngxDisqus(v *visit) {
	v.p.once("ngx/one", "First of Angular.")
	v.p.once("ngx/two", "Second of Angular.")
	v.open("/ngx-disqus/one")
	v.shows("First of Angular.")
	v.seen("ready")
	v.route("/two")
	v.shows("Second of Angular.")
	v.route("/none")
	v.clean()
	v.route("/new")
	v.empty()
	v.do("seen.length = 0")
	v.writes("Said in Angular.")
	v.seen("newComment Said in Angular.")
	v.route("/one")
	v.shows("First of Angular.")
	v.leaves("unmount()")
}

// DisqusJS draws threads from the API, or loads the embed when it is told to.
func disqusJS(v *visit) {
	v.p.once("dsqjs/one", "From the API.")
	v.open("/bare/x")
	v.do(`localStorage.setItem("dsqjs_mode", "dsqjs")`)
	v.open("/disqusjs/one")
	v.until("the thread is drawn", `document.querySelector("#dsqjs .dsqjs-post-body")?.textContent.includes("From the API.") && document.querySelector(".dsqjs-tab-active").textContent === "1 Comments"`)
	v.do("unmount()")
	v.do(`localStorage.setItem("dsqjs_mode", "disqus")`)
	v.open("/disqusjs/one")
	v.shows("From the API.")
	v.leaves("unmount()")
}
