package heat

import "fmt"

// Level is a step of the ladder.
type Level int

// The steps, from none to all.
const (
	Normal   Level = iota // nothing is different
	Slow                  // each author waits between two comments
	HoldNew               // comments of authors without an approved one wait for a moderator
	HoldAll               // all comments wait for a moderator
	ReadOnly              // no comments are taken
)

// String returns the key of the step as it stands in settings and addresses:
// normal, slow, hold-new, hold-all, read-only.
func (l Level) String() string {
	switch l {
	case Normal:
		return "normal"
	case Slow:
		return "slow"
	case HoldNew:
		return "hold-new"
	case HoldAll:
		return "hold-all"
	case ReadOnly:
		return "read-only"
	}
	return fmt.Sprintf("level %d", int(l))
}

// words is the step in a sentence.
func (l Level) words() string {
	switch l {
	case Slow:
		return "slow mode"
	case HoldNew:
		return "holding comments of new authors"
	case HoldAll:
		return "holding all comments"
	case ReadOnly:
		return "read-only"
	}
	return "normal"
}

// ParseLevel reads what String returns. Anything else is an error that wraps
// ErrLevel.
func ParseLevel(key string) (Level, error) {
	for l := Normal; l <= ReadOnly; l++ {
		if l.String() == key {
			return l, nil
		}
	}
	return Normal, fmt.Errorf("%.20q is none of normal, slow, hold-new, hold-all, read-only: %w", key, ErrLevel)
}
