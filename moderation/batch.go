package moderation

import (
	"context"
	"sync"
	"time"

	"postbag/models"
)

// maxBatch bounds how many comments share one commit, so that the first of them
// does not wait long for the last.
const maxBatch = 128

// batcher gathers the comments that arrive while a commit is under way, and
// gives them the next commit together. One poster alone waits for nobody; many
// share the cost of reaching the disk.
type batcher struct {
	jobs   chan *job
	submit func([]*job)

	mu     sync.RWMutex
	closed bool
}

func newBatcher(submit func([]*job)) *batcher {
	return &batcher{jobs: make(chan *job, 4*maxBatch), submit: submit}
}

// do hands in a job and waits for its result. Once handed in, a job is finished
// whether or not somebody still waits.
func (b *batcher) do(ctx context.Context, j *job) (Receipt, error) {
	if err := b.hand(ctx, j); err != nil {
		return Receipt{}, err
	}
	select {
	case <-j.done:
		return j.receipt, j.err
	case <-ctx.Done():
		return Receipt{}, ctx.Err()
	}
}

func (b *batcher) hand(ctx context.Context, j *job) error {
	b.mu.RLock()
	defer b.mu.RUnlock()
	if b.closed {
		return busy("Postbag is shutting down.")
	}
	select {
	case b.jobs <- j:
		return nil
	case <-ctx.Done():
		return busy("Too many comments arrive at once.")
	}
}

func busy(why string) error {
	refusal := models.Refuse(models.CodeBusy, "%s Your text is still here: try again in a moment.", why)
	refusal.RetryAfter = 2 * time.Second
	return refusal
}

// run works until the batcher is closed and everything handed in is done.
func (b *batcher) run() {
	batch := make([]*job, 0, maxBatch)
	for first := range b.jobs {
		batch = b.gather(append(batch[:0], first))
		b.submit(batch)
		for _, j := range batch {
			close(j.done)
		}
	}
}

// gather takes what is waiting, without waiting for more.
func (b *batcher) gather(batch []*job) []*job {
	for len(batch) < maxBatch {
		select {
		case j, ok := <-b.jobs:
			if !ok {
				return batch
			}
			batch = append(batch, j)
		default:
			return batch
		}
	}
	return batch
}

// close refuses new jobs; run ends when those handed in are done.
func (b *batcher) close() {
	b.mu.Lock()
	defer b.mu.Unlock()
	if !b.closed {
		b.closed = true
		close(b.jobs)
	}
}
