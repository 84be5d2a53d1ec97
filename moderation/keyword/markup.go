package keyword

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reference reads a character reference at text[at] == '&', nested ones
// ("&amp;#102;") and unfinished ones ("&#102l") included, and returns the
// character and the index behind it. Each byte is looked at once per level.
func reference(text string, at int) (rune, int, bool) {
	next, found := at+1, false
	for {
		r, n := referenceBody(text[next:])
		if n == 0 {
			return '&', next, found
		}
		next += n
		if r != '&' {
			return r, next, true
		}
		found = true
	}
}

const (
	maxBracketTag = 40  // bytes of a tag of bulletin boards
	maxBracketed  = 256 // bytes from its beginning to its end

	maxReference = 24 // bytes of a reference without its '&'
	maxPercent   = 4  // times that a percent sign may be encoded
)

// referenceBody reads a reference without its '&' and returns its length, 0
// when there is none.
func referenceBody(s string) (rune, int) {
	if len(s) < 2 {
		return 0, 0
	}
	if s[0] == '#' {
		return numericReference(s)
	}
	n := 0
	for n < len(s) && n < maxReference && alphanumeric(s[n]) {
		n++
	}
	if n < 2 || n >= len(s) || s[n] != ';' {
		return 0, 0
	}
	decoded := html.UnescapeString("&" + s[:n+1])
	r, size := utf8.DecodeRuneInString(decoded)
	if size != len(decoded) {
		return 0, 0
	}
	return r, n + 1
}

func numericReference(s string) (rune, int) {
	base, from := 10, 1
	if s[1]|0x20 == 'x' {
		base, from = 16, 2
	}
	n := from
	for n < len(s) && n < maxReference && digitValue(s[n]) < base {
		n++
	}
	v, err := strconv.ParseUint(s[from:n], base, 32)
	if err != nil || v > utf8.MaxRune || !utf8.ValidRune(rune(v)) {
		return 0, 0
	}
	if n < len(s) && s[n] == ';' {
		n++
	}
	return rune(v), n
}

func digitValue(b byte) int {
	switch {
	case b >= '0' && b <= '9':
		return int(b - '0')
	case b|0x20 >= 'a' && b|0x20 <= 'f':
		return int(b|0x20-'a') + 10
	}
	return 99
}

func alphanumeric(b byte) bool {
	return b >= '0' && b <= '9' || b|0x20 >= 'a' && b|0x20 <= 'z'
}

// escape reads `\u0066`, `\u{66}`, `\U00000066` and `\x66` at the start of s, and
// returns the length, 0 when there is none.
func escape(s string) (rune, int) {
	if len(s) < 4 {
		return 0, 0
	}
	from, to := 2, 6
	switch {
	case s[1] == 'x':
		to = 4
	case s[1] == 'U':
		to = 10
	case s[1] == 'u' && s[2] == '{':
		end := strings.IndexByte(s[:min(len(s), 11)], '}')
		if end < 0 {
			return 0, 0
		}
		v, err := strconv.ParseUint(s[3:end], 16, 32)
		if err != nil || !utf8.ValidRune(rune(v)) {
			return 0, 0
		}
		return rune(v), end + 1
	case s[1] != 'u':
		return 0, 0
	}
	if len(s) < to {
		return 0, 0
	}
	v, err := strconv.ParseUint(s[from:to], 16, 32)
	if err != nil || !utf8.ValidRune(rune(v)) {
		return 0, 0
	}
	return rune(v), to
}

// percent reads a run of percent-encoded bytes at text[at] == '%' when they
// are printable UTF-8, and returns the index behind it, or at.
func (f *folder) percent(text string, at int) int {
	var raw [utf8.UTFMax]byte
	var ends [utf8.UTFMax]int
	n, next := 0, at
	for n < len(raw) && next < len(text) && text[next] == '%' {
		if raw[n], next = percentByte(text, next); next < 0 {
			break
		}
		ends[n] = next
		n++
	}
	r, size := utf8.DecodeRune(raw[:n])
	if n == 0 || r == utf8.RuneError || r < ' ' {
		return at
	}
	f.emit(r, at, ends[size-1])
	return ends[size-1]
}

// percentByte reads one percent-encoded byte, whose sign may be encoded itself
// ("%2541"), and returns the index behind it, -1 when there is none.
func percentByte(text string, at int) (byte, int) {
	for range maxPercent {
		if at+2 >= len(text) {
			break
		}
		b, ok := hexByte(text[at+1:])
		if !ok {
			break
		}
		_, again := hexByte(text[min(at+3, len(text)):])
		if b != '%' || !again {
			return b, at + 3
		}
		at += 2
	}
	return 0, -1
}

// hexByte reads two digits to base 16 at the start of s.
func hexByte(s string) (byte, bool) {
	if len(s) < 2 {
		return 0, false
	}
	hi, lo := digitValue(s[0]), digitValue(s[1])
	return byte(hi<<4 | lo), hi < 16 && lo < 16
}

// quoted reads a letter of a quoted-printable text (RFC 2045) at text[at] ==
// '=', such as "=6E", when a letter or another one follows or comes before, and
// returns the index behind it, or at.
func (f *folder) quoted(text string, at int) int {
	b, ok := quotedLetter(text, at)
	if !ok {
		return at
	}
	n := len(f.cells)
	joined := n > 0 && int(f.cells[n-1].end) == at && f.cells[n-1].kind == letter
	if _, ok := quotedLetter(text, at+3); !ok && !joined && (at+3 >= len(text) || !letterByte(text[at+3])) {
		return at
	}
	f.emit(rune(b), at, at+3)
	return at + 3
}

