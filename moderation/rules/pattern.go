package rules

import (
	"errors"
	"fmt"
	"regexp"
	"regexp/syntax"
	"strings"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/ast"
)

// Limits of the patterns in an expression. Go's regular expressions take time
// linear in the text times their own size, so that is what has to be bounded.
const (
	maxPattern     = 300 // bytes of one
	maxPatternCode = 150 // instructions that all of one expression compile to
	maxPieces      = 8   // of a pattern that are looked for before it runs
)

// pattern is a regular expression with a quick look before it. Most patterns
// cannot match without one of a few pieces of plain text, and looking for these
// costs a fraction of running the pattern.
type pattern struct {
	*regexp.Regexp
	pieces []string // in lower case; one of them stands in every match. None: always run it
}

// newPattern compiles a pattern and counts its instructions. The error is written
// for the person who wrote it.
func newPattern(source string) (p pattern, code int, err error) {
	if len(source) > maxPattern {
		return p, 0, fmt.Errorf("a pattern has at most %d bytes", maxPattern)
	}
	tree, err := syntax.Parse(source, syntax.Perl)
	if err != nil {
		return p, 0, fmt.Errorf("this is not a regular expression: %w", err)
	}
	pieces := piecesOf(tree)
	program, err := syntax.Compile(tree.Simplify())
	if err != nil {
		return p, 0, fmt.Errorf("this is not a regular expression: %w", err)
	}
	if len(program.Inst) > maxPatternCode {
		return p, 0, errTooLarge
	}
	compiled, err := regexp.Compile(source)
	return pattern{compiled, pieces}, len(program.Inst), err
}

var errTooLarge = errors.New("the patterns of this expression are too large together; use fewer words and smaller numbers in { }, or a keyword rule")

// piecesOf returns pieces of text, in lower case, of which at least one stands in
// whatever the pattern matches; none when there are no such pieces.
func piecesOf(re *syntax.Regexp) []string {
	switch re.Op {
	case syntax.OpLiteral:
		return literal(re.Rune)
	case syntax.OpCapture, syntax.OpPlus:
		return piecesOf(re.Sub[0])
	case syntax.OpRepeat:
		if re.Min > 0 {
			return piecesOf(re.Sub[0])
		}
	case syntax.OpConcat:
		var best []string
		for _, sub := range re.Sub {
			if p := piecesOf(sub); p != nil && (best == nil || shortest(p) > shortest(best)) {
				best = p
			}
		}
		return best
	case syntax.OpAlternate:
		var all []string
		for _, sub := range re.Sub {
			p := piecesOf(sub)
			if all = append(all, p...); p == nil || len(all) > maxPieces {
				return nil
			}
		}
		return all
	}
	return nil
}

// literal makes a piece of the longest part of a text that is ASCII.
func literal(text []rune) []string {
	longest, from := "", 0
	for i := 0; i <= len(text); i++ {
		if i < len(text) && text[i] < 0x80 {
			continue
		}
		if i-from > len(longest) {
			longest = string(text[from:i])
		}
		from = i + 1
	}
	if len(longest) < 2 {
		return nil
	}
	return []string{strings.ToLower(longest)}
}

func shortest(pieces []string) int {
	least := len(pieces[0])
	for _, p := range pieces {
		least = min(least, len(p))
	}
	return least
}

// matches reports whether the pattern matches somewhere in a text. Without regard
// to case, k and s stand for the Kelvin sign and the long s as well; a text with
// one of these is not looked at before.
func (p *pattern) matches(text string) bool {
	if len(p.pieces) == 0 || strings.Contains(text, "\u212a") || strings.Contains(text, "\u017f") {
		return p.MatchString(text)
	}
	for _, piece := range p.pieces {
		if containsFold(text, piece) {
			return p.MatchString(text)
		}
	}
	return false
}

// containsFold reports whether a text contains a piece of ASCII in lower case,
// without regard to the case of its letters.
func containsFold(text, piece string) bool {
	for i := 0; i+len(piece) <= len(text); i++ {
		if lower(text[i]) == piece[0] && equalFold(text[i:i+len(piece)], piece) {
			return true
		}
	}
	return false
}

func equalFold(text, piece string) bool {
	for i := range len(piece) {
		if lower(text[i]) != piece[i] {
			return false
		}
	}
	return true
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b | 0x20
	}
	return b
}

// matchFunction is what the operator matches becomes. Nobody can write it: the
// guard takes no calls but of the known functions.
const matchFunction = "matches"

// withPatterns makes an expression run its patterns, in the order in which they
// stand, in our way rather than in that of expr-lang.
func withPatterns(patterns []pattern) []expr.Option {
	call := func(params ...any) (any, error) {
		return patterns[params[1].(int)].matches(params[0].(string)), nil
	}
	return []expr.Option{expr.Function(matchFunction, call, new(func(string, int) bool)), expr.Patch(&patternPatch{})}
}

// patternPatch numbers the patterns of a tree, and makes each a call.
type patternPatch struct{ next int }

// Visit replaces one operator.
func (p *patternPatch) Visit(node *ast.Node) {
	n, ok := (*node).(*ast.BinaryNode)
	if !ok || n.Operator != "matches" {
		return
	}
	ast.Patch(node, &ast.CallNode{
		Callee:    &ast.IdentifierNode{Value: matchFunction},
		Arguments: []ast.Node{n.Left, &ast.IntegerNode{Value: p.next}},
	})
	p.next++
}
