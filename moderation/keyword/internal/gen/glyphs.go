package main

import (
	"cmp"
	"encoding/json"
	"fmt"
	"os"
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
	"golang.org/x/text/unicode/runenames"
)

// A reading is stored as an operation and its operands; glyph.go of the
// matcher explains them.
const (
	opHidden  = 'I' // nothing to see
	opMark    = 'M' // a mark on the letter before
	opSpace   = 'S'
	opNewline = 'N'
	opText    = 'L' // these ASCII letters and digits, one after the other
	opEither  = 'P' // one ASCII letter, then its second reading
	opNative  = 'A' // a letter of its own, then ASCII letters it looks like
	opSign    = 'G' // a sign, then ASCII letters it looks like
)

type builder struct {
	confusable  map[string]string
	hand        map[rune]string // best readings, ASCII
	second      map[rune]string
	table       map[rune]string
	punctuation map[rune]string
}

func writeGlyphs(confusables, out string) error {
	raw, err := os.ReadFile(confusables)
	if err != nil {
		return err
	}
	b := &builder{hand: map[rune]string{}, second: map[rune]string{}, table: map[rune]string{}, punctuation: punctuation()}
	if err := json.Unmarshal(raw, &b.confusable); err != nil {
		return err
	}
	b.readExtra()
	for r := rune(0x80); r < 0x20000; r++ {
		if s := b.reading(r); s != "" {
			b.table[r] = s
		}
	}
	return os.WriteFile(out, []byte(render(b.table)), 0o644)
}

func (b *builder) readExtra() {
	for _, line := range strings.Split(strings.TrimSpace(extra), "\n") {
		letter, list, _ := strings.Cut(line, ":")
		var last rune
		chars := []rune(list)
		for i := 0; i < len(chars); i++ {
			if chars[i] == '/' {
				b.second[last] = string(chars[i+1])
				i++
				continue
			}
			last = chars[i]
			if last >= 0x80 && b.hand[last] == "" {
				b.hand[last] = letter
			}
		}
	}
	b.readAlphabets()
	for _, line := range strings.Split(strings.TrimSpace(alternates), "\n") {
		list, letter, _ := strings.Cut(line, ":")
		b.second[[]rune(list)[0]] = letter
	}
	for _, e := range strings.Fields(emoji) {
		r := []rune(e)
		b.hand[r[0]] = string(r[1:])
	}
}

// readAlphabets takes what the alphabets say of characters that nothing else
// has a reading for, and a second reading of the others. A letter that only
// looks like a digit is read as the letter.
func (b *builder) readAlphabets() {
	for _, line := range strings.Split(strings.Trim(alphabets, "\n"), "\n") {
		letter := 'a'
		for _, r := range line {
			known := b.ascii(r)
			switch {
			case r < 0x80 || known == string(letter):
			case known == "" || known[0] <= '9' && !unicode.IsDigit(r):
				b.hand[r] = string(letter)
			case b.second[r] == "":
				b.second[r] = string(letter)
			}
			letter++
		}
	}
}

func (b *builder) reading(r rune) string {
	switch {
	case hidden(r):
		return string(opHidden)
	case r == 0x85 || r == 0x2028 || r == 0x2029:
		return string(opNewline)
	case unicode.Is(unicode.Zs, r):
		return string(opSpace)
	case genericMark(r):
		return string(opMark)
	case unicode.Is(unicode.Me, r):
		return string(opMark)
	case unicode.IsMark(r):
		return "" // a vowel sign of its script
	}
	if s, ok := b.punctuation[r]; ok {
		return string(opText) + s
	}
	ascii := b.ascii(r)
	base := baseLetter(r)
	switch {
	case isNative(r):
		alts := ascii
		if s := cmp.Or(b.second[r], b.second[unmarked(r)]); s != "" && s != ascii {
			alts += s
		} else if b.confusable[string(r)] == "l" && ascii == "l" {
			alts += "i"
		} else if b.confusable[string(r)] == "l" && ascii == "i" {
			alts += "l"
		}
		if len(alts) > 2 {
			alts = alts[:2]
		}
		if alts == "" && base == unicode.ToLower(r) {
			return ""
		}
		return string(opNative) + string(base) + alts
	case ascii == "":
		if base != unicode.ToLower(r) && unicode.IsLetter(base) {
			return string(opNative) + string(base)
		}
		return ""
	case !unicode.IsLetter(r) && !unicode.IsNumber(r) && !enclosed(r) && !drawnLetter(r):
		return string(opSign) + firstTwo(ascii+b.second[r])
	case b.confusable[string(r)] == "l" && b.hand[r] == "" && (ascii == "l" || ascii == "i"):
		return string(opEither) + ascii + map[string]string{"l": "i", "i": "l"}[ascii]
	case len(ascii) == 1 && b.second[r] != "":
		return string(opEither) + ascii + b.second[r]
	case len(ascii) <= 6:
		return string(opText) + ascii
	}
	return ""
}

