package keyword

import "strings"

// turnedGlyph says whether r is a letter drawn upside down.
func turnedGlyph(r rune) bool {
	return r > 0x7f && strings.ContainsRune("ɐɔǝɟƃɥᴉɾʞꞁɯɹʇʌʍʎ∀ᗺƆᗡƎℲ⅁ꓘ⅂ԀꓤꓕՈΛ⅄", r)
}

const maxTurned = 200 // letters of one stretch that is read upside down

// unturn reads words with letters drawn upside down: as they stand, with u for
// n and the like, and once more from behind, as when the page is turned. The
// second reading is appended behind a wall.
func (f *folder) unturn() {
	n := len(f.cells)
	for i := 0; i < n; i++ {
		if !f.cells[i].is(turned) {
			continue
		}
		from, to := f.turnedRun(i, n)
		for k := from; k < to; k++ {
			if c := &f.cells[k]; c.kind == letter && c.alt[0] == 0 {
				c.alt[0] = turnedOver(c.r)
			}
		}
		if to-from > 1 && to-from <= maxTurned {
			f.push(cell{start: f.cells[from].start, end: f.cells[from].start, kind: wall})
			for k := to - 1; k >= from; k-- {
				f.push(f.cells[k])
			}
		}
		i = to
	}
}

// turnedRun returns the cells of the words around cell i that have letters
// upside down.
func (f *folder) turnedRun(i, n int) (int, int) {
	from := i
	for i-from < maxTurned && f.joins(from-1, -1, n) {
		from--
	}
	to, end := i, i
	for k := i; k < n && k-i < maxTurned; k++ {
		c := &f.cells[k]
		if c.kind == newline || c.kind == wall {
			break
		}
		if c.is(turned) {
			to = k + 1
		}
		if c.kind == space {
			if to < end {
				break
			}
			end = k
		}
	}
	for to-from < 2*maxTurned && f.joins(to, 1, n) {
		to++
	}
	return from, to
}

// joins says whether cell k belongs to the word beside it in a direction: a
// letter or sign, or the space before one more single letter.
func (f *folder) joins(k, direction, n int) bool {
	switch {
	case k < 0 || k >= n || f.cells[k].kind == newline || f.cells[k].kind == wall:
		return false
	case f.cells[k].kind != space:
		return true
	}
	next, beyond := k+direction, k+2*direction
	single := beyond < 0 || beyond >= n || !f.cells[beyond].word()
	return next >= 0 && next < n && f.cells[next].word() && single
}

func turnedOver(r rune) byte {
	switch r {
	case 'u':
		return 'n'
	case 'n':
		return 'u'
	case 'p':
		return 'd'
	case 'd':
		return 'p'
	case 'b':
		return 'q'
	case 'q':
		return 'b'
	case 'm':
		return 'w'
	case 'w':
		return 'm'
	}
	return 0
}
