package keyword

// trie is a double-array trie (Aoe 1989): the child of node s by code c is
// t = base[s]+c when check[t] == s. One transition is two array reads,
// whatever the number of terms.
type trie struct {
	base, check []int32
	out         []int32 // index of the node's first entry, plus one; 0 for none
	gap         []bool  // some entry has a gap between words here
}

// child returns the node that code leads to, or 0.
func (t *trie) child(node int32, code uint16) int32 {
	if code == 0 {
		return 0
	}
	next := t.base[node] + int32(code)
	if int(next) >= len(t.check) || t.check[next] != node+1 {
		return 0
	}
	return next
}

// label returns the code of the edge into node.
func (t *trie) label(node int32) uint16 {
	return uint16(node - t.base[t.check[node]-1])
}

// trieBuilder places the nodes of sorted entries.
type trieBuilder struct {
	trie
	entries []entry
	free    int32 // no free slot below
}

// build makes the trie of entries, which must be sorted by their letters.
func build(entries []entry) trie {
	b := trieBuilder{entries: entries}
	b.grow(256)
	b.check[0] = -1
	b.place(0, 0, len(entries), 0)
	n := len(b.check)
	for n > 1 && b.check[n-1] == 0 {
		n--
	}
	b.base, b.check = append([]int32(nil), b.base[:n]...), append([]int32(nil), b.check[:n]...)
	b.out, b.gap = append([]int32(nil), b.out[:n]...), append([]bool(nil), b.gap[:n]...)
	return b.trie
}

func (b *trieBuilder) grow(n int) {
	for len(b.check) < n {
		b.base, b.check = append(b.base, 0), append(b.check, 0)
		b.out, b.gap = append(b.out, 0), append(b.gap, false)
	}
}

// place lays out the children of node, which stands for the entries lo to hi
// that agree in their first depth letters.
func (b *trieBuilder) place(node int32, lo, hi, depth int) {
	for i := lo; i < hi; i++ {
		b.gap[node] = b.gap[node] || b.entries[i].gapAt(depth)
	}
	if lo < hi && len(b.entries[lo].letters) == depth {
		b.out[node] = int32(lo) + 1
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
	b.base[node] = b.fit(codes)
	for _, c := range codes {
		b.check[b.base[node]+int32(c)] = node + 1
	}
	starts = append(starts, hi)
	for i, c := range codes {
		b.place(b.base[node]+int32(c), starts[i], starts[i+1], depth+1)
	}
}

// fit finds the lowest base that puts every code on a free slot.
func (b *trieBuilder) fit(codes []uint16) int32 {
	for b.free < int32(len(b.check)) && b.check[b.free] != 0 {
		b.free++
	}
	for base := max(b.free-int32(codes[0]), 0); ; base++ {
		b.grow(int(base) + int(codes[len(codes)-1]) + 1)
		ok := true
		for _, c := range codes {
			if b.check[base+int32(c)] != 0 {
				ok = false
				break
			}
		}
		if ok {
			return base
		}
	}
}