func firstTwo(s string) string {
	if len(s) > 2 {
		return s[:2]
	}
	return s
}

// punctuation that must keep its meaning: full stops of hosts, dashes, quotes.
func punctuation() map[rune]string {
	return map[rune]string{
		'．': ".", '。': ".", '｡': ".", '․': ".", '﹒': ".", '٠': "0", '۰': "0",
		'‐': "-", '‑': "-", '‒': "-", '–': "-", '—': "-", '―': "-", '−': "-", '－': "-", '﹣': "-", '⁃': "-", '˗': "-",
		'’': "'", '‘': "'", 'ʼ': "'", 'ʻ': "'", '＇': "'", '′': "'", '´': "'", 'ˈ': "'", '‛': "'", 'ꞌ': "'",
		'，': ",", '、': ",", '！': "!", '？': "?", '：': ":", '；': ";", '／': "/", '＠': "@", '＃': "#", '＄': "$", '＊': "*", '∗': "*", '＿': "_", '（': "(", '）': ")", '［': "[", '］': "]",
		'⁄': "/", '∕': "/", '＋': "+", '｜': "|", '％': "%", '＆': "&", '＾': "^", '～': "~", '＝': "=", '＜': "<", '＞': ">", '＂': "\"", '“': "\"", '”': "\"", '«': "\"", '»': "\"", '„': "\"", '…': ".",
	}
}

func hidden(r rune) bool {
	switch {
	case unicode.Is(unicode.Cf, r), unicode.Is(unicode.Variation_Selector, r), unicode.Is(unicode.Cc, r) && r != 0x85,
		unicode.Is(unicode.Other_Default_Ignorable_Code_Point, r):
		return true
	case r == 0x115F, r == 0x1160, r == 0x3164, r == 0xFFA0, r == 0x2800, r == 0x180E, r == 0x0640, r == 0x034F, r == 0xFFFC, r == 0x1D159, r >= 0x17B4 && r <= 0x17B5:
		return true
	}
	return r >= 0x2065 && r <= 0x2069 || r >= 0xFFF0 && r <= 0xFFFB
}

// genericMark says whether r is a mark that no script needs to tell words
// apart, or that its script's writers often leave out.
func genericMark(r rune) bool {
	if !unicode.Is(unicode.Mn, r) {
		return r >= 0x1F3FB && r <= 0x1F3FF
	}
	for _, t := range []*unicode.RangeTable{unicode.Inherited, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Hebrew, unicode.Arabic, unicode.Syriac} {
		if unicode.Is(t, r) {
			return r != 0x3099 && r != 0x309A
		}
	}
	return false
}

// isNative says whether r is a letter of a script other than Latin, which is
// kept beside what it looks like.
func isNative(r rune) bool {
	if !unicode.IsLetter(r) || unicode.In(r, unicode.Latin, unicode.Common, unicode.Inherited) {
		return false
	}
	return !strings.Contains(runenames.Name(r), "FULLWIDTH") && norm.NFKD.String(string(r)) == norm.NFD.String(string(r))
}

// unmarked gives the letter that r is with marks or in another form, or 0 when
// it decomposes into several.
func unmarked(r rune) rune {
	var base rune
	for _, c := range norm.NFKD.String(string(r)) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case base != 0:
			return 0
		default:
			base = c
		}
	}
	return base
}

