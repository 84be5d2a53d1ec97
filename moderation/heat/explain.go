package heat

import (
	"fmt"
	"time"
)

// Explain returns one sentence for the audit log on the change from prev to next,
// with the figures that made it; empty when the level is the same.
func (l *Ladder) Explain(prev, next State) string {
	switch {
	case next.Level == prev.Level:
		return ""
	case next.Level < prev.Level:
		return fmt.Sprintf("Lowered from %s to %s; what came before no longer counts, and for %d minutes each step up takes twice the evidence.",
			prev.Level.words(), next.Level.words(), CoolDown/time.Minute)
	case next.Asked:
		return fmt.Sprintf("Raised from %s to %s by decision; only a moderator lowers it.", prev.Level.words(), next.Level.words())
	}
	return fmt.Sprintf("Raised from %s to %s: %s.", prev.Level.words(), next.Level.words(), l.Figures(next))
}

// Figures says in a piece of a sentence what was observed lately.
func (l *Ladder) Figures(s State) string {
	if s.Comments < thousand/2 {
		return "no recent comments"
	}
	share := func(part int64) int64 { return (200*part + s.Comments) / (2 * s.Comments) }
	usual := func(x float64) int64 { return int64(100*x + 0.5) }
	figures := fmt.Sprintf("of about %d recent comments %d %% are by new authors (usually %d %%), %d %% are copies (usually %d %%), %d %% were stopped by rules (usually %d %%)",
		round(s.Comments), share(s.New), usual(l.config.New), share(s.Duplicates), usual(l.config.Duplicates), share(s.Fired), usual(l.config.Fired))
	if s.Reports >= thousand/2 {
		figures += fmt.Sprintf("; reports: %d", round(s.Reports))
	}
	if s.Refused >= thousand/2 {
		figures += fmt.Sprintf("; asked to wait: %d", round(s.Refused))
	}
	return figures
}

func round(sum int64) int64 { return (sum + thousand/2) / thousand }
