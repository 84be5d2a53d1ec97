package moderation

import (
	"errors"
	"io"

	"postbag/models/intake"
	"postbag/models/interchange"
	"postbag/models/store"
	"postbag/moderation/markup"
)

// maxIsso bounds the database of Isso, in bytes, unpacked.
const maxIsso = 8 << 30

// issoSource reads a copy of the database, which is gone when closed.
type issoSource struct {
	*interchange.IssoReader
	file *intake.Source
	db   *store.Foreign
	tell bool // that a file beside it may be missing
}

func openIsso(file io.Reader, o *ImportOptions) (importSource, error) {
	src, err := intake.Open(file)
	if err != nil {
		return nil, err
	}
	db, err := store.OpenForeign(src, maxIsso)
	if err != nil {
		return nil, err
	}
	r, err := interchange.NewIssoReader(db.DB, markup.MaxHTML, o.BaseURL)
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	return &issoSource{r, src, db, db.WAL && o.run != nil}, nil
}

// Next returns the next record. Of an uploaded file nobody knows what was beside it,
// so the report says at its end what that may have been; a file on this machine was
// looked at by whoever named it.
func (s *issoSource) Next() (intake.Record, error) {
	record, err := s.IssoReader.Next()
	if err != io.EOF || !s.tell {
		return record, err
	}
	s.tell = false
	return nil, &intake.RecordError{Kind: "summary", Line: 1, Code: "write-ahead-log", Detail: "This database is written with a write-ahead log. If a file beside it, whose name ends in -wal, " +
		"was not empty when this one was copied, the last comments are in that file and were not imported. Stop Isso, or make a copy with " +
		"sqlite3 comments.db \"VACUUM INTO 'copy.db'\", and import that: what is here already is not added again."}
}

// InputBytes is how much was read of the file.
func (s *issoSource) InputBytes() int64 { return s.file.InputBytes() }

// Close removes the copy.
func (s *issoSource) Close() error { return errors.Join(s.IssoReader.Close(), s.db.Close()) }
