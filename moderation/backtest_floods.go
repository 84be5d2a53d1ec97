package moderation

import (
	"postbag/moderation/flood"
	"postbag/moderation/rules"
)

// echoes remembers the comments that went by, for a rule on trial that looks for
// copies of them. It is bounded as the memory of the living is.
type echoes struct {
	queries []rules.FloodQuery
	index   *flood.Index // nil when nothing is asked
}

func newEchoes(queries []rules.FloodQuery) *echoes {
	e := &echoes{queries: queries}
	if len(queries) > 0 {
		e.index = flood.New(maxSketches, 0)
	}
	return e
}

// hear answers what the rule asks about copies of a text, and remembers the text.
func (e *echoes) hear(p *past, m *moment) []rules.FloodFact {
	if e.index == nil {
		return nil
	}
	entry := flood.Entry{ID: p.ID, At: m.facts.Now, Author: p.AuthorID, Article: p.ArticleID, Signature: m.sketch}
	e.index.Prune(m.facts.Now - keepSketches.Milliseconds())
	facts := floodFacts(e.index, entry, e.queries)
	e.index.Add(entry)
	return facts
}
