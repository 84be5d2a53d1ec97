package flood

import "math"

// MaxEntries is the most that an index holds.
const MaxEntries = 1_000_000

const (
	bands     = 24  // pairs of hashes by which an entry is found
	chunkSize = 256 // entries allocated together; a power of two
	firstSize = 256 // cells of a new table; a power of two
)

// Entry is one comment. The same comment may be entered again after an edit.
type Entry struct {
	ID        int64 // of the comment; 0 when it has none yet
	At        int64 // when it was written, Unix milliseconds
	Author    int64
	Article   int64
	Signature Signature
}

// Index remembers the recent comments of one site and finds those that resemble
// another. It is not safe for concurrent use, and [Index.Look] writes to it too:
// the caller holds a mutex. What it answers depends only on the entries it holds
// and on their order.
type Index struct {
	max  int
	seed uint64

	oldest, next uint32 // numbers of the oldest entry held and of the next one; never 0
	chunks       []*[chunkSize]entry
	tables       [bands]table

	// Of the look-up under way, kept for the next one to use again.
	look   uint32   // its number, never 0
	copies []uint32 // in the order in which they were found
	nearly []uint32 // no copies so far, but similar enough for the copy of a copy
	ids    []int64
}

// entry is an Entry in its buckets: in each band, all entries with the same pair of
// hashes. A bucket is a list from the newest to the oldest.
type entry struct {
	seen  uint32 // look-up that met the entry last
	marks uint32 // of that look-up: the bands in which it walked the bucket that begins here; alike
	Entry
	older [bands]uint32 // number of the next older entry of the bucket; it may be forgotten
}

// New returns an empty index that holds at most so many entries, from 1 to MaxEntries.
// The seed, any number that outsiders do not know, keeps them from making the
// tables slow; it does not change any answer.
func New(most int, seed uint64) *Index {
	ix := &Index{max: min(max(most, 1), MaxEntries), seed: seed, oldest: 1, next: 1}
	size := 2 * chunkSize // the entries held may begin in the middle of a chunk
	for size < ix.max+chunkSize {
		size *= 2
	}
	ix.chunks = make([]*[chunkSize]entry, size/chunkSize)
	return ix
}

// Len returns how many entries are held.
func (ix *Index) Len() int { return int(ix.next - ix.oldest) }

// Add remembers an entry as the newest, and forgets the oldest when the index is
// full. A blank signature is not kept.
func (ix *Index) Add(e Entry) {
	if e.Signature.Blank() {
		return
	}
	if ix.Len() == ix.max {
		ix.forget()
	}
	if ix.next == math.MaxUint32 {
		ix.renumber()
	}
	chunk := &ix.chunks[ix.chunk(ix.next)]
	if *chunk == nil {
		*chunk = new([chunkSize]entry)
	}
	slot := &(*chunk)[ix.next%chunkSize]
	*slot = entry{Entry: e}
	for b := range ix.tables {
		slot.older[b] = ix.push(b, ix.next)
	}
	ix.next++
}

// Prune forgets the entries from before a time in Unix milliseconds, the oldest
// first, up to the first that is not from before it.
func (ix *Index) Prune(before int64) {
	for ix.oldest != ix.next && ix.at(ix.oldest).At < before {
		ix.forget()
	}
}

// forget drops the oldest entry. It ends every bucket it is in; where it is the
// only one there, the bucket goes too.
func (ix *Index) forget() {
	for b := range ix.tables {
		ix.pull(b, ix.oldest)
	}
	ix.oldest++
	if ix.oldest%chunkSize == 0 || ix.oldest == ix.next {
		ix.chunks[ix.chunk(ix.oldest-1)] = nil
	}
}

func (ix *Index) chunk(number uint32) int { return int(number/chunkSize) & (len(ix.chunks) - 1) }

func (ix *Index) at(number uint32) *entry {
	return &ix.chunks[ix.chunk(number)][number%chunkSize]
}

// holds tells a number of an entry that is held from one that is forgotten, and
// from 0.
func (ix *Index) holds(number uint32) bool { return number-ix.oldest < ix.next-ix.oldest }

// renumber enters all that is held into a new index, before the numbers run out.
func (ix *Index) renumber() {
	fresh := New(ix.max, ix.seed)
	for n := ix.oldest; n != ix.next; n++ {
		fresh.Add(ix.at(n).Entry)
	}
	*ix = *fresh
}
