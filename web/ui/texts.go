package ui

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"strconv"
	"strings"
)

// Texts is the catalogue of everything the server-rendered pages say: a key such as "login.title" to a sentence, with {0}, {1} … for what
// is filled in. A translation is a second file with the same keys.
type Texts map[string]string

func loadTexts(files fs.FS, name string) (Texts, error) {
	raw, err := fs.ReadFile(files, name)
	if err != nil {
		return nil, err
	}
	texts := Texts{}
	if err := json.Unmarshal(raw, &texts); err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return texts, nil
}

// fill puts args into the places {0}, {1} … of a text. It replaces in one pass: what is filled in is never read as a place again.
func fill(text string, args []string) string {
	if len(args) == 0 {
		return text
	}
	pairs := make([]string, 0, 2*len(args))
	for i, arg := range args {
		pairs = append(pairs, "{"+strconv.Itoa(i)+"}", arg)
	}
	return strings.NewReplacer(pairs...).Replace(text)
}

// groupDigits writes 1283 as "1,283".
func groupDigits(n int) string {
	digits := strconv.Itoa(n)
	sign := ""
	if n < 0 {
		sign, digits = "-", digits[1:]
	}
	for i := len(digits) - 3; i > 0; i -= 3 {
		digits = digits[:i] + "," + digits[i:]
	}
	return sign + digits
}
