package e2e_test

import (
	"fmt"
	"strings"
	"testing"

	"postbag/models"
)

// leftBehind is an export of Disqus with something of everything that a report
// tells of.
func leftBehind(page string) string {
	var b strings.Builder
	b.WriteString(`<?xml version="1.0"?><disqus xmlns="http://disqus.com" xmlns:dsq="http://disqus.com/disqus-internals">`)
	for i, link := range []string{page, page + "/second", page + "/second/?utm_source=x", "https://old-paper.example/first"} {
		fmt.Fprintf(&b, `<thread dsq:id="%d"><link>%s</link><title>Thread %d</title><createdAt>2019-04-01T08:00:00Z</createdAt><isClosed>%t</isClosed></thread>`, i+1, link, i+1, i == 1)
	}
	for i := range 60 {
		fmt.Fprintf(&b, `<post dsq:id="%d"><message>Words %d</message><createdAt>2019-04-01T09:%02d:00Z</createdAt><isDeleted>%t</isDeleted><isSpam>%t</isSpam>`+
			`<author><name>Writer %d</name><isAnonymous>true</isAnonymous></author><thread dsq:id="%d"/></post>`, 100+i, i, i, i%20 == 7, i%20 == 8, i%9, 1+i%5)
	}
	return b.String() + "</disqus>"
}

// upload puts a file into the page's file field.
func (tb *tab) upload(label, name, text string) {
	tb.t.Helper()
	tb.until("the file is chosen", fmt.Sprintf(`(() => { const d = new DataTransfer(); d.items.add(new File([%s], %s)); field(%s).files = d.files; return field(%[3]s).files.length === 1 })()`,
		quote(text), quote(name), quote(label)))
}

// TestImport takes over a file in the console: a look first, then the import, a
// thread of it, and its undo.
func TestImport(t *testing.T) {
	w := newWorld(t)
	w.found(models.PostMode)
	c := newChecker(t, newBrowser(t), w.news, w.postbag)
	tb := c.tab
	w.signIn(tb)
	tb.visit(w.postbag + "/console/sites/news")
	tb.press("Imports")
	tb.until("the page of imports", `$("input[type=file]")`)
	c.check("imports")
	c.narrow("imports")
	tb.upload("File", "disqus-export.xml", leftBehind(w.news+story))
	tb.press("Look first")
	tb.until("the report is there", `byText("h2", "Would add")`)
	tb.says("old-paper.example")
	tb.says("thread-missing")
	c.check("looked")
	c.narrow("looked")
	tb.press("Import now")
	tb.until("the result is there", `byText("h2", "Added")`)
	c.check("imported")
	thread := eval[string](tb, `$$("a[href^='/thread/news']")[0].href`)
	tb.visit(thread)
	tb.says("Words 11")

	w.moves(c)

	tb.scripts(false)
	tb.visit(w.postbag + "/console/imports/i1")
	tb.press("Undo this import")
	tb.until("what would happen", `byText("h2", "The undo would do this")`)
	tb.press("Undo the import")
	tb.until("it is undone", `byText("h2", "The import is undone")`)
	tb.scripts(true)
	tb.visit(w.postbag + "/console/imports/i1")
	c.check("undone")
	tb.visit(thread)
	if got := eval[bool](tb, `document.body.textContent.includes("Words 11")`); got {
		t.Error("the comment is still there")
	}
}

// moves takes pages of the import to other addresses, and back.
func (w *world) moves(c *checker) {
	w.t.Helper()
	tb := c.tab
	tb.visit(w.postbag + "/console/moves?site=news")
	tb.until("the tools are there", `field("Or type the pairs")`)
	tb.press("A single article: merge two, or part one")
	c.check("moves")
	c.narrow("moves")
	tb.tolerate(true) // a 422
	tb.press("Show what would change")
	tb.says("The list is empty")
	c.check("moves-empty")
	tb.tolerate(false)
	tb.fill("Or type the pairs", w.news+story+"/second,"+w.news+story+"/third\rnothing,here")
	tb.press("Show what would change")
	tb.says("Nothing is done yet")
	c.check("move-planned")
	c.narrow("move planned")
	tb.click(`$("[name=skip_bad]")`, "the lines that cannot be used")
	tb.press("Do it")
	tb.until("it is done", `byText("h2", "What was changed")`)
	c.check("move-done")
	tb.press("Undo")
	tb.until("it is undone", `byText(".chip", "undone")`)
	tb.visit(w.postbag + "/console/imports/i1")
}
