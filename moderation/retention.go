package moderation

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"postbag/models/store"
	"postbag/moderation/rules"
)

const (
	cleanEvery   = 10 * time.Minute
	keepEvents   = 20_000
	cleanAtATime = 1_000
	cleanRounds  = 50 // of each part of a cleaning

	// keepAddresses is how long the hashes of senders' addresses are kept.
	keepAddresses = 30 * 24 * time.Hour
	forgetAtATime = 200
)

// clean forgets what no longer serves anything, a little at a time.
func (s *Service) clean(ctx context.Context) {
	tick := time.NewTicker(cleanEvery)
	defer tick.Stop()
	if err := s.cleanUploads(ctx); err != nil && ctx.Err() == nil {
		s.log.Error("uploaded files were not cleaned up", "error", err)
	}
	for {
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
			if err := s.Clean(ctx); err != nil && ctx.Err() == nil {
				s.log.Error("cleaning failed", "error", err)
			}
		}
	}
}

// Clean forgets what has had its time: old events, counters that limit nothing
// any more, sketches that no flood rule looks back to, and after 30 days from
// which address a comment came. It does a bounded part of the work in small
// transactions; the service calls it every ten minutes.
func (s *Service) Clean(ctx context.Context) error {
	last, err := s.store.LastEvent(ctx)
	if err != nil {
		return err
	}
	for _, part := range []func() (more bool, err error){
		func() (bool, error) { return s.prune(ctx, last-keepEvents) },
		func() (bool, error) { return s.forgetAddresses(ctx) },
	} {
		more := true
		for round := 0; more && round < cleanRounds; round++ {
			if more, err = part(); err != nil {
				return err
			}
		}
	}
	return s.cleanUploads(ctx)
}

// prune forgets a part of what serves nothing any more, and reports whether there
// may be more of it.
func (s *Service) prune(ctx context.Context, beforeEvent int64) (more bool, err error) {
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		more = false
		some := func(n int, err error) error {
			more = more || n == cleanAtATime
			return err
		}
		return inOrder(
			func() error { return some(tx.PruneEvents(ctx, beforeEvent, cleanAtATime)) },
			func() error { return some(tx.PruneRates(ctx, tx.Now.UnixNano(), cleanAtATime)) },
			func() error { return some(tx.PruneSketches(ctx, tx.Now.Add(-keepSketches).UnixMilli(), cleanAtATime)) },
			func() error { return some(tx.PruneClaims(ctx, tx.Now, cleanAtATime)) },
			func() error { return some(tx.PruneCredentials(ctx, tx.Now, cleanAtATime)) },
		)
	})
	return more, err
}

// forgetAddresses takes the hashes of addresses off the oldest comments that are
// past their time, and out of what is recorded of their verdicts, and reports
// whether there may be more of them.
func (s *Service) forgetAddresses(ctx context.Context) (more bool, err error) {
	ids, err := s.store.Addressed(ctx, s.clock().Add(-keepAddresses), forgetAtATime)
	if err != nil || len(ids) == 0 {
		return false, err
	}
	err = s.store.Write(ctx, func(tx *store.Tx) error {
		verdicts, err := tx.VerdictsOf(ctx, ids)
		if err != nil {
			return err
		}
		for i := range verdicts {
			if err := withoutAddress(&verdicts[i]); err != nil {
				s.log.Error("a recorded verdict cannot be read, so it is emptied", "error", err)
				verdicts[i].Facts = "{}"
			}
		}
		if err := tx.SaveFacts(ctx, verdicts); err != nil {
			return err
		}
		return tx.ForgetAddresses(ctx, ids)
	})
	if err != nil {
		return false, fmt.Errorf("forget addresses: %w", err)
	}
	return len(ids) == forgetAtATime, nil
}

// withoutAddress makes a recorded verdict forget the address. It still explains
// itself, and comes out the same when it is judged again.
func withoutAddress(v *store.Verdict) error {
	var facts rules.Facts
	if err := json.Unmarshal([]byte(v.Facts), &facts); err != nil {
		return fmt.Errorf("read facts of comment %d: %w", v.CommentID, err)
	}
	facts.Forget()
	forgotten, err := storedFacts(v.CommentID, v.Seq, v.Revision, &facts)
	*v = forgotten
	return err
}
