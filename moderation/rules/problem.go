package rules

import (
	"fmt"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Problem is one thing that is wrong with a rule, for the person who wrote it.
type Problem struct {
	Path   string // the member that is wrong: name, spec.terms[3], spec.all[1].links.hosts[0]
	Detail string // a sentence that says what to write instead
}

// Error makes a problem an error.
func (p *Problem) Error() string { return p.Path + ": " + p.Detail }

// maxProblems is how many problems of one rule are told at once.
const maxProblems = 50

// problems collects what is wrong with one rule.
type problems struct{ list []Problem }

func (p *problems) add(path, format string, args ...any) {
	if len(p.list) < maxProblems {
		p.list = append(p.list, Problem{path, fmt.Sprintf(format, args...)})
	}
}

// within notes a problem unless a number that was given lies within bounds.
func (p *problems) within(path string, n *int, least, most int) {
	if n != nil && (*n < least || *n > most) {
		p.add(path, "Write a number from %d to %d.", least, most)
	}
}

// oneOf notes a problem unless word is one of the choices.
func (p *problems) oneOf(path, word string, choices ...string) {
	if !slices.Contains(choices, word) {
		p.add(path, "There is no %s%s Choose from: %s.", quote(word), didYouMean(word, choices), strings.Join(choices, ", "))
	}
}

// didYouMean ends a sentence with the likeliest of the choices.
func didYouMean(word string, choices []string) string {
	if best := Suggest(word, choices); best != "" {
		return ", did you mean " + quote(best) + "?"
	}
	return "."
}

// quote shows a piece of a rule in a sentence, shortened.
func quote(text string) string {
	if r := []rune(text); len(r) > 60 {
		text = string(r[:60]) + "…"
	}
	return "“" + text + "”"
}

// sentence makes one of an error that was written for people.
func sentence(err error) string {
	text := err.Error()
	first, size := utf8.DecodeRuneInString(text)
	text = string(unicode.ToUpper(first)) + text[size:]
	if strings.HasSuffix(text, "?") {
		return text
	}
	return strings.TrimSuffix(text, ".") + "."
}

// Suggest returns the candidate that a word was most likely meant to be, empty
// when none is near: at most one slip in four letters, counted as insertions,
// deletions, substitutions and swaps of neighbours (Damerau 1964), letter case
// aside.
func Suggest(word string, candidates []string) string {
	if len(word) > 64 {
		return ""
	}
	best, least := "", 1+len(word)/4
	for _, c := range candidates {
		if d := distance(strings.ToLower(word), strings.ToLower(c)); d < least || d == least && best == "" {
			best, least = c, d
		}
	}
	return best
}

// distance counts the slips between two words, in time |a|×|b|.
func distance(a, b string) int {
	s, t := []rune(a), []rune(b)
	rows := make([][]int, len(s)+1)
	for i := range rows {
		rows[i] = make([]int, len(t)+1)
		rows[i][0] = i
	}
	for j := range t {
		rows[0][j+1] = j + 1
	}
	for i := 1; i <= len(s); i++ {
		for j := 1; j <= len(t); j++ {
			cost := 1
			if s[i-1] == t[j-1] {
				cost = 0
			}
			d := min(rows[i-1][j]+1, rows[i][j-1]+1, rows[i-1][j-1]+cost)
			if i > 1 && j > 1 && s[i-1] == t[j-2] && s[i-2] == t[j-1] {
				d = min(d, rows[i-2][j-2]+1)
			}
			rows[i][j] = d
		}
	}
	return rows[len(s)][len(t)]
}
