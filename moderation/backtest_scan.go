package moderation

import (
	"context"
	"fmt"
	"runtime"
	"time"

	"golang.org/x/sync/errgroup"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/flood"
	"postbag/moderation/rules"
)

// pastBatch is how many past comments go through the stages together.
const pastBatch = 128

// past is one past comment on its way through a backtest.
type past struct {
	store.PastComment
	derived bool          // nothing was stored of what was known
	earlier models.Author // if derived: the numbers of its author before the run
	moments []moment      // when it was judged: once, and again for each edit

	ruling   *ruling    // of a backtest: on the last moment that the tested rule fires on
	replayed []Replayed // of a replay
}

// moment is one text of a comment and what was known when it was judged.
type moment struct {
	seq      int // 0 when it was posted, then one for each edit
	revision int // of the site's rules
	text     string
	gone     bool // what was judged is not on record: text is the present one
	facts    rules.Facts
	input    rules.Input
	reading  *rules.Reading
	sketch   flood.Signature // for rules that look for copies
}

// convoy is some past comments in order. ready is closed when all of them are
// prepared.
type convoy struct {
	comments []past
	ready    chan struct{}
	err      error
}

// scan takes all comments written between two times, in the order in which they
// were judged, through three stages: one goroutine reads them from the store,
// several prepare them (which is most of the work, and needs nothing but the
// comment), and conclude is told one after the other. Memory is bounded by the
// number of convoys under way.
func (s *Service) scan(ctx context.Context, site int64, from, to int64, prepare func(context.Context, []past) error, conclude func(*past) error) error {
	workers := runtime.GOMAXPROCS(0)
	work, inOrder := make(chan *convoy), make(chan *convoy, 2*workers)
	group, ctx := errgroup.WithContext(ctx)
	group.Go(func() error {
		defer close(work)
		defer close(inOrder)
		return s.convoys(ctx, site, from, to, func(c *convoy) error {
			for _, stage := range []chan<- *convoy{inOrder, work} {
				select {
				case stage <- c:
				case <-ctx.Done():
					return ctx.Err()
				}
			}
			return nil
		})
	})
	for range workers {
		group.Go(func() error {
			for c := range work {
				c.err = prepare(ctx, c.comments)
				close(c.ready)
			}
			return nil
		})
	}
	group.Go(func() error { return concludeAll(ctx, inOrder, conclude) })
	return group.Wait()
}

// concludeAll tells the comments of the convoys one after the other.
func concludeAll(ctx context.Context, convoys <-chan *convoy, conclude func(*past) error) error {
	for c := range convoys {
		select {
		case <-c.ready:
		case <-ctx.Done():
			return ctx.Err()
		}
		if c.err != nil {
			return c.err
		}
		for i := range c.comments {
			if err := conclude(&c.comments[i]); err != nil {
				return err
			}
		}
	}
	return ctx.Err()
}

// convoys reads past comments and sends them off in batches.
func (s *Service) convoys(ctx context.Context, site int64, from, to int64, send func(*convoy) error) error {
	fresh := func() *convoy {
		return &convoy{comments: make([]past, 0, pastBatch), ready: make(chan struct{})}
	}
	c := fresh()
	err := s.store.Past(ctx, site, from, to, func(p *store.PastComment) error {
		c.comments = append(c.comments, past{PastComment: *p})
		if len(c.comments) < pastBatch {
			return nil
		}
		full := c
		c = fresh()
		return send(full)
	})
	if err != nil {
		return fmt.Errorf("read past comments: %w", err)
	}
	if len(c.comments) == 0 {
		return nil
	}
	return send(c)
}

// endOfTime is later than any comment, in Unix milliseconds.
const endOfTime = 1 << 60

// spanOf turns a span of times into Unix milliseconds; zero is no bound.
func spanOf(from, to time.Time) (int64, int64) {
	start, end := int64(0), int64(endOfTime)
	if !from.IsZero() {
		start = from.UnixMilli()
	}
	if !to.IsZero() {
		end = to.UnixMilli()
	}
	return start, end
}
