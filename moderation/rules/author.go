package rules

import (
	"fmt"
	"slices"
	"strings"
)

// author is a compiled author condition.
type author struct {
	AuthorSpec
	names *wordList // nil without names
}

func (s *AuthorSpec) compile(c *compiler, at string) condition {
	c.within(at+".approved_below", s.ApprovedBelow, 1, 1000)
	c.within(at+".removed_at_least", s.RemovedAtLeast, 1, 1_000_000)
	c.within(at+".removed_share_above", s.RemovedShareAbove, 0, 99)
	c.within(at+".younger_than_hours", s.YoungerThanHours, 1, 10*366*24)
	for i, kind := range s.Kind {
		c.oneOf(at+".kind"+index(i), kind, AuthorKinds()...)
	}
	a := &author{AuthorSpec: *s}
	if s.Names != nil {
		a.names = &wordList{list: c.words(c.parseTerms(at+".names", s.Names)), fields: inName, atLeast: 1}
	}
	if s.ApprovedBelow == nil && s.RemovedAtLeast == nil && s.RemovedShareAbove == nil && s.YoungerThanHours == nil && s.Names == nil && len(s.Kind) == 0 {
		c.add(at, "Give at least one condition: %s.", strings.Join(Fields(Author), ", "))
	}
	return a
}

func (a *author) holds(c *comment) evidence {
	e := evidence{}
	details := a.reasons(c.facts)
	if len(details) > 0 {
		e.truth = yes
	}
	if a.names != nil {
		if named := a.names.holds(c); named.truth != no {
			e.truth, e.matches = max(e.truth, named.truth), named.matches
			details = append(details, "the name "+named.detail)
		}
	}
	e.detail = strings.Join(details, "; ")
	return e
}

// reasons lists what is true of the author, apart from the name.
func (a *author) reasons(f *Facts) []string {
	var list []string
	who := &f.Author
	if !who.trusted() {
		list = a.history(f)
	}
	if slices.Contains(a.Kind, who.Kind) {
		list = append(list, "the author is of the kind "+who.Kind)
	}
	return list
}

func (a *author) history(f *Facts) []string {
	var list []string
	who := &f.Author
	if n := a.ApprovedBelow; n != nil && who.Approved < *n {
		list = append(list, newcomer(who.Approved))
	}
	if n := a.RemovedAtLeast; n != nil && who.removed() >= *n {
		list = append(list, count(who.removed(), "comment")+" of the author removed")
	}
	if n := a.RemovedShareAbove; n != nil && who.removedShare() > *n {
		list = append(list, fmt.Sprintf("%d %% of the author's comments were removed", who.removedShare()))
	}
	if n := a.YoungerThanHours; n != nil {
		if age := f.Now - who.Since; who.Since == 0 || age < int64(*n)*hour {
			list = append(list, seen(who.Since, age))
		}
	}
	return list
}

func newcomer(approved int) string {
	if approved == 0 {
		return "no comment of this author was approved yet"
	}
	return "the author has only " + count(approved, "approved comment")
}

func seen(since, age int64) string {
	if since == 0 {
		return "the author was never here before"
	}
	return "the author first came " + count(int(max(age, 0)/hour), "hour") + " ago"
}

func (s *AuthorSpec) summary() string {
	var parts []string
	add := func(n *int, format string) {
		if n != nil {
			parts = append(parts, fmt.Sprintf(format, *n))
		}
	}
	add(s.ApprovedBelow, "with fewer than %d approved comments")
	add(s.RemovedAtLeast, "with at least %d removed comments")
	add(s.RemovedShareAbove, "with more than %d %% removed")
	add(s.YoungerThanHours, "first seen less than %d hours ago")
	if len(s.Names) > 0 {
		parts = append(parts, "with one of "+count(len(s.Names), "term")+" in the name")
	}
	if len(s.Kind) > 0 {
		parts = append(parts, "of the kind "+strings.Join(s.Kind, " or "))
	}
	return "an author " + strings.Join(parts, ", or ")
}
