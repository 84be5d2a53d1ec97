package moderation_test

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// story is a file with something of everything that an undo takes out.
func story() string {
	return export(
		thread("1", "s1", page, closed), thread("2", "", page+"b"), thread("3", "", page+"c", closed),
		post("10", "1", "", "One"), post("11", "1", "10", "Two"), post("12", "1", "11", "Three", gone), post("13", "1", "10", "Four", junk),
		post("14", "1", "13", "Five", guest("Bo", "bo@example.org")),
		post("20", "2", "", "Six", user("zed", "Zed"), at("20")), post("21", "2", "", "Six", user("zed", "Zed"), at("20")), post("22", "2", "", "Seven", held),
	)
}

const storyComments = 7 // that are stored: 21 is 20 again

func (a *archive) undo(t testing.TB, run string, o moderation.UndoOptions) moderation.ImportUndo {
	t.Helper()
	u, err := a.UndoImport(t.Context(), run, o)
	if err != nil {
		t.Fatalf("undo: %v", err)
	}
	a.check(t)
	if u.Kept != u.Why.Decided+u.Why.Reported+u.Why.Liked+u.Why.Edited+u.Why.Answered || len(u.List) != u.Kept || u.TakenDown > u.Kept {
		t.Errorf("the report does not add up: %+v", u)
	}
	return u
}

// rows counts what is in the tables that an import fills.
func (a *archive) rows(t testing.TB) string {
	t.Helper()
	var list []string
	for _, table := range []string{"comments", "imported", "articles", "aliases", "authors"} {
		list = append(list, fmt.Sprint(table, " ", storetest.Count(t, a.address, table)))
	}
	return strings.Join(list, ", ")
}

const noRows = "comments 0, imported 0, articles 0, aliases 0, authors 0"

// TestUndoImport takes an import back that nobody has touched: nothing of it is
// left, and the same file adds all of it again.
func TestUndoImport(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		r := a.take(t, story(), moderation.ImportOptions{File: "story.xml"})
		full := a.rows(t)
		want := moderation.ImportUndo{Import: r.Import, DryRun: true, Removed: storyComments, Articles: 3, Authors: 3}
		before, _ := a.store.LastEvent(t.Context())
		if got := a.undo(t, r.Import, moderation.UndoOptions{DryRun: true}); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
			t.Errorf("rehearsal\n%+v, want\n%+v", got, want)
		}
		if after, _ := a.store.LastEvent(t.Context()); after != before || a.rows(t) != full {
			t.Errorf("the rehearsal changed something: %s, before %s", a.rows(t), full)
		}
		want.DryRun = false
		for range 2 { // the second time there is nothing left to do
			if got := a.undo(t, r.Import, moderation.UndoOptions{}); fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
				t.Errorf("undone\n%+v, want\n%+v", got, want)
			}
			if got := a.rows(t); got != noRows {
				t.Errorf("left: %s", got)
			}
		}
		if run := a.run(t, r.Import); run.State != models.ImportUndone || run.UndoneAt.IsZero() {
			t.Errorf("run %+v", run)
		}
		again := a.take(t, story(), moderation.ImportOptions{File: "story.xml"})
		if again.Added != r.Added || again.Unchanged != 0 || again.Import == r.Import || a.rows(t) != full {
			t.Errorf("imported again: %+v\n%s, want %s", again, a.rows(t), full)
		}
	})
}

