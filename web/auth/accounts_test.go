package auth_test

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"testing"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/models/store/storetest"
	"postbag/moderation"
	"postbag/web/auth"
)

const password = "a long enough password"

// house is the accounts of a service on a database of its own.
type house struct {
	*auth.Accounts
	svc   *moderation.Service
	clock *clock
}

func newHouse(tb testing.TB) *house {
	tb.Helper()
	c := newClock()
	st, err := store.Open(tb.Context(), storetest.Migrated(tb), store.Options{Clock: c.Now})
	if err != nil {
		tb.Fatal(err)
	}
	svc, err := moderation.New(tb.Context(), st, moderation.Options{Clock: c.Now})
	if err != nil {
		tb.Fatal(err)
	}
	tb.Cleanup(func() {
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		if err := errors.Join(svc.Close(ctx), st.Close()); err != nil {
			tb.Error(err)
		}
	})
	return &house{auth.New(svc, c.Now, nil), svc, c}
}

func (h *house) mustAdd(tb testing.TB, email string) models.Moderator {
	tb.Helper()
	m, err := h.AddModerator(tb.Context(), email, "Ada Reyes", password, models.RoleAdmin)
	if err != nil {
		tb.Fatal(err)
	}
	return m
}

func mustFail(tb testing.TB, err error, code models.Code, what string) {
	tb.Helper()
	if models.CodeOf(err) != code {
		tb.Errorf("%s: %v, want %s", what, err, code)
	}
}

func addr(s string) netip.Addr { return netip.MustParseAddr(s) }

func TestSignIn(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.mustAdd(t, "ada@example.org")

	session, m, err := h.SignIn(ctx, " Ada@Example.org ", password, addr("192.0.2.1"))
	if err != nil || m.ID != ada.ID {
		t.Fatalf("sign in: %+v, %v", m, err)
	}
	if m, err := h.Session(ctx, session); err != nil || m.Email != "ada@example.org" || m.Role != models.RoleAdmin {
		t.Errorf("session of %+v, %v", m, err)
	}
	_, err = h.Token(ctx, session)
	mustFail(t, err, models.CodeUnauthorized, "a session is no API token")
	h.clock.Forward(auth.SessionLife - time.Second)
	if _, err := h.Session(ctx, session); err != nil {
		t.Errorf("a session ended early: %v", err)
	}
	h.clock.Forward(time.Second)
	_, err = h.Session(ctx, session)
	mustFail(t, err, models.CodeUnauthorized, "a session after its end")
}

