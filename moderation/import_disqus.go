package moderation

import (
	"cmp"
	"io"
	"strings"

	"postbag/models"
	"postbag/models/disqus"
	"postbag/models/intake"
	"postbag/moderation/markup"
)

// disqusSource reads what an export of Disqus, or one of ours in its form, says.
type disqusSource struct{ *disqus.Reader }

func openDisqus(file io.Reader, _ *ImportOptions) (importSource, error) {
	r, err := disqus.NewReader(file, disqus.Options{MaxMessage: markup.MaxHTML})
	if err != nil {
		return nil, err
	}
	return disqusSource{r}, nil
}

// Next returns the next thread or post.
func (s disqusSource) Next() (intake.Record, error) {
	for {
		record, err := s.Reader.Next()
		if err != nil {
			return nil, err
		}
		switch record := record.(type) {
		case *disqus.Thread:
			return disqusThread(record), nil
		case *disqus.Post:
			return disqusPost(record), nil
		}
	}
}

func disqusThread(t *disqus.Thread) *intake.Thread {
	return &intake.Thread{
		ID: t.DsqID, Identifiers: []string{t.Identifier}, Links: []string{t.Link}, Title: t.Title, Closed: t.Closed, Deleted: t.Deleted,
		CreatedAt: t.CreatedAt, Line: t.Line, Flaw: t.Flaw,
	}
}

func disqusPost(p *disqus.Post) *intake.Post {
	post := intake.Post{
		ID: p.DsqID, Thread: p.ThreadID, Parent: p.ParentID, CreatedAt: p.CreatedAt, Author: authorOfDisqus(&p.Author), Text: p.Message,
		Format: models.HTML, Status: models.Approved, Line: p.Line,
	}
	switch {
	case p.Deleted:
		post.Status = models.Deleted
	case p.Spam:
		post.Status = models.Spam
	case p.Approved != nil && !*p.Approved:
		post.Status = models.Pending
	}
	return &post
}

func registered(a *disqus.Author) bool { return a.Username != "" && !a.Anonymous }

func authorOfDisqus(a *disqus.Author) intake.Author {
	author := intake.Author{Name: a.Name, Email: a.Email}
	author.Key, _ = exportedHash(a)
	switch {
	case registered(a):
		author.Account, author.Name = a.Username, cmp.Or(strings.TrimSpace(a.Name), a.Username)
	case !a.Anonymous && author.Key == "": // a user whose name is not in the file is not the guest of that name
		author.Key = "disqus" + keyOfUser + fingerprint("\x00"+oneLine(a.Name)+"\x00"+strings.ToLower(a.Email))
	}
	return author
}
