package main

import (
	"math"
	"sync"
	"time"
)

// growth is the width of a latency bucket: figures are exact to 2 %.
const growth = 1.02

// histogram counts durations from 1 µs to 100 s in buckets.
type histogram struct {
	buckets [1000]int
	count   int
	max     time.Duration
}

func (h *histogram) add(d time.Duration) {
	i := int(math.Log(max(1, float64(d)/1e3)) / math.Log(growth))
	h.buckets[min(i, len(h.buckets)-1)]++
	h.count++
	h.max = max(h.max, d)
}

// quantile is a duration that at most 1-q of all exceed, 0 when there are none.
func (h *histogram) quantile(q float64) time.Duration {
	rank := int(math.Ceil(q * float64(h.count)))
	for i, n := range h.buckets {
		if rank -= n; rank <= 0 && h.count > 0 {
			upper := time.Duration(math.Pow(growth, float64(i+1)) * 1e3)
			return min(upper, h.max)
		}
	}
	return h.max
}

// operation is what happened to one kind of request.
type operation struct {
	latency histogram
	errors  map[string]int
}

// stats collects from all workers.
type stats struct {
	mu         sync.Mutex
	operations map[string]*operation
	firstError string
}

func newStats() *stats { return &stats{operations: make(map[string]*operation)} }

// add counts one answer. Latency is that of requests that succeeded.
func (s *stats) add(name string, a answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	op := s.operations[name]
	if op == nil {
		op = &operation{errors: make(map[string]int)}
		s.operations[name] = op
	}
	if a.ok() {
		op.latency.add(a.took)
		return
	}
	op.errors[a.outcome()]++
	if s.firstError == "" {
		s.firstError = name + ": " + a.describe()
	}
}

// operationReport is one operation in the JSON report. Times are milliseconds.
type operationReport struct {
	Count  int            `json:"count"` // succeeded: 2xx and 304
	Rate   float64        `json:"rate"`  // of these, a second
	P50    float64        `json:"p50_ms"`
	P95    float64        `json:"p95_ms"`
	P99    float64        `json:"p99_ms"`
	Max    float64        `json:"max_ms"`
	Errors map[string]int `json:"errors"` // by status; "transport" when no answer came
}

type report struct {
	Seconds    float64                    `json:"seconds"`
	Operations map[string]operationReport `json:"operations"`
	FirstError string                     `json:"first_error,omitempty"`
}

func (s *stats) report(took time.Duration) report {
	s.mu.Lock()
	defer s.mu.Unlock()
	out := report{Seconds: round(took.Seconds()), Operations: make(map[string]operationReport), FirstError: s.firstError}
	for name, op := range s.operations {
		h := &op.latency
		out.Operations[name] = operationReport{
			Count:  h.count,
			Rate:   round(float64(h.count) / took.Seconds()),
			P50:    milliseconds(h.quantile(0.50)),
			P95:    milliseconds(h.quantile(0.95)),
			P99:    milliseconds(h.quantile(0.99)),
			Max:    milliseconds(h.max),
			Errors: op.errors,
		}
	}
	return out
}

// succeeded says whether any request did.
func (r report) succeeded() bool {
	for _, op := range r.Operations {
		if op.Count > 0 {
			return true
		}
	}
	return false
}

func milliseconds(d time.Duration) float64 { return round(float64(d) / 1e6) }

func round(f float64) float64 { return math.Round(f*1000) / 1000 }
