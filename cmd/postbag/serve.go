package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"postbag/models/store"
	"postbag/moderation"
	"postbag/web"
	"postbag/web/auth"
)

// Limits on connections. There is none on writing an answer, because live
// streams last; package web limits those itself.
const (
	headerTime   = 10 * time.Second
	requestTime  = 60 * time.Second
	idleTime     = 120 * time.Second
	shutdownTime = 30 * time.Second
	maxHeader    = 32 << 10 // bytes
)

// serveConfig is what the flags of serve say.
type serveConfig struct {
	addr, db, public, metricsAddr string
	demo                          bool
	maxUpload                     uint // MiB
	trust                         []netip.Prefix
}

func (f *flags) serve() (serveConfig, error) {
	var c serveConfig
	var trust list
	f.StringVar(&c.addr, "addr", "127.0.0.1:8080", "`HOST:PORT` to listen on; port 0 takes a free one")
	db := f.database()
	f.BoolVar(&c.demo, "demo", false, "add a site to try, with an article at /demo and sample comments")
	public := f.publicURL("")
	f.Var(&trust, "trust-proxy", "believe what proxies in this `CIDR` say of whom they forward for; repeatable")
	f.StringVar(&c.metricsAddr, "metrics-addr", "", "`HOST:PORT` for /metrics, which is then left out of the public address")
	f.UintVar(&c.maxUpload, "max-upload", moderation.DefaultMaxUpload>>20, "`MIB` that a file to import may have when it is uploaded in the console")
	if _, err := f.parse(); err != nil {
		return c, err
	}
	c.db, c.public = *db, string(*public)
	var err error
	c.trust, err = prefixes(trust)
	return c, err
}

// prefixes reads networks; a single address is a network of one.
func prefixes(texts []string) ([]netip.Prefix, error) {
	var nets []netip.Prefix
	for _, text := range texts {
		if addr, err := netip.ParseAddr(text); err == nil {
			nets = append(nets, netip.PrefixFrom(addr, addr.BitLen()))
			continue
		}
		prefix, err := netip.ParsePrefix(text)
		if err != nil {
			return nil, wrong("--trust-proxy %q must look like 10.0.0.0/8 or 127.0.0.1", text)
		}
		nets = append(nets, prefix.Masked())
	}
	return nets, nil
}

// serve runs the server until the context ends.
func (a *app) serve(ctx context.Context, f *flags) error {
	c, err := f.serve()
	if err != nil {
		return err
	}
	main, err := listen(ctx, "--addr", c.addr)
	if err != nil {
		return err
	}
	defer main.Close()
	var metrics net.Listener
	if c.metricsAddr != "" {
		if metrics, err = listen(ctx, "--metrics-addr", c.metricsAddr); err != nil {
			return err
		}
		defer metrics.Close()
	}
	log := a.logger()
	options := moderation.Options{Logger: log, Uploads: uploadsBeside(c.db), MaxUpload: int64(min(c.maxUpload, maxUploadMiB)) << 20}
	return withService(ctx, c.db, options, func(svc *moderation.Service) error {
		if err := svc.ResumeMoves(ctx); err != nil {
			return err
		}
		return a.serveOn(ctx, c, svc, log, main, metrics)
	})
}

// maxUploadMiB bounds --max-upload to a tebibyte.
const maxUploadMiB = 1 << 20

// uploadsBeside is the folder for uploaded files: beside the database when that
// is a file, else one for each database among the temporary files.
func uploadsBeside(db string) string {
	if !store.IsPostgres(db) {
		return strings.TrimPrefix(db, "sqlite://") + "-uploads"
	}
	sum := sha256.Sum256([]byte(store.Redact(db)))
	return filepath.Join(os.TempDir(), "postbag-uploads-"+hex.EncodeToString(sum[:6]))
}

// listen opens an address, or says what to do when it cannot.
func listen(ctx context.Context, name, address string) (net.Listener, error) {
	var config net.ListenConfig
	listener, err := config.Listen(ctx, "tcp", address)
	var addrErr *net.AddrError
	switch {
	case err == nil:
		return listener, nil
	case errors.Is(err, syscall.EADDRINUSE):
		return nil, fmt.Errorf("%s is in use; stop what runs there, or choose another: postbag serve %s %s", address, name, nextPort(address))
	case errors.Is(err, syscall.EACCES):
		return nil, fmt.Errorf("%s needs rights that this user does not have; choose a port above 1023 with %s", address, name)
	case errors.As(err, &addrErr):
		return nil, wrong("%s %q must look like 127.0.0.1:8080", name, address)
	}
	return nil, fmt.Errorf("cannot listen on %s: %w; choose another address with %s", address, err, name)
}

