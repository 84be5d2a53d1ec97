package live_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"postbag/moderation/live"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func mustSubscribe(tb testing.TB, b *live.Broker, topic string) *live.Subscription {
	tb.Helper()
	sub, err := b.Subscribe(tb.Context(), topic)
	if err != nil {
		tb.Fatal(err)
	}
	return sub
}

func event(topic string, id int64) live.Event {
	return live.Event{ID: id, Topic: topic, Kind: "comment", Data: []byte("{}")}
}

// ids receives until the subscription ends.
func ids(sub *live.Subscription) []int64 {
	var got []int64
	for e := range sub.C() {
		got = append(got, e.ID)
	}
	return got
}

func TestDelivery(t *testing.T) {
	b := live.New(live.Options{})
	one, two, other := mustSubscribe(t, b, "a"), mustSubscribe(t, b, "a"), mustSubscribe(t, b, "b")
	b.Publish(event("a", 1), event("b", 2), event("c", 3), event("a", 4))
	one.Close()
	b.Publish(event("a", 5))
	b.Close()
	b.Publish(event("a", 6))
	for name, c := range map[string]struct {
		sub  *live.Subscription
		want string
	}{"one": {one, "[1 4]"}, "two": {two, "[1 4 5]"}, "other": {other, "[2]"}} {
		if got := fmt.Sprint(ids(c.sub)); got != c.want || !errors.Is(c.sub.Err(), live.ErrClosed) {
			t.Errorf("%s got %s and %v, want %s", name, got, c.sub.Err(), c.want)
		}
	}
}

func TestSlowSubscriberIsDropped(t *testing.T) {
	b := live.New(live.Options{Queue: 2})
	defer b.Close()
	slow, quick := mustSubscribe(t, b, "a"), mustSubscribe(t, b, "a")
	for id := range int64(4) {
		b.Publish(event("a", id))
		if e := <-quick.C(); e.ID != id {
			t.Errorf("the quick one got %d, want %d", e.ID, id)
		}
	}
	if got := ids(slow); len(got) != 2 || !errors.Is(slow.Err(), live.ErrSlow) {
		t.Errorf("the slow one got %v and %v", got, slow.Err())
	}
	if quick.Err() != nil || b.Len() != 1 {
		t.Errorf("the quick one ended with %v, %d left", quick.Err(), b.Len())
	}
	slow.Close() // after the drop: changes nothing
	if !errors.Is(slow.Err(), live.ErrSlow) {
		t.Errorf("the reason became %v", slow.Err())
	}
}

func TestContextEnds(t *testing.T) {
	b := live.New(live.Options{})
	defer b.Close()
	ctx, cancel := context.WithCancel(t.Context())
	sub, err := b.Subscribe(ctx, "a")
	if err != nil {
		t.Fatal(err)
	}
	cancel()
	if got := ids(sub); got != nil || !errors.Is(sub.Err(), context.Canceled) || b.Active("a") {
		t.Errorf("got %v, %v, active %v", got, sub.Err(), b.Active("a"))
	}
	if _, err := b.Subscribe(ctx, "a"); !errors.Is(err, context.Canceled) {
		t.Errorf("subscribed with an ended context: %v", err)
	}
}

func TestLimits(t *testing.T) {
	b := live.New(live.Options{Subscribers: 3, PerTopic: 2})
	first := mustSubscribe(t, b, "a")
	mustSubscribe(t, b, "a")
	if _, err := b.Subscribe(t.Context(), "a"); !errors.Is(err, live.ErrTooMany) {
		t.Errorf("third of a topic: %v", err)
	}
	mustSubscribe(t, b, "b")
	if _, err := b.Subscribe(t.Context(), "c"); !errors.Is(err, live.ErrTooMany) {
		t.Errorf("fourth in all: %v", err)
	}
	first.Close()
	mustSubscribe(t, b, "c")
	b.Close()
	b.Close()
	if _, err := b.Subscribe(t.Context(), "a"); !errors.Is(err, live.ErrClosed) {
		t.Errorf("after close: %v", err)
	}
	if b.Len() != 0 {
		t.Errorf("%d left", b.Len())
	}
}

func TestActive(t *testing.T) {
	b := live.New(live.Options{})
	defer b.Close()
	if b.Active("a") {
		t.Error("active before anybody came")
	}
	one, two := mustSubscribe(t, b, "a"), mustSubscribe(t, b, "a")
	one.Close()
	one.Close()
	if !b.Active("a") || b.Active("b") {
		t.Error("one is left on a, none on b")
	}
	two.Close()
	if b.Active("a") {
		t.Error("active after the last went")
	}
}

