package web

import (
	"cmp"
	"slices"
	"unicode/utf8"

	"postbag/models"
	"postbag/web/ui"
)

// splitText splits a text into marked and unmarked parts, which joined are the
// text. Matches that overlap or touch become one; a match that would cut a
// character in two is widened, one without sense is left out.
func splitText(text string, matches []models.Match) []ui.Part {
	var parts []ui.Part
	add := func(piece string, marked bool) {
		if piece != "" {
			parts = append(parts, ui.Part{Text: piece, Marked: marked})
		}
	}
	at := 0
	for _, m := range mergeMatches(matches) {
		start, end := whole(text, m.Start, -1), whole(text, m.End, 1)
		if end <= at || start >= len(text) {
			continue
		}
		start = max(start, at)
		add(text[at:start], false)
		add(text[start:end], true)
		at = end
	}
	add(text[at:], false)
	return parts
}

func mergeMatches(matches []models.Match) []models.Match {
	sorted := slices.Clone(matches)
	slices.SortFunc(sorted, func(a, b models.Match) int { return cmp.Compare(a.Start, b.Start) })
	var merged []models.Match
	for _, m := range sorted {
		if m.Start < 0 || m.End <= m.Start {
			continue
		}
		if n := len(merged); n > 0 && m.Start <= merged[n-1].End {
			merged[n-1].End = max(merged[n-1].End, m.End)
			continue
		}
		merged = append(merged, m)
	}
	return merged
}

// whole moves an offset to the nearest edge of a character, by step.
func whole(text string, at, step int) int {
	for at > 0 && at < len(text) && !utf8.RuneStart(text[at]) {
		at += step
	}
	return min(at, len(text))
}