func nextPort(address string) string {
	host, port, err := net.SplitHostPort(address)
	n, errPort := net.LookupPort("tcp", port)
	if err != nil || errPort != nil || n >= 65535 {
		return "127.0.0.1:0"
	}
	return net.JoinHostPort(host, fmt.Sprint(n+1))
}

// serveOn runs the server on open listeners.
func (a *app) serveOn(ctx context.Context, c serveConfig, svc *moderation.Service, log *slog.Logger, main, metrics net.Listener) error {
	local := "http://" + reachable(main.Addr())
	base := cmp.Or(c.public, local)
	accounts := auth.New(svc, nil, nil)
	config := web.Config{
		Service: svc, Accounts: accounts, Logger: log, PublicURL: c.public, TrustedProxies: c.trust,
		Demo: c.demo, SeparateMetrics: metrics != nil,
	}
	if c.demo && c.public == "" {
		config.PublicURL = base
	}
	server, err := web.New(config)
	if err != nil {
		return err
	}
	if err := a.greet(ctx, c, svc, accounts, local, metrics); err != nil {
		return err
	}
	serving := []*served{serveHTTP(main, server.Handler(), log)}
	if metrics != nil {
		serving = append(serving, serveHTTP(metrics, server.MetricsHandler(), log))
	}
	return a.wait(ctx, server, serving)
}

// reachable is the address of a listener as a browser on this machine can open
// it: a listener on all addresses is reached at 127.0.0.1.
func reachable(addr net.Addr) string {
	tcp, ok := addr.(*net.TCPAddr)
	if !ok {
		return addr.String()
	}
	host := tcp.IP.String()
	if tcp.IP.IsUnspecified() {
		host = "127.0.0.1"
	}
	return net.JoinHostPort(host, fmt.Sprint(tcp.Port))
}

// greet says where the server is and what to do first.
func (a *app) greet(ctx context.Context, c serveConfig, svc *moderation.Service, accounts *auth.Accounts, local string, metrics net.Listener) error {
	var b strings.Builder
	fmt.Fprintf(&b, "Postbag serves %s\n", local)
	base := cmp.Or(c.public, local)
	if base != local {
		fmt.Fprintf(&b, "Public:   %s\n", base)
	}
	if metrics != nil {
		fmt.Fprintf(&b, "Metrics:  http://%s/metrics\n", reachable(metrics.Addr()))
	}
	fmt.Fprintf(&b, "Database: %s\n", store.Redact(c.db))
	needed, err := svc.SetUpNeeded(ctx)
	if err != nil {
		return err
	}
	switch {
	case c.demo:
		link, err := prepareDemo(ctx, svc, accounts, base)
		if err != nil {
			return fmt.Errorf("prepare the demo: %w", err)
		}
		fmt.Fprintf(&b, "Article:  %s/demo\nConsole:  %s\n          (the link works once, within the hour; start again for a new one)\n", base, link)
	case needed:
		link, err := setUpLink(ctx, accounts, base)
		if err != nil {
			return fmt.Errorf("make the set-up link: %w", err)
		}
		fmt.Fprintf(&b, "Set up:   %s\n          (the link works once: first account, first site, and what to paste)\n", link)
	default:
		fmt.Fprintf(&b, "Console:  %s/console\n", base)
	}
	_, err = a.stdout.Write([]byte(b.String()))
	return err
}

// served is one HTTP server at work.
type served struct {
	http *http.Server
	err  chan error // receives once, when it ends
}

func serveHTTP(listener net.Listener, handler http.Handler, log *slog.Logger) *served {
	s := &served{err: make(chan error, 1), http: &http.Server{
		Handler:           handler,
		ReadHeaderTimeout: headerTime,
		ReadTimeout:       requestTime,
		IdleTimeout:       idleTime,
		MaxHeaderBytes:    maxHeader,
		ErrorLog:          slog.NewLogLogger(log.Handler(), slog.LevelWarn),
	}}
	go func() { s.err <- s.http.Serve(listener) }()
	return s
}

// wait returns when the context ends and everything under way is finished, or
// when a server fails. Streams are ended first: they would never finish.
func (a *app) wait(ctx context.Context, server *web.Server, serving []*served) error {
	failed := make(chan error, len(serving))
	for _, s := range serving {
		go func() { failed <- <-s.err }()
	}
	var cause error
	select {
	case <-ctx.Done():
		fmt.Fprintln(a.stderr, "Stopping: finishing what is under way. Once more to stop at once.")
	case cause = <-failed:
	}
	server.EndStreams()
	finish, cancel := context.WithTimeout(context.WithoutCancel(ctx), shutdownTime)
	defer cancel()
	errs := []error{cause}
	for _, s := range serving {
		if err := s.http.Shutdown(finish); err != nil {
			errs = append(errs, fmt.Errorf("stop: %w", err), s.http.Close())
		}
	}
	return errors.Join(errs...)
}
