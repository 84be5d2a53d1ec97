// Package live hands events from the process that commits them to the readers and
// moderators who watch: the in-process half of server-sent events. The service
// publishes after commit; an HTTP handler subscribes for each open stream. It keeps
// no history: the event table is the truth, from which a stream that reconnects
// with Last-Event-ID is caught up.
//
// # Guarantees
//
// Publish never waits for a subscriber. Each has a queue of its own of fixed size;
// one that does not drain it is dropped, its channel closed and its Err ErrSlow, and
// is expected to connect again. Until then a subscriber receives every event of its
// topic that is published after Subscribe returned, in the order of publication,
// without gaps.
//
// A subscriber that needs what came before subscribes first, then reads the table,
// then skips what it has seen by ID: no event can fall between.
//
// # Cost
//
// Subscribers are kept per topic, so that publishing costs a map lookup and one
// channel send for each subscriber of that topic, whatever the other topics hold.
// Topics are spread over shards with a lock each, so that two topics seldom wait for
// each other, and never for longer than the sends to one of them. A topic without subscribers takes no memory. Active tells a
// publisher whether anybody listens, before it encodes anything.
//
// Events, with their Data, are shared by all subscribers and must not be changed.
package live
