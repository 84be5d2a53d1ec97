package moderation

import (
	"context"
	"strconv"

	"postbag/models"
	"postbag/moderation/live"
)

// EventEncoder turns events into what goes over the wire. Package web provides
// it; a kind of "" leaves an event out.
type EventEncoder interface {
	// ThreadEvent encodes what readers of a thread are told; c is the comment as
	// it is now, nil for an event about none.
	ThreadEvent(e models.Event, c *models.Comment) (kind string, data []byte)
	// QueueEvent encodes what moderators are told; counts are those of the site.
	QueueEvent(site string, e models.Event, counts models.LaneCounts) (kind string, data []byte)
}

// EncodeEvents sets the encoder. Until then nothing is sent.
func (s *Service) EncodeEvents(enc EventEncoder) {
	s.encoderMu.Lock()
	defer s.encoderMu.Unlock()
	s.encoder = enc
}

// maxReplay bounds how many events a stream that resumes is caught up with;
// further back it starts anew.
const maxReplay = 1000

func threadTopic(article int64) string { return "thread/" + strconv.FormatInt(article, 10) }

// queueTopic names the queue of a site, of all sites for 0.
func queueTopic(site int64) string { return "queue/" + strconv.FormatInt(site, 10) }

// committed is told of every commit, of this process before Write returns, and
// of others soon after. Stale pages are gone when it returns; streams follow.
func (s *Service) committed(events []models.Event) {
	for _, e := range events {
		if e.Kind == models.EventSite {
			if err := s.reloadSites(s.life); err != nil {
				s.log.Error("a change of settings was not taken up", "error", err)
			}
			break
		}
	}
	s.pages.forget(events) // now that a page made anew shows the settings as they are
	select {
	case s.published <- events:
	case <-s.life.Done():
	}
}

// publish sends events to the streams, in order of their commits.
func (s *Service) publish(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case events := <-s.published:
			out, err := s.encode(ctx, events, s.listened)
			if err != nil {
				s.log.Error("live events were not sent", "error", err)
			}
			s.broker.Publish(out...)
		}
	}
}

// listened reports whether anybody follows a topic.
func (s *Service) listened(topic string) bool { return s.broker.Active(topic) }

// encode makes the events of the wanted topics ready to send, with one query
// for comments and one for counts.
func (s *Service) encode(ctx context.Context, events []models.Event, wanted func(string) bool) ([]live.Event, error) {
	s.encoderMu.RLock()
	enc := s.encoder
	s.encoderMu.RUnlock()
	if enc == nil {
		return nil, nil
	}
	var out []live.Event
	threads, err := s.encodeThreads(ctx, enc, events, wanted)
	if err != nil {
		return nil, err
	}
	out = append(out, threads...)
	queues, err := s.encodeQueues(ctx, enc, events, wanted)
	return append(out, queues...), err
}

func (s *Service) encodeThreads(ctx context.Context, enc EventEncoder, events []models.Event, wanted func(string) bool) ([]live.Event, error) {
	var relevant []models.Event
	var ids []int64
	for _, e := range events {
		if threadKind(e.Kind) && wanted(threadTopic(e.ArticleID)) {
			relevant, ids = append(relevant, e), append(ids, e.CommentID)
		}
	}
	if len(relevant) == 0 {
		return nil, nil
	}
	comments, err := s.store.Comments(ctx, ids)
	if err != nil {
		return nil, err
	}
	byID := make(map[int64]*models.Comment, len(comments))
	for i := range comments {
		byID[comments[i].ID] = &comments[i]
	}
	var out []live.Event
	for _, e := range relevant {
		if e.Kind == models.EventMoved {
			out = append(out, live.Event{ID: e.ID, Topic: threadTopic(e.ArticleID), Kind: "reset", Data: []byte("{}")})
			continue
		}
		c := byID[e.CommentID]
		// A later event tells of what has happened to the comment since.
		if c != nil && !c.Shown {
			e.Kind = models.EventHidden
		}
		if kind, data := enc.ThreadEvent(e, c); kind != "" {
			out = append(out, live.Event{ID: e.ID, Topic: threadTopic(e.ArticleID), Kind: kind, Data: data})
		}
	}
	return out, nil
}

func threadKind(k models.EventKind) bool {
	return k == models.EventShown || k == models.EventUpdated || k == models.EventHidden || k == models.EventMoved
}

