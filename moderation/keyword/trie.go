package keyword

import "slices"

// trie is a double-array trie (Aoe 1989): the child of node s by code c is
// t = base(s)+c when check(t) == s. One transition is two array reads, whatever
// the number of terms.
type trie struct{ nodes []node }

// node is 16 bytes, so that a transition reads one line of the cache.
type node struct {
	base, check int32
	out         int32 // index of the node's first entry, plus one; 0 for none
	gap         bool  // some entry has a gap between words here
}

// child returns the node that code leads to, or 0.
func (t *trie) child(node int32, code uint16) int32 {
	if code == 0 {
		return 0
	}
	next := t.nodes[node].base + int32(code)
	if int(next) >= len(t.nodes) || t.nodes[next].check != node+1 {
		return 0
	}
	return next
}

// label returns the code of the edge into node.
func (t *trie) label(node int32) uint16 {
	return uint16(node - t.nodes[t.nodes[node].check-1].base)
}

// trieBuilder places the nodes of sorted entries.
type trieBuilder struct {
	trie
	entries []entry
	free    int32 // no slot below is looked at
}

// build makes the trie of entries, which must be sorted by their letters.
func build(entries []entry) trie {
	b := trieBuilder{entries: entries}
	b.grow(256)
	b.nodes[0].check = -1
	b.place(0, 0, len(entries), 0)
	n := len(b.nodes)
	for n > 1 && b.nodes[n-1].check == 0 {
		n--
	}
	b.nodes = slices.Clone(b.nodes[:n])
	return b.trie
}

func (b *trieBuilder) grow(n int) {
	for len(b.nodes) < n {
		b.nodes = append(b.nodes, node{})
	}
}

// place lays out the children of node, which stands for the entries lo to hi
// that agree in their first depth letters.
func (b *trieBuilder) place(node int32, lo, hi, depth int) {
	for i := lo; i < hi; i++ {
		b.nodes[node].gap = b.nodes[node].gap || b.entries[i].gapAt(depth)
	}
	if lo < hi && len(b.entries[lo].letters) == depth {
		b.nodes[node].out = int32(lo) + 1
		for lo < hi && len(b.entries[lo].letters) == depth {
			lo++
		}
	}
	if lo == hi {
		return
	}
	var codes []uint16
	var starts []int
	for i := lo; i < hi; i++ {
		if c := b.entries[i].letters[depth]; i == lo || c != codes[len(codes)-1] {
			codes, starts = append(codes, c), append(starts, i)
		}
	}
	b.nodes[node].base = b.fit(codes)
	for _, c := range codes {
		b.nodes[b.nodes[node].base+int32(c)].check = node + 1
	}
	starts = append(starts, hi)
	for i, c := range codes {
		b.place(b.nodes[node].base+int32(c), starts[i], starts[i+1], depth+1)
	}
}

const maxTries = 1_000 // bases tried before the slots below are given up

// fit finds a low base that puts every code on a free slot.
func (b *trieBuilder) fit(codes []uint16) int32 {
	for b.free < int32(len(b.nodes)) && b.nodes[b.free].check != 0 {
		b.free++
	}
	for base, tries := max(b.free-int32(codes[0]), 0), 0; ; base, tries = base+1, tries+1 {
		if tries == maxTries {
			b.free = base // few slots are free below: leave them
		}
		b.grow(int(base) + int(codes[len(codes)-1]) + 1)
		ok := true
		for _, c := range codes {
			if b.nodes[base+int32(c)].check != 0 {
				ok = false
				break
			}
		}
		if ok {
			return base
		}
	}
}
