package moderation

import (
	"cmp"
	"context"
	"io"
	"strconv"

	"postbag/models"
	"postbag/models/interchange"
)

// table writes every comment as a row, with the source of its text. Names of
// pages beyond the first, and what happened to comments, have no place there. An
// import of the file knows each comment again by its external id.
func (x *exporter) table(ctx context.Context, w io.Writer) error {
	out, err := interchange.NewTableWriter(w)
	if err != nil {
		return err
	}
	return inOrder(
		func() error {
			return x.eachComment(ctx, func(c exportedComment) error { return out.Write(x.tableRow(c)) })
		},
		out.Close,
	)
}

func (x *exporter) tableRow(c exportedComment) interchange.Row {
	return interchange.Row{
		ID: c.PublicID(), External: x.externalOf(&c.Comment), Parent: models.CommentID.Format(c.ParentID), Status: c.Status.String(),
		PageID: c.page.identifiers()[0], PageURL: c.page.URL, PageName: c.page.Title, AuthorName: c.AuthorName, AuthorEmail: c.by.Email,
		Created: c.CreatedAt, Edited: c.EditedAt, Likes: strconv.Itoa(c.Likes), Format: c.Format.String(), Text: c.Text,
	}
}

// externalOf is the id of a comment with where it comes from, in files of every
// form but that of Disqus.
func (x *exporter) externalOf(c *models.Comment) string {
	return cmp.Or(c.ExternalID, ownExternal+x.tag+models.CommentID.Format(c.ID))
}
