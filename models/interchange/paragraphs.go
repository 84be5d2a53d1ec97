package interchange

import (
	"regexp"
	"strings"
)

var (
	// layoutTag finds a tag that takes a line for itself.
	layoutTag  = regexp.MustCompile(`(?i)</?(p|div|ul|ol|li|pre|blockquote|table|tr|h[1-6]|hr|br)\b[^>]*>`)
	startsWith = regexp.MustCompile(`(?i)^</?(p|div|ul|ol|li|pre|blockquote|table|tr|h[1-6]|hr|br)\b`)
	endsWith   = regexp.MustCompile(`(?i)</?(p|div|ul|ol|li|pre|blockquote|table|tr|h[1-6]|hr|br)\b[^>]*>$`)
	preformat  = regexp.MustCompile(`(?is)<pre\b.*?</pre\s*>`)
	blankLine  = regexp.MustCompile(`\n[ \t]*\n\s*`)
)

// paragraphs writes the text of WordPress as HTML. There an empty line ends a
// paragraph and a newline ends a line, also beside tags (wpautop); in HTML neither
// does. A text without tags that take a line is left as it is: whoever renders it
// sees that its newlines count.
func paragraphs(text string) string {
	if !strings.Contains(text, "\n") || !layoutTag.MatchString(text) {
		return text
	}
	var b strings.Builder
	from := 0
	for _, pre := range preformat.FindAllStringIndex(text, -1) {
		breakLines(&b, text[from:pre[0]])
		b.WriteString(text[pre[0]:pre[1]])
		b.WriteByte('\n')
		from = pre[1]
	}
	breakLines(&b, text[from:])
	return strings.TrimSpace(b.String())
}

func breakLines(b *strings.Builder, text string) {
	for _, part := range blankLine.Split(text, -1) {
		if part = strings.TrimSpace(part); part == "" {
			continue
		}
		own := startsWith.MatchString(part)
		if !own {
			b.WriteString("<p>")
		}
		lines := strings.Split(part, "\n")
		for i, line := range lines {
			b.WriteString(line)
			if i+1 < len(lines) && !endsWith.MatchString(strings.TrimSpace(line)) && !startsWith.MatchString(strings.TrimSpace(lines[i+1])) {
				b.WriteString("<br>")
			}
			if i+1 < len(lines) {
				b.WriteByte('\n')
			}
		}
		if !own {
			b.WriteString("</p>")
		}
		b.WriteByte('\n')
	}
}
