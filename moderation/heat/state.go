package heat

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// ErrState is wrapped by the errors of Parse, ErrLevel by those of ParseLevel.
var (
	ErrState = errors.New("heat state is not usable")
	ErrLevel = errors.New("no step of the heat ladder")
)

const (
	// HalfLife is the time in which what was observed loses half of its weight.
	HalfLife = time.Hour
	// CoolDown is how long after a moderator lowered an article each step up takes
	// twice the evidence.
	CoolDown = 30 * time.Minute

	thousand = 1000                 // evidence is kept in 1/1000 nat, sums in 1/1000 comment
	most     = 1_000_000 * thousand // of any sum
)

// State is what is known of the heat of one article. The zero State is that of a
// new article. It is a value; every method returns another.
type State struct {
	Level Level
	Since int64 // when the article came to the level, Unix milliseconds; 0 for always
	At    int64 // last observation, Unix milliseconds
	Calm  int64 // until when each step up takes twice the evidence, Unix milliseconds
	Asked bool  // the level was set by Raise or Lower, not found by Observe
	Dwell int64 // comments on this level so far, at most minDwell

	Proof int64 // evidence of trouble, in 1/1000 nat
	Hint  int64 // evidence of strangers and from reports, likewise

	// Sums in 1/1000, of which half fade in HalfLife: comments, and of these by new
	// authors, copies and stopped by rules; reports; refusals.
	Comments, New, Duplicates, Fired, Reports, Refused int64
}

// Raise sets a higher level, for a rule or a moderator. A level that is not higher
// changes nothing, one beyond ReadOnly is ReadOnly. Evidence for the step after it is
// gathered anew.
func (s State) Raise(to Level, now int64) State {
	if to <= s.Level {
		return s
	}
	return s.at(min(to, ReadOnly), now, true)
}

// Lower sets a lower level, for a moderator: nothing else lowers it. A level that is
// not lower changes nothing, one below Normal is Normal. What was observed so far is
// forgotten, and for CoolDown each step up takes twice the evidence.
func (s State) Lower(to Level, now int64) State {
	if to >= s.Level {
		return s
	}
	calm := min(now, math.MaxInt64-CoolDown.Milliseconds()) + CoolDown.Milliseconds()
	return State{At: now, Calm: calm}.at(max(to, Normal), now, true)
}

// at moves to a level and begins to gather evidence anew.
func (s State) at(to Level, now int64, asked bool) State {
	s.Level, s.Since, s.Asked = to, now, asked
	s.Dwell, s.Proof, s.Hint = 0, 0, 0
	return s
}

// fade takes off what time has taken. A clock that went back takes nothing.
func (s State) fade(now int64) State {
	if now > s.At && s.At != 0 {
		elapsed := float64(uint64(now) - uint64(s.At))
		kept := math.Exp2(-elapsed / float64(HalfLife.Milliseconds()))
		for _, sum := range s.sums() {
			*sum = int64(float64(*sum) * kept)
		}
	}
	s.At = now
	return s
}

func (s *State) sums() [8]*int64 {
	return [...]*int64{&s.Proof, &s.Hint, &s.Comments, &s.New, &s.Duplicates, &s.Fired, &s.Reports, &s.Refused}
}

// String returns the state for storage: empty for the zero State, else its fields as
// decimal numbers with a comma between.
func (s State) String() string {
	if s == (State{}) {
		return ""
	}
	asked := int64(0)
	if s.Asked {
		asked = 1
	}
	fields := []int64{int64(s.Level), s.Since, s.At, s.Calm, asked, s.Dwell}
	for _, sum := range s.sums() {
		fields = append(fields, *sum)
	}
	var b strings.Builder
	for i, field := range fields {
		if i > 0 {
			b.WriteByte(',')
		}
		b.WriteString(strconv.FormatInt(field, 10))
	}
	return b.String()
}

// Parse reads what String returned. What it cannot have returned is an error that
// wraps ErrState.
func Parse(stored string) (State, error) {
	var s State
	if stored == "" {
		return s, nil
	}
	var asked int64
	level := int64(0)
	fields := []*int64{&level, &s.Since, &s.At, &s.Calm, &asked, &s.Dwell}
	for _, sum := range s.sums() {
		fields = append(fields, sum)
	}
	parts := strings.SplitN(stored, ",", len(fields)+1)
	if len(parts) != len(fields) {
		return State{}, fmt.Errorf("it has %d numbers, not %d: %w", len(parts), len(fields), ErrState)
	}
	for i, part := range parts {
		n, err := strconv.ParseInt(part, 10, 64)
		if err != nil {
			return State{}, fmt.Errorf("number %d is %.20q: %w", i+1, part, ErrState)
		}
		*fields[i] = n
	}
	if err := s.check(level, asked); err != nil {
		return State{}, err
	}
	s.Level, s.Asked = Level(level), asked == 1
	return s, nil
}

// check refuses numbers that no state has.
func (s *State) check(level, asked int64) error {
	if level < int64(Normal) || level > int64(ReadOnly) {
		return fmt.Errorf("level %d: %w", level, ErrState)
	}
	if asked != 0 && asked != 1 || s.Dwell < 0 || s.Dwell > minDwell {
		return fmt.Errorf("asked %d, dwell %d: %w", asked, s.Dwell, ErrState)
	}
	for _, sum := range s.sums() {
		if *sum < 0 || *sum > most {
			return fmt.Errorf("sum %d: %w", *sum, ErrState)
		}
	}
	return nil
}
