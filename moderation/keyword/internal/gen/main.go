// Command gen writes the two data files of the keyword matcher from package
// data: the glyph table (which letter a character is read as) and the filter
// of ordinary words. Its inputs are not part of this repository:
//
//	-confusables  data.json of the npm package unhomoglyph 1.0.6 (MIT), which
//	              carries Unicode's confusables.txt 13.0 (Unicode licence)
//	-words        plain word lists, for instance Debian's wbritish-huge and
//	              wamerican-huge 2020.12.07 (SCOWL, free with its notice)
//
// Run it through `go generate`; a missing input leaves its output untouched.
package main

import (
	"flag"
	"fmt"
	"os"
	"strings"
)

func main() {
	confusables := flag.String("confusables", "", "path of unhomoglyph's data.json")
	words := flag.String("words", "", "comma-separated paths of word lists")
	out := flag.String("out", ".", "folder to write to")
	flag.Parse()
	if err := run(*confusables, *words, *out); err != nil {
		fmt.Fprintln(os.Stderr, "gen:", err)
		os.Exit(1)
	}
}

func run(confusables, words, out string) error {
	if confusables != "" {
		if err := writeGlyphs(confusables, out+"/glyph_table.go"); err != nil {
			return err
		}
	}
	if words == "" {
		return nil
	}
	return writeWords(strings.Split(words, ","), out+"/words.bloom")
}
