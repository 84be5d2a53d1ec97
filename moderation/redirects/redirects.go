// Package redirects asks pages where they went: it follows the permanent
// redirects of addresses (RFC 9110, 15.4: 301 and 308) over http and https, to
// the page that answers at their end.
//
// It reads no body, keeps no cookie, and asks each host a few times a second
// only. NewClient makes a client that does not connect to private, loopback or
// link-local addresses, so that a redirect cannot lead into the network that
// Postbag runs in.
//
// Package moderation is its only caller.
package redirects

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"syscall"
	"time"
)

// Limits of asking.
const (
	MaxHops    = 10
	parallel   = 8 // requests at a time, over all hosts
	patience   = 15 * time.Second
	maxAddress = 2048
)

// Result is where an address led.
type Result struct {
	From, To string // To is empty when nothing is known of another address
	Problem  string // why there is no To, or that a part of the way was not followed
}

// Crawler asks pages. Its methods are safe for concurrent use.
type Crawler struct {
	client *http.Client
	pause  time.Duration // between two requests to one host

	mu   sync.Mutex
	next map[string]time.Time // when a host may be asked again
}

// New makes a crawler on a client, as NewClient makes them, that asks each host
// at most so many times a second.
func New(client *http.Client, perSecond int) *Crawler {
	return &Crawler{client: client, pause: time.Second / time.Duration(max(perSecond, 1)), next: map[string]time.Time{}}
}

// errPrivate says that an address is not of the public network.
var errPrivate = errors.New("the host has no public address")

// NewClient makes a client for a Crawler. allowPrivate lets it connect to any
// address; it is for tests and for sites that are being set up.
func NewClient(allowPrivate bool) *http.Client {
	dialer := &net.Dialer{Timeout: patience}
	if !allowPrivate {
		dialer.Control = func(_, address string, _ syscall.RawConn) error {
			at, err := netip.ParseAddrPort(address)
			if err != nil || !Public(at.Addr()) {
				return errPrivate
			}
			return nil
		}
	}
	return &http.Client{
		Timeout:       patience,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{
			DialContext: dialer.DialContext, MaxIdleConnsPerHost: parallel, IdleConnTimeout: time.Minute,
			TLSHandshakeTimeout: patience, ResponseHeaderTimeout: patience, MaxResponseHeaderBytes: 64 << 10, DisableCompression: true,
		},
	}
}

// Public reports whether an address belongs to the public network. Beside what
// package netip knows (private, loopback, link-local, multicast) these are left
// out: 0/8, 100.64/10 (RFC 6598), 192.0.0/24, 198.18/15, 240/4, site-local IPv6,
// and what maps IPv4 into IPv6.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	if !a.IsGlobalUnicast() || a.IsPrivate() {
		return false
	}
	for _, not := range []string{
		"0.0.0.0/8", "100.64.0.0/10", "192.0.0.0/24", "198.18.0.0/15", "240.0.0.0/4",
		"::/96", "64:ff9b::/96", "64:ff9b:1::/48", "2002::/16", "2001::/32", "fec0::/10",
	} {
		if netip.MustParsePrefix(not).Contains(a) {
			return false
		}
	}
	return true
}

// Follow asks all addresses and tells each result, from one goroutine at a time,
// in any order. It ends early when ctx does.
func (c *Crawler) Follow(ctx context.Context, addresses []string, tell func(Result)) error {
	todo := make(chan string)
	results := make(chan Result)
	var wg sync.WaitGroup
	for range parallel {
		wg.Go(func() {
			for address := range todo {
				results <- c.follow(ctx, address)
			}
		})
	}
	go func() {
		defer func() { close(todo); wg.Wait(); close(results) }()
		for _, address := range addresses {
			select {
			case todo <- address:
			case <-ctx.Done():
				return
			}
		}
	}()
	for r := range results {
		tell(r)
	}
	return ctx.Err()
}

// follow goes along the redirects of one address.
func (c *Crawler) follow(ctx context.Context, from string) Result {
	r := Result{From: from}
	at := from
	for range MaxHops {
		status, next, err := c.ask(ctx, at)
		switch {
		case err != nil:
			r.Problem = problem(at, err)
			return r
		case redirects(status) && next == "":
			r.Problem = fmt.Sprintf("%s redirects (%d) and does not say where to.", at, status)
			return r
		case status == http.StatusMovedPermanently || status == http.StatusPermanentRedirect:
			at = next
			continue
		case redirects(status):
			r.Problem = fmt.Sprintf("%s leads on to %s for a time only (%d), which was not followed.", at, next, status)
		case status >= 400:
			r.Problem = fmt.Sprintf("%s answers %d.", at, status)
			return r
		}
		if at != from {
			r.To = at
		}
		return r
	}
	r.Problem = fmt.Sprintf("More than %d redirects.", MaxHops)
	return r
}

// redirects reports whether a status sends its reader elsewhere.
func redirects(status int) bool {
	return status >= 300 && status < 400 && status != http.StatusNotModified
}

func problem(at string, err error) string {
	if errors.Is(err, errPrivate) {
		return at + ": " + errPrivate.Error() + "."
	}
	var outer *url.Error
	if errors.As(err, &outer) {
		err = outer.Err
	}
	return fmt.Sprintf("%s cannot be asked: %v.", at, err)
}

// ask makes one request: HEAD, and GET where that is not understood.
func (c *Crawler) ask(ctx context.Context, address string) (status int, next string, err error) {
	base, err := url.Parse(address)
	if err != nil || base.Scheme != "http" && base.Scheme != "https" || base.Host == "" || len(address) > maxAddress {
		return 0, "", errors.New("it is no http or https address")
	}
	base.User, base.Fragment = nil, ""
	for _, method := range []string{http.MethodHead, http.MethodGet} {
		if status, next, err = c.once(ctx, method, base); err != nil {
			return 0, "", err
		}
		if status != http.StatusMethodNotAllowed && status != http.StatusNotImplemented && status != http.StatusForbidden {
			break
		}
	}
	if next == "" {
		return status, "", nil
	}
	to, err := base.Parse(next)
	if err != nil {
		return 0, "", errors.New("it redirects to what is no address")
	}
	to.Fragment = ""
	return status, to.String(), nil
}

func (c *Crawler) once(ctx context.Context, method string, at *url.URL) (status int, next string, err error) {
	if err := c.wait(ctx, at.Host); err != nil {
		return 0, "", err
	}
	req, err := http.NewRequestWithContext(ctx, method, at.String(), nil)
	if err != nil {
		return 0, "", err
	}
	req.Header.Set("User-Agent", "Postbag (looks where pages went)")
	answer, err := c.client.Do(req)
	if err != nil {
		return 0, "", err
	}
	_ = answer.Body.Close() // unread
	return answer.StatusCode, strings.TrimSpace(answer.Header.Get("Location")), nil
}

// wait keeps the distance between two requests to a host.
func (c *Crawler) wait(ctx context.Context, host string) error {
	c.mu.Lock()
	now := time.Now()
	at := c.next[host]
	if at.Before(now) {
		at = now
	}
	c.next[host] = at.Add(c.pause)
	c.mu.Unlock()
	timer := time.NewTimer(at.Sub(now))
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
