package flood

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math/bits"
)

// ErrSignature is wrapped by the errors of Parse.
var ErrSignature = errors.New("flood signature is not usable")

// Size is the length in bytes of a stored signature that is not blank: one byte
// that names the way of sketching, and the hashes.
const Size = 1 + 2*hashes

const (
	hashes  = 64 // min-hashes of a signature
	perLane = 4  // hashes of 16 bits in a lane
	lanes   = hashes / perLane
	version = 1 // first byte of a stored signature; changes with what Sketch computes
)

// Signature is the sketch of a text: 64 min-hashes of 16 bits. It is a value, and
// comparable. The zero Signature is blank.
type Signature struct {
	lane [lanes]uint64 // hash i stands in lane i/4, from bit 16×(i%4)
}

// Blank reports whether the text says too little to be anybody's copy. A blank
// signature resembles nothing, not even another blank one.
func (s *Signature) Blank() bool { return *s == Signature{} }

// Similarity estimates which share of the 5-grams of two texts they have in
// common (the Jaccard index of the two sets), from 0 to 1. For a true share j its
// standard error is √(j(1−j)/64), at most 0.0625. Two short texts that are kept
// whole have 1 when they are equal, and else next to 0.
func (s *Signature) Similarity(t *Signature) float64 {
	if s.Blank() || t.Blank() {
		return 0
	}
	return float64(s.agree(t)) / hashes
}

// agree counts the hashes in which two signatures are equal, four at a time: a
// 16-bit field of the difference is zero exactly when adding 0x7fff to its low
// bits does not reach its high bit and that bit was not set.
func (s *Signature) agree(t *Signature) int {
	const low, high = 0x7fff7fff7fff7fff, 0x8000800080008000
	differ := 0
	for i := range s.lane {
		x := s.lane[i] ^ t.lane[i]
		differ += bits.OnesCount64((x&low + low | x) & high)
	}
	return hashes - differ
}

// set stores hash i.
func (s *Signature) set(i int, hash uint16) {
	s.lane[i/perLane] |= uint64(hash) << (16 * (i % perLane))
}

// band returns the two hashes of a band, as one number.
func (s *Signature) band(b int) uint32 {
	return uint32(s.lane[b/2] >> (32 * (b % 2)))
}

// Bytes returns the signature for storage: nil when it is blank, else Size bytes.
func (s *Signature) Bytes() []byte {
	if s.Blank() {
		return nil
	}
	stored := make([]byte, 1, Size)
	stored[0] = version
	for _, lane := range s.lane {
		stored = binary.LittleEndian.AppendUint64(stored, lane)
	}
	return stored
}

// Parse reads what Bytes returned. Any other length, and a signature of another
// version of Sketch, is an error that wraps ErrSignature; such a text has to be
// sketched anew.
func Parse(stored []byte) (Signature, error) {
	var s Signature
	switch {
	case len(stored) == 0:
		return s, nil
	case len(stored) != Size:
		return s, fmt.Errorf("it has %d bytes, not %d: %w", len(stored), Size, ErrSignature)
	case stored[0] != version:
		return s, fmt.Errorf("it is of version %d, not %d: %w", stored[0], version, ErrSignature)
	}
	for i := range s.lane {
		s.lane[i] = binary.LittleEndian.Uint64(stored[1+8*i:])
	}
	if s.Blank() {
		return s, fmt.Errorf("all its hashes are zero: %w", ErrSignature)
	}
	return s, nil
}
