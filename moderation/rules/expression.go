package rules

import (
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"

	"postbag/models"
)

// Limits of an expression. Together with the guard they bound what one can
// cost: loops run over lists as long as the expression or a comment's hosts, and
// not within one another; every pattern is known when the rule is saved; no
// value grows larger than the text.
const (
	MaxExpression = 2000   // bytes
	maxNodes      = 200    // of the syntax tree
	maxMemory     = 10_000 // values in lists made while it runs
)

// functions are what an expression can call. None repeats, makes lists longer,
// or asks the clock: the same facts give the same answer.
func functions() []string {
	return []string{"len", "lower", "upper", "trim", "hasPrefix", "hasSuffix", "indexOf", "abs", "min", "max", "any", "all", "none", "one", "count"}
}

// formula is a compiled expression. It is immutable.
type formula struct {
	source   string
	program  *vm.Program
	names    []string  // variables it reads, in order
	patterns []pattern // in the order in which they stand
	onText   []bool    // which of them look at the text
}

func (s *ExpressionSpec) compile(c *compiler, at string) condition {
	f := c.programs[s.When]
	if f == nil {
		f = c.earlier[s.When]
	}
	if f == nil {
		var err error
		if f, err = compileFormula(s.When); err != nil {
			c.add(at+".when", "%s", sentence(err))
			return nil
		}
	}
	c.programs[s.When] = f
	c.needs.stats, c.needs.links = true, true
	c.needs.folded = c.needs.folded || slices.Contains(f.names, "folded")
	return f
}

// compileFormula checks and compiles an expression. The error is written for the
// person who wrote it. What could cost too much is refused before expr-lang
// compiles it, because it compiles patterns as well.
func compileFormula(source string) (*formula, error) {
	switch {
	case strings.TrimSpace(source) == "":
		return nil, errors.New("write what must be true, such as links > 2 && author.approved < 3")
	case len(source) > MaxExpression:
		return nil, fmt.Errorf("an expression has at most %d bytes; make several rules of this one", MaxExpression)
	}
	f := &formula{source: source}
	if err := f.read(); err != nil {
		return nil, explain(err)
	}
	var err error
	if f.program, err = expr.Compile(source, append(options(), withPatterns(f.patterns)...)...); err != nil {
		return nil, explain(err)
	}
	if err := checkSums(f.program); err != nil {
		return nil, explain(err)
	}
	return f, f.try()
}

func options() []expr.Option {
	list := []expr.Option{expr.Env(environment{}), expr.AsBool(), expr.WarnOnAny(), expr.MaxNodes(maxNodes), expr.DisableAllBuiltins()}
	for _, name := range functions() {
		list = append(list, expr.EnableBuiltin(name))
	}
	return list
}

// read parses the expression and walks its tree.
func (f *formula) read() error {
	config := conf.CreateNew()
	for _, o := range options() {
		o(config)
	}
	tree, err := parser.ParseWithConfig(f.source, config)
	if err != nil {
		return err
	}
	g := newGuard(f)
	ast.Walk(&tree.Node, g)
	if g.err != nil {
		return g.err.Bind(tree.Source)
	}
	return nil
}

// try runs the expression on an empty comment: what fails there would hold every
// such comment.
func (f *formula) try() error {
	run := vm.VM{MemoryBudget: maxMemory}
	if _, err := run.Run(f.program, &environment{}); err != nil {
		return fmt.Errorf("this fails for a comment without text and links: %w", explain(err))
	}
	return nil
}

// explain makes one line of an error of expr-lang, which has several.
func explain(err error) error {
	var at *file.Error
	if errors.As(err, &at) && at.Line > 0 {
		return fmt.Errorf("line %d, column %d: %s", at.Line, at.Column+1, strings.TrimSpace(at.Message))
	}
	return err
}

func (f *formula) holds(c *comment) evidence {
	c.mustBeRead()
	result, err := c.vm.Run(f.program, c.environment())
	if err != nil {
		panic(explain(err))
	}
	if is, _ := result.(bool); !is {
		return evidence{}
	}
	return evidence{truth: yes, detail: quote(f.source) + f.values(c.environment()), matches: f.marks(c.in.Text)}
}

// values shows the numbers that the expression was true of.
func (f *formula) values(env *environment) string {
	var list []string
	for _, name := range f.names {
		v := variable(reflect.ValueOf(env).Elem(), name)
		if v.IsValid() && (v.CanInt() || v.Kind() == reflect.Bool) {
			list = append(list, fmt.Sprintf("%s %v", name, v))
		}
	}
	if len(list) == 0 {
		return ""
	}
	return ": " + strings.Join(list[:min(len(list), 6)], ", ")
}

// marks finds what the patterns of the expression match in the text.
func (f *formula) marks(text string) []models.Match {
	var list []models.Match
	for i, p := range f.patterns {
		if !f.onText[i] {
			continue
		}
		for _, at := range p.FindAllStringIndex(text, 10) {
			list = addMatches(list, []models.Match{{Field: inText.name(), Start: at[0], End: at[1]}})
		}
	}
	return list
}

func (s *ExpressionSpec) summary() string { return strings.Join(strings.Fields(s.When), " ") }
