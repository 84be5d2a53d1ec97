package keyword

import _ "embed"

// words is a Bloom filter (Bloom 1970) of 286,113 ordinary English words of
// three letters or more: no word is missed, about 0.4 % of other strings pass.
// It is made by internal/gen from Debian's wbritish-huge and wamerican-huge,
// which are SCOWL, Copyright 2000-2020 by Kevin Atkinson, free for any purpose
// with this notice.
//
//go:embed words.bloom
var words string

const wordProbes = 8

// ordinary says whether a word, in letters a to z, is in the word list.
func ordinary(word string) bool {
	return len(word) >= 3 && ordinaryHash(fnv(word))
}

func ordinaryBytes(word []byte) bool {
	return len(word) >= 3 && ordinaryHash(fnv(word))
}

// fnv is the 64-bit FNV-1a hash.
func fnv[T string | []byte](word T) uint64 {
	sum := uint64(14695981039346656037)
	for i := 0; i < len(word); i++ {
		sum = (sum ^ uint64(word[i])) * 1099511628211
	}
	return sum
}

func ordinaryHash(sum uint64) bool {
	bits := uint64(len(words)) * 8
	at, step := (sum>>32)%bits, (sum&0xffffffff|1)%bits
	for range wordProbes {
		if words[at/8]&(1<<(at%8)) == 0 {
			return false
		}
		if at += step; at >= bits {
			at -= bits
		}
	}
	return true
}