// TestChurn subscribes and leaves while others publish, and checks that every
// subscriber sees an unbroken piece of its topic's sequence.
func TestChurn(t *testing.T) {
	const publishers, readers, events, rounds = 4, 8, 400, 30
	b := live.New(live.Options{Queue: 8})
	var all sync.WaitGroup
	for p := range publishers {
		all.Go(func() {
			for id := range int64(events) {
				b.Publish(event(fmt.Sprint(p), id))
			}
		})
	}
	for r := range readers {
		all.Go(func() {
			random := rand.New(rand.NewPCG(uint64(r), 0))
			for range rounds {
				ctx, cancel := context.WithCancel(t.Context())
				sub, err := b.Subscribe(ctx, fmt.Sprint(r%publishers))
				if err != nil {
					t.Error(err)
				}
				for range random.IntN(3) {
					select {
					case <-sub.C():
					default:
					}
				}
				if random.IntN(2) == 0 {
					cancel()
				} else {
					sub.Close()
				}
				unbroken(t, ids(sub))
				cancel()
			}
		})
	}
	all.Wait()
	if b.Len() != 0 {
		t.Errorf("%d left", b.Len())
	}
	b.Close()
}

func unbroken(t *testing.T, got []int64) {
	t.Helper()
	for i, id := range got {
		if id != got[0]+int64(i) {
			t.Errorf("a gap in %v", got)
			return
		}
	}
}

// FuzzBroker does what the bytes say, one step at a time, and compares with a
// list of what each subscriber should have.
func FuzzBroker(f *testing.F) {
	f.Add([]byte{0, 3, 6, 1, 4, 9, 2, 5, 8, 0, 3, 6, 6, 6, 6, 6, 6})
	f.Fuzz(func(t *testing.T, steps []byte) {
		type model struct {
			sub   *live.Subscription
			topic byte
			want  []int64
			done  bool
		}
		b := live.New(live.Options{Queue: 4, Subscribers: 5, PerTopic: 3})
		var models []*model
		for id, step := range steps {
			topic := step / 3 % 3
			switch step % 3 {
			case 0:
				if sub, err := b.Subscribe(t.Context(), string('a'+rune(topic))); err == nil {
					models = append(models, &model{sub: sub, topic: topic})
				}
			case 1:
				b.Publish(event(string('a'+rune(topic)), int64(id)))
				for _, m := range models {
					if m.topic == topic && !m.done {
						if m.done = len(m.want) == 4; !m.done {
							m.want = append(m.want, int64(id))
						}
					}
				}
			case 2:
				if len(models) > 0 {
					m := models[int(step)%len(models)]
					m.sub.Close()
					m.done = true
				}
			}
		}
		open := 0
		for _, m := range models {
			if !m.done {
				open++
			}
		}
		if b.Len() != open {
			t.Errorf("%d subscribers, want %d", b.Len(), open)
		}
		b.Close()
		for i, m := range models {
			if got := ids(m.sub); fmt.Sprint(got) != fmt.Sprint(m.want) {
				t.Errorf("subscriber %d got %v, want %v", i, got, m.want)
			}
		}
	})
}

// BenchmarkPublish publishes to one topic of 100 readers while 10,000 others read
// other topics, and alone. The two should cost the same.
func BenchmarkPublish(b *testing.B) {
	for _, others := range []int{0, 10_000} {
		b.Run(fmt.Sprintf("others=%d", others), func(b *testing.B) {
			br := live.New(live.Options{Subscribers: 20_000})
			for i := range others {
				mustSubscribe(b, br, fmt.Sprint("other", i%1000))
			}
			publish(b, br, 100)
		})
	}
}

// BenchmarkPublishTo10000 publishes to one topic with 10,000 readers.
func BenchmarkPublishTo10000(b *testing.B) {
	publish(b, live.New(live.Options{Subscribers: 10_000, PerTopic: 10_000}), 10_000)
}

func publish(b *testing.B, br *live.Broker, readers int) {
	defer br.Close()
	subs := make([]*live.Subscription, readers)
	for i := range subs {
		subs[i] = mustSubscribe(b, br, "a")
	}
	e := event("a", 1)
	b.ReportAllocs()
	for b.Loop() {
		br.Publish(e)
		for _, sub := range subs {
			<-sub.C()
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(readers), "ns/reader")
}

func BenchmarkActive(b *testing.B) {
	br := live.New(live.Options{})
	defer br.Close()
	mustSubscribe(b, br, "a")
	for b.Loop() {
		br.Active("b")
	}
}

func BenchmarkSubscribe(b *testing.B) {
	br := live.New(live.Options{})
	defer br.Close()
	b.ReportAllocs()
	for b.Loop() {
		sub, err := br.Subscribe(b.Context(), "a")
		if err != nil {
			b.Fatal(err)
		}
		sub.Close()
	}
}
