package keyword

import (
	"slices"
	"strings"
)

// slipIndex finds words by the letters they are made of and by their sound.
type slipIndex struct {
	anagram index // same letters in another order
	sound   index // same consonants to the ear
}

const (
	minSlip       = 5 // letters of a term that slips are looked for in
	minSlipWord   = 3 // letters of one word of it
	minHeard      = 5 // letters of a single word that is spelled by ear
	maxSlipLetter = 32
)

func (m *Matcher) indexSlips() {
	var buf [maxSlipLetter]byte
	var sound [2 * maxSlipLetter]byte
	m.eachWord(func(w wordRef) {
		e := &m.entries[w.entry]
		if len(e.letters) < minSlip || w.n < minSlipWord || len(e.gaps) == 0 && w.n < minSlip {
			return
		}
		word := wordLetters(buf[:0], e, w)
		if word == nil {
			return
		}
		w.key = anagramKey(word)
		m.slips.anagram = append(m.slips.anagram, w)
		w.key = soundKey(word[0], ear(sound[:0], word))
		m.slips.sound = append(m.slips.sound, w)
	})
	m.slips.anagram.sort()
	m.slips.sound.sort()
}

// wordLetters gives a word of an entry in ASCII, nil when it is too long or
// has other letters.
func wordLetters(buf []byte, e *entry, w wordRef) []byte {
	if w.n > maxSlipLetter {
		return nil
	}
	for _, code := range e.letters[w.at : int(w.at)+int(w.n)] {
		if code == 0 || code > 26 {
			return nil
		}
		buf = append(buf, byte(code-1)+'a')
	}
	return buf
}

// anagramKey is the same for words with the same first letter and the same
// letters in any order.
func anagramKey(word []byte) uint32 {
	sum := uint32(word[0]) * 0x9E3779B1
	for _, b := range word {
		x := uint32(b) * 0x85EBCA6B
		x ^= x >> 13
		x *= 0xC2B2AE35
		sum += x ^ x>>16
	}
	return sum
}

// soundKey is the same for words with the same first letter and, to the ear,
// the same consonants, r and w aside.
func soundKey(first byte, heard []byte) uint32 {
	key := uint32(2166136261) ^ uint32(first)
	var before byte
	for _, b := range heard {
		switch b {
		case 'A', 'E', 'O', 'R', 'r', 'w':
			continue
		case 's', 'S', 'C':
			b = 'k'
		}
		if b != before {
			key = (key ^ uint32(b)) * 16777619
		}
		before = b
	}
	return key
}

// findSlips finds words that a typing slip or a spelling by ear has changed:
// two neighbours swapped, vowels left out, letters doubled or not, a letter
// for another that sounds alike. The first letter stays. Ordinary words are
// no slips.
func (s *scan) findSlips() {
	if len(s.m.slips.sound) == 0 {
		return
	}
	s.tries = freeTries
	var buf [maxSlipLetter]byte
	for i := 0; i < len(s.cells); {
		if !s.cells[i].word() {
			i++
			continue
		}
		j := i
		word, ok, capitals := buf[:0], true, 0
		for ; s.cells[j].word(); j++ {
			b, plain := plainByte(&s.cells[j])
			if !plain || j-i >= maxSlipLetter {
				ok = false
				continue
			}
			word = append(word, b)
			if s.cells[j].is(upper) {
				capitals++
			}
		}
		if ok && len(word) >= minSlipWord && (len(word) > 4 || capitals < len(word)) {
			s.slipAt(i, j, word)
		}
		i = j
	}
}

func plainByte(c *cell) (byte, bool) {
	switch {
	case c.kind != letter:
		return 0, false
	case c.r < 0x80:
		return byte(c.r), true
	}
	return c.alt[0], c.alt[0] >= 'a' && c.alt[0] <= 'z'
}

// slipAt looks for the slips that the word in cells i to j may be.
func (s *scan) slipAt(i, j int, word []byte) {
	if ordinaryBytes(word) {
		return
	}
	s.tries += wordTries
	s.slipsOf(i, j, j, word)
	if n := len(word) - 1; word[n] == 's' && n >= minSlipWord && !ordinaryBytes(word[:n]) {
		s.slipsOf(i, j-1, j, word[:n])
	}
}

func (s *scan) slipsOf(i, end, behind int, word []byte) {
	var buf [2 * maxSlipLetter]byte
	heard := ear(buf[:0], word)
	s.trySlips(s.m.slips.anagram.find(anagramKey(word)), i, end, behind, word, heard)
	s.trySlips(s.m.slips.sound.find(soundKey(word[0], heard)), i, end, behind, word, heard)
}

func (s *scan) trySlips(refs []wordRef, i, end, behind int, word, heard []byte) {
	var buf [maxSlipLetter]byte
	for _, ref := range refs {
		if s.tries <= 0 {
			return
		}
		s.tries--
		e := &s.m.entries[ref.entry]
		if s.full && s.pointless(e) {
			continue
		}
		if meant := wordLetters(buf[:0], e, ref); meant[0] == word[0] && slipOf(word, heard, meant, len(e.gaps) > 0) {
			s.tryAround(e, ref, i, end, behind, true)
		}
	}
}

// slipOf says whether word, which sounds as heard, is a slip of what was meant,
// a word of a phrase or one by itself.
func slipOf(word, heard, meant []byte, phrase bool) bool {
	if slices.Equal(word, meant) {
		return false
	}
	if swapped(word, meant) || vowelsLeftOut(word, meant) {
		return true
	}
	if len(meant) < minSlip && !phrase || !phrase && len(word) < minHeard || len(word)+1 < len(meant)/2 {
		return false
	}
	var buf [2 * maxSlipLetter]byte
	return slices.Equal(heard, ear(buf[:0], meant))
}

func swapped(word, meant []byte) bool {
	if len(word) != len(meant) {
		return false
	}
	k := 1
	for k < len(word) && word[k] == meant[k] {
		k++
	}
	return k+1 < len(word) && word[k] == meant[k+1] && word[k+1] == meant[k] && slices.Equal(word[k+2:], meant[k+2:])
}

func vowelsLeftOut(word, meant []byte) bool {
	return len(word) >= minSlipWord && lacksVowels(word, meant) && strings.Trim(string(word), string(word[:1])) != ""
}

func lacksVowels(word, meant []byte) bool {
	if len(word) >= len(meant) {
		return false
	}
	k := 0
	for j, b := range meant {
		switch {
		case k < len(word) && word[k] == b:
			k++
		case j == 0 || !vowel(b):
			return false
		}
	}
	return k == len(word)
}

func vowel(b byte) bool {
	switch b {
	case 'a', 'e', 'i', 'o', 'u', 'y':
		return true
	}
	return false
}
