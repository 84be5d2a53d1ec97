package main

import (
	"context"
	"encoding/json"
	"net/http"
	"net/url"
)

// decidableItem is what a moderator needs of a queue item.
type decidableItem struct {
	Comment struct {
		ID      string `json:"id"`
		Version int64  `json:"version"`
	} `json:"comment"`
}

// decisionBody is the body of a decision.
type decisionBody struct {
	Action  string `json:"action"`
	Reason  string `json:"reason"`
	Note    string `json:"note"`
	Version int64  `json:"version"`
	Claim   string `json:"claim"`
}

// moderate decides the next claimed item, or claims some.
func (w *worker) moderate(ctx context.Context) {
	if len(w.items) == 0 {
		w.takeItems(ctx)
		return
	}
	item := w.items[0]
	w.items = w.items[1:]
	body := decisionBody{Action: w.verdict(), Version: item.Comment.Version, Claim: w.claim}
	path := "/moderation/comments/" + url.PathEscape(item.Comment.ID) + "/decisions"
	a := w.done(ctx, "decide", w.client.moderate(ctx, http.MethodPost, path, body))
	if a.ok() && w.chance(20) {
		w.undo(ctx, a)
	}
	if len(w.items) == 0 {
		w.done(ctx, "release", w.client.moderate(ctx, http.MethodDelete, "/moderation/claims/"+url.PathEscape(w.claim), nil))
	}
}

// verdict is what this moderator thinks: most comments are fine.
func (w *worker) verdict() string {
	switch draw := w.rng.IntN(100); {
	case draw < 80:
		return "approve"
	case draw < 94:
		return "remove"
	}
	return "spam"
}

// takeItems claims what waits, first what is held, else what is new; it rests when nothing does.
func (w *worker) takeItems(ctx context.Context) {
	for _, lane := range []string{"pending", "new"} {
		a := w.done(ctx, "claim", w.client.moderate(ctx, http.MethodPost, "/moderation/claims", map[string]any{
			"site": w.opts.site, "lane": lane, "limit": claimedAtOnce, "seconds": claimSeconds,
		}))
		var claimed struct {
			Items []decidableItem `json:"items"`
			Claim string          `json:"claim"`
		}
		if a.ok() && json.Unmarshal(a.body, &claimed) == nil && len(claimed.Items) > 0 {
			w.items, w.claim = claimed.Items, claimed.Claim
			return
		}
	}
	rest(ctx, pauseWhenIdle)
}

// undo takes back the decision just made.
func (w *worker) undo(ctx context.Context, decided answer) {
	var made struct {
		Decision struct {
			ID string `json:"id"`
		} `json:"decision"`
	}
	if json.Unmarshal(decided.body, &made) != nil || made.Decision.ID == "" {
		return
	}
	w.done(ctx, "undo", w.client.moderate(ctx, http.MethodPost, "/moderation/decisions/"+url.PathEscape(made.Decision.ID)+"/undo", nil))
}
