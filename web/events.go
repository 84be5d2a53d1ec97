package web

import (
	"bytes"
	"time"

	"postbag/models"
)

// eventEncoder writes the events of both streams. It implements
// moderation.EventEncoder.
type eventEncoder struct{}

// ThreadEvent encodes what readers of a thread are told.
func (eventEncoder) ThreadEvent(e models.Event, c *models.Comment) (kind string, data []byte) {
	type shown struct {
		Comment commentJSON `json:"comment"`
		Count   int         `json:"count"`
	}
	type gone struct {
		ID         string  `json:"id"`
		ExternalID *string `json:"external_id"`
		Count      int     `json:"count"`
	}
	switch {
	case e.Kind == models.EventHidden:
		out := gone{ID: models.CommentID.Format(e.CommentID), Count: e.Count}
		if c != nil {
			out.ExternalID = orNull(c.ExternalID)
		}
		return eventData("remove", out)
	case e.Kind == models.EventShown && c != nil:
		return eventData("comment", shown{newComment(c, treeBody), e.Count})
	case e.Kind == models.EventUpdated && c != nil:
		return eventData("update", shown{newComment(c, treeBody), e.Count})
	case e.Kind == models.EventArticle, e.Kind == models.EventCounts:
		return eventData("count", map[string]int{"count": e.Count})
	}
	return "", nil
}

// QueueEvent encodes what moderators are told.
func (eventEncoder) QueueEvent(site string, e models.Event, counts models.LaneCounts) (kind string, data []byte) {
	type moved struct {
		Site string `json:"site"`
		ID   string `json:"id"`
		Lane string `json:"lane"`
	}
	type claimed struct {
		Site string   `json:"site"`
		IDs  []string `json:"ids"`
	}
	id := models.CommentID.Format(e.CommentID)
	switch e.Kind {
	case models.EventEntered:
		return eventData("enter", moved{site, id, e.Lane.String()})
	case models.EventLeft:
		return eventData("leave", moved{site, id, e.Lane.String()})
	case models.EventClaimed:
		if e.Claim == nil {
			return "", nil // it has ended since
		}
		return eventData("claim", struct {
			claimed
			Moderator string    `json:"moderator"`
			ExpiresAt time.Time `json:"expires_at"`
		}{claimed{site, []string{id}}, e.Claim.ModeratorName, e.Claim.ExpiresAt.UTC()})
	case models.EventReleased:
		return eventData("release", claimed{site, []string{id}})
	case models.EventCounts:
		return eventData("counts", struct {
			Site   string     `json:"site"`
			Counts countsJSON `json:"counts"`
		}{site, newCounts(counts)})
	}
	return "", nil
}

// eventData is the JSON of an event. What cannot be encoded, a tree that was
// damaged in the database, makes readers fetch the thread again.
func eventData(kind string, v any) (string, []byte) {
	data, err := marshal(v)
	if err != nil {
		return "reset", []byte("{}")
	}
	return kind, bytes.TrimSpace(data)
}
