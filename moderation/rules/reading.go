package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postbag/models"
	"postbag/moderation/keyword"
)

// Reading is what was found in a text. It is immutable and safe for concurrent
// use.
type Reading struct {
	engine *Engine
	in     Input
	words  []found // sorted by list, field and place
	links  []link
	text   textFacts
	broken string // why the text could not be read, if it could not
}

// found is a term of a word list in one field of the comment.
type found struct {
	keyword.Hit
	field field
	typed bool // in a link that stands in the text as well
}

// field is a field of a comment, or a set of fields.
type field uint8

const (
	inText field = 1 << iota
	inName
	inEmail
	inLink
)

// name returns the field as it is written; f is one field.
func (f field) name() string {
	for i, name := range KeywordFields() {
		if f == 1<<i {
			return name
		}
	}
	return ""
}

// Read finds out what the rules want to know of a text: the terms of all word
// lists, in one pass over each field, its links, and its measures. Its time grows
// with the text, hardly with the number of rules or terms. It needs nothing else,
// so it can run before the transaction, and never fails: a text that cannot be
// read is held by every rule that wants to know about it.
func (e *Engine) Read(in Input) *Reading {
	r := &Reading{engine: e, in: in}
	defer func() {
		if p := recover(); p != nil {
			r.broken = fmt.Sprint(p)
		}
	}()
	if e.words != nil {
		r.findWords()
	}
	if e.needs.links {
		r.links = readLinks(in)
	}
	r.text.measure(in, e.needs, r.links)
	return r
}

func (r *Reading) findWords() {
	r.look(inText, r.in.Text, false)
	r.look(inName, r.in.Name, false)
	r.look(inEmail, r.in.Email, false)
	seen := map[string]bool{}
	for _, target := range r.in.Links {
		if seen[target] {
			continue
		}
		seen[target] = true
		typed := strings.Contains(r.in.Text, target)
		if !typed || r.engine.needs.linkOnly {
			r.look(inLink, target, typed)
		}
	}
	slices.SortStableFunc(r.words, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.List, b.List), cmp.Compare(a.field, b.field))
	})
}

func (r *Reading) look(in field, text string, typed bool) {
	for _, hit := range r.engine.words.Find(text) {
		r.words = append(r.words, found{hit, in, typed})
	}
}

// hits returns what was found of one word list.
func (r *Reading) hits(list int) []found {
	byList := func(f found, list int) int { return cmp.Compare(f.List, list) }
	from, _ := slices.BinarySearchFunc(r.words, list, byList)
	to, _ := slices.BinarySearchFunc(r.words, list+1, byList)
	return r.words[from:to]
}

// match marks a hit for the moderator.
func (f *found) match() models.Match {
	return models.Match{Field: f.field.name(), Start: f.Start, End: f.End}
}
