package rulefile

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
)

var (
	plainPattern   = regexp.MustCompile(`^[\pL/][\pL\pM\pN /_.+*'()=<>&|!-]*$`)
	formulaPattern = regexp.MustCompile(`^[a-z(!][A-Za-z0-9 _.+*/'"()=<>&|!%?,\[\]-]*$`)
)

// isPlain reports whether a text can stand without quotes, and be read as the
// same text by every reader of YAML.
func isPlain(text string, pattern *regexp.Regexp) bool {
	if !pattern.MatchString(text) || strings.HasSuffix(text, " ") || strings.HasPrefix(text, "!") {
		return false
	}
	return !slices.Contains([]string{"true", "false", "null", "yes", "no", "on", "off", "y", "n"}, strings.ToLower(text))
}

// scalar writes a text as the value of a field.
func scalar(text string) string {
	if isPlain(text, plainPattern) || isPlain(text, formulaPattern) {
		return text
	}
	return quote(text)
}

// inList writes a text as an entry of a list in one line.
func inList(text string) string {
	if isPlain(text, plainPattern) {
		return text
	}
	return quote(text)
}

// quote writes a text in double quotes, with escapes for what cannot be seen.
func quote(text string) string {
	var b strings.Builder
	b.WriteByte('"')
	for _, r := range text {
		switch {
		case r == '"' || r == '\\':
			b.WriteByte('\\')
			b.WriteRune(r)
		case r == '\n':
			b.WriteString(`\n`)
		case r == ' ' || unicode.IsPrint(r):
			b.WriteRune(r)
		case r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case r < 0x10000:
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			fmt.Fprintf(&b, `\U%08x`, r)
		}
	}
	b.WriteByte('"')
	return b.String()
}

// isLine reports whether a text can be a line of a block.
func isLine(text string) bool {
	return text != "" && text == strings.TrimSpace(text) && !strings.HasPrefix(text, "#") &&
		!strings.ContainsFunc(text, func(r rune) bool { return r != ' ' && !unicode.IsPrint(r) })
}
