package moderation

import (
	"cmp"
	"context"
	"fmt"
	"strings"
	"sync"
	"sync/atomic"

	"postbag/models"
	"postbag/moderation/rules"
)

// siteEntry is one site with its rules, ready to use. It never changes; a
// change of the site makes a new one.
type siteEntry struct {
	models.Site
	sso      models.SSO
	key      string // public, by which programs name the site
	engine   *rules.Engine
	revision int                // of the rules in the engine; verdicts name it
	floods   []rules.FloodQuery // what the engine asks about copies
	watched  []models.Rule      // what the brake may have to stop
}

// membersOnly reports whether only readers who are signed in may comment.
func (e *siteEntry) membersOnly() bool { return e.sso.On() && e.sso.MembersOnly }

// registry holds all sites in memory, replaced in whole.
type registry struct {
	current atomic.Pointer[siteMap]
	loading sync.Mutex
}

type siteMap struct {
	keys   map[string]*siteEntry
	ids    map[int64]*siteEntry
	public map[string]*siteEntry // by public key; nil where several sites have the same
	list   []*siteEntry          // by key
}

// byKey finds a site. Capitals do not count: a shortname of Disqus is the name of
// a host, and pages have it in any case.
func (r *registry) byKey(key string) (*siteEntry, bool) {
	e, ok := r.current.Load().keys[strings.ToLower(key)]
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
	logins, err := s.store.SSOs(ctx)
	if err != nil {
		return err
	}
	next := &siteMap{keys: map[string]*siteEntry{}, ids: map[int64]*siteEntry{}, public: map[string]*siteEntry{}}
	for _, site := range sites {
		// The rules of the very revision that the site was read with, so that a
		// verdict never names another one than judged.
		list, err := s.store.RulesAt(ctx, site.ID, site.Revision)
		if err != nil {
			return fmt.Errorf("read rules of %s: %w", site.Key, err)
		}
		entry := s.compile(site, list)
		entry.sso = logins[site.ID]
		entry.key = cmp.Or(entry.sso.APIKey, s.publicKey(site.Key))
		next.add(entry)
		if len(entry.floods) == 0 {
			s.floods.drop(site.ID)
		}
	}
	s.sites.current.Store(next)
	return nil
}

func (m *siteMap) add(entry *siteEntry) {
	m.keys[entry.Key], m.ids[entry.ID] = entry, entry
	m.list = append(m.list, entry)
	if _, taken := m.public[entry.key]; taken {
		m.public[entry.key] = nil
		return
	}
	m.public[entry.key] = entry
}

// compile makes a site ready to use. Stored rules were checked when they were
// saved; should one fail all the same, the last good engine stays, and without
// one every comment is held.
func (s *Service) compile(site models.Site, list []models.Rule) *siteEntry {
	last := &siteEntry{}
	if current := s.sites.current.Load(); current != nil && current.ids[site.ID] != nil {
		last = current.ids[site.ID]
	}
	entry := &siteEntry{Site: site, engine: last.engine, revision: last.revision}
	if last.engine == nil || last.revision != site.Revision {
		s.compileRules(entry, list)
	}
	entry.floods, entry.watched = entry.engine.FloodQueries(), braked(entry.engine.Rules())
	return entry
}

func (s *Service) compileRules(entry *siteEntry, list []models.Rule) {
	engine, err := rules.Compile(list, entry.engine)
	if err != nil {
		s.log.Error("a stored rule does not compile", "site", entry.Key, "error", err)
	}
	switch {
	case err == nil:
		entry.engine, entry.revision = engine, entry.Revision
	case entry.engine == nil:
		entry.engine, entry.revision = rules.Failing(err), entry.Revision
	}
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
