package auth

import (
	"net/netip"
	"sync"
	"time"
)

// pace is how often one key may try: burst times at once, and once more for
// every pause that passes.
type pace struct {
	burst int
	pause time.Duration
}

// maxKeys bounds the keys of one table; two generations of so many are kept.
const maxKeys = 10_000

// throttle limits attempts to sign in, in memory. A successful attempt is given
// back, so that only failures count.
//
// A network from which an account was signed in to has a count of its own for
// that account. Otherwise anybody could keep a moderator out by sending wrong
// passwords without end.
//
// Accounts and addresses have tables of their own, and an account is noted only
// for an attempt that its address was allowed. Every new account in the table
// has therefore cost a password hash: nobody can fill the table before the
// oldest entries have lapsed anyway.
type throttle struct {
	clock func() time.Time

	mu        sync.Mutex
	accounts  ledger
	addresses ledger
	known     ledger // of an account and a network; the times mean nothing
}

// newThrottle sets the paces of sign-in. An account's keeps guessing hopeless
// (2,880 a day at best); an address's is wider, because a newsroom shares one.
func newThrottle(clock func() time.Time) *throttle {
	return &throttle{
		clock:     clock,
		accounts:  newLedger(pace{burst: 5, pause: 30 * time.Second}),
		addresses: newLedger(pace{burst: 20, pause: 10 * time.Second}),
		known:     newLedger(pace{}),
	}
}

// take counts an attempt, or returns how long to wait for the next.
func (t *throttle) take(account string, addr netip.Addr) time.Duration {
	t.mu.Lock()
	defer t.mu.Unlock()
	now, from := t.clock(), network(addr)
	if wait := t.addresses.take(from, now); wait > 0 {
		return wait
	}
	return t.accounts.take(t.key(account, from), now)
}

// giveBack takes an attempt off the count that was no guess.
func (t *throttle) giveBack(account string, addr netip.Addr) {
	t.mu.Lock()
	defer t.mu.Unlock()
	from := network(addr)
	t.addresses.giveBack(from)
	t.accounts.giveBack(t.key(account, from))
}

// succeeded gives a successful attempt back and remembers where it came from.
func (t *throttle) succeeded(account string, addr netip.Addr) {
	t.giveBack(account, addr)
	t.mu.Lock()
	defer t.mu.Unlock()
	t.known.set(pair(account, network(addr)), time.Time{})
}

// key is under which an attempt counts against an account.
func (t *throttle) key(account, from string) string {
	if both := pair(account, from); t.known.has(both) {
		return both
	}
	return account
}

func pair(account, from string) string { return account + "\x00" + from }

// network is the key of an address: itself for IPv4, its /64 for IPv6, of which
// one subscriber has all. Unknown addresses share one key.
func network(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if !addr.Is6() {
		return addr.String()
	}
	prefix, _ := addr.Prefix(64)
	return prefix.String()
}

// ledger holds for each key when it will be at rest again (the theoretical
// arrival time of the generic cell rate algorithm, ITU-T I.371): one time is
// all there is to remember. Keys at rest are forgotten with their generation.
type ledger struct {
	pace
	young, old map[string]time.Time
}

func newLedger(p pace) ledger {
	return ledger{pace: p, young: map[string]time.Time{}, old: map[string]time.Time{}}
}

func (l *ledger) take(key string, now time.Time) time.Duration {
	rest := l.rest(key)
	if rest.Before(now) {
		rest = now
	}
	rest = rest.Add(l.pause)
	if over := rest.Sub(now) - time.Duration(l.burst)*l.pause; over > 0 {
		return over
	}
	l.set(key, rest)
	return 0
}

func (l *ledger) giveBack(key string) {
	if rest := l.rest(key); !rest.IsZero() {
		l.set(key, rest.Add(-l.pause))
	}
}

func (l *ledger) rest(key string) time.Time {
	if rest, ok := l.young[key]; ok {
		return rest
	}
	return l.old[key]
}

func (l *ledger) has(key string) bool {
	_, young := l.young[key]
	_, old := l.old[key]
	return young || old
}

// set notes a key, and forgets the older generation when the younger is full.
func (l *ledger) set(key string, rest time.Time) {
	if _, ok := l.young[key]; !ok && len(l.young) >= maxKeys {
		l.old, l.young = l.young, map[string]time.Time{}
	}
	l.young[key] = rest
}
