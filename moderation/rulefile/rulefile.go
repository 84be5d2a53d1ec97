package rulefile

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"postbag/models"
)

// Limits of a file.
const (
	MaxBytes    = 4 << 20
	MaxRules    = 200
	MaxDepth    = 20 // of lists and mappings in one another: the deepest combination fits
	MaxProblems = 50 // told at once

	maxFields  = 50_000  // `name: value` pairs
	maxMembers = 500     // of them in one mapping
	maxSigns   = 300_000 // characters that may begin something
	version    = "1"
)

// Problem is one thing that is wrong with a file, for the person who wrote it.
type Problem struct {
	Line, Column int    // from 1, in characters
	Path         string // rules[2].keyword.terms[3]; empty when it is about the file
	Detail       string // what is wrong and what to write instead
}

// Error makes an error of the problems of a file, one line for each.
type Error struct {
	File     string
	Problems []Problem
}

// Error implements error: FILE:LINE:COLUMN: what is wrong.
func (e *Error) Error() string {
	var b strings.Builder
	for i, p := range e.Problems {
		if i > 0 {
			b.WriteByte('\n')
		}
		fmt.Fprintf(&b, "%s:%d:%d: %s", e.File, p.Line, p.Column, p.Detail)
	}
	if len(e.Problems) >= MaxProblems {
		fmt.Fprintf(&b, "\n%s: only the first %d problems are listed; there may be more", e.File, MaxProblems)
	}
	return b.String()
}

// Parse reads a file. It returns its rules, which have no ID, site or version,
// or all problems in the order of the file, at most MaxProblems of them.
//
// The Spec of a rule is JSON without white space, its members sorted by name.
func Parse(text []byte) ([]models.Rule, []Problem) {
	r := &reader{}
	list := r.file(text)
	if len(r.problems) > 0 {
		return nil, r.sorted()
	}
	return list, nil
}

// reader reads one file.
type reader struct {
	lines    []string
	problems []Problem
	prefix   string         // path of the rule that is read
	names    map[string]int // line of the rule that has a name, in lower case
}

func (r *reader) file(text []byte) []models.Rule {
	source, ok := r.source(text)
	if !ok {
		return nil
	}
	top := r.parse(source)
	if top == nil {
		return nil
	}
	return r.top(top)
}

// noteAt remembers a problem at a place.
func (r *reader) noteAt(line, column int, path, format string, args ...any) {
	if r.prefix != "" {
		path = strings.TrimSuffix(r.prefix+"."+path, ".")
	}
	r.problems = append(r.problems, Problem{max(line, 1), max(column, 1), path, fmt.Sprintf(format, args...)})
}

// note remembers a problem with a value.
func (r *reader) note(n *node, path, format string, args ...any) {
	r.noteAt(n.line, n.column, path, format, args...)
}

// sorted returns the first problems of the file, each once.
func (r *reader) sorted() []Problem {
	slices.SortStableFunc(r.problems, func(a, b Problem) int {
		return cmp.Or(cmp.Compare(a.Line, b.Line), cmp.Compare(a.Column, b.Column))
	})
	list := slices.Compact(r.problems)
	return list[:min(len(list), MaxProblems)]
}