func quotedLetter(text string, at int) (byte, bool) {
	if at+2 >= len(text) || text[at] != '=' || text[at+1] < '4' || text[at+1] > '7' || text[at+2] >= 'a' {
		return 0, false
	}
	b, ok := hexByte(text[at+1:])
	return b, ok && letterByte(b)
}

func letterByte(b byte) bool { return b|0x20 >= 'a' && b|0x20 <= 'z' }

// tag passes over an HTML tag or comment at text[at] == '<' and returns the
// index behind it, or at when it is none. Block tags become a line break, the
// addresses and titles in a tag are kept for later.
func (f *folder) tag(text string, at int) int {
	if f.nextGT < at {
		n := strings.IndexByte(text[at:], '>')
		if n < 0 {
			n = len(f.text) + 1
		}
		f.nextGT = at + n
	}
	end := f.nextGT
	if end >= len(text) || end-at > maxTagBytes {
		return at
	}
	body := text[at+1 : end]
	if strings.HasPrefix(body, "!--") {
		return commentEnd(text, at, end)
	}
	name := tagName(body)
	if !knownTag(strings.ToLower(name)) || !tagRest(strings.TrimPrefix(body, "/")[len(name):]) {
		return at
	}
	if blockTag(strings.ToLower(name)) {
		f.blank(newline, at, end+1)
	}
	f.keepAddresses(body, at+1)
	return end + 1
}

func commentEnd(text string, at, end int) int {
	if strings.HasSuffix(text[at:end], "--") {
		return end + 1
	}
	if n := strings.Index(text[end:min(len(text), end+maxTagBytes)], "-->"); n >= 0 {
		return end + n + 3
	}
	return end + 1
}

func tagName(body string) string {
	body = strings.TrimPrefix(body, "/")
	n := 0
	for n < len(body) && n < 20 && (alphanumeric(body[n]) || n > 0 && body[n] == '-') {
		n++
	}
	if n == 0 || body[0] >= '0' && body[0] <= '9' {
		return ""
	}
	return body[:n]
}

// tagRest says whether s may follow the name in a tag.
func tagRest(s string) bool {
	t := strings.TrimSpace(s)
	if t == "" || t == "/" {
		return true
	}
	return (s[0] == ' ' || s[0] == '\t' || s[0] == '\n' || s[0] == '/') && strings.ContainsRune(t, '=')
}

// bracketTag passes over a tag of bulletin boards, "[b]" or "[/color]", at
// text[at] == '[', and returns the index behind it, or at when it is none. One
// that opens has its end nearby: else "[s]" is a letter between brackets.
func bracketTag(text string, at int) int {
	body := text[at+1 : min(len(text), at+maxBracketTag)]
	n := strings.IndexByte(body, ']')
	if n < 1 {
		return at
	}
	name, _, _ := strings.Cut(strings.ToLower(strings.TrimPrefix(body[:n], "/")), "=")
	switch name {
	case "b", "i", "u", "s", "sup", "sub", "spoiler", "color", "colour", "size", "font", "quote", "code", "center":
		if body[0] == '/' || strings.Contains(text[at:min(len(text), at+maxBracketed)], "[/"+body[:len(name)]+"]") {
			return at + n + 2
		}
	}
	return at
}

// knownTag says whether name is an element of HTML, rather than a word that a
// reader has put between angle brackets.
func knownTag(name string) bool {
	switch name {
	case "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "del", "dfn", "em", "font", "i", "img", "ins", "kbd",
		"mark", "q", "s", "samp", "small", "span", "strike", "strong", "sub", "sup", "svg", "tt", "u", "var", "wbr", "ruby", "rt", "rp", "rb",
		"label", "input", "button", "object", "iframe", "script", "style", "nobr", "center", "data", "time", "slot":
		return true
	}
	return blockTag(name)
}

func blockTag(name string) bool {
	switch name {
	case "p", "br", "div", "li", "ul", "ol", "tr", "td", "th", "table", "hr", "blockquote", "pre",
		"h1", "h2", "h3", "h4", "h5", "h6", "section", "article":
		return true
	}
	return false
}

// keepAddresses keeps the values of href, src, title and alt of a tag.
func (f *folder) keepAddresses(body string, at int) {
	for from := 0; ; {
		n := strings.IndexByte(body[from:], '=')
		if n < 0 {
			return
		}
		eq := from + n
		start, end := attributeValue(body, eq+1)
		if wantedAttribute(body[:eq]) {
			f.keepLink(link{start: at + start, end: at + end, cell: len(f.cells), behind: true})
		}
		from = max(end, eq+1)
	}
}

func wantedAttribute(before string) bool {
	before = strings.ToLower(strings.TrimSpace(before[max(0, len(before)-8):]))
	for _, name := range [...]string{"href", "src", "title", "alt"} {
		if strings.HasSuffix(before, name) {
			return true
		}
	}
	return false
}

func attributeValue(body string, from int) (int, int) {
	for from < len(body) && body[from] == ' ' {
		from++
	}
	if from >= len(body) {
		return from, from
	}
	if q := body[from]; q == '"' || q == '\'' {
		if n := strings.IndexByte(body[from+1:], q); n >= 0 {
			return from + 1, from + 1 + n
		}
		return from + 1, len(body)
	}
	if n := strings.IndexAny(body[from:], " \t\n/>"); n >= 0 && body[from+n] != '/' {
		return from, from + n
	}
	return from, len(body)
}
