package rules

import (
	"crypto/sha256"
	"encoding/binary"
	"fmt"

	"postbag/models"
	"postbag/moderation/keyword"
)

// compiler turns rules into an engine. Checking is compiling: what is wrong is
// noted as a problem on the way.
type compiler struct {
	problems
	terms    []keyword.Term // of all word lists; Term.List tells them apart
	lists    int            // word lists so far
	needs    needs
	programs map[string]*formula // expressions by source
	earlier  map[string]*formula // those of the engine before
	floods   []FloodQuery        // of the rule at hand
	leaves   int                 // of the rule at hand
}

// needs is what the rules want to know of a text beside its words.
type needs struct {
	links    bool // hosts and places of the links
	linkOnly bool // some list looks at links, but not at the text
	defanged bool
	stats    bool
	folded   bool
}

// Compile makes an engine of the rules of a site. previous, which may be nil, is
// the engine that it is to replace: word lists and expressions that did not
// change are taken from there and cost next to nothing.
//
// It fails on the first rule that is wrong, so that an invalid rule never replaces
// a valid one; the error wraps a *Problem. Drafts are not looked at: what does not
// run cannot stop the others.
func Compile(all []models.Rule, previous *Engine) (*Engine, error) {
	c := newCompiler(previous)
	e := &Engine{}
	for _, r := range all {
		if r.Mode == Draft {
			continue
		}
		compiled := c.rule(r)
		if len(c.list) > 0 {
			return nil, fmt.Errorf("rule %q: %w", r.Name, &c.list[0])
		}
		e.rules = append(e.rules, compiled)
	}
	if problem := c.matcher(e, previous); problem != nil {
		return nil, problem
	}
	e.needs, e.programs = c.needs, c.programs
	return e, nil
}

func newCompiler(previous *Engine) *compiler {
	c := &compiler{programs: map[string]*formula{}}
	if previous != nil {
		c.earlier = previous.programs
	}
	return c
}

// rule compiles one rule. The result is of no use when there are problems.
func (c *compiler) rule(r models.Rule) rule {
	c.floods, c.leaves = nil, 0
	c.head(&r)
	compiled := rule{Rule: r, scope: newScope(r.Scope)}
	if newSpec(r.Kind) != nil {
		_, compiled.when = c.conditions(r.Kind, r.Spec)
	}
	compiled.floods = c.floods
	for i := range compiled.floods {
		compiled.floods[i].Rule = r.ID
	}
	return compiled
}

// conditions reads and compiles the conditions of a kind.
func (c *compiler) conditions(kind, text string) (spec, condition) {
	s := newSpec(kind)
	if s == nil {
		c.oneOf("kind", kind, Kinds()...)
		return nil, nil
	}
	if !c.read(text, s) {
		return nil, nil
	}
	return s, s.compile(c, "spec")
}

// words adds a word list to those of the engine and returns its number.
func (c *compiler) words(terms []keyword.Term) int {
	list := c.lists
	c.lists++
	for _, t := range terms {
		t.List = list
		c.terms = append(c.terms, t)
	}
	return list
}

// matcher makes the one matcher for all word lists, or takes it from the
// previous engine when they are the same.
func (c *compiler) matcher(e, previous *Engine) *Problem {
	if len(c.terms) == 0 {
		return nil
	}
	e.digest = digest(c.terms)
	if previous != nil && previous.digest == e.digest {
		e.words = previous.words
		return nil
	}
	var err error
	if e.words, err = keyword.Compile(c.terms); err != nil {
		return &Problem{"spec", "The word lists cannot be used: " + err.Error()}
	}
	return nil
}

// digest tells sets of word lists apart.
func digest(terms []keyword.Term) [sha256.Size]byte {
	h := sha256.New()
	var buf []byte
	for _, t := range terms {
		flags := uint64(t.List) << 2
		if t.Prefix {
			flags |= 1
		}
		if t.Allowed {
			flags |= 2
		}
		buf = binary.AppendUvarint(buf[:0], flags)
		buf = binary.AppendUvarint(buf, uint64(len(t.Text)))
		buf = append(buf, t.Text...)
		buf = binary.AppendUvarint(buf, uint64(len(t.Line)))
		h.Write(append(buf, t.Line...))
	}
	return [sha256.Size]byte(h.Sum(nil))
}
