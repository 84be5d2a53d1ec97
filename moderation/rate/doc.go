// Package rate decides whether one more event of a key is within a limit. It is
// arithmetic only: no clock, no storage, no goroutine. The store keeps one integer
// per rule and key, and the moderation service calls Take inside the transaction
// of the comment, so that the limit and the comment are admitted together.
//
// # The algorithm
//
// GCRA, the Generic Cell Rate Algorithm, in its virtual-scheduling form (ITU-T
// Recommendation I.371, Annex A; ATM Forum Traffic Management Specification 4.0,
// section 4.4 and normative Annex C). With
//
//	T = Per / Count   the interval at which events are earned, and
//	τ = Burst × T     how far ahead of that schedule a key may be,
//
// a key has a theoretical arrival time, TAT: when its next event is due if it
// keeps exactly to the schedule. An event at time t conforms unless it is more
// than τ early; a conforming one moves the schedule on by T:
//
//	t < TAT − τ   refused, and nothing changes; try again at TAT − τ
//	otherwise     admitted, TAT ← max(TAT, t) + T
//
// This is a leaky bucket of depth T + τ, but the level at any later time follows
// from the one stored number, so nothing has to be refilled or swept.
//
// # What is promised
//
// In every half-open window of length Per at most Count + Burst events are
// admitted, wherever the window begins. A fixed window that is reset admits twice
// its limit around the reset; this does not. The bound is reached: Burst + 1
// events at once, then one every T, give Count + Burst within Per.
//
// Proof. Let n admitted events lie in a window, the first at a and the last at
// b, b − a < Per. After the first n − 1 of them TAT ≥ a + (n−1)T. The last one
// conforms, so b ≥ a + (n−1)T − Burst×T. Hence (n−1−Burst)T < Per ≤ Count×T and
// n ≤ Count + Burst.
//
// How to choose, for "five a minute":
//
//	Count 5, Burst 0   one every 12 s, never two at once; at most 5 in a minute
//	Count 5, Burst 4   five at once, then one every 12 s; at most 9 in a minute
//	Count 1, Burst 4   five at once, then one a minute; at most 5 in a minute
//
// # Exactness
//
// Times are integer Unix nanoseconds. T is Per/Count rounded up to the
// nanosecond; that keeps the promise, costs less than Count nanoseconds per Per,
// and does not add up, since TAT is a sum of integers. Take is O(1) and does not
// allocate.
//
// A refused event never moves the schedule, so trying again does not make the
// wait longer. A TAT further ahead than any admitted event can have put it, after
// the clock went back or the limit was changed, counts as just full.
package rate
