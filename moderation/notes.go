package moderation

import (
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"postbag/models"
)

// noteRelease is the kind of the notes about releases.
const noteRelease = "release"

// noteOfImport is the kind of the notes about imports.
const noteOfImport = "import"

// NoteKinds lists the kinds of lines in the log of a site.
func NoteKinds() []string {
	return []string{noteRule, noteBrake, noteHeat, noteArticle, noteRelease, noteOfImport, noteMove, noteSSO}
}

// Notes returns a page of the log of a site: who changed which rule, what the
// brake and the heat ladder did.
func (s *Service) Notes(ctx context.Context, site string, q NoteQuery) (NotePage, error) {
	entry, err := s.site(site)
	if err != nil {
		return NotePage{}, err
	}
	before, limit, err := q.check()
	if err != nil {
		return NotePage{}, err
	}
	list, err := s.store.Notes(ctx, entry.ID, q.Kind, q.Alerts, before, limit+1)
	if err != nil {
		return NotePage{}, err
	}
	page := NotePage{Notes: list[:min(len(list), limit)]}
	if len(list) > limit {
		page.Next = strconv.FormatInt(page.Notes[limit-1].ID, 36)
	}
	return page, nil
}

func (q *NoteQuery) check() (before int64, limit int, err error) {
	if q.Kind != "" && !slices.Contains(NoteKinds(), q.Kind) {
		return 0, 0, models.Invalid("kind", "Use "+strings.Join(NoteKinds(), ", ")+", or leave it out.")
	}
	if q.Limit < 0 || q.Limit > 100 {
		return 0, 0, models.Invalid("limit", "Use a number from 1 to 100.")
	}
	if limit = q.Limit; limit == 0 {
		limit = 50
	}
	if q.Cursor == "" {
		return 0, limit, nil
	}
	before, err = strconv.ParseInt(q.Cursor, 36, 64)
	if err != nil || before <= 0 {
		return 0, 0, models.Invalid("cursor", "This is not a cursor of an earlier page.")
	}
	return before, limit, nil
}

// fieldsOf returns the fields that a refusal names.
func fieldsOf(err error) []models.FieldError {
	var refusal *models.Error
	if errors.As(err, &refusal) {
		return refusal.Fields
	}
	return nil
}
