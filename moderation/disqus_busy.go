package moderation

import (
	"context"
	"sync"
	"time"

	"postbag/models"
	"postbag/models/store"
)

const (
	popularScan = 5000 // comments counted for what is popular
	maxPopular  = 90 * 24 * time.Hour
	topPeriod   = 30 * 24 * time.Hour // whose comments count for a list of commenters
	busyAge     = time.Minute         // of a count before it is made again
	maxBusy     = 1000                // counts kept
)

// DisqusPopular returns the articles with the most comments in a time of at
// most 90 days, the busiest first, counted over the site's latest 5,000
// comments. The count can be a minute old.
func (s *Service) DisqusPopular(ctx context.Context, q DisqusQuery, within time.Duration) ([]*DisqusThread, error) {
	site, err := s.checkDisqus(&q)
	if err != nil {
		return nil, err
	}
	if within <= 0 || within > maxPopular {
		return nil, models.Invalid("interval", "Use a time of at most 90 days.")
	}
	busy, err := s.busiest(ctx, busyKey{site.ID, store.ByArticle, within})
	if err != nil {
		return nil, err
	}
	busy = busy[:min(len(busy), q.Limit)]
	found, err := s.threadsOf(ctx, site.ID, busyIDs(busy))
	if err != nil {
		return nil, err
	}
	list := make([]*DisqusThread, 0, len(busy))
	for _, b := range busy {
		if t := found[b.ID]; t != nil {
			t.Recent = b.N
			list = append(list, t)
		}
	}
	return list, nil
}

// DisqusTop returns up to limit named authors with the most approved comments
// of the last 30 days, the busiest first, counted over the site's latest 5,000
// comments. The count can be a minute old.
func (s *Service) DisqusTop(ctx context.Context, siteKey string, limit int) ([]DisqusAuthor, error) {
	q := DisqusQuery{Site: siteKey, Limit: limit}
	site, err := s.checkDisqus(&q)
	if err != nil {
		return nil, err
	}
	busy, err := s.busiest(ctx, busyKey{site.ID, store.ByAuthor, topPeriod})
	if err != nil {
		return nil, err
	}
	authors, err := s.store.Authors(ctx, busyIDs(busy))
	if err != nil {
		return nil, err
	}
	list := make([]DisqusAuthor, 0, q.Limit)
	for _, b := range busy {
		if name := authors[b.ID].Name; name != "" && len(list) < q.Limit {
			list = append(list, DisqusAuthor{Name: name, Comments: b.N})
		}
	}
	return list, nil
}

func busyIDs(list []store.Busy) []int64 {
	ids := make([]int64, len(list))
	for i, b := range list {
		ids[i] = b.ID
	}
	return ids
}

// busyCounts keeps what was counted for up to busyAge, since pages show such
// lists to every reader. The zero value is ready.
type busyCounts struct {
	mu     sync.Mutex
	counts map[busyKey]*busyCount
}

type busyKey struct {
	site   int64
	by     string
	within time.Duration
}

// busyCount is made by one of those who ask; the others wait for it.
type busyCount struct {
	mu   sync.Mutex
	at   time.Time // zero before the first
	list []store.Busy
}

func (b *busyCounts) of(k busyKey) *busyCount {
	b.mu.Lock()
	defer b.mu.Unlock()
	if c := b.counts[k]; c != nil {
		return c
	}
	if b.counts == nil || len(b.counts) >= maxBusy {
		b.counts = map[busyKey]*busyCount{}
	}
	c := new(busyCount)
	b.counts[k] = c
	return c
}

// busiest returns the MaxPage busiest, which must not be changed.
func (s *Service) busiest(ctx context.Context, k busyKey) ([]store.Busy, error) {
	c := s.busy.of(k)
	c.mu.Lock()
	defer c.mu.Unlock()
	now := s.clock()
	if age := now.Sub(c.at); !c.at.IsZero() && age >= 0 && age < busyAge {
		return c.list, nil
	}
	list, err := s.store.Busiest(ctx, k.by, k.site, now.Add(-k.within), MaxPage, popularScan)
	if err != nil {
		return nil, err
	}
	c.at, c.list = now, list
	return list, nil
}
