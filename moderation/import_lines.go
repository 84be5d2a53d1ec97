package moderation

import (
	"fmt"
	"io"
	"strings"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/interchange"
	"postbag/moderation/markup"
)

// lineSource reads what our own export with everything says.
//
// Ids in it are those of the site that wrote it, so each gets the tag of that
// site. Imported authors keep their keys. The key of anybody else names somebody
// else here, or nobody; such authors are keyed by site and id, as imported ones,
// and their badges, for which that site vouched, are left out.
type lineSource struct {
	*interchange.LineReader
	tag  string
	told bool // what is left out
}

func openLines(file io.Reader, _ *ImportOptions) (importSource, error) {
	r, err := interchange.NewLineReader(file)
	return &lineSource{LineReader: r}, err
}

// Next returns the next author, page or comment.
func (s *lineSource) Next() (intake.Record, error) {
	for {
		record, err := s.LineReader.Next()
		if err == io.EOF {
			return nil, s.leftOut()
		}
		if err != nil {
			return nil, err
		}
		switch record := record.(type) {
		case *interchange.Site:
			s.tag = record.Tag
		case *interchange.Author:
			return s.person(record), nil
		case *interchange.Article:
			return s.thread(record), nil
		case *interchange.Comment:
			return s.post(record)
		}
	}
}

// leftOut says, once, at the end, what of the file has no place in an import.
func (s *lineSource) leftOut() error {
	var list []string
	for _, kind := range [...]string{"revision", "decision", "report"} {
		if n := s.Skipped[kind]; n > 0 {
			list = append(list, plural(n, kind, kind+"s"))
		}
	}
	if s.told || len(list) == 0 {
		return io.EOF
	}
	s.told = true
	return &intake.RecordError{Kind: "summary", Line: s.Line(), Code: "left-out", Detail: "Not taken over: " + strings.Join(list, ", ") + "."}
}

func (s *lineSource) person(a *interchange.Author) *intake.Person {
	p := &intake.Person{
		Author: intake.Author{Account: s.tag + a.ID, Name: a.Name, Email: a.Email},
		Until:  a.Until.Time(), CreatedAt: a.Created.Time(), Line: s.Line(),
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

func (s *lineSource) thread(a *interchange.Article) *intake.Thread {
	t := &intake.Thread{
		ID: s.tag + a.ID, Identifiers: a.Identifiers, Links: allLinks(a.URL, a.URLs, a.Normalised), Title: escapeTitle(a.Title),
		Closed: a.Closed, Notice: a.Notice, CreatedAt: a.Created.Time(), Line: s.Line(),
	}
	for _, id := range a.External {
		if len(t.Aliases) < maxMoreNames && interchange.IsThreadID(id) {
			t.Aliases = append(t.Aliases, id)
		}
	}
	if mode := models.Mode(a.Mode); mode == models.PostMode || mode == models.PreMode {
		t.Mode = mode
	}
	return t
}

func (s *lineSource) post(c *interchange.Comment) (intake.Record, error) {
	p := &intake.Post{
		ID: s.tag + c.ID, External: ownExternal + s.tag + c.ID, Thread: s.tag + c.Article, CreatedAt: c.Created.Time(), EditedAt: c.Edited.Time(),
		Author: intake.Author{Account: s.tag + c.Author, Name: c.AuthorName}, Text: c.Text, Likes: c.Likes, Line: s.Line(),
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
