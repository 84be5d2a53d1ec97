package auth_test

import (
	"errors"
	"slices"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
	"postbag/web/auth"
)

func TestInvitation(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	bo, err := h.AddModerator(ctx, "bo@example.org", "Bo", "", models.RoleModerator)
	if err != nil {
		t.Fatal(err)
	}
	older, _, err := h.Invite(ctx, bo.ID)
	if err != nil {
		t.Fatal(err)
	}
	secret, expires, err := h.Invite(ctx, bo.ID)
	if err != nil || !expires.Equal(h.clock.Now().Add(7*24*time.Hour)) {
		t.Fatalf("expires %v, %v", expires, err)
	}
	_, err = h.Invitation(ctx, older)
	mustFail(t, err, models.CodeUnauthorized, "an invitation that was replaced")
	for range 2 { // looking spends nothing
		if m, err := h.Invitation(ctx, secret); err != nil || m.ID != bo.ID {
			t.Fatalf("invitation of %+v, %v", m, err)
		}
	}
	_, _, err = h.AcceptInvitation(ctx, secret, "short")
	mustFail(t, err, models.CodeInvalid, "a short password")
	session, m, err := h.AcceptInvitation(ctx, secret, password)
	if err != nil || m.ID != bo.ID {
		t.Fatalf("accepted by %+v, %v", m, err)
	}
	if _, err := h.Session(ctx, session); err != nil {
		t.Error(err)
	}
	_, _, err = h.AcceptInvitation(ctx, secret, "another password")
	mustFail(t, err, models.CodeUnauthorized, "a second use")
	if _, _, err := h.SignIn(ctx, bo.Email, password, addr("192.0.2.1")); err != nil {
		t.Errorf("the password does not work: %v", err)
	}
}

