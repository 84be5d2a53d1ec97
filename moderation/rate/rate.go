package rate

import (
	"errors"
	"fmt"
	"time"
)

// ErrLimit is wrapped by the errors of Validate.
var ErrLimit = errors.New("rate limit is not usable")

// MaxRecovery is the longest time in which a key may recover from its burst,
// (Burst + 1) × Per / Count; it keeps all times within an int64 until 2261.
const MaxRecovery = 366 * 24 * time.Hour

// Limit admits Count events per Per, and Burst more when they come early: in any
// half-open window of length Per at most Count + Burst.
type Limit struct {
	// Count is how many events are earned in Per, at least 1 and at most one a
	// microsecond.
	Count int
	// Per is the window.
	Per time.Duration
	// Burst is how many events may come ahead of the schedule, at least 0;
	// Burst + 1 may come at once.
	Burst int
}

// Validate returns an error that wraps ErrLimit and names the field, or nil.
func (l Limit) Validate() error {
	switch {
	case l.Count < 1:
		return fmt.Errorf("count %d is less than 1: %w", l.Count, ErrLimit)
	case l.Per <= 0:
		return fmt.Errorf("period %v is not positive: %w", l.Per, ErrLimit)
	case int64(l.Count) > l.Per.Microseconds():
		return fmt.Errorf("count %d in %v is more than one a microsecond: %w", l.Count, l.Per, ErrLimit)
	case l.Burst < 0:
		return fmt.Errorf("burst %d is negative: %w", l.Burst, ErrLimit)
	case int64(l.Burst) >= int64(MaxRecovery)/l.interval():
		return fmt.Errorf("burst %d takes longer than %v to recover: %w", l.Burst, MaxRecovery, ErrLimit)
	}
	return nil
}

// Reading is the answer for one event.
type Reading struct {
	// Allowed reports whether the event is admitted.
	Allowed bool
	// TAT is what to store for the key, the theoretical arrival time of its next
	// event in Unix nanoseconds. After a refusal it is never later than before.
	TAT int64
	// RetryAfter is how long to wait before the next event is admitted, 0 when
	// this one was.
	RetryAfter time.Duration
	// Remaining is how many more events would be admitted at this moment.
	Remaining int
}

// Take judges one event at now. tat is the TAT stored for the key, 0 when there
// is none; both are Unix nanoseconds. A limit that is not valid admits nothing.
func (l Limit) Take(tat, now int64) Reading {
	if l.Validate() != nil {
		return Reading{TAT: tat, RetryAfter: max(l.Per, 0)}
	}
	interval := l.interval()
	tolerance := int64(l.Burst) * interval
	tat = min(tat, now+tolerance+interval)
	if early := tat - tolerance - now; early > 0 {
		return Reading{TAT: tat, RetryAfter: time.Duration(early)}
	}
	tat = max(tat, now) + interval
	return Reading{Allowed: true, TAT: tat, Remaining: int((now + tolerance + interval - tat) / interval)}
}

// Expired reports whether a stored TAT no longer matters at now, so that its row
// may be dropped: the key then has its whole burst, as a new one has.
func (l Limit) Expired(tat, now int64) bool { return tat <= now }

// interval is T in nanoseconds, rounded up.
func (l Limit) interval() int64 {
	return (int64(l.Per)-1)/int64(l.Count) + 1
}