func (a *archive) run(t testing.TB, id string) models.Import {
	t.Helper()
	m, err := a.ImportRun(t.Context(), id)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// TestUndoImport_Touched keeps what somebody has acted on or answered, out of
// sight; a decision brings each back.
func TestUndoImport_Touched(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		ctx, anna := t.Context(), a.hire(t, "anna@news.example")
		own := a.say(t, "", moderation.Submission{Article: models.ArticleRef{URL: page + "b"}, Name: "Olga"})
		r := a.take(t, export(
			thread("1", "s1", page), thread("2", "ident", page+"b"),
			post("10", "1", "", "One"), post("11", "1", "10", "Two"), post("12", "1", "11", "Three"), post("13", "1", "12", "Alone"),
			post("14", "1", "", "Liked"), post("15", "1", "", "Reported"), post("16", "1", "", "Decided", held), post("17", "1", "", "Judged spam", junk),
			post("20", "2", "", "Untouched", guest("Bo", ""))), moderation.ImportOptions{})
		id := func(external string) string { c := a.comment(t, external); return c.PublicID() }
		answer := a.say(t, id("12"), moderation.Submission{Article: models.ArticleRef{ID: "s1", URL: page}, Name: "Rita"})
		if _, err := a.Like(ctx, id("14"), true, moderation.Visitor{Addr: netip.MustParseAddr("192.0.2.1")}); err != nil {
			t.Fatal(err)
		}
		if err := a.Report(ctx, id("15"), "abuse", "", moderation.Visitor{Addr: netip.MustParseAddr("192.0.2.1")}); err != nil {
			t.Fatal(err)
		}
		a.decide(t, anna, id("16"), models.ChooseApprove)
		a.decide(t, anna, id("17"), models.ChooseSpam)
		want := moderation.ImportUndo{
			Import: r.Import, Removed: 2, Kept: 7, TakenDown: 6, Names: 2, ArticlesOn: 1, Authors: 1, AuthorsOn: 1,
			Why: moderation.KeptReasons{Decided: 2, Reported: 1, Liked: 1, Answered: 3},
		}
		// the answered one, then those above it
		for _, dry := range []bool{true, false} {
			got := a.undo(t, r.Import, moderation.UndoOptions{DryRun: dry, By: anna})
			list := got.List
			got.List, want.DryRun = nil, dry
			if fmt.Sprintf("%+v", got) != fmt.Sprintf("%+v", want) {
				t.Errorf("dry run %t:\n%+v, want\n%+v", dry, got, want)
			}
			if len(list) != 7 || list[0].ExternalID != "disqus:17" || list[6] != (moderation.KeptComment{ID: id("10"), ExternalID: "disqus:10", Article: list[0].Article, Why: "answered"}) {
				t.Errorf("list %+v", list)
			}
		}
		c := a.comment(t, "12")
		if got, want := a.shown(t, c.ArticleID), "[10] [>11] [>>12] >>>"; got != want {
			t.Errorf("readers see %q, want %q", got, want)
		}
		if got := a.comment(t, "17"); got.Status != models.Spam || got.Version != 2 {
			t.Errorf("spam is now %+v", got)
		}
		if got, err := a.History(ctx, own); err != nil || got.Item.Comment.Status != models.Approved {
			t.Errorf("our own comment: %+v, %v", got, err)
		}
		if _, err := a.History(ctx, answer); err != nil {
			t.Error(err)
		}
		detail, err := a.History(ctx, id("12"))
		if err != nil || len(detail.Decisions) != 1 || detail.Decisions[0].ModeratorName != "Anna" || !strings.Contains(detail.Decisions[0].Note, r.Import) {
			t.Fatalf("decisions %+v, %v", detail.Decisions, err)
		}
		if out, err := a.Undo(ctx, anna, models.DecisionID.Format(detail.Decisions[0].ID)); err != nil || out.Item.Comment.Status != models.Approved || out.Item.Comment.Settled != 0 {
			t.Errorf("decision undone: %+v, %v", out, err)
		}
		a.check(t)
	})
}

// TestUndoImport_Second: a second run over the same file adds nothing, and its
// undo takes nothing of the first.
func TestUndoImport_Second(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		first := a.take(t, story(), moderation.ImportOptions{File: "story.xml"})
		second := a.take(t, story(), moderation.ImportOptions{File: "story.xml"})
		full := a.rows(t)
		if second.Added != 0 || second.Import == first.Import {
			t.Errorf("second %+v", second)
		}
		if got := a.undo(t, second.Import, moderation.UndoOptions{}); got.Removed+got.Kept+got.Articles+got.Names+got.Authors != 0 || a.rows(t) != full {
			t.Errorf("%+v; %s, want %s", got, a.rows(t), full)
		}
		more := strings.Replace(story(), "</disqus>", post("30", "2", "20", "New")+post("31", "2", "", "Six", user("zed", "Zed"), at("20"))+"</disqus>", 1)
		third := a.take(t, more, moderation.ImportOptions{File: "story.xml"})
		if got := a.undo(t, third.Import, moderation.UndoOptions{}); got.Removed != 1 || got.Kept != 0 || a.rows(t) != full {
			t.Errorf("%+v; %s, want %s", got, a.rows(t), full)
		}
		if got := a.undo(t, first.Import, moderation.UndoOptions{}); got.Removed != storyComments || a.rows(t) != noRows {
			t.Errorf("%+v; %s", got, a.rows(t))
		}
	})
}

