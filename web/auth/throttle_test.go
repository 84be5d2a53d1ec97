package auth_test

import (
	"fmt"
	"testing"
	"time"

	"postbag/web/auth"
)

// clock is a clock that tests set.
type clock struct{ now time.Time }

func newClock() *clock                   { return &clock{time.Date(2026, 11, 16, 9, 0, 0, 0, time.UTC)} }
func (c *clock) Now() time.Time          { return c.now }
func (c *clock) Forward(d time.Duration) { c.now = c.now.Add(d) }

func TestThrottlePerAccount(t *testing.T) {
	t.Parallel()
	c := newClock()
	th := auth.NewThrottle(c.Now)
	for i := range 5 {
		if wait := th.Take("ada", fmt.Sprintf("192.0.2.%d", i)); wait != 0 {
			t.Fatalf("attempt %d waits %v", i, wait)
		}
	}
	if wait := th.Take("ada", "192.0.2.99"); wait != 30*time.Second {
		t.Errorf("the sixth waits %v, want 30s, from whatever address", wait)
	}
	if wait := th.Take("bo", "192.0.2.99"); wait != 0 {
		t.Errorf("another account waits %v", wait)
	}
	c.Forward(29 * time.Second)
	if wait := th.Take("ada", "192.0.2.99"); wait != time.Second {
		t.Errorf("after 29s one waits %v, want 1s: refused attempts do not count", wait)
	}
	c.Forward(time.Second)
	if wait := th.Take("ada", "192.0.2.99"); wait != 0 {
		t.Errorf("after 30s one waits %v", wait)
	}
	if wait := th.Take("ada", "192.0.2.99"); wait == 0 {
		t.Error("two attempts after one pause")
	}
}

func TestThrottlePerAddress(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		name, first, second string
		same                bool
	}{
		{"one address", "192.0.2.1", "192.0.2.1", true},
		{"neighbours", "192.0.2.1", "192.0.2.2", false},
		{"one IPv6 network", "2001:db8::1", "2001:db8::ffff:1", true},
		{"two IPv6 networks", "2001:db8::1", "2001:db8:0:1::1", false},
		{"mapped IPv4", "::ffff:192.0.2.1", "192.0.2.1", true},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			th := auth.NewThrottle(newClock().Now)
			for i := range 20 {
				if wait := th.Take(fmt.Sprint("account", i), tt.first); wait != 0 {
					t.Fatalf("attempt %d waits %v", i, wait)
				}
			}
			if wait := th.Take("another", tt.second); (wait > 0) != tt.same {
				t.Errorf("the 21st waits %v, want throttled %v", wait, tt.same)
			}
		})
	}
}

func TestThrottleGivesBack(t *testing.T) {
	t.Parallel()
	th := auth.NewThrottle(newClock().Now)
	for i := range 200 {
		if wait := th.Take("ada", "192.0.2.1"); wait != 0 {
			t.Fatalf("sign-in %d waits %v though all before it succeeded", i, wait)
		}
		th.GiveBack("ada", "192.0.2.1")
	}
	th.GiveBack("nobody", "192.0.2.7")
	for range 5 {
		th.Take("nobody", "192.0.2.7")
	}
	if th.Take("nobody", "192.0.2.7") == 0 {
		t.Error("giving back what was not taken earns attempts")
	}
}

func TestStrangersCannotKeepSomebodyOut(t *testing.T) {
	t.Parallel()
	th := auth.NewThrottle(newClock().Now)
	th.Take("ada", "192.0.2.1")
	th.Succeeded("ada", "192.0.2.1")
	for i := range 10 {
		th.Take("ada", fmt.Sprintf("198.51.100.%d", i))
	}
	if th.Take("ada", "198.51.100.99") == 0 {
		t.Fatal("strangers are not throttled")
	}
	for i := range 5 {
		if wait := th.Take("ada", "192.0.2.1"); wait != 0 {
			t.Errorf("attempt %d from where ada has signed in waits %v", i, wait)
		}
	}
	if th.Take("ada", "192.0.2.1") == 0 {
		t.Error("a known network may guess without end")
	}
	if th.Take("bo", "192.0.2.1") != 0 {
		t.Error("one account's failures count against another")
	}
}

func TestThrottleIsBounded(t *testing.T) {
	t.Parallel()
	c := newClock()
	th := auth.NewThrottle(c.Now)
	for range 5 {
		th.Take("ada", "192.0.2.1")
	}
	for i := range 5 * auth.MaxKeys {
		addr := fmt.Sprintf("10.%d.%d.%d", i>>16&255, i>>8&255, i&255)
		th.Take("ada", addr) // refused: fills the addresses only
		if i < auth.MaxKeys/2 {
			th.Take(fmt.Sprint("account", i), addr)
		}
	}
	for i := range 5 * auth.MaxKeys {
		th.Succeeded(fmt.Sprint("other", i), "192.0.2.9")
	}
	if n := th.Keys(); n > 6*auth.MaxKeys {
		t.Errorf("%d keys are remembered, want at most %d", n, 6*auth.MaxKeys)
	}
	if th.Take("ada", "192.0.2.2") == 0 {
		t.Error("a flood of addresses made the throttle forget an account")
	}
}
