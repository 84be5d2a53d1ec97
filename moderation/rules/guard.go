package rules

import (
	"fmt"
	"slices"
	"strings"

	"github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/vm"
)

// guard walks the syntax tree of an expression, notes what it reads, and
// refuses what could cost too much or cannot be replayed.
type guard struct {
	*formula
	known []string // variables there are
	code  int      // instructions of the patterns so far
	err   *file.Error
}

func newGuard(f *formula) *guard {
	g := &guard{formula: f}
	for _, v := range Environment() {
		if of, _, ok := strings.Cut(v.Name, "."); ok && !slices.Contains(g.known, of) {
			g.known = append(g.known, of)
		}
		g.known = append(g.known, v.Name)
	}
	return g
}

// Visit looks at one node of the tree; its parts were visited before.
func (g *guard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.IdentifierNode:
		g.identifier(n)
	case *ast.MemberNode:
		g.member(n)
	case *ast.BinaryNode:
		g.binary(n)
	case *ast.BuiltinNode:
		g.builtin(n)
	case *ast.CallNode:
		g.call(n)
	case *ast.MapNode, *ast.SequenceNode, *ast.BytesNode, *ast.VariableDeclaratorNode:
		g.err = nil // about a variable of its own
		g.refuse(n, "only conditions can stand here, no maps, variables or lists of statements")
	}
}

func (g *guard) refuse(n ast.Node, format string, args ...any) {
	if g.err == nil {
		g.err = &file.Error{Location: n.Location(), Message: fmt.Sprintf(format, args...)}
	}
}

func (g *guard) identifier(n *ast.IdentifierNode) { g.variable(n, n.Value) }

func (g *guard) member(n *ast.MemberNode) {
	of, isName := n.Node.(*ast.IdentifierNode)
	name, isConstant := n.Property.(*ast.StringNode)
	if isName && isConstant {
		g.variable(n, of.Value+"."+name.Value)
	}
}

func (g *guard) variable(n ast.Node, name string) {
	switch {
	case !slices.Contains(g.known, name) && !slices.Contains(functions(), name):
		g.refuse(n, "there is no variable %s%s", quote(name), strings.TrimSuffix(didYouMean(name, g.known), "."))
	case !slices.Contains(g.names, name):
		g.names = append(g.names, name)
	}
}

func (g *guard) binary(n *ast.BinaryNode) {
	switch n.Operator {
	case "..":
		g.refuse(n, "a range can be too long; compare with < and > instead")
	case "matches":
		g.pattern(n)
	}
}

func (g *guard) pattern(n *ast.BinaryNode) {
	right, ok := n.Right.(*ast.StringNode)
	if !ok {
		g.refuse(n, "a pattern must stand in quotation marks")
		return
	}
	p, size, err := newPattern(right.Value)
	if g.code += size; err == nil && g.code > maxPatternCode {
		err = errTooLarge
	}
	if err != nil {
		g.refuse(n, "%s", err)
		return
	}
	of, ok := n.Left.(*ast.IdentifierNode)
	g.patterns = append(g.patterns, p)
	g.onText = append(g.onText, ok && of.Value == "text")
}

func (g *guard) builtin(n *ast.BuiltinNode) {
	if !slices.Contains(functions(), n.Name) {
		g.refuse(n, "there is no function %s here; there are: %s", quote(n.Name), strings.Join(functions(), ", "))
	}
	for i := range n.Arguments {
		if body, ok := n.Arguments[i].(*ast.PredicateNode); ok {
			ast.Walk(&body.Node, &loopGuard{g})
		}
	}
}

func (g *guard) call(n *ast.CallNode) {
	name := "this"
	if callee, ok := n.Callee.(*ast.IdentifierNode); ok {
		name = callee.Value
		if g.err != nil && g.err.Location == callee.Location() {
			g.err = nil // it is no variable, but was not meant as one
		}
	}
	g.refuse(n, "there is no function %s here; there are: %s", quote(name), strings.Join(functions(), ", "))
}

// loopGuard walks what runs once for each entry of a list.
type loopGuard struct{ *guard }

// Visit refuses what would read the whole text for each entry.
func (g *loopGuard) Visit(node *ast.Node) {
	switch n := (*node).(type) {
	case *ast.BuiltinNode:
		if isLoop(n) || n.Name == "lower" || n.Name == "upper" {
			g.refuse(n, "%s cannot stand within any, all, none, one or count", quote(n.Name))
		}
	case *ast.BinaryNode:
		if n.Operator == "matches" {
			g.refuse(n, "no pattern can be matched for each entry of a list; use contains, startsWith or endsWith")
		}
	}
}

// isLoop reports whether a function runs something for each entry of a list.
func isLoop(n *ast.BuiltinNode) bool {
	return slices.ContainsFunc(n.Arguments, func(a ast.Node) bool {
		_, is := a.(*ast.PredicateNode)
		return is
	})
}

// checkSums refuses + between texts, with which a text could be doubled and
// doubled again. It needs the types, which are known after compiling.
func checkSums(p *vm.Program) error {
	g := &sumGuard{}
	root := p.Node()
	ast.Walk(&root, g)
	if g.err != nil {
		return g.err.Bind(p.Source())
	}
	return nil
}

type sumGuard struct{ guard }

// Visit refuses sums of anything but numbers.
func (g *sumGuard) Visit(node *ast.Node) {
	if n, ok := (*node).(*ast.BinaryNode); ok && n.Operator == "+" && !n.Nature().IsNumber() {
		g.refuse(n, "+ adds numbers only")
	}
}
