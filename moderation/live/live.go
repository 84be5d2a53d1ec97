package live

import (
	"context"
	"errors"
	"hash/maphash"
	"slices"
	"sync"
	"sync/atomic"
)

var (
	// ErrSlow is the Err of a subscription that did not drain its queue.
	ErrSlow = errors.New("subscriber was too slow")
	// ErrClosed is the Err of a subscription that ended with Close, its own or the
	// broker's, and the error of subscribing to a closed broker.
	ErrClosed = errors.New("live events are closed")
	// ErrTooMany refuses a subscriber beyond a limit; trying again later is right.
	ErrTooMany = errors.New("too many live subscribers")
)

// Event is one thing that happened.
type Event struct {
	// ID grows within a topic; a client sends it back as Last-Event-ID.
	ID int64
	// Topic names what the event is about, and who receives it.
	Topic string
	// Kind is the event field of the stream, such as "comment".
	Kind string
	// Data is the ready JSON.
	Data []byte
}

// Options bound a broker. A value of zero or less stands for the default.
type Options struct {
	// Subscribers is how many there may be in all; 10,000 by default.
	Subscribers int
	// PerTopic is how many one topic may have; 5,000 by default.
	PerTopic int
	// Queue is how many events may wait for one subscriber; 32 by default, which
	// takes 2 KB for each.
	Queue int
}

// shards is how many locks the topics are spread over.
const shards = 64

// Broker passes events to the subscribers of their topics. Use New.
type Broker struct {
	limits Options
	seed   maphash.Seed
	count  atomic.Int64
	shards [shards]shard
}

// shard holds the topics of one lock, which also keeps the order of events and
// guards the subscriptions; topics is nil once the broker is closed.
type shard struct {
	mu     sync.RWMutex
	topics map[string][]*Subscription // none is empty
}

// New returns a broker with no subscribers. It starts no goroutine.
func New(o Options) *Broker {
	b := &Broker{seed: maphash.MakeSeed(), limits: Options{
		Subscribers: defaultTo(o.Subscribers, 10_000),
		PerTopic:    defaultTo(o.PerTopic, 5_000),
		Queue:       defaultTo(o.Queue, 32),
	}}
	for i := range b.shards {
		b.shards[i].topics = make(map[string][]*Subscription)
	}
	return b
}

func defaultTo(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}

func (b *Broker) shard(topic string) *shard {
	return &b.shards[maphash.String(b.seed, topic)%shards]
}

// Active reports whether the topic has a subscriber at this moment.
func (b *Broker) Active(topic string) bool {
	s := b.shard(topic)
	s.mu.RLock()
	defer s.mu.RUnlock()
	return len(s.topics[topic]) > 0
}

// Len returns how many subscribers there are in all.
func (b *Broker) Len() int { return int(b.count.Load()) }

// Publish puts each event into the queue of every subscriber of its topic, and
// drops those whose queue is full. It never waits for a subscriber, and does
// nothing once the broker is closed. Events of one topic reach all its subscribers
// in one order. It takes O(subscribers of the topic) for each event.
func (b *Broker) Publish(events ...Event) {
	for _, e := range events {
		b.shard(e.Topic).publish(e)
	}
}

func (s *shard) publish(e Event) {
	s.mu.Lock()
	defer s.mu.Unlock()
	subs := s.topics[e.Topic]
	for i := len(subs) - 1; i >= 0; i-- { // backwards: ending one moves the last into its place
		select {
		case subs[i].queue <- e:
		default:
			subs[i].end(ErrSlow)
		}
	}
}

// Subscribe joins a topic until Close, the end of ctx, or a full queue. The error
// is that of ctx, ErrTooMany or ErrClosed.
func (b *Broker) Subscribe(ctx context.Context, topic string) (*Subscription, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s := b.shard(topic)
	s.mu.Lock()
	defer s.mu.Unlock()
	subs := s.topics[topic]
	if s.topics == nil {
		return nil, ErrClosed
	}
	if len(subs) >= b.limits.PerTopic {
		return nil, ErrTooMany
	}
	if b.count.Add(1) > int64(b.limits.Subscribers) {
		b.count.Add(-1)
		return nil, ErrTooMany
	}
	sub := &Subscription{broker: b, shard: s, topic: topic, place: len(subs), queue: make(chan Event, b.limits.Queue)}
	s.topics[topic] = append(subs, sub)
	sub.stop = context.AfterFunc(ctx, func() { sub.finish(ctx.Err()) }) // in a goroutine of its own
	return sub, nil
}

// Close ends every subscription with ErrClosed and refuses new ones. It may be
// called more than once.
func (b *Broker) Close() {
	for i := range b.shards {
		b.shards[i].close()
	}
}

func (s *shard) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, subs := range s.topics {
		for _, sub := range slices.Backward(subs) {
			sub.end(ErrClosed)
		}
	}
	s.topics = nil
}
