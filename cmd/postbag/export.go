package main

import (
	"compress/gzip"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"postbag/models"
	"postbag/moderation"
)

// export writes all comments of a site to a file or to the output.
func (a *app) export(ctx context.Context, f *flags) error {
	db := f.database()
	site := f.String("site", "", "`KEY` of the site")
	file := f.String("o", "", "new `FILE` to write, compressed when its name ends in .gz; without it the export goes to the output")
	args, err := f.parse("FORMAT")
	switch formats := moderation.ExportFormats(); {
	case err != nil:
		return err
	case !slices.Contains(formats, args[0]):
		return wrong("there is no format %q; choose one of %s", args[0], strings.Join(formats, ", "))
	case *site == "":
		return wrong("--site is needed: postbag export %s --site KEY", args[0])
	}
	return a.service(ctx, *db, func(svc *moderation.Service) error {
		if _, err := svc.Site(ctx, *site); err != nil {
			return knownSites(ctx, svc, err)
		}
		req := moderation.ExportRequest{Site: *site, Format: args[0]}
		if *file == "" {
			return svc.Export(ctx, req, a.stdout, nil)
		}
		return a.exportFile(ctx, svc, req, *file)
	})
}

// exportFile writes an export to a new file. Nothing stands under its name until
// all of it is there.
func (a *app) exportFile(ctx context.Context, svc *moderation.Service, req moderation.ExportRequest, file string) error {
	if _, err := os.Lstat(file); !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s exists already and is never overwritten; name a new file", file)
	}
	part, err := os.CreateTemp(filepath.Dir(file), filepath.Base(file)+".part-*")
	if err != nil {
		return err
	}
	defer os.Remove(part.Name())
	shown := a.progress(0)
	var comments int64
	err = packed(part, file, func(w io.Writer) error {
		return svc.Export(ctx, req, w, func(p moderation.ExportProgress) { comments = p.Comments; shown.count(p.Comments, p.Of) })
	})
	shown.end()
	err = errors.Join(err, part.Close())
	switch {
	case ctx.Err() != nil:
		return errors.New("interrupted; the file that was begun is removed")
	case err != nil && models.CodeOf(err) == "":
		return fmt.Errorf("%s: %w", file, err)
	case err != nil:
		return err
	}
	if err := os.Link(part.Name(), file); err != nil {
		return err
	}
	if err := syncFolder(filepath.Dir(file)); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.stdout, "Wrote %d comments to %s. It holds e-mail addresses and comments that were never public.\n", comments, file)
	return err
}

// packed writes to a file, compressed if its name says so, until it is on disk.
func packed(to *os.File, name string, fn func(io.Writer) error) error {
	if !strings.HasSuffix(name, ".gz") {
		return errors.Join(fn(to), to.Sync())
	}
	w := gzip.NewWriter(to)
	if err := fn(w); err != nil {
		return err
	}
	return errors.Join(w.Close(), to.Sync())
}
