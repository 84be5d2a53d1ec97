package disqus_test

import (
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"strings"
	"time"

	"postbag/models/disqus"
)

// The twin reads an export with encoding/xml, element by element into structs.
// It is what the Reader must agree with on every sound file.

type twinRef struct {
	Attrs []xml.Attr `xml:",any,attr"`
}

func (r twinRef) id() string {
	id, prefixed := "", false
	for _, a := range r.Attrs {
		if a.Name.Local == "id" && !prefixed && a.Name.Space != "http://www.w3.org/XML/1998/namespace" && a.Name.Space != "xml" {
			id, prefixed = a.Value, a.Name.Space != ""
		}
	}
	return strings.TrimSpace(id)
}

type twinAuthor struct {
	Name        string `xml:"name"`
	Email       string `xml:"email"`
	Username    string `xml:"username"`
	Link        string `xml:"link"`
	IsAnonymous string `xml:"isAnonymous"`
}

type twinRecord struct {
	twinRef
	ID         string     `xml:"id"`
	Forum      string     `xml:"forum"`
	Title      string     `xml:"title"`
	Link       string     `xml:"link"`
	Message    string     `xml:"message"`
	CreatedAt  string     `xml:"createdAt"`
	IPAddress  string     `xml:"ipAddress"`
	IsDefault  string     `xml:"isDefault"`
	IsClosed   string     `xml:"isClosed"`
	IsDeleted  string     `xml:"isDeleted"`
	IsSpam     string     `xml:"isSpam"`
	IsApproved string     `xml:"isApproved"`
	Category   twinRef    `xml:"category"`
	Thread     twinRef    `xml:"thread"`
	Parent     twinRef    `xml:"parent"`
	Author     twinAuthor `xml:"author"`
}

func (t twinAuthor) author() disqus.Author {
	return disqus.Author{
		Name: trim(t.Name), Email: trim(t.Email), Username: trim(t.Username), Link: trim(t.Link),
		Anonymous: isTrue(t.IsAnonymous),
	}
}

func (t twinRecord) category() *disqus.Category {
	return &disqus.Category{DsqID: t.id(), Forum: trim(t.Forum), Title: trim(t.Title), IsDefault: isTrue(t.IsDefault)}
}

func (t twinRecord) thread() *disqus.Thread {
	return &disqus.Thread{
		DsqID: t.id(), Identifier: trim(t.ID), Forum: trim(t.Forum), CategoryID: t.Category.id(), Link: trim(t.Link),
		Title: trim(t.Title), Message: trim(t.Message), CreatedAt: twinTime(t.CreatedAt), Author: t.Author.author(),
		IPAddress: trim(t.IPAddress), Closed: isTrue(t.IsClosed), Deleted: isTrue(t.IsDeleted),
	}
}

func (t twinRecord) post() *disqus.Post {
	p := &disqus.Post{
		DsqID: t.id(), ImportID: trim(t.ID), Message: trim(t.Message), CreatedAt: twinTime(t.CreatedAt),
		Deleted: isTrue(t.IsDeleted), Spam: isTrue(t.IsSpam), Author: t.Author.author(), IPAddress: trim(t.IPAddress),
		ThreadID: t.Thread.id(), ParentID: t.Parent.id(),
	}
	if trim(t.IsApproved) != "" {
		approved := isTrue(t.IsApproved)
		p.Approved = &approved
	}
	return p
}

func trim(s string) string { return strings.TrimSpace(s) }

func isTrue(s string) bool { return strings.EqualFold(trim(s), "true") || trim(s) == "1" }

func twinTime(s string) time.Time {
	t, err := time.Parse(time.RFC3339, trim(s))
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

var errNotDisqus = errors.New("the root element is not disqus")

// twin returns the records of a file, lines left out.
func twin(file []byte) ([]disqus.Record, error) {
	d := xml.NewDecoder(bytes.NewReader(file))
	if err := twinRoot(d); err != nil {
		return nil, err
	}
	var records []disqus.Record
	for {
		tok, err := d.Token()
		if err != nil {
			return records, err
		}
		switch tok := tok.(type) {
		case xml.StartElement:
			rec, err := twinChild(d, tok)
			if err != nil {
				return records, err
			}
			if rec != nil {
				records = append(records, rec)
			}
		case xml.EndElement:
			return records, twinEnd(d)
		}
	}
}

func twinRoot(d *xml.Decoder) error {
	for {
		tok, err := d.Token()
		if err != nil {
			return err
		}
		if start, ok := tok.(xml.StartElement); ok {
			if start.Name.Local != "disqus" {
				return errNotDisqus
			}
			return nil
		}
	}
}

func twinChild(d *xml.Decoder, start xml.StartElement) (disqus.Record, error) {
	kind := start.Name.Local
	if kind != "category" && kind != "thread" && kind != "post" {
		return nil, d.Skip()
	}
	var raw twinRecord
	if err := d.DecodeElement(&raw, &start); err != nil {
		return nil, err
	}
	switch kind {
	case "category":
		return raw.category(), nil
	case "thread":
		return raw.thread(), nil
	}
	return raw.post(), nil
}

func twinEnd(d *xml.Decoder) error {
	for {
		switch _, err := d.Token(); {
		case err == io.EOF:
			return nil
		case err != nil:
			return err
		}
	}
}
