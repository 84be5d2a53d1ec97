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
	return &issoSource{r, src, db}, nil
}

// InputBytes is how much was read of the file.
func (s *issoSource) InputBytes() int64 { return s.file.InputBytes() }

// Close removes the copy.
func (s *issoSource) Close() error { return errors.Join(s.IssoReader.Close(), s.db.Close()) }
