package main

import (
	"bufio"
	"fmt"
	"hash/fnv"
	"os"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The filter: bits per word and probes. About 0.4 % of other strings pass.
const (
	bitsPerWord = 12
	probes      = 8
)

// writeWords packs every word of three letters or more into a Bloom filter
// (Bloom 1970) that words.go of the matcher reads with the same hashes.
func writeWords(paths []string, out string) error {
	set := map[string]bool{}
	for _, path := range paths {
		if err := readWords(path, set); err != nil {
			return err
		}
	}
	bits := uint64(len(set) * bitsPerWord)
	bits += 64 - bits%64
	filter := make([]byte, bits/8)
	for w := range set {
		h := fnv.New64a()
		h.Write([]byte(w))
		a, b := h.Sum64()>>32, h.Sum64()&0xffffffff|1
		for i := uint64(0); i < probes; i++ {
			at := (a + i*b) % bits
			filter[at/8] |= 1 << (at % 8)
		}
	}
	fmt.Printf("%d words, %d bytes\n", len(set), len(filter))
	return os.WriteFile(out, filter, 0o644)
}

func readWords(path string, set map[string]bool) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	scan := bufio.NewScanner(f)
	for scan.Scan() {
		word, _, _ := strings.Cut(scan.Text(), "'")
		if w := plain(word); len(w) >= 3 {
			set[w] = true
		}
	}
	return scan.Err()
}

// plain gives the word in a to z, or nothing.
func plain(word string) string {
	var b strings.Builder
	for _, r := range strings.ToLower(norm.NFKD.String(word)) {
		switch {
		case r >= 'a' && r <= 'z':
			b.WriteRune(r)
		case !unicode.Is(unicode.Mn, r):
			return ""
		}
	}
	return b.String()
}
