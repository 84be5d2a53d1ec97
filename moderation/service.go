package moderation

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"sync"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/live"
)

// Options are what a Service needs beside its database. The zero value is
// usable.
type Options struct {
	Clock  func() time.Time // nil means time.Now
	Rand   io.Reader        // of secrets; nil means crypto/rand
	Logger *slog.Logger     // nil discards
	// PageBytes bounds the memory of ready-made thread pages; 0 means 64 MiB.
	PageBytes int
	// Uploads is the folder where files wait to be imported; empty means the
	// system's folder for temporary files, where nothing is cleaned up.
	Uploads string
	// MaxUpload is how large an uploaded file may be, in bytes; 0 means
	// DefaultMaxUpload.
	MaxUpload int64
}

// Service is the one door to everything that Postbag stores. It is safe for
// concurrent use.
type Service struct {
	store  *store.Store
	clock  func() time.Time
	rand   io.Reader
	log    *slog.Logger
	secret []byte // keys the hashes of addresses and the edit tokens

	sites  registry
	floods floods
	brakes brakes
	pages  *pages
	busy   busyCounts
	posts  *batcher
	broker *live.Broker

	encoderMu sync.RWMutex
	encoder   EventEncoder

	uploads    string
	maxUpload  int64
	rehearsals rehearsals

	ruleSaves sync.Mutex // those of this process follow one another

	published chan []models.Event // committed, to be sent to the streams

	life    context.Context // of the workers
	stop    context.CancelFunc
	workers sync.WaitGroup
}

// New opens the service on a database. Close it before the store.
func New(ctx context.Context, st *store.Store, o Options) (*Service, error) {
	s := &Service{store: st, clock: o.Clock, rand: o.Rand, log: o.Logger, uploads: o.Uploads, maxUpload: o.MaxUpload, published: make(chan []models.Event, 256)}
	if s.clock == nil {
		s.clock = time.Now
	}
	if s.rand == nil {
		s.rand = rand.Reader
	}
	if s.log == nil {
		s.log = slog.New(slog.DiscardHandler)
	}
	if s.maxUpload <= 0 {
		s.maxUpload = DefaultMaxUpload
	}
	if err := s.loadSecret(ctx); err != nil {
		return nil, fmt.Errorf("open service: %w", err)
	}
	s.floods = floods{seed: binary.BigEndian.Uint64(s.sign("flood", "")), sites: map[int64]*floodIndex{}}
	s.brakes = brakes{over: map[ruleVersion]bool{}, failed: map[ruleVersion]time.Time{}, carried: newTallies()}
	seen, err := st.LastEvent(ctx) // before anything is read that an event may change
	if err != nil {
		return nil, fmt.Errorf("open service: %w", err)
	}
	if err := s.loadSites(ctx); err != nil {
		return nil, fmt.Errorf("open service: %w", err)
	}
	pages, err := newPages(o.PageBytes)
	if err != nil {
		return nil, fmt.Errorf("open service: %w", err)
	}
	s.pages, s.broker = pages, live.New(live.Options{})
	s.life, s.stop = context.WithCancel(context.WithoutCancel(ctx))
	st.OnCommit(s.committed)
	s.start(s.life, seen)
	return s, nil
}

// start runs the workers that live as long as the service: the batcher, the
// follower of other processes' events after one that was seen, and the daily
// cleaning.
func (s *Service) start(ctx context.Context, seen int64) {
	s.posts = newBatcher(s.submitAll)
	s.run(func() { s.posts.run() })
	s.run(func() {
		s.store.Follow(ctx, seen, s.committed, func(err error) { s.log.Error("lost touch with the database's events", "error", err) })
	})
	s.run(func() { s.publish(ctx) })
	s.run(func() { s.clean(ctx) })
}

func (s *Service) run(work func()) {
	s.workers.Add(1)
	go func() {
		defer s.workers.Done()
		work()
	}()
}

// Close ends all streams, finishes what was accepted, and stops the workers.
// The store stays open.
func (s *Service) Close(ctx context.Context) error {
	s.broker.Close()
	s.posts.close()
	s.stop()
	done := make(chan struct{})
	go func() { s.workers.Wait(); close(done) }()
	select {
	case <-done:
		s.pages.close()
		return nil
	case <-ctx.Done():
		return fmt.Errorf("close service: %w", ctx.Err())
	}
}

// Ready reports whether the database answers.
func (s *Service) Ready(ctx context.Context) error { return s.store.Ping(ctx) }

// Check recounts everything that is counted and returns what does not agree.
func (s *Service) Check(ctx context.Context) ([]store.Problem, error) { return s.store.Check(ctx) }

func (s *Service) loadSecret(ctx context.Context) error {
	fresh := make([]byte, 32)
	if _, err := io.ReadFull(s.rand, fresh); err != nil {
		return err
	}
	value, err := s.store.Setting(ctx, "secret")
	if errors.Is(err, store.ErrNotFound) {
		err = s.store.Write(ctx, func(tx *store.Tx) (err error) {
			value, err = tx.SetSetting(ctx, "secret", hex.EncodeToString(fresh))
			return err
		})
	}
	if err != nil {
		return err
	}
	s.secret, err = hex.DecodeString(value)
	return err
}

// sign returns a keyed hash of a message. Every purpose has signatures of its
// own, so that one kind of secret never passes for another.
func (s *Service) sign(purpose, message string) []byte {
	mac := hmac.New(sha256.New, s.secret)
	_, _ = io.WriteString(mac, purpose+"\x00"+message)
	return mac.Sum(nil)[:16]
}

// editToken lets the reader who wrote a comment change it, and be known as its
// author when writing the next one. It can be made again from the comment, so
// that a repeated submission gets the same answer.
func (s *Service) editToken(c *models.Comment) string {
	return c.PublicID() + "." + base64.RawURLEncoding.EncodeToString(s.sign("edit", c.PublicID()+"/"+c.Key))
}

// translate turns the store's errors into refusals that name what was looked
// for.
func translate(err error, what string) error {
	switch {
	case errors.Is(err, store.ErrNotFound):
		return models.Refuse(models.CodeNotFound, "There is no such %s.", what)
	case errors.Is(err, store.ErrConflict):
		return models.Refuse(models.CodeConflict, "The %s changed in the meantime. Look at it again before you go on.", what)
	}
	return err
}
