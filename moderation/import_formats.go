package moderation

import (
	"io"
	"slices"
	"strings"

	"postbag/models"
	"postbag/models/intake"
	"postbag/models/interchange"
	"postbag/moderation/markup"
)

// ImportFormat is one form of file that comments can be taken over from.
type ImportFormat struct {
	Key        string   // as typed: disqus, wordpress, …
	Name       string   // of the system, for people
	Extensions []string // that its files usually have, with the dot
	About      string   // a sentence: what file it is
}

// Table reports whether files of the form have columns, of which
// ImportOptions.Columns and Text say more.
func (f ImportFormat) Table() bool { return f.Key == "csv" || f.Key == "json" }

// importSource hands out the records of a file: *intake.Thread and *intake.Post,
// io.EOF at the end. After an *intake.RecordError the next can be read.
type importSource interface {
	Next() (intake.Record, error)
	InputBytes() int64 // read of the file as it is on disk
}

// importFormat is a format with its codec.
type importFormat struct {
	ImportFormat
	open func(io.Reader, *ImportOptions) (importSource, error)
}

func importFormats() []importFormat {
	return []importFormat{
		{ImportFormat{"disqus", "Disqus", []string{".xml", ".xml.gz"}, "The XML export of Disqus, plain or gzipped, or one that Postbag wrote in its form."}, openDisqus},
		{ImportFormat{"wordpress", "WordPress", []string{".xml", ".xml.gz"}, "The file that WordPress writes under Tools, Export, All content (WXR), plain or gzipped."}, openWordPress},
		{ImportFormat{"remark42", "Remark42", []string{".gz", ".json"}, "A backup that Remark42 makes by itself, or by its command backup."}, openRemark42},
		{ImportFormat{"commento", "Commento", []string{".json", ".json.gz"}, "The export of Commento, Commento++ or Comentario 2 (version 1), plain or gzipped."}, openCommento},
		{ImportFormat{"comentario", "Comentario", []string{".json", ".json.gz"}, "The export of a domain of Comentario 3, plain or gzipped."}, openComentario},
		{ImportFormat{"isso", "Isso", []string{".db", ".db.gz"}, "The database of Isso, comments.db, plain or gzipped."}, openIsso},
		{ImportFormat{"postbag", "Postbag", []string{".jsonl", ".jsonl.gz"}, "What postbag export postbag writes (JSON Lines), on this server or another one."}, openLines},
		{ImportFormat{"csv", "CSV files", []string{".csv", ".csv.gz", ".tsv"}, "A table with a comment in each row and the names of the columns in the first, or one that Postbag wrote."}, openCSV},
		{ImportFormat{"json", "JSON files", []string{".json", ".jsonl"}, "An array with an object for each comment, or one object a line."}, openJSON},
	}
}

func openWordPress(file io.Reader, _ *ImportOptions) (importSource, error) {
	return interchange.NewWXRReader(file, markup.MaxHTML)
}

func openRemark42(file io.Reader, _ *ImportOptions) (importSource, error) {
	return interchange.NewRemark42Reader(file, markup.MaxHTML)
}

func openCommento(file io.Reader, o *ImportOptions) (importSource, error) {
	return interchange.NewCommentoReader(file, markup.MaxHTML, o.BaseURL)
}

func openComentario(file io.Reader, o *ImportOptions) (importSource, error) {
	return interchange.NewComentarioReader(file, markup.MaxHTML, o.BaseURL, o.baseAssumed)
}

// ImportFormats lists the forms of files that can be imported.
func ImportFormats() []ImportFormat {
	var list []ImportFormat
	for _, f := range importFormats() {
		list = append(list, f.ImportFormat)
	}
	return list
}

func findImportFormat(key string) (importFormat, error) {
	all := importFormats()
	i := slices.IndexFunc(all, func(f importFormat) bool { return f.Key == key })
	if i >= 0 {
		return all[i], nil
	}
	var keys []string
	for _, f := range all {
		keys = append(keys, f.Key)
	}
	return importFormat{}, models.Invalid("format", "Use "+strings.Join(keys, ", ")+".")
}
