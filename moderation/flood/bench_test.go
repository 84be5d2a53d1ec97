package flood_test

import (
	"testing"

	"postbag/moderation/flood"
)

func BenchmarkSketch(b *testing.B) {
	text := newProse(1).text(400)[:300]
	b.ReportAllocs()
	for b.Loop() {
		flood.Sketch(text, false)
	}
}

func BenchmarkSimilarity(b *testing.B) {
	p := newProse(1)
	s, t := flood.Sketch(p.text(150), false), flood.Sketch(p.text(150), false)
	b.ReportAllocs()
	for b.Loop() {
		s.Similarity(&t)
	}
}

// filled returns an index of n comments and as many others of each kind to ask for.
func filled(n int) (ix *flood.Index, fresh, copied []flood.Entry) {
	p := newProse(3)
	ix = flood.New(n, 1)
	for i := range int64(n) {
		text := p.varied(150)
		ix.Add(entry(i+1, noon+i, i%999, i%99, text))
		if int(i) >= n-1000 {
			copied = append(copied, entry(0, noon+int64(n), 1, 1, p.change(text, 2)))
			fresh = append(fresh, entry(0, noon+int64(n), 1, 1, p.varied(150)))
		}
	}
	return ix, fresh, copied
}

func look(b *testing.B, ix *flood.Index, asked []flood.Entry) {
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		ix.Look(asked[i%len(asked)], flood.Reach{})
		i++
	}
}

func BenchmarkLook(b *testing.B) {
	ix, fresh, copied := filled(100_000)
	b.Run("unrelated", func(b *testing.B) { look(b, ix, fresh) })
	b.Run("copy", func(b *testing.B) { look(b, ix, copied) })
}

func BenchmarkLookHostile(b *testing.B) {
	p := newProse(24)
	original := flood.Sketch(petition, false)
	asked := []flood.Entry{{At: noon, Author: 4, Article: 1, Signature: original}}
	ix := flood.New(100_000, 1)
	for i, s := range forged(p, original, 6, 100_000) {
		ix.Add(flood.Entry{ID: int64(i + 1), At: noon, Author: 3, Article: 1, Signature: s})
	}
	b.Run("forged buckets", func(b *testing.B) { look(b, ix, asked) })
	for i := range int64(100_000) {
		ix.Add(flood.Entry{ID: 100_001 + i, At: noon, Author: i, Article: 1, Signature: flood.Sketch(p.change(petition, 1), false)})
	}
	b.Run("copies", func(b *testing.B) { look(b, ix, asked) })
}

func BenchmarkAdd(b *testing.B) {
	ix, fresh, _ := filled(100_000)
	b.ReportAllocs()
	i := 0
	for b.Loop() {
		ix.Add(fresh[i%len(fresh)])
		i++
	}
}