func (s *Service) encodeQueues(ctx context.Context, enc EventEncoder, events []models.Event, wanted func(string) bool) ([]live.Event, error) {
	claims, err := s.claimsIn(ctx, events)
	if err != nil {
		return nil, err
	}
	var out []live.Event
	last := map[int64]models.Event{}
	all := wanted(queueTopic(0))
	for _, e := range events {
		e.Claim = claims[e.CommentID]
		site, ok := s.sites.byID(e.SiteID)
		if !ok || !queueKind(e.Kind) || !all && !wanted(queueTopic(e.SiteID)) {
			continue
		}
		if kind, data := enc.QueueEvent(site.Key, e, models.LaneCounts{}); kind != "" {
			out = append(out, forQueues(e, kind, data)...)
		}
		last[e.SiteID] = e
	}
	if len(last) == 0 {
		return nil, nil
	}
	counts, err := s.store.LaneCounts(ctx, keys(last))
	if err != nil {
		return out, err
	}
	for id, e := range last {
		site, _ := s.sites.byID(id)
		e.Kind = models.EventCounts
		if kind, data := enc.QueueEvent(site.Key, e, counts[id]); kind != "" {
			out = append(out, forQueues(e, kind, data)...)
		}
	}
	return out, nil
}

// claimsIn returns the claims in force on comments that events say were claimed.
func (s *Service) claimsIn(ctx context.Context, events []models.Event) (map[int64]*models.Claim, error) {
	var ids []int64
	for _, e := range events {
		if e.Kind == models.EventClaimed {
			ids = append(ids, e.CommentID)
		}
	}
	found, err := s.store.ClaimsOf(ctx, ids, s.clock())
	claims := make(map[int64]*models.Claim, len(found))
	for id, c := range found {
		claims[id] = &c
	}
	return claims, err
}

func queueKind(k models.EventKind) bool {
	return k == models.EventEntered || k == models.EventLeft || k == models.EventClaimed || k == models.EventReleased
}

// forQueues addresses an event to the queue of its site and to that of all.
func forQueues(e models.Event, kind string, data []byte) []live.Event {
	return []live.Event{
		{ID: e.ID, Topic: queueTopic(e.SiteID), Kind: kind, Data: data},
		{ID: e.ID, Topic: queueTopic(0), Kind: kind, Data: data},
	}
}

// ThreadStream follows a thread. since is the id of the last event the reader
// saw, 0 for none; what came after it is returned beside the subscription, or
// ErrReset when too much did.
func (s *Service) ThreadStream(ctx context.Context, siteKey string, key string, ref models.ArticleRef, since int64) (*live.Subscription, []live.Event, error) {
	site, err := s.site(siteKey)
	if err != nil {
		return nil, nil, err
	}
	article, err := s.find(ctx, site, key, ref)
	if err != nil {
		return nil, nil, err
	}
	if article == 0 {
		return nil, nil, models.Refuse(models.CodeNotFound, "This page has no comments yet, so there is nothing to follow.")
	}
	return s.stream(ctx, threadTopic(article), since)
}

// QueueStream follows the queue of a site, of all sites for the empty key, like
// ThreadStream.
func (s *Service) QueueStream(ctx context.Context, siteKey string, since int64) (*live.Subscription, []live.Event, error) {
	var id int64
	if siteKey != "" {
		site, err := s.site(siteKey)
		if err != nil {
			return nil, nil, err
		}
		id = site.ID
	}
	return s.stream(ctx, queueTopic(id), since)
}

// stream subscribes first and catches up afterwards, so that nothing falls
// between; an event may come twice, with the same id.
func (s *Service) stream(ctx context.Context, topic string, since int64) (*live.Subscription, []live.Event, error) {
	sub, err := s.broker.Subscribe(ctx, topic)
	if err != nil {
		return nil, nil, busy("Too many pages are being followed at once.")
	}
	replay, err := s.replay(ctx, topic, since)
	if err != nil {
		sub.Close()
		return nil, nil, err
	}
	return sub, replay, nil
}

func (s *Service) replay(ctx context.Context, topic string, since int64) ([]live.Event, error) {
	if since <= 0 {
		return nil, nil
	}
	oldest, err := s.store.OldestEvent(ctx)
	if err != nil {
		return nil, err
	}
	events, err := s.store.EventsSince(ctx, since, maxReplay)
	if err != nil {
		return nil, err
	}
	if since < oldest-1 || len(events) == maxReplay {
		last, err := s.store.LastEvent(ctx)
		return []live.Event{{ID: last, Topic: topic, Kind: "reset", Data: []byte("{}")}}, err
	}
	out, err := s.encode(ctx, events, func(t string) bool { return t == topic })
	wanted := out[:0]
	for _, e := range out {
		if e.Topic == topic {
			wanted = append(wanted, e)
		}
	}
	return wanted, err
}

func keys[K comparable, V any](m map[K]V) []K {
	list := make([]K, 0, len(m))
	for k := range m {
		list = append(list, k)
	}
	return list
}
