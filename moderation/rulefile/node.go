package rulefile

import (
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/token"
)

// style says what a value is, and how it is written.
type style int8

const (
	missing style = iota // nothing stands there
	plain                // word
	quoted               // "word" or 'word'
	block                // | and lines below
	folded               // > and lines below, which become one
	list
	mapping
)

// node is one value of a file, with its place.
type node struct {
	line, column int
	style        style
	text         string   // of plain, quoted, block and folded
	items        []*node  // of a list
	members      []member // of a mapping, in order
}

// member is one `key: value`.
type member struct{ key, value *node }

func (n *node) scalar() bool { return n.style >= plain && n.style <= folded }

// lift takes a value out of the library's tree. The guard bounds its depth.
func lift(from ast.Node) *node {
	switch from := from.(type) {
	case *ast.MappingNode:
		return liftMapping(from.GetToken(), from.Values...)
	case *ast.MappingValueNode:
		return liftMapping(from.GetToken(), from)
	case *ast.SequenceNode:
		n := at(from.GetToken(), list, "")
		for _, v := range from.Values {
			n.items = append(n.items, lift(v))
		}
		return n
	case *ast.LiteralNode:
		if from.Start.Type == token.FoldedType {
			return at(from.Start, folded, from.Value.Value)
		}
		return at(from.Start, block, from.Value.Value)
	case *ast.MappingKeyNode:
		return lift(from.Value)
	}
	return liftScalar(from)
}

func liftMapping(start *token.Token, values ...*ast.MappingValueNode) *node {
	n := at(start, mapping, "")
	for _, v := range values {
		n.members = append(n.members, member{lift(v.Key), lift(v.Value)})
	}
	if len(n.members) > 0 {
		n.line, n.column = n.members[0].key.line, n.members[0].key.column
	}
	return n
}

// liftScalar keeps a scalar as it is written: whether 1 is a number or a word
// depends on the field.
func liftScalar(from ast.Node) *node {
	if from == nil || from.GetToken() == nil {
		return &node{}
	}
	t := from.GetToken()
	switch t.Type {
	case token.SingleQuoteType, token.DoubleQuoteType:
		return at(t, quoted, t.Value)
	case token.ImplicitNullType:
		return at(t, missing, "")
	}
	if _, null := from.(*ast.NullNode); null && t.Value != "null" && t.Value != "~" {
		return at(t, missing, "")
	}
	return at(t, plain, t.Value)
}

func at(t *token.Token, s style, text string) *node {
	if t == nil || t.Position == nil {
		return &node{style: s, text: text}
	}
	return &node{line: t.Position.Line, column: t.Position.Column, style: s, text: text}
}
