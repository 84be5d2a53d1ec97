package rules

import (
	"fmt"

	"postbag/models"
)

// Limits of a flood rule.
const (
	MaxFloodHours     = 3 * 24
	DefaultSimilarity = 38 // percent of the five-letter sequences of both; three of 25 words changed leave about half
	leastSimilarity   = 30
	maxCopies         = 256 // as far as package flood counts
)

// flood is a compiled flood condition.
type flood struct{ FloodSpec }

func (s *FloodSpec) compile(c *compiler, at string) condition {
	c.within(at+".copies", &s.Copies, 2, maxCopies)
	c.within(at+".hours", &s.Hours, 1, MaxFloodHours)
	similarity := DefaultSimilarity
	if s.Similarity != 0 {
		similarity = s.Similarity
		c.within(at+".similarity", &s.Similarity, leastSimilarity, 100)
	}
	if s.Across != "" {
		c.oneOf(at+".across", s.Across, "site", "article")
	}
	if s.Authors != 0 {
		c.within(at+".authors", &s.Authors, 1, max(s.Copies, 1))
	}
	if len(c.floods) > 0 {
		c.add(at, "A rule can have one flood condition. Make two rules of this one.")
	}
	c.floods = append(c.floods, FloodQuery{Hours: s.Hours, Similarity: similarity, Article: s.Across == "article"})
	return &flood{*s}
}

func (s *flood) holds(c *comment) evidence {
	for i := range c.facts.Floods {
		f := &c.facts.Floods[i]
		if f.Rule != c.rule.ID || f.Copies < s.Copies || f.Authors < s.Authors {
			continue
		}
		wait := f.Since + int64(s.Hours)*hour - c.facts.Now
		return evidence{truth: yes, detail: s.detail(f), wait: min(max(wait, 1000), int64(s.Hours)*hour)}
	}
	return evidence{}
}

const hour = 3600_000 // milliseconds

func (s *flood) detail(f *FloodFact) string {
	text := fmt.Sprintf("the %s like it in %s, by %s", ordinal(f.Copies), count(s.Hours, "hour"), count(f.Authors, "author"))
	if f.Articles > 1 {
		text += fmt.Sprintf(" on %d articles", f.Articles)
	}
	if f.Similarity > 0 {
		text += fmt.Sprintf(", up to %d %% alike", f.Similarity)
	}
	if f.First != 0 {
		text += "; the first is " + models.CommentID.Format(f.First)
	}
	return text
}

// ordinal writes 1st, 2nd, 3rd, 4th.
func ordinal(n int) string {
	suffix := "th"
	if n%100 < 11 || n%100 > 13 {
		switch n % 10 {
		case 1:
			suffix = "st"
		case 2:
			suffix = "nd"
		case 3:
			suffix = "rd"
		}
	}
	return fmt.Sprintf("%d%s", n, suffix)
}

func (s *FloodSpec) summary() string {
	text := fmt.Sprintf("the same text %d times in %s", s.Copies, count(s.Hours, "hour"))
	if s.Across == "article" {
		text += " on one article"
	}
	if s.Authors > 1 {
		text += fmt.Sprintf(", by at least %d authors", s.Authors)
	}
	return text
}
