package e2e_test

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"postbag/models"
	"postbag/moderation"
)

// What readers do with the thread, one after the other in one browser.
func TestWidget(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	b := newBrowser(t)
	for _, c := range []struct {
		name string
		run  func(*testing.T, *world, *tab)
	}{
		{"an unsent draft outlives a reload", keepsDraft},
		{"reply opens a form with the focus", replies},
		{"the own comment is no news", knowsOwn},
		{"an answer older than an event does not undo it", keepsOrder},
		{"load more, newest and oldest", pagesAndSorts},
		{"a new comment of another reader waits behind the pill", announces},
		{"a closed article can be read only", closes},
		{"a thread that cannot be loaded can be tried again", loadsAgain},
		{"a comment that could not be sent is sent once", sendsAgain},
		{"a comment is written and posted with the keyboard", types},
		{"likes, edits and deletes", changesOwn},
		{"a page from right to left", mirrors},
	} {
		t.Run(c.name, func(t *testing.T) {
			c.run(t, w, b.in(t).open(w.news, w.postbag))
		})
	}
}

func keepsDraft(t *testing.T, w *world, tb *tab) {
	tb.visit(w.news + "/draft")
	tb.fill("Comment", "Half a thought")
	tb.until("the draft is kept", `Object.entries(localStorage).some(([k, v]) => k.includes("draft") && v.includes("Half a thought"))`)
	tb.run(chromedp.Reload())
	tb.says("Your unsent draft is back.")
	if text := eval[string](tb, `field("Comment").value`); text != "Half a thought" {
		t.Errorf("the draft is %q", text)
	}
	tb.press("Discard draft")
	tb.until("the draft is gone", `field("Comment").value === "" && !Object.keys(localStorage).some((k) => k.includes("draft"))`)
}

func replies(t *testing.T, w *world, tb *tab) {
	w.post("/reply", "Bob", "A statement.", "")
	tb.visit(w.news + "/reply")
	tb.press("Reply")
	tb.until("the focus is in the reply form", `root.activeElement === $("form.answer textarea")`)
	tb.key("An answer.")
	tb.click(`$("form.answer button[type=submit]")`, "Post comment")
	tb.until("the reply stands below", `byText("li li .body", "An answer.")`)
	tb.until("the focus is on it and the count is right", `root.activeElement === $("li li article") && byText("h2", "2 comments")`)
	tb.press("Hide 1 reply")
	tb.press("Show 1 reply")
	tb.until("the reply is unfolded", `byText("li li .body", "An answer.")`)
}

// The event may be here before the answer to the post.
func knowsOwn(t *testing.T, w *world, tb *tab) {
	w.post("/news", "Bob", "A statement.", "")
	tb.visit(w.news + "/news")
	tb.fill("Comment", "My own words.")
	_, release := w.handler.hold("/comments")
	defer release()
	tb.press("Post comment")
	tb.until("the event is here", `byText("h2", "2 comments")`)
	release()
	tb.until("the comment is shown with the focus", `byText(".body", "My own words.") && root.activeElement?.matches("article.c")`)
	tb.until("it is counted once and is no news", `byText("h2", "2 comments") && !$(".pill button") && $$("article.c").length === 2`)
}

// The second page is asked for, a comment on it taken down, and then the page arrives.
func keepsOrder(t *testing.T, w *world, tb *tab) {
	first := w.post("/order", "Bob", "The first comment.", "")
	for i := range 51 {
		w.post("/order", "Bob", fmt.Sprintf("Comment number %d.", i+1), "")
	}
	var thread struct{ Stream string }
	if err := json.Unmarshal([]byte(w.public("/order")), &thread); err != nil {
		t.Fatal(err)
	}
	tb.visit(w.news + "/order")
	tb.says("52 comments")
	held, release := w.handler.hold("/thread")
	defer release()
	tb.press("Show more comments")
	select {
	case <-held:
	case <-time.After(patience):
		t.Fatal("the second page is not asked for")
	}
	eval[bool](tb, fmt.Sprintf(`new Promise((resolve) => { const source = new EventSource(%q);
		source.addEventListener("open", resolve); source.addEventListener("remove", () => (source.close(), window.gone = true)); }).then(() => true)`, w.postbag+thread.Stream))
	if _, err := w.service.Decide(context.Background(), models.Moderator{}, moderation.DecisionRequest{Comment: first, Choice: models.ChooseRemove, Version: 1}); err != nil {
		t.Fatal(err)
	}
	tb.until("the event is here", `window.gone`)
	release()
	tb.until("the page is here, without what was taken down", `$$("article.c").length === 51 && byText("h2", "51 comments") && !byText(".body", "The first comment.")`)
}

func pagesAndSorts(t *testing.T, w *world, tb *tab) {
	for i := range 60 {
		w.post("/long", "Bob", fmt.Sprintf("Comment number %d.", i+1), "")
	}
	tb.visit(w.news + "/long")
	tb.until("a page is there", `$$("article.c").length === 50 && byText("h2", "60 comments")`)
	tb.until("the newest is first", `$("article.c .body").textContent === "Comment number 60."`)
	tb.press("Show more comments")
	tb.until("all are there", `$$("article.c").length === 60 && !byText("button", "Show more")`)
	eval[bool](tb, `($("select").focus(), true)`)
	tb.key(kb.ArrowDown)
	tb.until("the oldest is first", `$("article.c .body")?.textContent === "Comment number 1." && $$("article.c").length === 50`)
	tb.run(chromedp.Reload())
	tb.until("the order is remembered", `$("article.c .body")?.textContent === "Comment number 1."`)
	eval[bool](tb, `($("select").focus(), true)`)
	tb.key(kb.ArrowUp)
	tb.until("the newest is first again", `$("article.c .body")?.textContent === "Comment number 60."`)
}

