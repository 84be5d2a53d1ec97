package moderation

import (
	"fmt"

	"postbag/models"
)

// takeOver returns the imported account that a reader takes over with the first
// comment, nil for none. The site must make sure of its readers' e-mail addresses;
// exactly one account, never a guest, may have this reader's; and a sanction stays
// with whom it was given to. The name proves nothing and is not asked for.
func (b *batch) takeOver(j *job) (*models.Author, error) {
	if j.reader == nil || j.reader.Email == "" || !j.site.sso.VerifiedEmail {
		return nil, nil
	}
	found, err := b.tx.Claimable(b.ctx, j.site.ID, j.reader.Email)
	if err != nil || len(found) != 1 || found[0].SanctionAt(b.tx.Now) != "" {
		return nil, err
	}
	a := found[0]
	if _, taken := b.takeovers[a.ID]; taken {
		return nil, nil
	}
	b.takeovers[a.ID] = a
	a.Kind, a.Key, a.Claimed = models.KindSSO, j.author, a.Key
	return &a, nil
}

// saveTakeovers hands over the accounts of readers whose comments were accepted, and
// says so in the log.
func (b *batch) saveTakeovers() error {
	for _, a := range b.accepted {
		id := a.comment.AuthorID
		was, ok := b.takeovers[id]
		if !ok {
			continue
		}
		delete(b.takeovers, id)
		if err := b.tx.TakeOver(b.ctx, &models.Author{ID: id, Key: a.job.author, Claimed: was.Key}); err != nil {
			return err
		}
		err := b.tx.AddNote(b.ctx, &models.Note{
			SiteID: was.SiteID, Kind: noteSSO, Subject: models.AuthorID.Format(id),
			Text: fmt.Sprintf("Reader %q took over the imported account %q, which has the same e-mail address. Its %d comments are theirs.",
				a.comment.AuthorName, was.Name, was.Approved+was.Pending+was.Removed+was.Spam),
		})
		if err != nil {
			return err
		}
	}
	return nil
}
