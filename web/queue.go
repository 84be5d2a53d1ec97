package web

import (
	"net/http"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation"
)

func (s *Server) getMe(c *gin.Context) error {
	by := moderator(c)
	sites, err := s.service.Sites(c.Request.Context())
	if err != nil {
		return err
	}
	type reasonJSON struct {
		Key   string `json:"key"`
		Label string `json:"label"`
	}
	type mySiteJSON struct {
		Key     string       `json:"key"`
		Name    string       `json:"name"`
		Reasons []reasonJSON `json:"reasons"`
	}
	mine := make([]mySiteJSON, len(sites))
	for i, site := range sites {
		mine[i] = mySiteJSON{site.Key, site.Name, make([]reasonJSON, len(site.Reasons))}
		for j, r := range site.Reasons {
			mine[i].Reasons[j] = reasonJSON(r)
		}
	}
	return answer(c, http.StatusOK, map[string]any{
		"id": models.ModeratorID.Format(by.ID), "email": by.Email, "name": by.Name, "role": by.Role, "sites": mine,
	})
}

func (s *Server) getQueue(c *gin.Context) error {
	by := moderator(c)
	q, err := queueQuery(c)
	if err != nil {
		return err
	}
	queue, err := s.service.Queue(c.Request.Context(), by, q)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]any{
		"items": newItems(queue.Items, by, s.now()), "counts": newCounts(queue.Counts), "next": orNull(queue.Next),
	})
}

func queueQuery(c *gin.Context) (moderation.QueueQuery, error) {
	p, err := queryParams(c.Request)
	if err != nil {
		return moderation.QueueQuery{}, err
	}
	q := moderation.QueueQuery{
		Site: p.get("site"), Article: p.get("article"), Author: p.get("author"), Rule: p.get("rule"), Text: p.get("q"),
		Sort: p.get("sort"), Cursor: p.get("cursor"),
	}
	if q.Lane, err = parseLane(p.get("lane")); err != nil {
		return q, err
	}
	if name := p.get("status"); name != "" {
		var ok bool
		if q.Status, ok = models.ParseStatus(name); !ok {
			return q, models.Invalid("status", "Use approved, removed, spam or deleted.")
		}
	}
	q.Limit, err = p.number("limit")
	return q, err
}

func parseLane(name string) (models.Lane, error) {
	if name == "all" {
		name = ""
	}
	lane, ok := models.ParseLane(name)
	if !ok {
		return 0, models.Invalid("lane", "Use pending, reported, new, escalated, sample or all.")
	}
	return lane, nil
}

func (s *Server) postClaim(c *gin.Context) error {
	by := moderator(c)
	var in struct {
		Site    string `json:"site"`
		Lane    string `json:"lane"`
		Limit   int    `json:"limit"`
		Seconds int    `json:"seconds"`
	}
	if err := readJSON(c, &in); err != nil {
		return err
	}
	lane, err := parseLane(in.Lane)
	if err != nil {
		return err
	}
	duration, err := claimTime(in.Seconds)
	if err != nil {
		return err
	}
	claimed, err := s.service.Claim(c.Request.Context(), by, moderation.ClaimRequest{Site: in.Site, Lane: lane, Limit: in.Limit, Duration: duration})
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]any{
		"items": newItems(claimed.Items, by, s.now()), "claim": orNull(claimed.Token), "expires_at": timeOrNull(claimed.ExpiresAt),
	})
}

// claimTime converts seconds without overflow; the service sets the bounds.
func claimTime(seconds int) (time.Duration, error) {
	if seconds < 0 || seconds > 24*60*60 {
		return 0, models.Invalid("seconds", "Use a number from 10 to 600.")
	}
	return time.Duration(seconds) * time.Second, nil
}

func (s *Server) patchClaim(c *gin.Context) error {
	var in struct {
		Seconds int `json:"seconds"`
	}
	if err := readOptionalJSON(c, &in); err != nil {
		return err
	}
	duration, err := claimTime(in.Seconds)
	if err != nil {
		return err
	}
	token := c.Param("claim")
	until, err := s.service.RenewClaim(c.Request.Context(), moderator(c), token, duration)
	if err != nil {
		return err
	}
	return answer(c, http.StatusOK, map[string]any{"claim": token, "expires_at": until.UTC()})
}

func (s *Server) deleteClaim(c *gin.Context) error {
	if err := s.service.ReleaseClaim(c.Request.Context(), moderator(c), c.Param("claim")); err != nil {
		return err
	}
	return done(c)
}
