package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"syscall"
	"time"
)

// maxAnswer is how many bytes of an answer are read.
const maxAnswer = 8 << 20

// client sends requests to one server on this machine.
type client struct {
	http   *http.Client
	base   string // http://127.0.0.1:8080/api/v1
	origin string
	token  string
}

// answer is a whole answer; status 0 means that none came.
type answer struct {
	status int
	etag   string
	body   []byte
	took   time.Duration
	err    error
}

func (a answer) ok() bool { return a.status/100 == 2 || a.status == http.StatusNotModified }

var errNotLoopback = errors.New("loadgen loads servers on this machine only: the address must be 127.0.0.1, [::1] or localhost")

// serverURL checks the address of the server to load.
func serverURL(raw string) (string, error) {
	u, err := url.Parse(raw)
	if err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || strings.Trim(u.Path, "/") != "" {
		return "", errors.New("--url must look like http://127.0.0.1:8080")
	}
	if host := u.Hostname(); host != "localhost" && !loopback(host) {
		return "", errNotLoopback
	}
	return u.Scheme + "://" + u.Host, nil
}

func loopback(host string) bool {
	ip := net.ParseIP(host)
	return ip != nil && ip.IsLoopback()
}

// newClient keeps a connection for each worker. It follows no redirect, uses no
// proxy, and dials loopback addresses only, whatever localhost resolves to.
func newClient(server, origin, token string, workers int) *client {
	dialer := &net.Dialer{Timeout: 5 * time.Second, Control: func(_, address string, _ syscall.RawConn) error {
		host, _, err := net.SplitHostPort(address)
		if err != nil || !loopback(host) {
			return errNotLoopback
		}
		return nil
	}}
	return &client{
		http: &http.Client{
			Timeout:       15 * time.Second,
			Transport:     &http.Transport{DialContext: dialer.DialContext, MaxIdleConnsPerHost: workers, DisableCompression: true},
			CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		},
		base:   server + "/api/v1",
		origin: origin,
		token:  token,
	}
}

// get reads a path as a browser on the site does, again only if it changed since etag.
func (c *client) get(ctx context.Context, path, etag string) answer {
	header := http.Header{"Origin": {c.origin}, "Accept-Encoding": {"gzip"}}
	if etag != "" {
		header.Set("If-None-Match", etag)
	}
	return c.send(ctx, http.MethodGet, path, nil, header)
}

// post sends JSON as a browser on the site does.
func (c *client) post(ctx context.Context, path string, body any) answer {
	return c.send(ctx, http.MethodPost, path, body, http.Header{"Origin": {c.origin}})
}

// moderate sends JSON with the moderator's token.
func (c *client) moderate(ctx context.Context, method, path string, body any) answer {
	return c.send(ctx, method, path, body, http.Header{"Authorization": {"Bearer " + c.token}})
}

func (c *client) send(ctx context.Context, method, path string, body any, header http.Header) answer {
	var payload io.Reader
	if body != nil {
		text, err := json.Marshal(body)
		if err != nil {
			return answer{err: fmt.Errorf("encode request: %w", err)}
		}
		payload = bytes.NewReader(text)
		header.Set("Content-Type", "application/json")
	}
	req, err := http.NewRequestWithContext(ctx, method, c.base+path, payload)
	if err != nil {
		return answer{err: err}
	}
	req.Header = header
	start := time.Now()
	res, err := c.http.Do(req)
	if err != nil {
		return answer{err: err}
	}
	defer res.Body.Close()
	content, err := io.ReadAll(io.LimitReader(res.Body, maxAnswer))
	if err != nil {
		return answer{err: fmt.Errorf("read answer: %w", err)}
	}
	return answer{status: res.StatusCode, etag: res.Header.Get("ETag"), body: content, took: time.Since(start)}
}
