package moderation

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"postbag/models"
	"postbag/models/store"
)

// undoState is how far an undo is: what it did, and where it goes on. It is
// written in the transaction of what it says.
type undoState struct {
	ImportUndo
	Phase string      `json:"phase"`
	After int64       `json:"after"` // an id; its meaning depends on the phase
	Name  store.Alias `json:"name"`
	Seen  int64       `json:"seen"` // comments
}

// The phases of an undo, in their order.
const (
	undoComments = "comments"
	undoNames    = "names"
	undoArticles = "articles"
	undoClosed   = "closed"
	undoAuthors  = "authors"
	undoEnd      = "end"
)

// UndoOptions say how an import is undone.
type UndoOptions struct {
	By       models.Moderator // ID 0 for the command line
	DryRun   bool             // say what would happen, change nothing
	Progress func(seen, total int64)
}

// UndoImport takes a whole import back. Comments that nobody has touched since
// leave the database, with the notes which posts they were, so that the same
// file can be imported again; so do articles and authors that the run made and
// that have no comments left, and names it gave to others' articles. Comments
// that somebody decided about, reported, liked, edited or answered stay on
// record, and are taken down by a decision, which can be undone.
//
// It works in short transactions beside everything else. After a failure or a
// kill the same call completes it; undoing what is undone changes nothing and
// returns the same report.
func (s *Service) UndoImport(ctx context.Context, run string, o UndoOptions) (ImportUndo, error) {
	m, err := s.ImportRun(ctx, run)
	if err != nil {
		return ImportUndo{}, err
	}
	if m.State == models.ImportUndone {
		report, _, err := DecodeUndo(&m)
		return report, err
	}
	u, err := s.newUndo(m, o)
	if err != nil {
		return ImportUndo{}, err
	}
	if o.DryRun {
		return u.rehearse(ctx)
	}
	if err := u.take(ctx); err != nil {
		return u.state.ImportUndo, err
	}
	return u.work(ctx)
}

// undoable refuses to undo what runs, and what never stored anything.
func undoable(m *models.Import) error {
	switch m.State {
	case models.ImportUploaded, models.ImportLooked:
		return models.Refuse(models.CodeConflict, "This file was not imported, so there is nothing to undo.")
	case models.ImportRunning:
		return models.Refuse(models.CodeConflict, "This import is running. Cancel it first, then undo it: postbag import cancel %s.", models.ImportID.Format(m.ID))
	}
	return nil
}

// undoer is one undo of an import.
type undoer struct {
	s     *Service
	m     models.Import
	opts  UndoOptions
	state undoState

	// A rehearsal cannot see what is gone, so it remembers what would stay.
	kept                      map[int64]bool // comments
	busyArticles, busyAuthors map[int64]bool
}

// rehearse goes through everything and changes nothing.
func (u *undoer) rehearse(ctx context.Context) (ImportUndo, error) {
	for u.state.Phase != undoEnd {
		if err := u.step(ctx, u.s.store.Query, nil); err != nil {
			return u.state.ImportUndo, fmt.Errorf("undo import: %w", err)
		}
		u.told()
	}
	return u.state.ImportUndo, nil
}

// work goes through everything, once the run is taken, and writes the end of it.
func (u *undoer) work(ctx context.Context) (ImportUndo, error) {
	u.s.rehearsals.forget(u.m.ID)
	err := u.s.store.Frugal(ctx, func() error {
		for u.state.Phase != undoEnd {
			if err := u.write(ctx); err != nil {
				return err
			}
			u.told()
		}
		return nil
	})
	if errors.Is(err, store.ErrConflict) {
		err = errImportTaken
	}
	if err == nil {
		err = u.finish(ctx)
	}
	if err != nil {
		return u.state.ImportUndo, fmt.Errorf("undo import: %w", err)
	}
	return u.state.ImportUndo, nil
}

func (u *undoer) told() {
	if u.opts.Progress != nil {
		u.opts.Progress(u.state.Seen, u.m.Added)
	}
}

// take makes this undo the one that works on the run, and finds where an earlier
// one stopped.
func (u *undoer) take(ctx context.Context) error {
	owner, err := u.s.newOwner()
	if err != nil {
		return err
	}
	return u.s.store.Write(ctx, func(tx *store.Tx) error {
		m, err := tx.Import(ctx, u.m.ID)
		if err != nil {
			return translate(err, "import")
		}
		if err := alone(ctx, tx, &m); err != nil {
			return err
		}
		if m.Undo != "" {
			if err := json.Unmarshal([]byte(m.Undo), &u.state); err != nil {
				return fmt.Errorf("undo import: %w", err)
			}
		}
		was := m.Owner
		m.Owner, m.State, m.Stage, m.Done, m.Total, m.Problem = owner, models.ImportUndoing, "undoing", u.state.Seen, m.Added, ""
		u.m = m
		return tx.SaveImport(ctx, &u.m, was)
	})
}

