package moderation

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"

	"postbag/models"
	"postbag/moderation/rules"
)

// siteEntry is one site with its rules, ready to use. It never changes; a
// change of the site makes a new one.
type siteEntry struct {
	models.Site
	rules  []models.Rule
	engine *rules.Engine
}

// registry holds all sites in memory, replaced in whole.
type registry struct {
	current atomic.Pointer[siteMap]
	loading sync.Mutex
}

type siteMap struct {
	keys map[string]*siteEntry
	ids  map[int64]*siteEntry
	list []*siteEntry // by key
}

func (r *registry) byKey(key string) (*siteEntry, bool) {
	e, ok := r.current.Load().keys[key]
	return e, ok
}

func (r *registry) byID(id int64) (*siteEntry, bool) {
	e, ok := r.current.Load().ids[id]
	return e, ok
}

// site returns a site by its key, or the refusal that it does not exist.
func (s *Service) site(key string) (*siteEntry, error) {
	if e, ok := s.sites.byKey(key); ok {
		return e, nil
	}
	return nil, models.Refuse(models.CodeNotFound, "There is no site %q here. Check the site key in the embed code.", clip(key, 40))
}

// loadSites reads all sites and compiles their rules.
func (s *Service) loadSites(ctx context.Context) error {
	s.sites.loading.Lock()
	defer s.sites.loading.Unlock()
	sites, err := s.store.Sites(ctx)
	if err != nil {
		return err
	}
	next := &siteMap{keys: map[string]*siteEntry{}, ids: map[int64]*siteEntry{}}
	for _, site := range sites {
		entry := &siteEntry{Site: site}
		if entry.rules, err = s.store.Rules(ctx, site.ID); err != nil {
			return fmt.Errorf("read rules of %s: %w", site.Key, err)
		}
		entry.engine = s.compile(entry)
		next.keys[site.Key], next.ids[site.ID] = entry, entry
		next.list = append(next.list, entry)
	}
	s.sites.current.Store(next)
	return nil
}

// compile makes the engine of a site. Stored rules were checked when they were
// saved; should one fail all the same, the last good engine stays, and without
// one every comment is held.
func (s *Service) compile(entry *siteEntry) *rules.Engine {
	engine, err := rules.Compile(entry.rules)
	if err == nil {
		return engine
	}
	s.log.Error("a stored rule does not compile", "site", entry.Key, "error", err)
	if last := s.sites.current.Load(); last != nil && last.ids[entry.ID] != nil {
		return last.ids[entry.ID].engine
	}
	return rules.Failing(err)
}

// reloadSites takes up a change of sites or rules. Other processes learn of it
// by its event.
func (s *Service) reloadSites(ctx context.Context) error {
	if err := s.loadSites(ctx); err != nil {
		return fmt.Errorf("reload sites: %w", err)
	}
	return nil
}

// clip shortens a text from outside before it is repeated.
func clip(text string, n int) string {
	if r := []rune(text); len(r) > n {
		return string(r[:n]) + "…"
	}
	return text
}