func baseLetter(r rune) rune {
	if r == 'ς' {
		return 'σ'
	}
	for _, c := range norm.NFKD.String(string(unicode.ToLower(r))) {
		if unicode.IsLetter(c) && !(c >= 0x1100 && c <= 0x11FF) {
			return unicode.ToLower(c)
		}
		break
	}
	return unicode.ToLower(r)
}

// drawnLetter says whether r is no letter to Unicode, but one to the eye: Braille
// patterns and the radicals of Yi.
func drawnLetter(r rune) bool { return r >= 0x2801 && r <= 0x28FF || r >= 0xA490 && r <= 0xA4CF }

func enclosed(r rune) bool {
	return r >= 0x2460 && r <= 0x24FF || r >= 0x1F100 && r <= 0x1F1FF || r >= 0x2776 && r <= 0x2793 || r == 0x2139 || r == 0x24C2 || r >= 0x1CCD6 && r <= 0x1CCF9 || r >= 0x1FBF0 && r <= 0x1FBF9 || r >= 0x3250 && r <= 0x33FF || r >= 0x2100 && r <= 0x214F || r == 0x1F18E
}

// ascii gives the letters and digits that r is read as, best source first.
func (b *builder) ascii(r rune) string {
	if s := b.hand[r]; s != "" {
		return s
	}
	switch {
	case r >= 0x1CCD6 && r <= 0x1CCEF: // outlined letters, Unicode 16
		return string('a' + r - 0x1CCD6)
	case r >= 0x1CCF0 && r <= 0x1CCF9:
		return string('0' + r - 0x1CCF0)
	case r >= 0x1F1E6 && r <= 0x1F1FF:
		return string('a' + r - 0x1F1E6)
	case r == 'ß' || r == 'ẞ':
		return "ss"
	case r == 'ı' || r == 'İ':
		return "i"
	}
	if s := compat(r); s != "" {
		return s
	}
	if s := named(r); s != "" {
		return s
	}
	if c := unmarked(r); c != 0 && c != r {
		return b.ascii(c)
	}
	return b.lookalike(r, 0)
}

// compat is the compatibility decomposition when it is plain, marks aside.
func compat(r rune) string {
	var s strings.Builder
	for _, c := range norm.NFKD.String(string(r)) {
		switch {
		case c < 0x80:
			s.WriteRune(unicode.ToLower(c))
		case unicode.Is(unicode.Mn, c):
		default:
			return ""
		}
	}
	t := s.String()
	if len(t) == 3 && t[0] == '(' && t[2] == ')' {
		t = t[1:2]
	}
	t = strings.Trim(t, ".,")
	if t == "" || len(t) > 6 || strings.IndexFunc(t, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) >= 0 {
		return ""
	}
	return t
}

var (
	letterName = regexp.MustCompile(`(?:LATIN|REGIONAL|SYMBOL|MODIFIER).*\b(?:LETTER|SMALL|CAPITAL) (?:SMALL |CAPITAL |OPEN |REVERSED |TURNED |SIDEWAYS |DOTLESS |INSULAR |BLACKLETTER |SCRIPT |STIRRUP |LONG |STRETCHED |HALF |BARRED |BROKEN )*([A-Z])(?: ROTUNDA)?(?: WITH .*)?$`)
	digitName  = regexp.MustCompile(`\bDIGIT (ZERO|ONE|TWO|THREE|FOUR|FIVE|SIX|SEVEN|EIGHT|NINE)$`)
)

func named(r rune) string {
	name := runenames.Name(r)
	if m := letterName.FindStringSubmatch(name); m != nil {
		return strings.ToLower(m[1])
	}
	if m := digitName.FindStringSubmatch(name); m != nil {
		names := []string{"ZERO", "ONE", "TWO", "THREE", "FOUR", "FIVE", "SIX", "SEVEN", "EIGHT", "NINE"}
		for i, n := range names {
			if n == m[1] {
				return string(rune('0' + i))
			}
		}
	}
	switch {
	case strings.Contains(name, "LIGATURE OE"):
		return "oe"
	case strings.HasSuffix(name, "LETTER AE"):
		return "ae"
	case strings.HasSuffix(name, "LETTER ETH"):
		return "d"
	case strings.HasSuffix(name, "LETTER ENG"):
		return "n"
	case strings.HasSuffix(name, "LETTER IOTA") && strings.HasPrefix(name, "LATIN"):
		return "i"
	}
	return ""
}

