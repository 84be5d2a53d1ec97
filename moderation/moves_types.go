package moderation

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"postbag/models"
	"postbag/moderation/urlmap"
)

// Bounds on what a report about a move lists; the rest is counted.
const (
	maxMoveFaults  = 200
	maxMoveChanges = 200
)

// MoveRequest says what a move is to do.
type MoveRequest struct {
	Site string
	Kind models.MoveKind

	Map     *urlmap.Map    // of MoveMap and MoveRedirects
	Faults  []urlmap.Fault // what could not be read of the map
	File    string         // the name of the map, for the list of moves
	SkipBad bool           // do the rest when lines cannot be used
	Found   []MoveNote     // what was noticed while the map was made

	From, To   string // of MoveHost: hosts, or addresses on them
	Subdomains bool   // of MoveHost: those of From become those of To

	Article string // of MoveMerge and MoveSplit: key or address of the article that comments leave
	Into    string // of MoveMerge: key or address of the article that they go to
	Thread  string // of MoveSplit: the thread's id in the system it came from
	URL     string // of MoveSplit: the address of the page that gets the comments

	AddOrigins bool // add hosts of new addresses to the site
}

// MoveNote is a line or an address of a request, and what there is to say of it.
type MoveNote struct {
	Line   int    `json:"line,omitempty"`
	Text   string `json:"text"`
	Detail string `json:"detail"`
}

// MoveChange is what becomes of one article.
type MoveChange struct {
	Article  string `json:"article"`
	From     string `json:"from"`
	To       string `json:"to"`
	Into     string `json:"into,omitempty"` // the article that it goes into
	Comments int    `json:"comments"`       // public and held
	Detail   string `json:"detail,omitempty"`
}

// MoveReport says what a move will do, and once it has run, what it did.
type MoveReport struct {
	Lines     int `json:"lines"`     // of the map, with a new address
	Rules     int `json:"rules"`     // of the map
	Unchanged int `json:"unchanged"` // lines without a new address, and articles that have it already
	Unknown   int `json:"unknown"`   // old addresses of which there are no comments
	Chains    int `json:"chains"`    // new addresses that were old ones too, and were followed
	Articles  int `json:"articles"`  // that change
	Merged    int `json:"merged"`    // of those: go into another article
	Comments  int `json:"comments"`  // public and held ones of those that change
	Moved     int `json:"moved"`     // comments that went to another article, of whatever state; 0 before the run
	Skipped   int `json:"skipped"`   // articles that were not as planned any more

	Origins []string     `json:"origins,omitempty"` // hosts added to the site
	Faults  []MoveNote   `json:"faults,omitempty"`
	Notes   []MoveNote   `json:"notes,omitempty"`
	Changes []MoveChange `json:"changes,omitempty"` // merges first

	FaultsOmitted  int `json:"faults_omitted,omitempty"`
	NotesOmitted   int `json:"notes_omitted,omitempty"`
	ChangesOmitted int `json:"changes_omitted,omitempty"`
}

// ReportOf reads the report of a move.
func ReportOf(m *models.Move) (MoveReport, error) {
	var r MoveReport
	if m.Report == "" {
		return r, nil
	}
	if err := json.Unmarshal([]byte(m.Report), &r); err != nil {
		return r, fmt.Errorf("read report of a move: %w", err)
	}
	return r, nil
}

func (r *MoveReport) fault(n MoveNote) {
	if len(r.Faults) == maxMoveFaults {
		r.FaultsOmitted++
		return
	}
	r.Faults = append(r.Faults, n)
}

func (r *MoveReport) note(n MoveNote) {
	if len(r.Notes) == maxMoveFaults {
		r.NotesOmitted++
		return
	}
	r.Notes = append(r.Notes, n)
}

// change lists a change. Merges are the news: they take the places of others.
func (r *MoveReport) change(c MoveChange) {
	if len(r.Changes) < maxMoveChanges {
		r.Changes = append(r.Changes, c)
		return
	}
	r.ChangesOmitted++
	if c.Into == "" {
		return
	}
	for i := len(r.Changes) - 1; i >= 0; i-- {
		if r.Changes[i].Into == "" {
			r.Changes[i] = c
			return
		}
	}
}

// WriteText writes the report for people.
func (r *MoveReport) WriteText(w io.Writer) error {
	var b strings.Builder
	if r.Lines+r.Rules > 0 {
		fmt.Fprintf(&b, "%s with a new address, of which %s\n", plural(r.Lines, "line", "lines"), plural(r.Rules, "is a rule", "are rules"))
	}
	fmt.Fprintf(&b, "%s with %s: %d get another address, %d go into an article that has it\n",
		plural(r.Articles, "article", "articles"), plural(r.Comments, "comment", "comments"), r.Articles-r.Merged, r.Merged)
	for _, part := range []struct {
		n    int
		what string
	}{
		{r.Moved, "comments went to another article"}, {r.Unchanged, "stay as they are"}, {r.Unknown, "old addresses have no comments"},
		{r.Chains, "new addresses were old ones on another line, and were followed"}, {r.Skipped, "were not as planned any more, and were left out"},
	} {
		if part.n > 0 {
			fmt.Fprintf(&b, "%d %s\n", part.n, part.what)
		}
	}
	if len(r.Origins) > 0 {
		fmt.Fprintf(&b, "added to the addresses of the site: %s\n", strings.Join(r.Origins, ", "))
	}
	writeNotes(&b, "\nCannot be used:\n", r.Faults, r.FaultsOmitted)
	writeNotes(&b, "\nTo know:\n", r.Notes, r.NotesOmitted)
	if len(r.Changes) > 0 {
		b.WriteString("\nChanges:\n")
	}
	for _, c := range r.Changes {
		fmt.Fprintf(&b, "  %s → %s (%s", c.From, c.To, plural(c.Comments, "comment", "comments"))
		if c.Into != "" {
			fmt.Fprintf(&b, ", into article %s", c.Into)
		}
		b.WriteString(")")
		if c.Detail != "" {
			b.WriteString(" " + c.Detail)
		}
		b.WriteString("\n")
	}
	if r.ChangesOmitted > 0 {
		fmt.Fprintf(&b, "  and %d more\n", r.ChangesOmitted)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func writeNotes(b *strings.Builder, heading string, notes []MoveNote, omitted int) {
	if len(notes) > 0 {
		b.WriteString(heading)
	}
	for _, n := range notes {
		if n.Line > 0 {
			fmt.Fprintf(b, "  line %d: ", n.Line)
		} else {
			b.WriteString("  ")
		}
		fmt.Fprintf(b, "%s %s\n", n.Text, n.Detail)
	}
	if omitted > 0 {
		fmt.Fprintf(b, "  and %d more\n", omitted)
	}
}