func TestInvitationEnds(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ada := h.mustAdd(t, "ada@example.org")
	secret, _, err := h.Invite(t.Context(), ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Forward(auth.InvitationLife)
	_, _, err = h.AcceptInvitation(t.Context(), secret, "another password")
	mustFail(t, err, models.CodeUnauthorized, "an invitation after seven days")
}

func TestConsoleLink(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.mustAdd(t, "ada@example.org")
	secret, err := h.ConsoleLink(ctx, ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	if m, err := h.LinkedConsole(ctx, secret); err != nil || m.ID != ada.ID {
		t.Fatalf("link of %+v, %v", m, err)
	}
	opened := make([]error, 8)
	var all sync.WaitGroup
	for i := range opened {
		all.Go(func() { _, _, opened[i] = h.OpenConsole(ctx, secret) })
	}
	all.Wait()
	won := 0
	for _, err := range opened {
		if err == nil {
			won++
			continue
		}
		mustFail(t, err, models.CodeUnauthorized, "a second use")
	}
	if won != 1 {
		t.Errorf("the link opened %d sessions, want 1", won)
	}
	late, err := h.ConsoleLink(ctx, ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	h.clock.Forward(auth.ConsoleLife)
	_, _, err = h.OpenConsole(ctx, late)
	mustFail(t, err, models.CodeUnauthorized, "a link after an hour")
}

func TestSecretsKeepTheirKind(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	ada := h.mustAdd(t, "ada@example.org")
	link, err := h.ConsoleLink(ctx, ada.ID)
	if err != nil {
		t.Fatal(err)
	}
	_, err = h.Session(ctx, link)
	mustFail(t, err, models.CodeUnauthorized, "a link as a session")
	_, _, err = h.AcceptInvitation(ctx, link, password)
	mustFail(t, err, models.CodeUnauthorized, "a link as an invitation")
	if _, _, err := h.OpenConsole(ctx, link); err != nil {
		t.Errorf("the link was spent on the way: %v", err)
	}
}

func TestDisablingEndsEverything(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	h.mustAdd(t, "ada@example.org")
	bo := h.mustAdd(t, "bo@example.org")
	session, _, err := h.SignIn(ctx, bo.Email, password, addr("192.0.2.1"))
	token, tokenErr := h.AddToken(ctx, bo.ID, "bot")
	link, linkErr := h.ConsoleLink(ctx, bo.ID)
	if err := errors.Join(err, tokenErr, linkErr, h.svc.PatchModerator(ctx, bo.ID, models.RoleAdmin, true)); err != nil {
		t.Fatal(err)
	}
	_, err = h.Session(ctx, session)
	mustFail(t, err, models.CodeUnauthorized, "session")
	_, err = h.Token(ctx, token)
	mustFail(t, err, models.CodeUnauthorized, "token")
	_, _, err = h.OpenConsole(ctx, link)
	mustFail(t, err, models.CodeUnauthorized, "link")
}

func TestSetUp(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	ctx := t.Context()
	secret, err := h.SetUpSecret(ctx)
	if err != nil {
		t.Fatal(err)
	}
	if err := h.CheckSetUp(ctx, secret); err != nil {
		t.Fatal(err)
	}
	mustFail(t, h.CheckSetUp(ctx, "pb_guess"), models.CodeUnauthorized, "a guess")
	_, err = h.SetUp(ctx, secret, auth.Owner{Email: "ada", Password: "short"}, moderation.NewSite{Key: "No Key"})
	var refusal *models.Error
	if !errors.As(err, &refusal) {
		t.Fatalf("err = %v, want a refusal", err)
	}
	var fields []string
	for _, f := range refusal.Fields {
		fields = append(fields, f.Field)
	}
	for _, want := range []string{"password", "email", "key"} {
		if n := len(slices.DeleteFunc(slices.Clone(fields), func(f string) bool { return f != want })); n != 1 {
			t.Errorf("%s is named %d times in %v, want once", want, n, fields)
		}
	}
	owner := auth.Owner{Email: "Ada@Example.org", Name: "Ada", Password: password}
	made, err := h.SetUp(ctx, secret, owner, moderation.NewSite{Key: "news", Name: "News", Origins: []string{"https://news.example"}, Mode: models.PostMode})
	if err != nil || made.Site.Key != "news" || made.Admin.Role != models.RoleAdmin || made.Admin.Email != "ada@example.org" {
		t.Fatalf("made %+v, %v", made, err)
	}
	if m, err := h.Session(ctx, made.Session); err != nil || m.ID != made.Admin.ID {
		t.Errorf("session of %+v, %v", m, err)
	}
	mustFail(t, h.CheckSetUp(ctx, secret), models.CodeUnauthorized, "the link afterwards")
	_, err = h.SetUp(ctx, secret, owner, moderation.NewSite{Key: "more", Name: "More", Origins: []string{"https://more.example"}})
	mustFail(t, err, models.CodeUnauthorized, "a second set-up")
	_, err = h.SetUpSecret(ctx)
	mustFail(t, err, models.CodeConflict, "another link afterwards")
}

func TestSetUpOnce(t *testing.T) {
	t.Parallel()
	h := newHouse(t)
	first, err := h.SetUpSecret(t.Context())
	second, err2 := h.SetUpSecret(t.Context()) // the server was started twice
	if err := errors.Join(err, err2); err != nil {
		t.Fatal(err)
	}
	errs := make([]error, 2)
	var both sync.WaitGroup
	for i, secret := range []string{first, second} {
		both.Go(func() {
			key := []string{"one", "two"}[i]
			_, errs[i] = h.SetUp(t.Context(), secret, auth.Owner{Email: key + "@example.org", Name: key, Password: password},
				moderation.NewSite{Key: key, Name: key, Origins: []string{"https://" + key + ".example"}, Mode: models.PostMode})
		})
	}
	both.Wait()
	if (errs[0] == nil) == (errs[1] == nil) {
		t.Errorf("two set-ups at once: %v; want exactly one to succeed", errs)
	}
}
