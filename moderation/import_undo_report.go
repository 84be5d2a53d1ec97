package moderation

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"postbag/models"
	"postbag/models/store"
)

// maxKept bounds the comments that the report of an undo lists; all are counted.
const maxKept = 1000

// ImportUndo says what the undo of an import did, or would do.
type ImportUndo struct {
	Import     string        `json:"import"` // public id of the run
	DryRun     bool          `json:"dry_run"`
	Removed    int           `json:"removed"`    // comments taken out: nobody had touched them
	Kept       int           `json:"kept"`       // comments that stay on record
	TakenDown  int           `json:"taken_down"` // of Kept: were public or waiting, and are not any more
	Why        KeptReasons   `json:"why"`        // of Kept
	List       []KeptComment `json:"list"`       // of Kept, at most 1,000
	Articles   int           `json:"articles"`   // taken out
	Names      int           `json:"names"`      // of articles that were there before
	NamesKept  int           `json:"names_kept"` // because somebody wrote there since
	Authors    int           `json:"authors"`    // taken out
	ArticlesOn int           `json:"articles_kept"`
	Opened     int           `json:"opened"` // articles that the import had closed
	AuthorsOn  int           `json:"authors_kept"`
}

// KeptReasons count why comments stay on record; each is counted once, for the
// first that fits.
type KeptReasons struct {
	Decided  int `json:"decided"`  // somebody decided about it
	Reported int `json:"reported"` // a reader reported it
	Liked    int `json:"liked"`
	Edited   int `json:"edited"`
	Answered int `json:"answered"` // a comment that stays answers it
}

// KeptComment is a comment that an undo leaves on record.
type KeptComment struct {
	ID         string `json:"id"`
	ExternalID string `json:"external_id"`
	Article    string `json:"article"` // public id
	Why        string `json:"why"`     // decided, reported, liked, edited or answered
}

// of says why a comment stays, empty when it does not, and counts it.
func (r *KeptReasons) of(c *store.TakenOver, answered bool) string {
	switch {
	case c.Decided:
		r.Decided++
		return "decided"
	case c.Reported:
		r.Reported++
		return "reported"
	case c.Likes > 0:
		r.Liked++
		return "liked"
	case c.Edited:
		r.Edited++
		return "edited"
	case answered:
		r.Answered++
		return "answered"
	}
	return ""
}

// DecodeUndo returns how far the undo of a run is; ok is false when there was
// none.
func DecodeUndo(m *models.Import) (report ImportUndo, ok bool, err error) {
	if m.Undo == "" {
		return ImportUndo{}, false, nil
	}
	var state undoState
	if err := json.Unmarshal([]byte(m.Undo), &state); err != nil {
		return ImportUndo{}, false, fmt.Errorf("read undo of import %d: %w", m.ID, err)
	}
	return state.ImportUndo, true, nil
}

// sentence says what was undone, for the log.
func (r *ImportUndo) sentence() string {
	return fmt.Sprintf("was undone: %s taken out, %d kept on record", plural(r.Removed, "comment", "comments"), r.Kept)
}

// WriteText writes the report of an undo for people.
func (r *ImportUndo) WriteText(w io.Writer) error {
	var b strings.Builder
	if r.DryRun {
		b.WriteString("Dry run: nothing was changed. An undo would do this:\n")
	}
	fmt.Fprintf(&b, "%s of import %s taken out.\n", plural(r.Removed, "comment", "comments"), r.Import)
	if r.Kept > 0 {
		fmt.Fprintf(&b, "%d stay on record, because of what happened to them since; %d of these are taken down, and can be restored one by one:\n", r.Kept, r.TakenDown)
		for _, why := range r.Why.list() {
			if why.n > 0 {
				fmt.Fprintf(&b, "%10d  %s\n", why.n, why.text)
			}
		}
	}
	fmt.Fprintf(&b, "%s, %s and %s taken out with them.\n", plural(r.Articles, "article", "articles"), plural(r.Authors, "author", "authors"),
		plural(r.Names, "name of older articles", "names of older articles"))
	if r.Opened > 0 {
		fmt.Fprintf(&b, "%s opened again, which the import had closed.\n", plural(r.Opened, "article", "articles"))
	}
	if r.NamesKept > 0 {
		fmt.Fprintf(&b, "%s stay, because readers wrote there since.\n", plural(r.NamesKept, "name of an older article", "names of older articles"))
	}
	for i, c := range r.List {
		if i == maxTextLines {
			fmt.Fprintf(&b, "  and %d more; --json lists them.\n", r.Kept-i)
			break
		}
		fmt.Fprintf(&b, "  %s (%s): %s\n", c.ID, c.ExternalID, c.Why)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

type keptWhy struct {
	n    int
	text string
}

func (r *KeptReasons) list() []keptWhy {
	return []keptWhy{
		{r.Decided, "a moderator decided about it"}, {r.Reported, "a reader reported it"}, {r.Liked, "a reader likes it"},
		{r.Edited, "it was edited"}, {r.Answered, "a comment that stays answers it"},
	}
}
