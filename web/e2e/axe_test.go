package e2e_test

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"postbag/models"
	"postbag/moderation"
	"postbag/moderation/rules"
)

const axePath = "../ui/node_modules/axe-core/axe.min.js"

// checker looks for violations of WCAG 2.0 to 2.2, A and AA, with axe-core.
type checker struct {
	t   *testing.T
	tab *tab
	axe string
}

type violation struct {
	ID    string   `json:"id"`
	Help  string   `json:"help"`
	Nodes []string `json:"nodes"`
}

// newChecker makes a tab in which axe-core may run whatever the page's policy says.
func newChecker(t *testing.T, b *browser, allowed ...string) *checker {
	t.Helper()
	source, err := os.ReadFile(axePath)
	if err != nil {
		missing(t, "axe-core", "cd web/ui && npm ci")
	}
	tb := b.open(allowed...)
	tb.run(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
		_, err := chromedp.Call(ctx, page.SetBypassCSP, page.SetBypassCSPParams{Enabled: true})
		return err
	}))
	return &checker{t, tb, string(source)}
}

// check examines the page as it stands, light and dark, and takes pictures.
func (c *checker) check(name string) {
	c.t.Helper()
	for _, scheme := range []string{"light", "dark"} {
		c.tab.scheme(scheme)
		c.examine(name + ", " + scheme)
	}
	c.tab.scheme("light")
	c.tab.shootAll(name)
}

func (c *checker) examine(name string) {
	c.t.Helper()
	if !eval[bool](c.tab, "!!window.axe") {
		c.tab.run(chromedp.Func(func(ctx context.Context, _ *chromedp.Target) error {
			_, err := chromedp.Run(ctx, chromedp.Evaluate[chromedp.Void](c.axe+"; undefined"))
			return err
		}))
	}
	found := eval[[]violation](c.tab, `axe.run(document, {runOnly: ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa"], resultTypes: ["violations"]})
.then((r) => r.violations.map((v) => ({id: v.id, help: v.help, nodes: v.nodes.map((n) => n.target.flat().join(" ") + ": " + n.failureSummary.replace(/\s+/g, " "))})))`)
	for _, v := range found {
		c.t.Errorf("%s: %s (%s)\n\t%s", name, v.ID, v.Help, strings.Join(v.Nodes, "\n\t"))
	}
}

func TestNoAccessibilityViolation(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.rule("harkness")
	w.talk()
	c := newChecker(t, newBrowser(t), w.news, w.postbag)
	tb := c.tab

	t.Run("widget", func(t *testing.T) {
		c.t, tb.t = t, t
		for _, scheme := range []string{"light", "dark"} {
			tb.visit(w.news + "/quiet?scheme=" + scheme)
			tb.says("No comments yet")
			c.examine("empty widget on a page that is " + scheme)
			tb.click(`field("Comment")`, "the comment box")
			tb.fill("E-mail", "nowhere")
			tb.press("Post comment")
			tb.says("Write something before you post.")
			c.examine("form errors on a page that is " + scheme)
			tb.shoot("widget-errors-" + scheme)
			tb.visit(w.news + story + "?scheme=" + scheme)
			tb.until("the thread is there", `$$("article.c").length >= 4`)
			tb.press("Reply")
			tb.until("the reply form is open", `$("form.answer textarea")`)
			c.examine("widget on a page that is " + scheme)
			tb.shoot("widget-" + scheme)
		}
	})
	t.Run("readers", func(t *testing.T) {
		c.t, tb.t = t, t
		tb.visit(w.threadPage(story))
		tb.says("Share your thoughts")
		c.check("thread")
		tb.visit(w.threadPage(story) + "&lang=ar")
		tb.until("it is in Arabic", `document.dir === "rtl" && $("h2").textContent.includes("تعليق")`)
		c.examine("thread in Arabic")
		c.narrow("thread in Arabic")
		tb.visit(w.postbag + "/p/" + eval[string](tb, `$("article").id.replace("comment-", "")`) + "?p=1")
		tb.says("Read it in the article")
		c.examine("single comment")
		tb.visit(w.postbag + "/demo")
		tb.until("the demo has its comments", `$(".list li")`)
		c.check("demo")
	})
	t.Run("console", func(t *testing.T) {
		c.t, tb.t, w.t = t, t, t
		tb.visit(w.postbag + "/console/login")
		c.check("login")
		w.signIn(tb)
		tb.until("a comment is open", `$(".comment mark")`)
		c.check("queue")
		for _, page := range []string{"articles?site=news", "sites", "sites/news", "log?site=news", "team", "account"} {
			tb.visit(w.postbag + "/console/" + page)
			tb.until("the page is there", `$("main h1")`)
			name, _, _ := strings.Cut(page, "?")
			c.check(strings.ReplaceAll(name, "/", "-"))
		}
	})
	t.Run("sign-in", func(t *testing.T) {
		c.t, tb.t = t, t
		tb.visit(w.postbag + "/console/sites/news")
		tb.press("Sign-in")
		tb.until("there are no keys", `byText("h2", "Make new keys")`)
		c.check("sign-in-none")
		tb.press("Make the keys")
		tb.until("the secret is there", `$("#new-secret")`)
		c.check("sign-in-once")
		c.narrow("sign-in once")
		secret := eval[string](tb, `$("#new-secret").textContent.trim()`)
		tb.fill("Payload or JSON Web Token", signed(secret, []byte(`{"id":7,"username":"Ada Lovelace","email":"ada@news.example"}`), time.Now()))
		tb.press("Check")
		tb.says("All is well")
		tb.says("Ada Lovelace")
		c.check("sign-in-good")
		c.narrow("sign-in good")
		tb.fill("Payload or JSON Web Token", signed(secret, []byte(`{"id":7}`), time.Now().Add(-3*time.Hour)))
		tb.press("Check")
		tb.says("too old by 1 hour")
		if eval[bool](tb, `document.documentElement.outerHTML.includes("`+secret+`")`) {
			t.Error("the secret is shown again")
		}
		if eval[string](tb, `document.activeElement.id`) != "checked" {
			t.Error("the focus is not at the answer")
		}
	})
	t.Run("rules", func(t *testing.T) {
		c.t, tb.t, w.t = t, t, t
		w.starter()
		for _, kind := range []string{"keyword", "rate", "flood", "links", "author", "expression", "combination"} {
			tb.visit(w.postbag + "/console/rules/new?site=news&kind=" + kind)
			tb.until("the form is there", `field("Name")`)
			c.check("new-" + kind)
			c.narrow("new " + kind)
		}
		tb.visit(w.postbag + "/console/rules?site=news")
		tb.fill("A reader writes", "Harkness, see https://bit.ly/x")
		tb.until("the test box answers", `$(".try-text mark")`)
		c.check("rules")
		c.narrow("rules")
		tb.visit(w.postbag + "/console/rules/r1?as=text")
		tb.until("the rule is there as text", `field("The rule as text")`)
		c.check("rule-text")
		tb.visit(w.postbag + "/console/rules/r1")
		tb.press("Start backtest")
		tb.until("the backtest is done", `$(".result")`)
		c.check("backtest")
		c.narrow("backtest")
		tb.visit(w.postbag + "/console/rules/words?site=news")
		tb.fill("The list", "casino\r!\rpoker")
		tb.press("Look at it")
		tb.says("2 entries can be used")
		c.check("words")
		c.narrow("words")
		tb.visit(w.postbag + "/console/rules/file?site=news")
		tb.fill("Rules in YAML", "version: 1\rrules:\r- name: X\r  keyword: {terms: [x]}\r  action: hold")
		tb.press("Show what would change")
		tb.says("1 rule would change")
		c.check("file")
		tb.fill("Rules in YAML", "rules: [x]")
		tb.tolerate(true) // a 422
		tb.press("Show what would change")
		tb.says("nothing was changed")
		c.check("file-bad")
		tb.tolerate(false)
	})
}

