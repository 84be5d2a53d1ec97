package moderation

import (
	"postbag/models"
	"postbag/models/store"
)

// save writes everything that was accepted, each kind in one statement, and what
// follows from what was refused.
func (b *batch) save() error {
	if len(b.accepted) == 0 {
		return b.saveBrakes()
	}
	return inOrder(
		b.saveNames,
		b.saveComments,
		b.saveVerdicts,
		func() error { return b.tx.SetRates(b.ctx, b.taken) },
		b.saveSketches,
		b.saveHeat,
		b.saveBrakes,
		b.saveFailures,
		b.announce,
	)
}

// saveComments writes the comments and what the rules found.
func (b *batch) saveComments() error {
	comments := make([]*models.Comment, len(b.accepted))
	findings := map[int64][]models.Finding{}
	for i, a := range b.accepted {
		comments[i] = a.comment
		if len(a.verdict.Findings) > 0 {
			findings[a.comment.ID] = a.verdict.Findings
		}
	}
	if err := b.tx.InsertComments(comments); err != nil {
		return err
	}
	return b.tx.AddFindings(b.ctx, findings)
}

// saveVerdicts writes what was known when the comments were judged.
func (b *batch) saveVerdicts() error {
	verdicts := make([]store.Verdict, len(b.accepted))
	for i, a := range b.accepted {
		var err error
		if verdicts[i], err = storedFacts(a.comment.ID, 0, a.job.site.revision, &a.facts); err != nil {
			return err
		}
	}
	return b.tx.AddVerdicts(b.ctx, verdicts)
}

// saveSketches writes what finds copies of the comments, which are in the indexes
// already.
func (b *batch) saveSketches() error {
	var sketches []store.Sketch
	for _, a := range b.accepted {
		if !a.job.sketch.Blank() {
			sketches = append(sketches, newSketch(a.comment, a.job.sketch, b.now))
		}
	}
	if err := b.tx.AddSketches(b.ctx, sketches); err != nil {
		return err
	}
	for i := range sketches {
		b.floods[sketches[i].SiteID].last = sketches[i].ID
	}
	return nil
}

// inOrder runs steps until one fails.
func inOrder(steps ...func() error) error {
	for _, step := range steps {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

// saveNames writes the articles and authors that accepted comments made, and
// the names under which they were found.
func (b *batch) saveNames() error {
	articles, authors := map[int64]*models.Article{}, map[int64]*models.Author{}
	for _, a := range b.accepted {
		if n := b.newArticles[a.comment.ArticleID]; n != nil {
			articles[n.ID] = n
		}
		if n := b.newAuthors[a.comment.AuthorID]; n != nil {
			n.Approved, n.Pending, n.Removed, n.Spam = 0, 0, 0, 0
			authors[n.ID] = n
		}
	}
	return inOrder(
		func() error { return b.tx.InsertArticles(b.ctx, values(articles)) },
		func() error { return b.tx.InsertAuthors(b.ctx, values(authors)) },
		b.saveTakeovers,
		b.saveProfiles,
		b.saveAliases,
	)
}

// saveProfiles writes what sites say now of readers whose comments were
// accepted.
func (b *batch) saveProfiles() error {
	for _, a := range b.accepted {
		author := b.renamed[a.comment.AuthorID]
		if author == nil || b.newAuthors[author.ID] != nil {
			continue
		}
		delete(b.renamed, author.ID)
		if err := b.tx.SaveProfile(b.ctx, author); err != nil {
			return err
		}
	}
	return nil
}

func (b *batch) saveAliases() error {
	var names []store.Alias
	for n := range b.names {
		names = append(names, n)
	}
	stored, err := b.tx.Aliases(b.ctx, names)
	if err != nil {
		return err
	}
	for n := range stored {
		delete(b.names, n)
	}
	return b.tx.AddAliases(b.ctx, b.names)
}

// announce tells readers and moderators, and records what a rule refused.
func (b *batch) announce() error {
	for _, a := range b.accepted {
		c := a.comment
		event := models.Event{SiteID: c.SiteID, ArticleID: c.ArticleID, CommentID: c.ID, Count: -1}
		if c.Status == models.Approved {
			if a.parent != nil {
				b.tx.CountShown(a.parent.ID, a.parent.RootID(), 1)
			}
			event.Kind = models.EventShown
			b.tx.Emit(event)
		}
		if c.Lane != models.NoLane {
			event.Kind, event.Lane = models.EventEntered, c.Lane
			b.tx.Emit(event)
		}
		if c.Status == models.Removed {
			if err := b.recordRefusal(a); err != nil {
				return err
			}
		}
	}
	return nil
}

func values[V any](m map[int64]V) []V {
	list := make([]V, 0, len(m))
	for _, v := range m {
		list = append(list, v)
	}
	return list
}
