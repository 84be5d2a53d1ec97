package web

import (
	"context"
	"log/slog"
	"net/http"
	"strconv"
	"sync"
	"time"

	"github.com/gin-gonic/gin"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"postbag/models"
	"postbag/moderation"
)

// metrics counts what the server does, in a registry of its own.
type metrics struct {
	registry *prometheus.Registry
	requests *prometheus.CounterVec
	latency  *prometheus.HistogramVec
	streams  *prometheus.GaugeVec
}

func newMetrics(service *moderation.Service, log *slog.Logger) (*metrics, error) {
	m := &metrics{
		registry: prometheus.NewRegistry(),
		requests: prometheus.NewCounterVec(prometheus.CounterOpts{
			Name: "postbag_http_requests_total", Help: "Requests answered, by route, method and status.",
		}, []string{"route", "method", "status"}),
		latency: prometheus.NewHistogramVec(prometheus.HistogramOpts{
			Name: "postbag_http_request_seconds", Help: "Time from request to answer, by route and method; streams are left out.",
			Buckets: []float64{.0001, .0005, .001, .005, .01, .05, .1, .5, 1, 5},
		}, []string{"route", "method"}),
		streams: prometheus.NewGaugeVec(prometheus.GaugeOpts{
			Name: "postbag_streams_open", Help: "Event streams that are open, by kind.",
		}, []string{"kind"}),
	}
	all := []prometheus.Collector{
		m.requests, m.latency, m.streams, queueCollector{service, log}, collectors.NewGoCollector(),
		collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}),
	}
	for _, c := range all {
		if err := m.registry.Register(c); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *metrics) handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
}

// routeMetrics measures one route without looking its labels up each time.
type routeMetrics struct {
	requests *prometheus.CounterVec // by status
	latency  prometheus.Observer    // nil for streams
	byStatus sync.Map               // int → prometheus.Counter
}

func (m *metrics) route(r route) *routeMetrics {
	out := &routeMetrics{requests: m.requests.MustCurryWith(prometheus.Labels{"route": r.path, "method": r.method})}
	if !r.stream {
		out.latency = m.latency.WithLabelValues(r.path, r.method)
	}
	return out
}

func (m *routeMetrics) observe(status int, took time.Duration) {
	counter, ok := m.byStatus.Load(status)
	if !ok {
		counter, _ = m.byStatus.LoadOrStore(status, m.requests.WithLabelValues(strconv.Itoa(status)))
	}
	counter.(prometheus.Counter).Inc()
	if m.latency != nil {
		m.latency.Observe(took.Seconds())
	}
}

// queueCollector reads the sizes of the queues when they are asked for.
type queueCollector struct {
	service *moderation.Service
	log     *slog.Logger
}

func queueDesc() *prometheus.Desc {
	return prometheus.NewDesc("postbag_queue_comments", "Comments that wait for a moderator, by site and lane.", []string{"site", "lane"}, nil)
}

// Describe implements prometheus.Collector.
func (queueCollector) Describe(ch chan<- *prometheus.Desc) { ch <- queueDesc() }

// Collect implements prometheus.Collector. When the database does not answer
// within two seconds, the sizes are missing from this answer.
func (q queueCollector) Collect(ch chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second) // the interface has none
	defer cancel()
	sites, err := q.service.Sites(ctx)
	for _, site := range sites {
		var counts models.LaneCounts
		if counts, err = q.service.LaneCounts(ctx, site.Key); err != nil {
			break
		}
		for _, lane := range models.Lanes {
			if lane == models.LaneSample {
				continue // its comments are counted as new
			}
			ch <- prometheus.MustNewConstMetric(queueDesc(), prometheus.GaugeValue, float64(counts[lane]), site.Key, lane.String())
		}
	}
	if err != nil {
		q.log.Error("queue sizes not measured", "error", err)
	}
}

func (s *Server) getMetrics(c *gin.Context) error {
	s.metrics.handler().ServeHTTP(c.Writer, c.Request)
	return nil
}

func (s *Server) getHealth(c *gin.Context) error {
	c.String(http.StatusOK, "ok\n")
	return nil
}

// getReady says no while the database does not answer, and from the beginning
// of the shutdown on.
func (s *Server) getReady(c *gin.Context) error {
	select {
	case <-s.closing:
		return models.Refuse(models.CodeBusy, "The server is shutting down.")
	default:
	}
	ctx, cancel := context.WithTimeout(c.Request.Context(), 2*time.Second)
	defer cancel()
	if err := s.service.Ready(ctx); err != nil {
		s.log.Error("not ready", "error", err)
		return models.Refuse(models.CodeBusy, "The database does not answer.")
	}
	c.String(http.StatusOK, "ready\n")
	return nil
}
