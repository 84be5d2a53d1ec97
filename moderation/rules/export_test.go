package rules

// PlantPanic makes one rule of an engine panic whenever it is asked, and
// PlantBroken the reading of any text.
func PlantPanic(e *Engine, rule int64) {
	for i := range e.rules {
		if e.rules[i].ID == rule {
			e.rules[i].when = panicking{}
		}
	}
}

// PlantBroken makes a reading one that failed.
func PlantBroken(r *Reading) { r.broken = "planted" }

// SameWords reports whether two engines share their matcher.
func SameWords(a, b *Engine) bool { return a.words != nil && a.words == b.words }

// SameExpression reports whether two engines share a compiled expression.
func SameExpression(a, b *Engine, source string) bool {
	return a.programs[source] != nil && a.programs[source] == b.programs[source]
}

type panicking struct{}

func (panicking) holds(*comment) evidence { panic("planted") }

// MatchPattern matches a text as expressions do, after the quick look, and the
// pieces that this looks for.
func MatchPattern(source, text string) (matches bool, pieces []string, err error) {
	p, _, err := newPattern(source)
	if err != nil {
		return false, nil, err
	}
	return p.matches(text), p.pieces, nil
}
