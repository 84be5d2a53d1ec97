package e2e_test

import (
	"strings"
	"testing"

	"postbag/models"
)

const (
	story = "/2026/11/660-arrested"
	named = "Everybody knows it was Harkness who gave the order."
)

// The main job: a reader's comment is held for a listed word, a moderator
// approves it with one key, and the reader's open page shows it.
func TestHeldApprovedShownAndUndone(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.rule("harkness")
	b := newBrowser(t)

	reader := b.open(w.news, w.postbag)
	reader.visit(w.news + story)
	reader.says("No comments yet")
	eval[bool](reader, "window.stays = true")
	reader.fill("Comment", named)
	reader.fill("Name", "Ana Reader")
	reader.press("Post comment")
	reader.says("Waiting for approval")
	if note := eval[string](reader, `$(".waiting .note").textContent`); !strings.Contains(note, "moderator") || strings.Contains(strings.ToLower(note), "harkness") {
		t.Errorf("the reader is told %q", note)
	}
	if strings.Contains(w.public(story), "Harkness") {
		t.Error("a held comment is public")
	}

	moderator := b.open(w.postbag)
	w.signIn(moderator)
	moderator.until("the queue shows the comment", `$("[role=option]")?.textContent.includes("Ana Reader")`)
	moderator.until("the word is marked in the comment", `$(".comment mark")?.textContent === "Harkness"`)
	moderator.until("the reason comes first", `$(".why")?.textContent.includes("Names of the accused") && $(".why mark")?.textContent === "Harkness"`)
	moderator.key("a")
	moderator.says("Queue clear")

	reader.until("the approved comment is public on the open page", `!$(".waiting") && byText("article .body", "Harkness") && byText("h2", "1 comment")`)
	if !strings.Contains(w.public(story), "Harkness") {
		t.Error("an approved comment is not public")
	}

	moderator.key("z")
	moderator.until("the comment is back in the queue", `$("[role=option]")?.textContent.includes("Ana Reader")`)
	reader.until("the comment is hidden again", `!byText("article .body", "Harkness")`)
	if strings.Contains(w.public(story), "Harkness") {
		t.Error("undo left the comment public")
	}

	if !eval[bool](reader, "window.stays === true") {
		t.Error("the reader's page was loaded again")
	}
	if found := append(reader.cookies(w.news), reader.cookies(w.postbag)...); len(found) > 0 {
		t.Errorf("the reader got cookies: %v", found)
	}
	if found := moderator.cookies(w.news); len(found) > 0 {
		t.Errorf("the moderator has cookies on the article's origin: %v", found)
	}
}

// The same without JavaScript on the reader's side.
func TestWithoutJavaScript(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.rule("harkness")
	first := w.post(story, "Bob Before", "Was there a **single** charge?", "")
	b := newBrowser(t)

	reader := b.open(w.postbag)
	reader.scripts(false)
	reader.visit(w.threadPage(story))
	reader.says("1 comment")
	reader.until("the comment is there with its markup", `$("article .body strong")?.textContent === "single"`)

	reader.press("Reply")
	reader.says("Reply to Bob Before")
	reader.fill("Comment", named)
	reader.fill("Name", "Ana Reader")
	reader.press("Post comment")
	reader.until("the reader is told to wait", `$("#posted.notice-wait")?.textContent.includes("moderator")`)
	reader.visit(w.threadPage(story))
	reader.until("the comment is not public", `byText("h2", "1 comment") && !byText("article .body", "Harkness")`)

	moderator := b.open(w.postbag)
	w.signIn(moderator)
	moderator.until("the word is marked", `$(".comment mark")?.textContent === "Harkness"`)
	moderator.says("In reply to Bob Before")
	moderator.key("a")
	moderator.says("Queue clear")
	w.decided(story, "Harkness", true)
	reader.visit(w.threadPage(story))
	reader.until("the approved reply is below its parent", `byText("h2", "2 comments") && byText("li li article .body", "Harkness")`)
	if !eval[bool](reader, `!!$("#comment-`+first+`")`) {
		t.Errorf("no anchor for %s", first)
	}

	moderator.key("z")
	moderator.until("the comment is back in the queue", `$("[role=option]")`)
	w.decided(story, "Harkness", false)
	reader.visit(w.threadPage(story))
	reader.until("undo hides it", `byText("h2", "1 comment") && !byText("article .body", "Harkness")`)
	if found := reader.cookies(w.postbag); len(found) > 0 {
		t.Errorf("the reader got cookies: %v", found)
	}
}

// A claim that is answered late must not bring back what is decided by then.
func TestDecisionOvertakesClaim(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.rule("harkness")
	w.post(story, "Ana Reader", named, "")
	moderator := newBrowser(t).open(w.postbag)
	_, release := w.handler.hold("/claims")
	defer release()
	w.signIn(moderator)
	moderator.until("the comment is open", `$(".comment mark")`)
	moderator.key("a")
	moderator.says("Queue clear")
	release()
	moderator.until("the claim is answered", `performance.getEntriesByType("resource").some((e) => e.name.endsWith("/claims") && e.responseEnd > 0)`)
	w.post(story, "Bob Later", named, "")
	moderator.until("the next comment is there", `byText("[role=option]", "Bob Later") || byText("button", "1 new")`)
	if eval[bool](moderator, `!!byText("[role=option]", "Ana Reader")`) {
		t.Error("the late claim brought a decided comment back")
	}
}
