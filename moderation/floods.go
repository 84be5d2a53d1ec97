package moderation

import (
	"context"
	"fmt"
	"math"
	"sync"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/flood"
	"postbag/moderation/keyword"
	"postbag/moderation/rules"
)

// Bounds of what is remembered for flood rules.
const (
	keepSketches   = flood.MaxWindow
	maxSketches    = 200_000 // of one site, about 60 MB; beyond it the oldest are forgotten
	sketchesAtOnce = 5_000   // read from the database
)

// floods remembers, for each site with a rule that asks, what was posted lately,
// and finds copies of a new text.
//
// The truth is the table of sketches. An index is a copy of its last 72 hours in
// memory, and exact at the moment of a decision: comments are decided inside the
// writing transaction, of which there is one at a time on either database, and
// before anything is looked up there, the index takes up what other processes
// have added since (Sketch.ID grows in the order of commits). When a transaction
// fails, what it has entered is not true, and the index is dropped; the next
// comment reads it anew, before its transaction begins.
type floods struct {
	mu    sync.Mutex
	seed  uint64
	sites map[int64]*floodIndex
}

// floodIndex is the index of one site. Once it is in floods, only the writing
// transaction uses it.
type floodIndex struct {
	*flood.Index
	last int64 // id of the latest sketch in it
}

func (f *floods) get(site int64) *floodIndex {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.sites[site]
}

// put keeps an index, unless the site has got one in the meantime.
func (f *floods) put(site int64, ix *floodIndex) *floodIndex {
	f.mu.Lock()
	defer f.mu.Unlock()
	if known := f.sites[site]; known != nil {
		return known
	}
	f.sites[site] = ix
	return ix
}

func (f *floods) drop(sites ...int64) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for _, id := range sites {
		delete(f.sites, id)
	}
}

// warm reads the index of a site while others may write.
func (s *Service) warmFloods(ctx context.Context, site int64) error {
	if s.floods.get(site) != nil {
		return nil
	}
	ix := &floodIndex{Index: flood.New(maxSketches, s.floods.seed)}
	if err := ix.catchUp(ctx, s.store.Query, site, s.clock()); err != nil {
		return err
	}
	s.floods.put(site, ix)
	return nil
}

// openFloods returns the index of a site as it is in the writing transaction.
func (s *Service) openFloods(ctx context.Context, tx *store.Tx, site int64) (*floodIndex, error) {
	ix := s.floods.get(site)
	if ix == nil {
		ix = s.floods.put(site, &floodIndex{Index: flood.New(maxSketches, s.floods.seed)})
	}
	if err := ix.catchUp(ctx, tx.Query, site, tx.Now); err != nil {
		s.floods.drop(site)
		return nil, err
	}
	return ix, nil
}

// catchUp takes up what was added to the database since.
func (ix *floodIndex) catchUp(ctx context.Context, q store.Query, site int64, now time.Time) error {
	since := now.Add(-keepSketches).UnixMilli()
	ix.Prune(since)
	for {
		sketches, err := q.SketchesSince(ctx, site, ix.last, since, sketchesAtOnce)
		if err != nil {
			return fmt.Errorf("read sketches: %w", err)
		}
		for i := range sketches {
			ix.enter(&sketches[i])
		}
		if len(sketches) < sketchesAtOnce {
			return nil
		}
	}
}

// enter adds a stored sketch. One from a way of sketching that is no longer
// known is passed over: it can be compared with nothing.
func (ix *floodIndex) enter(s *store.Sketch) {
	ix.last = s.ID
	signature, err := flood.Parse(s.Sketch)
	if err == nil {
		ix.Add(flood.Entry{ID: s.CommentID, At: s.At, Author: s.AuthorID, Article: s.ArticleID, Signature: signature})
	}
}

// sketch reads a text for flood rules.
func sketch(text string, links []string) flood.Signature {
	return flood.Sketch(keyword.Flat(text), len(links) > 0)
}

// floodFacts answers what the rules ask about copies of a comment. Two rules that
// ask the same share the answer. A text that says too little to be anybody's copy
// has no answers.
func floodFacts(ix *flood.Index, e flood.Entry, queries []rules.FloodQuery) []rules.FloodFact {
	answers := map[flood.Reach]flood.Cluster{}
	var facts []rules.FloodFact
	for _, q := range queries {
		reach := floodReach(q)
		cluster, ok := answers[reach]
		if !ok {
			cluster = ix.Look(e, reach)
			answers[reach] = cluster
		}
		if cluster.Copies > 0 {
			facts = append(facts, floodFact(q.Rule, cluster))
		}
	}
	return facts
}

func floodReach(q rules.FloodQuery) flood.Reach {
	return flood.Reach{Window: time.Duration(q.Hours) * time.Hour, Similarity: float64(q.Similarity) / 100, SameArticle: q.Article}
}

// floodFact states a cluster as a fact for one rule.
func floodFact(rule int64, c flood.Cluster) rules.FloodFact {
	return rules.FloodFact{
		Rule: rule, Copies: c.Copies, Authors: c.Authors, Articles: c.Articles, First: c.First, Since: c.Since,
		Similarity: int(math.Round(100 * c.Similarity)),
	}
}

// newSketch is the sketch of a comment to be stored.
func newSketch(c *models.Comment, signature flood.Signature, now time.Time) store.Sketch {
	return store.Sketch{
		CommentID: c.ID, SiteID: c.SiteID, AuthorID: c.AuthorID, ArticleID: c.ArticleID, At: now.UnixMilli(), Sketch: signature.Bytes(),
	}
}
