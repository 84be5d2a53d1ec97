package moderation_test

import (
	"context"
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation"
)

func secret(s string) []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// credential stores a secret of a kind for a moderator.
func (d *desk) credential(tb testing.TB, m models.Moderator, kind, value string, expires time.Time) models.Credential {
	tb.Helper()
	c, err := d.AddCredential(tb.Context(), models.Credential{Hash: secret(value), Kind: kind, ModeratorID: m.ID, Label: "laptop", ExpiresAt: expires})
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func (d *desk) good(kind, value string) bool {
	_, _, err := d.Credential(context.Background(), kind, secret(value))
	return err == nil
}

func TestAddModerator(t *testing.T) {
	b := newBench(t, false)
	m, err := b.AddModerator(t.Context(), models.Moderator{ID: 99, Email: " Rosa@News.example ", Disabled: true})
	if err != nil || m.ID == 0 || m.ID == 99 || m.Email != "rosa@news.example" || m.Name != "rosa" || m.Role != models.RoleModerator || m.Disabled {
		t.Errorf("%+v, %v", m, err)
	}
	if got, err := b.ModeratorByEmail(t.Context(), "ROSA@news.example"); err != nil || got != m {
		t.Errorf("by e-mail %+v, %v", got, err)
	}
	if got, err := b.Moderator(t.Context(), m.ID); err != nil || got != m {
		t.Errorf("by id %+v, %v", got, err)
	}
	if all, err := b.Moderators(t.Context()); err != nil || len(all) != 1 {
		t.Errorf("all %+v, %v", all, err)
	}
	for name, in := range map[string]models.Moderator{
		"no e-mail":  {},
		"no address": {Email: "rosa"},
		"with name":  {Email: "Rosa <rosa@news.example>"},
		"long":       {Email: strings.Repeat("a", 255) + "@news.example"},
		"line":       {Email: "a@b.example\nBcc: c@d.example"},
		"long name":  {Email: "a@b.example", Name: strings.Repeat("é", 101)},
		"role":       {Email: "a@b.example", Role: "owner"},
	} {
		if _, err := b.AddModerator(t.Context(), in); models.CodeOf(err) != models.CodeInvalid {
			t.Errorf("%s: %v", name, err)
		}
	}
	_, err = b.AddModerator(t.Context(), models.Moderator{Email: "Rosa@news.example"})
	refusal(t, err, models.CodeConflict)
	_, err = b.Moderator(t.Context(), 999)
	refusal(t, err, models.CodeNotFound)
	_, err = b.ModeratorByEmail(t.Context(), "nobody@news.example")
	refusal(t, err, models.CodeNotFound)
}

func TestLastAdminStays(t *testing.T) {
	d := newDesk(t)
	if err := d.PatchModerator(t.Context(), d.ben.ID, models.RoleModerator, false); err != nil {
		t.Fatal(err)
	}
	refusal(t, d.PatchModerator(t.Context(), d.anna.ID, models.RoleModerator, false), models.CodeConflict)
	refusal(t, d.PatchModerator(t.Context(), d.anna.ID, models.RoleAdmin, true), models.CodeConflict)
	if err := d.PatchModerator(t.Context(), d.anna.ID, models.RoleAdmin, false); err != nil {
		t.Errorf("no change: %v", err)
	}
	if err := d.PatchModerator(t.Context(), d.ben.ID, models.RoleAdmin, true); err != nil {
		t.Errorf("an admin who is disabled: %v", err)
	}
	refusal(t, d.PatchModerator(t.Context(), d.anna.ID, models.RoleAdmin, true), models.CodeConflict)
	refusal(t, d.PatchModerator(t.Context(), d.anna.ID, "owner", false), models.CodeInvalid)
	refusal(t, d.PatchModerator(t.Context(), 999, models.RoleAdmin, false), models.CodeNotFound)
	if m, err := d.Moderator(t.Context(), d.anna.ID); err != nil || m.Role != models.RoleAdmin || m.Disabled {
		t.Errorf("%+v, %v", m, err)
	}
}

func TestDisablingEndsEverything(t *testing.T) {
	d := newDesk(t)
	kinds := []string{"session", "token", "invitation", "console"}
	for _, kind := range kinds {
		d.credential(t, d.ben, kind, "ben "+kind, time.Time{})
		d.credential(t, d.anna, kind, "anna "+kind, time.Time{})
	}
	if err := d.PatchModerator(t.Context(), d.ben.ID, models.RoleAdmin, true); err != nil {
		t.Fatal(err)
	}
	if err := d.PatchModerator(t.Context(), d.ben.ID, models.RoleAdmin, false); err != nil {
		t.Fatal(err)
	}
	for _, kind := range kinds {
		if d.good(kind, "ben "+kind) || !d.good(kind, "anna "+kind) {
			t.Errorf("%s: Ben's works %v, Anna's %v", kind, d.good(kind, "ben "+kind), d.good(kind, "anna "+kind))
		}
	}
}

func TestNewPasswordEndsSessions(t *testing.T) {
	d := newDesk(t)
	for kind, stays := range map[string]bool{"session": false, "invitation": false, "console": false, "token": true} {
		d.credential(t, d.ben, kind, kind, time.Time{})
		if err := d.SetPasswordHash(t.Context(), d.ben.ID, "new "+kind); err != nil {
			t.Fatal(err)
		}
		if got := d.good(kind, kind); got != stays {
			t.Errorf("%s works %v", kind, got)
		}
		if m, err := d.Moderator(t.Context(), d.ben.ID); err != nil || m.PasswordHash != "new "+kind {
			t.Errorf("%+v, %v", m, err)
		}
	}
	refusal(t, d.SetPasswordHash(t.Context(), 999, "x"), models.CodeNotFound)
}

func TestCredential(t *testing.T) {
	d := newDesk(t)
	d.credential(t, d.ben, "session", "one", d.clock().Add(time.Hour))
	writes := func() int {
		n := 0
		for _, sql := range d.sql.take() {
			if strings.HasPrefix(sql, "UPDATE") {
				n++
			}
		}
		return n
	}
	use := func() models.Credential {
		t.Helper()
		c, m, err := d.Credential(t.Context(), "session", secret("one"))
		if err != nil || m.ID != d.ben.ID || c.Label != "laptop" {
			t.Fatalf("%+v, %+v, %v", c, m, err)
		}
		return c
	}
	writes()
	use()
	d.advance(59 * time.Second)
	use()
	if n := writes(); n != 1 {
		t.Errorf("two uses within a minute make %d writes", n)
	}
	d.advance(time.Second)
	if c := use(); !c.UsedAt.Equal(d.clock()) || writes() != 1 {
		t.Errorf("used at %v", c.UsedAt)
	}
	for kind, value := range map[string]string{"token": "one", "session": "two", "": "one"} {
		_, _, err := d.Credential(t.Context(), kind, secret(value))
		refusal(t, err, models.CodeUnauthorized)
	}
	off := d.ben
	off.Disabled = true
	if err := d.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SaveModerator(t.Context(), &off) }); err != nil {
		t.Fatal(err)
	}
	if d.good("session", "one") {
		t.Error("the session of a disabled account is good")
	}
	if err := d.store.Write(t.Context(), func(tx *store.Tx) error { return tx.SaveModerator(t.Context(), &d.ben) }); err != nil {
		t.Fatal(err)
	}
	if d.advance(59 * time.Minute); d.good("session", "one") {
		t.Error("an expired session is good")
	}
}

