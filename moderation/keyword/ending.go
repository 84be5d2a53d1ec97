package keyword

import (
	"slices"
	"strings"
)

// Endings that a word may take and stay the same word to a reader: ordinary
// ones, slang ones, and the tails of compounds.
const maxEnding = 12 // cells of an ending, stretched letters aside

func endings() []string {
	return []string{"s", "es", "ed", "er", "ers", "ing", "ings", "y", "ish", "ness", "z", "zz", "ster", "sters", "oid", "oids"}
}

func tails() []string {
	return []string{"head", "face", "wit", "brain", "bag", "hole", "features", "pants", "pig"}
}

// vowelEndings may replace a final e, or follow a doubled last letter.
func vowelEndings() []string {
	return []string{"ed", "er", "ers", "es", "ing", "ings", "y", "ish", "oid"}
}

// stemEndings gives the endings that replace the last vowel of an entry.
func stemEndings(e *entry) []string {
	if e.is(isStemY) {
		return []string{"ies", "ied", "ier"}
	}
	return vowelEndings()
}

// otherWord says whether the cells i to end, which spell an entry and an ending,
// are an ordinary word that comes from another one: "codes" from "code" rather
// than "cod", "witness" from no word at all.
func (s *scan) otherWord(e *entry, i, end int) bool {
	n := len(e.letters)
	if e.kind&(isPrefix|isStem|isPerson|isAllowed) != 0 || len(e.gaps) > 0 || s.stays > 0 {
		return false
	}
	written := s.word(i, end)
	if len(written) <= n || !ordinary(written) {
		return false
	}
	switch rest := written[n:]; rest[0] {
	case 'e', 'i', 'y':
		return !strings.ContainsRune("sxzh", rune(written[n-1])) && ordinary(written[:n]+"e")
	default:
		return rest == "ness" && n <= 3
	}
}

// compound says whether rest is the tail of a compound, with or without an
// ending of its own.
func compound(rest string) bool {
	for _, t := range tails() {
		if tail, ok := strings.CutPrefix(rest, t); ok && (tail == "" || slices.Contains(endings(), tail)) {
			return true
		}
	}
	return false
}

// endingAt returns the index behind the ending that begins at cell k. It returns
// -1 when no ending of the entry reaches to the end of the word.
func (s *scan) endingAt(e *entry, k int) int {
	switch {
	case e.is(isPrefix):
		for s.cells[k].word() {
			k++
		}
		return k
	case e.is(isHost):
		return -1
	case e.is(isPerson), e.is(isAllowed):
		return s.spelled(k, "s")
	case e.is(isStem):
		return s.anyOf(k, stemEndings(e))
	}
	if n := s.anyOf(k, endings()); n >= 0 {
		return n
	}
	for _, t := range tails() {
		n := s.readsAs(k, t)
		if n < 0 {
			continue
		}
		if !s.cells[n].word() {
			return n
		}
		if n = s.anyOf(n, endings()); n >= 0 {
			return n
		}
	}
	return -1
}

func (s *scan) anyOf(k int, list []string) int {
	for _, e := range list {
		if !s.cells[k].reads(rune(e[0])) {
			continue
		}
		if n := s.spelled(k, e); n >= 0 {
			return n
		}
	}
	return -1
}

// spelled is readsAs up to the end of the word.
func (s *scan) spelled(k int, word string) int {
	n := s.readsAs(k, word)
	if n >= 0 && s.cells[n].kind == letter {
		return -1
	}
	return n
}

// readsAs returns the index behind the letters of word at cell k, each of them
// stretched or not, or -1.
func (s *scan) readsAs(k int, word string) int {
	for n := 0; n < len(word); n++ {
		if !s.cells[k].word() && s.cells[k].alt[0] == 0 || !s.cells[k].reads(rune(word[n])) {
			return -1
		}
		k++
		for stretch := 0; stretch < 64 && s.cells[k].reads(rune(word[n])) && (n+1 == len(word) || word[n+1] != word[n]); stretch++ {
			k++
		}
	}
	return k
}