func TestSignOut(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.mustAdd(t, "ada@example.org")
	first, _, err := h.SignIn(ctx, "ada@example.org", password, addr("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	second, _, err := h.SignIn(ctx, "ada@example.org", password, addr("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	for _, session := range []string{first, first, "", "nonsense"} {
		if err := h.SignOut(ctx, session); err != nil {
			t.Errorf("sign out of %q: %v", session, err)
		}
	}
	_, err = h.Session(ctx, first)
	mustFail(t, err, models.CodeUnauthorized, "the session that was ended")
	if _, err := h.Session(ctx, second); err != nil {
		t.Errorf("the other device was signed out too: %v", err)
	}
}

func TestWrongSignInSaysNothing(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.mustAdd(t, "ada@example.org")
	if _, err := h.AddModerator(ctx, "invited@example.org", "", "", models.RoleModerator); err != nil {
		t.Fatal(err)
	}
	off := h.mustAdd(t, "off@example.org")
	if err := h.svc.PatchModerator(ctx, off.ID, models.RoleAdmin, true); err != nil {
		t.Fatal(err)
	}
	var sentence string
	for i, tt := range []struct{ name, email, password string }{
		{"wrong password", ada.Email, "a wrong password"},
		{"unknown account", "nobody@example.org", password},
		{"disabled account", off.Email, password},
		{"account without a password", "invited@example.org", ""},
		{"nothing at all", "", ""},
		{"endless address", strings.Repeat("a", 1<<20) + "@example.org", password},
		{"endless password", ada.Email, strings.Repeat("a", 1<<20)},
	} {
		_, _, err := h.SignIn(ctx, tt.email, tt.password, addr("192.0.2.1"))
		mustFail(t, err, models.CodeUnauthorized, tt.name)
		if i == 0 {
			sentence = err.Error()
		}
		if err == nil || err.Error() != sentence {
			t.Errorf("%s is told apart: %v", tt.name, err)
		}
	}
}

func TestSignInIsThrottled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.mustAdd(t, "ada@example.org")
	for range 5 {
		_, _, err := h.SignIn(ctx, "ada@example.org", "a wrong password", addr("192.0.2.1"))
		mustFail(t, err, models.CodeUnauthorized, "an early attempt")
	}
	_, _, err := h.SignIn(ctx, "ADA@example.org", password, addr("198.51.100.7"))
	mustFail(t, err, models.CodeRateLimited, "the right password after five wrong ones, from another address")
	var refusal *models.Error
	if errors.As(err, &refusal) && refusal.RetryAfter != 30*time.Second {
		t.Errorf("retry after %v, want 30s", refusal.RetryAfter)
	}
	h.clock.Forward(30 * time.Second)
	if _, _, err := h.SignIn(ctx, "ada@example.org", password, addr("192.0.2.1")); err != nil {
		t.Errorf("after the pause: %v", err)
	}
}

func TestAbandonedSignInDoesNotCount(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	h.mustAdd(t, "ada@example.org")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	for range 10 {
		if _, _, err := h.SignIn(gone, "ada@example.org", password, addr("192.0.2.1")); err == nil {
			t.Fatal("signed in for somebody who has left")
		}
	}
	if _, _, err := h.SignIn(t.Context(), "ada@example.org", password, addr("192.0.2.1")); err != nil {
		t.Error(err)
	}
}

func TestTokens(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada, bo := h.mustAdd(t, "ada@example.org"), h.mustAdd(t, "bo@example.org")
	token, err := h.AddToken(ctx, ada.ID, " newsroom bot ")
	if err != nil {
		t.Fatal(err)
	}
	if m, err := h.Token(ctx, token); err != nil || m.ID != ada.ID {
		t.Fatalf("token of %+v, %v", m, err)
	}
	_, err = h.Session(ctx, token)
	mustFail(t, err, models.CodeUnauthorized, "a token is no session")
	for _, label := range []string{"", "  ", strings.Repeat("x", 61)} {
		_, err := h.AddToken(ctx, ada.ID, label)
		mustFail(t, err, models.CodeInvalid, "label "+label)
	}
	list, err := h.Tokens(ctx, ada.ID)
	if err != nil || len(list) != 1 || list[0].Label != "newsroom bot" {
		t.Fatalf("tokens %+v, %v", list, err)
	}
	mustFail(t, h.Revoke(ctx, bo.ID, list[0].ID), models.CodeNotFound, "another's token")
	if _, err := h.Token(ctx, token); err != nil {
		t.Errorf("another could revoke it: %v", err)
	}
	if err := h.Revoke(ctx, ada.ID, list[0].ID); err != nil {
		t.Fatal(err)
	}
	_, err = h.Token(ctx, token)
	mustFail(t, err, models.CodeUnauthorized, "a revoked token")
	mustFail(t, h.Revoke(ctx, ada.ID, list[0].ID), models.CodeNotFound, "revoking twice")
}

func TestRevokeLeavesSessions(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.mustAdd(t, "ada@example.org")
	session, _, err := h.SignIn(ctx, ada.Email, password, addr("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	sessions, err := h.svc.Credentials(ctx, ada.ID, "session")
	if err != nil || len(sessions) != 1 {
		t.Fatalf("sessions %+v, %v", sessions, err)
	}
	mustFail(t, h.Revoke(ctx, ada.ID, sessions[0].ID), models.CodeNotFound, "revoking a session")
	if _, err := h.Session(ctx, session); err != nil {
		t.Error(err)
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.mustAdd(t, "ada@example.org")
	session, _, err := h.SignIn(ctx, ada.Email, password, addr("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.ChangePassword(ctx, ada, "a wrong password", "the next password", addr("192.0.2.1"))
	mustFail(t, err, models.CodeInvalid, "a wrong current password")
	_, err = h.ChangePassword(ctx, ada, password, "short", addr("192.0.2.1"))
	mustFail(t, err, models.CodeInvalid, "a short new password")
	fresh, err := h.ChangePassword(ctx, ada, password, "the next password", addr("192.0.2.1"))
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Session(ctx, session)
	mustFail(t, err, models.CodeUnauthorized, "a session from before")
	if _, err := h.Session(ctx, fresh); err != nil {
		t.Errorf("the device that changed it is signed out: %v", err)
	}
	_, _, err = h.SignIn(ctx, ada.Email, password, addr("192.0.2.1"))
	mustFail(t, err, models.CodeUnauthorized, "the former password")
	mustFail(t, h.SetPassword(ctx, ada.ID, strings.Repeat("x", auth.MaxPassword+1)), models.CodeInvalid, "an endless password")
	if err := h.SetPassword(ctx, ada.ID, strings.Repeat("ä", auth.MinPassword)); err != nil {
		t.Errorf("ten characters: %v", err)
	}
}

func TestChangePasswordIsThrottled(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := h.mustAdd(t, "ada@example.org")
	for range 5 {
		_, err := h.ChangePassword(t.Context(), ada, "a wrong password", "the next password", addr("192.0.2.1"))
		mustFail(t, err, models.CodeInvalid, "an early attempt")
	}
	_, err := h.ChangePassword(t.Context(), ada, password, "the next password", addr("192.0.2.1"))
	mustFail(t, err, models.CodeRateLimited, "the sixth attempt")
}

func TestAddModerator(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.mustAdd(t, "ada@example.org")
	for _, tt := range []struct {
		name, email, password string
		role                  models.Role
		want                  models.Code
	}{
		{"address in use, in capitals", "ADA@example.org", password, models.RoleAdmin, models.CodeConflict},
		{"no address", "ada", password, models.RoleAdmin, models.CodeInvalid},
		{"short password", "bo@example.org", "nine char", models.RoleAdmin, models.CodeInvalid},
		{"unknown role", "bo@example.org", password, "owner", models.CodeInvalid},
		{"sound", "bo@example.org", password, models.RoleModerator, ""},
	} {
		_, err := h.AddModerator(ctx, tt.email, "Bo", tt.password, tt.role)
		mustFail(t, err, tt.want, tt.name)
	}
}