// TestUndoImport_Names: a name that the import gave to an article stays when
// somebody may have come by it.
func TestUndoImport_Names(t *testing.T) {
	a := newArchive(t, storetest.SQLite(t))
	ref := models.ArticleRef{URL: page}
	a.say(t, "", moderation.Submission{Article: ref, Name: "Olga"})
	before := a.rows(t)
	r := a.take(t, export(thread("1", "s1", page), post("10", "1", "", "One")), moderation.ImportOptions{})
	if got := a.undo(t, r.Import, moderation.UndoOptions{}); got.Names != 2 || got.NamesKept != 0 || a.rows(t) != before {
		t.Errorf("%+v; %s, want %s", got, a.rows(t), before)
	}
	r = a.take(t, export(thread("1", "s1", page), post("10", "1", "", "One")), moderation.ImportOptions{})
	a.say(t, "", moderation.Submission{Article: models.ArticleRef{ID: "s1", URL: "https://news.example/moved"}, Name: "Rita"})
	if got := a.undo(t, r.Import, moderation.UndoOptions{}); got.Names != 0 || got.NamesKept != 2 {
		t.Errorf("%+v", got)
	}
}

// TestUndoImport_Interrupted stops an undo after each transaction and runs it
// again: what is there is exact each time, and in the end nothing is left.
func TestUndoImport_Interrupted(t *testing.T) {
	file, want := generated(t, 3000)
	eachArchive(t, func(t *testing.T, a *archive) {
		r := a.take(t, file, moderation.ImportOptions{File: "large.xml"})
		for stops := 0; ; stops++ {
			ctx, cancel := context.WithCancel(t.Context())
			u, err := a.UndoImport(ctx, r.Import, moderation.UndoOptions{Progress: func(seen, total int64) {
				if total != int64(want.Added) || seen > total {
					t.Errorf("%d of %d", seen, total)
				}
				cancel()
			}})
			cancel()
			a.check(t)
			if err == nil {
				if stops < 5 || u.Removed != want.Added || a.rows(t) != noRows {
					t.Errorf("stopped %d times; %+v; %s", stops, u, a.rows(t))
				}
				break
			}
			if run := a.run(t, r.Import); !errors.Is(err, context.Canceled) || run.State != models.ImportUndoing {
				t.Fatalf("stopped with %v; %+v", err, run)
			}
			if _, err := a.Import(t.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "disqus", File: "large.xml"}); models.CodeOf(err) != models.CodeConflict {
				t.Errorf("an import while one is undone: %v", err)
			}
		}
	})
}

// TestImportRuns follows the record of an import that is stopped, goes on, and
// is listed.
func TestImportRuns(t *testing.T) {
	file, want := generated(t, 3000)
	a := newArchive(t, storetest.SQLite(t))
	o := moderation.ImportOptions{Site: "news", Format: "disqus", File: "large.xml", Size: 5}
	ctx, cancel := context.WithCancel(t.Context())
	o.Progress = func(p moderation.ImportProgress) {
		if p.Stage == moderation.ImportWriting && p.Posts > 0 {
			cancel()
		}
	}
	r, err := a.Import(ctx, from(file), o)
	if run := a.run(t, r.Import); !errors.Is(err, context.Canceled) || run.State != models.ImportInterrupted || run.Added != int64(r.Added) || r.Added == 0 {
		t.Errorf("stopped: %+v, %v", run, err)
	}
	o.Progress = nil
	rest := a.take(t, file, o)
	run := a.run(t, rest.Import)
	if rest.Import != r.Import || run.State != models.ImportDone || run.Added != int64(want.Added) || !strings.Contains(run.Report, `"dry_run": false`) {
		t.Errorf("went on as %+v", run)
	}
	if other := a.take(t, file, moderation.ImportOptions{File: "other.xml", Size: 5}); other.Import == r.Import {
		t.Error("another file went on with the same run")
	}
	runs, next, err := a.ImportRuns(t.Context(), "news", "", 1)
	if err != nil || len(runs) != 1 || runs[0].File != "other.xml" || runs[0].Added != 0 || runs[0].Report != "" {
		t.Errorf("runs %+v, %v", runs, err)
	}
	if runs, next, err = a.ImportRuns(t.Context(), "news", next, 1); err != nil || len(runs) != 1 || runs[0].File != "large.xml" || next != "" {
		t.Errorf("next runs %+v, %q, %v", runs, next, err)
	}
	notes, err := a.Notes(t.Context(), "news", moderation.NoteQuery{Kind: "import"})
	if err != nil || len(notes.Notes) != 3 {
		t.Errorf("notes %+v, %v", notes, err)
	}
	if _, err := a.ImportRun(t.Context(), "i99"); models.CodeOf(err) != models.CodeNotFound {
		t.Errorf("unknown run: %v", err)
	}
}

