package flood

// Effort is the bound on what one look-up meets.
const Effort = effort

// Met returns how many entries Look would meet.
func (ix *Index) Met(e Entry, r Reach) int {
	s := ix.search(e, r)
	s.run()
	return effort - s.effort
}

// StartAt sets the number of the first entry of an empty index, and of the look-ups.
func (ix *Index) StartAt(number uint32) { ix.oldest, ix.next, ix.look = number, number, number }

// Cells returns how many cells the tables of the index have.
func (ix *Index) Cells() int {
	n := 0
	for i := range ix.tables {
		n += len(ix.tables[i].cells)
	}
	return n
}