func TestCredentialWorksOnce(t *testing.T) {
	d := newDesk(t)
	d.credential(t, d.ben, "console", "link", d.clock().Add(time.Hour))
	d.credential(t, d.ben, "console", "late", d.clock().Add(time.Minute))
	var won atomic.Int32
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			_, m, err := d.RedeemCredential(t.Context(), "console", secret("link"))
			switch {
			case err == nil && m.ID == d.ben.ID:
				won.Add(1)
			case models.CodeOf(err) != models.CodeUnauthorized:
				t.Errorf("got moderator %d, %v", m.ID, err)
			}
		})
	}
	wg.Wait()
	if won.Load() != 1 {
		t.Errorf("a link worked %d times", won.Load())
	}
	d.advance(time.Minute)
	_, _, err := d.RedeemCredential(t.Context(), "console", secret("late"))
	refusal(t, err, models.CodeUnauthorized)
}

func TestCredentialsAreBounded(t *testing.T) {
	d := newDesk(t)
	for i := range 50 {
		d.credential(t, d.ben, "session", fmt.Sprint("s", i), time.Time{})
		d.credential(t, d.ben, "token", fmt.Sprint("t", i), time.Time{})
	}
	d.credential(t, d.ben, "session", "s50", time.Time{})
	if d.good("session", "s0") || !d.good("session", "s1") || !d.good("session", "s50") {
		t.Error("the 51st session did not replace the first")
	}
	_, err := d.AddCredential(t.Context(), models.Credential{Hash: secret("t50"), Kind: "token", ModeratorID: d.ben.ID})
	refusal(t, err, models.CodeConflict)
	tokens, err := d.Credentials(t.Context(), d.ben.ID, "token")
	if err != nil || len(tokens) != 50 {
		t.Fatalf("%d tokens, %v", len(tokens), err)
	}
	refusal(t, d.DeleteCredential(t.Context(), d.anna.ID, tokens[0].ID), models.CodeNotFound)
	if err := d.DeleteCredential(t.Context(), d.ben.ID, tokens[0].ID); err != nil || d.good("token", "t0") {
		t.Errorf("deleted: %v", err)
	}
	for range 2 {
		if err := d.DeleteCredentialHash(t.Context(), "session", secret("s1")); err != nil || d.good("session", "s1") {
			t.Errorf("signed out: %v", err)
		}
	}
}

