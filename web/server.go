package web

import (
	"crypto/rand"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/moderation"
	"postbag/web/auth"
	"postbag/web/ui"
)

// Config is what a Server is made of. Service and Accounts are required.
type Config struct {
	Service  *moderation.Service
	Accounts *auth.Accounts
	Logger   *slog.Logger     // nil discards
	Clock    func() time.Time // nil means time.Now
	Rand     io.Reader        // of the keys in forms; nil means crypto/rand

	// PublicURL is the address under which people reach the server, such as
	// "https://comments.example.com"; links are built from it and cookies are
	// Secure when it is https. Empty means the address of each request.
	PublicURL string
	// TrustedProxies may say on whose behalf they ask, by X-Forwarded-For and
	// X-Forwarded-Proto. None by default: the headers are then ignored.
	TrustedProxies []netip.Prefix
	// Demo adds the page /demo.
	Demo bool
	// SeparateMetrics leaves /metrics out of the routes; see MetricsHandler.
	SeparateMetrics bool
	// Ping is the silence on an event stream before a sign of life; 0 means 25 s.
	Ping time.Duration
}

// Server answers HTTP requests. It is safe for concurrent use.
type Server struct {
	service  *moderation.Service
	accounts *auth.Accounts
	pages    *ui.Pages
	log      *slog.Logger
	now      func() time.Time
	rand     io.Reader
	ping     time.Duration
	public   *url.URL // nil without Config.PublicURL
	proxies  []netip.Prefix

	engine  *gin.Engine
	metrics *metrics
	csrf    *http.CrossOriginProtection

	closing   chan struct{}
	closeOnce sync.Once
}

