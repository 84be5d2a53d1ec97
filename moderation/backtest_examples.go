package moderation

import (
	"cmp"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"postbag/models"
)

// sample keeps some of many comments, each with the same chance, and the same
// ones whenever the same comments are offered: those whose ids hash lowest.
type sample struct {
	most  int
	seen  int // comments offered
	drawn []drawn
}

// drawn is a comment that is kept as an example.
type drawn struct {
	rank    uint64
	article int64
	example BacktestExample
}

// sampleOf returns the sample with a key, and makes it when there is none.
func sampleOf[K comparable](all map[K]*sample, key K, most int) *sample {
	s := all[key]
	if s == nil {
		s = &sample{most: most}
		all[key] = s
	}
	return s
}

// offer considers a comment.
func (s *sample) offer(r *ruling) {
	s.seen++
	rank := scramble(uint64(r.ID))
	if len(s.drawn) == s.most && rank >= s.drawn[s.most-1].rank {
		return
	}
	at, _ := slices.BinarySearchFunc(s.drawn, rank, func(d drawn, rank uint64) int { return cmp.Compare(d.rank, rank) })
	s.drawn = slices.Insert(s.drawn, at, drawn{rank, r.ArticleID, exampleOf(r)})
	s.drawn = s.drawn[:min(len(s.drawn), s.most)]
}

// scramble is the finaliser of SplitMix64 (Steele, Lea and Flood 2014): it
// spreads ids that follow one another over all numbers, and no two meet.
func scramble(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}

// examples returns what was drawn, oldest first. titles are those of the
// articles.
func (s *sample) examples(titles map[int64]models.Article) []BacktestExample {
	list := []BacktestExample{}
	if s == nil {
		return list
	}
	for _, d := range s.drawn {
		e := d.example
		a := titles[d.article]
		e.Title = cmp.Or(a.Title, a.URL, a.Ident)
		list = append(list, e)
	}
	slices.SortFunc(list, func(a, b BacktestExample) int { return a.At.Compare(b.At) })
	return list
}

// exampleOf describes a comment on which the rule fires, or fired until the
// change.
func exampleOf(r *ruling) BacktestExample {
	e := BacktestExample{
		Comment: models.CommentID.Format(r.ID), Article: models.ArticleID.Format(r.ArticleID), Author: r.AuthorName,
		At: time.UnixMilli(r.CreatedAt).UTC(), Status: r.Status.String(), Matches: []BacktestMatch{},
	}
	var matches []models.Match
	if r.finding != nil {
		e.Action, e.Detail, matches = r.finding.Action.String(), r.finding.Detail, r.finding.Matches
	}
	from, to := excerpt(r.text, matches)
	e.Excerpt = strings.Clone(r.text[from:to])
	for _, m := range matches {
		switch {
		case m.Field != "text":
		case m.Start < from || m.End > to:
			continue
		default:
			m.Start, m.End = m.Start-from, m.End-from
		}
		e.Matches = append(e.Matches, BacktestMatch(m))
	}
	return e
}

// Sizes of an excerpt in bytes.
const (
	maxExcerpt    = 400
	beforeExcerpt = 120 // shown before the first match
)

// excerpt chooses the piece of a text that is shown: the beginning, or when the
// first match is further on, the surroundings of that. It never cuts a
// character.
func excerpt(text string, matches []models.Match) (from, to int) {
	first := slices.IndexFunc(matches, func(m models.Match) bool { return m.Field == "text" })
	if first >= 0 && matches[first].End > maxExcerpt {
		from = max(0, min(matches[first].Start-beforeExcerpt, len(text)))
	}
	to = min(len(text), from+maxExcerpt)
	for from > 0 && !utf8.RuneStart(text[from]) {
		from--
	}
	for to < len(text) && !utf8.RuneStart(text[to]) {
		to--
	}
	return from, to
}
