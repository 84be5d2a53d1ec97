package interchange

import (
	"encoding/csv"
	"io"
	"strings"
	"time"
)

// Row is a comment in a table.
type Row struct {
	ID, External, Parent      string
	Status                    string
	PageID, PageURL, PageName string // identifier, canonical URL and title of the article
	AuthorName, AuthorEmail   string
	Created, Edited           time.Time // zero for an empty cell
	Likes                     string
	Format, Text              string
}

// columns are those of the first row, in the order of Row.
func columns() []string {
	return []string{"id", "external_id", "parent_id", "status", "page_identifier", "page_url", "page_title", "author_name", "author_email",
		"created", "edited", "likes", "format", "text"}
}

// TableWriter writes comments as a table: RFC 4180, UTF-8, CRLF after each row,
// the names of the columns in the first.
//
// A spreadsheet takes a cell that begins with =, +, -, @, a tab or a line end for
// a formula, or what one can be smuggled in with (OWASP, "CSV Injection"). Such
// cells get an apostrophe in front. Cells that begin with an apostrophe get one
// as well, so whoever reads the file takes one apostrophe off the front of any
// cell that has it, and has what was written. Line ends within a text are CRLF as
// well.
type TableWriter struct{ w *csv.Writer }

// NewTableWriter begins a table with its column names. An error of w comes with a
// later call at the latest.
func NewTableWriter(w io.Writer) (*TableWriter, error) {
	x := &TableWriter{csv.NewWriter(w)}
	x.w.UseCRLF = true
	return x, x.w.Write(columns())
}

// Write writes one row.
func (x *TableWriter) Write(r Row) error {
	cells := []string{r.ID, r.External, r.Parent, r.Status, r.PageID, r.PageURL, r.PageName, r.AuthorName, r.AuthorEmail,
		moment(r.Created), moment(r.Edited), r.Likes, r.Format, r.Text}
	for i, cell := range cells {
		cells[i] = Defuse(cell)
	}
	return x.w.Write(cells)
}

// Close writes out what is buffered. It does not close the underlying writer.
func (x *TableWriter) Close() error {
	x.w.Flush()
	return x.w.Error()
}

func moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format("2006-01-02T15:04:05.000Z")
}

var lineEnds = strings.NewReplacer("\r\n", "\n", "\r", "\n")

func Defuse(cell string) string {
	cell = lineEnds.Replace(cell)
	if cell != "" && strings.ContainsRune("=+-@'\t\n", rune(cell[0])) {
		return "'" + cell
	}
	return cell
}