// narrow looks at the page on a telephone, in both directions of writing: nothing
// may reach over its edge.
func (c *checker) narrow(name string) {
	c.t.Helper()
	c.tab.size(390, 844)
	for _, dir := range []string{"rtl", "ltr"} {
		if over := eval[string](c.tab, `(document.documentElement.dir = "`+dir+`", document.documentElement.scrollWidth > document.documentElement.clientWidth) ?
	[...document.querySelectorAll("body *")].filter((e) => e.getBoundingClientRect().right > innerWidth + 1 || e.getBoundingClientRect().left < -1).map((e) => e.tagName + "." + e.className).slice(0, 8).join(" ") || "by something" : ""`); over != "" {
			c.t.Errorf("%s, %s: the page scrolls sideways: %s", name, dir, over)
		}
		if dir == "rtl" {
			c.tab.shoot(strings.ReplaceAll(name, " ", "-") + "-rtl-390")
		}
	}
	c.tab.size(1280, 900)
}

// starter adds the starter set to what the site has.
func (w *world) starter() {
	w.t.Helper()
	if _, err := w.service.ApplyRules(context.Background(), models.Moderator{}, "news", rules.Starter(), moderation.ApplyOptions{}); err != nil {
		w.t.Fatal(err)
	}
}

// talk fills the story, the queue and the demo with comments of many kinds.
func (w *world) talk() {
	w.t.Helper()
	ctx := context.Background()
	u, _ := url.Parse(w.postbag)
	if _, err := w.service.AddSite(ctx, moderation.NewSite{Key: "demo", Name: "The Courier", Origins: []string{u.Host}, Mode: models.PostMode, NoRules: true}); err != nil {
		w.t.Fatal(err)
	}
	first := w.post(story, "Bob Before", "Was there a **single** charge?\n\n> The prosecutors will decide next week.\n\nI doubt that. See https://example.org/law", "")
	reply := w.post(story, "Zoë Ångström", "There was `one`, in *March*.", first)
	w.post(story, "", "A nameless answer with averyveryveryveryveryveryveryveryveryveryveryverylongwordwithoutanyspaceinit.", reply)
	w.post(story, "سارة", "تعليق من اليمين إلى اليسار.", "")
	for i := range 4 {
		w.post(story, fmt.Sprintf("Reader %d", i+1), fmt.Sprintf("Harkness again, say %d of us.\n\nSecond paragraph, with the name HARKNESS.", i+2), "")
	}
	for _, text := range []string{"A fair report.", "I was on the bridge and saw *nothing* of the kind."} {
		in := moderation.Submission{Site: "demo", Article: models.ArticleRef{URL: w.postbag + "/demo", Title: "Forty-three held"}, Name: "Ida", Text: text}
		if _, err := w.service.Submit(ctx, in); err != nil {
			w.t.Fatal(err)
		}
	}
}
