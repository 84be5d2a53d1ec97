package e2e_test

import (
	"context"
	"net/url"
	"strings"
	"testing"
)

// From nothing to comments under an article, in the browser.
func TestSetUpFromNothing(t *testing.T) {
	w := newWorld(t)
	secret, err := w.accounts.SetUpSecret(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	link := w.postbag + "/console/setup?token=" + url.QueryEscape(secret)
	owner := newBrowser(t).open(w.postbag, w.news)

	owner.visit(link)
	owner.shootAll("empty")
	owner.fill("Your name", "Olga Owner")
	owner.fill("E-mail address", ownerEmail)
	owner.fill("Password", password)
	owner.fill("Name of the site", "The Evening Post")
	owner.fill("Site key", "news")
	owner.fill("Addresses of the site", "not an address")
	owner.press("Create account and site")
	owner.tolerate(true) // the refusal is a 422
	owner.until("the address is refused beside its field", `field("Addresses of the site")?.getAttribute("aria-invalid") === "true"`)
	owner.shootAll("refused")
	owner.tolerate(false)
	if kept := eval[string](owner, `field("Your name").value`); kept != "Olga Owner" {
		t.Errorf("the refused form has the name %q", kept)
	}
	owner.fill("Addresses of the site", w.news)
	owner.fill("Password", password)
	owner.press("Create account and site")
	owner.says("The Evening Post is ready for comments")
	snippet := eval[string](owner, `$("#snippet-embed").textContent`)
	if !strings.Contains(snippet, w.postbag+"/embed.js?site=news") || !strings.Contains(snippet, "disqus_thread") {
		t.Errorf("the snippet is %s", snippet)
	}
	owner.shootAll("snippet")

	owner.press("Open the queue")
	owner.says("Queue clear")
	owner.tolerate(true) // the link works once
	owner.visit(link)
	owner.until("a used link is refused", `!field("Your name") && $("h1")`)
	owner.shootAll("used-link")
	owner.tolerate(false)

	owner.visit(w.news + "/first-story")
	owner.says("No comments yet")
}