// TestCancelImport stops an import from outside.
func TestCancelImport(t *testing.T) {
	file, _ := generated(t, 3000)
	a := newArchive(t, storetest.SQLite(t))
	stopped := false
	r, err := a.Import(t.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "disqus", File: "large.xml", Progress: func(p moderation.ImportProgress) {
		if p.Stage != moderation.ImportWriting || stopped {
			return
		}
		stopped = true
		if _, err := a.UndoImport(t.Context(), "i1", moderation.UndoOptions{}); models.CodeOf(err) != models.CodeConflict {
			t.Errorf("undo of a running import: %v", err)
		}
		if _, err := a.Import(t.Context(), from(file), moderation.ImportOptions{Site: "news", Format: "disqus", File: "other.xml"}); models.CodeOf(err) != models.CodeConflict {
			t.Errorf("two imports at once: %v", err)
		}
		if _, err := a.CancelImport(t.Context(), models.Moderator{}, "i1"); err != nil {
			t.Error(err)
		}
	}})
	run := a.run(t, "i1")
	if err == nil || !stopped || run.State != models.ImportCancelled || run.Added != int64(r.Added) {
		t.Errorf("stopped %t with %v: %+v, %d added", stopped, err, run, r.Added)
	}
	a.check(t)
	if got := a.undo(t, "i1", moderation.UndoOptions{}); got.Removed != r.Added || a.rows(t) != noRows {
		t.Errorf("%+v; %s", got, a.rows(t))
	}
}

func (a *archive) hire(t testing.TB, email string) models.Moderator {
	t.Helper()
	m, err := a.AddModerator(t.Context(), models.Moderator{Email: email, Name: "Anna", PasswordHash: "x", Role: models.RoleAdmin})
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// say posts a comment and returns its id.
func (a *archive) say(t testing.TB, parent string, in moderation.Submission) string {
	t.Helper()
	in.Site, in.Parent, in.Text, in.Key = "news", parent, "Said by "+in.Name, "key-of-"+in.Name
	r, err := a.Submit(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return r.Comment.PublicID()
}

func (a *archive) decide(t testing.TB, by models.Moderator, comment string, choice models.Choice) {
	t.Helper()
	c, err := a.History(t.Context(), comment)
	if err == nil {
		_, err = a.Decide(t.Context(), by, moderation.DecisionRequest{Comment: comment, Choice: choice, Version: c.Item.Comment.Version})
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestUndoImport_Closed: an article that an import closed is opened again with it,
// unless somebody has set anything of it since.
func TestUndoImport_Closed(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		u := func(name string) string { return "https://news.example/" + name }
		for _, name := range []string{"plain", "touched", "shut"} {
			_, err := a.Submit(t.Context(), moderation.Submission{Site: "news", Article: models.ArticleRef{URL: u(name)}, Text: "Before " + name, Name: "Rita", Addr: addr(3)})
			must(t, err)
		}
		admin := a.hire(t, "anna@news.example")
		set := func(name string, p moderation.ArticlePatch) {
			t.Helper()
			alias := store.Alias{SiteID: 1, Kind: store.AliasURL, Value: u(name)}
			found, err := a.store.Aliases(t.Context(), []store.Alias{alias})
			must(t, err)
			_, err = a.PatchArticle(t.Context(), admin, models.ArticleID.Format(found[alias]), p)
			must(t, err)
		}
		yes, notice := true, "Closed by us"
		set("shut", moderation.ArticlePatch{Closed: &yes})
		r := a.take(t, export(thread("1", "", u("plain"), closed), thread("2", "", u("touched"), closed), thread("3", "", u("shut"), closed), thread("4", "", u("new"), closed),
			post("10", "1", "", "One"), post("20", "2", "", "Two"), post("30", "3", "", "Three"), post("40", "4", "", "Four")), moderation.ImportOptions{File: "closed.xml"})
		set("touched", moderation.ArticlePatch{Notice: &notice})
		a.decide(t, admin, a.publicOf(t, "40"), models.ChooseApprove) // so its page stays
		dry, real := a.undo(t, r.Import, moderation.UndoOptions{DryRun: true}), a.undo(t, r.Import, moderation.UndoOptions{By: admin})
		if dry.Opened != 2 || real.Opened != 2 || real.ArticlesOn != 1 {
			t.Errorf("the rehearsal opens %d, the undo opened %d: %+v", dry.Opened, real.Opened, real)
		}
		for name, want := range map[string]bool{"plain": false, "touched": true, "shut": true, "new": false} {
			if _, got := a.read(t, models.ArticleRef{URL: u(name)}, ""); got != want {
				t.Errorf("%s: closed is %v, want %v", name, got, want)
			}
		}
	})
}

func (a *archive) publicOf(t testing.TB, post string) string {
	t.Helper()
	c := a.comment(t, post)
	return c.PublicID()
}