// New builds a server that is ready to answer. It fails for a PublicURL that is
// not an http or https address without a path.
func New(cfg Config) (*Server, error) {
	pages, err := ui.New(ui.AssetPath)
	if err != nil {
		return nil, fmt.Errorf("web: %w", err)
	}
	s := &Server{
		service: cfg.Service, accounts: cfg.Accounts, pages: pages, log: cfg.Logger, now: cfg.Clock, rand: cfg.Rand,
		ping: cfg.Ping, proxies: cfg.TrustedProxies, csrf: http.NewCrossOriginProtection(), closing: make(chan struct{}),
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.now == nil {
		s.now = time.Now
	}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	if s.ping <= 0 {
		s.ping = 25 * time.Second
	}
	if err := s.setPublicURL(cfg.PublicURL); err != nil {
		return nil, err
	}
	if s.metrics, err = newMetrics(cfg.Service, s.log); err != nil {
		return nil, fmt.Errorf("web: metrics: %w", err)
	}
	if s.engine, err = s.newEngine(cfg); err != nil {
		return nil, err
	}
	cfg.Service.EncodeEvents(eventEncoder{})
	return s, nil
}

func (s *Server) setPublicURL(address string) error {
	if address == "" {
		return nil
	}
	u, err := url.Parse(strings.TrimSuffix(address, "/"))
	if err != nil {
		return fmt.Errorf("web: public URL: %w", err)
	}
	if u.Scheme != "http" && u.Scheme != "https" || u.Host == "" || u.Path != "" || u.RawQuery != "" || u.Fragment != "" || u.User != nil {
		return fmt.Errorf("web: public URL %q: write it like https://comments.example.com, without a path", address)
	}
	s.public = u
	if err := s.csrf.AddTrustedOrigin(u.Scheme + "://" + u.Host); err != nil {
		return fmt.Errorf("web: public URL: %w", err)
	}
	return nil
}

// newEngine builds the router from the table of routes.
func (s *Server) newEngine(cfg Config) (*gin.Engine, error) {
	gin.SetMode(gin.ReleaseMode) // Gin knows one mode per process; the others print to standard output
	engine := gin.New()
	engine.HandleMethodNotAllowed = true
	engine.RedirectTrailingSlash = false
	engine.RedirectFixedPath = false
	engine.UseRawPath = true // an escaped slash in an id does not separate
	engine.UnescapePathValues = true
	engine.RemoteIPHeaders = []string{"X-Forwarded-For"}
	if err := engine.SetTrustedProxies(prefixes(cfg.TrustedProxies)); err != nil {
		return nil, fmt.Errorf("web: trusted proxies: %w", err)
	}
	preflight := map[string]bool{}
	for _, r := range s.routes(cfg) {
		serve := s.adapt(r)
		engine.Handle(r.method, r.path, serve)
		if r.method == http.MethodGet && !r.stream {
			engine.Handle(http.MethodHead, r.path, serve)
		}
		if r.surface == readerAPI && !preflight[r.path] {
			preflight[r.path] = true
			engine.Handle(http.MethodOptions, r.path, s.adapt(route{method: http.MethodOptions, path: r.path, surface: readerAPI, handle: (*Server).preflight}))
		}
	}
	engine.NoRoute(s.adapt(route{path: "none", handle: (*Server).noRoute}))
	engine.NoMethod(s.adapt(route{path: "none", handle: (*Server).noMethod}))
	return engine, nil
}

func prefixes(list []netip.Prefix) []string {
	var all []string // nil, not empty: nobody is trusted
	for _, p := range list {
		all = append(all, p.String())
	}
	return all
}

// Handler returns what answers requests.
func (s *Server) Handler() http.Handler { return http.HandlerFunc(s.serveHTTP) }

// serveHTTP turns the addresses that Disqus code builds from a shortname into
// those of the table: the router has no pattern for "/KEY.disqus.com/embed.js".
func (s *Server) serveHTTP(w http.ResponseWriter, r *http.Request) {
	if site, name, ok := splitShortname(r.URL.Path); ok {
		rewritten := *r
		target := *r.URL
		target.Path, target.RawPath = "/e/"+site+"/"+name, ""
		rewritten.URL = &target
		r = &rewritten
	}
	s.engine.ServeHTTP(w, r)
}

// splitShortname reads the addresses that a site has at Disqus, below our host:
// "/KEY.disqus.com/NAME" and, older, "/forums/KEY/NAME".
func splitShortname(path string) (site, name string, ok bool) {
	head, name, _ := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if head == "forums" {
		site, name, ok = strings.Cut(name, "/")
	} else {
		site, ok = strings.CutSuffix(head, ".disqus.com")
	}
	return site, name, ok && site != "" && name != ""
}

// MetricsHandler answers with the Prometheus metrics, for an address of its
// own.
func (s *Server) MetricsHandler() http.Handler { return s.metrics.handler() }

// EndStreams ends the event streams, which would otherwise keep
// http.Server.Shutdown waiting, and lets /readyz say no. Other requests are
// answered as before.
func (s *Server) EndStreams() { s.closeOnce.Do(func() { close(s.closing) }) }

// base is the address of this server as the person who asks knows it, without
// a slash at the end.
func (s *Server) base(c *gin.Context) string {
	if s.public != nil {
		return s.public.String()
	}
	return s.scheme(c) + "://" + c.Request.Host
}

// scheme is how the request arrived, or how a trusted proxy says it did.
func (s *Server) scheme(c *gin.Context) string {
	if c.Request.TLS != nil || c.GetHeader("X-Forwarded-Proto") == "https" && s.trusts(c.RemoteIP()) {
		return "https"
	}
	return "http"
}

func (s *Server) trusts(peer string) bool {
	addr, err := netip.ParseAddr(peer)
	if err != nil {
		return false
	}
	for _, p := range s.proxies {
		if p.Contains(addr.Unmap()) {
			return true
		}
	}
	return false
}

// address is who sent the request: the peer, or whom a trusted proxy names. It
// is the zero Addr when that is no address, as on a Unix socket.
func address(c *gin.Context) netip.Addr {
	addr, err := netip.ParseAddr(c.ClientIP())
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
