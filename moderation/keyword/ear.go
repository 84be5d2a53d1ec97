package keyword

// ear appends to buf how a word sounds, roughly: consonants that sound alike
// as one letter, doubled ones once, each group of vowels as A, E or O, a vowel
// before an r that closes the syllable as R. It follows the idea of Metaphone
// (Philips 1990), with vowels kept.
func ear(buf, w []byte) []byte {
	for i := 0; i < len(w); {
		if vowel(w[i]) && (i > 0 || w[i] != 'y') {
			buf, i = earVowels(buf, w, i)
			continue
		}
		var sound string
		n := 1
		if pair := at(w, i+1); w[i] == pair {
			n = 2
		}
		sound, n = earConsonant(w, i, n)
		for k := 0; k < len(sound); k++ {
			if len(buf) == 0 || buf[len(buf)-1] != sound[k] {
				buf = append(buf, sound[k])
			}
		}
		i += n
	}
	return buf
}

const alphabet = "abcdefghijklmnopqrstuvwxyz"

func at(w []byte, i int) byte {
	if i < len(w) {
		return w[i]
	}
	return 0
}

// earVowels reads the group of vowels at w[i].
func earVowels(buf, w []byte, i int) ([]byte, int) {
	j := i
	for j < len(w) && vowel(w[j]) {
		j++
	}
	if at(w, j) == 'w' && !vowel(at(w, j+1)) {
		j++
	}
	if at(w, j) == 'h' && !vowel(at(w, j+1)) {
		j++
	}
	if at(w, j) == 'g' && at(w, j+1) == 'h' && !vowel(at(w, j+2)) {
		j += 2
	}
	first, second := w[i], at(w[:j], i+1)
	switch {
	case at(w, j) == 'r' && !vowel(at(w, j+1)) || at(w, j) == 'r' && j+2 == len(w) && w[j+1] == 'e':
		return append(buf, 'R'), min(j+1, len(w))
	case j == len(w) && j-i == 1 && first == 'e' && len(w) > 3:
		return buf, j
	case j == len(w) && w[j-1] == 'a' && i > 0:
		return append(buf, 'R'), j
	case j == len(w)-1 && w[j] == 'l' && i > 0:
		return buf, j
	case first == 'a' && (second == 'u' || second == 'w' || second == 'o'):
		return append(buf, 'O'), j
	case first == 'a':
		return append(buf, 'A'), j
	case first == 'e' && (second == 'u' || second == 'w'):
		return append(buf, 'O'), j
	case first == 'o' || first == 'u':
		return append(buf, 'O'), j
	}
	return append(buf, 'E'), j
}

// earConsonant gives the sound at w[i] and the letters it takes; n of them are
// the same letter.
func earConsonant(w []byte, i, n int) (string, int) {
	next := at(w, i+n)
	switch w[i] {
	case 'p':
		if next == 'h' {
			return "f", n + 1
		}
	case 'c':
		switch {
		case next == 'h':
			return "C", n + 1
		case next == 'k':
			return "k", n + 1
		case n == 1 && (next == 'e' || next == 'i' || next == 'y'):
			return "s", 1
		}
		return "k", n
	case 't':
		switch {
		case next == 'h':
			return "T", n + 1
		case next == 'i' && at(w, i+n+1) == 'o' && at(w, i+n+2) == 'n':
			return "SO", n + 2
		case next == 'c' && at(w, i+n+1) == 'h':
			return "C", n + 2
		}
	case 's':
		switch {
		case next == 'h':
			return "S", n + 1
		case next == 'c' && (at(w, i+n+1) == 'e' || at(w, i+n+1) == 'i'):
			return "s", n + 1
		}
	case 'q':
		if next == 'u' {
			return "kw", n + 1
		}
		return "k", n
	case 'x':
		return "ks", n
	case 'z':
		return "s", n
	case 'g':
		if next == 'h' {
			return "g", n + 1
		}
	case 'd':
		if next == 'g' && at(w, i+n+1) == 'e' {
			return "j", n + 1
		}
	case 'w':
		if next == 'h' {
			return "w", n + 1
		}
	case 'm':
		if next == 'b' && i+n+1 == len(w) {
			return "m", n + 1
		}
	case 'h':
		if i > 0 {
			return "", n
		}
	}
	return alphabet[w[i]-'a' : w[i]-'a'+1], n
}
