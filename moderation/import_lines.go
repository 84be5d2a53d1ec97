package moderation

import (
	"fmt"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/interchange"
	"postbag/moderation/markup"
)

// lineSource reads what our own export with everything says.
//
// Ids in the file are those of the site that wrote it, so each gets the tag of that
// site. Imported authors keep their keys. The key of anybody else names somebody
// only where the file is the backup of this very site, which homecoming finds out;
// elsewhere such authors are keyed by site and id, as imported ones.
type lineSource struct {
	*interchange.LineReader
	key, tag string // of the site that wrote it
}

func openLines(file io.Reader, _ *ImportOptions) (importSource, error) {
	r, err := interchange.NewLineReader(file)
	return &lineSource{LineReader: r}, err
}

// Next returns the next moderator, author, page, comment, or what happened to one.
func (s *lineSource) Next() (intake.Record, error) {
	for {
		record, err := s.LineReader.Next()
		if err != nil {
			return nil, err
		}
		switch record := record.(type) {
		case *interchange.Site:
			s.key, s.tag = record.Key, record.Tag
		case *interchange.Moderator:
			return s.moderator(record)
		case *interchange.Author:
			return s.person(record), nil
		case *interchange.Article:
			return s.thread(record), nil
		case *interchange.Comment:
			return s.post(record)
		default:
			return s.past(record)
		}
	}
}

func (s *lineSource) moderator(m *interchange.Moderator) (intake.Record, error) {
	id, ok := models.ModeratorID.Parse(m.ID)
	email := strings.ToLower(strings.TrimSpace(m.Email))
	if !ok || !sensible(id) || email == "" || emailProblem(email) != "" {
		return nil, &intake.RecordError{Kind: "moderator", Line: s.Line(), ID: m.ID, Code: intake.CodeBadID, Detail: "It is no moderator with an id and an e-mail address."}
	}
	return &intake.Moderator{ID: id, Email: email, Name: importedName(m.Name), Line: s.Line()}, nil
}

func (s *lineSource) person(a *interchange.Author) *intake.Person {
	p := &intake.Person{
		Author: intake.Author{Account: s.tag + a.ID, Name: a.Name, Email: a.Email},
		Until:  a.Until.Time(), CreatedAt: a.Created.Time(), Self: self(a), Line: s.Line(),
	}
	switch {
	case a.Kind == "imported" && interchange.IsImportedKey(a.Key):
		p.Key = a.Key
	case a.Kind == "guest":
		p.Key = "postbag" + keyOfGuest + fingerprint(s.tag+a.ID)
	}
	switch a.Sanction {
	case "ban", "premod", "trust":
		p.Sanction = a.Sanction
	}
	return p
}

// guestKey is the form of the keys of guests.
var guestKey = regexp.MustCompile(`^[0-9a-f]{32}$`)

// self is who an author is on the site that wrote the file.
func self(a *interchange.Author) *intake.Self {
	id, _ := models.AuthorID.Parse(a.ID)
	me := &intake.Self{ID: id, Kind: a.Kind, Key: a.Key, Avatar: webAddress(a.Avatar), URL: webAddress(a.URL)}
	switch {
	case a.Kind == "guest" && guestKey.MatchString(a.Key):
	case a.Kind == "imported" && interchange.IsImportedKey(a.Key):
	case a.Kind == models.KindSSO && isLogin(a.Key):
		if interchange.IsImportedKey(a.Claimed) {
			me.Claimed = a.Claimed
		}
	default:
		return &intake.Self{ID: id}
	}
	return me
}

// isLogin reports whether a key can be that of a reader whom a site signs in.
func isLogin(key string) bool {
	id, ok := strings.CutPrefix(key, models.LoginPrefix)
	return ok && id != "" && utf8.ValidString(id) && plain(id) && utf8.RuneCountInString(id) <= maxReaderID
}

func (s *lineSource) thread(a *interchange.Article) *intake.Thread {
	t := &intake.Thread{
		ID: s.tag + a.ID, Links: []string{a.URL}, Title: escapeTitle(a.Title), Closed: a.Closed, Notice: a.Notice, CreatedAt: a.Created.Time(), Line: s.Line(),
		Page: &intake.Page{Identifiers: a.Identifiers, URL: a.URL, URLs: a.URLs, Normalised: a.Normalised, External: a.External},
	}
	if mode := models.Mode(a.Mode); mode == models.PostMode || mode == models.PreMode {
		t.Mode = mode
	}
	return t
}

