package live

// Subscription receives the events of one topic. Its methods may be called from
// any goroutine.
type Subscription struct {
	broker *Broker
	shard  *shard
	topic  string
	queue  chan Event
	// guarded by the lock of the shard
	place int         // in the topic's list
	stop  func() bool // ends the watch on the context
	err   error       // not nil once ended
}

// C is the queue. It is closed when the subscription ends; what was queued before
// can still be received. Then Err says why.
func (s *Subscription) C() <-chan Event { return s.queue }

// Err is nil until the subscription has ended, then ErrSlow, ErrClosed or the
// error of the context.
func (s *Subscription) Err() error {
	s.shard.mu.RLock()
	defer s.shard.mu.RUnlock()
	return s.err
}

// Close ends the subscription. It may be called more than once.
func (s *Subscription) Close() { s.finish(ErrClosed) }

func (s *Subscription) finish(err error) {
	s.shard.mu.Lock()
	defer s.shard.mu.Unlock()
	s.end(err)
}

// end leaves the topic and closes the queue; the caller holds the lock. The last
// subscriber of the topic takes the place of s.
func (s *Subscription) end(err error) {
	if s.err != nil {
		return
	}
	subs := s.shard.topics[s.topic]
	last := len(subs) - 1
	subs[s.place], subs[last].place = subs[last], s.place
	subs[last] = nil
	if last == 0 {
		delete(s.shard.topics, s.topic)
	} else {
		s.shard.topics[s.topic] = subs[:last]
	}
	s.broker.count.Add(-1)
	s.err = err
	s.stop()
	close(s.queue)
}
