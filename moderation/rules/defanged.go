package rules

import (
	"regexp"
	"slices"
	"strings"

	"postbag/models"
)

// What a link looks like when it is written so that it is none: a broken scheme,
// a dot in brackets, a dot spelled out. The first group is what is marked, the
// second the word before a spelled-out dot.
var (
	schemePattern    = regexp.MustCompile(`(?i)\b(h[tx*_-]{2}ps?\s?(?:[\[(]:[\])]|:)\s?/\s?/)`)
	bracketPattern   = regexp.MustCompile(`([\pL\pN][\pL\pN-]*(?:\s?[\[({<]\s?\.\s?[\])}>]\s?|\[\.|\.\])\pL{2,24})`)
	bracketedPattern = regexp.MustCompile(`(?i)([\pL\pN][\pL\pN-]*\s?[\[({<]\s?(?:` + anyDot() + `|point)\s?[\])}>]\s?(?:` + endings + `))(?:[^\pL\pN]|$)`)
	spokenPattern    = regexp.MustCompile(`(?i)(([\pL\pN][\pL\pN-]*)\s+(?:` + anyDot() + `)\s+(?:` + endings + `))(?:[^\pL\pN]|$)`)
)

// dotWords are words for a dot that no sentence has before an ending.
func dotWords() []string { return []string{"dot", "punkt", "punto", "точка"} }

func anyDot() string { return strings.Join(dotWords(), "|") }

// endings are the top-level domains that a spelled-out dot is looked for before.
const endings = `com|net|org|info|biz|shop|online|site|store|club|xyz|top|live|app|ru|cn|de|fr|es|it|nl|pl|uk|eu|us|io|me|tv|co|ком|ру`

// maxDefanged is how many such links are marked.
const maxDefanged = 10

// findDefanged finds links that are written so that they are none. A pattern
// runs only where a cheap look says that it may match.
func findDefanged(text string) evidence {
	low := strings.ToLower(text)
	var places []models.Match
	look := func(pattern *regexp.Regexp) {
		for _, at := range pattern.FindAllStringSubmatchIndex(text, maxDefanged) {
			if !isTalk(text, at) {
				places = addMatches(places, []models.Match{{Field: inText.name(), Start: at[2], End: at[3]}})
			}
		}
	}
	if hasOddScheme(low) {
		look(schemePattern)
	}
	if hasBracketedDot(low) {
		look(bracketPattern)
		look(bracketedPattern)
	}
	if slices.ContainsFunc(dotWords(), func(dot string) bool { return strings.Contains(low, dot) }) {
		look(spokenPattern)
	}
	if len(places) == 0 {
		return evidence{}
	}
	first := places[0]
	return evidence{truth: yes, detail: "a link written so that it is none: " + quote(text[first.Start:first.End]), matches: places}
}

// hasOddScheme reports whether two slashes follow anything but http: or https:.
func hasOddScheme(low string) bool {
	for i := range len(low) {
		if low[i] != '/' {
			continue
		}
		if rest := low[i+1:]; strings.HasPrefix(rest, " /") {
			return true
		} else if before := low[:i]; strings.HasPrefix(rest, "/") && !strings.HasSuffix(before, "http:") && !strings.HasSuffix(before, "https:") {
			return true
		}
	}
	return false
}

// hasBracketedDot reports whether a dot, or a word for one, follows an opening
// bracket or stands before a closing one.
func hasBracketedDot(low string) bool {
	words := append(dotWords(), ".", "point")
	for i := range len(low) {
		switch low[i] {
		case '[', '(', '{', '<':
			rest := strings.TrimPrefix(low[i+1:], " ")
			if slices.ContainsFunc(words, func(w string) bool { return strings.HasPrefix(rest, w) }) {
				return true
			}
		case ']':
			if i > 0 && low[i-1] == '.' {
				return true
			}
		}
	}
	return false
}

// isTalk reports whether a match of one of the patterns is an honest link, or
// talk about an age or a tool.
func isTalk(text string, at []int) bool {
	match := strings.ToLower(text[at[2]:at[3]])
	if match == "http://" || match == "https://" {
		return true
	}
	return len(at) > 4 && slices.Contains(notHosts(), strings.ToLower(text[at[4]:at[5]]))
}

// notHosts are words after which "dot com" is talk about an age or a tool, not an
// address.
func notHosts() []string {
	return strings.Fields("the a an this that these those of and or early late first last pre post old in every another some big new asp using use learn single one polka red blue")
}
