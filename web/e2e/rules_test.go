package e2e_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"postbag/models"
	"postbag/moderation"
)

// past fills the story with comments, of which moderators removed those that
// name Harkness, but for one.
func (w *world) past() {
	w.t.Helper()
	ctx := context.Background()
	olga, err := w.service.ModeratorByEmail(ctx, ownerEmail)
	if err != nil {
		w.t.Fatal(err)
	}
	for i := range 24 {
		text, choice := fmt.Sprintf("A fair point, number %d, about the bridge.", i), models.ChooseApprove
		if i%4 == 0 {
			text = fmt.Sprintf("Ask H@rkness about it, for the %d. time.", i)
			if i > 0 {
				choice = models.ChooseRemove
			}
		}
		id := w.post(story, fmt.Sprintf("Reader %d", i), text, "")
		if _, err := w.service.Decide(ctx, olga, moderation.DecisionRequest{Comment: id, Choice: choice, Version: 1}); err != nil {
			w.t.Fatal(err)
		}
	}
}

// A rule from the first word to its figures: written, tried as it is typed,
// tested on past comments, switched on; it holds a reader's comment, the queue
// marks the word, and the decision counts for the rule.
func TestRuleFromWordToFigures(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.past()
	b := newBrowser(t)
	owner := b.open(w.postbag)
	w.signIn(owner)

	owner.visit(w.postbag + "/console/rules?site=news")
	owner.says("No rules yet")
	owner.press("Word list")
	owner.fill("Name", "Names of the accused")
	owner.fill("Words and phrases", "harkness")
	owner.fill("A reader writes", "It was H@rknẹss, they say.")
	owner.until("the text is read as it is typed", `$("[data-try-verdict]")?.textContent.includes("published") && $(".try-text mark")?.textContent === "H@rknẹss"`)
	owner.until("the unsaved rule is among those that fire", `byText(".findings li", "Names of the accused")?.textContent.includes("would hold it")`)
	eval[bool](owner, `($("[name=mode][value=enforce]").click(), true)`)
	owner.until("a change of the rule asks again", `$("[data-try-verdict]").textContent === "It would wait for a moderator."`)
	eval[bool](owner, `($("details.fold-list").open = true)`)
	owner.until("the disguise is explained", `$(".fold-list dd")?.textContent.includes("h@rkness") && byText(".readings li", "sign @ may be read as a")`)
	owner.shootAll("written")

	owner.press("Start backtest")
	owner.until("the backtest is done", `byText("h2", "Would have held 6 of 24 comments")`)
	owner.until("its numbers are those of the moderators", `byText("p", "moderators later removed 5 and approved 1") && $$(".examples li mark").length >= 6`)
	owner.shootAll("backtest")
	owner.press("Switch on, hold only")
	owner.says("The rule holds from the next comment on.")
	owner.until("the rule is in force", `$(".rules [aria-pressed=true]")?.textContent === "Hold only"`)

	reader := b.open(w.news, w.postbag)
	reader.visit(w.news + story)
	reader.fill("Comment", "So it was H a r k n e s s after all.")
	reader.fill("Name", "Ana Reader")
	reader.press("Post comment")
	reader.says("Waiting for approval")
	if strings.Contains(w.public(story), "after all") {
		t.Error("a held comment is public")
	}

	owner.press("Queue")
	owner.until("the queue marks the word", `$(".comment mark")?.textContent === "H a r k n e s s" && $(".why")?.textContent.includes("Names of the accused")`)
	owner.key("r")
	owner.until("the reasons are asked for", `$("dialog[open]")`)
	owner.key(kb.Enter)
	owner.says("Queue clear")
	owner.until("the decision has arrived", `performance.getEntriesByType("resource").some((e) => e.name.endsWith("/decisions") && e.responseEnd > 0)`)
	owner.visit(w.postbag + "/console/rules?site=news")
	owner.until("the decision counts for the rule", `$(".rule-fired a")?.textContent.startsWith("1") && $(".rule-share strong")?.textContent === "100 %"`)
	owner.shootAll("rules")
	owner.press("Log")
	owner.until("the log says who did what", `$(".note-row")?.textContent.includes("Olga Owner") && byText(".note-row", "Names of the accused")`)
	owner.shootAll("log")
}

