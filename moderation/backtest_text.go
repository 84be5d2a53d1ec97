package moderation

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
)

// Bounds of the report for people.
const (
	shownDays     = 10
	shownExamples = 5 // of each outcome
)

// WriteText writes the result for people.
func (r *BacktestResult) WriteText(w io.Writer) error {
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("The rule fires on %d of %d comments (%s).", r.Fired, r.Comments, percentOf(r.Fired, r.Comments))
	if len(r.Actions) > 0 {
		line("It would have done: %s.", join(r.Actions, func(a BacktestAction) string { return fmt.Sprintf("%s %d", a.Action, a.Count) }))
	}
	r.writeOutcomes(line)
	r.writeChange(line)
	if len(r.Overlap) > 0 {
		line("On the same comments fire: %s.", join(r.Overlap, func(o BacktestRule) string { return fmt.Sprintf("%s %d", o.Name, o.Count) }))
	}
	r.writeDays(line)
	writeExamples(line, "Removed by a moderator", r.Removed, r.Examples.Removed)
	writeExamples(line, "Approved by a moderator", r.Approved, r.Examples.Approved)
	writeExamples(line, "Not decided", r.Undecided, r.Examples.Undecided)
	if len(r.Notes) > 0 {
		line("")
	}
	for _, note := range r.Notes {
		line("Note: %s", note)
	}
	line("\nDone in %.1f s, %d comments a second.", float64(r.Elapsed)/1000, r.PerSecond)
	_, err := io.WriteString(w, b.String())
	return err
}

func (r *BacktestResult) writeOutcomes(line func(string, ...any)) {
	if r.Fired == 0 {
		return
	}
	line("Of these moderators removed %d and approved %d; about %d nobody has decided.", r.Removed, r.Approved, r.Undecided)
	if r.Removed+r.Approved > 0 {
		line("So it is right in %.0f %% of the cases (95 %% interval: %.0f to %.0f).", 100*r.Precision, 100*r.Low, 100*r.High)
	}
}

func (r *BacktestResult) writeChange(line func(string, ...any)) {
	c := &r.Change
	line("Compared with the rules in force: %d newly held, %d newly rejected, %d newly turned away, %d newly released.",
		c.NewlyHeld, c.NewlyRejected, c.NewlySlowed, c.NewlyReleased)
	if c.InForce {
		line("The version in force does not fire on %d of them, and fires on %d others.", c.Gained, c.Lost)
	}
	if r.Fired > 0 {
		line("No other rule would have stopped %d of them.", r.Alone)
	}
	line("The queue grows by %s comments on a median day, and by %d at most%s.", strings.TrimSuffix(fmt.Sprintf("%.1f", r.Load.Median), ".0"), r.Load.Max, on(r.Load.MaxDay))
}

func on(day string) string {
	if day == "" {
		return ""
	}
	return " (" + day + ")"
}

// writeDays lists the days on which the rule fires most.
func (r *BacktestResult) writeDays(line func(string, ...any)) {
	days := slices.DeleteFunc(slices.Clone(r.Days), func(d BacktestDay) bool { return d.Fired == 0 })
	if len(days) == 0 {
		return
	}
	slices.SortStableFunc(days, func(a, b BacktestDay) int { return cmp.Compare(b.Fired, a.Fired) })
	line("\nDays on which it fires most:")
	for _, d := range days[:min(len(days), shownDays)] {
		line("  %s  %d of %d comments, %d newly held", d.Day, d.Fired, d.Comments, d.Held)
	}
}

func writeExamples(line func(string, ...any), title string, of int, examples []BacktestExample) {
	if len(examples) == 0 {
		return
	}
	line("\n%s (%d of %d):", title, min(len(examples), shownExamples), of)
	for _, e := range examples[:min(len(examples), shownExamples)] {
		line("  %s  %s  %s on %q: %s", e.Comment, e.At.Format("2006-01-02 15:04"), orNobody(e.Author), e.Title, e.Detail)
		line("      %s", clip(strings.Join(strings.Fields(e.Excerpt), " "), 160))
	}
}

func orNobody(name string) string { return cmp.Or(name, "somebody without a name") }

// join writes a list with commas.
func join[T any](list []T, write func(T) string) string {
	words := make([]string, len(list))
	for i, e := range list {
		words[i] = write(e)
	}
	return strings.Join(words, ", ")
}

func percentOf(part, whole int) string {
	return fmt.Sprintf("%.2f %%", 100*share(int64(part), int64(whole)))
}
