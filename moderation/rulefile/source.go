package rulefile

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/scanner"
	"github.com/goccy/go-yaml/token"
)

// source checks what can be checked before the text is understood, and returns
// it with plain line ends.
func (r *reader) source(text []byte) (string, bool) {
	if len(text) > MaxBytes {
		r.noteAt(1, 1, "", "the file is larger than %d MB; split it into several sites' files, or shorten its lists", MaxBytes>>20)
		return "", false
	}
	source := strings.TrimPrefix(strings.ReplaceAll(string(text), "\r\n", "\n"), "\ufeff")
	r.lines = strings.Split(source, "\n")
	signs := 0
	for i, line := range r.lines {
		for at, c := range line {
			if c == utf8.RuneError && !utf8.ValidString(line[at:]) {
				r.noteAt(i+1, column(line, at), "", "this is not UTF-8; save the file as UTF-8")
				return "", false
			}
			if c < ' ' && c != '\t' || c == 0x7f {
				r.noteAt(i+1, column(line, at), "", "a control character cannot stand in a rule file; in a text in double quotes write it as \\x%02x", c)
				return "", false
			}
			if isSign(c) {
				signs++
			}
		}
	}
	if signs > maxSigns {
		r.noteAt(1, 1, "", "the file has too many entries; write long lists as a block of lines: `terms: |`, then one entry on each line")
		return "", false
	}
	return source, true
}

// isSign reports whether a character may begin or end a token of YAML. Their
// number bounds the memory that reading takes.
func isSign(c rune) bool { return strings.ContainsRune(",[]{}:-?#'\"!&*%@`|>", c) }

// column returns the column of a byte in a line.
func column(line string, at int) int { return utf8.RuneCountInString(line[:at]) + 1 }

// parse returns the one value of the file, nil when there are problems.
func (r *reader) parse(source string) (top *node) {
	tokens := r.tokens(source)
	if len(r.problems) > 0 {
		return nil
	}
	file, err := build(tokens)
	var syntax *yaml.SyntaxError
	switch {
	case errors.As(err, &syntax) && syntax.Token != nil:
		at := placeOf(syntax.Token)
		r.noteAt(at.Line, at.Column, "", "%s", plainly(syntax.Message))
		return nil
	case err != nil:
		r.noteAt(1, 1, "", "this cannot be read as YAML; begin with `version: 1`")
		return nil
	}
	for _, doc := range file.Docs {
		if doc.Body != nil {
			return lift(doc.Body)
		}
	}
	r.noteAt(1, 1, "", "the file is empty; begin with `version: 1`")
	return nil
}

// placeOf returns the place of a wrong token: of a text that goes on where a
// field was meant to begin, that of the colon.
func placeOf(t *token.Token) *token.Position {
	if t.Type == token.StringType && t.Next != nil && t.Next.Type == token.MappingValueType {
		return t.Next.Position
	}
	return t.Position
}

var errParser = errors.New("the parser gave up")

// build is the library's parser. What it panics on is a file that cannot be
// read.
func build(tokens token.Tokens) (file *ast.File, err error) {
	defer func() {
		if recover() != nil {
			err = errParser
		}
	}()
	return parser.Parse(tokens, 0, parser.AllowDuplicateMapKey())
}

// tokens splits the text, and refuses what a rule file has no use for, before
// the recursive parser sees it.
func (r *reader) tokens(source string) token.Tokens {
	var s scanner.Scanner
	s.Init(source)
	found, err := s.Scan()
	var tokens token.Tokens
	tokens.Add(found...) // which links them
	g := guard{reader: r}
	for _, t := range tokens {
		g.look(t)
	}
	if err != nil && !errors.Is(err, io.EOF) && len(r.problems) == 0 {
		r.noteAt(1, 1, "", "this cannot be read as YAML; begin with `version: 1`")
	}
	return tokens
}

// noTags is about what people write who mean an allowed word.
const noTags = "a word that begins with ! must stand in quotes, \"!word\", or in a block of lines; tags are not used in rule files"

// guard looks at one token after the other.
type guard struct {
	*reader
	open    int     // brackets
	levels  []level // of block lists and mappings that stand in one another
	fields  int
	content bool // something other than a comment was seen
	told    bool
	last    *token.Token
}

// level is one block list or mapping: each stands further to the right than
// what holds it.
type level struct{ column, fields int }

func (g *guard) look(t *token.Token) {
	g.refuse(t)
	switch t.Type {
	case token.SequenceStartType, token.MappingStartType:
		g.open++
	case token.SequenceEndType, token.MappingEndType:
		g.open = max(g.open-1, 0)
	case token.SequenceEntryType:
		g.nest(t, 0)
	case token.MappingValueType:
		g.fields++
		if g.last != nil {
			g.nest(g.last, 1)
		}
	}
	g.bound(t)
	if t.Type != token.CommentType {
		g.content, g.last = true, t
	}
}

