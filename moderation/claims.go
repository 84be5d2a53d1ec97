package moderation

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"time"

	"postbag/models"
	"postbag/models/store"
)

// Limits of a claim.
const (
	DefaultClaim = 5
	MaxClaim     = 50

	DefaultClaimTime = time.Minute
	MinClaimTime     = 10 * time.Second
	MaxClaimTime     = 10 * time.Minute

	tokenBytes = 24
	maxToken   = 64 // characters
)

// Claim gives a moderator the comments that have waited longest and that nobody
// else works on. Until the claim ends, nobody else is given them or can decide
// them. When nothing waits, the answer is empty and has no token.
func (s *Service) Claim(ctx context.Context, by models.Moderator, in ClaimRequest) (Claimed, error) {
	sites, err := s.checkClaim(&in)
	if err != nil || len(sites) == 0 {
		return Claimed{Items: []models.ModerationItem{}}, err
	}
	token, hash, err := s.newToken()
	if err != nil {
		return Claimed{}, fmt.Errorf("claim: %w", err)
	}
	claim := models.Claim{ModeratorID: by.ID, ModeratorName: by.Name}
	var comments []models.Comment
	err = s.store.Write(ctx, func(tx *store.Tx) (err error) {
		claim.ExpiresAt = tx.Now.Add(in.Duration)
		comments, err = tx.Claim(ctx, &claim, hash, sites, lanesOf(in.Lane), in.Limit)
		return err
	})
	if errors.Is(err, store.ErrNotFound) {
		return Claimed{Items: []models.ModerationItem{}}, nil
	}
	if err != nil {
		return Claimed{}, fmt.Errorf("claim: %w", err)
	}
	items, err := s.items(ctx, s.store.Query, comments)
	if err != nil {
		return Claimed{}, fmt.Errorf("claim: %w", err)
	}
	return Claimed{Items: items, Token: token, ExpiresAt: claim.ExpiresAt}, nil
}

// checkClaim checks a request, sets its defaults and returns the sites that it
// means.
func (s *Service) checkClaim(in *ClaimRequest) ([]int64, error) {
	sites, err := s.siteIDs(in.Site)
	if err != nil {
		return nil, err
	}
	if in.Lane < models.NoLane || in.Lane > models.LaneSample {
		return nil, models.Invalid("lane", "Use pending, reported, new, sample, escalated or all.")
	}
	if in.Limit, err = pageSize(in.Limit, DefaultClaim, MaxClaim); err != nil {
		return nil, err
	}
	in.Duration, err = claimTime(in.Duration)
	return sites, err
}

func claimTime(d time.Duration) (time.Duration, error) {
	if d == 0 {
		return DefaultClaimTime, nil
	}
	if d < MinClaimTime || d > MaxClaimTime {
		return 0, models.Invalid("seconds", fmt.Sprintf("Use a number from %d to %d.", MinClaimTime/time.Second, MaxClaimTime/time.Second))
	}
	return d, nil
}

// RenewClaim lets a claim last for d from now (0 means a minute) and returns
// its new end. A claim that has ended cannot be renewed: somebody else may have
// its comments.
func (s *Service) RenewClaim(ctx context.Context, by models.Moderator, token string, d time.Duration) (time.Time, error) {
	d, err := claimTime(d)
	if err != nil {
		return time.Time{}, err
	}
	var until time.Time
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		claim, err := claimOf(ctx, tx.Query, by, token)
		if err != nil {
			return err
		}
		if !tx.Now.Before(claim.ExpiresAt) {
			return models.Refuse(models.CodeConflict, "This claim has ended. Claim again to go on.")
		}
		until = tx.Now.Add(d)
		return tx.RenewClaim(ctx, claim.ID, until)
	})
	return until, translate(err, "claim")
}

// ReleaseClaim gives back what a moderator has claimed and not decided.
func (s *Service) ReleaseClaim(ctx context.Context, by models.Moderator, token string) error {
	err := s.store.Write(ctx, func(tx *store.Tx) error {
		claim, err := claimOf(ctx, tx.Query, by, token)
		if err != nil {
			return err
		}
		_, err = tx.ReleaseClaim(ctx, claim.ID)
		return err
	})
	return translate(err, "claim")
}

// claimOf finds a moderator's own claim; to others it does not exist.
func claimOf(ctx context.Context, q store.Query, by models.Moderator, token string) (models.Claim, error) {
	if token == "" || len(token) > maxToken {
		return models.Claim{}, store.ErrNotFound
	}
	hash := sha256.Sum256([]byte(token))
	claim, err := q.ClaimByToken(ctx, hash[:])
	if err == nil && claim.ModeratorID != by.ID {
		err = store.ErrNotFound
	}
	return claim, err
}

// newToken makes a secret and the hash under which it is stored.
func (s *Service) newToken() (token string, hash []byte, err error) {
	var secret [tokenBytes]byte
	if _, err := io.ReadFull(s.rand, secret[:]); err != nil {
		return "", nil, fmt.Errorf("make token: %w", err)
	}
	token = base64.RawURLEncoding.EncodeToString(secret[:])
	sum := sha256.Sum256([]byte(token))
	return token, sum[:], nil
}
