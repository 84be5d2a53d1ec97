package models

import (
	"encoding/binary"
	"time"
)

// MaxDepth is how deep the shown tree gets. Chains of replies may be longer:
// below this depth they are listed one after another.
const MaxDepth = 50

// StepSize is the length in bytes of one step of a place: 6 bytes of
// milliseconds since 1970 and 6 bytes of the comment's id, both big endian, so
// that comparing bytes compares time first.
const StepSize = 12

// Place is where a comment stands in its thread.
type Place struct {
	Root, Path []byte
	Depth      int
}

// NewPlace returns the place of a comment below its parent; a nil parent makes
// it a root. The cost is one copy of the parent's path, at most MaxDepth steps.
func NewPlace(parent *Comment, id int64, created time.Time) Place {
	step := placeStep(id, created)
	if parent == nil {
		return Place{Root: step, Path: []byte{}}
	}
	path := parent.Path
	depth := parent.Depth + 1
	if depth > MaxDepth {
		path, depth = path[:len(path)-StepSize], MaxDepth
	}
	return Place{
		Root:  parent.Root,
		Path:  append(append(make([]byte, 0, len(path)+StepSize), path...), step...),
		Depth: depth,
	}
}

func placeStep(id int64, created time.Time) []byte {
	var step [8 + 8]byte
	binary.BigEndian.PutUint64(step[:8], uint64(max(created.UnixMilli(), 0)))
	binary.BigEndian.PutUint64(step[8:], uint64(id))
	return append(step[2:8:8], step[10:]...)
}

// RootID returns the id of the root comment of the branch.
func (c *Comment) RootID() int64 {
	if len(c.Root) != StepSize {
		return 0
	}
	var id [8]byte
	copy(id[2:], c.Root[6:])
	return int64(binary.BigEndian.Uint64(id[:]))
}
