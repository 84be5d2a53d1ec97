package moderation_test

import (
	"testing"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// TestImport_AfterSplit: a later file of the same site follows what moderators
// did meanwhile. New posts of a thread go to where its comments are, and a reply
// to where its parent is.
func TestImport_AfterSplit(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	other := "http://www.news.example/a/"
	records := []string{thread("1", "", page), thread("2", "", other), post("10", "1", "", "one"), post("11", "2", "", "two"), post("12", "1", "10", "three")}
	a.take(t, export(records...), moderation.ImportOptions{})
	m := &mover{&bench{Service: a.Service, store: a.store}}
	m.do(t, moderation.MoveRequest{Site: "news", Kind: models.MoveSplit, Article: page, Thread: "2", URL: other})
	records = append(records, post("15", "2", "", "a new start"), post("16", "2", "11", "a reply there"), post("17", "1", "10", "a reply here"), post("18", "2", "12", "across"))
	if r := a.take(t, export(records...), moderation.ImportOptions{}); r.Added != 4 {
		t.Errorf("%d comments were added", r.Added)
	}
	got := a.shown(t, a.comment(t, "10").ArticleID) + " | " + a.shown(t, a.comment(t, "11").ArticleID)
	if want := "10 >12 >>18 >17 | 11 >16 15"; got != want {
		t.Errorf("readers see %q, want %q", got, want)
	}
	if r := a.take(t, export(records...), moderation.ImportOptions{}); r.Added != 0 {
		t.Errorf("%d comments were added again", r.Added)
	}
}
