package moderation

import (
	"context"
	"sync"
	"time"

	"postbag/models"
)

// rehearsals are the undos that this process has played through, or plays through,
// for people who are about to decide. What is left of each is its report.
type rehearsals struct {
	mu   sync.Mutex
	runs map[int64]*Rehearsal
}

// Rehearsal is what an undo would do, as far as it is known.
type Rehearsal struct {
	Report      ImportUndo // complete when Done
	Done        bool
	Err         error
	Seen, Total int64 // comments

	begun time.Time
}

const (
	keepRehearsal = time.Minute     // a report serves no longer: readers go on meanwhile
	maxRehearsals = 20              // kept at one time
	rehearsalWait = 2 * time.Second // for the end of one that was just begun
)

// RehearseUndo says what the undo of an import would do. A large one takes its
// time: it goes on in this process, and the same call says how far it is.
func (s *Service) RehearseUndo(ctx context.Context, id string) (Rehearsal, error) {
	m, err := s.ImportRun(ctx, id)
	if err != nil {
		return Rehearsal{}, err
	}
	u, err := s.newUndo(m, UndoOptions{DryRun: true})
	if err != nil {
		return Rehearsal{}, err
	}
	done := make(chan struct{})
	if s.rehearsals.begin(m.ID, s.clock()) {
		u.opts.Progress = func(seen, total int64) { s.rehearsals.set(m.ID, func(r *Rehearsal) { r.Seen, r.Total = seen, total }) }
		s.run(func() {
			defer close(done)
			report, err := u.rehearse(s.life)
			s.rehearsals.set(m.ID, func(r *Rehearsal) { r.Report, r.Err, r.Done = report, err, true })
		})
	} else {
		close(done)
	}
	select {
	case <-done:
	case <-time.After(rehearsalWait):
	case <-ctx.Done():
	}
	r := s.rehearsals.get(m.ID)
	return r, r.Err
}

// begin makes room for a new rehearsal, and reports false when there is one that
// still serves.
func (r *rehearsals) begin(id int64, now time.Time) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for other, one := range r.runs {
		if one.Done && now.Sub(one.begun) > keepRehearsal {
			delete(r.runs, other)
		}
	}
	if r.runs[id] != nil || len(r.runs) >= maxRehearsals {
		return false
	}
	if r.runs == nil {
		r.runs = map[int64]*Rehearsal{}
	}
	r.runs[id] = &Rehearsal{begun: now}
	return true
}

func (r *rehearsals) set(id int64, change func(*Rehearsal)) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one := r.runs[id]; one != nil {
		change(one)
	}
}

func (r *rehearsals) get(id int64) Rehearsal {
	r.mu.Lock()
	defer r.mu.Unlock()
	if one := r.runs[id]; one != nil {
		return *one
	}
	return Rehearsal{}
}

// forget drops a rehearsal that is out of date.
func (r *rehearsals) forget(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.runs, id)
}

// newUndo makes an undo of a run, unless it cannot be undone.
func (s *Service) newUndo(m models.Import, o UndoOptions) (*undoer, error) {
	if err := undoable(&m); err != nil {
		return nil, err
	}
	u := &undoer{s: s, m: m, opts: o, kept: map[int64]bool{}, busyArticles: map[int64]bool{}, busyAuthors: map[int64]bool{}}
	u.state = undoState{Phase: undoComments, ImportUndo: ImportUndo{Import: models.ImportID.Format(m.ID), DryRun: o.DryRun, List: []KeptComment{}}}
	return u, nil
}
