package keyword

// control is a writing direction control before the cell with index at.
type control struct {
	at   int
	rune rune
}

const (
	lre, rle, pdf, lro, rlo = 0x202A, 0x202B, 0x202C, 0x202D, 0x202E
	lri, rli, fsi, pdi      = 0x2066, 0x2067, 0x2068, 0x2069
	maxDepth                = 6 // deeper embeddings change nothing
)

// hide takes an invisible character: most leave no trace, the controls of the
// writing direction are remembered.
func (f *folder) hide(r rune) {
	if r >= lre && r <= rlo || r >= lri && r <= pdi {
		f.controls = append(f.controls, control{len(f.cells), r})
		f.override = f.override || r == rlo
	}
}

// reorder puts the cells of overridden runs into the order a reader sees (the
// Unicode bidirectional algorithm, UAX #9, rules X1-X8 and L2, for overrides
// only: everything else keeps its order within a word). Every level reverses
// each cell at most once, and there are at most maxDepth levels.
func (f *folder) reorder() {
	levels, top := f.levels()
	for level := top; level > 0; level-- {
		for i := 0; i < len(levels); {
			if levels[i] < level {
				i++
				continue
			}
			j := i
			for j < len(levels) && levels[j] >= level {
				j++
			}
			reverse(f.cells[i:j], levels[i:j])
			i = j
		}
	}
}

func reverse(cells []cell, levels []uint8) {
	for i, j := 0, len(cells)-1; i < j; i, j = i+1, j-1 {
		cells[i], cells[j] = cells[j], cells[i]
		levels[i], levels[j] = levels[j], levels[i]
	}
}

// levels gives each cell its embedding level: odd levels run right to left.
func (f *folder) levels() ([]uint8, uint8) {
	levels := make([]uint8, len(f.cells))
	stack := make([]uint8, 1, maxDepth+1)
	var top uint8
	next, over := 0, 0
	for i := range f.cells {
		for next < len(f.controls) && f.controls[next].at <= i {
			over = follow(&stack, over, f.controls[next].rune)
			next++
		}
		if f.cells[i].kind == newline {
			stack, over = stack[:1], 0 // a paragraph ends every override
		}
		levels[i] = stack[len(stack)-1]
		top = max(top, levels[i])
	}
	return levels, top
}

// follow follows one control; over counts controls that were too deep.
func follow(stack *[]uint8, over int, r rune) int {
	s := *stack
	level := s[len(s)-1]
	switch r {
	case pdf, pdi:
		if over > 0 {
			return over - 1
		}
		if len(s) > 1 {
			*stack = s[:len(s)-1]
		}
		return over
	case rlo:
		level += 1 + level&1
	case lro:
		level += level & 1
	}
	if len(s) > maxDepth {
		return over + 1
	}
	*stack = append(s, level)
	return over
}
