package moderation

import (
	"context"
	"fmt"
	"reflect"
	"slices"
	"sync"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

const (
	maxDifferences  = 20 // told of one verdict, and verdicts told of many
	replayedEngines = 16 // kept at a time
)

// Replay judges a comment again, once for each verdict on it, oldest first: by
// the rules that were in force then, the facts that were stored with the verdict
// and the text that it was about. The findings must be the stored ones, to the
// bit. CodeNotFound: nothing was kept, because the comment was imported or is
// older than the record.
func (s *Service) Replay(ctx context.Context, comment string) ([]Replayed, error) {
	c, err := s.comment(ctx, comment)
	if err != nil {
		return nil, err
	}
	r := replayer{s: s, site: c.SiteID}
	verdicts, err := s.store.Verdicts(ctx, c.ID)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	if len(verdicts) == 0 {
		return nil, models.Refuse(models.CodeNotFound, "Nothing is on record of how this comment was judged: it was imported, or is older than the record.")
	}
	moments, err := s.momentsOf(ctx, c.ID, c.Text, verdicts)
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	list, err := r.all(ctx, &past{PastComment: store.PastComment{ID: c.ID, AuthorName: c.AuthorName}, moments: moments})
	if err != nil {
		return nil, fmt.Errorf("replay: %w", err)
	}
	return list, nil
}

// ReplayAll replays every verdict on the comments of a span, and counts those
// that come out as they are stored: all, unless the record or the rules' code is
// not what it was. progress, when set, is told now and then how many comments are
// done, and of how many.
func (s *Service) ReplayAll(ctx context.Context, req ReplayRequest, progress func(done, total int64)) (ReplaySummary, error) {
	var sum ReplaySummary
	site, err := s.site(req.Site)
	if err != nil {
		return sum, err
	}
	from, to := spanOf(req.From, req.To)
	total, err := s.store.CountPast(ctx, site.ID, from, to)
	if err != nil {
		return sum, fmt.Errorf("replay: %w", err)
	}
	r := replayer{s: s, site: site.ID}
	err = s.scan(ctx, site.ID, from, to, r.prepare, func(p *past) error {
		sum.add(p)
		if progress != nil && sum.Comments%progressEvery == 0 {
			progress(int64(sum.Comments), max(total, int64(sum.Comments)))
		}
		return nil
	})
	if err != nil {
		return sum, fmt.Errorf("replay: %w", err)
	}
	return sum, nil
}

func (r *ReplaySummary) add(p *past) {
	r.Comments++
	if len(p.replayed) == 0 {
		r.Without++
	}
	for _, v := range p.replayed {
		r.Verdicts++
		if v.Equal {
			r.Equal++
			continue
		}
		r.Different++
		if len(r.First) < maxDifferences {
			r.First = append(r.First, v)
		}
	}
}

// replayer judges again, with the rules of any revision of a site.
type replayer struct {
	s    *Service
	site int64

	mu      sync.Mutex
	engines map[int]*rules.Engine // by revision
}

// engine returns the rules as they were in a revision. Comments come in order of
// time, so a few revisions at a time are enough.
func (r *replayer) engine(ctx context.Context, revision int) (*rules.Engine, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if e := r.engines[revision]; e != nil {
		return e, nil
	}
	list, err := r.s.store.RulesAt(ctx, r.site, revision)
	if err != nil {
		return nil, err
	}
	e, err := rules.Compile(list, nil)
	if err != nil {
		return nil, fmt.Errorf("rules of revision %d: %w", revision, err)
	}
	if r.engines == nil || len(r.engines) >= replayedEngines {
		r.engines = map[int]*rules.Engine{}
	}
	r.engines[revision] = e
	return e, nil
}

// prepare replays some comments.
func (r *replayer) prepare(ctx context.Context, comments []past) error {
	stored, err := r.current(ctx, comments)
	if err != nil {
		return err
	}
	for i := range comments {
		p := &comments[i]
		if p.Facts == "" {
			continue
		}
		if err := r.s.recorded(ctx, p); err != nil {
			return err
		}
		if p.Edited {
			p.replayed, err = r.all(ctx, p)
		} else {
			var one Replayed
			one, err = r.one(ctx, p, &p.moments[0], stored[p.ID])
			p.replayed = []Replayed{one}
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// current reads the findings of comments that were not edited, all at once.
func (r *replayer) current(ctx context.Context, comments []past) (map[int64][]models.Finding, error) {
	var ids []int64
	for i := range comments {
		if !comments[i].Edited {
			ids = append(ids, comments[i].ID)
		}
	}
	return r.s.store.Findings(ctx, ids)
}

// all replays every verdict on a comment.
func (r *replayer) all(ctx context.Context, p *past) ([]Replayed, error) {
	stored, err := r.s.store.FindingsByVerdict(ctx, p.ID)
	if err != nil {
		return nil, err
	}
	list := make([]Replayed, len(p.moments))
	for i := range p.moments {
		m := &p.moments[i]
		if list[i], err = r.one(ctx, p, m, stored[m.seq]); err != nil {
			return nil, err
		}
	}
	return list, nil
}

// one replays one verdict.
func (r *replayer) one(ctx context.Context, p *past, m *moment, stored []models.Finding) (Replayed, error) {
	engine, err := r.engine(ctx, m.revision)
	if err != nil {
		return Replayed{}, err
	}
	// That a waiting comment was changed is noted by whoever stores the edit.
	stored = slices.DeleteFunc(slices.Clone(stored), func(f models.Finding) bool { return f.RuleID == 0 && f.Name == changedWhileWaiting })
	reading := engine.Read(rules.Input{Text: m.text, Name: p.AuthorName, Email: m.facts.Email, Links: m.facts.Links})
	again, _ := reading.Conclude(&m.facts)
	v := Replayed{Comment: p.ID, Seq: m.seq, Revision: m.revision, Stored: stored, Again: again}
	if v.Differences = differences(stored, again.Findings); m.gone {
		v.Differences = []string{"The text that was judged is not on record any more."}
	}
	v.Equal = len(v.Differences) == 0
	return v, nil
}

// differences says in sentences how two lists of findings differ.
func differences(stored, again []models.Finding) []string {
	if slices.EqualFunc(stored, again, sameFinding) {
		return nil
	}
	var list []string
	note := func(format string, args ...any) {
		if len(list) < maxDifferences {
			list = append(list, fmt.Sprintf(format, args...))
		}
	}
	for _, f := range stored {
		i := slices.IndexFunc(again, func(g models.Finding) bool { return f.RuleID == g.RuleID && f.Name == g.Name })
		switch {
		case i < 0:
			note("“%s” fired then, and does not fire again.", f.Name)
		case !sameFinding(f, again[i]):
			note("“%s” fires again, but differently: %+v then, %+v now.", f.Name, f, again[i])
		}
	}
	for _, g := range again {
		if !slices.ContainsFunc(stored, func(f models.Finding) bool { return f.RuleID == g.RuleID && f.Name == g.Name }) {
			note("“%s” did not fire then, and fires now.", g.Name)
		}
	}
	if len(list) == 0 {
		note("The findings are the same, in another order.")
	}
	return list
}

// sameFinding reports whether two findings are equal in every field. No matches
// and an empty list of them are the same.
func sameFinding(a, b models.Finding) bool {
	if !slices.Equal(a.Matches, b.Matches) {
		return false
	}
	a.Matches, b.Matches = nil, nil
	return reflect.DeepEqual(a, b)
}
