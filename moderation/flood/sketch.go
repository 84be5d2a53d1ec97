package flood

import (
	"math"
	"unicode"
)

const (
	gramRunes = 5
	// MaxRunes bounds what Sketch reads of a text, in letters, digits and the
	// single spaces between words. Two texts that agree so far are copies.
	MaxRunes = 16_384

	base     = 0x9e3779b97f4a7c15 // of the rolling hash, odd: 2^64 over the golden ratio
	basePow5 = base * base % (1 << 64) * base % (1 << 64) * base % (1 << 64) * base % (1 << 64)
)

// Sketch returns the signature of a text that is folded already: in lower case,
// look-alikes resolved, nothing invisible. What is neither letter, mark nor digit counts
// as one space. linked says that the comment leads somewhere: that it has a link, a
// host or an e-mail address, whether or not the folded text still shows it. A text
// with too little of its own to say (see the package comment) is blank; a short one
// that counts is kept whole and resembles only its equal. Time is linear in the text,
// up to MaxRunes.
func Sketch(folded string, linked bool) Signature {
	var room [512]uint64
	t := read(folded, room[:0])
	switch kindOf(folded, t.letters, linked) {
	case trifle:
		return Signature{}
	case short:
		return minima([]uint64{mix(t.whole)})
	}
	return minima(t.grams)
}

// reading is what one pass over a text collects.
type reading struct {
	letters int      // see letterWeight
	whole   uint64   // hash of all runes
	grams   []uint64 // mixed hash of every run of five runes
}

// read hashes the runs of five runes by rolling: with base B, appending r to a run
// that began with o turns its hash h into h×B + r − o×B⁵ (Karp and Rabin 1987).
func read(folded string, grams []uint64) reading {
	t := reading{grams: grams}
	var last [gramRunes]uint64
	var rolling uint64
	n, gap := 0, false
	push := func(r rune) {
		old := last[n%gramRunes]
		last[n%gramRunes] = uint64(r)
		rolling = rolling*base + uint64(r) - old*basePow5
		t.whole = t.whole*base + uint64(r)
		if n++; n >= gramRunes {
			t.grams = append(t.grams, mix(rolling))
		}
	}
	for _, r := range folded {
		weight := letterWeight(r)
		if weight == notWord {
			gap = n > 0
			continue
		}
		if n >= MaxRunes {
			break
		}
		if gap {
			push(' ')
			gap = false
		}
		push(r)
		t.letters += weight
	}
	return t
}

const notWord = -1

// letterWeight tells what a rune adds to the length of a text in letters: 0 for a
// digit or mark, 2 where one sign stands for a syllable or a word, and notWord for
// what only separates.
func letterWeight(r rune) int {
	switch {
	case r >= 'a' && r <= 'z':
		return 1
	case r < 0x80:
		if r >= '0' && r <= '9' {
			return 0
		}
		if r >= 'A' && r <= 'Z' {
			return 1
		}
		return notWord
	case unicode.In(r, unicode.Han, unicode.Hiragana, unicode.Katakana, unicode.Hangul):
		return 2
	case unicode.IsLetter(r):
		return 1
	case unicode.IsDigit(r), unicode.IsMark(r):
		return 0
	}
	return notWord
}

// minima takes, for each of 64 hash functions, the least value over all grams, and
// keeps its low 16 bits. Two functions are the halves of x×m mod 2^64 for an odd m: two
// orders of 2^32 values for one multiplication.
func minima(grams []uint64) Signature {
	var s Signature
	for i := 0; i < hashes; i += 4 {
		a, b, c, d := least(grams, multiplier(i), multiplier(i+1))
		s.set(i, uint16(a))
		s.set(i+1, uint16(b))
		s.set(i+2, uint16(c))
		s.set(i+3, uint16(d))
	}
	return s
}

// least goes through the grams once for four functions, as many as leave all it needs
// in registers.
func least(grams []uint64, m, n uint64) (a, b, c, d uint32) {
	a, b, c, d = math.MaxUint32, math.MaxUint32, math.MaxUint32, math.MaxUint32
	for _, x := range grams {
		y, z := x*m, x*n
		a = min(a, uint32(y))
		b = min(b, uint32(y>>32))
		c = min(c, uint32(z))
		d = min(d, uint32(z>>32))
	}
	return a, b, c, d
}

// multiplier is odd, so that multiplying permutes the 64-bit numbers.
func multiplier(i int) uint64 { return mix(uint64(i+1)*base) | 1 }

// mix is the finaliser of SplitMix64 (Steele, Lea and Flood 2014): a permutation in
// which every bit of x changes each bit of the result with probability one half.
func mix(x uint64) uint64 {
	x = (x ^ x>>30) * 0xbf58476d1ce4e5b9
	x = (x ^ x>>27) * 0x94d049bb133111eb
	return x ^ x>>31
}
