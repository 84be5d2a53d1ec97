// Package evasion writes the texts that the keyword matcher is judged by: one
// list of terms, the ways readers disguise them, and everyday lines in which
// nothing is disguised. Every name and host is invented or reserved, every word
// is invented or mild, every sentence is ours, and the same lines come out of
// every run. The matcher's tests and the document docs/rules-evaluation.md are
// its callers; the matcher itself knows nothing of it.
//
// A disguise is written from units, one for each letter of the term, in four
// stages: a letter is drawn as another character; marks are put on it;
// something is put between it and the next; what came out is encoded. A stack
// takes one disguise from each of two or three stages.
package evasion

import (
	"math/rand/v2"
	"strings"
	"unicode"
)

// LinesEach is the number of lines of each technique.
const LinesEach = 40

// Line is a text in which a term stands in disguise.
type Line struct {
	Family, Technique, Term, Text string
	Start, End                    int // first to last letter of the term, half-open byte offsets
	OuterStart, OuterEnd          int // with quotes, marks and endings around it
}

// piece is a term as written, with what may belong to it on both sides.
type piece struct{ before, word, after string }

// technique is one way to write a term.
type technique struct {
	family, name string
	terms        []string
	write        func(r *rand.Rand, term string) piece
}

// Lines gives the lines of all techniques, in order.
func Lines() []Line {
	var lines []Line
	for n, t := range techniques() {
		r := rand.New(rand.NewPCG(2026, uint64(n)))
		for i := range LinesEach {
			term := t.terms[(i+n)%len(t.terms)]
			lines = append(lines, t.line(r, term))
		}
	}
	return lines
}

// line puts a disguised term into a sentence.
func (t *technique) line(r *rand.Rand, term string) Line {
	p := t.write(r, strings.TrimSuffix(term, "*"))
	head, tail, _ := strings.Cut(pick(r, carriers()), "{}")
	outer := len(head)
	start := outer + len(p.before)
	end := start + len(p.word)
	return Line{
		Family: t.family, Technique: t.name, Term: term, Text: head + p.before + p.word + p.after + tail,
		Start: start, End: end, OuterStart: outer, OuterEnd: end + len(p.after),
	}
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// unit is one letter of a term, or what stands between its words.
type unit struct {
	text   string
	letter bool
}

func units(term string) []unit {
	var list []unit
	for _, c := range term {
		list = append(list, unit{string(c), unicode.IsLetter(c) || unicode.IsMark(c)})
	}
	return list
}

func text(list []unit) string {
	var b strings.Builder
	for _, u := range list {
		b.WriteString(u.text)
	}
	return b.String()
}

// stage is where a disguise is applied.
type stage int

const (
	drawn   stage = iota // a letter drawn as another character
	marked               // marks put on it
	parted               // something between it and the next
	encoded              // all of it encoded
)

// disguise is one way to change the units of a term. It changes them in place.
type disguise struct {
	family, name string
	stage        stage
	apply        func(r *rand.Rand, list []unit)
}

// write applies disguises one after the other.
func write(list ...disguise) func(*rand.Rand, string) piece {
	return func(r *rand.Rand, term string) piece {
		u := units(term)
		for _, d := range list {
			d.apply(r, u)
		}
		return piece{word: text(u)}
	}
}

// letters makes a disguise that changes letters one by one. A letter for which
// draw gives "" stays.
func letters(draw func(r *rand.Rand, c rune) string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		for i := range list {
			if !list[i].letter {
				continue
			}
			c := []rune(list[i].text)[0]
			if s := draw(r, c); s != "" {
				list[i].text = s
			}
		}
	}
}

// table makes a disguise out of one or more alphabets: pairs of a letter and
// what it is drawn as, all small or all capital.
func table(alphabets ...string) func(*rand.Rand, []unit) {
	var maps []map[rune]string
	for _, a := range alphabets {
		m := map[rune]string{}
		for _, pair := range strings.Fields(a) {
			c := []rune(pair)[0]
			m[c] = pair[len(string(c)):]
		}
		maps = append(maps, m)
	}
	return func(r *rand.Rand, list []unit) {
		m := pick(r, maps)
		letters(func(_ *rand.Rand, c rune) string { return m[unicode.ToLower(c)] })(r, list)
	}
}

// offset makes a disguise out of Unicode blocks that hold a to z in order, or
// A to Z when upper is set.
func offset(first ...rune) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		base := pick(r, first)
		letters(func(_ *rand.Rand, c rune) string {
			if c = unicode.ToLower(c); c < 'a' || c > 'z' {
				return ""
			}
			return string(base + c - 'a')
		})(r, list)
	}
}

// between makes a disguise that puts something between neighbouring letters.
func between(put func(r *rand.Rand) string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, list []unit) {
		for i := 0; i+1 < len(list); i++ {
			if list[i].letter && list[i+1].letter {
				list[i].text += put(r)
			}
		}
	}
}

// oneOf puts any of the strings, always the same one with same set.
func oneOf(list ...string) func(*rand.Rand) string {
	return func(r *rand.Rand) string { return pick(r, list) }
}

// same puts one of the strings throughout a term.
func same(list ...string) func(*rand.Rand, []unit) {
	return func(r *rand.Rand, u []unit) {
		s := pick(r, list)
		between(func(*rand.Rand) string { return s })(r, u)
	}
}