func TestAddCredentialRefusals(t *testing.T) {
	d := newDesk(t)
	if err := d.PatchModerator(t.Context(), d.ben.ID, models.RoleAdmin, true); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		in   models.Credential
		code models.Code // empty: a mistake of the program
	}{
		"kind":         {models.Credential{Hash: secret("a"), Kind: "cookie", ModeratorID: d.anna.ID}, ""},
		"not a hash":   {models.Credential{Hash: []byte("a"), Kind: "token", ModeratorID: d.anna.ID}, ""},
		"nobody's":     {models.Credential{Hash: secret("a"), Kind: "token"}, ""},
		"set-up":       {models.Credential{Hash: secret("a"), Kind: "setup", ModeratorID: d.anna.ID}, ""},
		"long label":   {models.Credential{Hash: secret("a"), Kind: "token", ModeratorID: d.anna.ID, Label: strings.Repeat("é", 101)}, models.CodeInvalid},
		"no moderator": {models.Credential{Hash: secret("a"), Kind: "token", ModeratorID: 999}, models.CodeNotFound},
		"disabled":     {models.Credential{Hash: secret("a"), Kind: "token", ModeratorID: d.ben.ID}, models.CodeConflict},
	} {
		if _, err := d.AddCredential(t.Context(), c.in); err == nil || models.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestSetUp(t *testing.T) {
	b := newBench(t, false)
	ctx := t.Context()
	admin := models.Moderator{Email: "owner@daily.example", Name: "Olga", PasswordHash: "hash"}
	site := moderation.NewSite{Key: "daily", Name: "Daily", Origins: []string{"https://daily.example"}}
	for _, s := range []string{"link", "older link"} {
		if _, err := b.AddCredential(ctx, models.Credential{Hash: secret(s), Kind: "setup", ExpiresAt: b.clock().Add(time.Hour)}); err != nil {
			t.Fatal(err)
		}
	}
	if need, err := b.SetUpNeeded(ctx); err != nil || !need {
		t.Errorf("needed %v, %v", need, err)
	}
	_, _, err := b.SetUp(ctx, secret("wrong"), admin, site)
	refusal(t, err, models.CodeUnauthorized)
	taken, wrong := site, moderation.NewSite{Key: "?"}
	taken.Key = "news"
	_, _, err = b.SetUp(ctx, secret("link"), admin, taken)
	refusal(t, err, models.CodeConflict)
	_, _, err = b.SetUp(ctx, secret("link"), models.Moderator{Email: "?"}, wrong)
	if r := refusal(t, err, models.CodeInvalid); len(r.Fields) != 4 {
		t.Errorf("fields %+v", r.Fields)
	}
	_, _, err = b.SetUp(ctx, secret("link"), models.Moderator{Email: admin.Email}, site)
	refusal(t, err, models.CodeInvalid)
	if need, err := b.SetUpNeeded(ctx); err != nil || !need {
		t.Fatalf("after refusals needed %v, %v", need, err)
	}

	m, s, err := b.SetUp(ctx, secret("link"), admin, site)
	if err != nil || m.ID == 0 || m.Role != models.RoleAdmin || m.Name != "Olga" || s.ID == 0 || s.Key != "daily" {
		t.Fatalf("%+v, %+v, %v", m, s, err)
	}
	if need, err := b.SetUpNeeded(ctx); err != nil || need {
		t.Errorf("needed %v, %v", need, err)
	}
	for _, link := range []string{"link", "older link"} {
		_, _, err = b.SetUp(ctx, secret(link), models.Moderator{Email: "b@daily.example", PasswordHash: "x"}, moderation.NewSite{Key: "two", Name: "Two", Origins: site.Origins})
		refusal(t, err, models.CodeUnauthorized)
	}
	if rules, err := b.Rules(ctx, "daily"); err != nil || len(rules) != 3 {
		t.Errorf("%d rules, %v", len(rules), err)
	}
}

func TestSanction(t *testing.T) {
	d := newDesk(t)
	item := d.look(t, d.say(t, "fine"))
	id := models.AuthorID.Format(item.Author.ID)
	for kind, want := range map[string]models.Status{"trust": models.Approved, "premod": models.Pending, "": models.Approved} {
		a, err := d.Sanction(t.Context(), d.anna, id, kind, time.Time{}, "because")
		if err != nil || a.Sanction != kind {
			t.Fatalf("%+v, %v", a, err)
		}
		again := d.look(t, d.say(t, "fine with "+kind))
		if again.Comment.Status != want || again.Author.ID != item.Author.ID {
			t.Errorf("sanction %q: %s", kind, again.Comment.Status)
		}
	}
	if _, err := d.Sanction(t.Context(), d.anna, id, "ban", d.clock().Add(time.Hour), ""); err != nil {
		t.Fatal(err)
	}
	_, err := d.try(moderation.Submission{Text: "x", Name: "Rita", Addr: addr(1)})
	refusal(t, err, models.CodeBanned)
	d.advance(time.Hour)
	d.say(t, "free again")
	author, items, err := d.Author(t.Context(), id)
	if err != nil || author.Approved != 4 || author.Pending != 1 || len(items) != 5 || items[0].Comment.Text != "free again" {
		t.Errorf("%+v with %d comments, %v", author, len(items), err)
	}
	for name, c := range map[string]struct {
		author, kind, reason string
		until                time.Time
		code                 models.Code
	}{
		"kind":   {id, "jail", "", time.Time{}, models.CodeInvalid},
		"past":   {id, "ban", "", d.clock(), models.CodeInvalid},
		"reason": {id, "ban", strings.Repeat("é", 301), time.Time{}, models.CodeInvalid},
		"author": {"uzz", "ban", "", time.Time{}, models.CodeNotFound},
		"no id":  {"", "ban", "", time.Time{}, models.CodeNotFound},
	} {
		if _, err := d.Sanction(t.Context(), d.anna, c.author, c.kind, c.until, c.reason); models.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	for _, id := range []string{"", "zz", "a1"} {
		_, _, err := d.Author(t.Context(), id)
		refusal(t, err, models.CodeNotFound)
		_, err = d.History(t.Context(), id)
		refusal(t, err, models.CodeNotFound)
	}
	d.sound(t)
}
