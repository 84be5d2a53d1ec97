package rules

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"postbag/models"
	"postbag/moderation/keyword"
)

// MaxTerms is how many entries a word list can have.
const MaxTerms = 20_000

// wordList is a compiled list of terms.
type wordList struct {
	list    int // in the matcher
	fields  field
	atLeast int // different terms
}

func (s *KeywordSpec) compile(c *compiler, at string) condition {
	terms := c.parseTerms(at+".terms", s.Terms)
	w := &wordList{list: c.words(terms), atLeast: max(s.AtLeast, 1)}
	if s.AtLeast < 0 || s.AtLeast > max(wanted(terms), 1) {
		c.add(at+".at_least", "Write a number from 1 to the number of terms.")
	}
	for i, name := range s.Fields {
		c.oneOf(at+".fields"+index(i), name, KeywordFields()...)
		w.fields |= 1 << max(slices.Index(KeywordFields(), name), 0)
	}
	if len(s.Fields) == 0 {
		w.fields = inText | inName | inLink
	}
	if w.fields&(inLink|inText) == inLink {
		c.needs.linkOnly = true
	}
	return w
}

// parseTerms reads the entries of a word list. An entry that stands there twice
// counts once; a list of nothing but allowed words is of no use.
func (c *compiler) parseTerms(at string, lines []string) []keyword.Term {
	if len(lines) > MaxTerms {
		c.add(at, "A list has at most %d entries. Make several rules of this one.", MaxTerms)
		return nil
	}
	var terms []keyword.Term
	seen := map[string]bool{}
	for i, line := range lines {
		line = strings.TrimSpace(line)
		if line == "" || strings.HasPrefix(line, "#") || seen[line] {
			continue
		}
		seen[line] = true
		if strings.ContainsFunc(line, unicode.IsControl) {
			c.add(at+index(i), "A term is one line of text.")
			continue
		}
		term, err := keyword.ParseTerm(line)
		if err != nil {
			c.add(at+index(i), "%s cannot be a term: %s.", quote(line), err)
			continue
		}
		terms = append(terms, term)
	}
	if wanted(terms) == 0 {
		c.add(at, "A list needs at least one word.")
	}
	return terms
}

// wanted counts the terms that are looked for: all but the allowed words.
func wanted(terms []keyword.Term) int {
	n := 0
	for _, t := range terms {
		if !t.Allowed {
			n++
		}
	}
	return n
}

func (w *wordList) holds(c *comment) evidence {
	hits := c.wordsIn(w.list, w.fields)
	if len(hits) == 0 {
		return evidence{}
	}
	e := evidence{truth: certainty(hits), matches: marks(hits), detail: quoteSome(hits)}
	if w.atLeast > 1 {
		n := different(hits)
		if n < w.atLeast {
			return evidence{}
		}
		if e.truth = yes; different(certain(hits)) < w.atLeast {
			e.truth = perhaps
		}
		e.detail = fmt.Sprintf("%d different terms: %s", n, e.detail)
	}
	if e.detail = "matches " + e.detail; e.truth == perhaps {
		e.detail = "perhaps " + e.detail + " with a typing slip"
	}
	return e
}

// wordsIn returns what was found of a word list in some fields. A link that the
// reader typed is marked where it stands in the text, if that is looked at.
func (c *comment) wordsIn(list int, fields field) []found {
	c.mustBeRead()
	var in []found
	for _, f := range c.hits(list) {
		if f.field&fields != 0 && !(f.typed && fields&inText != 0) {
			in = append(in, f)
		}
	}
	return in
}

// certainty says whether one of the hits is more than a slip.
func certainty(hits []found) truth {
	if len(hits) == 0 {
		return no
	}
	if slices.ContainsFunc(hits, func(f found) bool { return !f.Slip }) {
		return yes
	}
	return perhaps
}

// certain returns the hits that are no slips.
func certain(hits []found) []found {
	return slices.DeleteFunc(slices.Clone(hits), func(f found) bool { return f.Slip })
}

// different counts the different terms, leaving out those that stand within
// another: "Verity Lane" inside "Verity Lane School" is no second one.
func different(hits []found) int {
	hits = slices.Clone(hits)
	slices.SortStableFunc(hits, func(a, b found) int {
		return cmp.Or(cmp.Compare(a.field, b.field), cmp.Compare(a.Start, b.Start), cmp.Compare(b.End, a.End), cmp.Compare(a.Term, b.Term))
	})
	terms := map[int]bool{}
	end, in := 0, field(0)
	for _, f := range hits {
		if f.field == in && f.End <= end && in != inLink {
			continue
		}
		in, end = f.field, f.End
		terms[f.Term] = true
	}
	return len(terms)
}

func marks(hits []found) []models.Match {
	hits = hits[:min(len(hits), maxMatches)]
	list := make([]models.Match, len(hits))
	for i := range hits {
		list[i] = hits[i].match()
	}
	return list
}

// quoteSome lists the first few different terms.
func quoteSome(hits []found) string {
	var lines []string
	for _, f := range hits {
		if !slices.Contains(lines, f.Line) {
			lines = append(lines, f.Line)
		}
		if len(lines) > 3 {
			break
		}
	}
	return quoteList(lines)
}

// quoteList shows the first three of a list.
func quoteList(words []string) string {
	var b strings.Builder
	for i, w := range words {
		if i == 3 {
			b.WriteString(" …")
			break
		}
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(quote(w))
	}
	return b.String()
}

func (s *KeywordSpec) summary() string {
	text := count(len(s.Terms), "term")
	if s.AtLeast > 1 {
		text = fmt.Sprintf("at least %d of %s", s.AtLeast, text)
	}
	if len(s.Fields) > 0 {
		text += " in " + strings.Join(s.Fields, ", ")
	}
	return text
}
