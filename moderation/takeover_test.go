package moderation_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store/storetest"
	"postbag/moderation"
)

// account is the author of posts by somebody registered at Disqus.
func account(username, email string) string {
	return fmt.Sprintf("<author><name>%s</name><email>%s</email><isAnonymous>false</isAnonymous><username>%[1]s</username></author>", username, email)
}

// emigrated is a file with accounts and guests who have e-mail addresses.
func emigrated(more ...string) string {
	return export(append([]string{
		thread("1", "", page), thread("2", "", page+"b", closed),
		post("10", "1", "", "One", account("ada", "Ada@Example.org")), post("11", "1", "10", "Two", account("ada", "Ada@Example.org")),
		post("12", "1", "", "Three", guest("ada", "ada@example.org")), post("13", "1", "", "Four", account("bob", "bob@example.org")),
		post("14", "1", "", "Five", account("dot", "dot@example.org")), post("15", "1", "", "Six", account("dot2", "dot@example.org")),
		post("16", "1", "", "Seven", account("eve", "eve@example.org")), post("17", "1", "", "Eight", guest("gus", "gus@example.org")),
		post("18", "1", "", "Nine", account("fay", "fay@example.org")), post("19", "1", "", "Ten", account("hal", "hal@example.org")),
	}, more...)...)
}

// club is an archive whose site signs readers in.
type club struct {
	*archive
	keys models.SSO
}

func (c *club) verifies(t *testing.T, is bool) {
	t.Helper()
	var err error
	if c.keys, err = c.ConfigureSSO(t.Context(), models.Moderator{}, "news", moderation.SSOPatch{VerifiedEmail: &is}); err != nil {
		t.Fatal(err)
	}
}

// session signs a reader in.
func (c *club) session(t *testing.T, id int, name, email string) string {
	t.Helper()
	l := login{keys: c.keys, desk: &desk{bench: &bench{now: time.Now()}}}
	s, ok, err := c.SignIn(t.Context(), "news", moderation.SignIn{Payload: l.payload(map[string]any{"id": id, "username": name, "email": email})})
	if err != nil || !ok {
		t.Fatalf("sign in: %t, %v", ok, err)
	}
	return s.Token
}

