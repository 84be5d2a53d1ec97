package evasion

import (
	"fmt"
	"strings"

	"postbag/moderation/keyword"
)

// Score is how a matcher does on the lines of one technique or of all.
type Score struct {
	Family, Technique string
	Lines             int
	Found             int // lines with a hit that overlaps the disguised term
	Spans             int // of these, lines with a hit that covers what it should
}

// Recall is the share of lines that are found, 0 to 1.
func (s Score) Recall() float64 { return share(s.Found, s.Lines) }

// Exact is the share of detections whose span is right, 0 to 1.
func (s Score) Exact() float64 { return share(s.Spans, s.Found) }

func share(n, of int) float64 {
	if of == 0 {
		return 1
	}
	return float64(n) / float64(of)
}

// rightSpan is the least overlap with the nearest right span, as intersection
// over union, at which a hit marks what it should.
const rightSpan = 0.9

// Overlap returns the intersection over union of a hit with the nearest span
// that is right for a line, 0 when they do not meet.
func (l Line) Overlap(start, end int) float64 {
	if start >= l.End || end <= l.Start {
		return 0
	}
	from, to := min(max(start, l.OuterStart), l.Start), max(min(end, l.OuterEnd), l.End)
	return float64(min(to, end)-max(from, start)) / float64(max(to, end)-min(from, start))
}

// Evaluate scores a matcher on lines, one score for each technique in order.
func Evaluate(m *keyword.Matcher, lines []Line) []Score {
	var scores []Score
	index := map[string]int{}
	for _, l := range lines {
		key := l.Family + ": " + l.Technique
		i, ok := index[key]
		if !ok {
			i = len(scores)
			index[key] = i
			scores = append(scores, Score{Family: l.Family, Technique: l.Technique})
		}
		best := 0.0
		for _, h := range m.Find(l.Text) {
			best = max(best, l.Overlap(h.Start, h.End))
		}
		s := &scores[i]
		s.Lines++
		if best > 0 {
			s.Found++
		}
		if best >= rightSpan {
			s.Spans++
		}
	}
	return scores
}

// Mean gives the mean recall over the disguises, the worst of them, and the
// totals of all lines.
func Mean(scores []Score) (mean float64, worst, total Score) {
	n := 0
	for _, s := range scores {
		total.Lines, total.Found, total.Spans = total.Lines+s.Lines, total.Found+s.Found, total.Spans+s.Spans
		if s.Family == asWritten {
			continue
		}
		if n == 0 || s.Recall() < worst.Recall() {
			worst = s
		}
		mean += s.Recall()
		n++
	}
	return mean / float64(max(n, 1)), worst, total
}

// False counts the everyday lines of each class, and those that are hit.
type False struct {
	Class      string
	Lines, Hit int
}

// EvaluateBenign counts false hits, one count for each class in order.
func EvaluateBenign(m *keyword.Matcher, lines []Harmless) []False {
	var counts []False
	index := map[string]int{}
	for _, l := range lines {
		i, ok := index[l.Class]
		if !ok {
			i = len(counts)
			index[l.Class] = i
			counts = append(counts, False{Class: l.Class})
		}
		counts[i].Lines++
		if len(m.Find(l.Text)) > 0 {
			counts[i].Hit++
		}
	}
	return counts
}

// Tables writes both scores as Markdown: the totals, a row for each technique,
// a row for each class of everyday lines.
func Tables(scores []Score, counts []False) string {
	var b strings.Builder
	mean, worst, total := Mean(scores)
	lines, hit := 0, 0
	for _, c := range counts {
		lines, hit = lines+c.Lines, hit+c.Hit
	}
	fmt.Fprintf(&b, "| | |\n|---|---|\n| techniques, lines | %d, %d |\n| mean recall of the disguises | %.1f %% |\n| worst disguise | %.1f %% (%s: %s) |\n", len(scores), total.Lines, 100*mean, 100*worst.Recall(), worst.Family, worst.Technique)
	fmt.Fprintf(&b, "| detections that mark the right span | %.1f %% |\n| false hits in everyday lines | %d of %d |\n\n", 100*total.Exact(), hit, lines)
	b.WriteString("| family | technique | lines | recall | right span |\n|---|---|---:|---:|---:|\n")
	for _, s := range scores {
		fmt.Fprintf(&b, "| %s | %s | %d | %.1f %% | %.1f %% |\n", s.Family, s.Technique, s.Lines, 100*s.Recall(), 100*s.Exact())
	}
	b.WriteString("\n| everyday lines | lines | with a hit |\n|---|---:|---:|\n")
	for _, c := range counts {
		fmt.Fprintf(&b, "| %s | %d | %d |\n", c.Class, c.Lines, c.Hit)
	}
	return b.String()
}

// Matcher compiles the terms of this package.
func Matcher() (*keyword.Matcher, error) {
	terms, err := keyword.ParseTerms(strings.NewReader(strings.Join(Terms(), "\n")))
	if err != nil {
		return nil, err
	}
	return keyword.Compile(terms)
}