// nest follows how deep block lists and mappings stand in one another.
func (g *guard) nest(t *token.Token, fields int) {
	if g.open > 0 {
		return
	}
	at := t.Position.Column
	for len(g.levels) > 0 && g.levels[len(g.levels)-1].column > at {
		g.levels = g.levels[:len(g.levels)-1]
	}
	if len(g.levels) == 0 || g.levels[len(g.levels)-1].column < at {
		g.levels = append(g.levels, level{column: at})
	}
	g.levels[len(g.levels)-1].fields += fields
}

// bound notes, once, what would make reading slow: depth costs stack, and a
// mapping costs time by the square of its fields.
func (g *guard) bound(t *token.Token) {
	why := ""
	switch {
	case g.told:
	case len(g.levels)+g.open > MaxDepth:
		why = fmt.Sprintf("this is nested too deeply; %d levels fit", MaxDepth)
	case g.fields > maxFields:
		why = fmt.Sprintf("the file has more than %d fields", maxFields)
	case len(g.levels) > 0 && g.levels[len(g.levels)-1].fields > maxMembers:
		why = fmt.Sprintf("more than %d fields stand one below the other here; begin each rule with a hyphen, `- name: …`", maxMembers)
	}
	if why != "" {
		g.told = true
		g.noteAt(t.Position.Line, t.Position.Column, "", "%s", why)
	}
}

// refuse notes what makes a file mean something other than it seems to.
func (g *guard) refuse(t *token.Token) {
	why := ""
	switch t.Type {
	case token.AnchorType:
		why = "a word that begins with & must stand in quotes; anchors are not used in rule files"
	case token.AliasType:
		why = "a word that begins with * must stand in quotes; aliases are not used in rule files"
	case token.TagType:
		why = noTags
	case token.MergeKeyType:
		why = "write the fields out; merge keys are not used in rule files"
	case token.DirectiveType:
		why = "a word that begins with % must stand in quotes; directives are not used in rule files"
	case token.MappingKeyType:
		why = "write `name: value`; a question mark begins no field"
	case token.DocumentEndType:
		why = "leave this line out: a rule file is one document"
	case token.DocumentHeaderType:
		if g.content {
			why = "a rule file is one document; put all rules under one `rules:`"
		}
	case token.InvalidType:
		why = plainly(t.Error)
	}
	if why == "" || len(g.problems) >= MaxProblems {
		return
	}
	at := t.Position.Column
	if why == noTags {
		at = g.signBefore('!', t.Position.Line, at)
	}
	g.noteAt(t.Position.Line, at, "", "%s", why)
}

// signBefore returns the column of the last such sign of a line up to a column:
// the library places a tag that it cannot read behind it.
func (r *reader) signBefore(sign rune, line, column int) int {
	text := []rune(r.lines[min(line, len(r.lines))-1])
	for i := min(column, len(text)); i > 0; i-- {
		if text[i-1] == sign {
			return i
		}
	}
	return column
}

// plainly says in plain words what the library says in its own.
func plainly(message string) string {
	for _, known := range []struct{ part, say string }{
		{"cannot start any token", "a tab cannot stand before or between fields; indent with spaces"},
		{"tab", "a tab cannot stand before or between fields; indent with spaces"},
		{"tag character", noTags},
		{"reserved character", "a word that begins with @ or ` must stand in quotes"},
		{"end character of", "the quotes that begin here are never closed"},
		{"escape", "this is no escape; in double quotes a backslash is written twice: \\\\"},
		{"not enough length", "this escape is cut short; in double quotes a backslash is written twice: \\\\"},
		{"surrogate", "this escape is half a character; write the character itself"},
		{"mapping value is not allowed", "a field cannot begin here; look at the indentation, and put a text that holds `: ` in quotes"},
		{"sequence end token", "the list that begins here is never closed with ]"},
		{"flow mapping end token", "the braces that begin here are never closed with }"},
		{"',' or ']'", "a comma or ] is missing before this"},
		{"',' or '}'", "a comma or } is missing before this"},
		{"could not find '['", "this ] closes nothing"},
		{"could not find '{'", "this } closes nothing"},
		{"non-map value", "this is no field; write `name: value`, and indent what belongs to the line before"},
		{"unexpected key name", "this is no field; write `name: value`, with a space after the colon"},
		{"invalid key", "a field has a name, then a colon: `name: value`"},
		{"multi-line content", "the block of lines that begins here is empty, or not indented"},
		{"value is not allowed", "this does not belong here; look at the indentation"},
	} {
		if strings.Contains(message, known.part) {
			return known.say
		}
	}
	return "this cannot be read as YAML here: " + message
}
