package keyword

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf8"
)

// Limits of a list, and of a set of lists.
const (
	MaxTerms      = 50_000  // terms in one list
	MaxSetTerms   = 400_000 // terms in all lists of a set
	MaxLists      = 10_000  // lists in a set
	MaxTermBytes  = 200     // bytes in one term
	maxLineBytes  = 1_000   // bytes in one line of a list, comments included
	maxTermsBytes = MaxTerms * maxLineBytes
)

// ErrTerms is wrapped by every error that a list of terms causes.
var ErrTerms = errors.New("word list")

// Term is one entry of a list.
type Term struct {
	List    int    // which list of the set it belongs to, from 0 to MaxLists-1
	Text    string // the word, phrase or host, without its signs
	Line    string // the entry as written
	Prefix  bool   // `text*`: any word that begins with Text
	Allowed bool   // `!text`: never a hit, and no hit of its list inside it
}

// ParseTerms reads a list as list 0 of a set: one word, phrase or host on a line, `#` begins a
// comment line, a trailing `*` asks for a prefix match, a leading `!` allows.
// An error names the line, and wraps [ErrTerms].
func ParseTerms(r io.Reader) ([]Term, error) {
	scan := bufio.NewScanner(r)
	scan.Buffer(make([]byte, 0, 4096), maxLineBytes)
	var terms []Term
	line := 0
	for scan.Scan() {
		line++
		text := strings.TrimSpace(strings.TrimPrefix(scan.Text(), "\ufeff"))
		if text == "" || strings.HasPrefix(text, "#") {
			continue
		}
		term, err := ParseTerm(text)
		if err != nil {
			return nil, fmt.Errorf("%w: line %d: %s", ErrTerms, line, err.Error())
		}
		if len(terms) == MaxTerms {
			return nil, fmt.Errorf("%w: line %d: more than %d terms", ErrTerms, line, MaxTerms)
		}
		terms = append(terms, term)
	}
	if err := scan.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("%w: line %d: longer than %d bytes", ErrTerms, line+1, maxLineBytes)
	} else if err != nil {
		return nil, fmt.Errorf("%w: line %d: %w", ErrTerms, line+1, err)
	}
	return terms, nil
}

// ParseTerm reads one entry. The error is a sentence without the line number.
func ParseTerm(line string) (Term, error) {
	term := Term{Line: line, Text: line}
	if !utf8.ValidString(line) {
		return Term{}, errors.New("not UTF-8")
	}
	if rest, ok := strings.CutPrefix(term.Text, "!"); ok {
		term.Allowed, term.Text = true, strings.TrimSpace(rest)
	}
	if rest, ok := strings.CutSuffix(term.Text, "*"); ok {
		term.Prefix, term.Text = true, strings.TrimSpace(rest)
	}
	switch {
	case term.Text == "":
		return Term{}, errors.New("no word beside the signs")
	case len(term.Text) > MaxTermBytes:
		return Term{}, fmt.Errorf("term longer than %d bytes", MaxTermBytes)
	}
	return term, nil
}