// alone refuses when another import of the site is at work.
func alone(ctx context.Context, tx *store.Tx, m *models.Import) error {
	active, err := tx.ActiveImports(ctx)
	if err != nil {
		return err
	}
	for i := range active {
		if a := &active[i]; a.SiteID == m.SiteID && a.ID != m.ID && tx.Now.Sub(a.UpdatedAt) < importSilence {
			return models.Refuse(models.CodeConflict, "Import %s is at work on this site. Wait until it has ended, or cancel it.", models.ImportID.Format(a.ID))
		}
	}
	return nil
}

// write does one step in a transaction of its own. When that fails, the state is
// what it was.
func (u *undoer) write(ctx context.Context) error {
	was := u.state
	err := u.s.store.Write(ctx, func(tx *store.Tx) error {
		u.state = was
		u.state.List = was.List[:len(was.List):len(was.List)]
		if err := u.step(ctx, tx.Query, tx); err != nil {
			return err
		}
		u.m.Undo, u.m.Done = encodeJSON(u.state), u.state.Seen
		return tx.SaveUndo(ctx, &u.m)
	})
	if err != nil {
		u.state = was
	}
	return err
}

// step goes on with the phase that the undo is in; tx is nil in a rehearsal.
func (u *undoer) step(ctx context.Context, q store.Query, tx *store.Tx) error {
	switch u.state.Phase {
	case undoComments:
		return u.comments(ctx, q, tx)
	case undoNames:
		return u.names(ctx, q, tx)
	case undoArticles:
		return u.made(ctx, q.ArticlesMadeBy, u.busyArticles, tx, &u.state.Articles, &u.state.ArticlesOn, undoClosed,
			func(ids []int64) error { return tx.RemoveArticles(ctx, u.m.SiteID, ids) })
	case undoClosed:
		return u.opened(ctx, q, tx)
	default:
		return u.made(ctx, q.AuthorsMadeBy, u.busyAuthors, tx, &u.state.Authors, &u.state.AuthorsOn, undoEnd,
			func(ids []int64) error { return tx.RemoveAuthors(ctx, ids) })
	}
}

// next begins another phase.
func (u *undoer) next(phase string) {
	u.state.Phase, u.state.After = phase, 0
}

// comments goes on with the next comments, the newest ids first, so that replies
// come before what they answer.
func (u *undoer) comments(ctx context.Context, q store.Query, tx *store.Tx) error {
	ids, err := q.NotedBy(ctx, u.m.ID, u.state.After, importBatch)
	if err != nil {
		return err
	}
	if len(ids) == 0 {
		u.next(undoNames)
		return nil
	}
	u.state.After = ids[len(ids)-1]
	all, err := q.TakenOver(ctx, u.m.ID, ids)
	if err != nil {
		return err
	}
	replies, err := q.RepliesTo(ctx, u.m.ID, ids)
	if err != nil {
		return err
	}
	going, staying, others := u.sort(all, replies)
	if tx == nil {
		return nil
	}
	return inOrder(
		func() error { return u.takeDown(ctx, tx, staying) },
		func() error { return tx.RemoveImported(ctx, going) },
		func() error { return tx.ForgetNotes(ctx, u.m.ID, others) },
		func() error { u.announce(tx, all); return nil },
	)
}

// sort tells apart what goes, what stays on record though it should be taken
// down, and what the run did not store.
func (u *undoer) sort(all []store.TakenOver, replies []store.ReplyTo) (going []models.Comment, staying, others []int64) {
	below := map[int64][]store.ReplyTo{}
	for _, r := range replies {
		below[r.ParentID] = append(below[r.ParentID], r)
	}
	gone := make(map[int64]bool, len(all))
	answered := func(id int64) bool {
		for _, r := range below[id] {
			if !gone[r.ID] && (!r.Own || !u.opts.DryRun || u.kept[r.ID]) {
				return true
			}
		}
		return false
	}
	for i := range all {
		c := &all[i]
		if !c.Own {
			others = append(others, c.ID)
			continue
		}
		u.state.Seen++
		why := u.state.Why.of(c, answered(c.ID))
		if why == "" {
			gone[c.ID] = true
			u.state.Removed++
			going = append(going, c.Comment)
			continue
		}
		u.keep(c, why)
		if c.Status == models.Approved || c.Status == models.Pending {
			u.state.TakenDown++
			staying = append(staying, c.ID)
		}
	}
	return going, staying, others
}

func (u *undoer) keep(c *store.TakenOver, why string) {
	u.state.Kept++
	if u.opts.DryRun {
		u.kept[c.ID], u.busyArticles[c.ArticleID], u.busyAuthors[c.AuthorID] = true, true, true
	}
	if len(u.state.List) < maxKept {
		u.state.List = append(u.state.List, KeptComment{
			ID: c.PublicID(), ExternalID: c.ExternalID, Article: models.ArticleID.Format(c.ArticleID), Why: why,
		})
	}
}