// The same without JavaScript: the button of the test box, and a page that
// follows the backtest by loading itself again.
func TestRuleWithoutJavaScript(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.past()
	owner := newBrowser(t).open(w.postbag)
	w.signIn(owner)
	owner.scripts(false)

	owner.visit(w.postbag + "/console/rules/new?site=news&kind=keyword")
	owner.fill("Name", "Names")
	owner.fill("Words and phrases", "harkness")
	owner.fill("A reader writes", "Harkness it was.")
	owner.press("Try it")
	owner.until("the result is on the page", `$(".try-text mark")?.textContent === "Harkness" && byText(".findings li", "would hold it")`)
	if kept := eval[string](owner, `field("Words and phrases").value.trim()`); kept != "harkness" {
		t.Errorf("the rule that was being written is now %q", kept)
	}
	owner.press("Start backtest")
	owner.until("the result comes by itself", `byText("h2", "Would have held 6 of 24 comments")`)
	owner.press("Keep in shadow")
	owner.says("The rule is in shadow mode.")
	owner.visit(w.postbag + "/console/rules?site=news")
	owner.fill("A reader writes", "Harkness it was.")
	owner.press("Try it")
	owner.until("all rules answer", `$("[data-try-verdict]")?.textContent === "It would be published." && byText(".findings li", "Names")`)
}

// A form that is refused keeps what was typed, and its summary has the focus.
func TestRefusedRuleKeepsWhatWasTyped(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.rule("harkness")
	owner := newBrowser(t).open(w.postbag)
	w.signIn(owner)
	list, err := w.service.Rules(context.Background(), "news")
	if err != nil || len(list) != 1 {
		t.Fatal(list, err)
	}
	page := w.postbag + "/console/rules/" + models.RuleID.Format(list[0].ID)
	owner.visit(page)
	owner.fill("Words and phrases", "harkness\r\r!\rlane")
	owner.tolerate(true) // refusals are 422 and 409
	owner.press("Save rule")
	owner.until("the summary has the focus", `document.activeElement?.id === "problems"`)
	owner.until("it names field and line", `$("#problems a")?.textContent === "Words and phrases" && $("#problems").textContent.includes("Line 3:")`)
	owner.shootAll("refused")
	owner.press("Words and phrases")
	owner.until("its link leads to the field", `document.activeElement === field("Words and phrases") && field("Words and phrases").value.includes("lane")`)

	draft := moderation.RuleDraft{Name: "Names of the accused", Kind: "keyword", Action: models.Escalate, Spec: `{"terms":["swede"]}`}
	olga, err := w.service.ModeratorByEmail(context.Background(), ownerEmail)
	if err == nil {
		_, err = w.service.SetRule(context.Background(), olga, models.RuleID.Format(list[0].ID), 1, draft)
	}
	if err != nil {
		t.Fatal(err)
	}
	owner.fill("Words and phrases", "harkness\rlane")
	owner.press("Save rule")
	owner.says("Olga Owner saved this rule while you were editing")
	if kept := eval[string](owner, `field("Words and phrases").value.trim()`); kept != "harkness\nlane" {
		t.Errorf("the form holds %q", kept)
	}
	owner.shootAll("conflict")
	owner.press("Save rule")
	owner.tolerate(false)
	owner.says("The rule is saved")
}

