package moderation

import (
	"encoding/binary"

	"postbag/models"
)

// Bounds of the random sample.
const (
	DefaultSample = 20  // comments in 1,000 of a new site
	shadowSample  = 200 // in 1,000, of those that a rule in shadow mode would have stopped
	mostSample    = 1000
)

// draw decides whether a comment that passes is shown to a moderator all the
// same. What moderators make of the sample tells the share of bad comments among
// all that passed, and how often a rule in shadow mode is right. For the latter
// more are drawn, which are marked as extra: they say nothing about the rest.
//
// Nobody can steer the draw: it follows from the idempotency key by a hash that
// is keyed with the server's secret, and a submission that is tried again is
// drawn again.
func (s *Service) draw(site *models.Site, c *models.Comment, findings []models.Finding) {
	if c.Status != models.Approved || site.Sample <= 0 {
		return
	}
	lot := int(binary.BigEndian.Uint64(s.sign("sample", site.Key+"\x00"+c.Key)) % mostSample)
	switch {
	case lot < site.Sample:
		c.Sampled = true
	case lot < shadowSample && firedInShadow(findings):
		c.Sampled, c.Extra = true, true
	}
}

func firedInShadow(findings []models.Finding) bool {
	for i := range findings {
		if findings[i].Would != models.NoAction {
			return true
		}
	}
	return false
}
