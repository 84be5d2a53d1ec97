package moderation

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/klauspost/compress/gzip"
	"github.com/maypok86/otter/v2"
	"golang.org/x/sync/singleflight"

	"postbag/models"
	"postbag/models/store"
)

// pages keeps thread pages as they go over the wire, and which article a page
// of the site means, so that a repeated read costs two look-ups in memory.
//
// Every page belongs to the epoch of its article. A change to the article ends
// the epoch: its pages are not found any more, and those of other articles stay
// where they are. A page that was being built meanwhile is stored under the old
// epoch and so is never served.
type pages struct {
	ready   *otter.Cache[pageKey, *Page]
	names   *otter.Cache[nameKey, named]
	flights singleflight.Group
	epochs  sync.Map // article id → *epoch
	ages    sync.Map // site id → *nameAge
	empty   sync.Map // site id → *epoch, of the page of an unknown article
}

type epoch struct{ _ byte } // compared by address

type pageKey struct {
	epoch   *epoch
	encoder string
	query   ThreadQuery // without site and names
}

// nameKey is how a page of a site names itself, or the key of an article.
type nameKey struct {
	site            int64
	ident, url, key string
}

// nameAge counts what makes remembered names of a site old.
type nameAge struct {
	added atomic.Uint64 // grows when an article gets another name
	moved atomic.Uint64 // grows when a name goes to another article
}

// named is the article that a name means, 0 when none does. An exact name means
// the same article until names move; any other answer holds until some are
// added.
type named struct {
	article      int64
	exact        bool
	added, moved uint64
}

const (
	defaultPageBytes = 64 << 20
	maxNames         = 100_000
	pageOverhead     = 512
)

func newPages(maxBytes int) (*pages, error) {
	if maxBytes <= 0 {
		maxBytes = defaultPageBytes
	}
	ready, err := otter.New(&otter.Options[pageKey, *Page]{
		MaximumWeight: uint64(maxBytes),
		Weigher: func(k pageKey, p *Page) uint32 {
			return uint32(len(p.Plain) + len(p.Gzip) + len(k.query.Cursor) + pageOverhead)
		},
	})
	if err != nil {
		return nil, err
	}
	names, err := otter.New(&otter.Options[nameKey, named]{MaximumSize: maxNames})
	return &pages{ready: ready, names: names}, err
}

func (p *pages) close() {
	p.ready.StopAllGoroutines()
	p.names.StopAllGoroutines()
}

// epochOf returns the current epoch of an article, or of the unknown article of
// a site.
func (p *pages) epochOf(article, site int64) *epoch {
	of, key := &p.epochs, article
	if article == 0 {
		of, key = &p.empty, site
	}
	if e, ok := of.Load(key); ok {
		return e.(*epoch)
	}
	e, _ := of.LoadOrStore(key, new(epoch))
	return e.(*epoch)
}

func (p *pages) age(site int64) *nameAge {
	a, ok := p.ages.Load(site)
	if !ok {
		a, _ = p.ages.LoadOrStore(site, new(nameAge))
	}
	return a.(*nameAge)
}

// unnamed is a meaning that is about to be looked up, in the state of the names
// before.
func (p *pages) unnamed(site int64) named {
	age := p.age(site)
	return named{added: age.added.Load(), moved: age.moved.Load()}
}

// name returns the remembered meaning of a name, if it still holds.
func (p *pages) name(k nameKey) (named, bool) {
	n, ok := p.names.GetIfPresent(k)
	now := p.unnamed(k.site)
	if !ok || n.moved != now.moved || !n.exact && n.added != now.added {
		return named{}, false
	}
	return n, true
}

// forget ends the epochs that events are about.
func (p *pages) forget(events []models.Event) {
	for _, e := range events {
		switch e.Kind {
		case models.EventShown, models.EventUpdated, models.EventHidden:
			p.epochs.Delete(e.ArticleID)
		case models.EventArticle:
			p.epochs.Delete(e.ArticleID)
			p.age(e.SiteID).added.Add(1)
		case models.EventMoved:
			p.epochs.Delete(e.ArticleID)
			p.age(e.SiteID).moved.Add(1)
		case models.EventSite:
			p.empty.Delete(e.SiteID)
			p.epochs.Clear() // settings show on every page; they change rarely
		}
	}
}

// newPage encodes and compresses a page.
func newPage(t Thread, enc Encoder) (*Page, error) {
	plain, err := enc.Encode(t)
	if err != nil {
		return nil, fmt.Errorf("encode thread: %w", err)
	}
	var packed bytes.Buffer
	w, err := gzip.NewWriterLevel(&packed, gzip.DefaultCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	sum := sha256.Sum256(plain)
	tag := base64.RawURLEncoding.EncodeToString(sum[:12])
	return &Page{Plain: plain, Gzip: packed.Bytes(), ETag: `"` + tag + `"`, GzipETag: `"` + tag + `-g"`, ContentType: enc.ContentType}, nil
}

// choose picks the article that a page means: its identifier first, then its
// exact URL, then the normalised one. names are in that order.
func choose(names []store.Alias, found map[store.Alias]int64) (article int64, exact bool) {
	for i, n := range names {
		if id, ok := found[n]; ok {
			return id, i == 0
		}
	}
	return 0, false
}