func (s *lineSource) post(c *interchange.Comment) (intake.Record, error) {
	p := &intake.Post{
		ID: s.tag + c.ID, External: ownExternal + s.tag + c.ID, Thread: s.tag + c.Article, CreatedAt: c.Created.Time(), EditedAt: c.Edited.Time(),
		Author: intake.Author{Account: s.tag + c.Author, Name: c.AuthorName}, Text: c.Text, Likes: c.Likes, State: stateOf(c), Line: s.Line(),
	}
	if interchange.IsExternalID(c.External) {
		p.External = c.External
	}
	if c.Parent != "" {
		p.Parent = s.tag + c.Parent
	}
	bad := intake.RecordError{Kind: "post", Line: s.Line(), ID: c.ID}
	var known bool
	if p.Status, known = models.ParseStatus(c.Status); !known {
		bad.Code, bad.Detail = intake.CodeBadFlag, fmt.Sprintf("Its status %.40q is not known.", c.Status)
		return nil, &bad
	}
	switch c.Format {
	case models.HTML.String():
		p.Format = models.HTML
	case models.Markdown.String():
		p.Format = models.Markdown
	default:
		bad.Code, bad.Detail = intake.CodeBadFlag, fmt.Sprintf("Its format %.40q is not known.", c.Format)
		return nil, &bad
	}
	if len(c.Text) > markup.MaxHTML {
		bad.Code, bad.Detail = intake.CodeTooLarge, fmt.Sprintf("Its text is larger than %d bytes.", markup.MaxHTML)
		return nil, &bad
	}
	return p, nil
}

// stateOf is where a comment stands with the moderators of its site.
func stateOf(c *interchange.Comment) *intake.State {
	state := &intake.State{
		Version: min(c.Version, maxKeptVersion), Reviewed: c.Reviewed, Escalated: c.Escalated, HeldEdit: c.HeldEdit, ChangedAt: c.Changed.Time(), QueuedAt: c.Queued.Time(),
		Priority: min(max(c.Priority, 0), maxKeptPriority), Settled: lastWord(c.Settled), Avatar: webAddress(c.Avatar),
	}
	switch c.Badge {
	case "moderator", "staff", models.BadgeMember:
		state.Badge = c.Badge
	}
	return state
}

const (
	maxKeptPriority = 1_000_000
	maxKeptVersion  = 1_000_000_000
	maxKeptNote     = 64 << 10 // bytes of what moderators and reporters wrote
)

// past reads what happened to a comment.
func (s *lineSource) past(record any) (intake.Record, error) {
	var p *intake.Past
	var id, flaw string
	switch r := record.(type) {
	case *interchange.Revision:
		p, id = &intake.Past{Revision: &models.Revision{ID: r.ID, Text: plainText(r.Text), Held: r.Held, CreatedAt: r.Created.Time()}}, r.Comment
		if !sensible(r.ID) || len(r.Text) > markup.MaxHTML {
			flaw = "Its id or its text is out of bounds."
		}
	case *interchange.Report:
		p, id = &intake.Past{Report: &models.Report{ID: r.ID, Reason: r.Reason, Text: plainText(r.Text), Open: r.Open, CreatedAt: r.Created.Time()}}, r.Comment
		if !sensible(r.ID) || len(r.Text) > maxKeptNote || !slices.Contains(models.ReportReasons[:], r.Reason) {
			flaw = "Its id, its text or its reason is none of a report."
		}
	case *interchange.Decision:
		d, ok := decisionOf(r)
		if p, id = (&intake.Past{Decision: d}), r.Comment; !ok {
			flaw = "It is none of the decisions that there are."
		}
	}
	if _, ok := models.CommentID.Parse(id); !ok && flaw == "" {
		flaw = "It names no comment."
	}
	if flaw != "" {
		return nil, &intake.RecordError{Kind: "history", Line: s.Line(), ID: id, Code: intake.CodeBadID, Detail: flaw}
	}
	p.Post, p.Line = s.tag+id, s.Line()
	return p, nil
}

// decisionOf reads a decision; ok is false when it says what none can say.
func decisionOf(r *interchange.Decision) (d *models.Decision, ok bool) {
	d = &models.Decision{Reason: plainText(r.Reason), Note: plainText(r.Note), After: r.After, CreatedAt: r.Created.Time()}
	var known [4]bool
	d.ID, known[0] = models.DecisionID.Parse(r.ID)
	d.Choice, known[1] = models.ChoiceNamed(r.Choice)
	d.From, known[2] = models.ParseStatus(r.From)
	d.To, known[3] = models.ParseStatus(r.To)
	d.ModeratorID, _ = models.ModeratorID.Parse(r.Moderator)
	d.RuleID, _ = models.RuleID.Parse(r.Rule)
	d.Undoes, _ = models.DecisionID.Parse(r.Undoes)
	b := &r.Before
	d.Before = models.CommentState{
		Status: d.From, Reviewed: b.Reviewed, Escalated: b.Escalated, HeldEdit: b.HeldEdit, Reports: b.Reports, Priority: b.Priority,
		QueuedAt: b.Queued.Time(), Revision: b.Revision, Settled: lastWord(b.Settled),
	}
	fits := len(d.Reason) <= maxKeptNote && len(d.Note) <= maxKeptNote && d.After > 0 && d.After <= maxKeptVersion && sensible(d.ID) && d.Undoes < d.ID
	return d, fits && known == [4]bool{true, true, true, true}
}

// sensible reports whether an id leaves room for those after it.
func sensible(id int64) bool { return id > 0 && id <= maxKeptID }

// lastWord reads what moderators settled.
func lastWord(name string) models.Choice {
	choice, ok := models.ParseChoice(name)
	if !ok || choice == models.ChooseEscalate {
		return 0
	}
	return choice
}

func plainText(text string) string { return strings.ReplaceAll(text, "\x00", " ") }
