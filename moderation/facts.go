package moderation

import (
	"encoding/json"
	"fmt"
	"time"

	"postbag/models"
	"postbag/models/store"
	"postbag/moderation/rules"
)

// authorFacts states what is known of an author, apart from the comment that is
// judged.
func authorFacts(a *models.Author, now time.Time) rules.AuthorFacts {
	f := rules.AuthorFacts{
		ID: a.ID, Kind: a.Kind, Approved: a.Approved, Pending: a.Pending, Removed: a.Removed, Spam: a.Spam, Sanction: a.SanctionAt(now),
	}
	if !a.CreatedAt.IsZero() {
		f.Since = a.CreatedAt.UnixMilli()
	}
	return f
}

// articleFacts states what is known of an article.
func articleFacts(site *models.Site, a *models.Article) rules.ArticleFacts {
	return rules.ArticleFacts{ID: a.ID, Ident: a.Ident, URL: a.URL, Mode: site.ModeOf(a.Mode), Heat: a.HeatLevel}
}

// without takes a comment out of its author's numbers.
func without(a models.Author, c *models.Comment) models.Author {
	switch c.Status {
	case models.Approved:
		a.Approved--
	case models.Pending:
		a.Pending--
	case models.Removed:
		a.Removed--
	case models.Spam:
		a.Spam--
	}
	return a
}

// storedFacts is the record of a verdict: with it and the text, the same rules
// come to the same verdict at any later time.
func storedFacts(comment int64, seq, revision int, f *rules.Facts) (store.Verdict, error) {
	data, err := json.Marshal(f)
	if err != nil {
		return store.Verdict{}, fmt.Errorf("record facts: %w", err)
	}
	return store.Verdict{CommentID: comment, Seq: seq, Revision: revision, Facts: string(data)}, nil
}
