package e2e_test

import (
	"slices"
	"strings"
	"testing"

	"postbag/models"
)

// The texts of another language come with the thread: comments are shown after
// two requests. What is loaded later speaks it too.
func speaksAnother(t *testing.T, p *paper, tb *tab) {
	p.say(models.ArticleRef{URL: "/autre"}, "Une phrase.")
	p.show(tb, "/autre", `<html lang="fr-CA"><body>`+container+`<script>var disqus_config = function () { this.callbacks.onReady = [() => {
  window.before = performance.getEntriesByType("resource").map((e) => new URL(e.name)).filter((u) => u.origin !== location.origin).map((u) => u.pathname); }]; };</script>EMBED`)
	tb.says("Une phrase.")
	tb.until("the first render speaks French", `byText("button", "Publier") && root.querySelector("[lang]")?.lang === "fr-CA"`)
	if asked, want := eval[[]string](tb, `before`), []string{"/paper.disqus.com/embed.js", "/api/v1/sites/paper/thread"}; !slices.Equal(asked, want) {
		t.Errorf("before the comments were shown %s were asked for, want %s", strings.Join(asked, ", "), strings.Join(want, ", "))
	}
	tb.fill("Commentaire", "Une autre.")
	tb.until("the rest speaks French too", `byText("label", "Nom") && byText("p", "Vous pouvez utiliser")`)
}
