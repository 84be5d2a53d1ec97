package rules

import (
	"slices"
	"strings"

	"postbag/models"
)

// Limits of a combination.
const (
	MaxConditions = 30 // conditions in one rule, combinations aside
	MaxNesting    = 4  // combinations within one another
)

// combination is true when at least so many of its parts are.
type combination struct {
	parts   []condition
	atLeast int
}

// negation is true when its part is not.
type negation struct {
	part condition
	what string
}

func (s *CombinationSpec) compile(c *compiler, at string) condition {
	return s.nested(c, at, 1)
}

func (s *CombinationSpec) nested(c *compiler, at string, depth int) condition {
	if depth > MaxNesting {
		c.add(at, "Conditions are nested more than %d deep. Make several rules of this one.", MaxNesting)
		return nil
	}
	name, parts, atLeast := s.form()
	switch {
	case name == "":
		c.add(at, "Give exactly one of: all, any, or of with at_least.")
		return nil
	case len(parts) == 0:
		c.add(at+"."+name, "Give at least one condition.")
	case name == "of" && (s.AtLeast < 1 || s.AtLeast > len(parts)):
		c.add(at+".at_least", "Write a number from 1 to the number of conditions, %d.", len(parts))
	case name != "of" && s.AtLeast != 0:
		c.add(at+".at_least", "at_least goes with of.")
	}
	made := &combination{atLeast: atLeast}
	for i := range parts {
		made.parts = append(made.parts, parts[i].compile(c, at+"."+name+index(i), depth))
	}
	return made
}

// form returns which of the three lists is given; empty when none is, or
// several are.
func (s *CombinationSpec) form() (name string, parts []Condition, atLeast int) {
	given := 0
	if s.All != nil {
		name, parts, atLeast, given = "all", s.All, len(s.All), given+1
	}
	if s.Any != nil {
		name, parts, atLeast, given = "any", s.Any, 1, given+1
	}
	if s.Of != nil {
		name, parts, atLeast, given = "of", s.Of, s.AtLeast, given+1
	}
	if given != 1 {
		return "", nil, 0
	}
	return name, parts, atLeast
}

func (s *Condition) compile(c *compiler, at string, depth int) condition {
	name, part := s.only()
	switch {
	case name == "":
		c.add(at, "Give exactly one of: %s.", strings.Join(conditionNames(), ", "))
		return nil
	case name == "not":
		if depth >= MaxNesting {
			c.add(at, "Conditions are nested more than %d deep. Make several rules of this one.", MaxNesting)
			return nil
		}
		return &negation{s.Not.compile(c, at+".not", depth+1), s.Not.summary()}
	case part == nil:
		return s.CombinationSpec.nested(c, at, depth+1)
	}
	if c.leaves++; c.leaves == MaxConditions+1 {
		c.add(at, "A rule has at most %d conditions. Make several rules of this one.", MaxConditions)
	}
	if c.leaves > MaxConditions {
		return nil
	}
	return part.compile(c, at+"."+name)
}

func conditionNames() []string {
	return []string{"keyword", "links", "author", "expression", "flood", "not", "all", "any", "of"}
}

// only returns the one member that is given, and its conditions when it is a
// leaf. The name is empty when none is given, or several are.
func (s *Condition) only() (name string, leaf spec) {
	given := 0
	is := func(there bool, n string, l spec) {
		if there {
			name, leaf, given = n, l, given+1
		}
	}
	is(s.Keyword != nil, "keyword", s.Keyword)
	is(s.Links != nil, "links", s.Links)
	is(s.Author != nil, "author", s.Author)
	is(s.Expression != nil, "expression", s.Expression)
	is(s.Flood != nil, "flood", s.Flood)
	is(s.Not != nil, "not", nil)
	is(s.All != nil || s.Any != nil || s.Of != nil || s.AtLeast != 0, "combination", nil)
	if given != 1 {
		return "", nil
	}
	return name, leaf
}

func (m *combination) holds(c *comment) evidence {
	var found []evidence
	surely := 0
	for _, p := range m.parts {
		switch e := p.holds(c); e.truth {
		case yes:
			surely++
			fallthrough
		case perhaps:
			found = append(found, e)
		}
	}
	if len(found) < m.atLeast {
		return evidence{}
	}
	e := anyOf(found)
	if surely < m.atLeast {
		e.truth = perhaps
	}
	return e
}

func (n *negation) holds(c *comment) evidence {
	return evidence{truth: yes - n.part.holds(c).truth, detail: "not: " + n.what}
}

// anyOf joins the evidence of conditions that are true, of which one is enough.
func anyOf(all []evidence) evidence {
	var e evidence
	var details []string
	for _, one := range all {
		e.truth = max(e.truth, one.truth)
		e.wait = max(e.wait, one.wait)
		if one.detail != "" && !slices.Contains(details, one.detail) {
			details = append(details, one.detail)
		}
		e.matches = addMatches(e.matches, one.matches)
	}
	e.detail = strings.Join(details, "; ")
	return e
}

// addMatches joins places, each once.
func addMatches(list, more []models.Match) []models.Match {
	for _, m := range more {
		if len(list) < maxMatches && !slices.Contains(list, m) {
			list = append(slices.Clip(list), m)
		}
	}
	return list
}

// distinct returns the different words, in order.
func distinct(words []string) []string {
	var list []string
	for _, w := range words {
		if len(list) < 4 && !slices.Contains(list, w) {
			list = append(list, w)
		}
	}
	return list
}

func (s *CombinationSpec) summary() string {
	name, parts, _ := s.form()
	var texts []string
	for i := range parts {
		texts = append(texts, parts[i].summary())
	}
	switch name {
	case "all":
		return strings.Join(texts, " and ")
	case "any":
		return strings.Join(texts, " or ")
	}
	return "at least " + count(s.AtLeast, "thing") + " of: " + strings.Join(texts, "; ")
}

func (s *Condition) isNested() bool { name, _ := s.only(); return name == "combination" }

func (s *Condition) summary() string {
	name, leaf := s.only()
	switch {
	case name == "not" && s.Not.isNested():
		return "not " + s.Not.summary()
	case name == "not":
		return "not (" + s.Not.summary() + ")"
	case leaf != nil:
		return leaf.summary()
	}
	return "(" + s.CombinationSpec.summary() + ")"
}