// Every step of writing a rule can be done with the keyboard alone.
func TestRuleByKeyboard(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	owner := newBrowser(t).open(w.postbag)
	w.signIn(owner)
	owner.visit(w.postbag + "/console/rules?site=news")
	owner.tabTo(`document.activeElement?.textContent.startsWith("Word list")`)
	owner.key(kb.Enter)
	owner.until("the form is there", `field("Words and phrases")`)
	owner.tabTo(`document.activeElement === field("Name")`)
	owner.key("Keys only")
	owner.tabTo(`document.activeElement === field("Words and phrases")`)
	owner.key("turnip")
	owner.tabTo(`document.activeElement?.name === "action"`)
	owner.key(kb.ArrowDown)
	owner.tabTo(`document.activeElement === field("Message to the reader")`)
	owner.key("No vegetables, please.")
	owner.tabTo(`document.activeElement?.name === "mode"`)
	owner.key(kb.ArrowDown + kb.ArrowDown)
	owner.tabTo(`document.activeElement === field("A reader writes")`)
	owner.key("You turnip!")
	owner.until("the verdict is there", `$("[data-try-verdict]").textContent.includes("No vegetables, please.")`)
	owner.tabTo(`document.activeElement?.textContent === "Start backtest"`)
	owner.key(kb.Enter)
	owner.says("Would have fired on none of 0 comments.")
	owner.tabTo(`document.activeElement?.textContent === "Switch on"`)
	owner.key(kb.Enter)
	owner.says("The rule is on.")
	owner.tabTo(`document.activeElement?.getAttribute("aria-pressed") === "false" && document.activeElement.textContent === "Draft"`)
	owner.key(kb.Enter)
	owner.says("The rule is a draft now.")
}

// An answer that comes late does not stand over what was typed since.
func TestTryBoxDropsOvertakenAnswers(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	w.rule("harkness")
	owner := newBrowser(t).open(w.postbag)
	w.signIn(owner)
	owner.visit(w.postbag + "/console/rules?site=news")
	_, release := w.handler.hold("/rules/try")
	defer release()
	asked := func(n int) {
		t.Helper()
		owner.until("the rules are asked", fmt.Sprintf(`$("[data-try-verdict]").dataset.asked === "%d"`, n))
	}
	owner.fill("A reader writes", "It was Harkness.")
	asked(1)
	owner.fill("A reader writes", "It was nobody.")
	asked(2)
	release()
	owner.until("the answer is that to the last text", `$(".try-text")?.textContent === "It was nobody." && $("[data-try-verdict]").textContent === "It would be published."`)
}

// The queue shows labels and urgency, what watching rules would have done, and
// the random sample.
func TestQueueShowsWhatRulesSay(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	all := 1000
	if _, err := w.service.PatchSite(context.Background(), "news", moderation.SitePatch{Sample: &all}); err != nil {
		t.Fatal(err)
	}
	for _, d := range []moderation.RuleDraft{
		{Name: "Accused", Kind: "keyword", Action: models.Hold, Priority: 20, Tag: "court case", Spec: `{"terms":["harkness"]}`},
		{Name: "Shouting", Kind: "expression", Action: models.Reject, Mode: "shadow", Spec: `{"when":"letters > 3"}`},
	} {
		if _, err := w.service.AddRule(context.Background(), models.Moderator{}, "news", d); err != nil {
			t.Fatal(err)
		}
	}
	w.post(story, "Ana Reader", named, "")
	w.post(story, "Bob Fine", "A fair report.", "")
	moderator := newBrowser(t).open(w.postbag)
	w.signIn(moderator)
	moderator.until("the row is labelled", `byText("[role=option]", "Urgent")?.textContent.includes("court case")`)
	moderator.until("the open comment too", `byText(".comment-head .chip", "court case") && byText(".comment-head .chip", "Urgent")`)
	moderator.until("what a watching rule would have done is muted", `$(".why-would")?.textContent.includes("Shouting") && $(".why-would").textContent.includes("would have rejected it")`)
	moderator.shootAll("labels")
	moderator.key("gt")
	moderator.until("the sample is open and explained", `location.search === "?lane=sample" && byText("[role=option]", "Bob Fine") && $(".why")?.textContent.includes("Drawn at random")`)
	moderator.until("it is counted once", `$(".lane-sample .count").textContent === "1" && $(".lane-new .count").textContent === "1"`)
	moderator.shootAll("sample")
	moderator.key("a")
	moderator.says("Queue clear")
	moderator.until("and left everywhere", `$(".lane-sample .count").textContent === "0" && $(".lane-new .count").textContent === "0"`)
}