// lookalike follows the confusables to ASCII (UTS #39, section 4).
func (b *builder) lookalike(r rune, depth int) string {
	target, ok := b.confusable[string(r)]
	if !ok || depth > 3 {
		return ""
	}
	switch target {
	case "rn":
		return "m"
	case "l":
		if unicode.IsUpper(r) || unicode.IsNumber(r) {
			return "i"
		}
	}
	var s strings.Builder
	for _, c := range norm.NFKD.String(target) {
		switch {
		case unicode.Is(unicode.Mn, c):
		case c < 0x80:
			s.WriteRune(unicode.ToLower(c))
		case b.hand[c] != "":
			s.WriteString(b.hand[c])
		default:
			t := named(c)
			if t == "" {
				t = b.lookalike(c, depth+1)
			}
			if t == "" {
				return ""
			}
			s.WriteString(t)
		}
	}
	t := s.String()
	if len(t) == 3 && t[0] == '(' && t[2] == ')' {
		t = t[1:2]
	}
	if t == "" || len(t) > 6 || strings.IndexFunc(t, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) }) >= 0 {
		return ""
	}
	return t
}

func render(table map[rune]string) string {
	const block = 64
	ids := map[string]int{"": 0}
	slots := []byte(strings.Repeat("\x00", slotSize))
	blocks := map[string]int{}
	var index, data []byte
	for base := rune(0); base < 0x20000; base += block {
		var row []byte
		for r := base; r < base+block; r++ {
			s := table[r]
			id, ok := ids[s]
			if !ok {
				id = len(ids)
				ids[s] = id
				if len(s) >= slotSize {
					panic("reading too long: " + s)
				}
				slots = append(slots, byte(len(s)))
				slots = append(slots, (s + strings.Repeat("\x00", slotSize))[:slotSize-1]...)
			}
			row = append(row, byte(id>>8), byte(id))
		}
		at, ok := blocks[string(row)]
		if !ok {
			at = len(blocks)
			blocks[string(row)] = at
			data = append(data, row...)
		}
		index = append(index, byte(at>>8), byte(at))
	}
	var out strings.Builder
	out.WriteString(header)
	fmt.Fprintf(&out, "// %d characters, %d readings, %d blocks of %d.\nconst (\n\tglyphSlot  = %d\n\tglyphBlock = %d\n)\n\n", len(table), len(ids), len(blocks), block, slotSize, block)
	writeConst(&out, "glyphIndex", index)
	writeConst(&out, "glyphData", data)
	writeConst(&out, "glyphReading", slots)
	return strings.TrimSuffix(out.String(), "\n")
}

const slotSize = 8

const header = `// Code generated by internal/gen; DO NOT EDIT.

// Derived from Unicode's confusables.txt 13.0 (UTS #39), the compatibility
// decompositions and the character names of the Unicode Character Database,
// Copyright © 1991-2025 Unicode, Inc., under the Unicode License v3
// (https://www.unicode.org/license.txt); confusables.txt as carried by the npm
// package unhomoglyph 1.0.6, Copyright (c) 2016 Vitaly Puzrin, MIT License.

package keyword

`

func writeConst(out *strings.Builder, name string, data []byte) {
	fmt.Fprintf(out, "const %s = \"\" +\n", name)
	const width = 40
	for i := 0; i < len(data); i += width {
		line := data[i:min(i+width, len(data))]
		out.WriteString("\t\"")
		for _, c := range line {
			fmt.Fprintf(out, "\\x%02x", c)
		}
		out.WriteString("\"")
		if i+width < len(data) {
			out.WriteString(" +")
		}
		out.WriteString("\n")
	}
	out.WriteString("\n")
}