// writes posts a comment and returns its author.
func (c *club) writes(t *testing.T, in moderation.Submission) models.Author {
	t.Helper()
	in.Site, in.Article = "news", models.ArticleRef{URL: page}
	in.Text = "Words of " + in.Name
	r, err := c.Submit(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return c.who(t, r.Comment)
}

func (c *club) who(t *testing.T, comment models.Comment) models.Author {
	t.Helper()
	a, err := c.store.Author(t.Context(), comment.AuthorID)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// public is the id of the comment that a post became.
func (c *club) public(t *testing.T, post string) string {
	t.Helper()
	comment := c.comment(t, post)
	return comment.PublicID()
}

func (c *club) reads(t *testing.T, id int, name, email string) models.Author {
	t.Helper()
	return c.writes(t, moderation.Submission{Token: c.session(t, id, name, email), Name: name})
}

// TestTakeOver has one site for all of it on each database.
func TestTakeOver(t *testing.T) {
	eachArchive(t, func(t *testing.T, a *archive) {
		a.take(t, emigrated(), moderation.ImportOptions{})
		c := &club{archive: a}
		c.verifies(t, true)
		for _, part := range []func(*testing.T, *club){takesOver, takesNothingOver, onlyOneTakesOver, importsKnowWhoTookOver} {
			part(t, c)
			a.check(t)
		}
	})
}

// A reader takes an imported account over with the first comment, once, when the
// site vouches for the e-mail address: with its comments and counts.
func takesOver(t *testing.T, c *club) {
	t.Helper()
	imported := c.who(t, c.comment(t, "10"))
	ada := c.reads(t, 42, "Ada Lovelace", "aDA@example.ORG")
	if ada.ID != imported.ID || ada.Kind != models.KindSSO || ada.Key != "sso:42" || ada.Claimed != imported.Key || ada.Name != "Ada Lovelace" || ada.Approved != 3 {
		t.Errorf("ada is %+v; imported was %+v", ada, imported)
	}
	if again := c.reads(t, 42, "Ada", "other@example.org"); again.ID != ada.ID || again.Approved != 4 {
		t.Errorf("the next comment is by %+v", again)
	}
	if other := c.reads(t, 43, "Ada", "ada@example.org"); other.ID == ada.ID || other.Claimed != "" || other.Approved != 1 {
		t.Errorf("somebody else with the address is %+v", other)
	}
	notes, err := c.Notes(t.Context(), "news", moderation.NoteQuery{Kind: "sso"})
	if err != nil || !strings.Contains(fmt.Sprint(notes), `took over the imported account "ada"`) || strings.Count(fmt.Sprint(notes), "took over") != 1 {
		t.Errorf("the log says %+v, %v", notes, err)
	}
	// Its comments are the reader's own: to withdraw, and to change as far as imported ones can be.
	token := c.session(t, 42, "Ada", "")
	_, err = c.Edit(t.Context(), c.public(t, "10"), token, "Changed", addr(1))
	refusal(t, err, models.CodeForbidden)
	if err := c.Withdraw(t.Context(), c.public(t, "11"), token); err != nil {
		t.Error(err)
	}
	refusal(t, c.Withdraw(t.Context(), c.public(t, "13"), token), models.CodeForbidden)
}

func takesNothingOver(t *testing.T, c *club) {
	t.Helper()
	eve := c.who(t, c.comment(t, "16"))
	if _, err := c.Sanction(t.Context(), c.hire(t, "anna@news.example"), models.AuthorID.Format(eve.ID), "ban", time.Time{}, ""); err != nil {
		t.Fatal(err)
	}
	c.verifies(t, false)
	if a := c.reads(t, 1, "bob", "bob@example.org"); a.Claimed != "" {
		t.Errorf("taken over though the site does not verify: %+v", a)
	}
	c.verifies(t, true)
	guest := c.writes(t, moderation.Submission{Name: "ada", Email: "Ada@Example.org"})
	before := storetest.Count(t, c.address, "authors")
	for name, a := range map[string]models.Author{
		"by a guest": guest, "with an account here": c.reads(t, 1, "Bob B", "bob@example.org"), "by name": c.reads(t, 2, "ada", "someone@example.org"),
		"without an address": c.reads(t, 3, "ada", ""), "two accounts": c.reads(t, 4, "dot", "dot@example.org"), "banned": c.reads(t, 5, "eve", "eve@example.org"),
		"a guest's": c.reads(t, 6, "gus", "gus@example.org"), "a pattern": c.reads(t, 7, "x", "%@example.org"),
	} {
		if a.Claimed != "" || a.Kind == "imported" || a.ID <= eve.ID {
			t.Errorf("%s: %+v took an account over", name, a)
		}
	}
	if after := storetest.Count(t, c.address, "authors"); after != before+6 {
		t.Errorf("%d authors, want %d", after, before+6)
	}
	// A comment that is refused takes nothing over.
	_, err := c.Submit(t.Context(), moderation.Submission{
		Site: "news", Article: models.ArticleRef{URL: page + "b"}, Text: "Too late.", Token: c.session(t, 8, "hal", "hal@example.org"),
	})
	refusal(t, err, models.CodeClosed)
	if hal := c.who(t, c.comment(t, "19")); hal.Kind != "imported" || hal.Claimed != "" {
		t.Errorf("hal is %+v", hal)
	}
}

// Of several readers with one address at once, one takes the account over.
func onlyOneTakesOver(t *testing.T, c *club) {
	t.Helper()
	fay := c.who(t, c.comment(t, "18"))
	var tokens []string
	for i := range 8 {
		tokens = append(tokens, c.session(t, 100+i, "Fay", "fay@example.org"))
	}
	var all sync.WaitGroup
	for i, token := range tokens {
		all.Go(func() {
			_, err := c.Submit(t.Context(), moderation.Submission{Site: "news", Article: models.ArticleRef{URL: page}, Text: fmt.Sprint("Words ", i), Token: token})
			if err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	if after, err := c.store.Author(t.Context(), fay.ID); err != nil || after.Claimed != fay.Key || after.Approved != 2 {
		t.Errorf("fay is %+v, %v", after, err)
	}
}

// Imports and exports know an account that was taken over; an undo leaves it.
func importsKnowWhoTookOver(t *testing.T, c *club) {
	t.Helper()
	ada, fay := c.who(t, c.comment(t, "10")), c.comment(t, "18").AuthorID
	authors := storetest.Count(t, c.address, "authors")
	if r := c.take(t, emigrated(), moderation.ImportOptions{}); r.Added != 0 || len(r.Problems) != 0 {
		t.Errorf("a second import: added %d, %+v", r.Added, r.Problems)
	}
	r := c.take(t, emigrated(post("30", "1", "", "A later one", account("ada", "Ada@Example.org"))), moderation.ImportOptions{})
	if by := c.comment(t, "30").AuthorID; r.Added != 1 || by != ada.ID || storetest.Count(t, c.address, "authors") != authors {
		t.Errorf("added %d, by %d, want %d; %d authors, want %d", r.Added, by, ada.ID, storetest.Count(t, c.address, "authors"), authors)
	}
	if r := c.take(t, c.written(t, "disqus"), moderation.ImportOptions{}); r.Added != 0 || len(r.Problems) != 0 {
		t.Errorf("import of an export: added %d, %+v", r.Added, r.Problems)
	}
	c.undo(t, "i1", moderation.UndoOptions{})
	if after, err := c.store.Author(t.Context(), ada.ID); err != nil || after.Key != "sso:42" || after.Claimed != ada.Claimed {
		t.Errorf("after the undo: %+v, %v", after, err)
	}
	c.take(t, emigrated(), moderation.ImportOptions{})
	if by := c.comment(t, "18").AuthorID; by != fay {
		t.Errorf("imported once more, the comment is by %d, want %d", by, fay)
	}
}
