package moderation

import (
	"context"
	"fmt"
	"slices"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/heat"
	"postbag/moderation/rules"
)

// newSiteStrangers is the share of new authors that is usual on a site that knows
// nobody yet.
const newSiteStrangers = 0.8

// ladderOf returns the heat ladder of a site: what is usual there, and how slow
// slow mode is.
func (s *Service) ladderOf(site int64, now time.Time) *heat.Ladder {
	if entry, ok := s.sites.byID(site); ok && now.Sub(entry.CreatedAt) < settledSite {
		return heat.NewLadder(heat.Config{New: newSiteStrangers})
	}
	return heat.NewLadder(heat.Config{})
}

// heatOnce is how long a sender who has troubled an article does not count again:
// heat is about many people, and one alone is a matter of rate rules.
const heatOnce = time.Hour

// heatKey names the counter of a sender who troubled an article. It lies among
// those of the rate rules, as the counter of no rule, and expires like them.
func heatKey(article int64, sender string) store.RateKey {
	return store.RateKey{Key: "heat:" + models.ArticleID.Format(article) + "|" + sender}
}

// warmth is the heat of one article within a transaction: as it was, as it is
// now, and what is to be told of the way between.
type warmth struct {
	article *models.Article
	ladder  *heat.Ladder
	state   heat.State
	now     int64 // Unix milliseconds
	stored  string
	notes   []models.Note
}

// warmthOf reads the heat of an article. A state that cannot be read is no
// reason to refuse comments: the article keeps its step, and evidence is
// gathered anew.
func (s *Service) warmthOf(a *models.Article, now time.Time) *warmth {
	state, err := heat.Parse(a.Heat)
	if err != nil {
		s.log.Error("the heat of an article cannot be read", "article", a.Key(), "error", err)
		state = heat.State{}.Raise(heat.Level(a.HeatLevel), now.UnixMilli())
	}
	return &warmth{article: a, ladder: s.ladderOf(a.SiteID, now), state: state, now: now.UnixMilli(), stored: a.Heat}
}

// observe takes note of something that happened on the article.
func (w *warmth) observe(signal heat.Signal) {
	next := w.ladder.Observe(w.state, w.now, signal)
	w.move(next, models.Note{Alert: true, Text: w.ladder.Explain(w.state, next)})
}

// raise takes the article to the steps that rules ask for.
func (w *warmth) raise(findings []models.Finding) {
	for i := range findings {
		if f := &findings[i]; f.Raise > 0 {
			next := w.state.Raise(heat.Level(f.Raise), w.now)
			w.move(next, models.Note{RuleID: f.RuleID, Alert: true, Text: fmt.Sprintf("The rule “%s” asked for it. %s", f.Name, w.ladder.Explain(w.state, next))})
		}
	}
}

// set takes the article to a step that a moderator chose.
func (w *warmth) set(level heat.Level, by models.Moderator) {
	next := w.state.Raise(level, w.now).Lower(level, w.now)
	w.move(next, models.Note{ModeratorID: by.ID, ModeratorName: by.Name, Text: w.ladder.Explain(w.state, next)})
}

func (w *warmth) move(next heat.State, note models.Note) {
	if next.Level != w.state.Level {
		note.SiteID, note.Kind, note.Subject = w.article.SiteID, noteHeat, w.article.Key()
		w.notes = append(w.notes, note)
	}
	w.state = next
	w.article.Heat, w.article.HeatLevel = next.String(), int(next.Level)
}

// saveHeat writes the heat of articles in one statement, the steps that they
// made, and events for those steps, so that every process and every cached page
// follows.
func saveHeat(ctx context.Context, tx *store.Tx, list []*warmth) error {
	var changed []models.Article
	for _, w := range list {
		if w.article.Heat != w.stored {
			changed = append(changed, *w.article)
		}
	}
	if err := tx.SaveHeats(ctx, changed); err != nil {
		return err
	}
	for _, w := range list {
		if len(w.notes) == 0 {
			continue
		}
		tx.Emit(models.Event{SiteID: w.article.SiteID, ArticleID: w.article.ID, Kind: models.EventArticle, Count: -1})
		for i := range w.notes {
			if err := tx.AddNote(ctx, &w.notes[i]); err != nil {
				return err
			}
		}
	}
	return nil
}

// warmth is the heat of a submission's article as it is by now.
func (b *batch) warmth(j *job) *warmth {
	a := b.articles[j]
	w := b.warmths[a.ID]
	if w == nil {
		w = b.s.warmthOf(a, b.now)
		b.warmths[a.ID] = w
	}
	return w
}

// addHeatFacts states what slow mode needs to know.
func (b *batch) addHeatFacts(j *job, f *rules.ArticleFacts) {
	if heat.Level(f.Heat) == heat.Slow {
		f.SlowSeconds = int(b.warmth(j).ladder.Wait() / time.Second)
		f.LastByAuthor = b.latest[store.AuthorArticle{Author: b.authors[j].ID, Article: f.ID}]
	}
}

// warm lets the article feel a comment that was accepted. Authors whom a
// moderator trusts do not heat it, and a sender does once in heatOnce.
func (b *batch) warm(a *accepted) {
	w := b.warmth(a.job)
	w.raise(a.verdict.Findings)
	signal := heat.Signal{
		NewAuthor: a.facts.Author.Approved == 0, Duplicate: copiesOthers(&a.facts), Fired: stopped(a.verdict.Findings),
	}
	if a.facts.Author.Sanction == "trust" {
		return
	}
	if signal != (heat.Signal{}) {
		key := b.heatKey(a.job)
		if b.tats[key] > b.now.UnixNano() {
			return
		}
		b.tats[key] = b.now.Add(heatOnce).UnixNano()
		b.taken[key] = b.tats[key]
	}
	w.observe(signal)
}

// heatKey names the counter of the sender on the article.
func (b *batch) heatKey(j *job) store.RateKey { return heatKey(b.articles[j].ID, b.sender(j)) }

// copiesOthers reports whether a comment is at least the third of its kind, and
// not all of them are by its author.
func copiesOthers(f *rules.Facts) bool {
	return slices.ContainsFunc(f.Floods, func(c rules.FloodFact) bool { return c.Copies > 2 && c.Authors > 1 })
}

// stopped reports whether a rule of the site kept a comment back, be it only in
// a part.
func stopped(findings []models.Finding) bool {
	return slices.ContainsFunc(findings, func(f models.Finding) bool {
		return f.RuleID != 0 && f.Action >= models.Hold && f.Action != models.Slow
	})
}

// saveHeat writes the heat of the articles that accepted comments are on.
func (b *batch) saveHeat() error {
	var list []*warmth
	seen := map[int64]bool{}
	for _, a := range b.accepted {
		if id := a.comment.ArticleID; !seen[id] {
			seen[id] = true
			list = append(list, b.warmths[id])
		}
	}
	return saveHeat(b.ctx, b.tx, list)
}
