package moderation_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"postbag/models"
	"postbag/moderation"
)

func (d *desk) claim(tb testing.TB, by models.Moderator, in moderation.ClaimRequest) moderation.Claimed {
	tb.Helper()
	c, err := d.Claim(tb.Context(), by, in)
	if err != nil {
		tb.Fatal(err)
	}
	return c
}

func TestTwoModeratorsNeverHoldTheSame(t *testing.T) {
	d := newDesk(t)
	const comments = 40
	for i := range comments {
		d.say(t, fmt.Sprint("dubious ", i))
	}
	var mu sync.Mutex
	holders := map[string]string{}
	var wg sync.WaitGroup
	for i := range 8 {
		by := []models.Moderator{d.anna, d.ben}[i%2]
		wg.Go(func() {
			for {
				got, err := d.Claim(t.Context(), by, moderation.ClaimRequest{Site: "news", Limit: 3})
				if err != nil {
					t.Error(err)
					return
				}
				if len(got.Items) == 0 {
					return
				}
				mu.Lock()
				for _, item := range got.Items {
					id := item.Comment.PublicID()
					if other, taken := holders[id]; taken {
						t.Errorf("%s is held by %s and %s", id, other, got.Token)
					}
					holders[id] = got.Token
				}
				mu.Unlock()
			}
		})
	}
	wg.Wait()
	if len(holders) != comments {
		t.Errorf("%d of %d comments are held", len(holders), comments)
	}
}

func TestClaimKeepsOthersOut(t *testing.T) {
	d := newDesk(t)
	first, second := d.say(t, "dubious 1"), d.say(t, "dubious 2")
	got := d.claim(t, d.ben, moderation.ClaimRequest{Site: "news", Limit: 1})
	if len(got.Items) != 1 || got.Items[0].Comment.PublicID() != first || !got.ExpiresAt.Equal(d.clock().Add(time.Minute)) || got.Items[0].Claim == nil {
		t.Fatalf("claimed %+v", got)
	}
	approve := func(by models.Moderator, token string) error {
		_, err := d.Decide(t.Context(), by, moderation.DecisionRequest{Comment: first, Choice: models.ChooseApprove, Version: d.look(t, first).Comment.Version, Claim: token})
		return err
	}
	r := refusal(t, approve(d.anna, ""), models.CodeConflict)
	if r.Claim == nil || r.Claim.ModeratorName != "Ben" || !strings.Contains(r.Detail, "Ben is working on this comment until 09:01:00 UTC") || r.Comment == nil {
		t.Errorf("the refusal says %q, %+v", r.Detail, r.Claim)
	}
	refusal(t, approve(d.anna, got.Token), models.CodeConflict)
	if next := d.claim(t, d.anna, moderation.ClaimRequest{Site: "news"}); len(next.Items) != 1 || next.Items[0].Comment.PublicID() != second {
		t.Errorf("Anna claimed %+v", next.Items)
	}
	if err := approve(d.ben, got.Token); err != nil {
		t.Errorf("the holder: %v", err)
	}
	if i := d.look(t, first); i.Claim != nil {
		t.Errorf("a decided comment is claimed: %+v", i.Claim)
	}
}

func TestClaimEnds(t *testing.T) {
	d := newDesk(t)
	id := d.say(t, "dubious")
	got := d.claim(t, d.ben, moderation.ClaimRequest{Duration: 10 * time.Second})
	d.advance(9 * time.Second)
	until, err := d.RenewClaim(t.Context(), d.ben, got.Token, 20*time.Second)
	if err != nil || !until.Equal(d.clock().Add(20*time.Second)) {
		t.Fatalf("renewed until %v, %v", until, err)
	}
	d.advance(19 * time.Second)
	if c := d.claim(t, d.anna, moderation.ClaimRequest{}); len(c.Items) != 0 || c.Token != "" {
		t.Errorf("a renewed claim was given away")
	}
	d.advance(time.Second)
	_, err = d.RenewClaim(t.Context(), d.ben, got.Token, 0)
	refusal(t, err, models.CodeConflict)
	if d.look(t, id).Claim != nil {
		t.Error("an ended claim is shown")
	}
	again := d.claim(t, d.anna, moderation.ClaimRequest{})
	if len(again.Items) != 1 {
		t.Fatal("an ended claim keeps the comment")
	}
	if err := d.ReleaseClaim(t.Context(), d.anna, again.Token); err != nil {
		t.Fatal(err)
	}
	refusal(t, d.ReleaseClaim(t.Context(), d.anna, again.Token), models.CodeNotFound)
	if c := d.claim(t, d.ben, moderation.ClaimRequest{}); len(c.Items) != 1 {
		t.Error("a released comment is not free")
	}
}

func TestClaimRefusals(t *testing.T) {
	d := newDesk(t)
	d.say(t, "dubious")
	for name, c := range map[string]struct {
		in   moderation.ClaimRequest
		code models.Code
	}{
		"site":  {moderation.ClaimRequest{Site: "nowhere"}, models.CodeNotFound},
		"lane":  {moderation.ClaimRequest{Lane: 7}, models.CodeInvalid},
		"limit": {moderation.ClaimRequest{Limit: 51}, models.CodeInvalid},
		"below": {moderation.ClaimRequest{Limit: -1}, models.CodeInvalid},
		"short": {moderation.ClaimRequest{Duration: 9 * time.Second}, models.CodeInvalid},
		"long":  {moderation.ClaimRequest{Duration: 10*time.Minute + 1}, models.CodeInvalid},
	} {
		_, err := d.Claim(t.Context(), d.anna, c.in)
		if models.CodeOf(err) != c.code {
			t.Errorf("%s: %v", name, err)
		}
	}
	got := d.claim(t, d.ben, moderation.ClaimRequest{Limit: 50, Duration: 10 * time.Minute})
	for _, token := range []string{"", "x", strings.Repeat("x", 1<<20), got.Token + "x"} {
		_, err := d.RenewClaim(t.Context(), d.ben, token, 0)
		refusal(t, err, models.CodeNotFound)
		refusal(t, d.ReleaseClaim(t.Context(), d.ben, token), models.CodeNotFound)
	}
	_, err := d.RenewClaim(t.Context(), d.anna, got.Token, 0)
	refusal(t, err, models.CodeNotFound)
	refusal(t, d.ReleaseClaim(t.Context(), d.anna, got.Token), models.CodeNotFound)
	_, err = d.RenewClaim(t.Context(), d.ben, got.Token, time.Hour)
	refusal(t, err, models.CodeInvalid)
}