func announces(t *testing.T, w *world, tb *tab) {
	w.post("/live", "Bob", "There before.", "")
	tb.visit(w.news + "/live")
	tb.says("There before.")
	w.post("/live", "Ida", "There now.", "")
	tb.until("the pill says so", `byText(".pill button", "1 new comment") && !byText(".body", "There now.")`)
	tb.press("1 new comment")
	tb.until("the comment is shown with the focus", `root.activeElement?.textContent.includes("There now.") && !$(".pill button")`)
}

func closes(t *testing.T, w *world, tb *tab) {
	w.post("/closed", "Bob", "A last word.", "")
	articles, _, err := w.service.Articles(context.Background(), "news", "", 100, "")
	if err != nil {
		t.Fatal(err)
	}
	yes := true
	for i := range articles {
		if strings.HasSuffix(articles[i].URL, "/closed") {
			if _, err := w.service.PatchArticle(context.Background(), models.Moderator{}, articles[i].Key(), moderation.ArticlePatch{Closed: &yes}); err != nil {
				t.Fatal(err)
			}
		}
	}
	tb.visit(w.news + "/closed")
	tb.says("This discussion is closed.")
	tb.until("the comment can be read, and nothing be written", `byText(".body", "A last word.") && !$("form") && !byText("button", "Reply")`)
	tb.shoot("closed")
}

func loadsAgain(t *testing.T, w *world, tb *tab) {
	w.post("/down", "Bob", "Still here.", "")
	w.handler.set(true)
	defer w.handler.set(false)
	tb.tolerate(true)
	tb.visit(w.news + "/down")
	tb.says("Comments could not be loaded")
	tb.says("The comment server cannot be reached right now.")
	tb.shoot("down")
	w.handler.set(false)
	tb.press("Try again")
	tb.until("the comment is there", `byText(".body", "Still here.")`)
}

func sendsAgain(t *testing.T, w *world, tb *tab) {
	tb.visit(w.news + "/sent")
	tb.says("No comments yet")
	tb.fill("Comment", "Sent in bad times.")
	tb.fill("Name", "Ana")
	tb.tolerate(true)
	w.handler.set(true)
	defer w.handler.set(false)
	tb.press("Post comment")
	tb.says("Your text is kept.")
	if text := eval[string](tb, `field("Comment").value`); text != "Sent in bad times." {
		t.Errorf("the text is %q", text)
	}
	w.handler.set(false)
	tb.press("Try again")
	tb.until("the comment is published once", `$$("article.c").length === 1 && byText(".body", "Sent in bad times.") && !$(".error")`)
	if n := strings.Count(w.public("/sent"), "Sent in bad times."); n != 1 {
		t.Errorf("the comment is public %d times", n)
	}
}

func types(t *testing.T, w *world, tb *tab) {
	tb.visit(w.news + "/keys")
	tb.says("No comments yet")
	tb.tabTo(`root.activeElement === field("Comment")`)
	tb.key("No mouse was used.")
	tb.tabTo(`root.activeElement === field("Name")`)
	tb.key("Kay")
	tb.tabTo(`root.activeElement?.textContent === "Post comment"`)
	tb.key(kb.Enter)
	tb.until("the comment is there with the focus", `byText(".body", "No mouse was used.") && root.activeElement?.matches("article.c")`)
}

// tabTo presses the tab key until the focus is where it should be.
func (tb *tab) tabTo(there string) {
	tb.t.Helper()
	for range 90 {
		if eval[bool](tb, "!!("+there+")") {
			return
		}
		tb.key(kb.Tab)
	}
	tb.t.Fatalf("the tab key does not reach %s", there)
}

func changesOwn(t *testing.T, w *world, tb *tab) {
	w.post("/own", "Bob", "Worth a like.", "")
	tb.visit(w.news + "/own")
	tb.press("Like")
	tb.until("the like is counted", `$("[data-act=like]").getAttribute("aria-pressed") === "true" && $("[data-act=like] .n")?.textContent === "1"`)
	tb.fill("Comment", "First version.")
	tb.press("Post comment")
	tb.until("the comment is published", `byText(".body", "First version.")`)
	tb.press("Edit")
	tb.until("the editor is open", `$("form.panel textarea")?.value === "First version."`)
	eval[bool](tb, `($("form.panel textarea").select(), true)`)
	tb.key("Second version.")
	tb.press("Save changes")
	tb.until("the edit is shown", `byText(".body", "Second version.") && byText(".edited", "edited") && !$("form.panel")`)
	tb.press("Delete")
	tb.press("Delete comment")
	tb.until("the comment is gone", `!byText(".body", "Second version.") && !$("form.panel")`)
	if strings.Contains(w.public("/own"), "version") {
		t.Error("a deleted comment is public")
	}
}

func mirrors(t *testing.T, w *world, tb *tab) {
	w.post("/rtl", "سارة", "تعليق من اليمين إلى اليسار.", "")
	tb.visit(w.news + "/rtl?dir=rtl")
	tb.until("the comment is there", `$("article.c")`)
	if eval[bool](tb, `document.documentElement.scrollWidth > document.documentElement.clientWidth`) {
		t.Error("the page scrolls sideways")
	}
	tb.shoot("rtl")
}