// takeDown decides that comments are removed.
func (u *undoer) takeDown(ctx context.Context, tx *store.Tx, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	acts := make([]act, len(ids))
	for i, id := range ids {
		acts[i] = act{comment: id, by: u.opts.By, choice: models.ChooseRemove, sweep: true,
			note: "The import that brought it, " + u.state.Import + ", was undone."}
	}
	d, err := u.s.openDesk(ctx, tx, acts)
	if err != nil {
		return err
	}
	d.claims = nil // whoever works on it sees that it changed
	for _, a := range acts {
		a.version = d.comments[a.comment].Version
		if _, err := d.apply(ctx, a); err != nil {
			return fmt.Errorf("take down comment %d: %w", a.comment, err)
		}
	}
	return d.tallies.save(ctx, tx)
}

// announce makes readers see each article anew.
func (u *undoer) announce(tx *store.Tx, all []store.TakenOver) {
	told := map[int64]bool{}
	for i := range all {
		if id := all[i].ArticleID; !told[id] {
			told[id] = true
			tx.Emit(models.Event{SiteID: u.m.SiteID, ArticleID: id, Kind: models.EventArticle, Count: -1})
		}
	}
}

// names takes away names that the run gave to articles that were there before,
// unless somebody may have come by them since.
func (u *undoer) names(ctx context.Context, q store.Query, tx *store.Tx) error {
	names, err := q.NamesAddedBy(ctx, u.m.ID, u.m.CreatedAt.UnixMilli(), u.state.Name, importBatch)
	if err != nil {
		return err
	}
	if len(names) == 0 {
		u.next(undoArticles)
		return nil
	}
	u.state.Name = names[len(names)-1].Alias
	var idle []store.AddedName
	for _, n := range names {
		if n.Used {
			u.state.NamesKept++
			continue
		}
		u.state.Names++
		idle = append(idle, n)
	}
	if tx == nil {
		return nil
	}
	return tx.RemoveNames(ctx, idle)
}

// made takes out articles, or authors, that the run made and that nothing is left
// of.
func (u *undoer) made(ctx context.Context, list func(context.Context, int64, int64, bool, int) ([]store.Made, error), busy map[int64]bool,
	tx *store.Tx, removed, kept *int, then string, remove func([]int64) error,
) error {
	made, err := list(ctx, u.m.ID, u.state.After, tx == nil, importBatch)
	if err != nil {
		return err
	}
	if len(made) == 0 {
		u.next(then)
		return nil
	}
	u.state.After = made[len(made)-1].ID
	var empty []int64
	for _, m := range made {
		if !m.Empty || busy[m.ID] {
			*kept++
			busy[m.ID] = true
			continue
		}
		*removed++
		empty = append(empty, m.ID)
	}
	if tx == nil {
		return nil
	}
	return remove(empty)
}

// opened opens articles again that the run closed and nobody has touched since.
// In a rehearsal those that the run made, and that go, are still there.
func (u *undoer) opened(ctx context.Context, q store.Query, tx *store.Tx) error {
	found, err := q.ClosedFor(ctx, u.m.ID, u.state.After, importBatch)
	if err != nil {
		return err
	}
	if len(found) == 0 {
		u.next(undoAuthors)
		return nil
	}
	u.state.After = found[len(found)-1].ID
	var ids []int64
	for _, a := range found {
		if tx != nil || !a.Own || u.busyArticles[a.ID] {
			ids = append(ids, a.ID)
		}
	}
	u.state.Opened += len(ids)
	if tx == nil {
		return nil
	}
	return tx.Open(ctx, u.m.SiteID, ids)
}

// stumble writes that the undo failed, for whoever looks at the run.
func (u *undoer) stumble(ctx context.Context) error {
	u.m.Problem = "The undo failed, for a reason that is in Postbag's log."
	return u.s.store.Write(ctx, func(tx *store.Tx) error { return tx.SaveImport(ctx, &u.m, u.m.Owner) })
}

// finish writes that the import is undone, and who did it.
func (u *undoer) finish(ctx context.Context) error {
	owner, upload := u.m.Owner, u.m.Upload
	err := u.s.store.Write(ctx, func(tx *store.Tx) error {
		u.m.State, u.m.Owner, u.m.UndoneAt, u.m.Stage, u.m.Upload = models.ImportUndone, 0, tx.Now, "", ""
		if err := tx.SaveImport(ctx, &u.m, owner); err != nil {
			return err
		}
		return u.s.noteImport(ctx, tx, &u.m, u.opts.By, u.state.sentence())
	})
	if err == nil {
		u.s.removeUpload(upload)
	}
	return err
}
