package flood

// table finds the newest entry of each bucket of a band. It is a hash table with
// linear probing; the key of a bucket, which is the band of a signature, stands in the
// entry. A cell of 4 bytes holds the low numberBits of the number of the entry, and
// above them a tag of the key, so that hardly any other entry is read; 0 is empty.
type table struct {
	cells []uint32 // a power of two of them
	used  int
}

const (
	numberBits = 20 // enough for MaxEntries
	numberMask = 1<<numberBits - 1
)

// push makes an entry the newest of its bucket and returns the newest before it, 0
// if there was none.
func (ix *Index) push(b int, number uint32) (older uint32) {
	t := &ix.tables[b]
	if t.used >= t.limit(b) {
		ix.resize(b, max(firstSize, 2*len(t.cells)))
	}
	key := ix.at(number).Signature.band(b)
	i, tag := ix.find(b, key)
	if t.cells[i] == 0 {
		t.used++
	} else {
		older = ix.number(t.cells[i])
	}
	t.cells[i] = tag | number&numberMask
	return older
}

// number returns the full number of the entry in a cell: there is one that is held.
func (ix *Index) number(cell uint32) uint32 {
	return ix.oldest + (cell-ix.oldest)&numberMask
}

// limit is the number of buckets at which a table grows, from three to nearly four
// fifths of its cells. It differs among the bands, so that no Add pays for all.
func (t *table) limit(b int) int { return len(t.cells)/4*3 + len(t.cells)/512*b }

// pull ends the bucket of an entry that is forgotten, if no newer one is in it.
func (ix *Index) pull(b int, number uint32) {
	t := &ix.tables[b]
	if i, _ := ix.find(b, ix.at(number).Signature.band(b)); ix.number(t.cells[i]) == number {
		ix.empty(t, b, i)
	}
	if len(t.cells) > firstSize && t.used < len(t.cells)/8 {
		ix.resize(b, len(t.cells)/2)
	}
}

// newest returns the newest entry of the bucket of a key, 0 when there is none.
func (ix *Index) newest(b int, key uint32) uint32 {
	t := &ix.tables[b]
	if t.used == 0 {
		return 0
	}
	i, _ := ix.find(b, key)
	if t.cells[i] == 0 {
		return 0
	}
	return ix.number(t.cells[i])
}

// find returns the cell of a key, or the empty one where it belongs, and the tag of
// the key. Expected O(1).
func (ix *Index) find(b int, key uint32) (int, uint32) {
	cells := ix.tables[b].cells
	hash := ix.hash(key)
	i, tag := int(hash)&(len(cells)-1), (uint32(hash>>32)|1<<31)&^numberMask
	for cells[i] != 0 && (cells[i]&^numberMask != tag || ix.key(b, cells[i]) != key) {
		i = (i + 1) & (len(cells) - 1)
	}
	return i, tag
}

func (ix *Index) hash(key uint32) uint64 { return mix(uint64(key) ^ ix.seed) }

// key returns the key of the bucket whose newest entry stands in a cell.
func (ix *Index) key(b int, cell uint32) uint32 { return ix.at(ix.number(cell)).Signature.band(b) }

// empty clears a cell and moves up the cells that would not be found across the
// gap (Knuth, The Art of Computer Programming 3, section 6.4, algorithm R).
func (ix *Index) empty(t *table, b, gap int) {
	mask := len(t.cells) - 1
	for i := (gap + 1) & mask; t.cells[i] != 0; i = (i + 1) & mask {
		home := int(ix.hash(ix.key(b, t.cells[i]))) & mask
		if (i-home)&mask >= (i-gap)&mask {
			t.cells[gap] = t.cells[i]
			gap = i
		}
	}
	t.cells[gap] = 0
	t.used--
}

// resize moves the buckets to a table of another size.
func (ix *Index) resize(b, size int) {
	t := &ix.tables[b]
	before := t.cells
	t.cells = make([]uint32, size)
	for _, cell := range before {
		if cell != 0 {
			i, _ := ix.find(b, ix.key(b, cell))
			t.cells[i] = cell
		}
	}
}
