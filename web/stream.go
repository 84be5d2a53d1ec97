package web

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gin-gonic/gin"

	"postbag/models"
	"postbag/moderation/live"
)

// writeTimeout is how long a reader of a stream may take for one message.
const writeTimeout = 15 * time.Second

// retry is after how long a browser should connect again, in milliseconds.
const retry = 3000

func (s *Server) getThreadStream(c *gin.Context) error {
	p, since, err := streamParams(c)
	if err != nil {
		return err
	}
	ctx := c.Request.Context()
	sub, replay, err := s.service.ThreadStream(ctx, c.Param("site"), p.get("article"), p.article(), since)
	if err != nil {
		return inQuery(err)
	}
	return s.stream(c, "thread", sub, replay)
}

func (s *Server) getQueueStream(c *gin.Context) error {
	p, since, err := streamParams(c)
	if err != nil {
		return err
	}
	sub, replay, err := s.service.QueueStream(c.Request.Context(), p.get("site"), since)
	if err != nil {
		return err
	}
	return s.stream(c, "queue", sub, replay)
}

// streamParams reads what a stream is about and the last event that its reader
// saw: Last-Event-ID, which browsers send when they connect again, or
// ?last_event_id= for programs that cannot set headers.
func streamParams(c *gin.Context) (params, int64, error) {
	p, err := queryParams(c.Request)
	if err != nil {
		return nil, 0, err
	}
	text := c.GetHeader("Last-Event-ID")
	if text == "" {
		text = p.get("last_event_id")
	}
	if text == "" {
		return p, 0, nil
	}
	since, err := strconv.ParseInt(text, 10, 64)
	if err != nil || since < 0 {
		return nil, 0, models.Invalid("last_event_id", "This is not the id of an event. Connect again without it.")
	}
	return p, since, nil
}

// stream writes events until the reader leaves, is too slow, or the server
// shuts down. What was missed comes first. An event may come twice, there and
// live, and one of another process may come late: its id says nothing then, and
// readers lose nothing by hearing of it again.
func (s *Server) stream(c *gin.Context, topic string, sub *live.Subscription, replay []live.Event) error {
	defer sub.Close()
	open := s.metrics.streams.WithLabelValues(topic)
	open.Inc()
	defer open.Dec()
	h := c.Writer.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	w := &eventWriter{w: c.Writer, control: http.NewResponseController(c.Writer)}
	c.Status(http.StatusOK)
	if w.retry(retry) != nil {
		return nil
	}
	for _, e := range replay {
		if w.event(e) != nil {
			return nil
		}
	}
	s.follow(w, sub, c.Request.Context().Done())
	return nil // whoever reads it is gone, or connects again
}

func (s *Server) follow(w *eventWriter, sub *live.Subscription, gone <-chan struct{}) {
	ping := time.NewTicker(s.ping)
	defer ping.Stop()
	for {
		var err error
		select {
		case <-gone:
			return
		case <-s.closing:
			return
		case <-ping.C:
			err = w.comment("ping")
		case e, ok := <-sub.C():
			if !ok {
				return
			}
			err = w.event(e)
			ping.Reset(s.ping)
			if e.Kind == "reset" {
				return // the thread is another article's now: who connects again finds it
			}
		}
		if err != nil {
			return
		}
	}
}

// eventWriter writes server-sent events (WHATWG HTML, 9.2.5). Every write must
// arrive within writeTimeout.
type eventWriter struct {
	w       http.ResponseWriter
	control *http.ResponseController
	buf     []byte
}

func (w *eventWriter) retry(milliseconds int) error {
	w.buf = append(strconv.AppendInt(append(w.buf[:0], "retry: "...), int64(milliseconds), 10), "\n\n"...)
	return w.flush()
}

func (w *eventWriter) comment(text string) error {
	w.buf = append(append(append(w.buf[:0], ": "...), text...), "\n\n"...)
	return w.flush()
}

func (w *eventWriter) event(e live.Event) error {
	w.buf = append(strconv.AppendInt(append(w.buf[:0], "id: "...), e.ID, 10), "\nevent: "...)
	w.buf = append(append(w.buf, e.Kind...), '\n')
	for line := range strings.Lines(string(e.Data)) {
		w.buf = append(append(w.buf, "data: "...), strings.TrimRight(line, "\r\n")...)
		w.buf = append(w.buf, '\n')
	}
	w.buf = append(w.buf, '\n')
	return w.flush()
}

func (w *eventWriter) flush() error {
	// A server without deadlines, as in some tests, only loses the protection.
	_ = w.control.SetWriteDeadline(time.Now().Add(writeTimeout))
	if _, err := w.w.Write(w.buf); err != nil {
		return err
	}
	err := w.control.Flush()
	// Without a write there is nothing to be late with: HTTP/2 would end an idle
	// stream at its deadline.
	_ = w.control.SetWriteDeadline(time.Time{})
	return err
}
